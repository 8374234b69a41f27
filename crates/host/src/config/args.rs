//! The command line, as written. What it says about settings is in [`super::flags`].

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use super::cache_args::CacheArgs;
use super::environment::Environment;
use super::flags::Flags;
use super::health_args::HealthArgs;
use super::{Config, entry, load, print, reference, words};
use crate::admin::client::Client;
use crate::admin::command::Action;
use crate::healthcheck::Healthcheck;
use crate::init::Init;
use crate::run::Program;
use crate::telemetry;

/// Serves a server-rendered app from V8 isolates.
#[derive(Debug, Parser)]
#[command(name = "ssr-host", version, args_conflicts_with_subcommands = true, after_help = words::HELP)]
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
    /// Evaluate a module to its end: a release command, a worker. It is told of SIGTERM and SIGINT by `process.on`, and gives the exit
    /// code. A program that is no JavaScript is executed.
    #[command(alias = "run-js", override_usage = "ssr-host run [OPTIONS] <FILE> [ARGS]...")]
    Run(RunArgs),
    /// Ask the host that runs here whether it is well, and end with 0 or 1: for HEALTHCHECK of a Dockerfile.
    ///
    /// Where it listens is what `[server]` and `[tls]` say, then PORT and HOST, then port 3000: run it with the environment and the settings of the
    /// host. An address that only the app itself knows, in the arguments of its `listen()`, has to be named with --url. The certificate of this machine is not
    /// verified. Statuses from 200 to 299 are well.
    Healthcheck(HealthArgs),
    /// Make the files by which the app in this directory gets into a container, or to Fly.io.
    Init(Init),
}

/// What `run` takes. All words after the file are its own, also those that look like options.
#[derive(Debug, clap::Args)]
struct RunArgs {
    #[command(flatten)]
    flags: Flags,
    /// The module or the program, and its arguments.
    #[arg(value_name = "FILE [ARGS]", required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<OsString>,
}

impl RunArgs {
    fn check(self, environment: &Environment) -> anyhow::Result<Command> {
        let RunArgs { flags, words } = self;
        let mut words = words.into_iter();
        let file = PathBuf::from(words.next().unwrap_or_default());
        if file.to_string_lossy().starts_with('-') {
            anyhow::bail!(
                "`{}` is no option of `ssr-host run`, nor a file\n  hint: options of the module come after it",
                file.display()
            );
        }
        let file = entry::existing(&file)?;
        if Program::is_at(&file) {
            return Ok(Command::Execute(Program { file, args: words.collect() }));
        }
        let text = |word: OsString| word.into_string().unwrap_or_else(|word| word.to_string_lossy().into_owned());
        let serve = ServeArgs { entry: Some(file), args: words.map(text).collect(), flags };
        Config::of_module(serve, environment).map(|config| Command::App(AppCommand::Run(Box::new(config))))
    }
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
    /// Something with an app.
    App(AppCommand),
    /// Print this.
    Print(String),
    /// Ask a running host about its cache.
    Cache(Action, Client),
    /// Compress the files of a directory.
    Precompress(PathBuf),
    /// Ask a running host whether it is well.
    Healthcheck(Healthcheck),
    /// Become another program.
    Execute(Program),
    /// Make files for a deployment.
    Init(Init),
}

/// What needs isolates.
#[derive(Debug)]
pub enum AppCommand {
    /// Serve the app.
    Serve(Box<Config>),
    /// Load the app and describe it.
    Check(Box<Config>, Check),
    /// Evaluate a module.
    Run(Box<Config>),
}

impl Command {
    /// How it logs. What no app has configured says what it has to say to a person.
    pub fn log(&self) -> telemetry::Config {
        match self {
            Command::App(AppCommand::Serve(config) | AppCommand::Run(config)) => config.settings.log.config(),
            Command::App(AppCommand::Check(config, _)) => {
                telemetry::Config { format: telemetry::Format::Text, ..config.settings.log.config() }
            }
            _ => telemetry::Config { format: telemetry::Format::Text, level: "info".into(), redact: None },
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
    /// Reads a command line, of which the first word is the program. Ends the process where clap does: with a mistake, `--help`, `--version`.
    ///
    /// # Errors
    /// A word after the entry that nobody expects.
    pub fn read(words: impl IntoIterator<Item = OsString>) -> anyhow::Result<Args> {
        let words = words::arrange(words.into_iter().collect())?;
        Ok(Args::try_parse_from(&words).unwrap_or_else(|error| {
            // Docker knows two exit codes of a health check; clap's for a mistake is neither.
            if error.use_stderr() && words.get(1).is_some_and(|word| word == "healthcheck") {
                let _ = error.print();
                std::process::exit(1);
            }
            error.exit()
        }))
    }

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
            None => Command::App(AppCommand::Serve(config(self.serve)?)),
            Some(SubcommandArgs::Serve(serve)) => Command::App(AppCommand::Serve(config(serve)?)),
            Some(SubcommandArgs::Check { serve, json, no_requests }) => {
                let format = if json { Format::Json } else { Format::Text };
                Command::App(AppCommand::Check(config(serve)?, Check { format, requests: !no_requests }))
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
            Some(SubcommandArgs::Run(run)) => run.check(environment)?,
            Some(SubcommandArgs::Healthcheck(health)) => Command::Healthcheck(health.check(environment)?),
            Some(SubcommandArgs::Init(init)) => Command::Init(init),
        })
    }
}
