//! Between a client and a backend: upgrades, WebSockets and interim responses, both ends written by hand.

use std::net::TcpListener;
use std::time::Duration;

use rustix::process::Signal;

use crate::client::Connection;
use crate::host::{App, TestHost};

const SERVER: &str = "export default { fetch: () => new Response('the app') };";

/// Long enough for what would come to have come.
const QUIET: Duration = Duration::from_millis(200);

/// A host, and the backend behind its `/api`.
struct Proxied {
    host: TestHost,
    backend: TcpListener,
}

impl Proxied {
    fn start(settings: &str) -> Proxied {
        let backend = TcpListener::bind("127.0.0.1:0").unwrap();
        let upstream = backend.local_addr().unwrap();
        let configuration = format!("[[proxy]]\npath = \"/api\"\nupstream = \"http://{upstream}\"\n{settings}");
        let files = [("package.json", r#"{ "type": "module" }"#), ("server.js", SERVER), ("ssr-host.toml", &configuration)];
        Proxied { host: App::files("server.js", &files).isolates(1).start(), backend }
    }

    fn accept(&self) -> Connection {
        Connection::of(self.backend.accept().unwrap().0)
    }

    /// Both ends of a WebSocket.
    fn websocket(&self) -> (Connection, Connection) {
        let mut client = self.host.connect();
        client.send(request("/api/ws"));
        let mut backend = self.accept();
        head(&mut backend);
        backend.send(SWITCHING);
        assert_eq!(client.head().status, 101);
        (client, backend)
    }
}

/// RFC 6455 section 1.3.
fn request(path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
    )
}

const SWITCHING: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
     Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: superchat\r\n\r\n";

fn head(backend: &mut Connection) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.extend(backend.bytes(1));
    }
    String::from_utf8(head).unwrap().to_ascii_lowercase()
}

/// A text frame, as a client sends it.
const TEXT: [u8; 9] = [0x81, 0x83, 1, 2, 3, 4, b'a' ^ 1, b'b' ^ 2, b'c' ^ 3];

/// Code 1001, from either end.
const SERVER_CLOSE: [u8; 4] = [0x88, 2, 0x03, 0xe9];
const CLIENT_CLOSE: [u8; 8] = [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe9];

/// The next frame of a client's, if it is a short control frame: its first byte and its payload.
fn masked(backend: &mut Connection) -> (u8, Vec<u8>) {
    let header = backend.bytes(6);
    assert_eq!(header[1] & 0x80, 0x80, "clients mask");
    let payload = backend.bytes(usize::from(header[1] & 0x7f));
    (header[0], payload.iter().zip(header[2..].iter().cycle()).map(|(byte, key)| byte ^ key).collect())
}

#[test]
fn a_websocket_passes_end_to_end() {
    let proxied = Proxied::start("");
    let mut client = proxied.host.connect();
    client.send(request("/api/ws"));
    let mut backend = proxied.accept();
    let asked = head(&mut backend);
    for line in [
        "get /api/ws http/1.1",
        "connection: upgrade",
        "upgrade: websocket",
        "sec-websocket-key: dghlihnhbxbszsbub25jzq==",
        "sec-websocket-protocol: chat, superchat",
        "sec-websocket-extensions: permessage-deflate; client_max_window_bits",
    ] {
        assert!(asked.lines().any(|found| found == line), "{line}: {asked}");
    }
    backend.send([SWITCHING.as_bytes(), &[0x81, 2, b'h', b'i']].concat());
    let answer = client.head();
    assert_eq!(answer.status, 101);
    let headers = ["connection", "upgrade", "sec-websocket-accept", "sec-websocket-protocol", "content-length"];
    let found = headers.map(|name| answer.header(name));
    assert_eq!(found, [Some("upgrade"), Some("websocket"), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), Some("superchat"), None]);
    assert_eq!(client.bytes(4), [0x81, 2, b'h', b'i']);
    client.send(TEXT);
    assert_eq!(backend.bytes(9), TEXT);
    // A message of more than all buffers hold, while nobody reads yet.
    let message = [&[0x82, 127, 0, 0, 0, 0, 0, 0x80, 0, 0][..], &vec![7; 8 << 20]].concat();
    let sending = std::thread::spawn({
        let message = message.clone();
        move || {
            backend.send(message);
            backend
        }
    });
    std::thread::sleep(QUIET);
    assert!(client.bytes(message.len()) == message);
    let mut backend = sending.join().unwrap();
    client.send(CLIENT_CLOSE);
    assert_eq!(masked(&mut backend), (0x88, vec![0x03, 0xe9]));
    backend.send(SERVER_CLOSE);
    drop(backend);
    assert_eq!(client.rest(), SERVER_CLOSE);
}

#[test]
fn silent_sides_are_asked_and_unanswered_ones_are_left() {
    let proxied = Proxied::start("[proxy.websocket]\nping_interval = \"1s\"\nidle_timeout = \"3s\"\n");
    let (mut client, mut backend) = proxied.websocket();
    assert_eq!(client.bytes(2), [0x89, 0]);
    client.send([0x8a, 0x80, 0, 0, 0, 0]);
    // The backend does not answer its own.
    let mut frames = vec![masked(&mut backend), masked(&mut backend)];
    frames.sort_unstable();
    assert_eq!(frames, [(0x89, vec![]), (0x8a, vec![])]);
    let closed = std::iter::repeat_with(|| masked(&mut backend)).find(|frame| frame.0 != 0x8a);
    assert_eq!(closed, Some((0x88, vec![0x03, 0xe9])));
    backend.send(SERVER_CLOSE);
    client.send(CLIENT_CLOSE);
    assert!(client.rest().ends_with(&SERVER_CLOSE));
}

#[test]
fn a_stop_says_goodbye_to_both() {
    let mut proxied = Proxied::start("");
    let (mut client, mut backend) = proxied.websocket();
    proxied.host.signal(Signal::TERM);
    assert_eq!(client.bytes(4), SERVER_CLOSE);
    assert_eq!(masked(&mut backend), (0x88, vec![0x03, 0xe9]));
    client.send(CLIENT_CLOSE);
    backend.send(SERVER_CLOSE);
    assert!(client.rest().is_empty() && backend.rest().is_empty());
    let (status, took) = proxied.host.ended();
    assert_eq!(status.code(), Some(0), "{}", proxied.host.printed());
    assert!(took < Duration::from_secs(4), "it did not wait for its time to be up: {took:?}");
    assert_eq!(proxied.host.stderr.count("WARN"), 0, "{}", proxied.host.printed());
}

#[test]
fn a_stop_cuts_who_does_not_answer() {
    let mut proxied = Proxied::start("[shutdown]\ntimeout = \"1s\"\n");
    let (mut client, _backend) = proxied.websocket();
    proxied.host.signal(Signal::TERM);
    assert_eq!(client.rest(), SERVER_CLOSE);
    assert_eq!(proxied.host.ended().0.code(), Some(0), "{}", proxied.host.printed());
}

/// CVE-2026-2833.
#[test]
fn nothing_passes_before_the_101() {
    let proxied = Proxied::start("");
    let smuggled = "GET /api/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (with_head, after) in [(smuggled, ""), ("", smuggled), ("GET /api/sm", &smuggled[11..])] {
        let mut client = proxied.host.connect();
        client.send(request("/api/ws") + with_head);
        let mut backend = proxied.accept();
        head(&mut backend);
        client.send(after);
        assert!(backend.is_quiet_for(QUIET) && client.is_quiet_for(QUIET));
        backend.send(SWITCHING);
        assert_eq!(client.head().status, 101);
        assert_eq!(backend.bytes(smuggled.len()), smuggled.as_bytes(), "as bytes, on this connection");
    }
}

#[test]
fn what_was_sent_for_an_upgrade_that_is_refused_is_no_request() {
    let proxied = Proxied::start("");
    let smuggled = "GET /api/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for status in ["200 OK", "400 Bad Request", "426 Upgrade Required"] {
        let mut client = proxied.host.connect();
        client.send(request("/api/ws") + smuggled);
        let mut backend = proxied.accept();
        head(&mut backend);
        backend.send(format!("HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"));
        let answer = client.response();
        assert_eq!((&answer.status.to_string()[..], answer.text()), (&status[..3], "no"));
        assert!(client.rest().is_empty());
        assert!(backend.rest().is_empty());
    }
    // Who waits for the answer goes on, here with the app.
    let mut client = proxied.host.connect();
    client.send(request("/api/ws"));
    let mut backend = proxied.accept();
    head(&mut backend);
    backend.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    assert_eq!(client.response().status, 403);
    client.get("/").assert_ok("the app");
    client.send(request("/"));
    client.response().assert_ok("the app");
    client.get("/").assert_ok("the app");
}

#[test]
fn a_backend_that_switches_to_something_else_is_a_bad_gateway() {
    let proxied = Proxied::start("");
    for answer in [SWITCHING.replace("websocket", "h2c"), SWITCHING.replace("Upgrade: websocket\r\n", "")] {
        let mut client = proxied.host.connect();
        client.send(request("/api/ws"));
        let mut backend = proxied.accept();
        head(&mut backend);
        backend.send(answer);
        assert_eq!(client.response().status, 502);
    }
    // Nor may one that was not asked at all.
    let mut client = proxied.host.connect();
    client.request("GET", "/api/plain", "");
    let mut backend = proxied.accept();
    head(&mut backend);
    backend.send(SWITCHING);
    assert_eq!(client.response().status, 502);
}

#[test]
fn interim_responses_pass() {
    let proxied = Proxied::start("");
    let mut client = proxied.host.connect();
    client.request("GET", "/api/page", "");
    let mut backend = proxied.accept();
    head(&mut backend);
    backend.send("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nConnection: x-hop\r\nX-Hop: 1\r\n\r\n");
    let hint = client.head();
    assert_eq!(hint.status, 103);
    assert_eq!(hint.headers, [("link".to_owned(), "</a.css>; rel=preload".to_owned())]);
    backend.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage");
    client.response().assert_ok("page");
}

#[test]
fn a_body_waits_for_the_backends_100() {
    let proxied = Proxied::start("");
    let mut client = proxied.host.connect();
    client.request("POST", "/api/up", "expect: 100-continue\r\ncontent-length: 5\r\n");
    let mut backend = proxied.accept();
    assert!(head(&mut backend).contains("expect: 100-continue\r\n"));
    assert!(client.is_quiet_for(QUIET));
    backend.send("HTTP/1.1 100 Continue\r\n\r\n");
    assert_eq!(client.head().status, 100);
    client.send("hello");
    assert_eq!(backend.bytes(5), b"hello");
    backend.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    client.response().assert_ok("ok");

    let mut client = proxied.host.connect();
    client.request("POST", "/api/up", "expect: 100-continue\r\ncontent-length: 5\r\n");
    head(&mut backend);
    backend.send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno");
    let answer = client.response();
    assert_eq!((answer.status, answer.text()), (401, "no"), "and no 100");
    assert!(backend.is_quiet_for(QUIET), "the body was never asked for");
}
