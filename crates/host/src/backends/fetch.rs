//! The app's own requests (`fetch`): to a configured backend with that one's connections, deadlines and retries, and with the name of the
//! request that is being served; to anybody else as the app wrote them.

mod failure;

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use edge::outbound;
use edge::upstream::Target;
use edge::upstream::target::{Place, Scheme};
use futures_util::future::BoxFuture;
use http::header::HOST;
use http::{HeaderName, HeaderValue, Request, Response, Uri};
use http_body_util::BodyExt as _;
use isolate::{Fetch, FetchError, RequestBody, Trace};
use tokio::task::JoinHandle;

use super::Backends;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

impl Backends {
    /// As [`isolate::Host::fetch`].
    pub fn fetch(self: &Arc<Self>, fetch: Fetch) -> BoxFuture<'static, Result<Response<RequestBody>, FetchError>> {
        let backends = Arc::clone(self);
        Box::pin(Asking(self.runtime.spawn(async move { backends.ask(fetch).await })))
    }

    async fn ask(&self, fetch: Fetch) -> Result<Response<RequestBody>, FetchError> {
        let Fetch { request, upstream, trace } = fetch;
        let registered = upstream.and_then(|number| self.app.get(number));
        let target = registered.as_ref().map(|upstream| upstream.config().target.clone()).or_else(|| target_of(request.uri()));
        let target = target.ok_or_else(|| failure::unusable(request.uri()))?;
        let about = format!("{} {target}{}", request.method(), request.uri().path());
        let started = Instant::now();
        let answer = match registered {
            // The plug-in says all that is to be sent.
            Some(upstream) => upstream.send(with_path_only(request)).await.map_err(outbound::Error::from),
            None => {
                let trace = trace.filter(|_| self.is_configured(&target));
                self.outbound.send(&target, prepared(request, trace)).await
            }
        };
        let took = started.elapsed();
        match &answer {
            Ok(response) => tracing::debug!("fetch {about}: {} after {took:.1?}", response.status().as_u16()),
            Err(error) => tracing::debug!("fetch {about}: {error} after {took:.1?}"),
        }
        let response = answer.map_err(|error| failure::of(error, &target))?;
        Ok(response.map(|body| Box::pin(body.map_err(move |error| failure::of_body(error, &target))) as RequestBody))
    }

    /// Whether `target` is one of the configured backends, however that one speaks HTTP.
    fn is_configured(&self, target: &Target) -> bool {
        self.upstreams.iter().map(|upstream| &upstream.config().target).any(|configured| {
            configured.place == target.place && (configured.scheme == Scheme::Https) == (target.scheme == Scheme::Https)
        })
    }
}

/// The request as it is sent: to the authority of its URI, which then has path and query only. The backend is told of the request that is being served, unless the app has
/// done that.
fn prepared(mut request: Request<RequestBody>, trace: Option<Trace>) -> Request<RequestBody> {
    let authority = request.uri().authority().and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
    request = with_path_only(request);
    let headers = request.headers_mut();
    if let Some(authority) = authority {
        headers.entry(HOST).or_insert(authority);
    }
    if let Some(Trace { request_id, traceparent }) = trace {
        headers.entry(REQUEST_ID).or_insert(request_id);
        if let Some(traceparent) = traceparent {
            headers.entry(TRACEPARENT).or_insert(traceparent);
        }
    }
    request
}

fn with_path_only(mut request: Request<RequestBody>) -> Request<RequestBody> {
    let path = request.uri().path_and_query().cloned();
    *request.uri_mut() = path.map(Uri::from).unwrap_or_default();
    request
}

/// Where an absolute URI leads.
fn target_of(uri: &Uri) -> Option<Target> {
    let scheme = match uri.scheme_str()? {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        _ => return None,
    };
    let host = uri.host()?.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    let place = Place::Tcp { host, port: uri.port_u16().unwrap_or(scheme.port()) };
    Some(Target { scheme, place })
}

/// A request that another thread works on; dropping it gives the request up.
struct Asking(JoinHandle<Result<Response<RequestBody>, FetchError>>);

impl Future for Asking {
    type Output = Result<Response<RequestBody>, FetchError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map(|joined| joined.unwrap_or_else(|_| Err(failure::stopping())))
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(uri: &str) -> Request<RequestBody> {
        Request::get(uri).body(edge::upstream::body::empty()).unwrap()
    }

    #[test]
    fn a_uri_leads_somewhere() {
        let target = |uri: &str| target_of(&uri.parse().unwrap()).map(|target| target.to_string());
        assert_eq!(target("http://a.internal:8080/b?c"), Some("http://a.internal:8080".into()));
        assert_eq!(target("https://A/"), Some("https://a".into()));
        assert_eq!(target("http://[fdaa::1]:80/"), Some("http://[fdaa::1]".into()));
        assert_eq!((target("/a"), target("ftp://a/")), (None, None));
    }

    #[test]
    fn a_request_gets_its_host_and_its_name() {
        let trace =
            Trace { request_id: HeaderValue::from_static("id"), traceparent: Some(HeaderValue::from_static("00-a-b-01")) };
        let sent = prepared(request("http://a.internal:8080/b?c=%20"), Some(trace.clone()));
        assert_eq!(sent.uri(), "/b?c=%20");
        let header = |name: HeaderName| sent.headers()[name].to_str().unwrap().to_owned();
        assert_eq!([header(HOST), header(REQUEST_ID), header(TRACEPARENT)], ["a.internal:8080", "id", "00-a-b-01"]);
        let mut own = request("http://a/");
        own.headers_mut().insert(REQUEST_ID, HeaderValue::from_static("own"));
        let sent = prepared(own, Some(trace));
        assert_eq!((&sent.headers()[REQUEST_ID], sent.uri().path()), (&HeaderValue::from_static("own"), "/"));
        assert!(!prepared(request("http://a/"), None).headers().contains_key(REQUEST_ID));
    }
}
