//! How long a request was on its way and in queues before it came here, by the clock of the proxy that took it first.
//!
//! `X-Request-Start` has the time at which that was. Every proxy writes it another way: Fly.io `t=` and microseconds, Heroku
//! milliseconds, nginx (`$msec`) `t=` and seconds with a fraction. The unit is told by the size of the number, as the agents of monitoring
//! services do it.
//!
//! # What is believed
//! Only what comes from a trusted proxy ([`Client::via_proxy`]). It may pass on what a client wrote, and clocks of two machines differ: a
//! time in the future is no wait at all, one that is more than [`LONGEST`] away from now says nothing. So the number is good for
//! statistics and not for decisions.

use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, Request};

use crate::client::Client;

const X_REQUEST_START: HeaderName = HeaderName::from_static("x-request-start");

/// What differs more than this is a wrong clock or a wrong unit.
pub const LONGEST: Duration = Duration::from_secs(3600);

/// The time from the proxy to here: an extension of a request whose proxy has said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueTime(pub Duration);

impl QueueTime {
    /// Works it out. `None`: nobody who is trusted says anything that can be read.
    pub fn of(client: Option<&Client>, headers: &HeaderMap, now: SystemTime) -> Option<QueueTime> {
        if !client?.via_proxy {
            return None;
        }
        let mut lines = headers.get_all(X_REQUEST_START).iter();
        // Of two nobody knows whose is whose.
        let (Some(line), None) = (lines.next(), lines.next()) else { return None };
        let start = SystemTime::UNIX_EPOCH.checked_add(since_epoch(line.as_bytes())?)?;
        match now.duration_since(start) {
            Ok(wait) => (wait <= LONGEST).then_some(QueueTime(wait)),
            Err(early) => (early.duration() <= LONGEST).then_some(QueueTime(Duration::ZERO)),
        }
    }
}

/// A time as one of them writes it, since 1970.
fn since_epoch(text: &[u8]) -> Option<Duration> {
    let number = text.strip_prefix(b"t=").unwrap_or(text);
    let (whole, fraction) = match number.iter().position(|byte| *byte == b'.') {
        Some(point) => (&number[..point], &number[point + 1..]),
        None => (number, &b"0"[..]),
    };
    let digits = |text: &[u8]| (1..=20).contains(&text.len()) && text.iter().all(u8::is_ascii_digit);
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    // From 1973 to 5138 whatever the unit; each is a thousand times the one before.
    let nanos_each = match whole.len() {
        9..=11 => 1e9,
        12..=14 => 1e6,
        15..=17 => 1e3,
        18..=20 => 1.0,
        _ => return None,
    };
    // Exact to a microsecond: a double has 53 bits, microseconds since 1970 need 51.
    let number: f64 = std::str::from_utf8(number).ok()?.parse().ok()?;
    Duration::try_from_secs_f64(number * nanos_each / 1e9).ok()
}

/// Sets [`QueueTime`] on the requests of the service it wraps. Below the layer that sets [`Client`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Layer;

/// The service of [`Layer`].
#[derive(Debug, Clone)]
pub struct Service<S> {
    inner: S,
}

impl<S> tower::Layer<S> for Layer {
    type Service = Service<S>;

    fn layer(&self, inner: S) -> Service<S> {
        Service { inner }
    }
}

impl<S: tower::Service<Request<B>>, B> tower::Service<Request<B>> for Service<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        if let Some(wait) = QueueTime::of(request.extensions().get(), request.headers(), SystemTime::now()) {
            request.extensions_mut().insert(wait);
        }
        self.inner.call(request)
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    /// 2024-01-01T00:00:00Z.
    const NOW: u64 = 1_704_067_200;

    fn of(via_proxy: bool, lines: &[&str]) -> Option<Duration> {
        let client = Client { via_proxy, ..Client::default() };
        let header = |line: &&str| (X_REQUEST_START, HeaderValue::from_str(line).unwrap());
        let headers = lines.iter().map(header).collect();
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
        QueueTime::of(Some(&client), &headers, now).map(|wait| wait.0)
    }

    #[test]
    fn every_unit_is_understood() {
        let cases = [
            // Fly.io: microseconds.
            ("t=1704067199750000", 250_000),
            // Heroku's router: milliseconds.
            ("1704067199750", 250_000),
            // nginx, `proxy_set_header X-Request-Start "t=${msec}"`: seconds.
            ("t=1704067199.750", 250_000),
            ("1704067199", 1_000_000),
            // Nanoseconds, and a fraction of a millisecond.
            ("1704067199750000000", 250_000),
            ("t=1704067199999.5", 500),
            ("t=1704067200000000", 0),
        ];
        for (text, micros) in cases {
            let wait = of(true, &[text]).unwrap_or_else(|| panic!("{text}"));
            assert!(wait.abs_diff(Duration::from_micros(micros)) <= Duration::from_micros(1), "{text}: {wait:?}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_left_alone() {
        let nonsense = [
            "",
            "t=",
            "t=.",
            "t=1704067199.",
            ".5",
            "-1704067199",
            "+1704067199",
            "1.7e9",
            "NaN",
            "inf",
            "t=t=1704067199",
            "t=1704067199 ",
            "1704067199,1704067199",
            "1.2.3",
            "0",
            "99999999",
            "99999999999999999999",
            "123456789012345678901",
        ];
        for text in nonsense {
            assert_eq!(of(true, &[text]), None, "{text}");
        }
        assert_eq!(of(true, &[]), None);
        assert_eq!(of(true, &["1704067199", "1704067198"]), None, "whose is whose?");
    }

    #[test]
    fn clocks_differ() {
        assert_eq!(of(true, &["1704067230"]), Some(Duration::ZERO), "the proxy's clock is ahead");
        assert_eq!(of(true, &["1704063600"]), Some(LONGEST));
        assert_eq!(of(true, &["1704063599"]), None);
        assert_eq!(of(true, &["1704070801"]), None);
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(of(false, &["1704067199"]), None);
        assert_eq!(QueueTime::of(None, &HeaderMap::new(), SystemTime::now()), None);
    }
}
