//! Whoever is asked on behalf of requests: the backends that are proxied to, and those that the app asks itself. One resolver, one set
//! of connections, whether the browser's call comes by the proxy or the render's own by `fetch`.

mod app;
mod fetch;

use std::sync::Arc;

use edge::outbound;
use edge::proxy::Tunnels;
use edge::upstream::{Resolver, Upstream};

/// What there is to ask, from the configuration.
pub struct Config {
    /// Names to addresses.
    pub resolver: Resolver,
    /// The configured backends, each once.
    pub upstreams: Vec<Upstream>,
    /// The app's own requests.
    pub outbound: outbound::Client,
}

/// All backends of a process.
pub struct Backends {
    /// Names to addresses, for upstreams that the app registers.
    pub resolver: Resolver,
    /// The configured backends.
    pub upstreams: Vec<Upstream>,
    /// The app's own requests.
    pub outbound: outbound::Client,
    /// What has been upgraded.
    pub tunnels: Tunnels,
    app: app::Upstreams,
    /// Where connections live: the app asks from threads that have no I/O.
    runtime: tokio::runtime::Handle,
}

impl Backends {
    /// Nothing is connected yet. Must be called within the runtime whose threads speak HTTP.
    pub fn new(config: Config) -> Arc<Backends> {
        let Config { resolver, upstreams, outbound } = config;
        let runtime = tokio::runtime::Handle::current();
        Arc::new(Backends { resolver, upstreams, outbound, tunnels: Tunnels::default(), app: app::Upstreams::default(), runtime })
    }

    /// The machine has been asleep: connections are gone, and names may have other addresses.
    pub fn wake(&self) {
        self.resolver.ask_again();
        self.outbound.forget_connections();
        self.upstreams.iter().for_each(Upstream::forget_connections);
        self.app.forget_connections();
    }
}
