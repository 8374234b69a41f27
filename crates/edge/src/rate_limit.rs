//! Limits on how many requests a client makes: counted before anything else is done for a request.
//!
//! # How it counts
//! Each [`Rule`] is a rate with a burst (GCRA, by the `governor` crate), for each client by itself ([`By`]). Every rule that is
//! about a request counts it, whether another refuses it or not; the most restrictive says what the headers say. What a rule
//! refuses it does not count, so that a client that keeps asking is still let pass at its rate.
//!
//! # Memory
//! A rule remembers [`Config::max_keys`] keys, in at most 150 bytes each, whatever clients invent. Which are forgotten, and what
//! that gives away, is said in `bounded` and `local`.
//!
//! # Several instances
//! With [`Config::redis`] they count together; see [`redis`] for what happens when it is gone.
//!
//! # What it deliberately does not do
//! Limits that the app sets with its plug-ins: those are [`windows`], called by JavaScript, and apply as well. Where both are about
//! a request, both count it; in the headers the app's win. Limits by connection and by concurrency are the listener's.

mod answer;
mod bounded;
mod key;
mod limiter;
mod local;
pub mod redis;
mod rule;
mod standing;
mod stats;
pub mod windows;

use std::convert::Infallible;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::{Request, Response};
use ipnet::IpNet;

use crate::path::Pattern;
use crate::{Body, Problem};
pub use answer::Headers;
pub use key::By;
#[doc(hidden)]
pub use key::text as key_text;
use limiter::Limiter;
use local::Clock;
use redis::Redis;
pub use rule::Rule;
use standing::Verdict;
pub use stats::Stats;

/// Settings of the layer.
#[derive(Debug, Clone)]
pub struct Config {
    /// The limits. None: every request passes.
    pub rules: Vec<Rule>,
    /// So many bits of an IPv6 address are one client, 1 to 128: a customer of an access provider has a /64 at least.
    pub ipv6_prefix: u8,
    /// Clients that no rule is about.
    pub allow: Vec<IpNet>,
    /// Paths that no rule is about.
    pub exempt: Vec<Pattern>,
    /// How many keys each rule remembers.
    pub max_keys: usize,
    /// Which headers say how much is left.
    pub headers: Headers,
    /// Where instances count together.
    pub redis: Option<redis::Config>,
}

impl Default for Config {
    /// No rules; `/health` and `/ready` exempt.
    fn default() -> Self {
        let exempt = ["/health", "/ready"].map(|path| path.parse().expect("is a pattern"));
        Config {
            rules: Vec::new(),
            ipv6_prefix: 64,
            allow: Vec::new(),
            exempt: exempt.into(),
            max_keys: 100_000,
            headers: Headers::Both,
            redis: None,
        }
    }
}

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A name that cannot stand in a header, or twice the same.
    #[error(
        "`{0}` is no name of a rule: expected 1 to 64 characters of printable ASCII without `\"` and `\\`, and not that of another rule"
    )]
    Name(String),
    /// More requests in a window than can be told apart, or a window too long to count.
    #[error(
        "rule `{rule}`: `{max}` requests in `{window:?}` cannot be counted: expected a microsecond or more for each, and less than a century for a whole burst"
    )]
    Quota {
        /// The name of the rule.
        rule: String,
        /// Its limit.
        max: NonZeroU32,
        /// Its window.
        window: Duration,
    },
    /// No length of a prefix.
    #[error("`limiter.ipv6_prefix` is `{0}`: expected 1 to 128")]
    Prefix(u8),
    /// No room for any key.
    #[error("`limiter.max_keys` is `0`: expected 1 or more")]
    MaxKeys,
    /// An URL of Redis that cannot be used; it is not shown, because it may be secret.
    #[error("`limiter.redis` cannot be used: {0}")]
    Redis(String),
}

/// Applies the limits to the requests of the service it wraps. Clones count together.
///
/// The client's address comes from the extension [`Client`](crate::client::Client); requests without one share one key.
///
/// ```
/// use std::num::NonZeroU32;
/// use std::time::Duration;
///
/// use edge::rate_limit::{Config, Layer, Rule};
/// use http::{Request, Response};
/// use tower::{ServiceBuilder, ServiceExt};
///
/// # tokio_test(async {
/// let rule = Rule::new(NonZeroU32::new(1).unwrap(), Duration::from_secs(60));
/// let layer = Layer::new(Config { rules: vec![rule], ..Config::default() }).unwrap();
/// let app = tower::service_fn(|_: Request<()>| async { Ok::<_, std::convert::Infallible>(Response::new(edge::Body::Empty)) });
/// let app = ServiceBuilder::new().layer(layer).service(app);
/// let first = app.clone().oneshot(Request::new(())).await?;
/// assert_eq!(first.headers()["ratelimit"], r#""rule-1";r=0;t=60"#);
/// let second = app.oneshot(Request::new(())).await?;
/// assert_eq!(second.status(), 429);
/// # Ok(()) });
/// # fn tokio_test(test: impl Future<Output = Result<(), std::convert::Infallible>>) {
/// #     tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(test).unwrap();
/// # }
/// ```
#[derive(Clone)]
pub struct Layer {
    limiter: Arc<Limiter>,
}

impl Layer {
    /// A layer with counts of its own.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn new(config: Config) -> Result<Layer, Error> {
        Ok(Layer { limiter: Arc::new(Limiter::new(config, &Clock::real())?) })
    }

    /// Connects to Redis, for two seconds at most, so that the first requests are counted there already; without it, the first
    /// request begins to connect. Does nothing without Redis.
    pub async fn start(&self) {
        if let Some(redis) = &self.limiter.redis {
            redis.start().await;
        }
    }

    /// The machine has been asleep: `missed` is what its monotonic clock has not counted of that time. Windows that are over by now are
    /// over, and the connection to Redis, whose other end is gone, is made anew.
    pub fn wake(&self, missed: Duration) {
        self.limiter.clock.skip(missed);
        if let Some(redis) = &self.limiter.redis {
            redis.wake();
        }
    }

    /// What has been counted so far.
    pub fn stats(&self) -> Arc<Stats> {
        self.limiter.stats.clone()
    }

    /// How many keys all rules remember in this process, and in how many bytes.
    pub fn size(&self) -> (usize, usize) {
        let sizes = self.limiter.limits.iter().map(|limit| limit.local.size());
        sizes.fold((0, 0), |sum, size| (sum.0 + size.0, sum.1 + size.1))
    }
}

impl<S> tower::Layer<S> for Layer {
    type Service = Service<S>;

    fn layer(&self, inner: S) -> Service<S> {
        Service { inner, limiter: self.limiter.clone() }
    }
}

/// The service of [`Layer`].
#[derive(Clone)]
pub struct Service<S> {
    inner: S,
    limiter: Arc<Limiter>,
}

impl<S, B> tower::Service<Request<B>> for Service<S>
where
    S: tower::Service<Request<B>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answer<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let Some(connection) = self.limiter.redis.as_ref().and_then(Redis::connection) else {
            return match self.limiter.decide(&request) {
                Ok(verdict) => Answer::passed(&self.limiter, verdict, self.inner.call(request)),
                Err(problem) => State::Refused { problem: Some(problem) }.into(),
            };
        };
        let asked: Vec<_> = self.limiter.asked(&request).collect();
        if asked.is_empty() {
            return Answer::passed(&self.limiter, None, self.inner.call(request));
        }
        // The one that is ready is the one to call; its clone stays.
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        let limiter = self.limiter.clone();
        let answer = async move {
            match limiter.ask(connection, &asked).await {
                Ok(verdict) => Answer::passed(&limiter, verdict, inner.call(request)).await,
                Err(problem) => Ok(problem.into_response()),
            }
        };
        State::Asking { answer: Box::pin(answer) }.into()
    }
}

pin_project_lite::pin_project! {
    /// The future of [`Service`]: boxed only while Redis is asked.
    pub struct Answer<F> {
        #[pin]
        state: State<F>,
    }
}

pin_project_lite::pin_project! {
    #[project = Projected]
    enum State<F> {
        /// On its way, with what the headers will say.
        Passed { #[pin] inner: F, said: Option<(Arc<Limiter>, Verdict)> },
        Refused { problem: Option<Problem> },
        /// Redis is being asked.
        Asking { answer: Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>> },
    }
}

impl<F> Answer<F> {
    fn passed(limiter: &Arc<Limiter>, verdict: Option<Verdict>, inner: F) -> Self {
        State::Passed { inner, said: verdict.map(|verdict| (limiter.clone(), verdict)) }.into()
    }
}

impl<F> From<State<F>> for Answer<F> {
    fn from(state: State<F>) -> Self {
        Answer { state }
    }
}

impl<F: Future<Output = Result<Response<Body>, Infallible>>> Future for Answer<F> {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            Projected::Passed { inner, said } => {
                let Ok(mut response) = ready!(inner.poll(cx));
                if let Some((limiter, Verdict { rule, standing })) = said.take() {
                    answer::add(response.headers_mut(), limiter.headers, &limiter.limits[rule], standing);
                }
                Poll::Ready(Ok(response))
            }
            Projected::Refused { problem } => {
                Poll::Ready(Ok(problem.take().expect("is not polled after it was ready").into_response()))
            }
            Projected::Asking { answer } => answer.as_mut().poll(cx),
        }
    }
}

#[cfg(test)]
mod tests;
