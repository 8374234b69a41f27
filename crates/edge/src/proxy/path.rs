//! Which paths a route has, and what they are called at the backend.
//!
//! A route has its prefix and what is below it, segment by segment: `/api` has `/api` and `/api/a`, not `/apis`. The path is compared as
//! the client wrote it, so that no trick of spelling (`/%61pi`, `/x/../api`) leads into a route: whoever checks paths before or after
//! sees the same one.
//!
//! # What must not lead out
//! A backend may read a path otherwise than it is written: decode it, once or twice, take `\` for `/`, end a segment or the path at a `;`,
//! drop empty segments. A path that leaves its prefix in any of these readings is refused ([`Outside`]); everything else is passed on
//! byte for byte. The readings are not tried one by one but bounded from below (`Depth`), because a chain of servers may mix them.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use http::Uri;
use http::uri::PathAndQuery;

/// How often a path may be decoded until nothing changes any more. Who writes `%252525…` has nothing good in mind.
const ROUNDS: usize = 8;

/// The beginning of a path: whole segments, such as `/api`; without a slash at its end, and so empty for all paths.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Prefix(String);

/// The path leaves its prefix in some reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outside;

impl Prefix {
    /// All paths.
    pub fn root() -> Prefix {
        Prefix::default()
    }

    /// As it stands in a path: without the slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What of a path is below the prefix: empty, or with its leading slash. `None`: it is another path.
    pub fn rest<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix(self.0.as_str()).filter(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Whether all paths below the other one are below this one.
    pub fn holds(&self, other: &Prefix) -> bool {
        self.rest(&other.0).is_some()
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "/" } else { &self.0 })
    }
}

impl FromStr for Prefix {
    type Err = &'static str;

    /// `/api`, or `/api/*`, as patterns of paths have it.
    fn from_str(text: &str) -> Result<Prefix, &'static str> {
        let path = text.strip_suffix('*').filter(|path| path.ends_with('/')).unwrap_or(text);
        let path = path.strip_suffix('/').unwrap_or(path);
        if !text.starts_with('/') {
            return Err("a path that begins with `/`, such as `/api`");
        }
        if path.contains(['*', ':']) {
            return Err("the beginning of a path, such as `/api`, without `*` and `:`");
        }
        let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'%' | b'?' | b'#' | b';' | b'\\' | b'"' | b'<' | b'>');
        let has_dots = || path.split('/').any(|segment| matches!(segment, "." | ".."));
        if path.contains("//") || has_dots() || !path.bytes().all(plain) {
            return Err("a path in its plain form: no escapes, no empty segments, no `..`");
        }
        Ok(Prefix(path.to_owned()))
    }
}

/// What of a route's path goes to the backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The paths of the route.
    pub public: Prefix,
    /// What stands in its place at the backend: the same, another one, or nothing.
    pub backend: Prefix,
}

impl Mapping {
    /// Paths go on as they are.
    pub fn same(public: Prefix) -> Mapping {
        Mapping { backend: public.clone(), public }
    }

    /// Whether paths are not what they are at the backend.
    pub fn changes(&self) -> bool {
        self.public != self.backend
    }

    /// The target of a request, which is one of the route's.
    ///
    /// # Errors
    /// It is not, in some reading.
    pub fn target(&self, uri: &Uri) -> Result<Uri, Outside> {
        let rest = self.public.rest(uri.path()).ok_or(Outside)?;
        check(rest)?;
        let backend = self.backend.as_str();
        // What begins with two slashes is a host to who takes it for a reference (RFC 3986 section 4.2).
        if backend.is_empty() && names_host(rest) {
            return Err(Outside);
        }
        let path = if backend.is_empty() && rest.is_empty() { "/" } else { rest };
        let text = match uri.query() {
            Some(query) => format!("{backend}{path}?{query}"),
            None => format!("{backend}{path}"),
        };
        PathAndQuery::try_from(text).map(Uri::from).map_err(|_| Outside)
    }
}

/// Whether a path without prefix is the beginning of a host in some reading.
fn names_host(rest: &str) -> bool {
    readings(rest).is_none_or(|readings| {
        let is_slash = |byte: Option<&u8>| matches!(byte, Some(b'/' | b'\\'));
        readings.iter().any(|path| is_slash(path.first()) && is_slash(path.get(1)))
    })
}

/// Whether what is below a prefix stays there in every reading.
fn check(rest: &str) -> Result<(), Outside> {
    let has_nothing = |rest: &str| !rest.contains("..") && !rest.contains(['%', '\\']);
    if has_nothing(rest) {
        return Ok(());
    }
    let readings = readings(rest).ok_or(Outside)?;
    let stays =
        |path: &Cow<'_, [u8]>| Depth::of(path, |byte| byte == b'/') && Depth::of(path, |byte| matches!(byte, b'/' | b'\\'));
    if readings.iter().all(stays) { Ok(()) } else { Err(Outside) }
}

/// The path as written, decoded once, twice and so on until nothing changes. `None`: that takes too long.
fn readings(path: &str) -> Option<Vec<Cow<'_, [u8]>>> {
    let mut readings = vec![Cow::Borrowed(path.as_bytes())];
    while let Some(next) = readings.last().and_then(|last| decoded(last)) {
        if readings.len() > ROUNDS {
            return None;
        }
        readings.push(Cow::Owned(next));
    }
    Some(readings)
}

/// Decodes escapes, and what an old decoder takes for ASCII in two bytes (`%c0%ae` for a dot). `None`: there is nothing to decode.
fn decoded(bytes: &[u8]) -> Option<Vec<u8>> {
    let hex = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (mut out, mut at, mut changed) = (Vec::with_capacity(bytes.len()), 0, false);
    while let Some(&byte) = bytes.get(at) {
        let next = |distance: usize| bytes.get(at + distance).copied();
        let escape = (byte == b'%').then(|| Some(hex(next(1)?)? << 4 | hex(next(2)?)?)).flatten();
        let overlong = matches!(byte, 0xc0 | 0xc1).then(|| next(1).filter(|second| second & 0xc0 == 0x80)).flatten();
        let (decoded, length) = match (escape, overlong) {
            (Some(decoded), _) => (decoded, 3),
            (_, Some(second)) => ((byte & 1) << 6 | second & 0x3f, 2),
            _ => (byte, 1),
        };
        changed |= length > 1;
        out.push(decoded);
        at += length;
    }
    changed.then_some(out)
}

/// How far below its prefix a path is at least, whoever reads it.
struct Depth(usize);

impl Depth {
    /// Whether a path taken apart at these separators stays below its prefix.
    fn of(path: &[u8], separator: impl Fn(u8) -> bool) -> bool {
        let mut depth = Depth(0);
        path.split(|byte| separator(*byte)).all(|segment| depth.enter(segment))
    }

    /// Goes into a segment; whether that is still below the prefix. What is a step up to anyone is one, what is no step to anyone is none.
    fn enter(&mut self, segment: &[u8]) -> bool {
        let forms = std::iter::successors(Some(Cow::Borrowed(segment)), |form| decoded(form).map(Cow::Owned)).take(ROUNDS);
        let (mut is_up, mut is_step) = (false, true);
        for form in forms {
            let end = form.iter().position(|byte| matches!(byte, b';' | b'?' | b'#' | 0)).unwrap_or(form.len());
            for name in [&form[..], &form[..end]] {
                let name = name.trim_ascii();
                is_up |= name == b"..";
                is_step &= !name.is_empty() && name != b".";
            }
        }
        match (is_up, is_step) {
            (true, _) => match self.0.checked_sub(1) {
                Some(less) => self.0 = less,
                None => return false,
            },
            (false, true) => self.0 += 1,
            (false, false) => {}
        }
        true
    }
}

#[cfg(test)]
mod tests;
