//! Endless work and endless waiting: the limits on CPU and wall-clock time, and `process.exit()`, which ends an isolate too.

use std::time::{Duration, Instant};

use crate::client::Response;
use crate::host::{App, TestHost, line_of};
use crate::process::Bystanders;

/// Endless work, and a text on the line where it is.
const ENDLESS: [(&str, &str); 6] = [
    ("/spin", "while (true);"),
    ("/spin/await", "while (true);"),
    ("/spin/timer", "while (true);"),
    ("/spin/microtask", "for (;;) await null;"),
    ("/spin/regexp", "spin in a regular expression"),
    ("/spin/array", "spin around a call"),
];

fn host(isolates: usize, cpu_limit: &str) -> TestHost {
    App::fixture("faults.js").isolates(isolates).option("--cpu-limit", cpu_limit).start()
}

fn assert_failed(answer: &Response, code: &str) {
    assert_eq!((answer.status, answer.json()["code"].as_str()), (500, Some(code)), "{}", answer.text());
}

/// Starts requests that wait in the isolate that will answer next, so that they are there when it is stopped.
fn waiting(host: &TestHost) -> (String, Vec<crate::host::Pending>) {
    let isolate = host.isolate();
    let pending = (0..5).map(|_| host.get_later("/wait?ms=900")).collect();
    std::thread::sleep(Duration::from_millis(150));
    (isolate, pending)
}

/// What waits in the isolate that is stopped is finished there; what comes later goes to its replacement.
#[test]
fn endless_work_is_stopped_and_its_isolate_replaced() {
    for (path, text) in ENDLESS {
        let host = host(1, "300ms");
        let (isolate, pending) = waiting(&host);
        let bystanders = Bystanders::start(&host, &["/ok"]);
        let answer = host.get(path);
        assert_failed(&answer, "SSR_HOST_CPU_LIMIT");
        assert!(answer.took < Duration::from_secs(5), "{path}: {:?}", answer.took);
        for answer in pending.into_iter().map(crate::host::Pending::answer) {
            answer.assert_ok("waited");
            assert_eq!(answer.isolate(), isolate, "{path}: finished where it began");
        }
        host.stderr.wait_for("replacement isolate ready");
        bystanders.finish();
        assert_ne!(host.isolate(), isolate);
        host.stderr.wait_for("CPU time limit of 300ms");
        // V8 does not say where it was when it is stopped between two microtasks.
        if path != "/spin/microtask" {
            host.stderr.wait_for(&line_of("faults.js", text));
        }
        assert_eq!(host.stderr.count("replacement isolate ready"), 1, "{path}{}", host.printed());
    }
}

/// So is a body that is under way.
#[test]
fn a_stream_outlives_the_stop_of_its_isolate() {
    let host = host(1, "300ms");
    let isolate = host.isolate();
    let stream = host.get_later("/ticks");
    std::thread::sleep(Duration::from_millis(250));
    assert_failed(&host.get("/spin"), "SSR_HOST_CPU_LIMIT");
    assert_ne!(host.isolate(), isolate);
    stream.answer().assert_ok(&format!("{isolate}\n").repeat(12));
}

#[test]
fn the_other_isolates_go_on_meanwhile() {
    let host = host(2, "1s");
    while host.get_all(["/wait?ms=50"; 4]).iter().map(Response::isolate).collect::<std::collections::HashSet<_>>().len() < 2 {}
    let spin = host.get_later("/spin");
    std::thread::sleep(Duration::from_millis(50));
    let mut served = 0;
    while !spin.is_answered() {
        let answer = host.get("/ok");
        answer.assert_ok("ok");
        // Far below the limit: it did not wait for the busy isolate.
        assert!(answer.took < Duration::from_millis(500), "{:?}", answer.took);
        served += 1;
    }
    assert!(served > 5, "{served}");
    assert_failed(&spin.answer(), "SSR_HOST_CPU_LIMIT");
}

#[test]
fn endless_work_after_the_response_retires_the_isolate() {
    let host = host(1, "300ms");
    let isolate = host.isolate();
    host.get("/spin/after").assert_ok("answered");
    host.stderr.wait_for("replacement isolate ready");
    assert_ne!(host.isolate(), isolate);
    host.stderr.wait_for(&line_of("faults.js", "while (true);"));
}

#[test]
fn endless_work_in_fastify() {
    let host = App::fixture("fastify.js").isolates(1).option("--cpu-limit", "300ms").start();
    let (isolate, pending) = waiting(&host);
    assert_failed(&host.get("/spin"), "SSR_HOST_CPU_LIMIT");
    for answer in pending.into_iter().map(crate::host::Pending::answer) {
        answer.assert_ok("waited");
        assert_eq!(answer.isolate(), isolate);
    }
    host.get("/ok").assert_ok("ok");
    host.stderr.wait_for(&line_of("fastify.js", "for (;;); // spin"));
}

/// CPU time is what counts: an app that waits for long is no fault of its own.
#[test]
fn waiting_is_not_working() {
    let host = host(1, "100ms");
    host.get("/wait?ms=700").assert_ok("waited");
    assert_eq!(host.stderr.count("retired"), 0);
}

/// The isolate is not to blame for a promise that never settles, and is kept.
#[test]
fn endless_waiting_is_answered_and_cancelled() {
    let host = App::fixture("faults.js").isolates(1).option("--request-timeout", "500ms").start();
    let isolate = host.isolate();
    let bystanders = Bystanders::start(&host, &["/ok", "/wait?ms=100"]);
    for answer in host.get_all(["/never"; 3]) {
        assert_eq!((answer.status, answer.json()["code"].as_str()), (504, Some("SSR_HOST_TIMEOUT")));
        assert!((450..2500).contains(&answer.took.as_millis()), "{:?}", answer.took);
    }
    let line = host.stderr.wait_for("response time limit of 500ms");
    assert!(line.contains("GET /never ("), "{line}");
    bystanders.finish();
    host.get("/aborted").assert_ok("3");
    assert_eq!((host.isolate(), host.stderr.count("retired")), (isolate, 0));
    assert_eq!(host.stdout.count("aborted: AbortError"), 3);
}

/// A Fastify handler that neither sends nor returns.
#[test]
fn a_response_that_is_never_sent() {
    let host = App::fixture("fastify.js").isolates(1).option("--request-timeout", "500ms").start();
    let isolate = host.isolate();
    let bystanders = Bystanders::start(&host, &["/ok", "/wait?ms=100"]);
    assert_eq!(host.get("/silent").status, 504);
    host.stdout.wait_for("closed without an answer");
    bystanders.finish();
    assert_eq!(host.get("/count").json()["closed"], 1);
    assert_eq!((host.isolate(), host.stderr.count("retired")), (isolate, 0));
}

/// Also when the request waited for an isolate first, and with a queue timeout that is longer.
#[test]
fn the_time_in_the_queue_counts() {
    let host = App::fixture("faults.js").isolates(1).option("--request-timeout", "1s").option("--cpu-limit", "500ms").start();
    let spin = host.get_later("/spin");
    std::thread::sleep(Duration::from_millis(100));
    let since = Instant::now();
    assert_eq!(host.get("/never").status, 504);
    assert!(since.elapsed() < Duration::from_secs(3), "{:?}", since.elapsed());
    assert_failed(&spin.answer(), "SSR_HOST_CPU_LIMIT");
}

#[test]
fn exit_in_a_handler_ends_the_isolate_and_not_the_host() {
    for (path, code) in [("/exit", 3), ("/exit/await", 4)] {
        let host = host(1, "5s");
        let (isolate, pending) = waiting(&host);
        let answer = host.get(path);
        assert_eq!(answer.status, 500, "{}", answer.text());
        for answer in pending.into_iter().map(crate::host::Pending::answer) {
            answer.assert_ok("waited");
            assert_eq!(answer.isolate(), isolate, "finished where it began");
        }
        assert_ne!(host.isolate(), isolate);
        host.stderr.wait_for(&format!("process.exit({code})"));
    }
    let host = host(1, "5s");
    let isolate = host.isolate();
    host.get("/exit/after").assert_ok("answered");
    host.stderr.wait_for("process.exit(5)");
    assert_ne!(host.isolate(), isolate);
}

/// Not even what an app puts behind it in the same function.
#[test]
fn nothing_runs_after_exit() {
    let app = "export default { fetch(request) {
        if (request.url.endsWith('/try')) {
            try { process.exit(1); } catch { console.log('went on in catch'); } finally { console.log('went on in finally'); }
        }
        process.exit(1);
        console.log('went on');
    } };";
    let host = App::source(app).isolates(1).start();
    for path in ["/", "/try"] {
        assert_eq!(host.get(path).status, 500);
    }
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(host.stdout.text(), "", "{}", host.printed());
    assert_eq!(host.stderr.count("unhandled rejection"), 0, "{}", host.printed());
}
