//! What must hold for any bytes of an HTTP/1 connection. `fuzz/fuzz_targets/gate.rs` gives the same to libFuzzer.
//!
//! Two other readers say what the bytes are: httparse with RFC 9112 section 6.3 written down once more ([`super::reference`]), and hyper itself.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;

use super::reference::{self, Rest};
use super::{Answer, Awaits, Gate, Limits, POISON, Refused};

pub(crate) fn check(bytes: &[u8]) {
    let roomy = Limits::default();
    let tight = Limits { max_uri_length: 60, max_header_size: 300, max_headers: 4, ..roomy.clone() };
    let unbalanced = Limits { max_uri_length: 100, max_header_size: 120, max_headers: 2, ..roomy.clone() };
    for limits in [roomy, tight, unbalanced] {
        let reading = Reading::new(bytes, &limits, 1);
        for size in [2, 3, 7, 64, usize::MAX] {
            reading.is_the_same_as(&Reading::new(bytes, &limits, size), size);
        }
        reading.agrees_with_the_reference(bytes);
        reading.is_ended_by_poison(bytes);
        reading.is_what_hyper_reads(bytes);
    }
}

/// As if every upgrade were refused before the client sends more.
fn look(gate: &mut Gate, piece: &[u8]) -> Result<(), Refused> {
    let mut at = 0;
    while at < piece.len() {
        at += gate.look(&piece[at..]).map_err(|refused| Refused { good: at + refused.good, ..refused })?;
        if gate.is_held() {
            gate.resume();
        }
    }
    Ok(())
}

/// What the gate makes of a connection that comes in pieces.
struct Reading {
    /// How many bytes go through.
    through: usize,
    refused: Option<Option<Answer>>,
    awaits: Awaits,
    head_count: usize,
    /// Where heads and messages end; exact when a piece is one byte.
    heads: Vec<usize>,
    messages: Vec<usize>,
}

impl Reading {
    fn new(bytes: &[u8], limits: &Limits, size: usize) -> Self {
        let mut gate = Gate::new(limits);
        let (mut through, mut refused, mut heads, mut messages) = (0, None, Vec::new(), Vec::new());
        for piece in bytes.chunks(size) {
            let before = (gate.heads(), gate.awaits());
            if let Err(refusal) = look(&mut gate, piece) {
                assert!(refusal.good <= piece.len());
                (through, refused) = (through + refusal.good, Some(refusal.answer));
                break;
            }
            through += piece.len();
            let is_head = gate.heads() > before.0;
            if is_head {
                heads.push(through);
            }
            if gate.awaits() == Awaits::Request && (is_head || before.1 == Awaits::Body) {
                messages.push(through);
            }
        }
        Reading { through, refused, awaits: gate.awaits(), head_count: gate.heads(), heads, messages }
    }

    /// The end of the last part that is whole, head or message.
    fn whole(&self) -> usize {
        let last = |ends: &[usize]| ends.last().copied().unwrap_or(0);
        last(&self.heads).max(last(&self.messages))
    }

    fn is_the_same_as(&self, other: &Reading, size: usize) {
        assert_eq!((other.refused, other.head_count), (self.refused, self.head_count), "in pieces of {size}");
        // More of what is refused may have gone before it was known, but never less than what is whole, nor anything whole besides.
        assert!((self.whole()..=self.through).contains(&other.through), "in pieces of {size}: {} go through", other.through);
        if self.refused.is_none() {
            assert_eq!(other.awaits, self.awaits, "in pieces of {size}");
        }
    }

    fn agrees_with_the_reference(&self, bytes: &[u8]) {
        let (messages, rest) = reference::messages(bytes);
        let mut comparable = self.through;
        if let Rest::Refused(start) = rest
            && let Some(end) = self.heads.iter().copied().find(|end| *end > start)
        {
            assert!(reference::is_left_to_hyper(&bytes[start..end]), "a head that httparse refuses");
            comparable = start;
        }
        let up_to = |ends: &[usize]| ends.iter().copied().filter(|end| *end <= comparable).collect::<Vec<_>>();
        let heads: Vec<_> = messages.iter().map(|message| message.head).collect();
        let ends: Vec<_> = messages.iter().filter_map(|message| message.end).collect();
        assert_eq!(up_to(&self.heads), up_to(&heads), "heads end there");
        assert_eq!(up_to(&self.messages), up_to(&ends), "messages end there");
        match rest {
            Rest::Ambiguous(head) => assert!(self.through < head, "two servers may disagree about the body"),
            Rest::Malformed => assert!(self.refused.is_some(), "the body is malformed"),
            Rest::Body if self.refused.is_none() => assert_eq!(self.awaits, Awaits::Body),
            Rest::Head(start) if self.refused.is_none() => {
                let expected = if matches!(&bytes[start..], b"" | b"\r\n") { Awaits::Request } else { Awaits::Head };
                assert_eq!(self.awaits, expected);
            }
            _ => {}
        }
    }

    /// However much of a refused head has gone through, hyper refuses it as well.
    fn is_ended_by_poison(&self, bytes: &[u8]) {
        let Some(Some(_)) = self.refused else { return };
        let start = self.whole();
        for end in start..=self.through.min(start + 300) {
            let head = [&bytes[start..end], POISON].concat();
            let outcome = httparse::Request::new(&mut [httparse::EMPTY_HEADER; 128]).parse(&head);
            assert!(outcome.is_err(), "{outcome:?} for b\"{}\"", head.escape_ascii());
        }
    }

    /// hyper finds the messages that the gate found, until it refuses one or the connection ends.
    fn is_what_hyper_reads(&self, bytes: &[u8]) {
        let (messages, _) = reference::messages(bytes);
        let whole = messages.into_iter().filter(|message| message.end.is_some_and(|end| end <= self.through));
        let expected: Vec<_> = whole.map(|message| (message.method, message.body)).collect();
        let mut through = bytes[..self.through].to_vec();
        if let Some(Some(_)) = self.refused {
            through.extend_from_slice(POISON);
        }
        let seen = read_by_hyper(&through);
        assert!(expected.starts_with(&seen), "hyper saw {seen:?}, expected {expected:?}");
    }
}

/// Method and body of each request.
pub(crate) fn read_by_hyper(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&seen);
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let record = Arc::clone(&record);
        async move {
            let (parts, body) = request.into_parts();
            if let Ok(body) = body.collect().await {
                record.lock().unwrap().push((parts.method.to_string(), body.to_bytes().to_vec()));
            }
            Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
        }
    });
    let io = TokioIo::new(tokio::io::join(bytes, tokio::io::sink()));
    let mut builder = hyper::server::conn::http1::Builder::new();
    // Else what comes right before the end of the connection is not answered.
    builder.header_read_timeout(None).half_close(true);
    let serving = builder.serve_connection(io, service);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    // What hyper says of bad bytes is not looked at here, only what it gave to the service before.
    let _ = runtime.block_on(serving);
    std::mem::take(&mut *seen.lock().unwrap())
}
