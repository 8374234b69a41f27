//! `ssr-host healthcheck`: where the host of this machine listens, as its own settings say.

use std::time::Duration;

use anyhow::{anyhow, bail};
use clap::Args;
use http::Uri;

use super::args::ServeArgs;
use super::environment::Environment;
use super::flags::Flags;
use super::load;
use super::settings::{Endpoint, ProxyProtocol};
use crate::address;
use crate::healthcheck::Healthcheck;

/// What is asked unless something else is named.
const PATH: &str = "/health";

/// What is asked.
#[derive(Debug, Args)]
pub(super) struct HealthArgs {
    /// Ask here, such as `http://127.0.0.1:3000/health` or `unix:/run/app.sock`, and read no settings.
    #[arg(long)]
    url: Option<String>,
    /// Ask for this path [default: /health].
    #[arg(long)]
    path: Option<String>,
    /// How long it may take.
    #[arg(long, default_value = "3s", value_parser = humantime::parse_duration)]
    timeout: Duration,
    #[command(flatten)]
    flags: Flags,
}

impl HealthArgs {
    /// What to ask whom.
    ///
    /// # Errors
    /// The URL is none, or what is wrong with the configuration.
    pub(super) fn check(self, environment: &Environment) -> anyhow::Result<Healthcheck> {
        if self.timeout.is_zero() {
            bail!("`--timeout` is `0s`: expected a duration such as `3s`");
        }
        if let Some(path) = self.path.as_deref().filter(|path| !path.starts_with('/')) {
            bail!("`--path` is `{path}`: expected a path such as `/ready`");
        }
        let checked = match &self.url {
            Some(url) => named(url)?,
            None => configured(self.flags, environment)?,
        };
        let path = match (self.path, checked.path.as_str()) {
            (Some(path), "" | "/") => path,
            (Some(path), other) => bail!("`--path {path}` and `{other}` in `--url` exclude each other: name one path"),
            (None, "" | "/") => PATH.into(),
            (None, path) => path.into(),
        };
        Ok(Healthcheck { path, timeout: self.timeout, ..checked })
    }
}

/// The host as a URL names it.
fn named(url: &str) -> anyhow::Result<Healthcheck> {
    let wrong = || anyhow!("`--url` is `{url}`: expected such as `http://127.0.0.1:3000/health` or `unix:/run/app.sock`");
    let found = |endpoint, tls, path: &str| Healthcheck {
        endpoint,
        tls,
        announced: false,
        path: path.to_owned(),
        timeout: Duration::ZERO,
    };
    if let Some(socket) = url.strip_prefix("unix:") {
        return if socket.starts_with('/') { Ok(found(Endpoint::Unix(socket.into()), false, "")) } else { Err(wrong()) };
    }
    let uri: Uri = url.parse().map_err(|_| wrong())?;
    let tls = match uri.scheme_str() {
        Some("http") => false,
        Some("https") => true,
        _ => return Err(wrong()),
    };
    let host = uri.host().ok_or_else(wrong)?.trim_matches(['[', ']']);
    let port = uri.port_u16().unwrap_or(if tls { 443 } else { 80 });
    let path = uri.path_and_query().map_or("", http::uri::PathAndQuery::as_str);
    Ok(found(Endpoint::Tcp(host.into(), port), tls, path))
}

/// The host as its settings place it.
fn configured(flags: Flags, environment: &Environment) -> anyhow::Result<Healthcheck> {
    let serve = ServeArgs { entry: None, args: Vec::new(), flags };
    let load::Loaded { settings, address, .. } = load::load(&serve, environment)?;
    let endpoint = match settings.server.unix {
        Some(path) => Endpoint::Unix(path),
        None => {
            let address = address::choose(&address, None);
            if address.port == 0 {
                bail!(
                    "the host listens on port 0, which is another one at each start\n  hint: name it with --url, such as `--url http://127.0.0.1:3000`"
                );
            }
            Endpoint::Tcp(address.host, address.port)
        }
    };
    let announced = settings.trust.proxy_protocol == ProxyProtocol::Required;
    Ok(Healthcheck { endpoint, tls: settings.tls.cert.is_some(), announced, path: String::new(), timeout: Duration::ZERO })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: Option<&str>, path: Option<&str>, environment: &[(&str, &str)]) -> Result<String, String> {
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let environment = environment.chain([("SSR_HOST_CONFIG".to_owned(), "off".to_owned())]).collect();
        let args = HealthArgs {
            url: url.map(Into::into),
            path: path.map(Into::into),
            timeout: Duration::from_secs(3),
            flags: Flags::default(),
        };
        args.check(&environment).map(|check| check.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn where_to_ask() {
        let cases: [(&[(&str, &str)], &str); 6] = [
            (&[], "http://[::]:3000/health"),
            (&[("PORT", "8080")], "http://[::]:8080/health"),
            (&[("PORT", "8080"), ("HOST", "10.0.0.1")], "http://10.0.0.1:8080/health"),
            (&[("PORT", "8080"), ("SSR_HOST_SERVER_PORT", "9000")], "http://[::]:9000/health"),
            (&[("SSR_HOST_SERVER_HOST", "::1")], "http://[::1]:3000/health"),
            (&[("SSR_HOST_SERVER_UNIX", "/run/app.sock"), ("PORT", "1")], "http, unix:/run/app.sock, /health"),
        ];
        for (environment, expected) in cases {
            assert_eq!(check(None, None, environment).as_deref(), Ok(expected), "{environment:?}");
        }
        assert!(check(None, None, &[("SSR_HOST_SERVER_PORT", "0")]).is_err_and(|error| error.contains("port 0")));
        assert!(check(None, None, &[("PORT", "x")]).is_err_and(|error| error.contains("PORT is `x`")));
    }

    #[test]
    fn urls() {
        let cases = [
            ("http://127.0.0.1:3000", None, Ok("http://127.0.0.1:3000/health")),
            ("https://[::1]/", Some("/ready"), Ok("https://[::1]:443/ready")),
            ("http://app/up?a=b", None, Ok("http://app:80/up?a=b")),
            ("unix:/run/a.sock", None, Ok("http, unix:/run/a.sock, /health")),
            ("unix:a.sock", None, Err("`--url` is `unix:a.sock`")),
            ("127.0.0.1:3000", None, Err("`--url` is `127.0.0.1:3000`")),
            ("ftp://a/", None, Err("`--url` is `ftp://a/`")),
            ("http://a/up", Some("/ready"), Err("exclude each other")),
            ("http://a/", Some("ready"), Err("`--path` is `ready`")),
        ];
        for (url, path, expected) in cases {
            match (check(Some(url), path, &[]), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected),
                (Err(error), Err(part)) => assert!(error.contains(part), "{error}"),
                (found, _) => panic!("{url}: {found:?}"),
            }
        }
    }
}
