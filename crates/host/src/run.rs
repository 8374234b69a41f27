//! `ssr-host run`: a module to its end, or another program in place of this one. For release commands, workers, and whatever
//! else an image is started with whose ENTRYPOINT is `ssr-host`.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::anyhow;
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::backends::Backends;
use crate::config::Config;
use crate::plugins::Plugins;
use crate::shutdown::Signals;
use crate::{cannot_start, relative};

/// What of a file tells what it is.
const HEAD: usize = 256;

/// Evaluates the entry of `config` to its end; what it prints is printed.
///
/// A signal is told to the listeners of the module, which may take `[shutdown] timeout` from there to its end. Without listeners it ends at once, and
/// with a second signal always.
///
/// # Errors
/// What the module threw.
pub async fn module(config: Config) -> anyhow::Result<ExitCode> {
    let mut signals = Signals::listen()?;
    let (backends, _) = config.backends()?;
    let plugins = Plugins::new(config.plugins()).with_backends(Backends::new(backends));
    // What a command prints is for whoever has called it, unless the settings say otherwise.
    let console = config.settings.log.console_of_command();
    let pool = isolate::Config { console, ..config.pool() };
    let (tell, told) = mpsc::unbounded_channel();
    let mut running = std::pin::pin!(isolate::run_script(pool, Arc::new(plugins), told));
    let finished = |outcome: Result<i32, isolate::Error>| match outcome {
        Ok(code) => Ok(exit_code(code)),
        Err(error) => Err(cannot_start(&config.entry, &error)),
    };
    let signal = tokio::select! {
        outcome = &mut running => return finished(outcome),
        signal = signals.next() => signal,
    };
    // Whoever does not take it has ended.
    let _ = tell.send(signal);
    let timeout = config.settings.shutdown.timeout;
    tokio::select! {
        outcome = running => finished(outcome),
        second = signals.next() => Ok(exit_code(second.exit_code())),
        () = sleep(timeout) => {
            let (entry, name) = (relative(&config.entry).display(), signal.name());
            tracing::warn!("`{entry}` has not ended within {timeout:?} after {name} and is cut (shutdown.timeout)");
            Ok(exit_code(signal.exit_code()))
        }
    }
}

/// As the system passes it on: the last eight bits.
fn exit_code(code: i32) -> ExitCode {
    ExitCode::from(u8::try_from(code & 0xff).unwrap_or(1))
}

/// A program that is no JavaScript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Its file.
    pub file: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
}

impl Program {
    /// Whether `file` is one: what the kernel can execute, unless it is for a JavaScript runtime.
    pub fn is_at(file: &Path) -> bool {
        let mut head = [0; HEAD];
        let Ok(length) = File::open(file).and_then(|mut file| file.read(&mut head)) else { return false };
        is_program(file, &head[..length])
    }

    /// Becomes that program: the same process, with other contents. Returns why not.
    pub fn execute(self) -> anyhow::Error {
        let shown = self.file.display().to_string();
        let error = std::process::Command::new(&self.file).args(self.args).exec();
        let hint = match error.kind() {
            std::io::ErrorKind::PermissionDenied => "\n  hint: is it executable for this user (`chmod +x`)?",
            std::io::ErrorKind::NotFound => "\n  hint: the interpreter or the libraries that it names are not here",
            _ => "",
        };
        anyhow!("cannot execute `{shown}`: {error}{hint}")
    }
}

fn is_program(file: &Path, head: &[u8]) -> bool {
    if head.starts_with(b"\x7fELF") {
        return true;
    }
    let named = file.extension().is_some_and(|extension| ["js", "mjs", "cjs"].iter().any(|known| extension == *known));
    let Some(line) = head.strip_prefix(b"#!").filter(|_| !named) else { return false };
    let line = line.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    // `#!/usr/bin/env node`, `#!/usr/local/bin/node`
    !line.split_whitespace().any(|word| word.rsplit('/').next() == Some("node"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_by_what_is_in_them() {
        let cases: [(&str, &[u8], bool); 9] = [
            ("tool", b"\x7fELF\x02\x01", true),
            ("tool.js", b"\x7fELF\x02\x01", true),
            ("migrate", b"#!/bin/sh\necho", true),
            ("migrate", b"#! /usr/bin/env -S bash -e\n", true),
            ("migrate.mjs", b"#!/bin/sh\n", false),
            ("migrate", b"#!/usr/bin/env node\n", false),
            ("migrate", b"#!/opt/node/bin/python\n", true),
            ("migrate", b"import x from 'y'", false),
            ("empty", b"", false),
        ];
        for (file, head, expected) in cases {
            assert_eq!(is_program(Path::new(file), head), expected, "{file} {head:?}");
        }
    }
}
