//! One attempt: a request on a connection, until the head of its response is there.

use http::header::{HOST, UPGRADE};
use http::request::Parts;
use http::uri::{Authority, Scheme};
use http::{HeaderValue, Method, Request, Response, Uri};
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use tokio::time::{Instant, timeout_at};

use super::Inner;
use super::error::{Error, Kind};
use super::replay::{Replay, Source};
use super::search::Way;
use super::target::Scheme as TargetScheme;
use crate::BoxError;

/// Why an attempt has brought no response.
pub(super) struct Failure {
    pub(super) error: Error,
    /// The connection had been closed before the request reached it: not a fault of the address.
    pub(super) was_stale: bool,
}

/// Whether HTTP/2 would not do for a request.
pub(super) fn needs_h1(parts: &Parts) -> bool {
    parts.headers.contains_key(UPGRADE)
}

impl Inner {
    /// Sends the request and waits for the head of the response.
    pub(super) async fn exchange(
        &self,
        way: &mut Way,
        parts: Parts,
        body: Replay,
        source: Option<&Source>,
    ) -> Result<Response<Incoming>, Failure> {
        let request = match way.lease.is_h2() {
            true => self.h2_request(parts, body),
            false => self.h1_request(parts, body),
        };
        let request = request.map_err(|error| self.failure(way, Kind::Refused, true, Some(error)))?;
        match self.head(way, request, source).await {
            Some(Ok(response)) => Ok(response),
            Some(Err(mut error)) => {
                let unsent = error.take_message().is_some() || refused_stream(error.error());
                let kind = kind_of(error.error(), source);
                let was_stale = way.lease.is_reused && (unsent || kind == Kind::Ended);
                Err(Failure { was_stale, ..self.failure(way, kind, unsent, Some(error.into_error().into())) })
            }
            None => Err(self.failure(way, Kind::ResponseTimeout, false, None)),
        }
    }

    /// The head of the response; `None`: it did not come in time.
    async fn head(
        &self,
        way: &mut Way,
        request: Request<Replay>,
        source: Option<&Source>,
    ) -> Option<Result<Response<Incoming>, TrySendError<Request<Replay>>>> {
        let began = Instant::now();
        let mut sending = std::pin::pin!(way.lease.send(request));
        loop {
            // While the client still sends its body, it is not the backend that is waited for.
            let since = source.map_or(began, Source::progress);
            match timeout_at(since + self.config.timeouts.first_byte, sending.as_mut()).await {
                Ok(outcome) => return Some(outcome),
                Err(_) if source.is_some_and(|source| source.progress() > since) => {}
                Err(_) => return None,
            }
        }
    }

    fn failure(&self, way: &Way, kind: Kind, unsent: bool, source: Option<BoxError>) -> Failure {
        let address = Some(way.endpoint.address.to_string());
        Failure { error: Error { kind, target: self.name.to_string(), address, unsent, source }, was_stale: false }
    }

    pub(super) fn h1_request(&self, mut parts: Parts, body: Replay) -> Result<Request<Replay>, BoxError> {
        if !parts.headers.contains_key(HOST) {
            parts.headers.insert(HOST, self.authority.clone());
        }
        Ok(Request::from_parts(parts, body))
    }

    /// HTTP/2 has scheme and authority in the place of `Host` (RFC 9113 section 8.3.1).
    pub(super) fn h2_request(&self, mut parts: Parts, body: Replay) -> Result<Request<Replay>, BoxError> {
        let host = parts.headers.remove(HOST).unwrap_or_else(|| self.authority.clone());
        let mut uri = std::mem::take(&mut parts.uri).into_parts();
        uri.authority = Some(Authority::try_from(host.as_bytes())?);
        uri.scheme = Some(if self.config.target.scheme == TargetScheme::Https { Scheme::HTTPS } else { Scheme::HTTP });
        parts.uri = Uri::from_parts(uri)?;
        parts.version = http::Version::HTTP_2;
        Ok(Request::from_parts(parts, body))
    }

    /// Whether a request may be sent once more after this; `has_another`: there is an address that has not been asked.
    pub(super) fn may_retry(&self, failure: &Failure, method: &Method, retries: u32, has_another: impl Fn() -> bool) -> bool {
        let retry = &self.config.retry;
        if !retry.enabled || retries >= MOST_RETRIES {
            return false;
        }
        if failure.error.unsent {
            return true;
        }
        // Who has said nothing for so long is not asked again, but another may be well.
        let may_help = failure.error.kind == Kind::Ended || (failure.error.kind == Kind::ResponseTimeout && has_another());
        // A stale connection says nothing about the backend, so it costs nothing of the budget.
        may_help && super::retry::is_idempotent(method) && (failure.was_stale || (retries == 0 && self.budget.withdraw()))
    }
}

/// However often a request was never sent.
const MOST_RETRIES: u32 = 3;

/// RFC 9113 section 8.7: nothing was done with it.
fn refused_stream(error: &hyper::Error) -> bool {
    let chain = std::iter::successors(Some(error as &(dyn std::error::Error + 'static)), |error| error.source());
    chain.filter_map(|error| error.downcast_ref::<h2::Error>()).any(|error| {
        let graceful = error.is_go_away() && error.reason() == Some(h2::Reason::NO_ERROR);
        error.is_remote() && (graceful || error.reason() == Some(h2::Reason::REFUSED_STREAM))
    })
}

fn kind_of(error: &hyper::Error, source: Option<&Source>) -> Kind {
    if source.is_some_and(Source::has_failed) {
        return Kind::RequestBody;
    }
    match error.is_parse() || error.is_parse_too_large() || error.is_parse_status() {
        true => Kind::Malformed,
        false => Kind::Ended,
    }
}

/// A header's value for an authority that has been parsed before.
pub(super) fn host_value(authority: &str) -> HeaderValue {
    HeaderValue::from_str(authority).unwrap_or_else(|_| HeaderValue::from_static("localhost"))
}
