//! `Content-Security-Policy` (CSP3), from settings that are checked, with inline scripts allowed by hash.
//!
//! # Inline scripts
//! There is no `'unsafe-inline'` for scripts: settings that have it are refused. An inline script or style may run because its
//! SHA-256 is in the policy, and a hash gets there in two ways: the text stands in a template file that is read at the start,
//! or in the settings ([`Inline`]). What a rendered page contains never adds to the policy, because an injected script would be
//! in that page as well. There are no nonces: one has to be new in every response, so that no page could be cached. A policy
//! here is a constant for a path, and a page from a cache is as good as a new one. Blocks of data (`<script
//! type="application/json">`) are no scripts and need no hash.
//!
//! Styles may have `'unsafe-inline'`, since Svelte writes `style` attributes into pages; the default has none.
//!
//! # Who wins
//! The app: when its response has a `Content-Security-Policy`, the host's is not added, because browsers enforce both and
//! together they may allow nothing. With [`Config::replace`] the host's is the only one. `Content-Security-Policy-Report-Only`
//! is a header of its own, with the same rule: to try a policy out beside the app's, use `report_only`. A `<meta>` policy in a
//! page applies in addition to any header.
//!
//! # Which responses
//! All but 1xx, not only HTML. A policy is also about what a browser can open as a document (SVG and other XML with scripts in
//! it, an error page, an upload) and about workers, whose policy is that of their script file; OWASP's *HTTP Headers* and *REST
//! Security* cheat sheets want `frame-ancestors` on API responses for the same reason. On other things it does nothing. A 304
//! has it as well, since its headers replace those in the cache (RFC 9111, section 3.2). Mozilla's HTTP Observatory looks at
//! the page only.
//!
//! # What it deliberately does not do
//! It does not receive reports: `report-uri` names a path of the app or another server, `report-to` an endpoint of the header
//! `Reporting-Endpoints`, which is an extra header in [`crate::security_headers`].

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::{CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY_REPORT_ONLY};
use http::{HeaderName, HeaderValue, Request, Response};

use crate::{Body, finish, path};

mod directive;
mod hash;
mod inline;
mod policy;
mod template;

pub use directive::names;
pub use inline::Inline;

/// The policy without any setting: everything from the own origin, images also as `data:`.
pub const DEFAULTS: [(&str, &[&str]); 6] = [
    ("default-src", &["'self'"]),
    ("base-uri", &["'none'"]),
    ("object-src", &["'none'"]),
    ("frame-ancestors", &["'self'"]),
    ("form-action", &["'self'"]),
    ("img-src", &["'self'", "data:"]),
];

/// Directives with their values, in the order in which they are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directives(Vec<(String, Vec<String>)>);

impl Default for Directives {
    fn default() -> Self {
        let directive =
            |(name, values): (&str, &[&str])| (name.to_owned(), values.iter().map(|value| (*value).to_owned()).collect());
        Directives(DEFAULTS.map(directive).into())
    }
}

impl Directives {
    /// No directive.
    pub fn none() -> Self {
        Directives(Vec::new())
    }

    /// Sets a directive; sources without any are `'none'`. Whether it makes sense is checked by [`Layer::new`].
    pub fn set(&mut self, name: &str, values: Vec<String>) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = values,
            None => self.0.push((name.to_owned(), values)),
        }
    }

    fn get(&self, name: &str) -> Option<&[String]> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, values)| values.as_slice())
    }

    /// These, with those that the other names in place of its own.
    fn replaced_by(&self, other: &Directives) -> Directives {
        let mut all = self.clone();
        for (name, values) in &other.0 {
            all.set(name, values.clone());
        }
        all
    }
}

/// The settings.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Whether a policy is sent where no rule says otherwise.
    pub enabled: bool,
    /// Whether the app's own policy gives way.
    pub replace: bool,
    /// Whether violations are reported only.
    pub report_only: bool,
    /// The policy.
    pub directives: Directives,
    /// Scripts and styles that may stand in a page.
    pub inline: Inline,
    /// What differs for some paths. The first rule that matches counts.
    pub rules: Vec<Rule>,
}

/// What differs for a path.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The paths.
    pub path: path::Pattern,
    /// In place of [`Config::enabled`].
    pub enabled: Option<bool>,
    /// In place of [`Config::report_only`].
    pub report_only: Option<bool>,
    /// Directives that replace those of the same name.
    pub directives: Directives,
}

/// What is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// Where: `script-src`, or `rules[0].script-src`.
    pub place: String,
    /// What, and what was expected.
    pub message: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

impl std::error::Error for Error {}

/// Adds the policy to the responses of the service it wraps.
///
/// ```
/// use edge::csp::{Config, Layer};
/// use http::{Request, Response};
/// use tower::{ServiceBuilder, ServiceExt};
///
/// # tokio_test(async {
/// let mut config = Config { enabled: true, ..Config::default() };
/// config.inline.add_template("<script>alert('Hello, world.');</script>");
/// let app = tower::service_fn(|_: Request<()>| async {
///     Ok::<_, std::convert::Infallible>(Response::new(edge::Body::Empty))
/// });
/// let layer = Layer::new(&config).unwrap();
/// let response = ServiceBuilder::new().layer(layer).service(app).oneshot(Request::new(())).await?;
/// let policy = response.headers()["content-security-policy"].to_str().unwrap();
/// assert!(policy.starts_with("default-src 'self'; base-uri 'none'; object-src 'none'"));
/// assert!(policy.ends_with("; script-src 'self' 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"));
/// # Ok(()) });
/// # fn tokio_test(test: impl Future<Output = Result<(), std::convert::Infallible>>) {
/// #     tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(test).unwrap();
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Layer {
    policies: Arc<Policies>,
}

/// The service of [`Layer`].
#[derive(Debug, Clone)]
pub struct Service<S> {
    inner: S,
    policies: Arc<Policies>,
}

/// Every policy, written out.
#[derive(Debug)]
struct Policies {
    base: Option<Rest>,
    rules: Vec<(path::Pattern, Option<Rest>)>,
}

impl Layer {
    /// The layer of these settings.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn new(config: &Config) -> Result<Self, Vec<Error>> {
        let mut errors = policy::problems(&config.directives);
        let of_base = policy::holes(&config.directives);
        for (index, rule) in config.rules.iter().enumerate() {
            let mut holes = policy::holes(&config.directives.replaced_by(&rule.directives));
            holes.retain(|hole| !of_base.contains(hole));
            let own = policy::problems(&rule.directives).into_iter().chain(holes);
            errors.extend(own.map(|error| Error { place: format!("rules[{index}].{}", error.place), ..error }));
        }
        errors.extend(of_base);
        if errors.is_empty() { Policies::new(config).map_err(|error| vec![error]).map(Layer::of) } else { Err(errors) }
    }

    fn of(policies: Policies) -> Self {
        Layer { policies: Arc::new(policies) }
    }
}

impl Policies {
    fn new(config: &Config) -> Result<Self, Error> {
        let header = |enabled: bool, report_only: bool, directives: &Directives| {
            let name = if report_only { CONTENT_SECURITY_POLICY_REPORT_ONLY } else { CONTENT_SECURITY_POLICY };
            let value = enabled.then(|| policy::write(directives, &config.inline)).transpose()?;
            Ok(value.filter(|value| !value.is_empty()).map(|value| Rest { name, value, replace: config.replace }))
        };
        let rule = |rule: &Rule| {
            let directives = config.directives.replaced_by(&rule.directives);
            let (enabled, report_only) = (rule.enabled.unwrap_or(config.enabled), rule.report_only.unwrap_or(config.report_only));
            Ok((rule.path.clone(), header(enabled, report_only, &directives)?))
        };
        Ok(Policies {
            base: header(config.enabled, config.report_only, &config.directives)?,
            rules: config.rules.iter().map(rule).collect::<Result<_, _>>()?,
        })
    }

    fn of(&self, path: &str) -> Option<&Rest> {
        let rule = self.rules.iter().find(|(pattern, _)| pattern.matches(path));
        rule.map_or(self.base.as_ref(), |(_, rest)| rest.as_ref())
    }
}

impl<S> tower::Layer<S> for Layer {
    type Service = Service<S>;

    fn layer(&self, inner: S) -> Service<S> {
        Service { inner, policies: Arc::clone(&self.policies) }
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
        let rest = self.policies.of(request.uri().path()).cloned();
        finish::Future::new(self.inner.call(request), rest)
    }
}

/// What is left to do when the response is there. A copy is two counters, not a text.
#[derive(Debug, Clone)]
pub struct Rest {
    name: HeaderName,
    value: HeaderValue,
    replace: bool,
}

impl finish::Finish for Rest {
    fn finish(self, response: &mut Response<Body>) {
        let headers = response.headers_mut();
        if self.replace || !headers.contains_key(&self.name) {
            headers.insert(self.name, self.value);
        }
    }
}

#[cfg(test)]
mod tests;
