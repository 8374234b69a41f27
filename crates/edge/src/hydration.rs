//! Repair of the hydration state on its way out.
//!
//! `renderToHTML` of `@composable-svelte/core/ssr` embeds the state as `JSON.stringify` gives it, so a `</script>` in a user's
//! text ends the element and what follows runs. Here every `<` inside the strings of that JSON becomes `\u003c`: the
//! same JSON value, and nothing an HTML parser could take for a tag.
//!
//! # How the end of the JSON is found
//! The text after [`MARKER`] is read from its start, tracking strings and their escapes. JSON has no `<` outside a string, so the
//! first `<` outside one is where the value ends. That needs two bits of state, which is why a body may arrive in chunks
//! cut anywhere.
//!
//! # When it is not JSON
//! Only an app that bypasses `renderToHTML` gets there. A `<` outside strings ends the repair and the rest passes as it came:
//! no worse than without it. A string that never ends keeps `<` escaped to the end of the page: broken, as the page already
//! was, but closed rather than open.
//!
//! # What it deliberately leaves alone
//! Encoded bodies, other types than `text/html`, and static files (their length and `etag` are those of the file).

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Response};
use http_body::Frame;
use memchr::{memchr, memchr_iter, memmem};

use crate::{Body, BoxError};

/// What stands before the state, as the library writes it.
pub const MARKER: &str = r#"<script id="__COMPOSABLE_SVELTE_STATE__" type="application/json">"#;

/// What `<` becomes.
const ESCAPED: &[u8] = br"\u003c";

static FINDER: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(MARKER));

/// Repairs the responses of the service it wraps.
///
/// ```
/// use edge::hydration;
/// use http::{Request, Response, header};
/// use tower::{ServiceBuilder, ServiceExt};
///
/// # tokio_test(async {
/// let page = format!("{}{}</script>", hydration::MARKER, r#"{"title":"</script>"}"#);
/// let app = tower::service_fn(move |_: Request<()>| {
///     let response = Response::builder().header(header::CONTENT_TYPE, "text/html").body(edge::Body::from(page.clone()));
///     async { Ok::<_, std::convert::Infallible>(response.unwrap()) }
/// });
/// let response = ServiceBuilder::new().layer(hydration::Layer).service(app).oneshot(Request::new(())).await?;
/// let edge::Body::Full(html) = response.into_body() else { panic!() };
/// assert!(html.ends_with(br#"{"title":"\u003c/script>"}</script>"#));
/// # Ok(()) });
/// # fn tokio_test(test: impl Future<Output = Result<(), std::convert::Infallible>>) {
/// #     tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(test).unwrap();
/// # }
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Layer;

/// The service of [`Layer`].
#[derive(Debug, Clone)]
pub struct Service<S> {
    inner: S,
}

impl<S> tower::Layer<S> for Layer {
    type Service = Service<S>;

    fn layer(&self, inner: S) -> Service<S> {
        Service { inner }
    }
}

impl<S, R> tower::Service<R> for Service<S>
where
    S: tower::Service<R, Response = Response<Body>, Error = Infallible>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = futures_util::future::MapOk<S::Future, fn(Response<Body>) -> Response<Body>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        futures_util::TryFutureExt::map_ok(self.inner.call(request), repair)
    }
}

/// Repairs one response.
pub fn repair(mut response: Response<Body>) -> Response<Body> {
    if !is_plain_html(response.headers()) {
        return response;
    }
    match std::mem::take(response.body_mut()) {
        Body::Full(page) => {
            let repaired = Repair::default().chunk(page.clone());
            if repaired.len() != page.len() && response.headers().contains_key(CONTENT_LENGTH) {
                response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(repaired.len()));
            }
            *response.body_mut() = Body::Full(repaired);
        }
        Body::Stream(inner) => {
            // The length is not known before the last chunk has been read.
            response.headers_mut().remove(CONTENT_LENGTH);
            *response.body_mut() = Body::stream(Repaired { inner, repair: Repair::default() });
        }
        other => *response.body_mut() = other,
    }
    response
}

fn is_plain_html(headers: &HeaderMap) -> bool {
    let html = headers.get(CONTENT_TYPE).is_some_and(|value| {
        let value = value.as_bytes().trim_ascii_start();
        value.get(..9).is_some_and(|start| start.eq_ignore_ascii_case(b"text/html"))
    });
    html && !headers.contains_key(CONTENT_ENCODING)
}

/// A streamed body under repair.
struct Repaired {
    inner: Pin<Box<dyn http_body::Body<Data = Bytes, Error = BoxError> + Send>>,
    repair: Repair,
}

impl http_body::Body for Repaired {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = ready!(self.inner.as_mut().poll_frame(cx));
        Poll::Ready(frame.map(|frame| Ok(frame?.map_data(|chunk| self.repair.chunk(chunk)))))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }
}

/// Where in the page the last chunk ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repair {
    /// Outside a state; so many bytes of the marker have just gone by.
    Html { matched: usize },
    /// Inside the JSON.
    Json(Json),
}

/// Inside the JSON: the two bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Json {
    in_string: bool,
    /// The last byte was a backslash that escapes the next one.
    escape: bool,
}

impl Default for Repair {
    fn default() -> Self {
        Repair::Html { matched: 0 }
    }
}

impl Repair {
    /// Repairs the next chunk. Without something to repair the same bytes come back, uncopied.
    fn chunk(&mut self, chunk: Bytes) -> Bytes {
        let mut repaired = BytesMut::new();
        let (mut copied, mut at) = (0, 0);
        while at < chunk.len() {
            match self {
                Repair::Html { matched } => match find_marker(&chunk[at..], *matched) {
                    Ok(end) => {
                        at += end;
                        *self = Repair::Json(Json::default());
                    }
                    Err(matched) => {
                        *self = Repair::Html { matched };
                        break;
                    }
                },
                Repair::Json(json) => {
                    let rest = &chunk[at..];
                    let length = memchr(b'<', rest).unwrap_or(rest.len());
                    json.read(&rest[..length]);
                    at += length;
                    if at == chunk.len() {
                        break;
                    }
                    if json.in_string {
                        repaired.extend_from_slice(&chunk[copied..at]);
                        repaired.extend_from_slice(ESCAPED);
                        json.escape = false;
                        at += 1;
                        copied = at;
                    } else {
                        *self = Repair::default();
                    }
                }
            }
        }
        if copied == 0 {
            return chunk;
        }
        repaired.extend_from_slice(&chunk[copied..]);
        repaired.freeze()
    }
}

impl Json {
    /// Goes over text without `<`. Counting quotes and subtracting the escaped ones is several times faster than walking.
    fn read(&mut self, mut text: &[u8]) {
        if self.escape && !text.is_empty() {
            self.escape = false;
            text = &text[1..];
        }
        let mut quotes = memchr_iter(b'"', text).count();
        let mut next = 0;
        for backslash in memchr_iter(b'\\', text) {
            if backslash < next {
                continue; // the second of two backslashes
            }
            next = backslash + 2;
            match text.get(backslash + 1) {
                Some(b'"') => quotes -= 1,
                Some(_) => {}
                None => self.escape = true,
            }
        }
        self.in_string ^= quotes % 2 == 1;
    }
}

/// Finds the end of the marker, of which `matched` bytes have gone by before. Else: how many bytes of it end this text.
/// The marker has its only `<` at its start, so a broken match can only begin anew at the byte that broke it.
fn find_marker(text: &[u8], matched: usize) -> Result<usize, usize> {
    let marker = MARKER.as_bytes();
    if matched > 0 {
        let rest = &marker[matched..];
        let common = rest.iter().zip(text).take_while(|(a, b)| a == b).count();
        if common == rest.len() {
            return Ok(common);
        }
        if common == text.len() {
            return Err(matched + common);
        }
    }
    if let Some(start) = FINDER.find(text) {
        return Ok(start + marker.len());
    }
    let tail = &text[text.len().saturating_sub(marker.len() - 1)..];
    let start = memchr_iter(b'<', tail).find(|start| marker.starts_with(&tail[*start..]));
    Err(start.map_or(0, |start| tail.len() - start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(json: &str) -> String {
        format!("<!doctype html><p>a < b</p>{MARKER}{json}</script><script src=\"/a.js\"></script></html>")
    }

    fn whole(page: &str) -> String {
        let repaired = Repair::default().chunk(Bytes::from(page.to_owned()));
        String::from_utf8(repaired.to_vec()).unwrap()
    }

    /// JSON as the library embeds it, and as it must leave.
    const CASES: [(&str, &str); 14] = [
        (r#"{}"#, r#"{}"#),
        (r#"{"a":[1,true,null,"x"]}"#, r#"{"a":[1,true,null,"x"]}"#),
        (r#"{"a":"</script><script>alert(1)</script>"}"#, r#"{"a":"\u003c/script>\u003cscript>alert(1)\u003c/script>"}"#),
        (r#"{"a":"}</script><img onerror=x>"}"#, r#"{"a":"}\u003c/script>\u003cimg onerror=x>"}"#),
        (r#"{"<!--":"<!-- <script>"}"#, r#"{"\u003c!--":"\u003c!-- \u003cscript>"}"#),
        (r#"{"a":"say \"</script>\" \\"}"#, r#"{"a":"say \"\u003c/script>\" \\"}"#),
        (r#"{"a":"\\\\","b":"<"}"#, r#"{"a":"\\\\","b":"\u003c"}"#),
        (r#"{"a":"\\\"<","b":"\\"}"#, r#"{"a":"\\\"\u003c","b":"\\"}"#),
        (r#"{"a":"é<ü\u003c\n"}"#, r#"{"a":"é\u003cü\u003c\n"}"#),
        ("  \n\"<\"", "  \n\"\\u003c\""),
        (r#""</script>""#, r#""\u003c/script>""#),
        ("null", "null"),
        ("", ""),
        // Not JSON: up to the first `<` outside a string it is repaired, from there on it is not touched.
        (r#"{"a":"<",b:</script><p>"<"</p>}"#, r#"{"a":"\u003c",b:</script><p>"<"</p>}"#),
    ];

    #[test]
    fn escapes_inside_strings_of_the_state_only() {
        for (json, expected) in CASES {
            assert_eq!(whole(&page(json)), page(expected), "{json}");
        }
    }

    #[test]
    fn leaves_the_same_json_value() {
        for (json, _) in CASES.iter().filter(|(json, _)| serde_json::from_str::<serde_json::Value>(json).is_ok()) {
            let repaired = whole(&page(json));
            let start = repaired.find(MARKER).unwrap() + MARKER.len();
            let end = start + repaired[start..].find("</script>").unwrap();
            let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
            assert_eq!(value(&repaired[start..end]), value(json));
        }
    }

    #[test]
    fn gives_the_same_whatever_the_chunks() {
        for (json, expected) in CASES {
            let page = page(json);
            let expected = self::page(expected);
            let in_chunks = |cuts: &[usize]| {
                let mut repair = Repair::default();
                let mut out = Vec::new();
                let mut from = 0;
                for to in cuts.iter().copied().chain([page.len()]) {
                    out.extend_from_slice(&repair.chunk(Bytes::copy_from_slice(&page.as_bytes()[from..to])));
                    from = to;
                }
                String::from_utf8(out).unwrap()
            };
            for cut in 0..=page.len() {
                assert_eq!(in_chunks(&[cut]), expected, "{json} cut at {cut}");
                assert_eq!(in_chunks(&[cut.saturating_sub(1), cut]), expected, "{json} cut around {cut}");
            }
            let bytewise: Vec<usize> = (0..page.len()).collect();
            assert_eq!(in_chunks(&bytewise), expected, "{json} byte by byte");
        }
    }

    #[test]
    fn finds_a_marker_after_a_broken_one() {
        let json = r#"{"a":"<"}"#;
        for broken in [1, 7, 20, MARKER.len() - 1] {
            let text = format!("{}{}", &MARKER[..broken], page(json));
            for cut in 0..text.len() {
                let mut repair = Repair::default();
                let first = repair.chunk(Bytes::copy_from_slice(&text.as_bytes()[..cut]));
                let second = repair.chunk(Bytes::copy_from_slice(&text.as_bytes()[cut..]));
                let all = [first, second].concat();
                assert!(String::from_utf8(all).unwrap().contains(r#"{"a":"\u003c"}"#), "{broken} cut at {cut}");
            }
        }
    }

    #[test]
    fn escapes_to_the_end_when_a_string_never_ends() {
        let text = format!(r#"{MARKER}{{"a":"</script><p>"#);
        assert_eq!(whole(&text), format!(r#"{MARKER}{{"a":"\u003c/script>\u003cp>"#));
    }

    #[test]
    fn does_not_copy_without_need() {
        let bytes = Bytes::from(page(r#"{"a":"x"}"#));
        assert_eq!(Repair::default().chunk(bytes.clone()).as_ptr(), bytes.as_ptr());
    }

    fn response(headers: &[(&'static str, &'static str)], body: Body) -> Response<Body> {
        let mut response = Response::new(body);
        for (name, value) in headers {
            response.headers_mut().insert(*name, HeaderValue::from_static(value));
        }
        response
    }

    #[test]
    fn adjusts_the_length_and_keeps_to_plain_html() {
        let html = page(r#"{"a":"<"}"#);
        let full = || Body::from(html.clone());
        let length = |response: &Response<Body>| match response.body() {
            Body::Full(bytes) => bytes.len() - html.len(),
            _ => panic!(),
        };
        let repaired = repair(response(&[("content-type", "Text/HTML; charset=utf-8"), ("content-length", "1")], full()));
        assert_eq!(length(&repaired), 5);
        assert_eq!(repaired.headers()[CONTENT_LENGTH], (html.len() + 5).to_string());
        for headers in
            [&[("content-type", "text/plain")][..], &[("content-type", "text/html"), ("content-encoding", "gzip")], &[]]
        {
            assert_eq!(length(&repair(response(headers, full()))), 0, "{headers:?}");
        }
    }

    #[test]
    fn drops_the_length_of_a_stream() {
        let inner = http_body_util::Full::new(Bytes::from_static(b"x")).map_err(|never: Infallible| match never {});
        use http_body_util::BodyExt as _;
        let repaired = repair(response(&[("content-type", "text/html"), ("content-length", "1")], Body::stream(inner)));
        assert!(!repaired.headers().contains_key(CONTENT_LENGTH));
        assert!(matches!(repaired.body(), Body::Stream(_)));
    }

    /// `cargo test --release -p edge -- --ignored --nocapture cost`
    #[test]
    #[ignore = "a measurement"]
    fn cost() {
        let json = r#"{"id":12,"title":"A title of a post","text":"some\nlines of text","tags":["a","b"]},"#.repeat(70);
        let bytes = Bytes::from(format!("{}{}", "<div class=\"post\">text</div>".repeat(240), page(&format!("[{json}0]"))));
        let rounds = 100_000;
        let start = std::time::Instant::now();
        for _ in 0..rounds {
            std::hint::black_box(Repair::default().chunk(std::hint::black_box(bytes.clone())));
        }
        println!("{} bytes, {} JSON: {:?} a page", bytes.len(), json.len(), start.elapsed() / rounds);
    }
}
