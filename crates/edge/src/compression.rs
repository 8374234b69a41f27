//! Compression of responses: zstd, brotli, gzip (and deflate), as the client asks.
//!
//! # What is compressed
//! A body of a type in [`Types`] and of at least [`Policy::min_size`] bytes, or of unknown length. Never one that is encoded
//! already (any `Content-Encoding`), that says `Cache-Control: no-transform`, that is part of another (206), an event stream
//! (each event would cost a flush, and readers on the way are known to hold compressed ones back), an instruction to the proxy in front
//! (`fly-replay`), nor one that the rule against BREACH is about (`compression/breach.rs`: what sets a cookie or is for one user, and
//! repeats the request of another site).
//! The encoding is the client's choice (`compression/accept.rs`); where it has none, the order of [`Policy::encodings`].
//!
//! # How
//! - A body in memory of up to 256 KiB is encoded at once and has a `Content-Length`; everything else is encoded as it is
//!   sent (`compression/body.rs`), flushed whenever its source pauses. More than 8 KiB at a time is encoded on a blocking thread; of
//!   whole bodies as many at a time as there are CPUs.
//! - `Vary: Accept-Encoding` is added whenever the answer depends on it: also when it is sent as it is, and on 304. A strong
//!   `ETag` becomes weak, so an app that compares tags by itself must do it weakly (RFC 9110 section 13.1.2); `Accept-Ranges` and
//!   digests of the bytes go.
//! - HEAD gets the headers of GET but for the length, which only compressing would tell. Where the app does not say how long the
//!   body of GET is, it is taken for a long one.
//!
//! # What the app decided
//! A response may carry a [`Choice`] as an extension: `@fastify/compress` of the app, executed here. Its [`Policy`] has
//! [`Rules::Fastify`]: headers and negotiation are that package's then. The host's own rules still hold for event streams, partial
//! answers, `ETag`, digests and BREACH, where the package sends what no client should get.
//!
//! # What is sent again and again
//! A response with a [`Kept`] as an extension is encoded once: the form is kept there for the next one, and the headers are
//! the same as those of a body in memory that is encoded for one response.
//!
//! # What it deliberately does not do
//! Requests are not decompressed. Nothing is stored but in a [`Kept`]: how long that lives is up to whoever made it. 406 is never
//! sent.

mod accept;
mod body;
mod breach;
mod encoding;
mod fastify;
mod headers;
mod kept;
mod policy;
mod types;
mod verdict;

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, ready};

use http::{Request, Response, StatusCode};
use http_body::Body as _;
use pin_project_lite::pin_project;
use tokio::sync::Semaphore;

use crate::{Body, Problem};
use body::Encoded;
use encoding::Encoder;
use verdict::{Asked, Verdict, verdict};

#[doc(hidden)]
pub use accept::check as check_accept_encoding;
pub(crate) use accept::{choose, qvalue, trim};
pub(crate) use encoding::encode;
pub use encoding::{Encoding, Levels};
pub(crate) use headers::{vary, weaken};
pub use kept::Kept;
pub use policy::{Choice, Policy, Rules};
pub use types::Types;

/// Bodies in memory up to this size are encoded in one go.
const WHOLE: usize = 256 * 1024;

/// Permits for encoding whole bodies on blocking threads: more at a time than there are CPUs would only take memory.
static BLOCKING: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(1, std::num::NonZero::get)));

/// Compresses the responses of the service it wraps.
#[derive(Debug, Clone)]
pub struct Layer {
    default: Choice,
}

impl Layer {
    /// `default` holds for responses without a [`Choice`] of their own.
    pub fn new(default: Choice) -> Self {
        Layer { default }
    }
}

impl<S> tower::Layer<S> for Layer {
    type Service = Service<S>;

    fn layer(&self, inner: S) -> Service<S> {
        Service { inner, default: self.default.clone() }
    }
}

/// The service of [`Layer`].
#[derive(Debug, Clone)]
pub struct Service<S> {
    inner: S,
    default: Choice,
}

impl<S, B> tower::Service<Request<B>> for Service<S>
where
    S: tower::Service<Request<B>, Response = Response<Body>, Error = Infallible>,
    B: http_body::Body,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Future<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let asked = Asked::new(&request);
        Future { step: Step::Asking { inner: self.inner.call(request), asked, default: self.default.clone() } }
    }
}

pin_project! {
    /// The future of [`Service`].
    pub struct Future<F> {
        #[pin]
        step: Step<F>,
    }
}

pin_project! {
    #[project = StepProjection]
    enum Step<F> {
        Asking { #[pin] inner: F, asked: Asked, default: Choice },
        /// Boxed, because what it waits for costs far more than a box.
        Encoding { response: Pin<Box<dyn std::future::Future<Output = Response<Body>> + Send>> },
    }
}

impl<F: std::future::Future<Output = Result<Response<Body>, Infallible>>> std::future::Future for Future<F> {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut step = self.project().step;
        if let StepProjection::Asking { inner, asked, default } = step.as_mut().project() {
            let Ok(response) = ready!(inner.poll(cx));
            match compress(asked, default, response) {
                Compressed::Ready(response) => return Poll::Ready(Ok(response)),
                Compressed::Later(response) => step.set(Step::Encoding { response }),
            }
        }
        match step.project() {
            StepProjection::Encoding { response } => response.as_mut().poll(cx).map(Ok),
            StepProjection::Asking { .. } => Poll::Pending,
        }
    }
}

enum Compressed {
    Ready(Response<Body>),
    Later(Pin<Box<dyn std::future::Future<Output = Response<Body>> + Send>>),
}

fn compress(asked: &Asked, default: &Choice, mut response: Response<Body>) -> Compressed {
    let own = response.extensions().get::<Choice>().cloned();
    let Choice::Policy(policy) = own.as_ref().unwrap_or(default) else { return Compressed::Ready(response) };
    match verdict(asked, policy, &response) {
        Verdict::Leave => Compressed::Ready(response),
        Verdict::Vary => {
            vary(response.headers_mut());
            Compressed::Ready(response)
        }
        Verdict::Label(encoding) => {
            let length = match response.body() {
                Body::Full(page) => Some(page.len()),
                _ => None,
            };
            headers::describe(response.headers_mut(), encoding, length, policy.rules);
            if asked.head {
                *response.body_mut() = Body::stream(body::Unknown);
            }
            Compressed::Ready(response)
        }
        Verdict::Encode(encoding) => start(response, encoding, policy),
    }
}

fn start(mut response: Response<Body>, encoding: Encoding, policy: &Policy) -> Compressed {
    let (levels, rules) = (policy.levels, policy.rules);
    if let Some(kept) = kept(&mut response) {
        return match kept.get(encoding, levels) {
            Some(form) => Compressed::Ready(complete(response, encoding, rules, Ok(form))),
            None => Compressed::Later(Box::pin(async move {
                let form = kept.prepare(encoding, levels).await;
                complete(response, encoding, rules, form)
            })),
        };
    }
    match std::mem::take(response.body_mut()) {
        Body::Full(page) if page.len() <= body::INLINE => {
            let encoded = encode(encoding, levels, &page);
            Compressed::Ready(complete(response, encoding, rules, encoded))
        }
        Body::Full(page) if page.len() <= WHOLE => Compressed::Later(Box::pin(async move {
            // The semaphore is never closed; without a permit the work would be done all the same.
            let _permit = BLOCKING.acquire().await;
            let encoded = tokio::task::spawn_blocking(move || encode(encoding, levels, &page)).await;
            complete(response, encoding, rules, encoded.unwrap_or_else(|panic| Err(io::Error::other(panic))))
        })),
        source => {
            let size = source.size_hint().exact();
            Compressed::Ready(match Encoder::new(encoding, levels, size) {
                Ok(encoder) => {
                    headers::describe(response.headers_mut(), encoding, None, rules);
                    *response.body_mut() = Body::stream(Encoded::new(source, encoder));
                    response
                }
                Err(error) => failed(&error),
            })
        }
    }
}

/// The encoded forms of the body of this response, when they are kept.
fn kept(response: &mut Response<Body>) -> Option<Kept> {
    let kept: Kept = response.extensions_mut().remove()?;
    matches!(response.body(), Body::Full(page) if kept.is_of(page)).then_some(kept)
}

fn complete(mut response: Response<Body>, encoding: Encoding, rules: Rules, encoded: io::Result<bytes::Bytes>) -> Response<Body> {
    match encoded {
        Ok(encoded) => {
            headers::describe(response.headers_mut(), encoding, Some(encoded.len()), rules);
            *response.body_mut() = Body::from(encoded);
            response
        }
        Err(error) => failed(&error),
    }
}

/// An encoder that cannot be made or breaks: no memory, or a bug.
fn failed(error: &io::Error) -> Response<Body> {
    Problem::of(StatusCode::INTERNAL_SERVER_ERROR).with_detail(format!("compression: {error}")).into_response()
}
