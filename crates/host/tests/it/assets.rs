//! Files of earlier builds, which pages of those builds still ask for.

use std::time::Duration;

use crate::host::{App, TestHost};

const SERVER: &str = r#"
import Fastify from "fastify";
import fastifyStatic from "@fastify/static";
const app = Fastify();
app.register(fastifyStatic, { root: import.meta.dirname + "/client", OPTIONS });
app.get("/", () => "page");
await app.listen({ port: 0 });
"#;

/// An app that is one build further: what is below `previous` lies beside its directory, as after a deployment.
fn start(options: &str) -> TestHost {
    let server = SERVER.replace("OPTIONS", options);
    let files = [
        ("current/package.json", r#"{ "type": "module" }"#),
        ("current/server.js", server.as_str()),
        ("current/ssr-host.toml", "[static]\nprevious = ['../previous/client', '../older']\n"),
        ("current/client/assets/index-D8L5OZT_.js", "new"),
        ("previous/client/assets/index-BhTnlnIm.js", "old"),
        ("previous/client/assets/plain.js", "old"),
        ("previous/client/robots.txt", "old"),
        ("previous/server-DRqRE7p6.js", "secret"),
        ("secret-DRqRE7p6.js", "secret"),
    ];
    App::files("current/server.js", &files).isolates(1).start()
}

#[test]
fn a_page_of_an_old_build_gets_its_files() {
    let host = start("maxAge: undefined");
    host.get("/assets/index-D8L5OZT_.js").assert_ok("new");
    let old = host.get("/assets/index-BhTnlnIm.js");
    old.assert_ok("old");
    let new = host.get("/assets/index-D8L5OZT_.js");
    for name in ["cache-control", "content-type", "vary", "accept-ranges"] {
        assert_eq!(old.header(name), new.header(name), "{name}");
    }
    assert_eq!(old.header("cache-control"), Some("public, max-age=31536000, immutable"));
    let head = {
        let mut connection = host.connect();
        connection.request("HEAD", "/assets/index-BhTnlnIm.js", "");
        connection.head()
    };
    assert_eq!((head.status, head.header("content-length")), (200, Some("3")));
    // Names without a hash are not told from those of this build, and nothing beside the directories is reached.
    for path in ["/assets/plain.js", "/robots.txt", "/index-BhTnlnIm.js", "/assets/index-YOddZ07a.js"] {
        assert_eq!(host.get(path).status, 404, "{path}");
    }
    for path in [
        "/../server-DRqRE7p6.js",
        "/%2e%2e/server-DRqRE7p6.js",
        "/assets/..%2f..%2fserver-DRqRE7p6.js",
        "/..%5cserver-DRqRE7p6.js",
        "/..%2f..%2fsecret-DRqRE7p6.js",
    ] {
        let answer = host.get(path);
        assert!(matches!(answer.status, 400 | 403 | 404) && !answer.text().contains("secret"), "{path}: {answer:?}");
    }
}

/// What the app says about its files holds for these as well, with a path as if they were still there.
#[test]
fn the_app_has_a_say_in_their_headers() {
    let host = start(
        "setHeaders(response, path, stat) {
           response.setHeader('access-control-allow-origin', '*');
           response.setHeader('x-path', path.slice(import.meta.dirname.length));
           response.setHeader('x-stat', `${stat.isFile()} ${stat.mtime.toISOString()}`);
         }",
    );
    let old = host.get("/assets/index-BhTnlnIm.js");
    old.assert_ok("old");
    assert_eq!(old.header("access-control-allow-origin"), Some("*"));
    assert_eq!(old.header("x-path"), Some("/client/assets/index-BhTnlnIm.js"));
    assert_eq!(old.header("x-stat"), Some("true 1970-01-01T00:00:00.000Z"));
    let refused = start("allowedPath: (path) => !path.startsWith('/assets/index-B')");
    assert_eq!(refused.get("/assets/index-BhTnlnIm.js").status, 404);
    refused.get("/assets/index-D8L5OZT_.js").assert_ok("new");
}

/// A Redis of the test's own.
struct Redis(std::process::Child, tempfile::TempDir);

impl Redis {
    fn start() -> Redis {
        let directory = tempfile::tempdir().unwrap();
        let socket = directory.path().join("redis");
        let mut command = std::process::Command::new("redis-server");
        command.args(["--port", "0", "--save", "", "--unixsocket"]).arg(&socket).stdout(std::process::Stdio::null());
        let child = command.spawn().expect("redis-server is installed");
        let started = std::time::Instant::now();
        while std::os::unix::net::UnixStream::connect(&socket).is_err() {
            assert!(started.elapsed() < Duration::from_secs(10), "redis-server starts");
            std::thread::sleep(Duration::from_millis(10));
        }
        Redis(child, directory)
    }

    fn url(&self) -> String {
        format!("unix://{}", self.1.path().join("redis").display())
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Builds in containers have no directory of the one before.
#[test]
fn a_page_of_an_old_build_gets_its_files_from_redis() {
    let redis = Redis::start();
    let build = |name: &str, settings: &str| {
        let server = SERVER.replace("OPTIONS", "").replace("{ root", "{ prefix: '/files/', root");
        let files = [
            ("package.json", r#"{ "type": "module" }"#),
            ("server.js", server.as_str()),
            (&format!("client/{name}.js"), name),
            ("client/plain.js", name),
        ];
        let app = App::files("server.js", &files).isolates(1).env("REDIS_URL", &redis.url());
        app.env("SSR_HOST_CACHE_ENABLED", "true").option("--set", settings).start()
    };
    let settings = "cache.redis.timeout=1s";
    let old = build("index-BhTnlnIm", settings);
    old.get("/files/index-BhTnlnIm.js").assert_ok("index-BhTnlnIm");
    let new = build("index-D8L5OZT_", settings);
    // They are kept in the background.
    let started = std::time::Instant::now();
    let file = loop {
        let file = new.get("/files/index-BhTnlnIm.js");
        if file.status == 200 || started.elapsed() > Duration::from_secs(10) {
            break file;
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    drop(old);
    file.assert_ok("index-BhTnlnIm");
    assert_eq!(file.header("content-type"), new.get("/files/index-D8L5OZT_.js").header("content-type"));
    assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"));
    new.get("/files/plain.js").assert_ok("index-D8L5OZT_");
    for path in ["/files/other-BhTnlnIm.js", "/files/index-BhTnlnIm.css"] {
        assert_eq!(new.get(path).status, 404, "{path}");
    }
    drop(redis);
    assert_eq!(new.get("/files/index-DRqRE7p6.js").status, 404, "nothing fails without Redis");
}
