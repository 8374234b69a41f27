//! The way of a request to a connection: address after address, and again while an outage is so short that it can be waited out.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};

use super::Inner;
use super::addresses::{None, Tried};
use super::endpoint::{Endpoint, Load};
use super::error::{Error, Kind};
use super::lease::Lease;
use crate::BoxError;

/// How long the first pause is in which nothing is tried, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(25), Duration::from_millis(400));

/// The share of the time for connecting that one of several addresses may take of it.
const SHARE: u32 = 5;

/// What was found.
pub(super) struct Way {
    pub(super) endpoint: Arc<Endpoint>,
    pub(super) lease: Lease,
    pub(super) load: Load,
}

/// The search of one request.
pub(super) struct Search<'a> {
    upstream: &'a Inner,
    /// HTTP/2 would not do.
    h1: bool,
    deadline: Instant,
    tried: Tried,
    failed: Option<Error>,
    pause: Duration,
}

impl<'a> Search<'a> {
    pub(super) fn new(upstream: &'a Inner, h1: bool) -> Search<'a> {
        let deadline = Instant::now() + upstream.config.timeouts.connect;
        Search { upstream, h1, deadline, tried: Tried::new(), failed: Option::None, pause: PAUSES.0 }
    }

    /// The next connection. Each address is tried once; when none is left, those that have failed to connect are tried again until the
    /// time for connecting is over, unless the outage has lasted for long.
    pub(super) async fn next(&mut self) -> Result<Way, Error> {
        loop {
            // Created before looking, so that no change is missed.
            let changed = self.upstream.addresses.changed.notified();
            let none = match self.upstream.addresses.pick(&self.tried, self.upstream.config.ejection.slow_start) {
                Ok(endpoint) => match self.connect(&endpoint).await {
                    Ok(way) => return Ok(way),
                    Err(error) => {
                        tracing::debug!("another address is tried: {error}");
                        self.tried.push(endpoint);
                        self.failed = Some(error);
                        continue;
                    }
                },
                Err(none) => none,
            };
            let now = Instant::now();
            if now >= self.deadline || !self.may_wait(&none) {
                return Err(self.give_up(none));
            }
            let until = (now + self.pause).min(self.deadline);
            self.pause = (self.pause * 2).min(PAUSES.1);
            tokio::select! {
                () = changed => {}
                () = sleep_until(until) => {}
            }
            self.tried.clear();
        }
    }

    /// The request is to be sent once more, to another address than this. What it has waited for meanwhile was no connection. When there
    /// is no other address after all, it has failed as it did.
    pub(super) fn begin_anew(&mut self, without: Option<Arc<Endpoint>>, failed: Error) {
        self.failed = Some(failed);
        self.deadline = Instant::now() + self.upstream.config.timeouts.connect;
        self.tried.extend(without);
    }

    /// Whether an address is well that is neither this one nor one of those that have been tried.
    pub(super) fn has_another(&self, this: &Arc<Endpoint>) -> bool {
        let mut tried = self.tried.clone();
        tried.push(Arc::clone(this));
        let all = self.upstream.addresses.all();
        all.iter().any(|endpoint| !endpoint.health.is_out() && !tried.iter().any(|other| Arc::ptr_eq(other, endpoint)))
    }

    async fn connect(&self, endpoint: &Arc<Endpoint>) -> Result<Way, Error> {
        let load = endpoint.begin();
        if let Some(lease) = endpoint.lease_at_once(self.h1) {
            return Ok(Way { endpoint: Arc::clone(endpoint), lease, load });
        }
        // What connecting takes is large, and is not carried around by requests that need none of it.
        Box::pin(self.open(endpoint, load)).await
    }

    async fn open(&self, endpoint: &Arc<Endpoint>, load: Load) -> Result<Way, Error> {
        let connector = self
            .upstream
            .connector
            .as_ref()
            .map_err(|sentence| self.error(endpoint, Kind::Connect, Some(sentence.clone().into())))?;
        match timeout_at(self.patience(), endpoint.lease(connector, self.h1)).await {
            Ok(Ok(lease)) => {
                if !lease.is_reused {
                    self.upstream.counters.connected.add();
                }
                Ok(Way { endpoint: Arc::clone(endpoint), lease, load })
            }
            Ok(Err(source)) => {
                self.upstream.failed(endpoint, false);
                Err(self.error(endpoint, Kind::Connect, Some(source)))
            }
            Err(_) if endpoint.is_full() => {
                Err(self.error(endpoint, Kind::Unavailable, Some("all its connections are busy".into())))
            }
            Err(_) => {
                self.upstream.failed(endpoint, false);
                Err(self.error(endpoint, Kind::ConnectTimeout, Option::None))
            }
        }
    }

    /// Until when one address is waited for: not for all the time there is, when there are others.
    fn patience(&self) -> Instant {
        match self.upstream.addresses.all().len() {
            0 | 1 => self.deadline,
            _ => self.deadline.min(Instant::now() + self.upstream.config.timeouts.connect / SHARE),
        }
    }

    fn may_wait(&self, none: &None) -> bool {
        match none {
            None::Unknown => true,
            None::Refused => false,
            None::Unresolved(_) | None::Tried | None::Out => self.upstream.is_short_outage(),
        }
    }

    fn give_up(&mut self, none: None) -> Error {
        let none = match none {
            None::Tried | None::Out => match self.failed.take() {
                Some(error) => return error,
                Option::None => (Kind::Unavailable, "all of them have failed lately".into()),
            },
            None::Unresolved(why) => (Kind::Unresolved, BoxError::from(&*why)),
            None::Unknown => (Kind::Unresolved, "no name server has answered".into()),
            None::Refused => (Kind::Refused, "none of them may be asked".into()),
        };
        self.upstream.counters.unavailable.add();
        Error { kind: none.0, target: self.upstream.name.to_string(), address: Option::None, unsent: true, source: Some(none.1) }
    }

    fn error(&self, endpoint: &Endpoint, kind: Kind, source: Option<BoxError>) -> Error {
        let address = Some(endpoint.address.to_string());
        Error { kind, target: self.upstream.name.to_string(), address, unsent: true, source }
    }
}
