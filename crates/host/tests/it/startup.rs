//! Apps that do not start, and `ssr-host check`: one readable message, and the right exit code.

use std::net::TcpListener;
use std::path::Path;

use crate::host::{App, Ended};

const OK: &str = "export default { fetch: () => new Response('ok') };";

/// One message, for people: exit code 1, every one of `parts`, and nothing of the host's own workings.
#[track_caller]
fn assert_refused(ended: &Ended, parts: &[&str]) {
    let Ended { code, stdout, stderr } = ended;
    for part in parts {
        assert!(stderr.contains(part), "no `{part}` in:\n{stderr}");
    }
    for never in ["panicked", "RUST_BACKTRACE", "stack backtrace", "/.cargo/", "ext:", "deno"] {
        assert!(!stderr.contains(never), "`{never}` in:\n{stderr}");
    }
    assert_eq!((*code, stderr.matches("error: ").count()), (Some(1), 1), "stdout: {stdout}\nstderr: {stderr}");
    assert!(stderr.starts_with("error: ") && stderr.lines().count() <= 12, "{stderr}");
}

/// An app in `server.js` that does not start, and what the message has.
const BROKEN: [(&str, &[&str]); 14] = [
    ("const a = 1;\nconst b = ;\n", &["does not start: SyntaxError: Unexpected token ';'", "server.js:2:11"]),
    ("import './missing.js';", &["./missing.js", "server.js", "Cannot find module"]),
    ("import 'no-such-package';", &["Cannot find package 'no-such-package'", "server.js"]),
    ("import 'no-such-package/part.js';", &["Cannot find package 'no-such-package'"]),
    ("import { nothing } from 'node:path';", &["nothing", "server.js:1"]),
    ("import repl from 'node:repl';", &["node:repl", "not supported by ssr-host"]),
    (
        "import { createRequire } from 'module';\ncreateRequire(import.meta.url)('wasi');",
        &["node:wasi", "not supported by ssr-host", "server.js:2"],
    ),
    (
        "import cluster from 'node:cluster';\ncluster.fork();",
        &["node:cluster", "fork", "not supported by ssr-host", "server.js:2"],
    ),
    ("\n\nthrow new TypeError('at the top');", &["does not start: TypeError: at the top", "server.js:3:7"]),
    (
        "await null;\nfunction start() { throw new Error('later'); }\nstart();",
        &["does not start: Error: later", "at start", "server.js:2:26"],
    ),
    ("setTimeout(() => { throw new Error('in a timer'); }, 1); await new Promise(() => {});", &["in a timer", "server.js:1"]),
    (
        "Promise.reject(new Error('not awaited')); await new Promise((resolve) => setTimeout(resolve, 50));",
        &["not awaited", "server.js:1"],
    ),
    ("console.log('done');", &["without a server", "hint:"]),
    ("await new Promise(() => {});", &["never resolved", "server.js:1:1"]),
];

#[test]
fn a_broken_app_is_refused_with_its_reason() {
    for (app, parts) in BROKEN {
        assert_refused(&App::source(app).isolates(1).run("serve"), parts);
    }
}

/// A CommonJS file is compiled by `require`, which is not to be seen; the place in the file is.
#[test]
fn a_syntax_error_in_commonjs_has_its_place() {
    let broken = "const a = 1;\nconst b = ;\n";
    for (entry, files) in [
        ("server.cjs", &[("server.cjs", broken)][..]),
        ("server.js", &[("package.json", "{}"), ("server.js", "require('./lib.js')"), ("lib.js", broken)]),
        ("server.mjs", &[("server.mjs", "import './lib.cjs';"), ("lib.cjs", broken)]),
    ] {
        let file = if entry == "server.cjs" { "server.cjs:2" } else { "lib.cjs:2" };
        let file = if entry == "server.js" { "lib.js:2" } else { file };
        assert_refused(&App::files(entry, files).isolates(1).run("serve"), &["SyntaxError: Unexpected token ';'", file]);
    }
}

#[test]
fn every_isolate_fails_and_one_says_so() {
    for app in ["throw new Error('in all of them');", "import 'in all of them';", "const in all of them;"] {
        let ended = App::source(app).isolates(4).run("serve");
        assert_refused(&ended, &["server.js"]);
    }
}

#[test]
fn an_app_that_throws_in_fastify() {
    let cases = [
        ("app.get('/a', async () => ''); app.get('/a', async () => '');", "Method 'GET' already declared for route '/a'"),
        ("app.register(async () => { throw new Error('in a plug-in'); });", "in a plug-in"),
        ("app.addHook('onReady', async () => { throw new Error('in onReady'); });", "in onReady"),
        ("app.use(() => {});", "app.use is not a function"),
    ];
    for (line, message) in cases {
        let app = format!("import Fastify from 'fastify';\nconst app = Fastify();\n{line}\nawait app.listen({{ port: 0 }});");
        assert_refused(&App::source(&app).isolates(1).run("serve"), &[message]);
    }
    // The usual way to end: as under Node.
    let app = "import Fastify from 'fastify';
        const app = Fastify();
        app.register(async () => { throw new Error('in a plug-in'); });
        app.listen({ port: 0 }).catch((error) => { console.error('cannot start:', error.message); process.exit(1); });";
    let ended = App::source(app).run("serve");
    assert_eq!((ended.code, ended.stderr.matches("cannot start: in a plug-in").count()), (Some(1), 1), "{}", ended.stderr);
}

/// As under Node: the code is the app's.
#[test]
fn exit_at_start_up_has_the_code_of_the_app() {
    for (app, code) in [
        ("process.exit(3);", 3),
        ("process.exit(0);", 0),
        ("await null; process.exit();", 0),
        ("process.exitCode = 4; setTimeout(() => process.exit(), 1); await new Promise(() => {});", 4),
    ] {
        let ended = App::source(app).isolates(2).run("serve");
        assert_eq!(ended.code, Some(code), "{app}\n{}", ended.stderr);
    }
}

#[test]
fn an_entry_that_is_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("dist/server/index.js");
    assert_refused(&App::files("missing.js", &[]).run("serve"), &["`missing.js` does not exist", "hint:"]);
    std::fs::create_dir_all(missing.parent().unwrap()).unwrap();
    std::fs::write(&missing, OK).unwrap();
    assert_refused(&App::at(directory.path()).run("serve"), &["is a directory", "hint:", "dist/server/index.js"]);
    assert_refused(&App::files("text.txt", &[("text.txt", "not JavaScript at all")]).isolates(1).run("serve"), &["text.txt:1"]);
}

#[test]
fn a_port_in_use() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let url = format!("http://127.0.0.1:{port}");
    let by_option = App::source(OK).without_port().option("--host", "127.0.0.1").option("--port", &port);
    assert_refused(&by_option.run("serve"), &[&url, "in use", "hint:", "--port"]);
    let listen = format!(
        "import Fastify from 'fastify';
        const app = Fastify();
        app.addHook('onClose', async () => console.log('closed'));
        await app.listen({{ port: {port}, host: '127.0.0.1' }});"
    );
    let ended = App::source(&listen).without_port().isolates(2).run("serve");
    assert_refused(&ended, &[&url, "in use", "hint:", "--port"]);
}

#[test]
fn addresses_that_cannot_be_bound() {
    for (host, parts) in [("no-such-host.invalid", &["no-such-host.invalid", "no such host"][..]), ("192.0.2.1", &["192.0.2.1"])]
    {
        assert_refused(&App::source(OK).option("--host", host).run("serve"), parts);
    }
}

/// All of them at once.
#[test]
fn options_with_bad_values() {
    let app = App::source(OK)
        .without_port()
        .option("--port", "http")
        .isolates(0)
        .option("--heap-limit", "10")
        .option("--cpu-limit", "5");
    let ended = app.run("serve");
    for part in ["`--port` is `http`", "`--isolates` is `0`", "`--heap-limit` is `10`", "`--cpu-limit` is `5`", "hint:"] {
        assert!(ended.stderr.contains(part), "{}", ended.stderr);
    }
    assert_eq!((ended.code, ended.stderr.matches("error: ").count()), (Some(1), 4));
    let from_environment = App::source(OK).without_port().env("PORT", "99999").run("serve");
    assert_refused(&from_environment, &["PORT is `99999`"]);
    let unknown = App::source(OK).option("--prot", "1").run("serve");
    assert!(unknown.code == Some(2) && unknown.stderr.contains("--port"), "{}", unknown.stderr);
}

#[test]
fn check_describes_an_app() {
    let ended = App::fixture("fastify.js").run("check");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    for part in ["Fastify app", "/throw/hook  (GET, HEAD)", "/length  (POST)", "onRequest", "stream"] {
        assert!(ended.stdout.contains(part), "{}", ended.stdout);
    }
    let ended = App::fixture("faults.js").run("check");
    assert!(ended.code == Some(0) && ended.stdout.contains("fetch handler"), "{}", ended.stdout);
}

#[test]
fn check_as_json() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/streaming/server.js");
    for app in [App::fixture("fastify.js"), App::at(&example)] {
        let kind = if app.directory().ends_with("apps") { "fastify" } else { "fetch" };
        let ended = app.flag("--json").run("check");
        let value: serde_json::Value =
            serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {}", ended.stdout));
        assert_eq!((ended.code, &value["starts"], value["kind"].as_str()), (Some(0), &true.into(), Some(kind)), "{value}");
        assert!(value["routes"].as_array().is_some_and(|routes| !routes.is_empty()));
    }
}

/// Whatever the app prints while it starts must not get into the JSON.
#[test]
fn check_as_json_prints_nothing_else() {
    let app = format!("console.log('starting'); {OK}");
    let ended = App::source(&app).flag("--json").run("check");
    serde_json::from_str::<serde_json::Value>(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {}", ended.stdout));
}

#[test]
fn check_refuses_what_would_not_start() {
    for (app, parts) in &BROKEN[..11] {
        assert_refused(&App::source(app).run("check"), parts);
        let ended = App::source(app).flag("--json").run("check");
        let value: serde_json::Value =
            serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {}", ended.stdout));
        assert_eq!((ended.code, &value["starts"]), (Some(1), &false.into()), "{value}");
        assert!(
            value["error"]
                .as_str()
                .is_some_and(|error| parts.iter().all(|part| error.contains(part.trim_start_matches("does not start: ")))),
            "{value}"
        );
    }
}

/// A missing module behind a dynamic import that never ran is told, and is no reason to fail.
#[test]
fn check_lists_modules() {
    let app = "import path from 'node:path'; import { createRequire } from 'module';
        const require = createRequire(import.meta.url);
        try { require('not-there'); } catch {}
        export default { fetch: () => new Response(path.sep) };";
    let ended = App::source(app).flag("--json").run("check");
    let value: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(value["modules"]["provided"], serde_json::json!(["module", "path"]));
    assert!(value["modules"]["missing"]["not-there"].as_str().is_some_and(|importer| importer.ends_with("server.js")), "{value}");
}

/// Byte code is kept for the next start, and what somebody did to it in between does no harm.
#[test]
fn the_code_cache_survives_a_restart_and_damage() {
    let (app, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let entry = app.path().join("server.mjs");
    std::fs::write(&entry, OK).unwrap();
    let start = || App::at(&entry).option("--code-cache", cache.path().to_str().unwrap()).start();
    let files = || -> Vec<_> { std::fs::read_dir(cache.path()).unwrap().map(|entry| entry.unwrap().path()).collect() };
    start().get("/").assert_ok("ok");
    let kept = files();
    assert!(!kept.is_empty() && kept.iter().all(|path| path.extension().is_some_and(|e| e == "v8")), "{kept:?}");
    start().get("/").assert_ok("ok");
    assert_eq!(files(), kept, "the same code is kept once");
    for path in &kept {
        std::fs::write(path, "not byte code").unwrap();
    }
    start().get("/").assert_ok("ok");
    assert!(kept.iter().all(|path| std::fs::read(path).unwrap() != b"not byte code"), "what V8 refuses is replaced");
}
