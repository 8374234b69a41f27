//! `edge::proxy_protocol`: the first bytes of a connection.

use edge::proxy_protocol::{Header, MAX_LEN, Parsed, parse};

pub(crate) fn check(bytes: &[u8]) {
    let whole = parse(bytes);
    match whole {
        Ok(Parsed::Incomplete) => assert!(bytes.len() < MAX_LEN),
        Ok(Parsed::Header(Header { len, source: _ })) => {
            assert!((15..=bytes.len().min(MAX_LEN)).contains(&len));
            assert_eq!(parse(&bytes[..len - 1]), Ok(Parsed::Incomplete));
        }
        Ok(Parsed::NotProxy) | Err(_) => {}
    }
    // However few bytes arrive at a time: what was once decided stays.
    for cut in 0..bytes.len().min(300) {
        match parse(&bytes[..cut]) {
            Ok(Parsed::Incomplete) => {}
            decided => assert_eq!(decided, whole, "{cut}"),
        }
    }
}
