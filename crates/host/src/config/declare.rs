//! The one place where a setting is declared: [`settings!`] makes the struct, its reader and its description of one list.
//!
//! ```text
//! settings! {
//!     /// What the section is for.
//!     pub struct Section {
//!         /// What the setting does.
//!         key: Type = default from least to most,
//!     }
//! }
//! ```
//! A default is TOML (`"60s"`, `1024`, `["GET"]`), `(unset "what that means")` for an `Option`, `(computed "from what")` for what the start
//! finds out, or `required`. The range is optional, and so is its end.

/// Declares a table of settings: the struct, with [`Setting`](super::setting::Setting) and [`Fields`].
macro_rules! settings {
    (
        $(#[doc = $doc:literal])+
        pub struct $name:ident {
            $(
                $(#[doc = $field_doc:literal])+
                $key:ident: $type:ty = $default:tt $(from $low:literal)? $(to $high:literal)?,
            )+
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $( $(#[doc = $field_doc])+ pub $key: $type, )+
        }

        impl $crate::config::declare::Fields for $name {
            const KEYS: &'static [&'static str] = &[$($crate::config::declare::plain(stringify!($key))),+];

            fn fields() -> Vec<$crate::config::setting::Field> {
                vec![$( $crate::config::setting::Field {
                    key: $crate::config::declare::plain(stringify!($key)),
                    doc: &[$($field_doc),+],
                    expected: <$type as $crate::config::setting::Setting>::expected(settings!(@range $($low)?; $($high)?)),
                    fallback: settings!(@fallback $default),
                    shape: <$type as $crate::config::setting::Setting>::shape(),
                } ),+]
            }
        }

        impl $crate::config::setting::Setting for $name {
            fn expected(_: $crate::config::setting::Range) -> String {
                format!("a table with {}", $crate::config::setting::list(<Self as $crate::config::declare::Fields>::KEYS))
            }

            fn read(
                value: &$crate::config::tree::Value,
                range: $crate::config::setting::Range,
                reading: &mut $crate::config::setting::Reading<'_>,
            ) -> Option<Self> {
                let $crate::config::tree::Data::Table(table) = &value.data else {
                    reading.wrong_kind(value, Self::expected(range));
                    return None;
                };
                reading.unknown_keys(table, <Self as $crate::config::declare::Fields>::KEYS);
                // All of them before the first that is wrong ends it: every problem is to be seen.
                $( let $key = reading.field::<$type>(
                    (table, &value.origin),
                    $crate::config::declare::plain(stringify!($key)),
                    settings!(@fallback $default),
                    settings!(@range $($low)?; $($high)?),
                ); )+
                Some($name { $($key: $key?),+ })
            }

            fn write(&self) -> Option<$crate::config::tree::Data> {
                let fields = [$( (
                    $crate::config::declare::plain(stringify!($key)),
                    <$type as $crate::config::setting::Setting>::write(&self.$key),
                ) ),+];
                Some($crate::config::declare::table(fields))
            }

            fn shape() -> $crate::config::setting::Shape {
                $crate::config::setting::Shape::Table(<Self as $crate::config::declare::Fields>::fields)
            }
        }
    };
    (@fallback (unset $text:literal)) => { $crate::config::setting::Fallback::Unset($text) };
    (@fallback (computed $text:literal)) => { $crate::config::setting::Fallback::Computed($text) };
    (@fallback required) => { $crate::config::setting::Fallback::Required };
    (@fallback $default:tt) => { $crate::config::setting::Fallback::Value(stringify!($default)) };
    (@range $($low:literal)?; $($high:literal)?) => {
        $crate::config::setting::Range { low: settings!(@end $($low)?), high: settings!(@end $($high)?) }
    };
    (@end) => { None };
    (@end $end:literal) => { Some(concat!($end)) };
}

/// Declares a setting that is one of a few words.
macro_rules! words {
    (
        $(#[doc = $doc:literal])+
        pub enum $name:ident {
            $( $(#[doc = $word_doc:literal])+ $variant:ident = $word:literal, )+
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $( $(#[doc = $word_doc])+ $variant, )+
        }

        impl $crate::config::setting::Written for $name {
            fn expected() -> String {
                $crate::config::declare::one_of(&[$($word),+])
            }

            fn parse(text: &str) -> Result<Self, $crate::config::setting::Hint> {
                match text {
                    $( $word => Ok(Self::$variant), )+
                    _ => Err($crate::config::declare::meant(text, &[$($word),+])),
                }
            }

            fn text(&self) -> String {
                match self { $( Self::$variant => $word, )+ }.to_owned()
            }
        }

        $crate::config::setting::written!($name);
    };
}

pub(super) use {settings, words};

use super::nearest::nearest;
use super::setting::{Field, Hint};
use super::tree::{Data, Origin, Table, Value};

/// What is known about a table of settings.
pub(super) trait Fields {
    /// Its keys.
    const KEYS: &'static [&'static str];
    /// Its settings.
    fn fields() -> Vec<Field>;
}

/// A key without what Rust needs to take a keyword for a name (`r#static`).
pub(super) const fn plain(key: &'static str) -> &'static str {
    match key.as_bytes() {
        [b'r', b'#', ..] => key.split_at(2).1,
        _ => key,
    }
}

/// A table of what the fields wrote; those that are absent are left out.
pub(super) fn table<const N: usize>(fields: [(&str, Option<Data>); N]) -> Data {
    let mut table = Table::default();
    for (key, data) in fields {
        if let Some(data) = data {
            table.set(key, Value { data, origin: Origin::Default });
        }
    }
    Data::Table(table)
}

/// "`a`, `b` or `c`".
pub(super) fn one_of(words: &[&str]) -> String {
    match words {
        [rest @ .., last] if !rest.is_empty() => format!("{} or `{last}`", super::setting::list(rest)),
        _ => super::setting::list(words),
    }
}

/// A hint when a word is near to a known one.
pub(super) fn meant(written: &str, words: &[&str]) -> Hint {
    nearest(written, words.iter().copied()).map(|word| format!("did you mean `{word}`?")).into()
}
