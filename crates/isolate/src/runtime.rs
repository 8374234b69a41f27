//! Builds the JavaScript runtime of one isolate from its parts, and calls into it.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use deno_core::error::{CoreError, CoreErrorKind, JsError, JsStackFrame};
use deno_core::{Extension, JsRuntime, PollEventLoopOptions, RuntimeOptions, v8};

use crate::array_buffers;
use crate::bundle::loader::Loader;
use crate::error::Failure;
use crate::limits::{Frame, Meter, Supervisor};
use crate::ops::process::Uncaught;
use crate::ops::{self, Guest};

include!(concat!(env!("OUT_DIR"), "/sources.rs"));

/// The text of a module that the host provides.
pub(crate) fn source_of(specifier: &str) -> Option<&'static str> {
    MODULES.binary_search_by(|(name, _)| (*name).cmp(specifier)).ok().map(|index| MODULES[index].1)
}

/// Initialises V8 for the process. Must happen on the main thread before any other exists: V8's memory protection keys are
/// inherited from the thread that creates the platform (rusty_v8#1318).
pub(crate) fn init_platform(flags: &str) {
    // Recursion may go as deep as in Node (984 KiB) and further; the threads' stacks are larger than this (worker.rs).
    v8::V8::set_flags_from_string("--stack-size=1968");
    // This phase also removes the stack checks of loops that contain calls, taking for granted that the callee has one. A loop
    // that calls only built-ins (`while (true) a.push(new Array(1000).fill(x))`) could then never be stopped, not even by
    // TerminateExecution: the heap would grow past every limit.
    v8::V8::set_flags_from_string("--no-turboshaft-loop-unrolling");
    // V8 keeps the pages of an isolate that is gone in a pool for the next one, and never gives them back to the system.
    v8::V8::set_flags_from_string("--no-memory-pool-share-memory-on-teardown");
    v8::V8::set_flags_from_string(flags);
    JsRuntime::init_platform(None);
}

/// The functions of js-runtime/main.js that Rust calls.
struct EntryPoints {
    handle: v8::Global<v8::Function>,
    settle: v8::Global<v8::Function>,
    close: v8::Global<v8::Function>,
    describe: v8::Global<v8::Function>,
    adopt: v8::Global<v8::Function>,
    hold_microtasks: v8::Global<v8::Function>,
}

/// The functions of js-runtime/script.js that Rust calls.
pub(crate) struct ScriptEntryPoints {
    signal: v8::Global<v8::Function>,
    before_exit: v8::Global<v8::Function>,
    exit: v8::Global<v8::Function>,
}

/// One isolate with its event loop.
pub(crate) struct Runtime {
    // Dropped in this order: handles into the isolate, the isolate, what its callbacks point at.
    entry_points: EntryPoints,
    pub(crate) js: JsRuntime,
    pub(crate) meter: Arc<Meter>,
    /// The app has imported files dynamically.
    dynamic_imports: Rc<Cell<bool>>,
}

impl Runtime {
    /// Builds an isolate whose heap may grow to `heap_limit` bytes, and its ArrayBuffers to as much again, and evaluates js-runtime/main.js in it.
    pub(crate) fn new(guest: Guest, heap_limit: usize, supervisor: &Supervisor) -> Result<Runtime, Failure> {
        let dynamic_imports = Rc::new(Cell::new(false));
        let gauge = Arc::clone(&guest.gauge);
        let loader = Rc::new(Loader { bundle: Arc::clone(&guest.bundle), dynamic_imports: Rc::clone(&dynamic_imports) });
        let mut js = JsRuntime::try_new(RuntimeOptions {
            module_loader: Some(loader),
            extensions: extensions(guest),
            residual_lazy_js_sources: SCRIPTS,
            residual_lazy_esm_sources: MODULES,
            create_params: Some(
                v8::CreateParams::default()
                    .heap_limits(0, heap_limit)
                    .array_buffer_allocator(array_buffers::limited(heap_limit).make_shared()),
            ),
            ..RuntimeOptions::default()
        })
        .map_err(|e| failure_of(&e))?;
        let context = js.main_context();
        let meter = Meter::for_this_thread(js.v8_isolate().thread_safe_handle(), context, gauge);
        supervisor.watch(&meter);
        crate::limits::guard_heap(&mut js, Arc::clone(&meter));
        js.op_state().borrow_mut().put(Arc::clone(&meter));
        js.op_state().borrow_mut().put(Uncaught::default());
        let entry_points = load_main(&mut js).map_err(|e| failure_of(&e))?;
        Ok(Runtime { entry_points, js, meter, dynamic_imports })
    }

    /// Runs what is due in the event loop.
    pub(crate) fn poll_event_loop(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), CoreError>> {
        if self.dynamic_imports.get() {
            let hold_microtasks = self.entry_points.hold_microtasks.clone();
            self.call(&hold_microtasks, |_| Vec::new());
        }
        self.js.poll_event_loop(cx, PollEventLoopOptions::default())
    }

    /// Hands a request to the app; `tracked`: what it reads of it is recorded.
    pub(crate) fn handle(&mut self, id: u32, method: &str, url: &str, tracked: bool) {
        let handle = self.entry_points.handle.clone();
        self.call(&handle, |scope| {
            let id = v8::Integer::new_from_unsigned(scope, id).into();
            let method = internalized(scope, method);
            let url = v8::String::new(scope, url).unwrap_or_else(|| v8::String::empty(scope)).into();
            vec![id, method, url, v8::Boolean::new(scope, tracked).into()]
        });
    }

    /// Tells JavaScript that a request it watches is over.
    pub(crate) fn settle(&mut self, id: u32, cancelled: bool) {
        let settle = self.entry_points.settle.clone();
        self.call(&settle, |scope| {
            vec![v8::Integer::new_from_unsigned(scope, id).into(), v8::Boolean::new(scope, cancelled).into()]
        });
    }

    /// Starts the app's graceful stop; the promise settles when its hooks have run.
    pub(crate) fn close(&mut self) -> Option<v8::Global<v8::Value>> {
        let close = self.entry_points.close.clone();
        self.call(&close, |_| Vec::new())
    }

    /// What only a script needs.
    pub(crate) fn script_entry_points(&mut self) -> Result<ScriptEntryPoints, Failure> {
        let exports = Exports::of(&mut self.js, "ext:ssr_host/script.js").map_err(|e| failure_of(&e))?;
        let mut function = |name| exports.function(&mut self.js, name);
        Ok(ScriptEntryPoints { signal: function("signal"), before_exit: function("beforeExit"), exit: function("exit") })
    }

    /// Tells a script of a signal; `false` when nobody listens.
    pub(crate) fn signal(&mut self, script: &ScriptEntryPoints, name: &str) -> bool {
        let heard = self.call(&script.signal, |scope| vec![internalized(scope, name)]);
        let Some(heard) = heard else { return true };
        deno_core::scope!(scope, &mut self.js);
        v8::Local::new(scope, heard).is_true()
    }

    /// Tells a script that it has nothing left to do, which may change that.
    pub(crate) fn before_exit(&mut self, script: &ScriptEntryPoints) {
        self.call(&script.before_exit, |_| Vec::new());
    }

    /// Tells a script that it ends; its exit code.
    pub(crate) fn exit(&mut self, script: &ScriptEntryPoints) -> i32 {
        let Some(code) = self.call(&script.exit, |_| Vec::new()) else { return 1 };
        deno_core::scope!(scope, &mut self.js);
        v8::Local::new(scope, code).int32_value(scope).unwrap_or(1)
    }

    /// What the app registered.
    pub(crate) fn describe(&mut self) -> serde_json::Value {
        let describe = self.entry_points.describe.clone();
        let Some(value) = self.call(&describe, |_| Vec::new()) else { return serde_json::Value::Null };
        deno_core::scope!(scope, &mut self.js);
        let value = v8::Local::new(scope, value);
        deno_core::serde_v8::from_v8(scope, value).unwrap_or_default()
    }

    /// Serves the `fetch` export of the entry module, if there is one; `false` when nothing serves.
    pub(crate) fn adopt(&mut self, module: deno_core::ModuleId) -> bool {
        let Ok(namespace) = self.js.get_module_namespace(module) else { return false };
        let adopt = self.entry_points.adopt.clone();
        let Some(served) = self.call(&adopt, |scope| vec![v8::Local::new(scope, &namespace).into()]) else { return false };
        deno_core::scope!(scope, &mut self.js);
        v8::Local::new(scope, served).is_true()
    }

    /// Calls `function`; `None` when it threw or was stopped. What it threw is reported like any uncaught error.
    fn call<F>(&mut self, function: &v8::Global<v8::Function>, arguments: F) -> Option<v8::Global<v8::Value>>
    where
        F: for<'s> FnOnce(&mut v8::PinScope<'s, '_>) -> Vec<v8::Local<'s, v8::Value>>,
    {
        deno_core::scope!(scope, &mut self.js);
        v8::tc_scope!(let scope, scope);
        let function = v8::Local::new(scope, function);
        let receiver = v8::undefined(scope).into();
        let arguments = arguments(scope);
        let result = function.call(scope, receiver, &arguments);
        if let Some(value) = result {
            return Some(v8::Global::new(scope, value));
        }
        if !scope.has_terminated()
            && let Some(exception) = scope.exception()
        {
            let failure = failure_from_exception(scope, exception);
            tracing::error!("uncaught exception: {failure}");
        }
        None
    }

    /// The frames of a stopped turn as a stack, source-mapped.
    pub(crate) fn stack(&self, frames: &[Frame]) -> String {
        let mapper = self.js.source_mapper();
        let mut mapper = mapper.borrow_mut();
        let line = |frame: &Frame| {
            let (mut script, mut line, mut column) = (frame.script.clone(), frame.line, frame.column);
            let position = |n: usize| u32::try_from(n).unwrap_or(1);
            match mapper.apply_source_map(&script, position(line), position(column)) {
                deno_core::SourceMapApplication::LineAndColumn { line_number, column_number } => {
                    (line, column) = (line_number as usize, column_number as usize);
                }
                deno_core::SourceMapApplication::LineAndColumnAndFileName { file_name, line_number, column_number } => {
                    (script, line, column) = (file_name, line_number as usize, column_number as usize);
                }
                deno_core::SourceMapApplication::Unchanged => {}
            }
            let place = format!("{script}:{line}:{column}");
            if frame.function.is_empty() { format!("    at {place}") } else { format!("    at {} ({place})", frame.function) }
        };
        frames.iter().filter(|frame| !frame.script.starts_with("ext:")).map(line).collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        Meter::forget_this_thread();
    }
}

/// All extensions, in the one order that a snapshot would need too. Their scripts are in [`SCRIPTS`], not with them.
fn extensions(guest: Guest) -> Vec<Extension> {
    let mut extensions = vec![
        deno_webidl::deno_webidl::init(),
        deno_web::deno_web::init(deno_web::BlobStore::default_arc(), None, false, deno_web::InMemoryBroadcastChannel::default()),
        deno_fetch::deno_fetch::init(fetch_options()),
        deno_crypto::deno_crypto::init(None),
        ops::ssr_host::init(guest),
    ];
    for extension in &mut extensions {
        extension.lazy_loaded_js_files = (&[]).into();
        extension.lazy_loaded_esm_files = (&[]).into();
    }
    extensions
}

fn fetch_options() -> deno_fetch::Options {
    deno_fetch::Options {
        user_agent: concat!("ssr-host/", env!("CARGO_PKG_VERSION")).to_owned(),
        ..deno_fetch::Options::default()
    }
}

/// Evaluates js-runtime/main.js and takes the functions it exports.
fn load_main(js: &mut JsRuntime) -> Result<EntryPoints, CoreError> {
    let exports = Exports::of(js, "ext:ssr_host/main.js")?;
    let mut function = |name| exports.function(js, name);
    Ok(EntryPoints {
        handle: function("handle"),
        settle: function("settle"),
        close: function("close"),
        describe: function("describe"),
        adopt: function("adopt"),
        hold_microtasks: function("holdMicrotasks"),
    })
}

/// What a module of js-runtime exports.
struct Exports(v8::Global<v8::Value>);

impl Exports {
    /// Evaluates the module.
    fn of(js: &mut JsRuntime, specifier: &'static str) -> Result<Exports, CoreError> {
        let source = source_of(specifier).expect("the modules of js-runtime are embedded");
        js.lazy_load_es_module_with_code(specifier, deno_core::FastString::from_static(source)).map(Exports)
    }

    fn function(&self, js: &mut JsRuntime, name: &str) -> v8::Global<v8::Function> {
        deno_core::scope!(scope, js);
        let namespace = v8::Local::new(scope, &self.0);
        let namespace = v8::Local::<v8::Object>::try_from(namespace).expect("a module namespace is an object");
        let key = v8::String::new(scope, name).expect("a short string");
        let value = namespace.get(scope, key.into()).expect("the module exports it");
        let function = v8::Local::<v8::Function>::try_from(value).expect("the module exports a function");
        v8::Global::new(scope, function)
    }
}

fn internalized<'s>(scope: &mut v8::PinScope<'s, '_>, text: &str) -> v8::Local<'s, v8::Value> {
    let string = v8::String::new_from_utf8(scope, text.as_bytes(), v8::NewStringType::Internalized);
    string.unwrap_or_else(|| v8::String::empty(scope)).into()
}

/// What a thrown value says, with its stack source-mapped.
pub(crate) fn failure_from_exception<'s>(scope: &mut v8::PinScope<'s, '_>, exception: v8::Local<'s, v8::Value>) -> Failure {
    failure_of_js(&JsError::from_v8_exception(scope, exception))
}

/// The same for an error of deno_core's.
pub(crate) fn failure_of(error: &CoreError) -> Failure {
    match error.as_kind() {
        CoreErrorKind::Js(js) => failure_of_js(js),
        _ => Failure::new(error.to_string()),
    }
}

fn failure_of_js(error: &JsError) -> Failure {
    let message = error.exception_message.trim_start_matches("Uncaught ").trim_start_matches("(in promise) ").to_owned();
    let is_app = |frame: &&JsStackFrame| frame.file_name.as_ref().is_none_or(|file| !file.starts_with("ext:"));
    let frames = error.frames.iter().filter(is_app).map(|frame| {
        let place = match (&frame.file_name, frame.line_number, frame.column_number) {
            (Some(file), Some(line), Some(column)) => format!("{file}:{line}:{column}"),
            _ => "<anonymous>".to_owned(),
        };
        match &frame.function_name {
            Some(function) => format!("    at {function} ({place})"),
            None => format!("    at {place}"),
        }
    });
    Failure { message, stack: frames.collect::<Vec<_>>().join("\n"), hint: None }
}
