//! The tests of `js-runtime/test`: every program runs under Node (with the real Fastify) and in an isolate, and must print the same.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::fetch::backend::Backend;
use crate::host::Ended;

fn js_runtime() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../js-runtime").canonicalize().unwrap()
}

/// The programs of one folder.
fn programs(folder: &str) -> Vec<PathBuf> {
    let folder = js_runtime().join("test").join(folder);
    let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut programs: Vec<_> = files.filter(|path| path.extension().is_some_and(|extension| extension == "js")).collect();
    programs.sort();
    assert!(!programs.is_empty());
    programs
}

fn run(command: &str, arguments: &[&str], program: &Path, environment: &[(&str, String)]) -> Ended {
    let mut command = Command::new(command);
    Ended::of({
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        command.current_dir(program.parent().unwrap()).args(arguments).arg(program);
        command
    })
}

/// The first lines that differ, or how the program ended.
fn difference(expected: &str, actual: &Ended) -> Option<String> {
    let mut lines = expected.lines().map(Some).chain(std::iter::repeat(None));
    let mut others = actual.stdout.lines().map(Some).chain(std::iter::repeat(None));
    let longest = expected.lines().count().max(actual.stdout.lines().count());
    let pairs = (1..=longest).map(|number| (number, lines.next().flatten(), others.next().flatten()));
    let differing: Vec<_> = pairs.filter(|(_, line, other)| line != other).take(3).collect();
    if differing.is_empty() && actual.code == Some(0) {
        return None;
    }
    let show = |(number, line, other): &(usize, Option<&str>, Option<&str>)| {
        format!("  line {number}\n    expected: {}\n    ssr-host: {}\n", line.unwrap_or("(end)"), other.unwrap_or("(end)"))
    };
    let stderr: String = actual.stderr.lines().take(6).map(|line| format!("    {line}\n")).collect();
    Some(format!("{}  exit code {:?}\n{stderr}", differing.iter().map(show).collect::<String>(), actual.code))
}

/// Node is the truth: there are no expected outputs to keep up to date.
fn compare(folder: &str, environment: &[(&str, String)]) {
    let mut failures = String::new();
    for program in programs(folder) {
        let node = run("node", &["--no-warnings"], &program, environment);
        assert_eq!(node.code, Some(0), "{} under Node: {}", program.display(), node.stderr);
        let host = run(env!("CARGO_BIN_EXE_ssr-host"), &["run-js"], &program, environment);
        if let Some(difference) = difference(&node.stdout, &host) {
            failures += &format!("{folder}/{}\n{difference}", program.file_name().unwrap().display());
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

#[test]
fn node_modules() {
    compare("node", &[]);
}

#[test]
fn fastify() {
    let fastify = js_runtime().join("node_modules/fastify/package.json");
    assert!(fastify.is_file(), "the real Fastify is not installed: run `npm ci` in js-runtime/");
    compare("fastify", &[]);
}

#[test]
fn fetch() {
    compare("fetch", &[("TEST_BACKEND", Backend::start().url())]);
}

/// What only the host does, such as refusing what it does not support: the expected output lies beside the program.
#[test]
fn host_only() {
    for program in programs("fastify/host-only") {
        let expected = std::fs::read_to_string(program.with_extension("out")).unwrap();
        let host = run(env!("CARGO_BIN_EXE_ssr-host"), &["run-js"], &program, &[]);
        let difference = difference(&expected, &host).unwrap_or_default();
        assert!(difference.is_empty(), "{}\n{difference}", program.display());
    }
}
