//! Which isolate gets a request, who waits, and what takes the place of an isolate that went away.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot, watch};

use super::queue::Queue;
use super::view::{Restart, Restarts};
use super::{App, Config};
use crate::bundle::Bundle;
use crate::cpu_clock::Threads;
use crate::error::Error;
use crate::gauge::Gauge;
use crate::limits::Supervisor;
use crate::message::{Request, Response};
use crate::ops::Guest;
use crate::ops::process::Role;
use crate::overload::{Control, Load, Turn};
use crate::{Host, worker};

/// A request on its way to an isolate.
pub(crate) struct Job {
    pub(crate) id: u32,
    pub(crate) request: Request,
    pub(crate) reply: oneshot::Sender<Result<Response, Error>>,
    pub(crate) ticket: Arc<Ticket>,
}

/// Where a request is, shared by the one who waits and the one who works.
pub(crate) struct Ticket {
    since: Instant,
    cancelled: AtomicBool,
    owner: OnceLock<Owner>,
    route: OnceLock<Arc<str>>,
    answered: OnceLock<Instant>,
}

/// The isolate that works on a request.
struct Owner {
    number: usize,
    commands: mpsc::UnboundedSender<Command>,
    since: Instant,
}

impl Ticket {
    /// For a request that comes now.
    pub(super) fn new() -> Ticket {
        Ticket {
            since: Instant::now(),
            cancelled: AtomicBool::new(false),
            owner: OnceLock::new(),
            route: OnceLock::new(),
            answered: OnceLock::new(),
        }
    }

    /// Whether an isolate has it.
    pub(super) fn is_taken(&self) -> bool {
        self.owner.get().is_some()
    }

    /// Whether nobody waits for the answer any more.
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }

    /// Time until an isolate took it; if none has, until now.
    pub(super) fn waited(&self) -> Duration {
        self.owner.get().map_or_else(|| self.since.elapsed(), |owner| owner.since.saturating_duration_since(self.since))
    }

    /// The isolate that took it, and the time from then until it answered; if it has not, until now.
    pub(super) fn work(&self) -> Option<(usize, Duration)> {
        let owner = self.owner.get()?;
        let end = self.answered.get().copied().unwrap_or_else(Instant::now);
        Some((owner.number, end.saturating_duration_since(owner.since)))
    }

    /// The route that was chosen for it.
    pub(super) fn route(&self) -> Option<Arc<str>> {
        self.route.get().cloned()
    }

    /// Takes the request for `link`, and returns when that was; `None` when nobody waits for it any more.
    pub(crate) fn take(&self, link: &Link) -> Option<Instant> {
        let since = Instant::now();
        let _ = self.owner.set(Owner { number: link.number, commands: link.commands.clone(), since });
        // The one who cancels sets the flag, then looks for an owner; here it is the other way round: one of the two sees it.
        (!self.is_cancelled()).then_some(since)
    }

    /// The app's router has chosen `route`.
    pub(crate) fn routed(&self, route: Arc<str>) {
        let _ = self.route.set(route);
    }

    /// The response head is on its way, or a failure in its place.
    pub(crate) fn answered(&self) {
        let _ = self.answered.set(Instant::now());
    }
}

/// The one backward arrow: dropped while armed, it stops the work on a request because nobody waits for it.
pub(crate) struct Cancel {
    id: u32,
    ticket: Arc<Ticket>,
    armed: bool,
}

impl Cancel {
    /// For the one who waits for request `id`.
    pub(super) fn new(id: u32, ticket: Arc<Ticket>) -> Cancel {
        Cancel { id, ticket, armed: true }
    }

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
            let _ = owner.commands.send(Command::Cancel(self.id));
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
    /// Another one has been started, or will be, to take its place.
    replaced: AtomicBool,
    pub(crate) gauge: Arc<Gauge>,
}

impl Link {
    /// Whether it waits for a request.
    pub(super) fn is_parked(&self) -> bool {
        self.parked.load(Ordering::SeqCst)
    }

    /// Whether another one takes its place.
    pub(crate) fn is_replaced(&self) -> bool {
        self.replaced.load(Ordering::SeqCst)
    }
}

/// One of the requests that are in flight until their response head; dropped, it is no more.
pub(super) struct Place<'a>(&'a Shared);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One isolate that is being started; dropped, it is no more.
pub(super) struct Starting(Arc<Shared>);

impl Drop for Starting {
    fn drop(&mut self) {
        self.0.starting.fetch_sub(1, Ordering::Relaxed);
    }
}

struct State {
    /// Isolates waiting in their event loop, the most recent one last.
    idle: Vec<Arc<Link>>,
    queue: Queue,
    /// Isolates that listen and have not been retired.
    links: Vec<Arc<Link>>,
    control: Control,
    /// Requests that had been refused when the present overload began.
    before: u64,
}

/// What all isolates of a pool share.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) bundle: Arc<Bundle>,
    pub(crate) host: Arc<dyn Host>,
    pub(crate) bound: watch::Sender<Option<String>>,
    pub(crate) supervisor: Arc<Supervisor>,
    state: Mutex<State>,
    pub(super) requests: AtomicU64,
    pub(super) in_flight: AtomicUsize,
    /// What [`Control`] says about `in_flight`, to be read without the lock.
    pub(super) limit: AtomicUsize,
    /// Requests refused at once, and after they had waited.
    pub(super) refused: AtomicU64,
    pub(super) shed: AtomicU64,
    pub(super) overloads: AtomicU64,
    pub(super) starting: AtomicUsize,
    pub(super) restarts: Restarts,
    pub(super) start_failures: AtomicU64,
    /// The threads of the isolates.
    pub(crate) threads: Arc<Threads>,
    spawned: AtomicUsize,
    pub(super) closing: AtomicBool,
    /// The leader listens. Until then its start is the one that is reported.
    pub(super) stands: AtomicBool,
    /// The host's runtime: tasks of the pool outlive the thread of any isolate.
    tokio: tokio::runtime::Handle,
}

impl Shared {
    pub(super) fn new(config: Config, host: Arc<dyn Host>) -> Result<Arc<Shared>, Error> {
        let bundle = Arc::new(Bundle::open(&config.entry, &config.args, config.code_cache.clone())?);
        let capacity = config.isolates.saturating_mul(config.in_flight).saturating_add(config.queue);
        let control = Control::new(&config.overload, config.isolates, capacity);
        Ok(Arc::new(Shared {
            supervisor: Supervisor::start(config.cpu_limit),
            in_flight: AtomicUsize::new(0),
            limit: AtomicUsize::new(control.limit()),
            refused: AtomicU64::new(0),
            shed: AtomicU64::new(0),
            overloads: AtomicU64::new(0),
            starting: AtomicUsize::new(0),
            restarts: Restarts::default(),
            start_failures: AtomicU64::new(0),
            threads: Arc::default(),
            state: Mutex::new(State { idle: Vec::new(), queue: Queue::new(config.queue), links: Vec::new(), control, before: 0 }),
            bound: watch::channel(None).0,
            requests: AtomicU64::new(0),
            spawned: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
            stands: AtomicBool::new(false),
            tokio: tokio::runtime::Handle::current(),
            bundle,
            host,
            config,
        }))
    }

    /// What the ops of an isolate in this pool need to know.
    pub(crate) fn guest(&self, role: Role, gauge: Arc<Gauge>) -> Guest {
        Guest {
            bundle: Arc::clone(&self.bundle),
            host: Arc::clone(&self.host),
            bound: self.bound.subscribe(),
            role,
            stdout_to_stderr: self.config.stdout_to_stderr,
            console: self.config.console,
            gauge,
        }
    }

    /// Takes a request on, or refuses it at once. An urgent one is always taken on.
    pub(super) fn admit(&self, urgent: bool) -> Result<Place<'_>, Error> {
        let others = self.in_flight.fetch_add(1, Ordering::Relaxed);
        let place = Place(self);
        if self.limit.load(Ordering::Relaxed) == usize::MAX || urgent {
            return Ok(place);
        }
        if others == 0 {
            self.learn(&mut self.state.lock(), |control| control.idle(Instant::now()));
        }
        if others >= self.limit.load(Ordering::Relaxed) {
            return Err(self.refuse("as many requests are in flight as can be answered in time"));
        }
        Ok(place)
    }

    /// Gives `job` to the last isolate that parked, or queues it. Returns whether it was queued.
    pub(crate) fn dispatch(&self, job: Job) -> Result<bool, Error> {
        if self.closing.load(Ordering::SeqCst) {
            return Err(Error::Closed);
        }
        let mut state = self.state.lock();
        if let Some(link) = state.idle.pop() {
            self.learn(&mut state, |control| control.waited(job.ticket.since, Duration::ZERO, self.load()));
            drop(state);
            link.parked.store(false, Ordering::SeqCst);
            let sent = link.commands.send(Command::Job(Box::new(job)));
            return sent.map(|()| false).map_err(|_| Error::Closed);
        }
        match state.queue.push(job) {
            true => Ok(true),
            false => Err(self.refuse("the queue is full")),
        }
    }

    /// A request is refused at once because of what others ask for.
    fn refuse(&self, reason: &'static str) -> Error {
        self.refused.fetch_add(1, Ordering::Relaxed);
        Error::Overloaded { reason }
    }

    /// A request is refused after it has waited.
    pub(super) fn shed(&self) -> Error {
        self.shed.fetch_add(1, Ordering::Relaxed);
        Error::Overloaded { reason: "the wait in the queue was too long" }
    }

    fn load(&self) -> Load {
        Load { in_flight: self.in_flight.load(Ordering::Relaxed), refused: self.refused.load(Ordering::Relaxed) }
    }

    /// Tells the control what happened, and the world what it makes of it.
    fn learn(&self, state: &mut State, event: impl FnOnce(&mut Control) -> Option<Turn>) {
        let turn = event(&mut state.control);
        let limit = state.control.limit();
        if self.limit.load(Ordering::Relaxed) != limit {
            self.limit.store(limit, Ordering::Relaxed);
        }
        let Some(turn) = turn else { return };
        let refused = self.refused.load(Ordering::Relaxed) + self.shed.load(Ordering::Relaxed);
        match turn {
            Turn::Begins(wait) => {
                state.before = refused;
                self.overloads.fetch_add(1, Ordering::Relaxed);
                let wait = wait.as_millis();
                tracing::warn!("overload: every request waits for an isolate, {wait} ms at least; what is too much is refused");
            }
            Turn::Ends => tracing::warn!("the overload is over: {} requests were refused", refused - state.before),
        }
    }

    /// The isolate woke up: it is not the one to wake any more.
    pub(crate) fn unpark(&self, link: &Arc<Link>) {
        if link.parked.swap(false, Ordering::SeqCst) {
            self.state.lock().idle.retain(|idle| !Arc::ptr_eq(idle, link));
        }
    }

    /// The next request in the queue that is still worth starting; without one the isolate is parked.
    pub(crate) fn next_or_park(&self, link: &Arc<Link>) -> Option<Job> {
        let mut state = self.state.lock();
        while let Some(job) = state.queue.pop() {
            if job.ticket.is_cancelled() {
                continue;
            }
            let now = Instant::now();
            let wait = now.saturating_duration_since(job.ticket.since);
            if !job.request.urgent {
                self.learn(&mut state, |control| control.waited(now, wait, self.load()));
            }
            if wait < state.control.patience(self.config.queue_timeout) {
                return Some(job);
            }
            let _ = job.reply.send(Err(self.shed()));
        }
        link.parked.store(true, Ordering::SeqCst);
        state.idle.push(Arc::clone(link));
        None
    }

    /// `link` was retired: it is sent nothing more, and another isolate is started in its place.
    pub(crate) fn replace(self: &Arc<Self>, link: &Arc<Link>, why: Restart) {
        self.forget(link);
        self.spawn_for(link, why, None);
    }

    /// `link` has served its time: another isolate is started, and when that one is ready this one takes no more requests.
    pub(crate) fn recycle(self: &Arc<Self>, link: &Arc<Link>, why: Restart) {
        self.spawn_for(link, why, Some(Arc::clone(link)));
    }

    /// Starts another isolate in the place of `link`, unless that was done before.
    fn spawn_for(self: &Arc<Self>, link: &Link, why: Restart, predecessor: Option<Arc<Link>>) {
        if link.replaced.swap(true, Ordering::SeqCst) || self.closing.load(Ordering::SeqCst) {
            return;
        }
        self.restarts.count(why);
        self.spawn_and_retry(Role { replacement: true, starting: true, ..link.role }, predecessor);
    }

    /// The isolates that requests go to, and how many requests wait.
    pub(super) fn links_and_queued(&self) -> (Vec<Arc<Link>>, usize) {
        let state = self.state.lock();
        (state.links.clone(), state.queue.len())
    }

    /// Counts an isolate as being started.
    pub(super) fn starting(self: &Arc<Self>) -> Starting {
        self.starting.fetch_add(1, Ordering::Relaxed);
        Starting(Arc::clone(self))
    }

    /// Tells every isolate to close; each receiver resolves when its close hooks have run.
    pub(super) fn close(&self) -> Vec<oneshot::Receiver<()>> {
        self.closing.store(true, Ordering::SeqCst);
        let links = std::mem::take(&mut self.state.lock().links);
        let close = |link: Arc<Link>| {
            let (done, closed) = oneshot::channel();
            let _ = link.commands.send(Command::Close(done));
            closed
        };
        links.into_iter().map(close).collect()
    }

    /// `link` takes no more requests.
    pub(crate) fn forget(&self, link: &Arc<Link>) {
        let mut state = self.state.lock();
        state.idle.retain(|idle| !Arc::ptr_eq(idle, link));
        state.links.retain(|other| !Arc::ptr_eq(other, link));
    }

    /// Starts an isolate; it parks itself when it is ready.
    pub(super) fn spawn(self: &Arc<Self>, role: Role) -> oneshot::Receiver<Result<App, Error>> {
        let (commands, receiver) = mpsc::unbounded_channel();
        let number = self.spawned.fetch_add(1, Ordering::Relaxed);
        let (parked, replaced) = (AtomicBool::new(false), AtomicBool::new(false));
        let link = Arc::new(Link { number, role, commands, parked, replaced, gauge: Gauge::new() });
        let (started, ready) = oneshot::channel();
        worker::spawn(worker::Assignment { shared: Arc::clone(self), link, commands: receiver, role }, started);
        ready
    }

    /// The isolate of `link` listens: from now on it counts.
    pub(crate) fn joined(&self, link: &Arc<Link>) {
        self.state.lock().links.push(Arc::clone(link));
    }

    /// Starts an isolate in the background, again and again with growing pauses until it stands.
    /// Then `predecessor` is told to go.
    pub(super) fn spawn_and_retry(self: &Arc<Self>, role: Role, predecessor: Option<Arc<Link>>) {
        let this = Arc::clone(self);
        let starting = self.starting();
        self.tokio.spawn(async move {
            let _starting = starting;
            for attempt in 0.. {
                let since = Instant::now();
                match this.spawn(role).await.unwrap_or(Err(Error::Closed)) {
                    Ok(_) => {
                        if role.replacement {
                            tracing::info!("replacement isolate ready in {} ms", since.elapsed().as_millis());
                        }
                        if let Some(link) = predecessor {
                            this.forget(&link);
                            let _ = link.commands.send(Command::Retire);
                        }
                        return;
                    }
                    Err(error) if this.closing.load(Ordering::SeqCst) => return tracing::debug!("start abandoned: {error}"),
                    Err(error) => {
                        this.start_failures.fetch_add(1, Ordering::Relaxed);
                        if this.stands.load(Ordering::SeqCst) {
                            tracing::error!("an isolate did not start (attempt {}): {error}", attempt + 1);
                        }
                    }
                }
                tokio::time::sleep(back_off(attempt)).await;
            }
        });
    }
}

/// How long a start that failed waits before it is tried again.
fn back_off(attempt: u32) -> Duration {
    Duration::from_millis(100 << attempt.min(8))
}
