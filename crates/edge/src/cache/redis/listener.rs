//! Messages of other instances, on a connection of their own.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use futures_util::StreamExt as _;
use redis::aio::PubSub;
use redis::{Msg, RedisResult};
use tokio::time;

use super::epochs::{self, Heard};
use super::{Hash, Shared};
use crate::redis::{CONNECT, RETRY, in_time};

impl Shared {
    /// Listens from now on, anew.
    pub(super) async fn listen(self: Arc<Self>) -> RedisResult<()> {
        let messages = self.subscribe().await?;
        let task = tokio::spawn(self.clone().hear(messages)).abort_handle();
        if let Some(before) = self.listener.lock().replace(task) {
            before.abort();
        }
        Ok(())
    }

    async fn subscribe(&self) -> RedisResult<PubSub> {
        let subscribing = async {
            let mut messages = self.connection.client().get_async_pubsub().await?;
            messages.subscribe(&[&self.names.purges, &self.names.landed]).await?;
            Ok(messages)
        };
        in_time(CONNECT, subscribing).await
    }

    async fn hear(self: Arc<Self>, mut messages: PubSub) {
        loop {
            while let Some(message) = messages.on_message().next().await {
                self.message(&message);
            }
            // A message was lost with the connection, perhaps.
            messages = loop {
                time::sleep(RETRY).await;
                if let Ok(messages) = self.subscribe().await {
                    break messages;
                }
            };
            self.missed.notify_one();
        }
    }

    fn message(&self, message: &Msg) {
        let bytes = message.get_payload_bytes();
        if message.get_channel_name() == self.names.purges {
            let Some((heard, selector, times)) = epochs::read_message(bytes) else { return };
            self.last_purge.fetch_max(times.last(), Relaxed);
            self.purges.merge([(selector, times)]);
            self.count(Heard { count: heard.count.saturating_sub(1), ..heard }, heard.count);
        } else if let Ok(flight) = Hash::try_from(bytes) {
            // Nobody waits: fine.
            let _ = self.landed.send(flight);
        }
    }
}
