//! What the app has read of a request, as the render cache wants it: [`isolate::Read`] → [`cache::Read`].

use edge::cache::{self, Name};
use isolate::Read;

/// Asked for when the response's body has ended: what makes a stream goes on reading.
pub fn of(reads: isolate::Reads) -> cache::Reads {
    cache::Reads::new(move || reads.list().into_iter().map(one).collect())
}

fn one(read: Read) -> cache::Read {
    match read {
        Read::Headers => cache::Read::Headers,
        Read::Header(name) => cache::Read::Header(Name(name)),
        Read::Cookies => cache::Read::Cookies,
        Read::Cookie(name) => cache::Read::Cookie(name),
        Read::Query => cache::Read::Query,
        Read::Parameter(name) => cache::Read::Parameter(name),
        Read::Client => cache::Read::Client,
        Read::Host => cache::Read::Host,
        Read::Scheme => cache::Read::Scheme,
        Read::Version => cache::Read::Version,
        Read::Unique => cache::Read::Unique,
    }
}
