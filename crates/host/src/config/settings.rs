//! Every setting: a section is a file, and its declaration is its documentation.
//!
//! Values here are checked one by one and against each other. What they do is elsewhere: nothing below knows the layers.

mod admin;
mod cache;
mod checks;
mod content;
mod cors;
mod csp;
mod dns;
mod fetch;
mod fly;
mod headers;
mod health;
mod http;
mod limiter;
mod log;
mod pool;
mod proxy;
mod secrets;
mod server;
mod trust;

pub use admin::{Admin, Endpoint, Token};
pub use cache::{BuildId, Cache, CacheRule, CookieName, Cookies, Normalizer, Parameter, Redis, Tag};
pub(super) use checks::{Checks, all as check};
pub use content::{Compression, Encoding, Static};
pub use cors::{Cors, CrossSite, CrossSiteMode, Origin};
pub use csp::{Csp, CspRule, Directive, Hash, Sources};
pub use dns::{Dns, NameServer};
pub use fetch::{Allowed, Fetch};
pub use fly::Fly;
pub use headers::SecurityHeaders;
pub use health::Readiness;
pub use http::{Http, Tls};
pub use limiter::{Key, LimitHeaders, Limiter, RateLimit, RedisFailure, RedisUrl};
pub use log::{Console, Log, LogFormat, LogLevel};
pub use pool::{Overload, Pool};
pub use proxy::{CheckPath, CookiePlace, Ejection, Health, Host, Proxy, ProxyTls, SecretValue, WebSocket};
pub use secrets::{Required, Secrets};
pub use server::{App, Server, Shutdown};
pub use trust::{Preset, ProxyProtocol, Trust};

use super::declare::{Fields, settings};
use super::setting::{Field, Shape};

settings! {
    /// Every section.
    pub struct Settings {
        /// Where to listen. Without a word here the app's own `listen()` holds, as under Node.
        server: Server = {},
        /// The app to serve.
        app: App = {},
        /// The isolates that run the app's JavaScript.
        pool: Pool = {},
        /// Certificate and key. Without them the host speaks plain HTTP, as behind a proxy that ends TLS.
        tls: Tls = {},
        /// Limits of connections and requests: what one client may use up.
        http: Http = {},
        /// Who is believed about the client's address, the scheme and the host. Nobody, unless it says so here; `trust = "fly"` is short for
        /// `[trust]` with `preset = "fly"`.
        trust: Trust = {},
        /// What is different on Fly.io; `fly = false` is short for `[fly]` with `enabled = false`.
        fly: Fly = {},
        /// What all `[[rate_limit]]` have in common.
        limiter: Limiter = {},
        /// How often a client may ask. A request counts in every limit whose path and method it has.
        rate_limit: Vec<RateLimit> = [],
        /// Headers that are added where the app has not set them; `false` leaves one out.
        security_headers: SecurityHeaders = {},
        /// The content security policy.
        csp: Csp = {},
        /// Which other sites' scripts may read answers. Off while `origins` is empty.
        cors: Cors = {},
        /// Refusal of requests that another site makes a browser send (CSRF), told by `Sec-Fetch-Site` and `Origin`.
        cross_site: CrossSite = {},
        /// Compression of what the app answers and of files that have no compressed neighbour.
        compression: Compression = {},
        /// The render cache: a page is rendered once for all requests that agree in everything the app looked at.
        cache: Cache = {},
        /// Whom the app may ask with `fetch`.
        fetch: Fetch = {},
        /// How the addresses of backends are found.
        dns: Dns = {},
        /// Static files, which the app's `@fastify/static` names.
        r#static: Static = {},
        /// Paths whose requests go to a backend. `COMPOSABLE_RUST_BACKEND_URL` alone does that with `/api`.
        proxy: Vec<Proxy> = [],
        /// What happens when more is asked than the isolates can do.
        overload: Overload = {},
        /// The end after SIGTERM or SIGINT.
        shutdown: Shutdown = {},
        /// What is logged.
        log: Log = {},
        /// What `/ready` asks before it says yes.
        health: Readiness = {},
        /// A port for whoever operates the host: what the cache holds, purges, metrics.
        admin: Admin = {},
        /// Environment variables without which the app must not start.
        secrets: Secrets = {},
    }
}

/// Tables that may be one value, and the setting that the value is then for.
pub const SHORT: [(&str, &str); 4] =
    [("fly", "fly.enabled"), ("log", "log.level"), ("trust", "trust.preset"), ("cache.redis", "cache.redis.url")];

/// A setting and where it stands.
#[derive(Debug)]
pub struct Known {
    /// Its path, such as `http.idle_timeout`.
    pub path: String,
    /// Its declaration.
    pub field: Field,
}

impl Known {
    /// The variable that sets it.
    pub fn variable(&self) -> String {
        format!("{}{}", super::environment::PREFIX, self.path.replace('.', "_").to_ascii_uppercase())
    }
}

/// Every setting that a source may set: those of the sections, and the lists that are sections themselves.
pub fn all() -> Vec<Known> {
    Settings::fields().into_iter().flat_map(|section| below(section.key.to_owned(), section)).collect()
}

/// The settings in a table and in the tables in it; a setting that is none is the only one.
fn below(path: String, field: Field) -> Vec<Known> {
    match field.shape {
        Shape::Table(fields) => fields().into_iter().flat_map(|field| below(format!("{path}.{}", field.key), field)).collect(),
        _ => vec![Known { path, field }],
    }
}

/// The setting of another section that has this key, when it is the only one.
pub fn elsewhere(key: &str) -> Option<String> {
    let plain = key.replace('-', "_");
    let mut found = all().into_iter().filter(|known| known.field.key == plain);
    match (found.next(), found.next()) {
        (Some(known), None) => Some(known.path),
        _ => None,
    }
}
