//! What a rule counts by: the client's address, the value of a header, or of a cookie.
//!
//! Seventeen bytes whatever the client sends. Values of headers and cookies are often secrets (API keys, sessions), so only
//! their hash is kept, here and in Redis. It has no random part: instances that share a Redis must agree on it.

use std::net::IpAddr;
use std::str::FromStr;

use http::header::COOKIE;
use http::{HeaderMap, HeaderName};
use sha2::{Digest as _, Sha256};

use crate::path;

/// What a rule counts by.
///
/// A header or a cookie is what the client says it is: somebody who invents a value for each request is never refused by such a
/// rule alone. Put one by [`By::Ip`] beside it, unless something in front checks the value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum By {
    /// The address, IPv6 by network.
    #[default]
    Ip,
    /// A header's value; the address where it is absent or empty. Of a repeated header it is what Node makes of it: all, joined, or
    /// the first (`authorization` and others).
    Header(HeaderName),
    /// A cookie's value, the first as the `cookie` package takes it; the address where it is absent or empty.
    Cookie(String),
}

impl FromStr for By {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<By, &'static str> {
        const EXPECTED: &str = "`ip`, `header:<name>` or `cookie:<name>`, such as `header:x-api-key`";
        match text.split_once(':') {
            None if text == "ip" => Ok(By::Ip),
            Some(("header", name)) => name.parse().map(By::Header).map_err(|_| EXPECTED),
            // RFC 6265, section 4.1.1: a token.
            Some(("cookie", name)) if name.parse::<HeaderName>().is_ok() => Ok(By::Cookie(name.to_owned())),
            _ => Err(EXPECTED),
        }
    }
}

/// A key: which kind, and an address or a hash. The kind keeps a header's value from ever being somebody's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key([u8; 17]);

/// Enough of SHA-256 that nobody finds two values of one key (2⁶⁴ attempts), and the length of an address.
pub(super) type Hashed = [u8; 16];

impl Key {
    /// The key of a request. `ip` is `None` where nothing is known of the client (a Unix socket): all of these share one key.
    pub(super) fn of(by: &By, ip: Option<IpAddr>, ipv6_prefix: u8, headers: &HeaderMap) -> Key {
        let (kind, hashed) = match by {
            By::Ip => (b'i', None),
            By::Header(name) => (b'h', header(headers, name)),
            By::Cookie(name) => (b'c', cookie(headers, name).filter(|value| !value.is_empty()).map(|value| hash([value]))),
        };
        match (hashed, ip.map(|ip| ip.to_canonical())) {
            (Some(hashed), _) => Key::new(kind, hashed),
            (None, None) => Key::new(b'u', [0; 16]),
            (None, Some(IpAddr::V4(ip))) => Key::new(b'4', ip.to_ipv6_mapped().octets()),
            (None, Some(IpAddr::V6(ip))) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(ipv6_prefix.min(128))).unwrap_or(0);
                Key::new(b'6', (u128::from(ip) & mask).to_be_bytes())
            }
        }
    }

    fn new(kind: u8, rest: Hashed) -> Key {
        let mut key = [kind; 17];
        key[1..].copy_from_slice(&rest);
        Key(key)
    }

    /// As it is stored in Redis: the kind and hexadecimal digits.
    pub(super) fn to_text(self) -> String {
        let [kind, rest @ ..] = self.0;
        format!("{}{:032x}", char::from(kind), u128::from_be_bytes(rest))
    }
}

/// Hash of a value in parts, joined by `, `.
pub(super) fn hash<T: AsRef<[u8]>>(parts: impl IntoIterator<Item = T>) -> Hashed {
    let mut hash = Sha256::new();
    for (index, part) in parts.into_iter().enumerate() {
        if index > 0 {
            hash.update(b", ");
        }
        hash.update(part);
    }
    let mut short = Hashed::default();
    short.copy_from_slice(&hash.finalize()[..16]);
    short
}

/// The key of a request whose client is not known, for fuzzing.
#[doc(hidden)]
pub fn text(by: &By, headers: &HeaderMap) -> String {
    Key::of(by, None, 128, headers).to_text()
}

/// Headers of which Node keeps the first (lib/_http_incoming.js, `matchKnownFields`). Counting by all of them, one whose second value
/// is new in each request would get past its rule.
const SINGLE: [&str; 18] = [
    "age",
    "authorization",
    "content-length",
    "content-type",
    "etag",
    "expires",
    "from",
    "host",
    "if-modified-since",
    "if-unmodified-since",
    "last-modified",
    "location",
    "max-forwards",
    "proxy-authorization",
    "referer",
    "retry-after",
    "server",
    "user-agent",
];

fn header(headers: &HeaderMap, name: &HeaderName) -> Option<Hashed> {
    let most = if SINGLE.contains(&name.as_str()) { 1 } else { usize::MAX };
    let values = || headers.get_all(name).iter().map(http::HeaderValue::as_bytes).take(most);
    values().any(|value| !value.is_empty()).then(|| hash(values()))
}

/// The value that the app will see (`cookie` 0.7, `parse`), so that writing one cookie in many ways (`%61` for `a`, quotes) is not
/// many keys.
fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let pairs = headers.get_all(COOKIE).iter().flat_map(|value| value.as_bytes().split(|&byte| byte == b';'));
    for pair in pairs {
        let Some(equals) = pair.iter().position(|&byte| byte == b'=') else { continue };
        let (key, value) = (&pair[..equals], pair[equals + 1..].trim_ascii());
        if key.trim_ascii() == name.as_bytes() {
            let value = match value {
                b"\"" => b"",
                [b'"', inner @ .., b'"'] => inner,
                _ => value,
            };
            // One byte, one character: no two values become one, and percent-escapes stay ASCII.
            let text: String = value.iter().copied().map(char::from).collect();
            return Some(if has_broken_escape(value) { text } else { path::decoded(&text).into_owned() });
        }
    }
    None
}

/// `decodeURIComponent` throws, and the value stays as it is.
fn has_broken_escape(value: &[u8]) -> bool {
    let is_escape = |rest: &[u8]| matches!(rest, [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit());
    value.split(|&byte| byte == b'%').skip(1).any(|rest| !is_escape(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(list: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| (HeaderName::from_static(name), value.parse().unwrap());
        list.iter().map(pair).collect()
    }

    fn key(by: &str, ip: &str, list: &[(&'static str, &str)]) -> String {
        Key::of(&by.parse().unwrap(), ip.parse().ok(), 64, &headers(list)).to_text()
    }

    #[test]
    fn keys_by_address() {
        // IPv6 in text, its first 64 bits; IPv4 as RFC 4291, section 2.5.5.2, embeds it.
        let cases = [
            ("192.0.2.1", "400000000000000000000ffffc0000201"),
            ("::ffff:192.0.2.1", "400000000000000000000ffffc0000201"),
            ("2001:db8:1:2:3:4:5:6", "620010db8000100020000000000000000"),
            ("2001:db8:1:2:ffff:ffff:ffff:ffff", "620010db8000100020000000000000000"),
            ("2001:db8:1:3::", "620010db8000100030000000000000000"),
            ("unix", "u00000000000000000000000000000000"),
        ];
        for (ip, expected) in cases {
            assert_eq!(key("ip", ip, &[]), expected, "{ip}");
        }
    }

    #[test]
    fn masks_by_the_prefix_given() {
        let ip: IpAddr = "2001:db8:aaaa:bbbb:cccc::1".parse().unwrap();
        let text = |prefix| Key::of(&By::Ip, Some(ip), prefix, &HeaderMap::new()).to_text();
        assert_eq!(text(128), "620010db8aaaabbbbcccc000000000001");
        assert_eq!(text(48), "620010db8aaaa00000000000000000000");
        assert_eq!(text(1), "600000000000000000000000000000000");
        assert_eq!(text(0), "600000000000000000000000000000000");
    }

    #[test]
    fn keys_by_header_and_cookie() {
        // `printf %s abc | sha256sum`
        let abc = "ba7816bf8f01cfea414140de5dae2223";
        let address = key("ip", "192.0.2.1", &[]);
        let cases = [
            ("header:x-api-key", &[("x-api-key", "abc")][..], format!("h{abc}")),
            ("header:x-api-key", &[], address.clone()),
            ("header:x-api-key", &[("x-api-key", "")], address.clone()),
            ("header:x-api-key", &[("x-other", "abc")], address.clone()),
            ("cookie:sid", &[("cookie", "sid=abc")], format!("c{abc}")),
            ("cookie:sid", &[("cookie", "a=b; sid=abc; sid=later")], format!("c{abc}")),
            ("cookie:sid", &[("cookie", "a=b"), ("cookie", "sid=abc")], format!("c{abc}")),
            ("cookie:sid", &[("cookie", "sid=\"abc\"")], format!("c{abc}")),
            ("cookie:sid", &[("cookie", "sid=%61b%63")], format!("c{abc}")),
            ("cookie:sid", &[("cookie", " sid = abc ")], format!("c{abc}")),
            // Not what a quote around it or an escape is; the app sees these as they are: `printf %s '"abc' | sha256sum`.
            ("cookie:sid", &[("cookie", "sid=\"abc")], "caa885fb27a812abedb8978a3bb3218cb".to_owned()),
            ("cookie:sid", &[("cookie", "sid=%61%zz")], "c44c9e920a5218474b66af460cde763a0".to_owned()),
            ("cookie:sid", &[("cookie", "sid=\"")], address.clone()),
            ("cookie:sid", &[("cookie", "sid=")], address.clone()),
            ("cookie:sid", &[("cookie", "sid")], address.clone()),
            ("cookie:sid", &[("cookie", "xsid=abc")], address.clone()),
            ("cookie:sid", &[], address.clone()),
        ];
        for (by, list, expected) in cases {
            assert_eq!(key(by, "192.0.2.1", list), expected, "{by} {list:?}");
        }
        // A request that the app takes for one of `abc`, whatever comes second.
        for name in SINGLE {
            let name = HeaderName::from_static(name);
            let twice = HeaderMap::from_iter(["abc", "new"].map(|value| (name.clone(), value.parse().unwrap())));
            assert_eq!(Key::of(&By::Header(name), None, 64, &twice).to_text(), format!("h{abc}"));
        }
        // `printf %s 'a, b' | sha256sum`
        let both = key("header:x-api-key", "192.0.2.1", &[("x-api-key", "a"), ("x-api-key", "b")]);
        assert_eq!(both, "h4a479db6af79906e7200f9560d9af890");
    }

    #[test]
    fn reads_what_to_count_by() {
        assert_eq!("ip".parse(), Ok(By::Ip));
        assert_eq!("header:X-Api-Key".parse(), Ok(By::Header(HeaderName::from_static("x-api-key"))));
        assert_eq!("cookie:Sid".parse(), Ok(By::Cookie("Sid".into())));
        for text in ["", "IP", "ip:1", "header", "header:", "header:a b", "cookie:", "cookie:a=b", "query:a"] {
            assert!(text.parse::<By>().is_err(), "{text}");
        }
    }
}
