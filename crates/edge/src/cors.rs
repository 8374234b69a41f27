//! CORS: which other origins may read what this server answers (Fetch standard, "HTTP CORS protocol").
//!
//! # Preflights
//! An `OPTIONS` request with `Origin` and `Access-Control-Request-Method`, on a path of [`Config::paths`], from an origin that
//! is allowed is answered here: 204 with the methods and headers of the settings, whatever was asked; the browser compares.
//! Answering it costs no isolate. One from another origin goes to the app, whose own policy may know it. `Content-Length: 0`
//! goes along, although RFC 9110 (section 8.6) has none on a 204: without it Safari has waited for a body (expressjs/cors,
//! `lib/index.js`), and `@fastify/cors` sends it too. hyper keeps to the RFC over HTTP/1.1 and does not write it.
//!
//! # Other requests
//! The response gets `Access-Control-Allow-Origin` when the origin is allowed. Never a refusal: CORS protects the reading of a
//! response, and [`crate::cross_site`] is what protects from writing.
//!
//! # Who wins
//! The app. When its response has any `access-control-*` header (`@fastify/cors`, a handler) nothing is added: two policies
//! mixed would be wider than either. Preflights are the exception, because they do not reach the app; an app that answers its
//! own should not have its paths in the settings here. The layer stands outside of those that refuse, so that a page may read
//! that it got a 429.
//!
//! # Caches
//! Unless every origin is allowed, `Vary: Origin` is on *every* response of the paths, also without an `Origin` in the request:
//! a cache would give one origin's answer to another otherwise (Fetch, "CORS protocol and HTTP caches"). Preflights vary by
//! `Access-Control-Request-*` as well.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::Either;
use http::header::{ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response};

use crate::{Body, finish, origin, path};

mod answer;

use answer::Answer;

/// Who may read what.
#[derive(Debug, Clone)]
pub struct Config {
    /// Origins that may; none means that there is nothing to do.
    pub origins: Vec<origin::Pattern>,
    /// Paths that the settings are about.
    pub paths: Vec<path::Pattern>,
    /// Methods beside `GET`, `HEAD` and `POST`, which browsers allow in any case (as long as their headers are plain).
    pub methods: Vec<Method>,
    /// Request headers that a page may set; empty means all that it asks for.
    pub headers: Vec<HeaderName>,
    /// Response headers that a page may read beside the few it always may.
    pub expose: Vec<HeaderName>,
    /// Whether requests may carry cookies.
    pub credentials: bool,
    /// How long a browser may remember a preflight (Chromium caps it at 2 hours, Firefox at 24); absent means its default of 5
    /// seconds.
    pub max_age: Option<Duration>,
}

impl Default for Config {
    /// For no origin; the methods are those of `@fastify/cors`.
    fn default() -> Self {
        Config {
            origins: Vec::new(),
            paths: vec![path::Pattern::all()],
            methods: vec![Method::GET, Method::HEAD, Method::POST],
            headers: Vec::new(),
            expose: Vec::new(),
            credentials: false,
            max_age: None,
        }
    }
}

impl Config {
    /// What is wrong with the settings: every problem, each with what was expected.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.credentials && self.origins.contains(&origin::Pattern::Any) {
            problems.push(
                "origins: `*` with credentials would let every site on the internet read what a signed-in user sees, and \
                 browsers refuse the combination: list the origins, or switch credentials off"
                    .to_owned(),
            );
        }
        if self.credentials && self.origins.contains(&origin::Pattern::Null) {
            problems.push(
                "origins: `null` with credentials is every site on the internet, because any page can open a sandboxed frame: \
                 switch credentials off, or leave `null` out"
                    .to_owned(),
            );
        }
        for method in self.methods.iter().map(Method::as_str) {
            let upper = method.to_ascii_uppercase();
            if matches!(&*upper, "CONNECT" | "TRACE" | "TRACK") {
                problems.push(format!("methods: `{method}` is a method that no browser sends"));
            } else if method != upper {
                problems.push(format!("methods: `{method}`: methods are case-sensitive, expected `{upper}`"));
            }
        }
        problems
    }
}

/// Answers preflights and adds the headers to the responses of the service it wraps.
///
/// ```
/// use edge::cors::{Config, Layer};
/// use http::{Request, Response};
/// use tower::{ServiceBuilder, ServiceExt};
///
/// # tokio_test(async {
/// let app = tower::service_fn(|_: Request<()>| async {
///     Ok::<_, std::convert::Infallible>(Response::new(edge::Body::Empty))
/// });
/// let origins = vec!["https://*.example.com".parse().unwrap()];
/// let layer = Layer::new(&Config { origins, ..Config::default() }).unwrap();
/// let request = Request::get("/posts").header("origin", "https://app.example.com").body(()).unwrap();
/// let response = ServiceBuilder::new().layer(layer).service(app).oneshot(request).await?;
/// assert_eq!(response.headers()["access-control-allow-origin"], "https://app.example.com");
/// assert_eq!(response.headers()["vary"], "Origin");
/// # Ok(()) });
/// # fn tokio_test(test: impl Future<Output = Result<(), std::convert::Infallible>>) {
/// #     tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(test).unwrap();
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Layer {
    rules: Arc<Rules>,
}

/// The service of [`Layer`].
#[derive(Debug, Clone)]
pub struct Service<S> {
    inner: S,
    rules: Arc<Rules>,
}

/// The settings, with everything written out that can be.
#[derive(Debug)]
struct Rules {
    origins: Vec<origin::Pattern>,
    paths: Vec<path::Pattern>,
    answer: Answer,
}

impl Layer {
    /// The layer of these settings.
    ///
    /// # Errors
    /// [`Config::problems`], when there are any.
    pub fn new(config: &Config) -> Result<Self, Vec<String>> {
        let problems = config.problems();
        if !problems.is_empty() {
            return Err(problems);
        }
        let paths = if config.origins.is_empty() { Vec::new() } else { config.paths.clone() };
        let rules = Rules { origins: config.origins.clone(), paths, answer: Answer::new(config) };
        Ok(Layer { rules: Arc::new(rules) })
    }
}

impl<S> tower::Layer<S> for Layer {
    type Service = Service<S>;

    fn layer(&self, inner: S) -> Service<S> {
        Service { inner, rules: Arc::clone(&self.rules) }
    }
}

impl<S, B> tower::Service<Request<B>> for Service<S>
where
    S: tower::Service<Request<B>, Response = Response<Body>, Error = Infallible>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<finish::Future<S::Future, Rest>, Ready<Result<Response<Body>, Infallible>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        if !self.rules.are_about(request.uri().path()) {
            return Either::Left(finish::Future::new(self.inner.call(request), None));
        }
        let origin = self.rules.allowed(request.headers()).cloned();
        if let Some(origin) = origin.as_ref().filter(|_| is_preflight(&request)) {
            let headers = request.headers().get(ACCESS_CONTROL_REQUEST_HEADERS);
            return Either::Right(ready(Ok(self.rules.answer.preflight(origin, headers))));
        }
        let rest = Rest { rules: Arc::clone(&self.rules), origin };
        Either::Left(finish::Future::new(self.inner.call(request), Some(rest)))
    }
}

impl Rules {
    fn are_about(&self, path: &str) -> bool {
        self.paths.iter().any(|pattern| pattern.matches(path))
    }

    /// The origin of the request, when it is one that may read.
    fn allowed<'a>(&self, headers: &'a HeaderMap) -> Option<&'a HeaderValue> {
        headers.get(ORIGIN).filter(|origin| self.origins.iter().any(|pattern| pattern.matches(origin.as_bytes())))
    }
}

/// Fetch, "CORS-preflight request".
fn is_preflight<B>(request: &Request<B>) -> bool {
    request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// What is left to do when the response is there.
#[derive(Debug)]
pub struct Rest {
    rules: Arc<Rules>,
    origin: Option<HeaderValue>,
}

impl finish::Finish for Rest {
    fn finish(self, response: &mut Response<Body>) {
        let headers = response.headers_mut();
        if !headers.keys().any(|name| name.as_str().starts_with("access-control-")) {
            self.rules.answer.add(headers, self.origin.as_ref());
        }
    }
}

/// Whether a cache already keeps the answers of different origins apart.
fn varies_by_origin(headers: &HeaderMap) -> bool {
    let names = headers.get_all(VARY).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    names.map(<[u8]>::trim_ascii).any(|name| name == b"*" || name.eq_ignore_ascii_case(b"origin"))
}

#[cfg(test)]
mod tests {
    use tower::{ServiceBuilder, ServiceExt as _};

    use super::*;

    fn config(origins: &[&str]) -> Config {
        Config { origins: origins.iter().map(|text| text.parse().unwrap()).collect(), ..Config::default() }
    }

    type Headers<'a> = &'a [(&'static str, &'static str)];

    /// Status and headers of the answer; the app says 200 with these headers.
    async fn answer(config: &Config, method: &str, path: &str, request: Headers<'_>, app: Headers<'_>) -> (u16, Vec<String>) {
        let app = app.to_vec();
        let service = tower::service_fn(move |_: Request<()>| {
            let mut response = Response::new(Body::Empty);
            for (name, value) in &app {
                response.headers_mut().append(*name, HeaderValue::from_static(value));
            }
            async { Ok(response) }
        });
        let builder = Request::builder().method(method).uri(path);
        let request = request.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value));
        let service = ServiceBuilder::new().layer(Layer::new(config).unwrap()).service(service);
        let response = service.oneshot(request.body(()).unwrap()).await.unwrap();
        let line = |(name, value): (&HeaderName, &HeaderValue)| format!("{name}: {}", value.to_str().unwrap());
        (response.status().as_u16(), response.headers().iter().map(line).collect())
    }

    const APP: (&str, &str) = ("origin", "https://app.example.com");
    const EVIL: (&str, &str) = ("origin", "https://evil-example.com");

    #[tokio::test]
    async fn names_the_origin_that_may_read() {
        let mut config = config(&["https://app.example.com", "https://*.partner.example"]);
        let get = async |config: &Config, origin| answer(config, "GET", "/", &[("origin", origin)], &[]).await.1;
        let allowed = ["access-control-allow-origin: https://app.example.com", "vary: Origin"];
        assert_eq!(get(&config, APP.1).await, allowed);
        let sub = ["access-control-allow-origin: https://a.b.partner.example", "vary: Origin"];
        assert_eq!(get(&config, "https://a.b.partner.example").await, sub);
        for origin in [EVIL.1, "null", "https://partner.example", "http://app.example.com"] {
            assert_eq!(get(&config, origin).await, ["vary: Origin"], "{origin}");
        }
        assert_eq!(answer(&config, "GET", "/", &[], &[]).await.1, ["vary: Origin"]);
        config.credentials = true;
        config.expose = vec![HeaderName::from_static("x-total"), HeaderName::from_static("etag")];
        let expected = [
            "access-control-allow-origin: https://app.example.com",
            "access-control-allow-credentials: true",
            "access-control-expose-headers: x-total, etag",
            "vary: Origin",
        ];
        assert_eq!(get(&config, APP.1).await, expected);
    }

    #[tokio::test]
    async fn needs_no_vary_when_everyone_may() {
        let (config, null) = (config(&["*"]), config(&["null"]));
        for request in [&[APP][..], &[("origin", "null")]] {
            assert_eq!(answer(&config, "GET", "/", request, &[]).await.1, ["access-control-allow-origin: *"]);
        }
        assert_eq!(answer(&config, "GET", "/", &[], &[]).await.1, ["access-control-allow-origin: *"]);
        assert_eq!(
            answer(&null, "GET", "/", &[("origin", "null")], &[]).await.1,
            ["access-control-allow-origin: null", "vary: Origin"]
        );
    }

    #[tokio::test]
    async fn answers_preflights() {
        let mut config = config(&["https://app.example.com"]);
        let ask = [APP, ("access-control-request-method", "PUT"), ("access-control-request-headers", "content-type,x-csrf")];
        let vary = "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
        let expected = [
            "access-control-allow-origin: https://app.example.com",
            "access-control-allow-methods: GET, HEAD, POST",
            "access-control-allow-headers: content-type,x-csrf",
            vary,
            "content-length: 0",
        ];
        assert_eq!(answer(&config, "OPTIONS", "/", &ask, &[]).await, (204, expected.map(String::from).into()));
        config.methods = vec![Method::PUT, Method::PATCH];
        config.headers = vec![HeaderName::from_static("x-csrf"), HeaderName::from_static("authorization")];
        config.credentials = true;
        config.max_age = Some(Duration::from_secs(7200));
        config.expose = vec![HeaderName::from_static("x-total")];
        let expected = [
            "access-control-allow-origin: https://app.example.com",
            "access-control-allow-credentials: true",
            "access-control-allow-methods: PUT, PATCH",
            "access-control-allow-headers: x-csrf, authorization",
            "access-control-max-age: 7200",
            vary,
            "content-length: 0",
        ];
        assert_eq!(answer(&config, "OPTIONS", "/", &ask, &[]).await, (204, expected.map(String::from).into()));
    }

    #[tokio::test]
    async fn leaves_other_requests_to_the_app() {
        let config = Config { paths: vec!["/api/*".parse().unwrap()], ..config(&["https://app.example.com"]) };
        let method = ("access-control-request-method", "PUT");
        let seen = async |method, path, request: Headers<'_>| answer(&config, method, path, request, &[("x-app", "1")]).await;
        let only_vary = (200, vec!["x-app: 1".to_owned(), "vary: Origin".to_owned()]);
        let untouched = (200, vec!["x-app: 1".to_owned()]);
        assert_eq!(seen("OPTIONS", "/api/a", &[EVIL, method]).await, only_vary);
        assert_eq!(seen("OPTIONS", "/api/a", &[method]).await, only_vary);
        assert_eq!(seen("OPTIONS", "/page", &[APP, method]).await, untouched);
        assert_eq!(seen("GET", "/page", &[APP]).await, untouched);
        // An OPTIONS request that a page makes itself is no preflight.
        assert!(seen("OPTIONS", "/api/a", &[APP]).await.1.contains(&"x-app: 1".to_owned()));
        let off = Config::default();
        assert_eq!(answer(&off, "OPTIONS", "/", &[APP, method], &[]).await, (200, vec![]));
    }

    #[tokio::test]
    async fn lets_the_apps_own_policy_stand() {
        let config = Config { credentials: true, ..config(&["https://app.example.com"]) };
        for app in [("access-control-allow-origin", "*"), ("access-control-expose-headers", "etag")] {
            let expected = [format!("{}: {}", app.0, app.1)];
            assert_eq!(answer(&config, "GET", "/", &[APP], &[app]).await.1, expected);
        }
        for (vary, adds) in [("Accept, ORIGIN", false), ("*", false), ("X-Origin", true)] {
            let headers = answer(&config, "GET", "/", &[APP], &[("vary", vary)]).await.1;
            assert_eq!(headers.contains(&"vary: Origin".to_owned()), adds, "{vary}");
        }
    }

    #[test]
    fn refuses_settings_that_open_everything() {
        let with = |origin: &str| Config { credentials: true, ..config(&[origin]) }.problems();
        assert!(with("*")[0].contains("`*` with credentials"));
        assert!(with("null")[0].contains("`null` with credentials"));
        assert!(with("https://*.example.com").is_empty());
        let methods = ["patch", "TRACE", "PATCH"].map(|method| method.parse().unwrap()).into();
        let problems = Config { methods, ..config(&["*"]) }.problems();
        assert_eq!(problems.len(), 2);
        assert!(problems[0].ends_with("expected `PATCH`"), "{}", problems[0]);
        assert!(Layer::new(&Config { credentials: true, ..config(&["*"]) }).is_err());
    }
}
