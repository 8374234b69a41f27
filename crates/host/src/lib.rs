//! The host: command line, configuration, sockets, and the order in which a request passes through the parts.
//!
//! # Life of a request
//! ```text
//! listener  accept, TLS, protocol, limits, deadlines
//!   → stack   client → … → log and metrics → panic guard → … → compression    one layer a line
//!     → routes  /health · /ready · everything else
//!       → cache   a page that is kept, when there is a render cache
//!       → proxy   paths that go to a backend
//!       → ssr     hydration repair → isolate::Pool → response, or a static file from `assets`
//! ```
//! A layer may answer early or pass on; on the way back it may only add.
//!
//! # What it deliberately does not hold
//! Anything about V8 (`isolate`) and anything that turns requests into responses without it (`edge`).

use std::path::{Path, PathBuf};

use anyhow::Context as _;

pub mod address;
pub mod admin;
pub mod asleep;
pub mod assets;
pub mod backends;
pub mod build_id;
pub mod check;
pub mod config;
pub mod earlier_files;
pub mod fly;
pub mod health;
pub mod healthcheck;
pub mod init;
pub mod listener;
pub mod node_http;
pub mod observe;
pub mod orphans;
pub mod plugins;
pub mod precompress;
pub mod proxied;
pub mod reads;
pub mod render_cache;
pub mod routes;
pub mod run;
mod serve;
pub mod shutdown;
pub mod ssr;
pub mod stack;
pub mod telemetry;

pub use serve::serve;

/// The message for an app that does not start; the isolate's error has file, line and hint.
fn cannot_start(entry: &Path, error: &isolate::Error) -> anyhow::Error {
    anyhow::Error::new(error.clone()).context(format!("`{}` does not start", relative(entry).display()))
}

/// The path as the user would write it.
fn relative(path: &Path) -> &Path {
    std::env::current_dir().ok().and_then(|dir| path.strip_prefix(dir).ok()).unwrap_or(path)
}

/// An absolute path without the `..` and links in it, for messages and for the isolates.
fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("cannot resolve `{}`", path.display()))
}
