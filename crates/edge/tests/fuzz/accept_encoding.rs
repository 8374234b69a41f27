//! `edge::compression`: a value of `Accept-Encoding`.

pub(crate) fn check(bytes: &[u8]) {
    edge::compression::check_accept_encoding(bytes);
}
