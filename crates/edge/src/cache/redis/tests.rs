//! With a real Redis: `redis-server` must be installed.

mod failures;
mod leases;
mod purging;

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};

use super::*;
use crate::cache::purge::{Moment, Selector};
use crate::cache::purges::Standing;
use crate::cache::{Lifetime, Name, Read};
use crate::redis::server::Server;

/// An instance: its second level, and what it knows of purges.
pub(super) struct Instance {
    redis: Redis,
    purges: Arc<Purges>,
}

impl std::ops::Deref for Instance {
    type Target = Redis;

    fn deref(&self) -> &Redis {
        &self.redis
    }
}

impl Instance {
    fn unstarted(url: String, build: &str, timeout: Duration) -> Instance {
        let purges = Arc::<Purges>::default();
        let config = Config { timeout, ..Config::new(url) };
        Instance { redis: Redis::new(&config, build, purges.clone()).unwrap(), purges }
    }

    /// Connected. The time limit is long: what is tested is not how fast this machine is.
    async fn new(server: &Server) -> Instance {
        let instance = Instance::unstarted(server.url(), "build", Duration::from_secs(5));
        instance.start().await;
        assert!(instance.view().up);
        instance
    }

    /// One that does not wait.
    async fn hasty(server: &Server) -> Instance {
        let instance = Instance::unstarted(server.url(), "build", Duration::from_millis(100));
        instance.start().await;
        until(async || instance.view().up).await;
        instance
    }

    /// A page that is rendered now.
    fn page(&self, path: &str, tags: &[&str]) -> Arc<Stored> {
        Arc::new(page(path, tags, &spec("accept-language"), self.clock().born(), self.clock().now()))
    }

    async fn look(&self, path: &str) -> Found {
        self.find(path, &[], |spec| Some(key(path, spec))).await
    }

    async fn has(&self, path: &str) -> bool {
        matches!(self.look(path).await, Found::Entry(_))
    }

    async fn is_down(&self) -> bool {
        matches!(self.look("/").await, Found::Down)
    }

    /// Stores a page that is rendered now; it is there then. What was rendered in the first moments of a Redis does not count.
    async fn put(&self, path: &str, tags: &[&str]) {
        until(async || {
            self.store(self.page(path, tags));
            self.has(path).await
        })
        .await;
    }

    /// What purges say of a page that was rendered then.
    fn verdict(&self, path: &str, tags: &[&str], born: Moment) -> Standing {
        self.purges.verdict(&page(path, tags, &Arc::default(), born, born))
    }

    fn since(&self) -> Moment {
        self.redis.shared.heard.lock().since
    }
}

fn purge(selector: Selector) -> Purge {
    Purge { selector, soft: false }
}

fn tag(tag: &str) -> Selector {
    Selector::Tag(tag.into())
}

fn spec(header: &str) -> Arc<Spec> {
    Arc::new(Spec([Read::Host, Read::Header(Name(header.parse().unwrap()))].into()))
}

fn key(path: &str, spec: &Spec) -> Key {
    let request = Request::get(path).header("host", "a").header("accept-language", "de").body(()).unwrap();
    Key::of(&request.into_parts().0, spec).unwrap()
}

fn page(path: &str, tags: &[&str], spec: &Arc<Spec>, born: Moment, received: Moment) -> Stored {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", "text/html".parse().unwrap());
    Stored {
        path: path.into(),
        query: "".into(),
        spec: spec.clone(),
        key: key(path, spec),
        status: StatusCode::OK,
        headers,
        own_etag: false,
        choice: None,
        route: None,
        body: Bytes::from("<p>page</p>".repeat(100)),
        lifetime: Lifetime { fresh: Duration::from_secs(600), ..Lifetime::default() },
        received,
        born,
        tags: tags.iter().map(|&tag| tag.into()).collect(),
    }
}

/// Waits for what comes sooner or later.
async fn until(mut is: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !is().await {
            time::sleep(Duration::from_millis(5)).await;
        }
    };
    time::timeout(Duration::from_secs(30), waiting).await.expect("it comes");
}

async fn ask<T: redis::FromRedisValue>(server: &Server, words: &[&str]) -> T {
    let (name, arguments) = words.split_first().unwrap();
    ::redis::cmd(name).arg(arguments).query_async(&mut server.connection().await).await.unwrap()
}

#[tokio::test]
async fn instances_share_pages() {
    let server = Server::new().await;
    let (one, other) = (Instance::new(&server).await, Instance::new(&server).await);
    assert!(matches!(other.look("/a").await, Found::Nothing));
    one.put("/a", &["t"]).await;
    let page = one.page("/a", &["u"]);
    one.store(page.clone());
    until(async || matches!(other.look("/a").await, Found::Entry(found) if format!("{found:?}") == format!("{page:?}"))).await;
    assert!(matches!(other.look("/b").await, Found::Nothing));

    // With what is known already: wrong inputs, the right ones, those for which there is no key.
    let known = [spec("x-other"), spec("accept-language")];
    for known in [&known[..], &known[..1], &known[1..]] {
        let Found::Entry(found) = other.find("/a", known, |spec| Some(key("/a", spec))).await else { panic!("{known:?}") };
        assert_eq!(found.key, page.key);
        assert!(known.len() == 1 && known[0] != page.spec || known.iter().any(|known| Arc::ptr_eq(known, &found.spec)));
    }
    assert!(matches!(other.find("/a", &known, |_| None).await, Found::Nothing));
    // Another client's page.
    let others_key = |spec: &Spec| Some(key("/b", spec));
    assert!(matches!(other.find("/a", &known, others_key).await, Found::Nothing));
    assert!(other.view().hits >= 4 && other.view().misses >= 4);
    assert_eq!((one.view().errors, other.view().errors), (0, 0));

    let mut keys = server.keys().await;
    keys.sort();
    let [(entry, entry_left), (specs, specs_left), (epochs, -1)] = &keys[..] else { panic!("{keys:?}") };
    assert!(entry.starts_with("ssr-host:cache:build:e:") && specs.starts_with("ssr-host:cache:build:s:"), "{keys:?}");
    assert_eq!(epochs, "ssr-host:cache:epochs");
    for left in [entry_left, specs_left] {
        assert!((1..=600_000).contains(left), "{left}");
    }
}

#[tokio::test]
async fn builds_do_not_see_each_other() {
    let server = Server::new().await;
    let one = Instance::new(&server).await;
    let other = Instance::unstarted(server.url(), "other", Duration::from_secs(5));
    other.start().await;
    one.put("/a", &["t"]).await;
    assert!(matches!(other.look("/a").await, Found::Nothing));
    // Not even where somebody has put it under the other's name.
    for kind in ["e", "s"] {
        let keys = server.keys().await;
        let (name, _) = keys.iter().find(|(name, _)| name.starts_with(&format!("ssr-host:cache:build:{kind}:"))).unwrap();
        let _: i64 = ask(&server, &["COPY", name, &name.replace(":build:", ":other:")]).await;
    }
    assert!(matches!(other.look("/a").await, Found::Nothing));
    other.put("/a", &["t"]).await;
    // Purges are of all builds.
    other.redis.purge(&purge(tag("t"))).await.unwrap();
    until(async || !one.has("/a").await).await;
}

#[tokio::test]
async fn keeps_no_secret_in_what_it_says() {
    let config = Config::new("redis://:password@host");
    assert!(!format!("{config:?}").contains("password"));
    for url in ["rediss://host", "http://password@host", "redis://password@host:port"] {
        let Err(error) = Redis::new(&Config::new(url), "", Arc::default()) else { panic!("{url}") };
        assert!(!error.contains("password"), "{error}");
    }
}

/// `cargo test --release -p edge -- --ignored --nocapture second_level_cost`
#[tokio::test]
#[ignore = "a measurement"]
async fn second_level_cost() {
    let server = Server::new().await;
    let instance = Instance::new(&server).await;
    let mut body = String::new();
    while body.len() < 50_000 {
        body.push_str(&format!("<li class=\"item\"><a href=\"/items/{:x}\">Item</a></li>", body.len() * 2_654_435_761));
    }
    let spec = spec("accept-language");
    let page = Stored { body: body.into(), ..(*instance.page("/a", &["t"])).clone() };
    println!("50 kB: {} bytes", codec::encode(&page, "build").unwrap().len());
    until(async || {
        instance.store(Arc::new(Stored { born: instance.clock().born(), ..page.clone() }));
        instance.has("/a").await
    })
    .await;
    let rounds = 2000;
    let known = [spec];
    let start = Instant::now();
    for _ in 0..rounds {
        assert!(matches!(instance.find("/a", &known, |spec| Some(key("/a", spec))).await, Found::Entry(_)));
    }
    println!("found, inputs known: {:?}", start.elapsed() / rounds);
    let start = Instant::now();
    for _ in 0..rounds {
        assert!(instance.has("/a").await);
    }
    println!("found, inputs not known: {:?}", start.elapsed() / rounds);
    let start = Instant::now();
    for _ in 0..rounds {
        assert!(!instance.has("/b").await);
    }
    println!("not found: {:?}", start.elapsed() / rounds);
    let start = Instant::now();
    for round in 0..rounds {
        instance.redis.purge(&purge(tag(&round.to_string()))).await.unwrap();
    }
    println!("purged: {:?}", start.elapsed() / rounds);
    let start = Instant::now();
    for _ in 0..rounds {
        codec::encode(&page, "build").unwrap();
    }
    println!("encoded: {:?}", start.elapsed() / rounds);
    server.signal("-STOP");
    for request in 1..=3 {
        let start = Instant::now();
        instance.has("/a").await;
        println!("paused, request {request}: {:?}", start.elapsed());
    }
}
