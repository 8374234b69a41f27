//! `/health` and `/ready`: the app's own routes, or the host's answers.

use crate::client::Response;
use crate::host::App;

#[track_caller]
fn assert_hosts(answer: &Response) {
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json; charset=utf-8")));
    let value = answer.json();
    let mut keys: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["status", "timestamp", "uptime"], "{value}");
    assert_eq!(value["status"], "ok");
    let timestamp = value["timestamp"].as_str().unwrap();
    assert!(timestamp.len() == 24 && timestamp.ends_with('Z'), "{timestamp}");
    assert!(value["uptime"].as_f64().is_some_and(|uptime| uptime > 0.0 && uptime < 60.0), "{value}");
}

fn fastify(routes: &str) -> App {
    let app = format!("import Fastify from 'fastify'; const app = Fastify(); {routes} await app.listen({{ port: 0 }});");
    App::source(&app).isolates(1)
}

#[test]
fn the_host_answers_for_an_app_without_the_route() {
    let host = fastify("app.get('/', async () => 'home');").start();
    assert_hosts(&host.get("/health"));
    assert_hosts(&host.get("/health?verbose"));
    let mut client = host.connect();
    client.request("HEAD", "/health", "");
    let head = client.head();
    assert_eq!((head.status, head.header("content-type")), (200, Some("application/json; charset=utf-8")));
    client.get("/").assert_ok("home");
    // Everything else under the name is the app's.
    assert_eq!(host.connect().post("/health", "text/plain", b"x").status, 404);
    assert_eq!(host.get("/health/deep").status, 404);
}

#[test]
fn the_route_of_the_app_wins() {
    let apps = [
        fastify("app.get('/health', async () => 'mine');"),
        fastify("app.get('/*', async () => 'mine');"),
        fastify("app.get('/:page', async () => 'mine');"),
        App::source("export default { fetch: () => new Response('mine') };"),
    ];
    for app in apps {
        app.start().get("/health").assert_ok("mine");
    }
}

/// A fetch handler, or a wildcard, can only be asked.
#[test]
fn the_host_answers_where_the_app_says_404() {
    let apps = [
        fastify("app.get('/*', async (_, reply) => reply.code(404).send('nothing here'));"),
        App::source("export default { fetch: () => new Response('nothing here', { status: 404 }) };"),
    ];
    for app in apps {
        let host = app.start();
        assert_hosts(&host.get("/health"));
        assert_eq!((host.get("/other").status, host.get("/other").text()), (404, "nothing here"));
    }
}

/// An app that fails is not healthy.
#[test]
fn a_failing_route_is_not_covered_up() {
    let host = App::source("export default { fetch() { throw new Error('ill'); } };").start();
    assert_eq!(host.get("/health").status, 500);
}

#[test]
fn the_host_says_that_it_is_ready() {
    let host = fastify("app.get('/', async () => 'home'); app.get('/health', async () => 'mine');").start();
    let ready = host.get("/ready");
    assert_eq!((ready.status, ready.header("content-type")), (200, Some("application/json; charset=utf-8")));
    assert_eq!(ready.text(), r#"{"status":"ready"}"#);
    assert_eq!(host.connect().post("/ready", "text/plain", b"x").status, 404);
    let apps = [
        fastify("app.get('/ready', async () => 'mine');"),
        fastify("app.get('/*', async () => 'mine');"),
        App::source("export default { fetch: () => new Response('mine') };"),
    ];
    for app in apps {
        app.start().get("/ready").assert_ok("mine");
    }
}
