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
use futures_util::future::BoxFuture;
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

pub use metrics::Process;

use crate::address::Address;
use crate::config::settings::{Endpoint, Token};
use crate::listener::{Config as ListenerConfig, Limits, Listener, Sockets};

/// How long a request that is under way may still take when the host ends.
const FAREWELL: Duration = Duration::from_secs(1);

/// What there is: path, method, and what answers.
const PATHS: [(&str, Method, Answer); 3] = [
    ("/cache", Method::GET, |admin, request| Box::pin(async move { view::answer(admin.cache()?, &request) })),
    ("/cache/purge", Method::POST, |admin, request| Box::pin(async move { purge::answer(admin.cache()?, request).await })),
    ("/metrics", Method::GET, |admin, _| Box::pin(async move { Ok(metrics::answer(&admin.process, admin.cache.as_ref())) })),
];

/// Answers a request, or says what is wrong with it.
type Answer = fn(Admin, Request<Incoming>) -> BoxFuture<'static, Result<Response<Body>, Problem>>;

/// Where, and who may ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where to answer.
    pub listen: Endpoint,
    /// What requests have to bring along. `None`: nothing, which is checked to be for this machine only.
    pub token: Option<Token>,
}

/// The port, open but not yet answering.
pub struct Port {
    listener: Listener,
    admin: Admin,
}

impl Port {
    /// Opens it. `None` as configuration: there is none. `cache`: the render cache, when it is on. `process`: what
    /// metrics tell besides.
    ///
    /// # Errors
    /// Names the address and says what to do about it.
    pub async fn open(config: Option<Config>, cache: Option<Cache>, process: Process) -> anyhow::Result<Option<Port>> {
        let Some(Config { listen, token }) = config else { return Ok(None) };
        let (host, port, unix) = match listen {
            Endpoint::Tcp(host, port) => (host, port, None),
            Endpoint::Unix(path) => (String::new(), 0, Some(path)),
        };
        let address = Address { dual_stack: host == "::", widened: None, host, port };
        let sockets = Sockets { unix, unix_mode: 0o600, backlog: 16, systemd: false, named_by: ["`admin.listen`"; 2] };
        let config = ListenerConfig { sockets, limits: limits(), ..ListenerConfig::default() };
        let listener = Listener::bind(&address, config).await?;
        Ok(Some(Port { listener, admin: Admin { cache, process, token: token.map(Arc::new) } }))
    }

    /// Where it is, for a person.
    pub fn display_url(&self) -> String {
        self.listener.display_url()
    }

    /// Answers until `work` is done.
    async fn answer_during<T>(self, work: impl Future<Output = T>) -> T {
        let (stop, _) = watch::channel(());
        let done = tokio::select! {
            () = self.listener.accept(self.admin, &stop) => std::future::pending().await,
            done = work => done,
        };
        drop(self.listener);
        stop.send_replace(());
        let _ = timeout(FAREWELL, stop.closed()).await;
        done
    }
}

/// Does `work`, and answers meanwhile if there is an admin port.
pub async fn answer_during<T>(port: Option<Port>, work: impl Future<Output = T>) -> T {
    match port {
        Some(port) => port.answer_during(work).await,
        None => work.await,
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
    cache: Option<Cache>,
    process: Process,
    token: Option<Arc<Token>>,
}

impl Admin {
    fn cache(&self) -> Result<&Cache, Problem> {
        self.cache.as_ref().ok_or_else(|| {
            Problem::new(StatusCode::NOT_FOUND, "there is no cache: `cache.enabled` or a `[[cache.rules]]` turns it on")
        })
    }

    async fn answer(self, request: Request<Incoming>) -> Response<Body> {
        let answer = async {
            guard::check(self.token.as_deref(), &request)?;
            let answer = find(request.uri().path(), request.method())?;
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
fn find(path: &str, method: &Method) -> Result<Answer, Problem> {
    let Some((_, allowed, answer)) = PATHS.iter().find(|(known, ..)| *known == path) else {
        let all: Vec<_> = PATHS.iter().map(|(path, method, _)| format!("{method} {path}")).collect();
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
