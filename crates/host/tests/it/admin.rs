//! The admin port, and the commands that ask it.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::client::{Connection, Response};
use crate::host::{App, Ended, TestHost, free_port};

const OK: &str = "export default { fetch: () => new Response('ok') };";

const TOKEN: &str = "a-token-that-nobody-guesses";

fn app(config: &str) -> App {
    let config = format!("{config}\n[cache]\nenabled = true\n");
    App::files("server.js", &[("package.json", r#"{ "type": "module" }"#), ("server.js", OK), ("ssr-host.toml", &config)])
        .isolates(1)
}

/// A host with an admin port, and that port.
fn start(app: App) -> (TestHost, u16) {
    let host = app.start();
    let line = host.stderr.wait_for("the admin port is http://");
    let port = line.rsplit(':').next().unwrap().parse().unwrap();
    (host, port)
}

fn ask(port: u16, method: &str, path: &str, headers: &str) -> Response {
    let mut connection = Connection::open(port);
    connection.send(format!("{method} {path} HTTP/1.1\r\nhost: localhost:{port}\r\n{headers}\r\n"));
    if method == "HEAD" { connection.head() } else { connection.response() }
}

fn purge(port: u16, body: &str) -> (u16, Value) {
    let answer = Connection::open(port).post("/cache/purge", "application/json", body.as_bytes());
    (answer.status, answer.json())
}

/// `ssr-host cache …` with this configuration.
fn command(config: &str, words: &[&str], variables: &[(&str, &str)]) -> Ended {
    let app = App::files("", &[("ssr-host.toml", config)]).without_entry();
    let app = words.iter().fold(app, |app, word| app.flag(word));
    variables.iter().fold(app, |app, (name, value)| app.env(name, value)).run("cache")
}

#[track_caller]
fn assert_fails(ended: &Ended, code: i32, parts: &[&str]) {
    assert_eq!(ended.code, Some(code), "{}{}", ended.stdout, ended.stderr);
    for part in parts {
        assert!(ended.stderr.contains(part), "no `{part}` in\n{}", ended.stderr);
    }
}

#[test]
fn answers_what_it_is_asked() {
    let (host, port) = start(app("[admin]\nlisten = '127.0.0.1:0'\n"));
    let cache = ask(port, "GET", "/cache?top=5", "");
    assert_eq!(cache.status, 200);
    assert_eq!(cache.header("cache-control"), Some("no-store"));
    assert_eq!(cache.header("x-content-type-options"), Some("nosniff"));
    let view = cache.json();
    for name in ["hit_ratio", "entries", "bytes", "max_bytes", "requests", "refused", "redis", "top"] {
        assert!(view.get(name).is_some(), "no `{name}` in {view}");
    }
    assert!(view["requests"]["hit"].is_u64() && view["top"].is_array(), "{view}");
    for query in ["top=x", "top=-1", "top=100000"] {
        let answer = ask(port, "GET", &format!("/cache?{query}"), "");
        assert!(answer.status == 400 && answer.text().contains("`top` is"), "{}", answer.text());
    }
    let head = ask(port, "HEAD", "/cache", "");
    assert_eq!((head.status, head.header("content-type")), (200, Some("application/json; charset=utf-8")));
    let unknown = ask(port, "GET", "/", "");
    assert_eq!(unknown.status, 404);
    for path in ["GET /cache", "POST /cache/purge", "GET /metrics"] {
        assert!(unknown.text().contains(path), "{}", unknown.text());
    }
    for (method, path, allow) in
        [("POST", "/cache", "GET, HEAD"), ("GET", "/cache/purge", "POST"), ("DELETE", "/metrics", "GET, HEAD")]
    {
        let answer = ask(port, method, path, "");
        assert_eq!((answer.status, answer.header("allow")), (405, Some(allow)), "{method} {path}");
    }
    // The app's port knows nothing of it.
    host.get("/metrics").assert_ok("ok");
}

#[test]
fn metrics_are_in_the_format_of_prometheus() {
    let (_host, port) = start(app("[admin]\nlisten = '127.0.0.1:0'\n"));
    let answer = ask(port, "GET", "/metrics", "");
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/plain; version=0.0.4; charset=utf-8")));
    let known = |text: &str| text.starts_with("ssr_host_") || text.starts_with("process_");
    let name = |text: &str| known(text) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let mut declared: Option<&str> = None;
    let mut samples = 0;
    for line in answer.text().strip_suffix('\n').expect("the last line ends").split('\n') {
        let words: Vec<_> = line.splitn(4, ' ').collect();
        match words[..] {
            ["#", "HELP", metric, help] => assert!(name(metric) && !help.is_empty(), "{line}"),
            ["#", "TYPE", metric, "counter" | "gauge" | "histogram"] => declared = Some(metric).filter(|metric| name(metric)),
            [metric, value] => {
                let (metric, labels) = metric.split_once('{').unwrap_or((metric, "}"));
                let of_histogram = ["_bucket", "_sum", "_count"].iter().find_map(|part| metric.strip_suffix(part));
                assert!(declared.is_some() && [Some(metric), of_histogram].contains(&declared), "{line}");
                let labels = labels.strip_suffix('}').expect(line);
                let label = |(label, value): (&str, &str)| {
                    label.bytes().all(|byte| byte.is_ascii_lowercase())
                        && value.len() > 2
                        && value.starts_with('"')
                        && value.ends_with('"')
                };
                assert!(labels.is_empty() || labels.split(',').all(|pair| pair.split_once('=').is_some_and(label)), "{line}");
                assert!(value.parse::<f64>().is_ok(), "{line}");
                samples += 1;
            }
            _ => panic!("{line}"),
        }
    }
    assert!(samples > 10, "{}", answer.text());
    assert!(answer.text().contains("\nssr_host_cache_requests_total{result=\"hit\"} 0\n"), "{}", answer.text());
}

#[test]
fn only_who_has_the_token_may_ask() {
    let (_host, port) = start(app("[admin]\nlisten = '0.0.0.0:0'\n").env("SSR_HOST_ADMIN_TOKEN", TOKEN));
    for headers in [
        "",
        "authorization: Bearer wrong-token-of-some-length\r\n",
        "authorization: Bearer a-token-that-nobody-guesse\r\n",
        "authorization: Basic a-token-that-nobody-guesses\r\n",
        "sec-fetch-site: none\r\n",
    ] {
        for (method, path) in [("GET", "/cache"), ("POST", "/cache/purge"), ("GET", "/metrics"), ("GET", "/nothing")] {
            let answer = ask(port, method, path, headers);
            assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some("Bearer realm=\"ssr-host\"")), "{headers}");
            assert_eq!(answer.json()["statusCode"], 401);
            assert!(!answer.text().contains(TOKEN));
        }
    }
    let authorization = format!("authorization: Bearer {TOKEN}\r\n");
    assert_eq!(ask(port, "GET", "/metrics", &authorization).status, 200);
    // Any name may lead there.
    let mut connection = Connection::open(port);
    connection.send(format!("GET /cache HTTP/1.1\r\nhost: admin.internal\r\n{authorization}\r\n"));
    assert_eq!(connection.response().status, 200);
}

/// Every page that somebody on this machine has open can reach a port of this machine.
#[test]
fn pages_in_a_browser_may_not_ask() {
    let (_host, port) = start(app("[admin]\nlisten = 'localhost:0'\n"));
    let status = |host: &str, headers: &str| {
        let body = r#"{"all": true}"#;
        let post = format!(
            "POST /cache/purge HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{headers}\r\n{body}",
            body.len()
        );
        let get = format!("GET /cache HTTP/1.1\r\nhost: {host}\r\n{headers}\r\n");
        [get, post].map(|request| {
            let mut connection = Connection::open(port);
            connection.send(request);
            connection.response().status
        })
    };
    for host in ["localhost", "localhost:9090", "127.0.0.1", "[::1]:9090"] {
        assert_eq!(status(host, ""), [200, 200], "{host}");
    }
    assert_eq!(status("localhost", "sec-fetch-site: none\r\n"), [200, 200]);
    for host in ["rebound.example", "rebound.example:9090", "localhost.rebound.example", "127.0.0.1.rebound.example"] {
        assert_eq!(status(host, ""), [403, 403], "{host}");
    }
    for headers in [
        "origin: https://evil.example\r\n",
        "origin: null\r\n",
        "origin: http://localhost\r\nsec-fetch-site: same-origin\r\n",
        "sec-fetch-site: cross-site\r\n",
        "sec-fetch-site: same-site\r\n",
    ] {
        assert_eq!(status("localhost", headers), [403, 403], "{headers}");
    }
    // What a form can send is no JSON.
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let answer = Connection::open(port).post("/cache/purge", content_type, br#"{"all": true}"#);
        assert_eq!(answer.status, 415, "{content_type}");
    }
}

#[test]
fn purges() {
    let (host, port) = start(app("[admin]\nlisten = '127.0.0.1:0'\n"));
    let cases = [
        (r#"{"tag": "posts"}"#, "tag posts", false),
        (r#"{"url": "/posts/1?x=1", "soft": true}"#, "url /posts/1?x=1", true),
        (r#"{"prefix": "/posts/", "soft": false}"#, "prefix /posts/", false),
        (r#"{"tags": ["a", "b"]}"#, "tag a, tag b", false),
        (r#"{"all": true}"#, "all", false),
    ];
    for (body, purged, soft) in cases {
        let expected = json!({ "purged": purged, "soft": soft, "instances": "none" });
        assert_eq!(purge(port, body), (200, expected), "{body}");
    }
    host.stderr.wait_for("purged: url /posts/1?x=1 (soft)");
    let cases = [
        ("", "no JSON"),
        ("{}", "nothing to purge"),
        (r#"{"tag": "a", "all": true}"#, "exclude each other"),
        (r#"{"tgas": ["a"]}"#, "`tgas` is unknown"),
        (r#"{"url": "posts"}"#, "`url` is `\"posts\"`: expected a path"),
        (r#"{"all": true, "soft": "yes"}"#, "`soft` is `\"yes\"`"),
    ];
    for (body, expected) in cases {
        let (status, problem) = purge(port, body);
        assert_eq!(status, 400, "{body}");
        assert!(problem["message"].as_str().unwrap().contains(expected), "{body}: {problem}");
    }
    let large = format!(r#"{{"tag": "{}"}}"#, "x".repeat(70_000));
    assert_eq!(purge(port, &large).0, 413);
}

#[test]
fn what_keeps_it_from_starting() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = taken.local_addr().unwrap();
    let ended = app(&format!("[admin]\nlisten = '{address}'\n")).run("serve");
    let expected = format!("error: the admin port: cannot listen on http://{address}: ");
    assert_fails(&ended, 1, &[&expected, "choose another with `admin.listen`"]);
    let ended = app("[admin]\nlisten = '0.0.0.0:9090'\n").run("serve");
    let expected =
        "error: ssr-host.toml:2: `admin.listen` is `0.0.0.0:9090`, which others can reach: expected `admin.token` as well\n";
    assert_fails(&ended, 1, &[expected, "SSR_HOST_ADMIN_TOKEN"]);
    let ended = app("").env("SSR_HOST_ADMIN_TOKEN", "hunter2").run("config");
    assert_fails(&ended, 1, &["SSR_HOST_ADMIN_TOKEN is wrong (its value is secret)"]);
    assert!(!ended.stderr.contains("hunter2"));
    let printed = app("").env("SSR_HOST_ADMIN_TOKEN", TOKEN).run("config").stdout;
    assert!(printed.contains("token = \"***\"") && !printed.contains(TOKEN), "{printed}");
}

/// Whoever operates a host wants to see it end.
#[test]
fn answers_while_the_host_drains() {
    let slow = "export default { fetch: () => new Promise((done) => setTimeout(() => done(new Response('ok')), 3000)) };";
    let (mut host, port) = start(App::source(slow).isolates(1).option("--set", "admin.listen=127.0.0.1:0"));
    let pending = host.get_later("/");
    std::thread::sleep(Duration::from_millis(500));
    host.signal(Signal::TERM);
    while TcpStream::connect((Ipv4Addr::LOCALHOST, host.port)).is_ok() {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(ask(port, "GET", "/metrics", "").status, 200);
    assert!(!pending.is_answered(), "it was draining");
    pending.answer().assert_ok("ok");
    assert_eq!(host.ended().0.code(), Some(0));
}

#[test]
fn the_commands_ask_it() {
    let port = free_port();
    let config = format!("[admin]\nlisten = '127.0.0.1:{port}'\ntoken = '{TOKEN}'\n");
    let (_host, _) = start(app(&config));
    let purged = command(&config, &["purge", "--tag", "posts"], &[]);
    let told = "on this instance (there is no `[cache.redis]`)\n";
    assert_eq!((purged.code, purged.stdout), (Some(0), format!("purged: tag posts, {told}")), "{}", purged.stderr);
    for (words, expected) in [
        (&["purge", "--url", "/posts/1?x=1", "--soft"][..], "purged softly: url /posts/1?x=1, "),
        (&["purge", "--prefix", "/posts/"], "purged: prefix /posts/, "),
        (&["purge", "--all"], "purged: all, "),
        (&["purge", "--tag", "a", "--tag", "b"], "purged: tag a, tag b, "),
    ] {
        let ended = command(&config, words, &[]);
        assert_eq!((ended.code, ended.stdout), (Some(0), format!("{expected}{told}")), "{words:?} {}", ended.stderr);
    }
    let status = command(&config, &["status"], &[]);
    assert_eq!(status.code, Some(0), "{}", status.stderr);
    for name in ["hit ratio ", "memory ", "entries ", "not stored ", "redis "] {
        assert!(status.stdout.lines().any(|line| line.starts_with(name)), "no `{name}` in\n{}", status.stdout);
    }
    let json = command(&config, &["status", "--json"], &[]);
    let view: Value = serde_json::from_str(&json.stdout).unwrap();
    assert!(json.code == Some(0) && view["requests"].is_object(), "{}", json.stdout);
    // Without the file: the options, the environment.
    let url = format!("http://127.0.0.1:{port}/");
    assert_eq!(command("", &["status", "--admin", &url, "--token", TOKEN], &[]).code, Some(0));
    let variables = [("SSR_HOST_ADMIN_TOKEN", TOKEN), ("SSR_HOST_ADMIN_LISTEN", &url[7..url.len() - 1])];
    assert_eq!(command("", &["status"], &variables).code, Some(0));
    // What the host does not take.
    assert_fails(&command(&config, &["purge", "--url", "posts"], &[]), 1, &["error: `url` is `\"posts\"`: expected a path"]);
    assert_fails(&command("", &["status", "--admin", &url], &[]), 1, &["wants a token", "SSR_HOST_ADMIN_TOKEN"]);
    let wrong = command("", &["status", "--admin", &url, "--token", "another-token-of-some-length"], &[]);
    assert_fails(&wrong, 1, &["refuses the token"]);
}

#[test]
fn the_commands_say_what_is_wrong() {
    let ended = command("", &["status"], &[]);
    assert_fails(&ended, 1, &["error: no host to ask: `admin.listen` is not set (the file is ssr-host.toml)", "--admin"]);
    let port = free_port();
    let nobody = format!("http://127.0.0.1:{port}");
    let ended = command("", &["purge", "--all", "--admin", &nobody], &[]);
    assert_fails(&ended, 1, &[&format!("error: cannot connect to the admin port {nobody}: "), "is the host running"]);
    let ended = command("", &["status", "--admin", "unix:/no/such.sock"], &[]);
    assert_fails(&ended, 1, &["cannot connect to the admin port unix:/no/such.sock: "]);
    for (words, part) in [
        (&["status", "--admin", "https://127.0.0.1:9090"][..], "speaks plain HTTP"),
        (&["status", "--admin", "localhost"], "`--admin` is `localhost`: expected such as"),
        (&["status", "--token", "short"], "`--token` is wrong (its value is secret)"),
    ] {
        assert_fails(&command("", words, &[]), 1, &[part]);
    }
    for words in [&["purge"][..], &["purge", "--tag", "a", "--all"], &["purge", "--tag"], &["flush"], &[]] {
        assert_fails(&command("", words, &[]), 2, &["--help"]);
    }
    // Something else listens there, and something that says nothing.
    let (host, _) = start(app("[admin]\nlisten = '127.0.0.1:0'\n"));
    let other = format!("http://127.0.0.1:{}", host.port);
    assert_fails(&command("", &["status", "--admin", &other], &[]), 1, &["is not the admin port of ssr-host (status 200)"]);
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    assert_fails(&command("", &["status", "--admin", &url], &[]), 1, &["does not answer within 5s"]);
}

#[test]
fn a_unix_socket_is_for_its_user_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("admin.sock");
    let config = format!("[admin]\nlisten = 'unix:{}'\n", path.display());
    let mut host = app(&config).start();
    host.stderr.wait_for("the admin port is unix:");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let mut client = std::os::unix::net::UnixStream::connect(&path).unwrap();
    client.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    client.read_to_string(&mut text).unwrap();
    assert!(text.starts_with("HTTP/1.1 200") && text.contains("ssr_host_cache_entries "), "{text}");
    let ended = command(&config, &["purge", "--all"], &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    host.signal(Signal::TERM);
    assert_eq!(host.ended().0.code(), Some(0));
    assert!(!Path::new(&path).exists(), "the file goes with the host");
}
