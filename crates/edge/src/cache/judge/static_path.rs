//! Paths that look like those of files.
//!
//! Web cache deception (Gil, 2017; Mirheidari et al., "Cached and Confused", 2020): a victim is led to `/account/x.css`, which the app
//! answers with the account, and which a cache keeps as a file. Attackers write the separator in all ways that app and cache may read
//! differently, so every reading counts.

use crate::path::decoded;

/// Extensions of files that apps do not render.
const EXTENSIONS: [&str; 59] = [
    "7z",
    "apk",
    "avi",
    "avif",
    "bin",
    "bmp",
    "bz2",
    "class",
    "css",
    "csv",
    "dmg",
    "doc",
    "docx",
    "ejs",
    "eot",
    "eps",
    "exe",
    "flac",
    "gif",
    "gz",
    "ico",
    "iso",
    "jar",
    "jpeg",
    "jpg",
    "js",
    "mid",
    "midi",
    "mjs",
    "mkv",
    "mp3",
    "mp4",
    "ogg",
    "otf",
    "pdf",
    "pict",
    "pls",
    "png",
    "ppt",
    "pptx",
    "ps",
    "rar",
    "svg",
    "svgz",
    "swf",
    "tar",
    "tif",
    "tiff",
    "ttf",
    "wasm",
    "webm",
    "webmanifest",
    "webp",
    "woff",
    "woff2",
    "xls",
    "xlsx",
    "zip",
    "zst",
];

/// Whether the path ends in such an extension in some reading: as written or decoded, whole or up to a delimiter.
pub(in crate::cache) fn looks_static(path: &str) -> bool {
    let once = decoded(path);
    let twice = decoded(&once);
    [path, &*once, &*twice].into_iter().any(|path| path.split([';', '?', '#', '\0', '\n']).any(has_extension))
}

fn has_extension(path: &str) -> bool {
    let file = path.trim_end_matches(['/', ' ', '.']).rsplit(['/', '\\']).next().unwrap_or_default();
    let Some((_, extension)) = file.rsplit_once('.') else { return false };
    EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known))
}
