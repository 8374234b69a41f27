//! Origins as rules name them: `https://a.example`, `https://*.a.example`, `*`, `null`.
//!
//! An origin is scheme, host and port, and browsers write it in exactly one way (HTML, "ASCII serialisation of an origin"): lower
//! case, no default port, no slash at the end. So an origin is compared byte by byte, and a rule that no browser could ever
//! match is refused with what it should have been.
//!
//! # `https://*.example.com`
//! Stands for one *or more* labels, as `*.` of a CSP source does (CSP3, "host-part matches") and as CORS settings elsewhere
//! do: `https://a.example.com` and `https://a.b.example.com`. Never for `https://example.com` itself, nor for
//! `https://evil-example.com`; scheme and port are exact. A `*` over a whole top-level domain is refused. Public suffixes
//! (`*.co.uk`, `*.fly.dev`) are not known here: do not write a rule for a domain that strangers share with you.

use std::str::FromStr;

/// Which origins a rule is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// `*`: each.
    Any,
    /// `null`: an opaque origin, such as that of a sandboxed frame or a file. Any page can make itself one.
    Null,
    /// One origin.
    Exactly(String),
    /// All that are under a domain.
    Below {
        /// With its `://`.
        scheme: String,
        /// The domain with the dot before it, and the port when there is one.
        domain: String,
    },
}

impl Pattern {
    /// Whether the rule is about this value of an `Origin` header.
    pub fn matches(&self, origin: &[u8]) -> bool {
        match self {
            Pattern::Any => true,
            Pattern::Null => origin == b"null",
            Pattern::Exactly(expected) => origin == expected.as_bytes(),
            Pattern::Below { scheme, domain } => origin
                .strip_prefix(scheme.as_bytes())
                .and_then(|host| host.strip_suffix(domain.as_bytes()))
                .is_some_and(|labels| labels.split(|byte| *byte == b'.').all(is_label)),
        }
    }
}

impl FromStr for Pattern {
    /// What is wrong and what was expected.
    type Err = String;

    fn from_str(text: &str) -> Result<Pattern, String> {
        match text {
            "*" => return Ok(Pattern::Any),
            "null" => return Ok(Pattern::Null),
            _ => {}
        }
        let (scheme, rest) = text
            .split_once("://")
            .ok_or_else(|| format!("`{text}` is no origin: expected scheme, host and port such as `https://app.example.com`"))?;
        if !is_scheme(scheme) {
            return Err(format!("`{text}` is no origin: `{scheme}` is no scheme (in lower case)"));
        }
        if let Some(end) = rest.find(['/', '?', '#']) {
            let origin = &text[..text.len() - rest.len() + end];
            return Err(format!("`{text}` is more than an origin: expected `{origin}`"));
        }
        let (host, port) = split_port(text, scheme, rest)?;
        match host.strip_prefix("*.") {
            Some(domain) => below(text, scheme, domain, port),
            None if is_host(host) => Ok(Pattern::Exactly(text.to_owned())),
            None => Err(no_host(text, host)),
        }
    }
}

fn below(text: &str, scheme: &str, domain: &str, port: &str) -> Result<Pattern, String> {
    if !is_host(domain) || domain.starts_with('[') {
        return Err(no_host(text, domain));
    }
    if !domain.contains('.') && domain != "localhost" {
        return Err(format!("`{text}` would be every site of a top-level domain: expected such as `https://*.example.com`"));
    }
    Ok(Pattern::Below { scheme: format!("{scheme}://"), domain: format!(".{domain}{port}") })
}

/// Host, and port with its colon or nothing.
fn split_port<'a>(text: &str, scheme: &str, rest: &'a str) -> Result<(&'a str, &'a str), String> {
    let after_ipv6 = rest.rfind(']').unwrap_or(0);
    let Some(colon) = rest[after_ipv6..].find(':').map(|at| at + after_ipv6) else {
        return Ok((rest, ""));
    };
    let (host, port) = rest.split_at(colon);
    let number: u16 = port[1..]
        .parse()
        .ok()
        .filter(|number: &u16| number.to_string() == port[1..])
        .ok_or_else(|| format!("`{text}`: `{}` is no port", &port[1..]))?;
    if default_port(scheme) == Some(number) {
        return Err(format!("`{text}`: browsers leave out a scheme's own port: expected `{scheme}://{host}`"));
    }
    Ok((host, port))
}

/// The port that is not written, for the schemes of HTTP.
pub fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

fn no_host(text: &str, host: &str) -> String {
    let hint = match host {
        _ if host.contains('*') => "; `*` only as the whole first label, or alone",
        _ if !host.is_ascii() => "; write it in Punycode (`xn--…`), as browsers do",
        _ if host.bytes().any(|byte| byte.is_ascii_uppercase()) => "; write it in lower case, as browsers do",
        _ => "",
    };
    format!("`{text}` is no origin: `{host}` is no host{hint}")
}

fn is_scheme(text: &str) -> bool {
    let rest = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.');
    text.as_bytes().first().is_some_and(u8::is_ascii_lowercase) && text.bytes().all(rest)
}

fn is_host(text: &str) -> bool {
    match text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        Some(address) => address.parse().is_ok_and(|ip: std::net::Ipv6Addr| ip.to_string() == address),
        None => text.split('.').all(|label| is_label(label.as_bytes())),
    }
}

fn is_label(label: &[u8]) -> bool {
    let inside = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    !label.is_empty() && label.iter().all(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_exactly_or_below() {
        let cases: [(&str, &[&str], &[&str]); 6] = [
            ("*", &["https://a.example", "null", "http://[::1]:3000"], &[]),
            ("null", &["null"], &["https://null", "NULL", ""]),
            (
                "https://example.com",
                &["https://example.com"],
                &[
                    "http://example.com",
                    "https://example.com:8443",
                    "https://example.com.evil.test",
                    "https://evil-example.com",
                    "https://a.example.com",
                    "null",
                    "",
                ],
            ),
            (
                "https://*.example.com",
                &["https://a.example.com", "https://a.b.example.com", "https://x-1.example.com"],
                &[
                    "https://example.com",
                    "https://.example.com",
                    "https://a..example.com",
                    "https://evil-example.com",
                    "https://evilexample.com",
                    "http://a.example.com",
                    "https://a.example.com:8443",
                    "https://a.example.com.evil.test",
                    "https://evil.test/.example.com",
                    "https://evil.test#.example.com",
                    "https://user@a.example.com",
                    "https://a b.example.com",
                    "null",
                ],
            ),
            (
                "http://*.localhost:3000",
                &["http://app.localhost:3000"],
                &["http://app.localhost", "http://app.localhost:30000", "http://localhost:3000"],
            ),
            ("http://[::1]:3000", &["http://[::1]:3000"], &["http://[::1]"]),
        ];
        for (pattern, yes, no) in cases {
            let rule: Pattern = pattern.parse().unwrap();
            for origin in yes {
                assert!(rule.matches(origin.as_bytes()), "{pattern} {origin}");
            }
            for origin in no {
                assert!(!rule.matches(origin.as_bytes()), "{pattern} {origin}");
            }
        }
    }

    #[test]
    fn refuses_what_no_browser_sends() {
        let cases = [
            ("example.com", "is no origin"),
            ("", "is no origin"),
            ("https://", "is no host"),
            ("https://example.com/", "expected `https://example.com`"),
            ("https://example.com/path", "expected `https://example.com`"),
            ("https://example.com?query=value", "expected `https://example.com`"),
            ("https://ex ample.com", "is no host"),
            ("https://Example.com", "lower case"),
            ("HTTPS://example.com", "lower case"),
            ("https://example.com:443", "expected `https://example.com`"),
            ("http://example.com:080", "is no port"),
            ("http://example.com:http", "is no port"),
            ("https://b\u{fc}cher.example", "Punycode"),
            ("https://*", "alone"),
            ("https://a*.example.com", "whole first label"),
            ("https://*.*.example.com", "whole first label"),
            ("https://*.com", "top-level domain"),
            ("https://[::01]", "is no host"),
        ];
        for (text, expected) in cases {
            let error = text.parse::<Pattern>().unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
