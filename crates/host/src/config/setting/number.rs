//! Whole numbers and truth.

use std::fmt::Display;
use std::num::{NonZeroU32, NonZeroUsize};
use std::str::FromStr;

use super::super::tree::{Data, Value};
use super::{Hint, Range, Reading, Setting, Written, written};

/// Reads a number: its own bounds are in its type, narrower ones in the range.
fn read<T>(value: &Value, range: Range, reading: &mut Reading<'_>) -> Option<T>
where
    T: Setting + FromStr + PartialOrd,
{
    let number = match &value.data {
        Data::Integer(number) => number.to_string().parse().ok(),
        Data::Word(text) => text.trim().parse().ok(),
        _ => None,
    };
    let end = |end: Option<&str>| end.and_then(|end| end.parse::<T>().ok());
    let inside =
        |number: &T| end(range.low).is_none_or(|low| *number >= low) && end(range.high).is_none_or(|high| *number <= high);
    let number = number.filter(inside);
    if number.is_none() {
        let problem = reading.wrong_kind(value, T::expected(range));
        if let Data::Text(text) = &value.data
            && text.trim().parse::<T>().is_ok()
        {
            problem.hint(format!("without quotes: `{}`", text.trim()));
        }
    }
    number
}

/// Makes settings of types of numbers.
macro_rules! numbers {
    ($($type:ty: $expected:literal,)+) => { $(
        impl Setting for $type {
            fn expected(range: Range) -> String {
                match range.words() {
                    words if words.is_empty() => $expected.into(),
                    words => format!("a whole number{}", words.replace('`', "")),
                }
            }

            fn read(value: &Value, range: Range, reading: &mut Reading<'_>) -> Option<Self> {
                read(value, range, reading)
            }

            fn write(&self) -> Option<Data> {
                Some(whole(self))
            }
        }
    )+ };
}

numbers! {
    u8: "a number from 0 to 255",
    u16: "a number from 0 to 65535",
    u32: "a whole number",
    i32: "a whole number",
    usize: "a whole number",
    NonZeroU32: "a whole number of at least 1",
    NonZeroUsize: "a whole number of at least 1",
}

fn whole(number: &impl Display) -> Data {
    let text = number.to_string();
    text.parse().map_or(Data::Float(text), Data::Integer)
}

impl Setting for bool {
    fn expected(_: Range) -> String {
        "`true` or `false`".into()
    }

    fn read(value: &Value, range: Range, reading: &mut Reading<'_>) -> Option<Self> {
        let truth = match &value.data {
            Data::Bool(truth) => Some(*truth),
            Data::Word(text) => text.trim().parse().ok(),
            _ => None,
        };
        if truth.is_none() {
            let meant = match value.shown().to_ascii_lowercase().as_str() {
                "yes" | "on" | "1" | "true" | "t" | "y" | "enabled" => Some("true"),
                "no" | "off" | "0" | "false" | "f" | "n" | "disabled" => Some("false"),
                _ => None,
            };
            let problem = reading.wrong_kind(value, Self::expected(range));
            if let Some(meant) = meant {
                problem.hint(format!("did you mean `{meant}`?"));
            }
        }
        truth
    }

    fn write(&self) -> Option<Data> {
        Some(Data::Bool(*self))
    }

    /// `false` is one of its values.
    fn is_off(_: &Value) -> bool {
        false
    }
}

/// The permissions of a file, in octal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mode(pub u32);

impl Written for Mode {
    fn expected() -> String {
        "permissions in octal such as `\"660\"`".into()
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        let digits = text.strip_prefix("0o").unwrap_or(text);
        u32::from_str_radix(digits, 8).ok().filter(|mode| *mode <= 0o777 && digits.len() >= 3).map(Mode).ok_or_else(Hint::default)
    }

    fn text(&self) -> String {
        format!("{:03o}", self.0)
    }
}

written!(Mode);
