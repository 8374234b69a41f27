//! `ssr-host healthcheck`: finds the host by its settings, and ends with 0 or 1 and one line.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::host::{App, Ended, TestHost, free_port};

const OK: &str = "export default { fetch: (request) => new Response('ok', { status: new URL(request.url).pathname === '/ill' ? 500 : 200 }) };";

#[track_caller]
fn assert_ended(ended: &Ended, code: i32, part: &str) {
    let Ended { code: actual, stdout, stderr } = ended;
    let (said, silent) = if code == 0 { (stdout, stderr) } else { (stderr, stdout) };
    assert!(said.contains(part) && said.lines().count() == 1, "no `{part}` in:\n{said}");
    assert_eq!((*actual, silent.as_str()), (Some(code), ""), "{said}");
}

/// Asks in the environment of a host.
fn ask(environment: &[(&str, &str)], words: &[&str]) -> Ended {
    let app = environment.iter().fold(App::source(OK), |app, (name, value)| app.env(name, value));
    app.run_words(&[&["healthcheck"], words].concat())
}

fn of(host: &TestHost, words: &[&str]) -> Ended {
    ask(&[("PORT", &host.port.to_string())], words)
}

/// Names with their values.
type Pairs<'a> = &'a [(&'a str, &'a str)];

#[test]
fn a_host_that_is_well() {
    let host = App::source(OK).start();
    let (port, other) = (host.port.to_string(), free_port().to_string());
    assert_ended(&of(&host, &[]), 0, &format!("healthy: status 200 of http://[::]:{port}/health after "));
    let cases: [(Pairs, &[&str]); 5] = [
        (&[("PORT", &port), ("HOST", "127.0.0.1")], &[]),
        (&[("PORT", &port), ("HOST", "localhost")], &["--path", "/ready"]),
        (&[("PORT", &other), ("SSR_HOST_SERVER_PORT", &port)], &[]),
        (&[("PORT", &other)], &["--port", &port, "--timeout", "10s"]),
        (&[("PORT", "no port")], &["--url", &format!("http://127.0.0.1:{port}/x?y")]),
    ];
    for (environment, words) in cases {
        assert_ended(&ask(environment, words), 0, "healthy: status 200");
    }
}

#[test]
fn it_starts_no_engine() {
    let host = App::source(OK).start();
    let fastest = (0..10).map(|_| {
        let since = Instant::now();
        assert_eq!(of(&host, &[]).code, Some(0));
        since.elapsed()
    });
    // V8 alone takes longer to be initialised; most of this is the test's own waiting.
    assert!(fastest.min().unwrap() < Duration::from_millis(30));
}

#[test]
fn hosts_on_a_socket_and_behind_tls() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let key = rcgen::generate_simple_self_signed(["example.com".to_owned()]).unwrap();
    std::fs::write(path("cert.pem"), key.cert.pem()).unwrap();
    std::fs::write(path("key.pem"), key.signing_key.serialize_pem()).unwrap();

    let socket = [("SSR_HOST_SERVER_UNIX", &*path("app.sock"))];
    let _on_socket = App::source(OK).without_port().env(socket[0].0, socket[0].1).start();
    assert_ended(&ask(&socket, &[]), 0, "app.sock, /health");
    assert_ended(&ask(&[], &["--url", &format!("unix:{}", socket[0].1)]), 0, "healthy");
    assert_ended(&ask(&[("SSR_HOST_SERVER_UNIX", &path("none.sock"))], &[]), 1, "there is no such socket");

    let port = free_port().to_string();
    let tls = [("SSR_HOST_TLS_CERT", &*path("cert.pem")), ("SSR_HOST_TLS_KEY", &path("key.pem")), ("PORT", &port)];
    let app = tls.iter().fold(App::source(OK).without_port(), |app, (name, value)| app.env(name, value));
    let host = app.launch("serve");
    host.stderr.wait_for("ready in");
    assert_ended(&ask(&tls, &[]), 0, &format!("healthy: status 200 of https://[::]:{port}/health"));
    assert_ended(&ask(&[("PORT", &port)], &[]), 1, "does it speak TLS");
}

#[test]
fn a_host_that_wants_a_proxy_header() {
    let required = [("SSR_HOST_TRUST_PROXY_PROTOCOL", "required"), ("SSR_HOST_TRUST_PEERS", "loopback")];
    let app = required.iter().fold(App::source(OK), |app, (name, value)| app.env(name, value));
    let port = app.start();
    let number = port.port.to_string();
    let environment = [&required[..], &[("PORT", &number)]].concat();
    assert_ended(&ask(&environment, &[]), 0, "healthy");
    assert_ended(&ask(&[("PORT", &number)], &[]), 1, "the connection was closed without an answer");
}

#[test]
fn what_is_wrong_is_told() {
    let host = App::source(OK).start();
    assert_ended(&of(&host, &["--path", "/ill"]), 1, "unhealthy: status 500: ok (http://[::]:");
    let free = free_port().to_string();
    assert_ended(
        &ask(&[("PORT", &free)], &[]),
        1,
        &format!("connection refused: nothing listens there (http://[::]:{free}/health)"),
    );

    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    assert_ended(&ask(&[], &["--url", &url, "--timeout", "200ms"]), 1, "timed out after 200ms");

    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", other.local_addr().unwrap());
    let answering = std::thread::spawn(move || {
        let (mut client, _) = other.accept().unwrap();
        let _ = client.read(&mut [0; 1024]);
        let _ = client.write_all(b"220 mail.example.com ESMTP\r\n\r\n");
    });
    assert_ended(&ask(&[], &["--url", &url]), 1, "the answer is not HTTP");
    answering.join().unwrap();
}

#[test]
fn a_host_that_drains() {
    let app =
        "import Fastify from 'fastify'; const app = Fastify(); app.get('/', async () => 'home'); await app.listen({ port: 0 });";
    let host = App::source(app).isolates(1).env("SSR_HOST_SHUTDOWN_READY_DELAY", "5s").start();
    assert_ended(&of(&host, &["--path", "/ready"]), 0, "healthy");
    host.signal(Signal::TERM);
    let since = Instant::now();
    let draining = loop {
        let ended = of(&host, &["--path", "/ready"]);
        if ended.code == Some(1) || since.elapsed() > Duration::from_secs(4) {
            break ended;
        }
    };
    assert_ended(&draining, 1, r#"unhealthy: status 503: {"status":"draining"}"#);
    assert_ended(&of(&host, &[]), 0, "healthy");
}

/// Docker knows 0 and 1.
#[test]
fn mistakes_end_with_one_as_well() {
    let cases: [(Pairs, &[&str], &str); 4] = [
        (&[], &["--unknown"], "unexpected argument '--unknown'"),
        (&[], &["--timeout", "soon"], "invalid value 'soon'"),
        (&[("PORT", "x")], &[], "PORT is `x`"),
        (&[("SSR_HOST_SERVER_PORT", "0")], &[], "the host listens on port 0"),
    ];
    for (environment, words, part) in cases {
        let ended = ask(environment, words);
        assert!(ended.stderr.contains(part), "{}", ended.stderr);
        assert_eq!(ended.code, Some(1), "{words:?}");
    }
}
