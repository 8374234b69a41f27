//! The log: what the host says, on stderr. stdout belongs to the app.
//!
//! On a terminal lines are for people. Elsewhere they are JSON in the shape of pino's, which the app's own logger (Fastify's) writes
//! as well: one collector reads both. Lines are handed to a thread that writes many at once: a pipe that nobody reads, or a slow disk,
//! must not hold up requests. When more lines wait than `WAITING` the next ones are dropped, and counted.

use std::io::{BufWriter, IsTerminal as _, Write};
use std::sync::OnceLock;

use parking_lot::Mutex;
use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;

mod pino;

pub use pino::{Level, Line};

/// Lines that may wait to be written.
const WAITING: usize = 8192;

/// Bytes that are written at once.
const AT_ONCE: usize = 64 << 10;

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// For programs: a JSON object a line.
    Json,
}

impl Format {
    /// Text on a terminal, JSON elsewhere.
    pub fn of_stderr() -> Format {
        if std::io::stderr().is_terminal() { Format::Text } else { Format::Json }
    }
}

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// How lines are written.
    pub format: Format,
    /// A level, or `tracing` directives such as `info,isolate=debug`.
    pub level: String,
    /// Query parameters whose values are masked ([`edge::redact`]). `None`: those that are by default.
    pub redact: Option<Vec<String>>,
}

struct Out {
    format: Format,
    writer: NonBlocking,
    dropped: ErrorCounter,
}

static OUT: OnceLock<Out> = OnceLock::new();

/// The thread that writes, until the end.
static WRITING: Mutex<Option<WorkerGuard>> = Mutex::new(None);

/// Starts logging. The first call counts.
pub fn init(config: &Config) {
    let stderr = BufWriter::with_capacity(AT_ONCE, std::io::stderr());
    let (writer, guard) = NonBlockingBuilder::default().buffered_lines_limit(WAITING).thread_name("log").finish(stderr);
    let out = Out { format: config.format, dropped: writer.error_counter(), writer: writer.clone() };
    if OUT.set(out).is_err() {
        return;
    }
    *WRITING.lock() = Some(guard);
    if let Some(names) = &config.redact {
        edge::redact::choose(names);
    }
    // The setting has been checked.
    let filter = EnvFilter::try_new(&config.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    match config.format {
        Format::Text => lines.with_ansi(std::io::stderr().is_terminal()).with_target(false).init(),
        Format::Json => lines.with_ansi(false).event_format(pino::Events).init(),
    }
}

/// Writes what still waits, and ends. Call before the process ends.
pub fn end() {
    drop(WRITING.lock().take());
}

/// Lines that were not written because too many waited.
pub fn dropped() -> u64 {
    OUT.get().map_or(0, |out| out.dropped.dropped_lines() as u64)
}

/// How lines are written.
pub fn format() -> Format {
    OUT.get().map_or(Format::Text, |out| out.format)
}

/// Writes a line that is whole: it ends in a line feed.
pub fn write(line: &[u8]) {
    if let Some(out) = OUT.get() {
        let _ = out.writer.clone().write_all(line);
    }
}

/// Says something whatever the level: what is there from now on, or why there is nothing.
pub fn say(level: Level, text: &str) {
    match OUT.get() {
        None => eprintln!("{text}"),
        Some(Out { format: Format::Text, .. }) => write(format!("{text}\n").as_bytes()),
        Some(Out { format: Format::Json, .. }) => write(&Line::new(level).end(text)),
    }
}

/// Reads directives.
///
/// # Errors
/// What is wrong with them.
pub fn check_level(directives: &str) -> Result<(), String> {
    EnvFilter::try_new(directives).map(drop).map_err(|error| error.to_string())
}
