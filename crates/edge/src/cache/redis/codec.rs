//! An entry as a row of bytes.
//!
//! # Form
//! [`MAGIC`], the first 16 bytes of the SHA-256 of the rest, the build, and then the entry; lengths are u32, numbers little endian. What
//! does not begin with the same bytes, is cut, or of which a bit was flipped, is nothing.
//!
//! Why no serialisation crate: the types of `http` have none of their own, and the checksum is what makes it safe.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::names;
use crate::account::Route;
use crate::cache::{Key, Lifetime, Spec, Stored};
use crate::compression::Choice;

/// What every entry begins with. The last byte is the version of the form.
const MAGIC: [u8; 5] = *b"ssrh\x02";

const HEAD: usize = MAGIC.len() + size_of::<names::Hash>();

/// The fastest: what it saves of the network is most of what there is to save.
const LEVEL: i32 = 1;

/// What is smaller stays as it is.
const MIN_COMPRESSED: usize = 512;

/// Larger bodies are not believed.
const MAX_BODY: usize = 256 << 20;

const RAW: u8 = 0;
const ZSTD: u8 = 1;

/// `None`: something is longer than the form allows.
pub(super) fn encode(stored: &Stored, build: &str) -> Option<Vec<u8>> {
    let Stored { path, query, spec, key, status, headers, own_etag, choice, route, body, lifetime, received, born, tags } =
        stored;
    let Lifetime { fresh, initial_age, stale_while_revalidate, stale_if_error, authorized } = lifetime;
    let mut out = Writer(vec![0; HEAD]);
    out.text(build)?;
    out.text(path)?;
    out.text(query)?;
    out.bytes(&spec.to_bytes())?;
    out.bytes(key.as_bytes())?;
    out.0.extend(status.as_u16().to_le_bytes());
    out.0.extend([u8::from(*own_etag), u8::from(*authorized)]);
    for duration in [fresh, initial_age, stale_while_revalidate, stale_if_error] {
        out.0.extend(duration.as_secs().to_le_bytes());
        out.0.extend(duration.subsec_nanos().to_le_bytes());
    }
    out.0.extend(received.to_le_bytes());
    out.0.extend(born.to_le_bytes());
    out.count(tags.len())?;
    tags.iter().try_for_each(|tag| out.text(tag))?;
    out.count(headers.len())?;
    for (name, value) in headers {
        out.text(name.as_str())?;
        out.bytes(value.as_bytes())?;
    }
    out.choice(choice.as_ref())?;
    out.text(route.as_ref().map_or("", |route| &route.0))?;
    out.body(body)?;
    let mut out = out.0;
    let sum = names::hash(&out[HEAD..]);
    out[..MAGIC.len()].copy_from_slice(&MAGIC);
    out[MAGIC.len()..HEAD].copy_from_slice(&sum);
    Some(out)
}

/// `None`: it is none of ours, or of another build.
pub(super) fn decode(value: &[u8], build: &str) -> Option<Stored> {
    let (sum, rest) = value.strip_prefix(&MAGIC)?.split_at_checked(size_of::<names::Hash>())?;
    if sum != names::hash(rest) {
        return None;
    }
    let mut read = Reader(rest);
    if read.text()? != build {
        return None;
    }
    // In the order in which they were written: an expression of this kind is evaluated from top to bottom.
    let stored = Stored {
        path: read.text()?.into(),
        query: read.text()?.into(),
        spec: Arc::new(Spec::from_bytes(read.bytes()?)?),
        key: Key::from_bytes(read.bytes()?),
        status: StatusCode::from_u16(u16::from_le_bytes(read.array()?)).ok()?,
        own_etag: read.flag()?,
        lifetime: Lifetime {
            authorized: read.flag()?,
            fresh: read.duration()?,
            initial_age: read.duration()?,
            stale_while_revalidate: read.duration()?,
            stale_if_error: read.duration()?,
        },
        received: read.number()?,
        born: read.number()?,
        tags: (0..read.count()?).map(|_| read.text().map(Into::into)).collect::<Option<_>>()?,
        headers: read.headers()?,
        choice: read.choice()?,
        route: Some(read.text()?).filter(|route| !route.is_empty()).map(|route| Route(route.into())),
        body: read.body()?,
    };
    read.0.is_empty().then_some(stored)
}

struct Writer(Vec<u8>);

impl Writer {
    fn count(&mut self, count: usize) -> Option<()> {
        self.0.extend(u32::try_from(count).ok()?.to_le_bytes());
        Some(())
    }

    fn bytes(&mut self, bytes: &[u8]) -> Option<()> {
        self.count(bytes.len())?;
        self.0.extend(bytes);
        Some(())
    }

    fn text(&mut self, text: &str) -> Option<()> {
        self.bytes(text.as_bytes())
    }

    fn choice(&mut self, choice: Option<&Choice>) -> Option<()> {
        self.text(&choice.map_or(Some(String::new()), Choice::to_text)?)
    }

    fn body(&mut self, body: &[u8]) -> Option<()> {
        let compressed = if body.len() < MIN_COMPRESSED { None } else { zstd::bulk::compress(body, LEVEL).ok() };
        let (kind, bytes) = match &compressed {
            Some(compressed) if compressed.len() < body.len() => (ZSTD, &compressed[..]),
            _ => (RAW, body),
        };
        self.0.push(kind);
        self.count(body.len())?;
        self.bytes(bytes)
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    fn number(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    fn count(&mut self) -> Option<usize> {
        usize::try_from(u32::from_le_bytes(self.array()?)).ok()
    }

    fn flag(&mut self) -> Option<bool> {
        self.array().map(|[flag]| flag != 0)
    }

    fn choice(&mut self) -> Option<Option<Choice>> {
        match self.text()? {
            "" => Some(None),
            text => Choice::from_text(text).map(Some),
        }
    }

    fn duration(&mut self) -> Option<Duration> {
        let (seconds, nanos) = (self.number()?, u32::from_le_bytes(self.array()?));
        (nanos < 1_000_000_000).then(|| Duration::new(seconds, nanos))
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.count()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    fn headers(&mut self) -> Option<HeaderMap> {
        let mut headers = HeaderMap::new();
        for _ in 0..self.count()? {
            let name = HeaderName::from_bytes(self.bytes()?).ok()?;
            headers.try_append(name, HeaderValue::from_bytes(self.bytes()?).ok()?).ok()?;
        }
        Some(headers)
    }

    fn body(&mut self) -> Option<Bytes> {
        let [kind] = self.array()?;
        let (length, bytes) = (self.count().filter(|&length| length <= MAX_BODY)?, self.bytes()?);
        let body = match kind {
            RAW => bytes.to_vec(),
            ZSTD => zstd::bulk::decompress(bytes, length).ok()?,
            _ => return None,
        };
        (body.len() == length).then(|| body.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::{Name, Read};
    use crate::compression::Encoding;

    fn sequence(mut state: u64) -> impl FnMut(usize) -> usize {
        move |end| {
            state = state * 48271 % 2_147_483_647;
            state as usize % end
        }
    }

    /// Any entry; bodies of pages, of noise, and none.
    fn any(chance: &mut impl FnMut(usize) -> usize) -> Stored {
        let reads = [
            Read::Host,
            Read::Scheme,
            Read::Version,
            Read::Parameter("ä=&".into()),
            Read::Cookie("".into()),
            Read::Header(Name("accept".parse().unwrap())),
        ];
        let noise = |chance: &mut dyn FnMut(usize) -> usize, length| (0..length).map(|_| chance(256) as u8).collect::<Vec<_>>();
        let mut duration = || Duration::new(chance(100_000) as u64, chance(1_000_000_000) as u32);
        let lifetime = Lifetime {
            fresh: duration(),
            initial_age: duration(),
            stale_while_revalidate: duration(),
            stale_if_error: Duration::MAX,
            authorized: chance(2) == 0,
        };
        let mut headers = HeaderMap::new();
        for _ in 0..chance(6) {
            let name = ["link", "x-a", "date"][chance(3)];
            headers.append(name, HeaderValue::from_bytes(&[b'a'; 3][..chance(4)]).unwrap());
        }
        headers.append("x-bytes", HeaderValue::from_bytes(b"\xff\xe4").unwrap());
        let body = match chance(3) {
            0 => Bytes::new(),
            1 => "<p>page</p>".repeat(chance(300)).into(),
            _ => {
                let length = chance(2000);
                noise(&mut *chance, length).into()
            }
        };
        Stored {
            path: "/a%20\u{e4}".into(),
            query: "?&"[..chance(3)].into(),
            spec: Arc::new(Spec(reads[..chance(reads.len() + 1)].into())),
            key: Key::from_bytes(&[0, 255, 1, 0][..chance(5)]),
            status: StatusCode::from_u16(200 + chance(800) as u16).unwrap(),
            headers,
            own_etag: chance(2) == 0,
            choice: [None, Some(Choice::Never), Some(Choice::encode(Encoding::Gzip, 7))][chance(3)].clone(),
            route: [None, Some(Route::from("/posts/:id"))][chance(2)].clone(),
            body,
            lifetime,
            received: u64::MAX,
            born: chance(1_000_000) as u64,
            tags: ["", "a", "b c"][..chance(4)].iter().map(|&tag| tag.into()).collect(),
        }
    }

    #[test]
    fn comes_back_as_it_was() {
        let mut chance = sequence(1);
        let mut compressed = 0;
        for _ in 0..500 {
            let stored = any(&mut chance);
            let value = encode(&stored, "build").unwrap();
            compressed += usize::from(value.len() < stored.body.len());
            let read = decode(&value, "build").unwrap();
            assert_eq!(format!("{read:?}"), format!("{stored:?}"));
            assert_eq!(read.headers, stored.headers);
            assert!(decode(&value, "other").is_none());
        }
        assert!(compressed > 50, "{compressed}");
    }

    #[test]
    fn is_nothing_when_a_bit_or_the_end_is_missing() {
        let mut chance = sequence(2);
        for _ in 0..4 {
            let value = encode(&any(&mut chance), "build").unwrap();
            for at in 0..value.len() {
                assert!(decode(&value[..at], "build").is_none(), "the first {at} bytes");
                let mut flipped = value.clone();
                flipped[at] ^= 1 << chance(8);
                assert!(decode(&flipped, "build").is_none(), "flipped in byte {at}");
            }
            let longer = [&value[..], b"\0"].concat();
            assert!(decode(&longer, "build").is_none());
        }
    }

    /// What no checksum finds: bytes that have the right one.
    #[test]
    fn rubbish_that_adds_up_does_no_harm() {
        let mut chance = sequence(3);
        for _ in 0..200 {
            let mut value = encode(&any(&mut chance), "build").unwrap();
            for _ in 0..3 {
                let at = HEAD + chance(value.len() - HEAD);
                value[at] = chance(256) as u8;
            }
            value.truncate(HEAD + chance(value.len() - HEAD + 1));
            let sum = names::hash(&value[HEAD..]);
            value[MAGIC.len()..HEAD].copy_from_slice(&sum);
            if let Some(stored) = decode(&value, "build") {
                assert!(decode(&encode(&stored, "build").unwrap(), "build").is_some());
            }
        }
    }
}
