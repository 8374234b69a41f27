//! Reads along with hyper and lets through only what every server reads the same way: the guard against request smuggling.
//!
//! hyper is lenient where RFC 9112 allows it: a bare LF ends a line, `Transfer-Encoding` wins over `Content-Length`, a list of
//! codings may precede `chunked`. A proxy in front that decides otherwise sees other requests than we do. Node's parser
//! (llhttp, strict) refuses nearly all of that and is the reference; where it is lenient as well and the RFC says that a server
//! must refuse (two `Host` fields), or a CVE shows why (`Transfer-Encoding` in HTTP/1.0, CVE-2026-2835), it is refused here too.
//!
//! To find heads, also of pipelined requests, the framing of bodies is followed. Because only one plain form of it is let
//! through (one `Content-Length` of digits, or `Transfer-Encoding: chunked`), hyper cannot follow it differently.
//!
//! Behind a request that asks for an upgrade it stops: whether what follows is HTTP is not known before the answer (CVE-2026-2833).
//!
//! # What it deliberately does not do
//! Parse. What hyper refuses as well (methods, control characters in values, the form of a target) is left to hyper.

mod chunks;

use memchr::memchr;

use super::limits::Limits;
use super::refusal::Answer;
use chunks::Chunks;

/// Lines without content before a request line: RFC 9112 section 2.2 asks for one to be ignored.
const MAX_EMPTY_LINES: usize = 1;

/// What a request line has beside its target, with room for every known method.
const REQUEST_LINE_REST: usize = 64;

/// Follows the bytes of one HTTP/1 connection.
pub(super) struct Gate {
    limits: HeadLimits,
    at: Part,
    head: Head,
    /// The start of a line whose end has not come yet.
    line: Vec<u8>,
    heads: usize,
}

/// The limits of a head.
#[derive(Clone, Copy)]
struct HeadLimits {
    size: usize,
    fields: usize,
    target: usize,
}

enum Part {
    /// Between two requests.
    Start,
    Head,
    /// Behind a request that asks for an upgrade.
    Held,
    /// Bytes that are left of a body.
    Sized(u64),
    Chunked(Chunks),
}

/// What the client sends next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Awaits {
    /// A request, of which nothing is there.
    Request,
    /// The rest of a head.
    Head,
    /// More of a body.
    Body,
}

/// Bytes that must not reach the app.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    /// How many of the bytes just looked at may still go through.
    pub(super) good: usize,
    /// `None`: in a body, whose reader gets an error.
    pub(super) answer: Option<Answer>,
}

/// What is known of a head so far.
#[derive(Default)]
struct Head {
    size: usize,
    empty_lines: usize,
    fields: usize,
    http_10: bool,
    length: Option<u64>,
    chunked: bool,
    host: bool,
    upgrade: bool,
    started: bool,
}

impl Gate {
    pub(super) fn new(limits: &Limits) -> Self {
        let limits = HeadLimits { size: limits.max_header_size, fields: limits.max_headers, target: limits.max_uri_length };
        Gate { limits, at: Part::Start, head: Head::default(), line: Vec::new(), heads: 0 }
    }

    /// What the client has to send.
    pub(super) fn awaits(&self) -> Awaits {
        match self.at {
            Part::Start | Part::Held => Awaits::Request,
            Part::Head if !self.head.started && self.line.is_empty() => Awaits::Request,
            Part::Head => Awaits::Head,
            Part::Sized(_) | Part::Chunked(_) => Awaits::Body,
        }
    }

    /// Heads that were whole.
    pub(super) fn heads(&self) -> usize {
        self.heads
    }

    /// Whether the last head asks for an upgrade, and nobody has said yet what becomes of it.
    pub(super) fn is_held(&self) -> bool {
        matches!(self.at, Part::Held)
    }

    /// The upgrade was refused: another head follows.
    pub(super) fn resume(&mut self) {
        self.at = Part::Start;
    }

    /// Looks at the next bytes of the connection; how many of them are HTTP: all, but for those behind a request for an upgrade.
    pub(super) fn look(&mut self, bytes: &[u8]) -> Result<usize, Refused> {
        let (mut at, mut head_start) = (0, 0);
        while at < bytes.len() {
            match &mut self.at {
                Part::Start => {
                    (self.at, self.head) = (Part::Head, Head::default());
                    head_start = at;
                }
                Part::Held => return Ok(at),
                Part::Head => match self.head_line(&bytes[at..]) {
                    Ok(count) => at += count,
                    Err(answer) => return Err(Refused { good: head_start, answer: Some(answer) }),
                },
                Part::Sized(left) => {
                    let count = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len() - at);
                    *left -= count as u64;
                    at += count;
                    if *left == 0 {
                        self.at = Part::Start;
                    }
                }
                Part::Chunked(chunks) => {
                    let (count, outcome) = chunks.look(&bytes[at..]);
                    at += count;
                    match outcome {
                        Ok(false) => {}
                        Ok(true) => self.at = Part::Start,
                        Err(()) => return Err(Refused { good: at, answer: None }),
                    }
                }
            }
        }
        Ok(at)
    }

    /// Takes one line of a head, or the start of one.
    fn head_line(&mut self, bytes: &[u8]) -> Result<usize, Answer> {
        let end = memchr(b'\n', bytes);
        let count = end.map_or(bytes.len(), |end| end + 1);
        self.head.size += count;
        let longest = if self.head.started { usize::MAX } else { self.limits.target + REQUEST_LINE_REST };
        let length = self.line.len() + count;
        let before = self.head.size - length;
        if end.is_none() || !self.line.is_empty() {
            // No more than the limit is ever kept.
            self.line.extend_from_slice(&bytes[..count.min(self.limits.size.saturating_sub(self.line.len()))]);
        }
        // Of two limits the one that is reached first, however many bytes come at a time.
        if length > longest && before + longest <= self.limits.size {
            return Err(Answer::UriTooLong);
        }
        if self.head.size > self.limits.size {
            return Err(Answer::HeadersTooLarge);
        }
        if end.is_none() {
            return Ok(count);
        }
        let kept = std::mem::take(&mut self.line);
        let line = if kept.is_empty() { &bytes[..count] } else { &kept[..] };
        let line = line.strip_suffix(b"\r\n").ok_or(Answer::BadRequest)?;
        if self.head.line(line, &self.limits)? {
            self.heads += 1;
            self.at = self.head.body(&self.limits)?;
        }
        Ok(count)
    }
}

impl Head {
    /// Takes a line without its end; whether it was the last one.
    fn line(&mut self, line: &[u8], limits: &HeadLimits) -> Result<bool, Answer> {
        if !self.started {
            if line.is_empty() {
                self.empty_lines += 1;
                return if self.empty_lines > MAX_EMPTY_LINES { Err(Answer::BadRequest) } else { Ok(false) };
            }
            self.started = true;
            return self.request_line(line, limits).map(|()| false);
        }
        if line.is_empty() {
            return Ok(true);
        }
        self.fields += 1;
        if self.fields > limits.fields {
            return Err(Answer::HeadersTooLarge);
        }
        let (name, value) = field(line).ok_or(Answer::BadRequest)?;
        self.take(name, value).ok_or(Answer::BadRequest)?;
        Ok(false)
    }

    fn request_line(&mut self, line: &[u8], limits: &HeadLimits) -> Result<(), Answer> {
        let mut parts = line.split(|byte| *byte == b' ');
        let (method, target, version) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
        let target = target.filter(|target| !target.is_empty()).ok_or(Answer::BadRequest)?;
        if parts.next().is_some() || !target.iter().all(|byte| matches!(byte, 0x21..=0x7e)) {
            return Err(Answer::BadRequest);
        }
        if target.len() > limits.target {
            return Err(Answer::UriTooLong);
        }
        match version {
            _ if method == b"PRI" => Err(Answer::BadRequest),
            Some(b"HTTP/1.1" | b"HTTP/1.0") if method == b"CONNECT" => Err(Answer::Silence),
            Some(b"HTTP/1.1") => Ok(()),
            Some(b"HTTP/1.0") => {
                self.http_10 = true;
                Ok(())
            }
            // HTTP/0.9 has no version.
            Some(b"HTTP/2.0" | b"HTTP/0.9") | None => Err(Answer::Version),
            Some(_) => Err(Answer::BadRequest),
        }
    }

    /// `None`: the field makes the request ambiguous.
    fn take(&mut self, name: &[u8], value: &[u8]) -> Option<()> {
        if name.eq_ignore_ascii_case(b"content-length") {
            // Only digits, and once: `5, 5` and `+5` are lengths to some.
            let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
            let length = digits.then(|| str::from_utf8(value).ok()?.parse().ok()).flatten()?;
            return self.length.replace(length).is_none().then_some(());
        }
        if name.eq_ignore_ascii_case(b"transfer-encoding") {
            let first = !std::mem::replace(&mut self.chunked, true);
            return (first && value.eq_ignore_ascii_case(b"chunked")).then_some(());
        }
        if name.eq_ignore_ascii_case(b"host") {
            // RFC 9112 section 3.2: more than one, or an invalid one, must be refused.
            let first = !std::mem::replace(&mut self.host, true);
            return (first && value.iter().all(|byte| HOST[usize::from(*byte)])).then_some(());
        }
        // Whatever hyper may take for one. HTTP/1.0 has none (RFC 9110 section 7.8).
        self.upgrade |= !self.http_10 && name.eq_ignore_ascii_case(b"upgrade");
        Some(())
    }

    /// How the body is framed, now that the head is whole.
    fn body(&self, limits: &HeadLimits) -> Result<Part, Answer> {
        match (self.length, self.chunked) {
            (Some(_), true) => Err(Answer::BadRequest),
            (_, true) if self.http_10 => Err(Answer::BadRequest),
            (_, true) => Ok(Part::Chunked(Chunks::new(limits.size, limits.fields))),
            // With a body there is no upgrade (`super::exchange`).
            (None | Some(0), _) if self.upgrade => Ok(Part::Held),
            (None | Some(0), _) => Ok(Part::Start),
            (Some(length), _) => Ok(Part::Sized(length)),
        }
    }
}

/// Name and value of a field line. `None`: folded onto the next line, without a colon, or a name that is no token (a
/// space before the colon).
fn field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let name = line.iter().position(|byte| !TOKEN[usize::from(*byte)]).filter(|length| *length > 0)?;
    let (name, value) = line.split_at(name);
    let value = value.strip_prefix(b":")?;
    memchr(b'\r', value).is_none().then(|| (name, trim(value)))
}

/// Only what HTTP calls white space: a vertical tab in front of `chunked` hides it from some.
fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// RFC 9110 section 5.6.2.
const TOKEN: [bool; 256] = alphanumeric_and(b"!#$%&'*+-.^_`|~");

/// RFC 3986 section 3.2.2, with the port, and without the user information that a proxy might take for the host.
const HOST: [bool; 256] = alphanumeric_and(b"-._~%!$&'()*+,;=:[]");

/// Which bytes are letters, digits or one of these: a table, because every byte of every name is looked up.
const fn alphanumeric_and(others: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte as usize] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut at = 0;
    while at < others.len() {
        table[others[at] as usize] = true;
        at += 1;
    }
    table
}

#[cfg(test)]
mod tests;
