//! Where messages end: heads by httparse, bodies by RFC 9112 sections 6.3 and 7.1, of bytes that are all there. Lenient where the RFC
//! lets a reader be: it says where an end would be, not whether it should have come so far.

use memchr::memmem;

/// One message.
pub(super) struct Message {
    pub(super) method: String,
    /// Where the head ends.
    pub(super) head: usize,
    /// Where the body ends, if it does.
    pub(super) end: Option<usize>,
    pub(super) body: Vec<u8>,
}

/// What follows the last message.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rest {
    /// The start of a head, from here on.
    Head(usize),
    /// A head that httparse refuses, from here on.
    Refused(usize),
    /// A head up to here that may be framed in two ways, or in one that nobody knows.
    Ambiguous(usize),
    /// The start of a body.
    Body,
    /// A body that is in disorder.
    Malformed,
}

/// The rest of a body.
enum Body {
    Whole(usize, Vec<u8>),
    Open,
    Malformed,
}

pub(super) fn messages(bytes: &[u8]) -> (Vec<Message>, Rest) {
    let (mut messages, mut at) = (Vec::new(), 0);
    loop {
        let mut fields = [httparse::EMPTY_HEADER; 128];
        let mut request = httparse::Request::new(&mut fields);
        let head = match request.parse(&bytes[at..]) {
            Ok(httparse::Status::Complete(count)) => at + count,
            Ok(httparse::Status::Partial) => return (messages, Rest::Head(at)),
            Err(_) => return (messages, Rest::Refused(at)),
        };
        let Some(body) = body(&request, bytes, head) else { return (messages, Rest::Ambiguous(head)) };
        let message = |end, body| Message { method: request.method.unwrap().to_owned(), head, end, body };
        match body {
            Body::Whole(end, body) => {
                messages.push(message(Some(end), body));
                at = end;
            }
            Body::Open => {
                messages.push(message(None, Vec::new()));
                return (messages, Rest::Body);
            }
            Body::Malformed => {
                messages.push(message(None, Vec::new()));
                return (messages, Rest::Malformed);
            }
        }
    }
}

/// `None`: it cannot be told.
fn body(request: &httparse::Request<'_, '_>, bytes: &[u8], head: usize) -> Option<Body> {
    let all = |name: &str| {
        let fields = request.headers.iter().filter(|field| field.name.eq_ignore_ascii_case(name));
        fields.map(|field| String::from_utf8_lossy(field.value).to_ascii_lowercase()).collect::<Vec<_>>()
    };
    let (lengths, codings) = (all("content-length"), all("transfer-encoding"));
    match (&lengths[..], &codings[..]) {
        ([], []) => Some(Body::Whole(head, Vec::new())),
        ([length], []) if length.bytes().all(|byte| byte.is_ascii_digit()) => {
            let end = head.checked_add(length.parse::<u64>().ok()?.try_into().ok()?);
            Some(match end.filter(|end| *end <= bytes.len()) {
                Some(end) => Body::Whole(end, bytes[head..end].to_vec()),
                None => Body::Open,
            })
        }
        ([], [coding]) if coding == "chunked" && request.version == Some(1) => Some(chunked(bytes, head)),
        _ => None,
    }
}

fn chunked(bytes: &[u8], mut at: usize) -> Body {
    let line = |from: usize| memmem::find(&bytes[from..], b"\r\n").map(|length| (&bytes[from..from + length], from + length + 2));
    let mut body = Vec::new();
    while let Some((size, data)) = line(at) {
        let digits = size.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        if digits == 0 || !matches!(size[digits..].trim_ascii_start(), [] | [b';', ..]) {
            return Body::Malformed;
        }
        let size = u128::from_str_radix(str::from_utf8(&size[..digits]).unwrap(), 16).unwrap_or(u128::MAX);
        if size == 0 {
            at = data;
            while let Some((field, next)) = line(at) {
                if field.is_empty() {
                    return Body::Whole(next, body);
                }
                at = next;
            }
            return Body::Open;
        }
        let left = bytes.len() - data;
        if size > left as u128 {
            return Body::Open;
        }
        let end = data + size as usize;
        body.extend_from_slice(&bytes[data..end]);
        match &bytes[end..] {
            [] | [b'\r'] => return Body::Open,
            [b'\r', b'\n', ..] => at = end + 2,
            _ => return Body::Malformed,
        }
    }
    Body::Open
}

/// What the gate does not look for: a method that is no token, a control character in a value.
pub(super) fn is_left_to_hyper(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\r\n").unwrap_or(head);
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    let method: Vec<u8> = head.iter().copied().take_while(|byte| *byte != b' ').collect();
    let is_control = |byte: &u8| byte.is_ascii_control() && !b"\t\r\n".contains(byte);
    method.is_empty() || !method.iter().all(is_token) || head.iter().any(is_control)
}
