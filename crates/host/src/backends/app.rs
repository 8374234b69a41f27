//! Upstreams that the app's plug-ins register (`@fastify/http-proxy`, `@fastify/reply-from`).
//!
//! JavaScript has put the options of the plug-ins into the words of [`Options`] (`js-runtime/fastify/upstream-options.js`); what they do
//! not say is as for any upstream. Who may be asked is not checked: the app's own configuration names the upstream.

use std::net::IpAddr;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use edge::upstream::target::Place;
use edge::upstream::{self, Target, Upstream};
use serde::Deserialize;

use super::Backends;

/// Most upstreams that an app may register: `getUpstream` may name another one for each request.
const MOST: usize = 1000;

/// By number.
#[derive(Default)]
pub(super) struct Upstreams(RwLock<Vec<Registered>>);

struct Registered {
    options: Options,
    upstream: Upstream,
}

/// An upstream in the host's words. Times are milliseconds, and 0 is: none.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Options {
    target: String,
    connect_timeout: Option<u64>,
    headers_timeout: Option<u64>,
    body_timeout: Option<u64>,
    max_connections: Option<usize>,
    max_idle: Option<usize>,
    idle_timeout: Option<u64>,
    /// Believe any certificate.
    #[serde(default)]
    insecure: bool,
    server_name: Option<String>,
}

impl Options {
    fn config(&self) -> Result<upstream::Config, String> {
        let target = self.target.parse::<Target>().map_err(|expected| format!("`{}`: expected {expected}", self.target))?;
        let mut config = upstream::Config::new(target);
        set(&mut config.timeouts.connect, self.connect_timeout);
        set(&mut config.timeouts.first_byte, self.headers_timeout);
        set(&mut config.timeouts.idle, self.body_timeout);
        set(&mut config.pool.idle_timeout, self.idle_timeout);
        config.pool.max_connections = self.max_connections.unwrap_or(config.pool.max_connections).max(1);
        config.pool.max_idle = self.max_idle.unwrap_or(config.pool.max_idle);
        // As the packages: what cannot be reached is told at once.
        config.retry.outage = Duration::ZERO;
        if is_one_address(&config.target) {
            config.ejection.failures = 0;
        }
        config.tls.insecure = self.insecure;
        config.tls.server_name.clone_from(&self.server_name);
        Ok(config)
    }
}

/// Whether there can be no other address, to which it would help to go: a single server is never left alone, as with nginx
/// (`max_fails` of ngx_http_upstream_module).
fn is_one_address(target: &Target) -> bool {
    match &target.place {
        Place::Tcp { host, .. } => host.parse::<IpAddr>().is_ok(),
        Place::Unix(_) => true,
    }
}

/// A year: as good as for ever, and no clock overflows.
const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 60 * 60);

fn set(deadline: &mut Duration, milliseconds: Option<u64>) {
    match milliseconds {
        None => {}
        Some(0) => *deadline = FOR_EVER,
        Some(some) => *deadline = Duration::from_millis(some).min(FOR_EVER),
    }
}

impl Upstreams {
    /// The one of this number.
    pub(super) fn get(&self, number: u32) -> Option<Upstream> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(number as usize).map(|registered| registered.upstream.clone())
    }

    /// All of them.
    pub(super) fn all(&self) -> Vec<Upstream> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().map(|registered| registered.upstream.clone()).collect()
    }

    pub(super) fn forget_connections(&self) {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().for_each(|registered| registered.upstream.forget_connections());
    }

    /// The number of the one with these options, made when there is none.
    fn number(&self, options: Options, make: impl FnOnce(upstream::Config) -> Upstream) -> Result<u32, String> {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let number = match known.iter().position(|registered| registered.options == options) {
            Some(number) => number,
            None if known.len() == MOST => return Err(format!("more than {MOST} different upstreams")),
            None => {
                let upstream = make(options.config()?);
                upstream.check()?;
                known.push(Registered { options, upstream });
                known.len() - 1
            }
        };
        u32::try_from(number).map_err(|_| "too many upstreams".to_owned())
    }
}

/// Whether these are options of an upstream.
///
/// # Errors
/// A sentence for the developer.
pub fn check_options(options: &serde_json::Value) -> Result<(), String> {
    read(options)?.config().map(drop)
}

fn read(options: &serde_json::Value) -> Result<Options, String> {
    Options::deserialize(options).map_err(|error| error.to_string())
}

impl Backends {
    /// As [`isolate::Host::upstream`].
    ///
    /// # Errors
    /// A sentence for the developer.
    pub fn register(&self, options: &serde_json::Value) -> Result<u32, String> {
        self.app.number(read(options)?, |config| Upstream::new(config, self.resolver.clone(), None))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn options(value: serde_json::Value) -> Options {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn options_are_deadlines_and_limits() {
        let config = options(json!({
            "target": "https://a.internal", "connectTimeout": 5, "headersTimeout": 0, "maxConnections": 0, "maxIdle": 0, "insecure": true,
        }));
        let config = config.config().unwrap();
        let default = upstream::Config::new("https://a.internal".parse().unwrap());
        assert_eq!(config.timeouts.connect, Duration::from_millis(5));
        assert_eq!(config.timeouts.first_byte, FOR_EVER, "0 switches it off, as in undici");
        assert_eq!(config.timeouts.idle, default.timeouts.idle, "what is not said is the host's");
        assert_eq!((config.pool.max_connections, config.pool.max_idle), (1, 0));
        assert!(config.tls.insecure);
    }

    #[test]
    fn the_only_address_is_never_left_alone() {
        let failures = |target: &str| options(json!({ "target": target })).config().unwrap().ejection.failures;
        assert_eq!(["http://127.0.0.1:1", "http://[::1]", "unix:/x"].map(failures), [0, 0, 0]);
        assert_ne!(failures("http://a.internal"), 0);
    }

    #[test]
    fn what_is_no_upstream_is_refused() {
        assert!(serde_json::from_value::<Options>(json!({ "target": "http://a", "conections": 1 })).is_err());
        let refused = options(json!({ "target": "http://a/b" })).config();
        assert_eq!(refused.unwrap_err(), "`http://a/b`: expected an URL without a path");
    }
}
