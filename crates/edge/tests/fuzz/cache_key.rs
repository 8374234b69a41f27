//! `edge::cache`: two requests, or a spec.

pub(crate) fn check(bytes: &[u8]) {
    edge::cache::check::keys(bytes);
}
