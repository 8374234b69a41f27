//! A refusal or a failure that the host answers itself, and the only place where one becomes bytes.
//!
//! The shape is Fastify's (fastify/lib/error-serializer.js), so a client cannot tell whether the app or the host spoke. The
//! public text is all the client sees; the detail (a stack, a path) goes to the log and nowhere else.

use std::borrow::Cow;

use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use crate::Body;

/// What went wrong, in terms of HTTP.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    message: Cow<'static, str>,
    code: Option<&'static str>,
    detail: Option<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
    counted: bool,
}

impl Problem {
    /// A problem with the sentence the client reads.
    pub fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Problem { status, message: message.into(), code: None, detail: None, headers: Vec::new(), counted: false }
    }

    /// A problem whose sentence is the name of its status.
    pub fn of(status: StatusCode) -> Self {
        Self::new(status, status.canonical_reason().unwrap_or("Error"))
    }

    /// Adds a stable code for programs, such as `SSR_HOST_OVERLOADED`.
    #[must_use]
    pub fn with_code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    /// Adds what the log should say and the client must not see.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// One of very many, which somebody counts and reports in sum: not worth a line each.
    #[must_use]
    pub fn counted(mut self) -> Self {
        self.counted = true;
        self
    }

    /// The status it is answered with.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Logs the problem and makes it the answer.
    pub fn into_response(self) -> Response<Body> {
        self.into_response_on(HeaderMap::new())
    }

    /// The same on top of the headers that the answer already had, as Fastify keeps them on an error.
    pub fn into_response_on(self, earlier: HeaderMap) -> Response<Body> {
        self.log();
        let body = self.json();
        // Copied and not removed from: removing would change the order of the others.
        let kept = earlier.iter().filter(|(name, _)| *name != CONTENT_TYPE && *name != CONTENT_LENGTH);
        let mut headers = HeaderMap::with_capacity(earlier.len() + self.headers.len() + 2);
        for (name, value) in kept {
            headers.append(name, value.clone());
        }
        for (name, value) in self.headers {
            headers.insert(name, value);
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        *response.headers_mut() = headers;
        response
    }

    fn json(&self) -> String {
        let code = self.code.map(|code| format!(r#""code":{},"#, quoted(code))).unwrap_or_default();
        let error = quoted(self.status.canonical_reason().unwrap_or("Error"));
        format!(r#"{{"statusCode":{},{code}"error":{error},"message":{}}}"#, self.status.as_u16(), quoted(&self.message))
    }

    /// 503 is the host protecting itself and expected under load; other 5xx are faults; 4xx are the client's business.
    fn log(&self) {
        let (status, message) = (self.status.as_u16(), &self.message);
        let detail = self.detail.as_deref().unwrap_or(message);
        match status {
            _ if self.counted => tracing::debug!(http.status = status, "{detail}"),
            503 => tracing::warn!(http.status = status, "{detail}"),
            500.. => tracing::error!(http.status = status, "{detail}"),
            _ => tracing::debug!(http.status = status, "{detail}"),
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(problem: Problem) -> String {
        match problem.into_response().into_body() {
            Body::Full(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn has_the_shape_of_fastify() {
        let problem = Problem::of(StatusCode::RANGE_NOT_SATISFIABLE).with_detail("secret");
        let text = r#"{"statusCode":416,"error":"Range Not Satisfiable","message":"Range Not Satisfiable"}"#;
        assert_eq!(body(problem), text);
    }

    #[test]
    fn escapes_and_carries_a_code() {
        let problem = Problem::new(StatusCode::BAD_GATEWAY, "a \"b\"\n").with_code("X");
        assert_eq!(body(problem), r#"{"statusCode":502,"code":"X","error":"Bad Gateway","message":"a \"b\"\n"}"#);
    }

    #[test]
    fn keeps_earlier_headers_but_not_those_of_the_body() {
        let mut headers = HeaderMap::new();
        headers.insert("x-frame-options", HeaderValue::from_static("DENY"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/css"));
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("5"));
        let response = Problem::of(StatusCode::NOT_FOUND).into_response_on(headers);
        let names: Vec<_> = response.headers().keys().map(HeaderName::as_str).collect();
        assert_eq!(names, ["x-frame-options", "content-type", "content-length"]);
        assert_eq!(response.headers()[CONTENT_LENGTH], "60");
    }
}
