//! The host's own rate limits, over the socket.

use crate::client::Response;
use crate::host::{App, TestHost};

const APP: &str = r#"export default { fetch: ({ url }) => new Response(new URL(url).pathname) };"#;

fn start(rules: &str) -> TestHost {
    App::files("server.js", &[("package.json", r#"{ "type": "module" }"#), ("server.js", APP), ("ssr-host.toml", rules)])
        .isolates(1)
        .start()
}

fn get(host: &TestHost, path: &str, headers: &str) -> Response {
    let mut client = host.connect();
    client.request("GET", path, headers);
    client.response()
}

#[test]
fn refuses_in_fastifys_words_what_is_too_much() {
    let host = start("[[rate_limit]]\nmax = 3\nwindow = \"60s\"\n");
    for left in ["2", "1", "0"] {
        let answer = host.get("/a");
        assert_eq!((answer.status, answer.header("x-ratelimit-remaining")), (200, Some(left)));
        assert_eq!(answer.header("x-ratelimit-limit"), Some("3"));
        assert!(answer.header("ratelimit").is_some() && answer.header("ratelimit-policy").is_some(), "{:?}", answer.headers);
    }
    let refused = host.get("/b");
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").unwrap().parse::<u64>().is_ok_and(|seconds| (1..=60).contains(&seconds)));
    let body = refused.json();
    assert_eq!((&body["statusCode"], &body["error"]), (&429.into(), &"Too Many Requests".into()));
    assert!(body["message"].as_str().unwrap().starts_with("Rate limit exceeded, retry in "), "{body}");
    // What a load balancer asks is never refused.
    for _ in 0..5 {
        assert_ne!(host.get("/health").status, 429);
    }
}

#[test]
fn rules_have_paths_methods_and_keys() {
    let host = start(
        r#"
        [[rate_limit]]
        path = "/api/*"
        methods = ["GET"]
        max = 1
        window = "60s"
        key = "header:x-api-key"
        "#,
    );
    assert_eq!(get(&host, "/api/a", "x-api-key: one\r\n").status, 200);
    assert_eq!(get(&host, "/%61pi/a", "x-api-key: one\r\n").status, 429, "another spelling of the same path");
    assert_eq!(get(&host, "/api/a", "x-api-key: two\r\n").status, 200);
    assert_eq!(get(&host, "/other", "x-api-key: one\r\n").status, 200);
    assert_eq!(host.connect().post("/api/a", "text/plain", b"x").status, 200);
}

#[test]
fn a_forged_address_is_no_way_around() {
    let host = start("[[rate_limit]]\nmax = 2\nwindow = \"60s\"\n");
    let statuses: Vec<u16> = (0..4).map(|i| get(&host, "/", &format!("x-forwarded-for: 9.9.9.{i}\r\n")).status).collect();
    assert_eq!(statuses, [200, 200, 429, 429]);
}

#[test]
fn clients_behind_a_trusted_proxy_are_told_apart() {
    let host = start("[trust]\npeers = [\"loopback\"]\nheader = \"fly-client-ip\"\n[[rate_limit]]\nmax = 1\nwindow = \"60s\"\n");
    let from = |address: &str| get(&host, "/", &format!("fly-client-ip: {address}\r\n")).status;
    assert_eq!([from("9.9.9.1"), from("9.9.9.1"), from("9.9.9.2")], [200, 429, 200]);
    // One subscriber of IPv6 has a whole /64.
    assert_eq!([from("2001:db8::1"), from("2001:db8::ffff:1"), from("2001:db8:0:1::1")], [200, 429, 200]);
}

#[test]
fn a_shadow_rule_only_counts() {
    let host = start("[[rate_limit]]\nmax = 1\nwindow = \"60s\"\nshadow = true\n");
    for _ in 0..3 {
        let answer = host.get("/");
        assert_eq!((answer.status, answer.header("x-ratelimit-limit")), (200, None));
    }
}
