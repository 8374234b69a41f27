//! Settings as the parts of the server want them: the only place that knows both.
//!
//! What a part refuses (a policy that allows any inline script, a header that browsers would ignore) is asked here while the
//! settings are checked, so that it is reported with its place like everything else.

mod cache;
mod dns;
mod fetch;
mod fly;
mod log;
mod proxy;

use std::sync::Arc;
use std::time::Duration;

use edge::client::{self, trust};
use edge::{account, compression, cors, cross_site, csp, files, rate_limit, request_body, security_headers};

use super::Config;
use super::setting::{Map, Peer, Written as _};
use super::settings::{
    self, CrossSiteMode, Directive, Encoding, LimitHeaders, Preset, ProxyProtocol, RedisFailure, Settings, Sources,
};
use crate::fly::Machine;
use crate::{admin, listener, plugins, shutdown, ssr, stack};

/// Longest time until the app listens. Not an option until somebody needs it.
const STARTUP_TIMEOUT: Duration = Duration::from_secs(60);

/// What a part refuses: the key within its section, and a sentence.
pub(super) type Refused = Vec<(String, String)>;

impl Config {
    /// The part that the pool needs.
    pub fn pool(&self) -> isolate::Config {
        let (pool, overload) = (&self.settings.pool, &self.settings.overload);
        isolate::Config {
            args: self.args.clone(),
            isolates: pool.isolates.get(),
            in_flight: pool.in_flight.get(),
            queue: pool.queue,
            queue_timeout: pool.queue_timeout,
            overload: isolate::overload::Config { adaptive: overload.adaptive, target: overload.target, min: overload.min },
            request_timeout: pool.request_timeout,
            cpu_limit: pool.cpu_limit,
            heap_limit: pool.heap_limit.bytes(),
            startup_timeout: STARTUP_TIMEOUT,
            recycle_requests: pool.recycle_requests.map(|count| count.get() as u64),
            recycle_age: pool.recycle_age,
            code_cache: pool.code_cache.clone(),
            console: self.settings.log.console(),
            ..isolate::Config::new(self.entry.clone())
        }
    }

    /// Where and how to listen.
    pub fn listener(&self) -> listener::Config {
        let settings::Settings { server, http, tls, trust, .. } = &self.settings;
        let peers = self.layers.client.trust().peers.clone();
        listener::Config {
            sockets: listener::Sockets {
                unix: server.unix.clone(),
                unix_mode: server.unix_mode.0,
                backlog: server.backlog,
                ..listener::Sockets::default()
            },
            limits: listener::Limits {
                max_connections: http.max_connections.get(),
                max_connections_per_client: http.max_connections_per_client.get(),
                header_timeout: http.header_timeout,
                idle_timeout: http.idle_timeout,
                write_timeout: http.write_timeout,
                max_header_size: http.max_header_size.bytes(),
                max_headers: http.max_headers,
                max_uri_length: http.max_uri_length.bytes(),
                h2_max_streams: http.h2_max_streams,
            },
            tls: tls
                .cert
                .clone()
                .zip(tls.key.clone())
                .map(|(cert, key)| listener::Tls { reload_interval: tls.reload_interval, ..listener::Tls::new(cert, key) }),
            proxy_protocol: match trust.proxy_protocol {
                ProxyProtocol::Off => listener::ProxyProtocol::Off,
                ProxyProtocol::Optional => listener::ProxyProtocol::Optional,
                ProxyProtocol::Required => listener::ProxyProtocol::Required,
            },
            trusted: listener::Trusted::new(move |peer| peers.contains(peer.addr.map(|addr| addr.ip()))),
        }
    }

    /// What the app's requests are held to. A Fastify app limits its bodies itself; a fetch handler gets what Fastify's default is.
    pub fn ssr(&self, kind: &str) -> ssr::Config {
        let http = &self.settings.http;
        let default = request_body::Limits::default();
        let max = http.body_limit.map(|size| size.bytes() as u64).or(default.max.filter(|_| kind != "fastify"));
        ssr::Config {
            retry_after: self.settings.overload.retry_after,
            body_limits: request_body::Limits {
                max,
                timeout: http.body_timeout,
                min_rate: http.body_min_rate.bytes() as u64,
                ..default
            },
            no_route: account::Route::from(if kind == "fastify" { "not_found" } else { "app" }),
            trusts: self.settings.trust.is_set(),
        }
    }

    /// What the app's plug-ins are told.
    pub fn plugins(&self) -> plugins::Config {
        let Settings { limiter, trust, r#static: files, .. } = &self.settings;
        plugins::Config {
            trusts: trust.is_set(),
            fly: self.fly.clone(),
            max_keys: limiter.max_keys,
            files: files::Host {
                precompressed: files.precompressed,
                immutable: files.immutable,
                previous: files.previous.clone(),
            },
        }
    }

    /// The layers around the routes. Without `[trust]`, the app's own `trustProxy` says who the client is to them, too; a function
    /// can only be called by the app itself.
    pub fn layers(&self, app_trust: Option<&serde_json::Value>) -> stack::Layers {
        let mut layers = self.layers.clone();
        if let (false, Some(option)) = (self.settings.trust.is_set(), app_trust) {
            if option.is_null() {
                let message =
                    "the app's `trustProxy` is a function, which limits and logs cannot ask: they go by the peer's address";
                tracing::warn!("{message} unless [trust] says more");
            }
            match client::Trust::from_fastify(option) {
                Ok(trust) => layers.client = client::Layer::new(trust.with_checked_origin()),
                Err(invalid) => tracing::warn!("the app's `trustProxy` is without effect on limits and logs: {invalid}"),
            }
        }
        layers
    }

    /// The admin ports that there are to be.
    pub fn admin(&self) -> admin::Config {
        let settings::Admin { listen, metrics, token } = self.settings.admin.clone();
        admin::Config { listen, token, metrics }
    }

    /// How the process stops.
    pub fn shutdown(&self) -> shutdown::Config {
        let shutdown = &self.settings.shutdown;
        shutdown::Config { timeout: shutdown.timeout, ready_delay: shutdown.ready_delay }
    }
}

impl Settings {
    /// The layers around the routes. `machine`: the one of Fly.io that this is, if it is one.
    ///
    /// # Errors
    /// What a part refuses, by section and key.
    pub fn layers(&self, machine: Option<&Machine>) -> Result<stack::Layers, Refused> {
        let within = |section: &str, refused: Refused| -> Refused {
            refused.into_iter().map(|(key, message)| (format!("{section}.{key}"), message)).collect()
        };
        let mut refused = Refused::new();
        macro_rules! part {
            ($section:expr, $part:expr) => {
                $part.map_err(|error| refused.extend(within($section, error))).ok()
            };
        }
        let client = part!("trust", self.trust.policy());
        let mut security_headers = part!("security_headers", self.security_headers.config());
        let told = security_headers.as_mut().map_or(Ok(()), |headers| self.fly.add_header(machine, headers));
        let told = part!("fly", told);
        let csp = part!("csp", self.csp.layer());
        let cors = part!("cors", self.cors.layer());
        let cross_site = part!("cross_site", self.cross_site.config());
        let rate_limit = part!("limiter", self.rate_limits());
        let compression = part!("compression", self.compression.choice());
        let cache = part!("cache", self.cache.check_part());
        let fetch = part!("fetch", self.fetch.check_part());
        for (i, route) in self.proxy.iter().enumerate() {
            part!(&format!("proxy[{i}]"), route.check_part());
        }
        let layers = (|| {
            cache?;
            fetch?;
            told?;
            Some(stack::Layers {
                client: client::Layer::new(client?),
                observe: self.log.observer(self.http.server_timing),
                security_headers: security_headers::Layer::new(security_headers?),
                csp: csp?,
                cors: cors?,
                cross_site: cross_site::Layer::new(cross_site?),
                rate_limit: rate_limit?,
                compression: compression::Layer::new(compression?),
            })
        })();
        match layers {
            Some(layers) if refused.is_empty() => Ok(layers),
            _ => Err(refused),
        }
    }

    fn rate_limits(&self) -> Result<rate_limit::Layer, Refused> {
        let limiter = &self.limiter;
        let config = rate_limit::Config {
            rules: self.rate_limit.iter().map(settings::RateLimit::rule).collect(),
            ipv6_prefix: limiter.ipv6_prefix,
            allow: limiter.allow.clone(),
            exempt: limiter.exempt.clone(),
            max_keys: limiter.max_keys,
            headers: match limiter.headers {
                LimitHeaders::Both => rate_limit::Headers::Both,
                LimitHeaders::Draft => rate_limit::Headers::Draft,
                LimitHeaders::Legacy => rate_limit::Headers::Legacy,
                LimitHeaders::None => rate_limit::Headers::None,
            },
            redis: limiter.redis.as_ref().map(|url| rate_limit::redis::Config {
                timeout: limiter.redis_timeout,
                failure: match limiter.redis_failure {
                    RedisFailure::Local => rate_limit::redis::Failure::Local,
                    RedisFailure::Open => rate_limit::redis::Failure::Open,
                    RedisFailure::Closed => rate_limit::redis::Failure::Closed,
                },
                ..rate_limit::redis::Config::new(url.reveal())
            }),
        };
        rate_limit::Layer::new(config).map_err(|error| {
            let key = if matches!(error, rate_limit::Error::Redis(_)) { "redis" } else { "max_keys" };
            vec![(key.to_owned(), error.to_string())]
        })
    }
}

impl settings::RateLimit {
    fn rule(&self) -> rate_limit::Rule {
        rate_limit::Rule {
            name: self.name.clone(),
            path: self.path.clone(),
            methods: self.methods.clone(),
            max: self.max,
            window: self.window,
            burst: self.burst,
            by: match &self.key {
                settings::Key::Ip => rate_limit::By::Ip,
                settings::Key::Header(name) => rate_limit::By::Header(name.clone()),
                settings::Key::Cookie(name) => rate_limit::By::Cookie(name.clone()),
            },
            shadow: self.shadow,
        }
    }
}

impl settings::Trust {
    /// Who is believed. `Err`: what is wrong with the header.
    pub fn policy(&self) -> Result<client::Trust, Refused> {
        let mut policy = match self.preset {
            Preset::Fly => client::Trust::fly(),
            Preset::None => client::Trust::none(),
        };
        for peer in &self.peers {
            policy.peers.add(&peer.text()).map_err(|invalid| vec![("peers".to_owned(), invalid.to_string())])?;
        }
        if let Some(header) = &self.header {
            let hops = self.hops.and_then(std::num::NonZeroUsize::new);
            let source = trust::Source::new(header.as_str(), hops);
            policy.address = Some(source.map_err(|invalid| vec![("header".to_owned(), invalid.to_string())])?);
        }
        // `Forwarded` has scheme and host beside the address; another header would speak for another hop.
        let has_origin = matches!(policy.address, Some(trust::Source::Forwarded(_)));
        policy.proto_header = self.proto_header.clone().filter(|_| !has_origin && !policy.peers.is_empty());
        policy.host_header.clone_from(&self.host_header);
        Ok(policy)
    }

    /// Whether anything is set: else what the app itself says about proxies holds.
    pub fn is_set(&self) -> bool {
        self.preset != Preset::None || self.peers != Vec::<Peer>::new()
    }
}

impl settings::SecurityHeaders {
    /// The headers to add.
    pub fn config(&self) -> Result<security_headers::Config, Refused> {
        let mut config = security_headers::Config::none();
        if !self.enabled {
            return Ok(config);
        }
        let known = [
            ("content_type_options", "x-content-type-options", &self.content_type_options),
            ("frame_options", "x-frame-options", &self.frame_options),
            ("referrer_policy", "referrer-policy", &self.referrer_policy),
            ("hsts", "strict-transport-security", &self.hsts),
            ("permissions_policy", "permissions-policy", &self.permissions_policy),
            ("cross_origin_opener_policy", "cross-origin-opener-policy", &self.cross_origin_opener_policy),
            ("cross_origin_embedder_policy", "cross-origin-embedder-policy", &self.cross_origin_embedder_policy),
            ("cross_origin_resource_policy", "cross-origin-resource-policy", &self.cross_origin_resource_policy),
        ];
        let known = known.into_iter().filter_map(|(key, name, value)| Some((key.to_owned(), name, value.as_ref()?)));
        let extra = self.extra.0.iter().map(|(name, value)| (format!("extra.{name}"), name.as_str(), value));
        let refused: Refused = known
            .chain(extra)
            .filter_map(|(key, name, value)| {
                let text = String::from_utf8_lossy(value.as_bytes());
                config.set(name, &text).err().map(|message| (key, message))
            })
            .collect();
        config.replace.clone_from(&self.r#override);
        if refused.is_empty() { Ok(config) } else { Err(refused) }
    }
}

impl settings::Csp {
    /// The policies; templates are read now.
    fn layer(&self) -> Result<csp::Layer, Refused> {
        let mut inline = csp::Inline::default();
        let mut refused = Refused::new();
        for (i, template) in self.templates.iter().enumerate() {
            refused.extend(inline.add_template_file(template).err().map(|message| (format!("templates[{i}]"), message)));
        }
        for script in &self.inline_scripts {
            inline.add_script(script);
        }
        for (i, hash) in self.hashes.iter().enumerate() {
            refused.extend(inline.add_script_hash(&hash.0).err().map(|message| (format!("hashes[{i}]"), message)));
        }
        let rules = self.rules.iter().map(|rule| csp::Rule {
            path: rule.path.clone(),
            enabled: rule.enabled,
            report_only: rule.report_only,
            directives: directives(csp::Directives::none(), &rule.directives),
        });
        let config = csp::Config {
            enabled: self.enabled,
            replace: self.r#override,
            report_only: self.report_only,
            directives: directives(csp::Directives::none(), &self.directives),
            inline,
            rules: rules.collect(),
        };
        for handler in config.inline.event_handlers() {
            tracing::warn!("csp.templates: {handler} will not run: a policy can allow it only for injected elements as well");
        }
        match csp::Layer::new(&config) {
            Ok(layer) if refused.is_empty() => Ok(layer),
            Ok(_) => Err(refused),
            Err(errors) => {
                refused.extend(errors.into_iter().map(|error| (place(&error.place), error.message)));
                Err(refused)
            }
        }
    }
}

fn directives(mut directives: csp::Directives, settings: &Map<Directive, Option<Sources>>) -> csp::Directives {
    for (name, sources) in &settings.0 {
        if let Some(sources) = sources {
            directives.set(&name.0, sources.0.clone());
        }
    }
    directives
}

/// Where a policy is wrong, as a key: the policy names its directives without the table they are in.
fn place(place: &str) -> String {
    match place.split_once("].") {
        Some((rule, directive)) => format!("{rule}].directives.{directive}"),
        None if place == "directives" => place.to_owned(),
        None => format!("directives.{place}"),
    }
}

impl settings::Cors {
    /// Who may read answers.
    fn layer(&self) -> Result<cors::Layer, Refused> {
        let config = cors::Config {
            origins: origins("origins", &self.origins)?,
            paths: self.paths.clone(),
            methods: self.methods.clone(),
            headers: self.headers.clone(),
            expose: self.expose.clone(),
            credentials: self.credentials,
            max_age: self.max_age,
        };
        let split = |problem: String| match problem.split_once(": ") {
            Some((key, message)) => (key.to_owned(), message.to_owned()),
            None => ("origins".to_owned(), problem),
        };
        cors::Layer::new(&config).map_err(|problems| problems.into_iter().map(split).collect())
    }
}

impl settings::CrossSite {
    /// What happens to requests from other sites.
    pub fn config(&self) -> Result<cross_site::Config, Refused> {
        Ok(cross_site::Config {
            mode: match self.mode {
                CrossSiteMode::Off => cross_site::Mode::Off,
                CrossSiteMode::Refuse => cross_site::Mode::Refuse,
                CrossSiteMode::Report => cross_site::Mode::Report,
            },
            allow_origins: origins("allow_origins", &self.allow_origins)?,
            exempt: self.exempt.clone(),
        })
    }
}

fn origins(key: &str, written: &[settings::Origin]) -> Result<Vec<edge::origin::Pattern>, Refused> {
    let parsed = written.iter().enumerate().map(|(i, origin)| {
        let refused = |message: String| vec![(format!("{key}[{i}]"), message)];
        origin.as_str().parse().map_err(refused)
    });
    parsed.collect()
}

impl settings::Compression {
    /// How answers are compressed about which the app says nothing.
    pub fn choice(&self) -> Result<compression::Choice, Refused> {
        let encodings = self.encodings.iter().map(|encoding| match encoding {
            Encoding::Zstd => compression::Encoding::Zstd,
            Encoding::Br => compression::Encoding::Brotli,
            Encoding::Gzip => compression::Encoding::Gzip,
        });
        let types = match &self.types {
            Some(types) => compression::Types::parse(types).map_err(|message| vec![("types".to_owned(), message)])?,
            None => compression::Types::default(),
        };
        if !self.enabled {
            return Ok(compression::Choice::Never);
        }
        Ok(compression::Choice::Policy(Arc::new(compression::Policy {
            rules: compression::Rules::Host,
            min_size: self.min_size.bytes(),
            encodings: encodings.collect(),
            types,
            levels: compression::Levels {
                zstd: self.zstd_level,
                br: i32::try_from(self.br_level).unwrap_or(i32::MAX),
                gzip: i32::try_from(self.gzip_level).unwrap_or(i32::MAX),
            },
        })))
    }
}
