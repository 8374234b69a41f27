//! `edge::csp`: a template file.

use std::convert::Infallible;

use edge::csp::{Config, Inline, Layer};
use futures_util::FutureExt as _;
use http::{Request, Response};
use tower::{Layer as _, ServiceExt as _};

/// The source of `alert('Hello, world.');` (CSP3 section 7.2.2).
const KNOWN: &str = "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='";

pub(crate) fn check(bytes: &[u8]) {
    let html = String::from_utf8_lossy(bytes);
    let policy = policy_of(&[&html]);
    assert_eq!(policy_of(&[&html, &html]), policy, "read twice");
    let lines = html.replace("\r\n", "\n").replace('\r', "\n");
    assert_eq!(policy_of(&[&lines]), policy, "an HTML parser knows one end of a line only");

    let scripts = sources(&policy, "script-src");
    assert!(!scripts.contains(&"'unsafe-inline'") && !scripts.contains(&"'unsafe-hashes'"), "{policy}");
    let tags = html.to_ascii_lowercase().matches("<script").count();
    assert!(hashes(&scripts) <= tags, "more scripts than tags: {policy}");

    // A script before all else is in the page whatever follows it.
    let known = format!("<!doctype html><script>alert('Hello, world.');</script>{lines}");
    assert!(sources(&policy_of(&[&known]), "script-src").contains(&KNOWN), "lost: {known:?}");
    // And nothing in a comment is.
    let comment = format!("<!--{}-->", lines.replace(['-', '>', '!'], ""));
    assert_eq!(policy_of(&[&comment]), policy_of(&[]), "a comment: {comment:?}");
}

fn sources<'a>(policy: &'a str, directive: &str) -> Vec<&'a str> {
    let directives = policy.split("; ").map(|directive| directive.split(' ').collect::<Vec<_>>());
    directives.into_iter().find(|parts| parts[0] == directive).map(|parts| parts[1..].to_vec()).unwrap_or_default()
}

/// How many hashes there are; each a whole SHA-256 in base64.
fn hashes(sources: &[&str]) -> usize {
    let hashes: Vec<_> = sources.iter().filter_map(|source| source.strip_prefix("'sha256-")).collect();
    for hash in &hashes {
        assert!(hash.len() == 45 && hash.ends_with("='"), "{hash}");
    }
    hashes.len()
}

/// What is sent when these templates are known.
fn policy_of(templates: &[&str]) -> String {
    let mut inline = Inline::default();
    for template in templates {
        inline.add_template(template);
    }
    let layer = Layer::new(&Config { enabled: true, inline, ..Config::default() }).unwrap();
    let app = tower::service_fn(|_: Request<()>| async { Ok::<_, Infallible>(Response::new(edge::Body::Empty)) });
    let response = layer.layer(app).oneshot(Request::new(())).now_or_never().expect("there is nothing to wait for").unwrap();
    response.headers()["content-security-policy"].to_str().unwrap().to_owned()
}
