//! The app's own requests.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use isolate::{Fetch, FetchError, RequestBody};

use super::Backends;

impl Backends {
    /// As [`isolate::Host::fetch`].
    pub fn fetch(self: &Arc<Self>, fetch: Fetch) -> BoxFuture<'static, Result<http::Response<RequestBody>, FetchError>> {
        let _ = &self.outbound;
        let Some(upstream) = fetch.upstream.and_then(|number| self.app.get(number)) else {
            let message = "there are no upstreams yet".to_owned();
            return Box::pin(async { Err(FetchError { code: "ECONNREFUSED", status: 502, message }) });
        };
        let mut request = fetch.request;
        *request.uri_mut() =
            request.uri().path_and_query().map_or_else(http::Uri::default, |path| path.as_str().parse().unwrap_or_default());
        let task = self.runtime.spawn(async move { upstream.send(request).await });
        Box::pin(async move {
            use edge::upstream::Kind;
            let answer = task.await.expect("no panic");
            answer.map_err(|error| FetchError {
                code: match error.kind {
                    Kind::Unresolved => "ENOTFOUND",
                    Kind::Connect | Kind::Refused | Kind::Unavailable => "ECONNREFUSED",
                    Kind::ConnectTimeout => "UND_ERR_CONNECT_TIMEOUT",
                    Kind::ResponseTimeout | Kind::TotalTimeout => "UND_ERR_HEADERS_TIMEOUT",
                    _ => "UND_ERR_SOCKET",
                },
                status: error.kind.status().as_u16(),
                message: error.to_string(),
            })
        })
    }
}
