//! Signals: what is in flight is finished, the app closes, and the process ends in time with 0.

use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::host::{App, TestHost};

fn host(app: &str, timeout: &str) -> TestHost {
    App::fixture(app).isolates(2).option("--shutdown-timeout", timeout).start()
}

fn pause(ms: u64) {
    std::thread::sleep(Duration::from_millis(ms));
}

fn refuses_connections(host: &TestHost) -> bool {
    TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], host.port))).is_err()
}

#[test]
fn what_is_in_flight_is_finished() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut host = host("fastify.js", "5s");
        let mut idle = host.connect();
        idle.get("/ok").assert_ok("ok");
        let silent = host.connect();
        let mut stream = host.connect();
        stream.request("GET", "/stream", "");
        let pending = host.get_later("/wait?ms=800");
        pause(150);
        host.signal(signal);
        pause(150);
        assert!(refuses_connections(&host));
        assert!(idle.is_closed_within(Duration::from_secs(1)), "an idle connection is let go");
        assert_eq!(stream.response().body.len(), 50 << 20);
        let answer = pending.answer();
        answer.assert_ok("waited");
        assert_eq!(answer.header("connection"), Some("close"));
        let (status, took) = host.ended();
        assert_eq!(status.code(), Some(0), "{}", host.printed());
        assert!(took < Duration::from_secs(3), "{took:?}");
        assert!(
            host.stdout.count("closing") > 0 && host.stdout.count("closing") == host.stdout.count("closed"),
            "{}",
            host.printed()
        );
        drop(silent);
    }
}

#[test]
fn an_idle_host_ends_at_once() {
    let mut host = host("fastify.js", "5s");
    host.signal(Signal::TERM);
    let (status, took) = host.ended();
    assert_eq!(status.code(), Some(0));
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert!(host.stdout.count("closed") > 0);
    assert_eq!(host.stderr.count("WARN"), 0, "{}", host.printed());
}

/// The deadline holds whatever the app does; its close hooks keep a part of the time.
#[test]
fn what_does_not_end_is_cut_at_the_deadline() {
    for path in ["/endless", "/silent", "/wait?ms=60000"] {
        let mut host = host("fastify.js", "1s");
        let mut client = host.connect();
        client.request("GET", path, "");
        pause(200);
        host.signal(Signal::TERM);
        let (status, took) = host.ended();
        assert_eq!(status.code(), Some(0), "{path}{}", host.printed());
        assert!((700..2000).contains(&took.as_millis()), "{path}: {took:?}");
        assert!(host.stdout.count("closed") > 0, "{path}{}", host.printed());
        assert!(client.is_closed_within(Duration::from_secs(1)));
    }
}

#[test]
fn endless_work_does_not_hold_the_process() {
    let mut host = host("faults.js", "1s");
    let mut clients = [host.connect(), host.connect()];
    for client in &mut clients {
        client.request("GET", "/spin", "");
        pause(100);
    }
    host.signal(Signal::TERM);
    let (status, took) = host.ended();
    assert_eq!(status.code(), Some(0), "{}", host.printed());
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[test]
fn a_close_hook_that_never_ends_does_not_hold_the_process() {
    let app = "import Fastify from 'fastify';
        const app = Fastify();
        app.addHook('onClose', () => new Promise(() => {}));
        app.get('/', async () => 'ok');
        await app.listen({ port: 0 });";
    let mut host = App::source(app).isolates(1).option("--shutdown-timeout", "500ms").start();
    host.signal(Signal::TERM);
    let (status, took) = host.ended();
    assert_eq!(status.code(), Some(0), "{}", host.printed());
    assert!((400..1500).contains(&took.as_millis()), "{took:?}");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130)] {
        let mut host = host("fastify.js", "20s");
        let mut client = host.connect();
        client.request("GET", "/wait?ms=60000", "");
        pause(150);
        host.signal(signal);
        pause(200);
        host.signal(signal);
        let since = Instant::now();
        let (status, _) = host.ended();
        assert_eq!(status.code(), Some(code));
        assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
    }
}

/// An app that stops itself on a signal, as apps under Node do, is not in the way.
#[test]
fn an_app_with_its_own_signal_handlers() {
    let app = "import Fastify from 'fastify';
        const app = Fastify();
        app.addHook('onClose', async () => console.log('closed'));
        app.get('/', async () => 'ok');
        for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => app.close().then(() => process.exit(0)));
        await app.listen({ port: 0 });";
    let mut host = App::source(app).isolates(1).start();
    host.get("/").assert_ok("ok");
    host.signal(Signal::TERM);
    let (status, took) = host.ended();
    assert_eq!(status.code(), Some(0));
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert_eq!(host.stdout.count("closed"), 1, "{}", host.printed());
}

/// Until the delay is over the host serves as before, and says that it will not for long.
#[test]
fn it_says_that_it_goes_before_it_goes() {
    let apps = ["", "app.get('/ready', async () => 'mine');"];
    for ready in apps {
        let app = format!(
            "import Fastify from 'fastify'; const app = Fastify(); {ready}
            app.get('/', async () => 'home');
            await app.listen({{ port: 0 }});"
        );
        let mut host = App::source(&app).isolates(1).env("SSR_HOST_SHUTDOWN_READY_DELAY", "2s").start();
        assert_eq!(host.get("/ready").status, 200);
        let mut open = host.connect();
        assert_eq!(open.get("/").header("connection"), None);
        host.signal(Signal::TERM);
        let since = Instant::now();
        while host.get("/ready").status == 200 && since.elapsed() < Duration::from_secs(1) {
            pause(5);
        }
        let draining = host.get("/ready");
        assert_eq!((draining.status, draining.text()), (503, r#"{"status":"draining"}"#));
        assert_eq!(host.get("/health").status, 200);
        let (old, new) = (open.get("/"), host.get("/"));
        for answer in [old, new] {
            answer.assert_ok("home");
            assert_eq!(answer.header("connection"), Some("close"));
        }
        assert!(open.is_closed_within(Duration::from_secs(1)));
        let (status, _) = host.ended();
        assert_eq!(status.code(), Some(0), "{}", host.printed());
        assert!(since.elapsed() > Duration::from_millis(1900), "{:?}", since.elapsed());
    }
}

#[test]
fn a_second_signal_does_not_wait_for_the_delay() {
    let mut host = App::fixture("fastify.js").isolates(1).env("SSR_HOST_SHUTDOWN_READY_DELAY", "20s").start();
    host.signal(Signal::TERM);
    pause(200);
    host.signal(Signal::TERM);
    let (status, took) = host.ended();
    assert_eq!(status.code(), Some(143));
    assert!(took < Duration::from_secs(1), "{took:?}");
}

/// What was sent before the signal is answered, whatever the host has seen of it: connections that wait to be accepted, and
/// requests that wait to be read. The process is held while they come, so that it sees all of them after the signal.
#[test]
fn what_was_sent_before_the_signal_is_answered() {
    let mut host = host("fastify.js", "5s");
    let mut open: Vec<_> = (0..20).map(|_| host.connect()).collect();
    open.iter_mut().for_each(|client| client.get("/ok").assert_ok("ok"));
    host.signal(Signal::STOP);
    let mut clients: Vec<_> = (0..30).map(|_| host.connect()).collect();
    clients.append(&mut open);
    clients.iter_mut().for_each(|client| client.request("GET", "/ok", ""));
    host.signal(Signal::TERM);
    host.signal(Signal::CONT);
    for client in &mut clients {
        client.response().assert_ok("ok");
        assert!(client.is_closed_within(Duration::from_secs(1)));
    }
    let (status, _) = host.ended();
    assert_eq!(status.code(), Some(0), "{}", host.printed());
}
