//! Replays what the real `@fastify/static` answered (`static/recorded.json`, made by `static/record.mjs`) against `edge::files`.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use edge::files::{Lookup, Mount};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;

/// Where this server differs on purpose (the docs of `edge::files` say why): nothing else may.
const ADDED: [(&str, &str); 1] = [("vary", "accept-encoding")];

#[tokio::test]
async fn answers_as_the_real_plugin() {
    let recorded: Value = serde_json::from_str(include_str!("static/recorded.json")).unwrap();
    let dir = tempfile::tempdir().unwrap();
    create_files(dir.path(), &recorded);
    let mut wrong = Vec::new();
    for case in recorded["cases"].as_array().unwrap() {
        let mount = &recorded["mounts"][case["mount"].as_str().unwrap()];
        let (expected, actual) = (expected(case), actual(dir.path(), mount, case).await);
        if expected != actual {
            wrong.push(format!("{} {case}\n  expected {expected}\n  got      {actual}", wrong.len() + 1));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn create_files(dir: &Path, recorded: &Value) {
    for file in recorded["files"].as_array().unwrap() {
        let path = dir.join(file["path"].as_str().unwrap());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, file["text"].as_str().unwrap().repeat(file["repeat"].as_u64().unwrap_or(1) as usize)).unwrap();
        let modified = UNIX_EPOCH + Duration::from_millis(file["mtime"].as_u64().unwrap());
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
    }
    for link in recorded["links"].as_array().unwrap() {
        std::os::unix::fs::symlink(link["target"].as_str().unwrap(), dir.join(link["path"].as_str().unwrap())).unwrap();
    }
}

/// Not found, a redirect and most 403 are answered by JavaScript after a look-up: there, the look-up is compared.
fn expected(case: &Value) -> String {
    let answer = &case["answer"];
    let text = answer["body"].as_str().unwrap_or_default();
    match answer["status"].as_u64().unwrap() {
        404 if case["mount"] != "status" => "NotFound".into(),
        301 => "Redirect".into(),
        403 => "Forbidden".into(),
        status => {
            let headers = answer["headers"]
                .as_array()
                .unwrap()
                .iter()
                .map(|pair| format!("{}: {}", pair[0].as_str().unwrap(), pair[1].as_str().unwrap()));
            format!("{status} {:?} {} {text}", headers.collect::<Vec<_>>(), answer["bytes"])
        }
    }
}

async fn actual(dir: &Path, mount: &Value, case: &Value) -> String {
    let path = percent_decoded(case["path"].as_str().unwrap());
    let files = Arc::new(Mount::new(&with_root(dir, &mount["options"])).unwrap());
    let request = header_map(&case["headers"]);
    let status = StatusCode::from_u16(mount["status"].as_u64().unwrap_or(200) as u16).unwrap();
    let base = (status, pairs(&mount["base"]));
    let method: Method = case["method"].as_str().unwrap().parse().unwrap();
    match files.lookup(&path) {
        Lookup::File => {}
        other => return format!("{other:?}"),
    }
    let (parts, body) = files.respond(&method, &request, base, &path).await.into_parts();
    // A file that exists only compressed, asked for without that encoding: the one 404 that a look-up cannot foresee.
    if parts.status == StatusCode::NOT_FOUND && status == StatusCode::OK {
        return "NotFound".into();
    }
    let body = body.collect().await.unwrap().to_bytes();
    let text = if body.len() > 300 { String::new() } else { String::from_utf8(body.to_vec()).unwrap() };
    let added = |name: &str, value: &HeaderValue| ADDED.contains(&(name, value.to_str().unwrap()));
    let headers = parts.headers.iter().filter(|(name, value)| !added(name.as_str(), value));
    let headers: Vec<_> = headers.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
    format!("{} {headers:?} {} {text}", parts.status.as_u16(), body.len())
}

fn with_root(dir: &Path, options: &Value) -> Value {
    let mut options = options.clone();
    let absolute = |root: &Value| Value::from(dir.join(root.as_str().unwrap()).to_str().unwrap());
    options["root"] = match &options["root"] {
        Value::Array(roots) => roots.iter().map(absolute).collect(),
        root => absolute(root),
    };
    options
}

fn header_map(value: &Value) -> HeaderMap {
    let pairs = value.as_object().into_iter().flatten();
    pairs
        .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value.as_str().unwrap()).unwrap()))
        .collect()
}

fn pairs(value: &Value) -> HeaderMap {
    let pairs = value.as_array().into_iter().flatten();
    pairs
        .map(|pair| (pair[0].as_str().unwrap().parse::<HeaderName>().unwrap(), pair[1].as_str().unwrap().parse().unwrap()))
        .collect()
}

fn percent_decoded(path: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = path.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let escape = if byte == b'%' {
            tail.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok())
        } else {
            None
        };
        bytes.push(escape.unwrap_or(byte));
        rest = if escape.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).unwrap()
}

/// The options a mount forbids differ in nothing but words from upstream; here is what it never does.
#[test]
fn no_path_leaves_the_root() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("root")).unwrap();
    std::fs::write(dir.path().join("secret"), "x").unwrap();
    let mount = Mount::new(&serde_json::json!({ "root": dir.path().join("root") })).unwrap();
    for path in
        ["/../secret", "/a/../../secret", "//../secret", "/./../secret", "/..", "/../", "/a/..\\..\\secret", "/..\\secret"]
    {
        assert_eq!(mount.lookup(path), Lookup::Forbidden, "{path}");
    }
    for path in ["/%2e%2e/secret", "/…/secret", "/root/../secret"] {
        assert_eq!(mount.lookup(path), Lookup::NotFound, "{path}");
    }
}
