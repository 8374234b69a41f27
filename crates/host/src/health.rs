//! `/health` and `/ready`: the app's own routes when it has them, else the host's answers.
//!
//! `/health` says that the process serves: whoever restarts processes asks it. `/ready` says whether to send new requests, and
//! turns 503 as soon as the process is told to stop: whoever distributes requests asks that. It does not turn 503 under
//! overload: all instances would at the same time, and the load of the first would topple the next.
//!
//! A Fastify app tells its routes. One with a wildcard, and a fetch handler, can only be asked: the host answers where the app
//! says 404. The app is asked out of turn, because these answers are wanted most when it is busiest. Its `/ready` cannot know
//! that the process drains, since it is told only when nothing is in flight any more: then the host speaks.

use std::time::{Instant, SystemTime};

use edge::Body;
use edge::drain::Draining;
use edge::upstream::Upstream;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use serde_json::Value;

use crate::ssr::{Ssr, Urgent};

/// The paths that are asked.
pub const PATHS: [&str; 2] = [HEALTH, READY];

const HEALTH: &str = "/health";
const READY: &str = "/ready";

/// One of the two questions, and who answers it, which is decided at start.
#[derive(Debug, Clone)]
pub struct Probe {
    answers: Answers,
    question: Question,
}

#[derive(Debug, Clone)]
enum Question {
    Health { started: Instant },
    Ready(Draining, Backing),
}

/// Backends without which the host is not ready (`health.backends`).
#[derive(Debug, Clone, Default)]
pub struct Backing(pub Vec<Upstream>);

impl Backing {
    /// The first that cannot be reached.
    fn missing(&self) -> Option<&str> {
        self.0.iter().find(|upstream| !upstream.is_reachable()).map(Upstream::name)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answers {
    App,
    Host,
    /// The app, unless it says 404.
    Either,
}

impl Probe {
    /// `/health` of a process that began at `started`.
    pub fn health(app: &isolate::App, started: Instant) -> Self {
        Probe { answers: answers(&app.kind, &app.description, "health"), question: Question::Health { started } }
    }

    /// `/ready`, until `draining` begins, and while all of `needed` are there.
    pub fn ready(app: &isolate::App, draining: Draining, needed: Backing) -> Self {
        Probe { answers: answers(&app.kind, &app.description, "ready"), question: Question::Ready(draining, needed) }
    }

    /// The path it is asked at.
    pub fn path(&self) -> &'static str {
        match self.question {
            Question::Health { .. } => HEALTH,
            Question::Ready(..) => READY,
        }
    }

    /// The answer to a request for its path, which the app is asked for if it may have one.
    pub async fn answer(self, ssr: Ssr, mut request: Request<Incoming>) -> Response<Body> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return ssr.answer(request).await;
        }
        if self.is_hosts() {
            return self.respond();
        }
        request.extensions_mut().insert(Urgent);
        let response = ssr.answer(request).await;
        let absent = self.answers == Answers::Either && response.status() == StatusCode::NOT_FOUND;
        if absent { self.respond() } else { response }
    }

    /// Whether the app need not be asked.
    fn is_hosts(&self) -> bool {
        match (self.answers, &self.question) {
            (Answers::Host, _) => true,
            (Answers::App, Question::Ready(draining, needed)) => draining.has_begun() || needed.missing().is_some(),
            _ => false,
        }
    }

    fn respond(&self) -> Response<Body> {
        let (status, text) = match &self.question {
            Question::Health { started } => {
                let now = humantime::format_rfc3339_millis(SystemTime::now());
                let uptime = started.elapsed().as_millis() as f64 / 1000.0;
                (StatusCode::OK, format!(r#"{{"status":"ok","timestamp":"{now}","uptime":{uptime}}}"#))
            }
            Question::Ready(draining, _) if draining.has_begun() => {
                (StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"draining"}"#.to_owned())
            }
            Question::Ready(_, needed) => match needed.missing() {
                // Not which one: the answer is for everybody to see.
                Some(name) => {
                    tracing::warn!("not ready: no address of the backend {name} can be reached");
                    (StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"a backend is missing"}"#.to_owned())
                }
                None => (StatusCode::OK, r#"{"status":"ready"}"#.to_owned()),
            },
        };
        let mut response = Response::new(text.into());
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        // It is about this moment.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

/// Who answers `/{name}`.
fn answers(kind: &str, description: &Value, name: &str) -> Answers {
    let routes = description["routes"].as_array().filter(|_| kind == "fastify");
    let Some(routes) = routes else { return Answers::Either };
    let urls = || routes.iter().filter_map(|route| route["url"].as_str());
    if urls().any(|url| url.strip_prefix('/') == Some(name)) {
        Answers::App
    } else if urls().any(|url| may_match(url, name)) {
        Answers::Either
    } else {
        Answers::Host
    }
}

/// Whether a pattern of the router could match `/{name}`: a wildcard or a parameter in the first segment.
fn may_match(url: &str, name: &str) -> bool {
    let first = url.trim_start_matches('/').split('/').next().unwrap_or_default();
    let fixed = first.split(['*', ':', '(']).next().unwrap_or_default();
    fixed.len() < first.len() && name.starts_with(fixed)
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
            (&["health"], Answers::Host),
        ];
        for (urls, expected) in cases {
            let routes: Vec<_> = urls.iter().map(|url| json!({ "method": "GET", "url": url })).collect();
            assert_eq!(answers("fastify", &json!({ "routes": routes }), "health"), expected, "{urls:?}");
        }
        assert_eq!(answers("fetch", &json!({ "routes": [] }), "health"), Answers::Either);
        let ready = json!({ "routes": [{ "method": "GET", "url": "/re:rest" }] });
        assert_eq!((answers("fastify", &ready, "ready"), answers("fastify", &ready, "health")), (Answers::Either, Answers::Host));
    }

    #[test]
    fn answers_in_the_shape_of_the_example() {
        let health = Probe { answers: Answers::Host, question: Question::Health { started: Instant::now() } };
        let Body::Full(bytes) = health.respond().into_body() else { panic!() };
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(value["status"], "ok");
        assert_eq!(value["timestamp"].as_str().unwrap().len(), "2026-01-01T00:00:00.000Z".len());
        assert!(value["uptime"].as_f64().unwrap() < 5.0);
    }

    #[test]
    fn readiness_turns_and_speaks_for_the_app_that_cannot_know() {
        let draining = Draining::default();
        let probe = |answers| Probe { answers, question: Question::Ready(draining.clone(), Backing::default()) };
        assert!(probe(Answers::Host).is_hosts() && !probe(Answers::App).is_hosts() && !probe(Answers::Either).is_hosts());
        assert_eq!(probe(Answers::Host).respond().status(), 200);
        draining.begin();
        assert!(probe(Answers::App).is_hosts());
        let response = probe(Answers::App).respond();
        assert_eq!(response.status(), 503);
        let Body::Full(bytes) = response.into_body() else { panic!() };
        assert_eq!(bytes, r#"{"status":"draining"}"#);
        let health = Probe { answers: Answers::App, question: Question::Health { started: Instant::now() } };
        assert!(!health.is_hosts());
    }
}
