//! What the host adds to static files: compressed neighbours and names with a hash.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use edge::files::{Host, Lookup, Mount};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

const BOTH: Host = Host { precompressed: true, immutable: true, previous: Vec::new() };

/// Writes `files` (name, content, seconds after some time).
fn directory(files: &[(&str, &str, u64)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, content, seconds) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        let modified = UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds);
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
    }
    dir
}

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap())).collect()
}

struct Asked<'a> {
    dir: &'a Path,
    host: Host,
    options: Value,
    base: &'a [(&'a str, &'a str)],
}

impl Asked<'_> {
    async fn send(&self, method: Method, path: &str, request: &[(&str, &str)]) -> (HeaderMap, StatusCode, String) {
        let mut options = self.options.clone();
        options["root"] = self.dir.to_str().unwrap().into();
        let mount = Arc::new(Mount::new(&options).unwrap().with_host(self.host.clone()));
        assert_eq!(mount.lookup(path), Lookup::File, "{path}");
        let base = (StatusCode::OK, headers(self.base));
        let response: Response<_> = mount.respond(&method, &headers(request), base, path).await;
        let (parts, body) = response.into_parts();
        (parts.headers, parts.status, String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap())
    }

    async fn get(&self, path: &str, accept: &str) -> (HeaderMap, StatusCode, String) {
        self.send(Method::GET, path, &[("accept-encoding", accept)]).await
    }
}

fn files() -> tempfile::TempDir {
    directory(&[
        ("app.js", "plain", 10),
        ("app.js.br", "BR!", 10),
        ("app.js.zst", "ZSTD", 11),
        ("app.js.gz", "GZIP!", 20),
        ("old.js", "plain", 10),
        ("old.js.br", "BR", 9),
        ("old.js.gz", "GZIP", 10),
        ("lone.css", "plain", 10),
        ("only.css.br", "BR", 10),
        ("photo.png", "plain", 10),
        ("photo.png.br", "BR", 10),
        ("folder.js", "plain", 10),
        ("folder.js.br/x", "", 10),
        ("sub/index.html", "plain", 10),
        ("sub/index.html.br", "BR", 10),
    ])
}

/// [path, accept-encoding, body, content-encoding, vary]
#[tokio::test]
async fn serves_the_neighbour_the_client_likes_best() {
    let dir = files();
    let asked = Asked { dir: dir.path(), host: BOTH, options: json!({}), base: &[] };
    let cases = [
        ("/app.js", "gzip, deflate, br, zstd", "BR!", Some("br"), true),
        ("/app.js", "gzip, zstd", "ZSTD", Some("zstd"), true),
        ("/app.js", "gzip", "GZIP!", Some("gzip"), true),
        ("/app.js", "gzip, br;q=0.5", "GZIP!", Some("gzip"), true),
        ("/app.js", "*", "BR!", Some("br"), true),
        ("/app.js", "br;q=0, *;q=0.1", "ZSTD", Some("zstd"), true),
        ("/app.js", "", "plain", None, true),
        ("/app.js", "deflate, identity", "plain", None, true),
        ("/app.js", "identity, br;q=0.5", "plain", None, true),
        // Older than the file; the next one is not.
        ("/old.js", "br", "plain", None, true),
        ("/old.js", "br, gzip", "GZIP", Some("gzip"), true),
        ("/lone.css", "br, gzip", "plain", None, true),
        ("/photo.png", "br", "plain", None, false),
        ("/folder.js", "br", "plain", None, true),
        ("/sub/", "br", "BR", Some("br"), true),
        ("/sub", "br", "BR", Some("br"), true),
    ];
    for (path, accept, body, encoding, varies) in cases {
        let (headers, status, actual) = asked.get(path, accept).await;
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap());
        assert_eq!((status.as_u16(), actual.as_str(), text("content-encoding")), (200, body, encoding), "{path} {accept}");
        assert_eq!(text("vary"), varies.then_some("Accept-Encoding"), "{path} {accept}");
        assert_eq!(text("content-length"), Some(body.len().to_string().as_str()), "{path} {accept}");
    }
}

#[tokio::test]
async fn each_variant_has_the_headers_of_its_bytes() {
    let dir = files();
    let asked = Asked { dir: dir.path(), host: BOTH, options: json!({}), base: &[] };
    // 3 bytes at 1700000010 s, 5 bytes at 1700000020 s.
    for (accept, etag, modified) in [
        ("br", "W/\"3-18bcfe58f10\"", "Tue, 14 Nov 2023 22:13:30 GMT"),
        ("gzip", "W/\"5-18bcfe5b620\"", "Tue, 14 Nov 2023 22:13:40 GMT"),
    ] {
        let (headers, _, _) = asked.get("/app.js", accept).await;
        assert_eq!(headers["content-type"], "application/javascript; charset=UTF-8");
        assert_eq!((headers["etag"].to_str().unwrap(), headers["last-modified"].to_str().unwrap()), (etag, modified), "{accept}");
        let again = [("accept-encoding", accept), ("if-none-match", etag)];
        let (headers, status, _) = asked.send(Method::GET, "/app.js", &again).await;
        assert_eq!((status.as_u16(), &headers["vary"]), (304, &HeaderValue::from_static("Accept-Encoding")));
        // The tag of one variant is not another's.
        let (_, status, _) = asked.send(Method::GET, "/app.js", &[("if-none-match", etag)]).await;
        assert_eq!(status.as_u16(), 200);
    }
    let (headers, _, body) = asked.send(Method::HEAD, "/app.js", &[("accept-encoding", "br")]).await;
    assert_eq!(
        (&headers["content-encoding"], &headers["content-length"], body.as_str()),
        (&"br".parse().unwrap(), &3.into(), "")
    );
    let part = [("accept-encoding", "br"), ("range", "bytes=1-1")];
    let (headers, status, body) = asked.send(Method::GET, "/app.js", &part).await;
    assert_eq!((status.as_u16(), body.as_str(), &headers["content-range"]), (206, "R", &"bytes 1-1/3".parse().unwrap()));
    // The app's tag is the same for all variants, so it cannot stay a strong one.
    let tagged = Asked { base: &[("etag", "\"mine\""), ("vary", "Origin")], ..asked };
    let (headers, _, _) = tagged.get("/app.js", "br").await;
    assert_eq!(headers["etag"], "W/\"mine\"");
    assert_eq!(headers.get_all("vary").iter().collect::<Vec<_>>(), ["Origin", "Accept-Encoding"]);
    assert_eq!(tagged.get("/app.js", "").await.0["etag"], "\"mine\"");
}

#[tokio::test]
async fn the_app_has_the_last_word_on_neighbours() {
    let dir = files();
    for (host, options, accept, expected) in [
        (Host::default(), json!({}), "br", "plain"),
        (BOTH, json!({ "preCompressed": false }), "br", "plain"),
        // As upstream: no look at times, no zstd.
        (BOTH, json!({ "preCompressed": true }), "zstd", "plain"),
        (BOTH, json!({ "preCompressed": true }), "br", "BR!"),
    ] {
        let asked = Asked { dir: dir.path(), host, options, base: &[] };
        assert_eq!(asked.get("/app.js", accept).await.2, expected, "{:?}", asked.options);
    }
    let asked = Asked { dir: dir.path(), host: BOTH, options: json!({ "preCompressed": true }), base: &[] };
    assert_eq!(asked.get("/old.js", "br").await.2, "BR");
    assert_eq!(asked.get("/app.js", "br").await.0["vary"], "accept-encoding");
}

#[tokio::test]
async fn hashed_names_are_kept_for_ever_unless_the_app_decided() {
    const FOREVER: &str = "public, max-age=31536000, immutable";
    const CHECK: &str = "public, max-age=0";
    let dir =
        directory(&[("assets/index-BhTnlnIm.js", "x", 1), ("assets/index-homepage.js", "x", 1), ("index-BhTnlnIm.html", "x", 1)]);
    type Case<'a> = (Host, Value, &'a [(&'a str, &'a str)], &'a str, Option<&'a str>);
    let cases: [Case; 12] = [
        (BOTH, json!({}), &[], "/assets/index-BhTnlnIm.js", Some(FOREVER)),
        (BOTH, json!({}), &[], "/assets/index-homepage.js", Some(CHECK)),
        (BOTH, json!({}), &[], "/index-BhTnlnIm.html", Some(CHECK)),
        (BOTH, json!({}), &[("cache-control", "private")], "/assets/index-BhTnlnIm.js", Some("private")),
        (BOTH, json!({ "maxAge": 5000 }), &[], "/assets/index-BhTnlnIm.js", Some("public, max-age=5")),
        (BOTH, json!({ "maxAge": 0 }), &[], "/assets/index-BhTnlnIm.js", Some(CHECK)),
        (BOTH, json!({ "immutable": false }), &[], "/assets/index-BhTnlnIm.js", Some(CHECK)),
        (BOTH, json!({ "cacheControl": false }), &[], "/assets/index-BhTnlnIm.js", None),
        (BOTH, json!({ "setHeaders": true }), &[], "/assets/index-BhTnlnIm.js", Some(CHECK)),
        (BOTH, json!({ "etag": false }), &[], "/assets/index-BhTnlnIm.js", Some(FOREVER)),
        (Host { immutable: false, ..BOTH }, json!({}), &[], "/assets/index-BhTnlnIm.js", Some(CHECK)),
        (Host::default(), json!({}), &[], "/assets/index-BhTnlnIm.js", Some(CHECK)),
    ];
    for (host, options, base, path, expected) in cases {
        let asked = Asked { dir: dir.path(), host, options, base };
        let (headers, _, _) = asked.get(path, "").await;
        assert_eq!(headers.get("cache-control").map(|value| value.to_str().unwrap()), expected, "{path} {:?}", asked.options);
    }
}

/// A page of the build before asks for files that are no longer in the directory.
#[tokio::test]
async fn files_of_earlier_builds_stay_while_their_name_says_what_they_are() {
    let now =
        directory(&[("assets/index-D8L5OZT_.js", "new", 10), ("index.html", "new", 10), ("assets/en-DeZ_CqWp.js", "new", 10)]);
    let before = directory(&[
        ("client/assets/index-BhTnlnIm.js", "old", 20),
        ("client/assets/index-BhTnlnIm.js.br", "OLD", 20),
        ("client/assets/en-DeZ_CqWp.js", "old", 20),
        ("client/assets/plain.js", "old", 20),
        ("client/index.html", "old", 20),
        ("client/.hidden/index-BhTnlnIm.js", "old", 20),
        ("client/folder-BhTnlnIm.js/index.html", "old", 20),
        ("client/page-BhTnlnIm.html", "old", 20),
        ("secret-BhTnlnIm.js", "secret", 20),
    ]);
    let client = before.path().join("client");
    let older = directory(&[("fr-YOddZ07a.js", "older", 30), ("assets/index-BhTnlnIm.js", "older", 30)]);
    let previous = vec![client.clone(), "/no/such/directory".into(), older.path().into()];
    let host = Host { previous, ..BOTH };
    let asked = |options| Asked { dir: now.path(), host: host.clone(), options, base: &[] };
    let (headers, status, body) = asked(json!({})).get("/assets/index-BhTnlnIm.js", "").await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, "old"));
    // As the file had them while it was in the mount's own directory.
    let there = Asked { dir: &client, host: BOTH, options: json!({}), base: &[] };
    assert_eq!(headers, there.get("/assets/index-BhTnlnIm.js", "").await.0);
    assert_eq!(headers["cache-control"], "public, max-age=31536000, immutable");
    let (headers, _, body) = asked(json!({})).get("/assets/index-BhTnlnIm.js", "br").await;
    assert_eq!((body.as_str(), headers["content-encoding"].to_str().unwrap()), ("OLD", "br"));
    assert_eq!(asked(json!({})).get("/fr-YOddZ07a.js", "").await.2, "older");
    assert_eq!(asked(json!({})).get("/assets/en-DeZ_CqWp.js", "").await.2, "new", "the mount's own comes first");
    let (headers, ..) = asked(json!({ "maxAge": 1000, "preCompressed": true })).get("/assets/index-BhTnlnIm.js", "br").await;
    assert_eq!(headers["cache-control"], "public, max-age=1", "the mount's options hold");
    assert_eq!(headers["content-encoding"], "br");

    let mount = |mut options: Value| {
        options["root"] = now.path().to_str().unwrap().into();
        Mount::new(&options).unwrap().with_host(host.clone())
    };
    let cases = [
        ("/assets/plain.js", Lookup::NotFound),
        ("/page-BhTnlnIm.html", Lookup::NotFound),
        ("/folder-BhTnlnIm.js", Lookup::NotFound),
        ("/folder-BhTnlnIm.js/", Lookup::NotFound),
        ("/index-BhTnlnIm.js", Lookup::NotFound),
        ("/../secret-BhTnlnIm.js", Lookup::Forbidden),
        ("/assets/../../secret-BhTnlnIm.js", Lookup::Forbidden),
        ("/..\\secret-BhTnlnIm.js", Lookup::Forbidden),
        ("//assets/./index-BhTnlnIm.js", Lookup::File),
    ];
    for (path, expected) in cases {
        assert_eq!(mount(json!({ "redirect": true })).lookup(path), expected, "{path}");
    }
    for (dotfiles, expected) in [("allow", Lookup::File), ("deny", Lookup::Forbidden), ("ignore", Lookup::NotFound)] {
        assert_eq!(mount(json!({ "dotfiles": dotfiles })).lookup("/.hidden/index-BhTnlnIm.js"), expected, "{dotfiles}");
    }
}

/// What `precompress` makes is what is served.
#[tokio::test]
async fn serves_what_precompress_makes() {
    let text = "let x = 1;\n".repeat(300);
    let dir = directory(&[("app.js", &text, 10)]);
    let options = edge::precompress::Options { levels: edge::compression::Levels::default(), ..Default::default() };
    assert_eq!(edge::precompress::Plan::new(dir.path(), options).unwrap().run(|_, _| {}).unwrap().made, 3);
    let mount = Arc::new(Mount::new(&json!({ "root": dir.path() })).unwrap().with_host(BOTH));
    for encoding in ["br", "zstd", "gzip"] {
        let base = (StatusCode::OK, HeaderMap::new());
        let response = mount.respond(&Method::GET, &headers(&[("accept-encoding", encoding)]), base, "/app.js").await;
        assert_eq!(response.headers()["content-encoding"], encoding);
        assert!(response.into_body().collect().await.unwrap().to_bytes().len() < 300);
    }
}
