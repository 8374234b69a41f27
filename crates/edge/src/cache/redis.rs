//! The second level: a Redis or Valkey that instances share.
//!
//! # What is there
//! Entries by the hash of their key, for each path the inputs that its pages depend on, leases of renders that are under way, and one
//! hash with the times of purges. All but the last are of one build and expire.
//!
//! # What it can do wrong
//! Nothing that is there is believed: an entry counts only when it is whole, is the one that was asked for, and was born after all
//! purges of it, those that may have been forgotten included (`sync`). While Redis does not answer in time nobody asks it
//! (`crate::redis`); instances cache by themselves then.
//!
//! # Time
//! Births and purges are compared, so all instances follow one clock: that of Redis, kept from ever being set back by `epochs.lua`.
//!
//! # Needs
//! Redis 5 or any Valkey. One that throws out keys (`allkeys-lru`) is a good one; with `volatile-lru` times of purges stay.

mod codec;
mod epochs;
mod files;
mod find;
mod lease;
mod listener;
mod names;
mod sync;
mod write;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use bytes::Bytes;
use parking_lot::Mutex;
use redis::aio::MultiplexedConnection;
use redis::{RedisError, RedisResult};
use tokio::sync::{Notify, broadcast, mpsc};
use tokio::task::AbortHandle;
use tokio::time;

use super::clock::Clock;
use super::entry::Stored;
use super::key::{Key, Spec};
use super::purge::Purge;
use super::purges::Purges;
use super::view::RedisView;
use crate::redis::{CONNECT, Connection, Says};
use epochs::Pending;
pub(super) use find::Found;
pub(super) use lease::{Guard, Lease, Waited};
use names::{Hash, Names};
use write::Job;

const SAYS: Says = Says {
    up: "pages are shared through Redis",
    down: "pages are not shared through Redis, nor purges sent to other instances, until it answers",
};

/// So many writes wait; more are dropped.
const QUEUE: usize = 32;

/// Which, and how long it is waited for.
#[derive(Clone)]
pub struct Config {
    /// `redis://[user:password@]host[:port][/database]` or `unix:///path`; may be secret.
    pub url: String,
    /// How long a call may take.
    pub timeout: Duration,
    /// What keys begin with.
    pub prefix: String,
}

impl Config {
    /// The defaults, for an URL.
    pub fn new(url: impl Into<String>) -> Config {
        Config { url: url.into(), timeout: Duration::from_millis(20), prefix: "ssr-host:cache:".to_owned() }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Config { url: _, timeout, prefix } = self;
        write!(f, "Config {{ url: (secret), timeout: {timeout:?}, prefix: {prefix:?} }}")
    }
}

/// A configured Redis.
pub(super) struct Redis {
    shared: Arc<Shared>,
    /// For the task that writes.
    jobs: Mutex<Option<mpsc::Receiver<Job>>>,
    tasks: Mutex<Vec<AbortHandle>>,
}

struct Shared {
    connection: Connection,
    clock: Arc<Clock>,
    purges: Arc<Purges>,
    build: String,
    names: Names,
    scripts: epochs::Scripts,
    /// What has been heard of purges.
    heard: Mutex<epochs::Heard>,
    /// The time of the last purge that Redis has said.
    last_purge: AtomicU64,
    /// Purges that could not be sent.
    pending: Mutex<Pending>,
    /// Told when messages may have been missed.
    missed: Notify,
    listener: Mutex<Option<AbortHandle>>,
    /// Flights that have landed.
    landed: broadcast::Sender<Hash>,
    jobs: mpsc::Sender<Job>,
    /// Whether the log has been told, on this connection, that writes are refused.
    refused: AtomicBool,
    hits: AtomicU64,
    misses: AtomicU64,
    errors: Arc<AtomicU64>,
    dropped_writes: AtomicU64,
}

impl Redis {
    /// Reads the URL; connects in [`Redis::start`]. What purges are heard of goes to `purges`.
    ///
    /// # Errors
    /// What is wrong with the URL, without the URL.
    pub(super) fn new(config: &Config, build: &str, purges: Arc<Purges>) -> Result<Redis, String> {
        let errors = Arc::new(AtomicU64::new(0));
        let connection = Connection::new(&config.url, config.timeout, SAYS, errors.clone())?;
        let (jobs, receiver) = mpsc::channel(QUEUE);
        let shared = Shared {
            connection,
            clock: Arc::new(Clock::following()),
            purges,
            build: build.to_owned(),
            names: Names::new(&config.prefix, build),
            scripts: epochs::Scripts::default(),
            heard: Mutex::default(),
            last_purge: AtomicU64::new(0),
            pending: Mutex::default(),
            missed: Notify::new(),
            listener: Mutex::default(),
            landed: broadcast::Sender::new(256),
            jobs,
            refused: AtomicBool::new(false),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
            errors,
            dropped_writes: AtomicU64::new(0),
        };
        Ok(Redis { shared: Arc::new(shared), jobs: Mutex::new(Some(receiver)), tasks: Mutex::default() })
    }

    /// The clock that instances share. Until Redis has answered for the first time it is at the beginning of time.
    pub(super) fn clock(&self) -> Arc<Clock> {
        self.shared.clock.clone()
    }

    /// Connects, whether it succeeds or not, and keeps the connection from now on. Within a runtime of tokio; once.
    pub(super) async fn start(&self) {
        let Some(jobs) = self.jobs.lock().take() else { return };
        let shared = &self.shared;
        shared.connection.connect(|connection| shared.clone().greet(connection)).await;
        let keeper = |shared: Arc<Shared>| async move {
            shared.connection.keep(|connection| shared.clone().greet(connection)).await;
        };
        let tasks = [
            tokio::spawn(keeper(shared.clone())).abort_handle(),
            tokio::spawn(sync::keep(shared.clone())).abort_handle(),
            tokio::spawn(write::all(shared.clone(), jobs)).abort_handle(),
        ];
        self.tasks.lock().extend(tasks);
    }

    /// The entry for a request: `key` makes its key of inputs, or none. Those in `known` are tried first.
    pub(super) async fn find(&self, path: &str, known: &[Arc<Spec>], key: impl Fn(&Spec) -> Option<Key>) -> Found {
        self.shared.find(path, known, key).await
    }

    /// Asks for the right to render. `flight` is what is rendered, in any unambiguous form.
    pub(super) async fn lease(&self, flight: &[u8]) -> Lease {
        lease::take(&self.shared, flight).await
    }

    /// Waits until whoever has the lease has stored the page or given up, and until `deadline` at most. At once while Redis is down.
    pub(super) async fn wait(&self, flight: &[u8], deadline: Instant) -> Waited {
        time::timeout_at(deadline.into(), lease::wait(&self.shared, flight)).await.unwrap_or(Waited::Late)
    }

    /// Stores it, in the background; or not, when Redis is down or too many wait.
    pub(super) fn store(&self, stored: Arc<Stored>) {
        if self.shared.connection.get().is_some() && self.shared.jobs.try_send(Job::Store(stored)).is_err() {
            self.shared.dropped_writes.fetch_add(1, Relaxed);
        }
    }

    /// Purges here at once, and tells the other instances.
    ///
    /// # Errors
    /// They have not been told, and why; they will be.
    pub(super) async fn purge(&self, purge: &Purge) -> Result<(), String> {
        // To its end, whether somebody waits for that or not.
        let (shared, purge) = (self.shared.clone(), purge.clone());
        tokio::spawn(async move { shared.purge(purge).await }).await.unwrap_or_else(|_| Err("the host stops".to_owned()))
    }

    /// Keeps a file whose name holds a hash of its content, for so long. Whether Redis has taken it.
    pub(super) async fn keep_file(&self, name: &str, content: &[u8], time: Duration) -> bool {
        self.shared.keep_file(name, content, time).await
    }

    /// A file that was kept, by this build or another one.
    pub(super) async fn kept_file(&self, name: &str) -> Option<Bytes> {
        self.shared.kept_file(name).await
    }

    /// As [`Connection::forget`]. With a new connection, everything that was missed is heard of.
    pub(super) fn wake(&self) {
        self.shared.connection.forget();
    }

    /// Its state and what it has done.
    pub(super) fn view(&self) -> RedisView {
        let shared = &self.shared;
        RedisView {
            up: shared.connection.get().is_some(),
            hits: shared.hits.load(Relaxed),
            misses: shared.misses.load(Relaxed),
            errors: shared.errors.load(Relaxed),
            dropped_writes: shared.dropped_writes.load(Relaxed),
            pending_purges: shared.pending.lock().len() as u64,
        }
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let listener = self.shared.listener.lock().take();
        self.tasks.lock().drain(..).chain(listener).for_each(|task| task.abort());
    }
}

impl Shared {
    /// Before a connection is used: hears of purges, in time.
    async fn greet(self: Arc<Self>, mut connection: MultiplexedConnection) -> RedisResult<()> {
        // First, so that no purge is between the two.
        self.clone().listen().await?;
        crate::redis::in_time(CONNECT, self.scripts.load(&mut connection)).await?;
        self.refused.store(false, Relaxed);
        self.sync(&mut connection).await
    }

    /// An answer within the time limit of a request. After a failure or none nobody asks any more, unless Redis only refuses to
    /// write.
    async fn ask<T>(&self, answer: impl Future<Output = RedisResult<T>>) -> RedisResult<T> {
        let answer = self.connection.in_time(answer).await;
        answer.inspect_err(|error| self.failed(error))
    }

    fn failed(&self, error: &RedisError) {
        // Within the text: that of a script, before Redis 7.
        let refused = error.detail().is_some_and(|text| text.contains("-OOM ") || text.contains("-MISCONF "));
        if !refused && !matches!(error.code(), Some("OOM" | "MISCONF")) {
            return self.connection.drop_for_everybody(error);
        }
        self.errors.fetch_add(1, Relaxed);
        self.refuses();
    }

    /// Says so once for each connection.
    fn refuses(&self) {
        if !self.refused.swap(true, Relaxed) {
            tracing::warn!("Redis refuses to write (`maxmemory` without eviction?): pages are not stored there");
        }
    }
}

#[cfg(test)]
mod tests;
