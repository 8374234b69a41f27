//! Counting in a real Redis: `redis-server` must be installed.

use super::*;
use crate::redis::server::Server;

impl Server {
    /// An app whose limits are counted here, already connected. The time limit is long: what is tested is not how fast this
    /// machine is.
    async fn app(&self, rules: impl Into<Vec<Rule>>, failure: Failure) -> App {
        let redis = redis::Config { failure, timeout: Duration::from_secs(2), ..redis::Config::new(self.url()) };
        let app = App::new(Config { redis: Some(redis), ..config(rules) });
        app.layer.start().await;
        assert!(app.is_connected());
        app
    }
}

impl App {
    fn is_connected(&self) -> bool {
        self.layer.limiter.redis.as_ref().unwrap().connection().is_some()
    }

    async fn until_connected(&self) {
        while !self.is_connected() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

fn ask(count: usize) -> impl Iterator<Item = Request<()>> {
    (0..count).map(|_| get("/", "192.0.2.1"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_instances_share_a_count_exactly() {
    let server = Server::new().await;
    // An hour for each: no time that passes in the test gives any back.
    let rules = || [rule(50, 50 * 3600)];
    let apps = [server.app(rules(), Failure::Open).await, server.app(rules(), Failure::Open).await];
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let app = apps[task % 2].clone();
            tokio::spawn(async move { app.statuses(ask(20)).await.into_iter().filter(|&status| status == 200).count() })
        })
        .collect();
    let mut passed = 0;
    for task in tasks {
        passed += task.await.unwrap();
    }
    assert_eq!(passed, 50);
    let counted = apps.map(|app| (app.counted(), app.layer.stats().redis_errors()));
    assert_eq!((counted[0].0.0 + counted[1].0.0, counted[0].0.1 + counted[1].0.1), (50, 110));
    assert_eq!((counted[0].1, counted[1].1), (0, 0));
}

#[tokio::test]
async fn counts_all_rules_with_expiry_and_without_secrets() {
    let server = Server::new().await;
    let by_key = Rule { name: Some("key".into()), by: "header:x-api-key".parse().unwrap(), ..rule(2, 60) };
    let api = Rule { path: Some("/api/*".parse().unwrap()), ..rule(1, 60) };
    let app = server.app([by_key, api, Rule { shadow: true, ..rule(10, 60) }], Failure::Closed).await;
    let asks = |path| with_header(get(path, "192.0.2.1"), "x-api-key", "abc");
    let response = app.ask(asks("/")).await;
    assert_eq!(response.headers()["ratelimit"], "\"key\";r=1;t=30");
    assert_eq!(response.headers()["x-ratelimit-reset"], "30");
    let mut keys = server.keys().await;
    keys.sort();
    // The SHA-256 of `abc`, 128 bits of it; the address as IPv6 embeds it.
    let names =
        ["ssr-host:limit:key:hba7816bf8f01cfea414140de5dae2223", "ssr-host:limit:rule-3:400000000000000000000ffffc0000201"];
    assert_eq!(keys.iter().map(|(name, _)| name).collect::<Vec<_>>(), names);
    assert!((1..=30_000).contains(&keys[0].1), "{keys:?}");
    assert!((1..=6_000).contains(&keys[1].1), "{keys:?}");
    assert_eq!(app.statuses([asks("/api/a"), asks("/api/a")]).await, [200, 429]);
    assert_eq!(app.counted(), (2, 1, 0));
}

/// The same requests at the same times, by `governor` and by the script in Redis.
#[tokio::test]
async fn decides_as_in_this_process() {
    let server = Server::new().await;
    let mut connection = ::redis::Client::open(server.url()).unwrap().get_multiplexed_async_connection().await.unwrap();
    let script = include_str!("../redis/gcra.lua").replace("redis.call('TIME')", "{ARGV[3], ARGV[4]}");
    assert!(script.contains("{ARGV[3], ARGV[4]}"));
    // Keys stay however long the test takes.
    let script = ::redis::Script::new(&script.replace("math.ceil((arrival - now) / 1000)", "600000"));
    for (index, (max, window, burst)) in [(3, 6, 3), (10, 1, 2), (2, 60, 5), (1, 1, 1), (100, 60, 100)].into_iter().enumerate() {
        let quota = standing::Quota::new(max, Duration::from_secs(window), burst).unwrap();
        let clock = FakeRelativeClock::default();
        let local = local::Local::new(quota, 10, Arc::default(), &Clock::Fake(clock.clone()));
        let key = Key::of(&By::Ip, None, 64, &HeaderMap::new());
        let (mut now, mut seed) = (1_700_000_000_000_000_u64, 1_u64);
        for step in 0..200 {
            seed = seed * 48271 % 2_147_483_647;
            let pass = [0, 0, quota.period / 2, quota.period, quota.period + 1000, 3 * quota.period][seed as usize % 6] / 1000;
            clock.advance(Duration::from_micros(pass));
            now += pass;
            let mut call = script.key(format!("key-{index}"));
            call.arg(quota.period.div_ceil(1000)).arg(burst).arg(now / 1_000_000).arg(now % 1_000_000);
            let said: Vec<i64> = call.invoke_async(&mut connection).await.unwrap();
            let shared = standing::Standing::new(quota, said[1] as u64 * 1000, said[0] == 1);
            assert_eq!(shared, local.check(key), "{max} in {window} s, burst {burst}, step {step}");
        }
    }
}

/// What is done without Redis, for each choice: statuses of three requests of which one is allowed.
const FAILURES: [(Failure, [u16; 3]); 3] =
    [(Failure::Local, [200, 429, 429]), (Failure::Open, [200, 200, 200]), (Failure::Closed, [503, 503, 503])];

#[tokio::test]
async fn does_without_redis_as_told() {
    for (failure, expected) in FAILURES {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("unix://{}", dir.path().join("nobody").display());
        let redis = redis::Config { failure, ..redis::Config::new(url) };
        let app = App::new(Config { redis: Some(redis), ..config([rule(1, 3600)]) });
        app.layer.start().await;
        assert_eq!(app.statuses(ask(3)).await, expected, "{failure:?}");
        assert!((1..=2).contains(&app.layer.stats().redis_errors()), "only attempts to connect");
        let passed = expected.iter().filter(|&&status| status == 200).count() as u64;
        assert_eq!(app.counted(), (passed, 3 - passed, 0));
    }
}

#[tokio::test]
async fn closed_is_503_and_only_for_what_could_be_refused() {
    let redis = || Some(redis::Config { failure: Failure::Closed, ..redis::Config::new("unix:///nonexistent/socket") });
    let app = App::new(Config { redis: redis(), ..config([rule(1, 3600)]) });
    let response = app.ask(get("/", "192.0.2.1")).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()["retry-after"], "1");
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let said = r#"{"statusCode":503,"error":"Service Unavailable","message":"Service Unavailable"}"#;
    assert_eq!(String::from_utf8_lossy(&body), said);
    assert_eq!(app.ask(get("/health", "192.0.2.1")).await.status(), StatusCode::OK);
    let app = App::new(Config { redis: redis(), ..config([Rule { shadow: true, ..rule(1, 3600) }]) });
    assert_eq!(app.ask(get("/", "192.0.2.1")).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn survives_a_redis_that_is_killed_and_comes_back_empty() {
    for (failure, expected) in FAILURES {
        let mut server = Server::new().await;
        let app = server.app([rule(1, 3600)], failure).await;
        assert_eq!(app.statuses(ask(2)).await, [200, 429]);
        server.stop();
        assert_eq!(app.statuses(ask(3)).await, expected, "{failure:?}");
        // One call found out; one attempt to connect may have been made since.
        assert!(app.layer.stats().redis_errors() <= 2, "the others did not ask");
        server.start_again().await;
        app.until_connected().await;
        // It knows neither the count nor the script.
        assert_eq!(app.statuses(ask(2)).await, [200, 429], "{failure:?}");
    }
}

#[tokio::test]
async fn does_not_wait_for_a_redis_that_is_paused() {
    for (failure, expected) in FAILURES {
        let server = Server::new().await;
        let app = server.app([rule(1, 3600)], failure).await;
        assert_eq!(app.statuses(ask(2)).await, [200, 429]);
        server.signal("-STOP");
        assert_eq!(app.statuses(ask(3)).await, expected, "{failure:?}");
        assert!(app.layer.stats().redis_errors() <= 2, "one call waited, the others did not ask");
        assert!(!app.is_connected());
        server.signal("-CONT");
        app.until_connected().await;
        assert_eq!(app.statuses(ask(1)).await, [429], "it has not forgotten, {failure:?}");
    }
}

#[tokio::test]
async fn does_not_ask_a_redis_whose_answers_are_late() {
    // Connects, and answers nothing: what a paused one looks like to a new connection.
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join("socket");
    let listener = tokio::net::UnixListener::bind(&socket).unwrap();
    let redis = redis::Config::new(format!("unix://{}", socket.display()));
    let app = App::new(Config { redis: Some(redis), ..config([rule(1, 3600)]) });
    app.layer.start().await;
    assert_eq!(app.statuses(ask(3)).await, [200, 429, 429]);
    assert!(!app.is_connected());
    drop(listener);
}

#[tokio::test]
async fn begins_to_connect_with_the_first_request() {
    let server = Server::new().await;
    let redis = redis::Config { timeout: Duration::from_secs(2), ..redis::Config::new(server.url()) };
    let app = App::new(Config { redis: Some(redis), ..config([rule(1, 3600)]) });
    assert_eq!(app.statuses(ask(1)).await, [200]);
    app.until_connected().await;
    assert_eq!(app.statuses(ask(2)).await, [200, 429]);
}

/// `cargo test --release -p edge -- --ignored --nocapture rate_limit`
#[tokio::test]
#[ignore = "a measurement"]
async fn cost() {
    let server = Server::new().await;
    let redis = redis::Config::new(server.url());
    let app = App::new(Config { redis: Some(redis), ..config([rule(100, 60), Rule { shadow: true, ..rule(10, 1) }]) });
    app.until_connected().await;
    let rounds = 5000;
    let start = Instant::now();
    app.statuses(ask(rounds)).await;
    println!("two rules: {:?} a request, {} errors", start.elapsed() / rounds as u32, app.layer.stats().redis_errors());
    app.until_connected().await;
    server.signal("-STOP");
    for request in 1..=3 {
        let start = Instant::now();
        app.statuses(ask(1)).await;
        println!("paused, request {request}: {:?}", start.elapsed());
    }
}
