//! A backend by name: requests go to one of its addresses, over connections that are kept, under deadlines, and once more when that
//! is safe.
//!
//! # Life of a request
//! ```text
//! Upstream::send
//!   → an address     of those that the name has now (`resolve`, `addresses`), the less loaded of two, not one that is ejected (`health`)
//!     → a connection  that is idle, or a new one within the cap (`endpoint`, `lease`)
//!       → response    within the deadlines (`exchange`, `body`); a failure counts against the address, and the request may go to
//!                     another (`retry`, `replay`)
//! ```
//!
//! # What it deliberately does not know
//! Who asks and why: headers of proxies are [`crate::proxy`]'s, who may be asked is [`crate::outbound`]'s. A request is sent as it is
//! given, apart from its target's form.

mod addresses;
pub mod body;
mod check;
mod connect;
pub mod counters;
mod endpoint;
pub mod error;
mod exchange;
mod follow;
mod health;
mod lease;
mod replay;
pub mod resolve;
mod retry;
mod search;
pub mod target;
pub mod tls;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Once};
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::Incoming;
use tokio::time::Instant;

use addresses::Addresses;
pub use body::{Body, RequestBody};
use body::{Reading, Terms};
use connect::Connector;
use counters::Counters;
pub use counters::{AddressView, View};
use endpoint::Endpoint;
pub use error::{Error, Kind};
use replay::{Replay, Source};
pub use resolve::Resolver;
use retry::Budget;
use search::{Search, Way};
pub use target::Target;

/// What an upstream is held to.
#[derive(Debug, Clone, PartialEq)]
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
    /// An outage that has lasted for less is waited out by requests that could not be sent, as long as they have time for connecting.
    pub outage: Duration,
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
                // Servers close idle connections without a word, Node's after five seconds, and what is sent in that moment may be lost.
                idle_timeout: Duration::from_secs(4),
                max_age: Duration::from_secs(300),
            },
            retry: Retry { enabled: true, budget: 0.2, min_per_second: 10, max_body: 64 << 10, outage: Duration::from_secs(10) },
            ejection: Ejection {
                failures: 5,
                base: Duration::from_secs(1),
                max: Duration::from_secs(15),
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
pub struct Upstream(Arc<Inner>);

struct Inner {
    config: Config,
    /// The target as text, for messages.
    name: Arc<str>,
    /// What `host` says when the request does not.
    authority: HeaderValue,
    /// Or why there is none.
    connector: Result<Connector, String>,
    resolver: Resolver,
    admits: Option<Admits>,
    addresses: Addresses,
    budget: Budget,
    counters: Arc<Counters>,
    began: Instant,
    /// Milliseconds from then to the last response.
    succeeded: AtomicU64,
    started: Once,
}

impl std::fmt::Debug for Upstream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Upstream").field(&self.0.name).finish()
    }
}

impl Upstream {
    /// A backend whose name `resolver` knows; of its addresses those are used that `admits` (`None`: all). Nothing happens yet.
    pub fn new(config: Config, resolver: Resolver, admits: Option<Admits>) -> Upstream {
        Upstream(Arc::new(Inner {
            name: config.target.to_string().into(),
            authority: exchange::host_value(&config.target.authority()),
            connector: Connector::new(&config.target, &config.tls),
            resolver,
            admits,
            addresses: Addresses::new(),
            budget: Budget::new(&config.retry),
            counters: Arc::default(),
            began: Instant::now(),
            succeeded: AtomicU64::new(0),
            started: Once::new(),
            config,
        }))
    }

    /// What it is held to.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// What it is called: its URL.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether it has an address now that is not left alone. Asks for its addresses if nobody has yet.
    ///
    /// Must be called within a tokio runtime with I/O.
    pub fn is_reachable(&self) -> bool {
        self.start();
        self.0.addresses.all().iter().any(|endpoint| !endpoint.view().ejected)
    }

    /// Whether connections can be made as configured.
    ///
    /// # Errors
    /// A sentence: a file with certificates cannot be read.
    pub fn check(&self) -> Result<(), String> {
        self.0.connector.as_ref().map(drop).map_err(Clone::clone)
    }

    /// Sends a request and returns the head of its response. The request's URI has path and query only; `host` is sent as it is set, and
    /// is the target's own without one. A `101` has `hyper::upgrade::OnUpgrade` in it (`hyper::upgrade::on`).
    ///
    /// Must be called within a tokio runtime with I/O; the connections live there.
    ///
    /// # Errors
    /// Why there is no response, and whether anything of the request was sent.
    pub async fn send(&self, request: Request<RequestBody>) -> Result<Response<Body>, Error> {
        self.start();
        self.0.counters.requests.add();
        self.0.budget.deposit();
        let sent = self.0.send(request).await;
        if sent.is_err() {
            self.0.counters.failed.add();
        }
        sent
    }

    /// Drops every connection that is idle: the machine has been asleep, and the other ends are gone.
    pub fn forget_connections(&self) {
        self.0.addresses.all().iter().for_each(|endpoint| endpoint.forget_connections());
    }

    /// What has happened so far, and what it has to do now.
    pub fn view(&self) -> View {
        self.0.counters.view(self.0.addresses.all().iter().map(|endpoint| endpoint.view()).collect())
    }

    /// With the first request, and not before: it needs a runtime.
    fn start(&self) {
        self.0.started.call_once(|| {
            tokio::spawn(follow::follow(Arc::downgrade(&self.0)));
            if let Some(check) = self.0.config.check.clone() {
                tokio::spawn(check::watch(Arc::downgrade(&self.0), check));
            }
        });
    }
}

impl Inner {
    async fn send(self: &Arc<Self>, request: Request<RequestBody>) -> Result<Response<Body>, Error> {
        let (parts, body) = request.into_parts();
        let until = self.config.timeouts.total.map(|total| Instant::now() + total);
        let source = Source::new(body, self.config.retry.max_body);
        let mut search = Search::new(self, exchange::needs_h1(&parts));
        let mut retries = 0;
        loop {
            let mut way = search.next().await?;
            let body = match &source {
                None => Replay::empty(),
                // The first attempt, or one that `retry` has found to be possible.
                Some(source) => source.attempt().ok_or_else(|| self.error(Kind::RequestBody))?,
            };
            match self.exchange(&mut way, parts.clone(), body, source.as_ref()).await {
                Ok(response) => return Ok(self.respond(response, way, until)),
                Err(failure) => {
                    self.judge(&failure, &way);
                    let again = self.may_retry(&failure, &parts.method, retries, || search.has_another(&way.endpoint));
                    if !again || source.as_ref().is_some_and(|source| !source.can_be_repeated()) {
                        return Err(failure.error);
                    }
                    tracing::debug!("sent once more: {}", failure.error);
                    self.counters.retried.add();
                    retries += 1;
                    search.begin_anew((!failure.was_stale).then_some(way.endpoint), failure.error);
                }
            }
        }
    }

    /// What a failed attempt says about its address.
    fn judge(&self, failure: &exchange::Failure, way: &Way) {
        match failure.error.kind {
            Kind::RequestBody | Kind::Refused => {}
            // Those that have been idle as long are closed as well.
            _ if failure.was_stale => way.endpoint.forget_connections(),
            _ => self.failed(&way.endpoint, false),
        }
    }

    fn failed(&self, endpoint: &Endpoint, has_answered: bool) {
        if endpoint.health.failed(&self.config.ejection, has_answered) {
            self.counters.ejected.add();
            tracing::warn!("backend {} at {} has failed repeatedly and is left alone for a while", self.name, endpoint.address);
        }
    }

    fn respond(self: &Arc<Self>, response: Response<Incoming>, way: Way, until: Option<Instant>) -> Response<Body> {
        let is_judged = response.status().is_server_error();
        if is_judged {
            self.failed(&way.endpoint, true);
        }
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.succeeded.store(now.max(1), Ordering::Relaxed);
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            way.endpoint.health.succeeded();
            return response.map(|_| body::empty());
        }
        let is_endless =
            response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
        let terms = Terms { until, is_judged, is_endless };
        response.map(|incoming| Box::pin(Reading::new(incoming, way, terms, Arc::clone(self))) as Body)
    }

    /// Whether it has answered, or begun, so lately that requests wait for it.
    fn is_short_outage(&self) -> bool {
        let succeeded = Duration::from_millis(self.succeeded.load(Ordering::Relaxed));
        self.began.elapsed().saturating_sub(succeeded) < self.config.retry.outage
    }

    fn error(&self, kind: Kind) -> Error {
        Error { kind, target: self.name.to_string(), address: None, unsent: false, source: None }
    }
}
