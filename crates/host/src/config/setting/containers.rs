//! Settings that hold others: optional ones, lists, and tables whose keys the operator chooses.

use super::super::tree::{Data, Origin, Table, Value};
use super::{Range, Reading, Setting, Shape, Written};

/// Absent unless written. `false` and `""` undo what a source below has set.
impl<T: Setting> Setting for Option<T> {
    fn expected(range: Range) -> String {
        T::expected(range)
    }

    fn read(value: &Value, range: Range, reading: &mut Reading<'_>) -> Option<Self> {
        if T::is_off(value) { Some(None) } else { T::read(value, range, reading).map(Some) }
    }

    fn write(&self) -> Option<Data> {
        self.as_ref().and_then(T::write)
    }

    fn shape() -> Shape {
        T::shape()
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Setting> Setting for Vec<T> {
    fn expected(range: Range) -> String {
        match T::shape() {
            Shape::Table(_) => "a list of tables".into(),
            _ => format!("a list, each {}", T::expected(range)),
        }
    }

    fn read(value: &Value, range: Range, reading: &mut Reading<'_>) -> Option<Self> {
        let Data::List(items) = &value.data else {
            let shown = value.shown();
            let problem = reading.wrong_kind(value, Self::expected(range));
            if let Data::Text(_) = value.data {
                problem.hint(format!("in brackets: `[\"{shown}\"]`"));
            }
            return None;
        };
        let read = |(i, item)| reading.below(&format!("[{i}]"), |reading| T::read(item, range, reading));
        let read: Vec<_> = items.iter().enumerate().map(read).collect();
        read.into_iter().collect()
    }

    fn write(&self) -> Option<Data> {
        let items = self.iter().filter_map(T::write);
        Some(Data::List(items.map(|data| Value { data, origin: Origin::Default }).collect()))
    }

    fn shape() -> Shape {
        match T::shape() {
            Shape::Table(fields) => Shape::Tables(fields),
            _ => Shape::List,
        }
    }
}

/// A table whose keys are not settings but names of something, in the order they were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Map<K, V>(pub Vec<(K, V)>);

impl<K: Written, V: Setting> Setting for Map<K, V> {
    fn expected(range: Range) -> String {
        format!("a table, each key {} with {}", K::expected(), V::expected(range))
    }

    fn read(value: &Value, range: Range, reading: &mut Reading<'_>) -> Option<Self> {
        let Data::Table(table) = &value.data else {
            reading.wrong_kind(value, Self::expected(range));
            return None;
        };
        let read = |reading: &mut Reading<'_>, key: &str, at: &Origin, value: &Value| {
            reading.below(&super::text::key(key), |reading| {
                let value = V::read(value, range, reading);
                match K::parse(key) {
                    Ok(key) => Some(key).zip(value),
                    Err(hint) => {
                        let place = Value { data: Data::Bool(false), origin: at.clone() };
                        let problem = reading.refuse(&place, format!("has a wrong name: expected {}", K::expected()));
                        hint.text.into_iter().for_each(|hint| problem.hint(hint));
                        None
                    }
                }
            })
        };
        let pairs = table.entries().iter().map(|entry| read(reading, &entry.key, &entry.origin, &entry.value));
        let pairs: Vec<_> = pairs.collect();
        pairs.into_iter().collect::<Option<Vec<_>>>().map(Map)
    }

    fn write(&self) -> Option<Data> {
        let mut table = Table::default();
        for (key, value) in &self.0 {
            // An optional value that is absent was switched off: that is to be seen, and read again.
            let data = value.write().unwrap_or(Data::Bool(false));
            table.set(&key.text(), Value { data, origin: Origin::Default });
        }
        Some(Data::Table(table))
    }

    fn shape() -> Shape {
        Shape::Map
    }
}
