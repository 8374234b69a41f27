//! What the client gets when the backend does not answer.

use std::time::Duration;

use super::backend::Backend;
use super::{API, OK, ask, configured, host};
use crate::host::free_port;

/// The body in the shape of `@fastify/reply-from`.
fn problem(status: u16, code: &str, error: &str, message: &str) -> String {
    format!(r#"{{"statusCode":{status},"code":"{code}","error":"{error}","message":"{message}"}}"#)
}

#[test]
fn no_connection_and_no_name() {
    let config = format!(
        "[[proxy]]\npath = '/gone'\nupstream = 'http://127.0.0.1:{}'\n[[proxy]]\npath = '/nowhere'\nupstream = 'http://nowhere.invalid'\nconnect_timeout = '1s'\n",
        free_port()
    );
    let host = configured(&config);
    let gone = host.get("/gone/a?secret=1");
    assert_eq!((gone.status, gone.text()), (502, &*problem(502, "FST_REPLY_FROM_BAD_GATEWAY", "Bad Gateway", "Bad Gateway")));
    let line = host.stderr.wait_for("GET /gone/a (");
    assert!(line.contains("http://127.0.0.1:") && !line.contains("secret"), "{line}");
    let nowhere = host.get("/nowhere");
    let unavailable = problem(503, "FST_REPLY_FROM_SERVICE_UNAVAILABLE", "Service Unavailable", "Service Unavailable");
    assert_eq!((nowhere.status, nowhere.text(), nowhere.header("retry-after")), (503, &*unavailable, Some("1")));
}

#[test]
fn an_answer_that_is_none_or_comes_too_late() {
    let backend = Backend::start(|seen| match seen.line.as_str() {
        "POST /api/garbage HTTP/1.1" => b"this is no HTTP\n".to_vec(),
        "POST /api/nothing HTTP/1.1" => Vec::new(),
        _ => {
            std::thread::sleep(Duration::from_secs(30));
            Vec::new()
        }
    });
    let host = host(&backend, &format!("{API}timeout = '300ms'\n"));
    let bad = problem(502, "FST_REPLY_FROM_BAD_GATEWAY", "Bad Gateway", "Bad Gateway");
    for path in ["/api/garbage", "/api/nothing"] {
        let response = host.connect().post(path, "text/plain", b"a");
        assert_eq!((response.status, response.text()), (502, bad.as_str()), "{path}");
    }
    let late = host.connect().post("/api/late", "text/plain", b"a");
    let timeout = problem(504, "FST_REPLY_FROM_GATEWAY_TIMEOUT", "Gateway Timeout", "Gateway Timeout");
    assert_eq!((late.status, late.text()), (504, timeout.as_str()));
}

#[test]
fn the_whole_may_take_only_so_long() {
    let backend = Backend::start(|_| {
        std::thread::sleep(Duration::from_secs(30));
        Vec::new()
    });
    let host = host(&backend, &format!("{API}total_timeout = '300ms'\n"));
    assert_eq!(host.get("/api/a").status, 504);
    host.stderr.wait_for("GET /api/a");
}

#[test]
fn a_body_that_is_too_large() {
    let backend = Backend::says(OK);
    let host = host(&backend, &format!("{API}body_limit = '1KiB'\n"));
    host.connect().post("/api/a", "text/plain", &[b'a'; 1024]).assert_ok("ok");
    let mut announced = host.connect();
    announced.request("POST", "/api/a", "content-length: 1025\r\n");
    let mut chunked = host.connect();
    chunked.request("POST", "/api/a", "transfer-encoding: chunked\r\n");
    chunked.send(format!("401\r\n{}\r\n", "a".repeat(1025)));
    for mut connection in [announced, chunked] {
        let response = connection.response();
        let expected = problem(413, "FST_ERR_CTP_BODY_TOO_LARGE", "Payload Too Large", "Request body is too large");
        assert_eq!((response.status, response.text()), (413, expected.as_str()));
        assert_eq!(response.header("connection"), Some("close"));
    }
}

/// A backend that is this host.
#[test]
fn circles_end() {
    let port = free_port();
    let config = format!("[server]\nhost = '127.0.0.1'\n[[proxy]]\npath = '/api'\nupstream = 'http://127.0.0.1:{port}'\n");
    let files = [("package.json", r#"{ "type": "module" }"#), ("server.js", super::APP), ("ssr-host.toml", &config)];
    let host =
        crate::host::App::files("server.js", &files).isolates(1).without_port().option("--port", &port.to_string()).start();
    assert_eq!(host.get("/api/a").status, 508);
}

#[test]
fn a_rule_of_the_cache_outlives_the_backend() {
    let backend = Backend::start(|seen| {
        let body = if seen.line.contains("/api/kept") { "kept" } else { "once" };
        let cache = "cache-control: max-age=0, stale-if-error=600";
        format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{cache}\r\ncontent-length: 4\r\n\r\n{body}").into_bytes()
    });
    let config = format!("{API}retries = false\n[[cache.rules]]\npath = '/api/kept/*'\ncookies = []\n");
    let host = host(&backend, &config);
    host.get("/api/kept/a").assert_ok("kept");
    host.get("/api/other").assert_ok("once");
    backend.stop();
    let stale = host.get("/api/kept/a");
    stale.assert_ok("kept");
    assert!(stale.header("cache-status").unwrap().contains("hit"), "{:?}", stale.headers);
    assert_eq!(host.get("/api/other").status, 502, "no rule asks for it");
    assert_eq!(host.get("/api/other").header("cache-status"), None);
}

#[test]
fn what_a_rule_keeps_is_not_of_somebody() {
    let backend = Backend::start(|seen| {
        let who = seen.header("authorization").or(seen.header("cookie")).unwrap_or("nobody");
        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{who}", who.len()).into_bytes()
    });
    let rules = "[[cache.rules]]\npath = '/api/a'\nttl = '1h'\n[[cache.rules]]\npath = '/api/b'\nttl = '1h'\ncookies = []\n";
    let host = host(&backend, &format!("{API}{rules}"));
    for _ in 0..2 {
        ask(&host, "GET", "/api/a", "cookie: sid=1\r\n").assert_ok("sid=1");
        ask(&host, "GET", "/api/b", "authorization: Basic x\r\n").assert_ok("Basic x");
        ask(&host, "GET", "/api/a", "").assert_ok("nobody");
        // The rule hides cookies from the backend, so it is for all.
        ask(&host, "GET", "/api/b", "cookie: sid=1\r\n").assert_ok("nobody");
    }
    let asked = |path: &str| backend.seen().iter().filter(|seen| seen.line.contains(path)).count();
    assert_eq!((asked("/api/a"), asked("/api/b")), (4, 3));
}
