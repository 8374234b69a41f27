//! `[log]`: what is logged, and how.

use std::num::NonZeroUsize;
use std::time::Duration;

use ::http::HeaderName;

use super::super::declare::{settings, words};
use super::super::setting::{Hint, Written, written};
use super::checks::Checks;
use crate::telemetry;

words! {
    /// How lines are written.
    pub enum LogFormat {
        /// Text on a terminal, JSON elsewhere.
        Auto = "auto",
        /// For people.
        Text = "text",
        /// For programs.
        Json = "json",
    }
}

words! {
    /// How what the app says by `console` is written.
    pub enum Console {
        /// As the host's own lines are.
        Auto = "auto",
        /// As under Node.
        Plain = "plain",
        /// A JSON object a line, with the id of the request.
        Json = "json",
    }
}

settings! {
    /// The log.
    pub struct Log {
        /// What the host logs: a level, or directives such as `info,isolate=debug`. `SSR_HOST_LOG` is short for this.
        level: LogLevel = "info",
        /// How lines are written: `text` for people, `json` in the shape of pino's lines, or by what stderr is.
        format: LogFormat = "auto",
        /// How lines of the app's `console` are written: `plain` as under Node, `json` with the id of the request they belong to, or as the host's own.
        console: Console = "auto",
        /// A line for each request.
        requests: bool = true,
        /// Of the requests that went well, one in this many has a line. Those that failed (5xx), were cut short or were slow have one in any case.
        sample: NonZeroUsize = 1,
        /// A request whose response head took this long is slow.
        slow: Duration = "1s",
        /// Lines for `/health` and `/ready` as well, where they went well.
        probes: bool = false,
        /// Names of query parameters whose values are not logged; longer names count that end in such a word (`apiKey`, `reset_token`).
        redact: Vec<String> = ["auth", "code", "cookie", "credential", "hash", "hmac", "jwt", "key", "otp", "passwd", "password", "pin", "secret", "session", "sig", "signature", "token"],
        /// Request headers that are logged, such as `user-agent`.
        headers: Vec<HeaderName> = [],
    }
}

/// Headers whose values are credentials: they are not to be had in a log.
const NEVER: [&str; 6] = ["authorization", "cookie", "proxy-authorization", "set-cookie", "x-api-key", "x-csrf-token"];

impl Log {
    pub(super) fn check(&self, checks: &mut Checks<'_>) {
        for (at, name) in self.headers.iter().enumerate().filter(|(_, name)| NEVER.contains(&name.as_str())) {
            checks.about(&format!("log.headers[{at}]"), format!("is `{name}`, whose values are secrets: they are never logged"));
        }
    }
}

/// Directives for `tracing`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLevel(pub String);

impl Written for LogLevel {
    fn expected() -> String {
        "a level (`error`, `warn`, `info`, `debug`, `trace`, `off`) or directives such as `info,isolate=debug`".into()
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        telemetry::check_level(text).map(|()| LogLevel(text.to_owned())).map_err(|error| Some(error).into())
    }

    fn text(&self) -> String {
        self.0.clone()
    }
}

written!(LogLevel);

#[cfg(test)]
mod tests {
    use super::super::super::declare::Fields as _;
    use super::super::super::setting::Fallback;
    use super::*;

    /// A default is written as TOML, and so once more than where it is used without settings.
    #[test]
    fn secrets_are_the_same_without_a_setting() {
        let field = Log::fields().into_iter().find(|field| field.key == "redact").unwrap();
        let names: Vec<_> = edge::redact::NAMES.iter().map(|name| format!("{name:?}")).collect();
        let Fallback::Value(default) = field.fallback else { panic!("{:?}", field.fallback) };
        assert_eq!(default.split_whitespace().collect::<String>(), format!("[{}]", names.join(",")));
    }
}
