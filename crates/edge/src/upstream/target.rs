//! Where an upstream is: `http://my-backend.internal:8080`, `https://…`, `h2c://…`, `unix:/run/backend.sock`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Scheme and place, without a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Target {
    /// How it speaks.
    pub scheme: Scheme,
    /// Where.
    pub place: Place,
}

/// How an upstream speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// HTTP/1.1 in the clear.
    Http,
    /// TLS; HTTP/2 when it offers that, else HTTP/1.1.
    Https,
    /// HTTP/2 in the clear, known beforehand (RFC 9113 section 3.3): what gRPC needs.
    H2c,
}

/// Where an upstream is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// A name or an address (IPv6 without brackets), and a port.
    Tcp {
        /// Lower case.
        host: String,
        /// The scheme's own unless written.
        port: u16,
    },
    /// A socket in the file system; speaks HTTP/1.1 or h2c.
    Unix(PathBuf),
}

impl Target {
    /// What `host` says when nobody says otherwise; `localhost` for a Unix socket.
    pub fn authority(&self) -> String {
        let Place::Tcp { host, port } = &self.place else { return "localhost".to_owned() };
        let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        if *port == self.scheme.port() { host } else { format!("{host}:{port}") }
    }
}

impl Scheme {
    /// The port without one.
    pub fn port(self) -> u16 {
        if self == Scheme::Https { 443 } else { 80 }
    }

    fn name(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
            Scheme::H2c => "h2c",
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Tcp { .. } => write!(f, "{}://{}", self.scheme.name(), self.authority()),
            Place::Unix(path) if self.scheme == Scheme::H2c => write!(f, "h2c+unix:{}", path.display()),
            Place::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// What is expected of a target, for messages.
pub const EXPECTED: &str = "an URL such as `http://my-backend.internal:8080`, `https://…`, `h2c://…` or `unix:/run/backend.sock`";

impl FromStr for Target {
    type Err = &'static str;

    /// Without a path, a query or a user.
    fn from_str(text: &str) -> Result<Target, &'static str> {
        let unix = [("unix:", Scheme::Http), ("h2c+unix:", Scheme::H2c)];
        if let Some((path, scheme)) = unix.iter().find_map(|(prefix, scheme)| Some((text.strip_prefix(prefix)?, *scheme))) {
            let path = path.strip_prefix("//").unwrap_or(path);
            return match path.starts_with('/') {
                true => Ok(Target { scheme, place: Place::Unix(path.into()) }),
                false => Err("an absolute path after `unix:`"),
            };
        }
        let schemes = [Scheme::Http, Scheme::Https, Scheme::H2c];
        let (scheme, rest) = text.split_once("://").ok_or(EXPECTED)?;
        let scheme = schemes.into_iter().find(|known| known.name().eq_ignore_ascii_case(scheme)).ok_or(EXPECTED)?;
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains('@') {
            return Err("an URL without a user and password");
        }
        if authority.contains(['/', '?', '#']) {
            return Err("an URL without a path");
        }
        let parsed: http::uri::Authority = authority.parse().map_err(|_| EXPECTED)?;
        let host = parsed.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        if host.is_empty() || (parsed.as_str().len() > parsed.host().len() && parsed.port_u16().is_none()) {
            return Err(EXPECTED);
        }
        let port = parsed.port_u16().unwrap_or(scheme.port());
        Ok(Target { scheme, place: Place::Tcp { host, port } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_targets() {
        let same = [
            "http://a",
            "https://a:8443",
            "h2c://[fdaa::1]:50051",
            "unix:/run/a.sock",
            "h2c+unix:/run/a.sock",
            "http://127.0.0.1:1",
        ];
        for text in same {
            assert_eq!(text.parse::<Target>().unwrap().to_string(), text);
        }
        assert_eq!("HTTP://A.Internal:80/".parse::<Target>().unwrap().to_string(), "http://a.internal");
        assert_eq!("unix:///a".parse::<Target>().unwrap().to_string(), "unix:/a");
        for text in
            ["", "a", "ftp://a", "http://", "http://a:", "http://a:x", "http://a/b", "http://u:p@a", "unix:a", "http://a?b"]
        {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
    }
}
