//! The key of a stored response: its path, and the values of exactly the inputs that were read for it.
//!
//! Two requests have one key only when they have the same path and, of everything that is read for it, the same values. Where it is not
//! certain that an app reads a value as it is read here, a coarser input takes its place (the whole query, the whole `Cookie` header):
//! such a key tells more requests apart than necessary, which is always safe.
//!
//! # Form
//! The path, then each input with its name and its values: lengths go before texts, a byte before each value says that there is one more.
//! So absent and empty are different, and nothing that a value contains can be taken for the end of it.

mod cookie;
mod query;
mod spec;

use std::sync::Arc;

use http::header::{COOKIE, HOST};
use http::request::Parts;
use http::{HeaderName, Version};
use smallvec::SmallVec;

use super::reads::Read;
use super::refusal::Refusal;
use crate::client::Client;
pub(super) use cookie::pairs as cookie_pairs;
pub(super) use query::name as decoded_name;
pub(super) use spec::Allowed;
pub use spec::Spec;

/// Longest key in bytes. A client chooses what is in it.
pub(super) const MAX_KEY: usize = 4096;

/// A path and the values of a [`Spec`]'s inputs, in one unambiguous row of bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key(pub(crate) Arc<[u8]>);

/// A key that is looked up and then forgotten: on the stack unless it is long.
pub(super) type Buffer = SmallVec<[u8; 512]>;

impl Key {
    /// The key of a request.
    ///
    /// # Errors
    /// It would be too long, or the spec has an input that is in no key.
    pub fn of(parts: &Parts, spec: &Spec) -> Result<Key, Refusal> {
        Key::lookup(parts, spec).map(|buffer| Key(Arc::from(&buffer[..])))
    }

    /// The same bytes as [`Key::of`], for a lookup.
    pub(super) fn lookup(parts: &Parts, spec: &Spec) -> Result<Buffer, Refusal> {
        let mut writer = Writer { out: Buffer::new(), too_long: false };
        writer.text(parts.uri.path().as_bytes());
        for read in &spec.0 {
            writer.read(parts, read)?;
            if writer.too_long || writer.out.len() > MAX_KEY {
                return Err(Refusal::KeyTooLong);
            }
        }
        if writer.too_long { Err(Refusal::KeyTooLong) } else { Ok(writer.out) }
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// A key from its bytes, as another instance stored them.
    pub fn from_bytes(bytes: &[u8]) -> Key {
        Key(Arc::from(bytes))
    }
}

impl std::borrow::Borrow<[u8]> for Key {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

struct Writer {
    out: Buffer,
    too_long: bool,
}

impl Writer {
    fn read(&mut self, parts: &Parts, read: &Read) -> Result<(), Refusal> {
        self.out.push(spec::kind(read));
        match read {
            Read::Host => match parts.extensions.get::<Client>() {
                Some(client) => self.values(client.host.iter().map(String::as_bytes)),
                None => self.host(parts),
            },
            Read::Scheme => self.values([scheme(parts)]),
            Read::Version => self.values([version(parts.version)]),
            Read::Query => self.query(parts),
            Read::Parameter(name) => {
                self.text(name.as_bytes());
                match query::values(parts, name) {
                    Some(values) => self.parameters(values),
                    None => {
                        self.out.push(WHOLE);
                        self.query(parts);
                    }
                }
            }
            Read::Cookies => self.lines(parts, &COOKIE),
            Read::Cookie(name) => {
                self.text(name.as_bytes());
                match cookie::values(&parts.headers, name) {
                    Some(values) => self.values(values),
                    None => {
                        self.out.push(WHOLE);
                        self.lines(parts, &COOKIE);
                    }
                }
            }
            Read::Headers => self.headers(parts),
            Read::Header(name) => {
                self.text(name.0.as_str().as_bytes());
                if name.0 == HOST { self.host(parts) } else { self.lines(parts, &name.0) }
            }
            Read::Client => return Err(Refusal::ClientAddress),
            Read::Unique => return Err(Refusal::Unique),
        }
        Ok(())
    }

    /// The header or, as in HTTP/2, the authority.
    fn host(&mut self, parts: &Parts) {
        if parts.headers.contains_key(HOST) {
            self.lines(parts, &HOST);
        } else {
            self.values(parts.uri.authority().map(|authority| authority.as_str().as_bytes()));
        }
    }

    fn query(&mut self, parts: &Parts) {
        self.values(parts.uri.query().map(str::as_bytes));
    }

    fn lines(&mut self, parts: &Parts, name: &HeaderName) {
        self.values(parts.headers.get_all(name).iter().map(http::HeaderValue::as_bytes));
    }

    /// All of them in the order in which the app sees them. It sees a `Host` also where the client sent none (HTTP/2).
    fn headers(&mut self, parts: &Parts) {
        self.host(parts);
        for (name, value) in &parts.headers {
            self.out.push(VALUE);
            self.text(name.as_str().as_bytes());
            self.text(value.as_bytes());
        }
        self.out.push(END);
    }

    fn parameters<'a>(&mut self, values: impl Iterator<Item = query::Value<'a>>) {
        for value in values {
            self.out.push(VALUE);
            let at = self.out.len();
            self.out.extend_from_slice(&[0, 0]);
            self.out.extend(value.bytes());
            let length = self.length(self.out.len() - at - 2);
            self.out[at..at + 2].copy_from_slice(&length);
        }
        self.out.push(END);
    }

    fn values<'a>(&mut self, values: impl IntoIterator<Item = &'a [u8]>) {
        for value in values {
            self.out.push(VALUE);
            self.text(value);
        }
        self.out.push(END);
    }

    fn text(&mut self, text: &[u8]) {
        let length = self.length(text.len());
        // What is too long is not copied: a head may be much longer than a key.
        if !self.too_long && self.out.len() + text.len() <= MAX_KEY {
            self.out.extend_from_slice(&length);
            self.out.extend_from_slice(text);
        } else {
            self.too_long = true;
        }
    }

    fn length(&mut self, length: usize) -> [u8; 2] {
        let fits = u16::try_from(length).ok();
        self.too_long |= fits.is_none();
        fits.unwrap_or(u16::MAX).to_le_bytes()
    }
}

/// Whether a key is that of a request for this path.
pub(super) fn is_for(key: &[u8], path: &str) -> bool {
    u16::try_from(path.len())
        .is_ok_and(|length| key.strip_prefix(&length.to_le_bytes()).is_some_and(|rest| rest.starts_with(path.as_bytes())))
}

/// No more values.
const END: u8 = 0;
/// A value follows.
const VALUE: u8 = 1;
/// In place of the values of a name: what they are a part of.
const WHOLE: u8 = 2;

fn scheme(parts: &Parts) -> &'static [u8] {
    let https = match parts.extensions.get::<Client>() {
        Some(client) => client.https,
        None => parts.uri.scheme() == Some(&http::uri::Scheme::HTTPS),
    };
    if https { b"https" } else { b"http" }
}

fn version(version: Version) -> &'static [u8] {
    match version {
        Version::HTTP_09 => b"0.9",
        Version::HTTP_10 => b"1.0",
        Version::HTTP_11 => b"1.1",
        Version::HTTP_2 => b"2",
        _ => b"3",
    }
}

#[cfg(test)]
mod tests;
