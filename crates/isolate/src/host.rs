//! What the host does for the app's plug-ins: the one trait through which an isolate asks for anything but a response.
//!
//! A plug-in call in the app *configures*, the host *executes*. Every isolate runs the same start-up code and so makes the same
//! calls: equal options must give the same number in all of them, and what is counted under a number is counted once.

use std::fmt;

use deno_core::futures::future::BoxFuture;
use http::HeaderValue;
use serde::{Deserialize, Serialize};

use crate::message::RequestBody;

/// The host, as the app's plug-ins see it.
pub trait Host: Send + Sync + 'static {
    /// Registers a directory of static files. Called once per isolate with the same options: equal options give the same number.
    ///
    /// # Errors
    /// A sentence for the developer, for instance that `root` does not exist.
    fn mount(&self, options: &serde_json::Value) -> Result<u32, String>;

    /// What lies at `path` (percent-decoded, with its leading slash) below the root of `mount`.
    fn lookup(&self, mount: u32, path: &str) -> Lookup;

    /// The `content-type` of the file at `path` of `mount`; `None` when there is none.
    fn file_type(&self, mount: u32, path: &str) -> Option<String>;

    /// Registers a limiter. `nth` counts those with equal options that the same isolate has registered before: two limiters stay
    /// two, and the n-th one of each isolate is the same.
    ///
    /// # Errors
    /// A sentence for the developer.
    fn limiter(&self, limiter: &Limiter, nth: u32) -> Result<u32, String>;

    /// Counts one request of `key` against `limiter`. `now_ms` is the time in milliseconds since the Unix epoch.
    fn hit(&self, limiter: u32, key: &str, rule: Rule, now_ms: u64) -> Hit;

    /// The app's `trustProxy` option (boolean, number of hops, list of addresses; `null` for a function, which only JavaScript
    /// can call). Returns whether the host has its own idea of whom to trust, so that the option is without effect.
    ///
    /// # Errors
    /// A sentence for the developer.
    fn trust_proxy(&self, option: &serde_json::Value) -> Result<bool, String>;

    /// The machine of Fly.io that this is. `None`: it is none.
    fn fly(&self) -> Option<Fly> {
        None
    }

    /// The app imports `ssr-host`: it asks for the render cache. Called once per isolate.
    fn cache_asked(&self);

    /// Makes the render cache forget what `purge` selects; ready when nothing of it is served any more.
    ///
    /// # Errors
    /// A sentence for the developer.
    fn purge(&self, purge: Purge) -> BoxFuture<'static, Result<(), String>>;

    /// Registers an upstream of the app's (`@fastify/http-proxy`, `@fastify/reply-from`). Called once per isolate with the same options:
    /// equal options give the same number.
    ///
    /// # Errors
    /// A sentence for the developer.
    fn upstream(&self, options: &serde_json::Value) -> Result<u32, String>;

    /// Makes a request for the app and returns the head of its response; the bodies need not be read on the same thread. A `101` has
    /// `hyper::upgrade::OnUpgrade` in its extensions. Dropping the future, or the body, gives the request up.
    fn fetch(&self, fetch: Fetch) -> BoxFuture<'static, Result<http::Response<RequestBody>, FetchError>>;
}

/// A machine of Fly.io, as the app is told of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fly {
    /// The name of the app.
    pub app: Option<String>,
    /// Where the machine is, such as `fra`.
    pub region: Option<String>,
    /// Its id.
    pub machine: Option<String>,
    /// Where the app's database is written to.
    pub primary_region: Option<String>,
}

/// A request that the app makes.
pub struct Fetch {
    /// Its URI is absolute, `http` or `https`. A body that is complete has its length as size hint.
    pub request: http::Request<RequestBody>,
    /// To a registered upstream, whatever its origin; `None`: to whoever has the URI's origin.
    pub upstream: Option<u32>,
    /// The request in whose handler it was made.
    pub trace: Option<Trace>,
}

/// What a backend is told of the request on whose behalf it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// `x-request-id`.
    pub request_id: HeaderValue,
    /// `traceparent` (W3C Trace Context), as the client sent it.
    pub traceparent: Option<HeaderValue>,
}

/// Why a request of the app's has no response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchError {
    /// A code as Node has it: `ECONNREFUSED`, `ENOTFOUND`, `UND_ERR_CONNECT_TIMEOUT`, `UND_ERR_HEADERS_TIMEOUT`, `UND_ERR_SOCKET`,
    /// or `ERR_SSR_HOST_FETCH_FORBIDDEN`.
    pub code: &'static str,
    /// The status a gateway would answer with.
    pub status: u16,
    /// A sentence for the developer.
    pub message: String,
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for FetchError {}

/// What the render cache is to forget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purge {
    /// Which pages.
    pub selector: Selector,
    /// They become stale instead of being gone.
    pub soft: bool,
}

/// Which pages of the render cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// All.
    All,
    /// Those with this tag.
    Tag(String),
    /// Those of this URL, as the app wrote it.
    Url(String),
    /// Those whose URL begins with this.
    Prefix(String),
}

/// Answer of [`Host::lookup`]; the numbers are what JavaScript sees.
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

/// A limiter of the app's: fixed windows that begin with the first request of a key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Limiter {
    /// What it belongs to (plug-in and route), so that one that is registered later cannot take its place.
    pub name: String,
    /// How it counts.
    pub counting: Counting,
    /// Length of a window in milliseconds.
    pub window_ms: u64,
    /// Keys that are remembered; `None`: as many as the host allows.
    pub max_keys: Option<u32>,
}

/// The two ways of counting that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Counting {
    /// Every request counts, refused ones too (`@fastify/rate-limit` 9, store/LocalStore.js). A window is over once its length has
    /// passed.
    Every,
    /// As [`Counting::Every`], and a refused request starts the window anew (`continueExceeding`).
    EveryAndExtend,
    /// A refused request does not count (`fastifyRateLimit` of `@composable-svelte/core/ssr`). A window is over one
    /// millisecond after its length has passed.
    Allowed,
}

/// What one request is measured by: `@fastify/rate-limit` may compute it for each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// Requests per window.
    pub max: f64,
    /// Refused requests per window after which the key is banned for the rest of it; negative: never.
    pub ban: f64,
}

/// Where a key stands, this request included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Requests counted in the window.
    pub count: u32,
    /// End of the window, in milliseconds since the Unix epoch.
    pub reset_ms: u64,
    /// More than `max`.
    pub refused: bool,
    /// The key is banned for the rest of the window.
    pub banned: bool,
}
