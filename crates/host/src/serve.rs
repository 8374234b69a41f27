//! A running server, from the configuration to its end.
//!
//! ```text
//! start the isolates ─► open sockets, cache, admin ports ─► put the layers together ─► say so ─► run until a signal ─► stop
//! ```

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use anyhow::Context as _;
use edge::cache::Cache;
use edge::drain::Draining;

use crate::address::{self, Address};
use crate::backends::Backends;
use crate::config::Config;
use crate::earlier_files::EarlierFiles;
use crate::health::{Backing, Probe};
use crate::listener::{Listener, Service};
use crate::plugins::{self, Plugins};
use crate::routes::{Around, Proxied, Routes};
use crate::ssr::Ssr;
use crate::{admin, asleep, build_id, cannot_start, proxied, relative, shutdown, stack, telemetry};

/// Runs the app until a signal ends it. `started`: when the process started, for the ready line and `/health`.
///
/// # Errors
/// Why it could not start, as one readable message.
pub async fn serve(config: Config, started: Instant) -> anyhow::Result<ExitCode> {
    let signals = shutdown::Signals::listen()?;
    let (host, proxied) = Host::start(config, started).await?;
    let Open { listener, cache, admin } = match host.open().await {
        Ok(open) => open,
        Err(error) => {
            host.pool.close(host.config.settings.shutdown.timeout).await;
            return Err(error);
        }
    };
    host.pool.bound(&listener.app_url());
    host.config.layers.rate_limit.start().await;

    let draining = Draining::default();
    let (proxied, notes) = proxied::choose(&host.config, proxied, &host.app);
    let stack = host.stack(proxied, cache.as_ref(), &draining);
    host.announce(&listener, cache.as_ref(), notes.into_iter().chain(admin.notes()));
    tokio::spawn(asleep::watch(wake(&host.config, host.plugins.clone(), cache.map(|cache| cache.pages))));
    let ends = shutdown::Ends { pool: &host.pool, backends: &host.backends };
    admin.answer_during(shutdown::run(listener, stack, ends, signals, draining, host.config.shutdown())).await;
    Ok(ExitCode::SUCCESS)
}

/// An app that has started.
struct Host {
    config: Config,
    started: Instant,
    backends: Arc<Backends>,
    plugins: Arc<Plugins>,
    pool: isolate::Pool,
    app: isolate::App,
    address: Address,
}

/// What it is reached by.
struct Open {
    listener: Listener,
    cache: Option<Opened>,
    admin: admin::Ports,
}

/// The render cache and the build it is for.
struct Opened {
    pages: Cache,
    build: String,
}

impl Host {
    /// Starts the isolates; the first one decides whether there is an app. With it come the paths that are configured to be proxied.
    async fn start(config: Config, started: Instant) -> anyhow::Result<(Host, Vec<Proxied>)> {
        let (backends, proxied) = config.backends()?;
        let backends = Backends::new(backends);
        let plugins = Arc::new(Plugins::new(config.plugins()).with_backends(backends.clone()));
        let (pool, app) =
            isolate::Pool::start(config.pool(), plugins.clone()).await.map_err(|error| cannot_start(&config.entry, &error))?;
        let address = address::choose(&config.address, app.listen.as_ref());
        Ok((Host { config, started, backends, plugins, pool, app, address }, proxied))
    }

    async fn open(&self) -> anyhow::Result<Open> {
        let listener = Listener::bind(&self.address, self.config.listener()).await?;
        let cache = open_cache(&self.config, &self.plugins).await?;
        let sources = admin::Sources {
            process: admin::Process { started: SystemTime::now() - self.started.elapsed(), fly: self.config.fly.clone() },
            observer: self.config.layers.observe.0.clone(),
            pool: self.pool.clone(),
            cache: cache.as_ref().map(|cache| cache.pages.clone()),
            rate_limit: self.config.layers.rate_limit.clone(),
            backends: self.backends.clone(),
            connections: listener.counters(),
        };
        let admin = admin::Ports::open(self.config.admin(), &sources).await.context("the admin port")?;
        Ok(Open { listener, cache, admin })
    }

    /// Everything that a request passes.
    fn stack(&self, proxied: Vec<Proxied>, cache: Option<&Opened>, draining: &Draining) -> impl Service + use<> {
        let Host { config, plugins, app, backends, .. } = self;
        let earlier = cache.and_then(|cache| keep_files(config, plugins, &cache.pages));
        let ssr = Ssr::new(self.pool.clone(), plugins.assets.clone(), config.ssr(&app.kind))
            .with_earlier_files(earlier)
            .with_backends(Some(backends.clone()));
        let needed = Backing(if config.settings.health.backends { backends.upstreams.clone() } else { Vec::new() });
        let around = Around {
            cache: cache.map(|cache| &cache.pages),
            kept: config.kept_paths(),
            probes: [Probe::health(app, self.started), Probe::ready(app, draining.clone(), needed)],
            proxied,
            backends: backends.clone(),
        };
        stack::stack(Routes::new(ssr, around), config.layers(plugins.app_trust()), draining.clone())
    }

    /// Tells the operator what is there from now on.
    fn announce(&self, listener: &Listener, cache: Option<&Opened>, notes: impl Iterator<Item = String>) {
        let Host { config, app, .. } = self;
        let say = |text: &str| telemetry::say(telemetry::Level::Info, text);
        say(&format!(
            "ssr-host {}: {} serves {} with {}{}{}, ready in {} ms",
            env!("CARGO_PKG_VERSION"),
            listener.display_url(),
            relative(&config.entry).display(),
            isolates(config.settings.pool.isolates.get()),
            cache.map(|cache| format!(" and a render cache (build {})", cache.build)).unwrap_or_default(),
            config.fly.as_ref().map(ToString::to_string).unwrap_or_default(),
            self.started.elapsed().as_millis()
        ));
        if let Some(machine) = &config.fly {
            machine.log();
        }
        let of_address = self.address.note().filter(|_| config.settings.server.unix.is_none());
        let of_app = of_address.into_iter().chain(plugins::notes(app)).map(str::to_owned);
        for note in of_app.chain(notes) {
            say(&format!("ssr-host: {note}"));
        }
    }
}

fn isolates(count: usize) -> String {
    if count == 1 { "1 isolate".into() } else { format!("{count} isolates") }
}

/// What is done when the machine has been asleep: whatever has a connection to somebody, or windows of time, is told.
fn wake(config: &Config, plugins: Arc<Plugins>, cache: Option<Cache>) -> impl Fn(asleep::Sleep) + use<> {
    let rate_limit = config.layers.rate_limit.clone();
    move |sleep| {
        rate_limit.wake(sleep.uncounted);
        if let Some(cache) = &cache {
            cache.wake();
        }
        plugins.wake();
    }
}

/// The render cache, when a setting or the app asks for one.
async fn open_cache(config: &Config, plugins: &Plugins) -> anyhow::Result<Option<Opened>> {
    let is_asked = plugins.cache.is_asked();
    let Some(mut cache) = config.cache(is_asked) else {
        plugins.cache.close(config.settings.cache.enabled.is_some());
        return Ok(None);
    };
    if config.redis_url_is_foreign {
        tracing::warn!(
            "REDIS_URL is not one that the render cache can use (see cache.redis): this process keeps pages for itself"
        );
    }
    if cache.build.is_empty() {
        cache.build = build_of(config, plugins).await?;
    }
    let build = cache.build.clone();
    let opened = plugins.cache.open(cache).await;
    let pages = opened.map_err(|error| anyhow::anyhow!("cache.redis.url cannot be used: {error}"))?;
    Ok(Some(Opened { pages, build }))
}

/// Keeps the static files of this build for later ones, and finds those of earlier ones, when there is a Redis to do that.
fn keep_files(config: &Config, plugins: &Plugins, cache: &Cache) -> Option<EarlierFiles> {
    let redis = &config.settings.cache.redis;
    let earlier = (redis.url.is_some() && !redis.keep_files.is_zero()).then(|| EarlierFiles::new(cache.clone()))?;
    earlier.keep(plugins.assets.directories(), redis.keep_files);
    Some(earlier)
}

/// The build of an app that has started.
pub(crate) async fn build_of(config: &Config, plugins: &Plugins) -> anyhow::Result<String> {
    let (entry, directories) = (config.entry.clone(), plugins.assets.directories());
    Ok(tokio::task::spawn_blocking(move || build_id::of(&entry, &directories)).await?)
}
