//! Allocation bombs: the heap limit ends the isolate that reaches it, and the process stays small.

use std::time::Duration;

use crate::host::{App, Pending, TestHost, line_of};
use crate::process::{Bystanders, memory};

/// What the process may use at its peak, in MiB. The heap limit is 64: the rest is the binary, the replacement, and what V8
/// needs to notice.
const PEAK: usize = 450;

/// The CPU limit is far away (but not so far that a bomb that is not noticed eats the machine).
fn host() -> TestHost {
    App::fixture("faults.js").isolates(1).option("--heap-limit", "64MiB").option("--cpu-limit", "4s").start()
}

fn bomb(path: &str, text: &str) {
    let host = host();
    let isolate = host.isolate();
    let pending: Vec<_> = (0..5).map(|_| host.get_later("/wait?ms=1500")).collect();
    std::thread::sleep(Duration::from_millis(150));
    let bystanders = Bystanders::start(&host, &["/ok"]);
    let answer = host.get(path);
    let (_, peak) = memory(&host);
    assert_eq!(
        (answer.status, answer.json()["code"].as_str()),
        (500, Some("SSR_HOST_HEAP_LIMIT")),
        "{peak} MiB{}",
        host.printed()
    );
    assert!(peak < PEAK, "{peak} MiB");
    for answer in pending.into_iter().map(Pending::answer) {
        answer.assert_ok("waited");
        assert_eq!(answer.isolate(), isolate, "finished where it began");
    }
    bystanders.finish();
    assert_ne!(host.isolate(), isolate);
    host.stderr.wait_for("heap limit of 64 MiB reached");
    if !text.is_empty() {
        host.stderr.wait_for(&line_of("faults.js", text));
    }
    // The old isolate's memory is given back.
    let back_to_normal = (0..50).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        memory(&host).0 < 160
    });
    assert!(back_to_normal, "{:?} MiB", memory(&host));
}

#[test]
fn arrays() {
    bomb("/bomb/array", "all.push(new Array(1000).fill(all.length))");
}

#[test]
fn objects() {
    bomb("/bomb/object", "list = { list, more: {} }");
}

#[test]
fn maps() {
    bomb("/bomb/map", "map.set(");
}

#[test]
fn strings() {
    bomb("/bomb/string", ".split(\"\").join(\"-\")");
}

/// All of it in one native call: no place in the JavaScript to name.
#[test]
fn json() {
    bomb("/bomb/json", "");
}

#[test]
fn bit_by_bit_between_awaits() {
    bomb("/bomb/await", "");
}

/// The bytes of array buffers are not on V8's heap: they must count all the same.
#[test]
fn array_buffers() {
    bomb("/bomb/bytes", "");
}

#[test]
fn node_buffers() {
    bomb("/bomb/buffer", "");
}

#[test]
fn one_array_buffer_that_is_too_large() {
    let host = host();
    assert_eq!(host.get("/bytes?length=8000000000").status, 500);
    assert_eq!(host.get("/bytes?length=8000000").text(), "8000000");
    assert!(memory(&host).1 < PEAK);
}
