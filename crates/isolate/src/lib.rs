//! A pool of V8 isolates that answers HTTP requests with a JavaScript server bundle.
//!
//! # Threads
//! One isolate is one dedicated OS thread with a current-thread tokio runtime. It is built, used and dropped there; the
//! rest of the process holds only a channel to it and a handle that can interrupt it. One more thread, the supervisor,
//! watches the CPU time of running turns; it sleeps while every isolate does.
//!
//! # What it deliberately does not know
//! HTTP servers, sockets, config files. The host gives it a [`Request`] and gets a [`Response`].

pub mod error;
pub mod host;
pub mod message;
pub mod overload;
pub mod pool;
pub mod script;

mod array_buffers;
mod bundle;
mod cpu_clock;
mod gauge;
mod limits;
mod ops;
mod reads;
mod runtime;
mod sanitize;
mod scheduling;
mod worker;

pub use bundle::provides;
pub use error::{Clock, Error, Failure};
pub use host::{Counting, Fetch, FetchError, Fly, Hit, Host, Limiter, Lookup, Purge, Rule, Selector, Trace};
pub use message::{Answer, Body, BodyStream, Client, Coding, Compression, Passed, Request, RequestBody, Response, StreamError};
pub use pool::{App, Config, Console, IsolateView, Pool, View, run_script};
pub use reads::{Read, Reads};
pub use scheduling::stand_back;
