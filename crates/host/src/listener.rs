//! The sockets: binding, accepting, protocol, deadlines, and letting go of connections.
//!
//! Not `axum::serve`, which sets no timer and so never enforces the header deadline, and which waits for ever on a client that
//! connects and says nothing. Here the first bytes have a deadline too, and they decide between
//! HTTP/1.1 and HTTP/2 with prior knowledge (h2c).

mod refusal;
mod stopping;

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use anyhow::anyhow;
use edge::BoxError;
use futures_util::future::{Either, join_all};
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::Instant;

use refusal::Refusing;

use crate::address::{self, Address};

/// Time for the first bytes and for each request's headers; also how long a connection may idle. Fastify on Node: 60 s.
const HEADER_TIMEOUT: Duration = Duration::from_secs(60);

/// Largest request head, as Node's `--max-http-header-size`.
const MAX_HEADER_SIZE: usize = 16 * 1024;

/// Connections the kernel queues while we are busy; Node's is 511.
const BACKLOG: i32 = 1024;

/// Pause after an error that does not go away by itself, such as too many open files.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(100);

/// What an HTTP/2 client says first (RFC 9113 section 3.4).
const H2_PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Peer of the connection a request came on, as a request extension.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// What a connection serves: any tower service that never fails.
pub trait Service:
    tower::Service<Request<Incoming>, Response = Response<Self::Page>, Error = Infallible, Future: Send + 'static>
    + Clone
    + Send
    + Sync
    + 'static
{
    /// The body of its responses.
    type Page: http_body::Body<Data: Send, Error: Into<BoxError>> + Send + 'static;
}

impl<S, B> Service for S
where
    S: tower::Service<Request<Incoming>, Response = Response<B>, Error = Infallible, Future: Send + 'static>
        + Clone
        + Send
        + Sync
        + 'static,
    B: http_body::Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    type Page = B;
}

/// Bound sockets: one, or two for a name such as `localhost` that means two addresses.
#[derive(Debug)]
pub struct Listener {
    sockets: Vec<TcpListener>,
    address: Address,
    port: u16,
}

impl Listener {
    /// Binds an address.
    ///
    /// # Errors
    /// Names the address and says what to do about it.
    pub async fn bind(address: &Address) -> anyhow::Result<Self> {
        let mut sockets = Vec::new();
        let mut port = address.port;
        for ip in resolve(address).await? {
            let socket = bind_one(SocketAddr::new(ip, port), address.dual_stack);
            match socket.and_then(|socket| Ok((socket.local_addr()?.port(), socket))) {
                Ok((bound, socket)) => {
                    port = bound;
                    sockets.push(socket);
                }
                // `localhost` on a machine without IPv6: its other address is enough.
                Err(error) if !sockets.is_empty() && is_absent(&error) => {}
                Err(error) => return Err(cannot_listen(address, port, &error)),
            }
        }
        Ok(Listener { sockets, address: address.clone(), port })
    }

    /// The URL as Node would report it to the app.
    pub fn app_url(&self) -> String {
        address::url(&self.address.host, self.port)
    }

    /// The URL for a person to open.
    pub fn display_url(&self) -> String {
        address::display_url(&self.address.host, self.port)
    }

    /// Accepts until dropped. Connections run on and let go when `stop` is sent to.
    pub async fn accept(&self, service: impl Service, stop: &watch::Sender<()>) {
        let protocols = Arc::new(Protocols::new());
        // An IPv4 client of a widened socket must look as it does on the socket the app asked for.
        let unmap = self.address.widened.is_some();
        let accepting = self.sockets.iter().map(|socket| async {
            loop {
                let (stream, mut peer) = match socket.accept().await {
                    Ok(accepted) => accepted,
                    Err(error) => {
                        back_off(&error).await;
                        continue;
                    }
                };
                if unmap {
                    peer.set_ip(peer.ip().to_canonical());
                }
                Connection::new(peer, stop, &protocols).spawn(stream, service.clone());
            }
        });
        join_all(accepting).await;
    }

    /// Accepts what the kernel has accepted already, without waiting: to be called right before the sockets are closed, which
    /// would reset those connections although their clients may have sent a request.
    pub fn accept_pending(&self, service: &impl Service, stop: &watch::Sender<()>) {
        let protocols = Arc::new(Protocols::new());
        for socket in &self.sockets {
            while let Ok((stream, mut peer)) = stopping::accept_now(socket) {
                if self.address.widened.is_some() {
                    peer.set_ip(peer.ip().to_canonical());
                }
                Connection::new(peer, stop, &protocols).spawn(stream, service.clone());
            }
        }
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

/// The settings of both protocols.
struct Protocols {
    http1: http1::Builder,
    http2: http2::Builder<TokioExecutor>,
}

impl Protocols {
    fn new() -> Self {
        let mut http1 = http1::Builder::new();
        http1.timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT).max_header_size(MAX_HEADER_SIZE);
        let mut http2 = http2::Builder::new(TokioExecutor::new());
        http2.timer(TokioTimer::new()).keep_alive_interval(HEADER_TIMEOUT).max_header_list_size(MAX_HEADER_SIZE as u32);
        Protocols { http1, http2 }
    }
}

/// One client.
struct Connection {
    peer: SocketAddr,
    since: Instant,
    stop: watch::Receiver<()>,
    protocols: Arc<Protocols>,
}

impl Connection {
    fn new(peer: SocketAddr, stop: &watch::Sender<()>, protocols: &Arc<Protocols>) -> Connection {
        Connection { peer, since: Instant::now(), stop: stop.subscribe(), protocols: Arc::clone(protocols) }
    }

    fn spawn(self, stream: TcpStream, service: impl Service) {
        tokio::spawn(async move {
            let peer = self.peer;
            if let Err(error) = self.serve(stream, service).await {
                tracing::debug!(client.address = %peer, "connection: {error}");
            }
        });
    }

    async fn serve(mut self, stream: TcpStream, service: impl Service) -> Result<(), BoxError> {
        stream.set_nodelay(true)?;
        let Some(http2) = self.open(&stream).await? else { return Ok(()) };
        let (io, service) =
            (Refusing::new(TokioIo::new(stream)), TowerToHyperService::new(WithPeer { service, peer: self.peer }));
        let connection = match http2 {
            true => Either::Left(self.protocols.http2.serve_connection(io, service)),
            false => Either::Right(self.protocols.http1.serve_connection(io, service)),
        };
        let mut connection = pin!(connection);
        tokio::select! {
            biased;
            outcome = connection.as_mut() => return Ok(outcome?),
            () = stopping::lets_go(&mut self.stop) => {}
        }
        // What is in flight is finished, and the client told not to send more.
        match connection.as_mut().as_pin_mut() {
            Either::Left(http2) => http2.graceful_shutdown(),
            Either::Right(http1) => http1.graceful_shutdown(),
        }
        Ok(connection.await?)
    }

    /// Waits for the first bytes: whether they are HTTP/2's, or `None` when the process stops and there are none.
    async fn open(&mut self, stream: &TcpStream) -> io::Result<Option<bool>> {
        tokio::select! {
            biased;
            opened = tokio::time::timeout(HEADER_TIMEOUT, speaks_http2(stream)) => opened?.map(Some),
            () = stopping::gives_up(&mut self.stop, self.since) => Ok(None),
        }
    }
}

/// Whether the client opens with the HTTP/2 preface. Looks without taking.
async fn speaks_http2(stream: &TcpStream) -> io::Result<bool> {
    let mut start = [0; H2_PREFACE.len()];
    loop {
        let length = stream.peek(&mut start).await?;
        if length == 0 || length == start.len() || start[..length] != H2_PREFACE[..length] {
            return Ok(start == *H2_PREFACE);
        }
        // A preface cut in two: what is there would be reported as readable again at once.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Gives each request the peer of its connection.
#[derive(Clone)]
struct WithPeer<S> {
    service: S,
    peer: SocketAddr,
}

impl<S: Service> tower::Service<Request<Incoming>> for WithPeer<S> {
    type Response = S::Response;
    type Error = Infallible;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Incoming>) -> S::Future {
        request.extensions_mut().insert(Peer(self.peer));
        self.service.call(request)
    }
}

async fn resolve(address: &Address) -> anyhow::Result<Vec<IpAddr>> {
    if let Some(ip) = address.widened.or_else(|| address.host.parse().ok()) {
        return Ok(vec![ip]);
    }
    let found = tokio::net::lookup_host((address.host.as_str(), address.port)).await;
    let ips: Vec<IpAddr> = found.into_iter().flatten().map(|found| found.ip()).collect();
    match ips[..] {
        [] => Err(anyhow!("cannot listen on `{}`: no such host\n  hint: set another address with --host or HOST", address.host)),
        // Node takes both addresses of `localhost` and the first of any other name.
        [..] if ips.iter().all(IpAddr::is_loopback) => Ok(ips),
        [first, ..] => Ok(vec![first]),
    }
}

fn bind_one(address: SocketAddr, dual_stack: bool) -> io::Result<TcpListener> {
    match bind_exactly(address, dual_stack) {
        // A machine without IPv6.
        Err(error) if dual_stack && address.is_ipv6() && is_absent(&error) => {
            bind_exactly(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), address.port()), false)
        }
        outcome => outcome,
    }
}

fn bind_exactly(address: SocketAddr, dual_stack: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(!dual_stack)?;
    }
    // Restarting must not wait for the connections of the predecessor to be forgotten.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// The address family or the address does not exist on this machine.
fn is_absent(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AddrNotAvailable || error.kind() == io::ErrorKind::Unsupported
}

fn cannot_listen(address: &Address, port: u16, error: &io::Error) -> anyhow::Error {
    let url = address::url(&address.host, port);
    let hint = match error.kind() {
        io::ErrorKind::AddrInUse => "another process has this port: stop it, or choose another with --port or PORT",
        io::ErrorKind::PermissionDenied => "ports below 1024 need a privilege: choose another with --port or PORT",
        _ => "choose another address with --host or HOST",
    };
    anyhow!("cannot listen on {url}: {error}\n  hint: {hint}")
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    fn loopback(port: u16) -> Address {
        Address { host: "127.0.0.1".into(), port, widened: None, dual_stack: false }
    }

    #[tokio::test]
    async fn says_which_address_is_taken() {
        let first = Listener::bind(&loopback(0)).await.unwrap();
        let error = Listener::bind(&loopback(first.port)).await.unwrap_err().to_string();
        assert!(error.contains(&first.app_url()) && error.contains("--port or PORT"), "{error}");
    }

    /// Serves one connection that writes `parts` with a pause between them, and gives the first bytes of the answer.
    async fn answer_to(parts: &[&[u8]]) -> Vec<u8> {
        let listener = Listener::bind(&loopback(0)).await.unwrap();
        let mut client = TcpStream::connect(("127.0.0.1", listener.port)).await.unwrap();
        tokio::spawn(async move {
            let hello = |request: Request<Incoming>| async move {
                let peer = request.extensions().get::<Peer>().unwrap().0;
                Ok::<_, Infallible>(Response::new(edge::Body::from(peer.ip().to_string())))
            };
            listener.accept(tower::service_fn(hello), &watch::channel(()).0).await;
        });
        for part in parts {
            client.write_all(part).await.unwrap();
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        let mut answer = vec![0; 512];
        let length = client.read(&mut answer).await.unwrap();
        answer.truncate(length);
        answer
    }

    async fn hello(_: Request<Incoming>) -> Result<Response<edge::Body>, Infallible> {
        Ok(Response::new(edge::Body::from("hello".to_owned())))
    }

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";

    /// The system has accepted it, we have not: it is answered, and closed.
    #[tokio::test]
    async fn what_waits_to_be_accepted_is_answered() {
        let listener = Listener::bind(&loopback(0)).await.unwrap();
        let port = listener.port;
        let connect = || std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
        // Nothing else runs on this thread in between: no reactor has seen any of this.
        let mut clients: Vec<_> = (0..20).map(|_| connect()).collect();
        clients.iter_mut().for_each(|client| client.write_all(REQUEST).unwrap());
        let late = connect();
        let (stop, _) = watch::channel(());
        listener.accept_pending(&tower::service_fn(hello), &stop);
        drop(listener);
        stop.send_replace(());
        assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
        for client in clients {
            let answer = read_all(client).await;
            assert!(answer.ends_with("hello"), "{answer}");
        }
        // One whose request is still on its way.
        (&late).write_all(REQUEST).unwrap();
        assert!(read_all(late).await.ends_with("hello"));
        stop.closed().await;
    }

    /// On an open connection: what the system has received before the end is answered, and an idle one is closed.
    #[tokio::test]
    async fn what_has_been_received_is_answered() {
        let listener = Listener::bind(&loopback(0)).await.unwrap();
        let (stop, _) = watch::channel(());
        let mut clients = Vec::new();
        for _ in 0..20 {
            clients.push(TcpStream::connect(("127.0.0.1", listener.port)).await.unwrap());
        }
        listener.accept_pending(&tower::service_fn(hello), &stop);
        let mut first = vec![0; 512];
        for client in &mut clients {
            client.write_all(REQUEST).await.unwrap();
            let length = client.read(&mut first).await.unwrap();
            assert!(first[..length].ends_with(b"hello"));
        }
        let mut clients: Vec<_> = clients.into_iter().map(|client| client.into_std().unwrap()).collect();
        let idle = clients.pop().unwrap();
        clients.iter_mut().for_each(|client| client.write_all(REQUEST).unwrap());
        stop.send_replace(());
        for client in clients {
            let answer = read_all(client).await;
            assert!(answer.ends_with("hello"), "{answer}");
        }
        assert_eq!(read_all(idle).await, "");
        stop.closed().await;
    }

    /// What comes until the other side closes.
    async fn read_all(client: std::net::TcpStream) -> String {
        client.set_nonblocking(true).unwrap();
        let mut text = String::new();
        TcpStream::from_std(client).unwrap().read_to_string(&mut text).await.unwrap();
        text
    }

    #[tokio::test]
    async fn tells_the_protocols_apart() {
        let http1 = answer_to(&[b"P", b"RI / HTTP/1.1\r\nhost: x\r\n\r\n"]).await;
        assert!(http1.starts_with(b"HTTP/1.1 200 OK") && http1.ends_with(b"127.0.0.1"), "{}", String::from_utf8_lossy(&http1));
        let (start, end) = H2_PREFACE.split_at(10);
        let settings = b"\0\0\0\x04\0\0\0\0\0";
        let http2 = answer_to(&[start, end, settings]).await;
        assert_eq!(http2.get(3), Some(&4), "a SETTINGS frame comes first: {http2:?}");
    }

    #[tokio::test]
    async fn answers_what_is_not_http() {
        assert!(answer_to(&[b"GARBAGE\r\n\r\n"]).await.starts_with(b"HTTP/1.1 400"));
    }
}
