//! `ssr-host init docker|fly`: the files by which an app gets into a container and to Fly.io, made for the app that is there.
//!
//! ```text
//! look at the app (app, manager, bundle) ─► fill the templates (files) ─► write all of them or none (write)
//! ```
//! It says what it found and what follows, a line each. It does not run the app, nor ask the network; what it cannot know stands as a
//! comment where it belongs.

mod app;
mod bundle;
mod files;
mod manager;
mod manifest;
mod tokens;
mod write;

use std::path::PathBuf;
use std::process::ExitCode;

use app::App;

/// What is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Target {
    /// Dockerfile, .dockerignore, compose.yaml.
    Docker,
    /// fly.toml, and the files for Docker where they are missing.
    Fly,
}

/// What was asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Init {
    /// What to make: `docker` (Dockerfile, .dockerignore, compose.yaml) or `fly` (fly.toml, and those where they are missing).
    pub target: Target,
    /// Directory of the app, where its package.json is.
    #[arg(long, default_value = ".")]
    pub dir: PathBuf,
    /// Overwrite files that are there.
    #[arg(long)]
    pub force: bool,
    /// Print the files and write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Region of Fly.io where the app runs, such as `fra`.
    #[arg(long)]
    pub region: Option<String>,
}

/// Looks, tells, writes.
///
/// # Errors
/// The app cannot be made out, or there are files that would be overwritten.
pub fn run(init: &Init) -> anyhow::Result<ExitCode> {
    if let Some(region) = init.region.as_deref().filter(|region| !is_region(region)) {
        anyhow::bail!("`--region` is `{region}`: expected three letters such as `fra` (`fly platform regions` lists them)");
    }
    let app = App::at(&init.dir)?;
    let width = app.found.iter().map(|(what, _)| what.len()).max().unwrap_or(0);
    for (what, found) in &app.found {
        println!("  {what:<width$}  {found}");
    }
    println!();
    let files = files::of(&app, init);
    if init.dry_run {
        files.iter().for_each(|file| println!("--- {}\n{}", crate::relative(&file.path).display(), file.text));
        return Ok(ExitCode::SUCCESS);
    }
    for line in write::all(&files, init.force)? {
        println!("  {line}");
    }
    println!("\nNext:\n{}", files::next(&app, init.target));
    Ok(ExitCode::SUCCESS)
}

fn is_region(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_lowercase())
}
