//! The headers of the answers, written out once.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, CONTENT_LENGTH, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};

use super::{Config, varies_by_origin};
use crate::{Body, origin};

/// By what the answer to a preflight differs.
const PREFLIGHT_VARY: &str = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

#[derive(Debug)]
pub(super) struct Answer {
    /// Every origin gets the same, `*`.
    for_all: bool,
    credentials: bool,
    methods: Option<HeaderValue>,
    /// Nothing: what is asked for.
    headers: Option<HeaderValue>,
    expose: Option<HeaderValue>,
    max_age: Option<HeaderValue>,
}

impl Answer {
    pub(super) fn new(config: &Config) -> Self {
        Answer {
            for_all: config.origins.contains(&origin::Pattern::Any),
            credentials: config.credentials,
            methods: list(config.methods.iter().map(Method::as_str)),
            headers: list(config.headers.iter().map(HeaderName::as_str)),
            expose: list(config.expose.iter().map(HeaderName::as_str)),
            max_age: config.max_age.map(|age| HeaderValue::from(age.as_secs())),
        }
    }

    /// The answer to a preflight of an origin that is allowed; `asked` are the request headers it is about.
    pub(super) fn preflight(&self, origin: &HeaderValue, asked: Option<&HeaderValue>) -> Response<Body> {
        let mut response = Response::new(Body::Empty);
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        self.allow(headers, origin);
        let parts = [
            (ACCESS_CONTROL_ALLOW_METHODS, self.methods.as_ref()),
            (ACCESS_CONTROL_ALLOW_HEADERS, self.headers.as_ref().or(asked)),
            (ACCESS_CONTROL_MAX_AGE, self.max_age.as_ref()),
        ];
        for (name, value) in parts {
            if let Some(value) = value {
                headers.insert(name, value.clone());
            }
        }
        headers.insert(VARY, HeaderValue::from_static(PREFLIGHT_VARY));
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        response
    }

    /// Adds to any other response; `origin` is that of the request, when it is allowed.
    pub(super) fn add(&self, headers: &mut HeaderMap, origin: Option<&HeaderValue>) {
        // With `*` the answer is the same for a request without an origin, so a cache may give it to one that has one.
        let star = self.for_all.then(|| HeaderValue::from_static("*"));
        if let Some(origin) = origin.or(star.as_ref()) {
            self.allow(headers, origin);
            if let Some(expose) = &self.expose {
                headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, expose.clone());
            }
        }
        if !self.for_all && !varies_by_origin(headers) {
            headers.append(VARY, HeaderValue::from_static("Origin"));
        }
    }

    fn allow(&self, headers: &mut HeaderMap, origin: &HeaderValue) {
        let origin = if self.for_all { HeaderValue::from_static("*") } else { origin.clone() };
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if self.credentials {
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        }
    }
}

/// `a, b`; nothing for an empty list.
fn list<'a>(names: impl Iterator<Item = &'a str>) -> Option<HeaderValue> {
    let names = names.collect::<Vec<_>>().join(", ");
    // Names of methods and headers are tokens, which every header value may hold.
    HeaderValue::from_str(&names).ok().filter(|value| !value.is_empty())
}
