//! The layer as a whole, on a clock that the tests turn; with a real Redis in [`shared`].

mod shared;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use governor::clock::FakeRelativeClock;
use http::{HeaderMap, Method, StatusCode};
use http_body_util::BodyExt as _;
use tower::{Layer as _, ServiceExt as _};

use super::key::Key;
use super::redis::Failure;
use super::*;
use crate::client::Client;

/// A layer around an app that answers 200 with the headers it is given, and counts.
#[derive(Clone)]
struct App {
    layer: Layer,
    clock: FakeRelativeClock,
    reached: Arc<AtomicUsize>,
    sets: HeaderMap,
}

impl App {
    fn new(config: Config) -> App {
        let clock = FakeRelativeClock::default();
        let layer = Layer { limiter: Arc::new(Limiter::new(config, &Clock::Fake(clock.clone())).unwrap()) };
        App { layer, clock, reached: Arc::default(), sets: HeaderMap::new() }
    }

    async fn ask(&self, request: Request<()>) -> Response<Body> {
        let (reached, sets) = (self.reached.clone(), self.sets.clone());
        let inner = tower::service_fn(move |_: Request<()>| {
            reached.fetch_add(1, Ordering::Relaxed);
            let mut response = Response::new(Body::Empty);
            *response.headers_mut() = sets.clone();
            async { Ok::<_, Infallible>(response) }
        });
        self.layer.layer(inner).oneshot(request).await.unwrap()
    }

    async fn statuses(&self, requests: impl IntoIterator<Item = Request<()>>) -> Vec<u16> {
        let mut statuses = Vec::new();
        for request in requests {
            statuses.push(self.ask(request).await.status().as_u16());
        }
        statuses
    }

    /// Allowed, refused, and what shadow mode would have refused.
    fn counted(&self) -> (u64, u64, u64) {
        let stats = self.layer.stats();
        (stats.allowed(), stats.refused(), stats.shadow_refused())
    }
}

fn rule(max: u32, seconds: u64) -> Rule {
    Rule::new(NonZeroU32::new(max).unwrap(), Duration::from_secs(seconds))
}

fn config(rules: impl Into<Vec<Rule>>) -> Config {
    Config { rules: rules.into(), ..Config::default() }
}

fn request(method: &str, path: &str, ip: &str) -> Request<()> {
    let client = Client { ip: ip.parse().ok(), ..Client::default() };
    Request::builder().method(method).uri(path).extension(client).body(()).unwrap()
}

fn get(path: &str, ip: &str) -> Request<()> {
    request("GET", path, ip)
}

fn with_header(mut request: Request<()>, name: &'static str, value: &str) -> Request<()> {
    request.headers_mut().insert(name, value.parse().unwrap());
    request
}

/// The headers in the order of their names, as `name: value`.
fn listed(response: &Response<Body>) -> Vec<String> {
    let pair = |(name, value): (&http::HeaderName, &http::HeaderValue)| format!("{name}: {}", value.to_str().unwrap());
    let mut listed: Vec<_> = response.headers().iter().map(pair).collect();
    listed.sort();
    listed
}

#[tokio::test]
async fn refuses_as_fastify_words_it() {
    let app = App::new(config([rule(1, 60)]));
    let first = app.ask(get("/", "192.0.2.1")).await;
    assert_eq!(first.status(), StatusCode::OK);
    // In the form of the examples of the draft: `"default";q=100;w=10` and `"default";r=50;t=30`.
    let expected = [
        "ratelimit-policy: \"rule-1\";q=1;w=60",
        "ratelimit: \"rule-1\";r=0;t=60",
        "x-ratelimit-limit: 1",
        "x-ratelimit-remaining: 0",
        "x-ratelimit-reset: 60",
    ];
    assert_eq!(listed(&first), expected);
    let second = app.ask(get("/", "192.0.2.1")).await;
    assert_eq!(second.status(), StatusCode::TOO_MANY_REQUESTS);
    let mut expected: Vec<&str> = expected.into();
    let said = r#"{"statusCode":429,"error":"Too Many Requests","message":"Rate limit exceeded, retry in 1 minute"}"#;
    let length = format!("content-length: {}", said.len());
    expected.extend([&*length, "content-type: application/json; charset=utf-8", "retry-after: 60"]);
    expected.sort_unstable();
    assert_eq!(listed(&second), expected);
    let body = second.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(String::from_utf8_lossy(&body), said);
    assert_eq!(app.reached.load(Ordering::Relaxed), 1);
    assert_eq!(app.counted(), (1, 1, 0));
}

#[tokio::test]
async fn lets_pass_again_at_its_rate() {
    // Two in a minute: one more every half minute. (seconds that pass before; status, remaining, t)
    let app = App::new(config([rule(2, 60)]));
    let cases = [
        (0, 200, "r=1;t=30"),
        (0, 200, "r=0;t=30"),
        (10, 429, "r=0;t=20"),
        (19, 429, "r=0;t=1"),
        (1, 200, "r=0;t=30"),
        (60, 200, "r=1;t=30"),
        (3600, 200, "r=1;t=30"),
    ];
    for (index, (pass, status, said)) in cases.into_iter().enumerate() {
        app.clock.advance(Duration::from_secs(pass));
        let response = app.ask(get("/", "192.0.2.1")).await;
        let expected = (status, format!("\"rule-1\";{said}"));
        assert_eq!(
            (response.status().as_u16(), response.headers()["ratelimit"].to_str().unwrap().to_owned()),
            expected,
            "{index}"
        );
    }
}

#[tokio::test]
async fn counts_each_client_by_itself() {
    let api_key = |ip, value| with_header(get("/", ip), "x-api-key", value);
    let session = |ip, value| with_header(get("/", ip), "cookie", value);
    // What is counted by; pairs of requests, and whether they are one client
    let cases = [
        ("ip", get("/", "192.0.2.1"), get("/", "192.0.2.1"), true),
        ("ip", get("/", "192.0.2.1"), get("/", "192.0.2.2"), false),
        ("ip", get("/", "192.0.2.1"), get("/", "::ffff:192.0.2.1"), true),
        ("ip", get("/", "2001:db8::1"), get("/", "2001:db8::ffff:0:0:1"), true),
        ("ip", get("/", "2001:db8::1"), get("/", "2001:db8:0:1::1"), false),
        ("ip", get("/", "unix"), get("/", "unix"), true),
        ("ip", get("/", "unix"), Request::new(()), true),
        ("ip", api_key("192.0.2.1", "a"), api_key("192.0.2.1", "b"), true),
        ("header:x-api-key", api_key("192.0.2.1", "a"), api_key("192.0.2.2", "a"), true),
        ("header:x-api-key", api_key("192.0.2.1", "a"), api_key("192.0.2.1", "b"), false),
        ("header:x-api-key", get("/", "192.0.2.1"), get("/", "192.0.2.1"), true),
        ("header:x-api-key", get("/", "192.0.2.1"), api_key("192.0.2.9", "192.0.2.1"), false),
        ("cookie:sid", session("192.0.2.1", "sid=a"), session("192.0.2.2", "b=c; sid=%61"), true),
        ("cookie:sid", session("192.0.2.1", "sid=a"), session("192.0.2.1", "sid=b"), false),
    ];
    for (by, first, second, same) in cases {
        let described = format!("{by} {first:?} {second:?}");
        let app = App::new(config([Rule { by: by.parse().unwrap(), ..rule(1, 60) }]));
        assert_eq!(app.statuses([first, second]).await, [200, if same { 429 } else { 200 }], "{described}");
    }
}

#[tokio::test]
async fn is_about_what_the_rule_says() {
    let path = |text: &str| Some(text.parse().unwrap());
    let get_only = || Rule { methods: vec![Method::GET], ..rule(1, 60) };
    let cases = [
        (Rule { path: path("/api/*"), ..rule(1, 60) }, "GET", "/api/a", true),
        (Rule { path: path("/api/*"), ..rule(1, 60) }, "GET", "/%61pi/a?b", true),
        (Rule { path: path("/api/*"), ..rule(1, 60) }, "GET", "/", false),
        (Rule { path: path("/api/search"), ..rule(1, 60) }, "GET", "/api/search;a?b", true),
        (Rule { path: path("/api/search"), ..rule(1, 60) }, "GET", "/api/searches;a", false),
        (get_only(), "GET", "/", true),
        (get_only(), "HEAD", "/", true),
        (get_only(), "POST", "/", false),
        (Rule { methods: vec![Method::POST, Method::PUT], ..rule(1, 60) }, "PUT", "/", true),
        (Rule { methods: vec![Method::POST], ..rule(1, 60) }, "HEAD", "/", false),
        (rule(1, 60), "GET", "/health", false),
        (rule(1, 60), "GET", "/ready", false),
        (rule(1, 60), "GET", "/healthy", true),
    ];
    for (rule, method, path, about) in cases {
        let app = App::new(config([rule.clone()]));
        let requests = || request(method, path, "192.0.2.1");
        let statuses = app.statuses([requests(), requests()]).await;
        assert_eq!(statuses, [200, if about { 429 } else { 200 }], "{method} {path} {rule:?}");
        assert_eq!(app.counted(), if about { (1, 1, 0) } else { (0, 0, 0) });
    }
}

#[tokio::test]
async fn lets_those_on_the_list_pass() {
    let allow = ["192.0.2.0/24", "2001:db8::/32"].map(|net| net.parse().unwrap()).into();
    let app = App::new(Config { allow, ..config([rule(1, 60)]) });
    for (ip, listed) in
        [("192.0.2.9", true), ("::ffff:192.0.2.9", true), ("2001:db8:9::1", true), ("192.0.3.1", false), ("unix", false)]
    {
        let statuses = app.statuses([get("/", ip), get("/", ip)]).await;
        assert_eq!(statuses, [200, if listed { 200 } else { 429 }], "{ip}");
    }
    assert!(listed(&app.ask(get("/", "192.0.2.9")).await).is_empty());
}

#[tokio::test]
async fn counts_by_every_rule_and_lets_the_strictest_speak() {
    let named = |name: &str, rule| Rule { name: Some(name.into()), ..rule };
    let api = Rule { path: Some("/api/*".parse().unwrap()), ..rule(2, 10) };
    let app = App::new(config([named("all", rule(4, 60)), named("api", api)]));
    // All count at one moment: (path; status, the rule that speaks, its policy)
    let cases = [
        ("/", 200, "\"all\";r=3;t=15", "\"all\";q=4;w=60"),
        ("/api/a", 200, "\"api\";r=1;t=5", "\"api\";q=2;w=10"),
        ("/api/a", 200, "\"api\";r=0;t=5", "\"api\";q=2;w=10"),
        ("/api/a", 429, "\"api\";r=0;t=5", "\"api\";q=2;w=10"),
        // The one that was refused has been counted by `all`.
        ("/", 429, "\"all\";r=0;t=15", "\"all\";q=4;w=60"),
        ("/api/a", 429, "\"all\";r=0;t=15", "\"all\";q=4;w=60"),
    ];
    for (index, (path, status, said, policy)) in cases.into_iter().enumerate() {
        let response = app.ask(get(path, "192.0.2.1")).await;
        let header = |name| response.headers()[name].to_str().unwrap();
        assert_eq!(
            (response.status().as_u16(), header("ratelimit"), header("ratelimit-policy")),
            (status, said, policy),
            "{index}"
        );
    }
}

#[tokio::test]
async fn only_counts_in_shadow_mode() {
    let app = App::new(config([Rule { shadow: true, ..rule(1, 60) }]));
    for _ in 0..5 {
        let response = app.ask(get("/", "192.0.2.1")).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert!(listed(&response).is_empty());
    }
    assert_eq!(app.counted(), (5, 0, 4));
    // Beside another rule, that one speaks and refuses.
    let app = App::new(config([Rule { shadow: true, ..rule(1, 60) }, rule(2, 60)]));
    assert_eq!(app.statuses((0..3).map(|_| get("/", "192.0.2.1"))).await, [200, 200, 429]);
    assert_eq!(app.counted(), (2, 1, 2));
}

#[tokio::test]
async fn allows_a_burst() {
    let burst = |burst| Rule { burst: NonZeroU32::new(burst), ..rule(60, 60) };
    let app = App::new(config([burst(3)]));
    assert_eq!(app.statuses((0..4).map(|_| get("/", "192.0.2.1"))).await, [200, 200, 200, 429]);
    let response = app.ask(get("/", "192.0.2.1")).await;
    let header = |name| response.headers()[name].to_str().unwrap();
    assert_eq!(
        ["ratelimit-policy", "x-ratelimit-limit", "x-ratelimit-reset", "retry-after"].map(header),
        ["\"rule-1\";q=60;w=60", "3", "3", "1"]
    );
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(app.statuses((0..2).map(|_| get("/", "192.0.2.1"))).await, [200, 429]);
}

#[tokio::test]
async fn sends_the_headers_asked_for() {
    let draft = ["ratelimit-policy: \"rule-1\";q=9", "ratelimit: \"rule-1\";r=8;t=1"];
    let legacy = ["x-ratelimit-limit: 9", "x-ratelimit-remaining: 8", "x-ratelimit-reset: 1"];
    let both = [&draft[..], &legacy].concat();
    let cases = [
        ("both", &[][..], &both[..]),
        ("draft", &[], &draft),
        ("legacy", &[], &legacy),
        ("none", &[], &[]),
        // A limit of the app's own.
        (
            "both",
            &[("x-ratelimit-limit", "5")],
            &["ratelimit-policy: \"rule-1\";q=9", "ratelimit: \"rule-1\";r=8;t=1", "x-ratelimit-limit: 5"],
        ),
        ("both", &[("ratelimit", "\"app\";r=1")], &["ratelimit: \"app\";r=1", legacy[0], legacy[1], legacy[2]]),
        (
            "both",
            &[("x-ratelimit-reset", "1"), ("ratelimit-policy", "\"app\";q=1")],
            &["ratelimit-policy: \"app\";q=1", "x-ratelimit-reset: 1"],
        ),
    ];
    for (which, sets, expected) in cases {
        // A window of half seconds: the draft cannot say it.
        let rule = Rule { window: Duration::from_millis(4500), ..rule(9, 1) };
        let mut app = App::new(Config { headers: which.parse().unwrap(), ..config([rule]) });
        app.sets = sets.iter().map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap())).collect();
        let mut expected = expected.to_vec();
        expected.sort();
        assert_eq!(listed(&app.ask(get("/", "192.0.2.1")).await), expected, "{which} {sets:?}");
        let statuses = app.statuses((0..9).map(|_| get("/", "192.0.2.1"))).await;
        assert_eq!(statuses.last(), Some(&429));
        let refused = app.ask(get("/", "192.0.2.1")).await;
        assert_eq!(refused.headers()["retry-after"], "1", "{which}");
        assert_eq!(refused.headers().contains_key("ratelimit"), matches!(which, "both" | "draft"));
        assert_eq!(refused.headers().contains_key("x-ratelimit-reset"), matches!(which, "both" | "legacy"));
    }
}

#[test]
fn names_settings_that_cannot_be_used() {
    let named = |name: &str| Rule { name: Some(name.into()), ..rule(1, 1) };
    let url = |url: &str| Config { redis: Some(redis::Config::new(url)), ..config([]) };
    let cases = [
        (config([named("a\"b")]), "`a\"b` is no name of a rule"),
        (config([named("")]), "`` is no name of a rule"),
        (config([named("caf\u{e9}")]), "is no name of a rule"),
        (config([named("a"), named("a")]), "`a` is no name of a rule"),
        (config([rule(1, 1), named("rule-1")]), "`rule-1` is no name of a rule"),
        (config([rule(2_000_000, 1)]), "rule `rule-1`: `2000000` requests in `1s` cannot be counted"),
        (Config { ipv6_prefix: 0, ..config([]) }, "`limiter.ipv6_prefix` is `0`"),
        (Config { ipv6_prefix: 129, ..config([]) }, "`limiter.ipv6_prefix` is `129`"),
        (Config { max_keys: 0, ..config([]) }, "`limiter.max_keys` is `0`"),
        (url("http://u:secret@localhost"), "`limiter.redis` cannot be used"),
        (url("rediss://u:secret@localhost"), "TLS to Redis is not supported"),
    ];
    for (config, expected) in cases {
        let error = Layer::new(config.clone()).err().unwrap().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(!format!("{error} {config:?}").contains("secret@"), "{error}");
    }
}

/// A flood of clients that were never seen before, each of which asks once.
#[test]
fn remembers_only_so_many_of_millions_of_keys() {
    // Five million take a minute without optimisation.
    const KEYS: u32 = if cfg!(debug_assertions) { 1_000_000 } else { 5_000_000 };
    let app = App::new(config([rule(100, 60)]));
    let limiter = &app.layer.limiter;
    let key = |ip: u32| Key::of(&By::Ip, Some(std::net::Ipv4Addr::from_bits(ip).into()), 64, &HeaderMap::new());
    let check = |ip| limiter.limits[0].local.check(key(ip)).refused;
    let honest = 0xffff_ffff;
    let refused_from = |ip| (0..200).take_while(|_| !check(ip)).count();
    assert_eq!(refused_from(honest), 100);
    for ip in 0..KEYS {
        assert!(!check(ip));
        if ip % 1000 == 0 {
            // Time passes, but not enough for any key to be over, nor for the refused one to be let pass.
            app.clock.advance(Duration::from_micros(100));
            assert!(check(honest), "freed after {ip} keys");
        }
    }
    let (keys, bytes) = app.layer.size();
    assert!(keys <= 100_000, "{keys} keys");
    assert!(bytes <= 100_000 * 150, "{bytes} bytes");
    assert_eq!(app.layer.stats().evicted(), u64::from(KEYS) + 1 - keys as u64);
    // And those that ask once are forgotten before one that has asked a few times.
    let known = 0xffff_fffe;
    (0..3).for_each(|_| assert!(!check(known)));
    (0..KEYS / 10).for_each(|ip| assert!(!check(ip)));
    assert_eq!(refused_from(known), 97);
}

#[test]
fn counts_exactly_from_many_threads() {
    let app = App::new(config([rule(1000, 60)]));
    let limit = &app.layer.limiter.limits[0].local;
    let key = Key::of(&By::Ip, None, 64, &HeaderMap::new());
    let passed = || (0..500).filter(|_| !limit.check(key).refused).count();
    let total: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(passed)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(total, 1000);
}

/// The machine's own clock stands still while it is suspended.
#[tokio::test]
async fn a_window_that_has_passed_in_sleep_is_over() {
    let layer = Layer::new(config([rule(1, 3600)])).unwrap();
    let app = App { layer, ..App::new(Config::default()) };
    assert_eq!(app.statuses([get("/", "192.0.2.1"), get("/", "192.0.2.1")]).await, [200, 429]);
    app.layer.wake(Duration::from_secs(600));
    assert_eq!(app.statuses([get("/", "192.0.2.1")]).await, [429]);
    app.layer.wake(Duration::from_secs(3000));
    assert_eq!(app.statuses([get("/", "192.0.2.1"), get("/", "192.0.2.1")]).await, [200, 429]);
}

/// `cargo test --release -p edge -- --ignored --nocapture rate_limit`
#[test]
#[ignore = "a measurement"]
fn cost() {
    let app = App::new(config([rule(100, 60)]));
    let limiter = Limiter::new(config([rule(100, 60)]), &Clock::real()).unwrap();
    let rounds = 1_000_000_u32;
    let requests: Vec<_> = (0..64).map(|ip| get("/posts/1", &format!("192.0.2.{ip}"))).collect();
    let start = Instant::now();
    for round in 0..rounds {
        let _ = std::hint::black_box(limiter.decide(&requests[round as usize % 64]));
    }
    println!("few clients: {:?} a request", start.elapsed() / rounds);
    let limit = &app.layer.limiter.limits[0].local;
    let start = Instant::now();
    for ip in 0..rounds {
        let ip = std::net::Ipv4Addr::from_bits(ip).into();
        std::hint::black_box(limit.check(Key::of(&By::Ip, Some(ip), 64, &HeaderMap::new())));
    }
    println!("a new client each time: {:?}; {:?} keys and bytes", start.elapsed() / rounds, app.layer.size());
}
