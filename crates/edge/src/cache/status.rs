//! `Cache-Status` (RFC 9211): what this cache did with a request.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use smallvec::SmallVec;

/// The field.
pub(super) const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// The name of this cache.
const NAME: &[u8] = b"ssr-host";

/// Why a request went on to the app: the registered values (RFC 9211 section 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Forward {
    /// The cache is not asked to handle it.
    Bypass,
    /// Not a method that is answered from a cache.
    Method,
    /// Nothing is stored for the path.
    UriMiss,
    /// Nothing is stored for the path with the values of its inputs.
    Miss,
    /// What the request itself says, such as `no-cache`.
    Request,
    /// What is stored is stale.
    Stale,
}

impl Forward {
    fn token(self) -> &'static [u8] {
        match self {
            Forward::Bypass => b"bypass",
            Forward::Method => b"method",
            Forward::UriMiss => b"uri-miss",
            Forward::Miss => b"miss",
            Forward::Request => b"request",
            Forward::Stale => b"stale",
        }
    }
}

/// What became of a request that was not answered by what is stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct Forwarded {
    pub(super) why: Forward,
    /// The app's status, where the response has another one.
    pub(super) status: Option<StatusCode>,
    /// The response was stored.
    pub(super) stored: bool,
    /// It is the answer to another request that was under way.
    pub(super) collapsed: bool,
    /// A token that says more, such as [`super::refusal::Refusal::name`].
    pub(super) detail: Option<&'static str>,
}

impl Forwarded {
    /// Nothing more than why.
    pub(super) fn new(why: Forward) -> Forwarded {
        Forwarded { why, status: None, stored: false, collapsed: false, detail: None }
    }

    /// The value: `ssr-host; fwd=uri-miss; stored`.
    pub(super) fn value(self) -> HeaderValue {
        let mut text = Text::from_slice(NAME);
        text.extend_from_slice(b"; fwd=");
        text.extend_from_slice(self.why.token());
        if let Some(status) = self.status {
            text.extend_from_slice(b"; fwd-status=");
            text.extend_from_slice(status.as_str().as_bytes());
        }
        if self.stored {
            text.extend_from_slice(b"; stored");
        }
        if self.collapsed {
            text.extend_from_slice(b"; collapsed");
        }
        finish(text, self.detail)
    }
}

/// The value for a request that was answered by what is stored: `ssr-host; hit; ttl=30`. `ttl`: how long that is still fresh in seconds;
/// negative when it is stale. `detail` is a token.
pub(super) fn hit(ttl: i64, detail: Option<&'static str>) -> HeaderValue {
    let mut text = Text::from_slice(NAME);
    text.extend_from_slice(b"; hit; ttl=");
    text.extend_from_slice(itoa::Buffer::new().format(ttl.clamp(-MAX_INTEGER, MAX_INTEGER)).as_bytes());
    finish(text, detail)
}

/// Adds a value behind those of caches that are closer to the app (RFC 9211 section 2).
pub(super) fn append(headers: &mut HeaderMap, value: HeaderValue) {
    headers.append(CACHE_STATUS, value);
}

/// What an integer of a structured field may be (RFC 9651 section 3.3.1).
const MAX_INTEGER: i64 = 999_999_999_999_999;

type Text = SmallVec<[u8; 128]>;

fn finish(mut text: Text, detail: Option<&'static str>) -> HeaderValue {
    if let Some(detail) = detail {
        text.extend_from_slice(b"; detail=");
        text.extend_from_slice(detail.as_bytes());
    }
    HeaderValue::from_bytes(&text).unwrap_or(HeaderValue::from_static("ssr-host"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_items_of_rfc_9211() {
        let mut full = Forwarded::new(Forward::Stale);
        full.status = Some(StatusCode::INTERNAL_SERVER_ERROR);
        full.stored = true;
        full.collapsed = true;
        full.detail = Some("set-cookie");
        let cases = [
            (hit(30, None), "ssr-host; hit; ttl=30"),
            (hit(-5, Some("stale-while-revalidate")), "ssr-host; hit; ttl=-5; detail=stale-while-revalidate"),
            (hit(i64::MIN, None), "ssr-host; hit; ttl=-999999999999999"),
            (Forwarded::new(Forward::UriMiss).value(), "ssr-host; fwd=uri-miss"),
            (Forwarded::new(Forward::Miss).value(), "ssr-host; fwd=miss"),
            (Forwarded::new(Forward::Method).value(), "ssr-host; fwd=method"),
            (Forwarded::new(Forward::Bypass).value(), "ssr-host; fwd=bypass"),
            (Forwarded::new(Forward::Request).value(), "ssr-host; fwd=request"),
            (full.value(), "ssr-host; fwd=stale; fwd-status=500; stored; collapsed; detail=set-cookie"),
        ];
        for (value, expected) in cases {
            assert_eq!(value, expected);
            // As another reader takes it apart.
            let list: sfv::List = sfv::Parser::new(value.as_bytes()).parse().unwrap();
            assert_eq!(list.len(), 1, "{value:?}");
        }
    }

    #[test]
    fn is_the_last_of_the_list() {
        let mut headers = HeaderMap::new();
        append(&mut headers, HeaderValue::from_static("origin; hit"));
        append(&mut headers, hit(1, None));
        let lines: Vec<_> = headers.get_all(CACHE_STATUS).iter().collect();
        assert_eq!(lines, ["origin; hit", "ssr-host; hit; ttl=1"]);
    }
}
