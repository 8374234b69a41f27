//! The whole server on one screen: every layer a request passes, outermost first. Order on the page is order in time.
//!
//! A layer is added as one line with its *why here*. What concerns only the app's answers is in [`crate::ssr`], below the routes.

use std::any::Any;

use edge::drain::{self, Draining};
use edge::{Body, Problem};
use http::{Response, StatusCode};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;

use crate::listener::Service;

/// Puts the layers around the routes. When `draining` begins, clients are told to go.
pub fn stack(routes: axum::Router, draining: Draining) -> impl Service {
    ServiceBuilder::new()
        // Panic guard: outermost, because a bug in any layer below must cost one response and not the connection.
        .layer(CatchPanicLayer::custom(panicked))
        // Drain: `Connection: close` on whatever answer, also a refusal of a layer below.
        .layer(drain::Layer(draining))
        // Client address, security headers, rate limit, limits, compression: here, in this order.
        .service(routes)
}

fn panicked(panic: Box<dyn Any + Send>) -> Response<Body> {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    Problem::of(StatusCode::INTERNAL_SERVER_ERROR).with_detail(format!("panic: {}", text.unwrap_or("no message"))).into_response()
}
