//! What an operator or an app decides about compression.

use std::sync::Arc;

use super::{Encoding, Levels, Types};

/// What to compress and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Whose rules hold where they differ.
    pub rules: Rules,
    /// Bodies of a known length below this many bytes are sent as they are.
    pub min_size: usize,
    /// The encodings on offer, best first; the order decides between those the client likes equally.
    pub encodings: Vec<Encoding>,
    /// Types worth compressing.
    pub types: Types,
    /// How hard to try.
    pub levels: Levels,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            rules: Rules::Host,
            min_size: 1024,
            encodings: vec![Encoding::Zstd, Encoding::Brotli, Encoding::Gzip],
            types: Types::default(),
            levels: Levels::default(),
        }
    }
}

impl Policy {
    /// `@fastify/compress` 7 registered without options.
    ///
    /// Its options: `threshold` is `min_size`; `encodings` is `encodings`, `identity` included; `brotliOptions` and `zlibOptions` are
    /// `levels` (brotli's quality is 11 with `global: false` and no `brotliOptions`); `customTypes`, asked by JavaScript, makes
    /// `types` [`Types::all`] or [`Types::mime_db`]. `removeContentLengthHeader: false` means nothing here: the length is always the right one.
    pub fn fastify() -> Self {
        Policy {
            rules: Rules::Fastify,
            encodings: vec![Encoding::Brotli, Encoding::Gzip, Encoding::Deflate, Encoding::Identity],
            types: Types::fastify(),
            ..Policy::default()
        }
    }
}

/// Whose rules hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rules {
    /// RFC 9110's.
    Host,
    /// Those of `@fastify/compress` 7: its reading of `accept-encoding`, `x-no-compression` in the request, `vary` only on what was
    /// compressed, a missing type counts as JSON, `content-encoding: identity` is replaced, `no-transform` means nothing, data
    /// that is gzip or zlib already is labelled and not compressed again.
    Fastify,
}

/// Who decides about a response: an extension of it. Without one the host's policy holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// It is sent as it is.
    Never,
    /// This policy holds.
    Policy(Arc<Policy>),
}

impl Choice {
    /// To encode it in this way, whatever it is and however long: who chooses so has asked all else already.
    pub fn encode(encoding: Encoding, level: i32) -> Choice {
        Choice::Policy(Arc::new(Policy {
            rules: Rules::Fastify,
            min_size: 0,
            encodings: vec![encoding],
            types: Types::all(),
            levels: Levels { zstd: level, br: level, gzip: level },
        }))
    }

    /// A form that [`Choice::from_text`] reads; `None`: there is none of a policy of many parts.
    pub(crate) fn to_text(&self) -> Option<String> {
        let Choice::Policy(policy) = self else { return Some("never".to_owned()) };
        let [encoding] = policy.encodings[..] else { return None };
        let level = policy.levels.gzip;
        (*self == Choice::encode(encoding, level)).then(|| format!("{encoding} {level}"))
    }

    /// Reads it.
    pub(crate) fn from_text(text: &str) -> Option<Choice> {
        if text == "never" {
            return Some(Choice::Never);
        }
        let (encoding, level) = text.split_once(' ')?;
        Some(Choice::encode(encoding.parse().ok()?, level.parse().ok()?))
    }
}
