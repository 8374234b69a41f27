//! `fetch`: what reaches the host, and what the app makes of the answer. The host is a function here; sockets are in the host's own tests.

mod bodies;
mod once;

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full};
use isolate::{Fetch, FetchError, RequestBody, Trace};

use crate::apps::{App, Backend};
use crate::reads::request;

/// Runs what the header `x-run` says.
const APP: &str = "
    const AsyncFunction = (async () => {}).constructor;
    export default { async fetch(request) {
        const value = await new AsyncFunction('request', 'u', request.headers.get('x-run'))(request, 'http://backend.internal:8080/a');
        return value instanceof Response ? value : new Response(typeof value === 'string' ? value : JSON.stringify(value));
    } };";

/// What came to the backend.
struct Came {
    head: http::request::Parts,
    body: Vec<u8>,
    trace: Option<Trace>,
}

/// An app, and what it has asked for.
struct Asking {
    app: App,
    came: Arc<Mutex<Vec<Came>>>,
}

impl Asking {
    /// `answer` is given the request with its body, and how many came before.
    fn new(answer: impl Fn(&Came, usize) -> Result<Response<RequestBody>, FetchError> + Send + Sync + 'static) -> Asking {
        let came = Arc::<Mutex<Vec<Came>>>::default();
        let app = App::source(APP);
        let (log, answer) = (Arc::clone(&came), Arc::new(answer));
        set(&app, move |fetch: Fetch| {
            let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
            Box::pin(async move {
                assert!(fetch.upstream.is_none());
                let (head, body) = fetch.request.into_parts();
                let body =
                    body.collect().await.map_err(|error| failed("UND_ERR_SOCKET", &error.to_string()))?.to_bytes().to_vec();
                // As a real one: it takes a moment.
                tokio::task::yield_now().await;
                let mut log = log.lock().unwrap();
                let came = Came { head, body, trace: fetch.trace };
                let response = answer(&came, log.len());
                log.push(came);
                response
            })
        });
        Asking { app, came }
    }

    /// Runs `code` in a GET; what it returns, and how many requests that made.
    fn run(&self, code: &str) -> (String, usize) {
        let before = self.came.lock().unwrap().len();
        let answer = self.app.ask(request(Request::get("/").header("x-run", code.replace('\n', " "))));
        (answer.body, self.came.lock().unwrap().len() - before)
    }
}

fn set(app: &App, backend: impl Fn(Fetch) -> crate::apps::Fetched + Send + Sync + 'static) {
    let backend: Backend = Arc::new(backend);
    *app.asked.backend.lock().unwrap() = Some(backend);
}

fn failed(code: &'static str, message: &str) -> FetchError {
    FetchError { code, status: 502, message: message.to_owned() }
}

fn full(bytes: impl Into<Bytes>) -> RequestBody {
    Box::pin(Full::new(bytes.into()).map_err(|never| match never {}))
}

fn ok(bytes: impl Into<Bytes>) -> Result<Response<RequestBody>, FetchError> {
    Ok(Response::new(full(bytes)))
}

#[test]
fn a_response_is_what_the_host_gives() {
    let asking = Asking::new(|_, _| {
        let mut response = Response::builder().status(418).header("x-a", "1").header("x-a", "2").header("set-cookie", "a=1");
        response = response.header("set-cookie", "b=2").extension(hyper::ext::ReasonPhrase::from_static(b"Short And Stout"));
        Ok(response.body(full("tea")).unwrap())
    });
    let code = "const r = await fetch(u + '?x=1#fragment');
        return [r.status, r.statusText, r.ok, r.url, r.redirected, r.type, r.headers.get('x-a'), r.headers.getSetCookie(), await r.text()]";
    let expected =
        r#"[418,"Short And Stout",false,"http://backend.internal:8080/a?x=1",false,"basic","1, 2",["a=1","b=2"],"tea"]"#;
    assert_eq!(asking.run(code).0, expected);
    assert_eq!(asking.came.lock().unwrap()[0].head.uri, "http://backend.internal:8080/a?x=1");
}

#[test]
fn a_failure_is_nodes() {
    let asking = Asking::new(|came, _| match came.head.uri.path() {
        "/forbidden" => Err(failed("ERR_SSR_HOST_FETCH_FORBIDDEN", "`169.254.169.254` is not in `fetch.allow`")),
        "/connect" => Err(failed("UND_ERR_CONNECT_TIMEOUT", "Connect Timeout Error")),
        _ => Err(failed("ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:9")),
    });
    let error = |url: &str| {
        let code = "try { await fetch(new URL(PATH, u)) } catch (e) {
            return [e.name, e.message, e instanceof TypeError, e.cause instanceof Error, e.cause.name, e.cause.code, e.cause.message, Object.keys(e.cause)] }";
        asking.run(&code.replace("PATH", &format!("'{url}'"))).0
    };
    assert_eq!(
        error("/"),
        r#"["TypeError","fetch failed",true,true,"Error","ECONNREFUSED","connect ECONNREFUSED 127.0.0.1:9",["code"]]"#
    );
    assert!(error("/connect").contains(r#""ConnectTimeoutError","UND_ERR_CONNECT_TIMEOUT""#));
    assert!(error("/forbidden").contains(r#""ERR_SSR_HOST_FETCH_FORBIDDEN","`169.254.169.254` is not in `fetch.allow`""#));
}

#[test]
fn each_hop_of_a_redirect_is_asked_of_the_host() {
    let asking = Asking::new(|came, _| match came.head.uri.path() {
        "/a" => Ok(Response::builder().status(302).header("location", "/b").body(full("")).unwrap()),
        "/b" => Ok(Response::builder().status(307).header("location", "http://169.254.169.254/c").body(full("")).unwrap()),
        _ => Err(failed("ERR_SSR_HOST_FETCH_FORBIDDEN", "no")),
    });
    let code = "try { await fetch(u, { headers: { authorization: 'x', cookie: 'y' } }) } catch (e) { return e.cause.code }";
    assert_eq!(asking.run(code), ("ERR_SSR_HOST_FETCH_FORBIDDEN".to_owned(), 3));
    let came = asking.came.lock().unwrap();
    let secrets: Vec<_> = came.iter().map(|came| came.head.headers.contains_key("authorization")).collect();
    assert_eq!(secrets, [true, true, false], "another origin does not get what was meant for the first");
}

#[test]
fn a_fetch_says_for_which_request_it_is() {
    let asking = Asking::new(|_, _| ok(""));
    let ask = |id: &'static str, code: &str| {
        let trace = Trace { request_id: HeaderValue::from_static(id), traceparent: None };
        let head = Request::get("/").header("x-run", code).header("cookie", "secret=1").header("authorization", "Bearer x");
        asking.app.ask(isolate::Request { trace: Some(trace), ..request(head) });
    };
    ask("one", "await new Promise((r) => setTimeout(r, 1)); await fetch(u)");
    ask("two", "queueMicrotask(() => fetch(u)); await new Promise((r) => setTimeout(r, 10))");
    let came = asking.came.lock().unwrap();
    let ids: Vec<_> = came.iter().map(|came| came.trace.as_ref().unwrap().request_id.to_str().unwrap()).collect();
    assert_eq!(ids, ["one", "two"]);
    for came in came.iter() {
        for name in ["cookie", "authorization", "x-request-id", "traceparent"] {
            assert!(!came.head.headers.contains_key(name), "{name} is not the app's");
        }
    }
}

#[test]
fn data_and_blob_urls_are_read_inside() {
    let asking = Asking::new(|_, _| ok(""));
    let code = "const blob = URL.createObjectURL(new Blob(['in memory']));
        return [await (await fetch('data:text/plain,hello')).text(), await (await fetch(blob)).text()]";
    assert_eq!(asking.run(code), (r#"["hello","in memory"]"#.to_owned(), 0));
}
