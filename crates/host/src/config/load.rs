//! From the sources to checked settings: merge, read, compare. The only validation there is; it collects every problem before it
//! gives up, because an operator wants to see all of them.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use super::args::ServeArgs;
use super::declare::Fields as _;
use super::environment::Environment;
use super::problem::Problems;
use super::setting::{Field, Range, Reading, Setting, Shape, Size};
use super::settings::{self, Checks, Settings};
use super::tree::{Data, Origin, Table, Value};
use super::{file, machine};
use crate::{address, stack};

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
    /// The layers that come of the settings.
    pub layers: stack::Layers,
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
    let layers = settings.as_ref().and_then(|settings| layers(settings, &tree, &mut problems));
    problems.into_result()?;
    let (settings, layers) = settings.zip(layers).ok_or_else(|| anyhow::anyhow!("the configuration cannot be read"))?;
    let mut secrets = Problems::default();
    settings.secrets.check(environment, &mut Checks::new(&tree, &mut secrets));
    let address = address::Wishes {
        host: settings.server.host.clone(),
        port: settings.server.port,
        app_host: environment.get("HOST").map(str::to_owned),
        app_port,
        on_fly: on_fly(environment),
    };
    Ok(Loaded { settings, layers, tree, file: file.path, address, secrets })
}

/// The layers of the settings; what a layer refuses is told with the place of the setting.
fn layers(settings: &Settings, tree: &Table, problems: &mut Problems) -> Option<stack::Layers> {
    let mut checks = Checks::new(tree, problems);
    let refused = |refused: Vec<(String, String)>| {
        for (path, message) in refused {
            checks.about(&path, format!("cannot be used: {message}"));
        }
    };
    settings.layers().map_err(refused).ok()
}

/// The sources, each above the one before, over the defaults.
fn merged(sources: &[Table], environment: &Environment) -> Table {
    let mut over = Table::default();
    sources.iter().for_each(|source| over.merge(source.clone()));
    let mut tree = defaults(&Settings::fields());
    tree.merge(of_machine(&over, environment));
    tree.merge(over);
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
    let isolates = over
        .find("pool.isolates")
        .and_then(|value| NonZeroUsize::read(value, Range::default(), &mut Reading::new(&mut Problems::default())));
    let isolates = isolates.unwrap_or_else(machine::cpus);
    // Whole MiB, which can be read and written again.
    let heap = machine::heap_limit(machine::memory(), isolates) >> 20 << 20;
    let (preset, why) = if on_fly(environment) { ("fly", "FLY_APP_NAME is set") } else { ("none", "FLY_APP_NAME is not set") };
    let found = [("isolates", isolates.write(), "the CPUs"), ("heap_limit", Size(heap).write(), "a share of the memory")];
    let mut table = Table::default();
    for (key, data, from) in found {
        if let Some(data) = data {
            table.set_at(&["pool", key], Value { data, origin: Origin::Machine(from) });
        }
    }
    table.set_at(&["trust", "preset"], Value { data: Data::Text(preset.into()), origin: Origin::Machine(why) });
    table
}

fn on_fly(environment: &Environment) -> bool {
    environment.get("FLY_APP_NAME").is_some()
}

/// Reads a variable that is not the host's own.
fn read_variable<T: Setting>(name: &str, text: &str, problems: &mut Problems) -> Option<T> {
    let origin = Origin::Variable { name: name.into(), path: name.into() };
    let value = Value { data: Data::Word(text.to_owned()), origin };
    Reading::new(problems).below(name, |reading| T::read(&value, Range::default(), reading))
}
