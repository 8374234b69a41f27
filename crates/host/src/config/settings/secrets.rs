//! `[secrets]`: what must be in the environment. Messages say what is missing, never what is there.

use super::super::declare::settings;
use super::super::environment::Environment;
use super::checks::Checks;

settings! {
    /// What must be in the environment.
    pub struct Secrets {
        /// Variables that must be set, such as `[{ name = "SESSION_SECRET", min_length = 32 }]`. Their values are never shown.
        required: Vec<Required> = [],
    }
}

settings! {
    /// A variable that must be set.
    pub struct Required {
        /// Its name.
        name: String = required,
        /// Characters it must have at least.
        min_length: Option<usize> = (unset "1") from 1,
    }
}

impl Secrets {
    /// Looks whether all are there. Apart from the other checks: only a start needs them, and not on the machine where the file is written.
    pub(in super::super) fn check(&self, environment: &Environment, checks: &mut Checks<'_>) {
        for (i, secret) in self.required.iter().enumerate() {
            let (name, least) = (&secret.name, secret.min_length.unwrap_or(1));
            let length = environment.get(name).map_or(0, |value| value.chars().count());
            if length >= least {
                continue;
            }
            let has = match length {
                0 => "is not set".to_owned(),
                1 => "has 1 character".to_owned(),
                _ => format!("has {length} characters"),
            };
            let expected = match least {
                1 => "expected a value".to_owned(),
                _ => format!("expected at least {least} characters"),
            };
            let expected = if length == 0 { expected } else { format!("expected at least {least}") };
            let path = format!("secrets.required[{i}]");
            let place = checks.place(&path);
            checks.plain(&path, format!("`{name}` {has}: {expected} ({place})"));
        }
    }
}
