//! What the host says, and what can be seen of it: lines of the log, metrics, `Server-Timing`.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client::{Connection, Response};
use crate::host::{App, PATIENCE, TestHost, free_port};

const APP: &str = "
import { Readable } from 'node:stream';
import fastify from 'fastify';
const app = fastify();
app.get('/posts/:id', async (request) => { console.log('about', request.params.id); return { id: request.params.id }; });
app.get('/later', async () => {
  await new Promise((done) => setTimeout(done, 20));
  console.warn('two\\nlines %d', 1);
  return 'ok';
});
app.get('/fails', () => { throw new Error('no luck'); });
app.get('/spins', () => { for (;;); });
app.post('/big', async (request) => String(request.body.length));
app.get('/stream', (request, reply) => {
  const endless = new Readable({ read() {} });
  endless.push('begin');
  reply.send(endless);
});
app.listen({ port: 3000 });
";

fn host(variables: &[(&str, &str)]) -> TestHost {
    let app = App::source(APP).isolates(1).option("--cpu-limit", "500ms");
    let variables = [("SSR_HOST_LOG_FORMAT", "json"), ("SSR_HOST_LOG_REQUESTS", "true")].iter().chain(variables);
    variables.fold(app, |app, (name, value)| app.env(name, value)).start()
}

/// Sends a request as it is.
fn raw(host: &TestHost, request: &str) -> Response {
    let mut connection = host.connect();
    connection.send(request);
    connection.response()
}

/// The line of a request, by a part of its URL.
fn line(host: &TestHost, url: &str) -> Value {
    let line = host.stderr.wait_for(&format!("\"url\":\"{url}"));
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

#[test]
fn elsewhere_than_on_a_terminal_every_line_is_json() {
    let host = host(&[("SSR_HOST_LOG_HEADERS", "user-agent")]);
    raw(&host, "GET /posts/7?apiKey=sesame&a=1 HTTP/1.1\r\nHost: a.example\r\nUser-Agent: x\"y\r\n\r\n");
    let request = line(&host, "/posts/7");
    let told = ["route", "bytes", "isolate"].map(|key| request[key].clone());
    assert_eq!(told, [Value::from("/posts/:id"), Value::from(r#"{"id":"7"}"#.len()), Value::from(0)]);
    assert_eq!(request["req"]["url"], "/posts/7?apiKey=***&a=1");
    assert_eq!((&request["req"]["method"], &request["req"]["hostname"]), (&"GET".into(), &"a.example".into()));
    assert_eq!((&request["req"]["remoteAddress"], &request["res"]["statusCode"]), (&"127.0.0.1".into(), &200.into()));
    assert_eq!((&request["headers"]["user-agent"], &request["level"]), (&"x\"y".into(), &30.into()));
    let time = |key: &str| request[key].as_f64().unwrap();
    assert!(time("renderTime") + time("queueTime") <= time("headTime") && time("headTime") <= time("responseTime"), "{request}");
    // What the app says by `console` has the id of the request, also after it has waited.
    let id = request["reqId"].as_str().unwrap();
    let said: Value = serde_json::from_str(&host.stdout.wait_for("about 7")).unwrap();
    assert_eq!((&said["reqId"], &said["level"], &said["msg"]), (&id.into(), &30.into(), &"about 7".into()));
    host.get("/later");
    let said: Value = serde_json::from_str(&host.stderr.wait_for("two")).unwrap();
    assert_eq!((&said["reqId"], &said["level"]), (&line(&host, "/later")["reqId"], &40.into()));
    assert_eq!(said["msg"], "two\nlines 1");
    for text in [host.stderr.text(), host.stdout.text()] {
        for line in text.lines() {
            assert!(serde_json::from_str::<Value>(line).is_ok_and(|line| line["level"].is_u64()), "no JSON of ours: {line}");
        }
        assert!(!text.contains("sesame"), "{text}");
    }
}

#[test]
fn what_failed_says_why_and_where() {
    let host = host(&[("SSR_HOST_LOG_SAMPLE", "1000000000")]);
    assert_eq!(host.get("/fails").status, 500);
    let request = line(&host, "/fails");
    assert_eq!((&request["level"], &request["route"]), (&50.into(), &"/fails".into()));
    assert_eq!(host.get("/spins").status, 500);
    let request = line(&host, "/spins");
    assert_eq!((&request["route"], &request["res"]["statusCode"]), (&"/spins".into(), &500.into()));
    // The line that says why names the same request.
    let why: Value = serde_json::from_str(&host.stderr.wait_for("GET /spins (")).unwrap();
    assert!(why["msg"].as_str().unwrap().contains(request["reqId"].as_str().unwrap()), "{why} {request}");
    // What went well is one of a thousand million here, and those who ask for the host's health are many.
    host.get("/posts/8");
    assert_eq!(host.get("/health").status, 200);
    host.get("/fails?again");
    line(&host, "/fails?again");
    assert_eq!((host.stderr.count("/posts/8"), host.stderr.count("/health")), (0, 0), "{}", host.printed());
}

#[test]
fn a_client_that_leaves_is_told_of() {
    let host = host(&[]);
    let mut client = TcpStream::connect(("127.0.0.1", host.port)).unwrap();
    client.write_all(b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    std::io::Read::read(&mut client, &mut [0; 1]).unwrap();
    drop(client);
    let request = line(&host, "/stream");
    assert_eq!((&request["cut"], &request["res"]["statusCode"]), (&"the client left".into(), &200.into()));
}

#[test]
fn on_a_terminal_lines_are_for_people() {
    let host = host(&[("SSR_HOST_LOG_FORMAT", "text"), ("SSR_HOST_HTTP_SERVER_TIMING", "true")]);
    let response = host.get("/posts/7");
    let timing = response.header("server-timing").unwrap();
    assert!(timing.starts_with("queue;dur=") && timing.contains("render;dur=") && timing.contains("total;dur="), "{timing}");
    let line = host.stderr.wait_for("GET /posts/7 200 10 B");
    for part in ["INFO", "route=/posts/:id", "isolate=0", "client=127.0.0.1"] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert_eq!(host.stdout.wait_for("about"), "about 7", "what the app says is what it is under Node");
}

/// A pipe that nobody reads: a host that waits for it would answer no more.
#[test]
fn nobody_has_to_read_the_log() {
    let app = App::source(APP).isolates(1).env("SSR_HOST_LOG_FORMAT", "json").env("SSR_HOST_LOG_REQUESTS", "true");
    let metrics = free_port();
    let host = app.env("SSR_HOST_ADMIN_METRICS", &format!("127.0.0.1:{metrics}")).start_unread();
    let mut connection = Connection::open(host.port);
    for _ in 0..10_000 {
        assert_eq!(connection.get("/nowhere?a-rather-long-query-that-fills-the-pipe-soon").status, 404);
    }
    let text = Connection::open(metrics).get("/metrics").text().to_owned();
    let dropped = text.lines().find_map(|line| line.strip_prefix("ssr_host_log_lines_dropped_total "));
    assert!(dropped.unwrap().parse::<u64>().unwrap() > 0, "{text}");
}

#[test]
fn metrics_agree_with_what_was_asked() {
    let port = free_port();
    let host = host(&[("SSR_HOST_ADMIN_METRICS", &format!("127.0.0.1:{port}"))]);
    let scrape = || Connection::open(port).get("/metrics").text().to_owned();
    (0..3).for_each(|id| drop(host.get(&format!("/posts/{id}"))));
    host.get("/nowhere");
    host.get("/health");
    host.get("/fails");
    host.get("/spins");
    raw(&host, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n");
    line(&host, "/spins");
    host.stderr.wait_for("replacement isolate ready");
    let text = scrape();
    let expected = [
        r#"ssr_host_http_requests_total{route="/posts/:id",method="GET",status="200"} 3"#,
        r#"ssr_host_http_requests_total{route="not_found",method="GET",status="404"} 1"#,
        r#"ssr_host_http_requests_total{route="/health",method="GET",status="200"} 1"#,
        r#"ssr_host_http_requests_total{route="/fails",method="GET",status="500"} 1"#,
        r#"ssr_host_http_requests_total{route="/spins",method="GET",status="500"} 1"#,
        r#"ssr_host_http_request_duration_seconds_count{route="/posts/:id",method="GET"} 3"#,
        r#"ssr_host_http_response_bytes_total{route="/posts/:id",method="GET"} 30"#,
        r#"ssr_host_pool_restarts_total{reason="cpu_limit"} 1"#,
        r#"ssr_host_http_malformed_total{status="400"} 1"#,
        "ssr_host_http_requests_in_flight 0",
        "ssr_host_pool_queue_capacity 1024",
        "ssr_host_connections_max 10000",
        "ssr_host_log_lines_dropped_total 0",
    ];
    for sample in expected {
        assert!(text.lines().any(|line| line == sample), "no `{sample}` in\n{text}");
    }
    let number = |name: &str| -> f64 {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name}:\n{text}")).parse().unwrap()
    };
    assert!(number("ssr_host_pool_cpu_seconds_total") >= 0.4, "the loop that was stopped counts");
    assert!(number("process_resident_memory_bytes") > 1e7 && number("process_open_fds") > 3.0);
    assert!(number("ssr_host_render_seconds_sum") >= 0.4);
    // Nothing but that, and no guard.
    assert_eq!(Connection::open(port).get("/cache").status, 404);
    let mut scraper = Connection::open(port);
    scraper.send("GET /metrics HTTP/1.1\r\nHost: m.internal\r\n\r\n");
    assert_eq!(scraper.response().status, 200);
}

#[test]
fn the_operator_says_what_is_a_secret() {
    let host = host(&[("SSR_HOST_LOG_REDACT", "visitor, ticket")]);
    host.get("/posts/1?ticket=a&token=b&theVisitor=c");
    assert_eq!(line(&host, "/posts/1")["req"]["url"], "/posts/1?ticket=***&token=b&theVisitor=***");
}

#[test]
fn what_a_log_must_not_have_is_refused() {
    let ended = App::source(APP).env("SSR_HOST_LOG_HEADERS", "user-agent,cookie").run("serve");
    assert!(
        ended
            .stderr
            .contains("SSR_HOST_LOG_HEADERS: `log.headers[1]` is `cookie`, whose values are secrets: they are never logged"),
        "{}",
        ended.stderr
    );
    let ended = App::source(APP).env("SSR_HOST_LOG", "a=b=c").run("serve");
    assert!(ended.stderr.contains("SSR_HOST_LOG is `a=b=c`: expected a level"), "{}", ended.stderr);
}

/// A backend without which the app is of no use, if the operator says so.
#[test]
fn ready_is_who_has_a_backend_if_it_needs_one() {
    let port = free_port();
    let health = "{ path = \"/up\", interval = \"100ms\", timeout = \"1s\" }";
    let upstream = format!("[{{ path = \"/api\", upstream = \"http://127.0.0.1:{port}\", health = {health} }}]");
    let start = |needed: &str| {
        App::source(APP).isolates(1).env("SSR_HOST_PROXY", &upstream).env("SSR_HOST_HEALTH_BACKENDS", needed).start()
    };
    let (host, other) = (start("true"), start("false"));
    let until = |status: u16| {
        let since = Instant::now();
        while host.get("/ready").status != status {
            assert!(since.elapsed() < PATIENCE, "{}", host.printed());
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    until(503);
    host.stderr.wait_for(&format!("not ready: no address of the backend http://127.0.0.1:{port} can be reached"));
    assert_eq!((other.get("/ready").status, host.get("/health").status), (200, 200));
    // It is asked whether anybody sends requests or not: who is out of service for it comes back.
    let backend = TcpListener::bind(("127.0.0.1", port)).unwrap();
    std::thread::spawn(move || {
        for mut client in backend.incoming().flatten() {
            let _ = std::io::Read::read(&mut client, &mut [0; 1024]);
            let _ = client.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    until(200);
}
