//! Replays how the stores of the real plug-ins count (`rate_limit/recorded.json`, made by `rate_limit/record.mjs`) against
//! `edge::rate_limit::windows`.

use std::time::Duration;

use edge::rate_limit::windows::{Counting, Limit, Windows};
use serde_json::Value;

#[test]
fn counts_as_the_real_plugins() {
    let recorded: Value = serde_json::from_str(include_str!("rate_limit/recorded.json")).unwrap();
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for run in recorded["runs"].as_array().unwrap() {
        let limit = limit(&run["limit"]);
        let windows = Windows::new(5000);
        for (index, recorded) in run["hits"].as_array().unwrap().iter().enumerate() {
            let (now, key) = (recorded[0].as_i64().unwrap(), recorded[1].as_str().unwrap());
            let hit = windows.hit(key, now, &limit);
            let ttl = i64::try_from(hit.ttl.as_millis()).unwrap();
            let count = match limit.counting {
                Counting::Fastify { .. } => i64::from(hit.count),
                Counting::ComposableSvelte if hit.allowed => limit.max as i64 - i64::from(hit.count),
                Counting::ComposableSvelte => 0,
            };
            let actual = serde_json::json!([now, key, count, ttl, hit.allowed, hit.banned]);
            if actual != *recorded {
                wrong.push(format!("{} request {index}: expected {recorded}, got {actual}", run["limit"]));
            }
            assert_eq!(hit.reset, now + ttl);
            compared += 1;
        }
    }
    assert!(compared > 1000, "{compared}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn limit(recorded: &Value) -> Limit {
    let counting = match recorded["plugin"].as_str().unwrap() {
        "fastify" => Counting::Fastify {
            continue_exceeding: recorded["continueExceeding"].as_bool().unwrap(),
            ban: u32::try_from(recorded["ban"].as_i64().unwrap()).ok(),
        },
        "composable-svelte" => Counting::ComposableSvelte,
        other => panic!("{other}"),
    };
    let window = Duration::from_millis(recorded["window"].as_u64().unwrap());
    Limit { window, max: recorded["max"].as_f64().unwrap(), counting }
}
