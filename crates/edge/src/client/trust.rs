//! Whose word counts, and where it is read: the checked settings of `[trust]`.

use std::num::NonZeroUsize;

use http::HeaderName;

use super::peers::{Invalid, Peers, v4};

pub(super) const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
pub(super) const FORWARDED: HeaderName = http::header::FORWARDED;
pub(super) const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
pub(super) const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Settings. By default nobody is trusted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trust {
    /// The proxies. From anyone else no header counts.
    pub peers: Peers,
    /// The header with the client's address. `None`: the peer is the client.
    pub address: Option<Source>,
    /// The header with `https` or `http`; of a list the last entry. `None`: what `forwarded` says if that is the source of the
    /// address, else the connection itself.
    pub proto_header: Option<HeaderName>,
    /// The header with the host the client asked for; of a list the last entry. `None`: likewise, else the `host` header.
    pub host_header: Option<HeaderName>,
}

/// A header with the client's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `x-forwarded-for`: a list to which each proxy appends who connected to it.
    XForwardedFor(Count),
    /// `forwarded` (RFC 7239): such a list, with host and scheme.
    Forwarded(Count),
    /// Any other: one address, which the proxy sets whatever the client sent.
    Single(HeaderName),
}

/// Which entry of a list is the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// From the right, the first whose address is not a trusted peer.
    Trusted,
    /// So many from the right, 1 being the rightmost; the leftmost of a shorter list. 0: the peer.
    Hops(usize),
    /// The leftmost: what the client itself may have written.
    All,
}

impl Source {
    /// The source that a setting names. `hops`: see [`Count::Hops`]; absent, [`Count::Trusted`].
    ///
    /// # Errors
    /// The text is no header name, or `hops` stands beside a header with one address.
    pub fn new(header: &str, hops: Option<NonZeroUsize>) -> Result<Source, Invalid> {
        let count = hops.map_or(Count::Trusted, |hops| Count::Hops(hops.get()));
        let invalid = |expected| Invalid { value: header.to_owned(), expected };
        let name: HeaderName = header.parse().map_err(|_| invalid("the name of a header, such as `x-forwarded-for`"))?;
        if name == X_FORWARDED_FOR {
            return Ok(Source::XForwardedFor(count));
        }
        if name == FORWARDED {
            return Ok(Source::Forwarded(count));
        }
        match hops {
            None => Ok(Source::Single(name)),
            Some(_) => Err(invalid("`x-forwarded-for` or `forwarded` beside `hops`, as other headers hold one address")),
        }
    }
}

impl Trust {
    /// Nobody: the peer of the connection is the client.
    pub fn none() -> Trust {
        Trust::default()
    }

    /// Behind the proxy of Fly.io, which reaches a machine over IPv4 from 172.16.0.0/12.
    ///
    /// `fly-client-ip` is the header that it sets whatever the client sent; the rightmost entry of its `x-forwarded-for` is the
    /// app's own address. Peers of the private network (6PN, fdaa::/16) are other machines, which can write what they like.
    pub fn fly() -> Trust {
        Trust {
            peers: Peers::of_net(v4([172, 16, 0, 0], 12)),
            address: Some(Source::Single(HeaderName::from_static("fly-client-ip"))),
            proto_header: Some(X_FORWARDED_PROTO),
            host_header: None,
        }
    }

    /// Host and scheme from trusted peers only, also for a [`Trust::from_fastify`] (no change for others): what Fastify 5
    /// does and Fastify 4 does not (GHSA-444r-cwp2-x5xf).
    #[must_use]
    pub fn with_checked_origin(mut self) -> Trust {
        self.peers.believe_origin_of_peers_only();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_a_source() {
        let two = NonZeroUsize::new(2);
        let cases = [
            ("X-Forwarded-For", None, Ok(Source::XForwardedFor(Count::Trusted))),
            ("x-forwarded-for", two, Ok(Source::XForwardedFor(Count::Hops(2)))),
            ("forwarded", None, Ok(Source::Forwarded(Count::Trusted))),
            ("cf-connecting-ip", None, Ok(Source::Single(HeaderName::from_static("cf-connecting-ip")))),
            (
                "fly-client-ip",
                two,
                Err(
                    "`fly-client-ip`: expected `x-forwarded-for` or `forwarded` beside `hops`, as other headers hold one address",
                ),
            ),
            ("a b", None, Err("`a b`: expected the name of a header, such as `x-forwarded-for`")),
        ];
        for (header, hops, expected) in cases {
            assert_eq!(Source::new(header, hops).map_err(|error| error.to_string()), expected.map_err(str::to_owned), "{header}");
        }
    }
}
