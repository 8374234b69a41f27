//! `ssr-host cache purge` and `ssr-host cache status`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use http::{Method, StatusCode};
use indicatif::{HumanBytes, HumanCount};
use serde_json::Value;

use super::client::Client;
use super::purge;
use crate::config::Format;

/// The column of values.
const COLUMN: usize = 16;

/// What to do with the cache of a running host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Purge.
    Purge {
        /// `tag`, `url`, `prefix` or `all`.
        field: &'static str,
        /// Of these; none for `all`.
        values: Vec<String>,
        /// Stale rather than gone.
        soft: bool,
    },
    /// Print what it holds and has done.
    Status(Format),
}

/// Does it and prints what came of it. A purge of which other instances have not been told is a failure.
///
/// # Errors
/// Why the host could not be asked, or refused.
pub async fn run(action: Action, client: &Client) -> anyhow::Result<ExitCode> {
    match action {
        Action::Purge { field, values, soft } => {
            let (status, answer) = client.ask(Method::POST, "/cache/purge", Some(&purge::body(field, &values, soft))).await?;
            print(&purged(&answer));
            if status == StatusCode::ACCEPTED {
                let reason = plain(answer["reason"].as_str().unwrap_or("unknown"));
                eprintln!("error: other instances have not been told yet: {reason}");
                return Ok(ExitCode::FAILURE);
            }
        }
        Action::Status(format) => {
            let (_, view) = client.ask(Method::GET, "/cache", None).await?;
            print(&if format == Format::Json { format!("{view:#}\n") } else { status(&view) });
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Who reads it may stop early (`| head`), which is no failure.
fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn purged(answer: &Value) -> String {
    let softly = if answer["soft"] == true { " softly" } else { "" };
    let others = match answer["instances"].as_str() {
        Some("told") => ", and the other instances are told",
        Some("none") => ", on this instance (there is no `[cache.redis]`)",
        _ => "",
    };
    format!("purged{softly}: {}{others}\n", plain(answer["purged"].as_str().unwrap_or_default()))
}

/// What the cache holds and has done, for people.
fn status(view: &Value) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "{name:COLUMN$}{value}");
    };
    let number = |value: &Value| HumanCount(value.as_u64().unwrap_or(0)).to_string();
    let bytes = |value: &Value| HumanBytes(value.as_u64().unwrap_or(0)).to_string();
    let percent = |ratio: f64| format!("{:.1} %", ratio * 100.0);
    line("hit ratio", view["hit_ratio"].as_f64().map_or("no requests yet".into(), percent));
    line("requests", counted(&view["requests"]));
    line("memory", format!("{} of {}", bytes(&view["bytes"]), bytes(&view["max_bytes"])));
    line("entries", format!("{} of {} paths", number(&view["entries"]), number(&view["paths"])));
    line("stored", number(&view["stored"]));
    line("not stored", counted(&view["refused"]));
    line("refreshed", format!("{}, {} under way", number(&view["refreshed"]), number(&view["flights"])));
    line("evicted", number(&view["evicted"]));
    line("purges", number(&view["purges"]));
    line("redis", redis(&view["redis"]));
    let entries = view["top"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !entries.is_empty() {
        text.push_str("\n    hits       size       age  fresh for  entry\n");
    }
    for entry in entries {
        let (hits, size) = (number(&entry["hits"]), bytes(&entry["bytes"]));
        let (age, ttl) = (seconds(&entry["age"]), entry["ttl"].as_u64().unwrap_or(0));
        let fresh = if ttl == 0 { "stale".to_owned() } else { seconds(&entry["ttl"]) };
        let _ = writeln!(text, "{hits:>8} {size:>10} {age:>9} {fresh:>10}  {}", describe(entry));
    }
    text
}

/// URL, status unless it is 200, inputs and tags.
fn describe(entry: &Value) -> String {
    let mut text = plain(entry["url"].as_str().unwrap_or_default());
    if entry["status"] != 200 {
        let _ = write!(text, " ({})", entry["status"]);
    }
    for (name, list) in [("by", &entry["depends_on"]), ("tags", &entry["tags"])] {
        let list: Vec<_> = list.as_array().into_iter().flatten().filter_map(Value::as_str).map(plain).collect();
        if !list.is_empty() {
            let _ = write!(text, "  {name} {}", list.join(", "));
        }
    }
    text
}

/// Counts with their names, those that are not zero, the largest first.
fn counted(counts: &Value) -> String {
    let counts = counts.as_object().into_iter().flatten();
    let mut counts: Vec<_> =
        counts.map(|(name, count)| (count.as_u64().unwrap_or(0), name)).filter(|(count, _)| *count > 0).collect();
    counts.sort_by(|(one, _), (other, _)| other.cmp(one));
    let shown: Vec<_> = counts.into_iter().map(|(count, name)| format!("{} {}", HumanCount(count), plain(name))).collect();
    if shown.is_empty() { "none".into() } else { shown.join(", ") }
}

fn redis(redis: &Value) -> String {
    if redis.is_null() {
        return "not configured".into();
    }
    let state = if redis["up"] == true { "up" } else { "down" };
    let number = |name: &str| HumanCount(redis[name].as_u64().unwrap_or(0));
    let pending = match redis["pending_purges"].as_u64() {
        None | Some(0) => String::new(),
        Some(count) => format!("; other instances have not been told of {count} purges yet"),
    };
    format!("{state}: {} hits, {} misses, {} errors{pending}", number("hits"), number("misses"), number("errors"))
}

fn seconds(value: &Value) -> String {
    humantime::format_duration(Duration::from_secs(value.as_u64().unwrap_or(0))).to_string().replace(' ', "")
}

/// Without what a terminal would take for a command.
fn plain(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { '\u{fffd}' } else { char }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn status_can_be_read() {
        let view = json!({
            "hit_ratio": 0.75, "entries": 2, "bytes": 3072, "max_bytes": 67_108_864, "paths": 5, "flights": 1,
            "requests": { "hit": 60, "miss": 1234, "bypass": 0 },
            "stored": 22, "refused": { "set-cookie": 12, "no-store": 13 }, "refreshed": 7, "evicted": 6, "purges": 11,
            "redis": { "up": false, "hits": 14, "misses": 15, "errors": 16, "pending_purges": 2 },
            "top": [
                { "url": "/posts?x=1\u{1b}[2J", "depends_on": ["query"], "status": 404, "bytes": 2048, "hits": 40, "age": 61, "ttl": 0, "tags": [] },
                { "url": "/", "depends_on": [], "status": 200, "bytes": 1024, "hits": 3, "age": 1, "ttl": 3600, "tags": ["a", "b"] },
            ],
        });
        let expected = "\
hit ratio       75.0 %
requests        1,234 miss, 60 hit
memory          3.00 KiB of 64.00 MiB
entries         2 of 5 paths
stored          22
not stored      13 no-store, 12 set-cookie
refreshed       7, 1 under way
evicted         6
purges          11
redis           down: 14 hits, 15 misses, 16 errors; other instances have not been told of 2 purges yet

    hits       size       age  fresh for  entry
      40   2.00 KiB      1m1s      stale  /posts?x=1\u{fffd}[2J (404)  by query
       3   1.00 KiB        1s         1h  /  tags a, b
";
        assert_eq!(status(&view), expected);
    }

    #[test]
    fn an_empty_cache_is_no_error() {
        let text = status(&json!({ "hit_ratio": null, "requests": { "hit": 0 }, "refused": {}, "redis": null, "top": [] }));
        for line in ["hit ratio       no requests yet\n", "requests        none\n", "redis           not configured\n"] {
            assert!(text.contains(line), "{text}");
        }
        assert!(!text.contains("fresh for"), "{text}");
    }

    #[test]
    fn a_purge_says_who_knows_of_it() {
        let purged = |instances| purged(&json!({ "purged": "tag posts", "soft": false, "instances": instances }));
        assert_eq!(purged("told"), "purged: tag posts, and the other instances are told\n");
        assert_eq!(purged("none"), "purged: tag posts, on this instance (there is no `[cache.redis]`)\n");
        assert_eq!(purged("pending"), "purged: tag posts\n");
    }
}
