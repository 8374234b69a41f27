//! How many requests the pool takes on, learnt from how long they wait for an isolate.
//!
//! # The algorithm
//! A window is at least `WINDOW` long and holds at least `SAMPLES` waits. At its end the *shortest* wait in it decides:
//!
//! * above the target: a queue stands. The limit becomes what is in flight now, times `target / wait`, but never less than
//!   `STEEPEST` or more than `GENTLEST` of it. If at least as many were refused in the window as left the queue, then
//!   in the next one a request that has waited twice the target is refused in place of begun.
//! * else: the limit grows by its square root.
//!
//! The limit stays between `min` and what the pool can hold, where it starts: in normal load nothing is refused.
//!
//! # Where it comes from, and why not another
//! All parts are known ones. Raising by the square root and lowering by a bounded ratio of delays is the *gradient* limit of
//! Netflix's concurrency-limits and Envoy's adaptive concurrency filter. They compare the response time with the best one seen,
//! and must measure the best one again and again under a forced low limit. An app that waits for its backend looks like a queue to them,
//! and a change of the app's own speed like an overload. The pool knows what they have to guess: the time in the queue, of
//! which the right value is known too. So the ratio is that of the wait to a fixed target.
//!
//! The shortest wait of a window in place of a mean or percentile is the insight of CoDel (RFC 8289): a burst that the isolates work off, or one
//! long turn of JavaScript, makes single requests wait, and a standing queue makes all of them wait. Windows have a least number
//! of samples (as Netflix's do), because an app whose pages take longer than the target would otherwise be
//! judged by a single request.
//!
//! Refusing what has waited too long is Facebook's controlled delay ("Fail at Scale", ACM Queue 13(8); folly's `Codel`, from which "twice
//! the target" is): a limit can only act on those who come later, and the queue that stood before it was lowered would be served to
//! clients that have left. It asks for more than a standing queue here: others must be there to take the place. A crowd that
//! comes once, such as a page with all it loads, is worked off in whole. Facebook's other half, serving the newest first, is left out: behind a limit the queue is short, and
//! who came first is served first.
//!
//! # What it deliberately does not do
//! It does not count what streams: a response counts until its head, because a stream that idles costs nothing, and one that
//! works makes others wait, which is seen. It knows nothing of clients: fairness between them is the rate limit's business.

use std::time::{Duration, Instant};

/// Shortest window. CoDel's interval is "a worst-case round trip"; a page's is some hundred milliseconds.
const WINDOW: Duration = Duration::from_millis(250);

/// Least number of waits in a window.
const SAMPLES: u32 = 10;

/// What is left of the limit at least after a bad window, and at most.
const STEEPEST: f64 = 0.7;
const GENTLEST: f64 = 0.9;

/// How requests are refused before the queue is full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Whether the limit moves. Without it only the length of the queue and the longest wait in it refuse.
    pub adaptive: bool,
    /// The wait for an isolate to keep to under overload.
    pub target: Duration,
    /// Smallest limit; 0 means two for each isolate: one at work, one that comes next.
    pub min: usize,
}

impl Default for Config {
    fn default() -> Self {
        Config { adaptive: true, target: Duration::from_millis(250), min: 0 }
    }
}

/// The limit and the window it is learnt from. Time is given to it, so that it can be tested without any passing.
#[derive(Debug)]
pub(crate) struct Control {
    adaptive: bool,
    target: Duration,
    bounds: (f64, f64),
    limit: f64,
    /// Whether what has waited for long is refused.
    sheds: bool,
    window: Option<Window>,
    /// The end of the last window.
    judged: Option<Instant>,
}

#[derive(Debug)]
struct Window {
    since: Instant,
    shortest: Duration,
    samples: u32,
    /// Requests refused before it began.
    refused: u64,
}

/// What the pool knows besides one wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    /// Requests taken on that have no response head yet.
    pub(crate) in_flight: usize,
    /// Requests that were refused at once, ever.
    pub(crate) refused: u64,
}

/// What a window has changed, for the log: an overload lasts until the limit is where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// The first bad window, whose shortest wait this was.
    Begins(Duration),
    /// The pool's own bounds are all there is again.
    Ends,
}

impl Control {
    /// For a pool of `isolates` that can hold `capacity` requests, running and waiting.
    pub(crate) fn new(config: &Config, isolates: usize, capacity: usize) -> Control {
        let min = if config.min == 0 { 2 * isolates } else { config.min };
        let max = capacity.max(1) as f64;
        let bounds = ((min as f64).min(max), max);
        Control {
            adaptive: config.adaptive && !config.target.is_zero(),
            target: config.target,
            bounds,
            limit: max,
            sheds: false,
            window: None,
            judged: None,
        }
    }

    /// How many requests may be in flight; `usize::MAX` while the pool's own bounds are all there is.
    pub(crate) fn limit(&self) -> usize {
        if self.limit < self.bounds.1 { self.limit as usize } else { usize::MAX }
    }

    /// The wait after which a request is refused in place of begun, if that is before the end of the queue timeout.
    pub(crate) fn patience(&self, queue_timeout: Duration) -> Duration {
        if self.sheds { queue_timeout.min(2 * self.target) } else { queue_timeout }
    }

    /// A request left the queue, or found an isolate without waiting. `load`: what is true of all of them at that time.
    pub(crate) fn waited(&mut self, now: Instant, wait: Duration, load: Load) -> Option<Turn> {
        if !self.adaptive {
            return None;
        }
        let refused = load.refused;
        let window = self.window.get_or_insert(Window { since: now, shortest: wait, samples: 0, refused });
        window.shortest = window.shortest.min(wait);
        window.samples += 1;
        let length = now.saturating_duration_since(window.since);
        if length < WINDOW || window.samples < SAMPLES {
            return None;
        }
        let shortest = window.shortest;
        let bad = shortest > self.target;
        self.sheds = bad && refused - window.refused >= u64::from(window.samples);
        self.window = None;
        self.judged = Some(now);
        let before = self.limit();
        match bad {
            true => self.lower(shortest, load.in_flight),
            false => self.raise(1.0),
        }
        match (before, self.limit()) {
            (usize::MAX, limit) if limit < usize::MAX => Some(Turn::Begins(shortest)),
            (limit, usize::MAX) if limit < usize::MAX => Some(Turn::Ends),
            _ => None,
        }
    }

    /// A request comes and nothing is in flight: the time without any was good.
    pub(crate) fn idle(&mut self, now: Instant) -> Option<Turn> {
        let length = now.saturating_duration_since(self.judged?);
        if length < WINDOW {
            return None;
        }
        self.window = None;
        self.judged = Some(now);
        self.sheds = false;
        let before = self.limit();
        self.raise(length.div_duration_f64(WINDOW));
        (before < usize::MAX && self.limit() == usize::MAX).then_some(Turn::Ends)
    }

    fn lower(&mut self, wait: Duration, in_flight: usize) {
        let ratio = self.target.as_secs_f64() / wait.as_secs_f64();
        self.limit = self.limit.min(in_flight as f64) * ratio.clamp(STEEPEST, GENTLEST);
        self.limit = self.limit.clamp(self.bounds.0, self.bounds.1);
    }

    /// Adds the square root as often as there were good windows: each adds one half to the root of the limit.
    fn raise(&mut self, windows: f64) {
        self.limit = (self.limit.sqrt() + windows / 2.0).powi(2).clamp(self.bounds.0, self.bounds.1);
    }
}

#[cfg(test)]
mod tests;
