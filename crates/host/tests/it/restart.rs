//! Rolling restarts under load, behind what a proxy does: no request is lost and no response cut.
//!
//! Whoever sends the requests here behaves as nginx or Fly's proxy: it goes elsewhere when a connection is refused, and asks
//! again elsewhere when a connection dies before the first byte of an answer. A request that was sent before the
//! signal must not even need that.

use std::io::{Error, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::host::{App, PATIENCE, TestHost};

/// Answers at once, after a while, in pieces, and after a body; each answer is known by the id it was asked with.
const APP: &str = "const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    export default { async fetch(request) {
        const { pathname, search } = new URL(request.url);
        const id = search.slice(1);
        if (pathname === '/post') return new Response(id + await request.text());
        if (pathname === '/wait') await sleep(40);
        if (pathname !== '/stream') return new Response(id + 'body');
        return new Response(new ReadableStream({
            async start(controller) {
                for (const piece of [id, 'bo', 'd', 'y']) {
                    controller.enqueue(new TextEncoder().encode(piece));
                    await sleep(20);
                }
                controller.close();
            },
        }));
    } };";

/// A host behind the proxy, and when it was told to stop.
struct Upstream {
    port: u16,
    signalled: Option<Instant>,
}

#[derive(Default)]
struct Proxy {
    /// The newest last.
    upstreams: Mutex<Vec<Upstream>>,
    ids: AtomicUsize,
    answered: AtomicUsize,
    repeated: AtomicUsize,
    done: AtomicBool,
    failures: Mutex<Vec<String>>,
    /// Whether it asks `/ready` and believes what it hears; then nothing needs to be repeated.
    probes: bool,
}

/// A connection to a host, and how often it was used.
struct Wire {
    stream: TcpStream,
    port: u16,
    uses: usize,
}

/// What a host said.
struct Answer {
    body: String,
    closes: bool,
}

/// Why there is no whole answer.
struct Died {
    error: Error,
    /// Bytes of an answer that had come.
    bytes: usize,
    sent: Instant,
}

impl Wire {
    fn open(port: u16) -> Result<Wire, Error> {
        let stream = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port)))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Wire { stream, port, uses: 0 })
    }

    fn exchange(&mut self, path: &str, id: usize) -> Result<Answer, Died> {
        self.uses += 1;
        let (method, body) = if path == "/post" { ("POST", "body") } else { ("GET", "") };
        let length = if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        let request = format!("{method} {path}?{id}. HTTP/1.1\r\nhost: localhost\r\n{length}\r\n{body}");
        let sent = self.stream.write_all(request.as_bytes());
        // Taken after the last byte: whoever is signalled later has had the whole request.
        let at = Instant::now();
        let mut bytes = Vec::new();
        let answer = sent.and_then(|()| self.answer(&mut bytes));
        answer.map_err(|error| Died { error, bytes: bytes.len(), sent: at })
    }

    fn answer(&mut self, bytes: &mut Vec<u8>) -> Result<Answer, Error> {
        let mut buffer = [0; 4096];
        loop {
            let text = String::from_utf8_lossy(bytes);
            if let Some((head, rest)) = text.split_once("\r\n\r\n")
                && let Some(body) = whole(head, rest)
            {
                return match head.starts_with("HTTP/1.1 200") {
                    true => Ok(Answer { body, closes: head.contains("connection: close") }),
                    false => Err(Error::other(format!("{head} {body}"))),
                };
            }
            match self.stream.read(&mut buffer)? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                length => bytes.extend(&buffer[..length]),
            }
        }
    }
}

/// The body, if all of it is there.
fn whole(head: &str, rest: &str) -> Option<String> {
    if let Some((_, length)) = head.split_once("content-length: ") {
        let length: usize = length.lines().next().unwrap().parse().unwrap();
        return rest.get(..length).map(str::to_owned);
    }
    let pieces = rest.strip_suffix("\r\n0\r\n\r\n")?.split("\r\n");
    Some(pieces.skip(1).step_by(2).collect())
}

impl Proxy {
    /// Sends one request after the other until the end; `reuse`: on one connection as long as it lasts.
    fn client(&self, paths: &[&str], reuse: bool) {
        let mut wire = None;
        while !self.done.load(Ordering::Relaxed) {
            for path in paths {
                let id = self.ids.fetch_add(1, Ordering::Relaxed);
                if let Err(failure) = self.forward(&mut wire, path, id) {
                    self.failures.lock().unwrap().push(failure);
                }
                wire = wire.filter(|_| reuse);
                sleep(Duration::from_millis(2));
            }
        }
    }

    /// Sends one request, elsewhere if it must be.
    fn forward(&self, slot: &mut Option<Wire>, path: &str, id: usize) -> Result<(), String> {
        for attempt in 0..5 {
            let mut wire = match slot.take() {
                Some(wire) if attempt == 0 => wire,
                _ => self.connect()?,
            };
            match wire.exchange(path, id) {
                Ok(answer) if answer.body != format!("{id}.body") => return Err(format!("{path} {id}: {}", answer.body)),
                Ok(answer) => {
                    self.answered.fetch_add(1, Ordering::Relaxed);
                    *slot = (!answer.closes).then_some(wire);
                    return Ok(());
                }
                Err(died) => self.may_repeat(&wire, path, &died)?,
            }
            self.repeated.fetch_add(1, Ordering::Relaxed);
        }
        Err(format!("{path} {id}: no host answers"))
    }

    fn may_repeat(&self, wire: &Wire, path: &str, died: &Died) -> Result<(), String> {
        let upstreams = self.upstreams.lock().unwrap();
        let signalled = upstreams.iter().find(|upstream| upstream.port == wire.port).unwrap().signalled;
        let late = signalled.is_some_and(|signalled| died.sent > signalled);
        if late && died.bytes == 0 && path != "/post" && !self.probes {
            return Ok(());
        }
        let Died { error, bytes, .. } = died;
        let when = signalled.map(|signalled| (died.sent.max(signalled) - signalled, signalled.max(died.sent) - died.sent));
        Err(format!(
            "{path}: {error} after {bytes} bytes; use {} of the connection; sent (after, before) the signal: {when:?}",
            wire.uses
        ))
    }

    /// Connects to the oldest host that takes connections, so that every restart is felt.
    fn connect(&self) -> Result<Wire, String> {
        let ports: Vec<u16> = self.upstreams.lock().unwrap().iter().map(|upstream| upstream.port).collect();
        let mut ports = ports.into_iter().filter(|port| !self.probes || is_ready(*port));
        ports.find_map(|port| Wire::open(port).ok()).ok_or_else(|| "no host takes connections".to_owned())
    }

    /// Replaces the host by a new one: the new one is there before the old one is told to go.
    fn restart(&self, old: &mut TestHost, new: TestHost) {
        self.upstreams.lock().unwrap().push(Upstream { port: new.port, signalled: None });
        sleep(Duration::from_millis(100));
        let retiring = std::mem::replace(old, new);
        for upstream in &mut *self.upstreams.lock().unwrap() {
            if upstream.port == retiring.port {
                upstream.signalled = Some(Instant::now());
            }
        }
        retiring.signal(Signal::TERM);
        let mut retiring = retiring;
        let (status, _) = retiring.ended();
        assert_eq!(status.code(), Some(0), "{}", retiring.printed());
        assert_eq!(retiring.stderr.count("are cut"), 0, "{}", retiring.printed());
    }
}

fn is_ready(port: u16) -> bool {
    let Ok(mut wire) = Wire::open(port) else { return false };
    let mut said = String::new();
    let asked = wire.stream.write_all(b"GET /ready HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    asked.and_then(|()| wire.stream.read_to_string(&mut said)).is_ok() && said.starts_with("HTTP/1.1 200")
}

fn host(ready_delay: Option<&str>) -> TestHost {
    let app = App::source(APP).isolates(2);
    match ready_delay {
        Some(delay) => app.env("SSR_HOST_SHUTDOWN_READY_DELAY", delay).start(),
        None => app.start(),
    }
}

/// Restarts `times` times while eight clients ask.
fn roll(proxy: &Proxy, ready_delay: Option<&str>, times: usize) {
    let mut host = host(ready_delay);
    proxy.upstreams.lock().unwrap().push(Upstream { port: host.port, signalled: None });
    let paths: &[&str] = if proxy.probes { &["/", "/wait", "/stream", "/post"] } else { &["/", "/wait", "/stream"] };
    std::thread::scope(|scope| {
        for client in 0..8 {
            scope.spawn(move || proxy.client(paths, client % 2 == 0));
        }
        for _ in 0..times {
            sleep(Duration::from_millis(200));
            proxy.restart(&mut host, self::host(ready_delay));
        }
        sleep(Duration::from_millis(200));
        proxy.done.store(true, Ordering::Relaxed);
    });
    let failures = proxy.failures.lock().unwrap();
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    let answered = proxy.answered.load(Ordering::Relaxed);
    assert!(answered > 50 * times, "{answered}");
}

#[test]
fn nothing_is_lost_when_hosts_are_replaced() {
    roll(&Proxy::default(), None, 5);
}

/// Behind a proxy that asks `/ready`, nothing has to be asked twice, so that not even a POST is lost.
#[test]
fn nothing_is_repeated_behind_a_proxy_that_asks_first() {
    let proxy = Proxy { probes: true, ..Proxy::default() };
    roll(&proxy, Some("1500ms"), 2);
    assert_eq!(proxy.repeated.load(Ordering::Relaxed), 0);
}
