//! `[cache]` as the render cache wants it.

use edge::cache;

use super::super::settings::{self, Normalizer};
use super::{Config, Refused};

impl Config {
    /// The render cache, when there is to be one. `asked`: the app imports it. `build` is empty unless a setting names it.
    pub fn cache(&self, asked: bool) -> Option<cache::Config> {
        let cache = &self.settings.cache;
        cache.is_on(asked).then(|| cache.config())
    }
}

impl Config {
    /// Paths of which a rule says that something is kept.
    pub fn kept_paths(&self) -> Vec<edge::path::Pattern> {
        let rules = self.settings.cache.rules.iter().filter(|rule| rule.enabled);
        rules.map(|rule| rule.path.clone()).collect()
    }
}

impl settings::Cache {
    /// What the cache refuses, where a setting asks for one: else the URL may be the app's, in `REDIS_URL`.
    pub(super) fn check_part(&self) -> Result<(), Refused> {
        if !self.is_on(false) {
            return Ok(());
        }
        cache::Cache::new(self.config()).map(drop).map_err(|message| vec![("redis.url".to_owned(), message)])
    }

    fn config(&self) -> cache::Config {
        let redis = &self.redis;
        cache::Config {
            max_size: self.max_size.bytes() as u64,
            max_body: self.max_body.bytes(),
            rules: self.rules.iter().map(settings::CacheRule::rule).collect(),
            cookies: names(&self.cookies),
            anonymous: self.anonymous,
            stale_if_error: self.stale_if_error,
            wait: self.wait,
            build: self.build_id.as_ref().map(|id| id.0.clone()).unwrap_or_default(),
            redis: redis.url.as_ref().map(|url| cache::redis::Config {
                url: url.reveal().to_owned(),
                timeout: redis.timeout,
                prefix: redis.prefix.clone(),
            }),
        }
    }
}

impl settings::CacheRule {
    fn rule(&self) -> cache::Rule {
        let normalizer = |normalizer: &Normalizer| match normalizer {
            Normalizer::Drop => cache::Normalizer::Drop,
            Normalizer::OneOf(values) => cache::Normalizer::OneOf(values.clone()),
        };
        cache::Rule {
            path: self.path.clone(),
            enabled: self.enabled,
            ttl: self.ttl,
            stale_while_revalidate: self.stale_while_revalidate,
            stale_if_error: self.stale_if_error,
            ignore_query: self.ignore_query.iter().map(|name| name.0.clone()).collect(),
            headers: self.headers.0.iter().map(|(name, values)| (name.clone(), normalizer(values))).collect(),
            cookies: self.cookies.as_ref().map(|cookies| names(&cookies.0)),
            tags: self.tags.iter().map(|tag| tag.0.clone()).collect(),
        }
    }
}

fn names(cookies: &[settings::CookieName]) -> Vec<String> {
    cookies.iter().map(|name| name.0.clone()).collect()
}
