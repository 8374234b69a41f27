//! The app's own requests.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use isolate::{Fetch, FetchError, RequestBody};

use super::Backends;

impl Backends {
    /// As [`isolate::Host::fetch`].
    pub fn fetch(self: &Arc<Self>, fetch: Fetch) -> BoxFuture<'static, Result<http::Response<RequestBody>, FetchError>> {
        let _ = (fetch, &self.runtime, &self.outbound);
        let message = "there are no upstreams yet".to_owned();
        Box::pin(async { Err(FetchError { code: "ECONNREFUSED", status: 502, message }) })
    }
}
