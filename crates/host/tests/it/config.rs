//! Settings of the file, the environment and the command line, as the real program takes them.

use std::path::Path;

use serde_json::Value;

use crate::host::{App, Ended};

const OK: &str = "export default { fetch: () => new Response('ok') };";

fn app(config: &str) -> App {
    App::files("server.js", &[("package.json", r#"{ "type": "module" }"#), ("server.js", OK), ("ssr-host.toml", config)])
}

fn json(app: App) -> Value {
    let ended = app.flag("--json").run("config");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {}", ended.stdout))
}

#[track_caller]
fn assert_refused(ended: &Ended, expected: &str) {
    assert_eq!((ended.code, ended.stdout.as_str(), ended.stderr.as_str()), (Some(1), "", expected));
}

#[test]
fn the_first_of_flag_variable_file_and_default_holds() {
    let file = "[pool]\nqueue = 1\nin_flight = 2\nqueue_timeout = '3s'\n";
    let value = json(
        app(file)
            .env("SSR_HOST_POOL_IN_FLIGHT", "20")
            .env("SSR_HOST_POOL_QUEUE_TIMEOUT", "30s")
            .option("--queue-timeout", "300ms"),
    );
    let pool = &value["settings"]["pool"];
    assert_eq!((&pool["queue"], &pool["in_flight"], &pool["queue_timeout"]), (&1.into(), &20.into(), &"300ms".into()));
    assert_eq!(pool["cpu_limit"], "5s");
    let sources = ["queue", "in_flight", "queue_timeout", "cpu_limit", "isolates"]
        .map(|key| value["sources"][format!("pool.{key}")].clone());
    assert_eq!(
        sources,
        ["ssr-host.toml:2", "SSR_HOST_POOL_IN_FLIGHT", "--queue-timeout", "default", "default: the CPUs and the memory"]
    );
    assert_eq!(value["file"], "ssr-host.toml");
}

/// The settings do what they say: a queue of one from the file, and a port from the environment.
#[test]
fn the_file_holds_for_the_server() {
    let port = crate::host::free_port();
    let host = app("[pool]\nisolates = 2\n[server]\nhost = '127.0.0.1'\n")
        .without_port()
        .env("SSR_HOST_SERVER_PORT", &port.to_string())
        .start();
    assert_eq!(host.port, port);
    host.stderr.wait_for("with 2 isolates");
    host.get("/").assert_ok("ok");
}

#[test]
fn where_the_file_is_looked_for() {
    // Beside the package.json above the bundle, when the current directory has none.
    let files = [
        ("app/package.json", "{}"),
        ("app/dist/server.mjs", OK),
        ("app/ssr-host.toml", "[pool]\nqueue = 7\n"),
        ("x.toml", "[pool]\nqueue = 8\n"),
    ];
    let queue = |app: App| json(app)["settings"]["pool"]["queue"].clone();
    let app = || App::files("app/dist/server.mjs", &files);
    assert_eq!(json(app())["file"], "app/ssr-host.toml");
    assert_eq!(queue(app()), 7);
    assert_eq!(queue(app().option("--config", "x.toml")), 8);
    assert_eq!(queue(app().env("SSR_HOST_CONFIG", "x.toml")), 8);
    assert_eq!(queue(app().env("SSR_HOST_CONFIG", "off")), 1024);
    assert_eq!(queue(app().env("SSR_HOST_CONFIG", "missing.toml").option("--config", "off")), 1024);
    assert_refused(
        &app().env("SSR_HOST_CONFIG", "x.yaml").run("config"),
        "error: SSR_HOST_CONFIG is `x.yaml`, which does not exist\n",
    );
    assert_refused(
        &app().option("--config", "app").run("config"),
        "error: `--config` is `app`, which is a directory: expected a file\n",
    );
    // Paths in a file are meant from where it is.
    let files = [("conf/a.toml", "[app]\nentry = '../server.mjs'\n[pool]\nisolates = 1\n"), ("server.mjs", OK)];
    let host = App::files("", &files).without_entry().option("--config", "conf/a.toml").start();
    host.get("/").assert_ok("ok");
}

#[test]
fn every_problem_is_told_with_its_place() {
    let file = "# what is wrong\n[http]\nheader_timout = '60s'\nidle_timeout = 72\n\n[[rate_limit]]\nmax = 0\n[tls]\ncert = 'cert.pem'\n";
    let app = || {
        app(file)
            .env("SSR_HOST_POOL_QUEUE", "many")
            .env("SSR_HOST_POOL_ISOLATE", "1")
            .env("SSR_HOST_HEAP_LIMIT", "1GiB")
            .option("--in-flight", "0")
    };
    let expected = "\
error: ssr-host.toml:3: `http.header_timout` is unknown
  hint: did you mean `header_timeout`?
error: ssr-host.toml:4: `http.idle_timeout` is `72`: expected a duration such as `5s` or `500ms`
  hint: with its unit: `\"72s\"`
error: ssr-host.toml:6: `rate_limit[0]` has no `window`: expected a duration such as `5s` or `500ms`, from `1s` to `30d`
error: ssr-host.toml:7: `rate_limit[0].max` is `0`: expected a whole number of at least 1
error: ssr-host.toml:9: `tls.cert` is set without `tls.key`: expected the file of its key as well
error: ssr-host.toml:9: `tls.cert` is `cert.pem`, which does not exist
  hint: a path in the file is meant from where the file is, one in a variable or option from the current directory
error: SSR_HOST_HEAP_LIMIT is now SSR_HOST_POOL_HEAP_LIMIT
error: SSR_HOST_POOL_ISOLATE is unknown
  hint: did you mean SSR_HOST_POOL_ISOLATES?
error: SSR_HOST_POOL_QUEUE is `many`: expected a whole number
error: `--in-flight` is `0`: expected a whole number of at least 1
";
    for command in ["serve", "check", "config"] {
        assert_refused(&app().without_port().run(command), expected);
    }
    let expected = "error: ssr-host.toml:2:16: not TOML: string values must be quoted, expected literal string
  | idle_timeout = 72s
  |                ^
  hint: text stands in quotes: `idle_timeout = \"72s\"`
";
    assert_refused(&self::app("[http]\nidle_timeout = 72s\n").run("config"), expected);
}

#[test]
fn what_is_printed() {
    let file = "trust = 'fly'\n[limiter]\nredis = 'redis://:hunter2@cache'\n[[rate_limit]]\nmax = 1\nwindow = '60s'\n";
    let ended = app(file).option("--set", "http.idle_timeout=30s").run("config");
    for line in [
        "preset = \"fly\"                              # ssr-host.toml:1",
        "redis = \"redis://:***@cache\"                # ssr-host.toml:3",
        "[[rate_limit]]",
        "window = \"60s\"                              # ssr-host.toml:6",
        "idle_timeout = \"30s\"                        # --set http.idle_timeout",
        "queue = 1024                                # default",
        "# recycle_age is not set: never",
    ] {
        assert!(ended.stdout.lines().any(|printed| printed == line), "no `{line}` in\n{}", ended.stdout);
    }
    let json = app(file).flag("--json").run("config");
    assert!(!ended.stdout.contains("hunter2") && !json.stdout.contains("hunter2"));
    // A wrong configuration does not keep the commented file from being printed: it is what one needs then.
    let default = app("[wrong]").flag("--default").run("config");
    assert!(default.code == Some(0) && default.stdout.contains("\n#idle_timeout = \"72s\"\n"), "{}", default.stdout);
    let checked = app(file).run("check");
    assert!(checked.stdout.contains("configuration   ssr-host.toml"), "{}", checked.stdout);
}

#[test]
fn secrets_are_required_and_never_shown() {
    let file = "[secrets]\nrequired = [\n  { name = 'SESSION_SECRET', min_length = 32 },\n  { name = 'API_KEY' },\n]\n[pool]\nisolates = 1\n";
    let expected = "error: `SESSION_SECRET` has 7 characters: expected at least 32 (ssr-host.toml:3)
error: `API_KEY` is not set: expected a value (ssr-host.toml:4)
";
    let wrong = || app(file).env("SESSION_SECRET", "hunter2");
    for command in ["serve", "check"] {
        assert_refused(&wrong().run(command), expected);
    }
    let expected = "error: `SESSION_SECRET` is not set: expected at least 32 characters (ssr-host.toml:3)\n";
    assert_refused(&app(file).env("API_KEY", "x").run("serve"), expected);
    // Where the file is written there are no secrets.
    assert_eq!(wrong().run("config").code, Some(0));
    app(file).env("SESSION_SECRET", &"x".repeat(32)).env("API_KEY", "x").start().get("/").assert_ok("ok");
}

/// The page is what the program prints.
#[test]
fn the_documentation_is_up_to_date() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/CONFIGURATION.md")).unwrap();
    assert!(
        App::source(OK).flag("--markdown").run("config").stdout == page,
        "run `ssr-host config --markdown > docs/CONFIGURATION.md`"
    );
}
