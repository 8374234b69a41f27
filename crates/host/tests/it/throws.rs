//! Whatever the app throws costs at most its own request: the isolate is kept.

use crate::host::{App, line_of};
use crate::process::Bystanders;

/// Requests that fail, and what the log says of them.
#[test]
fn a_throw_fails_its_request() {
    let cases = [
        ("faults.js", "/throw", "TypeError: thrown by the handler"),
        ("faults.js", "/throw/async", "TypeError: thrown after an await"),
        ("faults.js", "/throw/null", "null"),
        ("faults.js", "/nothing", "expected a Response"),
        ("faults.js", "/recursion", "RangeError: Maximum call stack size exceeded"),
        ("faults.js", "/recursion/async", "RangeError: Maximum call stack size exceeded"),
    ];
    for (app, path, message) in cases {
        let host = App::fixture(app).isolates(1).start();
        let isolate = host.isolate();
        let bystanders = Bystanders::start(&host, &["/ok", "/wait?ms=50"]);
        for answer in host.get_all([path; 3]) {
            assert_eq!(answer.status, 500, "{path}");
            assert!(!answer.text().contains("thrown") && !answer.text().contains(".js"), "{}", answer.text());
        }
        host.stderr.wait_for(&format!("GET {path} ("));
        host.stderr.wait_for(message);
        bystanders.finish();
        assert_eq!((host.isolate(), host.stderr.count("retired")), (isolate, 0), "{path}");
    }
}

#[test]
fn the_log_says_where() {
    let host = App::fixture("faults.js").isolates(1).start();
    for (path, text) in [
        ("/throw", "new TypeError(\"thrown by the handler\")"),
        ("/throw/async", "new TypeError(\"thrown after an await\")"),
        ("/throw/timer", "new Error(\"thrown by a timer\")"),
        ("/reject", "new Error(\"nobody awaits this\")"),
        ("/recursion", "down(n + 1) + 1"),
        ("/recursion/async", "(await deep(n + 1)) + 1"),
    ] {
        host.get(path);
        host.stderr.wait_for(&line_of("faults.js", text));
    }
}

/// Fastify answers errors itself, in its own words.
#[test]
fn fastify_answers_what_its_handlers_throw() {
    let host = App::fixture("fastify.js").isolates(1).start();
    let isolate = host.isolate();
    let bystanders = Bystanders::start(&host, &["/ok", "/wait?ms=50"]);
    for (path, message) in
        [("/throw", "thrown by the handler"), ("/throw/async", "thrown after an await"), ("/throw/hook", "thrown by a hook")]
    {
        let answer = host.get(path);
        assert_eq!(answer.status, 500);
        assert_eq!(answer.text(), format!(r#"{{"statusCode":500,"error":"Internal Server Error","message":"{message}"}}"#));
    }
    bystanders.finish();
    assert_eq!((host.isolate(), host.stderr.count("retired")), (isolate, 0));
}

/// Node would end the process.
#[test]
fn what_nobody_catches_is_logged() {
    for (app, path, message) in [
        ("faults.js", "/throw/timer", "uncaught exception: Error: thrown by a timer"),
        ("faults.js", "/reject", "unhandled rejection: Error: nobody awaits this"),
        ("fastify.js", "/throw/timer", "uncaught exception: Error: thrown by a timer"),
    ] {
        let host = App::fixture(app).isolates(1).start();
        let isolate = host.isolate();
        let bystanders = Bystanders::start(&host, &["/ok", "/wait?ms=50"]);
        for answer in host.get_all([path; 3]) {
            answer.assert_ok("answered");
        }
        host.stderr.wait_for(message);
        bystanders.finish();
        assert_eq!((host.isolate(), host.stderr.count("retired")), (isolate, 0), "{path}");
        assert_eq!(host.stderr.count(message), 3, "{}", host.printed());
    }
}

/// An app that registered for it is told instead, as in Node.
#[test]
fn the_app_may_catch_them() {
    let app = "
        process.on('uncaughtException', (error, origin) => console.log('caught', error.message, origin));
        process.on('unhandledRejection', (reason) => console.log('caught', reason.message));
        export default { fetch() {
            setTimeout(() => { throw new Error('one'); }, 1);
            Promise.reject(new Error('two'));
            return new Response('answered');
        } };";
    let host = App::source(app).isolates(1).start();
    host.get("/").assert_ok("answered");
    host.stdout.wait_for("caught one uncaughtException");
    host.stdout.wait_for("caught two");
    assert_eq!(host.stderr.count("ERROR"), 0, "{}", host.printed());
}

/// The map says that line n of the bundle is line n + 10 of the source.
#[test]
fn stacks_are_source_mapped() {
    let bundle = "export default { fetch(request) {
            if (request.url.endsWith('/throw')) throw new Error('mapped');
            for (;;);
        } };
        //# sourceMappingURL=server.js.map";
    let map = r#"{"version":3,"sources":["../src/app.ts"],"names":[],"mappings":"AAUA;AACA;AACA;AACA"}"#;
    let files = [("package.json", r#"{"type":"module"}"#), ("dist/server.js", bundle), ("dist/server.js.map", map)];
    let host = App::files("dist/server.js", &files).isolates(1).option("--cpu-limit", "200ms").start();
    for (path, line) in [("/throw", 12), ("/spin", 13)] {
        assert_eq!(host.get(path).status, 500);
        host.stderr.wait_for(&format!("src/app.ts:{line}:"));
    }
}
