//! `[[proxy]]` as the backends and the routes want it.

use std::sync::Arc;

use edge::proxy::path::{Mapping, Prefix};
use edge::proxy::{self, rewrite, tunnel};
use edge::request_body;
use edge::upstream::{self, Upstream};
use http::{HeaderName, HeaderValue};

use super::super::setting::{Map, Written as _};
use super::super::settings::{self, CookiePlace, Host, SecretValue};
use super::{Config, Refused};
use crate::{backends, routes};

impl Config {
    /// Whoever is asked on behalf of requests, and the paths that are proxied to some of them. Within a runtime.
    ///
    /// # Errors
    /// A sentence: a file cannot be read, or the system does not say whom to ask for names.
    pub fn backends(&self) -> anyhow::Result<(backends::Config, Vec<routes::Proxied>)> {
        let resolver = self.resolver()?;
        let mut upstreams: Vec<Upstream> = Vec::new();
        let mut proxied = Vec::new();
        for (i, route) in self.settings.proxy.iter().enumerate() {
            let mut config = route.upstream_config();
            config.tls.extra_ca.clone_from(&self.settings.fetch.ca);
            let upstream = match upstreams.iter().find(|known| *known.config() == config) {
                Some(known) => known.clone(),
                None => {
                    let new = Upstream::new(config, resolver.clone(), None);
                    new.check().map_err(|error| anyhow::anyhow!("proxy[{i}].upstream cannot be used: {error}"))?;
                    upstreams.push(new.clone());
                    new
                }
            };
            let of_variable = self.proxy_of_variable == Some(i);
            proxied.push(routes::Proxied { route: Arc::new(route.route(upstream, self.body_limits())), of_variable });
        }
        let outbound = self.outbound(&resolver, &upstreams)?;
        Ok((backends::Config { resolver, upstreams, outbound }, proxied))
    }

    /// What any request body is held to that goes to a backend.
    fn body_limits(&self) -> request_body::Limits {
        let http = &self.settings.http;
        request_body::Limits {
            max: http.body_limit.map(|size| size.bytes() as u64),
            timeout: http.body_timeout,
            min_rate: http.body_min_rate.bytes() as u64,
            ..request_body::Limits::default()
        }
    }
}

impl settings::Proxy {
    /// What TLS refuses; told with the other problems.
    pub(super) fn check_part(&self) -> Result<(), Refused> {
        let name = self.tls.server_name.as_deref();
        match name.filter(|name| rustls::pki_types::ServerName::try_from(*name).is_err()) {
            Some(name) => Err(vec![("tls.server_name".to_owned(), format!("`{name}` is no name of a host"))]),
            None => Ok(()),
        }
    }

    fn upstream_config(&self) -> upstream::Config {
        let mut config = upstream::Config::new(self.upstream.clone());
        config.timeouts = upstream::Timeouts {
            connect: self.connect_timeout,
            first_byte: self.timeout,
            idle: self.idle_timeout,
            // It is the route's, so that routes with different ones share connections.
            total: None,
        };
        config.pool.max_connections = self.max_connections.get();
        config.pool.max_idle = config.pool.max_idle.min(self.max_connections.get());
        config.retry.enabled = self.retries;
        config.ejection = upstream::Ejection {
            failures: self.ejection.failures,
            base: self.ejection.base,
            max: self.ejection.max.max(self.ejection.base),
            slow_start: self.ejection.slow_start,
        };
        config.check = self.health.path.as_ref().map(|path| upstream::Check {
            path: path.0.clone(),
            interval: self.health.interval,
            timeout: self.health.timeout,
        });
        config.tls = upstream::tls::Config {
            ca: self.tls.ca.clone(),
            server_name: self.tls.server_name.clone(),
            insecure: self.tls.insecure,
            ..upstream::tls::Config::default()
        };
        config
    }

    fn route(&self, upstream: Upstream, body: request_body::Limits) -> proxy::Route {
        let backend = match (self.strip, &self.rewrite) {
            (true, _) => Prefix::root(),
            (false, Some(prefix)) => prefix.clone(),
            (false, None) => self.path.clone(),
        };
        let own_limit = self.body_limit.map(|size| size.bytes() as u64);
        proxy::Route {
            methods: self.methods.clone(),
            host: match &self.host {
                Host::Upstream => proxy::Host::Upstream,
                Host::Client => proxy::Host::Client,
                // An authority has no characters that a header cannot have.
                Host::Named(name) => HeaderValue::from_str(name.as_str()).map_or(proxy::Host::Upstream, proxy::Host::Named),
            },
            request_headers: changes(&self.request_headers),
            response_headers: changes(&self.response_headers),
            rules: rewrite::Rules {
                location: self.rewrite_location,
                cookie_path: places(&self.cookie_path),
                cookie_domain: places(&self.cookie_domain),
            },
            tunnel: self.websocket.enabled.then_some(tunnel::Config {
                idle_timeout: self.websocket.idle_timeout,
                ping_interval: self.websocket.ping_interval,
            }),
            body: request_body::Limits { max: own_limit.or(body.max), ..body },
            timeout: self.total_timeout,
            ..proxy::Route::new(Mapping { public: self.path.clone(), backend }, upstream)
        }
    }

    /// The line about it at the start.
    pub fn told(&self) -> String {
        let way = match (self.strip, &self.rewrite) {
            (true, _) => " without its prefix".to_owned(),
            (false, Some(prefix)) => format!(" as {}", prefix.text()),
            (false, None) => String::new(),
        };
        format!("{} goes to {}{way}", self.path.text(), self.upstream.text())
    }
}

fn changes(map: &Map<HeaderName, Option<SecretValue>>) -> proxy::Changes {
    map.0.iter().map(|(name, value)| (name.clone(), value.as_ref().map(SecretValue::reveal))).collect()
}

fn places(map: &Map<CookiePlace, Option<CookiePlace>>) -> rewrite::Changes {
    map.0.iter().map(|(old, new)| (old.0.clone(), new.as_ref().map(|new| new.0.clone()))).collect()
}
