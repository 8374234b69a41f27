//! Configuration, in two stages: what was written, with the place of each value (`tree`), and what it means, checked
//! ([`settings`]).
//!
//! Sources, each above the one before: the declared defaults, `ssr-host.toml`, the environment, the command line. They are merged
//! as trees and read once (`load`). A setting is declared once, in `settings/`: its reader, its default, its messages, its option and its
//! documentation come from that. Nothing but this module and [`crate::address`] knows the names of settings.

mod args;
mod backend_url;
mod cache_args;
mod declare;
mod entry;
mod environment;
mod file;
mod flags;
mod health_args;
mod load;
mod machine;
mod nearest;
mod parts;
mod print;
mod problem;
mod reference;
pub mod setting;
pub mod settings;
mod text;
mod tree;
mod word;
mod words;

use std::path::{Path, PathBuf};

pub use args::{AppCommand, Args, Check, Command, Format};
pub use settings::Settings;

use crate::{address, fly, stack};
use environment::Environment;

/// A checked configuration: every value is ready to use.
#[derive(Clone)]
pub struct Config {
    /// The server bundle, absolute, known to exist.
    pub entry: PathBuf,
    /// The app's arguments.
    pub args: Vec<String>,
    /// What was said about the address to listen on.
    pub address: address::Wishes,
    /// The file that was read, if there is one.
    pub file: Option<PathBuf>,
    /// Every setting.
    pub settings: Settings,
    /// The layers that come of them.
    pub layers: stack::Layers,
    /// The machine of Fly.io that this is, if it is one.
    pub fly: Option<fly::Machine>,
    /// `REDIS_URL` is set, but is no URL that the render cache could use.
    pub redis_url_is_foreign: bool,
    /// The place in `[[proxy]]` of the path that `COMPOSABLE_RUST_BACKEND_URL` has made.
    pub proxy_of_variable: Option<usize>,
    /// `COMPOSABLE_RUST_BACKEND_URL` is set, but is no URL of a backend.
    pub backend_url_is_foreign: bool,
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config").field("entry", &self.entry).field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Config {
    /// All that a start needs: settings, secrets and the app.
    fn of(written: args::ServeArgs, environment: &Environment) -> anyhow::Result<Config> {
        let mut loaded = load::load(&written, environment)?;
        std::mem::take(&mut loaded.secrets).into_result()?;
        Config::from_loaded(loaded, written.args)
    }

    /// What a module needs that is no server: one isolate has all the memory, and `[secrets]` are the server's.
    fn of_module(written: args::ServeArgs, environment: &Environment) -> anyhow::Result<Config> {
        let args::ServeArgs { entry, args, flags } = written;
        let written = args::ServeArgs { entry, args: Vec::new(), flags: flags.with_one_isolate() };
        Config::from_loaded(load::load(&written, environment)?, args)
    }

    fn from_loaded(loaded: load::Loaded, args: Vec<String>) -> anyhow::Result<Config> {
        let entry = entry::find(loaded.settings.app.entry.as_deref())?;
        let load::Loaded { settings, layers, file, address, fly, redis_url_is_foreign, .. } = loaded;
        let load::Loaded { proxy_of_variable, backend_url_is_foreign, .. } = loaded;
        Ok(Config {
            entry,
            args,
            address,
            file,
            settings,
            layers,
            fly,
            redis_url_is_foreign,
            proxy_of_variable,
            backend_url_is_foreign,
        })
    }
}

/// Flags for V8 itself, such as `--prof`: for measuring, which is why they are no option.
pub fn v8_flags() -> String {
    std::env::var("SSR_HOST_V8_FLAGS").unwrap_or_default()
}

/// What a configuration file says, apart from the environment of this process; the defaults when there is none.
///
/// # Errors
/// All that is wrong in it.
pub fn of_file(file: Option<&Path>) -> anyhow::Result<Settings> {
    let name = file.map_or_else(|| "off".to_owned(), |file| file.display().to_string());
    let written = args::ServeArgs { entry: None, args: Vec::new(), flags: flags::Flags::with_config(Some(name)) };
    Ok(load::load(&written, &Environment::default())?.settings)
}

/// Threads that speak HTTP. An isolate works about four times as long on a page as HTTP does, and each further thread costs
/// wake-ups: one for every four CPUs.
pub fn io_threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get).div_ceil(4)
}

#[cfg(test)]
mod tests;
