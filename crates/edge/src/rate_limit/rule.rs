//! Rules: which requests one is about, and how many of them it lets pass.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{HeaderValue, Method, Request};

use super::key::By;
use super::local::{Clock, Local};
use super::standing::Quota;
use super::{Error, Stats};
use crate::path::Pattern;

/// A limit and the requests it is about, as configured.
///
/// It is a rate with a burst (GCRA), not a window that starts anew: `burst` requests at once, then one more every `window / max`. In
/// any stretch as long as the window at most `burst + max` pass.
#[derive(Debug, Clone)]
pub struct Rule {
    /// What the `RateLimit` headers call it, and its keys in Redis: printable ASCII without `"` and `\`, at most 64 characters,
    /// unique. `None`: `rule-1` and so on, by its place.
    pub name: Option<String>,
    /// Only paths that match. `None`: all.
    pub path: Option<Pattern>,
    /// Only these methods; with GET, HEAD as well, which runs the same handler. Empty: all.
    pub methods: Vec<Method>,
    /// So many requests in each `window`.
    pub max: NonZeroU32,
    /// At least a microsecond for each of `max`.
    pub window: Duration,
    /// So many at once. `None`: `max`.
    pub burst: Option<NonZeroU32>,
    /// What has its own count.
    pub by: By,
    /// Only counts what it would have refused: lets everything pass and adds no headers.
    pub shadow: bool,
}

impl Rule {
    /// A rule about all requests, by address.
    pub fn new(max: NonZeroU32, window: Duration) -> Rule {
        Rule { name: None, path: None, methods: Vec::new(), max, window, burst: None, by: By::Ip, shadow: false }
    }

    fn is_about<B>(&self, request: &Request<B>) -> bool {
        let method = match request.method() {
            &Method::HEAD => &Method::GET,
            method => method,
        };
        let listed = |method| self.methods.is_empty() || self.methods.contains(method);
        let path = request.uri().path();
        (listed(request.method()) || listed(method)) && self.path.as_ref().is_none_or(|pattern| pattern.matches(path))
    }
}

/// A rule that has been checked, with its count.
pub(super) struct Limit {
    pub(super) rule: Rule,
    pub(super) name: String,
    pub(super) quota: Quota,
    pub(super) local: Local,
    /// Its `RateLimit-Policy`.
    pub(super) policy: HeaderValue,
    /// When shadow mode last wrote to the log.
    pub(super) logged: Throttle,
}

impl Limit {
    /// Checks a rule; `place` counts from 1.
    pub(super) fn new(rule: Rule, place: usize, max_keys: usize, stats: Arc<Stats>, clock: &Clock) -> Result<Limit, Error> {
        let name = rule.name.clone().unwrap_or_else(|| format!("rule-{place}"));
        if !(1..=64).contains(&name.len()) || !name.bytes().all(|byte| matches!(byte, b' '..=b'~') && !b"\"\\".contains(&byte)) {
            return Err(Error::Name(name));
        }
        let quota = Quota::new(rule.max.get(), rule.window, rule.burst.unwrap_or(rule.max).get())
            .ok_or_else(|| Error::Quota { rule: name.clone(), max: rule.max, window: rule.window })?;
        let policy = policy(&name, &rule).map_err(|_| Error::Name(name.clone()))?;
        let local = Local::new(quota, max_keys, stats, clock);
        Ok(Limit { rule, name, quota, local, policy, logged: Throttle::default() })
    }

    /// Whether a request is to be counted.
    pub(super) fn is_about<B>(&self, request: &Request<B>) -> bool {
        self.rule.is_about(request)
    }
}

/// The window is said only in whole seconds (the draft, "Window Parameter": "Sub-second precision is not supported").
fn policy(name: &str, rule: &Rule) -> Result<HeaderValue, http::header::InvalidHeaderValue> {
    let window = match rule.window.subsec_nanos() {
        0 => format!(";w={}", rule.window.as_secs()),
        _ => String::new(),
    };
    format!("\"{name}\";q={}{window}", rule.max).parse()
}

/// Lets one through each second and counts the others.
#[derive(Default)]
pub(super) struct Throttle(parking_lot::Mutex<(Option<Instant>, u64)>);

impl Throttle {
    /// How many there were since the last that was let through; `None`: not yet.
    pub(super) fn pass(&self) -> Option<u64> {
        let mut state = self.0.lock();
        state.1 += 1;
        if state.0.is_some_and(|last| last.elapsed() < Duration::from_secs(1)) {
            return None;
        }
        state.0 = Some(Instant::now());
        Some(std::mem::take(&mut state.1))
    }
}
