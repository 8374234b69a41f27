//! Who may ask the admin port.
//!
//! With a token: who has it. A page in a browser cannot send one to another site, because that takes a preflight request, which is
//! refused for want of the token.
//!
//! Without one: whoever can connect, which is this machine or a Unix socket. That includes every page that somebody on this machine
//! has open in a browser, so what a page could cause is refused: requests that name an origin or say that they come from another
//! site (<https://www.w3.org/TR/fetch-metadata/>), and those for a host that is a name of the network, because a name can be made to mean
//! this machine (DNS rebinding) and the page is then of that same "site".

use std::net::IpAddr;

use edge::Problem;
use http::header::{AUTHORIZATION, HOST, HeaderName, ORIGIN, WWW_AUTHENTICATE};
use http::uri::Authority;
use http::{HeaderValue, Request, StatusCode};
use subtle::ConstantTimeEq as _;

use crate::config::settings::Token;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Lets a request pass or says why not.
pub(super) fn check<B>(token: Option<&Token>, request: &Request<B>) -> Result<(), Problem> {
    match token {
        Some(token) if has(token, request) => Ok(()),
        Some(_) => Err(Problem::new(StatusCode::UNAUTHORIZED, "expected the token as `Authorization: Bearer …`")
            .with_header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"ssr-host\""))),
        None => not_of_a_page(request),
    }
}

/// Whether the request brings the token along; how long that takes to tell says nothing of the token but its length.
fn has<B>(token: &Token, request: &Request<B>) -> bool {
    let written = request.headers().get(AUTHORIZATION).map(HeaderValue::as_bytes);
    // The scheme's case does not matter (RFC 9110 section 11.1).
    let scheme = written.and_then(|written| written.split_at_checked(b"bearer ".len()));
    scheme.is_some_and(|(scheme, given)| {
        scheme.eq_ignore_ascii_case(b"bearer ") && bool::from(given.trim_ascii().ct_eq(token.reveal().as_bytes()))
    })
}

fn not_of_a_page<B>(request: &Request<B>) -> Result<(), Problem> {
    let refused = |why| Err(Problem::new(StatusCode::FORBIDDEN, why));
    if request.headers().contains_key(ORIGIN) {
        return refused("pages in a browser may not ask (`Origin`) unless `admin.token` is set");
    }
    match request.headers().get(SEC_FETCH_SITE).map(HeaderValue::as_bytes) {
        None | Some(b"none" | b"same-origin") => {}
        Some(_) => return refused("pages in a browser may not ask (`Sec-Fetch-Site`) unless `admin.token` is set"),
    }
    if is_this_machine(request) {
        return Ok(());
    }
    refused("expected `localhost` or an IP address as the host unless `admin.token` is set")
}

/// Whether the host that is asked for cannot be a name that somebody else has a say in.
fn is_this_machine<B>(request: &Request<B>) -> bool {
    let written = || request.headers().get(HOST)?.to_str().ok()?.parse().ok();
    let Some(authority): Option<Authority> = request.uri().authority().cloned().or_else(written) else { return false };
    let host = authority.host();
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::setting::Written as _;

    fn status(token: Option<&str>, headers: &[(&str, &str)]) -> u16 {
        let token = token.map(|token| Token::parse(token).unwrap());
        let request = headers.iter().fold(Request::get("/cache"), |request, (name, value)| request.header(*name, *value));
        check(token.as_ref(), &request.body(()).unwrap()).map_or_else(|problem| problem.status().as_u16(), |()| 200)
    }

    #[test]
    fn the_token_opens() {
        const TOKEN: &str = "0123456789abcdef";
        let cases = [
            ("Bearer 0123456789abcdef", 200),
            ("bearer  0123456789abcdef", 200),
            ("Bearer 0123456789abcdeF", 401),
            ("Bearer 0123456789abcde", 401),
            ("Bearer 0123456789abcdef0", 401),
            ("Basic 0123456789abcdef", 401),
            ("Bearer", 401),
            ("", 401),
        ];
        for (header, expected) in cases {
            assert_eq!(status(Some(TOKEN), &[("authorization", header), ("host", "admin.example")]), expected, "{header}");
        }
        assert_eq!(status(Some(TOKEN), &[("host", "localhost")]), 401);
    }

    #[test]
    fn without_one_no_page_can_ask() {
        let cases: [(&[(&str, &str)], u16); 16] = [
            (&[("host", "localhost:9090")], 200),
            (&[("host", "LOCALHOST")], 200),
            (&[("host", "127.0.0.1:9090")], 200),
            (&[("host", "[::1]:9090")], 200),
            (&[("host", "localhost"), ("sec-fetch-site", "none")], 200),
            (&[("host", "localhost"), ("sec-fetch-site", "same-origin")], 200),
            (&[("host", "localhost"), ("sec-fetch-site", "same-site")], 403),
            (&[("host", "localhost"), ("sec-fetch-site", "cross-site")], 403),
            (&[("host", "localhost"), ("origin", "https://evil.example")], 403),
            (&[("host", "localhost"), ("origin", "null")], 403),
            (&[("host", "localhost"), ("origin", "http://localhost")], 403),
            (&[("host", "rebound.example:9090")], 403),
            (&[("host", "localhost.evil.example")], 403),
            (&[("host", "127.0.0.1.evil.example")], 403),
            (&[("host", "127.0.0.1@evil.example")], 403),
            (&[], 403),
        ];
        for (headers, expected) in cases {
            assert_eq!(status(None, headers), expected, "{headers:?}");
        }
    }
}
