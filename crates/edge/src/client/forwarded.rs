//! The `forwarded` header (RFC 7239): `for="[2001:db8::1]:4711";proto=https;host=a.example, for=192.0.2.1`.
//!
//! Elements are taken from the right. Read from the left, an unclosed quote that a client sent would swallow the elements that
//! the proxies appended after it; from the right, those are whole whatever stands before them.

use std::borrow::Cow;

/// What an element says. A parameter that is not there, or an element that breaks the grammar, says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Element<'a> {
    pub(super) address: Option<Cow<'a, [u8]>>,
    pub(super) host: Option<Cow<'a, [u8]>>,
    pub(super) proto: Option<Cow<'a, [u8]>>,
}

impl<'a> Element<'a> {
    /// Reads one element, such as `for=192.0.2.1;proto=https`.
    pub(super) fn parse(text: &'a [u8]) -> Element<'a> {
        pairs(text).unwrap_or_default()
    }
}

/// The elements of one header line from the last to the first. Empty ones, which a list may have, are left out.
pub(super) fn elements(mut line: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        (!line.is_empty()).then(|| {
            let comma = last_comma(line);
            let element = &line[comma.map_or(0, |comma| comma + 1)..];
            line = &line[..comma.unwrap_or(0)];
            element.trim_ascii()
        })
    })
    .filter(|element| !element.is_empty())
}

/// The last comma outside quotes.
fn last_comma(line: &[u8]) -> Option<usize> {
    let mut quoted = false;
    let mut at = line.len();
    while at > 0 {
        at -= 1;
        match line[at] {
            b',' if !quoted => return Some(at),
            b'"' => {
                let escapes = line[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
                // Looked at once: a run of backslashes has one quote behind it.
                at -= escapes;
                quoted ^= !(quoted && escapes % 2 == 1);
            }
            _ => {}
        }
    }
    None
}

/// `None`: not as the grammar has it, or a parameter twice (section 4 forbids it).
fn pairs(mut text: &[u8]) -> Option<Element<'_>> {
    let mut element = Element::default();
    loop {
        let (name, rest) = text.split_at(text.iter().position(|byte| *byte == b'=')?);
        if name.is_empty() || !name.iter().all(|byte| is_token(*byte)) {
            return None;
        }
        let (value, rest) = value(&rest[1..])?;
        let slot = match &name.to_ascii_lowercase()[..] {
            b"for" => Some(&mut element.address),
            b"host" => Some(&mut element.host),
            b"proto" => Some(&mut element.proto),
            _ => None,
        };
        if slot.is_some_and(|slot| slot.replace(value).is_some()) {
            return None;
        }
        // The grammar has no spaces around `;`, yet some proxies write one after it.
        match rest.trim_ascii_start().split_first() {
            None => return Some(element),
            Some((b';', rest)) if rest.trim_ascii_start().is_empty() => return Some(element),
            Some((b';', rest)) => text = rest.trim_ascii_start(),
            Some(_) => return None,
        }
    }
}

/// A token or a quoted string at the start of `text`, and what comes after it. An address with a port or with brackets must be
/// quoted, but not all proxies do: what is no separator is taken.
fn value(text: &[u8]) -> Option<(Cow<'_, [u8]>, &[u8])> {
    let Some(text) = text.strip_prefix(b"\"") else {
        let end = text.iter().position(|byte| matches!(byte, b';' | b'"' | b' ' | b'\t')).unwrap_or(text.len());
        return (end > 0).then(|| (Cow::Borrowed(&text[..end]), &text[end..]));
    };
    let mut unescaped: Option<Vec<u8>> = None;
    let mut at = 0;
    loop {
        match (*text.get(at)?, &mut unescaped) {
            (b'"', unescaped) => {
                let value = unescaped.take().map_or(Cow::Borrowed(&text[..at]), Cow::Owned);
                return Some((value, &text[at + 1..]));
            }
            (b'\\', unescaped) => {
                let escaped = *text.get(at + 1)?;
                unescaped.get_or_insert_with(|| text[..at].to_vec()).push(escaped);
                at += 2;
            }
            (byte, unescaped) => {
                unescaped.iter_mut().for_each(|text| text.push(byte));
                at += 1;
            }
        }
    }
}

/// RFC 9110 section 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str) -> Vec<&str> {
        elements(line.as_bytes()).map(|element| str::from_utf8(element).unwrap()).collect()
    }

    #[test]
    fn splits_from_the_right() {
        let cases: [(&str, &[&str]); 10] = [
            ("", &[]),
            (" , ,", &[]),
            ("for=a", &["for=a"]),
            ("for=a, for=b ,for=c", &["for=c", "for=b", "for=a"]),
            (r#"for="a,b", for=c"#, &["for=c", r#"for="a,b""#]),
            (r#"for="a\",b", for=c"#, &["for=c", r#"for="a\",b""#]),
            (r#"for="a,\"b", for=c"#, &["for=c", r#"for="a,\"b""#]),
            (r#"for="a\\", for=c"#, &["for=c", r#"for="a\\""#]),
            // What a client began must not swallow what a proxy appended.
            (r#"for=", for=c"#, &["for=c", r#"for=""#]),
            (r#"for="a\, for="[::1]""#, &[r#"for="[::1]""#, r#"for="a\"#]),
        ];
        for (line, expected) in cases {
            assert_eq!(texts(line), expected, "{line}");
        }
    }

    /// The first four are the examples of RFC 7239 section 4.
    #[test]
    fn reads_parameters() {
        let cases = [
            (r#"for="_gazonk""#, Some("_gazonk"), None, None),
            (r#"For="[2001:db8:cafe::17]:4711""#, Some("[2001:db8:cafe::17]:4711"), None, None),
            ("for=192.0.2.60;proto=http;by=203.0.113.43", Some("192.0.2.60"), None, Some("http")),
            ("for=192.0.2.43", Some("192.0.2.43"), None, None),
            (r#"FOR=a;PROTO="https";Host="b:80""#, Some("a"), Some("b:80"), Some("https")),
            (r#"host="a\"\\b""#, None, Some(r#"a"\b"#), None),
            ("for=1.2.3.4:80; proto=https", Some("1.2.3.4:80"), None, Some("https")),
            ("for=a;secret=x", Some("a"), None, None),
            ("for=a;", Some("a"), None, None),
            (r#"for="""#, Some(""), None, None),
        ];
        for (text, address, host, proto) in cases {
            let bytes = |text: Option<&'static str>| text.map(|text| Cow::Borrowed(text.as_bytes()));
            let expected = Element { address: bytes(address), host: bytes(host), proto: bytes(proto) };
            assert_eq!(Element::parse(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn a_broken_element_says_nothing() {
        for text in
            ["for", "=a", "for=", "for=a;for=b", "for=\"a", "for=\"a\\", "for=\"a\"b", "f or=a", "for=a b", "for=a;;proto=b"]
        {
            assert_eq!(Element::parse(text.as_bytes()), Element::default(), "{text}");
        }
    }
}
