//! The name of a request, and of the trace it belongs to: an extension that whoever asks a backend on its behalf passes on.

use std::task::{Context, Poll};

use http::{HeaderMap, HeaderName, HeaderValue, Request};

use crate::client::Client;

/// The name of a request: what its trusted proxy calls it, else 128 random bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestId {
    /// Given by a trusted proxy (`fly-request-id`, `x-request-id`).
    Given(HeaderValue),
    /// Made here; 32 hexadecimal digits when it is shown.
    Own(u128),
}

/// Headers in which a proxy names a request, the first that is there counts.
const NAMES: [HeaderName; 2] = [HeaderName::from_static("fly-request-id"), HeaderName::from_static("x-request-id")];

/// Longest name that is taken over; characters beyond printable ASCII are not.
const LONGEST: usize = 128;

impl RequestId {
    /// The id of a request with these headers.
    pub fn of(client: Option<&Client>, headers: &HeaderMap) -> RequestId {
        let given = client.filter(|client| client.via_proxy).and_then(|_| NAMES.iter().find_map(|name| headers.get(name)));
        let good = |value: &&HeaderValue| {
            !value.is_empty() && value.len() <= LONGEST && value.as_bytes().iter().all(u8::is_ascii_graphic)
        };
        match given.filter(good) {
            Some(value) => RequestId::Given(value.clone()),
            None => RequestId::Own(fastrand::u128(1..)),
        }
    }

    /// As the value of a header.
    pub fn to_header(&self) -> HeaderValue {
        match self {
            RequestId::Given(value) => value.clone(),
            RequestId::Own(bits) => HeaderValue::from_str(&format!("{bits:032x}")).expect("hexadecimal digits"),
        }
    }
}

/// Sets [`RequestId`] on the requests of the service it wraps. Below the layer that sets [`Client`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Layer;

/// The service of [`Layer`].
#[derive(Debug, Clone)]
pub struct Service<S>(S);

impl<S> tower::Layer<S> for Layer {
    type Service = Service<S>;

    fn layer(&self, inner: S) -> Service<S> {
        Service(inner)
    }
}

impl<S: tower::Service<Request<B>>, B> tower::Service<Request<B>> for Service<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        let id = RequestId::of(request.extensions().get(), request.headers());
        request.extensions_mut().insert(id);
        self.0.call(request)
    }
}
