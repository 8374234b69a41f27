//! What is behind the render cache: the app, and the backends.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use edge::cache::{Read, Reads, Track};
use edge::{Body, BoxError, account, hydration, proxy};
use futures_util::future::{BoxFuture, Either};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, Request, Response};
use http_body_util::BodyExt as _;

use crate::backends::Backends;
use crate::node_http;
use crate::ssr::Ssr;

/// Marks a request, as an extension, that goes to a backend.
#[derive(Debug, Clone)]
pub(super) struct Goes {
    pub(super) to: Arc<proxy::Route>,
    /// What it is called in the log: `/api/*`.
    pattern: account::Route,
}

impl Goes {
    pub(super) fn to(route: Arc<proxy::Route>) -> Goes {
        let public = route.mapping.public.as_str().trim_end_matches('/');
        Goes { pattern: account::Route(format!("{public}/*").into()), to: route }
    }
}

/// App and backends as one service. The hydration state is only repaired in what the app says.
#[derive(Clone)]
pub struct Behind {
    app: hydration::Service<Ssr>,
    backends: Arc<Backends>,
}

impl std::fmt::Debug for Behind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Behind").field("app", &self.app).finish_non_exhaustive()
    }
}

impl Behind {
    pub(super) fn new(app: hydration::Service<Ssr>, backends: Arc<Backends>) -> Behind {
        Behind { app, backends }
    }
}

impl<B> tower::Service<Request<B>> for Behind
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<
        BoxFuture<'static, Result<Response<Body>, Infallible>>,
        <hydration::Service<Ssr> as tower::Service<Request<B>>>::Future,
    >;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        tower::Service::<Request<B>>::poll_ready(&mut self.app, cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let Some(Goes { to, pattern }) = request.extensions_mut().remove() else {
            return Either::Right(self.app.call(request));
        };
        let tunnels = self.backends.tunnels.clone();
        Either::Left(Box::pin(async move {
            let mut response = pass_on(&to, request, &tunnels).await;
            response.extensions_mut().insert(pattern);
            Ok(response)
        }))
    }
}

async fn pass_on<B>(route: &proxy::Route, request: Request<B>, tunnels: &proxy::Tunnels) -> Response<Body>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static,
{
    let (parts, body) = request.into_parts();
    if let Some(refusal) = node_http::refuse(&parts) {
        return refusal;
    }
    let tracked = parts.extensions.get::<Track>().is_some();
    let body = Box::pin(body.map_err(Into::into));
    let mut response = route.answer(Request::from_parts(parts, body), tunnels).await;
    if tracked && let Some(reads) = reads(response.headers()) {
        response.extensions_mut().insert(reads);
    }
    response
}

/// What a backend's response may depend on, for the render cache. Nobody knows what a backend reads: a rule that asks for it to be kept
/// vouches for the rest, but a visitor's cookies count, unless the response says itself that it is for all. (`Authorization` counts
/// anyway: RFC 9111 section 3.5.)
///
/// A stream has no end to be kept at: no rule's lifetime counts for it.
fn reads(headers: &HeaderMap) -> Option<Reads> {
    let lists = |name: &str| {
        let lines = headers.get_all(CACHE_CONTROL).into_iter().filter_map(|line| line.to_str().ok());
        lines
            .flat_map(|line| line.split(','))
            .any(|one| one.split('=').next().unwrap_or_default().trim().eq_ignore_ascii_case(name))
    };
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("text/event-stream") || proxy::is_grpc(headers) {
        return None;
    }
    let mut reads = vec![Read::Host, Read::Scheme, Read::Query];
    if !lists("public") && !lists("s-maxage") {
        reads.push(Read::Cookies);
    }
    Some(Reads::new(move || reads.clone()))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read(headers: &[(&'static str, &'static str)]) -> Option<Vec<Read>> {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
        reads(&headers.collect()).map(|reads| reads.list())
    }

    #[test]
    fn who_asks_counts_unless_it_is_for_all() {
        let own = |headers: &[(&'static str, &'static str)]| read(headers).unwrap().contains(&Read::Cookies);
        assert!(own(&[]) && own(&[("cache-control", "max-age=60")]) && own(&[("cache-control", "max-age=60, publicly")]));
        assert!(!own(&[("cache-control", "max-age=60, Public")]) && !own(&[("cache-control", "s-maxage=60")]));
        assert!(read(&[("content-type", "text/event-stream; charset=utf-8")]).is_none());
        assert!(read(&[("content-type", "application/grpc+proto")]).is_none());
    }
}
