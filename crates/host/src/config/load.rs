//! From the sources to checked settings: merge, read, compare. The only validation there is; it collects every problem before it
//! gives up, because an operator wants to see all of them.

use std::path::{Path, PathBuf};

use super::args::ServeArgs;
use super::declare::Fields as _;
use super::environment::Environment;
use super::problem::Problems;
use super::setting::{Field, Range, Reading, Setting, Shape, Size, Written as _};
use super::settings::{self, Checks, Settings};
use super::tree::{Data, Origin, Table, Value};
use super::{backend_url, file, machine};
use crate::{address, fly, stack};

/// Where platforms put the URL of a Redis.
const REDIS_URL: &str = "REDIS_URL";

/// Where a file with certificates of authorities is named.
const AUTHORITIES: [&str; 2] = ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"];

/// What the sources say, checked.
pub(super) struct Loaded {
    /// The values.
    pub settings: Settings,
    /// The values as written, with their places.
    pub tree: Table,
    /// The file that was read.
    pub file: Option<PathBuf>,
    /// What was said about the address to listen on.
    pub address: address::Wishes,
    /// The machine of Fly.io that this is, if it is one.
    pub fly: Option<fly::Machine>,
    /// The layers that come of the settings.
    pub layers: stack::Layers,
    /// `REDIS_URL` is set, but is no URL that the render cache could use.
    pub redis_url_is_foreign: bool,
    /// The place of the proxied path that a variable has made.
    pub proxy_of_variable: Option<usize>,
    /// That variable is set, but is no URL of a backend.
    pub backend_url_is_foreign: bool,
    /// What is missing of `secrets.required`, which only a start asks for.
    pub secrets: Problems,
}

/// Reads all sources.
///
/// # Errors
/// All problems, one message.
pub(super) fn load(written: &ServeArgs, environment: &Environment) -> anyhow::Result<Loaded> {
    let mut problems = Problems::default();
    let file = file::read(&written.flags, environment, written.entry.as_deref(), &mut problems);
    let mut flags = written.flags.settings(&mut problems);
    if let Some(entry) = &written.entry {
        let origin = Origin::Flag { name: "ENTRY".into(), path: "app.entry".into() };
        flags.set_at(&["app", "entry"], Value { data: Data::Word(entry.display().to_string()), origin });
    }
    let sources = [file.table, environment.settings(&mut problems), flags];
    let tree = merged(&sources, environment);
    // A wrong value is told even where a source above replaces it.
    for count in 1..sources.len() {
        read(&merged(&sources[..count], environment), &mut problems);
    }
    let settings = read(&tree, &mut problems);
    let app_port = environment.get("PORT").and_then(|text| read_variable::<u16>("PORT", text, &mut problems));
    if !problems.is_partial() {
        settings::check(&tree, &mut problems);
    }
    let fly = settings.as_ref().filter(|settings| settings.fly.enabled).map(|_| environment.fly_machine());
    let layers = settings.as_ref().and_then(|settings| layers(settings, fly.as_ref(), &tree, &mut problems));
    problems.into_result()?;
    let (settings, layers) = settings.zip(layers).ok_or_else(|| anyhow::anyhow!("the configuration cannot be read"))?;
    let mut secrets = Problems::default();
    settings.secrets.check(environment, &mut Checks::new(&tree, &mut secrets));
    let address = address::Wishes {
        host: settings.server.host.clone(),
        port: settings.server.port,
        app_host: environment.get("HOST").map(str::to_owned),
        app_port,
        on_fly: fly.is_some(),
    };
    let redis_url_is_foreign = environment.get(REDIS_URL).is_some() && tree.find("cache.redis.url").is_none();
    let proxy_of_variable = (0..settings.proxy.len()).find(|place| backend_url::made(&tree, *place));
    let backend_url_is_foreign = backend_url::is_foreign(environment);
    let file = file.path;
    Ok(Loaded {
        settings,
        layers,
        tree,
        file,
        address,
        fly,
        redis_url_is_foreign,
        proxy_of_variable,
        backend_url_is_foreign,
        secrets,
    })
}

/// The layers of the settings; what a layer refuses is told with the place of the setting.
fn layers(settings: &Settings, fly: Option<&fly::Machine>, tree: &Table, problems: &mut Problems) -> Option<stack::Layers> {
    let mut checks = Checks::new(tree, problems);
    let refused = |refused: Vec<(String, String)>| {
        for (path, message) in refused {
            checks.about(&path, format!("cannot be used: {message}"));
        }
    };
    settings.layers(fly).map_err(refused).ok()
}

/// The sources, each above the one before, over the defaults.
fn merged(sources: &[Table], environment: &Environment) -> Table {
    let mut over = Table::default();
    sources.iter().for_each(|source| over.merge(source.clone()));
    let mut tree = defaults(&Settings::fields());
    tree.merge(of_machine(&over, environment));
    tree.merge(over);
    backend_url::add(&mut tree, environment);
    tree
}

fn read(tree: &Table, problems: &mut Problems) -> Option<Settings> {
    let root = Value { data: Data::Table(tree.clone()), origin: Origin::Default };
    Settings::read(&root, Range::default(), &mut Reading::new(problems))
}

/// The declared defaults, as the lowest source.
fn defaults(fields: &[Field]) -> Table {
    let mut table = Table::default();
    for field in fields {
        let value = match field.shape {
            Shape::Table(fields) => Some(Value { data: Data::Table(defaults(&fields())), origin: Origin::Default }),
            _ => field.fallback.value(),
        };
        if let Some(value) = value {
            table.set(field.key, value);
        }
    }
    table
}

/// The defaults that depend on where the host runs. `over`: the sources above, because one default depends on another setting.
fn of_machine(over: &Table, environment: &Environment) -> Table {
    // Whole MiB, which can be read and written again.
    let whole = |bytes: usize| Size(bytes >> 20 << 20);
    let memory = machine::memory(environment);
    let cache = said::<Size>(over, "cache.max_size").unwrap_or_else(|| whole(machine::cache_size(memory)));
    let for_heaps = machine::for_heaps(memory, cache.bytes());
    let isolates = said(over, "pool.isolates").unwrap_or_else(|| machine::isolates(machine::cpus(), for_heaps));
    let heap_limit = whole(machine::heap_limit(for_heaps, isolates));
    let (on_fly, why) = on_fly(over, environment);
    let preset = Data::Text(if on_fly { "fly" } else { "none" }.into());
    let found = [
        (["pool", "isolates"], isolates.write(), "the CPUs and the memory"),
        (["pool", "heap_limit"], heap_limit.write(), "a share of the memory"),
        (["cache", "max_size"], cache.write(), "a share of the memory"),
        (["fly", "enabled"], Some(Data::Bool(on_fly)), why),
        (["trust", "preset"], Some(preset), why),
    ];
    let mut table = Table::default();
    for (path, data, from) in found {
        if let Some(data) = data {
            table.set_at(&path, Value { data, origin: Origin::Machine(from) });
        }
    }
    if let Some(file) = authorities(environment) {
        table.set_at(&["fetch", "ca"], file);
    }
    if let Some(url) = redis_url(over, environment) {
        table.set_at(&["cache", "redis", "url"], url);
    }
    table
}

/// The URL in `REDIS_URL`, for the render cache. An app may have it for purposes of its own: where no setting asks for a cache, a URL
/// that the cache cannot use is no mistake.
fn redis_url(over: &Table, environment: &Environment) -> Option<Value> {
    let text = environment.get(REDIS_URL)?;
    let origin = Origin::Variable { name: REDIS_URL.into(), path: "cache.redis.url".into() };
    let value = Value { data: Data::Word(text.to_owned()), origin };
    let is_asked = match over.find("cache.enabled") {
        Some(enabled) => enabled.shown() == "true",
        None => over.find("cache.rules[0]").is_some(),
    };
    (is_asked || settings::RedisUrl::parse(text).is_ok()).then_some(value)
}

/// The file with authorities that OpenSSL or Node would use. Those pass over one that is not there, and so images have variables that name none.
fn authorities(environment: &Environment) -> Option<Value> {
    let of = |name: &'static str| environment.get(name).filter(|path| Path::new(path).is_file()).map(|path| (name, path));
    let (name, path) = AUTHORITIES.into_iter().find_map(of)?;
    let origin = Origin::Variable { name: name.into(), path: "fetch.ca".into() };
    Some(Value { data: Data::Word(path.to_owned()), origin })
}

/// Whether this is a machine of Fly.io, and how that is known.
fn on_fly(over: &Table, environment: &Environment) -> (bool, &'static str) {
    match (said(over, "fly.enabled"), environment.get("FLY_APP_NAME")) {
        (Some(on_fly), _) => (on_fly, "as `fly.enabled` says"),
        (None, Some(_)) => (true, "FLY_APP_NAME is set"),
        (None, None) => (false, "FLY_APP_NAME is not set"),
    }
}

/// A setting that another one's default depends on, where it can be read. What is wrong with it is told elsewhere.
fn said<T: Setting>(over: &Table, path: &str) -> Option<T> {
    T::read(over.find(path)?, Range::default(), &mut Reading::new(&mut Problems::default()))
}

/// Reads a variable that is not the host's own.
fn read_variable<T: Setting>(name: &str, text: &str, problems: &mut Problems) -> Option<T> {
    let origin = Origin::Variable { name: name.into(), path: name.into() };
    let value = Value { data: Data::Word(text.to_owned()), origin };
    Reading::new(problems).below(name, |reading| T::read(&value, Range::default(), reading))
}
