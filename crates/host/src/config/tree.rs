//! Values as they were written, each with the place where that was: the first stage of the configuration.
//!
//! Knows nothing about which settings exist. What a value means is decided when it is read ([`super::setting`]).

use std::fmt;
use std::path::PathBuf;
use std::rc::Rc;

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The declaration of the setting.
    Default,
    /// Found out when the process starts; says from what, such as "the CPUs".
    Machine(&'static str),
    /// The configuration file.
    File(Rc<File>, Position),
    /// An environment variable, and the setting it is for.
    Variable {
        /// Its name.
        name: Rc<str>,
        /// The path of the setting.
        path: Rc<str>,
    },
    /// An option of the command line, and the setting it is for.
    Flag {
        /// As written, such as `--port`.
        name: Rc<str>,
        /// The path of the setting.
        path: Rc<str>,
    },
}

/// A configuration file.
#[derive(Debug, PartialEq, Eq)]
pub struct File {
    /// Its path as a person would write it.
    pub path: PathBuf,
}

/// A place in a file; both count from one, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Origin {
    /// Whether the value stands directly in a variable or an option, which then names it better than its path.
    pub fn names(&self, setting: &str) -> Option<&str> {
        match self {
            Origin::Variable { name, path } | Origin::Flag { name, path } if **path == *setting => Some(name),
            _ => None,
        }
    }

    /// Files first, by line, then the environment, then the command line: the order problems are told in.
    pub fn rank(&self) -> (u8, Option<Position>, &str) {
        match self {
            Origin::Default | Origin::Machine(_) => (0, None, ""),
            Origin::File(_, position) => (1, Some(*position), ""),
            Origin::Variable { name, .. } => (2, None, name),
            Origin::Flag { name, .. } => (3, None, name),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::Machine(from) => write!(f, "default: {from}"),
            Origin::File(file, position) => write!(f, "{}:{}", file.path.display(), position.line),
            Origin::Variable { name, .. } | Origin::Flag { name, .. } => f.write_str(name),
        }
    }
}

/// A value and where it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// What.
    pub data: Data,
    /// Where.
    pub origin: Origin,
}

/// The kinds of values of TOML, and one more.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// A string.
    Text(String),
    /// What a variable or an option holds: text that may stand for any kind.
    Word(String),
    /// A whole number.
    Integer(i64),
    /// Any other number, as written. No setting is one.
    Float(String),
    /// A date or a time, as written. No setting is one.
    Date(String),
    /// `true` or `false`.
    Bool(bool),
    /// An array.
    List(Vec<Value>),
    /// A table.
    Table(Table),
}

/// Keys with their values, in the order they were written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    entries: Vec<Entry>,
}

/// One line of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key was written.
    pub origin: Origin,
    /// Its value.
    pub value: Value,
}

impl Value {
    /// The text, when it is written as text.
    pub fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) | Data::Word(text) => Some(text),
            _ => None,
        }
    }

    /// The word, when any kind may stand in it.
    pub fn word(&self) -> Option<&str> {
        match &self.data {
            Data::Word(text) => Some(text),
            _ => None,
        }
    }

    fn merge(&mut self, above: Value) {
        self.origin = above.origin;
        match (&mut self.data, above.data) {
            (Data::Table(below), Data::Table(above)) => below.merge(above),
            (below, above) => *below = above,
        }
    }

    /// The value as a message shows it: short, in one line.
    pub fn shown(&self) -> String {
        let text = match &self.data {
            Data::Text(text) | Data::Word(text) => text.escape_debug().to_string().replace("\\'", "'").replace("\\\"", "\""),
            Data::Integer(number) => number.to_string(),
            Data::Float(text) | Data::Date(text) => text.clone(),
            Data::Bool(value) => value.to_string(),
            Data::List(items) if items.is_empty() => "[]".to_owned(),
            Data::List(_) => "[…]".to_owned(),
            Data::Table(_) => "{…}".to_owned(),
        };
        match text.char_indices().nth(LONGEST_SHOWN) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    }
}

/// Characters of a value that a message shows.
const LONGEST_SHOWN: usize = 60;

impl Table {
    /// Looks a key up.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// Looks a key up along the tables.
    pub fn at(&self, path: &[&str]) -> Option<&Value> {
        let (last, tables) = path.split_last()?;
        let table = tables.iter().try_fold(self, |table, key| match &table.get(key)?.data {
            Data::Table(table) => Some(table),
            _ => None,
        })?;
        table.get(last)
    }

    /// Looks up a path as messages have it: `rate_limit[1].name`.
    pub fn find(&self, path: &str) -> Option<&Value> {
        let mut steps = path.split(['.', '[']).map(|step| step.trim_end_matches(']'));
        let first = self.get(steps.next()?)?;
        steps.try_fold(first, |value, step| match &value.data {
            Data::Table(table) => table.get(step),
            Data::List(items) => items.get(step.parse::<usize>().ok()?),
            _ => None,
        })
    }

    /// All of it.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Adds a key, or replaces what it had. Whoever adds keys from a text has checked that it has none twice.
    pub fn set(&mut self, key: &str, value: Value) {
        self.push(Entry { key: key.to_owned(), origin: value.origin.clone(), value });
    }

    /// Adds an entry, or replaces the one with its key.
    pub fn push(&mut self, entry: Entry) {
        match self.entries.iter_mut().find(|known| known.key == entry.key) {
            Some(known) => *known = entry,
            None => self.entries.push(entry),
        }
    }

    /// Sets a value below tables that are made where they are missing.
    pub fn set_at(&mut self, path: &[&str], value: Value) {
        let [key, rest @ ..] = path else { return };
        if rest.is_empty() {
            return self.set(key, value);
        }
        if !matches!(self.get(key), Some(Value { data: Data::Table(_), .. })) {
            self.set(key, Value { data: Data::Table(Table::default()), origin: value.origin.clone() });
        }
        if let Some(Data::Table(table)) =
            self.entries.iter_mut().find(|entry| entry.key == *key).map(|entry| &mut entry.value.data)
        {
            table.set_at(rest, value);
        }
    }

    /// Puts `over` on top: tables are merged key by key, anything else is replaced.
    pub fn merge(&mut self, over: Table) {
        for above in over.entries {
            match self.entries.iter_mut().find(|below| below.key == above.key) {
                None => self.entries.push(above),
                Some(below) => {
                    below.origin = above.origin;
                    below.value.merge(above.value);
                }
            }
        }
    }
}

impl FromIterator<Entry> for Table {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Table {
        Table { entries: entries.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(number: i64, origin: Origin) -> Value {
        Value { data: Data::Integer(number), origin }
    }

    #[test]
    fn merges_tables_and_replaces_the_rest() {
        let flag = Origin::Flag { name: "--set a.x".into(), path: "a.x".into() };
        let mut below = Table::default();
        below.set_at(&["a", "x"], number(1, Origin::Default));
        below.set_at(&["a", "y"], number(2, Origin::Default));
        let mut above = Table::default();
        above.set_at(&["a", "x"], number(3, flag.clone()));
        above.set_at(&["b"], number(4, flag.clone()));
        below.merge(above);
        assert_eq!(below.at(&["a", "x"]), Some(&number(3, flag.clone())));
        assert_eq!(below.at(&["a", "y"]), Some(&number(2, Origin::Default)));
        assert_eq!(below.at(&["b"]), Some(&number(4, flag.clone())));
        assert_eq!(below.at(&["b", "c"]), None);
        assert_eq!((flag.names("a.x"), flag.names("a.y")), (Some("--set a.x"), None));
    }

    #[test]
    fn shows_values_in_one_short_line() {
        let cases = [
            (Data::Text("a\nb".into()), r"a\nb".to_owned()),
            (Data::Text("'self' \"x\"".into()), "'self' \"x\"".to_owned()),
            (Data::Word("x".repeat(80)), format!("{}…", "x".repeat(60))),
            (Data::List(vec![number(1, Origin::Default)]), "[…]".to_owned()),
            (Data::Bool(true), "true".to_owned()),
        ];
        for (data, expected) in cases {
            assert_eq!(Value { data, origin: Origin::Default }.shown(), expected);
        }
    }
}
