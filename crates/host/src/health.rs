//! `/health`: the app's own route when it has one, else the host's answer.
//!
//! A Fastify app tells its routes. One with a wildcard, and a fetch handler, can only be asked: the host answers where the app
//! says 404. It says that the process serves, and nothing about readiness.

use std::convert::Infallible;
use std::time::{Instant, SystemTime};

use axum::extract::Request;
use edge::Body;
use futures_util::future::BoxFuture;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Response, StatusCode};
use serde_json::Value;
use std::task::{Context, Poll};

use crate::ssr::Ssr;

/// Who answers, decided at start.
#[derive(Debug, Clone, Copy)]
pub struct Health {
    answers: Answers,
    started: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answers {
    App,
    Host,
    /// The app, unless it says 404.
    Either,
}

impl Health {
    /// Reads the app's routes.
    pub fn new(app: &isolate::App, started: Instant) -> Self {
        Health { answers: answers(&app.kind, &app.description), started }
    }

    /// Whether the app has the route, so that the host needs none.
    pub fn is_apps(&self) -> bool {
        self.answers == Answers::App
    }

    fn respond(&self) -> Response<Body> {
        let now = humantime::format_rfc3339_millis(SystemTime::now());
        let uptime = self.started.elapsed().as_millis() as f64 / 1000.0;
        let mut response = Response::new(format!(r#"{{"status":"ok","timestamp":"{now}","uptime":{uptime}}}"#).into());
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        response
    }
}

fn answers(kind: &str, description: &Value) -> Answers {
    let routes = description["routes"].as_array().filter(|_| kind == "fastify");
    let Some(routes) = routes else { return Answers::Either };
    let urls = || routes.iter().filter_map(|route| route["url"].as_str());
    if urls().any(|url| url == "/health") {
        Answers::App
    } else if urls().any(may_match) {
        Answers::Either
    } else {
        Answers::Host
    }
}

/// Whether a pattern of the router could match `/health`: a wildcard or a parameter in the first segment.
fn may_match(url: &str) -> bool {
    let first = url.trim_start_matches('/').split('/').next().unwrap_or_default();
    let fixed = first.split(['*', ':', '(']).next().unwrap_or_default();
    fixed.len() < first.len() && "health".starts_with(fixed)
}

/// The route.
#[derive(Debug, Clone)]
pub struct Service {
    /// The app.
    pub ssr: Ssr,
    /// Who answers.
    pub health: Health,
}

impl tower::Service<Request> for Service {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let Service { ssr, health } = self.clone();
        Box::pin(async move {
            let reads = matches!(*request.method(), Method::GET | Method::HEAD);
            if reads && health.answers == Answers::Host {
                return Ok(health.respond());
            }
            let response = ssr.answer(request).await;
            let absent = reads && response.status() == StatusCode::NOT_FOUND;
            Ok(if absent { health.respond() } else { response })
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn asks_the_app_only_when_its_routes_do_not_tell() {
        let cases = [
            (&["/", "/health"][..], Answers::App),
            (&["/", "/posts/:id"], Answers::Host),
            (&["/assets/*"], Answers::Host),
            (&["*"], Answers::Either),
            (&["/*"], Answers::Either),
            (&["/:page"], Answers::Either),
            (&["/he:rest"], Answers::Either),
            (&["/x:rest"], Answers::Host),
        ];
        for (urls, expected) in cases {
            let routes: Vec<_> = urls.iter().map(|url| json!({ "method": "GET", "url": url })).collect();
            assert_eq!(answers("fastify", &json!({ "routes": routes })), expected, "{urls:?}");
        }
        assert_eq!(answers("fetch", &json!({ "routes": [] })), Answers::Either);
    }

    #[test]
    fn answers_in_the_shape_of_the_example() {
        let health = Health { answers: Answers::Host, started: Instant::now() };
        let Body::Full(bytes) = health.respond().into_body() else { panic!() };
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(value["status"], "ok");
        assert_eq!(value["timestamp"].as_str().unwrap().len(), "2026-01-01T00:00:00.000Z".len());
        assert!(value["uptime"].as_f64().unwrap() < 5.0);
    }
}
