//! `[[proxy]]`.

use super::*;

const ROUTES: &str = "[[proxy]]
path = '/api'
upstream = 'http://backend.internal:8080/'
methods = ['GET']
host = 'client'
request_headers = { x-api-key = 'sesame', cookie = false }
body_limit = '2MiB'
timeout = '5s'
[proxy.websocket]
ping_interval = false
[proxy.health]
path = '/health'
[[proxy]]
path = '/rpc/*'
upstream = 'h2c+unix:/run/rpc.sock'
rewrite = '/v1'
";

fn told(file: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let config = config(&[], file, variables);
    let routes = config.settings.proxy.iter().enumerate();
    let mark = |i| if config.proxy_of_variable == Some(i) { "variable: " } else { "" };
    routes.map(|(i, route)| format!("{}{}", mark(i), route.told())).collect()
}

#[test]
fn as_written() {
    let settings = config(&[], ROUTES, &[]).settings;
    let [api, rpc] = &settings.proxy[..] else { panic!("{:?}", settings.proxy) };
    assert_eq!(api.upstream.to_string(), "http://backend.internal:8080");
    assert_eq!((api.timeout.as_secs(), api.connect_timeout.as_secs(), api.total_timeout), (5, 5, None));
    assert_eq!((api.websocket.enabled, api.websocket.ping_interval, api.websocket.idle_timeout.as_secs()), (true, None, 120));
    assert_eq!(api.health.path.as_ref().map(|path| path.0.as_str()), Some("/health"));
    assert_eq!(rpc.websocket.ping_interval, Some(Duration::from_secs(30)));
    let expected = ["/api goes to http://backend.internal:8080", "/rpc goes to h2c+unix:/run/rpc.sock as /v1"];
    assert_eq!(told(ROUTES, &[]), expected);
}

#[test]
fn values_of_headers_are_never_shown() {
    let shown = printed(&[], ROUTES);
    assert!(shown.contains("x-api-key = \"***\"") && shown.contains("cookie = false"), "{shown}");
    assert!(!shown.contains("sesame"));
    assert!(!format!("{:?}", config(&[], ROUTES, &[]).settings).contains("sesame"));
    let wrong = "[[proxy]]\npath = '/a'\nupstream = 'http://a'\nrequest_headers = { a = 'ses\\u0001ame' }\n".replace('\'', "\"");
    let problem = problems(&wrong, &[], &[]);
    assert!(problem.contains("its value is secret") && !problem.contains("ame\""), "{problem}");
}

/// The framework's variable, where nothing else is said.
#[test]
fn the_variable() {
    let variable = |url| [("COMPOSABLE_RUST_BACKEND_URL", url)];
    let of_variable = "variable: /api goes to http://b.internal:8080";
    let cases: [(&str, &str, &[&str]); 9] = [
        ("", "http://b.internal:8080", &[of_variable]),
        ("", "http://b.internal:8080/", &[of_variable]),
        ("", "http://b.internal:8080/v1/", &["variable: /api goes to http://b.internal:8080 as /v1/api"]),
        ("", "b.internal:8080", &[]),
        ("", "ftp://b.internal", &[]),
        ("", "", &[]),
        ("proxy = []", "http://b.internal:8080", &[]),
        ("[[proxy]]\npath = '/api/*'\nupstream = 'http://a'\n", "http://b.internal:8080", &["/api goes to http://a"]),
        (
            "[[proxy]]\npath = '/rpc'\nupstream = 'http://a'\n",
            "http://b.internal:8080",
            &["/rpc goes to http://a", "variable: /api goes to http://b.internal:8080"],
        ),
    ];
    for (file, url, expected) in cases {
        assert_eq!(told(file, &variable(url)), expected, "{file} {url}");
    }
    assert!(config(&[], "", &variable("b.internal:8080")).backend_url_is_foreign);
    assert!(!config(&[], "", &variable("http://b.internal:8080")).backend_url_is_foreign);
}

#[test]
fn what_is_wrong_is_told() {
    let cases = [
        ("path = 'api'\nupstream = 'http://a'", "ssr-host.toml:2: `proxy[0].path` is `api`: expected the beginning of a path"),
        ("path = '/'\nupstream = 'http://a'", "is `/`, and then the app would never be asked"),
        ("path = '/health'\nupstream = 'http://a'", "is `/health`, but `/health` is answered here"),
        ("path = '/a/../b'\nupstream = 'http://a'", "is `/a/../b`: expected the beginning of a path"),
        (
            "path = '/a'\nupstream = 'http://a/v1'",
            "hint: what the backend is asked stands in `rewrite`, such as `rewrite = \"/v1\"`",
        ),
        ("path = '/a'\nupstream = 'ftp://a'", "is `ftp://a`: expected an URL such as"),
        ("path = '/a'\nupstream = 'http://u:p@a'", "an URL without a user and password"),
        ("path = '/a'\nupstream = 'http://a'\nstrip = true\nrewrite = '/b'", "and `rewrite` exclude each other"),
        ("path = '/a'\nupstream = 'http://a'\nhost = 'a b'", "is `a b`: expected `upstream`, `client` or the name of a host"),
        (
            "path = '/a'\nupstream = 'http://a'\nrequest_headers.host = 'b'",
            "has `host`, which cannot be changed: `host` says what it is",
        ),
        (
            "path = '/a'\nupstream = 'http://a'\nresponse_headers.content-length = '1'",
            "has `content-length`, which cannot be changed",
        ),
        (
            "path = '/a'\nupstream = 'http://a'\n[[proxy]]\npath = '/a/'\nupstream = 'http://b'",
            "is `/a`, as is that of another one",
        ),
        ("path = '/a'\nupstream = 'https://a'\ntls.server_name = 'a b'", "`a b` is no name of a host"),
        ("path = '/a'\nupstream = 'https://a'\ntls.ca = 'missing.pem'", "which does not exist"),
        ("path = '/a'\nupstream = 'http://a'\nwebsockets = false", "is unknown"),
    ];
    for (route, expected) in cases {
        let problem = problems(&format!("[[proxy]]\n{route}\n"), &[], &[]);
        assert!(problem.contains(expected), "{route}: {problem}");
    }
}
