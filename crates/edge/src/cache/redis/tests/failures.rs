//! A Redis that is not what one would like.

use super::*;

/// What takes no longer than this has not waited for Redis.
const SOON: Duration = Duration::from_secs(1);

async fn soon<T>(call: impl Future<Output = T>) -> T {
    time::timeout(SOON, call).await.expect("it does not wait")
}

/// Nothing waits, and everything says so.
async fn does_without(instance: &Instance) {
    assert!(soon(instance.is_down()).await);
    assert!(matches!(soon(instance.lease(b"/")).await, Lease::Down));
    soon(instance.wait(b"/", Instant::now() + Duration::from_secs(60))).await;
    let born = instance.clock().born();
    soon(instance.redis.purge(&purge(tag("down")))).await.unwrap_err();
    assert_eq!(instance.verdict("/", &["down"], born), Standing::Gone);
    instance.store(instance.page("/", &[]));
    let view = instance.view();
    assert!(!view.up && view.pending_purges > 0 && view.errors > 0, "{view:?}");
}

#[tokio::test]
async fn there_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let instance = Instance::unstarted(format!("unix://{}/nobody", dir.path().display()), "build", Duration::from_millis(20));
    assert!(soon(instance.is_down()).await, "before it is started");
    instance.start().await;
    does_without(&instance).await;
}

/// It connects and answers nothing, or what no Redis answers.
#[tokio::test]
async fn it_talks_rubbish() {
    use tokio::io::AsyncWriteExt as _;
    for says in [&b""[..], b"HTTP/1.1 400 Bad Request\r\n\r\n", b"+OK\r\n+OK\r\n+OK\r\n+OK\r\n:1\r\n*0\r\n", b"-ERR no\r\n"] {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("socket");
        let listener = tokio::net::UnixListener::bind(&socket).unwrap();
        let talks = tokio::spawn(async move {
            let mut open = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.write_all(says).await;
                open.push(stream);
            }
        });
        let instance = Instance::unstarted(format!("unix://{}", socket.display()), "build", Duration::from_millis(20));
        instance.start().await;
        does_without(&instance).await;
        talks.abort();
    }
}

/// As after a suspended machine wakes up: no purge of the meantime is missed.
#[tokio::test]
async fn the_connection_is_made_anew_on_request() {
    let server = Server::new().await;
    let instance = Instance::new(&server).await;
    let born = instance.clock().born();
    let errors = instance.view().errors;
    // Nobody listens to what is said from here on.
    instance.redis.shared.listener.lock().take().unwrap().abort();
    let other = Instance::new(&server).await;
    other.redis.purge(&purge(tag("news"))).await.unwrap();
    instance.redis.wake();
    assert!(!instance.view().up);
    until(async || instance.view().up).await;
    assert_eq!(instance.verdict("/", &["news"], born), Standing::Gone);
    assert_eq!(instance.view().errors, errors, "it is no outage");
}

#[tokio::test]
async fn it_is_stopped_and_comes_back_empty() {
    let mut server = Server::new().await;
    let instance = Instance::hasty(&server).await;
    instance.put("/a", &[]).await;
    server.stop();
    does_without(&instance).await;
    server.start_again().await;
    until(async || instance.view().up).await;
    assert!(matches!(instance.look("/a").await, Found::Nothing | Found::Down));
    until(async || {
        instance.store(instance.page("/a", &[]));
        instance.has("/a").await
    })
    .await;
    until(async || instance.view().pending_purges == 0).await;
}

#[tokio::test]
async fn it_is_paused() {
    let server = Server::new().await;
    let instance = Instance::hasty(&server).await;
    instance.put("/a", &[]).await;
    server.signal("-STOP");
    // One call waits for its time, the others for nothing.
    let start = Instant::now();
    for _ in 0..100 {
        assert!(instance.is_down().await);
    }
    assert!(start.elapsed() < Duration::from_secs(3));
    does_without(&instance).await;
    server.signal("-CONT");
    until(async || instance.view().up && instance.has("/a").await).await;
}

#[tokio::test]
async fn it_is_only_read() {
    let server = Server::new().await;
    let instance = Instance::new(&server).await;
    let _: () = ask(&server, &["REPLICAOF", "127.0.0.1", "1"]).await;
    // Purges could not be written: it is not asked, then, for anything.
    until(async || !instance.view().up).await;
    does_without(&instance).await;
    let _: () = ask(&server, &["REPLICAOF", "NO", "ONE"]).await;
    until(async || instance.view().up && instance.view().pending_purges == 0).await;
}

#[tokio::test]
async fn it_is_full() {
    let server = Server::with(&["--maxmemory-policy", "noeviction"]).await;
    let (one, other) = (Instance::new(&server).await, Instance::new(&server).await);
    one.put("/a", &["t"]).await;
    one.put("/b", &[]).await;
    let _: () = ask(&server, &["CONFIG", "SET", "maxmemory", "1"]).await;
    let born = one.clock().born();
    // What is there can be read, and nothing waits.
    assert!(other.has("/a").await);
    assert!(matches!(one.lease(b"/c").await, Lease::Down));
    one.store(one.page("/c", &[]));
    until(async || one.view().errors >= 2).await;
    assert!(matches!(one.look("/c").await, Found::Nothing));
    // A purge still reaches those who listen, and is kept for the others.
    one.redis.purge(&purge(tag("t"))).await.unwrap_err();
    assert_eq!(one.view().pending_purges, 1);
    until(async || other.verdict("/", &["t"], born) == Standing::Gone).await;
    assert!(matches!(other.look("/a").await, Found::Nothing));
    assert!(other.has("/b").await);
    assert!(one.view().up && other.view().up);

    let _: () = ask(&server, &["CONFIG", "SET", "maxmemory", "100mb"]).await;
    until(async || one.view().pending_purges == 0).await;
    let late = Instance::new(&server).await;
    assert_eq!(late.verdict("/", &["t"], born), Standing::Gone);
    until(async || {
        late.store(late.page("/c", &[]));
        one.has("/c").await
    })
    .await;
}

#[tokio::test]
async fn it_throws_keys_out() {
    let server = Server::with(&["--maxmemory", "4mb", "--maxmemory-policy", "allkeys-lru"]).await;
    let (one, other) = (Instance::new(&server).await, Instance::new(&server).await);
    one.put("/a", &[]).await;
    one.redis.purge(&purge(tag("t"))).await.unwrap();
    let (born, since) = (one.clock().born(), one.since());
    // Until the times of purges have been thrown out as well, in favour of what is used even more.
    let filler = "x".repeat(10_000);
    let mut connection = server.connection().await;
    until(async || {
        let mut fill = ::redis::pipe();
        for number in 0..500 {
            fill.cmd("SET").arg(format!("filler-{number}")).arg(&filler).ignore();
        }
        let _: () = fill.query_async(&mut connection).await.unwrap();
        one.since() > since && other.since() > since
    })
    .await;
    for instance in [&one, &other] {
        until(async || instance.since() > since).await;
        assert!(matches!(instance.look("/a").await, Found::Nothing));
        assert!(instance.view().up);
    }
    let late = Instance::new(&server).await;
    until(async || late.verdict("/", &["t"], born.min(since)) == Standing::Gone).await;
    until(async || {
        late.store(late.page("/a", &[]));
        one.has("/a").await
    })
    .await;
}

#[tokio::test]
async fn somebody_else_writes_there() {
    let server = Server::new().await;
    let (one, other) = (Instance::new(&server).await, Instance::new(&server).await);
    one.put("/a", &[]).await;
    one.put("/b", &[]).await;
    let spec = spec("accept-language");
    let (a, b) = (one.shared.names.entry(&key("/a", &spec)), one.shared.names.entry(&key("/b", &spec)));
    let specs = one.shared.names.specs("/a");
    let epochs = "ssr-host:cache:epochs";
    let rubbish: [&[&[&str]]; 9] = [
        &[&["SET", &a, "rubbish"]],
        &[&["SETRANGE", &a, "60", "rubbish"]],
        &[&["APPEND", &a, "rubbish"]],
        &[&["COPY", &b, &a, "REPLACE"]],
        &[&["DEL", &a], &["RPUSH", &a, "list"]],
        &[&["SET", &specs, "rubbish"]],
        &[&["DEL", &specs], &["SADD", &specs, "rubbish", ""]],
        &[&["SET", epochs, "rubbish"]],
        &[
            &["HSET", epochs, "@since", "x", "@count", "-1", "@last", "nan", "@ahead", "inf"],
            &["HSET", epochs, "tx", "x", "a", "99999999999999999999:0", "\u{e4}", "1:1", "u/", "9:"],
        ],
    ];
    for commands in rubbish {
        for command in commands {
            let _: ::redis::Value = ask(&server, command).await;
        }
        let _: i64 = ask(&server, &["PUBLISH", "ssr-host:cache:purges", "rubbish"]).await;
        let _: i64 = ask(&server, &["PUBLISH", "ssr-host:cache:build:landed", "rubbish"]).await;
        if commands[0][1] != epochs {
            assert!(matches!(other.look("/a").await, Found::Nothing), "{commands:?}");
        }
        until(async || {
            one.store(one.page("/a", &[]));
            other.has("/a").await
        })
        .await;
        for instance in [&one, &other] {
            let born = instance.clock().born();
            instance.redis.purge(&purge(tag("t"))).await.unwrap();
            assert_eq!(instance.verdict("/", &["t"], born), Standing::Gone);
            assert_eq!(instance.view().errors, 0, "{commands:?}");
        }
    }
}
