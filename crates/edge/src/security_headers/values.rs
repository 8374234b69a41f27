//! Which values browsers understand. One that they do not is ignored without a word, so it is refused at the start.
//!
//! Names without a rule here (`Permissions-Policy`, whatever is extra) are taken as they are.

use http::{HeaderName, header};

/// Tokens a header may have, and how a list of them is read.
const TOKENS: [(&str, &[&str]); 6] = [
    ("x-content-type-options", &["nosniff"]),
    ("x-frame-options", &["DENY", "SAMEORIGIN"]),
    ("referrer-policy", &REFERRER_POLICIES),
    ("cross-origin-opener-policy", &["same-origin", "same-origin-allow-popups", "noopener-allow-popups", "unsafe-none"]),
    ("cross-origin-embedder-policy", &["require-corp", "credentialless", "unsafe-none"]),
    ("cross-origin-resource-policy", &["same-origin", "same-site", "cross-origin"]),
];

/// W3C Referrer Policy, section 3.
const REFERRER_POLICIES: [&str; 8] = [
    "no-referrer",
    "no-referrer-when-downgrade",
    "same-origin",
    "origin",
    "strict-origin",
    "origin-when-cross-origin",
    "strict-origin-when-cross-origin",
    "unsafe-url",
];

/// Why a header is not for this module, when it is not.
pub(super) fn not_here(name: &HeaderName) -> Option<&'static str> {
    match name.as_str() {
        "content-security-policy" | "content-security-policy-report-only" => Some("it has a section of its own, `[csp]`"),
        name if name.starts_with("access-control-") => Some("it has a section of its own, `[cors]`"),
        "content-length" | "transfer-encoding" | "connection" | "keep-alive" | "upgrade" | "trailer" | "te" => {
            Some("it belongs to the connection")
        }
        "content-type" | "content-encoding" | "set-cookie" | "vary" => Some("only what made the response knows it"),
        _ => None,
    }
}

/// Refuses a value that browsers would ignore.
pub(super) fn check(name: &HeaderName, value: &str) -> Result<(), String> {
    if *name == header::STRICT_TRANSPORT_SECURITY {
        return strict_transport_security(value);
    }
    let Some((_, tokens)) = TOKENS.iter().find(|(known, _)| name == known) else { return Ok(()) };
    let understood = |token: &str| tokens.iter().any(|known| known.eq_ignore_ascii_case(token));
    let understood = match name.as_str() {
        // A list, of which a browser takes the last value that it knows.
        "referrer-policy" => value.split(',').all(|token| understood(token.trim())),
        // Structured fields: case-sensitive, and a parameter such as `report-to` may follow.
        "cross-origin-opener-policy" | "cross-origin-embedder-policy" => {
            tokens.contains(&value.split(';').next().unwrap_or_default().trim_end())
        }
        "cross-origin-resource-policy" => tokens.contains(&value),
        _ => understood(value),
    };
    let expected = || tokens.iter().map(|token| format!("`{token}`")).collect::<Vec<_>>().join(", ");
    if understood { Ok(()) } else { Err(format!("`{value}` is no value of `{name}`: expected {}", expected())) }
}

/// RFC 6797, section 6.1.
fn strict_transport_security(value: &str) -> Result<(), String> {
    let is_age = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (mut ages, mut unknown) = (0, None);
    for directive in value.split(';').map(str::trim) {
        let (name, argument) = directive.split_once('=').unwrap_or((directive, ""));
        match name.to_ascii_lowercase().as_str() {
            "max-age" if is_age(argument.trim_matches('"')) => ages += 1,
            "includesubdomains" | "preload" if argument.is_empty() => {}
            _ => unknown = Some(directive),
        }
    }
    match unknown {
        None if ages == 1 => Ok(()),
        _ => Err(format!(
            "`{value}` is no value of `strict-transport-security`: expected such as `max-age=31536000` (seconds), \
             then perhaps `; includeSubDomains` and `; preload`"
        )),
    }
}

#[cfg(test)]
mod tests {
    use crate::security_headers::Config;

    #[test]
    fn takes_what_browsers_understand() {
        let cases = [
            ("x-content-type-options", "nosniff", true),
            ("x-content-type-options", "none", false),
            ("X-Frame-Options", "deny", true),
            ("x-frame-options", "ALLOW-FROM https://a.example", false),
            ("referrer-policy", "no-referrer, strict-origin-when-cross-origin", true),
            ("referrer-policy", "never", false),
            ("strict-transport-security", "max-age=31536000", true),
            ("strict-transport-security", "max-age=\"0\"; includeSubDomains; preload", true),
            ("strict-transport-security", "includeSubDomains", false),
            ("strict-transport-security", "max-age=1y", false),
            ("strict-transport-security", "max-age=1; max-age=2", false),
            ("strict-transport-security", "max-age=1, includeSubDomains", false),
            ("cross-origin-opener-policy", "same-origin; report-to=\"coop\"", true),
            ("cross-origin-opener-policy", "Same-Origin", false),
            ("cross-origin-embedder-policy", "require-corp", true),
            ("cross-origin-embedder-policy", "same-origin", false),
            ("cross-origin-resource-policy", "same-site", true),
            ("cross-origin-resource-policy", "none", false),
            ("permissions-policy", "camera=(), geolocation=(self)", true),
            ("x-extra", "a\nb", false),
            ("x extra", "a", false),
            ("content-security-policy", "default-src 'self'", false),
            ("access-control-allow-origin", "*", false),
            ("content-length", "0", false),
        ];
        for (name, value, expected) in cases {
            assert_eq!(Config::default().set(name, value).is_ok(), expected, "{name}: {value}");
        }
    }

    #[test]
    fn says_what_was_expected() {
        let error = Config::default().set("x-frame-options", "yes").unwrap_err();
        assert_eq!(error, "`yes` is no value of `x-frame-options`: expected `DENY`, `SAMEORIGIN`");
    }
}
