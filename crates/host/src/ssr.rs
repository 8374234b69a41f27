//! One request through the app: HTTP request → [`isolate::Pool`] → HTTP response, and the one place where a failure of the
//! isolate gets a status.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use edge::account::{Render, Route};
use edge::cache::Track;
use edge::client::{Client, Peer};
use edge::request_id::RequestId;
use edge::{Body, BoxError, Problem, compression, files, hydration, redact, request_body};
use futures_util::future::{BoxFuture, Either, select};
use http::header::{CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, HOST, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, Version};
use http_body_util::BodyExt as _;
use hyper::upgrade::OnUpgrade;
use isolate::{Clock, Compression};

use crate::assets::Assets;
use crate::backends::Backends;
use crate::earlier_files::EarlierFiles;
use crate::{node_http, plugins, reads};

/// Marks a request, as an extension, that is let through under any load: see [`crate::health`].
#[derive(Debug, Clone, Copy)]
pub struct Urgent;

/// The app as a service.
#[derive(Clone)]
pub struct Ssr {
    pool: isolate::Pool,
    assets: Arc<Assets>,
    earlier: Option<EarlierFiles>,
    backends: Option<Arc<Backends>>,
    config: Config,
}

/// What the app's requests and refusals are held to.
#[derive(Debug, Clone)]
pub struct Config {
    /// When somebody who is refused under overload is told to come back.
    pub retry_after: Duration,
    /// What a request body may be.
    pub body_limits: request_body::Limits,
    /// What the route is called of what the app answers outside of its routes.
    pub no_route: Route,
    /// Whether the host works out who the client is (`[trust]`), so that the app need not.
    pub trusts: bool,
}

impl std::fmt::Debug for Ssr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ssr").field("assets", &self.assets).finish_non_exhaustive()
    }
}

impl Ssr {
    /// The app of a running pool, whose static files are `assets`.
    pub fn new(pool: isolate::Pool, assets: Arc<Assets>, config: Config) -> Self {
        Ssr { pool, assets, earlier: None, backends: None, config }
    }

    /// The same; what the app does not have is looked for among these.
    pub fn with_earlier_files(self, earlier: Option<EarlierFiles>) -> Self {
        Ssr { earlier, ..self }
    }

    /// The same; the app's plug-ins connect clients with these.
    pub fn with_backends(self, backends: Option<Arc<Backends>>) -> Self {
        Ssr { backends, ..self }
    }

    /// The app with its pages made safe: innermost, so that whatever comes later (a cache, compression) sees the repaired page.
    pub fn repaired(self) -> hydration::Service<Self> {
        tower::Layer::layer(&hydration::Layer, self)
    }

    /// The app's answer, or the host's in its place.
    pub async fn answer<B>(&self, request: Request<B>) -> Response<Body>
    where
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static,
    {
        let (mut parts, body) = request.into_parts();
        // HTTP/2 has no Host header; the app reads one all the same (RFC 9113 section 8.3.1).
        if let (Version::HTTP_2, Some(authority)) = (parts.version, parts.uri.authority())
            && let Ok(host) = HeaderValue::from_str(authority.as_str())
        {
            parts.headers.entry(HOST).or_insert(host);
        }
        if let Some(refusal) = node_http::refuse(&parts) {
            return refusal;
        }
        if let Some(error) = self.config.body_limits.refuse(&parts.headers) {
            return bad_body(error, parts.version);
        }
        let (asked, version) = (Asked::new(&mut parts, self.assets.is_empty()), parts.version);
        let limited = match body.is_end_stream() {
            true => None,
            false => Some(request_body::Body::new(body, self.config.body_limits.clone())),
        };
        let Some((body, outcome)) = limited else {
            return self.finish(self.pool.handle(self.request(parts, None)).await, &asked).await;
        };
        let handling = pin!(self.pool.handle(self.request(parts, Some(Box::pin(body)))));
        match select(outcome, handling).await {
            // Whatever the app would make of it: the client is told now, and the work is cancelled.
            Either::Left((error, _)) => bad_body(error, version),
            Either::Right((answer, _)) => self.finish(answer, &asked).await,
        }
    }

    /// The request as an isolate gets it.
    fn request(&self, mut parts: http::request::Parts, body: Option<isolate::RequestBody>) -> isolate::Request {
        let peer = parts.extensions.get::<Peer>().copied();
        let urgent = parts.extensions.get::<Urgent>().is_some();
        let track = parts.extensions.get::<Track>().is_some();
        // Without proxies to believe, the app works out the client from the connection itself, as under Node.
        let client = parts.extensions.remove().filter(|_| self.config.trusts).map(|client: Client| isolate::Client {
            ip: client.ip,
            ips: client.ips,
            host: client.host,
            https: client.https,
        });
        let remote = peer.and_then(|peer| peer.addr);
        let trace = parts.extensions.remove().map(|id: RequestId| isolate::Trace {
            request_id: id.to_header(),
            traceparent: parts.headers.get("traceparent").cloned(),
        });
        isolate::Request { parts, body, remote, tls: peer.is_some_and(|peer| peer.tls), client, urgent, track, trace }
    }

    async fn finish(&self, answer: isolate::Answer, asked: &Asked) -> Response<Body> {
        let isolate::Answer { queued, isolate, worked, route, result } = answer;
        let mut response = match result {
            Ok(response) => {
                let response = self.send(response, asked).await;
                match &self.earlier {
                    Some(earlier) if response.status() == StatusCode::NOT_FOUND => {
                        earlier.answer(&asked.method, asked.uri.path()).await.unwrap_or(response)
                    }
                    _ => response,
                }
            }
            Err(error) => {
                let detail = format!("{}: {error}", asked.told());
                problem(&error, self.config.retry_after).with_detail(detail).into_response()
            }
        };
        let extensions = response.extensions_mut();
        extensions.insert(Render { isolate, queued, worked });
        // Whoever no isolate has taken has come to no route.
        if let Some(route) = route.map(Route).or_else(|| isolate.and(Some(self.config.no_route.clone()))) {
            extensions.insert(route);
        }
        response
    }

    async fn send(&self, answer: isolate::Response, asked: &Asked) -> Response<Body> {
        let isolate::Response { status, mut headers, body, compression, reads } = answer;
        let reads = reads.map(reads::of);
        if let Compression::Encode { .. } = compression {
            // The body is not encoded yet, and what looks at it on its way must know.
            headers.remove(CONTENT_ENCODING);
        }
        let body = match body {
            isolate::Body::Empty => Body::Empty,
            isolate::Body::Full(bytes) => {
                correct_length(&mut headers, bytes.len());
                bytes.into()
            }
            isolate::Body::Stream(stream) => Body::stream(logged(stream, asked)),
            isolate::Body::Passed(rest) if status == StatusCode::SWITCHING_PROTOCOLS => {
                return self.connect(headers, rest, asked);
            }
            isolate::Body::Passed(rest) => Body::stream(logged(rest.body, asked)),
            isolate::Body::File { mount, path } => {
                let base = (status, headers);
                let mut response = match self.assets.mount_of(mount) {
                    Some(mount) => mount.respond(&asked.method, &asked.headers, base, &path).await,
                    None => Problem::of(StatusCode::NOT_FOUND).into_response_on(base.1),
                };
                choose(&mut response, compression);
                note(&mut response, reads);
                return response;
            }
        };
        let mut response = Response::new(if has_body(status) { body } else { Body::Empty });
        if status == StatusCode::NO_CONTENT {
            headers.remove(CONTENT_LENGTH);
        }
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        choose(&mut response, compression);
        note(&mut response, reads);
        node_http::word(&mut response);
        response
    }
}

impl Ssr {
    /// Connects the client with the upstream that has agreed to another protocol.
    fn connect(&self, headers: HeaderMap, rest: isolate::Passed, asked: &Asked) -> Response<Body> {
        let mut response = Response::new(rest.body);
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        *response.headers_mut() = headers;
        *response.extensions_mut() = rest.extensions;
        let opened = match (&self.backends, &asked.upgrade) {
            (Some(backends), Some((client, protocol))) => backends.connect(client.clone(), protocol, response),
            _ => Err("the client has not asked for another protocol".to_owned()),
        };
        opened.unwrap_or_else(|why| {
            let detail = format!("{}: {why}", asked.told());
            Problem::of(StatusCode::BAD_GATEWAY).with_detail(detail).into_response()
        })
    }
}

/// Whatever the body is: the render cache asks in requests of its own.
impl<B> tower::Service<Request<B>> for Ssr
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    /// Always: waiting for an isolate is the pool's business, which knows when to refuse.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let ssr = self.clone();
        Box::pin(async move { Ok(ssr.answer(request).await) })
    }
}

/// What is needed of a request after it has gone to the isolate.
struct Asked {
    method: Method,
    uri: Uri,
    id: Option<RequestId>,
    headers: HeaderMap,
    /// The client's connection and the headers of its wish, when it asks for another protocol.
    upgrade: Option<(OnUpgrade, HeaderMap)>,
}

impl Asked {
    fn new(parts: &mut http::request::Parts, no_files: bool) -> Self {
        let headers = if no_files { HeaderMap::new() } else { files::relevant_headers(&parts.headers) };
        let upgrade = parts.extensions.remove().map(|client: OnUpgrade| (client, parts.headers.clone()));
        let id = parts.extensions.get().cloned();
        Asked { method: parts.method.clone(), uri: parts.uri.clone(), id, headers, upgrade }
    }

    /// Which one it was, for the log.
    fn told(&self) -> String {
        told(&self.method, &self.uri, self.id.as_ref())
    }
}

/// The answer to a body that broke a rule. What is left of it is not read, so the connection ends.
fn bad_body(error: request_body::Error, version: Version) -> Response<Body> {
    match (error, version) {
        (_, Version::HTTP_2) => error.problem().into_response(),
        (request_body::Error::Malformed, _) => node_http::malformed(),
        _ => error.problem().with_header(CONNECTION, HeaderValue::from_static("close")).into_response(),
    }
}

/// What the app's plug-in has decided about compression holds for the layer that compresses.
fn choose(response: &mut Response<Body>, compression: Compression) {
    if let Some(choice) = plugins::choice(compression) {
        response.extensions_mut().insert::<compression::Choice>(choice);
    }
}

/// What was read for a response goes with it, for the render cache.
fn note(response: &mut Response<Body>, reads: Option<edge::cache::Reads>) {
    if let Some(reads) = reads {
        response.extensions_mut().insert(reads);
    }
}

/// Node refuses a wrong length when it is set; here it would corrupt the connection.
fn correct_length(headers: &mut HeaderMap, actual: usize) {
    if let Some(length) = headers.get_mut(CONTENT_LENGTH)
        && length.to_str().ok().and_then(|text| text.parse().ok()) != Some(actual)
    {
        *length = HeaderValue::from(actual);
    }
}

fn has_body(status: StatusCode) -> bool {
    !matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) && !status.is_informational()
}

/// A stream that fails after its head can only be cut; the log says why.
fn logged<B>(stream: B, asked: &Asked) -> impl http_body::Body<Data = Bytes, Error = BoxError> + Send + use<B>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send,
{
    let (method, uri, id) = (asked.method.clone(), asked.uri.clone(), asked.id.clone());
    stream.map_err(move |error| {
        let error = error.into();
        tracing::error!("{}: {error}", told(&method, &uri, id.as_ref()));
        error
    })
}

/// Which request it was, for the log: the id is in the request's own line as well.
fn told(method: &Method, uri: &Uri, id: Option<&RequestId>) -> String {
    let target = redact::target(uri);
    match id {
        Some(id) => format!("{method} {target} ({})", id.to_header().to_str().unwrap_or_default()),
        None => format!("{method} {target}"),
    }
}

/// What a failure means to the client.
///
/// 503 says "nothing has run, try again": an overload, or a pool that closes. A render that took too long has run and would take
/// as long again, so it is 504; whatever the app did wrong is 500.
fn problem(error: &isolate::Error, retry_after: Duration) -> Problem {
    use isolate::Error::{Closed, Exited, OutOfMemory, Overloaded, Startup, Threw, Timeout};
    match error {
        Overloaded { .. } => Problem::of(StatusCode::SERVICE_UNAVAILABLE)
            .with_code("SSR_HOST_OVERLOADED")
            .with_header(RETRY_AFTER, seconds(retry_after))
            .counted(),
        Closed => Problem::of(StatusCode::SERVICE_UNAVAILABLE).with_header(CONNECTION, HeaderValue::from_static("close")),
        Startup(_) | Timeout { kind: Clock::Startup, .. } => Problem::of(StatusCode::SERVICE_UNAVAILABLE)
            .with_code("SSR_HOST_STARTUP")
            .with_header(RETRY_AFTER, HeaderValue::from_static("1")),
        Timeout { kind: Clock::Wall, .. } => Problem::of(StatusCode::GATEWAY_TIMEOUT).with_code("SSR_HOST_TIMEOUT"),
        Timeout { kind: Clock::Cpu, .. } => Problem::of(StatusCode::INTERNAL_SERVER_ERROR).with_code("SSR_HOST_CPU_LIMIT"),
        OutOfMemory { .. } => Problem::of(StatusCode::INTERNAL_SERVER_ERROR).with_code("SSR_HOST_HEAP_LIMIT"),
        Threw(_) | Exited { .. } => Problem::of(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// Whole seconds, rounded up: all that `Retry-After` can say (RFC 9110 section 10.2.3).
fn seconds(duration: Duration) -> HeaderValue {
    HeaderValue::from(duration.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use isolate::{Error, Failure};

    use super::*;

    #[test]
    fn every_failure_has_a_status() {
        let timeout = |kind| Error::Timeout { kind, limit: Duration::from_secs(1), failure: None };
        let cases = [
            (Error::Overloaded { reason: "the queue is full" }, 503),
            (Error::Closed, 503),
            (Error::Startup(Failure::new("x")), 503),
            (timeout(Clock::Startup), 503),
            (timeout(Clock::Wall), 504),
            (timeout(Clock::Cpu), 500),
            (Error::OutOfMemory { limit: 1, failure: None }, 500),
            (Error::Threw(Failure::new("TypeError: secret")), 500),
            (Error::Exited { code: 1 }, 500),
        ];
        for (error, status) in cases {
            let response = problem(&error, Duration::from_secs(1)).with_detail(error.to_string()).into_response();
            assert_eq!(response.status(), status, "{error}");
            let Body::Full(body) = response.into_body() else { panic!() };
            assert!(!String::from_utf8_lossy(&body).contains("secret"));
        }
        for (retry_after, expected) in [(1000, "1"), (1001, "2"), (500, "1"), (0, "0")] {
            let overloaded = problem(&Error::Overloaded { reason: "x" }, Duration::from_millis(retry_after)).into_response();
            assert_eq!(overloaded.headers()[RETRY_AFTER], expected);
        }
        assert_eq!(problem(&Error::Closed, Duration::ZERO).into_response().headers()[CONNECTION], "close");
    }

    #[test]
    fn a_wrong_length_is_corrected() {
        for (given, expected) in [("5", "5"), ("9", "5"), ("x", "5")] {
            let mut headers = HeaderMap::from_iter([(CONTENT_LENGTH, HeaderValue::from_static(given))]);
            correct_length(&mut headers, 5);
            assert_eq!(headers[CONTENT_LENGTH], expected);
        }
        let mut headers = HeaderMap::new();
        correct_length(&mut headers, 5);
        assert!(headers.is_empty());
    }
}
