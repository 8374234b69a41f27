//! `[log]` as those want it who log.

use std::sync::Arc;

use super::super::settings::{Console, Log, LogFormat};
use crate::observe::{self, Lines, Observer};
use crate::telemetry::{self, Format};

impl Log {
    /// What the log is started with.
    pub fn config(&self) -> telemetry::Config {
        telemetry::Config { format: self.written_as(), level: self.level.0.clone(), redact: Some(self.redact.clone()) }
    }

    fn written_as(&self) -> Format {
        match self.format {
            LogFormat::Auto => Format::of_stderr(),
            LogFormat::Text => Format::Text,
            LogFormat::Json => Format::Json,
        }
    }

    /// How the app's `console` writes.
    pub(super) fn console(&self) -> isolate::Console {
        match (self.console, self.written_as()) {
            (Console::Json, _) | (Console::Auto, Format::Json) => isolate::Console::Json,
            (Console::Plain, _) | (Console::Auto, Format::Text) => isolate::Console::Plain,
        }
    }

    /// The same where nobody is served.
    pub fn console_of_command(&self) -> isolate::Console {
        match self.console {
            Console::Json => isolate::Console::Json,
            Console::Auto | Console::Plain => isolate::Console::Plain,
        }
    }

    /// The layer that logs and counts requests.
    pub(super) fn observer(&self, server_timing: bool) -> observe::Layer {
        let lines = self.requests.then(|| Lines {
            sample: self.sample.get(),
            slow: self.slow,
            probes: self.probes,
            headers: self.headers.clone(),
        });
        observe::Layer(Arc::new(Observer::new(lines, server_timing)))
    }
}
