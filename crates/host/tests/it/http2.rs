//! HTTP/2 on the wire, frame by frame: what RFC 9113 and RFC 7541 demand of a server, as h2spec checks it, and the attacks on it.
//!
//! Frames are written by hand, because no client library sends what is wrong. A *connection error* must be answered with GOAWAY
//! and its code (RFC 9113 section 5.4.1), a *stream error* with RST_STREAM (5.4.2) or by treating it as a connection error.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::host::{App, PATIENCE, TestHost};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Frame types (RFC 9113 section 6).
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const PRIORITY: u8 = 2;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PUSH_PROMISE: u8 = 5;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

const END_STREAM: u8 = 1;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;
const PADDED: u8 = 8;

/// Error codes (RFC 9113 section 7).
const PROTOCOL_ERROR: u32 = 1;
const FLOW_CONTROL_ERROR: u32 = 3;
const STREAM_CLOSED: u32 = 5;
const FRAME_SIZE_ERROR: u32 = 6;
const REFUSED_STREAM: u32 = 7;
const COMPRESSION_ERROR: u32 = 9;
const ENHANCE_YOUR_CALM: u32 = 11;

/// The HTTP library reports a frame it cannot read with the general code, where the RFC has a more specific one.
const GENERAL_OR_SIZE: &[u32] = &[PROTOCOL_ERROR, FRAME_SIZE_ERROR];
const GENERAL_OR_COMPRESSION: &[u32] = &[PROTOCOL_ERROR, COMPRESSION_ERROR];

/// Answers with the method, the path and the length of the body; `/wait` takes a while.
const APP: &str = r#"
  export default {
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/wait") await new Promise((wake) => setTimeout(wake, 500));
      const body = await request.text();
      return new Response(`${request.method} ${pathname} ${body.length}`);
    },
  };
"#;

fn start() -> TestHost {
    App::source(APP).isolates(1).start()
}

/// A frame as it stands on the wire.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A header block of literals that are not indexed (RFC 7541 section 6.2.2), without Huffman coding.
fn block(headers: &[(&str, &str)]) -> Vec<u8> {
    let text = |text: &str| [integer(text.len()), text.as_bytes().to_vec()].concat();
    headers.iter().flat_map(|(name, value)| [vec![0], text(name), text(value)].concat()).collect()
}

/// An integer with a prefix of seven bits (RFC 7541 section 5.1).
fn integer(value: usize) -> Vec<u8> {
    if value < 127 {
        return vec![u8::try_from(value).unwrap()];
    }
    let (mut bytes, mut rest) = (vec![127], value - 127);
    while rest >= 128 {
        bytes.push(u8::try_from(rest % 128 + 128).unwrap());
        rest /= 128;
    }
    bytes.push(u8::try_from(rest).unwrap());
    bytes
}

/// The pseudo-headers of a request.
fn pseudo(method: &'static str, path: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![(":method", method), (":scheme", "http"), (":path", path), (":authority", "localhost")]
}

fn get(stream: u32, path: &'static str) -> Vec<u8> {
    frame(HEADERS, END_STREAM | END_HEADERS, stream, &block(&pseudo("GET", path)))
}

/// A request with these headers after, or in place of, the usual ones.
fn request(headers: &[(&str, &str)]) -> Vec<u8> {
    frame(HEADERS, END_STREAM | END_HEADERS, 1, &block(headers))
}

fn with(headers: &[(&'static str, &'static str)]) -> Vec<u8> {
    request(&[pseudo("GET", "/"), headers.to_vec()].concat())
}

/// A frame that came.
#[derive(Debug)]
struct Frame {
    kind: u8,
    flags: u8,
    stream: u32,
    payload: Vec<u8>,
}

impl Frame {
    /// The error code of GOAWAY or RST_STREAM.
    fn code(&self) -> u32 {
        let at = if self.kind == GOAWAY { 4 } else { 0 };
        u32::from_be_bytes(self.payload[at..at + 4].try_into().unwrap())
    }
}

struct Client(TcpStream);

impl Client {
    /// Connects, sends the preface and settings.
    fn open(host: &TestHost) -> Client {
        let stream = TcpStream::connect(("127.0.0.1", host.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        let mut client = Client(stream);
        client.send(PREFACE);
        client.send(&frame(SETTINGS, 0, 0, &[]));
        client
    }

    /// Sends; a connection that the server has closed is no reason to fail here.
    fn send(&mut self, bytes: &[u8]) -> bool {
        self.0.write_all(bytes).is_ok()
    }

    /// The next frame; `None` when the connection is closed.
    fn next(&mut self) -> Option<Frame> {
        let mut head = [0; 9];
        self.read(&mut head)?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let mut payload = vec![0; length];
        self.read(&mut payload)?;
        let stream = u32::from_be_bytes(head[5..].try_into().unwrap()) & 0x7fff_ffff;
        Some(Frame { kind: head[3], flags: head[4], stream, payload })
    }

    fn read(&mut self, buffer: &mut [u8]) -> Option<()> {
        match self.0.read_exact(buffer) {
            Ok(()) => Some(()),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                panic!("the server says nothing")
            }
            Err(_) => None,
        }
    }

    /// Frames up to the first that `found` takes; `None` when the connection is closed before.
    fn find(&mut self, found: impl Fn(&Frame) -> bool) -> Option<Frame> {
        loop {
            let frame = self.next()?;
            if found(&frame) {
                return Some(frame);
            }
        }
    }

    /// The body of the answer on a stream.
    fn body(&mut self, stream: u32) -> String {
        let mut body = Vec::new();
        loop {
            let frame = self.find(|frame| frame.stream == stream).expect("an answer");
            assert!(matches!(frame.kind, HEADERS | DATA | WINDOW_UPDATE), "{frame:?}");
            if frame.kind == DATA {
                body.extend(&frame.payload);
            }
            if frame.kind != WINDOW_UPDATE && frame.flags & END_STREAM != 0 {
                return String::from_utf8(body).unwrap();
            }
        }
    }
}

#[test]
fn answers_requests_on_one_connection() {
    let host = start();
    let mut client = Client::open(&host);
    client.send(&get(1, "/wait"));
    client.send(&get(3, "/b"));
    assert_eq!(client.body(3), "GET /b 0");
    assert_eq!(client.body(1), "GET /wait 0");

    // Padding, a header block in pieces, a frame of an unknown type, PRIORITY, a body in two frames.
    let whole = block(&pseudo("POST", "/c"));
    client.send(&frame(HEADERS, 0, 5, &whole[..20]));
    client.send(&frame(CONTINUATION, 0, 5, &whole[20..30]));
    client.send(&frame(CONTINUATION, END_HEADERS, 5, &whole[30..]));
    client.send(&frame(0xbe, 0xff, 5, b"unknown"));
    client.send(&frame(PRIORITY, 0, 5, &[0, 0, 0, 0, 16]));
    client.send(&frame(DATA, PADDED, 5, b"\x03abc\0\0\0"));
    client.send(&frame(DATA, END_STREAM, 5, b"de"));
    assert_eq!(client.body(5), "POST /c 5");

    client.send(&frame(PING, 0, 0, b"12345678"));
    let pong = client.find(|frame| frame.kind == PING).unwrap();
    assert_eq!((pong.flags & ACK, &pong.payload[..]), (ACK, &b"12345678"[..]));
}

/// What a client does wrong, and the code of the connection error.
fn connection_errors() -> Vec<(&'static str, Vec<u8>, &'static [u32])> {
    let setting = |id: u16, value: u32| frame(SETTINGS, 0, 0, &[&id.to_be_bytes()[..], &value.to_be_bytes()].concat());
    let post = frame(HEADERS, END_HEADERS, 1, &block(&pseudo("POST", "/")));
    let after = |first: &[u8], then: Vec<u8>| [first, &then].concat();
    vec![
        ("6.1 DATA on stream 0", frame(DATA, 0, 0, b"x"), &[PROTOCOL_ERROR]),
        ("5.1 DATA on an idle stream", frame(DATA, 0, 5, b"x"), &[PROTOCOL_ERROR]),
        ("6.1 padding longer than DATA", after(&post, frame(DATA, PADDED, 1, b"\x09abc")), &[PROTOCOL_ERROR]),
        ("6.2 HEADERS on stream 0", frame(HEADERS, END_HEADERS, 0, &block(&pseudo("GET", "/"))), &[PROTOCOL_ERROR]),
        ("5.1.1 an even stream", get(2, "/"), &[PROTOCOL_ERROR]),
        ("5.1.1 a stream number that goes back", after(&get(5, "/wait"), get(3, "/")), &[PROTOCOL_ERROR, STREAM_CLOSED]),
        ("6.2 padding longer than HEADERS", frame(HEADERS, END_HEADERS | PADDED, 1, b"\xff\0"), &[PROTOCOL_ERROR]),
        ("6.3 PRIORITY on stream 0", frame(PRIORITY, 0, 0, &[0; 5]), &[PROTOCOL_ERROR]),
        ("6.4 RST_STREAM on stream 0", frame(RST_STREAM, 0, 0, &[0; 4]), &[PROTOCOL_ERROR]),
        ("6.4 RST_STREAM on an idle stream", frame(RST_STREAM, 0, 1, &[0; 4]), &[PROTOCOL_ERROR]),
        ("6.4 RST_STREAM of another size", after(&post, frame(RST_STREAM, 0, 1, &[0; 3])), GENERAL_OR_SIZE),
        ("6.5 SETTINGS on a stream", frame(SETTINGS, 0, 1, &[]), &[PROTOCOL_ERROR]),
        ("6.5 SETTINGS with ACK and a payload", frame(SETTINGS, ACK, 0, &[0; 6]), GENERAL_OR_SIZE),
        ("6.5 SETTINGS of another size", frame(SETTINGS, 0, 0, &[0; 5]), GENERAL_OR_SIZE),
        ("6.5.2 ENABLE_PUSH of 2", setting(2, 2), &[PROTOCOL_ERROR]),
        ("6.5.2 INITIAL_WINDOW_SIZE of 2^31", setting(4, 1 << 31), &[PROTOCOL_ERROR, FLOW_CONTROL_ERROR]),
        ("6.5.2 MAX_FRAME_SIZE of 16383", setting(5, 16_383), &[PROTOCOL_ERROR]),
        ("6.5.2 MAX_FRAME_SIZE of 2^24", setting(5, 1 << 24), &[PROTOCOL_ERROR]),
        ("8.4 PUSH_PROMISE of a client", frame(PUSH_PROMISE, END_HEADERS, 1, &[0, 0, 0, 2]), &[PROTOCOL_ERROR]),
        ("6.7 PING on a stream", frame(PING, 0, 1, &[0; 8]), &[PROTOCOL_ERROR]),
        ("6.7 PING of another size", frame(PING, 0, 0, &[0; 6]), GENERAL_OR_SIZE),
        ("6.8 GOAWAY on a stream", frame(GOAWAY, 0, 1, &[0; 8]), &[PROTOCOL_ERROR]),
        ("6.9 WINDOW_UPDATE of 0", frame(WINDOW_UPDATE, 0, 0, &[0; 4]), &[PROTOCOL_ERROR]),
        ("6.9 WINDOW_UPDATE of another size", frame(WINDOW_UPDATE, 0, 0, &[0; 3]), GENERAL_OR_SIZE),
        ("6.9.1 a window above 2^31-1", frame(WINDOW_UPDATE, 0, 0, &0x7fff_ffff_u32.to_be_bytes()), &[FLOW_CONTROL_ERROR]),
        ("6.10 CONTINUATION without HEADERS", frame(CONTINUATION, END_HEADERS, 1, &[]), &[PROTOCOL_ERROR]),
        (
            "6.2 another frame within a header block",
            after(&frame(HEADERS, 0, 1, &block(&pseudo("GET", "/"))), frame(PING, 0, 0, &[0; 8])),
            &[PROTOCOL_ERROR],
        ),
        ("4.2 a frame above MAX_FRAME_SIZE", after(&post, frame(DATA, 0, 1, &[0; 16_385])), GENERAL_OR_SIZE),
        (
            "RFC 7541 2.3.3 an index that is not there",
            frame(HEADERS, END_HEADERS, 1, &[0xff, 0x80, 0x01]),
            GENERAL_OR_COMPRESSION,
        ),
        ("RFC 7541 6.1 index 0", frame(HEADERS, END_HEADERS, 1, &[0x80]), GENERAL_OR_COMPRESSION),
        (
            "RFC 7541 5.2 a bad Huffman code",
            frame(HEADERS, END_HEADERS, 1, &[0, 0x84, 0xff, 0xff, 0xff, 0xff, 0]),
            GENERAL_OR_COMPRESSION,
        ),
        (
            "RFC 7541 6.3 a table above the setting",
            frame(HEADERS, END_HEADERS, 1, &[0x3f, 0xe1, 0xff, 0x03]),
            GENERAL_OR_COMPRESSION,
        ),
    ]
}

#[test]
fn connection_errors_end_the_connection_with_their_code() {
    let host = start();
    let mut wrong = Vec::new();
    for (name, bytes, codes) in connection_errors() {
        let mut client = Client::open(&host);
        client.send(&bytes);
        match client.find(|frame| frame.kind == GOAWAY).map(|goaway| goaway.code()) {
            Some(code) if codes.contains(&code) => assert!(client.find(|_| false).is_none(), "{name}: the connection stays open"),
            other => wrong.push(format!("{name}: code {other:?}, expected one of {codes:?}")),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    host.get("/").assert_ok("GET / 0");
}

/// Requests that are malformed (RFC 9113 section 8.1.1): a stream error of type PROTOCOL_ERROR, and nothing for the app.
fn malformed() -> Vec<(&'static str, Vec<u8>)> {
    let without = |name: &str| pseudo("GET", "/").into_iter().filter(|(other, _)| *other != name).collect::<Vec<_>>();
    let declared = block(&[pseudo("POST", "/"), vec![("content-length", "3")]].concat());
    let declared = |data: &[u8]| [frame(HEADERS, END_HEADERS, 1, &declared), frame(DATA, END_STREAM, 1, data)].concat();
    let post = frame(HEADERS, END_HEADERS, 1, &block(&pseudo("POST", "/")));
    let trailers = [post, frame(HEADERS, END_HEADERS, 1, &block(&[("x", "1")]))].concat();
    vec![
        ("8.2.1 upper case in a name", with(&[("X-Upper", "1")])),
        ("8.2.1 a line break in a value", with(&[("x", "a\r\nb: c")])),
        ("8.2.1 a NUL in a value", with(&[("x", "a\0b")])),
        ("8.2.1 a space in a name", with(&[("x y", "1")])),
        ("8.2.2 Connection", with(&[("connection", "close")])),
        ("8.2.2 Transfer-Encoding", with(&[("transfer-encoding", "chunked")])),
        ("8.2.2 Keep-Alive", with(&[("keep-alive", "timeout=5")])),
        ("8.2.2 Upgrade", with(&[("upgrade", "h2c")])),
        ("8.2.2 TE other than trailers", with(&[("te", "gzip")])),
        ("8.3 an unknown pseudo-header", with(&[(":unknown", "1")])),
        ("8.3 a pseudo-header of responses", with(&[(":status", "200")])),
        ("8.3 a pseudo-header after a header", request(&[&[("x", "1")], &pseudo("GET", "/")[..]].concat())),
        ("8.3.1 no :method", request(&without(":method"))),
        ("8.3.1 no :scheme", request(&without(":scheme"))),
        ("8.3.1 no :path", request(&without(":path"))),
        ("8.3.1 an empty :path", request(&pseudo("GET", ""))),
        ("8.3.1 two :method", with(&[(":method", "GET")])),
        ("8.3.1 two :path", with(&[(":path", "/admin")])),
        ("8.1.1 a body shorter than Content-Length", declared(b"ab")),
        ("8.1.1 a body longer than Content-Length", declared(b"abcd")),
        ("8.1 trailers that do not end the stream", trailers),
    ]
}

#[test]
fn malformed_requests_are_stream_errors() {
    let host = start();
    let mut wrong = Vec::new();
    for (name, bytes) in malformed() {
        let mut client = Client::open(&host);
        client.send(&bytes);
        let ended = client.find(|frame| {
            let answered = frame.stream == 1 && matches!(frame.kind, HEADERS | DATA) && frame.flags & END_STREAM != 0;
            matches!(frame.kind, GOAWAY | RST_STREAM) || answered
        });
        match ended {
            Some(frame) if matches!(frame.kind, GOAWAY | RST_STREAM) && frame.code() == PROTOCOL_ERROR => {}
            other => wrong.push(format!("{name}: {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    host.get("/").assert_ok("GET / 0");
}

#[test]
fn streams_above_the_limit_are_refused() {
    let host = start();
    let mut client = Client::open(&host);
    for number in 0..400 {
        client.send(&get(number * 2 + 1, "/wait"));
    }
    let refused = client.find(|frame| matches!(frame.kind, RST_STREAM | GOAWAY)).expect("a refusal");
    assert!(matches!(refused.code(), REFUSED_STREAM | PROTOCOL_ERROR | ENHANCE_YOUR_CALM), "{refused:?}");
}

/// CVE-2023-44487: streams that are opened and reset at once cost the client nothing and the server a render each.
#[test]
fn rapid_reset_ends_the_connection() {
    let host = start();
    let mut client = Client::open(&host);
    for number in 0..20_000 {
        let stream = number * 2 + 1;
        if !client.send(&[get(stream, "/wait"), frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes())].concat()) {
            break;
        }
    }
    // When the client is not cut off while it sends, it is told why.
    if let Some(goaway) = client.find(|frame| frame.kind == GOAWAY) {
        assert_eq!(goaway.code(), ENHANCE_YOUR_CALM);
    }
    host.get("/").assert_ok("GET / 0");
}

/// CVE-2024-27316: a header block that never ends.
#[test]
fn an_endless_header_block_ends_the_connection() {
    let host = start();
    let mut client = Client::open(&host);
    client.send(&frame(HEADERS, 0, 1, &block(&pseudo("GET", "/"))));
    let piece = frame(CONTINUATION, 0, 1, &block(&[("x-filler", "y".repeat(8_000).as_str())]));
    let refused = (0..5_000).any(|_| !client.send(&piece)) || client.find(|frame| frame.kind == GOAWAY).is_some();
    assert!(refused, "40 MB of headers are taken");
    host.get("/").assert_ok("GET / 0");
}

/// A block of a few kilobytes that stands for megabytes (CVE-2016-6581, the HPACK bomb): one entry of the dynamic table, many times.
#[test]
fn a_header_bomb_is_refused() {
    let host = start();
    let mut client = Client::open(&host);
    let entry = "y".repeat(3_900);
    let indexed = [vec![0x40, 1, b'x'], integer(entry.len()), entry.into_bytes()].concat();
    // Index 62 is the newest entry of the dynamic table.
    let bomb = [block(&pseudo("GET", "/")), indexed, vec![0xbe; 8_000]].concat();
    client.send(&frame(HEADERS, END_STREAM | END_HEADERS, 1, &bomb));
    let ended = client.find(|frame| matches!(frame.kind, HEADERS | RST_STREAM | GOAWAY));
    // 431 is in the static table under no index: what matters is that it is no 200 (index 8, 0x88).
    assert!(!ended.is_some_and(|frame| frame.kind == HEADERS && frame.payload[0] == 0x88), "31 MB of headers reached the app");
    host.get("/").assert_ok("GET / 0");
}

/// Floods of frames that must be answered (CVE-2019-9512, -9515) by a client that reads nothing: memory stays bounded.
#[test]
fn floods_of_pings_and_settings_do_not_fill_the_memory() {
    let host = start();
    let before = resident(&host);
    for flood in [frame(PING, 0, 0, &[0; 8]), frame(SETTINGS, 0, 0, &[]), frame(0xbe, 0, 0, &[])] {
        let mut client = Client::open(&host);
        client.0.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
        let many = flood.repeat(1_000);
        for _ in 0..2_000 {
            if !client.send(&many) {
                break;
            }
        }
        host.get("/").assert_ok("GET / 0");
    }
    let grown = resident(&host).saturating_sub(before);
    assert!(grown < 64 << 20, "{} MiB more", grown >> 20);
}

/// Resident memory of the host in bytes.
fn resident(host: &TestHost) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", host.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() << 10
}
