//! Which file is read: the one that is named, else `ssr-host.toml` here or beside the app's package.json.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::environment::{CONFIG, Environment};
use super::flags::Flags;
use super::problem::Problems;
use super::tree::{Data, File, Origin, Table, Value};
use super::{entry, settings, text};

/// The name that is looked for.
pub(super) const NAME: &str = "ssr-host.toml";

/// The value that means none.
const OFF: &str = "off";

/// What the file says; nothing when there is none.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// Its path.
    pub path: Option<PathBuf>,
    /// Its settings.
    pub table: Table,
}

/// Finds the file and reads it. `named`: the entry that the command line names.
pub(super) fn read(flags: &Flags, environment: &Environment, named: Option<&Path>, problems: &mut Problems) -> Contents {
    let flag = || flags.config.as_deref().map(|path| ("--config", path));
    let Some((source, path)) = flag().or_else(|| environment.get(CONFIG).map(|path| (CONFIG, path))) else {
        return find(named.or(environment.get("SSR_HOST_APP_ENTRY").map(Path::new)))
            .map_or_else(Contents::default, |path| contents(path, None, problems));
    };
    if path == OFF {
        return Contents::default();
    }
    let name = if source == CONFIG { source.to_owned() } else { format!("`{source}`") };
    contents(PathBuf::from(path), Some(&format!("{name} is ")), problems)
}

fn contents(path: PathBuf, named_by: Option<&str>, problems: &mut Problems) -> Contents {
    let shown = crate::relative(&path).to_owned();
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => {
            let by = named_by.unwrap_or("cannot read ");
            let wrong = match error.kind() {
                std::io::ErrorKind::NotFound => "which does not exist".to_owned(),
                std::io::ErrorKind::IsADirectory => "which is a directory: expected a file".to_owned(),
                _ => format!("which cannot be read: {error}"),
            };
            problems.add(&Origin::Default, format!("{by}`{}`, {wrong}", shown.display()));
            return Contents::default();
        }
    };
    let Ok(text) = String::from_utf8(bytes) else {
        problems.add(&Origin::Default, format!("{}: not UTF-8, which TOML is", shown.display()));
        return Contents::default();
    };
    let file = Rc::new(File { path: shown.clone() });
    let table = expand(text::file(text.trim_start_matches('\u{feff}'), &file, problems));
    Contents { path: Some(shown), table }
}

/// Writes out the tables that are one value: `trust = "fly"`, `fly = true`. `false` takes a text back.
fn expand(mut table: Table) -> Table {
    for (short, path) in settings::SHORT {
        if let Some(value @ Value { data: Data::Text(_) | Data::Bool(_), .. }) = table.find(short) {
            let value = value.clone();
            table.set_at(&path.split('.').collect::<Vec<_>>(), value);
        }
    }
    table
}

/// Here, else in the directory of the package.json that governs the app.
fn find(entry: Option<&Path>) -> Option<PathBuf> {
    let here = PathBuf::from(NAME);
    if here.is_file() {
        return Some(here);
    }
    let entry = entry.map(Path::to_owned).or_else(entry::found)?;
    let entry = crate::absolute(&entry).ok()?;
    let root = entry.ancestors().skip(1).find(|directory| directory.join("package.json").is_file())?;
    Some(root.join(NAME)).filter(|path| path.is_file())
}
