//! What a client gets whose bytes are not HTTP: Fastify's answer in place of hyper's.
//!
//! hyper answers such a client itself, before any service is asked, with a bare 400 or 431, and offers no way to say more. That
//! answer is always the same but for its date, and the last thing on its connection: it is recognised here as a whole
//! write and replaced by what Fastify 4 writes (fastify.js, `defaultClientErrorHandler`).

/// Ends any head, whatever there is of it, in a way that no parser takes: a NUL is allowed nowhere.
pub(super) const POISON: &[u8] = b"\0\r\n\r\n";

/// What a client is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// Not HTTP, or HTTP that two servers could read differently.
    BadRequest,
    /// The head did not come in time.
    Timeout,
    /// The target is longer than the limit. Node has no such limit; the words are those of RFC 9110.
    UriTooLong,
    /// The head is larger than the limit, or has too many fields.
    HeadersTooLarge,
    /// HTTP/0.9 or HTTP/2.0 (fastify/lib/route.js).
    Version,
    /// Nothing: Node closes the connection on CONNECT.
    Silence,
}

/// An answer in the shape of Fastify's for clients that do not speak HTTP: no date, no `Connection`.
macro_rules! answer {
    ($status:literal, $reason:literal, $length:literal, $message:literal) => {
        concat!(
            "HTTP/1.1 ",
            $status,
            " ",
            $reason,
            "\r\nContent-Length: ",
            $length,
            "\r\nContent-Type: application/json\r\n\r\n{\"error\":\"",
            $reason,
            "\",\"message\":\"",
            $message,
            "\",\"statusCode\":",
            $status,
            "}"
        )
        .as_bytes()
    };
}

impl Answer {
    /// The status it says; 0 for silence.
    pub(super) fn status(self) -> u16 {
        match self {
            Answer::BadRequest => 400,
            Answer::Timeout => 408,
            Answer::UriTooLong => 414,
            Answer::HeadersTooLarge => 431,
            Answer::Version => 505,
            Answer::Silence => 0,
        }
    }

    pub(super) fn bytes(self) -> &'static [u8] {
        match self {
            Answer::BadRequest => answer!("400", "Bad Request", "65", "Client Error"),
            Answer::Timeout => answer!("408", "Request Timeout", "71", "Client Timeout"),
            Answer::UriTooLong => answer!("414", "URI Too Long", "66", "URI Too Long"),
            Answer::HeadersTooLarge => {
                answer!("431", "Request Header Fields Too Large", "114", "Exceeded maximum allowed HTTP header size")
            }
            Answer::Version => answer!("505", "HTTP Version Not Supported", "94", "HTTP Version Not Supported"),
            Answer::Silence => b"",
        }
    }
}

/// hyper's head up to its date, and what is sent instead.
const ANSWERS: [(&[u8], Answer); 2] = [
    (b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n", Answer::BadRequest),
    (b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n", Answer::HeadersTooLarge),
];

/// The rest of hyper's answer.
const DATE: &[u8] = b"date: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n";

/// The answer that `written` stands for, if it is a refusal of hyper's.
pub(super) fn recognise(written: &[u8]) -> Option<Answer> {
    let same = |(head, _): &&(&[u8], Answer)| written.len() == head.len() + DATE.len() && written.starts_with(head);
    ANSWERS.iter().find(same).map(|(_, answer)| *answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_refusal_is_recognised() {
        for (head, answer) in ANSWERS {
            let refusal = [head, b"date: Tue, 24 Nov 2026 08:00:00 GMT\r\n\r\n"].concat();
            assert_eq!(recognise(&refusal), Some(answer));
            assert_eq!(recognise(&refusal[..refusal.len() - 1]), None);
            assert_eq!(recognise(&[&refusal[..], b"x"].concat()), None);
        }
        assert_eq!(recognise(b"HTTP/1.1 200 OK\r\n\r\n"), None);
    }

    /// Recorded from Fastify 4.29 on Node 20.
    #[test]
    fn reads_as_from_fastify() {
        let bad = "HTTP/1.1 400 Bad Request\r\nContent-Length: 65\r\nContent-Type: application/json\r\n\r\n\
             {\"error\":\"Bad Request\",\"message\":\"Client Error\",\"statusCode\":400}";
        assert_eq!(Answer::BadRequest.bytes(), bad.as_bytes());
        use Answer::{BadRequest, HeadersTooLarge, Timeout, UriTooLong, Version};
        for answer in [BadRequest, Timeout, UriTooLong, HeadersTooLarge, Version] {
            let text = str::from_utf8(answer.bytes()).unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())), "{text}");
        }
    }
}
