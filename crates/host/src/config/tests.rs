//! Settings from text to values. Whole runs of the program are in `tests/it/config.rs`.

use std::path::Path;
use std::time::Duration;

use clap::Parser as _;

use super::settings::{Key, Preset};
use super::*;

mod cache;
mod fetch;
mod proxy;

/// What these words, this file and these variables mean.
fn run(words: &[&str], file: &str, variables: &[(&str, &str)]) -> Result<Command, String> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ssr-host.toml");
    std::fs::write(&path, file).unwrap();
    let path = path.display().to_string();
    let words = ["ssr-host"].iter().chain(words).copied().chain(["--config", path.as_str()]);
    let environment = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let args = Args::try_parse_from(words).unwrap_or_else(|error| panic!("{error}"));
    let shown = |error: anyhow::Error| error.to_string().replace(&path, "ssr-host.toml");
    args.check_in(&environment).map_err(shown)
}

fn config(words: &[&str], file: &str, variables: &[(&str, &str)]) -> Config {
    let entry = format!("{}/Cargo.toml", env!("CARGO_MANIFEST_DIR"));
    match run(&[&["serve", &entry], words].concat(), file, variables) {
        Ok(Command::App(AppCommand::Serve(config))) => *config,
        other => panic!("{other:?}"),
    }
}

fn printed(words: &[&str], file: &str) -> String {
    match run(&[&["config"], words].concat(), file, &[]) {
        Ok(Command::Print(text)) => text,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn problems(file: &str, variables: &[(&str, &str)], words: &[&str]) -> String {
    run(&[&["config"], words].concat(), file, variables).expect_err("it is accepted")
}

#[test]
fn entry_may_stand_alone() {
    let entry = format!("{}/Cargo.toml", env!("CARGO_MANIFEST_DIR"));
    let parse = |words: &[&str]| {
        let args = Args::try_parse_from(["ssr-host"].iter().chain(words)).unwrap_or_else(|error| panic!("{error}"));
        args.check_in(&Environment::default()).unwrap()
    };
    for words in [vec![entry.as_str()], vec!["serve", &entry], vec![&entry, "--", "--port", "x"]] {
        assert!(
            matches!(parse(&words), Command::App(AppCommand::Serve(config)) if config.entry == Path::new(&entry)),
            "{words:?}"
        );
    }
    assert!(matches!(parse(&[&entry, "--", "--flag"]), Command::App(AppCommand::Serve(config)) if config.args == ["--flag"]));
    assert!(matches!(
        parse(&["check", &entry, "--json"]),
        Command::App(AppCommand::Check(_, Check { format: Format::Json, requests: true }))
    ));
    assert!(matches!(
        parse(&["check", "--no-requests", &entry]),
        Command::App(AppCommand::Check(_, Check { format: Format::Text, requests: false }))
    ));
    // What comes after the file is the module's, also when it looks like an option.
    for (words, expected) in [
        (vec!["run-js", &entry, "--", "a"], vec!["--", "a"]),
        (vec!["run", &entry], vec![]),
        (vec!["run", "--set", "pool.heap_limit=64MiB", &entry, "--set", "b", "c"], vec!["--set", "b", "c"]),
    ] {
        let Command::App(AppCommand::Run(config)) = parse(&words) else { panic!("{words:?}") };
        assert_eq!(
            (config.args.as_slice(), config.settings.pool.isolates.get()),
            (&expected.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()[..], 1),
            "{words:?}"
        );
    }
}

#[test]
fn values_have_units() {
    let words = ["--heap-limit", "256MiB", "--request-timeout", "1m 30s", "--isolates", "3"];
    let pool = config(&words, "", &[]).pool();
    assert_eq!((pool.heap_limit, pool.request_timeout, pool.isolates), (256 << 20, Duration::from_secs(90), 3));
    assert_eq!(pool.queue, 1024);
}

#[test]
fn each_source_is_above_the_one_before() {
    let file = "[pool]\nqueue = 1\nin_flight = 1\ncpu_limit = '1s'\nrecycle_age = '1h'\n[trust]\npeers = ['unix']\n";
    let variables = [("SSR_HOST_POOL_IN_FLIGHT", "2"), ("SSR_HOST_POOL_CPU_LIMIT", "2s"), ("SSR_HOST_TRUST", "fly")];
    let words = ["--cpu-limit", "3s", "--set", "pool.recycle_age=false", "--set", "csp.directives.img-src='self' https:"];
    let settings = config(&words, file, &variables).settings;
    let pool = &settings.pool;
    assert_eq!((pool.queue, pool.in_flight.get(), pool.cpu_limit.as_secs()), (1, 2, 3));
    assert_eq!((pool.queue_timeout.as_secs(), pool.recycle_age), (5, None));
    assert_eq!((settings.trust.preset, settings.trust.peers.len()), (Preset::Fly, 1), "tables are merged");
    let directives: Vec<_> = settings.csp.directives.0.iter().map(|(name, sources)| (name.0.as_str(), sources.clone())).collect();
    assert_eq!(directives.len(), 6, "one more over the defaults is one more: {directives:?}");
    assert!(directives.iter().any(|(name, sources)| *name == "img-src" && sources.as_ref().unwrap().0 == ["'self'", "https:"]));
}

#[test]
fn depends_on_the_machine() {
    let on_fly = config(&[], "", &[("FLY_APP_NAME", "x")]);
    assert_eq!((on_fly.settings.trust.preset, on_fly.address.on_fly), (Preset::Fly, true));
    let off = config(&["--set", "trust=none"], "", &[("FLY_APP_NAME", "x"), ("HOST", "::1"), ("PORT", "8080")]);
    assert_eq!((off.settings.trust.preset, off.address.app_port), (Preset::None, Some(8080)));
    assert_eq!(off.address.app_host.as_deref(), Some("::1"));
    let enough = [("FLY_VM_MEMORY_MB", "")];
    assert!(config(&[], "", &enough).settings.pool.isolates <= machine::cpus());
    assert_eq!(off.settings.server.port, None);
}

/// What a process gets on the smallest machine of Fly.io, and what changes with what is asked for.
#[test]
fn memory_is_shared_out() {
    let pool = |words: &[&str]| {
        let settings = config(words, "", &[("FLY_VM_MEMORY_MB", "256")]).settings;
        (settings.pool.isolates.get(), settings.pool.heap_limit.bytes() >> 20, settings.cache.max_size.bytes() >> 20)
    };
    assert_eq!(pool(&["--isolates", "1"]), (1, 132, 16));
    assert_eq!(pool(&["--isolates", "3"]), (3, 44, 16));
    assert_eq!(pool(&["--isolates", "1", "--set", "cache.max_size=64MiB"]), (1, 96, 64));
    assert_eq!(pool(&["--isolates", "1", "--heap-limit", "200MiB"]), (1, 200, 16));
    let (isolates, each, _) = pool(&[]);
    assert!(isolates <= 2 && isolates * each <= 132, "{isolates} x {each}");
}

#[test]
fn fly_is_on_where_it_is() {
    let variables = [
        ("FLY_APP_NAME", "shop"),
        ("FLY_REGION", "fra"),
        ("FLY_MACHINE_ID", "148e452b7d9489"),
        ("FLY_IMAGE_REF", "registry.fly.io/shop:1"),
        ("PRIMARY_REGION", "iad"),
    ];
    let on = config(&[], "", &variables);
    let machine = on.fly.clone().unwrap();
    assert_eq!(machine.name().as_deref(), Some("fra 148e452b7d9489"));
    assert_eq!((machine.app.as_deref(), machine.primary_region.as_deref()), (Some("shop"), Some("iad")));
    assert_eq!(on.plugins().fly, Some(machine));
    for (words, file) in [(vec!["--set", "fly=false"], ""), (vec![], "fly = false"), (vec![], "[fly]\nenabled = false")] {
        let off = config(&words, file, &variables);
        assert_eq!((off.fly, off.address.on_fly, off.settings.trust.preset), (None, false, Preset::None), "{words:?} {file}");
    }
    // As a trial elsewhere.
    let trial = config(&[], "fly = true", &[]);
    assert_eq!((trial.fly.unwrap().name(), trial.address.on_fly, trial.settings.trust.preset), (None, true, Preset::Fly));
    let mixed = config(&["--set", "trust=none"], "", &variables);
    assert_eq!((mixed.fly.is_some(), mixed.settings.trust.preset), (true, Preset::None));
    assert_eq!(config(&[], "", &[]).fly, None);
}

#[test]
fn the_header_that_tells_who_answers_must_be_one() {
    let variables = [("FLY_APP_NAME", "shop"), ("FLY_REGION", "fra")];
    let refused = problems("", &variables, &["--set", "fly.response_header=set-cookie"]);
    assert!(refused.contains("fly.response_header") && refused.contains("only what made the response knows it"), "{refused}");
    assert!(problems("fly.response_header = 'a b'", &[], &[]).contains("the name of a header"));
}

/// Lists of tables by all three ways.
#[test]
fn rate_limits() {
    let file = "[[rate_limit]]\npath = '/api/*'\nmax = 10\nwindow = '60s'\nkey = 'header:X-Api-Key'\n[[rate_limit]]\nmax = 1\nwindow = '1s'\n";
    let limits = config(&[], file, &[]).settings.rate_limit;
    assert_eq!((limits.len(), limits[0].max.get(), limits[0].window.as_secs()), (2, 10, 60));
    assert_eq!((limits[0].key.clone(), limits[1].key.clone()), (Key::Header("x-api-key".parse().unwrap()), Key::Ip));
    assert!(limits[0].path.as_ref().is_some_and(|path| path.matches("/api/a")) && limits[1].path.is_none());
    let text = "[{ max = 3, window = \"1m\" }]";
    let set = format!("rate_limit={text}");
    for (words, variables) in [(vec![], vec![("SSR_HOST_RATE_LIMIT", text)]), (vec!["--set", set.as_str()], vec![])] {
        let limits = config(&words, file, &variables).settings.rate_limit;
        assert_eq!((limits.len(), limits[0].max.get()), (1, 3), "lists are replaced");
    }
}

#[test]
fn the_commented_file_is_the_defaults() {
    let commented = reference::file();
    let uncomment = |line: &str| match line.strip_prefix('#') {
        Some(setting) if !setting.starts_with(' ') => setting.to_owned(),
        _ => line.to_owned(),
    };
    let uncommented = commented.lines().map(uncomment).collect::<Vec<_>>().join("\n");
    let defaults = config(&[], "", &[]).settings;
    assert_eq!(config(&[], &commented, &[]).settings, defaults);
    assert_eq!(config(&[], &uncommented, &[]).settings, defaults);
    assert!(commented.contains("\n# [[rate_limit]]\n"));
    for known in settings::all().into_iter().filter(|known| known.path.contains('.')) {
        assert!(
            commented.contains(&format!("{} = ", known.field.key)) || commented.contains(&format!(".{}]", known.field.key)),
            "{known:?}"
        );
        assert!(known.field.doc().ends_with('.'), "{known:?}");
    }
    // What is uncommented comes from the file then, so that the test above has compared something.
    let printed = printed(&[], &uncommented);
    let of_file = printed.lines().filter(|line| line.contains("ssr-host.toml:")).count();
    assert!(of_file > 60 && printed.lines().filter(|line| line.ends_with("# default")).count() == 0, "{printed}");
}

/// Everything at a value that is not its default: what is printed says the same when it is read again.
const UNUSUAL: &str = r#"
trust = "fly"
[server]
unix = "/run/\"x\".sock"
unix_mode = "600"
[pool]
isolates = 3
heap_limit = "100000000B"
cpu_limit = "1500ms"
recycle_requests = 5
recycle_age = "90m"
[http]
body_limit = "10MB"
[limiter]
allow = ["10.0.0.0/8", "::1"]
headers = "legacy"
[[rate_limit]]
name = "a"
path = "/a/:b"
methods = ["POST"]
max = 1
window = "2s"
burst = 4
key = "cookie:sid"
shadow = true
[[rate_limit]]
max = 1
window = "2s"
[security_headers]
frame_options = false
hsts = ""
extra = { x-a = "b", "x-c" = "d, e" }
override = ["Server"]
[csp]
hashes = ["sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="]
inline_scripts = ["let a = '\\';\n"]
[csp.directives]
form-action = false
style-src = "'self' https://a.example"
upgrade-insecure-requests = []
[[csp.rules]]
path = "/a"
enabled = false
directives = { img-src = false, "font-src" = ["*"] }
[cors]
origins = ["https://*.a.example:8443", "http://localhost"]
max_age = "0s"
[cache]
enabled = false
max_size = "3MiB"
cookies = ["theme"]
stale_if_error = "0s"
build_id = "4f1c0d2"
redis = "redis://cache"
[[cache.rules]]
path = "/a/*"
ttl = "1500ms"
ignore_query = ["utm_*"]
headers = { accept-language = ["en", "de-CH"], user-agent = false }
cookies = []
tags = ["a:1"]
[[cache.rules]]
path = "/b"
enabled = false
"#;

#[test]
fn what_is_printed_is_what_holds() {
    let settings = config(&[], UNUSUAL, &[]).settings;
    let again = printed(&[], UNUSUAL);
    assert_eq!(config(&[], &again, &[]).settings, settings, "{again}");
    assert!(settings.security_headers.frame_options.is_none() && settings.security_headers.hsts.is_none());
    assert_eq!(settings.csp.hashes[0].0, "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
    for line in
        ["frame_options = false", "form-action = false", "recycle_age = \"90m\"", "heap_limit = \"100MB\"", "[[csp.rules]]"]
    {
        assert!(again.contains(line), "no `{line}` in {again}");
    }
}

#[test]
fn the_page_of_documentation_is_made_from_the_declarations() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/CONFIGURATION.md");
    assert!(
        std::fs::read_to_string(file).unwrap_or_default() == reference::page(),
        "docs/CONFIGURATION.md is old: run `ssr-host config --markdown > docs/CONFIGURATION.md`"
    );
}

/// A value, and what is said about it after its place.
#[test]
fn wrong_values() {
    let duration = "expected a duration such as `5s` or `500ms`";
    let cases = [
        ("http.idle_timeout = 72", format!("is `72`: {duration}\n  hint: with its unit: `\"72s\"`")),
        ("http.idle_timeout = '0s'", format!("is `0s`: {duration}")),
        ("http.idle_timeout = ['1s']", format!("is `[…]`: {duration}")),
        ("http.max_headers = '9'", "is `\"9\"`: expected a whole number from 1 to 10000\n  hint: without quotes: `9`".into()),
        ("http.max_headers = 0", "is `0`: expected a whole number from 1 to 10000".into()),
        ("http.max_headers = 1.5", "is `1.5`: expected a whole number from 1 to 10000".into()),
        ("http.max_header_size = '16k'", "is `16k`: expected a size such as `256MiB`, from `1KiB` to `1MiB`\n  hint: did you mean `\"16KiB\"`?".into()),
        ("http.body_limit = 1048576", "is `1048576`: expected a size such as `256MiB`\n  hint: with its unit: `\"1MiB\"`".into()),
        ("http.body_limit = '1 TiB'", "is `1 TiB`: expected a size such as `256MiB`\n  hint: the units are B, KiB, MiB and GiB".into()),
        ("pool.heap_limit = '10MiB'", "is `10MiB`: expected a size such as `256MiB`, at least `32MiB`".into()),
        ("pool.isolates = 0", "is `0`: expected a whole number of at least 1".into()),
        ("server.port = 70000", "is `70000`: expected a number from 0 to 65535".into()),
        ("server.unix_mode = '1777'", "is `1777`: expected permissions in octal such as `\"660\"`".into()),
        ("csp.enabled = 'yes'", "is `\"yes\"`: expected `true` or `false`\n  hint: did you mean `true`?".into()),
        ("trust.preset = 'flyy'", "is `flyy`: expected `none` or `fly`\n  hint: did you mean `fly`?".into()),
        ("cors.methods = 'GET'", "is `\"GET\"`: expected a list, each a method such as `GET`\n  hint: in brackets: `[\"GET\"]`".into()),
        ("cors.methods = ['get']", "methods[0]` is `get`: expected a method such as `GET`\n  hint: did you mean `GET`?".into()),
        ("cors.origins = ['https://A.example/']", "origins[0]` is `https://A.example/`: expected an origin such as `https://a.example`, `https://*.a.example` or `*`\n  hint: did you mean `https://a.example`?".into()),
        ("cors.origins = ['a.example']", "hint: did you mean `https://a.example`?".into()),
        ("cors.paths = ['api']", "hint: did you mean `/api`?".into()),
        ("cors.paths = ['/a*']", "hint: write `*` only as the whole last segment, such as `/api/*`".into()),
        ("limiter.allow = ['10.0.0.1/8']", "hint: did you mean the network `10.0.0.0/8` or the address `10.0.0.1`?".into()),
        ("trust.peers = ['localhost']", "hint: did you mean `loopback`?".into()),
        ("csp.directives.script_src = []", "`csp.directives.script_src` has a wrong name: expected a directive such as `script-src`\n  hint: did you mean `script-src`?".into()),
        ("csp.directives.script-src = ['self']", "has the source `self`\n  hint: in single quotes, which are part of it: `'self'`".into()),
        ("csp.directives.script-src = ['a b']", "has the source `a b`\n  hint: a source has no spaces".into()),
        ("csp.hashes = ['sha256-abc']", "is `sha256-abc`: expected a hash".into()),
        ("rate_limit = [{ max = 0, window = '1s' }]", "`rate_limit[0].max` is `0`: expected a whole number of at least 1".into()),
        ("rate_limit = [{ max = 1 }]", "`rate_limit[0]` has no `window`: expected a duration such as `5s` or `500ms`, from `1s` to `30d`".into()),
        ("rate_limit = [{ max = 1, window = '1s', key = 'header:' }]", "key` is `header:`: expected `ip`, `header:`".into()),
        ("http = 1", "`http` is `1`: expected a table with `max_connections`".into()),
        ("secrets.required = ['A']", "is `\"A\"`: expected a table with `name`, `min_length`".into()),
    ];
    for (line, expected) in cases {
        let told = problems(line, &[], &[]);
        assert!(told.starts_with("ssr-host.toml:1: `") && told.contains(&expected), "{line}\n{told}\n{expected}");
        assert_eq!(told.matches("error: ").count(), 0, "{told}");
    }
}

/// Settings that do not go together.
#[test]
fn cross_checks() {
    let cases = [
        (
            "[tls]\ncert = 'Cargo.toml'\n",
            "ssr-host.toml:2: `tls.cert` is set without `tls.key`: expected the file of its key as well",
        ),
        ("[tls]\nkey = 'Cargo.toml'\n", "ssr-host.toml:2: `tls.key` is set without `tls.cert`"),
        ("trust.header = 'x-real-ip'", "ssr-host.toml:1: `trust.header` is set, but nobody is trusted: `trust.peers` is empty"),
        ("trust.proxy_protocol = 'optional'", "ssr-host.toml:1: `trust.proxy_protocol` is set, but nobody is trusted"),
        (
            "trust = { hops = 1, header = 'cf-connecting-ip', peers = ['unix'] }",
            "`trust.hops` counts entries of `x-forwarded-for`",
        ),
        (
            "[cors]\ncredentials = true\norigins = ['*']",
            "ssr-host.toml:3: `cors.origins` cannot be used: `*` with credentials would let every site",
        ),
        (
            "[[rate_limit]]\nname = 'a'\nmax = 1\nwindow = '1s'\n[[rate_limit]]\nname = 'a'\nmax = 1\nwindow = '1s'\n",
            "ssr-host.toml:6: `rate_limit[1].name` is `a`, as is that of another limit (ssr-host.toml:2): expected a name of its own",
        ),
        ("server = { unix = 'x', port = 1 }", "`server.port` and `server.unix` (ssr-host.toml:1) exclude each other"),
        ("csp.templates = ['no-such.html']", "no-such.html`, which does not exist"),
        ("csp.templates = ['.']", "which is a directory: expected a file"),
    ];
    for (file, expected) in cases {
        let told = problems(file, &[], &[]);
        assert!(told.contains(expected), "{file}\n{told}\n{expected}");
    }
    let told = problems("server.unix = 'x'", &[], &["--port", "1"]);
    assert!(told.starts_with("`--port` and `server.unix` (ssr-host.toml:1) exclude each other"), "{told}");
    for fine in ["trust = { preset = 'fly', header = 'x-a' }", "trust = { header = 'forwarded', hops = 1, peers = ['unix'] }"] {
        config(&[], fine, &[]);
    }
}

/// Also those that a source above replaces.
#[test]
fn every_problem_is_told_at_once() {
    let file = "[pool]\nqueue = -1\n[tls]\ncert = 'missing.pem'\nkee = ''\n";
    let told = problems(file, &[("SSR_HOST_POOL_QUEUE", "many"), ("PORT", "http")], &["--queue", "x", "--isolates", "0"]);
    for part in [
        "ssr-host.toml:2: `pool.queue` is `-1`: expected a whole number",
        "error: ssr-host.toml:5: `tls.kee` is unknown\n  hint: did you mean `key`?",
        "error: PORT is `http`: expected a number from 0 to 65535",
        "error: SSR_HOST_POOL_QUEUE is `many`: expected a whole number",
        "error: `--queue` is `x`: expected a whole number",
        "error: `--isolates` is `0`: expected a whole number of at least 1",
    ] {
        assert!(told.contains(part), "no `{part}` in\n{told}");
    }
}

/// What stands below a line that is not TOML may belong elsewhere.
#[test]
fn what_follows_a_broken_line_is_not_judged() {
    let told = problems("[http]\nx = 1\n[pool\nqueue = 1\n[[rate_limit]]\n", &[("SSR_HOST_POOL_QUEUE", "x")], &[]);
    assert!(
        told.starts_with("ssr-host.toml:2: `http.x` is unknown") && told.contains("error: ssr-host.toml:3:6: not TOML: "),
        "{told}"
    );
    assert!(told.contains("error: SSR_HOST_POOL_QUEUE is `x`") && told.matches("error: ").count() == 2, "{told}");
}

#[test]
fn secrets_are_never_shown() {
    let url = "redis://user:hunter2@cache:6379/1";
    let printed = printed(&["--set", &format!("limiter.redis={url}")], "");
    assert!(printed.contains(r#"redis = "redis://user:***@cache:6379/1""#) && !printed.contains("hunter2"), "{printed}");
    let settings = config(&["--set", &format!("limiter.redis={url}")], "", &[]).settings;
    assert_eq!(settings.limiter.redis.as_ref().unwrap().reveal(), url);
    assert!(!format!("{settings:?}").contains("hunter2"));
    for (file, variables) in [("", vec![("SSR_HOST_LIMITER_REDIS", "http://hunter2@x")]), ("limiter.redis = ['hunter2']", vec![])]
    {
        let told = problems(file, &variables, &[]);
        assert!(
            told.contains("is wrong (its value is secret): expected a URL such as `redis://") && !told.contains("hunter2"),
            "{told}"
        );
    }
}
