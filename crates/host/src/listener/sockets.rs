//! Where to listen: an address, a Unix socket, or sockets that systemd has opened already.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use listenfd::ListenFd;
use socket2::{Domain, Protocol, SockAddr, SockRef, Socket, Type};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

use super::stream::Carrier;
use crate::address::{self, Address};

/// Which sockets to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sockets {
    /// Listen on this Unix socket in place of TCP.
    pub unix: Option<PathBuf>,
    /// Permissions of the Unix socket, such as `0o660`.
    pub unix_mode: u32,
    /// Connections that the kernel keeps for us while we are busy; Node's is 511.
    pub backlog: u32,
    /// Take the sockets of systemd (`LISTEN_FDS`, `LISTEN_PID`; sd_listen_fds(3)) when it passes some.
    pub systemd: bool,
    /// How to choose another host, and another port, for messages: `--host or HOST`.
    pub named_by: [&'static str; 2],
}

impl Default for Sockets {
    fn default() -> Self {
        Sockets { unix: None, unix_mode: 0o660, backlog: 1024, systemd: true, named_by: ["--host or HOST", "--port or PORT"] }
    }
}

/// One open socket.
#[derive(Debug)]
pub(super) enum Bound {
    Tcp(TcpListener),
    /// With its file, unless that is somebody else's to remove.
    Unix(UnixListener, #[expect(dead_code, reason = "removes the file when it is dropped")] Option<SocketFile>),
}

/// A connection and who made it; `None`: somebody on a Unix socket.
pub(super) type Accepted = (Carrier, Option<SocketAddr>);

impl Bound {
    pub(super) async fn accept(&self) -> io::Result<Accepted> {
        match self {
            Bound::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Ok((Carrier::Tcp(stream), Some(peer)))
            }
            Bound::Unix(listener, _) => Ok((Carrier::Unix(listener.accept().await?.0), None)),
        }
    }

    /// Accepts a connection if the system has one, whether or not tokio knows of it.
    pub(super) fn accept_now(&self) -> io::Result<Accepted> {
        let socket = match self {
            Bound::Tcp(listener) => SockRef::from(listener),
            Bound::Unix(listener, _) => SockRef::from(listener),
        };
        let (stream, peer) = socket.accept()?;
        stream.set_nonblocking(true)?;
        Ok(match self {
            Bound::Tcp(_) => {
                stream.set_tcp_nodelay(true)?;
                (Carrier::Tcp(TcpStream::from_std(stream.into())?), peer.as_socket())
            }
            Bound::Unix(..) => (Carrier::Unix(UnixStream::from_std(stream.into())?), None),
        })
    }

    /// The address, when it has one.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        match self {
            Bound::Tcp(listener) => listener.local_addr().ok(),
            Bound::Unix(..) => None,
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bound::Tcp(listener) => match listener.local_addr() {
                Ok(address) => f.write_str(&address::display_url(&address.ip().to_string(), address.port())),
                Err(_) => f.write_str("a socket without an address"),
            },
            Bound::Unix(listener, _) => {
                let address = listener.local_addr().ok();
                let path = address.as_ref().and_then(|address| address.as_pathname());
                write!(f, "unix:{}", path.unwrap_or(Path::new("(unnamed)")).display())
            }
        }
    }
}

/// The sockets that systemd has opened for this process; none when it has not.
///
/// # Errors
/// One of them is neither a TCP nor a Unix stream socket.
pub(super) fn inherited() -> anyhow::Result<Vec<Bound>> {
    let mut passed = ListenFd::from_env();
    (0..passed.len()).map(|index| inherit(&mut passed, index)).collect()
}

fn inherit(passed: &mut ListenFd, index: usize) -> anyhow::Result<Bound> {
    let number = index + 3;
    let hint = "expected a listening TCP or Unix stream socket (`ListenStream=` in the .socket unit)";
    if let Ok(Some(listener)) = passed.take_tcp_listener(index) {
        listener.set_nonblocking(true)?;
        return Ok(Bound::Tcp(TcpListener::from_std(listener).with_context(|| format!("socket {number} of systemd"))?));
    }
    match passed.take_unix_listener(index) {
        Ok(Some(listener)) => {
            listener.set_nonblocking(true)?;
            let listener = UnixListener::from_std(listener).with_context(|| format!("socket {number} of systemd"))?;
            // The file is systemd's.
            Ok(Bound::Unix(listener, None))
        }
        _ => Err(anyhow!("cannot listen on file descriptor {number}, which systemd passes (LISTEN_FDS): {hint}")),
    }
}

/// Opens a Unix socket.
///
/// # Errors
/// Somebody listens on it, or the path cannot be used.
pub(super) fn unix(path: &Path, sockets: &Sockets) -> anyhow::Result<Bound> {
    make_way(path)?;
    let open = || -> io::Result<Bound> {
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        socket.set_nonblocking(true)?;
        socket.bind(&SockAddr::unix(path)?)?;
        let file = SocketFile::of(path)?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(sockets.unix_mode))?;
        // Nobody connects before the permissions hold.
        socket.listen(backlog(sockets))?;
        Ok(Bound::Unix(UnixListener::from_std(socket.into())?, Some(file)))
    };
    let hint = "the directory must exist and be writable, and the path be shorter than 108 bytes";
    open().map_err(|error| anyhow!("cannot listen on the Unix socket `{}`: {error}\n  hint: {hint}", path.display()))
}

/// Removes a socket that a process left behind, and nothing else.
fn make_way(path: &Path) -> anyhow::Result<()> {
    let Ok(found) = std::fs::symlink_metadata(path) else { return Ok(()) };
    let shown = path.display();
    if !found.file_type().is_socket() {
        bail!("cannot listen on the Unix socket `{shown}`: there is something else at that path, which is not removed");
    }
    match std::os::unix::net::UnixStream::connect(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            std::fs::remove_file(path).with_context(|| format!("cannot remove `{shown}`, which nobody listens on"))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Ok(_) => {
            bail!("cannot listen on the Unix socket `{shown}`: another process does\n  hint: stop it, or choose another path")
        }
        Err(error) => {
            bail!("cannot listen on the Unix socket `{shown}`: it exists, and whether it is in use cannot be told: {error}")
        }
    }
}

/// A socket file that is removed with its socket, unless another process has put its own there.
#[derive(Debug)]
pub(super) struct SocketFile {
    path: PathBuf,
    identity: (u64, u64),
}

impl SocketFile {
    fn of(path: &Path) -> io::Result<Self> {
        Ok(SocketFile { path: path.to_owned(), identity: identity(path)? })
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if identity(&self.path).is_ok_and(|found| found == self.identity) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    std::fs::symlink_metadata(path).map(|found| (found.dev(), found.ino()))
}

/// Opens the TCP sockets of an address: one, or two for a name such as `localhost` that means two addresses.
///
/// # Errors
/// Names the address and says what to do about it.
pub(super) async fn tcp(address: &Address, sockets: &Sockets) -> anyhow::Result<Vec<Bound>> {
    let mut opened = Vec::new();
    let mut port = address.port;
    for ip in resolve(address, sockets).await? {
        let socket = bind_one(SocketAddr::new(ip, port), address.dual_stack, sockets);
        match socket.and_then(|socket| Ok((socket.local_addr()?.port(), socket))) {
            Ok((bound, socket)) => {
                port = bound;
                opened.push(Bound::Tcp(socket));
            }
            // `localhost` on a machine without IPv6: its other address is enough.
            Err(error) if !opened.is_empty() && is_absent(&error) => {}
            Err(error) => return Err(cannot_listen(address, port, &error, sockets)),
        }
    }
    Ok(opened)
}

async fn resolve(address: &Address, sockets: &Sockets) -> anyhow::Result<Vec<IpAddr>> {
    if let Some(ip) = address.widened.or_else(|| address.host.parse().ok()) {
        return Ok(vec![ip]);
    }
    let found = tokio::net::lookup_host((address.host.as_str(), address.port)).await;
    let ips: Vec<IpAddr> = found.into_iter().flatten().map(|found| found.ip()).collect();
    match ips[..] {
        [] => {
            let [host, _] = sockets.named_by;
            Err(anyhow!("cannot listen on `{}`: no such host\n  hint: set another address with {host}", address.host))
        }
        // Node takes both addresses of `localhost` and the first of any other name.
        [..] if ips.iter().all(IpAddr::is_loopback) => Ok(ips),
        [first, ..] => Ok(vec![first]),
    }
}

fn bind_one(address: SocketAddr, dual_stack: bool, sockets: &Sockets) -> io::Result<TcpListener> {
    match bind_exactly(address, dual_stack, sockets) {
        // A machine without IPv6.
        Err(error) if dual_stack && address.is_ipv6() && is_absent(&error) => {
            bind_exactly(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), address.port()), false, sockets)
        }
        outcome => outcome,
    }
}

fn bind_exactly(address: SocketAddr, dual_stack: bool, sockets: &Sockets) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(!dual_stack)?;
    }
    // Restarting must not wait for the connections of the predecessor to be forgotten.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(backlog(sockets))?;
    TcpListener::from_std(socket.into())
}

fn backlog(sockets: &Sockets) -> i32 {
    i32::try_from(sockets.backlog).unwrap_or(i32::MAX)
}

/// The address family or the address does not exist on this machine.
fn is_absent(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AddrNotAvailable || error.kind() == io::ErrorKind::Unsupported
}

fn cannot_listen(address: &Address, port: u16, error: &io::Error, sockets: &Sockets) -> anyhow::Error {
    let [named_host, named_port] = sockets.named_by;
    let url = address::url(&address.host, port);
    let hint = match error.kind() {
        io::ErrorKind::AddrInUse => format!("another process has this port: stop it, or choose another with {named_port}"),
        io::ErrorKind::PermissionDenied => format!("ports below 1024 need a privilege: choose another with {named_port}"),
        _ => format!("choose another address with {named_host}"),
    };
    anyhow!("cannot listen on {url}: {error}\n  hint: {hint}")
}
