//! Static files of earlier builds, kept in the Redis of the render cache.
//!
//! A page that was rendered before a deployment names files of its build, which the next one does not have. So each instance keeps its
//! files with a hash in their name there when it starts, and what an app answers 404 is looked for there by that name. A
//! directory of the earlier build does the same without Redis: `static.previous`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use edge::cache::Cache;
use edge::{Body, files};
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Method, Response};

use crate::build_id;

/// Largest file that is kept, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// All of them together.
const MAX_BYTES: u64 = 32 << 20;

/// Longest name that is asked for.
const MAX_NAME: usize = 200;

/// What is kept, and where.
#[derive(Clone)]
pub struct EarlierFiles {
    cache: Cache,
}

impl EarlierFiles {
    /// Those in the second level of `cache`.
    pub fn new(cache: Cache) -> EarlierFiles {
        EarlierFiles { cache }
    }

    /// Keeps the files of these directories for `time`, in the background.
    pub fn keep(&self, directories: Vec<PathBuf>, time: Duration) {
        let cache = self.cache.clone();
        tokio::spawn(async move {
            let found = tokio::task::spawn_blocking(move || hashed(&directories)).await.unwrap_or_default();
            for path in found {
                let Ok(content) = tokio::fs::read(&path).await else { continue };
                let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
                if !cache.keep_file(name, &content, time).await {
                    return tracing::warn!(
                        "files of this build are not kept for the pages that are open: Redis does not take them"
                    );
                }
            }
        });
    }

    /// The file that somebody asks for whom the app has answered 404.
    pub async fn answer(&self, method: &Method, path: &str) -> Option<Response<Body>> {
        let name = path.rsplit('/').next().filter(|name| name.len() <= MAX_NAME && files::is_hashed(name))?;
        if !matches!(*method, Method::GET | Method::HEAD) {
            return None;
        }
        let content = self.cache.kept_file(name).await?;
        Some(response(name, content, *method == Method::HEAD))
    }
}

fn response(name: &str, content: Bytes, head: bool) -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::try_from(files::content_type(name)) {
        headers.insert(CONTENT_TYPE, kind);
    }
    headers.insert(CACHE_CONTROL, files::FOREVER);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(content.len()));
    if !head {
        *response.body_mut() = content.into();
    }
    response
}

/// The files with a hash in their name, as many as are kept.
fn hashed(directories: &[PathBuf]) -> Vec<PathBuf> {
    let mut left = MAX_BYTES;
    let is_kept = |path: &PathBuf| {
        let size = std::fs::metadata(path).map_or(u64::MAX, |meta| meta.len());
        let fits = size <= MAX_FILE && size <= left;
        left -= if fits { size } else { 0 };
        fits
    };
    let all = directories.iter().flat_map(|directory| build_id::files(directory));
    all.filter(|path| path.to_str().is_some_and(files::is_hashed) && !is_encoded(path)).filter(is_kept).collect()
}

/// Whether it is the compressed form of another one, which is kept.
fn is_encoded(path: &Path) -> bool {
    path.extension().is_some_and(|extension| ["br", "gz", "zst"].iter().any(|known| extension == *known))
}
