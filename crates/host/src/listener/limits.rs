//! What one client may do to the sockets.

use std::time::Duration;

/// Limits of connections and of request heads. Those of request bodies are [`edge::request_body::Limits`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Connections at the same time. When there are as many, the one that has waited longest for a request is closed for the next.
    pub max_connections: usize,
    /// Connections of one address (IPv6: of one /64). One more is answered 503 and closed.
    pub max_connections_per_client: usize,
    /// Time for the first bytes, the TLS handshake, the HTTP/2 preface and each request head. Node's `headersTimeout`.
    pub header_timeout: Duration,
    /// Time without a request after which a connection is closed. Fastify's `keepAliveTimeout`.
    pub idle_timeout: Duration,
    /// Time in which a client must take something of a response that is ready for it.
    pub write_timeout: Duration,
    /// Largest request head in bytes, as Node's `--max-http-header-size`; 431 beyond.
    pub max_header_size: usize,
    /// Most header fields of a request; 431 beyond.
    pub max_headers: usize,
    /// Longest request target in bytes; 414 beyond.
    pub max_uri_length: usize,
    /// Requests at the same time on one HTTP/2 connection.
    pub h2_max_streams: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_connections: 10_000,
            max_connections_per_client: 256,
            header_timeout: Duration::from_secs(60),
            idle_timeout: Duration::from_secs(72),
            write_timeout: Duration::from_secs(60),
            max_header_size: 16 << 10,
            max_headers: 100,
            max_uri_length: 8 << 10,
            h2_max_streams: 100,
        }
    }
}
