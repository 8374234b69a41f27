//! Content types by file extension, as the npm package `mime` 3 gives them to `@fastify/send` 2.
//!
//! `mime_types.txt` is that package's table (types from mime-db, MIT): a type and its extensions on each line.

use std::collections::HashMap;
use std::sync::LazyLock;

static TYPES: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let lines = include_str!("mime_types.txt").lines();
    lines
        .filter_map(|line| line.split_once(' '))
        .flat_map(|(kind, extensions)| extensions.split(' ').map(move |e| (e, kind)))
        .collect()
});

/// The `content-type` of a file of this name.
pub fn content_type(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let extension =
        base.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, extension)| extension.to_ascii_lowercase());
    let kind = extension.and_then(|extension| TYPES.get(extension.as_str()).copied()).unwrap_or("application/octet-stream");
    if is_text(kind) { format!("{kind}; charset=UTF-8") } else { kind.to_owned() }
}

/// Types that get a charset (`@fastify/send/lib/isUtf8MimeType.js`).
fn is_text(kind: &str) -> bool {
    ["application/javascript", "application/json", "text/"].iter().any(|prefix| kind.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_types_of_mime_3() {
        let cases = [
            ("a.js", "application/javascript; charset=UTF-8"),
            ("a.mjs", "application/javascript; charset=UTF-8"),
            ("a.css", "text/css; charset=UTF-8"),
            ("a.html", "text/html; charset=UTF-8"),
            ("a.json", "application/json; charset=UTF-8"),
            ("a.map", "application/json; charset=UTF-8"),
            ("a.jsonld", "application/ld+json"),
            ("a.webmanifest", "application/manifest+json"),
            ("a.svg", "image/svg+xml"),
            ("a.ico", "image/vnd.microsoft.icon"),
            ("a.png", "image/png"),
            ("a.avif", "image/avif"),
            ("a.woff2", "font/woff2"),
            ("a.wasm", "application/wasm"),
            ("a.mp4", "video/mp4"),
            ("a.txt", "text/plain; charset=UTF-8"),
            ("a.xml", "application/xml"),
            ("a.tar.GZ", "application/gzip"),
            ("a.unknown", "application/octet-stream"),
            ("js", "application/octet-stream"),
            ("d.js/.css", "application/octet-stream"),
        ];
        for (name, expected) in cases {
            assert_eq!(content_type(name), expected, "{name}");
        }
    }
}
