#[path = "../../../../edge/tests/fuzz/mutation.rs"]
mod mutation;
mod property;
mod reference;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;

use super::super::refusal::POISON;
use super::*;

fn gate() -> Gate {
    Gate::new(&Limits { max_uri_length: 100, max_header_size: 1000, max_headers: 5, ..Limits::default() })
}

/// What the gate says of the bytes, however they are cut into pieces; `None` when it lets them through.
#[track_caller]
fn outcome(text: &str) -> Option<Option<Answer>> {
    let bytes: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let whole = gate().look(&bytes).err().map(|refused| refused.answer);
    for size in [1, 2, 7] {
        let mut gate = gate();
        let pieces = bytes.chunks(size).find_map(|piece| gate.look(piece).err()).map(|refused| refused.answer);
        assert_eq!(pieces, whole, "in pieces of {size}: {text:?}");
    }
    whole
}

#[test]
fn finds_the_heads_of_pipelined_requests() {
    let bytes = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\n\r\n\
          POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nGET\r\nA\r\n0123456789\r\n0\r\nx: y\r\n\r\nGET / HT";
    let mut gate = gate();
    gate.look(bytes).unwrap();
    assert_eq!((gate.heads(), gate.awaits()), (3, Awaits::Head));
    gate.look(b"TP/1.1\r\n\r\n").unwrap();
    assert_eq!((gate.heads(), gate.awaits()), (4, Awaits::Request));
    gate.look(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n").unwrap();
    assert_eq!((gate.heads(), gate.awaits()), (5, Awaits::Body));
}

/// Whether it is HTTP that follows is not the gate's to know (CVE-2026-2833).
#[test]
fn stops_behind_a_request_for_an_upgrade() {
    let head = "GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n";
    let mut held = gate();
    assert_eq!(held.look(format!("{head}\0GET").as_bytes()), Ok(head.len()));
    assert!(held.is_held());
    assert_eq!((held.heads(), held.awaits()), (1, Awaits::Request));
    held.resume();
    assert_eq!(held.look(b"\n"), Err(Refused { good: 0, answer: Some(Answer::BadRequest) }));
    // Not where there can be no upgrade: HTTP/1.0, and behind a body.
    for head in ["GET / HTTP/1.0\r\nUpgrade: a\r\n\r\n", "GET / HTTP/1.1\r\nUpgrade: a\r\nContent-Length: 3\r\n\r\nabc"] {
        let mut gate = gate();
        assert_eq!(gate.look(head.as_bytes()), Ok(head.len()));
        assert!(!gate.is_held(), "{head}");
    }
}

/// What comes before the refused request goes through.
#[test]
fn says_how_much_is_good() {
    let good = b"GET / HTTP/1.1\r\n\r\n";
    let refused = gate().look(&[&good[..], b"GET / HTTP/1.1\nHost: x\r\n"].concat()).unwrap_err();
    assert_eq!(refused, Refused { good: good.len(), answer: Some(Answer::BadRequest) });
    let good = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc";
    let refused = gate().look(&[&good[..], b"X\r\n"].concat()).unwrap_err();
    assert_eq!(refused, Refused { good: good.len(), answer: None });
}

#[test]
fn limits_of_a_head() {
    let get = |target: &str, fields: &str| outcome(&format!("GET {target} HTTP/1.1\r\n{fields}\r\n"));
    let long = format!("X: {}\r\n", "x".repeat(490));
    let cases = [
        (get(&"/".repeat(100), ""), None),
        (get(&"/".repeat(101), ""), Some(Some(Answer::UriTooLong))),
        (get(&"/".repeat(9000), ""), Some(Some(Answer::UriTooLong))),
        (outcome(&"x".repeat(200)), Some(Some(Answer::UriTooLong))),
        (get("/", &"x: y\r\n".repeat(5)), None),
        (get("/", &"x: y\r\n".repeat(6)), Some(Some(Answer::HeadersTooLarge))),
        (get("/", &long), None),
        (get("/", &long.repeat(2)), Some(Some(Answer::HeadersTooLarge))),
        (get("/", &format!("X: {}\r\n", "x".repeat(50_000))), Some(Some(Answer::HeadersTooLarge))),
        (outcome(&format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(50_000))), Some(Some(Answer::HeadersTooLarge))),
    ];
    for (number, (actual, expected)) in cases.into_iter().enumerate() {
        assert_eq!(actual, expected, "case {number}");
    }
}

#[test]
fn limits_of_a_chunked_body() {
    let post = |body: &str| outcome(&format!("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{body}"));
    let refused = Some(None);
    let cases = [
        ("ffffffffffffffff\r\nx".to_owned(), None),
        ("0ffffffffffffffff\r\n".to_owned(), refused),
        (format!("1;{}\r\nx\r\n0\r\n\r\n", "e".repeat(16 << 10)), None),
        (format!("1;{}\r\nx\r\n0\r\n\r\n", "e".repeat((16 << 10) + 1)), refused),
        (format!("1;{0}\r\nx\r\n1;{0}\r\nx\r\n", "e".repeat(9 << 10)), refused),
        (format!("0\r\n{}\r\n", "x: y\r\n".repeat(5)), None),
        (format!("0\r\n{}\r\n", "x: y\r\n".repeat(6)), refused),
        (format!("0\r\nx: {}\r\n\r\n", "y".repeat(1000)), refused),
    ];
    for (body, expected) in cases {
        assert_eq!(post(&body), expected, "{}", &body[..body.len().min(40)]);
    }
}

/// Connections to begin with: what is tried on a whole host, and what `fuzz/` knows besides.
fn seeds() -> Vec<Vec<u8>> {
    let recorded: Vec<serde_json::Value> = serde_json::from_str(include_str!("../tests/requests.json")).unwrap();
    let latin1 = |text: &str| text.chars().map(|c| u8::try_from(c).unwrap()).collect();
    let recorded = recorded.iter().map(|request| latin1(request["raw"].as_str().unwrap()));
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/gate");
    let mut files: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    recorded.chain(files.iter().map(|file| fs::read(file).unwrap())).collect()
}

/// [`property::check`] for the seeds and a fixed number of mutations of them; `EDGE_FUZZ_ROUNDS` for more.
#[test]
fn no_two_readers_disagree() {
    let tokens: [&[u8]; 24] = [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\n",
        b"Content-Length: ",
        b"Content-Length: 5\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: ",
        b"chunked",
        b"Host: x\r\n",
        b" HTTP/1.0\r\n",
        b"HTTP/2.0",
        b"\r\n",
        b"\r\n\r\n",
        b"\n",
        b"\r",
        b"\r\n ",
        b"0\r\n\r\n",
        b"5\r\nhello\r\n",
        b";a=b\r\n",
        b"ffffffffffffffff",
        b"x: y\r\n",
        b"\0",
        b"\x0b",
        b"\t",
        b"0123456789012345678901234567890123456789",
    ];
    let rounds = std::env::var("EDGE_FUZZ_ROUNDS").map_or(20_000, |text| text.parse().expect("EDGE_FUZZ_ROUNDS is a number"));
    let seeds = seeds();
    let mut mutator = mutation::Mutator::new(&seeds, &tokens);
    let mutated = std::iter::repeat_with(|| mutator.next_input()).take(rounds);
    for input in seeds.iter().cloned().chain(mutated) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| property::check(&input))) {
            eprintln!("does not hold for b\"{}\"", input.escape_ascii());
            resume_unwind(panic);
        }
    }
}

/// The property compares with what hyper gives to a service, which must be something.
#[test]
fn hyper_reads_what_it_is_compared_by() {
    let bytes = b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcPUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\
          3;a=b\r\nGET\r\n0\r\nx: y\r\n\r\nGET / HTTP/1.1\r\n\r\n";
    let expected =
        [("POST", "abc"), ("PUT", "GET"), ("GET", "")].map(|(method, body)| (method.to_owned(), body.as_bytes().to_vec()));
    assert_eq!(property::read_by_hyper(bytes), expected);
}
