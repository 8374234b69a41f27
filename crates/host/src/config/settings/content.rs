//! `[compression]` and `[static]`: how bytes are sent.

use std::path::PathBuf;

use super::super::declare::{settings, words};
use super::super::setting::Size;

words! {
    /// A content coding.
    pub enum Encoding {
        /// Zstandard (RFC 8878).
        Zstd = "zstd",
        /// Brotli (RFC 7932).
        Br = "br",
        /// gzip (RFC 1952).
        Gzip = "gzip",
    }
}

settings! {
    /// Compression of responses.
    pub struct Compression {
        /// Compress.
        enabled: bool = true,
        /// Smaller ones are sent as they are.
        min_size: Size = "1KiB" from "0B",
        /// Codings, the preferred one first where a client likes several equally.
        encodings: Vec<Encoding> = ["zstd", "br", "gzip"],
        /// Level of zstd.
        zstd_level: i32 = 3 from 1 to 22,
        /// Level of br.
        br_level: u32 = 4 from 0 to 11,
        /// Level of gzip.
        gzip_level: u32 = 6 from 1 to 9,
        /// Types that are compressed, such as `text/html` or `text/*`.
        types: Option<Vec<String>> = (unset "text, JSON, JavaScript, XML, SVG, WebAssembly and uncompressed fonts"),
    }
}

settings! {
    /// Static files.
    pub struct Static {
        /// Files with a hash in their name may be kept by a browser for ever.
        immutable: bool = true,
        /// Send a file's neighbour `.zst`, `.br` or `.gz` to clients that take it.
        precompressed: bool = true,
        /// Directories with the files of earlier builds, such as `["../previous/client"]`: a file with a hash in its name that the app's own directory does not have is looked for at the same place below these, because pages of those builds still ask for it. They need not exist.
        previous: Vec<PathBuf> = [],
    }
}
