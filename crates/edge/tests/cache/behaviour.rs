//! What happens to requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::time::Duration;

use bytes::Bytes;
use edge::Body;
use edge::cache::{Config, Purge, Read, Rule, Selector};
use http::{Response, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt as _, Full, StreamBody};
use tokio::sync::{Notify, mpsc};

use super::{Host, Seen, Told, page, request};

fn rule(path: &str) -> Rule {
    Rule { ttl: Some(Duration::from_secs(60)), ..Rule::new(path.parse().unwrap()) }
}

fn with_rule(rule: Rule) -> Config {
    Config { rules: vec![rule], ..Config::default() }
}

#[tokio::test]
async fn a_page_is_rendered_once_and_served_with_its_age() {
    let host = Host::simple(Config::default(), |_| page("s-maxage=60", "hello"));
    let first = host.get("/", &[]).await;
    assert_eq!((first.status, first.body.as_str()), (200, "hello"));
    assert_eq!(first.cache, "ssr-host; fwd=uri-miss; stored");
    let second = host.get("/", &[]).await;
    assert!(second.cache.starts_with("ssr-host; hit; ttl="), "{}", second.cache);
    assert_eq!(second.body, "hello");
    assert!(second.headers.contains_key("age") && second.headers.contains_key("date"));
    assert_eq!(first.headers["etag"], second.headers["etag"]);
    assert_eq!(host.renders(), 1);
}

#[tokio::test]
async fn nothing_is_stored_that_does_not_ask_for_it() {
    let host = Host::simple(Config::default(), |_| page("", "hello"));
    for _ in 0..2 {
        assert_eq!(host.get("/", &[]).await.cache.split("; ").nth(1), Some("fwd=uri-miss"));
    }
    assert_eq!(host.renders(), 2);
}

#[tokio::test]
async fn the_key_is_what_was_read() {
    let host = Host::simple(with_rule(rule("/*")), |seen| {
        let language = seen.header("accept-language").unwrap_or_default();
        page("", format!("{language} {:?}", seen.parameter("page")))
    });
    let de = [("accept-language", "de")];
    assert_eq!(host.get("/?page=1", &de).await.body, r#"de Some("1")"#);
    assert_eq!(host.get("/?page=1", &[("accept-language", "en")]).await.body, r#"en Some("1")"#);
    assert_eq!(host.get("/?page=2", &de).await.body, r#"de Some("2")"#);
    assert_eq!(host.renders(), 3);
    // Nothing of this was read.
    let told = host.get("/?utm_source=x&page=1", &[("accept-language", "de"), ("cookie", "a=1"), ("user-agent", "y")]).await;
    assert!(told.is_hit(), "{}", told.cache);
    assert_eq!(told.body, r#"de Some("1")"#);
}

#[tokio::test]
async fn what_is_for_one_user_is_not_stored() {
    let reads = [Read::Client, Read::Unique, Read::Cookies, Read::Cookie("sid".into()), Read::Headers];
    for read in reads {
        let what = format!("{read:?}");
        let host = Host::simple(with_rule(rule("/*")), move |seen| {
            seen.read(read.clone());
            page("s-maxage=60", "mine")
        });
        for _ in 0..2 {
            assert!(!host.get("/", &[]).await.is_hit(), "{what}");
        }
        assert_eq!(host.renders(), 2, "{what}");
    }
}

#[tokio::test]
async fn cookies_on_the_list_are_part_of_the_key() {
    let app = |seen: &super::Seen| page("", seen.header("cookie").unwrap_or_default());
    let host = Host::simple(with_rule(Rule { cookies: Some(vec!["theme".into()]), ..rule("/*") }), app);
    assert_eq!(host.get("/", &[("cookie", "sid=1; theme=dark")]).await.body, "theme=dark");
    let told = host.get("/", &[("cookie", "theme=dark; sid=2")]).await;
    assert!(told.is_hit() && told.body == "theme=dark", "{told:?}");
    assert_eq!(host.get("/", &[("cookie", "theme=light; sid=2")]).await.body, "theme=light");
    assert_eq!(host.get("/", &[("cookie", "sid=2")]).await.body, "");
    assert_eq!(host.renders(), 3);

    let host = Host::simple(Config { anonymous: true, ..with_rule(rule("/*")) }, app);
    for _ in 0..2 {
        assert_eq!(host.get("/", &[]).await.body, "");
        assert_eq!(host.get("/", &[("cookie", "sid=1")]).await.body, "sid=1");
    }
    assert_eq!(host.renders(), 3);
}

#[tokio::test]
async fn of_those_who_wait_one_renders() {
    let go = Arc::new(Notify::new());
    let waiting = go.clone();
    let host = Host::new(Config::default(), move |_| {
        let go = waiting.clone();
        async move {
            go.notified().await;
            page("s-maxage=60", "slow")
        }
    });
    let clients: Vec<_> = (0..200).map(|_| host.spawn("/", &[])).collect();
    tokio::time::sleep(Duration::from_millis(50)).await;
    // The first one leaves: its render does not.
    clients[0].abort();
    tokio::time::sleep(Duration::from_millis(10)).await;
    go.notify_one();
    for client in clients.into_iter().skip(1) {
        let told = client.await.unwrap();
        assert_eq!(told.body, "slow");
        assert!(told.cache.ends_with("; collapsed"), "{}", told.cache);
    }
    assert_eq!(host.renders(), 1);
    assert!(host.get("/", &[]).await.is_hit());
}

#[tokio::test]
async fn what_cannot_be_stored_is_not_waited_for_in_turns() {
    let at_once = Arc::new(AtomicU32::new(0));
    let most = Arc::new(AtomicU32::new(0));
    let (now, peak) = (at_once.clone(), most.clone());
    let host = Host::new(with_rule(rule("/*")), move |seen| {
        let (now, peak) = (now.clone(), peak.clone());
        async move {
            let me = seen.header("cookie").unwrap_or_default();
            peak.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
            tokio::time::sleep(Duration::from_millis(20)).await;
            now.fetch_sub(1, SeqCst);
            page("", me)
        }
    });
    let clients: Vec<_> = (0..20).map(|n| host.spawn("/", &[("cookie", &format!("sid={n}"))])).collect();
    for (n, client) in clients.into_iter().enumerate() {
        assert_eq!(client.await.unwrap().body, format!("sid={n}"));
    }
    assert_eq!(host.renders(), 20);
    // One first; when it is known that its page is its own, all others at the same time.
    assert_eq!(most.load(SeqCst), 19);
}

#[tokio::test]
async fn a_stale_page_is_served_while_it_is_refreshed() {
    let version = Arc::new(AtomicU32::new(0));
    let count = version.clone();
    let host = Host::simple(Config::default(), move |_| {
        page("max-age=0, stale-while-revalidate=60", format!("version {}", count.fetch_add(1, SeqCst)))
    });
    assert_eq!(host.get("/", &[]).await.body, "version 0");
    let told = host.get("/", &[]).await;
    assert_eq!(told.body, "version 0");
    assert!(told.is_hit(), "{}", told.cache);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(host.get("/", &[]).await.body, "version 1");
}

#[tokio::test]
async fn a_stale_page_is_served_in_place_of_any_error() {
    for status in [500, 502, 503, 504] {
        let broken = Arc::new(AtomicBool::new(false));
        let is_broken = broken.clone();
        let host = Host::simple(Config::default(), move |_| {
            if is_broken.load(SeqCst) {
                let mut response = page("", "sorry");
                *response.status_mut() = StatusCode::from_u16(status).unwrap();
                return response;
            }
            page("max-age=0, stale-if-error=60", "fine")
        });
        assert_eq!(host.get("/", &[]).await.body, "fine");
        broken.store(true, SeqCst);
        let told = host.get("/", &[]).await;
        assert_eq!((told.status, told.body.as_str()), (200, "fine"));
        assert!(told.cache.contains("detail=stale-if-error"), "{}", told.cache);
        // Nothing is there for others.
        assert_eq!(host.get("/other", &[]).await.status, status);
        // It is not tried again at once.
        let renders = host.renders();
        assert_eq!(host.get("/", &[]).await.body, "fine");
        assert_eq!(host.renders(), renders);
    }
}

#[tokio::test]
async fn those_who_wait_for_what_fails_do_not_try_it_as_well() {
    let host = Host::new(Config::default(), |seen: Seen| async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let me = if seen.parts.uri.path() == "/mine" { seen.header("cookie") } else { None };
        let mut response = page("", format!("sorry {me:?}"));
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        response.headers_mut().insert("retry-after", "1".parse().unwrap());
        response
    });
    for (path, renders) in [("/", 1), ("/mine", 1 + 30)] {
        let clients: Vec<_> = (0..30).map(|n| host.spawn(path, &[("cookie", &format!("sid={n}"))])).collect();
        for (n, client) in clients.into_iter().enumerate() {
            let told = client.await.unwrap();
            let me = if path == "/" { "sorry None".to_owned() } else { format!("sorry Some(\"sid={n}\")") };
            assert_eq!((told.status, told.body, &told.headers["retry-after"]), (503, me, &"1".parse().unwrap()));
        }
        assert_eq!(host.renders(), renders, "{path}");
    }
    assert_eq!(host.get("/", &[]).await.cache, "ssr-host; fwd=uri-miss", "stored nowhere");
}

#[tokio::test]
async fn must_revalidate_is_not_served_stale() {
    let broken = Arc::new(AtomicBool::new(false));
    let is_broken = broken.clone();
    let host = Host::simple(Config::default(), move |_| {
        let mut response = page("max-age=0, stale-if-error=60, must-revalidate", "fine");
        if is_broken.load(SeqCst) {
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        }
        response
    });
    host.get("/", &[]).await;
    broken.store(true, SeqCst);
    assert_eq!(host.get("/", &[]).await.status, 500);
}

#[tokio::test]
async fn a_slow_render_is_not_waited_for_when_there_is_a_stale_page() {
    let slow = Arc::new(AtomicBool::new(false));
    let is_slow = slow.clone();
    let config = Config { wait: Duration::from_millis(20), ..Config::default() };
    let host = Host::new(config, move |_| {
        let slow = is_slow.load(SeqCst);
        async move {
            if slow {
                std::future::pending::<()>().await;
            }
            page("max-age=0, stale-if-error=60", "fine")
        }
    });
    host.get("/", &[]).await;
    slow.store(true, SeqCst);
    assert_eq!(host.get("/", &[]).await.body, "fine");
    // One who finds the render under way does not wait longer either.
    assert_eq!(host.get("/", &[]).await.body, "fine");
}

#[tokio::test]
async fn purges_by_tag_url_prefix_and_all() {
    let urls = ["/posts/1", "/posts/1?x=1", "/posts/2", "/about"];
    let gone = |selector: Selector| -> Vec<&str> {
        match selector {
            Selector::All => urls.to_vec(),
            Selector::Tag(_) => vec![urls[0], urls[1], urls[2]],
            Selector::Prefix(_) => vec![urls[0], urls[1], urls[2]],
            Selector::Url(url) if url.contains('?') => vec![urls[1]],
            Selector::Url(_) => vec![urls[0], urls[1]],
        }
    };
    let selectors = [
        Selector::All,
        Selector::Tag("posts".into()),
        Selector::Prefix("/posts/".into()),
        Selector::Url("/posts/1".into()),
        Selector::Url("/posts/1?x=1".into()),
    ];
    for selector in selectors {
        let host = Host::simple(Config::default(), |seen| {
            seen.parameter("x");
            let mut response = page("s-maxage=60", "page");
            if seen.parts.uri.path().starts_with("/posts") {
                response.headers_mut().insert("cache-tag", "posts, all-pages".parse().unwrap());
            }
            response
        });
        for url in urls {
            host.get(url, &[]).await;
            assert!(host.get(url, &[]).await.is_hit(), "{url}");
        }
        host.cache.purge(Purge { selector: selector.clone(), soft: false }).await.unwrap();
        let missed: Vec<&str> = {
            let mut missed = Vec::new();
            for url in urls {
                if !host.get(url, &[]).await.is_hit() {
                    missed.push(url);
                }
            }
            missed
        };
        assert_eq!(missed, gone(selector.clone()), "{selector}");
        for url in urls {
            assert!(host.get(url, &[]).await.is_hit(), "{url} is stored again");
        }
    }
}

#[tokio::test]
async fn a_soft_purge_makes_stale() {
    let version = Arc::new(AtomicU32::new(0));
    let host = Host::simple(Config::default(), move |_| {
        page("s-maxage=60, stale-while-revalidate=60", format!("version {}", version.fetch_add(1, SeqCst)))
    });
    host.get("/", &[]).await;
    host.cache.purge(Purge { selector: Selector::All, soft: true }).await.unwrap();
    assert_eq!(host.get("/", &[]).await.body, "version 0");
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(host.get("/", &[]).await.body, "version 1");
    assert_eq!(host.renders(), 2);
}

#[tokio::test]
async fn a_purge_reaches_a_render_under_way() {
    let go = Arc::new(Notify::new());
    let waiting = go.clone();
    let host = Host::new(Config::default(), move |_| {
        let go = waiting.clone();
        async move {
            go.notified().await;
            page("s-maxage=60", "old")
        }
    });
    let client = host.spawn("/", &[]);
    tokio::time::sleep(Duration::from_millis(20)).await;
    host.cache.purge(Purge { selector: Selector::All, soft: false }).await.unwrap();
    go.notify_one();
    assert_eq!(client.await.unwrap().body, "old");
    go.notify_one();
    assert!(!host.get("/", &[]).await.is_hit());
    assert_eq!(host.renders(), 2);
}

/// A body in pieces, and what becomes of it.
fn stream(pieces: Vec<Result<&'static str, &'static str>>) -> Body {
    let (send, mut receive) = mpsc::unbounded_channel();
    for piece in pieces {
        send.send(piece.map(|text| Frame::data(Bytes::from(text))).map_err(|error| error.into())).unwrap();
    }
    drop(send);
    let stream = futures_util::stream::poll_fn(move |cx| receive.poll_recv(cx));
    Body::stream(StreamBody::new(stream))
}

#[tokio::test]
async fn a_stream_is_stored_when_it_has_ended_well() {
    let host = Host::simple(Config::default(), |seen| {
        let body = match seen.parts.uri.path() {
            "/broken" => stream(vec![Ok("one "), Err("lost")]),
            "/late" => {
                let read = seen.clone();
                let late = futures_util::stream::once(async move {
                    // What is read for the rest of the page counts as well.
                    read.read(Read::Client);
                    Ok(Frame::data(Bytes::from("mine")))
                });
                Body::stream(StreamBody::new(late))
            }
            _ => stream(vec![Ok("one "), Ok("two")]),
        };
        Response::builder().header("cache-control", "s-maxage=60").body(body).unwrap()
    });
    for (path, body, renders) in [("/", "one two", 1), ("/broken", "(broken)", 3), ("/late", "mine", 5)] {
        for _ in 0..2 {
            assert_eq!(host.get(path, &[]).await.body, body);
        }
        assert_eq!(host.renders(), renders, "{path}");
    }
}

#[tokio::test]
async fn a_large_body_passes_whole() {
    let config = Config { max_body: 1000, ..Config::default() };
    let host = Host::simple(config, |seen| {
        let body = match seen.parts.uri.path() {
            "/stream" => stream(vec![Ok("0123456789"); 500]),
            _ => Body::from("0123456789".repeat(500)),
        };
        Response::builder().header("cache-control", "s-maxage=60").body(body).unwrap()
    });
    for path in ["/stream", "/whole"] {
        for _ in 0..2 {
            assert_eq!(host.get(path, &[]).await.body.len(), 5000);
        }
    }
    assert_eq!(host.renders(), 4);
}

#[tokio::test]
async fn conditions_are_the_caches_business() {
    let host = Host::simple(Config::default(), |seen| page("s-maxage=60", format!("{:?}", seen.header("if-none-match"))));
    // What the client has is of another page: the app may be asked about it as long as nothing is known of the path.
    assert_eq!(host.get("/", &[("if-none-match", "\"x\"")]).await.body, "Some(\"\\\"x\\\"\")");
    let first = host.get("/", &[]).await;
    assert_eq!(first.body, "None");
    let etag = first.headers["etag"].to_str().unwrap();
    let told = host.get("/", &[("if-none-match", etag)]).await;
    assert_eq!((told.status, told.body.as_str()), (304, ""));
    assert_eq!(told.headers["etag"], etag);
    let told = host.get("/", &[("if-none-match", "\"y\"")]).await;
    assert_eq!((told.status, told.body.as_str()), (200, "None"));
    let told = host.get("/", &[("range", "bytes=0-1")]).await;
    assert_eq!((told.status, told.body.as_str()), (206, "No"));
    let head = Told::of(host.send(request("HEAD", "/", &[])).await).await;
    assert!(head.is_hit() && head.body.is_empty() && head.headers["content-length"] == "4", "{head:?}");
    assert_eq!(host.renders(), 2);
}

#[tokio::test]
async fn a_rule_that_is_off_leaves_requests_as_they_are() {
    let host = Host::simple(with_rule(Rule { enabled: false, ..rule("/*") }), |seen| {
        page("s-maxage=60", format!("{:?}", seen.header("if-none-match")))
    });
    for _ in 0..2 {
        let told = host.get("/", &[("if-none-match", "x")]).await;
        assert_eq!((told.body.as_str(), told.cache.as_str()), ("Some(\"x\")", "ssr-host; fwd=bypass"));
    }
}

#[tokio::test]
async fn a_rule_over_files_leaves_their_conditions() {
    let host = Host::simple(with_rule(rule("/*")), |seen| match seen.header("if-none-match") {
        Some(_) => Response::builder().status(304).body(Body::Empty).unwrap(),
        None => page("", "file"),
    });
    for _ in 0..2 {
        assert_eq!(host.get("/x.css", &[("if-none-match", "x")]).await.status, 304);
    }
}

#[tokio::test]
async fn the_app_is_asked_if_its_page_still_holds() {
    let host = Host::simple(Config::default(), |seen| {
        let builder = Response::builder().header("cache-control", "max-age=0, stale-if-error=60").header("etag", "\"v1\"");
        match seen.header("if-none-match").as_deref() {
            Some("\"v1\"") => builder.status(304).body(Body::Empty).unwrap(),
            _ => builder.body(Body::from("page".to_owned())).unwrap(),
        }
    });
    assert_eq!(host.get("/", &[]).await.body, "page");
    let told = host.get("/", &[]).await;
    assert_eq!((told.status, told.body.as_str()), (200, "page"));
    assert_eq!(told.cache, "ssr-host; fwd=stale; stored");
}

#[tokio::test]
async fn the_app_is_asked_also_about_what_may_not_be_stale_and_by_its_date() {
    const DATE: &str = "Wed, 01 Jan 2020 00:00:00 GMT";
    for (validator, value, condition) in [("etag", "\"v1\"", "if-none-match"), ("last-modified", DATE, "if-modified-since")] {
        let asked = Arc::new(AtomicU32::new(0));
        let count = asked.clone();
        let host = Host::simple(Config::default(), move |seen| {
            let builder = Response::builder().header("cache-control", "max-age=1, must-revalidate").header(validator, value);
            // It looks only when there is one: what it reads then is what the cache has put there.
            if seen.parts.headers.contains_key(condition) && seen.header(condition).as_deref() == Some(value) {
                count.fetch_add(1, SeqCst);
                return builder.status(304).body(Body::Empty).unwrap();
            }
            builder.body(Body::from("page".to_owned())).unwrap()
        });
        host.get("/", &[]).await;
        tokio::time::sleep(Duration::from_millis(1100)).await;
        let told = host.get("/", &[]).await;
        assert_eq!((told.status, told.body.as_str(), told.cache.as_str()), (200, "page", "ssr-host; fwd=stale; stored"));
        assert!(host.get("/", &[]).await.is_hit());
        assert_eq!((asked.load(SeqCst), host.renders()), (1, 2), "{validator}");
    }
}

#[tokio::test]
async fn what_still_holds_and_is_stale_all_the_same_is_asked_about_each_time() {
    let host = Host::simple(Config::default(), |seen| {
        let builder = Response::builder().header("etag", "\"v1\"");
        match seen.header("if-none-match") {
            Some(_) => builder.header("cache-control", "max-age=0").status(304).body(Body::Empty).unwrap(),
            None => builder.header("cache-control", "max-age=1, must-revalidate").body(Body::from("page".to_owned())).unwrap(),
        }
    });
    host.get("/", &[]).await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    for renders in 2..4 {
        let told = host.get("/", &[]).await;
        assert_eq!((told.status, told.body.as_str(), host.renders()), (200, "page", renders));
    }
}

#[tokio::test]
async fn what_is_for_the_one_who_asked_is_not_for_others() {
    let host = Host::simple(Config::default(), |_| {
        let mut response = page("max-age=60, no-cache=\"x-mine\"", "page");
        for (name, value) in [("x-mine", "1"), ("x-ratelimit-remaining", "9"), ("retry-after", "5"), ("x-all", "1")] {
            response.headers_mut().insert(name, value.parse().unwrap());
        }
        response
    });
    let names =
        |told: &Told| ["x-mine", "x-ratelimit-remaining", "retry-after", "x-all"].map(|name| told.headers.contains_key(name));
    assert_eq!(names(&host.get("/", &[]).await), [true; 4]);
    assert_eq!(names(&host.get("/", &[]).await), [false, false, false, true]);
}

#[tokio::test]
async fn a_body_makes_a_get_none_of_its_business() {
    let host = Host::simple(Config::default(), |_| page("s-maxage=60", "page"));
    host.get("/", &[]).await;
    let fat = http::Request::get("/").body(Full::new(Bytes::from("a=1"))).unwrap();
    assert_eq!(Told::of(host.send(fat).await).await.cache, "ssr-host; fwd=request");
    let post = http::Request::post("/other").body(Full::new(Bytes::from("a=1"))).unwrap();
    assert_eq!(Told::of(host.send(post).await).await.cache, "ssr-host; fwd=method");
    assert!(host.get("/", &[]).await.is_hit());
    // What a request has changed is not served as it was (RFC 9111 section 4.4).
    host.send(request("POST", "/", &[])).await.into_body().collect().await.unwrap();
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(!host.get("/", &[]).await.is_hit());
}

#[tokio::test]
async fn a_change_reaches_the_first_render_of_a_path() {
    let go = Arc::new(Notify::new());
    let waiting = go.clone();
    let host = Host::new(Config::default(), move |seen: Seen| {
        let go = waiting.clone();
        async move {
            if seen.parts.method == http::Method::GET {
                go.notified().await;
            }
            page("s-maxage=60", "page")
        }
    });
    let client = host.spawn("/", &[]);
    tokio::time::sleep(Duration::from_millis(20)).await;
    host.send(request("POST", "/", &[])).await.into_body().collect().await.unwrap();
    go.notify_one();
    assert_eq!(client.await.unwrap().body, "page");
    go.notify_one();
    assert!(!host.get("/", &[]).await.is_hit());
    assert!(host.get("/", &[]).await.is_hit());
}

#[tokio::test]
async fn what_is_in_demand_is_refreshed_before_it_expires() {
    let host = Host::simple(Config::default(), |_| page("max-age=2", "page"));
    host.get("/", &[]).await;
    for _ in 0..10 {
        host.get("/", &[]).await;
    }
    // Refreshed after 80 to 95 % of its two seconds, by a request that does not wait for it.
    let mut missed = 0;
    for _ in 0..40 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        missed += usize::from(!host.get("/", &[]).await.is_hit());
    }
    assert_eq!((missed, host.renders()), (0, 2));
}

#[tokio::test]
async fn credentials_get_only_what_is_for_all() {
    let host = Host::simple(Config::default(), |seen| {
        page(if seen.parts.uri.path() == "/open" { "s-maxage=60" } else { "max-age=60" }, "page")
    });
    for path in ["/open", "/plain"] {
        host.get(path, &[]).await;
        let told = host.get(path, &[("authorization", "Bearer x")]).await;
        assert_eq!(told.is_hit(), path == "/open", "{path}");
    }
}
