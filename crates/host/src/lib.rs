//! The host: command line, configuration, sockets, and the order in which a request passes through the parts.
//!
//! # Life of a request
//! ```text
//! listener  accept, TLS, protocol, limits, deadlines
//!   → stack   panic guard → drain → client → … → compression    one layer a line
//!     → routes  /health · /ready · everything else
//!       → cache   a page that is kept, when there is a render cache
//!       → proxy   paths that go to a backend
//!       → ssr     hydration repair → isolate::Pool → response, or a static file from `assets`
//! ```
//! A layer may answer early or pass on; on the way back it may only add.
//!
//! # What it deliberately does not hold
//! Anything about V8 (`isolate`) and anything that turns requests into responses without it (`edge`).

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;

pub mod address;
pub mod admin;
pub mod asleep;
pub mod assets;
pub mod backends;
pub mod build_id;
pub mod check;
pub mod config;
pub mod earlier_files;
pub mod fly;
pub mod health;
pub mod listener;
pub mod node_http;
pub mod plugins;
pub mod precompress;
pub mod proxied;
pub mod reads;
pub mod render_cache;
pub mod routes;
pub mod shutdown;
pub mod ssr;
pub mod stack;
pub mod telemetry;

use backends::Backends;
use config::Config;
use earlier_files::EarlierFiles;
use edge::drain::Draining;
use health::Probe;
use plugins::Plugins;
use routes::Routes;
use ssr::Ssr;

/// Runs the app until a signal ends it. `started`: when the process started, for the ready line and `/health`.
///
/// # Errors
/// Why it could not start, as one readable message.
pub async fn serve(config: Config, started: Instant) -> anyhow::Result<ExitCode> {
    let signals = shutdown::Signals::listen()?;
    let (backends, proxied) = config.backends()?;
    let backends = Backends::new(backends);
    let plugins = Arc::new(Plugins::new(config.plugins()).with_backends(backends.clone()));
    let (pool, app) =
        isolate::Pool::start(config.pool(), plugins.clone()).await.map_err(|error| cannot_start(&config.entry, &error))?;
    let address = address::choose(&config.address, app.listen.as_ref());
    let opened = async {
        let listener = listener::Listener::bind(&address, config.listener()).await?;
        let cache = open_cache(&config, &plugins).await?;
        let shared = cache.as_ref().map(|(cache, _)| cache.clone());
        let admin = admin::Port::open(config.admin(), shared, config.process()).await.context("the admin port")?;
        Ok((listener, cache, admin))
    };
    let (listener, cache, admin) = match opened.await {
        Ok(opened) => opened,
        Err(error) => {
            pool.close(config.settings.shutdown.timeout).await;
            return Err(error);
        }
    };
    pool.bound(&listener.app_url());
    config.layers.rate_limit.start().await;

    let draining = Draining::default();
    let earlier = cache.as_ref().and_then(|(cache, _)| keep_files(&config, &plugins, cache));
    let ssr = Ssr::new(pool.clone(), plugins.assets.clone(), config.ssr(&app.kind))
        .with_earlier_files(earlier)
        .with_backends(Some(backends.clone()));
    let probes = [Probe::health(&app, started), Probe::ready(&app, draining.clone())];
    let (proxied, notes) = proxied::choose(&config, proxied, &app);
    let around = routes::Around {
        cache: cache.as_ref().map(|(cache, _)| cache),
        kept: config.kept_paths(),
        probes,
        proxied,
        backends: backends.clone(),
    };
    let routes = Routes::new(ssr, around);
    let stack = stack::stack(routes, config.layers(plugins.app_trust()), draining.clone());
    eprintln!(
        "ssr-host {}: {} serves {} with {}{}{}, ready in {} ms",
        env!("CARGO_PKG_VERSION"),
        listener.display_url(),
        relative(&config.entry).display(),
        isolates(config.settings.pool.isolates.get()),
        cache.as_ref().map(|(_, build)| format!(" and a render cache (build {build})")).unwrap_or_default(),
        config.fly.as_ref().map(ToString::to_string).unwrap_or_default(),
        started.elapsed().as_millis()
    );
    if let Some(machine) = &config.fly {
        machine.log();
    }
    if let (Some(note), None) = (address.note(), &config.settings.server.unix) {
        eprintln!("ssr-host: {note}");
    }
    for note in notes.iter().map(String::as_str).chain(plugins::notes(&app)) {
        eprintln!("ssr-host: {note}");
    }
    if let Some(admin) = &admin {
        eprintln!("ssr-host: the admin port is {}", admin.display_url());
    }
    tokio::spawn(asleep::watch(wake(&config, plugins, cache.map(|(cache, _)| cache))));
    admin::answer_during(
        admin,
        shutdown::run(listener, stack, shutdown::Ends { pool: &pool, backends: &backends }, signals, draining, config.shutdown()),
    )
    .await;
    Ok(ExitCode::SUCCESS)
}

/// What is done when the machine has been asleep: whatever has a connection to somebody, or windows of time, is told.
fn wake(config: &Config, plugins: Arc<Plugins>, cache: Option<edge::cache::Cache>) -> impl Fn(asleep::Sleep) + use<> {
    let rate_limit = config.layers.rate_limit.clone();
    move |sleep| {
        rate_limit.wake(sleep.uncounted);
        if let Some(cache) = &cache {
            cache.wake();
        }
        plugins.wake();
    }
}

/// The render cache and the build it is for, when a setting or the app asks for one.
async fn open_cache(config: &Config, plugins: &Plugins) -> anyhow::Result<Option<(edge::cache::Cache, String)>> {
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
        cache.build = build_id(config, plugins).await?;
    }
    let build = cache.build.clone();
    let opened = plugins.cache.open(cache).await;
    let cache = opened.map_err(|error| anyhow::anyhow!("cache.redis.url cannot be used: {error}"))?;
    Ok(Some((cache, build)))
}

/// Keeps the static files of this build for later ones, and finds those of earlier ones, when there is a Redis to do that.
fn keep_files(config: &Config, plugins: &Plugins, cache: &edge::cache::Cache) -> Option<EarlierFiles> {
    let redis = &config.settings.cache.redis;
    let earlier = (redis.url.is_some() && !redis.keep_files.is_zero()).then(|| EarlierFiles::new(cache.clone()))?;
    earlier.keep(plugins.assets.directories(), redis.keep_files);
    Some(earlier)
}

/// The build of an app that has started.
async fn build_id(config: &Config, plugins: &Plugins) -> anyhow::Result<String> {
    let (entry, directories) = (config.entry.clone(), plugins.assets.directories());
    Ok(tokio::task::spawn_blocking(move || build_id::of(&entry, &directories)).await?)
}

/// Evaluates a module in an isolate; what it prints is printed. For the tests of `js-runtime/`.
///
/// # Errors
/// What the module threw.
pub async fn run_js(file: PathBuf, args: Vec<String>) -> anyhow::Result<ExitCode> {
    let backends = Backends::new(backends::Config::unconfigured().map_err(anyhow::Error::msg)?);
    let plugins = Plugins::default().with_backends(backends);
    let outcome = isolate::run_script(&file, args, Arc::new(plugins)).await;
    outcome.map_err(|error| cannot_start(&file, &error))?;
    Ok(ExitCode::SUCCESS)
}

/// The message for an app that does not start; the isolate's error has file, line and hint.
fn cannot_start(entry: &Path, error: &isolate::Error) -> anyhow::Error {
    anyhow::Error::new(error.clone()).context(format!("`{}` does not start", relative(entry).display()))
}

fn isolates(count: usize) -> String {
    if count == 1 { "1 isolate".into() } else { format!("{count} isolates") }
}

/// The path as the user would write it.
fn relative(path: &Path) -> &Path {
    std::env::current_dir().ok().and_then(|dir| path.strip_prefix(dir).ok()).unwrap_or(path)
}

/// An absolute path without the `..` and links in it, for messages and for the isolates.
fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("cannot resolve `{}`", path.display()))
}
