//! Security headers, content security policy, CORS and cross-site requests, over the socket.

use crate::client::Response;
use crate::host::{App, TestHost};

const APP: &str = r#"
  export default {
    fetch({ url }) {
      const { pathname } = new URL(url);
      if (pathname === "/own") {
        return new Response("own", { headers: { "x-frame-options": "DENY", "content-security-policy": "default-src 'none'", "access-control-allow-origin": "https://own.example" } });
      }
      if (pathname === "/fails") throw new Error("on purpose");
      return new Response("<!doctype html><script>alert('injected')</script>", { headers: { "content-type": "text/html" } });
    },
  };
"#;

const TEMPLATE: &str =
    "<!doctype html><script type=\"module\">start()</script><script type=\"application/json\">{}</script><p>x</p>";

fn start(config: &str) -> TestHost {
    App::files(
        "server.js",
        &[
            ("package.json", r#"{ "type": "module" }"#),
            ("server.js", APP),
            ("template.html", TEMPLATE),
            ("ssr-host.toml", config),
        ],
    )
    .isolates(1)
    .start()
}

fn ask(host: &TestHost, method: &str, path: &str, headers: &str) -> Response {
    let mut client = host.connect();
    client.request(method, path, headers);
    client.response()
}

#[test]
fn safe_headers_are_added_where_the_app_set_none() {
    let host = start("");
    for path in ["/", "/fails", "/health"] {
        let answer = host.get(path);
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("strict-origin-when-cross-origin"), "{path}");
        assert_eq!(answer.header("x-frame-options"), Some("SAMEORIGIN"), "{path}");
        assert_eq!(answer.header("strict-transport-security"), None, "{path}: this is not HTTPS");
    }
    assert_eq!(host.get("/own").header("x-frame-options"), Some("DENY"));
}

#[test]
fn hsts_is_for_https_only() {
    let host = start("[trust]\npeers = [\"loopback\"]\nheader = \"x-forwarded-for\"\nproto_header = \"x-forwarded-proto\"\n");
    let answer = ask(&host, "GET", "/", "x-forwarded-proto: https\r\n");
    assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"));
}

#[test]
fn an_injected_script_is_not_blessed() {
    let host = start("[csp]\nenabled = true\ntemplates = [\"template.html\"]\n");
    let policy = host.get("/").header("content-security-policy").unwrap().to_owned();
    // printf '%s' 'start()' | openssl dgst -sha256 -binary | base64
    let template = "'sha256-DIm7WJS6ZKDYe5qFLPy+h4JFI9Bol5QmYC57mt3Fb00='";
    assert!(policy.contains(template), "the template's script is allowed: {policy}");
    assert_eq!(policy.matches("sha256-").count(), 1, "the page's is not, and a data block needs none: {policy}");
    assert!(!policy.contains("unsafe-inline"), "{policy}");
    assert_eq!(host.get("/own").header("content-security-policy"), Some("default-src 'none'"), "the app's own policy stands");
}

#[test]
fn a_policy_can_replace_the_apps_and_be_only_reported() {
    let host = start("[csp]\nenabled = true\noverride = true\nreport_only = true\n");
    let own = host.get("/own");
    assert!(own.header("content-security-policy-report-only").is_some(), "{:?}", own.headers);
}

#[test]
fn cors_answers_preflights_and_adds_what_is_needed() {
    let host = start(
        "[cors]\norigins = [\"https://a.example\", \"https://*.b.example\"]\ncredentials = true\nmethods = [\"GET\", \"PUT\"]\nmax_age = \"10m\"\n",
    );
    for (origin, allowed) in [
        ("https://a.example", true),
        ("https://x.b.example", true),
        ("https://evil-b.example", false),
        ("https://b.example.evil", false),
        ("http://a.example", false),
        ("null", false),
    ] {
        let answer = ask(&host, "GET", "/", &format!("origin: {origin}\r\n"));
        assert_eq!(answer.header("access-control-allow-origin"), allowed.then_some(origin), "{origin}");
        assert!(answer.header("vary").unwrap().to_ascii_lowercase().contains("origin"), "{origin}");
        let preflight = ask(&host, "OPTIONS", "/", &format!("origin: {origin}\r\naccess-control-request-method: PUT\r\n"));
        assert_eq!(preflight.header("access-control-allow-origin"), allowed.then_some(origin), "preflight of {origin}");
        if allowed {
            assert_eq!(preflight.status, 204);
            assert_eq!(preflight.header("access-control-max-age"), Some("600"));
            assert_eq!(preflight.header("access-control-allow-credentials"), Some("true"));
        }
    }
    assert_eq!(
        ask(&host, "GET", "/own", "origin: https://a.example\r\n").header("access-control-allow-origin"),
        Some("https://own.example")
    );
}

#[test]
fn cross_site_requests_that_change_something_are_refused_on_request() {
    let host = start("[cross_site]\nmode = \"refuse\"\nallow_origins = [\"https://pay.example\"]\n");
    let cases = [
        ("POST", "sec-fetch-site: cross-site\r\n", 403),
        ("POST", "sec-fetch-site: same-site\r\n", 403),
        ("POST", "sec-fetch-site: same-origin\r\n", 200),
        ("POST", "sec-fetch-site: none\r\n", 200),
        ("GET", "sec-fetch-site: cross-site\r\n", 200),
        ("POST", "origin: http://localhost\r\n", 200),
        ("POST", "origin: https://evil.example\r\n", 403),
        ("POST", "sec-fetch-site: cross-site\r\norigin: https://pay.example\r\n", 200),
        ("POST", "", 200),
    ];
    for (method, headers, expected) in cases {
        let answer = ask(&host, method, "/", &format!("{headers}content-length: 0\r\n"));
        assert_eq!(answer.status, expected, "{method} {headers}");
    }
}
