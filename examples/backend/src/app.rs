//! What all handlers share, and which there are.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{any, get, post};
use tokio::sync::watch;

use crate::{answers, faults, live, posts};

/// One for the process; every handler has it.
pub struct App {
    /// Who answers: `NAME`, for telling several apart.
    pub name: String,
    /// All posts.
    pub posts: posts::Store,
    /// True when it is time to go. Whoever holds a receiver is waited for.
    pub stopping: watch::Sender<bool>,
    /// What goes wrong on purpose.
    pub faults: faults::Switch,
    /// Print each request: `LOG=requests`.
    pub logs: bool,
}

impl App {
    /// With a few posts.
    pub fn new(name: String) -> Arc<App> {
        let (stopping, logs) = (watch::Sender::new(false), std::env::var("LOG").is_ok_and(|value| value == "requests"));
        Arc::new(App { name, posts: posts::Store::default(), stopping, faults: faults::Switch::default(), logs })
    }
}

/// All routes.
pub fn router(app: Arc<App>) -> Router {
    let api = Router::new()
        .route("/posts", get(posts::list).post(posts::create))
        .route("/posts/{id}", get(posts::one))
        .route("/events", get(live::events))
        .route("/ws", any(live::socket))
        .route("/upload", post(answers::upload).put(answers::upload))
        .route("/big", get(answers::big))
        .route("/cut", get(answers::cut))
        .route("/trailers", get(answers::trailers))
        .route("/slow", any(answers::slow))
        .route("/status/{code}", any(answers::status))
        .route("/headers", any(answers::headers))
        .layer(middleware::from_fn_with_state(app.clone(), faults::fail));
    Router::new()
        .nest("/api", api)
        .route("/health", get(answers::health))
        .merge(faults::routes())
        .layer(middleware::from_fn_with_state(app.clone(), sign))
        .with_state(app)
}

/// Says who answers, and prints what was asked.
async fn sign(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if app.logs {
        println!("{} {}", request.method(), request.uri().path_and_query().map_or("", |target| target.as_str()));
    }
    let mut response = next.run(request).await;
    if let Ok(name) = HeaderValue::from_str(&app.name) {
        response.headers_mut().insert(HeaderName::from_static("x-backend"), name);
    }
    response
}
