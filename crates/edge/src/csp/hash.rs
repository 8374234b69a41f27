//! The SHA-256 of an inline script or style, as a CSP source.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};

/// `'sha256-…'` of exactly these bytes: the child text content of the element in UTF-8 (CSP3, "Does element match source list
/// for type and source?"). A parser has turned CR LF and CR into LF by then.
pub(super) fn source(text: &str) -> String {
    format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)))
}

/// The same of a text that no HTML parser has read yet: it will stand in a page, so its line ends become what they become there.
pub(super) fn source_of_text(text: &str) -> String {
    source(&text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// Whether this is the digest of a hash source, for an algorithm of so many bytes.
pub(super) fn is_digest(text: &str, length: usize) -> bool {
    // CSP takes both alphabets and compares as if they were one.
    let text = text.replace('-', "+").replace('_', "/");
    BASE64_STANDARD.decode(text).is_ok_and(|digest| digest.len() == length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_what_browsers_compute() {
        // CSP3, section 7.2.2 (hash usage): alert('Hello, world.');
        assert_eq!(source("alert('Hello, world.');"), "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='");
        // MDN, script-src, "Unsafe inline script".
        assert_eq!(source("var inline = 1;"), "'sha256-B2yPHKaXnvFWtRChIbabYmUBFZdVfKKXHbWtWidDVF8='");
    }

    #[test]
    fn normalises_the_ends_of_lines() {
        for text in ["a\r\nb\r\n", "a\rb\r", "a\nb\r\n"] {
            assert_eq!(source_of_text(text), source("a\nb\n"), "{text:?}");
        }
        assert_ne!(source_of_text("a b"), source("a  b"));
    }
}
