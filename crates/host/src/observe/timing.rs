//! `Server-Timing` (<https://www.w3.org/TR/server-timing/>): where the time of a response went, for the developer tools of a browser.

use std::fmt::Write as _;
use std::time::Duration;

use http::HeaderValue;

use super::Seen;

/// The value for a response: `queue;dur=0.1, render;dur=3.2, cache;desc=hit, total;dur=3.9`. Milliseconds.
pub(super) fn value(seen: &Seen) -> HeaderValue {
    let mut text = String::with_capacity(80);
    if let Some(render) = seen.render {
        let _ = write!(text, "queue;dur={:.1}, ", millis(render.queued));
        if render.isolate.is_some() {
            let _ = write!(text, "render;dur={:.1}, ", millis(render.worked));
        }
    }
    if let Some(outcome) = seen.outcome {
        let _ = write!(text, "cache;desc={}, ", outcome.name());
    }
    let _ = write!(text, "total;dur={:.1}", millis(seen.head));
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// Milliseconds, as people and browsers count here.
pub(super) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
