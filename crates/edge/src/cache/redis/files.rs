//! Files of a build, for those who still have its pages open when the next one has taken its place.
//!
//! Only files whose name holds a hash of their content, by that name: whatever build it is from, it is that file.

use std::time::Duration;

use bytes::Bytes;
use redis::{RedisResult, cmd};

use super::Shared;
use super::write::WRITE;
use crate::redis::in_time;

impl Shared {
    /// Keeps a file from now on, for so long. Whether Redis has taken it.
    pub(super) async fn keep_file(&self, name: &str, content: &[u8], time: Duration) -> bool {
        let Some(mut connection) = self.connection.get() else { return false };
        let (key, millis) = (self.names.file(name), time.as_millis() as u64);
        // Most files are those of the build before.
        let known: RedisResult<bool> = in_time(WRITE, cmd("PEXPIRE").arg(&key).arg(millis).query_async(&mut connection)).await;
        let kept = match known {
            Ok(true) => return true,
            Ok(false) => {
                in_time(WRITE, cmd("SET").arg(&key).arg(content).arg("PX").arg(millis).query_async(&mut connection)).await
            }
            Err(error) => Err(error),
        };
        kept.inspect_err(|error| self.failed(error)).is_ok_and(|()| true)
    }

    /// A file that was kept.
    pub(super) async fn kept_file(&self, name: &str) -> Option<Bytes> {
        let mut connection = self.connection.get()?;
        let content: RedisResult<Option<Vec<u8>>> =
            self.ask(cmd("GET").arg(self.names.file(name)).query_async(&mut connection)).await;
        content.ok()?.map(Bytes::from)
    }
}
