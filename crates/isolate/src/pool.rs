//! The pool: which isolate gets a request, who waits, and what takes the place of an isolate that went away.
//!
//! Dispatch is last-idle-first: the isolate that parked most recently has the warmest caches. When none is parked the request
//! waits in one bounded queue, from which isolates help themselves the moment they are between two turns; so no request
//! waits for a busy isolate while another is free.

mod dispatch;
mod queue;
mod view;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

pub(crate) use dispatch::{Cancel, Command, Job, Link, Shared, Ticket};
pub(crate) use view::Restart;
pub use view::{IsolateView, View};

use crate::error::{Clock, Error};
use crate::message::{Answer, Body, Request, Response};
use crate::ops::process::Role;
use crate::script::Signal;
use crate::{Host, overload, runtime, script, worker};

/// How the pool runs. Every limit is enforced from outside the isolate.
#[derive(Debug, Clone)]
pub struct Config {
    /// The server bundle.
    pub entry: PathBuf,
    /// Arguments after the entry, as `process.argv.slice(2)`.
    pub args: Vec<String>,
    /// Number of isolates.
    pub isolates: usize,
    /// Requests one isolate works on at the same time while they wait for I/O.
    pub in_flight: usize,
    /// Requests that may wait for an isolate; one more is refused.
    pub queue: usize,
    /// Longest wait in the queue.
    pub queue_timeout: Duration,
    /// How requests are refused before that.
    pub overload: overload::Config,
    /// Longest time from a request to its response head.
    pub request_timeout: Duration,
    /// CPU time of one uninterrupted turn of JavaScript.
    pub cpu_limit: Duration,
    /// Heap of one isolate in bytes.
    pub heap_limit: usize,
    /// Longest time until the app listens.
    pub startup_timeout: Duration,
    /// Requests after which an isolate is replaced; `None`: never.
    pub recycle_requests: Option<u64>,
    /// Age at which an isolate is replaced; `None`: never.
    pub recycle_age: Option<Duration>,
    /// Share of the heap limit, in percent, that may still be alive after a full garbage collection; above it the isolate is
    /// replaced before it runs out. `None`: never.
    pub recycle_heap: Option<u8>,
    /// What the app prints on stdout goes to stderr, because stdout has another use.
    pub stdout_to_stderr: bool,
    /// How `console.log()` and its like are printed.
    pub console: Console,
    /// Directory for V8's code cache; `None` keeps it in memory.
    pub code_cache: Option<PathBuf>,
}

impl Config {
    /// The defaults for the bundle at `entry`, with one isolate.
    pub fn new(entry: PathBuf) -> Config {
        Config {
            entry,
            args: Vec::new(),
            isolates: 1,
            in_flight: 100,
            queue: 1024,
            queue_timeout: Duration::from_secs(5),
            overload: overload::Config::default(),
            request_timeout: Duration::from_secs(30),
            cpu_limit: Duration::from_secs(5),
            heap_limit: 512 << 20,
            startup_timeout: Duration::from_secs(60),
            recycle_requests: None,
            recycle_age: None,
            recycle_heap: Some(85),
            stdout_to_stderr: false,
            console: Console::Plain,
            code_cache: None,
        }
    }
}

/// How what the app prints with the methods of the global `console` is printed. What it writes to `process.stdout` is never touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Console {
    /// As Node does.
    #[default]
    Plain,
    /// Each call is a line of JSON, as pino writes it: `level`, `time`, `pid`, `hostname`, `reqId` and `msg`. `reqId` is
    /// [`crate::Trace::request_id`] of the request on whose behalf the code runs, also when that goes on after the response; but
    /// not for ever: an isolate remembers the last requests that are over, not all.
    Json,
}

/// What the app said at start-up.
#[derive(Debug, Clone)]
pub struct App {
    /// `fastify` or `fetch`.
    pub kind: String,
    /// The arguments of the app's own `listen()`, if it called it. An empty host is Node's default (all addresses).
    pub listen: Option<(String, u16)>,
    /// What the app registered, for `ssr-host check`:
    /// `{routes: [{method, url}], hooks: {name: count}, plugins: […], modules: {provided: […], missing: {specifier: importer}}}`.
    pub description: serde_json::Value,
}

/// Running isolates. Clones share them.
#[derive(Clone)]
pub struct Pool {
    shared: Arc<Shared>,
}

impl Pool {
    /// Initialises V8 with `flags` (as V8 spells them) besides our own. Call in `main` before any other thread exists.
    pub fn init_v8(flags: &str) {
        runtime::init_platform(flags);
    }

    /// Starts the isolates in parallel and returns when the first one listens; the others join as they are ready.
    ///
    /// # Errors
    /// [`Error::Startup`] or [`Error::Timeout`].
    pub async fn start(config: Config, host: Arc<dyn Host>) -> Result<(Pool, App), Error> {
        let shared = Shared::new(config, host)?;
        let starting = shared.starting();
        let leader = shared.spawn(Role { leader: true, replacement: false, starting: true });
        for _ in 1..shared.config.isolates {
            shared.spawn_and_retry(Role { leader: false, replacement: false, starting: true }, None);
        }
        let app = leader.await.unwrap_or(Err(Error::Closed));
        drop(starting);
        shared.stands.store(app.is_ok(), Ordering::SeqCst);
        if app.is_err() {
            shared.closing.store(true, Ordering::SeqCst);
            shared.supervisor.close();
        }
        Ok((Pool { shared }, app?))
    }

    /// Tells every isolate (now and later) the address the host has bound: their `listen()` resolves with it.
    pub fn bound(&self, address: &str) {
        self.shared.bound.send_replace(Some(address.to_owned()));
    }

    /// How the pool is, at a glance: takes some microseconds, and waits for nobody.
    pub fn view(&self) -> View {
        self.shared.view()
    }

    /// Answers one request. Dropping the future cancels the render.
    pub async fn handle(&self, request: Request) -> Answer {
        let ticket = Arc::new(Ticket::new());
        let result = self.respond(request, &ticket).await;
        let (isolate, worked) = ticket.work().unzip();
        Answer { queued: ticket.waited(), isolate, worked: worked.unwrap_or_default(), route: ticket.route(), result }
    }

    async fn respond(&self, request: Request, ticket: &Arc<Ticket>) -> Result<Response, Error> {
        let _place = self.shared.admit(request.urgent)?;
        let number = self.shared.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let (reply, answer) = oneshot::channel();
        // 30 bits: a small integer in V8. Two requests in flight are never 2^30 apart.
        let id = u32::try_from(number & 0x3fff_ffff).expect("30 bits");
        let cancel = Cancel::new(id, Arc::clone(ticket));
        let queued = self.shared.dispatch(Job { id, request, reply, ticket: Arc::clone(ticket) })?;
        let answered = self.wait(answer, ticket, queued).await?;
        let mut response = answered.unwrap_or(Err(Error::Closed))?;
        match &mut response.body {
            Body::Stream(stream) => stream.cancel = Some(cancel),
            _ => cancel.disarm(),
        }
        Ok(response)
    }

    /// Waits for the answer within the two limits on waiting.
    async fn wait(
        &self,
        mut answer: oneshot::Receiver<Result<Response, Error>>,
        ticket: &Ticket,
        queued: bool,
    ) -> Result<Result<Result<Response, Error>, oneshot::error::RecvError>, Error> {
        let config = &self.shared.config;
        let mut left = config.request_timeout;
        if queued {
            let patience = config.queue_timeout.min(left);
            match tokio::time::timeout(patience, &mut answer).await {
                Ok(answered) => return Ok(answered),
                Err(_) if !ticket.is_taken() => return Err(self.shared.shed()),
                Err(_) => left -= patience,
            }
        }
        let timed_out = |_| Error::Timeout { kind: Clock::Wall, limit: config.request_timeout, failure: None };
        tokio::time::timeout(left, answer).await.map_err(timed_out)
    }

    /// Runs the app's own close hooks in every isolate and ends the threads. Requests in flight are finished by the caller
    /// before.
    pub async fn close(&self, deadline: Duration) {
        let closing = self.shared.close();
        let all = async {
            for closed in closing {
                let _ = closed.await;
            }
        };
        if tokio::time::timeout(deadline, all).await.is_err() {
            tracing::warn!("the app's close hooks did not finish within {deadline:?}");
        }
        self.shared.supervisor.close();
    }
}

/// Evaluates the entry of `config` in one isolate until nothing is left to do, without a server; what comes of `signals` it is told. Gives the exit code.
///
/// # Errors
/// [`Error::Startup`], [`Error::Threw`] or [`Error::OutOfMemory`].
pub async fn run_script(config: Config, host: Arc<dyn Host>, signals: mpsc::UnboundedReceiver<Signal>) -> Result<i32, Error> {
    let shared = Shared::new(config, host)?;
    let (done, outcome) = oneshot::channel();
    let thread = std::thread::Builder::new().name("script".into()).stack_size(worker::STACK).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let _ = done.send(runtime.expect("a tokio runtime can be built").block_on(script::run(&shared, signals)));
    });
    thread.expect("a thread can be started");
    outcome.await.unwrap_or(Err(Error::Closed))
}
