//! A pool of V8 isolates that answers HTTP requests with a JavaScript server bundle.
//!
//! # Threads
//! One isolate is one dedicated OS thread with a current-thread tokio runtime. It is built, used and dropped there; the
//! rest of the process holds only a channel to it and a handle that can interrupt it. One more thread, the supervisor,
//! watches the CPU time of running turns; it sleeps while every isolate does.
//!
//! # What it deliberately does not know
//! axum, sockets, config files. The host gives it a [`Request`] and gets a [`Response`].

pub mod error;
pub mod message;
pub mod overload;
pub mod pool;

mod array_buffers;
mod bundle;
mod limits;
mod ops;
mod runtime;
mod sanitize;
mod scheduling;
mod script;
mod worker;

pub use error::{Clock, Error, Failure};
pub use message::{Answer, Body, BodyStream, Request, RequestBody, Response, StreamError};
pub use pool::{App, Config, Pool, run_script};
pub use scheduling::stand_back;

/// Static files as the host serves them; the app's plug-ins configure it and ask it what is there.
pub trait Files: Send + Sync + 'static {
    /// Registers a directory. Called once per isolate with the same options: equal options give the same number.
    ///
    /// # Errors
    /// A sentence for the developer, for instance that `root` does not exist.
    fn mount(&self, options: &serde_json::Value) -> Result<u32, String>;

    /// What lies at `path` (percent-decoded, with its leading slash) below the root of `mount`.
    fn lookup(&self, mount: u32, path: &str) -> Lookup;
}

/// Answer of [`Files::lookup`]; the numbers are what JavaScript sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Lookup {
    /// Nothing to serve.
    NotFound = 0,
    /// A file, or a directory with an index file.
    File = 1,
    /// A directory asked for without its trailing slash.
    Redirect = 2,
    /// Something the options forbid, such as a dotfile.
    Forbidden = 3,
}
