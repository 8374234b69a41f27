//! `import { cache } from "ssr-host"`.

use http::Request;
use isolate::{Purge, Selector};

use crate::apps::App;
use crate::reads::request;

const APP: &str = r#"
import Fastify from "fastify";
import { cache } from "ssr-host";
const app = Fastify();
app.get("/", async (request) => {
  try { return { purged: (await cache.purge(eval(`(${request.headers["x-purge"]})`))) === undefined }; }
  catch (error) { return { name: error.name, message: error.message }; }
});
await app.listen({ port: 0 });
"#;

#[test]
fn an_app_purges() {
    let app = App::source(APP);
    assert_eq!(*app.asked.for_cache.lock().unwrap(), 1);
    let purge = |options: &str| {
        let head = Request::get("/").header("x-purge", options);
        app.ask(request(head)).body
    };
    for (options, selector, soft) in [
        ("{ tag: 'posts' }", Selector::Tag("posts".into()), false),
        ("{ url: '/a?b=1', soft: true }", Selector::Url("/a?b=1".into()), true),
        ("{ prefix: '/blog/' }", Selector::Prefix("/blog/".into()), false),
        ("{ all: true, soft: false }", Selector::All, false),
    ] {
        assert_eq!(purge(options), r#"{"purged":true}"#, "{options}");
        assert_eq!(app.asked.purges.lock().unwrap().pop(), Some(Purge { selector, soft }));
    }
    assert_eq!(purge("{ tag: 'refused' }"), r#"{"name":"Error","message":"the cache does not answer"}"#);
    app.asked.purges.lock().unwrap().clear();
    for (options, says) in [
        ("undefined", "not undefined"),
        ("null", "not null"),
        ("'/a'", "not string"),
        ("{}", "not none"),
        ("{ tag: 'a', url: '/' }", "not `tag` and `url`"),
        ("{ tags: 'a' }", "there is no option `tags`"),
        ("{ all: false }", "`all` can only be `true`"),
        ("{ tag: '' }", "`tag` must be a string that is not empty"),
        ("{ url: 1 }", "`url` must be a string that is not empty"),
        ("{ url: '/', soft: 1 }", "`soft` must be `true` or `false`"),
    ] {
        let answer = purge(options);
        assert!(
            answer.starts_with(r#"{"name":"TypeError","message":"ssr-host: cache.purge(): "#) && answer.contains(says),
            "{options}: {answer}"
        );
    }
    assert_eq!(*app.asked.purges.lock().unwrap(), []);
}

#[test]
fn an_app_that_does_not_import_it_does_not_ask() {
    let app = App::source("export default { fetch: () => new Response('') }");
    assert_eq!(*app.asked.for_cache.lock().unwrap(), 0);
}
