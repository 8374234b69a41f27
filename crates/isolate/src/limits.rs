//! Limits enforced from outside the isolate: CPU time of a turn, and what happens when the heap is full.
//!
//! A *turn* is one uninterrupted stretch of JavaScript. The supervisor thread reads the CPU clock of an isolate's thread
//! while a turn runs; it sleeps when no turn has run for a while, so an idle host uses no CPU and a busy one pays for a
//! handful of wake-ups a second, not for a timer a request.

use std::cell::RefCell;
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use deno_core::v8;
use parking_lot::{Condvar, Mutex};

use crate::cpu_clock::CpuClock;
use crate::gauge::Gauge;

/// Why an isolate was stopped in the middle of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The turn used more CPU time than its limit.
    Cpu,
    /// The heap reached its limit.
    Heap,
    /// `process.exit(code)`.
    Exit(i32),
}

/// What is known of a stop.
#[derive(Debug)]
pub(crate) struct Stop {
    pub(crate) cause: Cause,
    /// The request whose code ran, when the code ran for one.
    pub(crate) request: Option<u32>,
    /// The frames that ran, innermost first: function, script, line, column (1-based).
    pub(crate) frames: Vec<Frame>,
}

/// A stack frame as V8 reports it, before source mapping.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) function: String,
    pub(crate) script: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// What the supervisor knows of one isolate.
pub(crate) struct Meter {
    /// Odd while a turn runs.
    turn: AtomicU64,
    /// CPU nanoseconds this turn may use.
    limit: AtomicU64,
    clock: CpuClock,
    isolate: v8::IsolateHandle,
    pending: Mutex<Option<Cause>>,
    stop: Mutex<Option<Stop>>,
    stopped: AtomicBool,
    gauge: Arc<Gauge>,
}

impl Meter {
    /// For the isolate of the calling thread, whose one context is `context`.
    pub(crate) fn for_this_thread(isolate: v8::IsolateHandle, context: v8::Global<v8::Context>, gauge: Arc<Gauge>) -> Arc<Meter> {
        CONTEXT.set(Some(context));
        Arc::new(Meter {
            turn: AtomicU64::new(0),
            limit: AtomicU64::new(u64::MAX),
            clock: CpuClock::of_this_thread(),
            isolate,
            pending: Mutex::new(None),
            stop: Mutex::new(None),
            stopped: AtomicBool::new(false),
            gauge,
        })
    }

    /// The isolate of the calling thread is about to be dropped.
    pub(crate) fn forget_this_thread() {
        CONTEXT.set(None);
    }

    /// A turn begins.
    pub(crate) fn enter(&self, limit: Duration, supervisor: &Supervisor) {
        self.limit.store(u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.turn.fetch_add(1, Ordering::SeqCst);
        supervisor.wake();
    }

    /// A turn ends; returns how it was stopped, if it was.
    pub(crate) fn exit(&self) -> Option<Stop> {
        self.turn.fetch_add(1, Ordering::SeqCst);
        if !self.stopped.load(Ordering::Acquire) {
            return None;
        }
        self.isolate.cancel_terminate_execution();
        self.stopped.store(false, Ordering::Release);
        let cause = self.pending.lock().take();
        self.stop.lock().take().or_else(|| cause.map(|cause| Stop { cause, request: None, frames: Vec::new() }))
    }

    /// Stops the running turn at its next function call or loop iteration, after noting where it was and for whom it ran.
    ///
    /// Callable from any thread, also while the isolate collects garbage.
    pub(crate) fn interrupt(self: &Arc<Self>, cause: Cause) {
        {
            let mut pending = self.pending.lock();
            if pending.is_some() {
                return;
            }
            *pending = Some(cause);
        }
        // The interrupt may run after this call has returned, or never (the turn ended first): it gets its own reference.
        let data = Weak::into_raw(Arc::downgrade(self)).cast_mut().cast::<c_void>();
        self.isolate.request_interrupt(on_interrupt, data);
    }

    /// Stops the running turn without ceremony; for when [`Meter::interrupt`] had no effect.
    pub(crate) fn terminate(&self, cause: Cause) {
        self.pending.lock().get_or_insert(cause);
        self.stopped.store(true, Ordering::Release);
        self.isolate.terminate_execution();
    }

    /// Like [`Meter::interrupt`], from an op of the isolate itself.
    pub(crate) fn stop_here(&self, scope: &mut v8::PinScope<'_, '_>, cause: Cause) {
        let request = current_request(scope);
        *self.stop.lock() = Some(Stop { cause, request, frames: current_frames(scope) });
        self.stopped.store(true, Ordering::Release);
        self.isolate.terminate_execution();
    }
}

thread_local! {
    /// The one context of this thread's isolate: V8 hands an interrupt the isolate only.
    static CONTEXT: RefCell<Option<v8::Global<v8::Context>>> = const { RefCell::new(None) };
}

/// Runs on the isolate's thread, between two of its instructions.
unsafe extern "C" fn on_interrupt(isolate: v8::UnsafeRawIsolatePtr, data: *mut c_void) {
    // SAFETY: `data` is the weak reference that `interrupt` turned into a pointer for this one call.
    let Some(meter) = unsafe { Weak::from_raw(data.cast_const().cast::<Meter>()) }.upgrade() else { return };
    if meter.turn.load(Ordering::SeqCst) % 2 == 0 {
        *meter.pending.lock() = None;
        return;
    }
    let Some(cause) = meter.pending.lock().take() else { return };
    // SAFETY: V8 calls this with the isolate that is entered on this thread.
    let mut isolate = unsafe { v8::Isolate::from_raw_isolate_ptr(isolate) };
    let Some(context) = CONTEXT.with_borrow(Clone::clone) else { return };
    v8::scope_with_context!(scope, &mut isolate, context);
    meter.stop_here(scope, cause);
}

/// The request of the async context; see `handle` in js-runtime/bridge.js.
pub(crate) fn current_request(scope: &mut v8::PinScope<'_, '_>) -> Option<u32> {
    let context = scope.get_continuation_preserved_embedder_data();
    let context = v8::Local::<v8::Object>::try_from(context).ok()?;
    let key = v8::String::new(scope, "request")?;
    context.get(scope, key.into())?.try_cast::<v8::Uint32>().ok().map(|id| id.value())
}

fn current_frames(scope: &mut v8::PinScope<'_, '_>) -> Vec<Frame> {
    let Some(trace) = v8::StackTrace::current_stack_trace(scope, 12) else { return Vec::new() };
    let mut frames = Vec::new();
    for index in 0..trace.get_frame_count() {
        let Some(frame) = trace.get_frame(scope, index) else { continue };
        let function = frame.get_function_name(scope).map(|name| name.to_rust_string_lossy(scope));
        let script = frame.get_script_name(scope).map(|name| name.to_rust_string_lossy(scope));
        frames.push(Frame {
            function: function.unwrap_or_default(),
            script: script.unwrap_or_default(),
            line: frame.get_line_number(),
            column: frame.get_column(),
        });
    }
    frames
}

/// The thread that watches all turns.
pub(crate) struct Supervisor {
    meters: Mutex<Vec<Watched>>,
    wake: Condvar,
    asleep: AtomicBool,
    closed: AtomicBool,
    tick: Duration,
}

struct Watched {
    meter: Weak<Meter>,
    turn: u64,
    started: u64,
    interrupted: bool,
}

/// Idle ticks before the supervisor goes to sleep.
const LINGER: u32 = 4;

impl Supervisor {
    /// Starts the thread; `limit` is the CPU limit of ordinary turns, which decides how often it looks.
    pub(crate) fn start(limit: Duration) -> Arc<Supervisor> {
        let supervisor = Arc::new(Supervisor {
            meters: Mutex::new(Vec::new()),
            wake: Condvar::new(),
            asleep: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            tick: (limit / 10).clamp(Duration::from_millis(5), Duration::from_millis(250)),
        });
        let this = Arc::clone(&supervisor);
        std::thread::Builder::new().name("supervisor".into()).spawn(move || this.run()).expect("a thread can be started");
        supervisor
    }

    /// Watches `meter` until it is dropped.
    pub(crate) fn watch(&self, meter: &Arc<Meter>) {
        self.meters.lock().push(Watched { meter: Arc::downgrade(meter), turn: 0, started: 0, interrupted: false });
    }

    /// Ends the thread.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        drop(self.meters.lock());
        self.wake.notify_one();
    }

    fn wake(&self) {
        // Read first: every turn of every isolate passes here, and a write would pull the cache line away from the others.
        if self.asleep.load(Ordering::SeqCst) && self.asleep.swap(false, Ordering::SeqCst) {
            // Taking the lock makes sure the supervisor is inside its wait, not on the way to it.
            drop(self.meters.lock());
            self.wake.notify_one();
        }
    }

    fn run(&self) {
        let mut idle = 0;
        let mut meters = self.meters.lock();
        while !self.closed.load(Ordering::SeqCst) {
            meters.retain(|watched| watched.meter.strong_count() > 0);
            let mut active = false;
            for watched in meters.iter_mut() {
                active |= watched.look();
            }
            idle = if active { 0 } else { idle + 1 };
            if idle < LINGER {
                self.wake.wait_for(&mut meters, self.tick);
                continue;
            }
            self.asleep.store(true, Ordering::SeqCst);
            let turn_began_meanwhile = meters.iter().any(Watched::is_running);
            if !turn_began_meanwhile {
                self.wake.wait(&mut meters);
            }
            self.asleep.store(false, Ordering::SeqCst);
            idle = 0;
        }
    }
}

impl Watched {
    fn is_running(&self) -> bool {
        self.meter.upgrade().is_some_and(|meter| meter.turn.load(Ordering::SeqCst) % 2 == 1)
    }

    /// Compares the running turn's CPU time with its limit; returns whether a turn is running.
    fn look(&mut self) -> bool {
        let Some(meter) = self.meter.upgrade() else { return false };
        let turn = meter.turn.load(Ordering::SeqCst);
        if turn % 2 == 0 {
            return turn != std::mem::replace(&mut self.turn, turn);
        }
        let Some(cpu) = meter.clock.nanos() else { return false };
        if turn != self.turn {
            (self.turn, self.started, self.interrupted) = (turn, cpu, false);
            return true;
        }
        let used = cpu.saturating_sub(self.started);
        let limit = meter.limit.load(Ordering::Relaxed);
        if used > limit && !self.interrupted {
            self.interrupted = true;
            meter.interrupt(Cause::Cpu);
        } else if used > limit.saturating_add(limit / 4) {
            meter.terminate(Cause::Cpu);
        }
        true
    }
}

/// Notes what a garbage collection has left.
unsafe extern "C" fn after_gc(isolate: v8::UnsafeRawIsolatePtr, kind: v8::GCType, _: v8::GCCallbackFlags, data: *mut c_void) {
    // SAFETY: `data` is the meter of this isolate, which its runtime keeps alive longer than the isolate.
    let meter = unsafe { &*data.cast_const().cast::<Meter>() };
    // SAFETY: V8 calls this with the isolate that has just collected, on its thread.
    let mut isolate = unsafe { v8::Isolate::from_raw_isolate_ptr(isolate) };
    let heap = isolate.get_heap_statistics();
    meter.gauge.heap(&heap);
    if kind == v8::GCType::kGCTypeMarkSweepCompact {
        meter.gauge.heap_after_gc(&heap);
    }
}

/// Prepares `runtime` for a full heap: the limit is raised so that V8 does not abort the process, and the turn is stopped.
pub(crate) fn guard_heap(runtime: &mut deno_core::JsRuntime, meter: Arc<Meter>) {
    let data = Arc::as_ptr(&meter).cast_mut().cast::<c_void>();
    runtime.v8_isolate().add_gc_epilogue_callback(after_gc, data, v8::GCType::kGCTypeAll);
    let mut hits = 0_usize;
    runtime.add_near_heap_limit_callback(move |current, initial| {
        hits += 1;
        if hits == 1 {
            meter.interrupt(Cause::Heap);
        } else {
            // The interrupt was not reached (one native call allocates it all), or what unwinds needs more.
            meter.terminate(Cause::Heap);
        }
        current + initial.max(32 << 20)
    });
}
