//! The effective configuration: every value with its source, as TOML for people and as JSON for programs.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Map, Value as Json, json};

use super::declare::Fields as _;
use super::setting::{Fallback, Field, Setting as _, Shape};
use super::settings::Settings;
use super::text;
use super::tree::{Data, Origin, Table, Value};

/// The column of the sources.
const COLUMN: usize = 43;

/// As TOML that says the same again when it is read (but for masked secrets).
pub(super) fn toml(settings: &Settings, tree: &Table, file: Option<&Path>) -> String {
    let from = file.map_or("no file".to_owned(), |file| file.display().to_string());
    let text = format!("# The configuration that holds, with the source of each value. File: {from}.\n");
    let mut printer = Printer { text };
    if let Some(Data::Table(data)) = settings.write() {
        printer.tables("", &Settings::fields(), &data, Some(tree));
    }
    printer.text
}

struct Printer {
    text: String,
}

impl Printer {
    /// The values of a table, then the tables in it: what follows a header belongs to it.
    fn table(&mut self, path: &str, fields: &[Field], data: &Table, tree: Option<&Table>) {
        for field in fields.iter().filter(|field| !is_table(field, data)) {
            let origin = tree.and_then(|tree| tree.get(field.key)).map_or(&Origin::Default, |value| &value.origin);
            match (data.get(field.key), field.fallback) {
                (Some(value), _) => self.value(field.key, &value.data, origin),
                (None, Fallback::Value(_)) => self.value(field.key, &Data::Bool(false), origin),
                (None, Fallback::Unset(text) | Fallback::Computed(text)) => {
                    let off = if *origin == Origin::Default { String::new() } else { format!(" (set to `false`: {origin})") };
                    let _ = writeln!(self.text, "# {} is not set: {text}{off}", field.key);
                }
                (None, Fallback::Required) => {}
            }
        }
        self.tables(path, fields, data, tree);
    }

    fn tables(&mut self, path: &str, fields: &[Field], data: &Table, tree: Option<&Table>) {
        let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        for field in fields {
            let path = below(field.key);
            let written = tree.and_then(|tree| tree.get(field.key));
            match (data.get(field.key).map(|value| &value.data), field.shape) {
                (Some(Data::Table(data)), Shape::Table(fields)) => {
                    let _ = writeln!(self.text, "\n[{path}]");
                    self.table(&path, &fields(), data, written.and_then(as_table));
                }
                (Some(Data::Table(data)), Shape::Map) if !data.entries().is_empty() => {
                    let _ = writeln!(self.text, "\n[{path}]");
                    for entry in data.entries() {
                        let origin = written.and_then(as_table).and_then(|table| table.get(&entry.key));
                        self.value(&entry.key, &entry.value.data, origin.map_or(&Origin::Default, |value| &value.origin));
                    }
                }
                (Some(Data::List(items)), Shape::Tables(fields)) => self.list(&path, &fields(), items, written),
                _ => {}
            }
        }
    }

    fn list(&mut self, path: &str, fields: &[Field], items: &[Value], written: Option<&Value>) {
        let origins = match written.map(|value| &value.data) {
            Some(Data::List(items)) => items.as_slice(),
            _ => &[],
        };
        for (i, item) in items.iter().enumerate() {
            let Data::Table(data) = &item.data else { continue };
            let _ = writeln!(self.text, "\n[[{path}]]");
            self.table(path, fields, data, origins.get(i).and_then(as_table));
        }
    }

    fn value(&mut self, key: &str, data: &Data, origin: &Origin) {
        let line = format!("{} = {}", text::key(key), text::write(data));
        let _ = writeln!(self.text, "{line:COLUMN$} # {origin}");
    }
}

/// Whether a field is printed with a header of its own.
fn is_table(field: &Field, data: &Table) -> bool {
    match (data.get(field.key).map(|value| &value.data), field.shape) {
        (Some(Data::Table(table)), Shape::Map) => !table.entries().is_empty(),
        (Some(Data::List(items)), Shape::Tables(_)) => !items.is_empty(),
        (Some(_), Shape::Table(_)) => true,
        _ => false,
    }
}

fn as_table(value: &Value) -> Option<&Table> {
    match &value.data {
        Data::Table(table) => Some(table),
        _ => None,
    }
}

/// As JSON: the values, and beside them the source of each by its path. What is not set is null.
pub(super) fn json(settings: &Settings, tree: &Table, file: Option<&Path>) -> Json {
    let mut sources = Map::new();
    let values = match settings.write() {
        Some(Data::Table(data)) => object("", &Settings::fields(), &data, Some(tree), &mut sources),
        _ => Json::Null,
    };
    json!({ "version": env!("CARGO_PKG_VERSION"), "file": file, "settings": values, "sources": sources })
}

fn object(path: &str, fields: &[Field], data: &Table, tree: Option<&Table>, sources: &mut Map<String, Json>) -> Json {
    let mut object = Map::new();
    for field in fields {
        let path = if path.is_empty() { field.key.to_owned() } else { format!("{path}.{}", field.key) };
        let written = tree.and_then(|tree| tree.get(field.key));
        let value = match (data.get(field.key).map(|value| &value.data), field.shape) {
            (Some(Data::Table(data)), Shape::Table(fields)) => {
                self::object(&path, &fields(), data, written.and_then(as_table), sources)
            }
            (value, _) => {
                let origin = written.map_or(&Origin::Default, |value| &value.origin);
                sources.insert(path, Json::from(origin.to_string()));
                value.map_or(Json::Null, plain)
            }
        };
        object.insert(field.key.to_owned(), value);
    }
    Json::Object(object)
}

fn plain(data: &Data) -> Json {
    match data {
        Data::Text(text) | Data::Word(text) | Data::Float(text) | Data::Date(text) => text.as_str().into(),
        Data::Integer(number) => (*number).into(),
        Data::Bool(value) => (*value).into(),
        Data::List(items) => items.iter().map(|item| plain(&item.data)).collect(),
        Data::Table(table) => {
            table.entries().iter().map(|entry| (entry.key.clone(), plain(&entry.value.data))).collect::<Map<_, _>>().into()
        }
    }
}
