//! Text to values with units, collecting what is wrong.
//!
//! A wrong value yields a placeholder, so that checking goes on; [`Problems::into_result`] keeps it from being used.

use std::num::NonZeroUsize;
use std::str::FromStr;
use std::time::Duration;

/// Factors of the suffixes of a size.
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

/// Mistakes found so far.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<String>);

impl Problems {
    pub(super) fn number(&mut self, option: &str, text: &str) -> usize {
        self.read(option, text, "a whole number", usize::from_str(text).ok()).unwrap_or_default()
    }

    pub(super) fn count(&mut self, option: &str, text: &str) -> NonZeroUsize {
        self.read(option, text, "a whole number of at least 1", text.parse().ok()).unwrap_or(NonZeroUsize::MIN)
    }

    pub(super) fn port(&mut self, option: &str, text: &str) -> u16 {
        self.read(option, text, "a number from 0 to 65535", text.parse().ok()).unwrap_or_default()
    }

    pub(super) fn duration(&mut self, option: &str, text: &str) -> Duration {
        let value = humantime::parse_duration(text).ok().filter(|value| !value.is_zero());
        self.read(option, text, "a duration such as `5s` or `500ms`", value).unwrap_or_default()
    }

    pub(super) fn size(&mut self, option: &str, text: &str, least: usize) -> usize {
        let size = self.read(option, text, "a size such as `256MiB`", parse_size(text));
        if size.is_some_and(|size| size < least) {
            self.0
                .push(format!("`{option}` is `{text}`: expected at least `{}MiB`, which a runtime and a page need", least >> 20));
        }
        size.unwrap_or_default()
    }

    pub(super) fn into_result(self) -> anyhow::Result<()> {
        match self.0[..] {
            [] => Ok(()),
            _ => Err(anyhow::anyhow!(self.0.join("\nerror: "))),
        }
    }

    fn read<T>(&mut self, option: &str, text: &str, expected: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            let from = environment_name(option).map(|name| format!(" or the variable {name}")).unwrap_or_default();
            self.0.push(format!("`{option}` is `{text}`: expected {expected}\n  hint: the value comes from {option}{from}"));
        }
        value
    }
}

/// The variable that sets an option: `--heap-limit` is SSR_HOST_HEAP_LIMIT.
fn environment_name(option: &str) -> Option<String> {
    let name = option.strip_prefix("--")?;
    Some(format!("SSR_HOST_{}", name.replace('-', "_").to_ascii_uppercase()))
}

fn parse_size(text: &str) -> Option<usize> {
    let (suffix, factor) = SIZES.into_iter().find(|(suffix, _)| text.ends_with(suffix))?;
    let number: usize = text.strip_suffix(suffix)?.trim_end().parse().ok()?;
    number.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        let cases = [
            ("256MiB", Some(256 << 20)),
            ("1 GiB", Some(1 << 30)),
            ("64kB", Some(64_000)),
            ("12B", Some(12)),
            ("12", None),
            ("GiB", None),
            ("-1MiB", None),
            ("10 GiBs", None),
            ("99999999999999999GiB", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_size(text), expected, "{text}");
        }
    }
}
