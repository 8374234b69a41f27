//! After a `101`: bytes both ways, with an eye on WebSocket frames.

use std::time::Duration;

use http::{HeaderMap, Response};

use crate::Body;
use crate::upstream;

/// What tunnels are held to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// A tunnel in which nothing moves for so long is closed.
    pub idle_timeout: Duration,
    /// A WebSocket that has been silent for so long is asked whether it is there; `None`: never.
    pub ping_interval: Option<Duration>,
}

/// All tunnels of the process: how many there are, and their end on shutdown. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Tunnels {}

impl Tunnels {
    /// How many there are.
    pub fn count(&self) -> usize {
        todo!()
    }

    /// Ends them: WebSockets are told to go away (close code 1001) on both sides, and all are cut after `grace`. Returns when there is none.
    pub async fn drain(&self, grace: Duration) {
        let _ = grace;
        todo!()
    }

    /// Connects the client of a request with the backend that has answered it with a `101`: returns the `101` for the client (its
    /// end-to-end headers, `connection: upgrade` and the protocol), and moves bytes once the client's connection has been upgraded. `client` is `hyper::upgrade::on` of the
    /// request. What the client asked for (`upgrade` of its request) and what the backend agreed to must be the same protocol; else it is a bad gateway.
    ///
    /// # Errors
    /// A sentence for the log: the backend upgraded to something that was not asked for.
    pub fn open(
        &self,
        client: hyper::upgrade::OnUpgrade,
        asked: &HeaderMap,
        response: Response<upstream::Body>,
        config: &Config,
    ) -> Result<Response<Body>, String> {
        let _ = (client, asked, response, config);
        todo!()
    }
}
