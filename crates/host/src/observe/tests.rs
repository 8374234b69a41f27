use http::HeaderValue;
use http_body_util::BodyExt as _;
use tower::{Layer as _, ServiceExt as _};

use super::*;

/// A layer around an app that says of itself what `told` does.
async fn ask(observer: &Arc<Observer>, path: &str, told: impl Fn(&mut Response<Body>) + Clone) -> Response<Observed> {
    let app = tower::service_fn(move |_: Request<()>| {
        let mut response = Response::new(Body::from("page".to_owned()));
        told(&mut response);
        std::future::ready(Ok::<_, Infallible>(response))
    });
    let request = Request::get(path).body(()).unwrap();
    Layer(observer.clone()).layer(app).oneshot(request).await.unwrap()
}

#[tokio::test]
async fn a_request_is_over_with_its_body() {
    let observer = Arc::new(Observer::default());
    let response = ask(&observer, "/posts/1", |response| {
        response.extensions_mut().insert(Route::from("/posts/:id"));
        response.extensions_mut().insert(Render { isolate: Some(1), queued: Duration::ZERO, worked: Duration::from_millis(3) });
    })
    .await;
    assert_eq!(observer.in_flight(), 1);
    assert!(observer.requests.view().is_empty());
    assert_eq!(response.body().size_hint().exact(), Some(4), "hyper sees a page that is complete");
    response.into_body().collect().await.unwrap();
    assert_eq!(observer.in_flight(), 0);
    let view = observer.requests.view();
    let of = &view[0];
    assert_eq!((&*of.route, of.method, &of.statuses[..], of.bytes, of.cut), ("/posts/:id", "GET", &[(200, 1)][..], 4, 0));
    assert_eq!((observer.wait.read().count, observer.render.read().count), (1, 1));
}

#[tokio::test]
async fn what_is_cut_and_what_is_given_up_is_told_apart() {
    let observer = Arc::new(Observer::default());
    drop(ask(&observer, "/", |_| {}).await);
    let never = tower::service_fn(|_: Request<()>| std::future::pending::<Result<Response<Body>, Infallible>>());
    let mut waiting = Box::pin(Layer(observer.clone()).layer(never).oneshot(Request::get("/").body(()).unwrap()));
    assert!(futures_util::poll!(&mut waiting).is_pending());
    drop(waiting);
    let view = observer.requests.view();
    assert_eq!((&*view[0].route, &view[0].statuses[..], view[0].cut), (NONE, &[(200, 1), (499, 1)][..], 1));
}

#[tokio::test]
async fn a_browser_is_told_where_the_time_went_if_it_is_to_be() {
    let render = Render { isolate: Some(0), queued: Duration::from_micros(1240), worked: Duration::from_millis(3) };
    let told = move |response: &mut Response<Body>| {
        response.extensions_mut().insert(render);
        response.extensions_mut().insert(Outcome::Miss);
        response.headers_mut().insert(SERVER_TIMING, HeaderValue::from_static("db;dur=1"));
    };
    let quiet = ask(&Arc::default(), "/", told).await;
    assert_eq!(quiet.headers().get_all(SERVER_TIMING).iter().count(), 1);
    let response = ask(&Arc::new(Observer::new(None, true)), "/", told).await;
    let values: Vec<_> = response.headers().get_all(SERVER_TIMING).iter().map(|value| value.to_str().unwrap()).collect();
    assert_eq!(values[0], "db;dur=1", "the app's own stays");
    assert!(values[1].starts_with("queue;dur=1.2, render;dur=3.0, cache;desc=miss, total;dur="), "{values:?}");
}
