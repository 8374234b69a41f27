//! A backend by name: requests go to one of its addresses, over connections that are kept, under deadlines, and once more when that
//! is safe.
//!
//! # Life of a request
//! ```text
//! Upstream::send
//!   → an address     of those that the name has now ([`resolve`]), the less loaded of two, not one that is ejected
//!     → a connection  that is idle, or a new one within the cap ([`pool`])
//!       → response    within the deadlines; a failure counts against the address, and the request may go to another
//! ```
//!
//! # What it deliberately does not know
//! Who asks and why: headers of proxies are [`crate::proxy`]'s, who may be asked is [`crate::outbound`]'s. A request is sent as it is
//! given, apart from its target's form.

pub mod body;
pub mod error;
pub mod resolve;
pub mod target;
pub mod tls;

use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};

pub use body::{Body, RequestBody};
pub use error::{Error, Kind};
pub use resolve::Resolver;
pub use target::Target;

/// What an upstream is held to.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where it is.
    pub target: Target,
    /// Deadlines.
    pub timeouts: Timeouts,
    /// How many connections, and for how long.
    pub pool: Pool,
    /// When a request goes to another address.
    pub retry: Retry,
    /// When an address is left alone for a while.
    pub ejection: Ejection,
    /// Ask the addresses whether they are well; `None`: only what happens to requests counts.
    pub check: Option<Check>,
    /// What TLS believes.
    pub tls: tls::Config,
}

/// Deadlines of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeouts {
    /// Until there is a connection: name, TCP, TLS, and waiting for a place.
    pub connect: Duration,
    /// From the request's being sent whole to the response's head; what comes of the request body starts it anew.
    pub first_byte: Duration,
    /// Between two pieces of a response body.
    pub idle: Duration,
    /// From beginning to end; `None`: none, as for server-sent events.
    pub total: Option<Duration>,
}

/// Connections to one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// Most connections that work at once (HTTP/2: requests). More requests wait.
    pub max_connections: usize,
    /// Most connections that are kept while they have nothing to do.
    pub max_idle: usize,
    /// How long such a one is kept.
    pub idle_timeout: Duration,
    /// From which age a connection takes no further request.
    pub max_age: Duration,
}

/// When a request goes to another address.
#[derive(Debug, Clone, PartialEq)]
pub struct Retry {
    /// At all.
    pub enabled: bool,
    /// Retries as a share of requests.
    pub budget: f64,
    /// Retries a second that are always allowed.
    pub min_per_second: u32,
    /// Most bytes of a request body that are kept for it.
    pub max_body: usize,
}

/// When an address is left alone for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ejection {
    /// After this many failures in a row; `0`: never.
    pub failures: u32,
    /// For how long at first; twice as long each time that follows.
    pub base: Duration,
    /// For how long at most.
    pub max: Duration,
    /// How long it takes until it has its whole share again.
    pub slow_start: Duration,
}

/// A question to an address whether it is well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The path of a GET that is answered with 2xx.
    pub path: String,
    /// How often.
    pub interval: Duration,
    /// How long an answer may take.
    pub timeout: Duration,
}

impl Config {
    /// The defaults for this target.
    pub fn new(target: Target) -> Config {
        Config {
            target,
            timeouts: Timeouts {
                connect: Duration::from_secs(5),
                first_byte: Duration::from_secs(30),
                idle: Duration::from_secs(30),
                total: None,
            },
            pool: Pool {
                max_connections: 1024,
                max_idle: 128,
                idle_timeout: Duration::from_secs(60),
                max_age: Duration::from_secs(300),
            },
            retry: Retry { enabled: true, budget: 0.2, min_per_second: 10, max_body: 64 << 10 },
            ejection: Ejection {
                failures: 5,
                base: Duration::from_secs(1),
                max: Duration::from_secs(60),
                slow_start: Duration::from_secs(10),
            },
            check: None,
            tls: tls::Config::default(),
        }
    }
}

/// Which addresses a request may go to, asked with each address a name has turned out to have.
pub type Admits = Arc<dyn Fn(std::net::IpAddr) -> bool + Send + Sync>;

/// A backend. Cheap to clone; its connections end with the last clone.
#[derive(Clone)]
pub struct Upstream {}

impl std::fmt::Debug for Upstream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upstream").finish_non_exhaustive()
    }
}

impl Upstream {
    /// A backend whose name `resolver` knows; of its addresses those are used that `admits` (`None`: all). Nothing happens yet.
    pub fn new(config: Config, resolver: Resolver, admits: Option<Admits>) -> Upstream {
        let _ = (config, resolver, admits);
        todo!()
    }

    /// What it is held to.
    pub fn config(&self) -> &Config {
        todo!()
    }

    /// Sends a request and returns the head of its response. The request's URI has path and query only; `host` is sent as it is set, and
    /// is the target's own without one. A `101` has `hyper::upgrade::OnUpgrade` in it (`hyper::upgrade::on`).
    ///
    /// Must be called within a tokio runtime with I/O; the connections live there.
    ///
    /// # Errors
    /// Why there is no response, and whether anything of the request was sent.
    pub async fn send(&self, request: Request<RequestBody>) -> Result<Response<Body>, Error> {
        let _ = request;
        todo!()
    }

    /// Drops every connection that is idle: the machine has been asleep, and the other ends are gone.
    pub fn forget_connections(&self) {}
}
