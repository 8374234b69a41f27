//! The last resort: a layer or an app that panics costs one response and not the connection with all that is on it.
//!
//! tower-http has such a layer. It boxes the body of every response, which hides from hyper that a page is complete in memory and
//! costs more than the guard itself.
//!
//! # What it deliberately does not do
//! Guard bodies: when one panics the head has been sent, and the connection is cut as by any error of a body.

use std::any::Any;
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{Request, Response, StatusCode};

use crate::{Body, Problem};

/// Answers 500 when the service it wraps panics.
#[derive(Debug, Clone, Copy)]
pub struct Layer;

/// The service of [`Layer`].
#[derive(Debug, Clone)]
pub struct Service<S> {
    inner: S,
}

impl<S> tower::Layer<S> for Layer {
    type Service = Service<S>;

    fn layer(&self, inner: S) -> Service<S> {
        Service { inner }
    }
}

/// What a panic leaves behind.
type Panic = Box<dyn Any + Send>;

impl<S, B> tower::Service<Request<B>> for Service<S>
where
    S: tower::Service<Request<B>, Response = Response<Body>, Error = Infallible>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Future<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        Future {
            state: match catch_unwind(AssertUnwindSafe(|| self.inner.call(request))) {
                Ok(inner) => State::Running { inner },
                Err(panic) => State::Panicked { panic: Some(panic) },
            },
        }
    }
}

pin_project_lite::pin_project! {
    /// The future of [`Service`].
    pub struct Future<F> {
        #[pin]
        state: State<F>,
    }
}

pin_project_lite::pin_project! {
    #[project = StateProjection]
    enum State<F> {
        Running { #[pin] inner: F },
        // There is no future: the call panicked.
        Panicked { panic: Option<Panic> },
    }
}

impl<F> std::future::Future for Future<F>
where
    F: std::future::Future<Output = Result<Response<Body>, Infallible>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        match self.project().state.project() {
            StateProjection::Running { inner } => match catch_unwind(AssertUnwindSafe(|| inner.poll(cx))) {
                Ok(outcome) => outcome,
                Err(panic) => Poll::Ready(Ok(answer(Some(panic)))),
            },
            StateProjection::Panicked { panic } => Poll::Ready(Ok(answer(panic.take()))),
        }
    }
}

fn answer(panic: Option<Panic>) -> Response<Body> {
    let text = panic
        .as_ref()
        .and_then(|panic| panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied()));
    Problem::of(StatusCode::INTERNAL_SERVER_ERROR).with_detail(format!("panic: {}", text.unwrap_or("no message"))).into_response()
}

#[cfg(test)]
mod tests {
    use tower::{Layer as _, ServiceExt as _};

    use super::*;

    async fn status(request: &str) -> StatusCode {
        let app = tower::service_fn(|request: Request<()>| {
            assert_ne!(request.uri().path(), "/call");
            async move {
                assert_ne!(request.uri().path(), "/future");
                Ok::<_, Infallible>(Response::new(Body::Empty))
            }
        });
        let request = Request::get(request).body(()).unwrap();
        Layer.layer(app).oneshot(request).await.unwrap().status()
    }

    #[tokio::test]
    async fn a_panic_is_an_answer() {
        assert_eq!(status("/").await, 200);
        assert_eq!(status("/call").await, 500);
        assert_eq!(status("/future").await, 500);
    }
}
