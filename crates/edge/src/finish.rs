//! A response that gets something on its way out: the future of layers that remember a thing about the request.
//!
//! [`futures_util::future::MapOk`] is enough for a layer that only looks at the response. One that must remember whether the
//! request came over HTTPS would have to name a closure or box it; this is that closure with a name.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{Response, StatusCode};

use crate::Body;

/// What is done to a response.
pub trait Finish {
    /// Does it. It may add and replace headers; status and body stay.
    fn finish(self, response: &mut Response<Body>);
}

pin_project_lite::pin_project! {
    /// The future of a layer: the response of the service it wraps, then [`Finish::finish`].
    #[derive(Debug)]
    pub struct Future<F, T> {
        #[pin]
        inner: F,
        rest: Option<T>,
    }
}

impl<F, T> Future<F, T> {
    /// Does `rest` to the response of `inner`; nothing when there is nothing to do.
    pub fn new(inner: F, rest: Option<T>) -> Self {
        Future { inner, rest }
    }
}

impl<F, T> std::future::Future for Future<F, T>
where
    F: std::future::Future<Output = Result<Response<Body>, Infallible>>,
    T: Finish,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let Ok(mut response) = ready!(this.inner.poll(cx));
        // 1xx is not an answer yet, and 101 hands the connection over to another protocol.
        if let Some(rest) = this.rest.take().filter(|_| !is_interim(response.status())) {
            rest.finish(&mut response);
        }
        Poll::Ready(Ok(response))
    }
}

fn is_interim(status: StatusCode) -> bool {
    status.is_informational()
}
