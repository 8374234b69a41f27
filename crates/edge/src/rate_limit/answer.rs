//! What the client is told: headers of every answer, and the refusal.
//!
//! - `draft`: `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-10 (its "RateLimit-Policy Field" and
//!   "RateLimit Field"). `t` is until one more request is let pass, so that on a refusal it is what `Retry-After` says, as
//!   its "Server Behavior" asks. -11 (May 2026) is newer: compare when either header is changed.
//! - `legacy`: `X-RateLimit-Limit`, `-Remaining` and `-Reset` as `@fastify/rate-limit` has them: how many at once, how many of them
//!   are left, seconds until all are there again.
//!
//! A refusal has the words of `@fastify/rate-limit` 9.1.0 (`defaultErrorResponse` in its index.js), with the time that is left
//! in place of its whole window, so that body and `Retry-After` agree.

use std::str::FromStr;
use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::rule::Limit;
use super::standing::Standing;
use crate::Problem;

const RATELIMIT: HeaderName = HeaderName::from_static("ratelimit");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const X_LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const X_REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const X_RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// Which headers say how much is left. A refusal has `Retry-After` whichever it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Headers {
    /// Both kinds.
    #[default]
    Both,
    /// `RateLimit` and `RateLimit-Policy`.
    Draft,
    /// `X-RateLimit-Limit`, `X-RateLimit-Remaining` and `X-RateLimit-Reset`.
    Legacy,
    /// None.
    None,
}

impl FromStr for Headers {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Headers, &'static str> {
        match text {
            "both" => Ok(Headers::Both),
            "draft" => Ok(Headers::Draft),
            "legacy" => Ok(Headers::Legacy),
            "none" => Ok(Headers::None),
            _ => Err("`both`, `draft`, `legacy` or `none`"),
        }
    }
}

/// Adds the headers. A kind of which the answer has any already is the app's own limit and left as it is: two limits mixed
/// in one set of headers would be neither.
pub(super) fn add(to: &mut HeaderMap, which: Headers, limit: &Limit, standing: Standing) {
    let absent = |names: &[HeaderName]| !names.iter().any(|name| to.contains_key(name));
    let draft = matches!(which, Headers::Both | Headers::Draft) && absent(&[RATELIMIT, POLICY]);
    let legacy = matches!(which, Headers::Both | Headers::Legacy) && absent(&[X_LIMIT, X_REMAINING, X_RESET]);
    for (name, value) in headers(draft, legacy, limit, standing) {
        to.insert(name, value);
    }
}

/// The answer to one request too many.
pub(super) fn refusal(which: Headers, limit: &Limit, standing: Standing) -> Problem {
    let wait = seconds(standing.next).max(1);
    let message = format!("Rate limit exceeded, retry in {}", words(Duration::from_secs(wait)));
    let draft = matches!(which, Headers::Both | Headers::Draft);
    let legacy = matches!(which, Headers::Both | Headers::Legacy);
    let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, message).with_detail(format!("rate limit `{}`", limit.name));
    let problem =
        headers(draft, legacy, limit, standing).fold(problem, |problem, (name, value)| problem.with_header(name, value));
    problem.with_header(RETRY_AFTER, HeaderValue::from(wait))
}

/// The answer when there is no telling whether it is one too many, and the operator wants to be sure.
///
/// 503 and not 429: the client has done nothing wrong, and what tells them apart (a load balancer that tries elsewhere, a
/// client that slows down for good, an alarm) should see that the fault is here.
pub(super) fn unknown(retry: Duration) -> Problem {
    Problem::of(StatusCode::SERVICE_UNAVAILABLE)
        .with_detail("refused: the Redis of the rate limits does not answer and `limiter.redis_failure` is `closed`")
        .with_header(RETRY_AFTER, HeaderValue::from(seconds(retry).max(1)))
}

fn headers(draft: bool, legacy: bool, limit: &Limit, standing: Standing) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    let Standing { remaining, next, reset, .. } = standing;
    let draft = draft.then(|| {
        let item = format!("\"{}\";r={remaining};t={}", limit.name, seconds(next));
        // The name was checked with the policy.
        let item = HeaderValue::try_from(item).unwrap_or_else(|_| HeaderValue::from_static(""));
        [(POLICY, limit.policy.clone()), (RATELIMIT, item)]
    });
    let legacy = legacy.then(|| {
        let values = [u64::from(limit.quota.burst), u64::from(remaining), seconds(reset)];
        let [limit, remaining, reset] = values.map(HeaderValue::from);
        [(X_LIMIT, limit), (X_REMAINING, remaining), (X_RESET, reset)]
    });
    draft.into_iter().flatten().chain(legacy.into_iter().flatten())
}

/// Rounded up: what comes a little later than said is better than what is refused once more.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// `1 minute`, `30 seconds`: `format(ms, true)` of `@lukeed/ms`, which `@fastify/rate-limit` uses.
fn words(time: Duration) -> String {
    const UNITS: [(&str, u64, u64); 5] = [
        ("second", 1_000, 60_000),
        ("minute", 60_000, 3_600_000),
        ("hour", 3_600_000, 86_400_000),
        ("day", 86_400_000, 31_557_600_000),
        ("year", 31_557_600_000, u64::MAX),
    ];
    let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let unit = UNITS.iter().find(|(_, unit, end)| (*unit..*end).contains(&milliseconds));
    let Some((name, unit, _)) = unit else { return format!("{milliseconds} ms") };
    let count = (milliseconds / unit) + u64::from(milliseconds % unit >= unit / 2);
    format!("{count} {name}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded from `@lukeed/ms` 2.0.2 under Node by `tests/rate_limit/record.mjs`.
    #[test]
    fn words_times_as_the_plugin() {
        let recorded: serde_json::Value = serde_json::from_str(include_str!("../../tests/rate_limit/recorded.json")).unwrap();
        let cases = recorded["words"].as_array().unwrap();
        assert!(cases.len() > 20);
        for case in cases {
            let milliseconds = case[0].as_u64().unwrap();
            assert_eq!(words(Duration::from_millis(milliseconds)), case[1].as_str().unwrap(), "{milliseconds}");
        }
    }

    #[test]
    fn rounds_seconds_up() {
        for (milliseconds, expected) in [(0, 0), (1, 1), (999, 1), (1000, 1), (1001, 2), (60_000, 60)] {
            assert_eq!(seconds(Duration::from_millis(milliseconds)), expected);
        }
    }

    #[test]
    fn reads_which_headers() {
        let cases = [("both", Headers::Both), ("draft", Headers::Draft), ("legacy", Headers::Legacy), ("none", Headers::None)];
        for (text, expected) in cases {
            assert_eq!(text.parse(), Ok(expected));
        }
        assert!("all".parse::<Headers>().is_err());
    }
}
