//! `edge::hydration`: the length of the chunks in the first byte, a page after it.

use std::convert::Infallible;

use bytes::Bytes;
use edge::{Body, hydration};
use futures_util::{FutureExt as _, stream};
use http::{Response, header::CONTENT_TYPE};
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};

pub(crate) fn check(bytes: &[u8]) {
    let Some((&size, page)) = bytes.split_first() else { return };
    let whole = repaired(Body::from(Bytes::copy_from_slice(page)));
    for size in [usize::from(size).max(1), 1, hydration::MARKER.len()] {
        let chunks: Vec<_> =
            page.chunks(size).map(Bytes::copy_from_slice).map(|chunk| Ok::<_, Infallible>(Frame::data(chunk))).collect();
        let body = StreamBody::new(stream::iter(chunks)).map_err(|never| match never {});
        assert_eq!(repaired(Body::stream(body)), whole, "in chunks of {size}");
    }
    // Nothing but `<` changes, and only into its escape.
    assert_eq!(unescaped(&whole), unescaped(page));
    let marker = memchr::memmem::find(page, hydration::MARKER.as_bytes());
    assert_eq!(whole[..marker.unwrap_or(page.len())], page[..marker.unwrap_or(page.len())]);
}

fn repaired(body: Body) -> Bytes {
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, "text/html".parse().unwrap());
    let body = hydration::repair(response).into_body();
    body.collect().now_or_never().expect("all chunks are there").unwrap().to_bytes()
}

fn unescaped(page: &[u8]) -> Vec<u8> {
    let (mut out, mut from) = (Vec::new(), 0);
    for at in memchr::memmem::find_iter(page, br"\u003c") {
        out.extend_from_slice(&page[from..at]);
        out.push(b'<');
        from = at + 6;
    }
    out.extend_from_slice(&page[from..]);
    out
}
