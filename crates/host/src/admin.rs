//! The admin port: what an operator asks of a running host. What the cache holds, purges, metrics.
//!
//! ```text
//! listener (small limits) ─► guard (who may ask) ─► PATHS ─┬─► GET  /cache         view
//!                                                         ├─► POST /cache/purge   purge
//!                                                         └─► GET  /metrics       metrics
//! ```
//! It answers beside the app's own port and a little longer: while the host drains it can be looked at.
//!
//! # What it deliberately does not do
//! TLS, roles, changes of settings. Who needs more than one token puts a proxy in front.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use edge::cache::Cache;
use edge::{Body, Problem};
use futures_util::future::{BoxFuture, join_all};
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use tokio::sync::watch;
use tokio::time::timeout;

pub mod client;
pub mod command;
mod guard;
mod metrics;
mod purge;
mod view;

pub use metrics::{Process, Sources};

use crate::address::Address;
use crate::config::settings::{Endpoint, Token};
use crate::listener::{Config as ListenerConfig, Limits, Listener, Sockets};

/// How long a request that is under way may still take when the host ends.
const FAREWELL: Duration = Duration::from_secs(1);

/// What there is: path, method, and what answers.
const PATHS: [(&str, Method, Answer); 3] = [
    ("/cache", Method::GET, |admin, request| Box::pin(async move { view::answer(admin.cache()?, &request) })),
    ("/cache/purge", Method::POST, |admin, request| Box::pin(async move { purge::answer(admin.cache()?, request).await })),
    METRICS,
];

/// What there is for whoever only scrapes.
const METRICS: (&str, Method, Answer) =
    ("/metrics", Method::GET, |admin, _| Box::pin(async move { Ok(metrics::answer(&admin.sources)) }));

/// Answers a request, or says what is wrong with it.
type Answer = fn(Admin, Request<Incoming>) -> BoxFuture<'static, Result<Response<Body>, Problem>>;

/// Where, and who may ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where to answer.
    pub listen: Option<Endpoint>,
    /// What requests have to bring along. `None`: nothing, which is checked to be for this machine only.
    pub token: Option<Token>,
    /// Where metrics are told to whoever connects.
    pub metrics: Option<Endpoint>,
}

/// The ports, open but not yet answering.
#[derive(Default)]
pub struct Ports(Vec<(Listener, Admin)>);

impl Ports {
    /// Opens those that there are to be. `sources`: what metrics are told of.
    ///
    /// # Errors
    /// Names the address and says what to do about it.
    pub async fn open(Config { listen, token, metrics }: Config, sources: &Sources) -> anyhow::Result<Ports> {
        let mut ports = Ports::default();
        if let Some(endpoint) = listen {
            let access = token.map_or(Access::Local, |token| Access::Token(Arc::new(token)));
            ports.add(endpoint, Admin { sources: sources.clone(), paths: &PATHS, access }, "`admin.listen`").await?;
        }
        if let Some(endpoint) = metrics {
            let admin = Admin { sources: sources.clone(), paths: &[METRICS], access: Access::Anybody };
            ports.add(endpoint, admin, "`admin.metrics`").await?;
        }
        Ok(ports)
    }

    async fn add(&mut self, endpoint: Endpoint, admin: Admin, named_by: &'static str) -> anyhow::Result<()> {
        let (host, port, unix) = match endpoint {
            Endpoint::Tcp(host, port) => (host, port, None),
            Endpoint::Unix(path) => (String::new(), 0, Some(path)),
        };
        let address = Address { dual_stack: host == "::", widened: None, host, port };
        let sockets = Sockets { unix, unix_mode: 0o600, backlog: 16, systemd: false, named_by: [named_by; 2] };
        let config = ListenerConfig { sockets, limits: limits(), ..ListenerConfig::default() };
        self.0.push((Listener::bind(&address, config).await?, admin));
        Ok(())
    }

    /// Where they are, a line each.
    pub fn notes(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|(listener, admin)| match &admin.access {
            Access::Anybody => format!("metrics are at {}/metrics", listener.display_url()),
            _ => format!("the admin port is {}", listener.display_url()),
        })
    }

    /// Does `work`, and answers meanwhile.
    pub async fn answer_during<T>(self, work: impl Future<Output = T>) -> T {
        let (stop, _) = watch::channel(());
        let answering = async {
            join_all(self.0.iter().map(|(listener, admin)| listener.accept(admin.clone(), &stop))).await;
            // There are none, or there is nobody who could connect: the work goes on.
            std::future::pending::<()>().await;
        };
        let done = tokio::select! {
            () = answering => unreachable!("it never ends"),
            done = work => done,
        };
        drop(self.0);
        stop.send_replace(());
        let _ = timeout(FAREWELL, stop.closed()).await;
        done
    }
}

/// Those of a few operators and a scraper.
fn limits() -> Limits {
    Limits {
        max_connections: 64,
        max_connections_per_client: 64,
        header_timeout: Duration::from_secs(10),
        idle_timeout: Duration::from_secs(90),
        write_timeout: Duration::from_secs(10),
        max_header_size: 8 << 10,
        max_headers: 64,
        max_uri_length: 4 << 10,
        h2_max_streams: 16,
    }
}

/// What answers.
#[derive(Clone)]
struct Admin {
    sources: Sources,
    paths: &'static [(&'static str, Method, Answer)],
    access: Access,
}

/// Who may ask.
#[derive(Clone)]
enum Access {
    /// Who has the token.
    Token(Arc<Token>),
    /// Whoever is on this machine, and no page in a browser.
    Local,
    /// Whoever can connect.
    Anybody,
}

impl Admin {
    fn cache(&self) -> Result<&Cache, Problem> {
        self.sources.cache.as_ref().ok_or_else(|| {
            Problem::new(StatusCode::NOT_FOUND, "there is no cache: `cache.enabled` or a `[[cache.rules]]` turns it on")
        })
    }

    async fn answer(self, request: Request<Incoming>) -> Response<Body> {
        let answer = async {
            match &self.access {
                Access::Token(token) => guard::check(Some(token), &request)?,
                Access::Local => guard::check(None, &request)?,
                Access::Anybody => {}
            }
            let answer = find(self.paths, request.uri().path(), request.method())?;
            answer(self, request).await
        };
        let mut response = answer.await.unwrap_or_else(Problem::into_response);
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response
    }
}

impl tower::Service<Request<Incoming>> for Admin {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        let admin = self.clone();
        Box::pin(async move { Ok(admin.answer(request).await) })
    }
}

/// What answers at this path; HEAD is asked for as GET (RFC 9110 section 9.3.2), and hyper leaves the body out.
fn find(paths: &[(&str, Method, Answer)], path: &str, method: &Method) -> Result<Answer, Problem> {
    let Some((_, allowed, answer)) = paths.iter().find(|(known, ..)| *known == path) else {
        let all: Vec<_> = paths.iter().map(|(path, method, _)| format!("{method} {path}")).collect();
        return Err(Problem::new(StatusCode::NOT_FOUND, format!("there is no such path, but: {}", all.join(", "))));
    };
    match (allowed, method) {
        (allowed, method) if allowed == method => Ok(*answer),
        (&Method::GET, &Method::HEAD) => Ok(*answer),
        _ => {
            let allow = if *allowed == Method::GET { "GET, HEAD" } else { allowed.as_str() };
            let message = format!("{path} takes {allow}");
            let allow = HeaderValue::from_str(allow).unwrap_or(HeaderValue::from_static("GET"));
            Err(Problem::new(StatusCode::METHOD_NOT_ALLOWED, message).with_header(ALLOW, allow))
        }
    }
}

/// A JSON answer.
fn json(status: StatusCode, value: &serde_json::Value) -> Response<Body> {
    let mut response = Response::new(format!("{value:#}\n").into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    response
}
