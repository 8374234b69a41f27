//! The entry as a script: evaluated in one isolate until nothing is left to do, without a server. For release commands, workers and
//! tests.
//!
//! It ends as under Node: with `process.exit()`, with an error that nobody caught, or when there is nothing to wait for. A turn has no
//! limit on CPU time, because nobody waits for an answer; the heap has one.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::mpsc;

use crate::error::{Error, Failure};
use crate::gauge::Gauge;
use crate::limits::Cause;
use crate::ops::process::{Role, Uncaught};
use crate::pool::Shared;
use crate::runtime::{Runtime, ScriptEntryPoints, failure_of};
use crate::worker::Evaluation;

/// What the system tells a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// `SIGINT`.
    Interrupt,
    /// `SIGTERM`.
    Terminate,
}

impl Signal {
    /// Its name, as `process.on` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Signal::Interrupt => "SIGINT",
            Signal::Terminate => "SIGTERM",
        }
    }

    /// The exit code of a process that it ends, as shells tell it.
    pub fn exit_code(self) -> i32 {
        match self {
            Signal::Interrupt => 130,
            Signal::Terminate => 143,
        }
    }
}

/// Runs the entry to its end; the exit code.
///
/// # Errors
/// What it threw, or did not catch, or that it needs too much memory.
pub(crate) async fn run(shared: &Arc<Shared>, signals: mpsc::UnboundedReceiver<Signal>) -> Result<i32, Error> {
    let mut script = Script::new(Arc::clone(shared), signals)?;
    let module = script.runtime.js.load_main_es_module(&shared.bundle.entry_url()).await;
    let module = module.map_err(|e| Error::Startup(failure_of(&e)))?;
    let ended = match script.evaluate(module) {
        Ok(()) => poll_fn(|cx| script.poll(cx)).await,
        Err(error) => Err(error),
    };
    match ended {
        Err(Error::Exited { code }) => Ok(code),
        ended => ended,
    }
}

struct Script {
    shared: Arc<Shared>,
    signals: mpsc::UnboundedReceiver<Signal>,
    evaluation: Option<Evaluation>,
    /// `beforeExit` has been emitted, and nothing has come of it so far.
    told: bool,
    entry_points: ScriptEntryPoints,
    runtime: Runtime,
}

impl Script {
    fn new(shared: Arc<Shared>, signals: mpsc::UnboundedReceiver<Signal>) -> Result<Script, Error> {
        // It starts as long as it runs: that an error is not caught is fatal until its end.
        let role = Role { leader: true, replacement: false, starting: true };
        let runtime = Runtime::new(shared.guest(role, Gauge::new()), shared.config.heap_limit, &shared.supervisor);
        let mut runtime = runtime.map_err(Error::Startup)?;
        let entry_points = runtime.script_entry_points().map_err(Error::Startup)?;
        Ok(Script { shared, signals, evaluation: None, told: false, entry_points, runtime })
    }

    fn evaluate(&mut self, module: deno_core::ModuleId) -> Result<(), Error> {
        let evaluation = self.turn(|this| this.runtime.js.mod_evaluate(module))?;
        self.evaluation = Some(Box::pin(evaluation));
        Ok(())
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<i32, Error>> {
        loop {
            if let Some(code) = self.hear(cx)? {
                return Poll::Ready(Ok(code));
            }
            let idle = self.advance(cx)?;
            match (idle, self.evaluation.is_some()) {
                (false, _) => {
                    self.told = false;
                    return Poll::Pending;
                }
                (true, true) => {}
                (true, false) if !self.told => {
                    self.told = true;
                    self.turn(|this| this.runtime.before_exit(&this.entry_points))?;
                }
                (true, false) => return Poll::Ready(self.turn(|this| this.runtime.exit(&this.entry_points))),
            }
        }
    }

    /// Passes signals on; the exit code when nobody listens to one.
    fn hear(&mut self, cx: &mut Context<'_>) -> Result<Option<i32>, Error> {
        while let Poll::Ready(Some(signal)) = self.signals.poll_recv(cx) {
            if !self.turn(|this| this.runtime.signal(&this.entry_points, signal.name()))? {
                return Ok(Some(signal.exit_code()));
            }
        }
        Ok(None)
    }

    /// Runs what is due; whether nothing is left.
    fn advance(&mut self, cx: &mut Context<'_>) -> Result<bool, Error> {
        let idle = self.turn(|this| {
            if let Some(evaluation) = &mut this.evaluation
                && let Poll::Ready(result) = evaluation.as_mut().poll(cx)
            {
                this.evaluation = None;
                result?;
            }
            match this.runtime.poll_event_loop(cx) {
                Poll::Ready(result) => result.map(|()| true),
                Poll::Pending => Ok(false),
            }
        })?;
        idle.map_err(|e| Error::Startup(failure_of(&e)))
    }

    /// Runs `f` as one turn: what stopped it, or was not caught in it, ends the script.
    fn turn<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> Result<T, Error> {
        self.runtime.meter.clone().enter(Duration::MAX, &self.shared.supervisor);
        let result = f(self);
        if let Some(stop) = self.runtime.meter.exit() {
            return Err(match stop.cause {
                Cause::Exit(code) => Error::Exited { code },
                Cause::Heap | Cause::Cpu => {
                    let failure = Failure { stack: self.runtime.stack(&stop.frames), ..Failure::default() };
                    Error::OutOfMemory { limit: self.shared.config.heap_limit, failure: Some(failure) }
                }
            });
        }
        let state = self.runtime.js.op_state();
        let uncaught = std::mem::take(&mut state.borrow_mut().borrow_mut::<Uncaught>().0);
        uncaught.into_iter().next().map_or(Ok(result), |failure| Err(Error::Threw(failure)))
    }
}
