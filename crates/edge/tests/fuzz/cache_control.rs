//! `edge::cache`: a status and the headers of a response.

pub(crate) fn check(bytes: &[u8]) {
    edge::cache::check::judged(bytes);
}
