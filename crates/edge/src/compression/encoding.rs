//! The content codings and their encoders.
//!
//! The encoders are driven directly, and not through `async-compression`: chunks are in memory already, what is written and when it
//! is flushed must be exact, and a big piece must be able to move to a blocking thread together with its encoder.

use std::fmt;
use std::io::{self, Write as _};
use std::ops::RangeInclusive;
use std::str::FromStr;

use brotli::CompressorWriter;
use brotli::enc::BrotliEncoderParams;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use zstd::stream::raw::CParameter;

/// Base-2 logarithm of the largest window a client must support: 8 MiB (RFC 9659). Levels above 19 would take more.
const ZSTD_WINDOW_LOG: u32 = 23;
const ZSTD_BIGGEST_WINDOW_LEVEL: i32 = 19;

/// Base-2 logarithms of brotli's smallest and biggest window here: 64 KiB, and 1 MiB, which bounds the memory of a response.
const BROTLI_WINDOW_LOG: [u32; 2] = [16, 20];
/// The format's biggest (16 MiB), for the level that is meant for files.
const BROTLI_BEST_WINDOW_LOG: u32 = 24;
const BROTLI_BUFFER: usize = 8 * 1024;

/// A content coding (RFC 9110 section 8.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// `zstd` (RFC 8878).
    Zstd,
    /// `br` (RFC 7932).
    Brotli,
    /// `gzip`, also asked for as `x-gzip`.
    Gzip,
    /// `deflate`: zlib's format (RFC 1950).
    Deflate,
    /// `identity`: as it is. Only its place in a list of preferences means something.
    Identity,
}

impl Encoding {
    pub(super) const ALL: [Encoding; 5] =
        [Encoding::Zstd, Encoding::Brotli, Encoding::Gzip, Encoding::Deflate, Encoding::Identity];

    /// Its name in headers.
    pub const fn name(self) -> &'static str {
        match self {
            Encoding::Zstd => "zstd",
            Encoding::Brotli => "br",
            Encoding::Gzip => "gzip",
            Encoding::Deflate => "deflate",
            Encoding::Identity => "identity",
        }
    }

    /// What is added to the name of a file for its neighbour in this encoding; `None` where there is no custom.
    pub const fn extension(self) -> Option<&'static str> {
        match self {
            Encoding::Zstd => Some(".zst"),
            Encoding::Brotli => Some(".br"),
            Encoding::Gzip => Some(".gz"),
            Encoding::Deflate | Encoding::Identity => None,
        }
    }

    /// The levels it knows, fastest first.
    pub const fn levels(self) -> RangeInclusive<i32> {
        match self {
            Encoding::Zstd => 1..=22,
            Encoding::Brotli => 0..=11,
            Encoding::Gzip | Encoding::Deflate => 0..=9,
            Encoding::Identity => 0..=0,
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Encoding {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, &'static str> {
        let known = Encoding::ALL.into_iter().find(|encoding| encoding.name() == name);
        known.ok_or("one of `zstd`, `br`, `gzip`, `deflate`, `identity`")
    }
}

/// How hard to try, for each encoding. A level out of [`Encoding::levels`] counts as the nearest one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Levels {
    /// Level of zstd.
    pub zstd: i32,
    /// Quality of brotli.
    pub br: i32,
    /// Level of gzip and deflate.
    pub gzip: i32,
}

impl Default for Levels {
    /// What costs about as much time in each: zstd 3, brotli 4, gzip 6.
    fn default() -> Self {
        Levels { zstd: 3, br: 4, gzip: 6 }
    }
}

impl Levels {
    /// The smallest result that every client can read: for files that are compressed once.
    pub const BEST: Levels = Levels { zstd: 19, br: 11, gzip: 9 };

    /// The level for this encoding, within what it knows.
    pub(super) fn of(self, encoding: Encoding) -> i32 {
        let level = match encoding {
            Encoding::Zstd => self.zstd,
            Encoding::Brotli => self.br,
            Encoding::Gzip | Encoding::Deflate => self.gzip,
            Encoding::Identity => 0,
        };
        level.clamp(*encoding.levels().start(), *encoding.levels().end())
    }
}

/// An encoding in progress: what comes out collects in memory until it is taken.
pub(crate) enum Encoder {
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
    Brotli(Box<CompressorWriter<Vec<u8>>>),
    Gzip(GzEncoder<Vec<u8>>),
    Deflate(ZlibEncoder<Vec<u8>>),
    Identity(Vec<u8>),
}

impl Encoder {
    /// An encoder for `size` bytes, when that is known. Knowing it makes small bodies cheap: tables and windows fit them.
    pub(crate) fn new(encoding: Encoding, levels: Levels, size: Option<u64>) -> io::Result<Self> {
        let level = levels.of(encoding);
        let deflate = Compression::new(level.unsigned_abs());
        Ok(match encoding {
            Encoding::Zstd => Encoder::Zstd(zstd_encoder(level, size)?),
            Encoding::Brotli => Encoder::Brotli(Box::new(brotli_encoder(level, size))),
            Encoding::Gzip => Encoder::Gzip(GzEncoder::new(Vec::new(), deflate)),
            Encoding::Deflate => Encoder::Deflate(ZlibEncoder::new(Vec::new(), deflate)),
            Encoding::Identity => Encoder::Identity(Vec::new()),
        })
    }

    /// Takes in `data`; nothing of it needs to come out yet.
    pub(crate) fn write(&mut self, data: &[u8]) -> io::Result<()> {
        match self {
            Encoder::Zstd(encoder) => encoder.write_all(data),
            Encoder::Brotli(encoder) => encoder.write_all(data),
            Encoder::Gzip(encoder) => encoder.write_all(data),
            Encoder::Deflate(encoder) => encoder.write_all(data),
            Encoder::Identity(out) => out.write_all(data),
        }
    }

    /// Brings out all that was written so far, so that the client can decode it.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        match self {
            Encoder::Zstd(encoder) => encoder.flush(),
            Encoder::Brotli(encoder) => encoder.flush(),
            Encoder::Gzip(encoder) => encoder.flush(),
            Encoder::Deflate(encoder) => encoder.flush(),
            Encoder::Identity(_) => Ok(()),
        }
    }

    /// What came out since the last time.
    pub(crate) fn take(&mut self) -> Bytes {
        std::mem::take(match self {
            Encoder::Zstd(encoder) => encoder.get_mut(),
            Encoder::Brotli(encoder) => encoder.get_mut(),
            Encoder::Gzip(encoder) => encoder.get_mut(),
            Encoder::Deflate(encoder) => encoder.get_mut(),
            Encoder::Identity(out) => out,
        })
        .into()
    }

    /// Ends the encoding: what is left, with the proper end. An encoder that is dropped instead never looks complete.
    pub(crate) fn finish(self) -> io::Result<Bytes> {
        Ok(match self {
            Encoder::Zstd(encoder) => encoder.finish()?,
            Encoder::Brotli(encoder) => encoder.into_inner(),
            Encoder::Gzip(encoder) => encoder.finish()?,
            Encoder::Deflate(encoder) => encoder.finish()?,
            Encoder::Identity(out) => out,
        }
        .into())
    }
}

/// All of `data` at once.
pub(crate) fn encode(encoding: Encoding, levels: Levels, data: &[u8]) -> io::Result<Bytes> {
    let mut encoder = Encoder::new(encoding, levels, Some(data.len() as u64))?;
    encoder.write(data)?;
    encoder.finish()
}

fn zstd_encoder(level: i32, size: Option<u64>) -> io::Result<zstd::stream::write::Encoder<'static, Vec<u8>>> {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), level)?;
    if level > ZSTD_BIGGEST_WINDOW_LEVEL {
        encoder.set_parameter(CParameter::WindowLog(ZSTD_WINDOW_LOG))?;
    }
    encoder.set_pledged_src_size(size)?;
    Ok(encoder)
}

fn brotli_encoder(level: i32, size: Option<u64>) -> CompressorWriter<Vec<u8>> {
    let [smallest, biggest] = BROTLI_WINDOW_LOG;
    let biggest = if level == Levels::BEST.br { BROTLI_BEST_WINDOW_LOG } else { biggest };
    let window = size.map_or(biggest, |size| (u64::BITS - size.leading_zeros()).clamp(smallest, biggest));
    let params = BrotliEncoderParams {
        quality: level,
        lgwin: i32::try_from(window).unwrap_or(22),
        size_hint: size.and_then(|size| usize::try_from(size).ok()).unwrap_or(0),
        ..BrotliEncoderParams::default()
    };
    CompressorWriter::with_params(Vec::new(), BROTLI_BUFFER, &params)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `cargo test --release -p edge encoding::tests::cost -- --ignored --nocapture`
    #[test]
    #[ignore = "a measurement"]
    fn cost() {
        let page: String = (0..2000)
            .map(|n| format!("<li class=\"post\"><a href=\"/posts/{}\">Post {n}</a></li>\n", n * 7919 % 10_007))
            .collect();
        for size in [1024, 8 * 1024, 30 * 1024] {
            for encoding in [Encoding::Zstd, Encoding::Brotli, Encoding::Gzip] {
                let started = std::time::Instant::now();
                let mut length = 0;
                for _ in 0..200 {
                    length = encode(encoding, Levels::default(), &page.as_bytes()[..size]).unwrap().len();
                }
                println!("{encoding:>8} {size:>6} B → {length:>5} B in {:?}", started.elapsed() / 200);
            }
        }
    }
}
