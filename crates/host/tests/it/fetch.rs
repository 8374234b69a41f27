//! `fetch` in an app, with a real backend behind it. What Node does in the same place: `js-runtime/test/fetch`, run by [`crate::js`].

pub(crate) mod backend;

use crate::host::{App, TestHost};
use crate::process::memory;
use backend::Backend;

/// A handler for each path; `BACKEND` and `OTHER` are the URLs of two backends.
const SERVER: &str = r#"
const { BACKEND, OTHER } = process.env;
const code = (error) => `${error.name} ${error.message} ${error.cause?.code} ${error.cause?.message}`;
const pages = {
  async "/render"() {
    const all = await Promise.all(Array.from({ length: 3 }, async () => (await fetch(`${BACKEND}/json`)).json()));
    return JSON.stringify([...all, await (await fetch(`${BACKEND}/json`)).json()]);
  },
  async "/both"() {
    await fetch(`${BACKEND}/echo`);
    await fetch(`${OTHER}/echo`);
    await fetch(`${BACKEND}/echo?own`, { headers: { "x-request-id": "own" } });
    return "asked";
  },
  "/metadata": () => fetch("http://169.254.169.254/latest/meta-data/").catch(code),
  "/redirected": () => fetch(`${BACKEND}/to-metadata`).catch(code),
  async "/pass"(request) {
    const answer = await fetch(`${BACKEND}/mirror`, { method: "POST", body: request.body, duplex: "half", signal: request.signal });
    return new Response(answer.body);
  },
  async "/many"(request) {
    const count = Number(new URL(request.url).searchParams.get("n"));
    const shared = new AbortController();
    for (let i = 0; i < count; i++) {
      const url = `${BACKEND}/json?${i % 10}`;
      // Read, not read, given up, and with a signal that outlives all of them.
      if (i % 4 === 0) await (await fetch(url, { cache: "no-store" })).text();
      if (i % 4 === 1) await fetch(url, { cache: "no-store" });
      if (i % 4 === 2) await fetch(url, { signal: AbortSignal.abort() }).catch(() => {});
      if (i % 4 === 3) await (await fetch(url, { method: "POST", signal: shared.signal }).catch(() => new Response())).text();
    }
    return "done";
  },
};
export default { fetch: async (request) => {
  const page = await pages[new URL(request.url).pathname](request);
  return page instanceof Response ? page : new Response(page);
} };
"#;

/// An app whose configured backend is the first one.
fn start(backend: &Backend, other: &Backend) -> TestHost {
    let configuration =
        format!("[[proxy]]\npath = \"/api\"\nupstream = \"{}\"\n[trust]\npeers = [\"127.0.0.1\"]\n", backend.url());
    let files = [("package.json", r#"{ "type": "module" }"#), ("server.js", SERVER), ("ssr-host.toml", &configuration)];
    App::files("server.js", &files).isolates(1).env("BACKEND", &backend.url()).env("OTHER", &other.url()).start()
}

#[test]
fn a_render_asks_once_and_each_render_asks() {
    let backend = Backend::start();
    let host = start(&backend, &backend);
    for render in 1..=2 {
        host.get("/render").assert_ok(r#"[{"a":1},{"a":1},{"a":1},{"a":1}]"#);
        assert_eq!(backend.count("/json"), render);
    }
}

#[test]
fn only_a_configured_backend_is_told_of_the_request() {
    let (backend, other) = (Backend::start(), Backend::start());
    let host = start(&backend, &other);
    let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let mut connection = host.connect();
    let headers = format!(
        "x-forwarded-for: 192.0.2.1\r\nx-request-id: given\r\ntraceparent: {traceparent}\r\ncookie: secret=1\r\nauthorization: Bearer secret\r\n"
    );
    connection.request("GET", "/both", &headers);
    connection.response().assert_ok("asked");
    let header = |backend: &Backend, nth: usize, name: &str| {
        let came = backend.came.lock().unwrap();
        came[nth].1.get(name).map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(header(&backend, 0, "x-request-id").as_deref(), Some("given"));
    assert_eq!(header(&backend, 0, "traceparent").as_deref(), Some(traceparent));
    assert_eq!(header(&backend, 1, "x-request-id").as_deref(), Some("own"), "what the app sets stays");
    assert_eq!((header(&other, 0, "x-request-id"), header(&other, 0, "traceparent")), (None, None));
    for (backend, nth) in [(&backend, 0), (&other, 0)] {
        assert_eq!((header(backend, nth, "cookie"), header(backend, nth, "authorization")), (None, None));
        assert_eq!(header(backend, nth, "host"), Some(backend.address.to_string()));
    }
}

#[test]
fn who_is_not_admitted_is_not_asked() {
    let backend = Backend::start();
    let host = start(&backend, &backend);
    for path in ["/metadata", "/redirected"] {
        let answer = host.get(path);
        let text = answer.text();
        assert!(text.starts_with("TypeError fetch failed ERR_SSR_HOST_FETCH_FORBIDDEN"), "{path}: {text}");
        assert!(text.contains("169.254.169.254") && text.contains("fetch.allow"), "{path}: {text}");
    }
}

#[test]
fn bodies_stream_through_an_app() {
    let backend = Backend::start();
    let host = start(&backend, &backend);
    let mut connection = host.connect();
    connection.request("POST", "/pass", "transfer-encoding: chunked\r\n");
    connection.send("3\r\none\r\n");
    assert_eq!(connection.head().status, 200);
    assert_eq!(connection.chunk().as_deref(), Some(&b"one"[..]), "while the request goes on");
    connection.send("3\r\ntwo\r\n");
    assert_eq!(connection.chunk().as_deref(), Some(&b"two"[..]));
    connection.send("0\r\n\r\n");
    assert_eq!(connection.chunk(), None);
}

/// Each leaves something behind when it leaks: a body that is not read, a listener of a signal, a socket.
#[test]
fn many_fetches_leave_nothing_behind() {
    let backend = Backend::start();
    let host = start(&backend, &backend);
    let many = |count: usize| host.get(&format!("/many?n={count}")).assert_ok("done");
    many(2_000);
    let (before, _) = memory(&host);
    for _ in 0..5 {
        many(2_000);
    }
    let (after, _) = memory(&host);
    assert!(after < before + 40, "{before} MiB before, {after} MiB after 10,000 more");
}
