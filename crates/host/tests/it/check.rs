//! `ssr-host check`: what it says of the render cache, and the rules it suggests.

use serde_json::{Value, json};

use crate::host::App;

/// One page for each thing that decides.
const PAGES: &str = r#"
import Fastify from 'fastify';
const app = Fastify();
const html = (reply, text = 'x') => reply.type('text/html').send(`<p>${text}`);
app.get('/', (request, reply) => html(reply));
app.get('/list', (request, reply) => html(reply, request.query.page));
app.get('/greeting', (request, reply) => html(reply, request.headers['accept-language']));
app.get('/streamed', (request, reply) => {
  async function* chunks() { yield '<p>'; await null; yield String(request.headers['user-agent']); }
  return reply.type('text/html').send(ReadableStream.from(chunks()));
});
app.get('/ruled/page', (request, reply) => html(reply));
app.get('/account', (request, reply) => html(reply, request.headers.cookie));
app.get('/members', (request, reply) => html(reply, request.headers.authorization));
app.get('/debug', (request, reply) => html(reply, JSON.stringify(request.headers)));
app.get('/where', (request, reply) => html(reply, request.ip));
app.get('/welcome', (request, reply) => html(reply.header('set-cookie', 'seen=1')));
app.get('/news', (request, reply) => html(reply.header('cache-control', 'public, max-age=60')));
app.get('/moved', (request, reply) => reply.redirect('/'));
app.get('/api', () => ({}));
app.get('/broken', () => { throw new Error('no database here'); });
app.get('/slow', () => new Promise(() => {}));
app.get('/endless', (request, reply) => {
  async function* chunks() { for (;;) { yield '<p>'; await new Promise((resolve) => setTimeout(resolve, 5)); } }
  return reply.type('text/html').send(ReadableStream.from(chunks()));
});
app.get('/exit', () => process.exit(3));
app.get('/posts/:id', () => { throw new Error('never asked'); });
app.post('/form', () => { throw new Error('never asked'); });
await app.listen({ port: 0 });
"#;

const RULE: &str = "[[cache.rules]]\npath = '/ruled/*'\nttl = '1m'\n";

fn app() -> App {
    App::files("server.mjs", &[("server.mjs", PAGES), ("ssr-host.toml", RULE)])
}

#[track_caller]
fn checked(app: App) -> Value {
    let ended = app.flag("--json").run("check");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {}", ended.stdout))
}

#[test]
fn rules_are_suggested_for_pages_that_depend_on_nobody() {
    let ended = app().run("check");
    let at = ended.stdout.find("\nThe same for everybody").unwrap_or_else(|| panic!("{}", ended.stdout));
    let expected = r#"
The same for everybody, as far as their requests go. For those that may be as old as `ttl`, in ssr-host.toml:

# depends on: nothing else
[[cache.rules]]
path = "/"
ttl = "60s"

# depends on: query parameter page
[[cache.rules]]
path = "/list"
ttl = "60s"

# depends on: header accept-language
[[cache.rules]]
path = "/greeting"
ttl = "60s"

# depends on: header user-agent
[[cache.rules]]
path = "/streamed"
ttl = "60s"

Not to be cached by a rule as they are:
  /ruled/page  has a rule
  /account     reads all cookies
  /members     reads the header `authorization`
  /debug       reads all headers
  /where       reads the client's address
  /welcome     sets a cookie
  /news        says itself how long it may be kept: `cache-control: public, max-age=60`
  /moved       answers 302
  /api         is application/json
  /broken      answers 500
  /slow        takes longer than 2 s
  /endless     takes longer than 2 s
  /exit        answers 500
"#;
    assert_eq!(&ended.stdout[at..], expected);
    assert!(!ended.stderr.contains("never asked"), "{}", ended.stderr);
}

/// What is suggested is configuration: pasted, it is accepted, and the pages have rules then.
#[test]
fn what_is_suggested_can_be_pasted() {
    let text = app().run("check").stdout;
    let (_, after) = text.split_once("in ssr-host.toml:\n").unwrap();
    let (rules, _) = after.split_once("\nNot to be").unwrap();
    let pasted = App::files("server.mjs", &[("server.mjs", PAGES), ("ssr-host.toml", &format!("{RULE}{rules}"))]);
    let value = checked(pasted);
    assert_eq!(value["cache"]["pages"]["suggested"], json!([]));
    let others = value["cache"]["pages"]["others"].as_array().unwrap();
    assert_eq!(others.iter().filter(|page| page["why"] == "has a rule").count(), 5, "{others:?}");
}

#[test]
fn as_json_and_without_requests() {
    let value = checked(app());
    assert_eq!(value["cache"]["enabled"], true);
    assert_eq!(
        value["cache"]["pages"]["suggested"][1],
        json!({ "path": "/list", "ttl": "60s", "dependsOn": ["query parameter page"] })
    );
    assert_eq!(value["cache"]["pages"]["others"][1], json!({ "path": "/account", "why": "reads all cookies" }));
    let quiet = app().flag("--no-requests");
    let value = checked(quiet);
    assert_eq!((&value["cache"]["pages"], &value["cache"]["build"].is_string()), (&Value::Null, &true));
    let ended = app().flag("--no-requests").run("check");
    assert!(!ended.stdout.contains("cache.rules") && !ended.stderr.contains("no database here"), "{}", ended.stdout);
}

#[test]
fn a_fetch_handler_is_asked_for_its_first_page() {
    let html = "export default { fetch: (request) => new Response('<p>' + request.headers.get('accept-language'), \
                { headers: { 'content-type': 'text/html' } }) };";
    let expected = json!([{ "path": "/", "ttl": "60s", "dependsOn": ["header accept-language"] }]);
    assert_eq!(checked(App::source(html))["cache"]["pages"]["suggested"], expected);
}

/// The build, by what is deployed or by the setting; on, by the app's import.
#[test]
fn the_build_and_whether_there_is_a_cache() {
    let app = |text: &str| App::files("server.mjs", &[("server.mjs", text)]).flag("--no-requests");
    let cache = |app: App| checked(app)["cache"].clone();
    let plain = "export default { fetch: () => new Response('a') };";
    let other = "export default { fetch: () => new Response('b') };";
    let asking = "import { cache } from 'ssr-host'; export default { fetch: () => new Response(typeof cache) };";
    let build = cache(app(plain))["build"].clone();
    assert_eq!(cache(app(plain)), json!({ "enabled": false, "build": build }));
    assert_ne!(cache(app(other))["build"], build);
    assert_eq!(cache(app(asking))["enabled"], true);
    assert_eq!(cache(app(asking).env("SSR_HOST_CACHE_ENABLED", "false"))["enabled"], false);
    assert_eq!(cache(app(plain).env("SSR_HOST_CACHE_BUILD_ID", "4f1c0d2"))["build"], "4f1c0d2");
}

#[test]
fn a_start_says_that_there_is_a_cache() {
    let plain = "export default { fetch: () => new Response('a') };";
    let host = App::source(plain).isolates(1).env("SSR_HOST_CACHE_ENABLED", "true").env("SSR_HOST_CACHE_BUILD_ID", "b1").start();
    host.stderr.wait_for("with 1 isolate and a render cache (build b1), ready in");
    host.get("/").assert_ok("a");
    let host = App::source(plain).isolates(1).start();
    host.stderr.wait_for("with 1 isolate, ready in");
}

/// An app that waits for a purge while it starts does not wait for itself.
#[test]
fn an_app_may_purge_while_it_starts() {
    let app = "import { cache } from 'ssr-host'; await cache.purge({ all: true });
        export default { fetch: async () => { await cache.purge({ tag: 'a' }); return new Response('purged'); } };";
    App::source(app).isolates(2).start().get("/").assert_ok("purged");
    App::source(app).isolates(1).env("SSR_HOST_CACHE_ENABLED", "false").start().get("/").assert_ok("purged");
}
