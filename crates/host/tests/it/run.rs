//! `ssr-host run`, and what an image is told to run in place of the app.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::fetch::backend::Backend;
use crate::host::{App, Ended, TestHost};

/// Programs that end by themselves: under Node and here they print the same and end with the same code.
const PROGRAMS: [(&str, &str); 14] = [
    ("nothing to do", "console.log('done');"),
    ("exit", "process.exit(3); console.log('not reached');"),
    ("exit later", "setTimeout(() => process.exit(7), 5); setInterval(() => {}, 1000);"),
    ("exit code", "process.exitCode = 4; setTimeout(() => console.log('later'), 5);"),
    ("code of the listener", "process.on('exit', (code) => { console.log('exit', code); process.exitCode = 9; });"),
    ("throws", "console.log('before'); throw new TypeError('at the top');"),
    ("throws later", "setTimeout(() => { throw new Error('in a timer'); }, 5); setInterval(() => {}, 1000);"),
    ("rejects", "Promise.reject(new Error('not awaited')); setInterval(() => {}, 1000);"),
    ("caught", "process.on('uncaughtException', (error) => console.log(error.message)); setTimeout(() => { throw new Error('x'); }, 5);"),
    (
        "before exit",
        "let left = 2; process.on('beforeExit', (code) => { console.log('before', code, left); if (left-- > 0) setTimeout(() => {}, 1); });
         process.on('exit', () => console.log('exit'));",
    ),
    ("exit in before exit", "process.on('beforeExit', () => process.exit(6));"),
    ("throws in before exit", "process.on('beforeExit', () => { throw new Error('x'); });"),
    ("big code", "process.exit(256 + 5);"),
    ("arguments", "console.log(JSON.stringify(process.argv.slice(2)));"),
];

#[test]
fn programs_end_as_under_node() {
    for (name, text) in PROGRAMS {
        let app = App::files("", &[("package.json", r#"{ "type": "module" }"#), ("migrate.js", text)]);
        let words = ["migrate.js", "--port", "1", "--", "-x", "a b"];
        let node = Ended::of({
            let mut node = Command::new("node");
            node.current_dir(app.directory()).args(words);
            node
        });
        let ours = app.run_words(&[&["run"], &words[..]].concat());
        assert_eq!((ours.code, &ours.stdout), (node.code, &node.stdout), "{name}\n{}\n{}", ours.stderr, node.stderr);
    }
}

#[test]
fn an_error_has_its_place() {
    let app = App::files("", &[("job.mjs", "\nfunction fail() { throw new Error('it went wrong'); }\nawait null;\nfail();\n")]);
    let ended = app.run_words(&["run", "job.mjs"]);
    for part in ["error: `job.mjs` does not start: Error: it went wrong", "at fail", "job.mjs:2:25"] {
        assert!(ended.stderr.contains(part), "no `{part}` in {}", ended.stderr);
    }
}

/// Settings hold as for the app: here, whom it may ask. Secrets are the server's.
#[test]
fn settings_hold() {
    let backend = Backend::start();
    let job = format!(
        "await fetch('{}/').then(() => console.log('asked'), (error) => console.log(error.cause.message));",
        backend.url()
    );
    let settings = "[fetch]\nallow = [\"10.0.0.1\"]\n[secrets]\nrequired = [{ name = \"NOT_FOR_JOBS\" }]\n";
    let of = |files: &[(&str, &str)]| App::files("", files).run_words(&["run", "job.js"]);
    let files = [("package.json", r#"{ "type": "module" }"#), ("job.js", job.as_str())];
    let asked = of(&files);
    assert_eq!((asked.code, asked.stdout.as_str()), (Some(0), "asked\n"), "{}", asked.stderr);
    let refused = of(&[&files[..], &[("ssr-host.toml", settings)]].concat());
    assert!(refused.code == Some(0) && refused.stdout.contains("fetch.allow"), "{}{}", refused.stdout, refused.stderr);
}

fn worker(text: &str, timeout: &str) -> TestHost {
    let worker = App::files("worker.js", &[("package.json", r#"{ "type": "module" }"#), ("worker.js", text)]);
    let host = worker.env("SSR_HOST_SHUTDOWN_TIMEOUT", timeout).launch("run");
    host.stdout.wait_for("works");
    host
}

#[test]
fn a_worker_is_told_to_end() {
    let text = "const beat = setInterval(() => {}, 5);
        process.on('SIGTERM', (name, number) => {
            console.log(name, number);
            setTimeout(() => { clearInterval(beat); process.exitCode = 5; console.log('ended'); }, 50);
        });
        console.log('works');";
    // SIGINT is the same to who listens to SIGTERM only.
    for signal in [Signal::TERM, Signal::INT] {
        let mut host = worker(text, "5s");
        host.signal(signal);
        let (status, took) = host.ended();
        assert_eq!((status.code(), host.stdout.text()), (Some(5), "works\nSIGTERM 15\nended\n".into()));
        assert!(took < Duration::from_secs(2), "{took:?}");
    }
}

#[test]
fn a_worker_that_does_not_listen_ends_at_once() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130)] {
        let mut host = worker("setInterval(() => {}, 5); console.log('works');", "60s");
        host.signal(signal);
        let (status, took) = host.ended();
        assert_eq!(status.code(), Some(code));
        assert!(took < Duration::from_secs(1), "{took:?}");
    }
}

#[test]
fn a_worker_that_does_not_end_is_cut() {
    let cases = [
        "process.on('SIGTERM', () => {}); setInterval(() => {}, 5); console.log('works');",
        "process.on('SIGTERM', () => {}); console.log('works'); for (;;);",
    ];
    for text in cases {
        let mut host = worker(text, "400ms");
        host.signal(Signal::TERM);
        let (status, took) = host.ended();
        assert_eq!(status.code(), Some(143), "{text}");
        assert!((350..2000).contains(&took.as_millis()), "{took:?}");
        assert!(host.stderr.text().contains("has not ended within 400ms after SIGTERM"), "{}", host.printed());
    }
    let mut host = worker(cases[0], "60s");
    host.signal(Signal::TERM);
    std::thread::sleep(Duration::from_millis(100));
    let since = Instant::now();
    host.signal(Signal::TERM);
    assert_eq!(host.ended().0.code(), Some(143));
    assert!(since.elapsed() < Duration::from_secs(1));
}

/// A worker may compute for as long as it likes: only turns that somebody waits for have a limit.
#[test]
fn a_job_has_no_limit_on_its_time() {
    let text = "const until = Date.now() + 1500; while (Date.now() < until); console.log('worked');";
    let app = App::source(text).env("SSR_HOST_POOL_CPU_LIMIT", "200ms");
    let ended = app.run_words(&["run", "server.js"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "worked\n"), "{}", ended.stderr);
    let full =
        App::source("const all = []; for (;;) all.push(new Array(1000).fill(1));").env("SSR_HOST_POOL_HEAP_LIMIT", "40MiB");
    let ended = full.run_words(&["run", "server.js"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("heap limit of 40 MiB reached"), "{}", ended.stderr);
}

/// An app with a module beside it and a program.
fn image() -> App {
    let app = App::files(
        "",
        &[
            ("package.json", r#"{ "type": "module" }"#),
            ("server.js", "export default { fetch: () => new Response('ok') };"),
            ("migrate.js", "console.log('migrated', ...process.argv.slice(2));"),
            ("tool", "#!/bin/sh\necho \"tool $$ $*\"\nexit 7\n"),
            ("plain", "#!/bin/sh\n"),
        ],
    );
    std::fs::set_permissions(app.directory().join("tool"), std::fs::Permissions::from_mode(0o755)).unwrap();
    app
}

#[test]
fn words_after_the_entry_are_run_in_its_place() {
    let image = image();
    let cases: [(&[&str], i32, &str); 8] = [
        (&["server.js", "run", "migrate.js", "--now"], 0, "migrated --now\n"),
        (&["server.js", "migrate.js", "--port", "1"], 0, "migrated --port 1\n"),
        (&["serve", "--port", "0", "server.js", "migrate.js"], 0, "migrated\n"),
        (&["run", "./tool", "a", "--b"], 7, "tool "),
        (&["./tool", "a", "--b"], 7, "tool "),
        (&["server.js", "./tool", "a", "--b"], 7, "tool "),
        (&["/bin/sh", "-c", "echo $0 $1; exit 3", "x", "y"], 3, "x y\n"),
        (&["ssr-host", "run", "migrate.js"], 0, "migrated\n"),
    ];
    for (words, code, stdout) in cases {
        let ended = image.run_words(words);
        assert_eq!(ended.code, Some(code), "{words:?} {}", ended.stderr);
        assert!(ended.stdout.starts_with(stdout), "{words:?} {}", ended.stdout);
        assert!(stdout != "tool " || ended.stdout.ends_with("a --b\n"), "{}", ended.stdout);
    }
    let checked = image.run_words(&["server.js", "check", "server.js", "--json"]);
    assert!(checked.stdout.contains("\"starts\": true"), "{}", checked.stdout);
}

/// The program is the process itself: signals and the exit code are its own.
#[test]
fn a_program_keeps_the_process() {
    let image = image();
    let mut command = Command::new(env!("CARGO_BIN_EXE_ssr-host"));
    command.current_dir(image.directory()).args(["run", "./tool"]).stdout(std::process::Stdio::piped());
    let child = command.spawn().unwrap();
    let pid = child.id();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stdout).unwrap()), (Some(7), format!("tool {pid} \n")));
}

#[test]
fn what_cannot_be_run_is_told() {
    let image = image();
    let cases: [(&[&str], &str); 6] = [
        (&["server.js", "staging"], "`staging` after `server.js` is neither a command of ssr-host nor a file"),
        (&["run", "missing.js"], "`missing.js` does not exist"),
        (&["run", "."], "`.` is a directory"),
        (&["run", "--unknown", "migrate.js"], "`--unknown` is no option of `ssr-host run`"),
        (&["run", "./plain"], "plain`: Permission denied"),
        (&["./plain"], "is it executable for this user"),
    ];
    for (words, part) in cases {
        let ended = image.run_words(words);
        assert!(ended.stderr.starts_with("error: ") && ended.stderr.contains(part), "{words:?}\n{}", ended.stderr);
        assert_eq!(ended.code, Some(1), "{words:?}");
    }
}
