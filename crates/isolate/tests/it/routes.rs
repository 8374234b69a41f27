//! What the pool says of an answer besides the response: which route, which isolate, and how long it took.

use std::time::Duration;

use http::Request;
use isolate::{Answer, Error};

use crate::apps::App;
use crate::reads::request;

const APP: &str = r#"
import Fastify from "fastify";
const app = Fastify({ ignoreTrailingSlash: true, rewriteUrl: (request) => request.url.replace("/rewritten", "/posts") });
app.get("/", async () => "home");
app.get("/posts/:id", async (request) => request.params.id);
app.post("/posts/:id", async () => "posted");
app.get("/optional/:a?", async () => "optional");
app.register(async (child) => {
  child.get("/", async () => "inner");
  child.get("/*", async (request, reply) => reply.callNotFound());
  child.all("/late", (request, reply) => { setTimeout(() => reply.send("late"), 30); });
}, { prefix: "/under" });
app.get("/inject", async () => { await app.inject("/posts/1"); return (await app.inject("/nothing")).body; });
app.get("/throws", async () => { throw new Error("x"); });
app.get("/hook", { onRequest: async (request, reply) => { reply.code(401); throw new Error("x"); } }, async () => "");
app.get("/spins", () => { for (;;); });
app.get("/spins-later", async () => { await null; for (;;); });
app.get("/waits", () => new Promise(() => {}));
app.get("/exits", () => process.exit(3));
app.options("*", async () => "");
await app.listen({ port: 0 });
"#;

fn quick(config: &mut isolate::Config) {
    config.cpu_limit = Duration::from_millis(300);
    config.request_timeout = Duration::from_secs(20);
}

fn route(answer: &Answer) -> Option<&str> {
    answer.route.as_deref()
}

#[test]
fn an_answer_says_which_route_of_the_app_gave_it() {
    let app = App::configured(APP, quick);
    for (method, url, status, expected) in [
        ("GET", "/", 200, Some("/")),
        ("HEAD", "/", 200, Some("/")),
        ("GET", "/?a=b", 200, Some("/")),
        ("GET", "/posts/1", 200, Some("/posts/:id")),
        ("GET", "/posts/2/", 200, Some("/posts/:id")),
        ("POST", "/posts/1", 200, Some("/posts/:id")),
        ("HEAD", "/posts/1", 200, Some("/posts/:id")),
        ("GET", "/rewritten/7", 200, Some("/posts/:id")),
        ("PUT", "/posts/1", 404, None),
        ("GET", "/optional", 200, Some("/optional/:a?")),
        ("GET", "/optional/1", 200, Some("/optional/:a?")),
        ("GET", "/under", 200, Some("/under")),
        ("GET", "/under/late", 200, Some("/under/late")),
        ("GET", "/under/else", 404, Some("/under/*")),
        ("GET", "/inject", 200, Some("/inject")),
        ("GET", "/throws", 500, Some("/throws")),
        ("GET", "/hook", 401, Some("/hook")),
        ("OPTIONS", "/any", 200, Some("*")),
        ("GET", "/nothing", 404, None),
        ("GET", "/posts/%", 400, None),
    ] {
        let answer = app.answer(request(Request::builder().method(method).uri(url)));
        assert_eq!((route(&answer), answer.isolate), (expected, Some(0)), "{method} {url}");
        assert_eq!(answer.result.unwrap_or_else(|error| panic!("{error}")).status, status, "{method} {url}");
    }
}

#[test]
fn an_exported_fetch_has_no_routes() {
    let app = App::source("export default { fetch: () => new Response('') }");
    assert_eq!(app.answer(request(Request::get("/"))).route, None);
}

#[test]
fn a_failure_has_its_route_too() {
    for (url, says) in [
        ("/spins", "CPU time limit"),
        ("/spins-later", "CPU time limit"),
        ("/waits", "response time limit"),
        ("/exits", "process.exit(3)"),
    ] {
        let app = App::configured(APP, |config| {
            quick(config);
            if url == "/waits" {
                config.request_timeout = Duration::from_millis(300);
            }
        });
        let answer = app.answer(request(Request::get(url)));
        let Err(error) = &answer.result else { panic!("{url} was answered") };
        assert!(error.to_string().contains(says), "{url}: {error}");
        assert_eq!((route(&answer), answer.isolate), (Some(url), Some(0)), "{url}");
    }
}

#[test]
fn work_is_measured_from_when_an_isolate_took_it_to_the_response_head() {
    let app = App::source(APP);
    app.wait_until_idle();
    let late = app.answer(request(Request::get("/under/late")));
    assert!(late.worked >= Duration::from_millis(29) && late.queued < late.worked, "{:?} {:?}", late.queued, late.worked);
    let timed_out = App::configured(APP, |config| config.request_timeout = Duration::from_millis(300));
    let timed_out = timed_out.answer(request(Request::get("/waits")));
    assert!(timed_out.worked >= Duration::from_millis(250), "{:?}", timed_out.worked);
}

#[test]
fn what_no_isolate_took_has_neither_isolate_nor_route() {
    let slow =
        "export default { fetch: () => { const end = Date.now() + 1000; while (Date.now() < end); return new Response(''); } }";
    let app = App::configured(slow, |config| config.queue = 0);
    app.wait_until_idle();
    let (first, second) = (app.asking(request(Request::get("/"))), app.answer(request(Request::get("/"))));
    let first = first.recv().unwrap();
    assert!(first.result.is_ok() && first.isolate == Some(0) && first.worked >= Duration::from_millis(900), "{:?}", first.worked);
    assert!(matches!(second.result, Err(Error::Overloaded { .. })));
    assert_eq!((second.isolate, second.worked, second.route), (None, Duration::ZERO, None));
}
