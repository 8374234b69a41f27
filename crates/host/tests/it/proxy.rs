//! `[[proxy]]` through the real binary: what a backend gets, and what a client gets of it.

mod backend;
mod failures;
mod streams;

use backend::Backend;

use crate::client::Response;
use crate::host::{App, TestHost};

/// An app that answers every path.
const APP: &str = r#"export default { fetch: (request) => new Response("app " + new URL(request.url).pathname) };"#;

const OK: &str = "HTTP/1.1 200 OK\ncontent-length: 2\n\nok";

/// A host with this configuration, in which `URL` is that of the backend.
fn host(backend: &Backend, config: &str) -> TestHost {
    configured(&config.replace("URL", &backend.url()))
}

fn configured(config: &str) -> TestHost {
    let files = [("package.json", r#"{ "type": "module" }"#), ("server.js", APP), ("ssr-host.toml", config)];
    App::files("server.js", &files).isolates(1).start()
}

const API: &str = "[[proxy]]\npath = '/api'\nupstream = 'URL'\n";

fn ask(host: &TestHost, method: &str, path: &str, headers: &str) -> Response {
    let mut connection = host.connect();
    connection.request(method, path, headers);
    connection.response()
}

#[test]
fn a_path_and_what_is_below_it_goes_to_the_backend() {
    let backend = Backend::says(OK);
    let host = host(&backend, API);
    host.stderr.wait_for(&format!("/api goes to {}", backend.url()));
    for path in ["/api", "/api/", "/api/a%2Fb//c/../d;x=1?q=%2e%2e/&r", "/api/caf%C3%A9"] {
        host.get(path).assert_ok("ok");
    }
    for path in ["/", "/apis", "/API", "/%61pi/a", "/x/../api/a", "/health"] {
        assert!(host.get(path).text().starts_with("app /"), "{path}");
    }
    let lines: Vec<_> = backend.seen().into_iter().map(|seen| seen.line).collect();
    let expected = ["/api", "/api/", "/api/a%2Fb//c/../d;x=1?q=%2e%2e/&r", "/api/caf%C3%A9"];
    assert_eq!(lines, expected.map(|path| format!("GET {path} HTTP/1.1")));
}

#[test]
fn bodies_pass_byte_for_byte() {
    let backend = Backend::start(|seen| {
        let head = format!("HTTP/1.1 201 Made\r\ncontent-type: application/x\r\ncontent-length: {}\r\n\r\n", seen.body.len());
        [head.as_bytes(), &seen.body].concat()
    });
    let host = host(&backend, API);
    let body: Vec<u8> = (0..1_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let response = host.connect().post("/api/echo", "application/octet-stream", &body);
    assert_eq!((response.status, response.header("content-type")), (201, Some("application/x")));
    assert!(response.body == body);
    let mut connection = host.connect();
    connection.request("PUT", "/api/echo", "transfer-encoding: chunked\r\n");
    connection.send("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    assert_eq!(connection.response().text(), "abcde");
}

#[test]
fn the_backend_is_told_who_asks() {
    let backend = Backend::says(OK);
    let host = host(&backend, &format!("{API}request_headers = {{ x-api-key = 'sesame', x-dropped = false }}\n"));
    let forged = "x-forwarded-for: 6.6.6.6\r\nforwarded: for=6.6.6.6\r\nx-real-ip: 6.6.6.6\r\nx-dropped: 1\r\nx-kept: 1\r\n";
    ask(&host, "GET", "/api/a", forged).assert_ok("ok");
    let seen = &backend.seen()[0];
    let expected = [
        ("host", Some(format!("127.0.0.1:{}", backend.port))),
        ("x-forwarded-for", Some("127.0.0.1".to_owned())),
        ("x-forwarded-host", Some("localhost".to_owned())),
        ("x-forwarded-proto", Some("http".to_owned())),
        ("x-real-ip", Some("127.0.0.1".to_owned())),
        ("forwarded", Some("for=127.0.0.1;host=\"localhost\";proto=http".to_owned())),
        ("via", Some("1.1 ssr-host".to_owned())),
        ("x-api-key", Some("sesame".to_owned())),
        ("x-dropped", None),
        ("x-kept", Some("1".to_owned())),
    ];
    for (name, value) in expected {
        assert_eq!(seen.header(name), value.as_deref(), "{name}: {:?}", seen.headers);
    }
    let (id, trace) = (seen.header("x-request-id").unwrap(), seen.header("traceparent").unwrap());
    assert!(id.len() == 32 && trace.starts_with(&format!("00-{id}-")) && trace.ends_with("-00"), "{id} {trace}");
    assert!(!host.printed().contains("sesame"));
}

/// RFC 9110 section 7.6.1, and CVE-2026-105299.
#[test]
fn connection_takes_only_what_is_about_the_connection() {
    let answer = "HTTP/1.1 200 OK\nconnection: x-hop, content-security-policy, x-frame-options, set-cookie\nx-hop: 1\nset-cookie: a=1\nalt-svc: h3=\":443\"\nkeep-alive: timeout=5\ncontent-length: 2\n\nok";
    let backend = Backend::says(answer);
    let host = host(&backend, API);
    let hostile = "connection: keep-alive, x-forwarded-for, x-request-id, via, host, cookie, authorization, x-hop, te\r\n";
    let sent =
        "x-hop: 1\r\ncookie: a=1\r\nauthorization: Basic x\r\nkeep-alive: 1\r\nte: trailers, gzip\r\nproxy-connection: a\r\n";
    let response = ask(&host, "GET", "/api/a", &format!("{hostile}{sent}"));
    response.assert_ok("ok");
    let seen = &backend.seen()[0];
    for name in ["x-forwarded-for", "x-request-id", "via", "host", "cookie", "authorization"] {
        assert!(seen.header(name).is_some(), "{name} is missing: {:?}", seen.headers);
    }
    for name in ["x-hop", "keep-alive", "proxy-connection"] {
        assert_eq!(seen.header(name), None, "{:?}", seen.headers);
    }
    assert_eq!(seen.header("te"), Some("trailers"));
    for name in ["x-frame-options", "x-content-type-options", "set-cookie"] {
        assert!(response.header(name).is_some(), "{name} is missing: {:?}", response.headers);
    }
    for name in ["x-hop", "alt-svc"] {
        assert_eq!(response.header(name), None, "{:?}", response.headers);
    }
}

#[test]
fn no_spelling_of_a_path_leads_out() {
    let backend = Backend::says(OK);
    let host = host(&backend, &API.replace("URL'", "URL'\nstrip = true"));
    let tricks = [
        "/api/../admin",
        "/api/..",
        "/api/%2e%2e/admin",
        "/api/%252e%252e/admin",
        "/api/..%2fadmin",
        "/api/..%5cadmin",
        "/api/..;/admin",
        "/api/a%2fb/../../admin",
        "/api//evil.example/a",
        "/api/%c0%ae%c0%ae/admin",
    ];
    for path in tricks {
        let response = host.get(path);
        assert_eq!(response.status, 400, "{path}");
        let expected = r#"{"statusCode":400,"error":"Bad Request","message":"source/request contain invalid characters"}"#;
        assert_eq!(response.text(), expected, "{path}");
    }
    assert!(backend.seen().is_empty(), "{:?}", backend.seen());
}

#[test]
fn places_of_the_backend_in_the_clients_terms() {
    let backend = Backend::start(|seen| {
        let host = seen.header("host").unwrap();
        format!(
            "HTTP/1.1 302 Found\r\nlocation: http://{host}/login?a\r\nset-cookie: a=1; Path=/users; Secure\r\nset-cookie: b=1; Path=/; HttpOnly\r\ncontent-length: 0\r\n\r\n"
        )
        .into_bytes()
    });
    let host = host(&backend, &API.replace("URL'", "URL'\nstrip = true"));
    let response = host.get("/api/a?b");
    assert_eq!((response.status, response.header("location")), (302, Some("/api/login?a")));
    let cookies: Vec<_> = response.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value).collect();
    assert_eq!(cookies, ["a=1; Path=/api/users; Secure", "b=1; Path=/; HttpOnly"]);
    let seen = &backend.seen()[0];
    assert_eq!((seen.line.as_str(), seen.header("x-forwarded-prefix")), ("GET /a?b HTTP/1.1", Some("/api")));
}

#[test]
fn framing_without_bodies() {
    let backend = Backend::start(|seen| {
        let head = match seen.line.split(' ').nth(1).unwrap() {
            "/api/204" => "HTTP/1.1 204 No Content\r\nx-a: 1\r\n\r\n",
            "/api/304" => "HTTP/1.1 304 Not Modified\r\netag: \"1\"\r\n\r\n",
            _ => "HTTP/1.1 200 OK\r\ncontent-length: 5\r\netag: \"1\"\r\n\r\n",
        };
        head.as_bytes().to_vec()
    });
    let host = host(&backend, API);
    let mut connection = host.connect();
    for _ in 0..2 {
        connection.request("HEAD", "/api/a", "");
        let head = connection.head();
        assert_eq!((head.status, head.header("content-length"), head.header("etag")), (200, Some("5"), Some("\"1\"")));
        for (path, status) in [("/api/204", 204), ("/api/304", 304)] {
            let response = connection.get(path);
            assert_eq!((response.status, response.header("transfer-encoding")), (status, None), "{:?}", response.headers);
        }
    }
}

#[test]
fn methods() {
    let backend = Backend::says(OK);
    let host = host(&backend, &format!("{API}methods = ['GET', 'POST']\n"));
    ask(&host, "POST", "/api/a", "content-length: 0\r\n").assert_ok("ok");
    for method in ["PUT", "DELETE", "TRACE"] {
        let response = ask(&host, method, "/api/a", "content-length: 0\r\n");
        assert_eq!((response.status, response.header("allow")), (405, Some("GET, POST")), "{method}");
    }
    assert_eq!(backend.seen().len(), 1);
}

/// The framework's variable, as its deployments have it.
#[test]
fn a_variable_alone_turns_it_on() {
    let backend = Backend::says(OK);
    let variable = |app: App| app.env("COMPOSABLE_RUST_BACKEND_URL", &format!("{}/", backend.url())).isolates(1).start();
    let host = variable(App::source(APP));
    host.get("/api/posts").assert_ok("ok");
    assert_eq!(backend.seen()[0].line, "GET /api/posts HTTP/1.1");
    let said = format!("/api goes to {} (COMPOSABLE_RUST_BACKEND_URL)", backend.url());
    host.stderr.wait_for(&said);

    let own = r#"
      import fastify from "fastify";
      const app = fastify();
      app.get("/api/own", () => "own");
      await app.listen({ port: Number(process.env.PORT) });
    "#;
    let host = variable(App::source(own));
    host.get("/api/own").assert_ok("own");
    assert_eq!(host.get("/api/other").status, 404);
    host.stderr.wait_for("/api stays the app's, which has `/api/own`");
    assert_eq!(backend.seen().len(), 1);
}

/// What two servers could read differently never reaches the backend; what does has one framing.
#[test]
fn nothing_is_smuggled() {
    let backend = Backend::says(OK);
    let host = host(&backend, API);
    let shapes = [
        "POST /api/a HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /api/smuggled HTTP/1.1\r\nhost: a\r\n\r\n",
        "POST /api/a HTTP/1.1\r\nhost: a\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST /api/a HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd",
        "POST /api/a HTTP/1.0\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /api/a HTTP/1.1\r\nhost: a\r\ntransfer-encoding : chunked\r\n\r\n0\r\n\r\n",
        "GET /api/a HTTP/1.1\r\nhost: a\r\nx: a\r\n folded: b\r\n\r\n",
    ];
    for shape in shapes {
        let mut connection = host.connect();
        connection.send(shape);
        assert_eq!(connection.response().status, 400, "{shape:?}");
    }
    assert!(backend.seen().is_empty(), "{:?}", backend.seen());
    let mut connection = host.connect();
    connection.send("POST /api/a HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n20\r\nGET /api/b HTTP/1.1\r\nhost: b\r\n\r\n\r\n0\r\n\r\n");
    assert_eq!(connection.response().status, 200);
    let seen = backend.seen();
    assert_eq!((seen.len(), seen[0].body.len()), (1, 32));
    let framings = ["content-length", "transfer-encoding"].map(|name| seen[0].header(name).is_some());
    assert_eq!(framings.iter().filter(|has| **has).count(), 1, "{:?}", seen[0].headers);
}
