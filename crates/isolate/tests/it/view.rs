//! What a look at the pool shows.

use std::time::{Duration, Instant};

use http::Request;
use isolate::{Config, View};

use crate::apps::App;
use crate::reads::request;

const APP: &str = r#"
import Fastify from "fastify";
import { existsSync } from "node:fs";
if (existsSync(new URL("./broken", import.meta.url).pathname)) throw new Error("broken");
const kept = [];
const spin = (ms) => { const end = Date.now() + ms; while (Date.now() < end); };
const app = Fastify();
app.get("/", async () => "");
app.get("/spin/:ms", async (request) => { spin(Number(request.params.ms)); return ""; });
app.get("/waits", () => new Promise(() => {}));
app.get("/keeps", async () => { kept.push(Array.from({ length: 100_000 }, (_, i) => ({ i }))); return ""; });
app.get("/cpu_limit", () => { for (;;); });
app.get("/heap_limit", () => { for (;;) kept.push(new Array(1000).fill(kept)); });
app.get("/exit", () => process.exit(0));
await app.listen({ port: 0 });
"#;

/// Waits for a view of which `holds` is true.
fn until(app: &App, what: &str, holds: impl Fn(&View) -> bool) -> View {
    let since = Instant::now();
    loop {
        let view = app.pool.view();
        if holds(&view) {
            return view;
        }
        assert!(since.elapsed() < Duration::from_secs(30), "{what}: {view:#?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn get(url: &str) -> isolate::Request {
    request(Request::get(url))
}

fn numbers(view: &View) -> Vec<usize> {
    view.isolates.iter().map(|isolate| isolate.number).collect()
}

/// The counts of restarts that are not zero.
fn restarts(view: &View) -> Vec<(&'static str, u64)> {
    view.restarts.iter().copied().filter(|(_, count)| *count > 0).collect()
}

fn one_at_a_time(config: &mut Config) {
    (config.in_flight, config.queue) = (1, 7);
}

#[test]
fn a_pool_that_has_nothing_to_do() {
    let app = App::configured(APP, |config| {
        (config.isolates, config.queue, config.heap_limit) = (2, 7, 200 << 20);
    });
    let idle = |view: &View| view.starting == 0 && view.isolates.len() == 2 && view.isolates.iter().all(|isolate| !isolate.busy);
    let view = until(&app, "both wait", idle);
    assert_eq!(numbers(&view), [0, 1]);
    assert_eq!((view.heap_limit, view.queued, view.queue_capacity), (200 << 20, 0, 7));
    assert_eq!((view.in_flight, view.in_flight_limit), (0, None));
    assert_eq!((view.requests, view.refused, view.shed, view.overloads, view.start_failures), (0, 0, 0, 0, 0));
    let names: Vec<_> = view.restarts.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["cpu_limit", "heap_limit", "exit", "panic", "requests", "age", "heap"]);
    assert_eq!(restarts(&view), []);
    for isolate in &view.isolates {
        assert_eq!((isolate.in_flight, isolate.requests), (0, 0));
        assert!(isolate.heap_used > 100_000 && isolate.heap_used <= isolate.heap_total, "{isolate:?}");
        assert!(isolate.heap_after_gc <= isolate.heap_total && isolate.heap_total < view.heap_limit, "{isolate:?}");
        assert!(isolate.cpu > Duration::ZERO && isolate.cpu <= isolate.age, "{isolate:?}");
    }
    assert!(view.cpu >= view.isolates.iter().map(|isolate| isolate.cpu).sum());
}

#[test]
fn an_isolate_that_works_and_those_who_wait_for_it() {
    let app = App::configured(APP, one_at_a_time);
    let before = until(&app, "it waits", |view| !view.isolates[0].busy);
    let answers: Vec<_> = (0..3).map(|_| app.asking(get("/spin/1000"))).collect();
    let works = |view: &View| view.queued == 2 && view.isolates[0].busy && view.isolates[0].in_flight == 1;
    assert_eq!(until(&app, "one works and two wait", works).in_flight, 3);
    for answer in answers {
        assert!(answer.recv().unwrap().result.is_ok());
    }
    let after = until(&app, "it waits again", |view| !view.isolates[0].busy);
    assert_eq!((after.queued, after.in_flight, after.requests), (0, 0, 3));
    assert_eq!((after.isolates[0].in_flight, after.isolates[0].requests), (0, 3));
    // It has computed for three seconds, of which others may have taken some.
    let used = after.isolates[0].cpu - before.isolates[0].cpu;
    assert!(used > Duration::from_millis(100) && after.cpu - before.cpu >= used, "{used:?}");
}

#[test]
fn one_that_waits_for_io_is_not_busy() {
    let app = App::source(APP);
    let _answer = app.asking(get("/waits"));
    until(&app, "it waits for the next", |view| !view.isolates[0].busy && view.isolates[0].in_flight == 1);
}

#[test]
fn an_isolate_that_is_stopped_counts_by_its_reason() {
    for reason in ["cpu_limit", "heap_limit", "exit"] {
        let app = App::configured(APP, |config| {
            (config.cpu_limit, config.heap_limit) = (Duration::from_millis(300), 64 << 20);
            if reason == "heap_limit" {
                config.cpu_limit = Duration::from_secs(30);
            }
        });
        let before = app.pool.view();
        assert!(app.answer(get(&format!("/{reason}"))).result.is_err());
        let replaced = |view: &View| view.starting == 0 && numbers(view) == [1];
        let view = until(&app, reason, replaced);
        assert_eq!((restarts(&view), view.start_failures), (vec![(reason, 1)], 0));
        assert_eq!((view.isolates[0].requests, view.requests), (0, 1));
        let spent = if reason == "cpu_limit" { Duration::from_millis(300) } else { Duration::ZERO };
        assert!(view.cpu >= before.cpu + view.isolates[0].cpu + spent, "{reason}: {:?} {view:?}", before.cpu);
        assert!(app.answer(get("/")).result.is_ok());
    }
}

#[test]
fn an_isolate_that_has_served_its_time_counts_by_its_budget() {
    let replaced = |view: &View| view.starting == 0 && numbers(view) == [1];
    let app = App::configured(APP, |config| config.recycle_requests = Some(2));
    assert!(app.answer(get("/")).result.is_ok());
    assert_eq!(restarts(&app.pool.view()), []);
    assert!(app.answer(get("/")).result.is_ok());
    assert_eq!(restarts(&until(&app, "requests", replaced)), [("requests", 1)]);

    let app = App::configured(APP, |config| config.recycle_age = Some(Duration::from_millis(1)));
    assert!(app.answer(get("/")).result.is_ok());
    assert_eq!(restarts(&until(&app, "age", replaced)), [("age", 1)]);

    let app = App::configured(APP, |config| config.recycle_heap = Some(10));
    let (mut asked, mut kept) = (0, 0);
    while restarts(&app.pool.view()).is_empty() {
        assert!(app.answer(get("/keeps")).result.is_ok());
        kept = app.pool.view().isolates[0].heap_after_gc.max(kept);
        asked += 1;
        assert!(asked < 200, "{:?}", app.pool.view());
    }
    assert_eq!(restarts(&app.pool.view()), [("heap", 1)]);
    assert!(kept > 51 << 20, "a tenth of 512 MiB was alive: {kept}");
}

#[test]
fn a_start_that_fails_counts_until_one_succeeds() {
    let app = App::source(APP);
    let broken = app.directory.as_ref().unwrap().path().join("broken");
    std::fs::write(&broken, "").unwrap();
    assert!(app.answer(get("/exit")).result.is_err());
    let view = until(&app, "it fails twice", |view| view.start_failures >= 2);
    assert_eq!((numbers(&view), view.starting, restarts(&view)), (vec![], 1, vec![("exit", 1)]));
    std::fs::remove_file(broken).unwrap();
    let view = until(&app, "it stands", |view| view.isolates.len() == 1 && view.starting == 0);
    assert_eq!(restarts(&view), [("exit", 1)]);
    assert_eq!(numbers(&view), [usize::try_from(view.start_failures).unwrap() + 1]);
}

#[test]
fn what_is_refused_counts() {
    let app = App::configured(APP, |config| (config.in_flight, config.queue) = (1, 0));
    app.wait_until_idle();
    let first = app.asking(get("/spin/300"));
    until(&app, "it is worked on", |view| view.isolates[0].busy);
    assert!(app.answer(get("/")).result.is_err());
    assert!(first.recv().unwrap().result.is_ok());
    let view = app.pool.view();
    assert_eq!((view.requests, view.refused, view.shed, view.overloads), (2, 1, 0, 0));

    let app = App::configured(APP, |config| {
        one_at_a_time(config);
        config.queue_timeout = Duration::from_millis(100);
    });
    app.wait_until_idle();
    let first = app.asking(get("/spin/400"));
    until(&app, "it is worked on", |view| view.isolates[0].busy);
    assert!(app.answer(get("/")).result.is_err());
    assert!(first.recv().unwrap().result.is_ok());
    let view = app.pool.view();
    assert_eq!((view.requests, view.refused, view.shed), (2, 0, 1));
}

#[test]
fn an_overload_counts_when_it_begins() {
    let app = App::configured(APP, |config| {
        (config.in_flight, config.queue, config.overload.target) = (1, 200, Duration::from_millis(5));
    });
    let answers: Vec<_> = (0..100).map(|_| app.asking(get("/spin/10"))).collect();
    let view = until(&app, "it is seen", |view| view.overloads > 0);
    assert_eq!(view.overloads, 1);
    assert!(view.in_flight_limit.is_some_and(|limit| limit < 100), "{:?}", view.in_flight_limit);
    for answer in answers {
        drop(answer.recv().unwrap());
    }
}
