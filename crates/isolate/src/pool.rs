//! The pool: which isolate gets a request, who waits, and what takes the place of an isolate that went away.
//!
//! Dispatch is last-idle-first: the isolate that parked most recently has the warmest caches. When none is parked the request
//! waits in one bounded queue, from which isolates help themselves the moment they are between two turns; so no request
//! waits for a busy isolate while another is free.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot, watch};

use crate::bundle::Bundle;
use crate::error::{Clock, Error};
use crate::limits::Supervisor;
use crate::message::{Body, Request, Response};
use crate::ops::process::Role;
use crate::{Files, runtime, worker};

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
            request_timeout: Duration::from_secs(30),
            cpu_limit: Duration::from_secs(5),
            heap_limit: 512 << 20,
            startup_timeout: Duration::from_secs(60),
            recycle_requests: None,
            recycle_age: None,
            recycle_heap: Some(85),
            code_cache: None,
        }
    }
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
    pub async fn start(config: Config, files: Arc<dyn Files>) -> Result<(Pool, App), Error> {
        let shared = Shared::new(config, files)?;

        let leader = shared.spawn(Role { leader: true, replacement: false, starting: true });
        for _ in 1..shared.config.isolates {
            shared.spawn_and_retry(Role { leader: false, replacement: false, starting: true }, None);
        }
        let app = leader.await.unwrap_or(Err(Error::Closed));
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

    /// Answers one request.
    ///
    /// # Errors
    /// See [`Error`]. Dropping the future cancels the render.
    pub async fn handle(&self, request: Request) -> Result<Response, Error> {
        let config = &self.shared.config;
        let number = self.shared.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let (reply, answer) = oneshot::channel();
        let ticket = Arc::new(Ticket::default());
        // 30 bits: a small integer in V8. Two requests in flight are never 2^30 apart.
        let id = u32::try_from(number & 0x3fff_ffff).expect("30 bits");
        let mut cancel = Some(Cancel { id, ticket: Arc::clone(&ticket), armed: true });
        let queued =
            self.shared.dispatch(Job { id, number, request, reply, ticket: Arc::clone(&ticket), since: Instant::now() })?;
        let answered = wait(answer, &ticket, queued, config).await?;
        let mut response = answered.unwrap_or(Err(Error::Closed))?;
        let cancel = cancel.take().expect("set above");
        match &mut response.body {
            Body::Stream(stream) => stream.cancel = Some(cancel),
            _ => cancel.disarm(),
        }
        Ok(response)
    }

    /// Isolates that take requests.
    pub fn ready(&self) -> usize {
        self.shared.state.lock().ready
    }

    /// Runs the app's own close hooks in every isolate and ends the threads. Requests in flight are finished by the caller
    /// before.
    pub async fn close(&self, deadline: Duration) {
        self.shared.closing.store(true, Ordering::SeqCst);
        let links = std::mem::take(&mut self.shared.state.lock().links);
        let closing: Vec<_> = links
            .iter()
            .map(|link| {
                let (done, closed) = oneshot::channel();
                let _ = link.commands.send(Command::Close(done));
                closed
            })
            .collect();
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

/// Evaluates the module at `entry` in one isolate and prints what it prints: no server, for development and tests.
///
/// # Errors
/// [`Error::Startup`] or [`Error::Threw`].
pub async fn run_script(entry: &Path, args: Vec<String>, files: Arc<dyn Files>) -> Result<(), Error> {
    let shared = Shared::new(Config { args, ..Config::new(entry.to_path_buf()) }, files)?;
    let (done, outcome) = oneshot::channel();
    let thread = std::thread::Builder::new().name("script".into()).stack_size(worker::STACK).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let _ = done.send(runtime.expect("a tokio runtime can be built").block_on(worker::run_script(&shared)));
    });
    thread.expect("a thread can be started");
    outcome.await.unwrap_or(Err(Error::Closed))
}

/// Waits for the answer within the two limits on waiting.
async fn wait(
    mut answer: oneshot::Receiver<Result<Response, Error>>,
    ticket: &Ticket,
    queued: bool,
    config: &Config,
) -> Result<Result<Result<Response, Error>, oneshot::error::RecvError>, Error> {
    let mut left = config.request_timeout;
    if queued {
        match tokio::time::timeout(config.queue_timeout, &mut answer).await {
            Ok(answered) => return Ok(answered),
            Err(_) if ticket.owner.get().is_none() => {
                return Err(Error::Overloaded { reason: "the wait in the queue was too long" });
            }
            Err(_) => left = left.saturating_sub(config.queue_timeout),
        }
    }
    let timed_out = |_| Error::Timeout { kind: Clock::Wall, limit: config.request_timeout, failure: None };
    tokio::time::timeout(left, answer).await.map_err(timed_out)
}

/// A request on its way to an isolate.
pub(crate) struct Job {
    pub(crate) id: u32,
    pub(crate) number: u64,
    pub(crate) request: Request,
    pub(crate) reply: oneshot::Sender<Result<Response, Error>>,
    pub(crate) ticket: Arc<Ticket>,
    since: Instant,
}

/// Where a request is, shared by the one who waits and the one who works.
#[derive(Default)]
pub(crate) struct Ticket {
    cancelled: AtomicBool,
    owner: OnceLock<mpsc::UnboundedSender<Command>>,
}

impl Ticket {
    /// Takes the request for `link`; `false` when nobody waits for it any more.
    pub(crate) fn take(&self, link: &Link) -> bool {
        let _ = self.owner.set(link.commands.clone());
        // The one who cancels sets the flag, then looks for an owner; here it is the other way round: one of the two sees it.
        !self.cancelled.load(Ordering::SeqCst)
    }
}

/// The one backward arrow: dropped while armed, it stops the work on a request because nobody waits for it.
pub(crate) struct Cancel {
    id: u32,
    ticket: Arc<Ticket>,
    armed: bool,
}

impl Cancel {
    /// The request was answered.
    pub(crate) fn disarm(mut self) {
        self.armed = false;
    }
}

impl Drop for Cancel {
    fn drop(&mut self) {
        if !self.armed {
            return;
        }
        self.ticket.cancelled.store(true, Ordering::SeqCst);
        if let Some(owner) = self.ticket.owner.get() {
            let _ = owner.send(Command::Cancel(self.id));
        }
    }
}

/// What an isolate's thread is told.
pub(crate) enum Command {
    Job(Box<Job>),
    Cancel(u32),
    Retire,
    Close(oneshot::Sender<()>),
}

/// The pool's end of one isolate.
pub(crate) struct Link {
    pub(crate) number: usize,
    role: Role,
    commands: mpsc::UnboundedSender<Command>,
    parked: AtomicBool,
}

#[derive(Default)]
struct State {
    /// Isolates waiting in their event loop, the most recent one last.
    idle: Vec<Arc<Link>>,
    queue: VecDeque<Job>,
    links: Vec<Arc<Link>>,
    ready: usize,
}

/// What all isolates of a pool share.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) bundle: Arc<Bundle>,
    pub(crate) files: Arc<dyn Files>,
    pub(crate) bound: watch::Sender<Option<String>>,
    pub(crate) supervisor: Arc<Supervisor>,
    state: Mutex<State>,
    requests: AtomicU64,
    spawned: AtomicUsize,
    closing: AtomicBool,
    /// The host's runtime: tasks of the pool outlive the thread of any isolate.
    host: tokio::runtime::Handle,
}

impl Shared {
    fn new(config: Config, files: Arc<dyn Files>) -> Result<Arc<Shared>, Error> {
        let bundle = Arc::new(Bundle::open(&config.entry, &config.args, config.code_cache.clone())?);
        Ok(Arc::new(Shared {
            supervisor: Supervisor::start(config.cpu_limit),
            state: Mutex::new(State::default()),
            bound: watch::channel(None).0,
            requests: AtomicU64::new(0),
            spawned: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
            host: tokio::runtime::Handle::current(),
            bundle,
            files,
            config,
        }))
    }

    /// Gives `job` to the last isolate that parked, or queues it. Returns whether it was queued.
    fn dispatch(&self, job: Job) -> Result<bool, Error> {
        if self.closing.load(Ordering::SeqCst) {
            return Err(Error::Closed);
        }
        let mut state = self.state.lock();
        if let Some(link) = state.idle.pop() {
            drop(state);
            link.parked.store(false, Ordering::SeqCst);
            let sent = link.commands.send(Command::Job(Box::new(job)));
            return sent.map(|()| false).map_err(|_| Error::Closed);
        }
        if state.queue.len() >= self.config.queue {
            return Err(Error::Overloaded { reason: "the queue is full" });
        }
        state.queue.push_back(job);
        Ok(true)
    }

    /// The isolate woke up: it is not the one to wake any more.
    pub(crate) fn unpark(&self, link: &Arc<Link>) {
        if link.parked.swap(false, Ordering::SeqCst) {
            self.state.lock().idle.retain(|idle| !Arc::ptr_eq(idle, link));
        }
    }

    /// The next request in the queue; without one the isolate is parked.
    pub(crate) fn next_or_park(&self, link: &Arc<Link>) -> Option<Job> {
        let mut state = self.state.lock();
        while let Some(job) = state.queue.pop_front() {
            if job.since.elapsed() < self.config.queue_timeout && !job.ticket.cancelled.load(Ordering::SeqCst) {
                return Some(job);
            }
        }
        link.parked.store(true, Ordering::SeqCst);
        state.idle.push(Arc::clone(link));
        None
    }

    /// `link` was retired: it is sent nothing more, and another isolate is started in its place.
    pub(crate) fn replace(self: &Arc<Self>, link: &Arc<Link>) {
        self.forget(link);
        if !self.closing.load(Ordering::SeqCst) {
            self.spawn_and_retry(Role { replacement: true, starting: true, ..link.role }, None);
        }
    }

    /// `link` has served its time: another isolate is started, and when that one is ready this one takes no more requests.
    pub(crate) fn recycle(self: &Arc<Self>, link: &Arc<Link>) {
        if !self.closing.load(Ordering::SeqCst) {
            self.spawn_and_retry(Role { replacement: true, starting: true, ..link.role }, Some(Arc::clone(link)));
        }
    }

    /// The thread of `link` ends.
    pub(crate) fn gone(&self, link: &Arc<Link>) {
        self.forget(link);
    }

    fn forget(&self, link: &Arc<Link>) {
        let mut state = self.state.lock();
        state.idle.retain(|idle| !Arc::ptr_eq(idle, link));
        let before = state.links.len();
        state.links.retain(|other| !Arc::ptr_eq(other, link));
        state.ready -= before - state.links.len();
    }

    /// Starts an isolate; it parks itself when it is ready.
    fn spawn(self: &Arc<Self>, role: Role) -> oneshot::Receiver<Result<App, Error>> {
        let (commands, receiver) = mpsc::unbounded_channel();
        let number = self.spawned.fetch_add(1, Ordering::Relaxed);
        let link = Arc::new(Link { number, role, commands, parked: AtomicBool::new(false) });
        let (started, ready) = oneshot::channel();
        worker::spawn(Arc::clone(self), link, receiver, role, started);
        ready
    }

    /// The isolate of `link` listens: from now on it counts.
    pub(crate) fn joined(&self, link: &Arc<Link>) {
        let mut state = self.state.lock();
        state.links.push(Arc::clone(link));
        state.ready += 1;
    }

    /// Starts an isolate in the background, again and again with growing pauses until it stands.
    /// Then `predecessor` is told to go.
    fn spawn_and_retry(self: &Arc<Self>, role: Role, predecessor: Option<Arc<Link>>) {
        let this = Arc::clone(self);
        self.host.spawn(async move {
            for attempt in 0.. {
                let since = Instant::now();
                match this.spawn(role).await.unwrap_or(Err(Error::Closed)) {
                    Ok(_) => {
                        if role.replacement {
                            tracing::info!("replacement isolate ready in {} ms", worker::elapsed_ms(since));
                        }
                        if let Some(link) = predecessor {
                            this.forget(&link);
                            let _ = link.commands.send(Command::Retire);
                        }
                        return;
                    }
                    Err(error) if this.closing.load(Ordering::SeqCst) => return tracing::debug!("start abandoned: {error}"),
                    Err(error) => tracing::error!("an isolate did not start (attempt {}): {error}", attempt + 1),
                }
                tokio::time::sleep(worker::back_off(attempt)).await;
            }
        });
    }
}
