//! The rules with their counts: what they say about a request, from Redis or without it.

use std::sync::Arc;

use http::Request;
use ipnet::IpNet;
use redis::aio::MultiplexedConnection;

use super::key::Key;
use super::local::Clock;
use super::redis::{Failure, Redis};
use super::rule::Limit;
use super::standing::Verdict;
use super::{Config, Error, Headers, Stats, answer};
use crate::Problem;
use crate::client::Client;
use crate::path::Pattern;
use crate::redis::RETRY;

/// The rules with their counts.
pub(super) struct Limiter {
    pub(super) limits: Vec<Limit>,
    ipv6_prefix: u8,
    allow: Vec<IpNet>,
    exempt: Vec<Pattern>,
    pub(super) headers: Headers,
    pub(super) redis: Option<Redis>,
    pub(super) stats: Arc<Stats>,
    /// That of all limits.
    pub(super) clock: Clock,
}

impl Limiter {
    pub(super) fn new(config: Config, clock: &Clock) -> Result<Limiter, Error> {
        let Config { rules, ipv6_prefix, allow, exempt, max_keys, headers, redis } = config;
        if !(1..=128).contains(&ipv6_prefix) {
            return Err(Error::Prefix(ipv6_prefix));
        }
        if max_keys == 0 {
            return Err(Error::MaxKeys);
        }
        let stats = Arc::new(Stats::default());
        let mut limits: Vec<Limit> = Vec::with_capacity(rules.len());
        for (index, rule) in rules.into_iter().enumerate() {
            let limit = Limit::new(rule, index + 1, max_keys, stats.clone(), clock)?;
            if limits.iter().any(|other| other.name == limit.name) {
                return Err(Error::Name(limit.name));
            }
            limits.push(limit);
        }
        let redis = redis.map(|redis| Redis::new(redis, &stats)).transpose().map_err(Error::Redis)?;
        Ok(Limiter { limits, ipv6_prefix, allow, exempt, headers, redis, stats, clock: clock.clone() })
    }

    /// The rules that are about a request, by index, with its keys.
    pub(super) fn asked<'a, B>(&'a self, request: &'a Request<B>) -> impl Iterator<Item = (usize, Key)> + 'a {
        let ip = request.extensions().get::<Client>().and_then(|client| client.ip).map(|ip| ip.to_canonical());
        let allowed = ip.is_some_and(|ip| self.allow.iter().any(|net| net.contains(&ip)));
        let free = self.limits.is_empty() || allowed || self.exempt.iter().any(|path| path.surely_matches(request.uri().path()));
        let limits = if free { &[] } else { &*self.limits };
        let about = limits.iter().enumerate().filter(move |(_, limit)| limit.is_about(request));
        about.map(move |(rule, limit)| (rule, Key::of(&limit.rule.by, ip, self.ipv6_prefix, request.headers())))
    }

    /// Decides without Redis: because there is none, or because it does not answer.
    pub(super) fn decide<B>(&self, request: &Request<B>) -> Result<Option<Verdict>, Problem> {
        self.fall_back(self.asked(request))
    }

    /// Decides with Redis.
    pub(super) async fn ask(
        &self,
        connection: MultiplexedConnection,
        asked: &[(usize, Key)],
    ) -> Result<Option<Verdict>, Problem> {
        let said = match &self.redis {
            Some(redis) => redis.check(connection, &self.limits, asked).await,
            None => None,
        };
        match said {
            Some(said) => self.conclude(said.into_iter()),
            None => self.fall_back(asked.iter().copied()),
        }
    }

    fn fall_back(&self, asked: impl Iterator<Item = (usize, Key)>) -> Result<Option<Verdict>, Problem> {
        match self.redis.as_ref().map_or(Failure::Local, |redis| redis.failure) {
            Failure::Local => {
                self.conclude(asked.map(|(rule, key)| Verdict { rule, standing: self.limits[rule].local.check(key) }))
            }
            Failure::Open => {
                if asked.count() > 0 {
                    self.stats.add_outcome(false);
                }
                Ok(None)
            }
            Failure::Closed => {
                let mut asked = asked.peekable();
                if asked.peek().is_none() {
                    return Ok(None);
                }
                let refused = asked.any(|(rule, _)| !self.limits[rule].rule.shadow);
                self.stats.add_outcome(refused);
                if refused { Err(answer::unknown(RETRY)) } else { Ok(None) }
            }
        }
    }

    /// What all rules together say: the headers of the answer, or a refusal. `None`: no headers.
    fn conclude(&self, said: impl Iterator<Item = Verdict>) -> Result<Option<Verdict>, Problem> {
        let (mut any, mut worst) = (false, None::<Verdict>);
        for verdict in said {
            any = true;
            if self.limits[verdict.rule].rule.shadow {
                self.note_shadow(verdict);
            } else {
                worst = Some(worst.map_or(verdict, |worst| worst.or(verdict)));
            }
        }
        let refused = worst.filter(|worst| worst.standing.refused);
        if any {
            self.stats.add_outcome(refused.is_some());
        }
        match refused {
            Some(Verdict { rule, standing }) => Err(answer::refusal(self.headers, &self.limits[rule], standing)),
            None => Ok(worst),
        }
    }

    fn note_shadow(&self, Verdict { rule, standing }: Verdict) {
        if !standing.refused {
            return;
        }
        self.stats.add_shadow_refused();
        let Limit { name, logged, .. } = &self.limits[rule];
        if let Some(requests) = logged.pass() {
            tracing::info!(
                rule = name,
                requests,
                "a rate limit in shadow mode would have refused {requests} requests since it last said so"
            );
        }
    }
}
