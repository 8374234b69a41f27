//! What the app prints: bytes for its standard output and error, and the calls of `console`, which may become lines of a log.

use std::io::Write as _;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use deno_core::{OpState, op2, v8};
use serde::Serialize;

use super::Guest;
use super::bridge::Requests;
use super::process::hostname;
use crate::{Console, limits};

/// From this level on it is standard error.
const WARN: u32 = 40;

#[op2(nofast)]
pub(crate) fn op_stdout(scope: &mut v8::PinScope<'_, '_>, state: &mut OpState, #[string] text: &str) {
    if may_print(state, limits::current_request(scope)) {
        print(state, false, text);
    }
}

#[op2(nofast)]
pub(crate) fn op_stderr(scope: &mut v8::PinScope<'_, '_>, state: &mut OpState, #[string] text: &str) {
    if may_print(state, limits::current_request(scope)) {
        print(state, true, text);
    }
}

/// A method of the global `console` prints `text`. `level`: as pino counts.
#[op2(nofast)]
pub(crate) fn op_console(scope: &mut v8::PinScope<'_, '_>, state: &mut OpState, #[smi] level: u32, #[string] text: &str) {
    let request = limits::current_request(scope);
    if !may_print(state, request) {
        return;
    }
    let line = match state.borrow::<Guest>().console {
        Console::Plain => format!("{text}\n"),
        Console::Json => {
            let req_id = request.and_then(|id| state.borrow::<Requests>().request_id(id));
            Line { req_id, ..Line::new(level, text) }.to_json()
        }
    };
    print(state, level >= WARN, &line);
}

fn may_print(state: &OpState, request: Option<u32>) -> bool {
    request.is_some() || state.borrow::<Guest>().role.speaks_unasked()
}

/// Nobody is told when that fails: the reader of a pipe may have left.
fn print(state: &OpState, is_error: bool, text: &str) {
    let _ = match is_error || state.borrow::<Guest>().stdout_to_stderr {
        false => std::io::stdout().lock().write_all(text.as_bytes()),
        true => std::io::stderr().lock().write_all(text.as_bytes()),
    };
}

/// A line of a log, as pino writes it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    level: u32,
    time: u128,
    pid: u32,
    hostname: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    req_id: Option<&'a str>,
    msg: &'a str,
}

impl<'a> Line<'a> {
    fn new(level: u32, msg: &'a str) -> Line<'a> {
        static HOSTNAME: LazyLock<String> = LazyLock::new(hostname);
        let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        Line { level, time, pid: std::process::id(), hostname: &HOSTNAME, req_id: None, msg }
    }

    fn to_json(&self) -> String {
        let mut line = serde_json::to_string(self).unwrap_or_default();
        line.push('\n');
        line
    }
}
