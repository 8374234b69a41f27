//! `edge::rate_limit`: lines of request headers. What the app takes for one value is one key, however it is written.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use edge::rate_limit::{By, key_text};
use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue};

/// Keys of all inputs so far, with the value that they stand for.
static KEYS: LazyLock<Mutex<HashMap<String, String>>> = LazyLock::new(Mutex::default);

pub(crate) fn check(bytes: &[u8]) {
    let headers = headers(bytes);
    let nobody = key_text(&By::Ip, &HeaderMap::new());
    let cookies: Vec<_> = headers.get_all(COOKIE).iter().map(latin1).collect();
    same(&By::Cookie("sid".to_owned()), &headers, cookie(&cookies.join("; "), "sid"), &nobody);
    // Node keeps the first of several (lib/_http_incoming.js, `matchKnownFields`).
    same(&By::Header(AUTHORIZATION), &headers, headers.get(AUTHORIZATION).map(latin1), &nobody);
    let name = HeaderName::from_static("x-api-key");
    let values: Vec<_> = headers.get_all(&name).iter().map(latin1).collect();
    let seen = values.iter().any(|value| !value.is_empty()).then(|| values.join(", "));
    same(&By::Header(name), &headers, seen, &nobody);
}

/// The key is one of the value that the app sees, and of no other.
fn same(by: &By, headers: &HeaderMap, seen: Option<String>, nobody: &str) {
    let key = key_text(by, headers);
    assert_eq!(key.len(), 33);
    let Some(value) = seen.filter(|value| !value.is_empty()) else {
        return assert_eq!(key, nobody, "{by:?}: no value, so the address counts");
    };
    assert_ne!(key, nobody, "{by:?} {value:?}");
    if let By::Cookie(name) = by {
        let escaped: String = value.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let plain = HeaderMap::from_iter([(COOKIE, HeaderValue::try_from(format!("{name}={escaped}")).unwrap())]);
        assert_eq!(key_text(by, &plain), key, "{value:?} written otherwise");
    }
    let mut keys = KEYS.lock().unwrap();
    assert_eq!(keys.entry(key).or_insert_with(|| value.clone()), &value, "two values of one key");
}

/// `name: value` in each line.
fn headers(bytes: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let name = HeaderName::from_bytes(&line[..colon]);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii())) {
            headers.append(name, value);
        }
    }
    headers
}

fn latin1(value: &HeaderValue) -> String {
    value.as_bytes().iter().copied().map(char::from).collect()
}

/// The `cookie` package 0.7.2, `parse`, line by line.
fn cookie(text: &str, name: &str) -> Option<String> {
    let text: Vec<char> = text.chars().collect();
    let find = |what: char, from: usize| text[from..].iter().position(|char| *char == what).map(|at| at + from);
    let mut index = 0;
    while index < text.len() {
        let equals = find('=', index)?;
        let end = find(';', index).unwrap_or(text.len());
        if equals > end {
            index = text[..equals].iter().rposition(|char| *char == ';').map_or(0, |at| at + 1);
            continue;
        }
        if trim(&text[index..equals]) == name {
            let value = trim(&text[equals + 1..end]);
            let quoted = value.starts_with('"') && value.ends_with('"');
            let value = if quoted { value.get(1..value.len() - 1).unwrap_or_default() } else { &value };
            return Some(decode(value).unwrap_or_else(|| value.to_owned()));
        }
        index = end + 1;
    }
    None
}

fn trim(text: &[char]) -> String {
    let text: String = text.iter().collect();
    text.trim_matches([' ', '\t']).to_owned()
}

/// `decodeURIComponent`. `None`: it throws.
fn decode(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let digits = part.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).ok()
}
