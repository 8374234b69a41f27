//! Bodies: large ones, endless ones, slow readers and writers, and clients that leave.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client::Connection;
use crate::host::{App, PATIENCE, TestHost};
use crate::process::{Bystanders, memory};

const SIZE: usize = 50 << 20;
const MIB: usize = 1 << 20;

fn host(app: &str) -> TestHost {
    // Larger than what any test sends: a fetch handler has a limit of 1 MiB else.
    App::fixture(app).isolates(1).env("SSR_HOST_HTTP_BODY_LIMIT", "300MiB").start()
}

fn count(host: &TestHost, name: &str) -> u64 {
    host.get("/count").json()[name].as_u64().unwrap()
}

/// Waits until a counter of the app has a value that `holds`.
#[track_caller]
fn wait_for_count(host: &TestHost, name: &str, holds: impl Fn(u64) -> bool) {
    let since = Instant::now();
    while !holds(count(host, name)) {
        assert!(since.elapsed() < PATIENCE, "`{name}` stays at {}{}", count(host, name), host.printed());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn fifty_megabytes() {
    for (app, paths) in [("bodies.js", ["/string", "/bytes", "/stream"]), ("fastify.js", ["/string", "/buffer", "/stream"])] {
        let host = host(app);
        let bystanders = Bystanders::start(&host, &["/ok"]);
        for path in paths {
            let answer = host.get(path);
            assert_eq!((answer.status, answer.body.len()), (200, SIZE), "{app} {path}");
            let end: &[u8] = if path == "/string" { "é".as_bytes() } else { b"aa" };
            assert_eq!(&answer.body[SIZE - 2..], end);
            assert!(answer.body[..SIZE - 2].iter().all(|byte| *byte == b'a'), "{app} {path}");
        }
        bystanders.finish();
    }
}

/// The app produces no more than the client takes.
#[test]
fn a_slow_reader_slows_the_app_down() {
    for app in ["bodies.js", "fastify.js"] {
        let host = host(app);
        let (before, _) = memory(&host);
        let mut slow = Connection::open_narrow(host.port);
        slow.request("GET", "/stream", "");
        assert_eq!(slow.head().status, 200);
        let mut length = slow.chunk().unwrap().len();
        // The buffers of the system fill up, and then it stands still.
        let since = Instant::now();
        let mut produced = 0;
        loop {
            std::thread::sleep(Duration::from_millis(300));
            let now = count(&host, "produced") as usize;
            assert!(now < 8 * MIB, "{app}: {now}");
            if now == produced {
                break;
            }
            assert!(since.elapsed() < PATIENCE, "{app}: it goes on producing");
            produced = now;
        }
        let (now, _) = memory(&host);
        assert!(now < before + 30, "{app}: from {before} to {now} MiB");
        let bystanders = Bystanders::start(&host, &["/ok"]);
        while let Some(chunk) = slow.chunk() {
            length += chunk.len();
        }
        assert_eq!(length, SIZE, "{app}");
        bystanders.finish();
    }
}

/// The first bytes are there long before the last.
#[test]
fn chunks_leave_when_they_are_ready() {
    let app = "export default { fetch: () => new Response(new ReadableStream({ async start(controller) {
        for (const text of ['one', 'two']) {
            controller.enqueue(new TextEncoder().encode(text));
            await new Promise((resolve) => setTimeout(resolve, 700));
        }
        controller.close();
    } })) };";
    let host = App::source(app).isolates(1).start();
    let mut client = host.connect();
    client.request("GET", "/", "");
    client.head();
    let since = Instant::now();
    assert_eq!(client.chunk().unwrap(), b"one");
    assert!(since.elapsed() < Duration::from_millis(400), "{:?}", since.elapsed());
    assert_eq!(client.chunk().unwrap(), b"two");
    assert!(client.chunk().is_none() && since.elapsed() > Duration::from_millis(1300));
}

/// The work stops, not only the sending.
#[test]
fn a_client_that_hangs_up_in_the_middle() {
    for (app, path, ended) in
        [("bodies.js", "/endless", "cancelled"), ("bodies.js", "/generator", "cancelled"), ("fastify.js", "/endless", "ended")]
    {
        let host = host(app);
        let bystanders = Bystanders::start(&host, &["/ok"]);
        let mut client = host.connect();
        client.request("GET", path, "");
        assert_eq!(client.head().status, 200);
        client.chunk();
        client.chunk();
        client.hang_up();
        wait_for_count(&host, ended, |count| count == 1);
        // The piece that was being made is finished.
        std::thread::sleep(Duration::from_millis(100));
        let produced = count(&host, "produced");
        std::thread::sleep(Duration::from_millis(200));
        assert_eq!(count(&host, "produced"), produced, "{app} {path}: it goes on");
        bystanders.finish();
    }
}

#[test]
fn a_client_that_hangs_up_before_the_answer() {
    for (app, path, name) in [("bodies.js", "/never", "aborted"), ("fastify.js", "/silent", "closed")] {
        let host = host(app);
        let bystanders = Bystanders::start(&host, &["/ok"]);
        let clients: Vec<_> = (0..3)
            .map(|_| {
                let mut client = host.connect();
                client.request("GET", path, "");
                client
            })
            .collect();
        std::thread::sleep(Duration::from_millis(200));
        assert_eq!(count(&host, name), 0);
        clients.into_iter().for_each(Connection::hang_up);
        wait_for_count(&host, name, |count| count == 3);
        bystanders.finish();
    }
}

/// A truncated body must not look complete.
#[test]
fn a_stream_that_breaks() {
    let host = host("bodies.js");
    let bystanders = Bystanders::start(&host, &["/ok"]);
    let mut client = host.connect();
    client.request("GET", "/broken", "");
    assert_eq!(client.head().status, 200);
    let end = loop {
        match client.try_chunk() {
            Ok(Some(_)) => {}
            other => break other,
        }
    };
    assert!(end.is_err(), "the body ends as if it were whole");
    host.stderr.wait_for("the source of the stream broke");
    bystanders.finish();
}

#[test]
fn an_upload_comes_back_while_it_goes_up() {
    let host = host("bodies.js");
    let mut client = host.connect();
    client.request("POST", "/echo", "transfer-encoding: chunked\r\n");
    for round in 0..5 {
        let text = format!("round {round}");
        client.send(format!("{:x}\r\n{text}\r\n", text.len()));
        if round == 0 {
            assert_eq!(client.head().status, 200);
        }
        assert_eq!(client.chunk().unwrap(), text.as_bytes());
    }
    client.send("0\r\n\r\n");
    assert!(client.chunk().is_none());
}

#[test]
fn large_uploads() {
    let host = host("bodies.js");
    let bystanders = Bystanders::start(&host, &["/ok"]);
    let body = vec![b'x'; 20 * MIB];
    host.connect().post("/length", "text/plain", &body).assert_ok(&body.len().to_string());
    // Nobody reads it: the answer comes all the same.
    let mut client = host.connect();
    client.request("POST", "/unread", &format!("content-length: {}\r\n", body.len()));
    client.send(&body[..1000]);
    client.response().assert_ok("not interested");
    bystanders.finish();
}

/// Nothing is read ahead of the app: the client's socket stalls, and memory stays.
#[test]
fn an_upload_to_a_slow_reader_stalls() {
    for app in ["bodies.js", "fastify.js"] {
        let host = host(app);
        let bystanders = Bystanders::start(&host, &["/ok"]);
        let (before, _) = memory(&host);
        let mut client = Connection::open_narrow(host.port);
        let headers = format!("content-type: application/octet-stream\r\ncontent-length: {}\r\n", 200 * MIB);
        client.request("POST", "/read", &headers);
        let sent = client.send_for(Duration::from_millis(1500), &[b'x'; 64 << 10]);
        let (now, _) = memory(&host);
        assert!(sent < 40 * MIB, "{app}: {sent} bytes were taken");
        assert!(now < before + 40, "{app}: from {before} to {now} MiB");
        client.hang_up();
        if app == "bodies.js" {
            wait_for_count(&host, "broken", |count| count == 1);
        }
        bystanders.finish();
    }
}

/// A fetch handler has no limit of its own, so the host's holds: as Fastify's default, in its words.
#[test]
fn a_body_over_the_limit_of_the_host() {
    let host = App::fixture("bodies.js").isolates(1).start();
    let body = vec![b'x'; MIB + 1];
    host.connect().post("/length", "text/plain", &body[1..]).assert_ok(&MIB.to_string());
    for length in [format!("content-length: {}\r\n", body.len()), "transfer-encoding: chunked\r\n".to_owned()] {
        let mut client = host.connect();
        client.request("POST", "/length", &length);
        if length.starts_with("transfer") {
            client.send(format!("{:x}\r\n", body.len()));
        }
        client.send(&body);
        let answer = client.response();
        assert_eq!((answer.status, &answer.json()["code"]), (413, &Value::from("FST_ERR_CTP_BODY_TOO_LARGE")), "{length}");
        assert_eq!(answer.header("connection"), Some("close"));
    }
    host.get("/ok").assert_ok("ok");
}

/// What is no body is answered as Node's parser does, and the app never sees a request.
#[test]
fn a_body_in_disorder() {
    for app in ["bodies.js", "fastify.js"] {
        let host = App::fixture(app).isolates(1).start();
        let mut client = host.connect();
        client.request("POST", "/length", "content-type: text/plain\r\ntransfer-encoding: chunked\r\n");
        client.send("5\r\nhello\r\n5\r\nhelloX\r\n");
        let answer = client.response();
        let expected = serde_json::json!({ "error": "Bad Request", "message": "Client Error", "statusCode": 400 });
        assert_eq!((answer.status, answer.json()), (400, expected), "{app}");
        assert!(client.is_closed_within(PATIENCE));
        host.get("/ok").assert_ok("ok");
    }
}

#[test]
fn a_body_over_the_limit() {
    let host = App::fixture("fastify.js").isolates(1).start();
    let body = vec![b'x'; MIB + 1];
    host.connect().post("/length", "text/plain", &body[1..]).assert_ok(&MIB.to_string());
    let answer = host.connect().post("/length", "text/plain", &body);
    let expected = serde_json::json!({
        "statusCode": 413,
        "code": "FST_ERR_CTP_BODY_TOO_LARGE",
        "error": "Payload Too Large",
        "message": "Request body is too large",
    });
    assert_eq!((answer.status, answer.json()), (413, expected));
    // Without a length it shows only on the way.
    let mut client = host.connect();
    client.request("POST", "/length", "content-type: text/plain\r\ntransfer-encoding: chunked\r\n");
    client.send(format!("{:x}\r\n", body.len()));
    client.send(&body);
    client.send("\r\n0\r\n\r\n");
    let answer = client.response();
    assert_eq!((answer.status, &answer.json()["code"]), (413, &Value::from("FST_ERR_CTP_BODY_TOO_LARGE")));
    host.get("/ok").assert_ok("ok");
}

/// An isolate works on so many requests at a time: those whose bodies are on their way must not be them.
#[test]
fn slow_bodies_take_no_place_in_an_isolate() {
    for (app, framing) in
        [("fastify.js", "content-length: 5"), ("fastify.js", "transfer-encoding: chunked"), ("bodies.js", "content-length: 5")]
    {
        let host = App::fixture(app).isolates(1).option("--in-flight", "2").start();
        let mut slow: Vec<_> = (0..10).map(|_| host.connect()).collect();
        for client in &mut slow {
            client.request("POST", "/length", &format!("content-type: text/plain\r\n{framing}\r\n"));
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
        host.get("/ok").assert_ok("ok");
        let body = if framing.starts_with('c') { "hello" } else { "5\r\nhello\r\n0\r\n\r\n" };
        for client in &mut slow {
            client.send(body);
            client.response().assert_ok("5");
        }
    }
}
