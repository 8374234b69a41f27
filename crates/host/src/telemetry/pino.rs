//! Lines in the shape of pino (<https://github.com/pinojs/pino/blob/main/docs/api.md>): `level`, `time`, `pid`, `hostname`, `name`, what
//! there is to say, and `msg` last.

use std::fmt;
use std::io::Write as _;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Levels as pino numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// 10
    Trace,
    /// 20
    Debug,
    /// 30
    Info,
    /// 40
    Warn,
    /// 50
    Error,
    /// 60: the process ends.
    Fatal,
}

impl Level {
    fn number(self) -> u8 {
        match self {
            Level::Trace => 10,
            Level::Debug => 20,
            Level::Info => 30,
            Level::Warn => 40,
            Level::Error => 50,
            Level::Fatal => 60,
        }
    }

    fn of(level: tracing::Level) -> Level {
        match level {
            tracing::Level::TRACE => Level::Trace,
            tracing::Level::DEBUG => Level::Debug,
            tracing::Level::INFO => Level::Info,
            tracing::Level::WARN => Level::Warn,
            tracing::Level::ERROR => Level::Error,
        }
    }
}

/// What is the same in every line: `,"pid":1,"hostname":"h","name":"ssr-host"`. `name` tells the host's lines from the app's.
static PROCESS: LazyLock<String> = LazyLock::new(|| {
    let hostname = rustix::system::uname().nodename().to_string_lossy().into_owned();
    format!(r#","pid":{},"hostname":{},"name":"ssr-host""#, std::process::id(), serde_json::Value::from(hostname))
});

/// A line that is being written.
pub struct Line(Vec<u8>);

impl Line {
    /// Begins with what every line has.
    pub fn new(level: Level) -> Line {
        let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let mut text = Vec::with_capacity(512);
        let _ = write!(text, r#"{{"level":{},"time":{time}{}"#, level.number(), *PROCESS);
        Line(text)
    }

    /// Adds a member. `key` needs no escaping.
    pub fn add<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> &mut Line {
        let _ = write!(self.0, r#","{key}":"#);
        if serde_json::to_writer(&mut self.0, value).is_err() {
            self.0.extend_from_slice(b"null");
        }
        self
    }

    /// Adds a member if there is a value.
    pub fn add_some<T: Serialize>(&mut self, key: &str, value: Option<T>) -> &mut Line {
        match value {
            Some(value) => self.add(key, &value),
            None => self,
        }
    }

    /// Ends it with what it says.
    pub fn end(mut self, message: &str) -> Vec<u8> {
        self.add("msg", message);
        self.0.extend_from_slice(b"}\n");
        self.0
    }
}

/// Events of `tracing` as such lines.
pub(super) struct Events;

impl<S, N> FormatEvent<S, N> for Events
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut members = Members { line: Line::new(Level::of(*event.metadata().level())), message: String::new() };
        event.record(&mut members);
        let line = members.line.end(&members.message);
        writer.write_str(&String::from_utf8_lossy(&line))
    }
}

struct Members {
    line: Line,
    message: String,
}

impl Members {
    fn member<T: Serialize + ?Sized>(&mut self, field: &Field, value: &T) {
        // The id of a request is called as in the lines of requests, and of Fastify.
        let name = if field.name() == "req_id" { "reqId" } else { field.name() };
        self.line.add(name, value);
    }
}

impl Visit for Members {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.member(field, &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.member(field, &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.member(field, &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.member(field, &value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => value.clone_into(&mut self.message),
            _ => self.member(field, value),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text = format!("{value:?}");
        match field.name() {
            "message" => self.message = text,
            _ => self.member(field, &text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_what_pino_writes() {
        let mut line = Line::new(Level::Warn);
        line.add("a", "\"\n").add_some("b", Some(1.5)).add_some::<u8>("c", None);
        let text = String::from_utf8(line.end("it is\tso")).unwrap();
        assert!(text.ends_with("}\n") && text.matches('\n').count() == 1, "{text}");
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let keys: Vec<_> = text.trim_start_matches('{').split(',').filter_map(|part| part.split('"').nth(1)).collect();
        assert_eq!(keys, ["level", "time", "pid", "hostname", "name", "a", "b", "msg"]);
        assert_eq!((&value["level"], &value["a"], &value["msg"]), (&40.into(), &"\"\n".into(), &"it is\tso".into()));
        assert_eq!(value["pid"], std::process::id());
    }
}
