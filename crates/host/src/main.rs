//! `ssr-host`: the command line. Everything it does is in the library beside it.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Instant;

use ssr_host::config::{self, AppCommand, Args, Command};
use ssr_host::telemetry;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let started = Instant::now();
    let command = match Args::read(std::env::args_os()).and_then(Args::check) {
        Ok(command) => command,
        Err(error) => return fail(&error),
    };
    telemetry::init(&command.log());
    let outcome = match command {
        Command::App(command) => with_isolates(command, started),
        Command::Cache(action, client) => on_one_thread(ssr_host::admin::command::run(action, &client)),
        Command::Healthcheck(check) => on_one_thread(async { Ok(check.run().await) }),
        Command::Precompress(directory) => ssr_host::precompress::run(&directory, Default::default()),
        Command::Init(init) => ssr_host::init::run(&init),
        Command::Execute(program) => Err(program.execute()),
        Command::Print(text) => Ok(print(&text)),
    };
    let code = outcome.unwrap_or_else(|error| fail(&error));
    telemetry::end();
    code
}

fn with_isolates(command: AppCommand, started: Instant) -> anyhow::Result<ExitCode> {
    // V8 wants to be initialised by the first thread, before there are others.
    isolate::Pool::init_v8(&config::v8_flags());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(config::io_threads())
        .on_thread_start(isolate::stand_back)
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(async {
        ssr_host::orphans::adopt();
        match command {
            AppCommand::Serve(config) => ssr_host::serve(*config, started).await,
            AppCommand::Check(config, check) => ssr_host::check::run(*config, check).await,
            AppCommand::Run(config) => ssr_host::run::module(*config).await,
        }
    });
    // Blocking reads that hang in the kernel must not hold up the exit.
    runtime.shutdown_background();
    outcome
}

fn on_one_thread(command: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(command)
}

/// Who reads it may stop early (`| head`), which is no failure.
fn print(text: &str) -> ExitCode {
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

fn fail(error: &anyhow::Error) -> ExitCode {
    telemetry::say(telemetry::Level::Fatal, &format!("error: {error:#}"));
    match error.downcast_ref::<isolate::Error>() {
        // The app's own exit code, as from Node: a deployment may ask for it.
        Some(isolate::Error::Exited { code }) => ExitCode::from(u8::try_from(code & 0xff).unwrap_or(1)),
        _ => ExitCode::FAILURE,
    }
}
