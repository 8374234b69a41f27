//! The module as a whole: settings in, headers out.

use tower::{ServiceBuilder, ServiceExt as _};

use super::*;

/// CSP3, section 7.2.2: alert('Hello, world.');
const HELLO: &str = "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='";
const TEMPLATE: &str = "<script>alert('Hello, world.');</script>";

fn directives(text: &str) -> Directives {
    let mut directives = Directives::none();
    for directive in text.split(';') {
        let mut words = directive.split_whitespace().map(str::to_owned);
        if let Some(name) = words.next() {
            directives.set(&name, words.collect());
        }
    }
    directives
}

fn config(text: &str) -> Config {
    Config { enabled: true, directives: directives(text), ..Config::default() }
}

fn rule(path: &str, text: &str) -> Rule {
    Rule { path: path.parse().unwrap(), enabled: None, report_only: None, directives: directives(text) }
}

fn problems(config: &Config) -> Vec<String> {
    Layer::new(config).err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

/// The policy headers of the answer to a request for this path, when the app sets these.
async fn sent(config: &Config, path: &str, app: &[(HeaderName, &'static str)], status: u16) -> Vec<String> {
    let app = app.to_vec();
    let service = tower::service_fn(move |_: Request<()>| {
        let mut response = Response::new(Body::Empty);
        *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
        for (name, value) in &app {
            response.headers_mut().append(name, HeaderValue::from_static(value));
        }
        async { Ok(response) }
    });
    let request = Request::get(path).body(()).unwrap();
    let response = ServiceBuilder::new().layer(Layer::new(config).unwrap()).service(service).oneshot(request).await.unwrap();
    response.headers().iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect()
}

async fn policy(config: &Config) -> String {
    sent(config, "/", &[], 200).await.concat().replace("content-security-policy: ", "")
}

#[tokio::test]
async fn sends_a_default_without_unsafe_sources() {
    let config = Config { enabled: true, ..Config::default() };
    let expected = "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'self'; form-action 'self'; \
                    img-src 'self' data:";
    assert_eq!(policy(&config).await, expected);
    for status in [200, 304, 403, 429, 500] {
        assert_eq!(sent(&config, "/", &[], status).await.len(), 1, "{status}");
    }
    assert!(sent(&config, "/", &[], 101).await.is_empty());
    assert!(sent(&Config::default(), "/", &[], 200).await.is_empty());
}

#[tokio::test]
async fn allows_by_hash_where_it_governs() {
    let cases = [
        ("default-src 'self'", format!("default-src 'self'; script-src 'self' {HELLO}")),
        ("default-src 'none'; img-src *", format!("default-src 'none'; img-src *; script-src {HELLO}")),
        ("default-src *; script-src", format!("default-src *; script-src {HELLO}")),
        ("script-src 'none'", format!("script-src {HELLO}")),
        (
            "script-src 'self'; script-src-elem https://a.example",
            format!("script-src 'self'; script-src-elem https://a.example {HELLO}"),
        ),
        ("frame-ancestors 'none'", "frame-ancestors 'none'".to_owned()),
        ("upgrade-insecure-requests; sandbox", "upgrade-insecure-requests; sandbox".to_owned()),
        ("img-src", "img-src 'none'".to_owned()),
    ];
    for (text, expected) in cases {
        let mut config = config(text);
        config.inline.add_template(TEMPLATE);
        assert_eq!(policy(&config).await, expected, "{text}");
    }
}

#[tokio::test]
async fn allows_styles_by_hash_unless_all_are_allowed() {
    let hash = hash::source("p{}");
    let attribute = hash::source("color:red");
    let html = "<style>p{}</style><p style=color:red>";
    let cases = [
        ("style-src 'self'", format!("style-src 'self' {hash}; style-src-attr 'self' 'unsafe-hashes' {attribute}")),
        ("default-src 'none'", format!("default-src 'none'; style-src {hash}; style-src-attr 'unsafe-hashes' {attribute}")),
        ("style-src 'self' 'unsafe-inline'", "style-src 'self' 'unsafe-inline'".to_owned()),
        ("style-src 'self'; style-src-attr 'unsafe-inline'", format!("style-src 'self' {hash}; style-src-attr 'unsafe-inline'")),
    ];
    for (text, expected) in cases {
        let mut config = config(text);
        config.inline.add_template(html);
        assert_eq!(policy(&config).await, expected, "{text}");
    }
}

#[tokio::test]
async fn lets_the_apps_policy_stand_or_replaces_it() {
    let (enforced, reported) = (CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY_REPORT_ONLY);
    let app =
        [(enforced.clone(), "default-src *"), (enforced.clone(), "img-src 'self'"), (reported.clone(), "script-src 'none'")];
    let mut config = config("default-src 'self'");
    let (own, own_more, own_report) = (
        "content-security-policy: default-src *",
        "content-security-policy: img-src 'self'",
        "content-security-policy-report-only: script-src 'none'",
    );
    assert_eq!(sent(&config, "/", &app, 200).await, [own, own_more, own_report]);
    config.report_only = true;
    assert_eq!(
        sent(&config, "/", &app[..2], 200).await,
        [own, own_more, "content-security-policy-report-only: default-src 'self'"]
    );
    config.replace = true;
    // Replacing what only reports must not take away what protects.
    assert_eq!(sent(&config, "/", &app, 200).await, [own, own_more, "content-security-policy-report-only: default-src 'self'"]);
    config.report_only = false;
    assert_eq!(sent(&config, "/", &app, 200).await, ["content-security-policy: default-src 'self'", own_report]);
}

#[tokio::test]
async fn differs_by_path() {
    let mut config = config("default-src 'self'; img-src 'self'");
    config.inline.add_template(TEMPLATE);
    config.rules = vec![
        Rule { enabled: Some(false), ..rule("/embed/raw", "") },
        rule("/embed/*", "frame-ancestors https://partner.example; img-src *"),
        Rule { report_only: Some(true), ..rule("/new/*", "") },
    ];
    let script = format!("; script-src 'self' {HELLO}");
    let base = format!("content-security-policy: default-src 'self'; img-src 'self'{script}");
    let cases = [
        ("/", vec![base.clone()]),
        ("/embed/raw", vec![]),
        (
            "/embed/a?b",
            vec![format!(
                "content-security-policy: default-src 'self'; img-src *; frame-ancestors https://partner.example{script}"
            )],
        ),
        ("/%65mbed/raw", vec![]),
        ("/new/a", vec![base.replace("policy:", "policy-report-only:")]),
    ];
    for (path, expected) in cases {
        assert_eq!(sent(&config, path, &[], 200).await, expected, "{path}");
    }
    let app = [(CONTENT_SECURITY_POLICY, "img-src 'none'")];
    config.replace = true;
    assert_eq!(sent(&config, "/embed/raw", &app, 200).await, ["content-security-policy: img-src 'none'"]);
    config.enabled = false;
    config.rules[1].enabled = Some(true);
    assert!(sent(&config, "/", &[], 200).await.is_empty());
    assert_eq!(sent(&config, "/embed/a", &[], 200).await.len(), 1);
}

#[test]
fn refuses_holes_for_scripts_and_says_what_to_do() {
    let refused = [
        ("script-src 'self' 'unsafe-inline'", "script-src: "),
        ("script-src 'UNSAFE-INLINE'", "script-src: "),
        ("script-src-elem 'unsafe-inline'", "script-src-elem: "),
        ("script-src-attr 'unsafe-inline'", "script-src-attr: "),
        ("default-src 'unsafe-inline'", "default-src: "),
        ("default-src 'unsafe-inline'; script-src-elem 'self'", "default-src: "),
        ("script-src data:", "script-src: "),
    ];
    for (text, place) in refused {
        let problems = problems(&config(text));
        let found = problems.iter().any(|problem| problem.starts_with(place) && problem.contains("templates"));
        assert!(found, "{text}: {problems:?}");
    }
    let allowed = [
        "default-src 'unsafe-inline'; script-src 'self'",
        "default-src 'unsafe-inline' data:; script-src-elem 'self'; script-src-attr 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
    ];
    for text in allowed {
        assert_eq!(problems(&config(text)), [""; 0], "{text}");
    }
}

#[test]
fn reports_every_problem_and_where() {
    let mut config = config("script-src self; img-source *; style-src 'self'");
    config.rules = vec![
        rule("/a", "script-src 'unsafe-inline'; font-src 'nonce-1'"),
        Rule { enabled: Some(false), ..rule("/b", "frame-ancestor 'self'") },
    ];
    let problems = problems(&config);
    let places: Vec<_> = problems.iter().map(|problem| problem.split(": ").next().unwrap()).collect();
    let expected = ["script-src", "img-source", "rules[0].font-src", "rules[0].script-src", "rules[1].frame-ancestor"];
    assert_eq!(places, expected, "{problems:#?}");
    // What the rules inherit is said once.
    let mut config = self::config("script-src 'unsafe-inline'");
    config.rules = vec![rule("/a", "img-src *")];
    assert_eq!(self::problems(&config).len(), 1);
}
