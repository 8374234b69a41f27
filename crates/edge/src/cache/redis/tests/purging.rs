//! Purges, and the times they are held against.

use super::*;

#[tokio::test]
async fn a_purge_reaches_all() {
    let server = Server::new().await;
    let instances = [Instance::new(&server).await, Instance::new(&server).await, Instance::new(&server).await];
    instances[0].put("/a", &["t"]).await;
    instances[1].put("/b", &["u"]).await;
    let born = instances[2].clock().born();
    instances[0].redis.purge(&purge(tag("t"))).await.unwrap();
    instances[1].redis.purge(&Purge { selector: Selector::Prefix("/b".into()), soft: true }).await.unwrap();
    assert_eq!(instances[0].verdict("/", &["t"], born), Standing::Gone, "at once where it was made");
    for instance in &instances {
        until(async || instance.verdict("/", &["t"], born) == Standing::Gone).await;
        until(async || instance.verdict("/b", &[], born) == Standing::Stale).await;
        assert_eq!(instance.verdict("/", &["u"], born), Standing::Valid);
        assert!(matches!(instance.look("/a").await, Found::Nothing));
        assert!(instance.has("/b").await, "stale pages are still there");
        until(async || instance.shared.heard.lock().count == 2).await;
    }
    // One that starts later knows as well, and what is rendered from now on counts.
    let late = Instance::new(&server).await;
    assert_eq!(late.verdict("/", &["t"], born), Standing::Gone);
    until(async || {
        late.store(late.page("/a", &["t"]));
        instances[0].has("/a").await
    })
    .await;
}

#[tokio::test]
async fn a_purge_reaches_what_is_being_rendered() {
    let server = Server::new().await;
    let (one, other) = (Instance::new(&server).await, Instance::new(&server).await);
    for round in 0..20 {
        let (path, born) = (format!("/{round}"), one.clock().born());
        // The very next moment, on the other's clock.
        other.redis.purge(&purge(Selector::Url(path.clone()))).await.unwrap();
        // The one that renders has not heard of it, perhaps.
        one.store(Arc::new(page(&path, &[], &spec("accept-language"), born, one.clock().now())));
        one.put(&format!("/written/{round}"), &[]).await;
        assert!(matches!(other.look(&path).await, Found::Nothing), "{round}");
        until(async || one.verdict(&path, &[], born) == Standing::Gone).await;
    }
}

#[tokio::test]
async fn a_lost_message_is_made_up_for() {
    let server = Server::new().await;
    let instances = [Instance::new(&server).await, Instance::new(&server).await, Instance::new(&server).await];
    let born = instances[0].clock().born();
    let killed: i64 = ask(&server, &["CLIENT", "KILL", "TYPE", "pubsub"]).await;
    assert_eq!(killed, 3);
    instances[0].redis.purge(&purge(tag("t"))).await.unwrap();
    for instance in &instances {
        until(async || instance.verdict("/", &["t"], born) == Standing::Gone).await;
        assert!(instance.view().up);
    }
    // They listen again.
    until(async || ask::<Vec<(String, i64)>>(&server, &["PUBSUB", "NUMSUB", "ssr-host:cache:purges"]).await[0].1 == 3).await;
}

#[tokio::test]
async fn what_could_not_be_told_is_told_later() {
    let mut server = Server::new().await;
    let (one, other) = (Instance::new(&server).await, Instance::new(&server).await);
    let born = other.clock().born();
    server.stop();
    for (name, pending) in [("t", 1), ("u", 2), ("t", 2)] {
        one.redis.purge(&purge(tag(name))).await.unwrap_err();
        assert_eq!(one.verdict("/", &[name], born), Standing::Gone, "here at once");
        assert_eq!(one.view().pending_purges, pending);
    }
    assert_eq!(other.verdict("/", &["t"], born), Standing::Valid);
    server.start_again().await;
    for name in ["t", "u"] {
        until(async || other.verdict("/", &[name], born) == Standing::Gone).await;
    }
    until(async || one.view().pending_purges == 0).await;
}

#[tokio::test]
async fn times_go_on_when_redis_has_lost_them() {
    let server = Server::new().await;
    let one = Instance::new(&server).await;
    // A clock that was an hour ahead until now, before the machine's was set back.
    let hour = 3_600_000_000;
    let ahead = (one.clock().now() + hour).to_string();
    let _: i64 = ask(&server, &["HSET", "ssr-host:cache:epochs", "@last", &ahead]).await;
    one.redis.purge(&purge(tag("t"))).await.unwrap();
    let first = one.shared.last_purge.load(Relaxed);
    assert!((hour / 2..2 * hour).contains(&(first - ahead.parse::<u64>().unwrap() + hour)), "{first} {ahead}");
    assert!(one.clock().now() >= first, "all follow");
    for _ in 0..3 {
        let before = one.clock().born();
        let _: i64 = ask(&server, &["DEL", "ssr-host:cache:epochs"]).await;
        one.redis.purge(&purge(tag("t"))).await.unwrap();
        assert!(one.shared.last_purge.load(Relaxed) >= before.max(first));
    }
    // Also one that did not know anything before.
    let late = Instance::new(&server).await;
    assert!(late.clock().now() > first);
}

#[tokio::test]
async fn an_instance_restores_what_redis_has_lost() {
    let mut server = Server::new().await;
    let one = Instance::new(&server).await;
    one.put("/old", &[]).await;
    let keys = server.keys().await;
    let (name, _) = keys.iter().find(|(name, _)| name.contains(":e:")).unwrap();
    let value: Vec<u8> = ask(&server, &["GET", name]).await;
    let (born, since) = (one.clock().born(), one.since());
    one.redis.purge(&purge(tag("t"))).await.unwrap();
    one.redis.purge(&Purge { selector: tag("t"), soft: true }).await.unwrap();

    server.stop();
    server.start_again().await;
    until(async || one.view().up && one.since() > since).await;
    // An entry that has somehow survived: what was purged meanwhile nobody knows.
    let put = ::redis::cmd("SET").arg(name).arg(value).to_owned();
    let _: () = put.query_async(&mut server.connection().await).await.unwrap();
    assert!(matches!(one.find("/old", &[spec("accept-language")], |spec| Some(key("/old", spec))).await, Found::Nothing));
    let late = Instance::new(&server).await;
    assert_eq!(late.verdict("/", &["t"], born), Standing::Gone);
    assert!(matches!(late.find("/old", &[spec("accept-language")], |spec| Some(key("/old", spec))).await, Found::Nothing));
    // And it goes on.
    until(async || {
        one.store(one.page("/old", &[]));
        late.has("/old").await
    })
    .await;
}

#[tokio::test]
async fn a_count_that_goes_back_is_another_incarnation() {
    let server = Server::new().await;
    let (one, other) = (Instance::new(&server).await, Instance::new(&server).await);
    one.put("/a", &[]).await;
    for name in ["t", "u"] {
        one.redis.purge(&purge(tag(name))).await.unwrap();
    }
    let (born, since) = (one.clock().born(), one.since());
    // As a replica that had not heard of the last purge, and took over.
    let _: i64 = ask(&server, &["HSET", "ssr-host:cache:epochs", "@count", "1"]).await;
    let _: i64 = ask(&server, &["HDEL", "ssr-host:cache:epochs", "tu"]).await;
    for instance in [&one, &other] {
        until(async || instance.since() > since).await;
        assert!(matches!(instance.look("/a").await, Found::Nothing));
    }
    let late = Instance::new(&server).await;
    until(async || late.verdict("/", &["u"], born.min(since)) == Standing::Gone).await;
}

#[tokio::test]
async fn redis_remembers_so_many_selectors() {
    let server = Server::new().await;
    let one = Instance::new(&server).await;
    let mut connection = server.connection().await;
    let mut seen = 0;
    for number in 1..=40_u64 {
        let mut call = one.shared.scripts.epochs.key("hash");
        // Ten of them.
        call.arg("channel").arg(0).arg(0).arg(0).arg(10).arg(format!("t{number}")).arg("s").arg(number);
        let _: Vec<u64> = call.invoke_async(&mut connection).await.unwrap();
        let fields: std::collections::HashMap<String, String> = ask(&server, &["HGETALL", "hash"]).await;
        assert!(fields.len() <= 4 + 1 + 10, "{fields:?}");
        let floor: u64 = fields.get("a").map_or(0, |times| times.split_once(':').unwrap().0.parse().unwrap());
        for known in 1..=number {
            assert!(known <= floor || fields[&format!("t{known}")] == format!("0:{known}"), "{known}, {fields:?}");
        }
        assert!(floor < number);
        seen = floor;
    }
    assert!(seen > 20);
}
