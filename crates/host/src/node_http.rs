//! What Node's HTTP server decides before an app sees a request, and how it words a status line.

use edge::{Body, BoxError};
use futures_util::stream;
use http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, HOST};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Version};
use http_body_util::StreamBody;
use hyper::ext::ReasonPhrase;

/// The whole head of an answer that Node would give before the app: no layer adds to it. An extension of the response, which the listener
/// takes as the last word.
#[derive(Debug, Clone)]
pub struct AsIs(pub HeaderMap);

/// `http.METHODS` beyond those that the crate `http` names.
const MORE_METHODS: [&str; 26] = [
    "ACL",
    "BIND",
    "CHECKOUT",
    "COPY",
    "LINK",
    "LOCK",
    "M-SEARCH",
    "MERGE",
    "MKACTIVITY",
    "MKCALENDAR",
    "MKCOL",
    "MOVE",
    "NOTIFY",
    "PROPFIND",
    "PROPPATCH",
    "PURGE",
    "QUERY",
    "REBIND",
    "REPORT",
    "SEARCH",
    "SOURCE",
    "SUBSCRIBE",
    "UNBIND",
    "UNLINK",
    "UNLOCK",
    "UNSUBSCRIBE",
];

/// The answer to a request that Node's server would not have given to the app.
pub fn refuse(parts: &http::request::Parts) -> Option<Response<Body>> {
    if !is_known(&parts.method) {
        return Some(malformed());
    }
    if parts.version != Version::HTTP_11 {
        return None;
    }
    // RFC 9112 section 3.2, and Node's `requireHostHeader`.
    if !parts.headers.contains_key(HOST) {
        return Some(closing(StatusCode::BAD_REQUEST, chunked_nothing()));
    }
    // lib/_http_server.js, `parserOnIncoming`: expectations other than 100-continue fail.
    let expects = parts.headers.get(EXPECT)?.to_str().unwrap_or_default();
    let continues =
        expects.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').any(|word| word.eq_ignore_ascii_case("100-continue"));
    if continues {
        return None;
    }
    let mut failed = Response::new(chunked_nothing());
    *failed.status_mut() = StatusCode::EXPECTATION_FAILED;
    failed.extensions_mut().insert(AsIs(HeaderMap::new()));
    Some(failed)
}

/// The answer to what is not HTTP: exactly what hyper says of it, which the listener puts into Fastify's words.
pub fn malformed() -> Response<Body> {
    closing(StatusCode::BAD_REQUEST, Body::Empty)
}

fn is_known(method: &Method) -> bool {
    let named = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::CONNECT,
        Method::OPTIONS,
        Method::TRACE,
        Method::PATCH,
    ];
    named.contains(method) || MORE_METHODS.contains(&method.as_str())
}

fn closing(status: StatusCode, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    let head = AsIs(response.headers().clone());
    response.extensions_mut().insert(head);
    response
}

/// An empty body of unknown length: Node ends such answers without saying how long they are.
fn chunked_nothing() -> Body {
    Body::stream(StreamBody::new(stream::empty::<Result<_, BoxError>>()))
}

/// Gives a response of the app's the status line that Node would write, where the crate `http` words it differently.
pub fn word(response: &mut Response<Body>) {
    let phrase: &'static [u8] = match response.status().as_u16() {
        203 => b"Non-Authoritative Information",
        418 => b"I'm a Teapot",
        509 => b"Bandwidth Limit Exceeded",
        400 | 431 => return keep_from_listener(response),
        _ if response.status().canonical_reason().is_none() => b"unknown",
        _ => return,
    };
    response.extensions_mut().insert(ReasonPhrase::from_static(phrase));
}

/// An app's own empty 400 must not look to the listener like hyper's: its length goes first.
fn keep_from_listener(response: &mut Response<Body>) {
    let empty = matches!(response.body(), Body::Empty);
    let headers = response.headers_mut();
    if let Some(connection) = headers.remove(CONNECTION) {
        if empty && !headers.contains_key(CONTENT_LENGTH) {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        headers.append(CONNECTION, connection);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(method: &str, version: Version, headers: &[(&str, &str)]) -> Option<u16> {
        let mut request = http::Request::builder().method(method).uri("/").version(version);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        refuse(&request.body(()).unwrap().into_parts().0).map(|response| response.status().as_u16())
    }

    #[test]
    fn refuses_what_node_refuses() {
        let host = ("host", "x");
        assert_eq!(refused("GET", Version::HTTP_11, &[host]), None);
        assert_eq!(refused("M-SEARCH", Version::HTTP_11, &[host]), None);
        assert_eq!(refused("get", Version::HTTP_11, &[host]), Some(400));
        assert_eq!(refused("GET", Version::HTTP_11, &[]), Some(400));
        assert_eq!(refused("GET", Version::HTTP_10, &[]), None);
        assert_eq!(refused("GET", Version::HTTP_11, &[host, ("expect", "100-Continue")]), None);
        assert_eq!(refused("GET", Version::HTTP_11, &[host, ("expect", "200-ok")]), Some(417));
    }
}
