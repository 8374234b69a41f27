//! What a response says about places at the backend, in the client's terms: `Location`, `Content-Location`, `Refresh`, and path and
//! domain of cookies.
//!
//! An absolute URL of the backend's own becomes a path: no client can reach it, and nobody is to learn its name. A path below the
//! backend's prefix becomes one below the route's. Everything else stays: other hosts, relative references (which the client resolves against
//! its own URL), and what cannot be read.

use http::header::{CONTENT_LOCATION, Entry, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::path::Mapping;

const REFRESH: HeaderName = HeaderName::from_static("refresh");

/// A name and what it becomes; `None`: the attribute goes.
pub type Changes = Vec<(String, Option<String>)>;

/// What is rewritten beyond what the mapping of paths says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// `Location` and its like.
    pub location: bool,
    /// Paths of cookies; the first that is equal holds, and without one the mapping.
    pub cookie_path: Changes,
    /// Domains of cookies, without a leading dot; the first that is equal holds.
    pub cookie_domain: Changes,
}

impl Default for Rules {
    fn default() -> Self {
        Rules { location: true, cookie_path: Changes::new(), cookie_domain: Changes::new() }
    }
}

/// Rewrites the headers of one response.
pub(super) struct Rewrite<'a> {
    pub(super) rules: &'a Rules,
    pub(super) mapping: &'a Mapping,
    /// What the backend may call itself: host, and port if it has one.
    pub(super) authorities: &'a [String],
}

impl Rewrite<'_> {
    pub(super) fn apply(&self, headers: &mut HeaderMap) {
        if self.rules.location {
            for name in [LOCATION, CONTENT_LOCATION] {
                replace(headers, name, |text| self.place(text));
            }
            replace(headers, REFRESH, |text| {
                let at = text.to_ascii_lowercase().find("url=")? + "url=".len();
                Some(format!("{}{}", &text[..at], self.place(&text[at..])?))
            });
        }
        replace(headers, SET_COOKIE, |text| self.cookie(text));
    }

    /// The client's place of a backend's. `None`: it stays.
    fn place(&self, text: &str) -> Option<String> {
        if let Some(rest) = self.own(text) {
            let rest = if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") };
            return Some(self.public(&rest).unwrap_or(rest));
        }
        if text.starts_with("//") { None } else { self.public(text) }
    }

    /// What follows the backend's own origin.
    fn own<'t>(&self, text: &'t str) -> Option<&'t str> {
        let scheme = text.find("//").map(|at| &text[..at])?;
        if !["", "http:", "https:"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
            return None;
        }
        let rest = &text[scheme.len() + 2..];
        let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        self.authorities.iter().any(|own| own.eq_ignore_ascii_case(authority)).then_some(rest)
    }

    /// The route's path of one below the backend's prefix.
    fn public(&self, path: &str) -> Option<String> {
        let (before, _) = path.split_at(path.find(['?', '#']).unwrap_or(path.len()));
        if !before.starts_with('/') || !self.mapping.changes() {
            return None;
        }
        let rest = self.mapping.backend.rest(before)?;
        let public = self.mapping.public.as_str();
        let slash = if public.is_empty() && rest.is_empty() { "/" } else { "" };
        Some(format!("{public}{slash}{}", &path[before.len() - rest.len()..]))
    }

    fn cookie(&self, text: &str) -> Option<String> {
        let mut changed = false;
        let mut kept = Vec::new();
        for (i, part) in text.split(';').enumerate() {
            let (name, value) = part.split_once('=').map_or((part.trim(), ""), |(name, value)| (name.trim(), value.trim()));
            let new = match i {
                0 => None,
                _ if name.eq_ignore_ascii_case("path") => self.cookie_path(value),
                _ if name.eq_ignore_ascii_case("domain") => self.cookie_domain(value),
                _ => None,
            };
            changed |= new.is_some();
            match new {
                Some(Some(value)) => kept.push(format!(" {name}={value}")),
                Some(None) => {}
                None => kept.push(part.to_owned()),
            }
        }
        changed.then(|| kept.join(";"))
    }

    /// `/` stays: it is the path of a session, which the pages of the app may want as well.
    fn cookie_path(&self, path: &str) -> Option<Option<String>> {
        if let Some((_, new)) = self.rules.cookie_path.iter().find(|(old, _)| old == path) {
            return Some(new.clone());
        }
        if path == "/" { None } else { self.public(path).map(Some) }
    }

    /// No browser takes a cookie for a domain that it has not asked; without it the cookie is for the host that it has.
    fn cookie_domain(&self, domain: &str) -> Option<Option<String>> {
        let domain = domain.strip_prefix('.').unwrap_or(domain);
        let rule = self.rules.cookie_domain.iter().find(|(old, _)| old.eq_ignore_ascii_case(domain));
        let host = |authority: &str| authority.parse::<http::uri::Authority>().is_ok_and(|own| own.host() == domain);
        match rule {
            Some((_, new)) => Some(new.clone()),
            None => self.authorities.iter().any(|own| host(own)).then_some(None),
        }
    }
}

/// Replaces the values for which there is something else.
fn replace(headers: &mut HeaderMap, name: HeaderName, new: impl Fn(&str) -> Option<String>) {
    let Entry::Occupied(mut entry) = headers.entry(name) else { return };
    for value in entry.iter_mut() {
        let changed = value.to_str().ok().and_then(&new);
        if let Some(changed) = changed.and_then(|text| HeaderValue::from_str(&text).ok()) {
            *value = changed;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(backend: &str, rules: &Rules, name: &'static str, value: &str) -> String {
        let mapping = Mapping { public: "/api".parse().unwrap(), backend: backend.parse().unwrap() };
        let authorities = ["backend.internal:8080".to_owned()];
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        Rewrite { rules, mapping: &mapping, authorities: &authorities }.apply(&mut headers);
        headers[name].to_str().unwrap().to_owned()
    }

    #[test]
    fn places() {
        let cases = [
            ("/", "/login?next=/a", "/api/login?next=/a"),
            ("/", "/", "/api/"),
            ("/", "http://backend.internal:8080/login", "/api/login"),
            ("/", "HTTP://Backend.Internal:8080", "/api/"),
            ("/", "//backend.internal:8080/login#a", "/api/login#a"),
            ("/", "https://backend.internal:8080?a", "/api/?a"),
            ("/", "https://elsewhere.example/login", "https://elsewhere.example/login"),
            ("/", "//elsewhere.example/login", "//elsewhere.example/login"),
            ("/", "http://backend.internal:8080.evil.example/", "http://backend.internal:8080.evil.example/"),
            ("/", "http://backend.internal:8080@evil.example/", "http://backend.internal:8080@evil.example/"),
            ("/", "next?a=/b", "next?a=/b"),
            ("/", "../a", "../a"),
            ("/", "?a", "?a"),
            ("/", "mailto:a@b", "mailto:a@b"),
            ("/v1", "/v1/login", "/api/login"),
            ("/v1", "/v1", "/api"),
            ("/v1", "/v1?a", "/api?a"),
            ("/v1", "/v12", "/v12"),
            ("/v1", "/other", "/other"),
            ("/v1", "http://backend.internal:8080/other", "/other"),
            ("/api", "/api/a", "/api/a"),
            ("/api", "/login", "/login"),
            ("/api", "http://backend.internal:8080/api/a", "/api/a"),
        ];
        for (backend, location, expected) in cases {
            assert_eq!(rewritten(backend, &Rules::default(), "location", location), expected, "{backend} {location}");
            assert_eq!(rewritten(backend, &Rules::default(), "content-location", location), expected, "{backend} {location}");
        }
        assert_eq!(rewritten("/", &Rules::default(), "refresh", "5; URL=/a"), "5; URL=/api/a");
        assert_eq!(rewritten("/", &Rules::default(), "refresh", "5"), "5");
        let off = Rules { location: false, ..Rules::default() };
        assert_eq!(rewritten("/", &off, "location", "/login"), "/login");
    }

    #[test]
    fn cookies() {
        let cases = [
            ("/", "a=/b; Path=/; Secure; HttpOnly", "a=/b; Path=/; Secure; HttpOnly"),
            ("/", "a=b; path=/users; Secure", "a=b; path=/api/users; Secure"),
            ("/", "path=/users; SameSite=Lax", "path=/users; SameSite=Lax"),
            ("/", "a=b; Domain=.backend.internal; Secure", "a=b; Secure"),
            ("/", "a=b; Domain=elsewhere.example", "a=b; Domain=elsewhere.example"),
            ("/v1", "a=b;Path=/v1;Secure", "a=b; Path=/api;Secure"),
            ("/v1", "a=b; Path=/v2", "a=b; Path=/v2"),
            ("/api", "a=b; Path=/users", "a=b; Path=/users"),
        ];
        for (backend, cookie, expected) in cases {
            assert_eq!(rewritten(backend, &Rules::default(), "set-cookie", cookie), expected, "{backend} {cookie}");
        }
        let rules = Rules {
            location: true,
            cookie_path: vec![("/".into(), Some("/api".into())), ("/x".into(), None)],
            cookie_domain: vec![("old.example".into(), Some("new.example".into()))],
        };
        let cookie = rewritten("/", &rules, "set-cookie", "a=b; Path=/; Domain=old.example; Secure");
        assert_eq!(cookie, "a=b; Path=/api; Domain=new.example; Secure");
        assert_eq!(rewritten("/", &rules, "set-cookie", "a=b; Path=/x"), "a=b");
    }
}
