//! Refusal of requests that another site made a browser send: protection against cross-site request forgery without tokens.
//!
//! # The rule
//! That of Go's `net/http.CrossOriginProtection` (Go 1.25, `src/net/http/csrf.go`; why it is enough: Filippo Valsorda,
//! *Cross-Site Request Forgery*, words.filippo.io/csrf):
//! 1. `GET`, `HEAD` and `OPTIONS` pass: they must not change anything.
//! 2. `Sec-Fetch-Site: same-origin` or `none` (the user typed it) passes. Any other value is refused, `same-site` as well: a
//!    subdomain is another origin, and often another owner.
//! 3. Without that header (browsers of before 2023, and any browser over plain HTTP): an `Origin` whose host and port are the
//!    request's passes, another one is refused, `null` too.
//! 4. Without either it is no browser, or one that has no one's cookies to abuse: it passes.
//!
//! A request that would be refused passes when its path is in [`Config::exempt`] or its `Origin` in [`Config::allow_origins`].
//! The host is [`Client::host`], so behind a trusted proxy it is the one that the browser asked for.
//!
//! # Where it differs from Go
//! Go cannot know the scheme. Here, when the client is known to speak HTTPS, `Origin: http://` of the same host is refused in
//! step 3: a page that someone on the wire has put there. When it is not known the scheme is not compared, because the TLS may
//! end at a proxy in front that nobody configured.
//!
//! # What it deliberately does not do
//! It does not look at cookies or at content types, and does not replace `SameSite`. An origin that [CORS](crate::cors) allows
//! to write has to be in `allow_origins` as well. `mode = "report"` only logs what it would refuse.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::Either;
use http::header::{HOST, HeaderName, ORIGIN};
use http::{Method, Request, Response, StatusCode};

use crate::client::Client;
use crate::{Body, Problem, origin, path};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What happens to a request that another site caused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Nothing: it is not looked for.
    #[default]
    Off,
    /// It is answered with 403.
    Refuse,
    /// It is logged and passes.
    Report,
}

/// The settings.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// What happens.
    pub mode: Mode,
    /// Origins that may.
    pub allow_origins: Vec<origin::Pattern>,
    /// Paths that anyone may write to: webhooks, the return of a single sign-on.
    pub exempt: Vec<path::Pattern>,
}

/// How a request was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// By `Sec-Fetch-Site`.
    SecFetchSite,
    /// By an `Origin` that is not the request's host.
    Origin,
}

impl Config {
    /// Whether a request may pass.
    ///
    /// # Errors
    /// How it was recognised. The [`Mode`] is not looked at.
    pub fn check<B>(&self, request: &Request<B>) -> Result<(), Refusal> {
        if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
            return Ok(());
        }
        let header = |name: HeaderName| request.headers().get(name).map_or(&b""[..], |value| value.as_bytes());
        let origin = header(ORIGIN);
        let refusal = match header(SEC_FETCH_SITE) {
            b"same-origin" | b"none" => return Ok(()),
            b"" if origin.is_empty() || is_own(origin, request) => return Ok(()),
            b"" => Refusal::Origin,
            _ => Refusal::SecFetchSite,
        };
        let path = request.uri().path();
        let allowed = !origin.is_empty() && self.allow_origins.iter().any(|pattern| pattern.matches(origin));
        if allowed || self.exempt.iter().any(|pattern| pattern.surely_matches(path)) { Ok(()) } else { Err(refusal) }
    }
}

/// Whether an origin is the one that the request was sent to.
fn is_own<B>(origin: &[u8], request: &Request<B>) -> bool {
    let client = request.extensions().get::<Client>();
    let https = client.is_some_and(|client| client.https);
    let host = client.and_then(|client| client.host.as_deref()).or_else(|| written_host(request));
    let Some((host, (scheme, of_origin))) = host.zip(split(origin)) else { return false };
    if https && scheme != "https" {
        return false;
    }
    // The port of the scheme is never written in an origin; in a host it may be.
    let port = origin::default_port(scheme).and_then(|port| host.strip_suffix(&*format!(":{port}")));
    port.unwrap_or(host).eq_ignore_ascii_case(of_origin)
}

fn split(origin: &[u8]) -> Option<(&str, &str)> {
    std::str::from_utf8(origin).ok()?.split_once("://")
}

/// The host as the request names it, for a stack without [`Client`].
fn written_host<B>(request: &Request<B>) -> Option<&str> {
    let authority = request.uri().authority().map(http::uri::Authority::as_str);
    authority.or_else(|| request.headers().get(HOST)?.to_str().ok())
}

/// Checks the requests to the service it wraps.
///
/// ```
/// use edge::cross_site::{Config, Layer, Mode};
/// use http::{Request, Response};
/// use tower::{ServiceBuilder, ServiceExt};
///
/// # tokio_test(async {
/// let app = tower::service_fn(|_: Request<()>| async {
///     Ok::<_, std::convert::Infallible>(Response::new(edge::Body::Empty))
/// });
/// let config = Config { mode: Mode::Refuse, ..Config::default() };
/// let request = Request::post("/transfer").header("sec-fetch-site", "cross-site").body(()).unwrap();
/// let response = ServiceBuilder::new().layer(Layer::new(config)).service(app).oneshot(request).await?;
/// assert_eq!(response.status(), 403);
/// # Ok(()) });
/// # fn tokio_test(test: impl Future<Output = Result<(), std::convert::Infallible>>) {
/// #     tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(test).unwrap();
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Layer {
    config: Arc<Config>,
}

/// The service of [`Layer`].
#[derive(Debug, Clone)]
pub struct Service<S> {
    inner: S,
    config: Arc<Config>,
}

impl Layer {
    /// The layer of these settings.
    pub fn new(config: Config) -> Self {
        Layer { config: Arc::new(config) }
    }
}

impl<S> tower::Layer<S> for Layer {
    type Service = Service<S>;

    fn layer(&self, inner: S) -> Service<S> {
        Service { inner, config: Arc::clone(&self.config) }
    }
}

impl<S, B> tower::Service<Request<B>> for Service<S>
where
    S: tower::Service<Request<B>, Response = Response<Body>, Error = Infallible>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<S::Future, Ready<Result<Response<Body>, Infallible>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        if self.config.mode != Mode::Off
            && let Err(refusal) = self.config.check(&request)
        {
            let problem = refusal.problem(&request);
            if self.config.mode == Mode::Refuse {
                return Either::Right(ready(Ok(problem.into_response())));
            }
            tracing::warn!("a cross-site request was let pass (cross_site.mode is report): {}", refusal.detail(&request));
        }
        Either::Left(self.inner.call(request))
    }
}

impl Refusal {
    fn problem<B>(self, request: &Request<B>) -> Problem {
        let message = match self {
            Refusal::SecFetchSite => "Cross-site request refused",
            Refusal::Origin => "Cross-site request refused, or the browser is out of date: its Origin is not this host",
        };
        Problem::new(StatusCode::FORBIDDEN, message).with_code("SSR_HOST_CROSS_SITE").with_detail(self.detail(request))
    }

    fn detail<B>(self, request: &Request<B>) -> String {
        let header = |name: HeaderName| request.headers().get(name).map_or_else(|| "none".into(), |value| format!("{value:?}"));
        let (method, path) = (request.method(), request.uri().path());
        format!("{method} {path}: Sec-Fetch-Site {}, Origin {}", header(SEC_FETCH_SITE), header(ORIGIN))
    }
}

#[cfg(test)]
mod tests {
    use tower::{ServiceBuilder, ServiceExt as _};

    use super::*;

    fn request(method: &str, path: &str, site: &str, origin: &str) -> Request<()> {
        let mut request = Request::builder().method(method).uri(path).header(HOST, "example.com");
        for (name, value) in [(SEC_FETCH_SITE, site), (ORIGIN, origin)] {
            if !value.is_empty() {
                request = request.header(name, value);
            }
        }
        request.body(()).unwrap()
    }

    fn config() -> Config {
        Config {
            mode: Mode::Refuse,
            allow_origins: vec!["https://trusted.example".parse().unwrap()],
            exempt: ["/bypass/*", "/only/:foo"].map(|path| path.parse().unwrap()).into(),
        }
    }

    /// The table of Go's `TestCrossOriginProtectionSecFetchSite` (src/net/http/csrf_test.go).
    #[test]
    fn decides_as_go_does() {
        let cases = [
            ("POST", "same-origin", "", true),
            ("POST", "none", "", true),
            ("POST", "cross-site", "", false),
            ("POST", "same-site", "", false),
            ("POST", "", "", true),
            ("POST", "", "https://example.com", true),
            ("POST", "", "https://attacker.example", false),
            ("POST", "", "null", false),
            ("GET", "cross-site", "", true),
            ("HEAD", "cross-site", "", true),
            ("OPTIONS", "cross-site", "", true),
            ("PUT", "cross-site", "", false),
            // Ours: a value that no standard knows is not `same-origin`; any other method counts as one that writes.
            ("POST", "Same-Origin", "", false),
            ("POST", "same-origin, cross-site", "", false),
            ("PROPFIND", "cross-site", "", false),
            ("POST", "", "https://example.com.attacker.example", false),
            ("POST", "", "https://example.com:8443", false),
            ("POST", "", "https://EXAMPLE.com", true),
            ("POST", "", "example.com", false),
        ];
        for (method, site, origin, expected) in cases {
            let passes = config().check(&request(method, "/", site, origin)).is_ok();
            assert_eq!(passes, expected, "{method} {site:?} {origin:?}");
        }
    }

    /// Go's `TestCrossOriginProtectionTrustedOriginBypass` and, as far as our patterns are the same, `…PatternBypass`.
    #[test]
    fn lets_pass_what_is_allowed() {
        let cases = [
            ("/", "https://trusted.example", "", true),
            ("/", "https://trusted.example", "cross-site", true),
            ("/", "https://attacker.example", "", false),
            ("/", "https://attacker.example", "cross-site", false),
            ("/bypass/", "https://attacker.example", "", true),
            ("/bypass/", "https://attacker.example", "cross-site", true),
            ("/api/", "https://attacker.example", "", false),
            ("/api/", "https://attacker.example", "cross-site", false),
            ("/only/123", "https://attacker.example", "", true),
            ("/only/123/foo", "https://attacker.example", "", false),
        ];
        for (path, origin, site, expected) in cases {
            let passes = config().check(&request("POST", path, site, origin)).is_ok();
            assert_eq!(passes, expected, "{path} {origin} {site:?}");
        }
    }

    #[test]
    fn compares_with_the_host_that_the_client_asked_for() {
        let cases = [
            ("shop.example", true, "https://shop.example", true),
            ("shop.example", false, "https://shop.example", true),
            ("shop.example", true, "http://shop.example", false),
            ("shop.example", false, "http://shop.example", true),
            ("shop.example:443", true, "https://shop.example", true),
            ("shop.example:80", false, "http://shop.example", true),
            ("shop.example:8443", true, "https://shop.example:8443", true),
            ("shop.example:8443", true, "https://shop.example", false),
            // The Host header is the proxy's business.
            ("shop.example", true, "https://example.com", false),
        ];
        for (host, https, origin, expected) in cases {
            let mut request = request("POST", "/", "", origin);
            request.extensions_mut().insert(Client { host: Some(host.into()), https, ..Client::default() });
            assert_eq!(Config::default().check(&request).is_ok(), expected, "{host} {https} {origin}");
        }
    }

    #[tokio::test]
    async fn refuses_reports_or_stays_away() {
        for (mode, expected) in [(Mode::Off, 200), (Mode::Report, 200), (Mode::Refuse, 403)] {
            let app = tower::service_fn(|_: Request<()>| async { Ok(Response::new(Body::Empty)) });
            let service = ServiceBuilder::new().layer(Layer::new(Config { mode, ..config() })).service(app);
            let response = service.oneshot(request("POST", "/", "cross-site", "")).await.unwrap();
            assert_eq!(response.status(), expected, "{mode:?}");
            if let (403, Body::Full(body)) = (expected, response.into_body()) {
                let text = r#"{"statusCode":403,"code":"SSR_HOST_CROSS_SITE","error":"Forbidden","message":"Cross-site request refused"}"#;
                assert_eq!(body, text);
            }
        }
    }
}
