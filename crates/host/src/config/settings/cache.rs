//! `[cache]`: the render cache, and what holds for some paths.

mod names;

use std::time::Duration;

use edge::path::Pattern;
use http::HeaderName;

pub use names::{BuildId, CookieName, Parameter, Tag};

use super::super::declare::settings;
use super::super::setting::{Map, Range, Reading, Setting, Size, Written as _};
use super::super::tree::{Data, Origin, Value};
use super::RedisUrl;
use super::checks::Checks;

settings! {
    /// The render cache.
    pub struct Cache {
        /// Keep what the app renders.
        enabled: Option<bool> = (unset "when there is a `[[cache.rules]]`, or the app imports `cache` from ssr-host"),
        /// What the kept pages may take in memory.
        max_size: Size = (computed "a sixteenth of the memory, from 16 MiB to 512 MiB") from "1MiB",
        /// Largest body that is kept.
        max_body: Size = "2MiB",
        /// Cookies that a page may depend on: it is kept for each of their values. What depends on another cookie is not kept.
        cookies: Vec<CookieName> = [],
        /// Visitors without any cookie share pages whose render looked for cookies.
        anonymous: bool = false,
        /// How long a page is served after it was fresh when the app fails or refuses, unless the page or a rule says; `0s` for never.
        stale_if_error: Duration = "1h" from "0s",
        /// How long a request waits for the render that another one has begun, before it goes to the app itself.
        wait: Duration = "5s" from "0s",
        /// What tells builds of the app apart, such as a commit: pages of another build are never served.
        build_id: Option<BuildId> = (computed "from the bundle and the static files"),
        /// The Redis or Valkey that instances share: pages, and what was purged. `redis = "redis://cache"` is short for its `url`.
        redis: Redis = {},
        /// What holds for some paths: the first rule that matches.
        rules: Vec<CacheRule> = [],
    }
}

settings! {
    /// The second level.
    pub struct Redis {
        /// Its URL.
        url: Option<RedisUrl> = (unset "the variable `REDIS_URL`; without it each process keeps pages for itself"),
        /// How long it may take before a page is rendered in its place.
        timeout: Duration = "20ms" from "1ms" to "1s",
        /// What the names of its keys begin with.
        prefix: String = "ssr-host:",
        /// How long static files with a hash in their name stay available there after a build that has them was last started: pages of it are still open in
        /// browsers. `0s`: not at all.
        keep_files: Duration = "24h" from "0s" to "30d",
    }
}

settings! {
    /// What holds for some paths.
    pub struct CacheRule {
        /// Which paths.
        path: Pattern = required,
        /// Keep anything.
        enabled: bool = true,
        /// How long a page is fresh that does not say so itself.
        ttl: Option<Duration> = (unset "it is not kept") from "0s",
        /// How long after that it is served while it is rendered anew, unless the page says.
        stale_while_revalidate: Option<Duration> = (unset "not at all") from "0s",
        /// As `cache.stale_if_error`, unless the page says.
        stale_if_error: Option<Duration> = (unset "as for all paths") from "0s",
        /// Query parameters that the app does not get to see, such as `["utm_*", "fbclid"]`.
        ignore_query: Vec<Parameter> = [],
        /// Headers of which the app sees one of a few values, the one that the client likes best or else the first:
        /// `{ accept-language = ["en", "de"] }`; `false` hides a header.
        headers: Map<HeaderName, Normalizer> = {},
        /// The only cookies that the app gets to see; a page may depend on them.
        cookies: Option<Cookies> = (unset "all, and a page may depend on `cache.cookies`"),
        /// Tags of all pages, besides those that the app gives them: what can be purged together.
        tags: Vec<Tag> = [],
    }
}

/// Headers that are no input of a page, or have a setting of their own.
const NOT_NORMALIZED: [(HeaderName, &str); 6] = [
    (http::header::COOKIE, "`cookies` names those that the app gets to see"),
    (http::header::HOST, "it says which site is asked for"),
    (http::header::CONNECTION, "it is about the connection"),
    (http::header::CONTENT_LENGTH, "it is about the body"),
    (http::header::TRANSFER_ENCODING, "it is about the body"),
    (http::header::UPGRADE, "it is about the connection"),
];

/// What becomes of a header before the app sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Normalizer {
    /// The app does not see it.
    Drop,
    /// One of these.
    OneOf(Vec<String>),
}

impl Setting for Normalizer {
    fn expected(_: Range) -> String {
        "a list of values such as `[\"en\", \"de\"]`, or `false` to hide it".into()
    }

    fn read(value: &Value, range: Range, reading: &mut Reading<'_>) -> Option<Self> {
        let items = match &value.data {
            Data::Bool(false) => return Some(Normalizer::Drop),
            Data::List(items) if !items.is_empty() => items,
            _ => {
                reading.wrong_kind(value, Self::expected(range));
                return None;
            }
        };
        let item = |(i, item)| reading.below(&format!("[{i}]"), |reading| header_value(item, reading));
        let items: Vec<_> = items.iter().enumerate().map(item).collect();
        items.into_iter().collect::<Option<Vec<_>>>().map(Normalizer::OneOf)
    }

    fn write(&self) -> Option<Data> {
        Some(match self {
            Normalizer::Drop => Data::Bool(false),
            Normalizer::OneOf(values) => {
                let item = |text: &String| Value { data: Data::Text(text.clone()), origin: Origin::Default };
                Data::List(values.iter().map(item).collect())
            }
        })
    }
}

/// One of the values of a header: what a client would list, without its weight.
fn header_value(value: &Value, reading: &mut Reading<'_>) -> Option<String> {
    let text = value.text().map(str::trim).unwrap_or_default();
    let plain = !text.is_empty() && http::HeaderValue::from_str(text).is_ok_and(|value| value.to_str().is_ok());
    if plain && !text.contains([',', ';']) {
        return Some(text.to_owned());
    }
    let problem = reading.wrong_kind(value, "the value of a header such as `en`");
    if text.contains([',', ';']) {
        problem.hint("each value is an item of the list, without a weight such as `;q=0.5`");
    }
    None
}

/// Names of cookies; none is said by an empty list, because `false` could mean all as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookies(pub Vec<CookieName>);

impl Setting for Cookies {
    fn expected(range: Range) -> String {
        Vec::<CookieName>::expected(range)
    }

    fn read(value: &Value, range: Range, reading: &mut Reading<'_>) -> Option<Self> {
        if value.data == Data::Bool(false) {
            reading.wrong(value, Self::expected(range)).hint("for none, an empty list: `[]`");
            return None;
        }
        Vec::read(value, range, reading).map(Cookies)
    }

    fn write(&self) -> Option<Data> {
        self.0.write()
    }

    fn shape() -> super::Shape {
        Vec::<CookieName>::shape()
    }

    fn is_off(_: &Value) -> bool {
        false
    }
}

impl Cache {
    /// Whether there is a cache. `asked`: the app imports it.
    pub fn is_on(&self, asked: bool) -> bool {
        self.enabled.unwrap_or(asked || !self.rules.is_empty())
    }

    pub(super) fn check(&self, checks: &mut Checks<'_>) {
        if self.max_body > self.max_size {
            let size = checks.place("cache.max_size");
            checks.about("cache.max_body", format!("is larger than `cache.max_size` ({size}): expected at most that"));
        }
        for (i, rule) in self.rules.iter().enumerate() {
            if let Some(first) = self.rules[..i].iter().position(|other| other.path == rule.path) {
                let (path, other) = (rule.path.text(), checks.place(&format!("cache.rules[{first}].path")));
                let text = format!("is `{path}`, as is that of a rule above ({other}), which is the one that holds");
                checks.about(&format!("cache.rules[{i}].path"), text);
            }
            for (name, _) in &rule.headers.0 {
                if let Some((_, why)) = NOT_NORMALIZED.iter().find(|(other, _)| other == name) {
                    let text = format!("has `{name}`, which cannot be changed: {why}");
                    checks.about(&format!("cache.rules[{i}].headers"), text);
                }
            }
        }
    }
}
