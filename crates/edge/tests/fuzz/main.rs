//! What must hold for any bytes from the network, one property for each parser of ours: a file here with `check(bytes)`, which
//! panics when it does not hold.
//!
//! This runs them on stable: all seeds in `fuzz/seeds/<target>` as they are, then a bounded number of mutations of them, the same
//! ones every time. `EDGE_FUZZ_ROUNDS=1000000 cargo test --release -p edge --test fuzz` goes on for longer. `fuzz/` gives the same
//! functions to libFuzzer; an input it finds belongs into the seeds.

mod accept_encoding;
mod cache_control;
mod cache_key;
mod cache_normal;
mod client;
mod csp;
mod files;
mod hydration;
mod mutation;
mod origin;
mod path;
mod proxy_protocol;
mod rate_limit_key;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};

use mutation::Mutator;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let dir = root().join("seeds").join(target);
    let files = fs::read_dir(&dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    let mut files: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{} has no seeds", dir.display());
    files.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Checks the seeds and `rounds` mutations of them. `tokens`: pieces of the grammar that chance would not find.
fn run(target: &str, check: fn(&[u8]), rounds: usize, tokens: &[&[u8]]) {
    let rounds = std::env::var("EDGE_FUZZ_ROUNDS").map_or(rounds, |text| text.parse().expect("EDGE_FUZZ_ROUNDS is a number"));
    let seeds = seeds(target);
    let mut mutator = Mutator::new(&seeds, tokens);
    let mutated = std::iter::repeat_with(|| mutator.next_input()).take(rounds);
    for input in seeds.iter().cloned().chain(mutated) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| check(&input))) {
            eprintln!("{target} does not hold for b\"{}\"", input.escape_ascii());
            resume_unwind(panic);
        }
    }
}

#[test]
fn client() {
    let tokens: [&[u8]; 16] = [
        b"x-forwarded-for: ",
        b"forwarded: ",
        b"for=",
        b"host=",
        b"proto=https",
        b";",
        b", ",
        b"\"",
        b"\\",
        b"[::1]",
        b":80",
        b"10.0.0.2",
        b"unknown",
        b"_x",
        b"\n",
        b"::ffff:10.0.0.3",
    ];
    run("client", client::check, 3_000, &tokens);
}

#[test]
fn proxy_protocol() {
    let tokens: [&[u8]; 12] = [
        b"PROXY ",
        b"TCP4",
        b"TCP6 ",
        b"UNKNOWN",
        b"\r\n",
        b" ",
        b"::1",
        b"65535",
        b"\r\n\r\n\0\r\nQUIT\n",
        b"\x21\x11",
        b"\x20\x00",
        b"\x00\x0c",
    ];
    run("proxy_protocol", proxy_protocol::check, 10_000, &tokens);
}

#[test]
fn path() {
    run("path", path::check, 20_000, &[b"%", b"%2F", b"%c3%a9", b"/", b":id", b"*", b"\n", b"%00", b"//", b".."]);
}

#[test]
fn hydration() {
    let marker = edge::hydration::MARKER.as_bytes();
    run("hydration", hydration::check, 4_000, &[marker, &marker[..20], b"<", b"\"", b"\\", b"\\\"", b"</script>", b"{\"a\":"]);
}

#[test]
fn files() {
    let tokens: [&[u8]; 16] = [
        b"range: bytes=",
        b"-",
        b",",
        b"0-0",
        b"if-range: ",
        b"if-none-match: ",
        b"if-modified-since: ",
        b"W/\"1a-18ccd7f1465\"",
        b"*",
        b"\n",
        b"Wed, 03 Jan 2024 04:05:06 GMT",
        b"../",
        b"\\",
        b"accept-encoding: br;q=",
        b"18446744073709551615",
        b"/a.txt",
    ];
    run("files", files::check, 2_000, &tokens);
}

#[test]
fn accept_encoding() {
    let tokens: [&[u8]; 16] = [
        b"gzip",
        b"x-gzip",
        b"br",
        b"zstd",
        b"deflate",
        b"identity",
        b"*",
        b";q=",
        b";Q=0",
        b"0.001",
        b"1.000",
        b".",
        b",",
        b" ",
        b"\t",
        b";",
    ];
    run("accept_encoding", accept_encoding::check, 20_000, &tokens);
}

#[test]
fn origin() {
    let tokens: [&[u8]; 15] = [
        b"https://",
        b"http://",
        b"*.",
        b".",
        b":",
        b":443",
        b":3000",
        b"[::1]",
        b"example.com",
        b"@",
        b"/",
        b"\n",
        b"null",
        b"\xc3\xbc",
        b"#",
    ];
    run("origin", origin::check, 20_000, &tokens);
}

#[test]
fn csp() {
    let tokens: [&[u8]; 20] = [
        b"<script>",
        b"</script>",
        b"<script type=module>",
        b"<script src>",
        b"<style>",
        b"</style>",
        b"<!--",
        b"-->",
        b"<svg>",
        b"<template>",
        b"</template>",
        b"<noscript>",
        b"<table>",
        b"<![CDATA[",
        b"<p style=a>",
        b" onload=b",
        b"\r\n",
        b"\r",
        b"&lt;",
        b"\0",
    ];
    run("csp", csp::check, 2_000, &tokens);
}

#[test]
fn rate_limit_key() {
    let tokens: [&[u8]; 14] = [
        b"cookie: ",
        b"authorization: ",
        b"x-api-key: ",
        b"sid=",
        b";",
        b"=",
        b"\"",
        b"%",
        b"%61",
        b"%C3%A9",
        b"\xe9",
        b"\xa0",
        b"\t",
        b"\n",
    ];
    run("rate_limit_key", rate_limit_key::check, 20_000, &tokens);
}

#[test]
fn cache_control() {
    let tokens: [&[u8]; 22] = [
        b"cache-control: ",
        b"cdn-cache-control: ",
        b"expires: ",
        b"date: ",
        b"age: ",
        b"vary: *",
        b"set-cookie: a=1",
        b"Sun, 06 Nov 1994 08:49:37 GMT",
        b"max-age=60",
        b"s-maxage=",
        b"public",
        b"private",
        b"no-store",
        b"no-cache=\"x\"",
        b"must-revalidate",
        b"stale-if-error=9",
        b"\"",
        b"\\",
        b",",
        b"=",
        b"\n",
        b"99999999999999999999",
    ];
    run("cache_control", cache_control::check, 20_000, &tokens);
}

#[test]
fn cache_key() {
    let tokens: [&[u8]; 18] = [
        b"/?",
        b"a=",
        b"b=1",
        b"&",
        b"=",
        b"%61",
        b"%",
        b"+",
        b"%C3%A9",
        b"%C3",
        b";",
        b"\n\n/",
        b"\ncookie: ",
        b"a=1; ",
        b"\"",
        b"\na: ",
        b"\nx: ",
        b"\x01a\x01\0\0\0x",
    ];
    run("cache_key", cache_key::check, 20_000, &tokens);
}

#[test]
fn cache_normal() {
    let tokens: [&[u8]; 18] = [
        b"/?",
        b"utm_x=1",
        b"%75tm_=",
        b"a=",
        b"&",
        b"%zz",
        b"\naccept-language: ",
        b"de-AT",
        b";q=0",
        b"*",
        b"\naccept: ",
        b"text/",
        b"*/*",
        b"\naccept-encoding: ",
        b"gzip",
        b"\ncookie: ",
        b"b=2; ",
        b"\"",
    ];
    run("cache_normal", cache_normal::check, 20_000, &tokens);
}

/// Checked by the host's own tests, with the same mutations: it is a part of the listener.
const OF_THE_HOST: &str = "gate";

/// A property that only one of the two runs is soon forgotten by the other.
#[test]
fn both_runners_have_all_targets() {
    let names = |dir: &str| {
        let entries = fs::read_dir(root().join(dir)).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    let here = names("../crates/edge/tests/fuzz");
    let mut here: Vec<_> = here.into_iter().filter(|name| name != "main" && name != "mutation").collect();
    here.push(OF_THE_HOST.to_owned());
    here.sort();
    assert_eq!(names("fuzz_targets"), here);
    assert_eq!(names("seeds"), here);
}
