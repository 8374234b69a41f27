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
