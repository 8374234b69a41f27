//! Files of earlier builds, which pages of those builds still ask for.

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
