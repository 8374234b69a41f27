//! What the client is told when there is no response: Fastify's shape, with the codes of `@fastify/reply-from` 12 (lib/errors.js). Why is
//! in the log only: names and addresses of the private network are nobody's business.

use http::header::{ALLOW, CONNECTION, RETRY_AFTER};
use http::{HeaderValue, Method, Response, StatusCode, Version};

use super::Route;
use crate::upstream::{self, Kind};
use crate::{Body, Problem, request_body};

/// The answer to a request that has failed. `told`: which one, for the log.
pub(super) fn failed(error: &upstream::Error, told: &str) -> Response<Body> {
    let problem = match error.kind {
        Kind::ConnectTimeout => {
            Problem::new(StatusCode::GATEWAY_TIMEOUT, "Connect Timeout Error").with_code("UND_ERR_CONNECT_TIMEOUT")
        }
        Kind::RequestBody => Problem::of(StatusCode::BAD_REQUEST),
        kind => of_status(kind.status()),
    };
    problem.with_detail(format!("{told}: {error}")).into_response()
}

/// The answer where no error of the upstream says why.
pub(super) fn bad_gateway(detail: String) -> Response<Body> {
    of_status(StatusCode::BAD_GATEWAY).with_detail(detail).into_response()
}

/// The answer to a request that has taken too long as a whole.
pub(super) fn too_long(detail: String) -> Response<Body> {
    of_status(StatusCode::GATEWAY_TIMEOUT).with_detail(detail).into_response()
}

fn of_status(status: StatusCode) -> Problem {
    match status {
        StatusCode::SERVICE_UNAVAILABLE => Problem::of(status)
            .with_code("FST_REPLY_FROM_SERVICE_UNAVAILABLE")
            .with_header(RETRY_AFTER, HeaderValue::from_static("1")),
        StatusCode::GATEWAY_TIMEOUT => Problem::of(status).with_code("FST_REPLY_FROM_GATEWAY_TIMEOUT"),
        _ => Problem::of(StatusCode::BAD_GATEWAY).with_code("FST_REPLY_FROM_BAD_GATEWAY"),
    }
}

/// The answer to a path that leads out of its route, in the words of `@fastify/reply-from` (lib/utils.js, `buildURL`).
pub(super) fn outside() -> Response<Body> {
    Problem::new(StatusCode::BAD_REQUEST, "source/request contain invalid characters").into_response()
}

/// The answer to a request that goes in circles.
pub(super) fn looped(told: &str) -> Response<Body> {
    let detail = format!("{told}: the request has come through here before: is the backend this host?");
    Problem::of(StatusCode::LOOP_DETECTED).with_detail(detail).into_response()
}

/// The answer to a method that the route does not take.
pub(super) fn method(route: &Route) -> Response<Body> {
    /// Those that clients use; others go on as well where a route names none.
    const USUAL: [Method; 7] =
        [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
    let methods = if route.methods.is_empty() { &USUAL[..] } else { &route.methods[..] };
    let allowed = methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
    let problem = Problem::of(StatusCode::METHOD_NOT_ALLOWED);
    match HeaderValue::from_str(&allowed) {
        Ok(value) => problem.with_header(ALLOW, value).into_response(),
        Err(_) => problem.into_response(),
    }
}

/// The answer to a body that broke a rule. What is left of it is not read, so the connection ends.
pub(super) fn bad_body(error: request_body::Error, version: Version) -> Response<Body> {
    match version {
        Version::HTTP_2 => error.problem().into_response(),
        _ => error.problem().with_header(CONNECTION, HeaderValue::from_static("close")).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Statuses, codes and messages of the errors in @fastify/reply-from 12.6.5, lib/errors.js.
    #[test]
    fn every_failure_has_an_answer_that_tells_nothing_of_the_backend() {
        let unavailable = r#"{"statusCode":503,"code":"FST_REPLY_FROM_SERVICE_UNAVAILABLE","error":"Service Unavailable","message":"Service Unavailable"}"#;
        let timeout =
            r#"{"statusCode":504,"code":"FST_REPLY_FROM_GATEWAY_TIMEOUT","error":"Gateway Timeout","message":"Gateway Timeout"}"#;
        let bad = r#"{"statusCode":502,"code":"FST_REPLY_FROM_BAD_GATEWAY","error":"Bad Gateway","message":"Bad Gateway"}"#;
        let connect =
            r#"{"statusCode":504,"code":"UND_ERR_CONNECT_TIMEOUT","error":"Gateway Timeout","message":"Connect Timeout Error"}"#;
        let cases = [
            (Kind::Unresolved, unavailable),
            (Kind::Unavailable, unavailable),
            (Kind::ConnectTimeout, connect),
            (Kind::ResponseTimeout, timeout),
            (Kind::TotalTimeout, timeout),
            (Kind::Refused, bad),
            (Kind::Connect, bad),
            (Kind::Ended, bad),
            (Kind::Malformed, bad),
        ];
        for (kind, expected) in cases {
            let (target, address) = ("http://secret.internal".to_owned(), Some("[fdaa::1]:80".to_owned()));
            let error = upstream::Error { kind, target, address, unsent: true, source: Some("secret".into()) };
            let response = failed(&error, "GET /");
            assert_eq!(response.headers().contains_key(RETRY_AFTER), response.status() == 503);
            let Body::Full(body) = response.into_body() else { panic!() };
            assert_eq!(body, expected, "{kind:?}");
        }
    }
}
