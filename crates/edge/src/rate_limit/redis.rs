//! Counting together with other instances: GCRA in Redis, one script and one round trip for all rules of a request.
//!
//! # When Redis is gone, paused or slow
//! A request waits for at most [`Config::timeout`], and for nothing while Redis is known not to answer (`crate::redis`). What
//! happens instead of asking is [`Failure`]'s to say.
//!
//! # What it deliberately does not do
//! Clusters and sentinels, and TLS (`rediss://` is refused when the layer is made).

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{RedisError, RedisResult, Script};
use tokio::task::AbortHandle;

use super::Stats;
use super::key::Key;
use super::rule::Limit;
use super::standing::{Standing, Verdict};
use crate::redis::{Connection, Says};

const SAYS: Says = Says { up: "rate limits are counted in Redis", down: "rate limits are not counted in Redis until it answers" };

/// The Redis that instances share.
#[derive(Clone)]
pub struct Config {
    /// `redis://[user:password@]host[:port][/database]` or `unix:///path`; may be secret.
    pub url: String,
    /// How long a request waits for the answer. At least a millisecond.
    pub timeout: Duration,
    /// What happens to requests while there is no answer.
    pub failure: Failure,
    /// What keys begin with. Instances that share counts have the same.
    pub prefix: String,
}

impl Config {
    /// The defaults, for an URL.
    pub fn new(url: impl Into<String>) -> Config {
        let (timeout, prefix) = (Duration::from_millis(5), "ssr-host:limit:".to_owned());
        Config { url: url.into(), timeout, failure: Failure::Local, prefix }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Config { url: _, timeout, failure, prefix } = self;
        write!(f, "Config {{ url: (secret), timeout: {timeout:?}, failure: {failure:?}, prefix: {prefix:?} }}")
    }
}

/// What happens to requests while Redis does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Failure {
    /// Each instance counts for itself, from nothing.
    #[default]
    Local,
    /// They pass.
    Open,
    /// They are refused with 503, unless only rules in shadow mode are about them.
    Closed,
}

/// A configured Redis.
pub(super) struct Redis {
    shared: Arc<Shared>,
    prefix: String,
    pub(super) failure: Failure,
    /// The task that connects, from the first use on.
    keeper: OnceLock<AbortHandle>,
}

struct Shared {
    connection: Connection,
    script: Script,
}

impl Redis {
    /// Reads the URL; connects later.
    ///
    /// # Errors
    /// What is wrong with the URL, without the URL.
    pub(super) fn new(config: Config, stats: &Stats) -> Result<Redis, String> {
        let Config { url, timeout, failure, prefix } = config;
        let connection = Connection::new(&url, timeout, SAYS, stats.redis_error_counter())?;
        let shared = Arc::new(Shared { connection, script: Script::new(include_str!("redis/gcra.lua")) });
        Ok(Redis { shared, prefix, failure, keeper: OnceLock::new() })
    }

    /// Connects, so that the first requests are counted in Redis already. Within a runtime of tokio.
    pub(super) async fn start(&self) {
        if self.keeper.get().is_none() {
            self.shared.connection.connect(|connection| self.shared.greet(connection)).await;
            self.keep();
        }
    }

    /// The connection to ask on, if one is to be asked.
    pub(super) fn connection(&self) -> Option<MultiplexedConnection> {
        self.keep();
        self.shared.connection.get()
    }

    /// As [`Connection::forget`].
    pub(super) fn wake(&self) {
        self.shared.connection.forget();
    }

    fn keep(&self) {
        let keeper = |shared: Arc<Shared>| async move { shared.connection.keep(|connection| shared.greet(connection)).await };
        self.keeper.get_or_init(|| tokio::spawn(keeper(self.shared.clone())).abort_handle());
    }

    /// Counts a request by its rules, given by their index. `None`: there was no answer.
    pub(super) async fn check(
        &self,
        mut connection: MultiplexedConnection,
        limits: &[Limit],
        asked: &[(usize, Key)],
    ) -> Option<Vec<Verdict>> {
        let mut call = self.shared.script.prepare_invoke();
        for &(rule, key) in asked {
            let (limit, prefix) = (&limits[rule], &self.prefix);
            call.key(format!("{prefix}{}:{}", limit.name, key.to_text()));
            // Rounded up: never more than the rule says.
            call.arg(limit.quota.period.div_ceil(1000)).arg(limit.quota.burst);
        }
        let answer = self.shared.connection.in_time(call.invoke_async::<Vec<i64>>(&mut connection)).await;
        let wrong = || RedisError::from((redis::ErrorKind::UnexpectedReturnType, "an answer of the wrong length"));
        let answer = answer.and_then(|answer| if answer.len() == 2 * asked.len() { Ok(answer) } else { Err(wrong()) });
        let answer = answer.map_err(|error| self.shared.connection.drop_for_everybody(&error)).ok()?;
        let verdict = |(&(rule, _), said): (&(usize, Key), &[i64])| {
            let ahead = u64::try_from(said[1]).unwrap_or(0).saturating_mul(1000);
            Verdict { rule, standing: Standing::new(limits[rule].quota, ahead, said[0] != 0) }
        };
        Some(asked.iter().zip(answer.chunks_exact(2)).map(verdict).collect())
    }
}

impl Shared {
    /// Loading the script is also the test whether Redis answers in time.
    async fn greet(&self, mut connection: MultiplexedConnection) -> RedisResult<()> {
        self.connection.in_time(self.script.load_async(&mut connection)).await.map(drop)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        if let Some(keeper) = self.keeper.get() {
            keeper.abort();
        }
    }
}
