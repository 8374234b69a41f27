//! Identical GETs of one render.

use http::{Request, Response};

use super::{Asking, failed, full, ok};
use crate::reads::request;

/// Answers with the number of the request, so that a shared response shows.
fn counting() -> Asking {
    Asking::new(|came, before| match came.head.uri.path() {
        "/cookie" => Ok(Response::builder().header("set-cookie", "a=1").body(full(before.to_string())).unwrap()),
        "/error" => Ok(Response::builder().status(503).body(full(before.to_string())).unwrap()),
        "/missing" => Ok(Response::builder().status(404).body(full("missing")).unwrap()),
        "/failing" => Err(failed("ECONNREFUSED", "no")),
        "/large" => ok(vec![b'x'; (1 << 20) + 1]),
        "/nearly" => ok(vec![b'x'; 1 << 20]),
        "/moved" => Ok(Response::builder().status(301).header("location", "/a").body(full("")).unwrap()),
        _ => ok("same"),
    })
}

#[test]
fn identical_gets_are_made_once() {
    let asking = counting();
    for (code, expected, requests) in [
        ("const [a, b] = await Promise.all([fetch(u), fetch(u)]); return [await a.text(), await b.text()]", r#"["same","same"]"#, 1),
        ("const a = await (await fetch(u)).text(); return [a, await (await fetch(u)).text()]", r#"["same","same"]"#, 1),
        // Nobody has read the first one.
        ("await fetch(u); return (await fetch(u)).text()", "same", 1),
        // Nor will: it had come as a whole by then.
        ("await (await fetch(u)).body.cancel(); return (await fetch(u)).text()", "same", 1),
        ("const all = await Promise.all(Array.from({ length: 50 }, () => fetch(u))); return all.length", "50", 1),
        ("await fetch(u, { headers: { a: '1', B: '2' } }); return (await fetch(u, { headers: { b: '2', A: '1' } })).text()", "same", 1),
        ("const l = u.replace('/a', '/missing'); await fetch(l); return (await fetch(l)).status", "404", 1),
        ("const l = u.replace('/a', '/moved'); await fetch(l); return (await fetch(l)).url", "http://backend.internal:8080/a", 2),
        ("const l = u.replace('/a', '/nearly'); await fetch(l); return (await (await fetch(l)).text()).length", "1048576", 1),
        // The first one gives up, the second does not.
        ("const c = new AbortController(); const a = fetch(u, { signal: c.signal }).catch((e) => e.name); const b = fetch(u); c.abort();
          return [await a, await (await b).text()]", r#"["AbortError","same"]"#, 1),
        // And the other way round.
        ("const c = new AbortController(); const a = fetch(u); const b = fetch(u, { signal: c.signal }).catch((e) => e.name); c.abort();
          return [await (await a).text(), await b]", r#"["same","AbortError"]"#, 1),
        // Who waited fails with the first, who comes later asks again.
        ("const l = u.replace('/a', '/failing'); const code = (e) => e.cause.code;
          return [...await Promise.all([fetch(l).catch(code), fetch(l).catch(code)]), await fetch(l).catch(code)]",
          r#"["ECONNREFUSED","ECONNREFUSED","ECONNREFUSED"]"#, 2),
    ] {
        assert_eq!(asking.run(code), (expected.to_owned(), requests), "{code}");
    }
}

#[test]
fn what_may_differ_is_asked_again() {
    let asking = counting();
    for (code, requests) in [
        ("await fetch(u); await fetch(u + '?1')", 2),
        ("await fetch(u); await fetch(u, { headers: { authorization: 'x' } })", 2),
        ("for (const cache of ['no-store', 'reload', 'no-cache']) await fetch(u, { cache }), await fetch(u, { cache })", 6),
        ("for (let i = 0; i < 2; i++) await fetch(u, { headers: { 'cache-control': 'no-cache' } })", 2),
        ("for (let i = 0; i < 2; i++) await fetch(u, { headers: { range: 'bytes=0-1' } })", 2),
        ("for (let i = 0; i < 2; i++) await fetch(u, { headers: { 'if-none-match': '\"a\"' } })", 2),
        ("for (let i = 0; i < 2; i++) await fetch(u, { method: 'HEAD' })", 2),
        ("for (let i = 0; i < 2; i++) await fetch(u, { method: 'POST', body: 'x' })", 2),
        // What was changed is seen.
        ("await fetch(u); await fetch(u, { method: 'DELETE' }); await fetch(u)", 3),
        ("const d = fetch(u, { method: 'POST', body: 'x' }); await fetch(u); await d; await fetch(u)", 3),
        ("const l = u.replace('/a', '/cookie'); await Promise.all([fetch(l), fetch(l)])", 2),
        ("const l = u.replace('/a', '/error'); for (let i = 0; i < 3; i++) await fetch(l)", 3),
    ] {
        assert_eq!(asking.run(code).1, requests, "{code}");
    }
    let (length, requests) = asking.run(
        "const l = u.replace('/a', '/large'); const [a, b] = await Promise.all([fetch(l), fetch(l)]);
         return (await a.text()).length + (await b.text()).length",
    );
    assert_eq!((length.as_str(), requests), ("2097154", 2), "a large response is not kept");
}

#[test]
fn nothing_is_shared_beyond_one_render() {
    let asking = counting();
    assert_eq!((asking.run("return fetch(u)").1, asking.run("return fetch(u)").1), (1, 1));
    let post = Request::post("/").header("x-run", "await fetch(u); return fetch(u)");
    asking.app.ask(request(post));
    assert_eq!(asking.came.lock().unwrap().len(), 4, "a request that may change something is no render");
    asking.run("setTimeout(() => { fetch(u); fetch(u) }, 5)");
    asking.run("await new Promise((r) => setTimeout(r, 50))");
    assert_eq!(asking.came.lock().unwrap().len(), 6, "what runs after the answer is none either");
}
