//! What stands in a `[[proxy]]` and nowhere else.

use edge::proxy::path::Prefix;
use edge::upstream::{Target, target};
use http::HeaderValue;
use http::uri::{Authority, PathAndQuery};

use super::super::super::setting::{Hint, Written, written};

impl Written for Prefix {
    fn expected() -> String {
        "the beginning of a path such as `/api`".into()
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        text.parse().map_err(|expected: &str| match text.starts_with('/') {
            true => format!("write {expected}").into(),
            false => format!("did you mean `/{text}`?").into(),
        })
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

written!(Prefix);

impl Written for Target {
    fn expected() -> String {
        target::EXPECTED.into()
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        let path = text.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
        text.parse().map_err(|expected: &str| match path.filter(|path| path.len() > 1) {
            Some(path) => format!("what the backend is asked stands in `rewrite`, such as `rewrite = \"{path}\"`").into(),
            None if expected == target::EXPECTED => Hint::default(),
            None => format!("write {expected}").into(),
        })
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

written!(Target);

/// What a backend reads as `Host`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// Its own name.
    Upstream,
    /// What the client asked for.
    Client,
    /// This.
    Named(Authority),
}

impl Written for Host {
    fn expected() -> String {
        "`upstream`, `client` or the name of a host such as `api.example.com`".into()
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        match text {
            "upstream" => Ok(Host::Upstream),
            "client" => Ok(Host::Client),
            _ => match text.parse::<Authority>() {
                Ok(authority) if !text.contains('@') && !authority.host().is_empty() => Ok(Host::Named(authority)),
                _ => Err(Hint::default()),
            },
        }
    }

    fn text(&self) -> String {
        match self {
            Host::Upstream => "upstream".into(),
            Host::Client => "client".into(),
            Host::Named(name) => name.to_string(),
        }
    }
}

written!(Host);

/// The value of a header, which may be a key and is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretValue(HeaderValue);

impl SecretValue {
    /// The value itself, marked so that nothing prints it.
    pub fn reveal(&self) -> HeaderValue {
        let mut value = self.0.clone();
        value.set_sensitive(true);
        value
    }
}

impl std::fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text())
    }
}

impl Written for SecretValue {
    const SECRET: bool = true;

    fn expected() -> String {
        "the value of a header, or `false` to leave it out".into()
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        HeaderValue::parse(text).map(SecretValue)
    }

    fn text(&self) -> String {
        "***".into()
    }
}

written!(SecretValue);

/// Path or domain of a cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CookiePlace(pub String);

impl Written for CookiePlace {
    fn expected() -> String {
        "a path or domain of cookies such as `/users` or `example.com`".into()
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b';' | b',');
        match !text.is_empty() && text.bytes().all(plain) {
            true => Ok(CookiePlace(text.to_owned())),
            false => Err(Hint::default()),
        }
    }

    fn text(&self) -> String {
        self.0.clone()
    }
}

written!(CookiePlace);

/// What a health check asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckPath(pub String);

impl Written for CheckPath {
    fn expected() -> String {
        "a path such as `/health`".into()
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        match text.starts_with('/') && PathAndQuery::try_from(text).is_ok() {
            true => Ok(CheckPath(text.to_owned())),
            false if text.starts_with('/') => Err(Hint::default()),
            false => Err(format!("did you mean `/{text}`?").into()),
        }
    }

    fn text(&self) -> String {
        self.0.clone()
    }
}

written!(CheckPath);
