//! `GET /cache`: what the cache holds and has done, as JSON whose names stay.

use edge::cache::{Cache, Counts, Outcome, RedisView, Top, View};
use edge::{Body, Problem};
use http::{Request, Response, StatusCode};
use serde_json::{Map, Value, json};

/// Entries that are listed unless the request says how many.
const TOP: usize = 20;

/// Most that can be asked for.
const MOST: usize = 1000;

/// Answers `/cache?top=20`.
pub(super) fn answer<B>(cache: &Cache, request: &Request<B>) -> Result<Response<Body>, Problem> {
    let mut parameters = request.uri().query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    let top = match parameters.rfind(|(name, _)| *name == "top") {
        None => TOP,
        Some((_, text)) => text.parse().ok().filter(|top| *top <= MOST).ok_or_else(|| {
            Problem::new(StatusCode::BAD_REQUEST, format!("`top` is `{text}`: expected a whole number from 0 to {MOST}"))
        })?,
    };
    Ok(super::json(StatusCode::OK, &to_json(&cache.view(top))))
}

/// Times are seconds, sizes bytes.
fn to_json(view: &View) -> Value {
    let counts = &view.counts;
    let requests: Map<_, _> = by_result(counts).into_iter().map(|(result, count)| (result.to_owned(), count.into())).collect();
    let refused: Map<_, _> = counts.refused.iter().map(|(reason, count)| ((*reason).to_owned(), (*count).into())).collect();
    json!({
        "hit_ratio": hit_ratio(counts),
        "entries": view.entries,
        "bytes": view.bytes,
        "max_bytes": view.max_bytes,
        "paths": view.paths,
        "flights": view.flights,
        "requests": requests,
        "stored": counts.stored,
        "refused": refused,
        "refreshed": counts.refreshed,
        "evicted": counts.evicted,
        "purges": counts.purges,
        "redis": view.redis.as_ref().map(of_redis),
        "top": view.top.iter().map(of_entry).collect::<Vec<_>>(),
    })
}

fn of_redis(redis: &RedisView) -> Value {
    let RedisView { up, hits, misses, errors, dropped_writes, pending_purges } = redis;
    json!({
        "up": up,
        "hits": hits,
        "misses": misses,
        "errors": errors,
        "dropped_writes": dropped_writes,
        "pending_purges": pending_purges,
    })
}

fn of_entry(entry: &Top) -> Value {
    json!({
        "url": entry.url,
        "depends_on": entry.depends_on,
        "status": entry.status,
        "bytes": entry.bytes,
        "hits": entry.hits,
        "age": entry.age.as_secs(),
        "ttl": entry.ttl.as_secs(),
        "tags": entry.tags,
    })
}

/// What became of requests, each of which counts once.
pub(super) fn by_result(counts: &Counts) -> [(&'static str, u64); 6] {
    [
        (Outcome::Hit, counts.hits),
        (Outcome::Stale, counts.stale),
        (Outcome::StaleIfError, counts.stale_if_error),
        (Outcome::Collapsed, counts.collapsed),
        (Outcome::Miss, counts.misses),
        (Outcome::Bypass, counts.bypassed),
    ]
    .map(|(outcome, count)| (outcome.name(), count))
}

/// The share of requests that needed no render of their own, of those that are the cache's business. `None`: there were none.
fn hit_ratio(counts: &Counts) -> Option<f64> {
    let without = counts.hits + counts.stale + counts.stale_if_error + counts.collapsed;
    let all = without + counts.misses;
    (all > 0).then(|| without as f64 / all as f64)
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use super::*;

    /// A view in which every number is another one.
    pub(in crate::admin) fn full() -> View {
        View {
            entries: 2,
            bytes: 3000,
            max_bytes: 64 << 20,
            paths: 5,
            flights: 1,
            top: vec![Top {
                url: "/posts?x=1".into(),
                depends_on: vec!["query parameter x".into(), "header accept-language".into()],
                status: 200,
                bytes: 2048,
                hits: 40,
                age: Duration::from_secs(61),
                ttl: Duration::ZERO,
                tags: vec!["posts".into()],
            }],
            counts: Counts {
                hits: 60,
                stale: 8,
                stale_if_error: 3,
                collapsed: 4,
                misses: 25,
                bypassed: 9,
                stored: 22,
                refreshed: 7,
                evicted: 6,
                purges: 11,
                refused: vec![("set-cookie", 12), ("no-store", 13)],
            },
            redis: Some(RedisView { up: true, hits: 14, misses: 15, errors: 16, dropped_writes: 18, pending_purges: 17 }),
        }
    }

    #[test]
    fn names_stay() {
        let expected = json!({
            "hit_ratio": 0.75,
            "entries": 2,
            "bytes": 3000,
            "max_bytes": 67_108_864,
            "paths": 5,
            "flights": 1,
            "requests": { "hit": 60, "stale": 8, "stale_if_error": 3, "collapsed": 4, "miss": 25, "bypass": 9 },
            "stored": 22,
            "refused": { "set-cookie": 12, "no-store": 13 },
            "refreshed": 7,
            "evicted": 6,
            "purges": 11,
            "redis": { "up": true, "hits": 14, "misses": 15, "errors": 16, "dropped_writes": 18, "pending_purges": 17 },
            "top": [{
                "url": "/posts?x=1",
                "depends_on": ["query parameter x", "header accept-language"],
                "status": 200,
                "bytes": 2048,
                "hits": 40,
                "age": 61,
                "ttl": 0,
                "tags": ["posts"],
            }],
        });
        assert_eq!(to_json(&full()), expected);
        let empty = to_json(&View::default());
        assert_eq!((&empty["hit_ratio"], &empty["redis"], &empty["top"]), (&Value::Null, &Value::Null, &json!([])));
    }
}
