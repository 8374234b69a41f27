//! Who gets a request, who waits, who is refused; what requests in one isolate share and what they do not.

use std::collections::HashSet;
use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use crate::client::Response;
use crate::host::{App, Pending, TestHost};
use crate::process::cpu_ticks;

fn app(isolates: usize) -> App {
    App::fixture("pool.js").isolates(isolates)
}

fn pause(ms: u64) {
    std::thread::sleep(Duration::from_millis(ms));
}

fn isolates(answers: &[Response]) -> HashSet<&str> {
    answers.iter().map(Response::isolate).collect()
}

/// Waits until all isolates take requests.
fn warm(host: &TestHost, count: usize) {
    while isolates(&host.get_all(vec!["/wait?ms=50"; 4 * count])).len() < count {}
}

#[test]
fn requests_wait_for_a_busy_isolate() {
    let host = app(1).start();
    let busy = host.get_later("/busy?ms=300");
    pause(50);
    for answer in host.get_all(["/ok"; 20]) {
        answer.assert_ok("ok");
        assert!((150..2000).contains(&answer.took.as_millis()), "{:?}", answer.took);
    }
    busy.answer().assert_ok("done");
}

#[test]
fn a_full_queue_refuses_at_once() {
    let host = app(1).option("--queue", "2").start();
    let busy = host.get_later("/busy?ms=1000");
    pause(100);
    let queued = [host.get_later("/ok"), host.get_later("/ok")];
    pause(150);
    let refused = host.get("/ok");
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")));
    assert_eq!(refused.json()["code"], "SSR_HOST_OVERLOADED");
    assert!(refused.took < Duration::from_millis(300), "{:?}", refused.took);
    assert!(!busy.is_answered());
    queued.into_iter().for_each(|queued| queued.answer().assert_ok("ok"));
    busy.answer().assert_ok("done");
    host.get("/ok").assert_ok("ok");
}

#[test]
fn too_long_a_wait_is_refused() {
    let host = app(1).option("--queue-timeout", "300ms").start();
    let busy = host.get_later("/busy?ms=1500");
    pause(100);
    let refused = host.get("/ok");
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")));
    assert!((280..1000).contains(&refused.took.as_millis()), "{:?}", refused.took);
    busy.answer().assert_ok("done");
    host.get("/ok").assert_ok("ok");
}

#[test]
fn one_isolate_serves_many_that_wait() {
    let host = app(1).start();
    let since = Instant::now();
    for answer in host.get_all(vec!["/wait?ms=200"; 100]) {
        answer.assert_ok("waited");
    }
    assert!(since.elapsed() < Duration::from_millis(1500), "{:?}", since.elapsed());
}

/// A backend that answers one request after `ms`.
fn backend(ms: u64) -> u16 {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut client, _) = socket.accept().unwrap();
        let _ = client.read(&mut [0; 4096]);
        pause(ms);
        let _ = client.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\ndata");
    });
    port
}

/// An isolate whose queue is never empty looks at its sockets too.
#[test]
fn those_who_wait_go_on_while_others_queue() {
    let host = app(1).start();
    let waiting = host.get_later(&format!("/fetch?port={}", backend(100)));
    pause(50);
    let busy: Vec<_> = (0..60).map(|_| host.get_later("/busy?ms=20")).collect();
    waiting.answer().assert_ok("data");
    assert!(busy.iter().any(|busy| !busy.is_answered()), "it was answered only when the queue was empty");
    busy.into_iter().for_each(|busy| busy.answer().assert_ok("done"));
}

#[test]
fn no_more_than_in_flight() {
    let host = app(1).option("--in-flight", "2").start();
    let since = Instant::now();
    for answer in host.get_all(vec!["/wait?ms=200"; 6]) {
        answer.assert_ok("waited");
    }
    assert!((600..3000).contains(&since.elapsed().as_millis()), "{:?}", since.elapsed());
}

/// A client that leaves the queue is not worked for.
#[test]
fn a_request_that_left_the_queue_is_not_run() {
    let host = app(1).start();
    let busy = host.get_later("/busy?ms=500");
    pause(100);
    let mut client = host.connect();
    client.request("GET", "/print", "");
    pause(100);
    client.hang_up();
    busy.answer().assert_ok("done");
    host.get("/ok").assert_ok("ok");
    assert_eq!(host.stdout.count("printed by a handler"), 0);
}

/// The warmest isolate takes the next request.
#[test]
fn the_last_idle_isolate_is_first() {
    let host = app(3).start();
    warm(&host, 3);
    // An answer leaves before its isolate is idle again: a request that came at once might find another one.
    let answers: Vec<_> = (0..10)
        .map(|_| {
            pause(30);
            host.get("/ok")
        })
        .collect();
    assert_eq!(isolates(&answers).len(), 1);
}

#[test]
fn busy_isolates_are_passed_over() {
    let host = app(3).start();
    warm(&host, 3);
    let busy: Vec<Pending> = (0..2)
        .map(|_| {
            let busy = host.get_later("/busy?ms=700");
            pause(50);
            busy
        })
        .collect();
    let answer = host.get("/ok");
    assert!(answer.took < Duration::from_millis(400), "{:?}", answer.took);
    let mut all: Vec<_> = busy.into_iter().map(Pending::answer).collect();
    all.push(answer);
    assert_eq!(isolates(&all).len(), 3);
}

#[test]
fn requests_in_one_isolate_are_kept_apart() {
    for count in [1, 2] {
        let host = app(count).start();
        let port = host.port;
        for answer in host.get_all((0..40).map(|id| format!("/crossing?id={id}&port={port}"))) {
            answer.assert_ok("kept");
        }
    }
}

#[test]
fn start_up_output_is_shown_once() {
    let host = app(4).start();
    warm(&host, 4);
    host.stdout.wait_for("starting in parts");
    host.stderr.wait_for("starting too");
    pause(100);
    assert_eq!(host.stdout.text(), "starting\nstarting in parts\n");
    assert_eq!(host.stderr.count("starting too"), 1, "{}", host.printed());
    for answer in host.get_all(["/print"; 5]) {
        answer.assert_ok("printed");
    }
    for (output, text) in [(&host.stdout, "printed by a handler\n"), (&host.stderr, "warned by a handler\n")] {
        output.wait_for(text.trim());
        pause(100);
        assert_eq!(output.count(text), 5, "{}", host.printed());
    }
}

/// A replacement says nothing either.
#[test]
fn a_replacement_starts_silently() {
    let app = "console.log('starting'); export default { fetch: () => process.exit(1) }";
    let host = App::source(app).isolates(1).start();
    host.stdout.wait_for("starting");
    host.get("/");
    host.stderr.wait_for("replacement isolate ready");
    pause(100);
    assert_eq!(host.stdout.text(), "starting\n");
}

#[test]
fn an_idle_host_uses_no_cpu() {
    let app = "setInterval(() => {}, 60_000); export default { fetch: () => new Response('ok') }";
    let host = App::source(app).isolates(4).start();
    host.get_all(["/"; 8]);
    // Garbage of the start is collected when V8 finds the time.
    pause(1500);
    let before = cpu_ticks(&host);
    pause(3000);
    let used = cpu_ticks(&host) - before;
    assert!(used < 2, "{used} ticks in 3 s");
    host.get("/").assert_ok("ok");
}
