//! Why a request of the app's failed, in the codes that Node has for it (libuv's, and undici's `lib/core/errors.js`): apps look at
//! `error.cause.code`.

use std::error::Error as StdError;
use std::io;

use edge::outbound;
use edge::upstream::target::Place;
use edge::upstream::{self, Kind, Target};
use http::Uri;
use isolate::FetchError;

const FORBIDDEN: &str = "ERR_SSR_HOST_FETCH_FORBIDDEN";

/// What `outbound` says.
pub(super) fn of(error: outbound::Error, target: &Target) -> FetchError {
    match error {
        outbound::Error::Forbidden(message) => FetchError { code: FORBIDDEN, status: 502, message },
        outbound::Error::Upstream(error) => of_upstream(&error, target),
    }
}

/// What a response's body says that does not come to its end.
pub(super) fn of_body(error: Box<dyn StdError + Send + Sync>, target: &Target) -> Box<dyn StdError + Send + Sync> {
    tracing::debug!("fetch: {error}");
    match error.downcast::<upstream::Error>() {
        Ok(error) if matches!(error.kind, Kind::TotalTimeout | Kind::IdleTimeout) => {
            Box::new(FetchError { code: "UND_ERR_BODY_TIMEOUT", ..of_upstream(&error, target) })
        }
        Ok(error) => Box::new(of_upstream(&error, target)),
        Err(error) => error,
    }
}

/// The host is about to end, and its connections with it.
pub(super) fn stopping() -> FetchError {
    FetchError { code: "UND_ERR_SOCKET", status: 502, message: "the host is stopping".to_owned() }
}

/// No address is to be had from it.
pub(super) fn unusable(uri: &Uri) -> FetchError {
    FetchError { code: "UND_ERR_INVALID_ARG", status: 502, message: format!("`{uri}` is no http or https URL") }
}

fn of_upstream(error: &upstream::Error, target: &Target) -> FetchError {
    let status = error.kind.status().as_u16();
    let code = match error.kind {
        Kind::Unresolved => "ENOTFOUND",
        Kind::Refused => FORBIDDEN,
        Kind::Unavailable => "ECONNREFUSED",
        Kind::ConnectTimeout => "UND_ERR_CONNECT_TIMEOUT",
        Kind::ResponseTimeout | Kind::TotalTimeout | Kind::IdleTimeout => "UND_ERR_HEADERS_TIMEOUT",
        Kind::Malformed => "HPE_INVALID_CONSTANT",
        Kind::Connect | Kind::Ended | Kind::RequestBody => {
            error.source.as_deref().and_then(|source| system_code(source)).unwrap_or("UND_ERR_SOCKET")
        }
    };
    // Node's words where it has some; all that is known goes to the log.
    let message = match (error.kind, code, &target.place) {
        (Kind::Unresolved, _, Place::Tcp { host, .. }) => format!("getaddrinfo ENOTFOUND {host}"),
        (Kind::Connect, "ECONNREFUSED", _) if let Some(address) = &error.address => format!("connect ECONNREFUSED {address}"),
        (Kind::Ended, "UND_ERR_SOCKET", _) => "other side closed".to_owned(),
        (Kind::Ended, "ECONNRESET", _) => "read ECONNRESET".to_owned(),
        _ => error.to_string(),
    };
    FetchError { code, status, message }
}

/// The code of the system's error, or of TLS's, that lies behind `error`.
fn system_code(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    let mut causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.find_map(|error| {
        let io = error.downcast_ref::<io::Error>();
        let tls = error.downcast_ref().or_else(|| io?.get_ref()?.downcast_ref::<rustls::Error>());
        tls.and_then(tls_code).or_else(|| io_code(io?.kind()))
    })
}

fn io_code(kind: io::ErrorKind) -> Option<&'static str> {
    Some(match kind {
        io::ErrorKind::ConnectionRefused => "ECONNREFUSED",
        io::ErrorKind::ConnectionReset => "ECONNRESET",
        io::ErrorKind::BrokenPipe => "EPIPE",
        io::ErrorKind::HostUnreachable => "EHOSTUNREACH",
        io::ErrorKind::NetworkUnreachable => "ENETUNREACH",
        io::ErrorKind::TimedOut => "ETIMEDOUT",
        _ => return None,
    })
}

/// OpenSSL's names, which Node shows.
fn tls_code(error: &rustls::Error) -> Option<&'static str> {
    let rustls::Error::InvalidCertificate(error) = error else { return None };
    Some(match error {
        rustls::CertificateError::Expired | rustls::CertificateError::ExpiredContext { .. } => "CERT_HAS_EXPIRED",
        rustls::CertificateError::NotValidForName | rustls::CertificateError::NotValidForNameContext { .. } => {
            "ERR_TLS_CERT_ALTNAME_INVALID"
        }
        rustls::CertificateError::UnknownIssuer => "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(kind: Kind, source: Option<io::Error>) -> FetchError {
        let target: Target = "http://a.internal:8080".parse().unwrap();
        let source = source.map(Into::into);
        let error =
            upstream::Error { kind, target: target.to_string(), address: Some("[fdaa::1]:8080".into()), unsent: true, source };
        of(error.into(), &target)
    }

    /// The texts of Node 20 where there are some.
    #[test]
    fn failures_have_nodes_codes() {
        let refused = failed(Kind::Connect, Some(io::ErrorKind::ConnectionRefused.into()));
        assert_eq!((refused.code, refused.message.as_str()), ("ECONNREFUSED", "connect ECONNREFUSED [fdaa::1]:8080"));
        let unknown = failed(Kind::Unresolved, None);
        assert_eq!(
            (unknown.code, unknown.message.as_str(), unknown.status),
            ("ENOTFOUND", "getaddrinfo ENOTFOUND a.internal", 503)
        );
        assert_eq!(failed(Kind::ResponseTimeout, None).code, "UND_ERR_HEADERS_TIMEOUT");
        assert_eq!(failed(Kind::Ended, None).code, "UND_ERR_SOCKET");
        assert_eq!(failed(Kind::Ended, Some(io::ErrorKind::ConnectionReset.into())).code, "ECONNRESET");
        let expired = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
        assert_eq!(failed(Kind::Connect, Some(io::Error::new(io::ErrorKind::InvalidData, expired))).code, "CERT_HAS_EXPIRED");
    }
}
