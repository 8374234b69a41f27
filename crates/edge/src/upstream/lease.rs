//! A connection while a request has it, and while nobody does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::{TrySendError, http1, http2};
use tokio::time::Instant;

use super::Pool;
use super::endpoint::Endpoint;
use super::replay::Replay;

/// Requests on one HTTP/2 connection, before another one is opened: what servers commonly allow (RFC 9113 section 6.5.2).
const STREAMS: usize = 100;

/// One of the connections that an address may have.
pub(super) struct Place {
    endpoint: Arc<Endpoint>,
    born: Instant,
    generation: u32,
}

impl Place {
    pub(super) fn take(endpoint: &Arc<Endpoint>) -> Option<Place> {
        let max = endpoint.limits.max_connections;
        let take = |open: usize| (open < max).then_some(open + 1);
        endpoint.open.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).ok()?;
        let generation = endpoint.generation.load(Ordering::Relaxed);
        Some(Place { endpoint: Arc::clone(endpoint), born: Instant::now(), generation })
    }

    /// Whether a connection in it may take another request.
    fn is_fit(&self) -> bool {
        let endpoint = &self.endpoint;
        self.born.elapsed() < endpoint.limits.max_age
            && self.generation == endpoint.generation.load(Ordering::Relaxed)
            && !endpoint.is_retired.load(Ordering::Relaxed)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.endpoint.open.fetch_sub(1, Ordering::Relaxed);
        self.endpoint.freed.notify_one();
    }
}

/// An HTTP/1.1 connection.
pub(super) struct Own {
    pub(super) sender: http1::SendRequest<Replay>,
    pub(super) place: Place,
}

impl Own {
    fn give_back(mut self) {
        if self.sender.is_closed() || !self.place.is_fit() {
            return;
        }
        if self.sender.is_ready() {
            return self.rest();
        }
        // The connection has yet to see that the response is complete.
        tokio::spawn(async move {
            if self.sender.ready().await.is_ok() {
                self.rest();
            }
        });
    }

    fn rest(self) {
        let endpoint = Arc::clone(&self.place.endpoint);
        let mut idle = endpoint.idle.lock();
        if idle.len() < endpoint.limits.max_idle {
            idle.push(Idle { own: self, since: Instant::now() });
            drop(idle);
            endpoint.freed.notify_one();
        }
    }
}

/// An HTTP/1.1 connection that nobody has.
pub(super) struct Idle {
    own: Own,
    since: Instant,
}

impl Idle {
    pub(super) fn is_fit(&self, limits: &Pool) -> bool {
        self.own.sender.is_ready() && self.since.elapsed() < limits.idle_timeout && self.own.place.is_fit()
    }

    pub(super) fn lease(self) -> Lease {
        Lease { lent: Lent::Own(self.own), is_reused: true }
    }
}

/// An HTTP/2 connection.
pub(super) struct Shared {
    sender: http2::SendRequest<Replay>,
    used: Arc<Used>,
}

/// What all requests on an HTTP/2 connection hold.
struct Used {
    streams: AtomicUsize,
    place: Place,
}

impl Shared {
    pub(super) fn new(sender: http2::SendRequest<Replay>, place: Place) -> Shared {
        Shared { sender, used: Arc::new(Used { streams: AtomicUsize::new(0), place }) }
    }

    /// Whether it may take requests at all.
    pub(super) fn is_fit(&self) -> bool {
        !self.sender.is_closed() && self.used.place.is_fit()
    }

    /// Whether it may take one more now.
    pub(super) fn has_room(&self) -> bool {
        self.is_fit() && self.used.streams.load(Ordering::Relaxed) < STREAMS
    }

    pub(super) fn lease(&self) -> Lease {
        let is_reused = self.used.streams.fetch_add(1, Ordering::Relaxed) > 0;
        let stream = Stream(Arc::clone(&self.used));
        Lease { lent: Lent::Shared(self.sender.clone(), stream), is_reused }
    }
}

/// A request on an HTTP/2 connection.
struct Stream(Arc<Used>);

impl Drop for Stream {
    fn drop(&mut self) {
        self.0.streams.fetch_sub(1, Ordering::Relaxed);
        self.0.place.endpoint.freed.notify_one();
    }
}

/// A connection, lent to a request. Dropped, an HTTP/1.1 connection is closed.
pub(super) struct Lease {
    lent: Lent,
    /// It has carried a request before, and may have been closed meanwhile without anybody's having noticed.
    pub(super) is_reused: bool,
}

enum Lent {
    Own(Own),
    Shared(http2::SendRequest<Replay>, #[expect(dead_code, reason = "counts as long as it lives")] Stream),
}

impl Lease {
    /// A new connection.
    pub(super) fn new(own: Own) -> Lease {
        Lease { lent: Lent::Own(own), is_reused: false }
    }

    pub(super) fn is_h2(&self) -> bool {
        matches!(self.lent, Lent::Shared(..))
    }

    /// Sends a request; the error has the request in it if nothing of it was sent.
    pub(super) async fn send(&mut self, request: Request<Replay>) -> Result<Response<Incoming>, TrySendError<Request<Replay>>> {
        match &mut self.lent {
            Lent::Own(own) => own.sender.try_send_request(request).await,
            Lent::Shared(sender, _) => sender.try_send_request(request).await,
        }
    }

    /// The response is complete: others may have the connection.
    pub(super) fn give_back(self) {
        if let Lent::Own(own) = self.lent {
            own.give_back();
        }
    }
}
