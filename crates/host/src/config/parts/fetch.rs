//! `[fetch]` as the app's own requests want it.

use std::time::Duration;

use edge::outbound::{self, Policy};
use edge::upstream::target::{Place, Scheme};
use edge::upstream::{self, Ejection, Resolver, Retry, Target, Upstream};

use super::super::settings;
use super::{Config, Refused};

/// How long an address is left alone: an origin often has but one, and whoever started it a moment ago wants to see it work.
const LEFT_ALONE: Duration = Duration::from_secs(1);

impl Config {
    /// The app's own requests.
    ///
    /// # Errors
    /// A sentence; not when the settings have been checked.
    pub(super) fn outbound(&self, resolver: &Resolver, upstreams: &[Upstream]) -> anyhow::Result<outbound::Client> {
        let fetch = &self.settings.fetch;
        let policy = fetch.policy().map_err(anyhow::Error::msg)?;
        Ok(outbound::Client::new(policy, resolver.clone(), upstreams.to_vec(), fetch.origins()))
    }
}

impl settings::Fetch {
    /// What is refused.
    pub(super) fn check_part(&self) -> Result<(), Refused> {
        self.policy().map(drop).map_err(|message| vec![("allow".to_owned(), message)])?;
        if self.ca.as_deref().is_some_and(|path| path.is_file()) {
            upstream::tls::check(&self.origins().tls).map_err(|message| vec![("ca".to_owned(), message)])?;
        }
        Ok(())
    }

    fn policy(&self) -> Result<Policy, String> {
        let allow = self.allow.as_ref().map(|allow| allow.iter().map(|allowed| allowed.0.clone()).collect::<Vec<_>>());
        Policy::new(allow.as_deref())
    }

    /// What origins are held to that are no configured upstreams; the target is of no account. A name that does not resolve is told at once: it
    /// is more often a mistake than a deployment.
    fn origins(&self) -> upstream::Config {
        let target = Target { scheme: Scheme::Https, place: Place::Tcp { host: "localhost".to_owned(), port: 443 } };
        let mut config = upstream::Config::new(target);
        config.timeouts =
            upstream::Timeouts { connect: self.connect_timeout, first_byte: self.timeout, idle: self.timeout, total: None };
        config.retry = Retry { outage: Duration::ZERO, ..config.retry };
        config.ejection = Ejection { max: LEFT_ALONE, ..config.ejection };
        config.tls.extra_ca.clone_from(&self.ca);
        config
    }
}
