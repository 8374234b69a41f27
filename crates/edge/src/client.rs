//! Who the client is: its address, the host it asked for and whether over TLS, worked out once for each request.
//!
//! A request says all of that about itself in headers that anyone can write. They count only when the peer of the connection
//! is a proxy that the operator trusts ([`Trust`]); else the connection speaks for itself. The one result is [`Client`], a
//! request extension that `request.ip`, `ips`, `hostname`, `protocol`, the logs and the limits all read.
//!
//! # How a list of addresses is read
//! From the right, where the peer itself wrote, to the left, while the writer is trusted ([`trust::Count`]). Whatever a client
//! puts there before the proxies append theirs is left of where the walk ends. An entry that is no address (`unknown`,
//! `_hidden`, anything malformed) ends it at the last address known, or is passed over where entries are counted; at most
//! [`MAX_HOPS`] are looked at. Nothing in a header is an error to the client.
//!
//! # An app's own `trustProxy`
//! [`Trust::from_fastify`] means what Fastify 4 means by it, also where that is unsafe: `true` believes the leftmost address, and
//! host and scheme are believed of anyone. [`Trust::with_checked_origin`] takes the latter back.
//!
//! # What it deliberately does not do
//! Refuse requests (a `Host` that is not allowed, a duplicate one), and rewrite headers: the app sees them as they came.

mod address;
mod chain;
mod fastify;
mod forwarded;
mod origin;
pub mod peers;
pub mod trust;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{HeaderMap, Request, Uri};

pub use chain::MAX_HOPS;
pub use peers::Peers;
pub use trust::Trust;

/// The other end of a connection. The listener sets it on each request, as an extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// Its address, or the one that the PROXY protocol gave. `None`: a Unix socket.
    pub addr: Option<SocketAddr>,
    /// Whether this process ended TLS on the connection.
    pub tls: bool,
}

impl Peer {
    /// Its address with IPv4 in IPv6 (`::ffff:1.2.3.4`, what a dual-stack socket sees) as IPv4.
    fn canonical(&self) -> Option<SocketAddr> {
        self.addr.map(|addr| SocketAddr::new(addr.ip().to_canonical(), addr.port()))
    }
}

/// What is known of the client of a request: an extension of it, set by [`Layer`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Client {
    /// Its address, never IPv4 in IPv6. `None`: a Unix socket whose peer named no client.
    pub ip: Option<IpAddr>,
    /// The addresses from the peer to the client, closest first, as `request.ips` of Fastify. `None`: nobody is trusted.
    pub ips: Option<Vec<IpAddr>>,
    /// The host and port it asked for: what a trusted proxy says, else the `host` header or, in HTTP/2, `:authority`.
    pub host: Option<String>,
    /// Whether it came over TLS: what a trusted proxy says, else this connection.
    pub https: bool,
    /// The peer of the connection, canonical as `ip` is.
    pub peer: Option<SocketAddr>,
    /// Whether the peer is a trusted proxy, so that other headers of it may be believed as well.
    pub via_proxy: bool,
}

impl Client {
    /// Works it out.
    pub fn of(trust: &Trust, peer: &Peer, headers: &HeaderMap, uri: &Uri) -> Client {
        let address = peer.canonical();
        let ip = address.map(|address| address.ip());
        if trust.peers.is_empty() {
            let host = origin::requested_host(headers, uri);
            return Client { ip, ips: None, host, https: peer.tls, peer: address, via_proxy: false };
        }
        let via_proxy = trust.peers.contains(ip);
        let path = if via_proxy { chain::walk(trust, ip, headers) } else { chain::Path::of_peer(ip) };
        let client = path.ips.last().copied();
        let origin = origin::Origin::read(trust, via_proxy, client.is_some(), path.origin, headers);
        Client {
            ip: client,
            ips: Some(path.ips),
            host: origin.host.or_else(|| origin::requested_host(headers, uri)),
            https: origin.https.unwrap_or(peer.tls),
            peer: address,
            via_proxy,
        }
    }

    /// `https` or `http`: `request.protocol`.
    pub fn scheme(&self) -> &'static str {
        if self.https { "https" } else { "http" }
    }
}

/// Sets [`Client`] on the requests of the service it wraps, from their [`Peer`].
///
/// A request without one is a mistake in the wiring; its client is unknown and none of its headers is believed.
///
/// ```
/// use edge::client::{Client, Layer, Peer, Trust};
/// use http::{Request, Response};
/// use tower::{ServiceBuilder, ServiceExt};
///
/// # tokio_test(async {
/// let app = tower::service_fn(|request: Request<()>| async move {
///     let client: &Client = request.extensions().get().unwrap();
///     Ok::<_, std::convert::Infallible>(Response::new(edge::Body::from(client.ip.unwrap().to_string())))
/// });
/// let request = Request::builder()
///     .header("fly-client-ip", "198.51.100.7")
///     .extension(Peer { addr: Some("172.16.1.2:4000".parse().unwrap()), tls: false });
/// let response = ServiceBuilder::new().layer(Layer::new(Trust::fly())).service(app).oneshot(request.body(()).unwrap()).await?;
/// let edge::Body::Full(text) = response.into_body() else { panic!() };
/// assert_eq!(text, "198.51.100.7");
/// # Ok(()) });
/// # fn tokio_test(test: impl Future<Output = Result<(), std::convert::Infallible>>) {
/// #     tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(test).unwrap();
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Layer {
    trust: Arc<Trust>,
}

impl Layer {
    /// A layer that believes whom `trust` names.
    pub fn new(trust: impl Into<Arc<Trust>>) -> Layer {
        Layer { trust: trust.into() }
    }

    /// Whom it believes.
    pub fn trust(&self) -> &Trust {
        &self.trust
    }
}

/// The service of [`Layer`].
#[derive(Debug, Clone)]
pub struct Service<S> {
    inner: S,
    trust: Arc<Trust>,
}

impl<S> tower::Layer<S> for Layer {
    type Service = Service<S>;

    fn layer(&self, inner: S) -> Service<S> {
        Service { inner, trust: self.trust.clone() }
    }
}

/// It never answers itself, so whatever the inner service answers with will do.
impl<S: tower::Service<Request<B>>, B> tower::Service<Request<B>> for Service<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        let client = match request.extensions().get::<Peer>() {
            Some(peer) => Client::of(&self.trust, peer, request.headers(), request.uri()),
            None => Client { host: origin::requested_host(request.headers(), request.uri()), ..Client::default() },
        };
        request.extensions_mut().insert(client);
        self.inner.call(request)
    }
}
