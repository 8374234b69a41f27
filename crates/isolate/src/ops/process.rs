//! The ops behind `process` and error reports.

use std::collections::BTreeMap;
use std::ffi::CStr;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use deno_core::{OpState, op2, v8};
use serde::Serialize;

use super::Guest;
use super::bridge::Requests;
use crate::bundle::Bundle;
use crate::limits::{self, Cause, Meter};
use crate::runtime::failure_from_exception;

/// Several isolates run the same start-up code; one of them speaks for all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Role {
    /// The leader prints what is not said on behalf of a request: start-up and background output appears once.
    pub(crate) leader: bool,
    /// Start-up has been shown before: this isolate replaces another.
    pub(crate) replacement: bool,
    /// It has not listened yet.
    pub(crate) starting: bool,
}

impl Role {
    pub(super) fn speaks_unasked(self) -> bool {
        self.leader && !(self.replacement && self.starting)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProcessInfo {
    argv: Vec<String>,
    cwd: String,
    pid: u32,
    platform: &'static str,
    arch: &'static str,
    env: BTreeMap<String, String>,
    app_root: String,
    uptime_origin_ms: f64,
    host_version: &'static str,
    hostname: String,
    cpus: usize,
    total_memory: u64,
}

#[op2]
#[serde]
pub(crate) fn op_process_info(state: &mut OpState) -> ProcessInfo {
    let bundle = state.borrow::<Arc<Bundle>>();
    ProcessInfo {
        argv: bundle.argv.clone(),
        cwd: std::env::current_dir().map(|dir| dir.display().to_string()).unwrap_or_else(|_| "/".into()),
        pid: std::process::id(),
        platform: if cfg!(target_os = "macos") { "darwin" } else { std::env::consts::OS },
        arch: match std::env::consts::ARCH {
            "x86_64" => "x64",
            "aarch64" => "arm64",
            other => other,
        },
        env: std::env::vars_os().map(|(k, v)| (k.to_string_lossy().into_owned(), v.to_string_lossy().into_owned())).collect(),
        app_root: bundle.root.display().to_string(),
        uptime_origin_ms: bundle.started.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64() * 1000.0,
        host_version: env!("CARGO_PKG_VERSION"),
        hostname: hostname(),
        cpus: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        total_memory: total_memory(),
    }
}

/// As `uname -n`, which there is without `/proc` and on other systems than Linux; empty when the system does not say.
pub(super) fn hostname() -> String {
    let mut name = [0u8; 256];
    // SAFETY: writes at most as many bytes as the buffer has.
    let result = unsafe { libc::gethostname(name.as_mut_ptr().cast(), name.len()) };
    let name = CStr::from_bytes_until_nul(&name).ok().filter(|_| result == 0);
    name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn total_memory() -> u64 {
    // SAFETY: sysconf has no preconditions.
    let (pages, size) = unsafe { (libc::sysconf(libc::_SC_PHYS_PAGES), libc::sysconf(libc::_SC_PAGESIZE)) };
    u64::try_from(pages).unwrap_or(0) * u64::try_from(size).unwrap_or(0)
}

/// rss, heapTotal, heapUsed, external, arrayBuffers, in bytes.
#[op2]
#[serde]
pub(crate) fn op_process_memory(scope: &mut v8::PinScope<'_, '_>) -> (f64, f64, f64, f64, f64) {
    let heap = scope.get_heap_statistics();
    let rss = std::fs::read_to_string("/proc/self/statm").ok().and_then(|text| text.split(' ').nth(1)?.parse::<usize>().ok());
    #[expect(clippy::cast_precision_loss, reason = "JavaScript numbers")]
    let number = |n: usize| n as f64;
    (
        number(rss.unwrap_or(0) * 4096),
        number(heap.total_heap_size()),
        number(heap.used_heap_size()),
        number(heap.external_memory()),
        0.0,
    )
}

#[op2]
#[serde]
pub(crate) fn op_hrtime() -> (u32, u32) {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is a live out-parameter.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut now) };
    (u32::try_from(now.tv_sec).unwrap_or(u32::MAX), u32::try_from(now.tv_nsec).unwrap_or(0))
}

#[op2(fast)]
pub(crate) fn op_is_leader(state: &mut OpState) -> bool {
    state.borrow::<Guest>().role.speaks_unasked()
}

/// `process.exit(code)`: ends the running turn here; the worker decides what that means.
#[op2(nofast)]
pub(crate) fn op_process_exit(scope: &mut v8::PinScope<'_, '_>, state: &mut OpState, #[smi] code: i32) {
    let meter = state.borrow::<Arc<Meter>>().clone();
    meter.stop_here(scope, Cause::Exit(code));
}

/// Errors that nobody caught, for the worker: fatal while the app starts, logged once afterwards.
#[derive(Default)]
pub(crate) struct Uncaught(pub(crate) Vec<crate::Failure>);

#[op2(nofast, reentrant)]
pub(crate) fn op_report_error<'s>(scope: &mut v8::PinScope<'s, '_>, #[string] kind: String, exception: v8::Local<'s, v8::Value>) {
    let failure = failure_from_exception(scope, exception);
    let request = limits::current_request(scope);
    let state = deno_core::JsRuntime::op_state_from(scope);
    let mut state = state.borrow_mut();
    if state.borrow::<Guest>().role.starting {
        state.borrow_mut::<Uncaught>().0.push(failure);
    } else {
        let req_id = request.and_then(|id| state.borrow::<Requests>().request_id(id));
        tracing::error!(req_id, "{kind}: {failure}");
    }
}
