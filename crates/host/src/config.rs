//! Command line and environment, in two stages: [`Args`] is what was written, [`Command`] what it means.
//!
//! Going from the first to the second is the only validation; it collects every mistake before it gives up, because an
//! operator wants to see all of them. Nothing but this file and [`crate::address`] knows the names of options. An option is
//! declared once: field, doc comment (which is its `--help`), environment variable, default.

mod entry;
mod machine;
mod units;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};

use crate::address;
use units::Problems;

/// Longest time until the app listens. Not an option until somebody needs it.
const STARTUP_TIMEOUT: Duration = Duration::from_secs(60);

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
    },
    /// Evaluate an ES module in an isolate.
    #[command(hide = true)]
    RunJs {
        file: PathBuf,
        #[arg(last = true)]
        args: Vec<String>,
    },
}

#[derive(Debug, clap::Args)]
struct ServeArgs {
    /// The server bundle. Without it: `dist/server/index.js`, else the example that comes with ssr-host.
    entry: Option<PathBuf>,
    /// Arguments for the app: `process.argv.slice(2)`.
    #[arg(last = true)]
    args: Vec<String>,
    /// Address to listen on. Without it the app's own `listen` holds, then HOST, then all addresses (IPv6 and IPv4).
    #[arg(long, env = "SSR_HOST_HOST")]
    host: Option<String>,
    /// Port to listen on. Without it the app's own `listen` holds, then PORT, then 3000.
    #[arg(long, env = "SSR_HOST_PORT")]
    port: Option<String>,
    /// Number of isolates. Without it: the CPUs that the machine or its cgroup grants.
    #[arg(long, env = "SSR_HOST_ISOLATES")]
    isolates: Option<String>,
    /// Heap of one isolate, such as 256MiB. Without it: three quarters of the memory, shared by the isolates.
    #[arg(long, env = "SSR_HOST_HEAP_LIMIT")]
    heap_limit: Option<String>,
    /// CPU time JavaScript may use without letting go.
    #[arg(long, env = "SSR_HOST_CPU_LIMIT", default_value = "5s")]
    cpu_limit: String,
    /// Time from a request to the start of its response.
    #[arg(long, env = "SSR_HOST_REQUEST_TIMEOUT", default_value = "30s")]
    request_timeout: String,
    /// Requests that may wait for an isolate; one more is refused.
    #[arg(long, env = "SSR_HOST_QUEUE", default_value = "1024")]
    queue: String,
    /// Longest wait for an isolate.
    #[arg(long, env = "SSR_HOST_QUEUE_TIMEOUT", default_value = "5s")]
    queue_timeout: String,
    /// Requests one isolate works on at the same time while they wait for I/O.
    #[arg(long, env = "SSR_HOST_IN_FLIGHT", default_value = "100")]
    in_flight: String,
    /// Requests after which an isolate is replaced by a fresh one. Without it: never.
    #[arg(long, env = "SSR_HOST_RECYCLE_REQUESTS")]
    recycle_requests: Option<String>,
    /// Age at which an isolate is replaced by a fresh one, such as 6h. Without it: never.
    #[arg(long, env = "SSR_HOST_RECYCLE_AGE")]
    recycle_age: Option<String>,
    /// Time to finish what is in flight when a signal ends the process.
    #[arg(long, env = "SSR_HOST_SHUTDOWN_TIMEOUT", default_value = "5s")]
    shutdown_timeout: String,
    /// Directory for V8's code cache. Without it the cache is kept in memory.
    #[arg(long, env = "SSR_HOST_CODE_CACHE", value_name = "DIR")]
    code_cache: Option<PathBuf>,
}

/// What to do, checked.
#[derive(Debug)]
pub enum Command {
    /// Serve the app.
    Serve(Config),
    /// Load the app and describe it.
    Check(Config, Format),
    /// Evaluate a module.
    RunJs(PathBuf, Vec<String>),
}

/// How `check` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// A checked configuration: every value is ready to use.
#[derive(Debug, Clone)]
pub struct Config {
    /// The server bundle, absolute, known to exist.
    pub entry: PathBuf,
    /// The app's arguments.
    pub args: Vec<String>,
    /// What was said about the address to listen on.
    pub address: address::Wishes,
    /// Number of isolates.
    pub isolates: NonZeroUsize,
    /// Heap of one isolate in bytes.
    pub heap_limit: usize,
    /// CPU time of one turn of JavaScript.
    pub cpu_limit: Duration,
    /// From request to response head.
    pub request_timeout: Duration,
    /// Requests that may wait.
    pub queue: usize,
    /// Longest wait.
    pub queue_timeout: Duration,
    /// Concurrent requests of one isolate.
    pub in_flight: NonZeroUsize,
    /// Requests after which an isolate is replaced.
    pub recycle_requests: Option<NonZeroUsize>,
    /// Age at which an isolate is replaced.
    pub recycle_age: Option<Duration>,
    /// Time to finish on shutdown.
    pub shutdown_timeout: Duration,
    /// Directory of the code cache.
    pub code_cache: Option<PathBuf>,
}

impl Args {
    /// Checks what was written.
    ///
    /// # Errors
    /// All mistakes, one a line.
    pub fn check(self) -> anyhow::Result<Command> {
        Ok(match self.command {
            None => Command::Serve(self.serve.check()?),
            Some(SubcommandArgs::Serve(serve)) => Command::Serve(serve.check()?),
            Some(SubcommandArgs::Check { serve, json }) => {
                Command::Check(serve.check()?, if json { Format::Json } else { Format::Text })
            }
            Some(SubcommandArgs::RunJs { file, args }) => Command::RunJs(entry::existing(&file)?, args),
        })
    }
}

impl ServeArgs {
    fn check(self) -> anyhow::Result<Config> {
        let mut problems = Problems::default();
        let isolates = match &self.isolates {
            Some(text) => problems.count("--isolates", text),
            None => machine::cpus(),
        };
        let heap_limit = match &self.heap_limit {
            Some(text) => problems.size("--heap-limit", text, machine::HEAP_BOUNDS.start),
            None => machine::heap_limit(machine::memory(), isolates),
        };
        let address = address::Wishes {
            host: self.host.filter(|host| !host.is_empty()),
            port: self.port.as_deref().map(|text| problems.port("--port", text)),
            app_host: variable("HOST"),
            app_port: variable("PORT").map(|text| problems.port("PORT", &text)),
            on_fly: variable("FLY_APP_NAME").is_some(),
        };
        let config = Config {
            address,
            isolates,
            heap_limit,
            cpu_limit: problems.duration("--cpu-limit", &self.cpu_limit),
            request_timeout: problems.duration("--request-timeout", &self.request_timeout),
            queue: problems.number("--queue", &self.queue),
            queue_timeout: problems.duration("--queue-timeout", &self.queue_timeout),
            in_flight: problems.count("--in-flight", &self.in_flight),
            recycle_requests: self.recycle_requests.as_deref().map(|text| problems.count("--recycle-requests", text)),
            recycle_age: self.recycle_age.as_deref().map(|text| problems.duration("--recycle-age", text)),
            shutdown_timeout: problems.duration("--shutdown-timeout", &self.shutdown_timeout),
            code_cache: self.code_cache,
            args: self.args,
            entry: PathBuf::new(),
        };
        problems.into_result()?;
        Ok(Config { entry: entry::find(self.entry.as_deref())?, ..config })
    }
}

impl Config {
    /// The part that the pool needs.
    pub fn pool(&self) -> isolate::Config {
        isolate::Config {
            args: self.args.clone(),
            isolates: self.isolates.get(),
            in_flight: self.in_flight.get(),
            queue: self.queue,
            queue_timeout: self.queue_timeout,
            request_timeout: self.request_timeout,
            cpu_limit: self.cpu_limit,
            heap_limit: self.heap_limit,
            startup_timeout: STARTUP_TIMEOUT,
            recycle_requests: self.recycle_requests.map(|count| count.get() as u64),
            recycle_age: self.recycle_age,
            code_cache: self.code_cache.clone(),
            ..isolate::Config::new(self.entry.clone())
        }
    }
}

/// An environment variable that Node apps and platforms set. Empty counts as unset.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Flags for V8 itself, such as `--prof`: for measuring, which is why they are no option.
pub fn v8_flags() -> String {
    variable("SSR_HOST_V8_FLAGS").unwrap_or_default()
}

/// Threads that speak HTTP. An isolate works about four times as long on a page as HTTP does, and each further thread costs
/// wake-ups: one for every four CPUs.
pub fn io_threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get).div_ceil(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(words: &[&str]) -> Args {
        Args::try_parse_from(["ssr-host"].iter().chain(words)).unwrap_or_else(|error| panic!("{error}"))
    }

    fn serve(words: &[&str]) -> anyhow::Result<Config> {
        match args(words).check()? {
            Command::Serve(config) => Ok(config),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn entry_may_stand_alone() {
        let this = file!().rsplit('/').next().unwrap();
        let path = format!("{}/src/{this}", env!("CARGO_MANIFEST_DIR"));
        for words in [vec![path.as_str()], vec!["serve", &path], vec![&path, "--", "--port", "x"]] {
            let config = serve(&words).unwrap();
            assert!(config.entry.ends_with("src/config.rs"), "{words:?}");
        }
        assert_eq!(serve(&[&path, "--", "--flag"]).unwrap().args, ["--flag"]);
        assert!(matches!(args(&["check", &path, "--json"]).check().unwrap(), Command::Check(_, Format::Json)));
        assert!(matches!(args(&["run-js", &path, "--", "a"]).check().unwrap(), Command::RunJs(_, args) if args == ["a"]));
    }

    #[test]
    fn values_have_units() {
        let path = format!("{}/Cargo.toml", env!("CARGO_MANIFEST_DIR"));
        let config = serve(&[&path, "--heap-limit", "256MiB", "--request-timeout", "1m 30s", "--isolates", "3"]).unwrap();
        assert_eq!(config.heap_limit, 256 << 20);
        assert_eq!(config.request_timeout, Duration::from_secs(90));
        assert_eq!(config.isolates.get(), 3);
        assert_eq!(config.queue, 1024);
    }

    #[test]
    fn every_mistake_is_reported_at_once() {
        let words = ["x.js", "--port", "http", "--isolates", "0", "--heap-limit", "10 GiBs", "--queue-timeout", "5"];
        let error = serve(&words).unwrap_err().to_string();
        for expected in [
            "`--port` is `http`: expected a number from 0 to 65535",
            "`--isolates` is `0`: expected a whole number of at least 1",
            "`--heap-limit` is `10 GiBs`: expected a size such as `256MiB`",
            "`--queue-timeout` is `5`: expected a duration such as `5s` or `500ms`",
        ] {
            assert!(error.contains(expected), "{error}");
        }
    }
}
