//! Every request that two servers might read differently, against what Node makes of it (requests.mjs recorded that).

use super::*;

/// Where the host is not as Node: what the client gets, what the app sees, and why.
const OTHER: [(&str, &[u16], &[&str], &str); 23] = [
    ("TE gzip, chunked", &[400], &[], "nobody decodes gzip here; the app would take it for the body"),
    ("TE identity+chunked", &[400], &[], "one coding, in one field: TE.TE"),
    ("TE empty", &[400], &[], "not `chunked` (RFC 9112 section 6.1)"),
    ("TE HTTP/1.0", &[400], &[], "CVE-2026-2835, RFC 9112 section 6.1"),
    ("two spaces", &[400], &[], "RFC 9112 section 3"),
    ("leading LF", &[400], &[], "a bare LF ends no line"),
    ("two Hosts differ", &[400], &[], "RFC 9112 section 3.2: a server MUST"),
    ("two Hosts same", &[400], &[], "RFC 9112 section 3.2: a server MUST"),
    ("Host list", &[400], &[], "RFC 9112 section 3.2: a server MUST, for an invalid value"),
    ("Host path", &[400], &[], "the same"),
    ("Host at", &[400], &[], "the same"),
    ("absolute differs", &[400], &[], "whoever routes by `Host` and whoever by the target disagree"),
    ("absolute at", &[400], &[], "user information that looks like a host"),
    ("no version", &[505], &[], "and closed, where Node goes on to read the next request"),
    ("HTTP/2.0", &[505], &[], "the same"),
    ("HTTP/0.9", &[505], &[], "the same"),
    ("chunk size many zeros", &[400], &[], "at most 16 digits"),
    ("HTTP/1.0", &[200], &["GET /a"], "Node's 400 to the second request overtakes the answer to the first"),
    ("no Host", &[400], &[], "closed, where Node gives the second request to the app and does not answer it"),
    ("body surplus", &[200, 400], &["POST /a hello"], "the good request is answered first"),
    ("chunk size huge", &[408], &[], "what was announced does not come; Node waits for ever"),
    ("150 headers", &[431], &[], "Node drops those beyond 2000"),
    ("h2 preface second", &[200], &["GET /next"], "closed, as asked"),
];

#[derive(Debug)]
struct Recorded {
    name: String,
    raw: Vec<u8>,
    statuses: Vec<u16>,
    seen: Vec<String>,
}

fn recorded() -> Vec<Recorded> {
    let all: Vec<serde_json::Value> = serde_json::from_str(include_str!("requests.json")).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let recorded = |value: &serde_json::Value| Recorded {
        name: text(&value["name"]),
        raw: text(&value["raw"]).chars().map(|c| u8::try_from(c).unwrap()).collect(),
        statuses: value["statuses"].as_array().unwrap().iter().map(|status| status.as_u64().unwrap() as u16).collect(),
        seen: value["seen"].as_array().unwrap().iter().map(text).collect(),
    };
    all.iter().map(recorded).collect()
}

/// Sends a request in pieces of this size.
async fn outcome(raw: &[u8], piece: usize) -> (Vec<u16>, Vec<String>, String) {
    let host = Host::start(Config::default()).await;
    let mut client = host.connect().await;
    client.set_nodelay(true).unwrap();
    for piece in raw.chunks(piece) {
        if client.write_all(piece).await.is_err() {
            break;
        }
        tokio::task::yield_now().await;
    }
    if raw.len() < 40 {
        client.shutdown().await.unwrap();
    }
    let text = some(&mut client, Duration::from_millis(1500)).await;
    let mut seen = host.seen.lock().clone();
    seen.sort();
    (statuses(&text), seen, text)
}

#[tokio::test(flavor = "multi_thread")]
async fn as_strict_as_node_or_stricter() {
    let cases = recorded();
    assert!(cases.len() > 90);
    for (name, ..) in OTHER {
        assert!(cases.iter().any(|case| case.name == name), "{name}");
    }
    let runs = cases.into_iter().flat_map(|case| {
        let case = Arc::new(case);
        // What comes behind an upgrade that was refused depends on whether it comes before the refusal (`upgrade.rs`).
        let pieces = if case.name.starts_with("Upgrade") { &[usize::MAX][..] } else { &[usize::MAX, 5] };
        pieces.iter().map(move |piece| {
            let piece = *piece;
            let case = Arc::clone(&case);
            tokio::spawn(async move { (outcome(&case.raw, piece).await, case, piece) })
        })
    });
    let mut wrong = Vec::new();
    for run in runs.collect::<Vec<_>>() {
        let ((statuses, seen, text), case, piece) = run.await.unwrap();
        let mut expected = (case.statuses.clone(), case.seen.clone());
        if let Some((_, statuses, seen, _)) = OTHER.iter().find(|other| other.0 == case.name) {
            expected = (statuses.to_vec(), seen.iter().map(|line| (*line).to_owned()).collect());
        }
        expected.1.sort();
        if (statuses.clone(), seen.clone()) != expected {
            wrong.push(format!("{} in pieces of {piece}: {statuses:?} {seen:?}, expected {expected:?}\n{text}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A refusal has Fastify's bytes, and comes after the answers to the requests before it.
#[tokio::test]
async fn refuses_in_order_and_in_the_words_of_fastify() {
    let host = Host::start(Config::default()).await;
    let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    let text = host.answer(format!("{get}{get}GET / HTTP/1.1\nHost: x\r\n\r\n{get}")).await;
    assert_eq!(statuses(&text), [200, 200, 400]);
    assert!(text.ends_with(str::from_utf8(refusal::Answer::BadRequest.bytes()).unwrap()), "{text}");
    let cases = [
        (format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(8192)), refusal::Answer::UriTooLong),
        (format!("GET /{}", "a".repeat(20_000)), refusal::Answer::UriTooLong),
        (format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "a".repeat(17_000)), refusal::Answer::HeadersTooLarge),
        (format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}", "a".repeat(17_000)), refusal::Answer::HeadersTooLarge),
        (format!("GET / HTTP/1.1\r\n{}\r\n", "X: y\r\n".repeat(101)), refusal::Answer::HeadersTooLarge),
        ("GET / HTTP/2.0\r\n\r\n".to_owned(), refusal::Answer::Version),
        ("CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n".to_owned(), refusal::Answer::Silence),
    ];
    for (request, answer) in cases {
        assert_eq!(host.answer(&request).await, str::from_utf8(answer.bytes()).unwrap(), "{}", &request[..20]);
    }
    assert_eq!(host.seen.lock().len(), 2);
    // What is just within the limits goes through.
    let text = host.answer(format!("GET /{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "a".repeat(8191))).await;
    assert_eq!(statuses(&text), [200]);
    let text = host.answer(format!("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{}\r\n", "X: y\r\n".repeat(98))).await;
    assert_eq!(statuses(&text), [200]);
}

/// CVE-2025-4366: what is left of a body must not become the next request.
#[tokio::test]
async fn an_unread_body_is_no_request() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&seen);
    let app = move |request: Request<Incoming>| {
        record.lock().push(request.uri().to_string());
        async { Ok::<_, Infallible>(Response::new(edge::Body::from("unread".to_owned()))) }
    };
    let host = Host::serve(Config::default(), tower::service_fn(app)).await;
    let smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    for framing in [
        format!("Content-Length: {}\r\n\r\n{smuggled}", smuggled.len() + 1),
        format!("Content-Length: {}\r\n\r\n{smuggled}", 100_000),
        format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{smuggled}", smuggled.len() + 1),
        format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{smuggled}\r\n", smuggled.len()),
    ] {
        seen.lock().clear();
        let text = host.answer(format!("POST /a HTTP/1.1\r\nHost: x\r\n{framing}")).await;
        assert_eq!((statuses(&text), seen.lock().clone()), (vec![200], vec!["/a".to_owned()]), "{framing}");
    }
    // A body that is there whole is drained, and the connection goes on.
    seen.lock().clear();
    let mut client = host.connect().await;
    client.write_all(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello").await.unwrap();
    client.write_all(b"GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    assert_eq!(
        (statuses(&rest(&mut client).await), seen.lock().clone()),
        (vec![200, 200], vec!["/a".to_owned(), "/b".to_owned()])
    );
}
