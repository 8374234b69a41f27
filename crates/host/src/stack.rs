//! The whole server on one screen: every layer a request passes, outermost first. Order on the page is order in time.
//!
//! A layer is added as one line with its *why here*. A layer may answer early or pass on; on the way back it may only add. What
//! concerns only the app's answers is in [`crate::ssr`], below the routes; what concerns connections is in [`crate::listener`].

use std::convert::Infallible;

use edge::drain::{self, Draining};
use edge::{Body, catch_panic, client, compression, cors, cross_site, csp, queue_time, rate_limit, request_id, security_headers};
use http::{Request, Response};
use hyper::body::Incoming;
use tower::ServiceBuilder;

use crate::listener::Service;
use crate::observe;

/// The layers that have settings, ready to use.
#[derive(Clone)]
pub struct Layers {
    /// Who the client is.
    pub client: client::Layer,
    /// What is counted and logged.
    pub observe: observe::Layer,
    /// Headers that are added where the app has set none.
    pub security_headers: security_headers::Layer,
    /// The content security policy.
    pub csp: csp::Layer,
    /// Which other sites' scripts may read answers.
    pub cors: cors::Layer,
    /// Refusal of requests that other sites make browsers send.
    pub cross_site: cross_site::Layer,
    /// How often a client may ask.
    pub rate_limit: rate_limit::Layer,
    /// How answers are encoded.
    pub compression: compression::Layer,
}

/// Puts the layers around the routes (any service, so that one can be measured by itself). When `draining` begins, clients are
/// told to go.
pub fn stack<R>(routes: R, layers: Layers, draining: Draining) -> impl Service
where
    R: tower::Service<Request<Incoming>, Response = Response<Body>, Error = Infallible, Future: Send + 'static>
        + Clone
        + Send
        + Sync
        + 'static,
{
    ServiceBuilder::new()
        // Client address: before everything that asks who it is.
        .layer(layers.client)
        // Request id: a trusted proxy may have given one, so after it is known who that is.
        .layer(request_id::Layer)
        // Time in queues: only a trusted proxy is believed.
        .layer(queue_time::Layer)
        // Log and metrics: around all that answers, a panic included, and below what knows who asked.
        .layer(layers.observe)
        // Panic guard: a bug in any layer below must cost one response and not the connection. Those above are few and small.
        .layer(catch_panic::Layer)
        // Drain: `Connection: close` on whatever answer, also a refusal of a layer below.
        .layer(drain::Layer(draining))
        // Security headers, policy, CORS: outside of what refuses, because a refusal is shown in a browser too, and a script of
        // another site must be able to read its status.
        .layer(layers.security_headers)
        .layer(layers.csp)
        .layer(layers.cors)
        // Cross-site: before the rate limit, so that another site cannot use up a visitor's share.
        .layer(layers.cross_site)
        // Rate limit: before anything that costs.
        .layer(layers.rate_limit)
        // Compression: outside of the render cache, which keeps a page as it is, and its encoded forms beside it.
        .layer(layers.compression)
        // Routes: `/health`, `/ready`; the app, with the render cache around it.
        .service(routes)
}
