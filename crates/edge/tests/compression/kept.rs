//! Bodies that are sent again and again.

use std::task::{Context, Waker};

use edge::compression::Kept;
use futures_util::future::join_all;

use super::*;

const HEADERS: [(&str, &str); 6] = [
    ("content-type", "text/html; charset=utf-8"),
    ("content-length", "20000"),
    ("etag", "\"x\""),
    ("vary", "Cookie"),
    ("accept-ranges", "bytes"),
    ("cache-control", "public"),
];

fn kept_page(kept: &Kept, headers: &[(&str, &str)]) -> Response<Body> {
    let mut response = page(headers, Body::Full(kept.body().clone()));
    response.extensions_mut().insert(kept.clone());
    response
}

fn full(response: Response<Body>) -> Bytes {
    match response.into_body() {
        Body::Full(bytes) => bytes,
        other => panic!("{other:?} is not in memory"),
    }
}

fn sorted(headers: &HeaderMap) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
    all.sort();
    all
}

#[tokio::test]
async fn is_encoded_once_and_answered_as_if_it_were_each_time() {
    for size in [2000, 20_000, 300_000] {
        let kept = Kept::new(html(size).into());
        let mut sizes = 0;
        for encoding in ENCODINGS {
            let first = answer(all(), get(encoding), kept_page(&kept, &HEADERS)).await;
            if size <= 20_000 {
                let on_the_fly = answer(all(), get(encoding), page(&HEADERS, Body::Full(html(size).into()))).await;
                assert_eq!(sorted(first.headers()), sorted(on_the_fly.headers()));
            }
            let length = text(first.headers(), "content-length").unwrap().parse::<usize>().unwrap();
            assert!(first.extensions().get::<Kept>().is_none());
            let first = full(first);
            assert_eq!(first.len(), length);
            assert_eq!(decode(Some(encoding), &first).unwrap(), html(size).as_bytes());
            let second = full(answer(all(), get(encoding), kept_page(&kept, &HEADERS)).await);
            assert_eq!(second.as_ptr(), first.as_ptr(), "{encoding}: encoded again");
            sizes += length;
        }
        assert_eq!(kept.bytes(), sizes);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn is_encoded_once_by_all_who_ask_at_the_same_time() {
    let kept = Kept::new(html(200_000).into());
    let asking = (0..16).map(|_| tokio::spawn(answer(all(), get("br"), kept_page(&kept, &HEADERS))));
    let pages: Vec<_> = join_all(asking).await.into_iter().map(|response| full(response.unwrap())).collect();
    assert!(pages.iter().all(|page| page.as_ptr() == pages[0].as_ptr()));
}

/// Whoever asked first may leave.
#[tokio::test]
async fn is_encoded_although_the_client_has_left() {
    let kept = Kept::new(html(200_000).into());
    let mut asking = Box::pin(answer(all(), get("br"), kept_page(&kept, &HEADERS)));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(asking.as_mut().poll(&mut cx).is_pending());
    drop(asking);
    while kept.bytes() == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_better_form_is_sent_and_a_worse_one_is_not() {
    let kept = Kept::new(html(20_000).into());
    let fast = Levels { zstd: 1, br: 1, gzip: 1 };
    let worse = kept.prepare(Encoding::Brotli, fast).await.unwrap();
    let sent = full(answer(all(), get("br"), kept_page(&kept, &HEADERS)).await);
    assert_ne!(sent, worse);
    assert_eq!(kept.bytes(), sent.len());
    let best = kept.prepare(Encoding::Brotli, Levels::BEST).await.unwrap();
    assert_ne!(best, sent);
    assert_eq!(full(answer(all(), get("br"), kept_page(&kept, &HEADERS)).await).as_ptr(), best.as_ptr());
    kept.insert(Encoding::Brotli, fast, worse);
    assert_eq!(kept.bytes(), best.len());
    let gzip = kept.prepare(Encoding::Gzip, fast).await.unwrap();
    assert_eq!(kept.bytes(), best.len() + gzip.len());
}

/// A layer in between may have made another page of it.
#[tokio::test]
async fn another_body_is_not_taken_for_it() {
    let kept = Kept::new(html(20_000).into());
    kept.prepare(Encoding::Gzip, Levels::default()).await.unwrap();
    let mut response = kept_page(&kept, &HEADERS);
    let other = html(20_000).replace("entry", "other");
    *response.body_mut() = Body::Full(other.clone().into());
    let sent = full(answer(all(), get("gzip"), response).await);
    assert_eq!(decode(Some("gzip"), &sent).unwrap(), other.as_bytes());
}

#[tokio::test]
async fn what_must_not_be_encoded_is_not() {
    let kept = Kept::new((html(20_000) + "secretive").into());
    kept.prepare(Encoding::Gzip, Levels::default()).await.unwrap();
    let private = [("content-type", "text/html"), ("cache-control", "private")];
    let mut repeated = get("gzip");
    *repeated.uri_mut() = "/?q=Secretive".parse().unwrap();
    repeated.headers_mut().insert(header::COOKIE, HeaderValue::from_static("a=b"));
    let fixed = [("content-type", "text/html"), ("cache-control", "no-transform")];
    for (request, headers) in [(repeated, private), (get("gzip"), fixed), (get("identity"), private)] {
        let response = answer(all(), request, kept_page(&kept, &headers)).await;
        assert_eq!(text(response.headers(), "content-encoding"), None);
        assert_eq!(full(response), kept.body());
    }
}
