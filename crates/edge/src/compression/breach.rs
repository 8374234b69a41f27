//! When compression would let an attacker read a page: the rule against BREACH (<https://breachattack.com>).
//!
//! # The threat
//! Somebody on the network sees the *sizes* of encrypted responses and, from another site, makes the victim's browser send requests
//! with its cookies and with text of the attacker's choice. Where a response holds a secret of the session (a CSRF token) and repeats
//! that text, it gets smaller when the text is like the secret: a few thousand requests spell it out.
//!
//! # The rule
//! A response is left uncompressed when all of these hold:
//! 1. **Another site may have made the request.** Browsers say `Sec-Fetch-Site: same-origin` about the app's own requests, which no
//!    page of another site can forge; those are exempt. A request without the header is not.
//! 2. **It is about a session**: it sets a cookie; or the request came with credentials (`Cookie`, `Authorization`) and the response
//!    says that it is for this user alone (`Cache-Control: private` or `no-store`).
//! 3. **It repeats the request**: a name or value of the query (of the path too, in an error page), decoded, at least four
//!    bytes long, is in the body, in upper or lower case; or a run of at least four characters of it that no escaping changes. Four is
//!    what an encoder needs to shorten a guess. Where this cannot be looked up it is assumed: for a request with a body (the app has
//!    consumed it), a stream (its bytes have not been made yet) and HEAD, when there is something that could be repeated; and for a
//!    query with more than 32 different pieces.
//!
//! Static files repeat nothing and are exempt.
//!
//! # What it deliberately leaves out
//! Request headers (another site cannot choose their text but for the path in `Referer`), text that the app had stored, and requests that
//! the attacker's text inside the app's own pages makes (they are same-origin, but each stored text is one guess). An app that shows
//! secrets next to such text should mask them with a new random value in each response, as most CSRF libraries do.

use http::header::{AUTHORIZATION, CACHE_CONTROL, COOKIE, SET_COOKIE};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, Request, Response, StatusCode};
use memchr::memmem;

use crate::Body;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Shortest text that counts, in bytes.
const SHORTEST: usize = 4;

/// Pieces that are looked up, at most.
const MOST: usize = 32;

/// What the rule needs to know of a request.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Nothing when the app's own pages made the request.
    target: Option<PathAndQuery>,
    has_body: bool,
    credentials: bool,
    same_origin: bool,
}

impl Asked {
    pub(super) fn new<B: http_body::Body>(request: &Request<B>) -> Self {
        let headers = request.headers();
        if headers.get(SEC_FETCH_SITE).is_some_and(|site| site == "same-origin") {
            return Asked { same_origin: true, ..Asked::default() };
        }
        Asked {
            target: request.uri().path_and_query().cloned(),
            has_body: !request.body().is_end_stream(),
            credentials: headers.contains_key(COOKIE) || headers.contains_key(AUTHORIZATION),
            same_origin: false,
        }
    }

    /// Whether this response must stay uncompressed.
    pub(super) fn forbids(&self, response: &Response<Body>) -> bool {
        if self.same_origin || !self.is_about_session(response.headers()) {
            return false;
        }
        let repeatable = || self.has_body || !self.pieces(response.status()).is_empty();
        match response.body() {
            Body::File(_) => false,
            Body::Empty | Body::Stream(_) => repeatable(),
            Body::Full(page) => self.has_body || repeats(page, &self.pieces(response.status())),
        }
    }

    fn is_about_session(&self, response: &HeaderMap) -> bool {
        response.contains_key(SET_COOKIE) || self.credentials && is_for_one_user(response)
    }

    /// What the client chose of the target, decoded and in lower case.
    fn pieces(&self, status: StatusCode) -> Vec<Vec<u8>> {
        let Some(target) = &self.target else { return Vec::new() };
        let query = target.query().unwrap_or_default().split(['&', ';', '=']);
        let path = if status.as_u16() >= 400 { target.path() } else { "" };
        let mut pieces = Vec::new();
        for text in query.chain(path.split('/')).map(decoded) {
            pieces.extend(text.split(|byte| !survives_escaping(*byte)).filter(|run| run.len() < text.len()).map(<[u8]>::to_vec));
            pieces.push(text);
        }
        pieces.retain(|piece| piece.len() >= SHORTEST);
        pieces.sort_unstable();
        pieces.dedup();
        pieces
    }
}

fn is_for_one_user(response: &HeaderMap) -> bool {
    let directives = response.get_all(CACHE_CONTROL).iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    directives.map(|directive| directive.trim_ascii()).any(|directive| {
        let name = directive.split(|byte| *byte == b'=').next().unwrap_or_default();
        name.eq_ignore_ascii_case(b"private") || name.eq_ignore_ascii_case(b"no-store")
    })
}

fn repeats(page: &[u8], pieces: &[Vec<u8>]) -> bool {
    if pieces.is_empty() || pieces.len() > MOST {
        return !pieces.is_empty();
    }
    let page = page.to_ascii_lowercase();
    pieces.iter().any(|piece| memmem::find(&page, piece).is_some())
}

/// Neither HTML, JSON nor URLs write these in another way; bytes above ASCII are letters of other scripts.
fn survives_escaping(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) || !byte.is_ascii()
}

/// `+` and percent-escapes decoded, in lower case. Bytes, because the app may read them in its own way when they are not UTF-8.
fn decoded(text: &str) -> Vec<u8> {
    let hex = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let (mut rest, mut out) = (text.as_bytes(), Vec::with_capacity(text.len()));
    while let [byte, tail @ ..] = rest {
        let escape = match (byte, tail) {
            (b'%', [high, low, after @ ..]) => hex(*high).zip(hex(*low)).map(|(high, low)| (high << 4 | low, after)),
            _ => None,
        };
        let plain = if *byte == b'+' { b' ' } else { *byte };
        let (decoded, after) = escape.unwrap_or((plain, tail));
        out.push(decoded.to_ascii_lowercase());
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use http_body_util::{Empty, Full};

    use super::*;

    const PAGE: &str = "<p>You searched for Token=Ab, &quot;se cret&quot;</p><input value=token=ab12>";

    fn response(status: u16, headers: &[(&str, &str)], body: Body) -> Response<Body> {
        let builder =
            headers.iter().fold(Response::builder().status(status), |builder, (name, value)| builder.header(*name, *value));
        builder.body(body).unwrap()
    }

    fn asked(target: &str, headers: &[(&str, &str)]) -> Asked {
        let builder = headers.iter().fold(Request::builder().uri(target), |builder, (name, value)| builder.header(*name, *value));
        Asked::new(&builder.body(Empty::<&[u8]>::new()).unwrap())
    }

    #[test]
    fn a_session_that_repeats_the_request_is_not_compressed() {
        let set = [("set-cookie", "sid=1")];
        let private = [("cache-control", "max-age=0, Private")];
        let cookie = [("cookie", "sid=1")];
        type Pairs<'a> = &'a [(&'a str, &'a str)];
        let cases: [(&str, Pairs, Pairs, u16, bool); 22] = [
            ("/?q=token%3Dab", &[], &set, 200, true),
            ("/?q=TOKEN", &[], &set, 200, true),
            ("/?searched", &[], &set, 200, true),
            ("/?a=b&searched=1", &[], &set, 200, true),
            ("/?q=%22se+cret%22", &[], &set, 200, true),
            ("/?q=x%22cret%22", &[], &set, 200, true),
            ("/?q=%ff%ff%22token%22", &[], &set, 200, true),
            // Not repeated, or too short to help.
            ("/?q=elsewhere", &[], &set, 200, false),
            ("/?q=ab", &[], &set, 200, false),
            ("/?page=2", &[], &set, 200, false),
            ("/", &[], &set, 200, false),
            // The path is another page, but not in an error.
            ("/searched", &[], &set, 200, false),
            ("/searched", &[], &set, 404, true),
            // No session.
            ("/?q=token", &[], &[], 200, false),
            ("/?q=token", &cookie, &[], 200, false),
            ("/?q=token", &[], &private, 200, false),
            // A page for one user.
            ("/?q=token", &cookie, &private, 200, true),
            ("/?q=token", &[("authorization", "Basic eA==")], &[("cache-control", "no-store")], 200, true),
            ("/?q=elsewhere", &cookie, &private, 200, false),
            // Who asked.
            ("/?q=token", &[("sec-fetch-site", "same-origin")], &set, 200, false),
            ("/?q=token", &[("sec-fetch-site", "same-site")], &set, 200, true),
            ("/?q=token", &[("sec-fetch-site", "none")], &set, 200, true),
        ];
        for (target, request, headers, status, expected) in cases {
            let response = response(status, headers, Body::from(PAGE.to_owned()));
            assert_eq!(asked(target, request).forbids(&response), expected, "{target} {request:?} {headers:?} {status}");
        }
    }

    #[test]
    fn what_cannot_be_looked_up_is_assumed() {
        let set = [("set-cookie", "sid=1")];
        let stream =
            || Body::stream(http_body_util::BodyExt::map_err(Full::new(bytes::Bytes::from_static(b"x")), |never| match never {}));
        assert!(asked("/?q=elsewhere", &[]).forbids(&response(200, &set, stream())));
        assert!(!asked("/?q=1", &[]).forbids(&response(200, &set, stream())));
        assert!(asked("/?q=elsewhere", &[]).forbids(&response(200, &set, Body::Empty)));
        let post = Request::post("/").body(Full::new(&b"user=me"[..])).unwrap();
        assert!(Asked::new(&post).forbids(&response(200, &set, Body::from(PAGE.to_owned()))));
        assert!(!Asked::new(&post).forbids(&response(200, &[], Body::from(PAGE.to_owned()))));
        let many = (0..40).fold("/?".to_owned(), |target, n| target + &format!("nothing{n}&"));
        assert!(asked(&many, &[]).forbids(&response(200, &set, Body::from(PAGE.to_owned()))));
    }
}
