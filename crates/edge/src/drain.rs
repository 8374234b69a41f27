//! Saying goodbye to keep-alive connections: while the process is about to stop, every HTTP/1 answer carries `Connection: close`.
//!
//! HTTP/1.1 has no other way to tell a client not to use a connection again (RFC 9112 section 9.6): a server that just closes it
//! may do so while the next request is on its way. HTTP/2 has GOAWAY, which is the listener's business, and no
//! `Connection` (RFC 9113 section 8.2.2).
//!
//! It does not decide when the process stops, and closes nothing: hyper does when it sees the header.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use http::header::CONNECTION;
use http::{HeaderValue, Request, Response, StatusCode, Version};

/// Whether the process is about to stop. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Draining(Arc<AtomicBool>);

impl Draining {
    /// From now on it is. There is no way back.
    pub fn begin(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether it is.
    pub fn has_begun(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Adds `Connection: close` to answers on HTTP/1 while draining.
#[derive(Debug, Clone)]
pub struct Layer(pub Draining);

impl<S> tower::Layer<S> for Layer {
    type Service = Service<S>;

    fn layer(&self, inner: S) -> Service<S> {
        Service { inner, draining: self.0.clone() }
    }
}

/// The service of [`Layer`].
#[derive(Debug, Clone)]
pub struct Service<S> {
    inner: S,
    draining: Draining,
}

impl<S, Q, B> tower::Service<Request<Q>> for Service<S>
where
    S: tower::Service<Request<Q>, Response = Response<B>, Error = Infallible>,
{
    type Response = Response<B>;
    type Error = Infallible;
    type Future = Answer<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Q>) -> Self::Future {
        let closes = request.version() <= Version::HTTP_11;
        Answer { draining: closes.then(|| self.draining.clone()), inner: self.inner.call(request) }
    }
}

pin_project_lite::pin_project! {
    /// The future of [`Service`]: looks when the answer is there, because the signal may come while it is made.
    #[derive(Debug)]
    pub struct Answer<F> {
        #[pin]
        inner: F,
        draining: Option<Draining>,
    }
}

impl<F: Future<Output = Result<Response<B>, Infallible>>, B> Future for Answer<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let Ok(mut response) = ready!(this.inner.poll(cx));
        // After an upgrade the connection is no longer HTTP.
        let is_http = response.status() != StatusCode::SWITCHING_PROTOCOLS;
        if is_http && this.draining.as_ref().is_some_and(Draining::has_begun) {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        Poll::Ready(Ok(response))
    }
}

#[cfg(test)]
mod tests {
    use tower::{Layer as _, ServiceExt as _};

    use super::*;

    /// The `Connection` header of an answer for which the inner service had set `inner`.
    async fn connection(version: Version, status: u16, inner: Option<&'static str>, begins: bool) -> Option<String> {
        let draining = Draining::default();
        let signal = draining.clone();
        let app = tower::service_fn(move |_: Request<()>| {
            // The signal comes while the request is worked on.
            if begins {
                signal.begin();
            }
            let mut response = Response::builder().status(status);
            if let Some(value) = inner {
                response = response.header(CONNECTION, value);
            }
            std::future::ready(Ok::<_, Infallible>(response.body(()).unwrap()))
        });
        let request = Request::builder().version(version).body(()).unwrap();
        let response = Layer(draining).layer(app).oneshot(request).await.unwrap();
        response.headers().get(CONNECTION).map(|value| value.to_str().unwrap().to_owned())
    }

    #[tokio::test]
    async fn http1_is_told_and_only_while_draining() {
        let cases = [
            (Version::HTTP_11, 200, None, true, Some("close")),
            (Version::HTTP_10, 200, Some("keep-alive"), true, Some("close")),
            (Version::HTTP_11, 503, None, true, Some("close")),
            (Version::HTTP_11, 101, Some("upgrade"), true, Some("upgrade")),
            (Version::HTTP_2, 200, None, true, None),
            (Version::HTTP_11, 200, None, false, None),
            (Version::HTTP_11, 200, Some("keep-alive"), false, Some("keep-alive")),
        ];
        for (version, status, inner, begins, expected) in cases {
            let found = connection(version, status, inner, begins).await;
            assert_eq!(found.as_deref(), expected, "{version:?} {status} {inner:?} {begins}");
        }
    }
}
