//! Counting together with other instances: GCRA in Redis, one script and one round trip for all rules of a request.
//!
//! # When Redis is gone, paused or slow
//! A request waits for at most [`Config::timeout`]; whatever takes longer or fails closes the connection for everybody, and until a
//! task in the background has made a new one, and has had an answer on it in time, no request asks Redis at all. So an
//! outage costs the requests that were waiting when it began their time limit, and all others nothing. What happens instead of
//! asking is [`Failure`]'s to say.
//!
//! # What it deliberately does not do
//! Clusters and sentinels, and TLS (`rediss://` is refused when the layer is made).

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use parking_lot::RwLock;
use redis::aio::MultiplexedConnection;
use redis::io::tcp::TcpSettings;
use redis::{AsyncConnectionConfig, Client, IntoConnectionInfo as _, RedisError, RedisResult, Script, ScriptInvocation};
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time;

use super::Stats;
use super::key::Key;
use super::rule::Limit;
use super::standing::{Standing, Verdict};

/// How long after a failure no connection is attempted.
pub(super) const RETRY: Duration = Duration::from_secs(1);

/// How long connecting may take, in the background.
const CONNECT: Duration = Duration::from_secs(1);

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
    timeout: Duration,
    prefix: String,
    pub(super) failure: Failure,
    /// The task that connects, from the first use on.
    keeper: OnceLock<AbortHandle>,
}

struct Shared {
    client: Client,
    timeout: Duration,
    script: Script,
    /// `None`: do not ask.
    connection: RwLock<Option<MultiplexedConnection>>,
    /// Told when the connection was dropped.
    dropped: Notify,
    /// Whether the log has been told of an outage.
    down: AtomicBool,
    stats: Arc<Stats>,
}

impl Redis {
    /// Reads the URL; connects later.
    ///
    /// # Errors
    /// What is wrong with the URL, without the URL.
    pub(super) fn new(config: Config, stats: Arc<Stats>) -> Result<Redis, String> {
        let Config { url, timeout, failure, prefix } = config;
        if url.starts_with("rediss:") {
            return Err("expected `redis://` or `unix://`: TLS to Redis is not supported".into());
        }
        let described = |error: RedisError| format!("expected an URL such as `redis://localhost:6379`: {}", error.category());
        let info = url.as_str().into_connection_info().map_err(described)?;
        // A script's answer is small and waited for.
        let info = info.set_tcp_settings(TcpSettings::default().set_nodelay(true));
        let client = Client::open(info).map_err(described)?;
        // The timer is a millisecond coarse and late rather than early.
        let timeout = timeout.saturating_sub(Duration::from_millis(1)).max(Duration::from_millis(1));
        let script = Script::new(include_str!("redis/gcra.lua"));
        let (connection, dropped, down) = (RwLock::new(None), Notify::new(), AtomicBool::new(false));
        let shared = Arc::new(Shared { client, timeout, script, connection, dropped, down, stats });
        Ok(Redis { shared, timeout, prefix, failure, keeper: OnceLock::new() })
    }

    /// Connects, so that the first requests are counted in Redis already. Within a runtime of tokio.
    pub(super) async fn start(&self) {
        if self.keeper.get().is_none() {
            self.shared.connect().await;
            self.keep();
        }
    }

    /// The connection to ask on, if one is to be asked.
    pub(super) fn connection(&self) -> Option<MultiplexedConnection> {
        self.keep();
        self.shared.connection.read().clone()
    }

    fn keep(&self) {
        self.keeper.get_or_init(|| tokio::spawn(self.shared.clone().keep_connected()).abort_handle());
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
        let answer = self.within_time(&call, &mut connection).await;
        let wrong = || RedisError::from((redis::ErrorKind::UnexpectedReturnType, "an answer of the wrong length"));
        let answer = answer.and_then(|answer| if answer.len() == 2 * asked.len() { Ok(answer) } else { Err(wrong()) });
        let answer = answer.map_err(|error| self.shared.drop_connection(&error)).ok()?;
        let verdict = |(&(rule, _), said): (&(usize, Key), &[i64])| {
            let ahead = u64::try_from(said[1]).unwrap_or(0).saturating_mul(1000);
            Verdict { rule, standing: Standing::new(limits[rule].quota, ahead, said[0] != 0) }
        };
        Some(asked.iter().zip(answer.chunks_exact(2)).map(verdict).collect())
    }

    async fn within_time(&self, call: &ScriptInvocation<'_>, connection: &mut MultiplexedConnection) -> RedisResult<Vec<i64>> {
        in_time(self.timeout, call.invoke_async(connection)).await
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        if let Some(keeper) = self.keeper.get() {
            keeper.abort();
        }
    }
}

impl Shared {
    /// Connects whenever there is no connection.
    async fn keep_connected(self: Arc<Self>) {
        if self.connection.read().is_none() {
            self.connect().await;
        }
        loop {
            while self.connection.read().is_some() {
                self.dropped.notified().await;
            }
            time::sleep(RETRY).await;
            self.connect().await;
        }
    }

    /// One attempt. Loading the script is also the test whether Redis answers in time.
    async fn connect(&self) {
        let settings = AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECT)).set_response_timeout(None);
        let attempt = async {
            let connecting = self.client.get_multiplexed_async_connection_with_config(&settings);
            // Around all of it: the time limit of the client is for connecting and not for the greeting.
            let mut connection = in_time(CONNECT, connecting).await?;
            in_time(self.timeout, self.script.load_async(&mut connection)).await?;
            Ok(connection)
        };
        match attempt.await {
            Ok(connection) => {
                *self.connection.write() = Some(connection);
                self.down.store(false, Relaxed);
                tracing::info!(redis.address = %self.client.get_connection_info().addr(), "rate limits are counted in Redis");
            }
            Err(error) => self.failed(&error),
        }
    }

    fn drop_connection(&self, error: &RedisError) {
        // Only the first of the requests that were waiting finds it.
        if self.connection.write().take().is_some() {
            self.dropped.notify_one();
        }
        self.failed(error);
    }

    /// Says so once for each outage.
    fn failed(&self, error: &RedisError) {
        self.stats.add_redis_error();
        if !self.down.swap(true, Relaxed) {
            let address = self.client.get_connection_info().addr();
            tracing::warn!(redis.address = %address, "rate limits are not counted in Redis until it answers: {error}");
        }
    }
}

async fn in_time<T>(limit: Duration, answer: impl Future<Output = RedisResult<T>>) -> RedisResult<T> {
    let late = |_| Err(RedisError::from((redis::ErrorKind::Io, "no answer in time")));
    time::timeout(limit, answer).await.unwrap_or_else(late)
}
