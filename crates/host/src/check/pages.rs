//! Which pages of an app the render cache could keep: each route without parameters is asked for once, as by nobody in particular, and
//! what was read for the answer tells.
//!
//! What it cannot see is what a page depends on besides its request: the time, a database. So it suggests and does not decide.

use std::fmt::Write as _;
use std::time::Duration;

use bytes::Bytes;
use edge::cache::{Read, Reads, Rule, Track};
use edge::client::Client;
use edge::path::Pattern;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, EXPIRES, HOST, PRAGMA, SET_COOKIE, VARY};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt as _, Empty};
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use crate::ssr::Ssr;

/// Routes that are asked for.
const MAX_PAGES: usize = 200;

/// How long one page may take, and all of them together: a page that takes longer is not waited for by whoever checks.
const PATIENCE: Duration = Duration::from_secs(2);
const PATIENCE_FOR_ALL: Duration = Duration::from_secs(10);

/// How long a suggested page is fresh, to start from.
const TTL: &str = "60s";

/// The site that is asked for.
const SITE: &str = "localhost";

/// By these a response says itself how long it may be kept.
const SAYS: [HeaderName; 5] =
    [CACHE_CONTROL, EXPIRES, PRAGMA, HeaderName::from_static("cdn-cache-control"), HeaderName::from_static("surrogate-control")];

/// What became of each page.
#[derive(Debug, Default)]
pub(super) struct Pages {
    /// Those that could be kept, with what they depend on.
    pub(super) suggested: Vec<(String, Vec<String>)>,
    /// The others, and why not.
    pub(super) others: Vec<(String, String)>,
}

/// Asks for the pages of an app, one after the other.
pub(super) async fn ask(ssr: &Ssr, app: &isolate::App, rules: &[Rule]) -> Pages {
    let mut pages = Pages::default();
    let deadline = Instant::now() + PATIENCE_FOR_ALL;
    for (n, path) in paths(app).into_iter().enumerate() {
        let verdict = if rules.iter().any(|rule| rule.path.matches(&path)) {
            Err("has a rule".to_owned())
        } else if n >= MAX_PAGES {
            Err(format!("not asked: only the first {MAX_PAGES} are"))
        } else if Instant::now() >= deadline {
            Err("not asked: the others took too long".to_owned())
        } else {
            let page = timeout_at(deadline.min(Instant::now() + PATIENCE), page(ssr, &path)).await;
            page.unwrap_or_else(|_| Err(format!("takes longer than {} s", PATIENCE.as_secs())))
        };
        match verdict {
            Ok(depends_on) => pages.suggested.push((path, depends_on)),
            Err(why) => pages.others.push((path, why)),
        }
    }
    pages
}

/// The paths of its routes that are one page each. A fetch handler has no routes; it has a first page.
fn paths(app: &isolate::App) -> Vec<String> {
    if app.kind == "fetch" {
        return vec!["/".to_owned()];
    }
    let mut paths: Vec<String> = Vec::new();
    for route in app.description["routes"].as_array().into_iter().flatten() {
        let (Some("GET"), Some(path)) = (route["method"].as_str(), route["url"].as_str()) else { continue };
        if path.starts_with('/') && !path.contains([':', '*', '(']) && !paths.iter().any(|known| known == path) {
            paths.push(path.to_owned());
        }
    }
    paths
}

/// What the page depends on, or why it cannot be kept.
async fn page(ssr: &Ssr, path: &str) -> Result<Vec<String>, String> {
    let uri: Uri = path.parse().map_err(|_| "is no path that a browser asks for".to_owned())?;
    if uri.path() != path || path.parse::<Pattern>().is_err() {
        return Err("is no path that a rule can name".to_owned());
    }
    let mut request = Request::new(Empty::<Bytes>::new());
    *request.uri_mut() = uri;
    request.headers_mut().insert(HOST, HeaderValue::from_static(SITE));
    request.extensions_mut().insert(Track);
    request.extensions_mut().insert(Client { host: Some(SITE.to_owned()), ..Client::default() });
    let (head, mut body) = ssr.answer(request).await.into_parts();
    let response = Response::from_parts(head, ());
    allows(&response)?;
    // A page that is streamed goes on reading.
    while let Some(frame) = body.frame().await {
        frame.map_err(|error| format!("fails: {error}"))?;
    }
    inputs(&response)
}

/// Whether the head of a response allows it to be kept; why not.
fn allows(response: &Response<()>) -> Result<(), String> {
    let headers = response.headers();
    let text = |name: &HeaderName| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    if response.status() != StatusCode::OK {
        return Err(format!("answers {}", response.status().as_u16()));
    }
    let kind = text(&CONTENT_TYPE).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("text/html") {
        return Err(if kind.is_empty() { "has no content-type".to_owned() } else { format!("is {kind}") });
    }
    if headers.contains_key(SET_COOKIE) {
        return Err("sets a cookie".to_owned());
    }
    if let Some((name, value)) = SAYS.iter().find_map(|name| Some((name, text(name)?))) {
        return Err(format!("says itself how long it may be kept: `{name}: {value}`"));
    }
    if text(&VARY).is_some_and(|value| value.split(',').any(|name| name.trim() == "*")) {
        return Err("depends on everything: `vary: *`".to_owned());
    }
    Ok(())
}

/// What a response depends on, when that is nobody in particular.
fn inputs(response: &Response<()>) -> Result<Vec<String>, String> {
    let mut reads = response.extensions().get::<Reads>().map(Reads::list).ok_or("depends on what is not known")?;
    reads.sort();
    match reads.iter().find_map(private) {
        Some(what) => Err(format!("reads {what}")),
        None => Ok(reads.iter().map(words).collect()),
    }
}

/// What tells visitors apart, in words.
fn private(read: &Read) -> Option<String> {
    match read {
        Read::Client => Some("the client's address".to_owned()),
        Read::Unique => Some("what each request has of its own, such as its id".to_owned()),
        Read::Headers => Some("all headers".to_owned()),
        Read::Cookies => Some("all cookies".to_owned()),
        Read::Cookie(name) => Some(format!("the cookie `{name}`")),
        Read::Header(name) if name.0 == http::header::AUTHORIZATION => Some(format!("the header `{}`", name.0)),
        _ => None,
    }
}

/// An input in words.
fn words(read: &Read) -> String {
    match read {
        Read::Host => "host".to_owned(),
        Read::Scheme => "scheme".to_owned(),
        Read::Version => "version of HTTP".to_owned(),
        Read::Query => "whole query".to_owned(),
        Read::Parameter(name) => format!("query parameter {}", name.escape_debug()),
        Read::Header(name) => format!("header {}", name.0),
        other => private(other).unwrap_or_default(),
    }
}

impl Pages {
    /// Rules to paste, and why not for the rest.
    pub(super) fn to_text(&self) -> String {
        let mut text = String::new();
        if !self.suggested.is_empty() {
            text.push_str(
                "\nThe same for everybody, as far as their requests go. For those that may be as old as `ttl`, in ssr-host.toml:\n",
            );
        }
        for (path, depends_on) in &self.suggested {
            let on = if depends_on.is_empty() { "nothing else".to_owned() } else { depends_on.join(", ") };
            let path = path.replace('\\', "\\\\").replace('"', "\\\"");
            let _ = writeln!(text, "\n# depends on: {on}\n[[cache.rules]]\npath = \"{path}\"\nttl = \"{TTL}\"");
        }
        if !self.others.is_empty() {
            text.push_str("\nNot to be cached by a rule as they are:\n");
        }
        let width = self.others.iter().map(|(path, _)| path.chars().count()).max().unwrap_or_default();
        for (path, why) in &self.others {
            let _ = writeln!(text, "  {path:width$}  {why}");
        }
        text
    }

    /// The same for programs.
    pub(super) fn to_json(&self) -> Value {
        let suggested = self.suggested.iter().map(|(path, on)| json!({ "path": path, "ttl": TTL, "dependsOn": on }));
        let others = self.others.iter().map(|(path, why)| json!({ "path": path, "why": why }));
        json!({ "suggested": suggested.collect::<Vec<_>>(), "others": others.collect::<Vec<_>>() })
    }
}

#[cfg(test)]
mod tests {
    use edge::cache::Name;
    use http::header::{ACCEPT_LANGUAGE, AUTHORIZATION};

    use super::*;

    fn html(reads: Vec<Read>) -> Response<()> {
        let reads = Reads::new(move || reads.clone());
        Response::builder().header("content-type", "Text/HTML; charset=utf-8").extension(reads).body(()).unwrap()
    }

    fn with(name: &'static str, value: &'static str) -> Response<()> {
        let mut response = html(vec![]);
        response.headers_mut().insert(name, HeaderValue::from_static(value));
        response
    }

    fn verdict(response: &Response<()>) -> Result<Vec<String>, String> {
        allows(response).and_then(|()| inputs(response))
    }

    #[test]
    fn suggests_what_depends_on_nobody() {
        assert_eq!(verdict(&html(vec![])), Ok(vec![]));
        let reads = vec![Read::Parameter("page".into()), Read::Header(Name(ACCEPT_LANGUAGE)), Read::Host];
        let expected = ["host", "query parameter page", "header accept-language"].map(str::to_owned);
        assert_eq!(verdict(&html(reads)), Ok(expected.to_vec()));
        let private = [
            (Read::Client, "reads the client's address"),
            (Read::Unique, "reads what each request has of its own, such as its id"),
            (Read::Headers, "reads all headers"),
            (Read::Cookies, "reads all cookies"),
            (Read::Cookie("sid".into()), "reads the cookie `sid`"),
            (Read::Header(Name(AUTHORIZATION)), "reads the header `authorization`"),
        ];
        for (read, expected) in private {
            assert_eq!(verdict(&html(vec![Read::Host, read])), Err(expected.to_owned()));
        }
    }

    #[test]
    fn says_why_not() {
        let cases = [
            (with("content-type", "application/json"), "is application/json"),
            (with("set-cookie", "a=1"), "sets a cookie"),
            (with("cache-control", "max-age=60"), "says itself how long it may be kept: `cache-control: max-age=60`"),
            (with("expires", "0"), "says itself how long it may be kept: `expires: 0`"),
            (with("vary", "accept, *"), "depends on everything: `vary: *`"),
        ];
        for (response, expected) in cases {
            assert_eq!(verdict(&response), Err(expected.to_owned()));
        }
        let mut moved = html(vec![]);
        *moved.status_mut() = StatusCode::FOUND;
        assert_eq!(verdict(&moved), Err("answers 302".to_owned()));
        let mut unknown = html(vec![]);
        unknown.extensions_mut().clear();
        assert_eq!(verdict(&unknown), Err("depends on what is not known".to_owned()));
    }

    #[test]
    fn asks_for_plain_routes_once() {
        let routes = [
            ("GET", "/"),
            ("HEAD", "/"),
            ("POST", "/form"),
            ("GET", "/a"),
            ("GET", "/a"),
            ("GET", "/b/:id"),
            ("GET", "/c/*"),
            ("GET", "*"),
            ("GET", "/d(.*)"),
        ];
        let routes: Vec<_> = routes.iter().map(|(method, url)| json!({ "method": method, "url": url })).collect();
        let app = |kind: &str| isolate::App { kind: kind.into(), listen: None, description: json!({ "routes": routes }) };
        assert_eq!(paths(&app("fastify")), ["/", "/a"]);
        assert_eq!(paths(&app("fetch")), ["/"]);
    }
}
