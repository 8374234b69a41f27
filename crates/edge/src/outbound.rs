//! Requests that the app makes itself (`fetch`): whom it may ask, and by which upstream.
//!
//! What goes to a configured upstream has that one's connections, deadlines and retries. Everything else has an upstream of its own
//! origin, made when it is first asked for. Names and addresses are checked against one [`policy`]: the name before it is resolved, and
//! each address before a connection to it is made, so that a name cannot turn into an address that would not have been allowed.

pub mod policy;

use http::{Request, Response};

use crate::upstream::{self, RequestBody, Resolver, Target, Upstream};
pub use policy::Policy;

/// Why a request was not made, or has no response.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It may not be made: a sentence that names the host or the address, and the setting.
    #[error("{0}")]
    Forbidden(String),
    /// The other side.
    #[error(transparent)]
    Upstream(#[from] upstream::Error),
}

/// Makes the app's own requests. Cheap to clone.
#[derive(Clone)]
pub struct Client {}

impl Client {
    /// A client; requests to the target of one of `upstreams` go there, and are always allowed.
    pub fn new(policy: Policy, resolver: Resolver, upstreams: Vec<Upstream>, defaults: upstream::Config) -> Client {
        let _ = (policy, resolver, upstreams, defaults);
        todo!()
    }

    /// Sends a request to `target`; its URI has path and query only.
    ///
    /// # Errors
    /// It may not be made, or failed.
    pub async fn send(&self, target: &Target, request: Request<RequestBody>) -> Result<Response<upstream::Body>, Error> {
        let _ = (target, request);
        todo!()
    }

    /// As [`Upstream::forget_connections`].
    pub fn forget_connections(&self) {}
}
