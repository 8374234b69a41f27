//! One question about a name, whatever it takes: the hosts file, both families, search domains.

use std::fmt;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use hickory_resolver::config::{NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts};
use hickory_resolver::name_server::TokioConnectionProvider;
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{IntoName, Name, RData, RecordType};
use hickory_resolver::proto::xfer::Protocol;
use hickory_resolver::proto::{ProtoError, ProtoErrorKind};
use hickory_resolver::{ResolveError, TokioResolver, system_conf};

use super::hosts::Hosts;
use super::{Config, instances};

/// Questions are asked so often within their time: a datagram may get lost.
const ATTEMPTS: u32 = 3;

/// Asks name servers.
pub(super) struct Lookup {
    resolver: TokioResolver,
    config: Config,
    hosts: Hosts,
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lookup").field("config", &self.config).finish_non_exhaustive()
    }
}

/// What came of a question.
#[derive(Debug)]
pub(super) enum Answer {
    /// Addresses, for so long; `None`: for good.
    Addresses(Vec<IpAddr>, Option<Duration>),
    /// Addresses, for so long, but half of the question has no answer: there may be others.
    Incomplete(Vec<IpAddr>, Duration),
    /// There are none: a sentence.
    Nothing(String),
    /// Nobody answers: a sentence.
    Silence(String),
}

/// What came of a question about one kind of record.
enum Records {
    Found(Vec<RData>, Duration),
    Nothing,
    Silence(String),
}

impl Lookup {
    pub(super) fn new(config: Config) -> Result<Lookup, String> {
        let (servers, options) = match config.servers.is_empty() {
            true => {
                system_conf::read_system_conf().map_err(|error| format!("cannot read the name servers of the system: {error}"))?
            }
            false => (given(&config), ResolverOpts::default()),
        };
        Ok(Lookup::with((servers, options), config, Hosts::new("/etc/hosts")))
    }

    pub(super) fn with((servers, mut options): (ResolverConfig, ResolverOpts), config: Config, hosts: Hosts) -> Lookup {
        options.timeout = config.timeout / ATTEMPTS;
        options.attempts = ATTEMPTS as usize - 1;
        options.cache_size = 0;
        options.use_hosts_file = ResolveHosts::Never;
        let builder = TokioResolver::builder_with_config(servers, TokioConnectionProvider::default());
        Lookup { resolver: builder.with_options(options).build(), config, hosts }
    }

    /// Asks for the addresses of a name in lower case, without a dot at its end.
    pub(super) async fn ask(&self, host: &str) -> Answer {
        if let Ok(address) = host.parse() {
            return Answer::Addresses(vec![address], None);
        }
        let name = match Name::from_ascii(host) {
            Ok(name) if name.num_labels() > 0 => name,
            _ => return Answer::Nothing(format!("`{host}` is no name that could have an address")),
        };
        if let Some(addresses) = self.hosts.addresses(&name) {
            return Answer::Addresses(addresses, Some(self.config.min_ttl));
        }
        if let Some(app) = instances::app(host) {
            return self.instances(host, app).await;
        }
        for candidate in self.searched(&name) {
            match self.addresses(host, candidate).await {
                Answer::Nothing(_) => {}
                answer => return answer,
            }
        }
        self.addresses(host, absolute(name)).await
    }

    /// What to try before the name itself.
    fn searched(&self, name: &Name) -> Vec<Name> {
        let is_bare = name.num_labels() == 1;
        let domains = self.resolver.config().search().iter().filter(|_| is_bare);
        domains.filter_map(|domain| name.clone().append_domain(domain).ok()).map(absolute).collect()
    }

    /// Both families. Half an answer is one, lest a name server that cannot do AAAA makes all of it fail.
    async fn addresses(&self, host: &str, name: Name) -> Answer {
        let (v4, v6) =
            futures_util::future::join(self.records(name.clone(), RecordType::A), self.records(name, RecordType::AAAA)).await;
        let addresses = |records: Vec<RData>| records.iter().filter_map(RData::ip_addr).collect::<Vec<_>>();
        match (v4, v6) {
            (Records::Found(a, ttl), Records::Found(b, other)) => {
                Answer::Addresses([addresses(a), addresses(b)].concat(), Some(ttl.min(other)))
            }
            (Records::Found(a, ttl), Records::Nothing) | (Records::Nothing, Records::Found(a, ttl)) => {
                Answer::Addresses(addresses(a), Some(ttl))
            }
            (Records::Found(a, ttl), Records::Silence(_)) | (Records::Silence(_), Records::Found(a, ttl)) => {
                Answer::Incomplete(addresses(a), ttl)
            }
            (Records::Silence(why), _) | (_, Records::Silence(why)) => Answer::Silence(silence(host, &why)),
            (Records::Nothing, Records::Nothing) => Answer::Nothing(format!("`{host}` has no address, says the name server")),
        }
    }

    async fn instances(&self, host: &str, app: &str) -> Answer {
        let (records, ttl) = match self.records(instances::LIST, RecordType::TXT).await {
            Records::Found(records, ttl) => (records, ttl),
            Records::Nothing => return Answer::Nothing(format!("`{host}` has no address: there is no `_instances.internal`")),
            Records::Silence(why) => return Answer::Silence(silence(host, &why)),
        };
        // A text is cut into strings of at most 255 bytes (RFC 1035 section 3.3.14), which belong together.
        let lists = records.iter().filter_map(RData::as_txt).map(|text| text.iter().flatten().copied().collect::<Vec<u8>>());
        let found: Vec<_> = lists.flat_map(|list| instances::addresses(&String::from_utf8_lossy(&list), app)).collect();
        match found.is_empty() {
            true => Answer::Nothing(format!("`{host}` has no address: no machine of `{app}` is in `_instances.internal`")),
            false => Answer::Addresses(found, Some(ttl)),
        }
    }

    /// One kind of record. The time is for all attempts and for TCP after a truncated answer.
    async fn records(&self, name: impl IntoName, kind: RecordType) -> Records {
        let question = self.resolver.lookup(name, kind);
        match tokio::time::timeout(self.config.timeout, question).await {
            Ok(Ok(lookup)) => {
                let ttl = lookup.valid_until().saturating_duration_since(Instant::now());
                let records: Vec<_> = lookup.iter().filter(|data| data.record_type() == kind).cloned().collect();
                match records.is_empty() {
                    true => Records::Nothing,
                    false => Records::Found(records, self.clamped(ttl)),
                }
            }
            Ok(Err(error)) => refused(&error),
            Err(_) => Records::Silence("no answer in time".to_owned()),
        }
    }

    fn clamped(&self, ttl: Duration) -> Duration {
        ttl.min(self.config.max_ttl).max(self.config.min_ttl)
    }
}

/// The servers of the configuration, by UDP, and by TCP for answers that are too long for it.
fn given(config: &Config) -> ResolverConfig {
    let mut servers = ResolverConfig::new();
    for server in &config.servers {
        servers.add_name_server(NameServerConfig::new(*server, Protocol::Udp));
        servers.add_name_server(NameServerConfig::new(*server, Protocol::Tcp));
    }
    servers
}

/// Of which hickory does not search anything.
fn absolute(mut name: Name) -> Name {
    name.set_fqdn(true);
    name
}

fn silence(host: &str, why: &str) -> String {
    format!("no name server knows whether `{host}` has an address: {why}")
}

/// Whether an error is an answer: hickory makes one of every response without records, whatever its code (RFC 2308 section 2).
fn refused(error: &ResolveError) -> Records {
    match error.proto().map(ProtoError::kind) {
        Some(ProtoErrorKind::NoRecordsFound { response_code: ResponseCode::NoError | ResponseCode::NXDomain, .. }) => {
            Records::Nothing
        }
        Some(ProtoErrorKind::NoRecordsFound { response_code, .. }) => Records::Silence(response_code.to_string()),
        Some(ProtoErrorKind::Timeout) => Records::Silence("no answer in time".to_owned()),
        _ => Records::Silence(error.to_string()),
    }
}
