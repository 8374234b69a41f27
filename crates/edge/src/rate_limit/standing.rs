//! How a key stands with a rule, and what several rules say together.

use std::time::Duration;

/// A rule in the terms of GCRA: one more request every `period`, as many as `burst` at once. Their product is below 2⁶²
/// nanoseconds ([`Quota::new`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quota {
    /// Nanoseconds.
    pub(super) period: u64,
    pub(super) burst: u32,
}

impl Quota {
    /// `None`: the window is too short for so many (under a microsecond each, the clock of Redis), or the whole is over a century.
    pub(super) fn new(max: u32, window: Duration, burst: u32) -> Option<Quota> {
        let period = u64::try_from(window.as_nanos()).ok()?.checked_div(u64::from(max))?;
        let whole = period.checked_mul(u64::from(burst))?;
        (period >= 1000 && burst > 0 && whole < 1 << 62).then_some(Quota { period, burst })
    }

    /// For how long a key may be ahead of its rate and still be let pass: nanoseconds.
    pub(super) fn tolerance(self) -> u64 {
        self.period * u64::from(self.burst - 1)
    }
}

/// How a key stands after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    /// Whether the request was one too many.
    pub(super) refused: bool,
    /// How many more are let pass at once.
    pub(super) remaining: u32,
    /// Until there is one more than that.
    pub(super) next: Duration,
    /// Until as many as can be.
    pub(super) reset: Duration,
}

impl Standing {
    /// From how far ahead of its rate the key is: its theoretical arrival time less now, in nanoseconds.
    pub(super) fn new(quota: Quota, ahead: u64, refused: bool) -> Standing {
        let Quota { period, burst } = quota;
        let whole = period * u64::from(burst);
        let free = if refused { 0 } else { whole.saturating_sub(ahead) / period };
        let remaining = u32::try_from(free).unwrap_or(burst).min(burst);
        let one_more = u64::from((burst - remaining).saturating_sub(1)) * period;
        Standing {
            refused,
            remaining,
            next: Duration::from_nanos(ahead.saturating_sub(one_more)),
            reset: Duration::from_nanos(ahead),
        }
    }

    /// Greater is more restrictive: refused, then the longer wait; else the fewer left, then the longer wait.
    fn severity(self) -> impl Ord {
        let left = if self.refused { 0 } else { self.remaining };
        (self.refused, std::cmp::Reverse(left), self.next)
    }
}

/// What the rules of a request say together: the most restrictive speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Index of the rule that speaks.
    pub(super) rule: usize,
    /// What it says.
    pub(super) standing: Standing,
}

impl Verdict {
    /// The more restrictive of this one and another; the first of two that are alike.
    pub(super) fn or(self, other: Verdict) -> Verdict {
        if other.standing.severity() > self.standing.severity() { other } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    /// By hand from the definition: with `burst` b and `period` T, so many pass at once that the theoretical arrival time stays
    /// within b·T of now.
    #[test]
    fn counts_what_remains() {
        // (max, window in seconds, burst), ahead, refused; remaining, next, reset in seconds
        let cases = [
            ((100, 60, 100), 0.6, false, (99, 0.6, 0.6)),
            ((100, 60, 100), 60.0, false, (0, 0.6, 60.0)),
            ((100, 60, 100), 59.5, true, (0, 0.1, 59.5)),
            ((2, 60, 2), 50.0, false, (0, 20.0, 50.0)),
            ((2, 60, 2), 30.0, false, (1, 30.0, 30.0)),
            ((1, 60, 1), 60.0, false, (0, 60.0, 60.0)),
            ((1, 60, 1), 59.0, true, (0, 59.0, 59.0)),
            ((60, 60, 5), 1.0, false, (4, 1.0, 1.0)),
            ((60, 60, 5), 4.5, false, (0, 0.5, 4.5)),
            ((10, 10, 20), 1.0, false, (19, 1.0, 1.0)),
            ((10, 10, 10), 0.0, false, (10, 0.0, 0.0)),
        ];
        for ((max, window, burst), ahead, refused, (remaining, next, reset)) in cases {
            let quota = Quota::new(max, Duration::from_secs(window), burst).unwrap();
            let standing = Standing::new(quota, (ahead * SECOND as f64).round() as u64, refused);
            let seconds = |seconds: f64| Duration::from_nanos((seconds * SECOND as f64).round() as u64);
            let expected = Standing { refused, remaining, next: seconds(next), reset: seconds(reset) };
            assert_eq!(standing, expected, "{max} in {window} s, burst {burst}, {ahead} s ahead");
        }
    }

    #[test]
    fn takes_no_quota_that_cannot_be_counted() {
        let cases = [
            (1, Duration::from_micros(1), 1, true),
            (1, Duration::from_nanos(999), 1, false),
            (1_000_001, Duration::from_secs(1), 1, false),
            (1_000_000, Duration::from_secs(1), u32::MAX, true),
            (1, Duration::from_secs(86_400 * 365), 100, true),
            (1, Duration::from_secs(86_400 * 365), 150, false),
            (1, Duration::MAX, 1, false),
            (0, Duration::from_secs(1), 1, false),
            (1, Duration::from_secs(1), 0, false),
        ];
        for (max, window, burst, expected) in cases {
            assert_eq!(Quota::new(max, window, burst).is_some(), expected, "{max} in {window:?}, burst {burst}");
        }
    }

    #[test]
    fn lets_the_most_restrictive_speak() {
        let standing = |refused, remaining, next| Standing {
            refused,
            remaining,
            next: Duration::from_secs(next),
            reset: Duration::from_secs(60),
        };
        let cases = [
            ([standing(false, 5, 1), standing(false, 4, 1)], 1),
            ([standing(false, 4, 1), standing(false, 5, 9)], 0),
            ([standing(false, 4, 1), standing(false, 4, 2)], 1),
            ([standing(false, 4, 1), standing(false, 4, 1)], 0),
            ([standing(false, 0, 90), standing(true, 0, 1)], 1),
            ([standing(true, 0, 5), standing(true, 0, 6)], 1),
            ([standing(true, 0, 5), standing(false, 0, 6)], 0),
        ];
        for (pair, speaks) in cases {
            let [first, second] = [0, 1].map(|rule| Verdict { rule, standing: pair[rule] });
            assert_eq!(first.or(second).rule, speaks, "{pair:?}");
        }
    }
}
