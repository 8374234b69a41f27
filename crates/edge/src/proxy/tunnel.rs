//! After a `101`: bytes both ways, with an eye on WebSocket frames.
//!
//! A WebSocket (RFC 6455) is followed frame by frame, so that a Ping or a Close can be put in where one ends: a side that is silent is asked
//! whether it is there, and both are told when the process stops. Everything else about it is the two sides' business: extensions,
//! subprotocols, and whether `Sec-WebSocket-Accept` is right, which the client checks. Their Pongs pass, also those to our
//! Pings: a Pong that nobody asked for is ignored (section 5.5.3). Other protocols are bytes.
//!
//! WebSockets over HTTP/2 (RFC 8441) are not offered: browsers then open a connection of their own with HTTP/1.1.

mod counters;
mod frames;
mod pipe;
mod run;

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::try_join;
use http::header::{CONNECTION, UPGRADE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};

use crate::Body;
use crate::upstream;
use counters::Counters;
pub use counters::View;
use run::{End, Tunnel};

/// How long the client has to take the `101`, from when it is made.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How long tunnels that were cut have to be gone.
const CUT: Duration = Duration::from_secs(1);

/// What tunnels are held to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// A tunnel in which nothing moves for so long is closed, and a WebSocket of which one side does not answer.
    pub idle_timeout: Duration,
    /// A side of a WebSocket that has been silent for so long is asked whether it is there; `None`, or not before `idle_timeout`: never.
    pub ping_interval: Option<Duration>,
}

/// All tunnels of the process: how many there are, and their end on shutdown. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Tunnels(Arc<All>);

#[derive(Debug)]
struct All {
    /// When all must be gone, once that is known. Each tunnel has a receiver.
    stop: watch::Sender<Option<Instant>>,
    counters: Arc<Counters>,
}

impl Default for Tunnels {
    fn default() -> Tunnels {
        Tunnels(Arc::new(All { stop: watch::channel(None).0, counters: Arc::default() }))
    }
}

impl Tunnels {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.stop.receiver_count()
    }

    /// What has happened to them.
    pub fn view(&self) -> View {
        self.0.counters.view(self.count())
    }

    /// Ends them: WebSockets are told to go away (close code 1001) on both sides and cut after `grace`, others are cut. Returns when
    /// there is none.
    pub async fn drain(&self, grace: Duration) {
        let until = Instant::now() + grace;
        self.0.stop.send_replace(Some(until));
        if timeout_at(until + CUT, self.0.stop.closed()).await.is_err() {
            tracing::warn!("{} tunnels do not end", self.count());
        }
    }

    /// Connects the client of a request with the backend that has answered it with a `101`: returns the `101` for the client (its
    /// end-to-end headers, `connection: upgrade` and the protocol), and moves bytes once the client's connection has been upgraded. `client` is `hyper::upgrade::on` of the
    /// request. What the client asked for (`upgrade` of its request) and what the backend agreed to must be the same protocol; else it is a bad gateway.
    ///
    /// # Errors
    /// A sentence for the log: the backend upgraded to something that was not asked for.
    pub fn open(
        &self,
        mut client: OnUpgrade,
        asked: &HeaderMap,
        mut response: Response<upstream::Body>,
        config: &Config,
    ) -> Result<Response<Body>, String> {
        let protocol = agreed(asked, response.headers())?;
        if let Some(Err(error)) = (&mut client).now_or_never() {
            return Err(format!("the client's connection cannot be upgraded: {error}"));
        }
        let backend = hyper::upgrade::on(&mut response);
        let (mut parts, body) = response.into_parts();
        super::headers::strip(&mut parts.headers);
        parts.headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        parts.headers.insert(UPGRADE, protocol.clone());
        let (stop, counters, config) = (self.0.stop.subscribe(), Arc::clone(&self.0.counters), config.clone());
        let is_websocket = protocol.as_bytes().eq_ignore_ascii_case(b"websocket");
        counters.open();
        tokio::spawn(async move {
            let upgraded = timeout(HANDSHAKE, try_join(client, backend)).await;
            // The backend's connection may live only as long as its response.
            drop(body);
            let end = match upgraded {
                Ok(Ok((client, backend))) => {
                    let (client, backend) = (TokioIo::new(client), TokioIo::new(backend));
                    Tunnel::new(client, backend, is_websocket, (&config, Arc::clone(&counters))).run(stop).await
                }
                _ => End::Refused,
            };
            tracing::debug!("tunnel: {end:?}");
            counters.end(end);
        });
        let mut answer = Response::new(Body::Empty);
        *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        *answer.headers_mut() = parts.headers;
        Ok(answer)
    }
}

/// The protocol both agreed to.
fn agreed(asked: &HeaderMap, answer: &HeaderMap) -> Result<HeaderValue, String> {
    let chosen: Vec<&str> = protocols(answer).collect();
    if chosen.is_empty() {
        return Err("it has switched protocols without saying to which".to_owned());
    }
    match chosen.iter().find(|protocol| !protocols(asked).any(|asked| asked.eq_ignore_ascii_case(protocol))) {
        Some(other) => Err(format!("it has switched to `{other}`, which was not asked for")),
        None => HeaderValue::from_str(&chosen.join(", ")).map_err(|error| error.to_string()),
    }
}

fn protocols(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(UPGRADE).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim).filter(|protocol| !protocol.is_empty())
}

#[cfg(test)]
mod tests;
