//! Why there is no response.

use std::fmt;

use http::StatusCode;

use crate::BoxError;

/// Why a request has no response, or a response no end.
#[derive(Debug, thiserror::Error)]
pub struct Error {
    /// What happened.
    pub kind: Kind,
    /// The target, as configured.
    pub target: String,
    /// The address it went to, if it came to that.
    pub address: Option<String>,
    /// Nothing of the request has reached the other side.
    pub unsent: bool,
    /// What the system or the protocol says.
    pub source: Option<BoxError>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The name has no address, or nobody says which.
    Unresolved,
    /// Addresses that are not to be used.
    Refused,
    /// All addresses are known to be ill, or have all the connections they may have.
    Unavailable,
    /// No connection came about.
    Connect,
    /// No connection in time.
    ConnectTimeout,
    /// No response in time.
    ResponseTimeout,
    /// The response took too long as a whole.
    TotalTimeout,
    /// The response stood still.
    IdleTimeout,
    /// The connection ended before the response did.
    Ended,
    /// What came is no HTTP.
    Malformed,
    /// The request's own body failed.
    RequestBody,
}

impl Kind {
    /// What a gateway answers (RFC 9110 sections 15.6.3 to 15.6.5).
    pub fn status(self) -> StatusCode {
        match self {
            Kind::Unresolved | Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Kind::ConnectTimeout | Kind::ResponseTimeout | Kind::TotalTimeout | Kind::IdleTimeout => StatusCode::GATEWAY_TIMEOUT,
            Kind::Refused | Kind::Connect | Kind::Ended | Kind::Malformed => StatusCode::BAD_GATEWAY,
            Kind::RequestBody => StatusCode::BAD_REQUEST,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Unresolved => "its name has no address",
            Kind::Refused => "its address is not allowed",
            Kind::Unavailable => "none of its addresses can take a request",
            Kind::Connect => "no connection",
            Kind::ConnectTimeout => "no connection in time",
            Kind::ResponseTimeout => "no response in time",
            Kind::TotalTimeout => "the response took too long",
            Kind::IdleTimeout => "the response stood still",
            Kind::Ended => "the connection ended before the response did",
            Kind::Malformed => "the response is malformed",
            Kind::RequestBody => "the request's body failed",
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.target)?;
        if let Some(address) = &self.address {
            write!(f, " ({address})")?;
        }
        write!(f, ": {}", self.kind)?;
        if let Some(source) = &self.source {
            write!(f, ": {source}")?;
        }
        Ok(())
    }
}
