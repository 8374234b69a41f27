//! The head of a request as Node 20 sends it (undici's `httpNetworkOrCacheFetch` and `processHeader`): a backend that logs or varies by
//! headers sees what it saw before.

use deno_core::convert::ByteString;
use deno_core::url::Url;
use deno_error::JsErrorBox;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, EXPECT, HOST, IF_MATCH,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, PRAGMA, RANGE, TRANSFER_ENCODING, UPGRADE, USER_AGENT,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};

use super::failed;
use crate::host::FetchError;

const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");

/// With one of these the app has a cache of its own (Fetch standard, "HTTP-network-or-cache fetch", step 8.20).
const CONDITIONS: [HeaderName; 5] = [IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_UNMODIFIED_SINCE, IF_MATCH, IF_RANGE];

/// The head of a request with the app's `headers`, and those that Node adds. `how`: the cache mode, and whether there is a body.
pub(super) fn head(
    method: &[u8],
    url: &str,
    headers: &[(ByteString, ByteString)],
    how: (&str, bool),
) -> Result<http::request::Parts, JsErrorBox> {
    let (cache, has_body) = how;
    let method = Method::from_bytes(method).map_err(|_| JsErrorBox::type_error("Invalid method"))?;
    let url = Url::parse(url).map_err(JsErrorBox::from_err)?;
    if !url.username().is_empty() || url.password().is_some() {
        let text = format!("Request cannot be constructed from a URL that includes credentials: {url}");
        return Err(JsErrorBox::type_error(text));
    }
    let uri: Uri = url.as_str().parse().map_err(|_| JsErrorBox::type_error(format!("Invalid URL: {url}")))?;
    let mut all = HeaderMap::with_capacity(headers.len() + 8);
    for (name, value) in headers {
        let invalid = |_| JsErrorBox::type_error(format!("Invalid header `{}`", String::from_utf8_lossy(name)));
        let name = HeaderName::from_bytes(name).map_err(|_| invalid(()))?;
        let value = HeaderValue::from_bytes(value).map_err(|_| invalid(()))?;
        if is_sent(&name, &value).map_err(|error| failed(&error))? {
            all.append(name, value);
        }
    }
    if !has_body && matches!(method, Method::POST | Method::PUT) {
        all.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    add_defaults(&mut all, cache, url.scheme() == "https");
    let (mut parts, ()) = http::Request::new(()).into_parts();
    (parts.method, parts.uri, parts.headers) = (method, uri, all);
    Ok(parts)
}

/// Whether a header of the app's is sent. Those that are about the connection or the framing are not the app's: most are refused, as Node
/// does.
fn is_sent(name: &HeaderName, value: &HeaderValue) -> Result<bool, FetchError> {
    let refused = |code, message| Err(FetchError { code, status: 500, message });
    if *name == HOST || *name == CONTENT_LENGTH {
        return Ok(false);
    }
    if *name == CONNECTION && ["close", "keep-alive"].iter().any(|known| value.as_bytes().eq_ignore_ascii_case(known.as_bytes()))
    {
        return Ok(false);
    }
    if [CONNECTION, TRANSFER_ENCODING, KEEP_ALIVE, UPGRADE].contains(name) {
        return refused("UND_ERR_INVALID_ARG", format!("invalid {name} header"));
    }
    if *name == EXPECT {
        return refused("UND_ERR_NOT_SUPPORTED", "expect header not supported".to_owned());
    }
    Ok(true)
}

/// What Node adds to the headers of the app.
fn add_defaults(headers: &mut HeaderMap, cache: &str, is_https: bool) {
    let mut add = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    add(ACCEPT, "*/*");
    add(ACCEPT_LANGUAGE, "*");
    add(SEC_FETCH_MODE, "cors");
    add(USER_AGENT, "node");
    let is_conditional = CONDITIONS.iter().any(|name| headers.contains_key(name));
    let mut add = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    match cache {
        "no-cache" => add(CACHE_CONTROL, "max-age=0"),
        "no-store" | "reload" => {
            add(PRAGMA, "no-cache");
            add(CACHE_CONTROL, "no-cache");
        }
        "" | "default" if is_conditional => {
            add(PRAGMA, "no-cache");
            add(CACHE_CONTROL, "no-cache");
        }
        _ => {}
    }
    let encodings = match (headers.contains_key(RANGE), is_https) {
        (true, _) => "identity",
        (false, true) => "br, gzip, deflate",
        (false, false) => "gzip, deflate",
    };
    headers.entry(ACCEPT_ENCODING).or_insert(HeaderValue::from_static(encodings));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(url: &str, own: &[(&str, &str)], cache: &str) -> Result<HeaderMap, JsErrorBox> {
        let own: Vec<_> = own.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        head(b"GET", url, &own, (cache, false)).map(|parts| parts.headers)
    }

    /// Recorded from Node 20.20.
    #[test]
    fn sends_what_node_sends() {
        let text = |headers: HeaderMap| {
            let line = |(name, value): (&HeaderName, &HeaderValue)| format!("{name}: {}", value.to_str().unwrap());
            headers.iter().map(line).collect::<Vec<_>>().join("\n")
        };
        let plain = text(headers("http://a/", &[("X-Foo", "1"), ("Host", "b"), ("connection", "close")], "").unwrap());
        let expected =
            "x-foo: 1\naccept: */*\naccept-language: *\nsec-fetch-mode: cors\nuser-agent: node\naccept-encoding: gzip, deflate";
        assert_eq!(plain, expected);
        type Case = (&'static str, &'static [(&'static str, &'static str)], &'static str);
        let cases: [Case; 5] = [
            ("no-store", &[], "pragma: no-cache\ncache-control: no-cache\naccept-encoding: gzip, deflate"),
            ("reload", &[], "pragma: no-cache\ncache-control: no-cache\naccept-encoding: gzip, deflate"),
            ("no-cache", &[], "user-agent: node\ncache-control: max-age=0\naccept-encoding: gzip, deflate"),
            ("", &[("if-none-match", "\"a\"")], "pragma: no-cache\ncache-control: no-cache\naccept-encoding: gzip, deflate"),
            ("", &[("range", "bytes=0-1")], "user-agent: node\naccept-encoding: identity"),
        ];
        for (cache, own, end) in cases {
            let sent = text(headers("http://a/", own, cache).unwrap());
            assert!(sent.ends_with(end), "{cache}: {sent}");
        }
        assert!(text(headers("https://a/", &[], "").unwrap()).ends_with("br, gzip, deflate"));
    }

    #[test]
    fn refuses_what_node_refuses() {
        let own = [("connection", "upgrade"), ("transfer-encoding", "chunked"), ("keep-alive", "1"), ("upgrade", "x")];
        for (name, value) in own {
            let error = headers("http://a/", &[(name, value)], "").unwrap_err().to_string();
            assert_eq!(error, format!("fetch failed\nUND_ERR_INVALID_ARG\ninvalid {name} header"));
        }
        let error = headers("http://a/", &[("expect", "100-continue")], "").unwrap_err().to_string();
        assert_eq!(error, "fetch failed\nUND_ERR_NOT_SUPPORTED\nexpect header not supported");
        assert!(headers("http://u:p@a/", &[], "").unwrap_err().to_string().contains("includes credentials"));
    }
}
