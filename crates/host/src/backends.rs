//! Whoever is asked on behalf of requests: the backends that are proxied to, and those that the app asks itself. One resolver, one set
//! of connections, whether the browser's call comes by the proxy or the render's own by `fetch`.

mod app;
mod fetch;

pub use app::check_options;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use edge::outbound::Policy;
use edge::proxy::{Tunnels, tunnel};
use edge::upstream::{self, Resolver, Upstream, resolve};
use edge::{Body, outbound};
use http::{HeaderMap, Response};
use hyper::upgrade::OnUpgrade;
use isolate::RequestBody;

/// What tunnels of the app's plug-ins are held to, which have no option for it.
const TUNNEL: tunnel::Config =
    tunnel::Config { idle_timeout: Duration::from_secs(120), ping_interval: Some(Duration::from_secs(30)) };

/// Backends that metrics tell apart.
const MOST_NAMED: usize = 100;

/// How names are asked for without a configuration.
const RESOLVER: resolve::Config = resolve::Config {
    servers: Vec::new(),
    timeout: Duration::from_secs(2),
    min_ttl: Duration::from_secs(1),
    max_ttl: Duration::from_secs(300),
};

/// What there is to ask, from the configuration.
pub struct Config {
    /// Names to addresses.
    pub resolver: Resolver,
    /// The configured backends, each once.
    pub upstreams: Vec<Upstream>,
    /// The app's own requests.
    pub outbound: outbound::Client,
}

impl Config {
    /// What a program without a configuration may ask: no backends, and whoever may be asked by default.
    ///
    /// # Errors
    /// A sentence: the system does not say whom to ask for names.
    pub fn unconfigured() -> Result<Config, String> {
        let resolver = Resolver::new(RESOLVER)?;
        let defaults = upstream::Config::new("http://localhost".parse()?);
        let outbound = outbound::Client::new(Policy::default(), resolver.clone(), Vec::new(), defaults);
        Ok(Config { resolver, upstreams: Vec::new(), outbound })
    }
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

    /// Connects the client of a request, which has asked for another protocol in `asked`, with the backend that has agreed to it.
    ///
    /// # Errors
    /// As [`Tunnels::open`].
    pub fn connect(
        &self,
        client: OnUpgrade,
        asked: &HeaderMap,
        response: Response<RequestBody>,
    ) -> Result<Response<Body>, String> {
        // Moving bytes is for a thread that has I/O.
        let _runtime = self.runtime.enter();
        self.tunnels.open(client, asked, response, &TUNNEL)
    }

    /// What has happened at each, by name: the configured ones and those of the app's plug-ins. An app may register any number of them: those
    /// beyond `MOST_NAMED` names are told of together, as `other`.
    pub fn view(&self) -> BTreeMap<String, upstream::View> {
        let mut views = BTreeMap::<String, upstream::View>::new();
        for upstream in self.upstreams.iter().chain(&self.app.all()) {
            let name = upstream.name();
            let name = if views.len() < MOST_NAMED || views.contains_key(name) { name } else { "other" };
            views.entry(name.to_owned()).or_default().add(upstream.view());
        }
        views
    }

    /// The machine has been asleep: connections are gone, and names may have other addresses.
    pub fn wake(&self) {
        self.resolver.ask_again();
        self.outbound.forget_connections();
        self.upstreams.iter().for_each(Upstream::forget_connections);
        self.app.forget_connections();
    }
}
