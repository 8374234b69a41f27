//! Static files, answered as `@fastify/static` 7 and its `@fastify/send` 2 answer them.
//!
//! The app's plug-in call *configures* a [`Mount`]; this module *executes* it. The rules are those of
//! `@fastify/static/index.js` and `@fastify/send/lib/SendStream.js`; `tests/static.rs` replays what the real plug-in answered.
//!
//! # Safety
//! A path is normalised before it touches the disk and refused when it still goes up (`..`), with `\` counted as a separator.
//! Symbolic links are followed, as upstream does: what lies in the directory is the developer's choice.
//!
//! # Where it differs, on purpose
//! - `preCompressed`: `vary: accept-encoding` is sent, and HEAD and 304 name the type of the file instead of that of its
//!   compressed neighbour. Without either, a shared cache hands out wrong bytes.
//! - `preCompressed` with several roots looks for each variant in every root, not in the last one only.
//! - A file that cannot be read is a plain 500; the reason is logged, not sent.
//! - Only regular files are served: a pipe or a device is "not found".
//!
//! # What the host adds
//! All of it is off unless [`Mount::with_host`] turns it on; the first two give way to what the app says about the same thing.
//! - `precompressed`: `app.js.br`, `.zst` or `.gz` is served in place of `app.js` to a client that takes it, with headers that say so.
//!   The neighbour must not be older than the file. Only types that are worth compressing are looked at, and all their answers
//!   have `vary: accept-encoding`.
//! - `immutable`: a file whose name holds a hash (`files/hashed.rs` says when) never changes and may be kept for a year.
//! - `previous`: such a file may be one of a build before this one, which a page asks for that was rendered then.
//!
//! # What it deliberately does not do
//! Routes, `setHeaders`, `allowedPath`, not-found pages, redirects: those are JavaScript's, which asks [`Mount::lookup`] first.
//! Directory listings are not supported and refused when the mount is made.

mod conditional;
mod hashed;
mod locate;
mod mime;
mod options;
pub(crate) mod range;
mod stream;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use http::header::{
    ACCEPT_ENCODING, ACCEPT_RANGES, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_MATCH,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, LAST_MODIFIED, RANGE, VARY,
};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};

use crate::compression::{self, Encoding, Types};
use crate::{Body, Problem};
use conditional::Precondition;
pub use hashed::is_hashed;
use locate::Located;
pub(crate) use locate::beside;
pub use mime::content_type;
use options::Options;
use range::Ranges;
pub use stream::FileBody;
use stream::Opened;

/// For a file that never changes: a year, which is as long as caches keep anything (RFC 9111, RFC 8246).
pub const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// One or several directories with the options they are served by.
#[derive(Debug)]
pub struct Mount {
    options: Options,
    host: Host,
}

/// What the host does with the files of every app, where the app says nothing about it. Nothing by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Host {
    /// Serve compressed neighbours. An app's `preCompressed` decides in its place.
    pub precompressed: bool,
    /// Let files with a hash in their name be cached for ever. An app's `cacheControl`, `maxAge`, `immutable` and `setHeaders`
    /// decide in its place, and so does a `cache-control` that it has set.
    pub immutable: bool,
    /// Where the files of builds before this one are: a file whose name holds a hash, and that no root has, is looked for there.
    pub previous: Vec<PathBuf>,
}

/// What lies at a path of a [`Mount`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// Nothing that may be served.
    NotFound,
    /// Something that [`Mount::respond`] answers.
    File,
    /// A directory without its trailing slash, and the option `redirect` is on.
    Redirect,
    /// The path goes out of the root, or the options forbid it.
    Forbidden,
}

impl Mount {
    /// Reads the options of a plug-in call.
    ///
    /// # Errors
    /// A sentence for the developer that names the option.
    pub fn new(options: &serde_json::Value) -> Result<Self, String> {
        Ok(Mount { options: Options::parse(options)?, host: Host::default() })
    }

    /// The same with what the host adds, as far as the app's options leave it to the host.
    #[must_use]
    pub fn with_host(mut self, host: Host) -> Self {
        self.host.precompressed = host.precompressed && !self.options.chose_neighbours;
        self.host.immutable = host.immutable && !self.options.chose_caching;
        self.host.previous = host.previous;
        self
    }

    /// The directories, in the order they are looked at.
    pub fn roots(&self) -> &[PathBuf] {
        &self.options.roots
    }

    /// What lies at `path` (percent-decoded, with its leading slash). Blocks for a few `stat` calls.
    pub fn lookup(&self, path: &str) -> Lookup {
        let encodings: &[Encoding] = if self.options.pre_compressed { &locate::PRE_COMPRESSED } else { &[] };
        match self.locate(path, encodings) {
            Located::NotFound => Lookup::NotFound,
            Located::Redirect => Lookup::Redirect,
            Located::Forbidden => Lookup::Forbidden,
            // `respond` knows the right refusal for the last two.
            Located::File(_) | Located::BadPath | Located::Failed(_) => Lookup::File,
        }
    }

    /// The `content-type` of the file at `path`; `None` when there is none. Blocks as [`Mount::lookup`] does.
    pub fn content_type(&self, path: &str) -> Option<String> {
        match self.locate(path, &[]) {
            Located::File(found) => Some(mime::content_type(&found.name)),
            _ => None,
        }
    }

    /// Answers with the file at `path`. `base` holds the status and the headers the app has set, which win where
    /// `@fastify/send` lets them win.
    pub async fn respond(
        self: &Arc<Self>,
        method: &Method,
        request: &HeaderMap,
        base: (StatusCode, HeaderMap),
        path: &str,
    ) -> Response<Body> {
        let (status, headers) = base;
        // Reading a small file while it is being opened saves a second trip to the blocking pool.
        let read = method != Method::HEAD && !conditional::is_conditional(request);
        let mut response = match self.open(request, path, read).await {
            Ok(file) => Answer { options: &self.options, host: &self.host, request, status, headers, file }.build(),
            Err(problem) => problem.into_response_on(headers),
        };
        if method == Method::HEAD {
            *response.body_mut() = Body::Empty;
        }
        response
    }

    fn locate(&self, path: &str, encodings: &[Encoding]) -> Located {
        match locate::locate(&self.options, path, encodings) {
            Located::NotFound if hashed::is_hashed(path) => locate::file_in(&self.host.previous, &self.options, path, encodings),
            located => located,
        }
    }

    async fn open(self: &Arc<Self>, request: &HeaderMap, path: &str, read: bool) -> Result<Opened, Problem> {
        let (mount, path) = (self.clone(), path.to_owned());
        let accepted = joined(request, ACCEPT_ENCODING).unwrap_or_default();
        let encodings = if self.options.pre_compressed { locate::accepted(&accepted) } else { Vec::new() };
        let opened = tokio::task::spawn_blocking(move || match mount.locate(&path, &encodings) {
            Located::File(found) => Opened::new(mount.variant(found, &accepted), read).map_err(|error| failed(&error)),
            Located::NotFound | Located::Redirect => Err(Problem::of(StatusCode::NOT_FOUND)),
            Located::Forbidden => Err(Problem::of(StatusCode::FORBIDDEN)),
            Located::BadPath => Err(Problem::of(StatusCode::BAD_REQUEST)),
            Located::Failed(error) => Err(failed(&error)),
        });
        opened.await.unwrap_or_else(|panic| Err(Problem::of(StatusCode::INTERNAL_SERVER_ERROR).with_detail(panic.to_string())))
    }

    /// The file or, when the host is to look for it, the compressed neighbour the client likes best.
    fn variant(&self, found: locate::Found, accepted: &str) -> locate::Found {
        if !self.host.precompressed || !is_compressible(&found.name) {
            return found;
        }
        // One that the client takes may be missing while another one is there.
        let mut left = locate::NEIGHBOURS.to_vec();
        let mut liked = Vec::new();
        while let Some(encoding) = compression::choose(Some(accepted.as_bytes()), &left) {
            left.retain(|other| *other != encoding);
            liked.push(encoding);
        }
        found.neighbour(&liked)
    }
}

fn is_compressible(name: &str) -> bool {
    Types::default().contains(&content_type(name))
}

fn failed(error: &io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::NotFound => Problem::of(StatusCode::NOT_FOUND),
        _ => Problem::of(StatusCode::INTERNAL_SERVER_ERROR).with_detail(format!("static file: {error}")),
    }
}

/// Everything that decides one answer; the steps of `SendStream.prototype.send`.
struct Answer<'a> {
    options: &'a Options,
    host: &'a Host,
    request: &'a HeaderMap,
    status: StatusCode,
    headers: HeaderMap,
    file: Opened,
}

impl Answer<'_> {
    fn build(mut self) -> Response<Body> {
        self.describe();
        let cacheable = self.status.is_success() || self.status == StatusCode::NOT_MODIFIED;
        match conditional::evaluate(self.request, &self.headers, cacheable) {
            Precondition::Failed => return Problem::of(StatusCode::PRECONDITION_FAILED).into_response_on(self.headers),
            Precondition::NotModified => return self.not_modified(),
            Precondition::Proceed => {}
        }
        let size = self.file.size;
        match self.ranges() {
            Ranges::Whole => self.send(0, size),
            Ranges::One { start, end } => {
                self.status = StatusCode::PARTIAL_CONTENT;
                self.set(CONTENT_RANGE, format!("bytes {start}-{end}/{size}"));
                self.send(start, end - start + 1)
            }
            Ranges::Unsatisfiable => {
                self.set(CONTENT_RANGE, format!("bytes */{size}"));
                Problem::of(StatusCode::RANGE_NOT_SATISFIABLE).into_response_on(self.headers)
            }
        }
    }

    /// The headers that describe the file, in upstream's order. What the app has set stays.
    fn describe(&mut self) {
        let options = self.options;
        if options.accept_ranges {
            self.headers.entry(ACCEPT_RANGES).or_insert(HeaderValue::from_static("bytes"));
        }
        if options.cache_control {
            let forever = self.host.immutable && hashed::is_hashed(&self.file.name);
            let value = || if forever { FOREVER } else { options.cache_control_value.clone() };
            self.headers.entry(CACHE_CONTROL).or_insert_with(value);
        }
        if options.last_modified {
            let millis = u64::try_from(self.file.modified_millis()).unwrap_or(u64::MAX);
            let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_millis(millis));
            self.headers.entry(LAST_MODIFIED).or_insert_with(|| text(date));
        }
        if options.etag {
            let tag = format!("W/\"{:x}-{:x}\"", self.file.size, self.file.modified_millis());
            self.headers.entry(ETAG).or_insert_with(|| text(tag));
        }
        let content_type = content_type(&self.file.name);
        match self.file.encoding {
            None => drop(self.headers.entry(CONTENT_TYPE).or_insert_with(|| text(content_type))),
            Some(_) => self.set(CONTENT_TYPE, content_type),
        }
        if options.pre_compressed {
            self.headers.append(VARY, HeaderValue::from_static("accept-encoding"));
        }
        if self.host.precompressed && is_compressible(&self.file.name) {
            compression::vary(&mut self.headers);
            // The app's own tag does not tell one variant from the other.
            if self.file.encoding.is_some() {
                compression::weaken(&mut self.headers);
            }
        }
    }

    fn ranges(&self) -> Ranges {
        match joined(self.request, RANGE) {
            Some(range) if self.options.accept_ranges && conditional::range_is_fresh(self.request, &self.headers) => {
                range::parse(self.file.size, &range)
            }
            _ => Ranges::Whole,
        }
    }

    /// Upstream keeps the type and adds an empty length here: `removeHeader` is a no-op in `@fastify/static`.
    fn not_modified(mut self) -> Response<Body> {
        self.status = StatusCode::NOT_MODIFIED;
        self.set(CONTENT_LENGTH, "0".to_owned());
        self.finish(Body::Empty)
    }

    fn send(mut self, start: u64, length: u64) -> Response<Body> {
        self.set(CONTENT_LENGTH, length.to_string());
        if let Some(encoding) = self.file.encoding {
            self.headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
        }
        let body = std::mem::take(&mut self.file.content).body(start, length);
        self.finish(body)
    }

    fn finish(self, body: Body) -> Response<Body> {
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }

    fn set(&mut self, name: http::HeaderName, value: String) {
        self.headers.insert(name, text(value));
    }
}

/// Values made here are ASCII; an empty value is the answer to the impossible.
fn text(value: String) -> HeaderValue {
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static(""))
}

/// The headers of a request that [`Mount::respond`] looks at, for callers that give the request away meanwhile.
pub fn relevant_headers(request: &HeaderMap) -> HeaderMap {
    const RELEVANT: [http::HeaderName; 8] =
        [ACCEPT_ENCODING, CACHE_CONTROL, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE];
    let mut relevant = HeaderMap::new();
    for (name, value) in request.iter().filter(|(name, _)| RELEVANT.contains(name)) {
        relevant.append(name, value.clone());
    }
    relevant
}

/// A request header as Node hands it over: repeated lines joined with a comma.
fn joined(headers: &HeaderMap, name: http::HeaderName) -> Option<String> {
    let mut lines = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    let first = lines.next()?.into_owned();
    Some(lines.fold(first, |all, line| all + ", " + &line))
}
