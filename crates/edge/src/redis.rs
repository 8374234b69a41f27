//! The connection to a Redis or Valkey that instances share, and what keeps it.
//!
//! # When Redis is gone, paused or slow
//! A call waits for at most the time limit; whatever takes longer or fails closes the connection for everybody, and until a
//! task in the background has made a new one, and has had an answer on it in time, nobody asks Redis at all. So an outage
//! costs the requests that were waiting when it began their time limit, and all others nothing.
//!
//! # What it deliberately does not do
//! Clusters and sentinels, and TLS (`rediss://` is refused).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use parking_lot::RwLock;
use redis::aio::MultiplexedConnection;
use redis::io::tcp::TcpSettings;
use redis::{AsyncConnectionConfig, Client, IntoConnectionInfo as _, RedisError, RedisResult};
use tokio::sync::Notify;
use tokio::time;

/// How long after a failure no connection is attempted.
pub(crate) const RETRY: Duration = Duration::from_secs(1);

/// How long connecting may take, in the background.
pub(crate) const CONNECT: Duration = Duration::from_secs(1);

/// One connection for all, or none.
pub(crate) struct Connection {
    client: Client,
    timeout: Duration,
    says: Says,
    /// `None`: do not ask.
    current: RwLock<Option<MultiplexedConnection>>,
    /// Told when the connection was dropped.
    dropped: Notify,
    /// Whether the log has been told of an outage.
    down: AtomicBool,
    errors: Arc<AtomicU64>,
}

/// What the log says.
pub(crate) struct Says {
    /// When there is a connection.
    pub(crate) up: &'static str,
    /// When there is none any more. The reason follows.
    pub(crate) down: &'static str,
}

impl Connection {
    /// Reads the URL; connects later. Failures are counted in `errors`, attempts to connect among them.
    ///
    /// # Errors
    /// What is wrong with the URL, without the URL.
    pub(crate) fn new(url: &str, timeout: Duration, says: Says, errors: Arc<AtomicU64>) -> Result<Connection, String> {
        if url.starts_with("rediss:") {
            return Err("expected `redis://` or `unix://`: TLS to Redis is not supported".into());
        }
        let described = |error: RedisError| format!("expected an URL such as `redis://localhost:6379`: {}", error.category());
        let info = url.into_connection_info().map_err(described)?;
        // Answers are small and waited for.
        let info = info.set_tcp_settings(TcpSettings::default().set_nodelay(true));
        let client = Client::open(info).map_err(described)?;
        // The timer is a millisecond coarse and late rather than early.
        let timeout = timeout.saturating_sub(Duration::from_millis(1)).max(Duration::from_millis(1));
        let (current, dropped, down) = (RwLock::new(None), Notify::new(), AtomicBool::new(false));
        Ok(Connection { client, timeout, says, current, dropped, down, errors })
    }

    /// The connection to ask on, if one is to be asked.
    pub(crate) fn get(&self) -> Option<MultiplexedConnection> {
        self.current.read().clone()
    }

    /// Where connections that are kept by others are made.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// An answer within the time limit of a request.
    pub(crate) async fn in_time<T>(&self, answer: impl Future<Output = RedisResult<T>>) -> RedisResult<T> {
        in_time(self.timeout, answer).await
    }

    /// Connects whenever there is no connection, for ever. `greet` decides whether a new one is used: it asks for something in time.
    pub(crate) async fn keep<F: Future<Output = RedisResult<()>>>(&self, greet: impl Fn(MultiplexedConnection) -> F) {
        if self.current.read().is_none() {
            self.connect(&greet).await;
        }
        loop {
            while self.current.read().is_some() {
                self.dropped.notified().await;
            }
            time::sleep(RETRY).await;
            self.connect(&greet).await;
        }
    }

    /// One attempt.
    pub(crate) async fn connect<F: Future<Output = RedisResult<()>>>(&self, greet: impl Fn(MultiplexedConnection) -> F) {
        let settings = AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECT)).set_response_timeout(None);
        let attempt = async {
            let connecting = self.client.get_multiplexed_async_connection_with_config(&settings);
            // Around all of it: the time limit of the client is for connecting and not for the greeting.
            let connection = in_time(CONNECT, connecting).await?;
            greet(connection.clone()).await?;
            Ok(connection)
        };
        match attempt.await {
            Ok(connection) => {
                *self.current.write() = Some(connection);
                self.down.store(false, Relaxed);
                tracing::info!(redis.address = %self.client.get_connection_info().addr(), "{}", self.says.up);
            }
            Err(error) => self.failed(&error),
        }
    }

    /// The other end is gone without a word, since the machine was asleep: a new connection is made, and until then nobody asks. The
    /// log is not told of an outage that there may not be.
    pub(crate) fn forget(&self) {
        // Only the first of those that were waiting for an answer finds it.
        if self.current.write().take().is_some() {
            self.dropped.notify_one();
        }
    }

    /// Nobody asks any more until there is a new connection.
    pub(crate) fn drop_for_everybody(&self, error: &RedisError) {
        self.forget();
        self.failed(error);
    }

    /// Says so once for each outage.
    fn failed(&self, error: &RedisError) {
        self.errors.fetch_add(1, Relaxed);
        if !self.down.swap(true, Relaxed) {
            let address = self.client.get_connection_info().addr();
            tracing::warn!(redis.address = %address, "{}: {error}", self.says.down);
        }
    }
}

pub(crate) async fn in_time<T>(limit: Duration, answer: impl Future<Output = RedisResult<T>>) -> RedisResult<T> {
    let late = |_| Err(RedisError::from((redis::ErrorKind::Io, "no answer in time")));
    time::timeout(limit, answer).await.unwrap_or_else(late)
}

#[cfg(test)]
pub(crate) mod server;
