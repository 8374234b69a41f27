//! The directives of CSP3 and what may stand in them. Browsers ignore what they do not know without a word, so a slip (`self`
//! without its quotes is a host called "self") would be a policy that protects less than it seems to, or a page that breaks.

use super::hash::is_digest;

/// What the values of a directive are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Source expressions.
    Sources,
    /// Source expressions without keywords but `'self'`.
    Ancestors,
    /// Nothing.
    Nothing,
    /// Some of these.
    Tokens(&'static [&'static str]),
    /// Names of Trusted Types policies.
    Policies,
    /// Addresses that reports are posted to.
    Addresses,
    /// The name of an endpoint in `Reporting-Endpoints`.
    Endpoint,
}

/// CSP3, section 6; `sandbox` as in HTML; Trusted Types; WebRTC of CSP3 section 6.6.
const DIRECTIVES: [(&str, Kind); 27] = [
    ("default-src", Kind::Sources),
    ("script-src", Kind::Sources),
    ("script-src-elem", Kind::Sources),
    ("script-src-attr", Kind::Sources),
    ("style-src", Kind::Sources),
    ("style-src-elem", Kind::Sources),
    ("style-src-attr", Kind::Sources),
    ("img-src", Kind::Sources),
    ("font-src", Kind::Sources),
    ("connect-src", Kind::Sources),
    ("media-src", Kind::Sources),
    ("object-src", Kind::Sources),
    ("frame-src", Kind::Sources),
    ("fenced-frame-src", Kind::Sources),
    ("child-src", Kind::Sources),
    ("worker-src", Kind::Sources),
    ("manifest-src", Kind::Sources),
    ("base-uri", Kind::Sources),
    ("form-action", Kind::Sources),
    ("frame-ancestors", Kind::Ancestors),
    ("sandbox", Kind::Tokens(&SANDBOX)),
    ("upgrade-insecure-requests", Kind::Nothing),
    ("require-trusted-types-for", Kind::Tokens(&["'script'"])),
    ("trusted-types", Kind::Policies),
    ("webrtc", Kind::Tokens(&["'allow'", "'block'"])),
    ("report-uri", Kind::Addresses),
    ("report-to", Kind::Endpoint),
];

/// The names of all directives that are known.
pub fn names() -> impl Iterator<Item = &'static str> {
    DIRECTIVES.into_iter().map(|(name, _)| name)
}

/// HTML, "sandboxing flag set".
const SANDBOX: [&str; 13] = [
    "allow-downloads",
    "allow-forms",
    "allow-modals",
    "allow-orientation-lock",
    "allow-pointer-lock",
    "allow-popups",
    "allow-popups-to-escape-sandbox",
    "allow-presentation",
    "allow-same-origin",
    "allow-scripts",
    "allow-storage-access-by-user-activation",
    "allow-top-navigation",
    "allow-top-navigation-by-user-activation",
];

/// Directives that were, and what to write in their place.
const GONE: [(&str, &str); 6] = [
    ("block-all-mixed-content", "browsers do that by themselves now; `upgrade-insecure-requests` is what is left"),
    ("plugin-types", "there are no plug-ins any more; `object-src` with `'none'`"),
    ("prefetch-src", "no browser has it; `default-src`"),
    ("navigate-to", "no browser has it"),
    ("referrer", "the header Referrer-Policy, which is among the security headers"),
    ("reflected-xss", "no browser has it"),
];

/// Keyword sources of CSP3.
const KEYWORDS: [&str; 13] = [
    "'self'",
    "'none'",
    "'unsafe-inline'",
    "'unsafe-eval'",
    "'unsafe-hashes'",
    "'strict-dynamic'",
    "'report-sample'",
    "'unsafe-allow-redirects'",
    "'wasm-unsafe-eval'",
    "'trusted-types-eval'",
    "'inline-speculation-rules'",
    "'report-sha256'",
    "'unsafe-webtransport-hashes'",
];

/// Prefix of hash sources, and bytes of the digest.
const HASHES: [(&str, usize); 3] = [("sha256-", 32), ("sha384-", 48), ("sha512-", 64)];

/// What the values of the directive of this name are.
pub(super) fn kind(name: &str) -> Result<Kind, String> {
    if let Some((_, kind)) = DIRECTIVES.iter().find(|(known, _)| *known == name) {
        return Ok(*kind);
    }
    if let Some((_, hint)) = GONE.iter().find(|(gone, _)| gone.eq_ignore_ascii_case(name)) {
        return Err(format!("is no longer a directive: {hint}"));
    }
    let lower = name.to_ascii_lowercase().replace('_', "-");
    let distance = |(known, _): &&(&str, Kind)| edits(known, &lower);
    let near = DIRECTIVES.iter().min_by_key(distance).filter(|known| distance(known) <= 3);
    Err(near.map_or_else(
        || "is no directive of CSP".to_owned(),
        |(known, _)| format!("is no directive of CSP: did you mean `{known}`?"),
    ))
}

/// Checks the values of a directive.
pub(super) fn check(kind: Kind, values: &[String]) -> Result<(), String> {
    for value in values {
        if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(format!("`{value}` has to be one word of ASCII: each source is an element of the list"));
        }
        if value.contains([';', ',']) {
            return Err(format!("`{value}` must not contain `;` or `,`: write `%3B` and `%2C` in a path"));
        }
        check_value(kind, value)?;
    }
    match kind {
        Kind::Nothing if !values.is_empty() => Err("takes no values".to_owned()),
        Kind::Addresses | Kind::Endpoint if values.is_empty() => Err("needs a value".to_owned()),
        Kind::Endpoint if values.len() > 1 => Err("takes one name".to_owned()),
        Kind::Sources | Kind::Ancestors if values.len() > 1 && values.iter().any(|value| value == "'none'") => {
            Err("`'none'` only stands alone; browsers ignore it beside others".to_owned())
        }
        _ => Ok(()),
    }
}

fn check_value(kind: Kind, value: &str) -> Result<(), String> {
    match kind {
        Kind::Sources => source(value),
        Kind::Ancestors if value.starts_with('\'') && !matches!(value, "'self'" | "'none'") => {
            Err(format!("`{value}` has no meaning here: expected `'self'`, `'none'`, hosts or schemes"))
        }
        Kind::Ancestors => source(value),
        Kind::Tokens(tokens) if !tokens.contains(&value) => {
            let expected = tokens.iter().map(|token| format!("`{token}`")).collect::<Vec<_>>().join(", ");
            Err(format!("`{value}` is not known: expected {expected}"))
        }
        Kind::Policies if value.starts_with('\'') && !matches!(value, "'none'" | "'allow-duplicates'") => {
            Err(format!("`{value}` is not known: expected names of policies, `*`, `'none'`, `'allow-duplicates'`"))
        }
        Kind::Addresses if !value.starts_with('/') && !value.contains("://") => {
            Err(format!("`{value}` is no address: expected a path such as `/csp-reports` or a URL"))
        }
        Kind::Endpoint if value.contains(['/', ':', '\'']) => {
            Err(format!("`{value}` is no name: expected one of the header `Reporting-Endpoints` (set it as an extra header)"))
        }
        _ => Ok(()),
    }
}

/// Checks a source expression (CSP3, section 2.3.1).
fn source(text: &str) -> Result<(), String> {
    let Some(inner) = text.strip_prefix('\'') else { return unquoted(text) };
    let inner = inner.strip_suffix('\'').ok_or_else(|| format!("`{text}` has no closing quote"))?;
    if KEYWORDS.contains(&text) {
        return Ok(());
    }
    if inner.starts_with("nonce-") {
        return Err(format!(
            "`{text}`: a nonce that is written down is known to everyone, and one per response would make every page uncacheable: \
             use the hash of the script (`templates`, `inline_scripts`, `hashes`)"
        ));
    }
    match HASHES.iter().find(|(prefix, _)| inner.starts_with(prefix)) {
        Some((prefix, length)) if is_digest(&inner[prefix.len()..], *length) => Ok(()),
        Some((_, length)) => Err(format!("`{text}` is no hash: expected {length} bytes in base64")),
        None => Err(format!("`{text}` is no keyword of CSP: expected such as `'self'`, `'none'`, `'sha256-…'`")),
    }
}

fn unquoted(text: &str) -> Result<(), String> {
    let lower = text.to_ascii_lowercase();
    let quoted = format!("'{lower}'");
    let is_hash = HASHES.iter().any(|(prefix, _)| lower.starts_with(prefix)) || lower.starts_with("nonce-");
    if KEYWORDS.contains(&&*quoted) || is_hash {
        let expected = if is_hash { format!("'{text}'") } else { quoted };
        return Err(format!("`{text}` without quotes is a host of that name: expected `{expected}`"));
    }
    if is_scheme_source(text) || is_host_source(text) {
        return Ok(());
    }
    Err(format!("`{text}` is no source: expected such as `https://cdn.example.com`, `*.example.com`, `data:`"))
}

fn is_scheme_source(text: &str) -> bool {
    text.strip_suffix(':').is_some_and(is_scheme)
}

fn is_scheme(text: &str) -> bool {
    let rest = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    text.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) && text.bytes().all(rest)
}

/// `[scheme://] host [:port] [path]`
fn is_host_source(text: &str) -> bool {
    let (scheme, rest) = text.split_once("://").map_or((None, text), |(scheme, rest)| (Some(scheme), rest));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let is_port = |port: &str| port == "*" || port.parse::<u16>().is_ok();
    let labels = host.strip_prefix("*.").unwrap_or(host);
    let is_label =
        |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    scheme.is_none_or(is_scheme)
        && (host == "*" || labels.split('.').all(is_label))
        && port.is_none_or(is_port)
        && !path.contains(['?', '#', '\'', '"'])
}

/// How many characters differ (Levenshtein).
fn edits(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.bytes().enumerate() {
            let replaced = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(name: &str, values: &[&str]) -> Option<String> {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        kind(name).and_then(|kind| check(kind, &values)).err()
    }

    #[test]
    fn takes_what_browsers_understand() {
        let digest = "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='";
        let url_safe = "'sha256-qznLcsROx4GACP2dm0UCKCzCG-HiZ1guq6ZZDob_Tng='";
        let cases: [(&str, &[&str]); 14] = [
            ("default-src", &[]),
            ("default-src", &["'none'"]),
            ("script-src", &["'self'", "'strict-dynamic'", "'wasm-unsafe-eval'", digest, url_safe]),
            ("img-src", &["*", "data:", "https:", "*.example.com", "https://cdn.example.com:8443/a%3Bb/"]),
            ("img-src", &["http://*", "http://*:*", "localhost:3000", "cdn.example.com/img/", "xn--bcher-kva.example"]),
            ("connect-src", &["ws://localhost:*", "wss://live.example.com"]),
            ("frame-ancestors", &["'self'", "https://partner.example"]),
            ("sandbox", &[]),
            ("sandbox", &["allow-scripts", "allow-forms"]),
            ("upgrade-insecure-requests", &[]),
            ("report-uri", &["/csp-reports", "https://reports.example/csp"]),
            ("report-to", &["csp"]),
            ("require-trusted-types-for", &["'script'"]),
            ("trusted-types", &["svelte", "'allow-duplicates'"]),
        ];
        for (name, values) in cases {
            assert_eq!(problem(name, values), None, "{name} {values:?}");
        }
    }

    #[test]
    fn refuses_what_they_would_ignore() {
        let cases: [(&str, &[&str], &str); 25] = [
            ("script-source", &[], "did you mean `script-src`?"),
            ("Script-Src", &[], "did you mean `script-src`?"),
            ("img_src", &[], "did you mean `img-src`?"),
            ("content", &[], "is no directive of CSP"),
            ("plugin-types", &[], "no longer a directive"),
            ("script-src", &["self"], "expected `'self'`"),
            ("script-src", &["NONE"], "expected `'none'`"),
            ("script-src", &["unsafe-inline"], "expected `'unsafe-inline'`"),
            ("script-src", &["sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng="], "expected `'sha256-qzn"),
            ("script-src", &["nonce-abc"], "expected `'nonce-abc'`"),
            ("script-src", &["'nonce-abc'"], "known to everyone"),
            ("script-src", &["'sha256-abc'"], "expected 32 bytes"),
            ("script-src", &["'sha384-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"], "expected 48 bytes"),
            ("script-src", &["'self"], "no closing quote"),
            ("script-src", &["'all'"], "no keyword"),
            ("script-src", &["'none'", "'self'"], "stands alone"),
            ("script-src", &["'self' https://a.example"], "one word"),
            ("script-src", &["https://a.example; img-src *"], "one word"),
            ("script-src", &["https://a.example;img-src"], "must not contain `;`"),
            ("script-src", &["https://a.*.example"], "is no source"),
            ("script-src", &["https://b\u{fc}cher.example"], "ASCII"),
            ("frame-ancestors", &["'unsafe-inline'"], "no meaning here"),
            ("upgrade-insecure-requests", &["1"], "takes no values"),
            ("report-to", &["https://reports.example"], "is no name"),
            ("report-uri", &[], "needs a value"),
        ];
        for (name, values, expected) in cases {
            let problem = problem(name, values).unwrap_or_default();
            assert!(problem.contains(expected), "{name} {values:?}: {problem}");
        }
    }
}
