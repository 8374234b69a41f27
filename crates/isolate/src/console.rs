//! How what the app says by `console` is written.

use std::io::Write as _;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

/// The form of a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Console {
    /// As under Node.
    #[default]
    Plain,
    /// A JSON object, in the shape of pino's lines, with the id of the request that the code ran for.
    Json,
}

/// What the level is from which lines go to stderr.
const WARN: u32 = 40;

/// What is the same in every line.
static PROCESS: LazyLock<String> = LazyLock::new(|| {
    format!(r#","pid":{},"hostname":{}"#, std::process::id(), serde_json::Value::from(crate::ops::process::hostname()))
});

impl Console {
    /// Writes what a method of `console` says: `level` as pino numbers it, `text` without the line feed at its end. Warnings and errors go to
    /// stderr, as do all lines when stdout has another use. In one piece, because others write there too.
    pub(crate) fn write(self, level: u32, text: &str, request: Option<&str>, stdout_has_other_use: bool) {
        let line = match self {
            Console::Plain => format!("{text}\n").into_bytes(),
            Console::Json => json(level, text, request),
        };
        let _ = match level >= WARN || stdout_has_other_use {
            true => std::io::stderr().lock().write_all(&line),
            false => std::io::stdout().lock().write_all(&line),
        };
    }
}

fn json(level: u32, text: &str, request: Option<&str>) -> Vec<u8> {
    let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let mut line = Vec::with_capacity(text.len() + 160);
    let _ = write!(line, r#"{{"level":{level},"time":{time}{}"#, *PROCESS);
    for (key, value) in request.map(|id| ("reqId", id)).into_iter().chain([("msg", text)]) {
        let _ = write!(line, r#","{key}":{}"#, serde_json::Value::from(value));
    }
    line.extend_from_slice(b"}\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_object() {
        let line = String::from_utf8(json(40, "a \"b\"\nc", Some("id"))).unwrap();
        assert_eq!((line.matches('\n').count(), line.ends_with("}\n")), (1, true), "{line}");
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!((&value["level"], &value["reqId"], &value["msg"]), (&40.into(), &"id".into(), &"a \"b\"\nc".into()));
        assert!(value["time"].as_u64().unwrap() > 1_700_000_000_000 && value["pid"] == std::process::id());
        let value: serde_json::Value = serde_json::from_slice(&json(30, "", None)).unwrap();
        assert_eq!(value.get("reqId"), None);
    }
}
