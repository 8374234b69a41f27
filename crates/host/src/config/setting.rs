//! What a setting is: a type that can be read from a value, written back, and described.
//!
//! Each type brings its own words for what it expects, so that every message, the page of documentation and the commented
//! file say the same. Reading reports what is wrong and goes on: [`Reading`] collects it.

mod address;
mod containers;
mod http;
mod number;
mod units;
mod written;

use std::fmt::Display;

pub use address::Peer;
pub use containers::Map;
pub use number::Mode;
pub use units::Size;
pub use written::{Hint, Written};
pub(crate) use written::{read as read_written, written};

use super::nearest::nearest;
use super::problem::{Problem, Problems};
use super::text;
use super::tree::{Data, Entry, Origin, Table, Value};

/// A type of settings.
pub trait Setting: Sized {
    /// What it takes, for messages and documentation: "a duration such as `5s`".
    fn expected(range: Range) -> String;

    /// Reads a value; reports and gives nothing when it cannot.
    fn read(value: &Value, range: Range, reading: &mut Reading<'_>) -> Option<Self>;

    /// Writes the value as it would stand in a file, secrets masked. Nothing: it is absent.
    fn write(&self) -> Option<Data>;

    /// What stands in it.
    fn shape() -> Shape {
        Shape::Value
    }

    /// What it is when it was not written, for types that know.
    fn absent() -> Option<Self> {
        None
    }

    /// Whether the value says that an optional setting is not wanted.
    fn is_off(value: &Value) -> bool {
        value.data == Data::Bool(false) || value.word() == Some("false") || value.text() == Some("")
    }
}

/// The least and the most a value may be, as they would be written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Range {
    /// The least.
    pub low: Option<&'static str>,
    /// The most.
    pub high: Option<&'static str>,
}

impl Range {
    /// The range in words, after what is expected: " from `1` to `22`".
    fn words(self) -> String {
        match (self.low, self.high) {
            (Some(low), Some(high)) => format!(" from `{low}` to `{high}`"),
            (Some(low), None) => format!(" of at least `{low}`"),
            (None, Some(high)) => format!(" of at most `{high}`"),
            (None, None) => String::new(),
        }
    }

    /// As [`Range::words`], after an example.
    fn words_after_example(self) -> String {
        match self.words() {
            words if words.is_empty() => words,
            words => format!(", {}", words.trim_start().trim_start_matches("of ")),
        }
    }
}

/// What stands in a setting, as far as merging and printing need to know.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// One value.
    Value,
    /// A list of values.
    List,
    /// A table with these keys.
    Table(fn() -> Vec<Field>),
    /// A list of tables with these keys.
    Tables(fn() -> Vec<Field>),
    /// A table whose keys the operator chooses.
    Map,
}

/// A declared setting.
#[derive(Debug)]
pub struct Field {
    /// Its key.
    pub key: &'static str,
    /// Its documentation, line by line.
    pub doc: &'static [&'static str],
    /// What it takes.
    pub expected: String,
    /// What it is when nobody says.
    pub fallback: Fallback,
    /// What stands in it.
    pub shape: Shape,
}

impl Field {
    /// The documentation in one line.
    pub fn doc(&self) -> String {
        self.doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
    }
}

/// What a setting is when nobody says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// This TOML.
    Value(&'static str),
    /// Nothing, which means what the words say.
    Unset(&'static str),
    /// What the start finds out, as the words say.
    Computed(&'static str),
    /// It must be said.
    Required,
}

impl Fallback {
    /// The default as a value, when it is one.
    pub fn value(self) -> Option<Value> {
        let Fallback::Value(text) = self else { return None };
        // Every declared default is read by a test.
        text::value(text, &Origin::Default).ok()
    }
}

/// The state of reading: where in the tree, and what was wrong so far.
#[derive(Debug)]
pub struct Reading<'a> {
    path: String,
    problems: &'a mut Problems,
}

impl<'a> Reading<'a> {
    /// Begins at the root.
    pub fn new(problems: &'a mut Problems) -> Reading<'a> {
        Reading { path: String::new(), problems }
    }

    /// The path of the setting that is being read.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Reports that the value is not what was expected.
    pub fn wrong(&mut self, value: &Value, expected: impl Display) -> &mut Problem {
        self.refuse(value, format!("is `{}`: expected {expected}", value.shown()))
    }

    /// As [`Reading::wrong`], with the quotes that make a text of it: the kind is what is wrong.
    pub fn wrong_kind(&mut self, value: &Value, expected: impl Display) -> &mut Problem {
        match &value.data {
            Data::Text(_) => self.refuse(value, format!("is `\"{}\"`: expected {expected}", value.shown())),
            Data::List(_) => self.refuse(value, format!("is a list: expected {expected}")),
            Data::Table(_) => self.refuse(value, format!("is a table: expected {expected}")),
            _ => self.wrong(value, expected),
        }
    }

    /// Reports something else about the value.
    pub fn refuse(&mut self, value: &Value, text: impl Display) -> &mut Problem {
        self.problems.about(&self.path, &value.origin, text)
    }

    /// Reads below a key, or an index such as `[0]`.
    pub fn below<T>(&mut self, key: &str, read: impl FnOnce(&mut Reading<'_>) -> T) -> T {
        let dot = if self.path.is_empty() || key.starts_with('[') { "" } else { "." };
        let mut below = Reading { path: format!("{}{dot}{key}", self.path), problems: &mut *self.problems };
        read(&mut below)
    }

    /// Reads one field of a table; its default when the table does not have it.
    pub fn field<T: Setting>(
        &mut self,
        (table, origin): (&Table, &Origin),
        key: &str,
        fallback: Fallback,
        range: Range,
    ) -> Option<T> {
        let default;
        let value = match table.get(key) {
            Some(value) => value,
            None => match (fallback.value(), T::absent()) {
                (Some(value), _) => {
                    default = value;
                    &default
                }
                (None, Some(absent)) => return Some(absent),
                (None, None) if self.problems.is_partial() => return None,
                (None, None) => {
                    let table = if self.path.is_empty() { "the configuration" } else { &self.path };
                    let text = format!("has no `{key}`: expected {}", T::expected(range));
                    self.problems.about(table, origin, text);
                    return None;
                }
            },
        };
        self.below(key, |reading| T::read(value, range, reading))
    }

    /// Reports the keys of a table that no field has.
    pub fn unknown_keys(&mut self, table: &Table, fields: &[&'static str]) {
        let unknown: Vec<_> = table.entries().iter().filter(|entry| !fields.contains(&entry.key.as_str())).collect();
        for entry in unknown {
            self.below(&text::key(&entry.key), |reading| reading.unknown(entry, fields));
        }
    }

    fn unknown(&mut self, entry: &Entry, fields: &[&'static str]) {
        let hint = match nearest(&entry.key, fields.iter().copied()) {
            Some(key) => format!("did you mean `{key}`?"),
            None => match super::settings::elsewhere(&entry.key) {
                Some(path) => format!("did you mean `{path}`?"),
                None => format!("known are {}", list(fields)),
            },
        };
        self.problems.about(&self.path, &entry.origin, "is unknown").hint(hint);
    }
}

/// Names in backticks, separated by commas.
pub fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
