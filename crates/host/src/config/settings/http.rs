//! `[tls]` and `[http]`: the connection, and what one client may use up.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use super::super::declare::settings;
use super::super::setting::Size;
use super::checks::Checks;

settings! {
    /// Certificate and key.
    pub struct Tls {
        /// File with the certificate and those that lead from it to the authority's (PEM).
        cert: Option<PathBuf> = (unset "no TLS"),
        /// File with the key of the certificate (PEM).
        key: Option<PathBuf> = (unset "no TLS"),
        /// How often both files are looked at; changed ones are used for new connections.
        reload_interval: Duration = "10s" from "1s",
    }
}

settings! {
    /// Limits of connections and requests.
    pub struct Http {
        /// Connections at the same time.
        max_connections: NonZeroUsize = 10000,
        /// Connections of one address at the same time. Trusted peers and Unix sockets are exempt.
        max_connections_per_client: NonZeroUsize = 256,
        /// Time for the first bytes, for the TLS handshake, and for the head of each request (Node: 60 s).
        header_timeout: Duration = "60s",
        /// Time between two requests on a connection (Fastify's `keepAliveTimeout`: 72 s).
        idle_timeout: Duration = "72s",
        /// Size of a request's head, above which it is answered with 431 (as Node's `--max-http-header-size`).
        max_header_size: Size = "16KiB" from "1KiB" to "1MiB",
        /// Number of headers, above which a request is answered with 431.
        max_headers: usize = 100 from 1 to 10000,
        /// Length of a URL, above which a request is answered with 414.
        max_uri_length: Size = "8KiB" from "64B" to "63KiB",
        /// Size of a request's body, above which it is answered with 413. The `bodyLimit` of a Fastify app and of its routes holds as well: the smaller one decides.
        body_limit: Option<Size> = (unset "1MiB for a fetch handler; a Fastify app's own `bodyLimit`"),
        /// Longest pause between two pieces of a request's body.
        body_timeout: Duration = "30s",
        /// Bytes a second that a request's body must come with on average, after its first 10 seconds.
        body_min_rate: Size = "256B",
        /// How long a client may take nothing of a response before it is cut off.
        write_timeout: Duration = "60s",
        /// Requests at the same time on one HTTP/2 connection.
        h2_max_streams: u32 = 100 from 1 to 10000,
        /// Tell in each answer where its time went (`Server-Timing`): for developer tools, and for whoever else asks.
        server_timing: bool = false,
    }
}

impl Tls {
    pub(super) fn check(&self, checks: &mut Checks<'_>) {
        let missing = match (&self.cert, &self.key) {
            (Some(_), None) => Some(("tls.cert", "tls.key", "its key")),
            (None, Some(_)) => Some(("tls.key", "tls.cert", "its certificate")),
            _ => None,
        };
        if let Some((set, missing, what)) = missing {
            checks.about(set, format!("is set without `{missing}`: expected the file of {what} as well"));
        }
        checks.file("tls.cert", self.cert.as_deref());
        checks.file("tls.key", self.key.as_deref());
    }
}
