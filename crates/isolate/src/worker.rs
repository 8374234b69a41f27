//! One isolate on one OS thread, for life: it is built, serves, drains and is dropped here.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use deno_core::v8;
use tokio::sync::{mpsc, oneshot};

use crate::error::{Clock, Error, Failure};
use crate::limits::{Cause, Stop};
use crate::ops::Guest;
use crate::ops::bridge::{Requests, Serving};
use crate::ops::process::{Role, Uncaught};
use crate::pool::{App, Command, Job, Link, Restart, Shared};
use crate::runtime::{Runtime, failure_of};
use crate::scheduling;

/// Stack of an isolate's thread in bytes. Deep recursion must end in a `RangeError`, not in a fault: V8's own limit (`--stack-size`, 1,968 KiB) leaves the rest of
/// this for native frames.
pub(crate) const STACK: usize = 8 << 20;

/// Requests an isolate takes from the queue before it looks at its timers and sockets, which costs a system call.
const JOBS_BETWEEN_IO: usize = 8;

/// How often the size of the heap is noted, besides after garbage collections.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

/// What a thread is given to become an isolate.
pub(crate) struct Assignment {
    pub(crate) shared: Arc<Shared>,
    pub(crate) link: Arc<Link>,
    pub(crate) commands: mpsc::UnboundedReceiver<Command>,
    pub(crate) role: Role,
}

/// Starts the thread of one isolate. `started` gets the app's description, or why there is none.
pub(crate) fn spawn(assignment: Assignment, started: oneshot::Sender<Result<App, Error>>) {
    let thread = std::thread::Builder::new().name(format!("isolate-{}", assignment.link.number)).stack_size(STACK);
    let spawned = thread.spawn(move || {
        let _counted = assignment.shared.threads.count(assignment.link.number);
        scheduling::stand_front();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a tokio runtime can be built").block_on(run(assignment, started));
        // The isolate's memory went back to malloc; hand it on to the system (glibc keeps it in arenas otherwise).
        #[cfg(target_env = "gnu")]
        // SAFETY: malloc_trim has no preconditions.
        unsafe {
            libc::malloc_trim(0);
        }
    });
    spawned.expect("a thread can be started");
}

async fn run(assignment: Assignment, started: oneshot::Sender<Result<App, Error>>) {
    match Worker::start(assignment).await {
        Ok((mut worker, app)) => {
            let _membership = Membership::join(&worker.shared, &worker.link);
            let _ = started.send(Ok(app));
            std::future::poll_fn(|cx| worker.poll_serve(cx)).await;
        }
        Err(error) => {
            let _ = started.send(Err(error));
        }
    }
}

/// Being one of the pool's isolates. However the thread ends, also by a bug of ours, the pool does not count on it any more.
struct Membership {
    shared: Arc<Shared>,
    link: Arc<Link>,
}

impl Membership {
    fn join(shared: &Arc<Shared>, link: &Arc<Link>) -> Membership {
        shared.joined(link);
        Membership { shared: Arc::clone(shared), link: Arc::clone(link) }
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tracing::error!(isolate = self.link.number, "the isolate's thread panicked: it is replaced");
            self.shared.replace(&self.link, Restart::Panic);
        } else {
            self.shared.forget(&self.link);
        }
    }
}

struct Worker {
    shared: Arc<Shared>,
    link: Arc<Link>,
    commands: mpsc::UnboundedReceiver<Command>,
    runtime: Runtime,
    /// The evaluation of the entry module; it may go on after `listen()` (top-level await).
    evaluation: Option<Evaluation>,
    phase: Phase,
    /// The app does not listen yet.
    starting: bool,
    /// When the size of the heap is noted next.
    next_look: Instant,
}

/// The evaluation of an entry module, which may wait.
pub(crate) type Evaluation = Pin<Box<dyn Future<Output = Result<(), deno_core::error::CoreError>>>>;

enum Phase {
    Serving,
    /// No new requests; the thread ends when those in flight are done, or at the deadline.
    Retired(Pin<Box<tokio::time::Sleep>>),
    /// The app's close hooks run.
    Closing(Pin<Box<dyn Future<Output = ()>>>, Option<oneshot::Sender<()>>),
}

impl Worker {
    async fn start(assignment: Assignment) -> Result<(Worker, App), Error> {
        let Assignment { shared, link, commands, role } = assignment;
        let mut runtime = Runtime::new(shared.guest(role, Arc::clone(&link.gauge)), shared.config.heap_limit, &shared.supervisor)
            .map_err(Error::Startup)?;
        let timeout = shared.config.startup_timeout;
        let url = shared.bundle.entry_url();
        let module = runtime.js.load_main_es_module(&url).await.map_err(|e| Error::Startup(failure_of(&e)))?;
        runtime.meter.enter(timeout, &shared.supervisor);
        let evaluation = runtime.js.mod_evaluate(module);
        let stop = runtime.meter.exit();
        let mut worker = Worker {
            shared,
            link,
            commands,
            runtime,
            evaluation: Some(Box::pin(evaluation)),
            phase: Phase::Serving,
            starting: true,
            next_look: Instant::now(),
        };
        if let Some(stop) = stop {
            return Err(worker.startup_stop(&stop));
        }
        let listening = tokio::time::timeout(timeout, std::future::poll_fn(|cx| worker.poll_start(cx, module))).await;
        listening.map_err(|_| Error::Timeout { kind: Clock::Startup, limit: timeout, failure: None })??;
        let app = worker.app();
        worker.runtime.js.op_state().borrow_mut().borrow_mut::<Guest>().role.starting = false;
        worker.starting = false;
        worker.look(Instant::now());
        Ok((worker, app))
    }

    /// Ready when the app listens, or serves by export.
    fn poll_start(&mut self, cx: &mut Context<'_>, module: deno_core::ModuleId) -> Poll<Result<(), Error>> {
        loop {
            let (idle, stop) = self.turn(|this| {
                if let Some(evaluation) = &mut this.evaluation
                    && let Poll::Ready(result) = evaluation.as_mut().poll(cx)
                {
                    this.evaluation = None;
                    result.map_err(|e| failure_of(&e))?;
                }
                match this.runtime.poll_event_loop(cx) {
                    Poll::Ready(result) => result.map(|()| true).map_err(|e| failure_of(&e)),
                    Poll::Pending => Ok(false),
                }
            });
            if let Some(stop) = stop {
                return Poll::Ready(Err(self.startup_stop(&stop)));
            }
            if let Some(failure) = self.take_uncaught() {
                return Poll::Ready(Err(Error::Startup(failure)));
            }
            let idle = idle.map_err(Error::Startup)?;
            if self.listens() {
                return Poll::Ready(Ok(()));
            }
            if self.evaluation.is_none() && self.runtime.adopt(module) {
                return Poll::Ready(Ok(()));
            }
            if idle && self.evaluation.is_none() {
                return Poll::Ready(Err(Error::Startup(no_server())));
            }
            if !idle {
                return Poll::Pending;
            }
        }
    }

    /// Runs `f` as one turn: timed, and told if it was stopped.
    fn turn<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> (T, Option<Stop>) {
        let limit = if self.starting { self.shared.config.startup_timeout } else { self.shared.config.cpu_limit };
        self.runtime.meter.clone().enter(limit, &self.shared.supervisor);
        let result = f(self);
        let stop = self.runtime.meter.exit();
        (result, stop)
    }

    fn listens(&self) -> bool {
        let state = self.runtime.js.op_state();
        let state = state.borrow();
        let serving = state.borrow::<Serving>();
        serving.kind.is_some() && (serving.listen.is_some() || serving.kind.as_deref() == Some("fetch"))
    }

    fn app(&mut self) -> App {
        let mut description = self.runtime.describe();
        let imports = self.shared.bundle.imports();
        if !description.is_object() {
            description = serde_json::json!({});
        }
        description["modules"] = serde_json::json!({ "provided": imports.provided, "missing": imports.missing });
        let state = self.runtime.js.op_state();
        let state = state.borrow();
        let serving = state.borrow::<Serving>();
        App { kind: serving.kind.clone().unwrap_or_default(), listen: serving.listen.clone(), description }
    }

    fn take_uncaught(&mut self) -> Option<Failure> {
        let state = self.runtime.js.op_state();
        let mut state = state.borrow_mut();
        let uncaught = &mut state.borrow_mut::<Uncaught>().0;
        if uncaught.is_empty() { None } else { Some(uncaught.remove(0)) }
    }

    fn startup_stop(&self, stop: &Stop) -> Error {
        self.error_of(stop.cause, self.runtime.stack(&stop.frames))
    }

    fn error_of(&self, cause: Cause, stack: String) -> Error {
        let config = &self.shared.config;
        let failure = Some(Failure { stack, ..Failure::default() });
        match cause {
            Cause::Cpu if self.starting => Error::Timeout { kind: Clock::Startup, limit: config.startup_timeout, failure },
            Cause::Cpu => Error::Timeout { kind: Clock::Cpu, limit: config.cpu_limit, failure },
            Cause::Heap => Error::OutOfMemory { limit: config.heap_limit, failure },
            Cause::Exit(code) => Error::Exited { code },
        }
    }

    fn poll_serve(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.shared.unpark(&self.link);
        for _ in 0..JOBS_BETWEEN_IO {
            while let Poll::Ready(Some(command)) = self.commands.poll_recv(cx) {
                match command {
                    Command::Job(job) => self.begin(*job),
                    Command::Cancel(id) => self.requests(|requests| requests.cancel(id)),
                    Command::Retire => self.retire(),
                    Command::Close(done) => self.close(done),
                }
            }
            self.poll_event_loop(cx);
            if self.tell_settled() {
                continue;
            }
            match &mut self.phase {
                Phase::Serving => {}
                Phase::Retired(deadline) => {
                    let expired = deadline.as_mut().poll(cx).is_ready();
                    return if expired || self.in_flight() == 0 { self.fail_all() } else { Poll::Pending };
                }
                Phase::Closing(hooks, done) => {
                    ready!(hooks.as_mut().poll(cx));
                    if let Some(done) = done.take() {
                        let _ = done.send(());
                    }
                    return self.fail_all();
                }
            }
            if self.requests(|requests| requests.busy()) >= self.shared.config.in_flight {
                return Poll::Pending;
            }
            match self.shared.next_or_park(&self.link) {
                Some(job) => self.begin(job),
                None => return Poll::Pending,
            }
        }
        // The queue is not empty yet. Timers and sockets of this thread are looked at, then it goes on.
        let yielded = std::pin::pin!(tokio::task::yield_now()).poll(cx);
        debug_assert!(yielded.is_pending());
        Poll::Pending
    }

    /// A graceful end leaves nobody waiting.
    fn fail_all(&mut self) -> Poll<()> {
        self.requests(|requests| requests.ids().into_iter().for_each(|id| requests.fail(id, Error::Closed)));
        Poll::Ready(())
    }

    fn begin(&mut self, job: Job) {
        if !matches!(self.phase, Phase::Serving) {
            // It was on its way while this isolate was stopped: another one takes it.
            return drop(self.shared.dispatch(job));
        }
        let Some(now) = job.ticket.take(&self.link) else {
            return; // its client left while it waited
        };
        let id = job.id;
        self.requests(|requests| requests.insert(job));
        self.recycle_if_due();
        let (method, url, tracked) = self.requests(|requests| requests.target(id));
        let ((), stop) = self.turn(|this| this.runtime.handle(id, &method, &url, tracked));
        self.requests(Requests::routed);
        if now >= self.next_look {
            self.look(now);
        }
        if let Some(stop) = stop {
            self.stopped(&Stop { request: stop.request.or(Some(id)), ..stop });
        }
    }

    fn poll_event_loop(&mut self, cx: &mut Context<'_>) {
        let (result, stop) = self.turn(|this| {
            if let Some(evaluation) = &mut this.evaluation
                && evaluation.as_mut().poll(cx).is_ready()
            {
                this.evaluation = None;
            }
            this.runtime.poll_event_loop(cx)
        });
        if let Some(stop) = stop {
            self.stopped(&stop);
        } else if let Poll::Ready(Err(error)) = result {
            tracing::error!(isolate = self.link.number, "uncaught: {}", failure_of(&error));
            cx.waker().wake_by_ref();
        }
    }

    /// JavaScript that watches a request learns that it is over. Returns whether any ran.
    fn tell_settled(&mut self) -> bool {
        let settled = self.requests(|requests| std::mem::take(&mut requests.settled));
        for (id, cancelled) in &settled {
            let ((), stop) = self.turn(|this| this.runtime.settle(*id, *cancelled));
            if let Some(stop) = stop {
                self.stopped(&stop);
            }
        }
        !settled.is_empty()
    }

    /// A turn was stopped: its request gets the error, the others finish here, and a replacement takes over.
    fn stopped(&mut self, stop: &Stop) {
        let stack = self.runtime.stack(&stop.frames);
        let error = self.error_of(stop.cause, stack);
        let isolate = self.link.number;
        self.requests(|requests| {
            let req_id = stop.request.and_then(|id| requests.request_id(id));
            match stop.request.filter(|id| requests.is_waited_for(*id)) {
                // The stack is logged with the request, where the error is answered.
                Some(id) => {
                    tracing::warn!(isolate, req_id, "isolate retired: {}", first_line(&error));
                    requests.fail(id, error);
                }
                None => tracing::error!(isolate, req_id, "isolate retired: {error}"),
            }
        });
        match &mut self.phase {
            Phase::Serving => {
                self.retire();
                self.shared.replace(&self.link, stop.cause.into());
            }
            Phase::Retired(_) => {}
            // `process.exit()` in a close hook: nothing of the app is left to wait for.
            Phase::Closing(hooks, _) => *hooks = Box::pin(std::future::ready(())),
        }
    }

    /// No new requests; those in flight have as long as a request may take.
    fn retire(&mut self) {
        if matches!(self.phase, Phase::Serving) {
            self.phase = Phase::Retired(Box::pin(tokio::time::sleep(self.shared.config.request_timeout)));
        }
    }

    /// Notes how large the heap is.
    fn look(&mut self, now: Instant) {
        self.link.gauge.heap(&self.runtime.js.v8_isolate().get_heap_statistics());
        self.next_look = now + BETWEEN_LOOKS;
    }

    /// Asks for a replacement when a budget of this isolate is used up.
    fn recycle_if_due(&mut self) {
        if self.link.is_replaced() {
            return;
        }
        let config = &self.shared.config;
        let gauge = &self.link.gauge;
        let (served, live) = (gauge.served(), gauge.live_heap());
        let (why, reason) = if config.recycle_requests.is_some_and(|limit| served >= limit) {
            (Restart::Requests, format!("{served} requests served"))
        } else if config.recycle_age.is_some_and(|limit| gauge.age() >= limit) {
            (Restart::Age, format!("{:?} old", gauge.age()))
        } else if config.recycle_heap.is_some_and(|percent| live > config.heap_limit / 100 * usize::from(percent)) {
            let (live, limit) = (live >> 20, config.heap_limit >> 20);
            (Restart::Heap, format!("{live} MiB of {limit} MiB heap alive after garbage collection"))
        } else {
            return;
        };
        tracing::info!(isolate = self.link.number, "isolate is replaced: {reason}");
        self.shared.recycle(&self.link, why);
    }

    fn close(&mut self, done: oneshot::Sender<()>) {
        let (promise, stop) = self.turn(|this| this.runtime.close());
        let hooks: Pin<Box<dyn Future<Output = ()>>> = match promise.filter(|_| stop.is_none()) {
            Some(promise) => Box::pin(settled(self.runtime.js.resolve(promise))),
            None => Box::pin(std::future::ready(())),
        };
        self.phase = Phase::Closing(hooks, Some(done));
    }

    fn in_flight(&self) -> usize {
        self.requests(|requests| requests.len())
    }

    fn requests<T>(&self, f: impl FnOnce(&mut Requests) -> T) -> T {
        f(self.runtime.js.op_state().borrow_mut().borrow_mut::<Requests>())
    }
}

async fn settled(hooks: impl Future<Output = Result<v8::Global<v8::Value>, Box<deno_core::error::JsError>>>) {
    if let Err(error) = hooks.await {
        tracing::error!("a close hook failed: {}", error.exception_message);
    }
}

fn no_server() -> Failure {
    Failure::new("the bundle ended without a server: it neither called listen() nor exported a fetch handler")
        .with_hint("call `app.listen(...)` of Fastify, or `export default { fetch(request) { … } }`")
}

fn first_line(error: &Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}
