//! HTTP parts that need no JavaScript engine: layers, static files and the one renderer of refusals.
//!
//! # What belongs here
//! Whatever turns a request or a response into another one and can be written, compiled and tested without V8: one concept
//! is one file. Layers are [`tower::Layer`]s that answer with a response and never with an error of their own;
//! [`hydration`] is the pattern to follow.
//!
//! # What it deliberately does not know
//! The isolate pool, sockets, command line and environment. `host` puts the parts in order (`host/src/stack.rs`).

pub mod account;
pub mod body;
pub mod cache;
pub mod catch_panic;
pub mod client;
pub mod compression;
pub mod cors;
pub mod cross_site;
pub mod csp;
pub mod drain;
pub mod files;
pub mod finish;
mod fly_replay;
pub mod hydration;
pub mod origin;
pub mod outbound;
pub mod path;
pub mod precompress;
pub mod problem;
pub mod proxy;
pub mod proxy_protocol;
pub mod queue_time;
pub mod rate_limit;
pub mod redact;
mod redis;
pub mod request_body;
pub mod request_id;
pub mod security_headers;
pub mod upstream;

pub use body::Body;
pub use problem::Problem;

/// What a body may fail with: the connection is cut, because the head has already been sent.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
