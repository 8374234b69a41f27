//! `edge::cache` as a layer, around apps that say what they read.

mod behaviour;
mod properties;

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use edge::Body;
use edge::cache::{Cache, Config, Forwarded, Name, Read, Reads};
use http::{HeaderName, Request, Response};
use http_body_util::{BodyExt as _, Empty};
use tower::{Layer as _, ServiceExt as _};

type Answer = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;

/// What an app sees of a request, and what it says of its reading.
#[derive(Clone)]
struct Seen {
    parts: Arc<http::request::Parts>,
    reads: Arc<Mutex<Vec<Read>>>,
}

impl Seen {
    fn header(&self, name: &'static str) -> Option<String> {
        let name = HeaderName::from_static(name);
        let value = self.parts.headers.get(&name).map(|value| value.to_str().unwrap().to_owned());
        let read = if name == http::header::COOKIE { Read::Cookies } else { Read::Header(Name(name)) };
        self.reads.lock().unwrap().push(read);
        value
    }

    fn parameter(&self, name: &str) -> Option<String> {
        self.reads.lock().unwrap().push(Read::Parameter(name.into()));
        let query = self.parts.uri.query().unwrap_or_default();
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
    }

    fn read(&self, read: Read) {
        self.reads.lock().unwrap().push(read);
    }
}

/// An app, with the cache around it.
#[derive(Clone)]
struct Host {
    cache: Cache,
    app: Arc<dyn Fn(Seen) -> Answer + Send + Sync>,
    renders: Arc<AtomicUsize>,
}

impl Host {
    fn new<F>(config: Config, app: impl Fn(Seen) -> F + Send + Sync + 'static) -> Host
    where
        F: Future<Output = Response<Body>> + Send + 'static,
    {
        let app = Arc::new(move |seen| Box::pin(app(seen)) as Answer);
        Host { cache: Cache::new(config).unwrap(), app, renders: Arc::default() }
    }

    /// An app that answers at once.
    fn simple(config: Config, app: impl Fn(&Seen) -> Response<Body> + Send + Sync + 'static) -> Host {
        Host::new(config, move |seen| std::future::ready(app(&seen)))
    }

    fn send<B: http_body::Body<Data = Bytes> + Send + 'static>(&self, request: Request<B>) -> Answer {
        let service = self.cache.layer(self.clone());
        Box::pin(async move { service.oneshot(request).await.unwrap() })
    }

    /// Status, `Cache-Status` and body of the answer to GET with these headers.
    async fn get(&self, url: &str, headers: &[(&str, &str)]) -> Told {
        Told::of(self.send(request("GET", url, headers)).await).await
    }

    /// The same, as a task.
    fn spawn(&self, url: &str, headers: &[(&str, &str)]) -> tokio::task::JoinHandle<Told> {
        let answer = self.send(request("GET", url, headers));
        tokio::spawn(async move { Told::of(answer.await).await })
    }

    fn renders(&self) -> usize {
        self.renders.load(SeqCst)
    }
}

/// The app itself.
impl<B> tower::Service<Request<Forwarded<B>>> for Host {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Forwarded<B>>) -> Self::Future {
        self.renders.fetch_add(1, SeqCst);
        let seen = Seen { parts: Arc::new(request.into_parts().0), reads: Arc::default() };
        let answer = (self.app)(seen.clone());
        Box::pin(async move {
            let mut response = answer.await;
            if seen.parts.extensions.get::<edge::cache::Track>().is_some() {
                response.extensions_mut().insert(Reads::new(move || seen.reads.lock().unwrap().clone()));
            }
            Ok(response)
        })
    }
}

#[derive(Debug)]
struct Told {
    status: u16,
    cache: String,
    headers: http::HeaderMap,
    body: String,
}

impl Told {
    async fn of(response: Response<Body>) -> Told {
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_or("(broken)".into(), |body| body.to_bytes());
        let cache = head.headers.get("cache-status").map_or("", |value| value.to_str().unwrap()).to_owned();
        Told { status: head.status.as_u16(), cache, headers: head.headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    fn is_hit(&self) -> bool {
        self.cache.starts_with("ssr-host; hit")
    }
}

fn request(method: &str, url: &str, headers: &[(&str, &str)]) -> Request<Empty<Bytes>> {
    let builder = Request::builder().method(method).uri(url);
    headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value)).body(Empty::new()).unwrap()
}

fn page(control: &str, body: impl Into<String>) -> Response<Body> {
    let builder = Response::builder().header("content-type", "text/html");
    let builder = if control.is_empty() { builder } else { builder.header("cache-control", control) };
    builder.body(Body::from(body.into())).unwrap()
}
