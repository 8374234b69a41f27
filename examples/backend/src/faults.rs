//! Faults on purpose, for trying out what stands in front: `PUT /faults {"status":500}` and from then on the API fails in that way.
//! They are there with `FAULTS=on` only.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::put;
use axum::{Json, Router};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use serde::Deserialize;

use crate::answers;
use crate::app::App;

/// What goes wrong with every answer of the API.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fault {
    /// It is this status.
    status: Option<u16>,
    /// It takes so many milliseconds longer.
    delay: u64,
    /// It ends after half of its body.
    cut: bool,
}

/// The fault that there is now.
#[derive(Default)]
pub struct Switch(Mutex<Fault>);

impl Switch {
    fn now(&self) -> MutexGuard<'_, Fault> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `PUT /faults`
pub fn routes() -> Router<Arc<App>> {
    let is_on = std::env::var("FAULTS").is_ok_and(|value| value == "on");
    if is_on { Router::new().route("/faults", put(set)) } else { Router::new() }
}

async fn set(State(app): State<Arc<App>>, Json(fault): Json<Fault>) -> StatusCode {
    *app.faults.now() = fault;
    StatusCode::NO_CONTENT
}

/// The middleware that fails.
pub async fn fail(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let Fault { status, delay, cut } = *app.faults.now();
    if delay > 0 {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    if let Some(status) = status {
        return StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response();
    }
    let response = next.run(request).await;
    // An endless one has no half.
    if cut && response.body().size_hint().exact().is_some() { shortened(response).await } else { response }
}

/// Head and half of the body, then the connection ends.
async fn shortened(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    let Ok(body) = body.collect().await else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let body = body.to_bytes();
    head.headers.insert(CONTENT_LENGTH, body.len().into());
    let half = body.slice(..body.len() / 2);
    Response::from_parts(head, Body::from_stream(answers::cut_after([half].into_iter())))
}
