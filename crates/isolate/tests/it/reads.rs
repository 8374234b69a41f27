//! What a render is said to have read of its request, snippet by snippet; and that the app sees the same values, tracked or not.

mod blog;
mod fastify;
mod fetch;

use http::request::Builder;
use isolate::{Read, Request};

use crate::apps::App;

/// A request as it comes from a client without proxies.
pub(crate) fn request(head: Builder) -> Request {
    let (parts, ()) = head.body(()).unwrap().into_parts();
    let remote = Some("192.0.2.7:1234".parse().unwrap());
    Request { parts, body: None, remote, tls: false, client: None, urgent: false, track: false, trace: None }
}

/// What most snippets are asked with.
fn usual(uri: &str) -> Builder {
    http::Request::get(uri)
        .header("host", "example.org:81")
        .header("cookie", "sid=1; theme=dark")
        .header("accept-language", "de")
        .header("accept-encoding", "gzip")
        .header("user-agent", "test")
        .header("x-forwarded-for", "198.51.100.1")
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-host", "forwarded.example")
}

const QUERY: &str = "a=1&b=2&b=3&c+d=4&%61=5";

/// Reads as text, sorted.
fn text(reads: &[Read]) -> Vec<String> {
    let mut lines: Vec<_> = reads
        .iter()
        .map(|read| match read {
            Read::Header(name) => format!("header {name}"),
            Read::Cookie(name) => format!("cookie {name}"),
            Read::Parameter(name) => format!("parameter {name}"),
            other => format!("{other:?}").to_lowercase(),
        })
        .collect();
    lines.sort();
    lines
}

/// Asks `app` untracked and tracked: the answers are the same. Returns what was read, and the answer.
fn reads_of(app: &App, ask: impl Fn() -> Request, what: &str) -> (Vec<String>, String) {
    let plain = app.ask(ask());
    assert!(plain.reads.is_none());
    let tracked = app.ask(Request { track: true, ..ask() });
    assert_eq!(tracked.body, plain.body, "{what}: the answers differ");
    (text(&tracked.reads.expect("it is tracked").list()), tracked.body)
}

/// Compares with what is expected: names separated by commas.
fn assert_reads(actual: &[String], expected: &str, what: &str, answer: &str) {
    let mut wanted: Vec<_> = expected.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    wanted.sort();
    assert_eq!(actual, wanted, "{what}\nanswered: {answer}");
}
