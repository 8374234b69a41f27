//! Looking an entry up.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use redis::aio::MultiplexedConnection;
use redis::{RedisResult, cmd};

use super::{Shared, codec};
use crate::cache::purges::Standing;
use crate::cache::{Key, Spec, Stored};

/// So many sets of inputs of one path are tried.
pub(super) const MAX_SPECS: usize = 32;

/// What a lookup finds.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "it is moved once and taken apart")]
pub(in crate::cache) enum Found {
    /// A page. Purges may say that it is stale, not that it is gone.
    Entry(Stored),
    /// None that can be used.
    Nothing,
    /// Redis was not asked, or did not answer in time.
    Down,
}

impl Shared {
    pub(super) async fn find(&self, path: &str, known: &[Arc<Spec>], key: impl Fn(&Spec) -> Option<Key>) -> Found {
        let Some(connection) = self.connection.get() else { return Found::Down };
        match self.ask(self.look(connection, path, known, key)).await {
            Ok(Some(stored)) => {
                self.hits.fetch_add(1, Relaxed);
                Found::Entry(stored)
            }
            Ok(None) => {
                self.misses.fetch_add(1, Relaxed);
                Found::Nothing
            }
            Err(_) => Found::Down,
        }
    }

    async fn look(
        &self,
        connection: MultiplexedConnection,
        path: &str,
        known: &[Arc<Spec>],
        key: impl Fn(&Spec) -> Option<Key>,
    ) -> RedisResult<Option<Stored>> {
        let with_key = |spec: Arc<Spec>| key(&spec).map(|key| (spec, key));
        let asked: Vec<_> = known.iter().take(MAX_SPECS).cloned().filter_map(with_key).collect();
        // Both are sent before either is answered.
        let (values, specs) = tokio::join!(self.values(connection.clone(), &asked), self.specs(connection.clone(), path));
        if let Some(stored) = self.usable(path, asked, &values?) {
            return Ok(Some(stored));
        }
        let others = specs?.into_iter().filter(|spec| !known.iter().any(|known| **known == *spec)).take(MAX_SPECS);
        let asked: Vec<_> = others.map(Arc::new).filter_map(with_key).collect();
        let values = self.values(connection, &asked).await?;
        Ok(self.usable(path, asked, &values))
    }

    /// What is stored by these keys. `MGET` says nothing of a key that is no string, rather than that it is an error.
    async fn values(
        &self,
        mut connection: MultiplexedConnection,
        asked: &[(Arc<Spec>, Key)],
    ) -> RedisResult<Vec<Option<Vec<u8>>>> {
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let names: Vec<_> = asked.iter().map(|(_, key)| self.names.entry(key)).collect();
        cmd("MGET").arg(names).query_async(&mut connection).await
    }

    /// The inputs of pages of this path, as far as they can be read.
    async fn specs(&self, mut connection: MultiplexedConnection, path: &str) -> RedisResult<Vec<Spec>> {
        let members: RedisResult<Vec<Vec<u8>>> = cmd("SMEMBERS").arg(self.names.specs(path)).query_async(&mut connection).await;
        match members {
            Ok(members) => Ok(members.iter().filter_map(|member| Spec::from_bytes(member)).collect()),
            // Somebody else's.
            Err(error) if error.code() == Some("WRONGTYPE") => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// The last page that is what was asked for.
    fn usable(&self, path: &str, asked: Vec<(Arc<Spec>, Key)>, values: &[Option<Vec<u8>>]) -> Option<Stored> {
        let stored = asked.into_iter().zip(values).filter_map(|((spec, key), value)| {
            let stored = codec::decode(value.as_ref()?, &self.build)?;
            let is_it = *stored.path == *path && stored.spec == spec && stored.key == key;
            // Entries that share their inputs share one list of them.
            is_it.then_some(Stored { spec, key, ..stored })
        });
        stored.filter(|stored| self.is_left(stored)).max_by_key(|stored| stored.received)
    }

    /// Whether no purge, known or forgotten, has taken it away.
    pub(super) fn is_left(&self, stored: &Stored) -> bool {
        stored.born > self.heard.lock().since && self.purges.verdict(stored) != Standing::Gone
    }
}
