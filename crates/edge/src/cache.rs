//! The render cache: a shared cache in front of the app (RFC 9111), whose keys are made of what the app read.
//!
//! # The key
//! A page is stored under its path and the values of exactly those inputs that were read for it: headers, cookies and query parameters by
//! name, host, scheme ([`Read`]; the app's request object tells). A request is answered with it when it has the same values, so whoever gets it would have
//! been rendered the same page. `Vary` adds to that. What read the client's address, or a cookie that is not on the list, is for one
//! user and not stored. Which inputs matter is learnt per path, from what is stored (`cache/store.rs`).
//!
//! A request is put in a normal form first, by the first [`Rule`] for its path: parameters dropped, headers reduced to a choice, cookies to
//! a list. The app is given that form, so nothing can be read that is not in the key. A client's conditions (`If-None-Match`, `Range`) are
//! taken off and applied to what is served.
//!
//! # What is stored, and for how long
//! What RFC 9111 lets a shared cache store, by explicit freshness only (`cache/judge.rs`): `s-maxage`, `max-age`, `Expires`, RFC 9213's
//! `SSR-Host-Cache-Control` and `CDN-Cache-Control`, or a rule's `ttl` for what says nothing. Never: errors, parts, what sets a cookie, a page under a
//! path that looks like a file, a stream that broke off. Clients cannot force a render: their `Cache-Control` is without effect.
//!
//! # What happens to a request
//! - **hit**: answered from memory ([`Service`]). Encoded forms of a page are made once and kept with it ([`crate::compression::Kept`]).
//! - **stale**: served while one request refreshes it (RFC 5861); in demand, it is refreshed before it expires.
//! - **miss**: one render for all that wait for the same (`cache/flight.rs`, `cache/fly.rs`); what turns out not to be storable is
//!   not waited for again for a while.
//! - **failure**: a stale page in place of an error, of whatever kind, within `stale-if-error`.
//!
//! # Purges
//! By tag, URL, prefix, or all ([`Purge`]): nothing is looked for, an entry does not count when its render began before a purge of it
//! (`cache/purges.rs`).
//!
//! # Where it stands
//! Inside of compression, so that what is stored is not encoded; outside of the repair of the hydration state, so that what is stored is repaired.
//! Limits, security headers and CORS are outside: they hold for hits as well.
//!
//! # What it deliberately does not do
//! It stores no files (they are on a disk already) and answers nothing but GET and HEAD.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

mod answer;
#[doc(hidden)]
pub mod check;
mod clock;
mod counters;
mod directives;
mod entry;
mod flight;
mod fly;
mod forwarded;
mod judge;
mod key;
mod lifetime;
mod make;
mod normal;
mod outcome;
mod purge;
mod purges;
mod reads;
pub mod redis;
mod refusal;
mod renew;
mod respond;
mod rule;
mod second;
mod service;
mod shared;
mod status;
mod store;
mod stored_headers;
mod tags;
mod tee;
mod view;

pub use entry::Stored;
pub use forwarded::Forwarded;
pub use key::{Key, Spec};
pub use lifetime::Lifetime;
pub use outcome::Outcome;
pub use purge::{Moment, Purge, Selector};
pub use reads::{Name, Read, Reads, Track};
pub use refusal::Refusal;
pub use rule::{Normalizer, Rule};
pub use service::Service;
pub use view::{Counts, RedisView, Top, View};

use shared::Shared;

/// The settings.
#[derive(Clone)]
pub struct Config {
    /// What entries may take in memory, in bytes.
    pub max_size: u64,
    /// Largest body that is stored, in bytes.
    pub max_body: usize,
    /// What holds for some paths.
    pub rules: Vec<Rule>,
    /// Cookies that a page may depend on, where no rule says otherwise.
    pub cookies: Vec<String>,
    /// Whether visitors without any cookie share pages whose render looked for cookies.
    pub anonymous: bool,
    /// How long a page that forbids nothing is served after it was fresh, when there is no other answer.
    pub stale_if_error: Duration,
    /// How long a request waits for the render of another one before it goes to the app itself.
    pub wait: Duration,
    /// What tells builds of the app apart: pages of another one are never served.
    pub build: String,
    /// The second level.
    pub redis: Option<redis::Config>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            max_size: 64 << 20,
            max_body: 2 << 20,
            rules: Vec::new(),
            cookies: Vec::new(),
            anonymous: false,
            stale_if_error: Duration::from_secs(3600),
            wait: Duration::from_secs(5),
            build: String::new(),
            redis: None,
        }
    }
}

/// The cache. Clones share it.
#[derive(Clone)]
pub struct Cache(Arc<Shared>);

impl Cache {
    /// An empty one.
    ///
    /// # Errors
    /// What is wrong with the URL of Redis.
    pub fn new(config: Config) -> Result<Cache, String> {
        Ok(Cache(Arc::new(Shared::new(config)?)))
    }

    /// Connects to the second level, if there is one; whether it answers or not. Within a runtime of tokio.
    pub async fn start(&self) {
        if let Some(redis) = &self.0.redis {
            redis.start().await;
        }
    }

    /// Purges here, and tells the other instances. Within a runtime of tokio.
    ///
    /// # Errors
    /// The other instances have not been told yet, and why.
    pub async fn purge(&self, purge: Purge) -> Result<(), String> {
        self.0.purge(purge).await
    }

    /// Keeps a file in the second level, for so long: `name` is its name, which holds a hash of its content. Whether it has been taken.
    pub async fn keep_file(&self, name: &str, content: &[u8], time: Duration) -> bool {
        match &self.0.redis {
            Some(redis) => redis.keep_file(name, content, time).await,
            None => false,
        }
    }

    /// A file of that name which some build has kept in the second level.
    pub async fn kept_file(&self, name: &str) -> Option<Bytes> {
        self.0.redis.as_ref()?.kept_file(name).await
    }

    /// The machine has been asleep: the connection to the second level, whose other end is gone, is made anew.
    pub fn wake(&self) {
        if let Some(redis) = &self.0.redis {
            redis.wake();
        }
    }

    /// What it holds and has done, with the `top` most used entries.
    pub fn view(&self, top: usize) -> View {
        self.0.view(top)
    }
}

impl<S> tower::Layer<S> for Cache {
    type Service = Service<S>;

    fn layer(&self, inner: S) -> Service<S> {
        Service::new(inner, self.0.clone())
    }
}
