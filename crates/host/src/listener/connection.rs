//! One client, from accept to close: PROXY header, TLS, protocol, requests, letting go.

use std::cell::RefCell;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use edge::BoxError;
use edge::client::Peer;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};
use tokio_rustls::TlsAcceptor;

use super::Service;
use super::capacity::{Capacity, Clients, Counted, Crowd, Guards, Place, SPARED};
use super::counters::Counters;
use super::deadline::Draining;
use super::exchange::{Activity, Exchanges};
use super::limits::Limits;
use super::proxy::{self, Mode, Trusted};
use super::stopping;
use super::stream::{Carrier, Stream};
use super::streams::{Slot, Streams};
use super::wire::Wire;

/// What an HTTP/2 client says first (RFC 9113 section 3.4).
pub(super) const H2_PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// HTTP/2 streams that the client may reset before they were looked at (rapid reset, CVE-2023-44487). More ends the connection.
const H2_RESETS: usize = 20;

/// HTTP/2 streams that were reset because of the client's own errors (CVE-2025-8671). More ends the connection.
const H2_ERRORS: usize = 100;

/// The answer to a client that has too many connections already.
const TOO_MANY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 80\r\nContent-Type: application/json\r\nRetry-After: 1\r\n\
      Connection: close\r\n\r\n{\"error\":\"Service Unavailable\",\"message\":\"Service Unavailable\",\"statusCode\":503}";

/// How long an idle HTTP/2 client has to close the connection itself.
const FAREWELL: Duration = Duration::from_secs(1);

/// What all connections share.
pub(super) struct Shared {
    pub(super) limits: Arc<Limits>,
    pub(super) http1: http1::Builder,
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) proxy: Mode,
    pub(super) trusted: Trusted,
    pub(super) clients: Clients,
    pub(super) crowd: Crowd,
    pub(super) counters: Arc<Counters>,
}

impl Shared {
    pub(super) fn new(limits: Limits, capacity: &Capacity, tls: Option<TlsAcceptor>, (proxy, trusted): (Mode, Trusted)) -> Self {
        Shared {
            http1: Shared::http1(&limits),
            limits: Arc::new(limits),
            tls,
            proxy,
            trusted,
            clients: capacity.clients().clone(),
            crowd: Arc::clone(capacity.crowd()),
            counters: Arc::clone(capacity.counters()),
        }
    }

    /// hyper's own header deadline is off: it says nothing to the client, and takes idle time for it.
    fn http1(limits: &Limits) -> http1::Builder {
        let mut builder = http1::Builder::new();
        // One more than the gate lets through: it is the gate that answers.
        builder.header_read_timeout(None).max_header_size(limits.max_header_size + 1).max_headers(limits.max_headers + 1);
        builder
    }

    fn http2(&self, streams: Streams) -> http2::Builder<Streams> {
        let limits = &self.limits;
        let mut builder = http2::Builder::new(streams);
        builder
            .timer(TokioTimer::new())
            .keep_alive_interval(limits.header_timeout)
            .max_concurrent_streams(limits.h2_max_streams)
            .max_header_list_size(u32::try_from(limits.max_header_size).unwrap_or(u32::MAX))
            .max_pending_accept_reset_streams(H2_RESETS)
            .max_local_error_reset_streams(H2_ERRORS);
        builder
    }

    /// Counts a connection towards its client's share. `Err`: it is one too many.
    fn count(&self, peer: &Peer) -> Result<Option<Counted>, ()> {
        match peer.addr {
            Some(address) if !self.trusted.contains(peer) => self.clients.admit(address).map(Some).ok_or(()),
            _ => Ok(None),
        }
    }
}

/// A client that has connected.
pub(super) struct Connection {
    pub(super) peer: Peer,
    pub(super) stop: watch::Receiver<()>,
    pub(super) shared: Arc<Shared>,
    pub(super) opened: Instant,
}

impl Connection {
    /// Whether the client may have one more connection; tells it when it may not.
    pub(super) fn admit(&self, carrier: &Carrier) -> Option<Option<Counted>> {
        self.shared.counters.accept();
        let counted = self.shared.count(&self.peer);
        if counted.is_err() {
            self.shared.counters.refuse();
            tracing::debug!(client.address = ?self.peer.addr, "too many connections of this client");
            if let (Carrier::Tcp(stream), None) = (carrier, &self.shared.tls) {
                // A request that is there already must not be left unread: the reset would overtake the answer.
                let _ = stream.try_read(&mut [0; 2 << 10]);
                let _ = stream.try_write(TOO_MANY);
            }
        }
        counted.ok()
    }

    /// Serves it to the end.
    pub(super) async fn run(self, carrier: Carrier, service: impl Service, counted: Option<Counted>, place: Option<Place>) {
        let peer = self.peer.addr;
        if let Err(error) = self.serve(carrier, service, (counted, place)).await {
            tracing::debug!(client.address = ?peer, "connection: {error}");
        }
    }

    async fn serve(mut self, carrier: Carrier, service: impl Service, mut guards: Guards) -> Result<(), BoxError> {
        let deadline = self.opened + self.shared.limits.header_timeout;
        // A client that has said nothing yet is not waited for on shutdown, nor when its place is needed.
        let opened = {
            let (mut stop, crowd) = (self.stop.clone(), Arc::clone(&self.shared.crowd));
            let (since, spare_from) = (self.opened, self.opened + SPARED);
            let opening = timeout_at(deadline, self.open(carrier, &mut guards.0));
            tokio::select! {
                biased;
                opened = opening => opened??,
                () = stopping::gives_up(&mut stop, since) => return Ok(()),
                () = needed(&crowd, spare_from) => return Ok(()),
            }
        };
        let Some((stream, is_http2)) = opened else { return Ok(()) };
        match is_http2 {
            true => self.http2(stream, service, guards).await,
            false => self.http1(stream, service, guards).await,
        }
    }

    /// Everything before the first request: whose connection it is, TLS, and which protocol. `None`: the client has left.
    async fn open(&mut self, carrier: Carrier, counted: &mut Option<Counted>) -> Result<Option<(Stream, bool)>, BoxError> {
        let mut stream = Stream::from(carrier);
        let trusted = self.shared.trusted.contains(&self.peer);
        if proxy::replace(&mut stream, &mut self.peer, self.shared.proxy, trusted).await? {
            match self.shared.count(&self.peer) {
                Ok(count) => *counted = count,
                Err(()) => {
                    self.shared.counters.refuse();
                    stream.write_all(TOO_MANY).await?;
                    return Ok(None);
                }
            }
        }
        if let Some(acceptor) = &self.shared.tls {
            let accepted = acceptor.accept(stream).await.inspect_err(|_| self.shared.counters.fail_tls())?;
            self.peer.tls = true;
            let is_http2 = accepted.get_ref().1.alpn_protocol() == Some(b"h2");
            return Ok(Some((Carrier::Tls(Box::new(accepted)).into(), is_http2)));
        }
        let is_http2 = stream.look(speaks_http2).await?;
        Ok(is_http2.map(|is_http2| (stream, is_http2)))
    }

    /// Until the last request is answered, or one is upgraded: what then becomes of the connection is its new owner's business.
    async fn http1(self, stream: Stream, service: impl Service, guards: Guards) -> Result<(), BoxError> {
        let limits = &self.shared.limits;
        let activity = Activity::new();
        let io = Draining::new(stream, limits.write_timeout);
        let io = Wire::new(io, &self.shared, Arc::clone(&activity), (self.opened, guards));
        let service =
            Exchanges { service: RefCell::new(service), peer: self.peer, activity, shared: Arc::clone(&self.shared), slot: None };
        let mut connection = pin!(self.shared.http1.serve_connection(TokioIo::new(io), service).with_upgrades());
        let mut stop = self.stop;
        tokio::select! {
            biased;
            outcome = connection.as_mut() => return Ok(outcome?),
            // What is in flight is finished, and the client told not to send more.
            () = stopping::lets_go(&mut stop) => connection.as_mut().graceful_shutdown(),
        }
        Ok(connection.await?)
    }

    async fn http2(self, stream: Stream, service: impl Service, _guards: Guards) -> Result<(), BoxError> {
        let limits = &self.shared.limits;
        let (activity, slot) = (Activity::new(), Slot::default());
        let builder = self.shared.http2(Streams::new(slot.clone(), limits.write_timeout));
        let io = Draining::new(stream, limits.write_timeout);
        let service = Exchanges {
            service: RefCell::new(service),
            peer: self.peer,
            activity: Arc::clone(&activity),
            shared: Arc::clone(&self.shared),
            slot: Some(slot),
        };
        let mut connection = pin!(builder.serve_connection(TokioIo::new(io), service));
        let mut stop = self.stop;
        tokio::select! {
            biased;
            outcome = connection.as_mut() => return Ok(outcome?),
            () = stopping::lets_go(&mut stop) => connection.as_mut().graceful_shutdown(),
            () = idle(&activity, &self.shared) => {
                connection.as_mut().graceful_shutdown();
                // The client is told, and need not agree.
                return Ok(timeout(FAREWELL, connection).await??);
            }
        }
        Ok(connection.await?)
    }
}

/// Returns when there has been no request for too long, or the place of a connection without one is needed.
async fn idle(activity: &Activity, shared: &Shared) {
    loop {
        let Some(since) = activity.idle_since() else {
            activity.became_idle().await;
            continue;
        };
        let is_needed = tokio::select! {
            () = sleep_until(since + shared.limits.idle_timeout) => false,
            () = needed(&shared.crowd, since + SPARED) => true,
        };
        if activity.idle_since() == Some(since) {
            return;
        }
        if is_needed {
            // There is a request by now: somebody else can spare its place.
            shared.crowd.notify_one();
        }
    }
}

/// Returns when the place of a connection that waits is needed, at the earliest at `spare_from`.
async fn needed(crowd: &Crowd, spare_from: Instant) {
    sleep_until(spare_from).await;
    crowd.notified().await;
}

/// Whether a client opens with the HTTP/2 preface. `None`: it cannot be told yet.
fn speaks_http2(start: &[u8]) -> Option<bool> {
    let length = start.len().min(H2_PREFACE.len());
    match start[..length] == H2_PREFACE[..length] {
        true => (length == H2_PREFACE.len()).then_some(true),
        false => Some(false),
    }
}
