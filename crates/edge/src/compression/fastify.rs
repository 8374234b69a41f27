//! What `@fastify/compress` 7 does in its own way: how it reads `accept-encoding`, how it writes `vary`, what it takes for compressed.
//!
//! `tests/compression.rs` replays what the real package answered.

use http::header::VARY;
use http::{HeaderMap, HeaderValue};

use super::Encoding;

/// `getEncodingHeader`: `*` and `x-gzip` count as `gzip`, then the lenient reader of `@fastify/accept-negotiator` 1 decides.
pub(super) fn choose(header: Option<&[u8]>, encodings: &[Encoding]) -> Option<Encoding> {
    let header = String::from_utf8_lossy(header?).to_lowercase().replace("x-gzip", "gzip").replace('*', "gzip");
    let mut best = Best { encodings, chosen: None, priority: usize::MAX, quality: 0.0 };
    read(&header, |name, quality| best.offer(name, quality));
    best.chosen.filter(|encoding| *encoding != Encoding::Identity)
}

/// `setVaryHeader`: several lines become one, the look-up is for the text anywhere in it.
pub(super) fn vary(headers: &mut HeaderMap) {
    let lines: Vec<_> =
        headers.get_all(VARY).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect();
    if lines.iter().any(|line| line.contains("accept-encoding")) {
        return;
    }
    let all = lines.iter().map(String::as_str).chain(["accept-encoding"]).collect::<Vec<_>>().join(", ");
    if let Ok(all) = HeaderValue::try_from(all) {
        headers.insert(VARY, all);
    }
}

/// `isCompressed`: data that already is what the client asked for goes out as it is.
pub(super) fn is_encoded(data: &[u8], encoding: Encoding) -> bool {
    match (encoding, data) {
        (Encoding::Gzip, [0x1f, 0x8b, 0x08, ..]) => true,
        (Encoding::Deflate, [cmf, flags, ..]) => {
            cmf & 0x8f == 0x08 && (u16::from(*cmf) << 8 | u16::from(*flags)).is_multiple_of(31)
        }
        _ => false,
    }
}

/// `processMatch` and what it keeps.
struct Best<'a> {
    encodings: &'a [Encoding],
    chosen: Option<Encoding>,
    priority: usize,
    quality: f64,
}

impl Best<'_> {
    /// Whether the search is over.
    fn offer(&mut self, name: &str, quality: f64) -> bool {
        if quality == 0.0 || self.quality > quality {
            return false;
        }
        let Some(priority) = self.encodings.iter().position(|encoding| encoding.name() == name) else { return false };
        #[expect(clippy::float_cmp, reason = "upstream compares with 1")]
        let is_first_choice = priority == 0 && quality == 1.0;
        if is_first_choice || self.quality < quality || self.priority > priority {
            (self.chosen, self.priority, self.quality) = (Some(self.encodings[priority]), priority, quality);
        }
        is_first_choice
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Begin,
    Token,
    Quality,
}

/// `parse`, state by state, with its oddities: `gzip;x` ends the element at the `x`, which begins the next name.
fn read(header: &str, mut offer: impl FnMut(&str, f64) -> bool) {
    let (mut name, mut weight, mut state) = (String::new(), String::new(), State::Begin);
    let mut previous = '\0';
    for char in header.chars() {
        let before = std::mem::replace(&mut previous, char);
        match (char, state) {
            (' ' | '\t', _) | (',' | ';', State::Begin) | (';' | 'q' | '=', State::Quality) => {}
            (';', State::Token) => {
                state = State::Quality;
                weight.clear();
            }
            (',', _) => {
                if offer(&name, if state == State::Token { 1.0 } else { quality(&weight) }) {
                    return;
                }
                state = State::Begin;
                name.clear();
            }
            ('0'..='9' | '.', State::Quality) => weight.push(char),
            (_, State::Begin | State::Token) => {
                if state == State::Token && matches!(before, ' ' | '\t') {
                    name.clear();
                }
                state = State::Token;
                name.push(char);
            }
            (_, State::Quality) => {
                if offer(&name, quality(&weight)) {
                    return;
                }
                state = State::Begin;
                name = char.to_string();
            }
        }
    }
    match state {
        State::Begin => {}
        State::Token => drop(offer(&name, 1.0)),
        State::Quality => drop(offer(&name, quality(&weight))),
    }
}

/// `parseFloat(quality) || 0` of digits and dots.
fn quality(text: &str) -> f64 {
    let second_dot = text.match_indices('.').nth(1).map_or(text.len(), |(at, _)| at);
    text[..second_dot].parse().unwrap_or(0.0)
}
