//! The PROXY protocol, versions 1 and 2: what a TCP proxy says of its client before the first byte of the client.
//!
//! After "The PROXY protocol" of HAProxy (doc/proxy-protocol.txt). [`parse`] looks at the bytes read so far and never waits
//! for more than [`MAX_LEN`]. It does not decide who may send a header: anyone can, so the listener asks
//! [`crate::client::Peers`] first.
//!
//! # What it deliberately leaves alone
//! The destination address and the additional fields of version 2 (TLS, checksum): they are skipped. Addresses of other
//! transports than TCP count as not given, as in HAProxy.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The longest line of version 1, with its end (section 2.1).
const MAX_V1: usize = 107;

/// Addresses (216 bytes for Unix sockets) and additional fields of version 2. The field allows 64 KiB, but the header
/// is meant to fit a segment; nginx stops at 4 KiB.
const MAX_V2_REST: usize = 216 + 4096;

/// The longest header that is read: a buffer of this size is enough.
pub const MAX_LEN: usize = V2_HEAD + MAX_V2_REST;

const V1: &[u8] = b"PROXY ";
const V2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
const V2_HEAD: usize = 16;

/// What the bytes at the start of a connection are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parsed {
    /// The start of a header, or too little to tell: read more and ask again with all of it.
    Incomplete,
    /// No header: the bytes belong to the client.
    NotProxy,
    /// A whole header.
    Header(Header),
}

/// What a header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Its length in bytes; what follows belongs to the client.
    pub len: usize,
    /// The client. `None`: the proxy speaks for itself (`LOCAL`, as in its health checks) or knows none (`UNKNOWN`, Unix sockets);
    /// the connection's own address holds.
    pub source: Option<SocketAddr>,
}

/// A header that breaks the protocol: the connection must be dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// Version 1: no CR LF within 107 bytes.
    Unended,
    /// Version 1: a CR or an LF alone.
    LoneLineEnd,
    /// Version 1: neither `TCP4`, `TCP6` nor `UNKNOWN`.
    Protocol,
    /// Version 1: not two addresses of that family and two ports, each after one space.
    Addresses,
    /// The 13th byte: a version other than 2, or neither `LOCAL` nor `PROXY`.
    Command(u8),
    /// The 14th byte: a family or transport that the protocol does not have.
    Family(u8),
    /// Version 2: shorter than the addresses of its family.
    Short(u16),
    /// Version 2: longer than [`MAX_LEN`].
    Long(u16),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Unended => write!(f, "PROXY header without CR LF in its first {MAX_V1} bytes"),
            Error::LoneLineEnd => write!(f, "PROXY header with a CR or LF alone: expected CR LF at its end only"),
            Error::Protocol => write!(f, "PROXY header of an unknown protocol: expected TCP4, TCP6 or UNKNOWN"),
            Error::Addresses => write!(f, "PROXY header with malformed addresses: expected two addresses and two ports"),
            Error::Command(byte) => write!(f, "PROXY header with version and command {byte:#04x}: expected 0x20 or 0x21"),
            Error::Family(byte) => write!(f, "PROXY header with family and transport {byte:#04x}: expected 0x00 to 0x32"),
            Error::Short(len) => write!(f, "PROXY header whose addresses do not fit its length of {len} bytes"),
            Error::Long(len) => write!(f, "PROXY header of {len} bytes: expected at most {MAX_V2_REST}"),
        }
    }
}

impl std::error::Error for Error {}

/// Looks at the first bytes of a connection: all that were read so far.
///
/// # Errors
/// They begin as a header and go on as none. Reported as early as can be told.
pub fn parse(bytes: &[u8]) -> Result<Parsed, Error> {
    if bytes.starts_with(V1) {
        return v1(bytes);
    }
    if bytes.starts_with(V2) {
        return v2(bytes);
    }
    let is_start = V1.starts_with(bytes) || V2.starts_with(bytes);
    Ok(if is_start { Parsed::Incomplete } else { Parsed::NotProxy })
}

/// `PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n`
fn v1(bytes: &[u8]) -> Result<Parsed, Error> {
    let seen = &bytes[..bytes.len().min(MAX_V1)];
    let line = match seen.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
        Some(end) => match &seen[end..] {
            [b'\r', b'\n', ..] => &seen[..end],
            [b'\r'] if seen.len() < MAX_V1 => return Ok(Parsed::Incomplete),
            [b'\r'] => return Err(Error::Unended),
            _ => return Err(Error::LoneLineEnd),
        },
        None if seen.len() < MAX_V1 => return Ok(Parsed::Incomplete),
        None => return Err(Error::Unended),
    };
    let (protocol, addresses) = match line[V1.len()..].iter().position(|byte| *byte == b' ') {
        Some(space) => (&line[V1.len()..V1.len() + space], Some(&line[V1.len() + space + 1..])),
        None => (&line[V1.len()..], None),
    };
    let source = match (protocol, addresses) {
        (b"UNKNOWN", _) => None,
        (b"TCP4", Some(addresses)) => Some(v1_source::<Ipv4Addr>(addresses).ok_or(Error::Addresses)?),
        (b"TCP6", Some(addresses)) => Some(v1_source::<Ipv6Addr>(addresses).ok_or(Error::Addresses)?),
        (b"TCP4" | b"TCP6", None) => return Err(Error::Addresses),
        _ => return Err(Error::Protocol),
    };
    Ok(Parsed::Header(Header { len: line.len() + 2, source }))
}

/// All four parts must be right, although only two are used: else it is not the protocol.
fn v1_source<A: std::str::FromStr + Into<IpAddr>>(text: &[u8]) -> Option<SocketAddr> {
    let mut parts = str::from_utf8(text).ok()?.split(' ');
    let (source, _): (A, A) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let (port, _) = (port(parts.next()?)?, port(parts.next()?)?);
    parts.next().is_none().then(|| SocketAddr::new(source.into(), port))
}

/// Without a sign and without zeros in front (section 2.1).
fn port(text: &str) -> Option<u16> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten()
}

/// Signature, version and command, family and transport, length of the rest, addresses, additional fields (section 2.2).
fn v2(bytes: &[u8]) -> Result<Parsed, Error> {
    let is_local = match bytes.get(12) {
        None => return Ok(Parsed::Incomplete),
        Some(0x20) => true,
        Some(0x21) => false,
        Some(other) => return Err(Error::Command(*other)),
    };
    // The family of a LOCAL is to be ignored.
    let Some(&family) = bytes.get(13) else { return Ok(Parsed::Incomplete) };
    if !is_local && (family >> 4 > 3 || family & 0xf > 2) {
        return Err(Error::Family(family));
    }
    let Some(&[high, low]) = bytes.get(14..V2_HEAD) else { return Ok(Parsed::Incomplete) };
    let announced = u16::from_be_bytes([high, low]);
    let len = usize::from(announced);
    if len > MAX_V2_REST {
        return Err(Error::Long(announced));
    }
    let needed = match (is_local, family) {
        (false, 0x11 | 0x12) => 12,
        (false, 0x21 | 0x22) => 36,
        (false, 0x31 | 0x32) => 216,
        _ => 0,
    };
    if len < needed {
        return Err(Error::Short(announced));
    }
    let Some(rest) = bytes.get(V2_HEAD..V2_HEAD + len) else { return Ok(Parsed::Incomplete) };
    let source = match (is_local, family) {
        (false, 0x11) => source(rest.first_chunk::<4>(), rest.get(8..10)),
        (false, 0x21) => source(rest.first_chunk::<16>(), rest.get(32..34)),
        _ => None,
    };
    Ok(Parsed::Header(Header { len: V2_HEAD + len, source }))
}

fn source<const N: usize>(ip: Option<&[u8; N]>, port: Option<&[u8]>) -> Option<SocketAddr>
where
    IpAddr: From<[u8; N]>,
{
    Some(SocketAddr::new(IpAddr::from(*ip?), u16::from_be_bytes(port?.try_into().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What HAProxy 2.6.12 sent (`send-proxy`, `send-proxy-v2`, `-v2-ssl-cn`, `proxy-v2-options crc32c,unique-id,authority`, `check-send-proxy`,
    /// and for a client on a Unix socket), without the client's bytes.
    const SENT: [(&[u8], Option<&str>); 12] = [
        (b"PROXY TCP4 127.0.0.1 127.0.0.1 40000 17000\r\n", Some("127.0.0.1:40000")),
        (b"PROXY TCP6 ::1 ::1 40005 17005\r\n", Some("[::1]:40005")),
        (b"PROXY TCP4 127.0.0.1 127.0.0.1 39440 17111\r\n", Some("127.0.0.1:39440")),
        (b"PROXY UNKNOWN\r\n", None),
        (b"\r\n\r\n\x00\r\nQUIT\n \x00\x00\x00", None),
        (b"\r\n\r\n\x00\r\nQUIT\n!\x11\x00\x0c\x7f\x00\x00\x01\x7f\x00\x00\x01\x9cJBr", Some("127.0.0.1:40010")),
        (
            b"\r\n\r\n\x00\r\nQUIT\n!!\x00$\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x9cOBw",
            Some("[::1]:40015"),
        ),
        (
            b"\r\n\r\n\x00\r\nQUIT\n!\x11\x00\x1e\x7f\x00\x00\x01\x7f\x00\x00\x01\x9cTB| \x00\x0f\x01\0\0\0\0!\x00\x07TLSv1.3",
            Some("127.0.0.1:40020"),
        ),
        (
            b"\r\n\r\n\x00\r\nQUIT\n!!\x006\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x9cYB\x81 \x00\x0f\x01\0\0\0\0!\x00\x07TLSv1.3",
            Some("[::1]:40025"),
        ),
        (
            b"\r\n\r\n\x00\r\nQUIT\n!\x11\x00/\x7f\x00\x00\x01\x7f\x00\x00\x01\x9c^B\x86\x03\x00\x04o\x90#\x83\x02\x00\ta.example\x05\x00\rabc-127.0.0.1",
            Some("127.0.0.1:40030"),
        ),
        (
            b"\r\n\r\n\x00\r\nQUIT\n!!\x00A\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x9ccB\x8b\x03\x00\x04\tO\x1c\xc6\x02\x00\ta.example\x05\x00\x07abc-::1",
            Some("[::1]:40035"),
        ),
        // The example of the specification.
        (b"PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n", Some("192.168.0.1:56324")),
    ];

    #[test]
    fn reads_what_haproxy_sends() {
        for (bytes, source) in SENT {
            let source = source.map(|source| source.parse().unwrap());
            let expected = Ok(Parsed::Header(Header { len: bytes.len(), source }));
            assert_eq!(parse(bytes), expected, "{}", bytes.escape_ascii());
            assert_eq!(parse(&[bytes, b"GET / HTTP/1.1\r\n\r\n"].concat()), expected, "{}", bytes.escape_ascii());
            for cut in 0..bytes.len() {
                assert_eq!(parse(&bytes[..cut]), Ok(Parsed::Incomplete), "{} cut at {cut}", bytes.escape_ascii());
            }
        }
    }

    #[test]
    fn leaves_other_bytes_alone() {
        for bytes in [
            &b"GET / HTTP/1.1\r\n"[..],
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"PROXYX / HTTP/1.1\r\n",
            b"proxy tcp4 ",
            b"\r\nGET / HTTP/1.1\r\n",
            b"\r\n\r\n\0\r\nQUIT\r",
            b"\x16\x03\x01\x02\x00",
        ] {
            assert_eq!(parse(bytes), Ok(Parsed::NotProxy), "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn version_1_is_exact() {
        // The longest lines of section 2.1.
        let longest = format!("PROXY TCP6 {0} {0} 65535 65535\r\n", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
        let unknown = longest.replace("TCP6", "UNKNOWN");
        assert_eq!((longest.len(), unknown.len()), (104, 107));
        let source = Some("[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535".parse().unwrap());
        assert_eq!(parse(longest.as_bytes()), Ok(Parsed::Header(Header { len: 104, source })));
        assert_eq!(parse(unknown.as_bytes()), Ok(Parsed::Header(Header { len: 107, source: None })));
        let too_long = format!("PROXY UNKNOWN {}\r\n", "x".repeat(92));
        let cases = [
            (&too_long[..], Error::Unended),
            (&too_long[..107], Error::Unended),
            ("PROXY UNKNOWN\n", Error::LoneLineEnd),
            ("PROXY UNKNOWN\rx", Error::LoneLineEnd),
            ("PROXY TCP4 1.2.3.4\n 5.6.7.8 1 2\r\n", Error::LoneLineEnd),
            ("PROXY \r\n", Error::Protocol),
            ("PROXY TCP5 1.2.3.4 5.6.7.8 1 2\r\n", Error::Protocol),
            ("PROXY tcp4 1.2.3.4 5.6.7.8 1 2\r\n", Error::Protocol),
            ("PROXY  TCP4 1.2.3.4 5.6.7.8 1 2\r\n", Error::Protocol),
            ("PROXY UNKNOWNX\r\n", Error::Protocol),
            ("PROXY TCP4\r\n", Error::Addresses),
            ("PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n", Error::Addresses),
            ("PROXY TCP4 1.2.3.4 5.6.7.8 1 2 \r\n", Error::Addresses),
            ("PROXY TCP4 1.2.3.4  5.6.7.8 1 2\r\n", Error::Addresses),
            ("PROXY TCP4 1.2.3.4 5.6.7.8 01 2\r\n", Error::Addresses),
            ("PROXY TCP4 1.2.3.4 5.6.7.8 +1 2\r\n", Error::Addresses),
            ("PROXY TCP4 1.2.3.4 5.6.7.8 1 65536\r\n", Error::Addresses),
            ("PROXY TCP4 1.2.3.04 5.6.7.8 1 2\r\n", Error::Addresses),
            ("PROXY TCP4 ::1 ::1 1 2\r\n", Error::Addresses),
            ("PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n", Error::Addresses),
            ("PROXY TCP4 1.2.3.4 ::1 1 2\r\n", Error::Addresses),
        ];
        for (line, error) in cases {
            assert_eq!(parse(line.as_bytes()), Err(error), "{line}");
        }
        assert_eq!(parse(&too_long.as_bytes()[..106]), Ok(Parsed::Incomplete));
    }

    /// A header of version 2, its rest filled with zeros.
    fn v2_header(command: u8, family: u8, len: u16) -> Vec<u8> {
        [V2, &[command, family], &len.to_be_bytes(), &vec![0; usize::from(len)]].concat()
    }

    #[test]
    fn version_2_follows_the_tables() {
        let zeros = |text: &str| Some(text.parse().unwrap());
        let most = u16::try_from(MAX_V2_REST).unwrap();
        let cases = [
            // LOCAL: the family is ignored, the length is not.
            (0x20, 0xff, 7, Ok(None)),
            (0x20, 0x11, 0, Ok(None)),
            (0x21, 0x00, 0, Ok(None)),
            (0x21, 0x00, 99, Ok(None)),
            (0x21, 0x10, 0, Ok(None)),
            (0x21, 0x11, 12, Ok(zeros("0.0.0.0:0"))),
            (0x21, 0x11, 13, Ok(zeros("0.0.0.0:0"))),
            (0x21, 0x11, most, Ok(zeros("0.0.0.0:0"))),
            (0x21, 0x12, 12, Ok(None)),
            (0x21, 0x21, 36, Ok(zeros("[::]:0"))),
            (0x21, 0x31, 216, Ok(None)),
            (0x21, 0x11, 11, Err(Error::Short(11))),
            (0x21, 0x21, 35, Err(Error::Short(35))),
            (0x21, 0x32, 215, Err(Error::Short(215))),
            (0x21, 0x11, most + 1, Err(Error::Long(most + 1))),
            (0x20, 0x00, u16::MAX, Err(Error::Long(u16::MAX))),
            (0x21, 0x13, 12, Err(Error::Family(0x13))),
            (0x21, 0x41, 12, Err(Error::Family(0x41))),
            (0x22, 0x11, 12, Err(Error::Command(0x22))),
            (0x11, 0x11, 12, Err(Error::Command(0x11))),
            (0x31, 0x11, 12, Err(Error::Command(0x31))),
        ];
        for (command, family, len, expected) in cases {
            let bytes = v2_header(command, family, len);
            let expected = expected.map(|source| Parsed::Header(Header { len: bytes.len(), source }));
            assert_eq!(parse(&bytes), expected, "{command:#x} {family:#x} {len}");
            if expected.is_err() {
                assert_eq!(parse(&bytes[..V2_HEAD]), expected, "told from the head: {command:#x} {family:#x} {len}");
            }
        }
    }
}
