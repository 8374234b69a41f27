//! `edge::files`: a path (as it is after decoding) in the first line, header lines as `name: value` after it. Ranges,
//! preconditions and paths.

use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, UNIX_EPOCH};

use edge::files::Mount;
use http::header::{CONTENT_LENGTH, CONTENT_RANGE, HeaderName, HeaderValue};
use http::{HeaderMap, Method, StatusCode};
use http_body_util::BodyExt as _;

const TEXT: &str = "abcdefghijklmnopqrstuvwxyz";

struct Site {
    mount: Arc<Mount>,
    runtime: tokio::runtime::Runtime,
    _dir: tempfile::TempDir,
}

static SITE: LazyLock<Site> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let modified = UNIX_EPOCH + Duration::from_millis(1_704_254_706_789);
        fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
    };
    write("root/a.txt", TEXT);
    write("root/a.txt.br", TEXT);
    write("root/empty.txt", "");
    write("root/sub/index.html", TEXT);
    write("secret.txt", "secret");
    let root: &Path = &dir.path().join("root");
    let mount = Mount::new(&serde_json::json!({ "root": root, "preCompressed": true })).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    Site { mount: Arc::new(mount), runtime, _dir: dir }
});

pub(crate) fn check(bytes: &[u8]) {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let path = String::from_utf8_lossy(lines.next().unwrap_or_default());
    let path = if path.starts_with('/') { path.into_owned() } else { format!("/{path}") };
    let request = headers(lines);
    SITE.mount.lookup(&path);
    let respond = SITE.mount.respond(&Method::GET, &request, (StatusCode::OK, HeaderMap::new()), &path);
    let (parts, body) = SITE.runtime.block_on(async {
        let (parts, body) = respond.await.into_parts();
        (parts, body.collect().await.unwrap().to_bytes())
    });
    assert!(!parts.status.is_server_error(), "{}", parts.status);
    if parts.status != StatusCode::NOT_MODIFIED {
        assert_eq!(parts.headers[CONTENT_LENGTH], body.len().to_string());
    }
    match parts.status {
        StatusCode::OK => assert!(body == TEXT || body.is_empty()),
        StatusCode::PARTIAL_CONTENT => assert_eq!(body, slice(&parts.headers[CONTENT_RANGE])),
        StatusCode::NOT_MODIFIED => assert!(body.is_empty()),
        _ => assert!(body.starts_with(b"{\"statusCode\":"), "{body:?}"),
    }
}

/// The bytes that a `content-range` promises.
fn slice(range: &HeaderValue) -> &'static str {
    let range = range.to_str().unwrap().strip_prefix("bytes ").unwrap().strip_suffix("/26").unwrap();
    let (start, end) = range.split_once('-').unwrap();
    &TEXT[start.parse().unwrap()..=end.parse().unwrap()]
}

fn headers<'a>(lines: impl Iterator<Item = &'a [u8]>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = (HeaderName::from_bytes(&line[..colon]), HeaderValue::from_bytes(line[colon + 1..].trim_ascii()));
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    headers
}
