//! Headers that make browsers careful, added to every response that has not got them.
//!
//! What is sent without any setting is the table [`DEFAULTS`]: only what breaks no page. Values follow OWASP's *HTTP Headers
//! Cheat Sheet*; `X-Frame-Options` and `X-Content-Type-Options` are helmet's, too. The cross-origin isolation headers (COOP,
//! COEP, CORP) change what a page may embed and open, so they are sent when they are asked for. Headers that OWASP advises
//! against (`X-XSS-Protection`, `Expect-CT`, `Public-Key-Pins`) are not in the table.
//!
//! # Who wins
//! The app. A header that is in the response, whatever its value, is left as it is; a name in [`Config::replace`] turns that
//! round, and then the host's value is the only one. A name there whose value is empty means: nobody sends it.
//! The layer stands outside of those that refuse requests, so that a 429 or a 403 has the headers as well.
//!
//! # HSTS
//! `Strict-Transport-Security` goes out only when the client came over HTTPS ([`Client::https`]: our own TLS or what a trusted
//! proxy says), because RFC 6797, section 7.2, forbids it over plain HTTP. An HSTS header of the app's own is the app's; when
//! the host replaces it, it is gone over plain HTTP. Neither `includeSubDomains` nor `preload` is a default: both bind names
//! that this server does not serve.
//!
//! # What it deliberately does not do
//! [`Content-Security-Policy`](crate::csp) and [CORS](crate::cors) are modules of their own. An `X-Frame-Options` beside an
//! app's own CSP with `frame-ancestors` does no harm: browsers ignore the former then (CSP3, section 6.4.2).

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::STRICT_TRANSPORT_SECURITY;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};

use crate::client::Client;
use crate::{Body, finish};

mod values;

/// What is sent without any setting.
pub const DEFAULTS: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "SAMEORIGIN"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    // One year.
    ("strict-transport-security", "max-age=31536000"),
];

/// Which headers are sent.
#[derive(Debug, Clone)]
pub struct Config {
    /// Name and value, in the order in which they are added.
    values: Vec<(HeaderName, HeaderValue)>,
    /// Names of headers that the host has the last word on, in place of the app.
    pub replace: Vec<HeaderName>,
}

impl Default for Config {
    fn default() -> Self {
        let values = DEFAULTS.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        Config { values: values.into(), replace: Vec::new() }
    }
}

impl Config {
    /// No header at all.
    pub fn none() -> Self {
        Config { values: Vec::new(), replace: Vec::new() }
    }

    /// Sets the value of a header, one of the table or any other; an empty value means that it is not sent.
    ///
    /// # Errors
    /// What is wrong and what was expected: a value that browsers would ignore, or a header that is not for this module.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let name: HeaderName = name.parse().map_err(|_| format!("`{name}` is no name of a header"))?;
        if let Some(reason) = values::not_here(&name) {
            return Err(format!("`{name}` cannot be set here: {reason}"));
        }
        let value = value.trim();
        self.values.retain(|(known, _)| *known != name);
        if !value.is_empty() {
            values::check(&name, value)?;
            let value = HeaderValue::from_str(value).map_err(|_| format!("`{value}` is no value of a header"))?;
            self.values.push((name, value));
        }
        Ok(())
    }
}

/// Adds the headers to the responses of the service it wraps.
///
/// ```
/// use edge::{client::Client, security_headers};
/// use http::{Request, Response};
/// use tower::{ServiceBuilder, ServiceExt};
///
/// # tokio_test(async {
/// let app = tower::service_fn(|_: Request<()>| async {
///     let response = Response::builder().header("x-frame-options", "DENY").body(edge::Body::Empty);
///     Ok::<_, std::convert::Infallible>(response.unwrap())
/// });
/// let layer = security_headers::Layer::new(security_headers::Config::default());
/// let mut request = Request::new(());
/// request.extensions_mut().insert(Client { https: true, ..Client::default() });
/// let response = ServiceBuilder::new().layer(layer).service(app).oneshot(request).await?;
/// assert_eq!(response.headers()["x-content-type-options"], "nosniff");
/// assert_eq!(response.headers()["x-frame-options"], "DENY");
/// assert_eq!(response.headers()["strict-transport-security"], "max-age=31536000");
/// # Ok(()) });
/// # fn tokio_test(test: impl Future<Output = Result<(), std::convert::Infallible>>) {
/// #     tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(test).unwrap();
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Layer {
    headers: Arc<[Header]>,
}

/// The service of [`Layer`].
#[derive(Debug, Clone)]
pub struct Service<S> {
    inner: S,
    headers: Arc<[Header]>,
}

/// A header, and what happens to the one the app set.
#[derive(Debug)]
struct Header {
    name: HeaderName,
    /// Nothing is only there to remove the app's.
    value: Option<HeaderValue>,
    replace: bool,
    https_only: bool,
}

impl Layer {
    /// The layer of these settings.
    pub fn new(config: Config) -> Self {
        let Config { values, replace } = config;
        let removed = replace.iter().filter(|name| values.iter().all(|(known, _)| known != *name)).cloned();
        let removed: Vec<_> = removed.map(|name| (name, None)).collect();
        let sent = values.into_iter().map(|(name, value)| (name, Some(value)));
        let header = |(name, value): (HeaderName, Option<HeaderValue>)| Header {
            replace: replace.contains(&name),
            https_only: name == STRICT_TRANSPORT_SECURITY,
            name,
            value,
        };
        Layer { headers: sent.chain(removed).map(header).collect() }
    }
}

impl<S> tower::Layer<S> for Layer {
    type Service = Service<S>;

    fn layer(&self, inner: S) -> Service<S> {
        Service { inner, headers: Arc::clone(&self.headers) }
    }
}

impl<S, B> tower::Service<Request<B>> for Service<S>
where
    S: tower::Service<Request<B>, Response = Response<Body>, Error = Infallible>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = finish::Future<S::Future, Rest>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let https = request.extensions().get::<Client>().is_some_and(|client| client.https);
        let rest = Rest { headers: Arc::clone(&self.headers), https };
        finish::Future::new(self.inner.call(request), Some(rest))
    }
}

/// What is left to do when the response is there.
#[derive(Debug)]
pub struct Rest {
    headers: Arc<[Header]>,
    https: bool,
}

impl finish::Finish for Rest {
    fn finish(self, response: &mut Response<Body>) {
        for header in self.headers.iter() {
            add(response.headers_mut(), header, self.https);
        }
    }
}

fn add(headers: &mut HeaderMap, header: &Header, https: bool) {
    match header.value.as_ref().filter(|_| https || !header.https_only) {
        Some(value) if header.replace => drop(headers.insert(&header.name, value.clone())),
        Some(value) => drop(headers.entry(&header.name).or_insert_with(|| value.clone())),
        None if header.replace => {
            headers.remove(&header.name);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use tower::{ServiceBuilder, ServiceExt as _};

    use super::*;

    /// The headers that leave, when the app answers with these.
    async fn sent(config: &Config, https: Option<bool>, app: &[(&'static str, &'static str)], status: u16) -> Vec<String> {
        let app = app.to_vec();
        let service = tower::service_fn(move |_: Request<()>| {
            let mut response = Response::new(Body::Empty);
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            for (name, value) in &app {
                response.headers_mut().append(*name, HeaderValue::from_static(value));
            }
            async { Ok(response) }
        });
        let mut request = Request::new(());
        if let Some(https) = https {
            request.extensions_mut().insert(Client { https, ..Client::default() });
        }
        let service = ServiceBuilder::new().layer(Layer::new(config.clone())).service(service);
        let response = service.oneshot(request).await.unwrap();
        response.headers().iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect()
    }

    #[tokio::test]
    async fn adds_what_the_app_has_not_set() {
        let config = Config::default();
        let defaults = [
            "x-content-type-options: nosniff",
            "x-frame-options: SAMEORIGIN",
            "referrer-policy: strict-origin-when-cross-origin",
        ];
        assert_eq!(sent(&config, None, &[], 200).await, defaults);
        assert_eq!(sent(&config, Some(false), &[], 429).await, defaults);
        let with_hsts: Vec<_> = defaults.into_iter().chain(["strict-transport-security: max-age=31536000"]).collect();
        assert_eq!(sent(&config, Some(true), &[], 200).await, with_hsts);
        let app = [("x-frame-options", ""), ("referrer-policy", "no-referrer"), ("strict-transport-security", "max-age=1")];
        let expected = [
            "x-frame-options: ",
            "referrer-policy: no-referrer",
            "strict-transport-security: max-age=1",
            "x-content-type-options: nosniff",
        ];
        assert_eq!(sent(&config, Some(true), &app, 200).await, expected);
        assert_eq!(sent(&config, Some(false), &app, 200).await, expected);
    }

    #[tokio::test]
    async fn leaves_interim_responses_alone() {
        for status in [101, 103] {
            assert!(sent(&Config::default(), Some(true), &[], status).await.is_empty(), "{status}");
        }
    }

    #[tokio::test]
    async fn replaces_what_it_is_told_to() {
        let mut config = Config::none();
        config.set("x-frame-options", "DENY").unwrap();
        config.set("strict-transport-security", "max-age=63072000; includeSubDomains").unwrap();
        config.replace = ["x-frame-options", "strict-transport-security", "x-powered-by"].map(HeaderName::from_static).into();
        let app = [
            ("x-frame-options", "SAMEORIGIN"),
            ("x-frame-options", "ALLOWALL"),
            ("x-powered-by", "an app"),
            ("strict-transport-security", "max-age=1"),
        ];
        let plain = sent(&config, Some(false), &app, 200).await;
        assert_eq!(plain, ["x-frame-options: DENY"]);
        let mut secure = sent(&config, Some(true), &app, 200).await;
        secure.sort();
        assert_eq!(secure, ["strict-transport-security: max-age=63072000; includeSubDomains", "x-frame-options: DENY"]);
    }

    #[tokio::test]
    async fn can_be_changed_and_switched_off() {
        let mut config = Config::default();
        for name in ["x-frame-options", "Referrer-Policy", "strict-transport-security"] {
            config.set(name, "").unwrap();
        }
        config.set("Cross-Origin-Opener-Policy", "same-origin").unwrap();
        config.set("x-extra", "1").unwrap();
        config.set("x-extra", "2").unwrap();
        let expected = ["x-content-type-options: nosniff", "cross-origin-opener-policy: same-origin", "x-extra: 2"];
        assert_eq!(sent(&config, Some(true), &[], 200).await, expected);
    }
}
