//! `ssr-host init`: the files are made for the app that is there, and never at the cost of files that are.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use toml::de::{DeTable, DeValue};

use crate::host::{App, Ended};

const BUILD: &str = "vite build --outDir dist/client && vite build --ssr src/server/index.ts --outDir dist/server";

/// An app that stands alone, built, and the words of a command on it.
fn alone(bundle: &str, more: &[(&str, &str)]) -> App {
    let package = format!(
        r#"{{ "name": "@acme/Web_Shop", "type": "module", "engines": {{ "node": ">=20.19" }},
            "scripts": {{ "build": "{BUILD}", "start": "NODE_ENV=production PORT=8080 node --enable-source-maps dist/server/index.js" }},
            "dependencies": {{ "fastify": "^4", "pg": "^8" }}, "devDependencies": {{ "svelte": "^5" }} }}"#
    );
    let files = [
        ("package.json", package.as_str()),
        ("package-lock.json", "{}"),
        ("dist/server/index.js", bundle),
        ("dist/server/index.js.map", "{}"),
        ("dist/client/app.js", ""),
        (
            "src/server/index.ts",
            "process.env.SESSION_SECRET; process.env.LOG_LEVEL; process.env.COMPOSABLE_RUST_BACKEND_URL; process.env.NODE_ENV",
        ),
    ];
    App::files("", &[&files[..], more].concat())
}

const SELF_CONTAINED: &str = "import Fastify from 'fastify'; import { join } from 'node:path'; // import 'pg'";
const EXTERNAL: &str = "import Fastify from 'fastify'; import { mount } from \"svelte\"; const pg = await import('pg');";

/// A workspace of pnpm with the app in `apps/web`.
fn workspace(manifest: &str) -> App {
    let files = [
        ("package.json", r#"{ "private": true, "packageManager": "pnpm@9.15.4+sha512.abc" }"#),
        ("pnpm-workspace.yaml", "packages:\n  - 'apps/*'\n  - 'packages/*'\n"),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n"),
        ("packages/core/package.json", r#"{ "name": "@acme/core" }"#),
        ("apps/web/package.json", manifest),
        ("apps/web/vite.config.ts", "export default { ssr: { noExternal: ['@acme/core'] } };"),
    ];
    App::files("", &files)
}

fn read(app: &App, file: &str) -> String {
    std::fs::read_to_string(app.directory().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[track_caller]
fn succeed(app: &App, words: &[&str]) -> String {
    let ended = app.run_words(&[&["init"], words].concat());
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    ended.stdout
}

#[track_caller]
fn refuse(app: &App, words: &[&str], parts: &[&str]) -> Ended {
    let ended = app.run_words(&[&["init"], words].concat());
    for part in parts {
        assert!(ended.stderr.contains(part), "no `{part}` in\n{}", ended.stderr);
    }
    assert_eq!(ended.code, Some(1), "{}", ended.stdout);
    ended
}

#[track_caller]
fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
}

/// Instructions of a Dockerfile as Docker reads them: lines that go on joined, comments left out.
fn instructions(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#') && !line.trim().is_empty());
    let joined = lines.collect::<Vec<_>>().join("\n").replace("\\\n", " ");
    let split = |line: &str| {
        line.split_once(' ').map(|(word, rest)| (word.to_owned(), rest.split_whitespace().collect::<Vec<_>>().join(" ")))
    };
    joined.lines().map(|line| split(line).unwrap_or_else(|| panic!("`{line}` is no instruction"))).collect()
}

/// What any Dockerfile of ours has to be.
#[track_caller]
fn assert_sound(text: &str) {
    const KNOWN: [&str; 12] =
        ["ARG", "FROM", "WORKDIR", "ENV", "COPY", "RUN", "USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD", "LABEL"];
    assert!(!text.contains("{{"), "{text}");
    let all = instructions(text);
    let mut stages = BTreeSet::new();
    for (word, rest) in &all {
        assert!(KNOWN.contains(&word.as_str()), "{word} {rest}");
        if let (true, Some((_, name))) = (word == "FROM", rest.split_once(" AS ")) {
            stages.insert(name.to_owned());
        }
        if let Some(from) = rest.strip_prefix("--from=") {
            assert!(stages.contains(from.split(' ').next().unwrap()), "{rest}");
        }
    }
    // The last stage has no shell: nothing can be run in it, and commands are lists.
    let last = all.iter().rposition(|(word, _)| word == "FROM").unwrap();
    let of_last = &all[last..];
    assert!(of_last.iter().all(|(word, _)| word != "RUN"), "{of_last:?}");
    let of = |wanted: &str| of_last.iter().find(|(word, _)| word == wanted).map(|(_, rest)| rest.as_str()).unwrap();
    assert_eq!((of("USER"), of("WORKDIR"), of("ENTRYPOINT")), ("1001", "/app", r#"["ssr-host"]"#));
    assert!(of("HEALTHCHECK").ends_with(r#"CMD ["ssr-host", "healthcheck"]"#) && of("CMD").starts_with("[\""));
}

/// Paths with their contents.
type Files<'a> = &'a [(&'a str, &'a str)];

#[test]
fn an_app_that_stands_alone() {
    let app = alone(SELF_CONTAINED, &[]);
    let told = succeed(&app, &["docker"]);
    has(
        &told,
        &[
            "app                 acme-web-shop (`name` of package.json)",
            "package manager     npm, the version that comes with Node (package-lock.json)",
            "workspace           none",
            "Node to build with  20 (`engines.node` is `>=20.19`)",
            "server bundle       dist/server/index.js (the script that starts it)",
            "node_modules        not needed",
            "port                8080 (PORT in the script `start`)",
            "secrets             SESSION_SECRET\n",
            "other variables     COMPOSABLE_RUST_BACKEND_URL, LOG_LEVEL\n",
            "backend             asked by the app",
            "docker build -t acme-web-shop .",
            "docker run --rm -p 8080:8080 acme-web-shop",
        ],
    );
    let dockerfile = read(&app, "Dockerfile");
    assert_sound(&dockerfile);
    let expected = [
        "ARG SSR_HOST_IMAGE=ssr-host:0.1.0",
        "ARG NODE_VERSION=20",
        "--mount=type=cache,target=/root/.npm",
        "npm ci",
        "RUN npm run build\n",
        "RUN find dist/client -name '*.map' -type f -delete",
        "RUN ssr-host precompress dist/client",
        "COPY --from=build /src/dist ./dist",
        "ENV NODE_ENV=production PORT=8080",
        "CMD [\"dist/server/index.js\"]",
    ];
    has(&dockerfile, &expected);
    assert!(
        !instructions(&dockerfile).iter().any(|(word, rest)| word == "COPY" && rest.contains("node_modules")),
        "{dockerfile}"
    );
    has(&read(&app, ".dockerignore"), &["**/node_modules\n", "**/dist\n", "**/.env\n"]);
    let compose = read(&app, "compose.yaml");
    has(
        &compose,
        &[
            "\"8080:8080\"",
            "SESSION_SECRET: ${SESSION_SECRET:?",
            "LOG_LEVEL: ${LOG_LEVEL:-}",
            "http://backend:8080",
            "image: redis:",
            "\n  backend:\n",
        ],
    );
}

#[test]
fn a_bundle_that_needs_packages() {
    let app = alone(EXTERNAL, &[]);
    let told = succeed(&app, &["docker"]);
    has(&told, &["node_modules        needed, those of production: the bundle imports pg, svelte\n"]);
    let dockerfile = read(&app, "Dockerfile");
    assert_sound(&dockerfile);
    has(&dockerfile, &["npm prune --omit=dev", "COPY --from=build /src/node_modules ./node_modules"]);
}

#[test]
fn a_workspace_of_pnpm() {
    let app = workspace(r#"{ "name": "web", "scripts": { "build:client": "vite build", "build:server": "vite build --ssr" } }"#);
    let told = succeed(&app, &["fly", "--dir", "apps/web"]);
    has(
        &told,
        &[
            "package manager     pnpm 9.15.4 (pnpm-lock.yaml, `packageManager`)",
            "(pnpm-workspace.yaml); the app is `apps/web` in it, the build argument APP_DIR",
            "build               pnpm run build:client, then pnpm run build:server",
            "node_modules        needed, those of production, as far as is known: dist/server/index.js is not built yet",
            "fly launch --no-deploy --copy-config --config apps/web/fly.toml",
            "fly deploy . --config apps/web/fly.toml",
        ],
    );
    let dockerfile = read(&app, "apps/web/Dockerfile");
    assert_sound(&dockerfile);
    let expected = [
        "ARG APP_DIR=apps/web",
        "RUN npm install -g pnpm@9.15.4",
        "pnpm fetch",
        "RUN pnpm --filter \"{./${APP_DIR}}^...\" run --if-present build",
        "pnpm run build:client \\\n    && pnpm run build:server",
        "WORKDIR /src/${APP_DIR}\nRUN pnpm run build:client",
        "RUN find dist/client",
        "deploy --prod --store-dir",
        "COPY --from=build /prod/node_modules ./node_modules",
        "COPY --from=build /src/${APP_DIR}/dist ./dist",
    ];
    has(&dockerfile, &expected);
    has(&read(&app, "apps/web/compose.yaml"), &["context: ../..\n", "dockerfile: apps/web/Dockerfile\n"]);
    // What the context leaves out is said where the context is.
    has(&read(&app, ".dockerignore"), &["**/node_modules"]);
    assert!(!app.directory().join("apps/web/.dockerignore").exists());
}

#[test]
fn what_is_not_built_is_told_by_its_configuration() {
    let app = App::files(
        "",
        &[
            ("package.json", r#"{ "name": "x", "scripts": { "build": "vite build" } }"#),
            ("yarn.lock", "# yarn lockfile v1\n"),
            ("vite.config.js", "export default { ssr: {\n  noExternal: true,\n} };"),
            (".env.example", "# PORT=1\nREPORT=9\nPORT=4000\n"),
        ],
    );
    let told = succeed(&app, &["docker"]);
    has(
        &told,
        &[
            "not needed: vite.config has `noExternal: true`",
            "4000 (PORT in .env.example)",
            "yarn, the version that comes with Node",
            "22 (",
        ],
    );
    has(&read(&app, "Dockerfile"), &["yarn install --frozen-lockfile", "RUN yarn run build"]);
}

#[test]
fn settings_of_the_app_count() {
    let settings = "[app]\nentry = \"dist/server/index.js\"\n[server]\nport = 9000\n[shutdown]\ntimeout = \"20s\"\nready_delay = \"2500ms\"\n[pool]\nin_flight = 50\n";
    let app = alone(SELF_CONTAINED, &[("ssr-host.toml", settings)]);
    has(
        &succeed(&app, &["fly", "--region", "fra"]),
        &["9000 (`server.port` of ssr-host.toml)", "(`app.entry` of ssr-host.toml)"],
    );
    let fly = read(&app, "fly.toml");
    has(&fly, &["kill_timeout = 28\n", "internal_port = 9000\n", "soft_limit = 50\n", "primary_region = \"fra\"\n"]);
    has(&read(&app, "compose.yaml"), &["stop_grace_period: 28s\n"]);
    let broken = alone(SELF_CONTAINED, &[("ssr-host.toml", "[server]\nprot = 1\n")]);
    refuse(&broken, &["docker"], &["ssr-host.toml:2: `server.prot` is unknown", "`port`"]);
}

/// Every key of a table and of those in it, with its path.
fn keys(table: &DeTable<'_>, path: &str, found: &mut BTreeSet<String>) {
    for (key, value) in table {
        let path = format!("{path}{}", key.get_ref());
        match value.get_ref() {
            DeValue::Table(table) => keys(table, &format!("{path}."), found),
            DeValue::Array(items) => {
                for item in items.iter() {
                    if let DeValue::Table(table) = item.get_ref() {
                        keys(table, &format!("{path}[]."), found);
                    }
                }
            }
            _ => drop(found.insert(path)),
        }
    }
}

/// The keys are those of Fly's reference (<https://fly.io/docs/reference/configuration/>).
#[test]
fn the_file_for_fly_is_valid() {
    const REFERENCE: [&str; 28] = [
        "app",
        "primary_region",
        "kill_signal",
        "kill_timeout",
        "build.dockerfile",
        "build.args.SSR_HOST_IMAGE",
        "deploy.strategy",
        "deploy.release_command",
        "env.NODE_ENV",
        "env.PORT",
        "env.SSR_HOST_ADMIN_METRICS",
        "http_service.internal_port",
        "http_service.force_https",
        "http_service.auto_stop_machines",
        "http_service.auto_start_machines",
        "http_service.min_machines_running",
        "http_service.concurrency.type",
        "http_service.concurrency.soft_limit",
        "http_service.concurrency.hard_limit",
        "http_service.checks[].grace_period",
        "http_service.checks[].interval",
        "http_service.checks[].timeout",
        "http_service.checks[].method",
        "http_service.checks[].path",
        "http_service.checks[].headers.X-Forwarded-Proto",
        "metrics.port",
        "metrics.path",
        "vm[].size",
    ];
    let app = alone(SELF_CONTAINED, &[]);
    has(&succeed(&app, &["fly"]), &["fly launch --no-deploy --copy-config\n", "fly deploy\n"]);
    let text = read(&app, "fly.toml");
    let table = DeTable::parse(&text).unwrap();
    let mut found = BTreeSet::new();
    keys(table.get_ref(), "", &mut found);
    let unknown: Vec<_> = found.iter().filter(|key| !REFERENCE.contains(&key.as_str()) && *key != "vm[].memory").collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    has(
        &text,
        &[
            "app = \"acme-web-shop\"",
            "internal_port = 8080",
            "PORT = \"8080\"",
            "path = \"/ready\"",
            "kill_timeout = 10",
            "fly secrets set SESSION_SECRET=…",
        ],
    );
    // Names only, and none of them with a value.
    assert!(!found.iter().any(|key| key.contains("SECRET")), "{found:?}");
    assert!(app.directory().join("Dockerfile").is_file());
}

#[test]
fn files_that_are_there_stay() {
    let app = alone(SELF_CONTAINED, &[("compose.yaml", "mine\n")]);
    refuse(&app, &["docker"], &["compose.yaml is there already, with other contents: nothing was written", "--force"]);
    assert!(!app.directory().join("Dockerfile").exists() && !app.directory().join(".dockerignore").exists());
    // What the files for Docker are is not asked of `fly`.
    has(&succeed(&app, &["fly"]), &["compose.yaml is there and left alone", "fly.toml written", "Dockerfile written"]);
    assert_eq!(read(&app, "compose.yaml"), "mine\n");
    has(&succeed(&app, &["fly"]), &["fly.toml is as it should be"]);
    std::fs::write(app.directory().join("fly.toml"), "app = \"mine\"\n").unwrap();
    refuse(&app, &["fly"], &["fly.toml is there already"]);
    has(&succeed(&app, &["docker", "--force"]), &["compose.yaml overwritten", "Dockerfile is as it should be"]);
    assert_ne!(read(&app, "compose.yaml"), "mine\n");
}

#[test]
fn a_dry_run_writes_nothing() {
    let app = alone(SELF_CONTAINED, &[]);
    has(&succeed(&app, &["fly", "--dry-run"]), &["--- Dockerfile\n", "--- fly.toml\n", "ENTRYPOINT [\"ssr-host\"]"]);
    assert!(["Dockerfile", ".dockerignore", "compose.yaml", "fly.toml"].iter().all(|name| !app.directory().join(name).exists()));
}

#[test]
fn what_is_missing_or_broken_is_told() {
    let cases: [(Files, &[&str]); 8] = [
        (&[], &["there is no `package.json`", "--dir"]),
        (&[("package.json", "{\n  \"name\": x\n}")], &["package.json:2:11: not JSON: expected value"]),
        (&[("package.json", "[]")], &["package.json: expected an object"]),
        (
            &[("package.json", r#"{ "scripts": { "dev": "vite" } }"#)],
            &["package.json: no script builds the app (there are `dev`)", "expected `build`"],
        ),
        (
            &[("package.json", r#"{ "scripts": { "build": "x" } }"#)],
            &["there is no lock file in this directory", "`npm install`"],
        ),
        (
            &[("package.json", r#"{ "scripts": { "build": "x" } }"#), ("yarn.lock", ""), ("package-lock.json", "")],
            &["several lock files in this directory: package-lock.json, yarn.lock", "packageManager"],
        ),
        (
            &[("package.json", r#"{ "scripts": { "build": "x" }, "packageManager": "deno@2" }"#), ("yarn.lock", "")],
            &["`packageManager` is `deno@2`: expected npm, pnpm, yarn or bun"],
        ),
        (
            &[("package.json", r#"{ "scripts": { "build": "x" }, "packageManager": "pnpm@9" }"#), ("yarn.lock", "")],
            &["there is no lock file in this directory: expected the one of pnpm"],
        ),
    ];
    for (files, parts) in cases {
        let ended = refuse(&App::files("", files), &["docker"], parts);
        assert!(ended.stderr.starts_with("error: ") && ended.stdout.is_empty(), "{}{}", ended.stdout, ended.stderr);
    }
    refuse(&alone(SELF_CONTAINED, &[]), &["fly", "--region", "Frankfurt"], &["`--region` is `Frankfurt`"]);
}

/// The app that is in this repository gets what it needs: its bundle is self-contained.
#[test]
fn the_example() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/blog").canonicalize().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_ssr-host"));
    command.args(["init", "docker", "--dry-run", "--dir"]).arg(&example);
    let ended = Ended::of(command);
    has(&ended.stdout, &["node_modules        not needed: the bundle imports nothing that the host does not provide"]);
}
