//! The render cache of this process: whether there is one, which the app has a say in, and the app's purges.
//!
//! The app asks for it and may purge while it starts, before it is known whether there is a cache and of which build: such purges
//! are kept until then. They concern what other instances and a former process have left in Redis.

use std::sync::atomic::{AtomicBool, Ordering};

use edge::cache::{self, Cache};
use futures_util::future::BoxFuture;
use parking_lot::Mutex;

/// Purges of an app that starts; one more, and everything is purged.
const MAX_EARLY: usize = 1000;

/// The cache, if there is one.
#[derive(Default)]
pub struct RenderCache {
    state: Mutex<State>,
    asked: AtomicBool,
}

enum State {
    /// The app starts, and has purged this.
    Starting(Vec<cache::Purge>),
    /// There is none. `said`: because a setting says so.
    Off { said: bool },
    /// There is one.
    On(Cache),
}

impl Default for State {
    fn default() -> Self {
        State::Starting(Vec::new())
    }
}

impl RenderCache {
    /// The app has imported it.
    pub fn ask(&self) {
        let first = !self.asked.swap(true, Ordering::Relaxed);
        if first && matches!(*self.state.lock(), State::Off { said: false }) {
            tracing::warn!(
                "the app has imported `cache` from ssr-host after its start: there is no cache; set cache.enabled = true"
            );
        }
    }

    /// Whether the app has imported it.
    pub fn is_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// Decides that there is none. `said`: because a setting says so.
    pub fn close(&self, said: bool) {
        *self.state.lock() = State::Off { said };
    }

    /// Decides that there is one, and starts it.
    ///
    /// # Errors
    /// What is wrong with the URL of Redis.
    pub async fn open(&self, config: cache::Config) -> Result<Cache, String> {
        let cache = Cache::new(config)?;
        cache.start().await;
        let before = std::mem::replace(&mut *self.state.lock(), State::On(cache.clone()));
        if let State::Starting(purges) = before {
            for purge in purges {
                let selector = purge.selector.clone();
                if let Err(error) = cache.purge(purge).await {
                    tracing::warn!("purge of {selector}: {error}");
                }
            }
        }
        Ok(cache)
    }

    /// Purges what the app names; without a cache there is nothing to do.
    pub fn purge(&self, purge: isolate::Purge) -> BoxFuture<'static, Result<(), String>> {
        let purge = of_app(purge);
        match &mut *self.state.lock() {
            State::On(cache) => {
                let cache = cache.clone();
                return Box::pin(async move { cache.purge(purge).await });
            }
            // Every isolate runs the same start-up code.
            State::Starting(purges) if purges.contains(&purge) => {}
            State::Starting(purges) if purges.len() >= MAX_EARLY => {
                *purges = vec![cache::Purge { selector: cache::Selector::All, soft: false }];
            }
            State::Starting(purges) => purges.push(purge),
            State::Off { .. } => {}
        }
        Box::pin(std::future::ready(Ok(())))
    }
}

fn of_app(purge: isolate::Purge) -> cache::Purge {
    let selector = match purge.selector {
        isolate::Selector::All => cache::Selector::All,
        isolate::Selector::Tag(tag) => cache::Selector::Tag(tag),
        isolate::Selector::Url(url) => cache::Selector::Url(url),
        isolate::Selector::Prefix(prefix) => cache::Selector::Prefix(prefix),
    };
    cache::Purge { selector, soft: purge.soft }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(tag: &str) -> isolate::Purge {
        isolate::Purge { selector: isolate::Selector::Tag(tag.into()), soft: true }
    }

    fn early(cache: &RenderCache) -> Vec<cache::Purge> {
        match &*cache.state.lock() {
            State::Starting(purges) => purges.clone(),
            _ => panic!("it is decided"),
        }
    }

    /// The call returns at once: an app that waits for it at its top level would wait for its own start.
    #[test]
    fn purges_of_a_starting_app_are_kept_once() {
        let cache = RenderCache::default();
        for _isolate in 0..2 {
            for name in ["a", "b"] {
                let purged = futures_util::FutureExt::now_or_never(cache.purge(tag(name)));
                assert_eq!(purged, Some(Ok(())));
            }
        }
        let expected = ["a", "b"].map(|tag| cache::Purge { selector: cache::Selector::Tag(tag.into()), soft: true });
        assert_eq!(early(&cache), expected);
        for n in 0..MAX_EARLY {
            drop(cache.purge(tag(&n.to_string())));
        }
        assert_eq!(early(&cache)[0], cache::Purge { selector: cache::Selector::All, soft: false });
    }

    #[test]
    fn the_app_asks() {
        let cache = RenderCache::default();
        assert!(!cache.is_asked());
        cache.ask();
        assert!(cache.is_asked());
    }
}
