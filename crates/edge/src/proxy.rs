//! Requests under a path go to a backend: the HTTP semantics of a gateway (RFC 9110 section 7.6).

pub mod interim;
pub mod tunnel;

pub use tunnel::Tunnels;

use std::time::Duration;

use http::{Request, Response};

use crate::Body;
use crate::upstream::{RequestBody, Upstream};

/// A path whose requests go to a backend.
#[derive(Debug, Clone)]
pub struct Route {
    /// The backend.
    pub upstream: Upstream,
    /// What tunnels are held to.
    pub tunnel: tunnel::Config,
    /// Most bytes of a request body; `None`: any.
    pub max_body: Option<u64>,
    /// From beginning to end; `None`: as the upstream has it.
    pub timeout: Option<Duration>,
}

impl Route {
    /// Sends a request on and returns what comes of it: never an error.
    pub async fn answer(&self, request: Request<RequestBody>, tunnels: &Tunnels) -> Response<Body> {
        let _ = (request, tunnels);
        todo!()
    }
}
