//! The command line, as written. What it says about settings is in [`super::flags`].

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use super::cache_args::CacheArgs;
use super::environment::Environment;
use super::flags::Flags;
use super::{Config, entry, load, print, reference};
use crate::admin::client::Client;
use crate::admin::command::Action;
use crate::telemetry;

/// Serves a server-rendered app from V8 isolates.
#[derive(Debug, Parser)]
#[command(name = "ssr-host", version, args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    command: Option<SubcommandArgs>,
    #[command(flatten)]
    serve: ServeArgs,
}

#[derive(Debug, Subcommand)]
enum SubcommandArgs {
    /// Serve an app (the default: `ssr-host ENTRY` is the same).
    Serve(ServeArgs),
    /// Load an app in one isolate, print what it registers, and fail when it would not start.
    Check {
        #[command(flatten)]
        serve: ServeArgs,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        /// Do not ask the app for its pages, by which rules of the render cache are suggested.
        #[arg(long)]
        no_requests: bool,
    },
    /// Print the configuration that holds, with the source of each value.
    Config {
        #[command(flatten)]
        serve: ServeArgs,
        /// Print JSON.
        #[arg(long, conflicts_with_all = ["default", "markdown"])]
        json: bool,
        /// Print a file with every setting, its default and what it does, to start from.
        #[arg(long)]
        default: bool,
        /// Print the page of documentation.
        #[arg(long, hide = true)]
        markdown: bool,
    },
    /// Look at the cache of a running host or purge it, through its admin port (`[admin]`).
    Cache {
        #[command(subcommand)]
        action: CacheArgs,
    },
    /// Make compressed neighbours (.br, .zst, .gz) of the static files in a directory.
    Precompress {
        /// Where the files are, such as `dist/client`.
        directory: PathBuf,
    },
    /// Evaluate an ES module in an isolate.
    #[command(hide = true)]
    RunJs {
        file: PathBuf,
        #[arg(last = true)]
        args: Vec<String>,
    },
}

/// What all commands about an app take.
#[derive(Debug, clap::Args)]
pub(super) struct ServeArgs {
    /// The server bundle. Without it: `app.entry` of the configuration, `dist/server/index.js`, the example that comes with ssr-host.
    pub(super) entry: Option<PathBuf>,
    /// Arguments for the app: `process.argv.slice(2)`.
    #[arg(last = true)]
    pub(super) args: Vec<String>,
    #[command(flatten)]
    pub(super) flags: Flags,
}

/// What to do, checked.
#[derive(Debug)]
pub enum Command {
    /// Serve the app.
    Serve(Box<Config>),
    /// Load the app and describe it.
    Check(Box<Config>, Check),
    /// Print this.
    Print(String),
    /// Ask a running host about its cache.
    Cache(Action, Client),
    /// Compress the files of a directory.
    Precompress(PathBuf),
    /// Evaluate a module.
    RunJs(PathBuf, Vec<String>),
}

impl Command {
    /// How it logs. What no app has configured says what it has to say to a person.
    pub fn log(&self) -> telemetry::Config {
        match self {
            Command::Serve(config) => config.settings.log.config(),
            Command::Check(config, _) => telemetry::Config { format: telemetry::Format::Text, ..config.settings.log.config() },
            _ => telemetry::Config { format: telemetry::Format::Text, level: "info".into() },
        }
    }
}

/// What `check` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// How it prints.
    pub format: Format,
    /// Whether it asks the app for its pages.
    pub requests: bool,
}

/// How `check` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl Args {
    /// Checks what was written, here and in the other sources.
    ///
    /// # Errors
    /// All mistakes, one a line.
    pub fn check(self) -> anyhow::Result<Command> {
        self.check_in(&Environment::of_process())
    }

    pub(super) fn check_in(self, environment: &Environment) -> anyhow::Result<Command> {
        let config = |serve| Config::of(serve, environment).map(Box::new);
        Ok(match self.command {
            None => Command::Serve(config(self.serve)?),
            Some(SubcommandArgs::Serve(serve)) => Command::Serve(config(serve)?),
            Some(SubcommandArgs::Check { serve, json, no_requests }) => {
                let format = if json { Format::Json } else { Format::Text };
                Command::Check(config(serve)?, Check { format, requests: !no_requests })
            }
            Some(SubcommandArgs::Cache { action }) => {
                let (action, client) = action.check(environment)?;
                Command::Cache(action, client)
            }
            Some(SubcommandArgs::Precompress { directory }) => Command::Precompress(directory),
            Some(SubcommandArgs::Config { default: true, .. }) => Command::Print(reference::file()),
            Some(SubcommandArgs::Config { markdown: true, .. }) => Command::Print(reference::page()),
            Some(SubcommandArgs::Config { serve, json, .. }) => {
                let loaded = load::load(&serve, environment)?;
                let (settings, tree, file) = (&loaded.settings, &loaded.tree, loaded.file.as_deref());
                Command::Print(match json {
                    true => format!("{:#}\n", print::json(settings, tree, file)),
                    false => print::toml(settings, tree, file),
                })
            }
            Some(SubcommandArgs::RunJs { file, args }) => Command::RunJs(entry::existing(&file)?, args),
        })
    }
}
