//! The `range` header, as `@fastify/send/lib/parseBytesRange.js` reads it.
//!
//! The reader is lenient in upstream's ways (`parseInt` and slices), because clients see what it makes of odd input. Ranges
//! that touch are merged; several that do not are answered with the whole file, as upstream (no `multipart/byteranges`).

/// What a `range` header asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ranges {
    /// No usable range: the whole file.
    Whole,
    /// One range, both ends included.
    One { start: u64, end: u64 },
    /// Nothing of it lies inside the file.
    Unsatisfiable,
}

/// Reads `header` for a file of `size` bytes.
pub(crate) fn parse(size: u64, header: &str) -> Ranges {
    let Some(values) = header.trim_start_matches(' ').strip_prefix("bytes=") else { return Ranges::Whole };
    let mut ranges = valid_ranges(i64::try_from(size).unwrap_or(i64::MAX), values.as_bytes());
    ranges.sort_unstable();
    let merged = ranges.into_iter().fold(Vec::<(u64, u64)>::new(), |mut merged, (start, end)| {
        match merged.last_mut() {
            Some(last) if start <= last.1 + 1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
        merged
    });
    match merged[..] {
        [] => Ranges::Unsatisfiable,
        [(start, end)] => Ranges::One { start, end },
        _ => Ranges::Whole,
    }
}

/// The ranges that lie inside the file, in the order of the header.
fn valid_ranges(size: i64, values: &[u8]) -> Vec<(u64, u64)> {
    let find = |byte: u8, from: usize| values.iter().skip(from).position(|b| *b == byte).map(|at| at + from);
    let mut ranges = Vec::new();
    let mut from = 0;
    let mut dash = find(b'-', from);
    loop {
        let comma = find(b',', from).unwrap_or(values.len());
        // Looked for again only behind it: else a list of commas costs the square of its length.
        if dash.is_some_and(|dash| dash < from) {
            dash = find(b'-', from);
        }
        // Without a dash upstream slices to -1: everything but the last byte is the start, and all of it the end.
        let (before, after) = match dash {
            Some(dash) => (slice(values, from, dash), slice(values, dash + 1, comma)),
            None => (slice(values, from, values.len().saturating_sub(1)), slice(values, 0, comma)),
        };
        let (start, end) = match (parse_int(before), parse_int(after)) {
            (None, None) => (-1, -1),
            (None, Some(last)) => (size.saturating_sub(last), size - 1),
            (Some(start), None) => (start, size - 1),
            (Some(start), Some(end)) => (start, end.min(size - 1)),
        };
        if let (Ok(start), Ok(end)) = (u64::try_from(start), u64::try_from(end))
            && start <= end
        {
            ranges.push((start, end));
        }
        if comma == values.len() {
            return ranges;
        }
        from = comma + 1;
    }
}

/// `String.prototype.slice`: empty when the ends are crossed.
fn slice(values: &[u8], from: usize, to: usize) -> &[u8] {
    values.get(from..to).unwrap_or_default()
}

/// `parseInt(text, 10)`, saturating.
fn parse_int(text: &[u8]) -> Option<i64> {
    let text = text.trim_ascii_start();
    let (sign, digits) = match text.split_first() {
        Some((b'-', rest)) => (-1, rest),
        Some((b'+', rest)) => (1, rest),
        _ => (1, text),
    };
    let digits = digits.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(None, |value: Option<i64>, digit| {
        let digit = i64::from(digit - b'0') * sign;
        Some(value.unwrap_or(0).saturating_mul(10).saturating_add(digit))
    })
}
