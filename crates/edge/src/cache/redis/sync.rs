//! Purges that are told and heard of.
//!
//! Messages (`listener`) bring a purge to all at once and may be lost. So each counts, and an instance whose count is behind reads them
//! all. The hash itself may be lost: it has an incarnation, and whatever was born before that is not used any more; an instance that knew
//! an earlier one writes down what it knows of purges, so that no other misses any.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{RedisResult, cmd};
use tokio::time;

use super::Shared;
use super::epochs::{self, Answer, Change, Heard, MAX_PENDING};
use crate::cache::purge::{Moment, Purge};
use crate::redis::{CONNECT, in_time};

/// How often Redis is asked whether there is news, and what time it is.
const EVERY: Duration = Duration::from_secs(2);

/// So many purges are sent at once: nobody else is answered meanwhile.
const AT_ONCE: usize = 100;

/// Asks for news, for ever.
pub(super) async fn keep(shared: Arc<Shared>) {
    loop {
        let _ = time::timeout(EVERY, shared.missed.notified()).await;
        if let Some(mut connection) = shared.connection.get()
            && let Err(error) = shared.sync(&mut connection).await
        {
            shared.failed(&error);
        }
    }
}

impl Shared {
    /// Tells the other instances of a purge.
    pub(super) async fn purge(&self, purge: Purge) -> Result<(), String> {
        self.purges.apply(&purge, self.clock.now());
        let change = Change { purge, at: None };
        let Some(mut connection) = self.connection.get() else {
            self.pending.lock().add([change]);
            return Err("Redis does not answer: other instances are told when it does".to_owned());
        };
        match self.ask(self.tell(&mut connection, std::slice::from_ref(&change))).await {
            Ok(Answer { kept: true, .. }) => Ok(()),
            Ok(Answer { now, .. }) => {
                self.pending.lock().add([Change { at: Some(now), ..change }]);
                self.refuses();
                Err("Redis refuses to write: instances that listen have been told, others are when it does".to_owned())
            }
            Err(error) => {
                self.pending.lock().add([change]);
                Err(format!("Redis does not answer as it should ({error}): other instances are told when it does"))
            }
        }
    }

    /// Hears of purges and tells those that are pending.
    pub(super) async fn sync(&self, connection: &mut MultiplexedConnection) -> RedisResult<()> {
        let before = *self.heard.lock();
        let answer = self.connection.in_time(self.tell(connection, &[])).await?;
        if answer.heard.since != before.since {
            self.begin(connection, before, answer.heard.since).await?;
        }
        if answer.heard.count > self.heard.lock().count {
            in_time(CONNECT, self.read(connection)).await?;
            let mut heard = self.heard.lock();
            heard.count = heard.count.max(answer.heard.count);
        }
        if !answer.kept {
            self.refuses();
        }
        self.tell_pending(connection).await
    }

    /// Another incarnation.
    async fn begin(&self, connection: &mut MultiplexedConnection, before: Heard, since: Moment) -> RedisResult<()> {
        if before.since != 0 {
            tracing::warn!("Redis has lost times of purges: pages that it has from before are not used");
            let known = self.purges.snapshot(MAX_PENDING).into_iter().flat_map(|(selector, times)| {
                let change = move |(soft, at)| Change { purge: Purge { selector: selector.clone(), soft }, at: Some(at) };
                [(false, times.hard), (true, times.soft)].into_iter().filter(|&(_, at)| at > 0).map(change)
            });
            let known: Vec<_> = known.collect();
            for changes in known.chunks(AT_ONCE) {
                in_time(CONNECT, self.tell(connection, changes)).await?;
            }
        }
        // Now that it is done: after a failure it begins anew.
        *self.heard.lock() = Heard { since, count: 0 };
        Ok(())
    }

    /// Everything that Redis knows of purges.
    async fn read(&self, connection: &mut MultiplexedConnection) -> RedisResult<()> {
        let fields: Vec<(Vec<u8>, Vec<u8>)> = cmd("HGETALL").arg(&self.names.epochs).query_async(connection).await?;
        let known: Vec<_> = fields.iter().filter_map(|(field, value)| epochs::read(field, value)).collect();
        let last = known.iter().map(|(_, times)| times.last()).max();
        self.last_purge.fetch_max(last.unwrap_or_default(), Relaxed);
        self.purges.merge(known);
        Ok(())
    }

    async fn tell_pending(&self, connection: &mut MultiplexedConnection) -> RedisResult<()> {
        let pending = self.pending.lock().take();
        for (index, changes) in pending.chunks(AT_ONCE).enumerate() {
            match in_time(CONNECT, self.tell(connection, changes)).await {
                Ok(Answer { kept: true, .. }) => {}
                Ok(Answer { now, .. }) => {
                    let told = changes.iter().map(|change| Change { at: change.at.or(Some(now)), ..change.clone() });
                    self.pending.lock().add(told);
                }
                Err(error) => {
                    self.pending.lock().add(pending[index * AT_ONCE..].iter().cloned());
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Tells Redis, and so all that listen, and takes note of when that was.
    async fn tell(&self, connection: &mut MultiplexedConnection, changes: &[Change]) -> RedisResult<Answer> {
        let heard = *self.heard.lock();
        let least = self.clock.born().max(self.last_purge.load(Relaxed));
        let answer = self.scripts.epochs(connection, &self.names, &self.clock, (least, heard), changes).await?;
        for Change { purge, at } in changes {
            let at = at.unwrap_or(answer.now);
            self.last_purge.fetch_max(at, Relaxed);
            self.purges.apply(purge, at);
        }
        self.count(Heard { count: answer.before, ..answer.heard }, answer.heard.count);
        Ok(answer)
    }

    /// Nothing was missed between the count before and this one.
    pub(super) fn count(&self, before: Heard, count: u64) {
        let mut heard = self.heard.lock();
        if *heard == before {
            heard.count = count;
        }
    }
}
