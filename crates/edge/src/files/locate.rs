//! From a path in a request to a file on disk (`SendStream.prototype.pipe`, `sendFile`, `sendIndex`, and `@fastify/static`'s
//! `pumpSendToReply`).
//!
//! Blocking. Every path goes through [`normalize`] before the disk is touched.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use super::options::{Dotfiles, Options};
use crate::compression::Encoding;

/// What was found.
#[derive(Debug)]
pub(super) enum Located {
    File(Found),
    NotFound,
    Redirect,
    Forbidden,
    /// The path holds a NUL.
    BadPath,
    Failed(io::Error),
}

/// A file to serve.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    /// The name that decides the type: without the extension of a compressed neighbour.
    pub(super) name: String,
    /// The encoding of a compressed neighbour, `app.js.br` of `app.js`.
    pub(super) encoding: Option<Encoding>,
}

/// The neighbours that the option `preCompressed` looks for, in upstream's order of preference. It also knows `deflate`, for which it
/// has no file extension.
pub(super) const PRE_COMPRESSED: [Encoding; 2] = [Encoding::Brotli, Encoding::Gzip];

/// The neighbours that the host looks for of its own accord, smallest first: that is the order of what `precompress` makes.
pub(super) const NEIGHBOURS: [Encoding; 3] = [Encoding::Brotli, Encoding::Zstd, Encoding::Gzip];

/// Those of [`PRE_COMPRESSED`] that an `accept-encoding` header allows, best first: by quality, then by our order. `*` counts as gzip.
pub(super) fn accepted(header: &str) -> Vec<Encoding> {
    let header = header.to_ascii_lowercase().replace('*', "gzip");
    let quality = |encoding: Encoding| {
        let mut items = header.split(',').map(|item| item.split_once(';').unwrap_or((item, "")));
        let (_, parameter) = items.find(|(name, _)| name.trim() == encoding.name())?;
        let quality = parameter.trim().strip_prefix("q=").map_or(1.0, |q| q.trim().parse::<f32>().unwrap_or(0.0));
        Some(quality).filter(|quality| *quality > 0.0)
    };
    let mut accepted: Vec<_> = PRE_COMPRESSED.into_iter().filter_map(|encoding| Some((encoding, quality(encoding)?))).collect();
    accepted.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    accepted.into_iter().map(|(encoding, _)| encoding).collect()
}

impl Found {
    /// The file's neighbour in the best encoding of those given, unless the file is newer than it.
    pub(super) fn neighbour(self, encodings: &[Encoding]) -> Found {
        let Ok(of) = std::fs::metadata(&self.path).and_then(|meta| meta.modified()) else { return self };
        for &encoding in encodings {
            let path = beside(&self.path, encoding);
            match std::fs::metadata(&path) {
                Ok(meta) if meta.is_file() && meta.modified().is_ok_and(|modified| modified >= of) => {
                    return Found { path, name: self.name, encoding: Some(encoding) };
                }
                _ => {}
            }
        }
        self
    }
}

/// Where the neighbour of a file is.
pub(crate) fn beside(path: &Path, encoding: Encoding) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(encoding.extension().unwrap_or_default());
    PathBuf::from(name)
}

/// Finds `path`, preferring its compressed neighbours in the order of `encodings`.
pub(super) fn locate(options: &Options, path: &str, encodings: &[Encoding]) -> Located {
    within(&options.roots, options, path, encodings, |search, encoding| search.run(encoding))
}

/// As [`locate`], in other directories than those of the options, and nothing but files of that very name.
pub(super) fn file_in(roots: &[PathBuf], options: &Options, path: &str, encodings: &[Encoding]) -> Located {
    within(roots, options, path, encodings, |search, encoding| search.file(search.relative, encoding))
}

/// Looks at each root for each variant, when the path may be looked for at all.
fn within(
    roots: &[PathBuf],
    options: &Options,
    path: &str,
    encodings: &[Encoding],
    look: impl Fn(&Search<'_>, Option<Encoding>) -> Option<Located>,
) -> Located {
    if path.contains('\0') {
        return Located::BadPath;
    }
    let relative = normalize(path);
    if relative.split(['/', '\\']).any(|part| part == "..") {
        return Located::Forbidden;
    }
    let hidden = relative.split('/').any(|part| part.len() > 1 && part.starts_with('.'));
    match options.dotfiles {
        Dotfiles::Deny if hidden => return Located::Forbidden,
        Dotfiles::Ignore if hidden => return Located::NotFound,
        _ => {}
    }
    let variants = encodings.iter().copied().map(Some).chain([None]);
    variants
        .flat_map(|encoding| roots.iter().map(move |root| (encoding, root)))
        .find_map(|(encoding, root)| look(&Search { options, root, relative: &relative, encodings }, encoding))
        .unwrap_or(Located::NotFound)
}

/// One look at one root. `None` is "not here, go on".
struct Search<'a> {
    options: &'a Options,
    root: &'a Path,
    /// Normalised, without a leading slash; a trailing one asks for a directory.
    relative: &'a str,
    encodings: &'a [Encoding],
}

impl Search<'_> {
    fn run(&self, encoding: Option<Encoding>) -> Option<Located> {
        let wants_directory = self.relative.is_empty() || self.relative.ends_with('/');
        if wants_directory {
            return self.index().and_then(|index| self.file(&format!("{}{index}", self.relative), encoding));
        }
        match self.file(self.relative, encoding) {
            None if encoding.is_none() => self.directory().or_else(|| self.with_extension()),
            found => found,
        }
    }

    /// The first index file that exists. A compressed neighbour needs its original, as upstream.
    fn index(&self) -> Option<&str> {
        let exists = |index: &&String| is_file(&self.root.join(format!("{}{index}", self.relative)));
        self.options.index.iter().find(exists).map(String::as_str)
    }

    /// `name` itself when it is a file.
    fn file(&self, name: &str, encoding: Option<Encoding>) -> Option<Located> {
        let path = self.root.join(format!("{name}{}", encoding.and_then(Encoding::extension).unwrap_or_default()));
        match std::fs::metadata(&path) {
            Ok(meta) if meta.is_file() => Some(Located::File(Found { path, name: name.to_owned(), encoding })),
            Err(error) if !is_absent(&error) && encoding.is_none() => Some(Located::Failed(error)),
            _ => None,
        }
    }

    /// A directory that was asked for without its slash.
    fn directory(&self) -> Option<Located> {
        if !std::fs::metadata(self.root.join(self.relative)).is_ok_and(|meta| meta.is_dir()) {
            return None;
        }
        if self.options.redirect {
            return Some(Located::Redirect);
        }
        let with_slash = format!("{}/", self.relative);
        let has_index = Search { relative: &with_slash, ..*self }.index().is_some();
        match self.options.index_without_slash && has_index {
            true => Some(locate(self.options, &format!("/{with_slash}"), self.encodings)),
            false => Some(Located::NotFound),
        }
    }

    /// The option `extensions`: `page` finds `page.html`.
    fn with_extension(&self) -> Option<Located> {
        if Path::new(self.relative).extension().is_some() {
            return None;
        }
        self.options.extensions.iter().find_map(|extension| self.file(&format!("{}.{extension}", self.relative), None))
    }
}

fn is_file(path: &Path) -> bool {
    std::fs::metadata(path).as_ref().is_ok_and(Metadata::is_file)
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidFilename)
}

/// Node's `path.posix.normalize("./" + path)` without the leading `./`: `.` and empty segments go, `a/..` goes, `..` that
/// would leave the root stays (and is refused by the caller), a trailing slash stays.
fn normalize(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let slash = if path.ends_with('/') && !parts.is_empty() { "/" } else { "" };
    parts.join("/") + slash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalizes_as_node() {
        let cases = [
            ("/", ""),
            ("/a", "a"),
            ("//a//b/", "a/b/"),
            ("/./a/./b", "a/b"),
            ("/a/../b", "b"),
            ("/a/..", ""),
            ("/a/../", ""),
            ("/..", ".."),
            ("/a/../../b", "../b"),
            ("/../../b", "../../b"),
            ("/a/...", "a/..."),
        ];
        for (path, expected) in cases {
            assert_eq!(normalize(path), expected, "{path}");
        }
    }

    #[test]
    fn orders_encodings_by_quality_then_preference() {
        use Encoding::{Brotli, Gzip};
        let cases: [(&str, &[Encoding]); 8] = [
            ("", &[]),
            ("gzip, br", &[Brotli, Gzip]),
            ("br;q=0.1, gzip;q=0.9", &[Gzip, Brotli]),
            ("br;q=0, gzip", &[Gzip]),
            ("*", &[Gzip]),
            ("GZIP ; q=0.5", &[Gzip]),
            ("identity, deflate", &[]),
            ("br; q=x", &[]),
        ];
        for (header, expected) in cases {
            assert_eq!(accepted(header), expected, "{header}");
        }
    }
}
