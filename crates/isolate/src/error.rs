//! Everything that can go wrong with an isolate, cut by what the caller does about it.

use std::time::Duration;

/// Why the pool gave no response.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The app did not start: its bundle is missing, does not parse, imports something absent, threw, or never listened.
    #[error("{0}")]
    Startup(Failure),
    /// JavaScript threw and nothing in the app handled it.
    #[error("{0}")]
    Threw(Failure),
    /// A limit on time was reached and the work was stopped.
    #[error("{kind} limit of {limit:?} reached{}", at(.failure))]
    Timeout {
        /// Which clock ran out.
        kind: Clock,
        /// The limit that was set.
        limit: Duration,
        /// Where the JavaScript was when it was stopped, if it was running.
        failure: Option<Failure>,
    },
    /// The isolate reached its heap limit and was retired.
    #[error("heap limit of {} MiB reached{}", .limit >> 20, at(.failure))]
    OutOfMemory {
        /// The limit that was set, in bytes.
        limit: usize,
        /// Where the JavaScript was when it was stopped.
        failure: Option<Failure>,
    },
    /// Every isolate is busy and the queue is full, or the wait in it was too long. Nothing has run: safe to retry.
    #[error("all isolates are busy: {reason}")]
    Overloaded {
        /// What was full.
        reason: &'static str,
    },
    /// The app called `process.exit()` while it handled the request.
    #[error("the app called process.exit({code})")]
    Exited {
        /// The exit code it gave.
        code: i32,
    },
    /// The pool is shutting down, or the isolate went away under the request.
    #[error("the isolate pool is closed")]
    Closed,
}

/// The clock of [`Error::Timeout`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// CPU time of one uninterrupted turn of JavaScript.
    Cpu,
    /// Time from the request to its response head.
    Wall,
    /// Time from start to a listening app.
    Startup,
}

impl std::fmt::Display for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Clock::Cpu => "CPU time",
            Clock::Wall => "response time",
            Clock::Startup => "start-up time",
        })
    }
}

/// What JavaScript said when it failed, source-mapped when a map lies beside the bundle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failure {
    /// First line: `TypeError: x is not a function`.
    pub message: String,
    /// The frames, one per line, without the message. Empty when there is none.
    pub stack: String,
    /// What to do about it, when the host knows.
    pub hint: Option<String>,
}

impl Failure {
    /// A failure without a stack.
    pub fn new(message: impl Into<String>) -> Self {
        Failure { message: message.into(), ..Self::default() }
    }

    /// The same with a hint for the reader.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        if !self.stack.is_empty() {
            write!(f, "\n{}", self.stack)?;
        }
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

fn at(failure: &Option<Failure>) -> String {
    failure.as_ref().filter(|f| !f.stack.is_empty()).map(|f| format!("\n{}", f.stack)).unwrap_or_default()
}
