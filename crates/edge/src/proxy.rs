//! Requests under a path go to a backend: the HTTP semantics of a gateway (RFC 9110 section 7.6).
//!
//! # Life of a request
//! ```text
//! Route::answer
//!   → path      is it surely below the route? what is it called at the backend
//!   → headers   what is about the client's connection goes; what the backend is told of the client comes
//!     → upstream::Upstream::send
//!   → rewrite   what the response says about places, in the client's terms
//!   → relay     its body, piece by piece
//! ```
//! Bodies are never collected, in neither direction. After a `101` there is no HTTP any more ([`tunnel`]).
//!
//! # What it deliberately does not do
//! Choose the route, limit rates, compress, keep responses: layers around it do. Retry: [`crate::upstream`] knows what was sent.

mod headers;
pub mod interim;
pub mod path;
mod problem;
mod relay;
pub mod rewrite;
mod told;
pub mod tunnel;

pub use tunnel::Tunnels;

use std::time::Duration;

use futures_util::future::{Either, select};
use http::header::{CONNECTION, HOST, TE, UPGRADE};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, Version};
use tokio::time::{Instant, timeout_at};

use crate::client::Client;
use crate::request_id::RequestId;
use crate::upstream::{self, RequestBody, Upstream};
use crate::{Body, request_body};
use path::Mapping;
use relay::Relay;
use rewrite::{Rewrite, Rules};

/// Headers that are set, or removed where there is no value.
pub type Changes = Vec<(HeaderName, Option<HeaderValue>)>;

/// A path whose requests go to a backend.
#[derive(Debug, Clone)]
pub struct Route {
    /// Its paths, and what they are called there.
    pub mapping: Mapping,
    /// The backend.
    pub upstream: Upstream,
    /// Methods that are passed on; none: all but `CONNECT` and `TRACE`, which never are.
    pub methods: Vec<Method>,
    /// What the backend reads as `Host`.
    pub host: Host,
    /// Headers of requests that are set or removed, after everything else.
    pub request_headers: Changes,
    /// Headers of responses that are set or removed.
    pub response_headers: Changes,
    /// What is rewritten in responses.
    pub rules: Rules,
    /// What tunnels are held to; `None`: no request is upgraded.
    pub tunnel: Option<tunnel::Config>,
    /// What a request body may be.
    pub body: request_body::Limits,
    /// From beginning to end; `None`: as the upstream has it.
    pub timeout: Option<Duration>,
}

/// What the backend reads as `Host`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// Its own name, as `@fastify/http-proxy` and nginx have it.
    Upstream,
    /// What the client asked for.
    Client,
    /// This.
    Named(HeaderValue),
}

impl Route {
    /// A route with the defaults.
    pub fn new(mapping: Mapping, upstream: Upstream) -> Route {
        Route {
            mapping,
            upstream,
            methods: Vec::new(),
            host: Host::Upstream,
            request_headers: Changes::new(),
            response_headers: Changes::new(),
            rules: Rules::default(),
            tunnel: None,
            body: request_body::Limits { max: None, ..request_body::Limits::default() },
            timeout: None,
        }
    }

    /// Sends a request on and returns what comes of it: never an error.
    pub async fn answer(&self, request: Request<RequestBody>, tunnels: &Tunnels) -> Response<Body> {
        let asked = Asked::of(&request);
        if !self.takes(request.method()) {
            return problem::method(self);
        }
        if told::loops(request.headers()) {
            return problem::looped(&asked.told());
        }
        if let Some(error) = self.body.refuse(request.headers()) {
            return problem::bad_body(error, asked.version);
        }
        let client = request.extensions().get::<Client>().cloned().unwrap_or_default();
        let (request, upgrade) = match self.outgoing(request, &client) {
            Ok(outgoing) => outgoing,
            Err(path::Outside) => return problem::outside(),
        };
        let deadline = self.timeout.map(|timeout| Instant::now() + timeout);
        let response = match self.send(request, deadline, &asked).await {
            Ok(response) => response,
            Err(answer) => return answer,
        };
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            return self.switch(response, upgrade, tunnels, &asked);
        }
        self.incoming(response, &client, Relay::new(deadline, asked))
    }

    fn takes(&self, method: &Method) -> bool {
        // Whoever may GET may HEAD.
        let plain = if *method == Method::HEAD { &Method::GET } else { method };
        let named = self.methods.is_empty() || self.methods.contains(method) || self.methods.contains(plain);
        named && !matches!(*method, Method::CONNECT | Method::TRACE)
    }

    /// The request as the backend gets it, and what the client wants to speak after a `101`.
    fn outgoing(
        &self,
        mut request: Request<RequestBody>,
        client: &Client,
    ) -> Result<(Request<RequestBody>, Option<Upgrade>), path::Outside> {
        let uri = self.mapping.target(request.uri())?;
        // Without this the client's connection cannot be upgraded, and the backend must not be asked.
        let can_upgrade = self.tunnel.is_some() && request.extensions().get::<hyper::upgrade::OnUpgrade>().is_some();
        let protocol = headers::upgrade(request.version(), request.headers()).filter(|_| can_upgrade);
        let upgrade = protocol.clone().map(|_| Upgrade { client: hyper::upgrade::on(&mut request), asked: HeaderMap::new() });
        let (mut parts, body) = request.into_parts();
        let interim = parts.extensions.remove::<interim::Interim>();
        self.headers(&mut parts, client, protocol);
        let upgrade = upgrade.map(|upgrade| Upgrade { asked: parts.headers.clone(), ..upgrade });
        let mut outgoing = Request::new(body);
        *outgoing.method_mut() = parts.method;
        *outgoing.uri_mut() = uri;
        *outgoing.headers_mut() = parts.headers;
        Ok((interim::prepare(outgoing, interim), upgrade))
    }

    /// Ours come after those of the connection have gone, so that no `Connection` of a client's reaches them.
    fn headers(&self, parts: &mut Parts, client: &Client, upgrade: Option<HeaderValue>) {
        let headers = &mut parts.headers;
        let trailers = headers::takes_trailers(headers);
        headers::strip(headers);
        headers::join_cookies(headers);
        if trailers {
            headers.insert(TE, HeaderValue::from_static("trailers"));
        }
        if let Some(protocol) = upgrade {
            headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
            headers.insert(UPGRADE, protocol);
        }
        let host = match &self.host {
            Host::Upstream => None,
            Host::Client => client.host.as_deref().and_then(|host| HeaderValue::from_str(host).ok()),
            Host::Named(host) => Some(host.clone()),
        };
        match host {
            Some(host) => drop(headers.insert(HOST, host)),
            None => drop(headers.remove(HOST)),
        }
        told::about_client(headers, client, &self.mapping);
        told::way(headers, parts.version);
        told::trace(headers, parts.extensions.get::<RequestId>());
        headers::change(headers, &self.request_headers);
    }

    /// # Errors
    /// The answer in place of the backend's.
    async fn send(
        &self,
        request: Request<RequestBody>,
        deadline: Option<Instant>,
        asked: &Asked,
    ) -> Result<Response<upstream::Body>, Response<Body>> {
        let sending = async {
            if http_body::Body::is_end_stream(request.body()) {
                return self.upstream.send(request).await.map_err(|error| problem::failed(&error, &asked.told()));
            }
            let (parts, body) = request.into_parts();
            let (body, outcome) = request_body::Body::new(body, self.limits(&parts.headers));
            let sending = Box::pin(self.upstream.send(Request::from_parts(parts, Box::pin(body))));
            match select(outcome, sending).await {
                // Whatever the backend would make of it: the client is told now, and the request is given up.
                Either::Left((error, _)) => Err(problem::bad_body(error, asked.version)),
                Either::Right((answer, outcome)) => match answer {
                    Ok(response) => Ok(response),
                    Err(error) => Err(match outcome.error() {
                        Some(error) => problem::bad_body(error, asked.version),
                        None => problem::failed(&error, &asked.told()),
                    }),
                },
            }
        };
        let Some(deadline) = deadline else { return sending.await };
        match timeout_at(deadline, sending).await {
            Ok(sent) => sent,
            Err(_) => Err(problem::too_long(format!("{}: no response in time", asked.told()))),
        }
    }

    /// A call of gRPC goes on as long as both sides like, and either may be silent meanwhile.
    fn limits(&self, headers: &HeaderMap) -> request_body::Limits {
        const LONG: Duration = Duration::from_secs(24 * 3600);
        let mut limits = self.body.clone();
        if is_grpc(headers) {
            (limits.timeout, limits.min_rate) = (LONG, 0);
        }
        limits
    }

    /// The response as the client gets it.
    fn incoming(&self, response: Response<upstream::Body>, client: &Client, relay: Relay) -> Response<Body> {
        let (mut parts, body) = response.into_parts();
        let headers = &mut parts.headers;
        headers::strip(headers);
        // It speaks of another way to the backend's origin, which is not the one the client knows (RFC 7838 section 2).
        headers.remove(http::header::ALT_SVC);
        let authorities = self.authorities(client);
        Rewrite { rules: &self.rules, mapping: &self.mapping, authorities: &authorities }.apply(headers);
        headers::change(headers, &self.response_headers);
        let is_empty = relay.is_head() || http_body::Body::is_end_stream(&body);
        let body = if is_empty { Body::Empty } else { Body::stream(relay.of(body)) };
        let mut response = Response::new(body);
        *response.status_mut() = parts.status;
        *response.headers_mut() = parts.headers;
        if let Some(reason) = parts.extensions.remove::<hyper::ext::ReasonPhrase>() {
            response.extensions_mut().insert(reason);
        }
        response
    }

    /// What the backend may call itself: by its own name, and by the `Host` that it was sent unless that is the client's.
    fn authorities(&self, client: &Client) -> Vec<String> {
        let named = match &self.host {
            Host::Named(host) => host.to_str().ok().map(str::to_owned),
            Host::Upstream | Host::Client => None,
        };
        let own = self.upstream.config().target.authority();
        // One name for both sides: an absolute URL with it is right as it is.
        let is_clients = |authority: &String| client.host.as_deref().is_some_and(|host| host.eq_ignore_ascii_case(authority));
        [Some(own), named].into_iter().flatten().filter(|authority| !is_clients(authority)).collect()
    }

    /// The answer to a `101`.
    fn switch(
        &self,
        response: Response<upstream::Body>,
        upgrade: Option<Upgrade>,
        tunnels: &Tunnels,
        asked: &Asked,
    ) -> Response<Body> {
        let (Some(upgrade), Some(config)) = (upgrade, &self.tunnel) else {
            return problem::bad_gateway(format!("{}: an upgrade that nobody asked for", asked.told()));
        };
        match tunnels.open(upgrade.client, &upgrade.asked, response, config) {
            Ok(mut response) => {
                headers::change(response.headers_mut(), &self.response_headers);
                response
            }
            Err(error) => problem::bad_gateway(format!("{}: {error}", asked.told())),
        }
    }
}

/// A call of gRPC, whatever the form of its messages (`application/grpc+proto`).
pub fn is_grpc(headers: &HeaderMap) -> bool {
    let kind = headers.get(http::header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let rest = kind.get(..16).filter(|name| name.eq_ignore_ascii_case(b"application/grpc")).map(|_| &kind[16..]);
    rest.is_some_and(|rest| rest.is_empty() || matches!(rest[0], b'+' | b';' | b' '))
}

/// What the client wants after a `101`.
struct Upgrade {
    client: hyper::upgrade::OnUpgrade,
    /// The headers that the backend was asked with.
    asked: HeaderMap,
}

/// What is needed of a request after it has gone.
struct Asked {
    method: Method,
    version: Version,
    uri: Uri,
    id: Option<RequestId>,
}

impl Asked {
    fn of<B>(request: &Request<B>) -> Asked {
        Asked {
            method: request.method().clone(),
            version: request.version(),
            uri: request.uri().clone(),
            id: request.extensions().get().cloned(),
        }
    }

    /// Which one it was, for the log: no query, which may hold secrets.
    fn told(&self) -> String {
        let (method, path) = (&self.method, self.uri.path());
        match &self.id {
            Some(id) => format!("{method} {path} ({})", id.to_header().to_str().unwrap_or_default()),
            None => format!("{method} {path}"),
        }
    }
}
