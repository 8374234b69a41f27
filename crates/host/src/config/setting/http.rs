//! What HTTP has names for.

use edge::path::Pattern;
use http::{HeaderName, HeaderValue, Method};

use super::{Hint, Written, written};

impl Written for Pattern {
    fn expected() -> String {
        "a path such as `/health`, `/api/*` or `/posts/:id`".into()
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        text.parse().map_err(|expected: &str| match text.starts_with('/') {
            true => format!("write {expected}").into(),
            false => format!("did you mean `/{text}`?").into(),
        })
    }

    fn text(&self) -> String {
        self.as_str().to_owned()
    }
}

impl Written for HeaderName {
    fn expected() -> String {
        "the name of a header such as `x-request-id`".into()
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        text.parse().map_err(|_| Hint::default())
    }

    fn text(&self) -> String {
        self.as_str().to_owned()
    }
}

impl Written for HeaderValue {
    fn expected() -> String {
        "the value of a header".into()
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        HeaderValue::from_str(text.trim()).ok().filter(|value| value.to_str().is_ok()).ok_or_else(Hint::default)
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(self.as_bytes()).into_owned()
    }
}

impl Written for Method {
    fn expected() -> String {
        "a method such as `GET`".into()
    }

    /// Methods are case-sensitive (RFC 9110 section 9.1): `get` would never match.
    fn parse(text: &str) -> Result<Self, Hint> {
        let upper = text.to_ascii_uppercase();
        match Method::from_bytes(text.as_bytes()) {
            Ok(method) if upper == text => Ok(method),
            Ok(_) => Err(format!("did you mean `{upper}`?").into()),
            Err(_) => Err(Hint::default()),
        }
    }

    fn text(&self) -> String {
        self.as_str().to_owned()
    }
}

written!(Pattern);
written!(HeaderName);
written!(HeaderValue);
written!(Method);
