//! Settings that are one text, of which each type needs to say only how it is parsed.

use std::path::PathBuf;

use super::super::tree::{Data, Origin, Value};
use super::{Range, Reading, Setting};

/// A type written as text. `written!` makes a [`Setting`] of it.
pub trait Written: Sized {
    /// What is expected: "a header name such as `x-api-key`".
    fn expected() -> String;

    /// Parses the text.
    ///
    /// # Errors
    /// What may have been meant, when that can be told.
    fn parse(text: &str) -> Result<Self, Hint>;

    /// The text again, secrets masked.
    fn text(&self) -> String;

    /// Whether messages may show what was written.
    const SECRET: bool = false;
}

/// What was wrong with a text, beyond what is always expected.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Hint {
    /// What may have been meant.
    pub text: Option<String>,
}

impl From<Option<String>> for Hint {
    fn from(text: Option<String>) -> Hint {
        Hint { text }
    }
}

impl From<String> for Hint {
    fn from(text: String) -> Hint {
        Hint { text: Some(text) }
    }
}

/// Reads a text, for [`written!`].
pub(crate) fn read<T: Written>(value: &Value, reading: &mut Reading<'_>) -> Option<T> {
    let Some(text) = value.text() else {
        if T::SECRET {
            reading.refuse(value, format!("is wrong (its value is secret): expected {}", T::expected()));
        } else {
            reading.wrong_kind(value, T::expected());
        }
        return None;
    };
    match T::parse(text) {
        Ok(value) => Some(value),
        Err(hint) => {
            let problem = match T::SECRET {
                true => reading.refuse(value, format!("is wrong (its value is secret): expected {}", T::expected())),
                false => reading.wrong(value, T::expected()),
            };
            if let Some(hint) = hint.text {
                problem.hint(hint);
            }
            None
        }
    }
}

/// Makes a [`Setting`] of a [`Written`] type.
macro_rules! written {
    ($name:ty) => {
        impl $crate::config::setting::Setting for $name {
            fn expected(_: $crate::config::setting::Range) -> String {
                <$name as $crate::config::setting::Written>::expected()
            }

            fn read(
                value: &$crate::config::tree::Value,
                _: $crate::config::setting::Range,
                reading: &mut $crate::config::setting::Reading<'_>,
            ) -> Option<Self> {
                $crate::config::setting::read_written(value, reading)
            }

            fn write(&self) -> Option<$crate::config::tree::Data> {
                Some($crate::config::tree::Data::Text(<$name as $crate::config::setting::Written>::text(self)))
            }
        }
    };
}

pub(crate) use written;

impl Written for String {
    fn expected() -> String {
        "text".into()
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        if text.is_empty() { Err(Hint::default()) } else { Ok(text.to_owned()) }
    }

    fn text(&self) -> String {
        self.clone()
    }
}

written!(String);

/// A path in a file is meant from where that file is, wherever the host was started.
impl Setting for PathBuf {
    fn expected(_: Range) -> String {
        "a path".into()
    }

    fn read(value: &Value, range: Range, reading: &mut Reading<'_>) -> Option<Self> {
        let Some(path) = value.text().filter(|text| !text.is_empty()) else {
            reading.wrong_kind(value, Self::expected(range));
            return None;
        };
        Some(match &value.origin {
            Origin::File(file, _) => file.path.parent().map_or_else(|| path.into(), |directory| directory.join(path)),
            _ => path.into(),
        })
    }

    fn write(&self) -> Option<Data> {
        Some(Data::Text(self.display().to_string()))
    }
}
