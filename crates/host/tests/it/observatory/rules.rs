//! All tests but that of the policy.

use super::{Site, csp, html};

/// Values of a header, each line one.
pub(super) fn values<'a>(site: &'a Site, name: &str) -> impl Iterator<Item = &'a str> {
    site.headers.get_all(name).iter().filter_map(|value| value.to_str().ok())
}

fn first(site: &Site, name: &str) -> String {
    values(site, name).next().unwrap_or_default().trim().to_lowercase()
}

/// The worse of two results, by an order from good to bad.
fn worse(order: &[&'static str], known: Option<&'static str>, new: &'static str) -> &'static str {
    let rank = |result: &str| order.iter().position(|other| *other == result);
    known.filter(|known| rank(known) >= rank(new)).unwrap_or(new)
}

pub(super) fn cookies(site: &Site) -> &'static str {
    const ORDER: [&str; 7] = [
        "cookies-without-secure-flag-but-protected-by-hsts",
        "cookies-without-secure-flag",
        "cookies-session-without-secure-flag-but-protected-by-hsts",
        "cookies-samesite-flag-invalid",
        "cookies-anticsrf-without-samesite-flag",
        "cookies-session-without-httponly-flag",
        "cookies-session-without-secure-flag",
    ];
    let hsts = matches!(strict_transport_security(site), "hsts-preloaded" | "hsts-implemented-max-age-at-least-six-months");
    let cookies: Vec<_> = values(site, "set-cookie").map(Cookie::parse).collect();
    let mut kept = cookies.iter().filter(|cookie| !cookie.name.is_empty() && cookie.name != "heroku-session-affinity").peekable();
    if kept.peek().is_none() {
        return "cookies-not-found";
    }
    let mut result = cookies.iter().any(Cookie::has_invalid_same_site).then_some("cookies-samesite-flag-invalid");
    let mut all_same_site = true;
    for cookie in kept {
        all_same_site &= cookie.same_site().is_some();
        for found in cookie.problems(hsts) {
            result = Some(worse(&ORDER, result, found));
        }
    }
    match result {
        Some(result) => result,
        None if all_same_site => "cookies-secure-with-httponly-sessions-and-samesite",
        None => "cookies-secure-with-httponly-sessions",
    }
}

struct Cookie {
    name: String,
    /// In lower case.
    attributes: Vec<(String, String)>,
}

impl Cookie {
    fn parse(text: &str) -> Cookie {
        let mut parts = text.split(';').map(|part| part.split_once('=').unwrap_or((part, "")));
        let name = parts.next().unwrap_or_default().0.trim().to_lowercase();
        let attributes = parts.map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_lowercase()));
        Cookie { name, attributes: attributes.collect() }
    }

    fn has(&self, name: &str) -> bool {
        self.attributes.iter().any(|(known, _)| known == name)
    }

    fn has_invalid_same_site(&self) -> bool {
        let invalid = |(name, value): &(String, String)| name == "samesite" && !matches!(&**value, "lax" | "strict" | "none");
        self.attributes.iter().any(invalid)
    }

    fn same_site(&self) -> Option<&str> {
        let found = self.attributes.iter().rfind(|(name, _)| name == "samesite").map(|(_, value)| value.as_str());
        found.filter(|value| matches!(*value, "lax" | "strict" | "none"))
    }

    fn problems(&self, hsts: bool) -> impl Iterator<Item = &'static str> {
        let session = ["login", "sess"].iter().any(|word| self.name.contains(word));
        let secure = self.has("secure");
        let found = [
            (!secure && self.same_site() == Some("none"), "cookies-samesite-flag-invalid"),
            (!secure && hsts, "cookies-without-secure-flag-but-protected-by-hsts"),
            (!secure && !hsts, "cookies-without-secure-flag"),
            (self.name.contains("csrf") && self.same_site().is_none(), "cookies-anticsrf-without-samesite-flag"),
            (session && !secure && hsts, "cookies-session-without-secure-flag-but-protected-by-hsts"),
            (session && !secure && !hsts, "cookies-session-without-secure-flag"),
            (session && !self.has("httponly"), "cookies-session-without-httponly-flag"),
        ];
        found.into_iter().filter_map(|(is_so, result)| is_so.then_some(result))
    }
}

pub(super) fn embedder_policy(site: &Site) -> &'static str {
    match policy_token(site, "cross-origin-embedder-policy") {
        None => "coep-not-implemented",
        Some("require-corp") => "coep-implemented-with-require-corp",
        Some("credentialless") => "coep-implemented-with-credentialless",
        Some("unsafe-none") => "coep-implemented-with-unsafe-none",
        Some(_) => "coep-header-invalid",
    }
}

pub(super) fn opener_policy(site: &Site) -> &'static str {
    match policy_token(site, "cross-origin-opener-policy") {
        None => "coop-not-implemented",
        Some("same-origin") => "coop-implemented-with-same-origin",
        Some("same-origin-allow-popups") => "coop-implemented-with-same-origin-allow-popups",
        Some("noopener-allow-popups") => "coop-implemented-with-noopener-allow-popups",
        Some("unsafe-none") => "coop-implemented-with-unsafe-none",
        Some(_) => "coop-header-invalid",
    }
}

/// The token of a header that is a structured item; "" for one that is none, or is there twice.
fn policy_token<'a>(site: &'a Site, name: &str) -> Option<&'a str> {
    let values: Vec<_> = values(site, name).collect();
    match *values {
        [] | [""] => None,
        [value] => Some(token(value.trim()).unwrap_or_default()),
        _ => Some(""),
    }
}

/// The token of an item (RFC 9651, section 4.2.3), when its parameters can be read.
fn token(item: &str) -> Option<&str> {
    let is_char = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~:/".contains(c);
    let end = |text: &str| text.find(|c| !is_char(c)).unwrap_or(text.len());
    let (token, mut rest) = item.split_at(end(item));
    token.starts_with(|c: char| c.is_ascii_alphabetic() || c == '*').then_some(())?;
    while let Some(parameter) = rest.strip_prefix(';') {
        let parameter = parameter.trim_start_matches(' ');
        let is_key = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-.*".contains(c);
        let key = parameter.find(|c| !is_key(c)).unwrap_or(parameter.len());
        if key == 0 {
            return None;
        }
        rest = &parameter[key..];
        if let Some(value) = rest.strip_prefix('=') {
            let length = match value.strip_prefix('"') {
                Some(string) => string.find('"')? + 2,
                None => end(value),
            };
            if length == 0 {
                return None;
            }
            rest = &value[length..];
        }
    }
    rest.is_empty().then_some(token)
}

pub(super) fn resource_policy(site: &Site) -> &'static str {
    let value = values(site, "cross-origin-resource-policy").collect::<Vec<_>>().join(", ");
    match &*value.trim().to_lowercase() {
        "" => "corp-not-implemented",
        "same-origin" => "corp-implemented-with-same-origin",
        "same-site" => "corp-implemented-with-same-site",
        "cross-origin" => "corp-implemented-with-cross-origin",
        _ => "corp-header-invalid",
    }
}

pub(super) fn resource_sharing(site: &Site) -> &'static str {
    let Some((origin, headers)) = &site.cors else { return "cross-origin-resource-sharing-not-implemented" };
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().trim();
    let credentials = header("access-control-allow-credentials").eq_ignore_ascii_case("true");
    match header("access-control-allow-origin") {
        "" => "cross-origin-resource-sharing-not-implemented",
        "*" => "cross-origin-resource-sharing-implemented-with-public-access",
        allowed if allowed == origin && credentials => "cross-origin-resource-sharing-implemented-with-universal-access",
        _ => "cross-origin-resource-sharing-implemented-with-restricted-access",
    }
}

pub(super) fn redirection(site: &Site) -> &'static str {
    let route: Vec<_> = site.redirects.iter().map(|url| url.split_once("://").unwrap_or(("", url))).collect();
    let host = |rest: &str| rest.split(['/', ':', '?']).next().unwrap_or_default().to_owned();
    let [(_, from), rest @ ..] = &*route else { return "redirection-not-needed-no-http" };
    if route.iter().all(|(_, rest)| is_preloaded(site, &host(rest))) {
        return "redirection-all-redirects-preloaded";
    }
    let [(scheme, to), ..] = rest else { return "redirection-missing" };
    let ends_at = route.last().map(|(scheme, _)| *scheme);
    match *scheme {
        _ if ends_at != Some("https") => "redirection-not-to-https",
        "http" => "redirection-not-to-https-on-initial-redirection",
        _ if host(from) != host(to) => "redirection-off-host-from-http",
        _ => "redirection-to-https",
    }
}

fn is_preloaded(site: &Site, host: &str) -> bool {
    let below = |domain: &String| host.strip_suffix(domain.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    site.preloaded.iter().any(below)
}

pub(super) fn referrer_policy(site: &Site) -> &'static str {
    const GOOD: [&str; 4] = ["no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"];
    const BAD: [&str; 4] = ["origin", "origin-when-cross-origin", "unsafe-url", "no-referrer-when-downgrade"];
    let metas = html::elements(&site.html, "meta");
    let is_policy = |meta: &&html::Element| {
        meta.attribute("http-equiv").is_none()
            && meta.attribute("name").is_some_and(|name| name.trim().eq_ignore_ascii_case("referrer"))
    };
    let mut in_page = metas.iter().filter(is_policy).filter_map(|meta| meta.attribute("content"));
    let in_page = in_page.rfind(|content| !content.is_empty());
    let all = values(site, "referrer-policy").chain(in_page).collect::<Vec<_>>().join(",");
    if values(site, "referrer-policy").next().is_none() && in_page.is_none() {
        return "referrer-policy-not-implemented";
    }
    let mut known = all.split(',').map(|policy| policy.trim().to_lowercase());
    match known.rfind(|policy| GOOD.contains(&&**policy) || BAD.contains(&&**policy)) {
        Some(policy) if GOOD.contains(&&*policy) => "referrer-policy-private",
        Some(_) => "referrer-policy-unsafe",
        None => "referrer-policy-header-invalid",
    }
}

pub(super) fn strict_transport_security(site: &Site) -> &'static str {
    /// The Observatory's six months: 180 days, in seconds.
    const SIX_MONTHS: u64 = 15_552_000;
    if is_preloaded(site, &site.host) {
        return "hsts-preloaded";
    }
    if !site.https {
        return "hsts-not-implemented-no-https";
    }
    let Some(value) = values(site, "strict-transport-security").next() else { return "hsts-not-implemented" };
    let value = value.to_lowercase();
    let age = value.split(';').filter_map(|part| part.trim().strip_prefix("max-age=")).next_back();
    match age {
        Some(_) if value.contains(',') => "hsts-header-invalid",
        None => "hsts-header-invalid",
        Some(age) => {
            let digits = age.find(|c: char| !c.is_ascii_digit()).unwrap_or(age.len());
            // What is no number is not less than six months: so says the scanner.
            let short = age[..digits].parse::<u64>().is_ok_and(|seconds| seconds < SIX_MONTHS);
            if short { "hsts-implemented-max-age-less-than-six-months" } else { "hsts-implemented-max-age-at-least-six-months" }
        }
    }
}

pub(super) fn subresource_integrity(site: &Site) -> &'static str {
    const ORDER: [&str; 6] = [
        "sri-implemented-and-all-scripts-loaded-securely",
        "sri-implemented-and-external-scripts-loaded-securely",
        "sri-implemented-but-external-scripts-not-loaded-securely",
        "sri-not-implemented-but-external-scripts-loaded-securely",
        "sri-not-implemented-and-external-scripts-not-loaded-securely",
        "sri-not-implemented-response-not-html",
    ];
    let kind = first(site, "content-type");
    let kind = kind.split(';').next().unwrap_or_default();
    if !matches!(kind, "" | "text/html" | "application/xhtml+xml") {
        return "sri-not-implemented-response-not-html";
    }
    let scripts = html::elements(&site.html, "script");
    if scripts.is_empty() {
        return "sri-not-implemented-but-no-scripts-loaded";
    }
    let (mut result, mut foreign) = (None, false);
    for script in &scripts {
        let Some(source) = script.attribute("src").filter(|source| !source.is_empty()) else { continue };
        let integrity = script.attribute("integrity").is_some_and(|value| !value.is_empty());
        let from = Source::of(source, site);
        let found = match (from.own, integrity, from.secure) {
            (true, true, true) => result.is_none().then_some(ORDER[0]),
            (true, ..) | (false, true, true) => None,
            (false, true, false) => Some(ORDER[2]),
            (false, false, true) => Some(ORDER[3]),
            (false, false, false) => Some(ORDER[4]),
        };
        foreign |= !from.own;
        result = found.map(|found| worse(&ORDER, result, found)).or(result);
    }
    match result {
        Some(result) => result,
        None if foreign => "sri-implemented-and-external-scripts-loaded-securely",
        None => "sri-not-implemented-but-all-scripts-loaded-from-secure-origin",
    }
}

/// Where a script comes from.
struct Source {
    /// From this site, and not by an address that takes the scheme of the page.
    own: bool,
    secure: bool,
}

impl Source {
    fn of(address: &str, site: &Site) -> Source {
        if address.starts_with("//") {
            return Source { own: false, secure: false };
        }
        match address.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https")) {
            Some((scheme, rest)) => {
                let host = rest.split(['/', ':', '?']).next().unwrap_or_default();
                Source { own: domain(host) == domain(&site.host), secure: scheme == "https" }
            }
            None => Source { own: true, secure: site.https },
        }
    }
}

fn domain(host: &str) -> &str {
    host.rmatch_indices('.').nth(1).map_or(host, |(dot, _)| &host[dot + 1..])
}

pub(super) fn content_type_options(site: &Site) -> &'static str {
    match &*first(site, "x-content-type-options") {
        "nosniff" => "x-content-type-options-nosniff",
        "" => "x-content-type-options-not-implemented",
        _ => "x-content-type-options-header-invalid",
    }
}

pub(super) fn frame_options(site: &Site) -> &'static str {
    if csp::test(site).policy.is_some_and(|policy| policy.has("frame-ancestors")) {
        return "x-frame-options-implemented-via-csp";
    }
    match &*first(site, "x-frame-options") {
        "" => "x-frame-options-not-implemented",
        "deny" | "sameorigin" => "x-frame-options-sameorigin-or-deny",
        value if value.starts_with("allow-from") => "x-frame-options-allow-from-origin",
        _ => "x-frame-options-header-invalid",
    }
}
