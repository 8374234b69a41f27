//! The sockets: what is listened on, who may connect, and what holds for every connection.
//!
//! Not `axum::serve`, which sets no timer and so never enforces a deadline, and which waits for ever on a client that
//! connects and says nothing. Everything a client does has a deadline here ([`Limits`]), and costs no more than its share
//! (`capacity`). What it sends is read along with hyper, and refused when two servers could read it
//! differently (`gate`).
//!
//! ```text
//! accept ─► capacity ─► PROXY header ─► TLS ─► HTTP/2? ─┬─► wire (gate, deadlines) ─► hyper ─► exchange ─► service
//!                                                       └─► hyper ─► streams ─► exchange ─► service
//! ```
//!
//! # What it deliberately does not do
//! Look into requests: who the client behind a proxy is, how often it may ask, how large a body may be.

mod capacity;
mod connection;
mod counters;
mod deadline;
mod exchange;
mod gate;
mod limits;
mod proxy;
mod refusal;
mod sockets;
mod stopping;
mod stream;
mod streams;
mod tls;
mod wire;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use edge::BoxError;
use edge::client::Peer;
use futures_util::future::join_all;
use http::{Request, Response};
use hyper::body::Incoming;
use tokio::sync::watch;
use tokio::time::Instant;

pub use counters::{Counters, View};
pub use limits::Limits;
pub use proxy::{Mode as ProxyProtocol, Trusted};
pub use sockets::Sockets;
pub use tls::Tls;

use crate::address::{self, Address};
use capacity::{Capacity, Counted};
use connection::{Connection, Shared};
use sockets::{Accepted, Bound};
use stream::Carrier;
use tls::Certificates;

/// Pause after an error that does not go away by itself, such as too many open files.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(100);

/// What a connection serves: any tower service that never fails.
pub trait Service:
    tower::Service<Request<Incoming>, Response = Response<Self::Page>, Error = Infallible, Future: Send + 'static>
    + Clone
    + Send
    + Sync
    + 'static
{
    /// The body of its responses.
    type Page: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static;
}

impl<S, B> Service for S
where
    S: tower::Service<Request<Incoming>, Response = Response<B>, Error = Infallible, Future: Send + 'static>
        + Clone
        + Send
        + Sync
        + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Page = B;
}

/// How to listen.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Which sockets to open.
    pub sockets: Sockets,
    /// What one client may do to them.
    pub limits: Limits,
    /// The certificate, when this process ends TLS.
    pub tls: Option<Tls>,
    /// Whether proxies announce their clients.
    pub proxy_protocol: ProxyProtocol,
    /// Who may do that, and open any number of connections.
    pub trusted: Trusted,
}

/// Bound sockets: one, or two for a name such as `localhost` that means two addresses, or what systemd passes.
pub struct Listener {
    sockets: Vec<Bound>,
    /// The address they were opened for. `None`: they are a Unix socket or systemd's.
    address: Option<Address>,
    /// The sockets are systemd's, which passes them to the next process as well.
    are_inherited: bool,
    certificates: Option<Certificates>,
    capacity: Capacity,
    shared: Arc<Shared>,
}

impl Listener {
    /// Opens the sockets: those of systemd, else the Unix socket, else `address`.
    ///
    /// # Errors
    /// Names the address, the path or the file and says what to do about it.
    pub async fn bind(address: &Address, config: Config) -> anyhow::Result<Self> {
        let certificates = config.tls.as_ref().map(Certificates::load).transpose()?;
        let inherited = if config.sockets.systemd { sockets::inherited()? } else { Vec::new() };
        let are_inherited = !inherited.is_empty();
        let (sockets, address) = match &config.sockets.unix {
            _ if are_inherited => (inherited, None),
            Some(path) => (vec![sockets::unix(path, &config.sockets)?], None),
            None => (sockets::tcp(address, &config.sockets).await?, Some(address.clone())),
        };
        capacity::allow_open_files(config.limits.max_connections);
        let capacity = Capacity::new(&config.limits);
        let tls = certificates.as_ref().map(Certificates::acceptor).transpose()?;
        let shared = Arc::new(Shared::new(config.limits, &capacity, tls, (config.proxy_protocol, config.trusted)));
        Ok(Listener { sockets, address, are_inherited, certificates, capacity, shared })
    }

    /// The first address that is listened on. `None`: only Unix sockets.
    pub fn local_addr(&self) -> Option<SocketAddr> {
        self.sockets.iter().find_map(Bound::address)
    }

    /// What is counted of its connections.
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(self.capacity.counters())
    }

    /// The URL as Node would report it to the app; a Unix socket is `unix:` and its path.
    pub fn app_url(&self) -> String {
        match (&self.address, self.local_addr()) {
            (Some(address), Some(bound)) => self.with_scheme(address::url(&address.host, bound.port())),
            (_, Some(bound)) => self.with_scheme(address::url(&bound.ip().to_string(), bound.port())),
            (_, None) => self.display_url(),
        }
    }

    /// What is listened on, for a person to open.
    pub fn display_url(&self) -> String {
        match (&self.address, self.local_addr()) {
            (Some(address), Some(bound)) => self.with_scheme(address::display_url(&address.host, bound.port())),
            _ => self.sockets.iter().map(|socket| self.with_scheme(socket.to_string())).collect::<Vec<_>>().join(", "),
        }
    }

    fn with_scheme(&self, url: String) -> String {
        match (&self.certificates, url.strip_prefix("http:")) {
            (Some(_), Some(rest)) => format!("https:{rest}"),
            _ => url,
        }
    }

    /// Accepts until dropped. Connections run on and let go when `stop` is sent to.
    pub async fn accept(&self, service: impl Service, stop: &watch::Sender<()>) {
        let accepting = self.sockets.iter().map(|socket| self.accept_on(socket, &service, stop));
        let watching = async {
            match &self.certificates {
                Some(certificates) => certificates.watch().await,
                None => std::future::pending().await,
            }
        };
        tokio::join!(join_all(accepting), watching);
    }

    /// Accepts what the kernel has accepted already, without waiting: to be called right before the sockets are closed, which
    /// would reset those connections although their clients may have sent a request. What waits on systemd's sockets is left to the
    /// process that comes next.
    pub fn accept_pending(&self, service: &impl Service, stop: &watch::Sender<()>) {
        for socket in self.sockets.iter().filter(|_| !self.are_inherited) {
            while let Ok(accepted) = socket.accept_now() {
                let Some((connection, carrier, counted)) = self.admit(accepted, stop) else { continue };
                // No place is asked for: it would have to be waited for, and nobody comes after these.
                tokio::spawn(connection.run(carrier, service.clone(), counted, None));
            }
        }
    }

    async fn accept_on(&self, socket: &Bound, service: &impl Service, stop: &watch::Sender<()>) {
        loop {
            let accepted = match socket.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    back_off(&error).await;
                    continue;
                }
            };
            let Some((connection, carrier, counted)) = self.admit(accepted, stop) else { continue };
            let place = self.capacity.place().await;
            tokio::spawn(connection.run(carrier, service.clone(), counted, place));
        }
    }

    /// A connection, unless its client has too many.
    fn admit(&self, accepted: Accepted, stop: &watch::Sender<()>) -> Option<(Connection, Carrier, Option<Counted>)> {
        let (carrier, mut addr) = accepted;
        // An IPv4 client of a widened socket must look as it does on the socket the app asked for.
        let unmap = self.address.as_ref().is_some_and(|address| address.widened.is_some());
        if let (true, Some(addr)) = (unmap, &mut addr) {
            addr.set_ip(addr.ip().to_canonical());
        }
        let peer = Peer { addr, tls: false };
        let connection = Connection { peer, stop: stop.subscribe(), shared: Arc::clone(&self.shared), opened: Instant::now() };
        let counted = connection.admit(&carrier)?;
        Some((connection, carrier, counted))
    }
}

/// Most errors concern one connection. The others (no file descriptors, no memory) need time.
async fn back_off(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!("cannot accept a connection: {error}");
        tokio::time::sleep(ACCEPT_BACKOFF).await;
    }
}

#[cfg(test)]
mod tests;
