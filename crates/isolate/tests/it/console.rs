//! What an app prints, and whose it is. The lines leave by the standard streams of the process, so each test runs once more in a
//! process of its own.

use std::fmt::Write as _;
use std::process::Command;
use std::sync::mpsc::Receiver;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderValue, Request};
use isolate::{Answer, Config, Console, Trace};
use serde_json::{Value, json};

use crate::apps::App;
use crate::reads::request;

/// Runs `body` in another process, which returns `None`; here, returns its number and what it printed on its standard output and error.
fn elsewhere(test: &str, body: impl FnOnce()) -> Option<(u32, String, String)> {
    const MARK: &str = "ISOLATE_TEST_ELSEWHERE";
    if std::env::var_os(MARK).is_some() {
        body();
        return None;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([&format!("console::{test}"), "--exact", "--nocapture", "--test-threads=2"]).env(MARK, "1");
    let child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let pid = child.id();
    let output = child.wait_with_output().unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(output.status.success(), "{out}\n{err}");
    Some((pid, out, err))
}

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().filter(|line| line.starts_with('{')).map(|line| serde_json::from_str(line).expect(line)).collect()
}

/// `[reqId, level, msg]` of each line.
fn brief(lines: &[Value]) -> Vec<Value> {
    lines.iter().map(|line| json!([line["reqId"], line["level"], line["msg"]])).collect()
}

fn as_json(config: &mut Config) {
    config.console = Console::Json;
    config.request_timeout = Duration::from_millis(300);
}

fn ask(app: &App, url: &str, id: &'static str) -> Receiver<Answer> {
    let trace = Trace { request_id: HeaderValue::from_static(id), traceparent: None };
    app.asking(isolate::Request { trace: Some(trace), ..request(Request::get(url)) })
}

const METHODS: &str = r#"
const { log, info, debug, warn, error } = console;
log("plain"); info("now %s %d", "x", 1, { a: 1 }); debug({ deep: { er: { and: { more: 1 } } } }); warn("w"); error("e");
console.group("g"); console.log("in\nner"); console.groupEnd(); console.assert(false, "no"); console.assert(true);
console.table([[1]]); console.dir({ b: 1 }); console.count(); console.log(); console.log("ü \u2028 \"q\" \\ \u0001 \u{1f600}");
console.trace("here");
console.log("long".repeat(100_000));
console.Console.prototype.log.call(new console.Console(process.stdout), "{\"own\":1}");
process.stdout.write("{\"raw\":1}\n");
export default { fetch: () => new Response("") };
"#;

/// The texts are what Node 20 prints.
#[test]
fn each_call_is_a_line_of_json() {
    let Some((pid, out, err)) = elsewhere("each_call_is_a_line_of_json", || drop(App::configured(METHODS, as_json))) else {
        return;
    };
    let (out, err) = (json_lines(&out), json_lines(&err));
    let table = "┌─────────┬───┐\n│ (index) │ 0 │\n├─────────┼───┤\n│ 0       │ 1 │\n└─────────┴───┘";
    let expected = [
        json!([null, 30, "plain"]),
        json!([null, 30, "now x 1 { a: 1 }"]),
        json!([null, 20, "{ deep: { er: { and: [Object] } } }"]),
        json!([null, 30, "g"]),
        json!([null, 30, "  in\n  ner"]),
        json!([null, 30, table]),
        json!([null, 30, "{ b: 1 }"]),
        json!([null, 30, "default: 1"]),
        json!([null, 30, ""]),
        json!([null, 30, "ü \u{2028} \"q\" \\ \u{1} 😀"]),
        json!([null, 30, "long".repeat(100_000)]),
    ];
    assert_eq!(brief(&out)[..11], expected);
    assert_eq!(out[11..], [json!({ "own": 1 }), json!({ "raw": 1 })]);
    let errors = [json!([null, 40, "w"]), json!([null, 50, "e"]), json!([null, 50, "Assertion failed: no"])];
    assert_eq!(brief(&err)[..3], errors);
    let trace = err[3]["msg"].as_str().unwrap();
    assert!(err[3]["level"] == 50 && trace.starts_with("Trace: here\n    at ") && err.len() == 4, "{trace}");

    let line = out[0].as_object().unwrap();
    assert_eq!(line.keys().collect::<Vec<_>>().len(), 5, "no reqId: {line:?}");
    assert_eq!(line["pid"], pid);
    let hostname = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    assert_eq!(line["hostname"], hostname.trim());
    let now = u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
    let time = line["time"].as_u64().unwrap();
    assert!(time <= now && now - time < 60_000, "{time}");
}

#[test]
fn as_pino_writes_it() {
    let app = r#"console.log("a \"b\""); export default { fetch: () => new Response("") };"#;
    let Some((_, out, _)) = elsewhere("as_pino_writes_it", || drop(App::configured(app, as_json))) else { return };
    let line = out.lines().find(|line| line.starts_with('{')).unwrap();
    // The order of the keys too.
    let (time, pid) = (&json_lines(&out)[0]["time"], &json_lines(&out)[0]["pid"]);
    let hostname = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let hostname = hostname.trim();
    assert_eq!(line, format!(r#"{{"level":30,"time":{time},"pid":{pid},"hostname":"{hostname}","msg":"a \"b\""}}"#));
}

const REQUESTS: &str = r#"
import Fastify from "fastify";
console.log("starts");
const app = Fastify();
app.addHook("onRequestAbort", async (request) => console.log("aborted", request.url));
app.addHook("onResponse", async (request) => console.log("responded", request.url));
app.get("/:name", async (request) => {
  const { name } = request.params;
  console.log("begins", name);
  await null;
  console.log("awaits", name);
  await new Promise((resolve) => setTimeout(resolve, 20));
  console.warn("waited", name);
  setTimeout(() => console.log("late", name), 20);
  return "";
});
app.get("/waits/:name", () => new Promise(() => {}));
app.get("/rejects/:name", async (request) => { Promise.reject(new Error(request.params.name)); return ""; });
app.get("/throws/:name", async (request) => { setTimeout(() => { throw new Error(request.params.name); }); return ""; });
app.get("/spins/:name", () => { for (;;); });
await app.listen({ port: 0 });
console.log("listens");
"#;

#[test]
fn a_line_has_the_id_of_its_request() {
    let test = "a_line_has_the_id_of_its_request";
    let body = || {
        let app = App::configured(REQUESTS, |config| {
            as_json(config);
            config.isolates = 2;
        });
        let answers = [ask(&app, "/one", "id-1"), ask(&app, "/two", "id-2"), ask(&app, "/waits/three", "id-3")];
        for answer in answers {
            drop(answer.recv().unwrap());
        }
        drop(app.answer(request(Request::get("/none"))));
        std::thread::sleep(Duration::from_millis(200));
    };
    let Some((_, out, err)) = elsewhere(test, body) else { return };
    let mut lines = brief(&[json_lines(&out), json_lines(&err)].concat());
    lines.sort_by_key(ToString::to_string);
    let mut expected =
        vec![json!([null, 30, "starts"]), json!([null, 30, "listens"]), json!(["id-3", 30, "aborted /waits/three"])];
    for (id, name) in [(json!("id-1"), "one"), (json!("id-2"), "two"), (Value::Null, "none")] {
        for (level, what) in [(30, "begins"), (30, "awaits"), (40, "waited"), (30, "late"), (30, "responded")] {
            let slash = if what == "responded" { "/" } else { "" };
            expected.push(json!([id, level, format!("{what} {slash}{name}")]));
        }
    }
    expected.sort_by_key(ToString::to_string);
    assert_eq!(lines, expected);
}

#[test]
fn without_it_the_bytes_are_those_of_node() {
    let test = "without_it_the_bytes_are_those_of_node";
    let Some((_, out, err)) = elsewhere(test, || drop(App::source(METHODS))) else { return };
    assert!(out.contains("plain\nnow x 1 { a: 1 }\n{ deep: { er: { and: [Object] } } }\ng\n  in\n  ner\n┌─"), "{out}");
    assert!(err.starts_with("w\ne\nAssertion failed: no\nTrace: here\n    at "), "{err}");
}

/// Writes the host's own log lines to standard error: `LOG req_id=… the message`.
struct Log;

impl tracing::Subscriber for Log {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        *metadata.level() <= tracing::Level::WARN
    }
    fn event(&self, event: &tracing::Event<'_>) {
        let mut line = Fields::default();
        event.record(&mut line);
        eprintln!("LOG {} {}", line.request, line.message);
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[derive(Default)]
struct Fields {
    request: String,
    message: String,
}

impl tracing::field::Visit for Fields {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        let _ = match field.name() {
            "req_id" => write!(self.request, "{value:?}"),
            "message" => write!(self.message, "{value:?}"),
            _ => Ok(()),
        };
    }
}

#[test]
fn what_nobody_catches_is_logged_with_the_id_of_its_request() {
    let test = "what_nobody_catches_is_logged_with_the_id_of_its_request";
    let body = || {
        tracing::subscriber::set_global_default(Log).unwrap();
        let app = App::configured(REQUESTS, |config| config.cpu_limit = Duration::from_millis(200));
        for (url, id) in [("/rejects/a", "id-1"), ("/throws/b", "id-2"), ("/spins/c", "id-3")] {
            drop(ask(&app, url, id).recv().unwrap());
            std::thread::sleep(Duration::from_millis(100));
        }
    };
    let Some((_, _, err)) = elsewhere(test, body) else { return };
    for line in [
        "LOG \"id-1\" unhandled rejection: Error: a",
        "LOG \"id-2\" uncaught exception: Error: b",
        "LOG \"id-3\" isolate retired: CPU time limit of 200ms reached",
    ] {
        assert!(err.lines().any(|logged| logged.starts_with(line)), "{line}: {err}");
    }
}
