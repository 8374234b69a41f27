//! Durations and sizes: numbers that say their unit.

use std::time::Duration;

use super::super::tree::{Data, Value};
use super::{Range, Reading, Setting};

/// Units of sizes, largest first, the ones that memory is counted in before the others.
const SIZES: [(&str, usize); 8] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1000),
    ("KB", 1000),
    ("B", 1),
];

/// Units of durations and from how many of them on one is used.
const DURATIONS: [(&str, u128, u128); 7] = [
    ("d", 86_400_000_000_000, 2),
    ("h", 3_600_000_000_000, 1),
    ("m", 60_000_000_000, 2),
    ("s", 1_000_000_000, 1),
    ("ms", 1_000_000, 1),
    ("us", 1000, 1),
    ("ns", 1, 0),
];

/// Zero only where a range says so: a deadline of nothing is a mistake.
impl Setting for Duration {
    fn expected(range: Range) -> String {
        format!("a duration such as `5s` or `500ms`{}", range.words_after_example())
    }

    fn read(value: &Value, range: Range, reading: &mut Reading<'_>) -> Option<Self> {
        let parse = |text: &str| humantime::parse_duration(text.trim()).ok();
        let low = range.low.and_then(parse).unwrap_or(Duration::from_nanos(1));
        let high = range.high.and_then(parse).unwrap_or(Duration::MAX);
        let duration = value.text().and_then(parse).filter(|duration| (low..=high).contains(duration));
        if duration.is_none() {
            let problem = reading.wrong(value, Self::expected(range));
            if let Some(number) = bare_number(value) {
                problem.hint(format!("with its unit: `{}`", in_quotes(value, &format!("{number}s"))));
            }
        }
        duration
    }

    fn write(&self) -> Option<Data> {
        let nanos = self.as_nanos();
        if nanos == 0 {
            return Some(Data::Text("0s".into()));
        }
        let whole = |(_, unit, least): &&(&str, u128, u128)| nanos.is_multiple_of(*unit) && nanos / unit >= *least;
        let (unit, length, _) = DURATIONS.iter().find(whole).unwrap_or(&DURATIONS[3]);
        Some(Data::Text(format!("{}{unit}", nanos / length)))
    }
}

/// A size in bytes, told from a count by its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(pub usize);

impl Size {
    /// The number of bytes.
    pub fn bytes(self) -> usize {
        self.0
    }
}

impl Setting for Size {
    fn expected(range: Range) -> String {
        format!("a size such as `256MiB`{}", range.words_after_example())
    }

    fn read(value: &Value, range: Range, reading: &mut Reading<'_>) -> Option<Self> {
        let end = |end: Option<&str>, otherwise| end.and_then(parse_size).unwrap_or(otherwise);
        let inside = end(range.low, 1)..=end(range.high, usize::MAX);
        let size = value.text().and_then(|text| parse_size(text.trim())).filter(|size| inside.contains(size));
        if size.is_none() {
            let problem = reading.wrong(value, Self::expected(range));
            let outside = value.text().is_some_and(|text| parse_size(text.trim()).is_some());
            if let Some(meant) = meant(value).filter(|_| !outside) {
                problem.hint(meant);
            }
        }
        size.map(Size)
    }

    fn write(&self) -> Option<Data> {
        let (unit, factor) =
            SIZES.iter().find(|(_, factor)| self.0 >= *factor && self.0.is_multiple_of(*factor)).unwrap_or(&("B", 1));
        Some(Data::Text(format!("{}{unit}", self.0 / factor)))
    }
}

fn parse_size(text: &str) -> Option<usize> {
    let (suffix, factor) = SIZES.into_iter().find(|(suffix, _)| text.ends_with(suffix))?;
    let number: usize = text.strip_suffix(suffix)?.trim_end().parse().ok()?;
    number.checked_mul(factor)
}

/// What somebody meant who left the unit out, or wrote it as another program takes it.
fn meant(value: &Value) -> Option<String> {
    if let Some(number) = bare_number(value) {
        let mib = i64::pow(2, 20);
        let size = if number >= mib && number % mib == 0 { format!("{}MiB", number / mib) } else { format!("{number}B") };
        return Some(format!("with its unit: `{}`", in_quotes(value, &size)));
    }
    let text = value.text()?.trim();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let unit = unit.trim().to_ascii_lowercase();
    let known = match unit.trim_end_matches('s').trim_end_matches("ib").trim_end_matches('b') {
        "k" => "KiB",
        "m" => "MiB",
        "g" => "GiB",
        _ => return Some("the units are B, KiB, MiB and GiB (kB, MB and GB count in thousands)".into()),
    };
    Some(format!("did you mean `{}`?", in_quotes(value, &format!("{number}{known}"))))
}

fn bare_number(value: &Value) -> Option<i64> {
    match &value.data {
        Data::Integer(number) => Some(*number).filter(|number| *number > 0),
        _ => value.text()?.trim().parse().ok().filter(|number| *number > 0),
    }
}

/// A value as it is to be written where this one was: in quotes in a file.
fn in_quotes(value: &Value, text: &str) -> String {
    if value.word().is_some() { text.to_owned() } else { format!("\"{text}\"") }
}
