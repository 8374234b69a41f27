//! Bodies in both directions: content codings, pieces as they come, and giving up.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use http::{Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use isolate::RequestBody;
use tokio::sync::mpsc;

use super::{APP, Asking, full, ok, set};
use crate::apps::App;
use crate::reads::request;

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn zlib(text: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn deflate(text: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn brotli(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    brotli::CompressorWriter::new(&mut out, 4096, 5, 22).write_all(text).unwrap();
    out
}

/// A body in the pieces that are sent.
fn pieces() -> (mpsc::Sender<Bytes>, RequestBody) {
    let (sender, receiver) = mpsc::channel(1);
    let stream = futures_util::stream::unfold(receiver, |mut receiver| async move {
        let piece: Option<Bytes> = receiver.recv().await;
        piece.map(|piece| (Ok(Frame::data(piece)), receiver))
    });
    (sender, Box::pin(StreamBody::new(stream)))
}

#[test]
fn bodies_are_decoded_as_node_does() {
    let two = [gzip(b"one "), gzip(b"two")].concat();
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("gzip", gzip(b"text"), "text"),
        ("X-GZIP", gzip(b"text"), "text"),
        ("gzip", two, "one two"),
        ("deflate", zlib(b"text"), "text"),
        ("deflate", deflate(b"text"), "text"),
        ("br", brotli(b"text"), "text"),
        ("gzip, br", brotli(&gzip(b"text")), "text"),
        ("gzip", Vec::new(), ""),
        ("identity", b"plain".to_vec(), "plain"),
        ("weird", b"raw".to_vec(), "raw"),
        ("gzip, weird", b"raw".to_vec(), "raw"),
        ("gzip", b"not gzip at all".to_vec(), "TypeError terminated Z_DATA_ERROR"),
        ("gzip", gzip(&[7; 1000])[..20].to_vec(), "TypeError terminated Z_BUF_ERROR"),
    ];
    let answers = cases.clone();
    let asking = Asking::new(move |_, nth| {
        let (coding, body, _) = &answers[nth];
        Ok(Response::builder().header("content-encoding", *coding).body(full(body.clone())).unwrap())
    });
    for (coding, _, expected) in cases {
        let code = "const r = await fetch(u, { cache: 'no-store' });
            try { return [r.headers.get('content-encoding'), await r.text()].join(' ') }
            catch (e) { return [r.headers.get('content-encoding'), e.name, e.message, e.cause.code].join(' ') }";
        assert_eq!(asking.run(code).0, format!("{coding} {expected}"));
    }
}

#[test]
fn a_response_comes_in_pieces() {
    let app = App::source(APP);
    let (sender, body) = pieces();
    let body = std::sync::Mutex::new(Some(body));
    set(&app, move |_| {
        let response = Response::new(body.lock().unwrap().take().expect("one request"));
        Box::pin(async { Ok(response) })
    });
    let (seen, mut sees) = mpsc::unbounded_channel();
    let code = "const reader = (await fetch(u)).body.getReader(); const all = [];
        for (let r; !(r = await reader.read()).done;) { all.push(new TextDecoder().decode(r.value)); }
        return all";
    let asked = std::thread::spawn({
        let code = code.replace('\n', " ");
        move || {
            let answer = app.ask(request(Request::get("/").header("x-run", code))).body;
            let _ = seen.send(());
            answer
        }
    });
    for piece in ["one", "two", "three"] {
        sender.blocking_send(Bytes::from_static(piece.as_bytes())).unwrap();
        // The channel has one place: this one has been read when it is free again.
        while sender.capacity() == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(sees.try_recv().is_err(), "it is not complete");
    }
    drop(sender);
    assert_eq!(asked.join().unwrap(), r#"["one","two","three"]"#);
}

/// What nobody reads is read a little ahead, and no further.
#[test]
fn a_response_waits_for_who_reads_it() {
    let app = App::source(APP);
    let sent = Arc::<AtomicUsize>::default();
    let count = Arc::clone(&sent);
    set(&app, move |_| {
        let count = Arc::clone(&count);
        let endless = futures_util::stream::unfold(count, |count| async move {
            count.fetch_add(1 << 10, SeqCst);
            Some((Ok(Frame::data(Bytes::from_static(&[b'x'; 1 << 10]))), count))
        });
        Box::pin(async { Ok(Response::new(Box::pin(StreamBody::new(endless)) as RequestBody)) })
    });
    let code = "globalThis.kept = await fetch(u); await new Promise((r) => setTimeout(r, 20))";
    app.ask(request(Request::get("/").header("x-run", code)));
    assert_eq!(sent.load(SeqCst), 64 << 10);
}

#[test]
fn a_cut_response_is_an_error() {
    let asking = Asking::new(|_, _| {
        let stream = futures_util::stream::iter([Ok(Frame::data(Bytes::from_static(b"abc"))), Err("cut".into())]);
        Ok(Response::new(Box::pin(StreamBody::new(stream)) as RequestBody))
    });
    let code = "const r = await fetch(u); try { return await r.text() } catch (e) { return [e.name, e.message, e.cause.name, e.cause.code] }";
    assert_eq!(asking.run(code).0, r#"["TypeError","terminated","SocketError","UND_ERR_SOCKET"]"#);
    let code = "const reader = (await fetch(u)).body.getReader(); const first = (await reader.read()).value.length;
        try { await reader.read() } catch (e) { return [first, e.message, e.cause.code] }";
    assert_eq!(asking.run(code).0, r#"[3,"terminated","UND_ERR_SOCKET"]"#);
}

#[test]
fn request_bodies_arrive() {
    let asking = Asking::new(|came, _| {
        let header = |name: &str| came.head.headers.get(name).map_or("-", |value| value.to_str().unwrap()).to_owned();
        ok(format!("{} {} {}", header("content-type"), header("content-length"), String::from_utf8_lossy(&came.body)))
    });
    let stream =
        "new ReadableStream({ start(c) { for (const t of ['a', 'b', 'c']) c.enqueue(new TextEncoder().encode(t)); c.close() } })";
    for (init, expected) in [
        ("method: 'POST', body: 'text'".to_owned(), "text/plain;charset=UTF-8 - text"),
        ("method: 'PUT', body: new Uint8Array([104, 105])".to_owned(), "- - hi"),
        (
            "method: 'POST', body: new URLSearchParams({ a: 1 })".to_owned(),
            "application/x-www-form-urlencoded;charset=UTF-8 - a=1",
        ),
        ("method: 'POST'".to_owned(), "- 0 "),
        ("method: 'DELETE'".to_owned(), "- - "),
        (format!("method: 'POST', duplex: 'half', body: {stream}"), "- - abc"),
    ] {
        assert_eq!(asking.run(&format!("return (await fetch(u, {{ {init} }})).text()")).0, expected, "{init}");
    }
    let code = "try { await fetch(u, { method: 'POST', duplex: 'half', body: new ReadableStream({ pull(c) { c.error(new RangeError('mine')) } }) }) }
        catch (e) { return [e.message, e.cause.name, e.cause.message] }";
    assert_eq!(asking.run(code).0, r#"["fetch failed","RangeError","mine"]"#);
}

#[test]
fn a_request_body_waits_for_who_reads_it() {
    let app = App::source(APP);
    set(&app, |fetch| {
        Box::pin(async move {
            let mut body = fetch.request.into_body();
            let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
            tokio::time::sleep(Duration::from_millis(100)).await;
            drop(body);
            ok(first)
        })
    });
    let code = "let pulled = 0, cancelled = false;
        const body = new ReadableStream({ pull(c) { pulled++; c.enqueue(new Uint8Array(65536)) }, cancel() { cancelled = true } });
        const r = await fetch(u, { method: 'POST', duplex: 'half', body });
        await r.arrayBuffer(); await new Promise((r) => setTimeout(r, 10));
        return [pulled < 10, cancelled]";
    let answer = app.ask(request(Request::get("/").header("x-run", code.replace('\n', " ")))).body;
    assert_eq!(answer, "[true,true]");
}

/// Counts itself out.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
    }
}

#[test]
fn giving_up_drops_the_request_or_its_body() {
    let app = App::source(APP);
    let dropped = Arc::<AtomicUsize>::default();
    let count = Arc::clone(&dropped);
    set(&app, move |fetch| {
        let counted = Counted(Arc::clone(&count));
        Box::pin(async move {
            if fetch.request.uri().path() == "/never" {
                let _counted = counted;
                return std::future::pending().await;
            }
            let endless = futures_util::stream::unfold(counted, |counted| async move {
                tokio::time::sleep(Duration::from_millis(1)).await;
                Some((Ok(Frame::data(Bytes::from_static(b"x"))), counted))
            });
            Ok(Response::new(Box::pin(StreamBody::new(endless)) as RequestBody))
        })
    });
    let run = |code: &str| {
        let before = dropped.load(SeqCst);
        let answer = app.ask(request(Request::get("/").header("x-run", code.replace('\n', " ")))).body;
        let started = std::time::Instant::now();
        while dropped.load(SeqCst) == before && started.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(1));
        }
        (answer, dropped.load(SeqCst) - before)
    };
    let never = "const l = new URL('/never', u);";
    assert_eq!(
        run(&format!("{never} try {{ await fetch(l, {{ signal: AbortSignal.timeout(20) }}) }} catch (e) {{ return e.name }}")),
        ("TimeoutError".to_owned(), 1)
    );
    let code = "const c = new AbortController(); const r = await fetch(u, { signal: c.signal }); const reader = r.body.getReader();
        await reader.read(); c.abort(new RangeError('enough')); try { for (;;) await reader.read() } catch (e) { return e.message }";
    assert_eq!(run(code), ("enough".to_owned(), 1));
    assert_eq!(run("const r = await fetch(u); await r.body.cancel(); return 'cancelled'"), ("cancelled".to_owned(), 1));
    // One is not awaited: it goes on, until the isolate does not.
    app.ask(request(Request::get("/").header("x-run", format!("{never} fetch(l)"))));
    let before = dropped.load(SeqCst);
    drop(app);
    // The thread of the isolate ends after that, not with it.
    let started = std::time::Instant::now();
    while dropped.load(SeqCst) == before && started.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(dropped.load(SeqCst), before + 1);
}
