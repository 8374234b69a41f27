//! `[limiter]` and `[[rate_limit]]`: how often a client may ask.

use std::num::NonZeroU32;
use std::time::Duration;

use ::http::{HeaderName, Method};
use edge::path::Pattern;
use ipnet::IpNet;

use super::super::declare::{settings, words};
use super::super::setting::{Hint, Written, written};
use super::checks::Checks;

words! {
    /// Which headers tell a client how much is left.
    pub enum LimitHeaders {
        /// Those of the draft and `X-RateLimit-*`.
        Both = "both",
        /// `RateLimit` and `RateLimit-Policy` of the IETF draft.
        Draft = "draft",
        /// `X-RateLimit-*`, as @fastify/rate-limit.
        Legacy = "legacy",
        /// None.
        None = "none",
    }
}

words! {
    /// What happens when Redis does not answer.
    pub enum RedisFailure {
        /// Count in this process.
        Local = "local",
        /// Let pass.
        Open = "open",
        /// Refuse.
        Closed = "closed",
    }
}

settings! {
    /// What all rate limits have in common.
    pub struct Limiter {
        /// IPv6 clients count by this many leading bits of their address: who has one address has 2⁶⁴ of them.
        ipv6_prefix: u8 = 64 from 16 to 128,
        /// Clients that are never limited.
        allow: Vec<IpNet> = [],
        /// Paths that are never limited.
        exempt: Vec<Pattern> = ["/health", "/ready"],
        /// Clients that each limit counts at the same time; beyond it those are forgotten that have used least of theirs.
        max_keys: usize = 100000 from 1000,
        /// Headers that tell a client how much is left: `draft` for RateLimit and RateLimit-Policy, `legacy` for X-RateLimit-*.
        headers: LimitHeaders = "both",
        /// URL of a Redis in which all instances count together.
        redis: Option<RedisUrl> = (unset "each process counts for itself"),
        /// How long Redis may take before it counts as gone.
        redis_timeout: Duration = "5ms" from "1ms" to "1s",
        /// When Redis is gone: count in this process (`local`), let pass (`open`), refuse (`closed`).
        redis_failure: RedisFailure = "local",
    }
}

settings! {
    /// A rate limit.
    pub struct RateLimit {
        /// Name in headers, logs and metrics.
        name: Option<String> = (unset "`rule-1` and so on, by its place"),
        /// Which paths.
        path: Option<Pattern> = (unset "all"),
        /// Which methods; none for all.
        methods: Vec<Method> = [],
        /// Requests in a window.
        max: NonZeroU32 = required,
        /// The window, such as `60s`.
        window: Duration = required from "1s" to "30d",
        /// Requests that may come at once.
        burst: Option<NonZeroU32> = (unset "`max`"),
        /// What is counted by: the client's address (`ip`), a header (`header:x-api-key`) or a cookie (`cookie:sid`). A request without it counts by address.
        key: Key = "ip",
        /// Count and log, but let pass.
        shadow: bool = false,
    }
}

/// What a rate limit counts by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// The client's address.
    Ip,
    /// The value of a header.
    Header(HeaderName),
    /// The value of a cookie.
    Cookie(String),
}

impl Written for Key {
    fn expected() -> String {
        "`ip`, `header:` with a name such as `header:x-api-key`, or `cookie:` with a name such as `cookie:sid`".into()
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        match text.split_once(':') {
            None if text == "ip" => Ok(Key::Ip),
            Some(("header", name)) => HeaderName::parse(name).map(Key::Header),
            // The same characters as in the name of a header (RFC 6265 section 4.1.1), but they have a case.
            Some(("cookie", name)) => HeaderName::parse(name).map(|_| Key::Cookie(name.to_owned())),
            _ => Err(Hint::default()),
        }
    }

    fn text(&self) -> String {
        match self {
            Key::Ip => "ip".into(),
            Key::Header(name) => format!("header:{name}"),
            Key::Cookie(name) => format!("cookie:{name}"),
        }
    }
}

written!(Key);

/// The URL of a Redis, whose password is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct RedisUrl(String);

impl RedisUrl {
    /// With its password.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text())
    }
}

impl Written for RedisUrl {
    const SECRET: bool = true;

    fn expected() -> String {
        "a URL such as `redis://:password@host:6379/0` or `unix:///run/redis.sock`".into()
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        if text.starts_with("rediss://") {
            return Err("Redis over TLS is not supported: use a private network or a local proxy such as stunnel"
                .to_owned()
                .into());
        }
        if text.starts_with("unix:///") {
            return Ok(RedisUrl(text.to_owned()));
        }
        let rest = text.strip_prefix("redis://");
        let host = |rest: &str| rest.rsplit('@').next().is_some_and(|host| !host.is_empty() && !host.starts_with(['/', ':']));
        match rest {
            Some(rest) if host(rest) && !text.contains(char::is_whitespace) => Ok(RedisUrl(text.to_owned())),
            _ => Err(Hint::default()),
        }
    }

    fn text(&self) -> String {
        let Some((scheme, rest)) = self.0.split_once("://") else { return "***".into() };
        match rest.rsplit_once('@') {
            Some((credentials, host)) => {
                let user = credentials.split(':').next().unwrap_or_default();
                format!("{scheme}://{user}:***@{host}")
            }
            None => self.0.clone(),
        }
    }
}

written!(RedisUrl);

/// Names tell the limits apart in headers and metrics.
pub(super) fn check(limits: &[RateLimit], checks: &mut Checks<'_>) {
    for (i, limit) in limits.iter().enumerate() {
        let Some(name) = &limit.name else { continue };
        if let Some(first) = limits[..i].iter().position(|other| other.name.as_ref() == Some(name)) {
            let other = checks.place(&format!("rate_limit[{first}].name"));
            checks.about(
                &format!("rate_limit[{i}].name"),
                format!("is `{name}`, as is that of another limit ({other}): expected a name of its own"),
            );
        }
    }
}
