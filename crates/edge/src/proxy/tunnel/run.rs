//! One tunnel from its first byte to its end, and why it ended.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::AsyncWrite as _;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::Config;
use super::counters::Counters;
use super::frames::Sender;
use super::pipe::{Io, Pipe};

/// How long a silent WebSocket has to say goodbye.
const FAREWELL: Duration = Duration::from_secs(5);

/// Why a tunnel ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It never began.
    Refused,
    /// Both sides have ended.
    Ended,
    /// A connection broke.
    Broken,
    /// Nothing moved, or a side did not answer.
    Idle,
    /// The process stops.
    Drained,
}

/// A client and a backend.
pub(super) struct Tunnel {
    client: Io,
    backend: Io,
    up: Pipe,
    down: Pipe,
    is_websocket: bool,
    idle_timeout: Duration,
    ping_interval: Option<Duration>,
    /// Both sides were told to go away: why, and how long they have.
    closing: Option<(End, Instant)>,
    counters: Arc<Counters>,
}

impl Tunnel {
    pub(super) fn new(client: Io, backend: Io, is_websocket: bool, config: (&Config, Arc<Counters>)) -> Tunnel {
        let (&Config { idle_timeout, ping_interval }, counters) = config;
        // What is asked too late is not worth asking.
        let ping_interval = ping_interval.filter(|interval| *interval < idle_timeout);
        let (up, down) = (Pipe::new(is_websocket, Sender::Client), Pipe::new(is_websocket, Sender::Server));
        Tunnel { client, backend, up, down, is_websocket, idle_timeout, ping_interval, closing: None, counters }
    }

    /// Runs it until it ends, at the latest when `stop` says.
    pub(super) async fn run(mut self, mut stop: watch::Receiver<Option<Instant>>) -> End {
        let mut timer = pin!(sleep_until(self.deadline()));
        let mut is_draining = false;
        let end = loop {
            tokio::select! {
                biased;
                end = poll_fn(|cx| self.poll(cx)) => break end,
                () = timer.as_mut() => {}
                until = drains(&mut stop), if !is_draining => {
                    is_draining = true;
                    self.close(End::Drained, until);
                }
            }
            if let Some(end) = self.on_time(Instant::now()) {
                break end;
            }
            timer.as_mut().reset(self.deadline());
        };
        poll_fn(|cx| self.poll_farewell(cx)).await;
        end
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        let up = self.up.poll(cx, &mut self.client, &mut self.backend);
        let down = self.down.poll(cx, &mut self.backend, &mut self.client);
        self.counters.to_backend(self.up.take_bytes());
        self.counters.to_client(self.down.take_bytes());
        match (up, down) {
            (Poll::Ready(Err(error)), _) | (_, Poll::Ready(Err(error))) => {
                tracing::debug!("tunnel: {error}");
                Poll::Ready(End::Broken)
            }
            (Poll::Ready(Ok(())), Poll::Ready(Ok(()))) => Poll::Ready(self.closing.map_or(End::Ended, |(end, _)| end)),
            _ => match self.closing {
                Some((end, _)) if self.up.is_over() && self.down.is_over() => Poll::Ready(end),
                _ => Poll::Pending,
            },
        }
    }

    /// Lets both sides know that it is over, if they can be told at once.
    fn poll_farewell(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let _ = Pin::new(&mut self.client).poll_shutdown(cx);
        let _ = Pin::new(&mut self.backend).poll_shutdown(cx);
        Poll::Ready(())
    }

    /// When to look at the time again.
    fn deadline(&self) -> Instant {
        if let Some((_, until)) = self.closing {
            return until;
        }
        let idle = self.up.heard().max(self.down.heard()) + self.idle_timeout;
        let sides = [(&self.up, &self.down), (&self.down, &self.up)];
        let silent = sides.into_iter().filter_map(|(from, to)| self.silence(from, to)).map(|silence| match silence {
            Silence::Ask(at) | Silence::Over(at) => at,
        });
        silent.fold(idle, Instant::min)
    }

    /// What is to be done about the side that sends into `from` and gets what comes out of `to`, and when.
    fn silence(&self, from: &Pipe, to: &Pipe) -> Option<Silence> {
        let interval = self.ping_interval?;
        match to.asked() {
            Some(asked) if asked > from.heard() => Some(Silence::Over(asked + (self.idle_timeout - interval))),
            _ => to.can_ask().then(|| Silence::Ask(from.heard() + interval)),
        }
    }

    /// Does what is to be done by now. `Some`: it is over.
    fn on_time(&mut self, now: Instant) -> Option<End> {
        if let Some((end, until)) = self.closing {
            return (!self.is_websocket || now >= until).then_some(end);
        }
        let (client, backend) = (self.silence(&self.up, &self.down), self.silence(&self.down, &self.up));
        let is_over = |silence| matches!(silence, Some(Silence::Over(at)) if now >= at);
        let is_idle = now >= self.up.heard().max(self.down.heard()) + self.idle_timeout;
        if is_idle || is_over(client) || is_over(backend) {
            self.close(End::Idle, now + FAREWELL);
            return self.on_time(now);
        }
        for (silence, to) in [(client, &mut self.down), (backend, &mut self.up)] {
            if matches!(silence, Some(Silence::Ask(at)) if now >= at) {
                to.ask();
            }
        }
        None
    }

    fn close(&mut self, end: End, until: Instant) {
        let until = self.closing.map_or(until, |(_, earlier)| earlier.min(until));
        self.closing = Some((end, until));
        self.up.close();
        self.down.close();
    }
}

/// A side from which nothing comes.
#[derive(Debug, Clone, Copy)]
enum Silence {
    /// It is asked whether it is there.
    Ask(Instant),
    /// It was asked and does not answer.
    Over(Instant),
}

/// Waits until the process stops; when everything must be over.
async fn drains(stop: &mut watch::Receiver<Option<Instant>>) -> Instant {
    match stop.wait_for(Option::is_some).await.map(|until| *until) {
        Ok(until) => until.unwrap_or_else(Instant::now),
        // Whoever could say so is gone.
        Err(_) => std::future::pending().await,
    }
}
