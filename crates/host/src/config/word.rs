//! What stands in a variable or an option: one text that may mean a value of any kind.

use super::setting::Shape;
use super::text;
use super::tree::{Data, Origin, Value};

/// What a text is for a setting of this shape: lists are separated by commas or written as TOML, tables are TOML.
///
/// # Errors
/// What was expected, when the text is no TOML and has to be.
pub(super) fn read(word: &str, shape: Shape, origin: &Origin) -> Result<Value, String> {
    let value = |data| Value { data, origin: origin.clone() };
    let toml =
        |expected: &str| text::value(word, origin).map_err(|error| format!("is `{word}`: expected {expected} in TOML ({error})"));
    match shape {
        Shape::Value => Ok(value(Data::Word(word.to_owned()))),
        Shape::List if word.trim_start().starts_with('[') => toml("a list"),
        Shape::List => {
            let items = word.split(',').map(str::trim).filter(|item| !item.is_empty());
            Ok(value(Data::List(items.map(|item| value(Data::Word(item.to_owned()))).collect())))
        }
        Shape::Tables(_) => toml("a list of tables such as `[{ … }]`"),
        Shape::Table(_) | Shape::Map => toml("a table such as `{ … }`"),
    }
}
