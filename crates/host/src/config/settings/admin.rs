//! `[admin]`: the port of the operator.

use std::net::IpAddr;
use std::path::PathBuf;

use super::super::declare::settings;
use super::super::setting::{Hint, Written, written};
use super::checks::Checks;

/// Characters of a token at least: about what cannot be guessed over a network.
const LEAST: usize = 16;

settings! {
    /// The admin port.
    pub struct Admin {
        /// Where to answer: an address, or a Unix socket that only the user of the host may connect to. It speaks plain HTTP.
        listen: Option<Endpoint> = (unset "there is no admin port"),
        /// An address at which `GET /metrics` is answered without a token, and nothing else is: for a scraper that has none, on a network where whoever connects may know the numbers, such as Fly.io's private one (`[::]:9091`).
        metrics: Option<Endpoint> = (unset "metrics are at `listen` only"),
        /// What requests have to bring along as `Authorization: Bearer …`; best set as `SSR_HOST_ADMIN_TOKEN`. Needed unless `listen` is an address of this machine only or a Unix socket.
        token: Option<Token> = (unset "whoever can connect may ask, but for pages in a browser"),
    }
}

impl Admin {
    pub(super) fn check(&self, checks: &mut Checks<'_>) {
        if let (Some(listen), None) = (&self.listen, &self.token)
            && !listen.is_local()
        {
            checks
                .about("admin.listen", format!("is `{}`, which others can reach: expected `admin.token` as well", listen.text()))
                .hint("set SSR_HOST_ADMIN_TOKEN, or listen on `127.0.0.1` or a Unix socket");
        }
    }
}

/// Where the admin port is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// A name or an IP address, and a port.
    Tcp(String, u16),
    /// The path of a Unix socket.
    Unix(PathBuf),
}

impl Endpoint {
    /// Whether only this machine can connect.
    pub fn is_local(&self) -> bool {
        match self {
            Endpoint::Tcp(host, _) => host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.to_canonical().is_loopback()),
            Endpoint::Unix(_) => true,
        }
    }
}

impl Written for Endpoint {
    fn expected() -> String {
        "an address such as `127.0.0.1:9090` or `[::]:9090`, or a Unix socket such as `unix:/run/ssr-host.sock`".into()
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        if let Some(path) = text.strip_prefix("unix:") {
            return if path.starts_with('/') { Ok(Endpoint::Unix(path.into())) } else { Err(Hint::default()) };
        }
        if let Ok(port) = text.parse::<u16>() {
            return Err(format!("did you mean `127.0.0.1:{port}`?").into());
        }
        let (host, port) = text.rsplit_once(':').ok_or_else(Hint::default)?;
        let port = port.parse().map_err(|_| Hint::default())?;
        let host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(ip) => ip.parse::<std::net::Ipv6Addr>().map_err(|_| Hint::default())?.to_string(),
            None if host.parse::<std::net::Ipv6Addr>().is_ok() => return Err(format!("did you mean `[{host}]:{port}`?").into()),
            None => host.to_ascii_lowercase(),
        };
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':' | b'_');
        if host.is_empty() || !host.bytes().all(is_host) {
            return Err(Hint::default());
        }
        Ok(Endpoint::Tcp(host, port))
    }

    fn text(&self) -> String {
        match self {
            Endpoint::Tcp(host, port) if host.contains(':') => format!("[{host}]:{port}"),
            Endpoint::Tcp(host, port) => format!("{host}:{port}"),
            Endpoint::Unix(path) => format!("unix:{}", path.display()),
        }
    }
}

written!(Endpoint);

/// A bearer token (RFC 6750 section 2.1), which is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The token itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text())
    }
}

impl Written for Token {
    const SECRET: bool = true;

    fn expected() -> String {
        format!("at least {LEAST} letters, digits or `-._~+/`, such as `openssl rand -hex 32` prints")
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
        let valid = text.len() >= LEAST && text.trim_end_matches('=').bytes().all(known);
        if valid { Ok(Token(text.to_owned())) } else { Err(Hint::default()) }
    }

    fn text(&self) -> String {
        "***".into()
    }
}

written!(Token);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints() {
        let cases = [
            ("127.0.0.1:9090", true),
            ("127.1.2.3:0", true),
            ("[::1]:9090", true),
            ("[::ffff:127.0.0.1]:9090", true),
            ("localhost:9090", true),
            ("unix:/run/admin.sock", true),
            ("0.0.0.0:9090", false),
            ("[::]:9090", false),
            ("10.0.0.1:9090", false),
            ("localhost.example.com:9090", false),
            ("admin.internal:9090", false),
        ];
        for (text, local) in cases {
            let endpoint = Endpoint::parse(text).unwrap_or_else(|hint| panic!("{text}: {hint:?}"));
            assert_eq!(endpoint.is_local(), local, "{text}");
            assert_eq!(Endpoint::parse(&endpoint.text()), Ok(endpoint), "{text}");
        }
        let hints = [("9090", Some("did you mean `127.0.0.1:9090`?")), ("::1:9090", Some("did you mean `[::1]:9090`?"))];
        let wrong =
            ["", "localhost", "a:", ":9090", "a:b", "a:65536", "unix:", "unix:admin.sock", "http://a:1", "a/b:1", "[a]:1"];
        for (text, hint) in hints.into_iter().chain(wrong.map(|text| (text, None))) {
            assert_eq!(Endpoint::parse(text), Err(Hint { text: hint.map(str::to_owned) }), "{text}");
        }
    }

    #[test]
    fn tokens() {
        for good in ["0123456789abcdef", "AbCd-._~+/0123456789=="] {
            assert_eq!(Token::parse(good).map(|token| token.reveal().to_owned()), Ok(good.to_owned()));
        }
        for wrong in ["", "short", "0123456789abcde", "0123456789abcdef g", "0123456789=abcdef", "0123456789abcdé\u{e9}"] {
            assert!(Token::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(format!("{:?}", Token::parse("0123456789abcdef").unwrap()), "***");
    }
}
