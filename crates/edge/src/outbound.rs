//! Requests that the app makes itself (`fetch`): whom it may ask, and by which upstream.
//!
//! What goes to a configured upstream has that one's connections, deadlines and retries. Everything else has an upstream of its own
//! origin, made when it is first asked for. Names and addresses are checked against one [`policy`]: the name before it is resolved, and
//! each address before a connection to it is made, so that a name cannot turn into an address that would not have been allowed.

pub mod policy;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use crate::upstream::target::{Place, Scheme};
use crate::upstream::{self, Kind, RequestBody, Resolver, Target, Upstream};
pub use policy::Policy;

/// Most origins beside the configured upstreams: an app may fetch whatever address a stranger gives it.
const MAX_ORIGINS: u64 = 256;

/// How long an origin is kept that nobody asks: its name is asked for as long as it is.
const IDLE_ORIGIN: Duration = Duration::from_secs(300);

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
pub struct Client(Arc<Inner>);

struct Inner {
    policy: Policy,
    resolver: Resolver,
    upstreams: HashMap<Origin, Upstream>,
    defaults: upstream::Config,
    origins: Cache<Origin, Upstream>,
}

/// What two requests have in common that may share connections: TLS or not, host and port (RFC 6454 section 4). HTTP/1.1 and HTTP/2 in the clear
/// are one: the app writes `http:` for both, and a configured upstream knows which it is.
type Origin = (bool, String, u16);

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("policy", &self.0.policy).finish_non_exhaustive()
    }
}

impl Client {
    /// A client; requests to the target of one of `upstreams` go there, and are always allowed. Others are held to `defaults`, whose target
    /// counts for nothing.
    pub fn new(policy: Policy, resolver: Resolver, upstreams: Vec<Upstream>, defaults: upstream::Config) -> Client {
        // The first of two with one origin is the one that holds.
        let configured = upstreams.into_iter().rev().filter_map(|upstream| Some((origin(&upstream.config().target)?, upstream)));
        let origins = Cache::builder().max_capacity(MAX_ORIGINS).eviction_policy(EvictionPolicy::lru()).time_to_idle(IDLE_ORIGIN);
        Client(Arc::new(Inner { policy, resolver, upstreams: configured.collect(), defaults, origins: origins.build() }))
    }

    /// Sends a request to `target`; its URI has path and query only.
    ///
    /// # Errors
    /// It may not be made, or failed.
    pub async fn send(&self, target: &Target, request: Request<RequestBody>) -> Result<Response<upstream::Body>, Error> {
        let upstream = self.choose(target)?;
        upstream.send(request).await.map_err(|error| match (error.kind, &error.address, &target.place) {
            (Kind::Refused, None, Place::Tcp { host, port }) => Error::Forbidden(self.0.policy.refusal(host, *port)),
            _ => error.into(),
        })
    }

    /// As [`Upstream::forget_connections`], for the origins that are no configured upstreams.
    pub fn forget_connections(&self) {
        self.0.origins.iter().for_each(|(_, upstream)| upstream.forget_connections());
    }

    /// The configured upstream, or the one of its origin if it may be asked.
    fn choose(&self, target: &Target) -> Result<Upstream, Error> {
        let unnamed = || Error::Forbidden(format!("`{target}` may not be asked: only what is configured may be a socket"));
        let origin = origin(target).ok_or_else(unnamed)?;
        if let Some(upstream) = self.0.upstreams.get(&origin) {
            return Ok(upstream.clone());
        }
        let (_, host, port) = &origin;
        if !self.0.policy.admits_host(host, *port) {
            return Err(Error::Forbidden(self.0.policy.refusal(host, *port)));
        }
        if let Some(upstream) = self.0.origins.get(&origin) {
            return Ok(upstream);
        }
        let upstream = self.0.origins.get_with_by_ref(&origin, || self.make(target, &origin));
        // Those that are too many or have been idle go now, not only when many more have been asked for.
        self.0.origins.run_pending_tasks();
        Ok(upstream)
    }

    fn make(&self, target: &Target, (_, host, port): &Origin) -> Upstream {
        let (policy, host, port) = (self.0.policy.clone(), host.clone(), *port);
        let target = Target { scheme: target.scheme, place: Place::Tcp { host: host.clone(), port } };
        let config = upstream::Config { target, ..self.0.defaults.clone() };
        let admits = move |address: IpAddr| policy.admits_address(&host, port, address);
        Upstream::new(config, self.0.resolver.clone(), Some(Arc::new(admits)))
    }
}

/// The origin of a target; a socket in the file system has none. A name with a dot at its end is the same name.
fn origin(target: &Target) -> Option<Origin> {
    let Place::Tcp { host, port } = &target.place else { return None };
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    Some((target.scheme == Scheme::Https, host, *port))
}

#[cfg(test)]
mod tests;
