//! TOML: text to values with their places, and back.

use std::ops::Range;
use std::rc::Rc;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use super::problem::Problems;
use super::tree::{Data, Entry, File, Origin, Position, Table, Value};

/// Reads a file. What is not TOML is reported, each mistake with line and column, and the rest is read.
pub(super) fn file(text: &str, file: &Rc<File>, problems: &mut Problems) -> Table {
    let lines = Lines::of(text);
    let origin = |span: Range<usize>| Origin::File(file.clone(), lines.position(span.start));
    let (table, mut errors) = DeTable::parse_recoverable(text);
    // One slip makes others out of what follows; the first of each line is the one to look at.
    errors.sort_by_key(|error| error.span().unwrap_or_default().start);
    for error in errors {
        let position = lines.position(error.span().unwrap_or_default().start);
        let place = format!("{}:{}:{}", file.path.display(), position.line, position.column);
        let text = format!("{place}: not TOML: {}{}", error.message(), lines.shown(position));
        let problem = problems.syntax(&Origin::File(file.clone(), position), text);
        if let (Some(problem), Some(hint)) = (problem, hint(lines.line(position.line))) {
            problem.hint(hint);
        }
    }
    convert_table(table.into_inner(), &origin)
}

/// Reads one value, as it stands in a variable or an option.
///
/// # Errors
/// What is wrong with it, in a few words.
pub(super) fn value(text: &str, origin: &Origin) -> Result<Value, String> {
    let value = DeValue::parse(text.trim()).map_err(|error| error.message().to_owned())?;
    Ok(convert(value, &|_| origin.clone()))
}

fn convert(value: Spanned<DeValue<'_>>, origin: &dyn Fn(Range<usize>) -> Origin) -> Value {
    let place = origin(value.span());
    let data = match value.into_inner() {
        DeValue::String(text) => Data::Text(text.into_owned()),
        DeValue::Integer(number) => integer(&number),
        DeValue::Float(number) => Data::Float(number.to_string()),
        DeValue::Boolean(value) => Data::Bool(value),
        DeValue::Datetime(date) => Data::Date(date.to_string()),
        DeValue::Array(items) => Data::List(items.into_iter().map(|item| convert(item, origin)).collect()),
        // A table has no place of its own that a person would look for; its first key does.
        DeValue::Table(table) => Data::Table(convert_table(table, origin)),
    };
    Value { data, origin: place }
}

/// What does not fit in 64 bits is no whole number that any setting takes.
fn integer(number: &DeInteger<'_>) -> Data {
    i64::from_str_radix(number.as_str(), number.radix()).map_or_else(|_| Data::Float(number.to_string()), Data::Integer)
}

fn convert_table(table: DeTable<'_>, origin: &dyn Fn(Range<usize>) -> Origin) -> Table {
    let mut entries: Vec<_> = table.into_iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    let entry = |(key, value): (Spanned<_>, _)| {
        let place = origin(key.span());
        let key: std::borrow::Cow<'_, str> = key.into_inner();
        Entry { key: key.into_owned(), origin: place, value: convert(value, origin) }
    };
    entries.into_iter().map(entry).collect()
}

/// The slips that everybody makes: what other formats allow.
fn hint(line: &str) -> Option<String> {
    let line = line.trim();
    let (key, value) = line.split_once(['=', ':'])?;
    let (key, value) = (key.trim(), value.trim().trim_end_matches(','));
    let bare = |text: &str| !text.is_empty() && !text.contains(['"', '\'', '[', '{', '=']);
    match (line.contains('='), bare(key) && bare(value)) {
        (false, true) => Some(format!("keys and values are separated by `=`: `{key} = …`")),
        (true, true) if value.parse::<i64>().is_err() && !matches!(value, "true" | "false") => {
            Some(format!("text stands in quotes: `{key} = \"{value}\"`"))
        }
        _ => None,
    }
}

/// Where the lines of a text begin.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Lines<'a> {
        let after = text.match_indices('\n').map(|(at, _)| at + 1);
        Lines { text, starts: [0].into_iter().chain(after).collect() }
    }

    fn position(&self, at: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= at);
        let start = self.starts.get(line - 1).copied().unwrap_or_default();
        Position { line, column: self.text.get(start..at).map_or(0, |before| before.chars().count()) + 1 }
    }

    /// A line, counted from one.
    fn line(&self, line: usize) -> &'a str {
        self.text.lines().nth(line - 1).unwrap_or_default()
    }

    /// The line with a mark below the place.
    fn shown(&self, position: Position) -> String {
        let line = self.line(position.line);
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        let before = " ".repeat((position.column - 1).saturating_sub(indent));
        if line.trim().is_empty() { String::new() } else { format!("\n  | {}\n  | {before}^", line.trim()) }
    }
}

/// Writes a value so that it can be read again, in one line.
pub(super) fn write(data: &Data) -> String {
    match data {
        Data::Text(text) | Data::Word(text) => quoted(text),
        Data::Integer(number) => number.to_string(),
        Data::Float(text) | Data::Date(text) => text.clone(),
        Data::Bool(value) => value.to_string(),
        Data::List(items) => format!("[{}]", items.iter().map(|item| write(&item.data)).collect::<Vec<_>>().join(", ")),
        Data::Table(table) if table.entries().is_empty() => "{}".to_owned(),
        Data::Table(table) => {
            let entries = table.entries().iter().map(|entry| format!("{} = {}", key(&entry.key), write(&entry.value.data)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

/// Writes a key: in quotes unless it is bare.
pub(super) fn key(key: &str) -> String {
    let bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if bare { key.to_owned() } else { quoted(key) }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Table, String) {
        let (file, mut problems) = (Rc::new(File { path: "a.toml".into() }), Problems::default());
        let table = self::file(text, &file, &mut problems);
        (table, problems.into_result().map_or_else(|error| error.to_string(), |()| String::new()))
    }

    #[test]
    fn keeps_order_and_places() {
        let (table, problems) = read("[b]\nz = 1\na = [\n  'x',\n  \"é\", 'y' ]\n[[c]]\nd.e = true\n");
        assert_eq!(problems, "");
        let keys: Vec<_> = table.entries().iter().map(|entry| (entry.key.as_str(), entry.origin.to_string())).collect();
        assert_eq!(keys, [("b", "a.toml:1".into()), ("c", "a.toml:6".into())]);
        let Some(Data::List(items)) = table.at(&["b", "a"]).map(|value| &value.data) else { panic!() };
        let places: Vec<_> = items.iter().map(|item| item.origin.rank().1.map(|place| (place.line, place.column))).collect();
        assert_eq!(places, [Some((4, 3)), Some((5, 3)), Some((5, 8))]);
    }

    #[test]
    fn mistakes_have_line_and_column_and_do_not_hide_each_other() {
        let (table, problems) = read("[a]\nb = fly\nc = 1\n  d: 2\n");
        let expected = "a.toml:2:5: not TOML: invalid boolean, expected `false`
  | b = fly
  |     ^
  hint: text stands in quotes: `b = \"fly\"`
error: a.toml:4:4: not TOML: ";
        assert!(problems.starts_with(expected), "{problems}");
        assert!(problems.ends_with("\n  | d: 2\n  |  ^\n  hint: keys and values are separated by `=`: `d = …`"), "{problems}");
        assert_eq!(table.at(&["a", "c"]).map(|value| &value.data), Some(&Data::Integer(1)));
        for (text, place) in
            [("a = 'x\n", "1:7"), ("a = 1\n  a = 2\n", "2:3"), ("a = [\n1,\n", "2:3"), ("\"é\" = x", "1:7"), ("[a\nb = 1", "1:3")]
        {
            assert!(read(text).1.starts_with(&format!("a.toml:{place}: not TOML: ")), "{text}\n{}", read(text).1);
        }
    }

    #[test]
    fn writes_what_it_can_read() {
        let text = r#"{ a = [1, true, "x\"\\\n\u0007é"], "b c" = {}, "" = [] }"#;
        let value = value(text, &Origin::Default).unwrap();
        assert_eq!(write(&value.data), text);
        assert!(super::value("[1", &Origin::Default).is_err());
    }
}
