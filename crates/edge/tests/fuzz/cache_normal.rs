//! `edge::cache`: a request.

pub(crate) fn check(bytes: &[u8]) {
    edge::cache::check::normal_form(bytes);
}
