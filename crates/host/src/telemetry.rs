//! The host's own log: lines for people, on stderr. stdout belongs to the app, whose lines are what they are under Node.
//!
//! SSR_HOST_LOG chooses what is shown: a level, or `tracing` directives such as `info,isolate=debug`.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// Starts logging. Call once.
pub fn init() {
    let directives = std::env::var("SSR_HOST_LOG").unwrap_or_else(|_| "info".to_owned());
    let (filter, wrong) = match EnvFilter::try_new(&directives) {
        Ok(filter) => (filter, None),
        Err(error) => (EnvFilter::new("info"), Some(error)),
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .init();
    if let Some(error) = wrong {
        tracing::warn!("SSR_HOST_LOG is `{directives}`: {error}; using `info`");
    }
}
