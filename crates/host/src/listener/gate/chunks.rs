//! A chunked body, followed byte by byte in the one form that RFC 9112 section 7.1 gives it.

use super::{field, memchr};

/// Digits of a chunk size: more is nothing but an attempt to overflow somebody's counter.
const MAX_DIGITS: u32 = 16;

/// Bytes of all extensions of a body. Node's limit, after CVE-2024-22019.
const MAX_EXTENSIONS: usize = 16 << 10;

/// Where in the body we are.
pub(super) struct Chunks {
    at: At,
    extensions: usize,
    trailer: Vec<u8>,
    trailer_size: usize,
    trailers: usize,
    max_trailer_size: usize,
    max_trailers: usize,
}

#[derive(Clone, Copy)]
enum At {
    Size { size: u64, digits: u32 },
    Extension { size: u64, empty: bool },
    SizeLf { size: u64 },
    Data { left: u64 },
    DataCr,
    DataLf,
    Trailer,
}

impl Chunks {
    pub(super) fn new(max_trailer_size: usize, max_trailers: usize) -> Self {
        let at = At::Size { size: 0, digits: 0 };
        Chunks { at, extensions: 0, trailer: Vec::new(), trailer_size: 0, trailers: 0, max_trailer_size, max_trailers }
    }

    /// How many bytes belong to the body and are in order, and whether it ends with them. `Err`: what follows is not in order.
    pub(super) fn look(&mut self, bytes: &[u8]) -> (usize, Result<bool, ()>) {
        let mut at = 0;
        while at < bytes.len() {
            match self.at {
                At::Data { left } => {
                    let count = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len() - at);
                    let left = left - count as u64;
                    self.at = if left == 0 { At::DataCr } else { At::Data { left } };
                    at += count;
                }
                At::Trailer => match self.trailer(&bytes[at..]) {
                    Some((count, false)) => at += count,
                    Some((count, true)) => return (at + count, Ok(true)),
                    None => return (at, Err(())),
                },
                part => match self.step(part, bytes[at]) {
                    Some(next) => {
                        self.at = next;
                        at += 1;
                    }
                    None => return (at, Err(())),
                },
            }
        }
        (at, Ok(false))
    }

    /// Takes one byte of what frames the data.
    fn step(&mut self, part: At, byte: u8) -> Option<At> {
        match (part, byte) {
            (At::Size { size, digits }, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') if digits < MAX_DIGITS => {
                let digit = char::from(byte).to_digit(16)?;
                Some(At::Size { size: size << 4 | u64::from(digit), digits: digits + 1 })
            }
            (At::Size { size, digits: 1.. }, b';') => Some(At::Extension { size, empty: true }),
            (At::Size { size, digits: 1.. }, b'\r') | (At::Extension { size, empty: false }, b'\r') => Some(At::SizeLf { size }),
            (At::Extension { size, .. }, b'\t' | 0x20..=0x7e | 0x80..) => {
                self.extensions += 1;
                (self.extensions <= MAX_EXTENSIONS).then_some(At::Extension { size, empty: false })
            }
            (At::SizeLf { size: 0 }, b'\n') => Some(At::Trailer),
            (At::SizeLf { size }, b'\n') => Some(At::Data { left: size }),
            (At::DataCr, b'\r') => Some(At::DataLf),
            (At::DataLf, b'\n') => Some(At::Size { size: 0, digits: 0 }),
            _ => None,
        }
    }

    /// Takes one line after the last chunk, or the start of one; whether it was the last. `None`: not in order.
    fn trailer(&mut self, bytes: &[u8]) -> Option<(usize, bool)> {
        let end = memchr(b'\n', bytes);
        let count = end.map_or(bytes.len(), |end| end + 1);
        self.trailer_size += count;
        if self.trailer_size > self.max_trailer_size {
            return None;
        }
        self.trailer.extend_from_slice(&bytes[..count]);
        if end.is_none() {
            return Some((count, false));
        }
        let line = std::mem::take(&mut self.trailer);
        let line = line.strip_suffix(b"\r\n")?;
        if line.is_empty() {
            return Some((count, true));
        }
        self.trailers += 1;
        let (name, _) = field(line)?;
        // RFC 9110 section 6.5.1: framing and routing do not belong there.
        let framing =
            [&b"content-length"[..], b"transfer-encoding", b"host"].iter().any(|framing| name.eq_ignore_ascii_case(framing));
        (self.trailers <= self.max_trailers && !framing).then_some((count, false))
    }
}
