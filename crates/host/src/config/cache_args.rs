//! `ssr-host cache …`: which host is asked, and for what.

use anyhow::{anyhow, bail};
use clap::{Args, Subcommand};

use super::args::{Format, ServeArgs};
use super::environment::Environment;
use super::flags::Flags;
use super::load;
use super::setting::Written as _;
use super::settings::{self, Endpoint, Token};
use crate::admin::client::Client;
use crate::admin::command::Action;

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum CacheArgs {
    /// Purge what the cache of a running host holds.
    Purge {
        #[command(flatten)]
        what: What,
        /// Let stale pages be served while they are rendered anew.
        #[arg(long)]
        soft: bool,
        #[command(flatten)]
        at: At,
    },
    /// Print what the cache of a running host holds and has done.
    Status {
        /// Print JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        at: At,
    },
}

/// What to purge.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct What {
    /// Everything with this tag; may be repeated.
    #[arg(long)]
    tag: Vec<String>,
    /// A path with all its queries, such as `/posts/1`; with a query exactly that. May be repeated.
    #[arg(long, value_name = "PATH")]
    url: Vec<String>,
    /// All paths that begin with this, such as `/posts/`; may be repeated.
    #[arg(long, value_name = "PATH")]
    prefix: Vec<String>,
    /// Everything.
    #[arg(long)]
    all: bool,
}

/// Which host.
#[derive(Debug, Args)]
pub(super) struct At {
    /// The admin port, such as `http://127.0.0.1:9090` or `unix:/run/ssr-host.sock`. Without it: `admin.listen`.
    #[arg(long, value_name = "URL")]
    admin: Option<String>,
    /// The token; better in SSR_HOST_ADMIN_TOKEN, because others can see a command line. Without it: `admin.token`.
    #[arg(long)]
    token: Option<String>,
    /// Configuration file of the host, or `off`; found as for a start.
    #[arg(long, value_name = "FILE")]
    config: Option<String>,
}

impl CacheArgs {
    /// What to do, and whom to ask.
    ///
    /// # Errors
    /// Everything that is wrong with the configuration, or that it names no admin port.
    pub(super) fn check(self, environment: &Environment) -> anyhow::Result<(Action, Client)> {
        let (action, at) = match self {
            CacheArgs::Status { json, at } => (Action::Status(if json { Format::Json } else { Format::Text }), at),
            CacheArgs::Purge { what, soft, at } => {
                let lists = [("tag", what.tag), ("url", what.url), ("prefix", what.prefix)];
                let written = lists.into_iter().find(|(_, values)| !values.is_empty());
                let (field, values) = written.unwrap_or(("all", Vec::new()));
                (Action::Purge { field, values, soft }, at)
            }
        };
        Ok((action, at.client(environment)?))
    }
}

impl At {
    fn client(self, environment: &Environment) -> anyhow::Result<Client> {
        let endpoint = self.admin.as_deref().map(endpoint).transpose()?;
        let token = self.token.as_deref().map(token).transpose()?;
        if let (Some(endpoint), Some(_)) = (&endpoint, &token) {
            return Ok(Client { endpoint: endpoint.clone(), token });
        }
        let serve = ServeArgs { entry: None, args: Vec::new(), flags: Flags::with_config(self.config) };
        let load::Loaded { settings: settings::Settings { admin, .. }, file, .. } = load::load(&serve, environment)?;
        let Some(endpoint) = endpoint.or(admin.listen) else {
            let file = file.map_or("there is no configuration file".to_owned(), |file| format!("the file is {}", file.display()));
            bail!(
                "no host to ask: `admin.listen` is not set ({file})\n  hint: set it, or name the admin port with --admin, such as \
                 `--admin http://127.0.0.1:9090`"
            );
        };
        if let Endpoint::Tcp(_, 0) = endpoint {
            bail!("`admin.listen` has port 0, which is another one at each start\n  hint: name the admin port with --admin");
        }
        Ok(Client { endpoint, token: token.or(admin.token) })
    }
}

fn endpoint(text: &str) -> anyhow::Result<Endpoint> {
    if text.starts_with("https://") {
        bail!("`--admin` is `{text}`: the admin port speaks plain HTTP\n  hint: begin with `http://`");
    }
    let plain = text.strip_prefix("http://").map_or(text, |rest| rest.strip_suffix('/').unwrap_or(rest));
    Endpoint::parse(plain)
        .map_err(|_| anyhow!("`--admin` is `{text}`: expected such as `http://127.0.0.1:9090` or `unix:/run/ssr-host.sock`"))
}

fn token(text: &str) -> anyhow::Result<Token> {
    Token::parse(text).map_err(|_| anyhow!("`--token` is wrong (its value is secret): expected {}", Token::expected()))
}
