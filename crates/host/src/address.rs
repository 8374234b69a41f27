//! Which address to listen on, and how it is shown.
//!
//! What holds, first to last: `--host`/`--port`, the app's own `listen` arguments, HOST/PORT (apps of the fetch shape never
//! call `listen`, so the platform's word goes to them directly), all addresses and 3000. Host and port are decided apart.
//!
//! An app that says `0.0.0.0` (mostly as `process.env.HOST || '0.0.0.0'`, and HOST is what a guide told somebody to set) means
//! "everywhere", but Fly's private network is IPv6 only and would not reach it. There, and only there, it is widened to `[::]`, which takes
//! IPv4 as well; `server.host` is to the letter. Elsewhere what the app says holds, too.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Every address of the machine.
const ALL: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);

/// Port when nobody names one.
const PORT: u16 = 3000;

/// What was said about the address, apart from the app's `listen`.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// `--host`.
    pub host: Option<String>,
    /// `--port`.
    pub port: Option<u16>,
    /// `HOST`.
    pub app_host: Option<String>,
    /// `PORT`.
    pub app_port: Option<u16>,
    /// Whether this is a machine of Fly.io.
    pub on_fly: bool,
}

/// An address to bind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// A name or an IP address.
    pub host: String,
    /// Zero for any free port.
    pub port: u16,
    /// Bind this in place of what `host` says.
    pub widened: Option<IpAddr>,
    /// Take IPv4 on an IPv6 wildcard, and fall back to IPv4 where there is no IPv6.
    pub dual_stack: bool,
}

impl Address {
    /// What is said of it beside the URL.
    pub fn note(&self) -> Option<&'static str> {
        self.widened.map(|_| {
            "listens on [::], which takes IPv4 too, in place of 0.0.0.0: Fly's private network is IPv6 only (`server.host` decides otherwise)"
        })
    }
}

/// Chooses the address. `listen`: the arguments of the app's own call, if it made one.
pub fn choose(wishes: &Wishes, listen: Option<&(String, u16)>) -> Address {
    let all = || ALL.to_string();
    let of_app = listen.map(|(host, _)| if host.is_empty() { all() } else { host.clone() });
    let host = wishes.host.clone().or_else(|| of_app.clone()).or_else(|| wishes.app_host.clone()).unwrap_or_else(all);
    let port = wishes.port.or(listen.map(|(_, port)| *port)).or(wishes.app_port).unwrap_or(PORT);
    let widen = wishes.on_fly && wishes.host.is_none() && host == Ipv4Addr::UNSPECIFIED.to_string();
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    Address { dual_stack: widen || host == all(), widened: widen.then_some(ALL), host, port }
}

/// The URL of an address: with brackets around IPv6.
pub fn url(host: &str, port: u16) -> String {
    if host.contains(':') { format!("http://[{host}]:{port}") } else { format!("http://{host}:{port}") }
}

/// The URL to click on: a wildcard is shown as `localhost`.
pub fn display_url(host: &str, port: u16) -> String {
    let wildcard = host.parse::<IpAddr>().is_ok_and(|ip| ip.is_unspecified());
    url(if wildcard { "localhost" } else { host }, port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_of_precedence() {
        let app = ("127.0.0.1".to_owned(), 8080);
        let nodes_default = (String::new(), 8080);
        let wishes = |host: Option<&str>, port, app_host: Option<&str>, app_port| Wishes {
            host: host.map(Into::into),
            port,
            app_host: app_host.map(Into::into),
            app_port,
            on_fly: false,
        };
        let cases = [
            (wishes(None, None, None, None), None, ("::", 3000)),
            (wishes(None, None, Some("10.0.0.1"), Some(80)), None, ("10.0.0.1", 80)),
            (wishes(None, None, Some("10.0.0.1"), Some(80)), Some(&app), ("127.0.0.1", 8080)),
            (wishes(Some("::1"), None, None, Some(80)), Some(&app), ("::1", 8080)),
            (wishes(Some("[::1]"), Some(0), None, None), Some(&app), ("::1", 0)),
            (wishes(None, Some(90), None, None), Some(&app), ("127.0.0.1", 90)),
            (wishes(None, None, None, None), Some(&nodes_default), ("::", 8080)),
        ];
        for (wishes, listen, expected) in cases {
            let address = choose(&wishes, listen);
            assert_eq!((address.host.as_str(), address.port), expected, "{wishes:?} {listen:?}");
        }
    }

    #[test]
    fn widens_only_on_fly_and_only_what_the_app_said() {
        let any = ("0.0.0.0".to_owned(), 3000);
        let fly = Wishes { on_fly: true, ..Wishes::default() };
        let address = choose(&fly, Some(&any));
        assert_eq!((address.host.as_str(), address.widened, address.dual_stack), ("0.0.0.0", Some(ALL), true));
        assert!(address.note().is_some());
        let asked = Wishes { host: Some("0.0.0.0".into()), ..fly.clone() };
        let loopback = ("127.0.0.1".to_owned(), 3000);
        for (wishes, listen) in [(Wishes::default(), &any), (asked, &any), (fly, &loopback)] {
            let address = choose(&wishes, Some(listen));
            assert_eq!((address.widened, address.dual_stack, address.note()), (None, false, None), "{wishes:?}");
        }
    }

    #[test]
    fn urls() {
        let cases = [
            ("0.0.0.0", "http://0.0.0.0:1", "http://localhost:1"),
            ("::", "http://[::]:1", "http://localhost:1"),
            ("::1", "http://[::1]:1", "http://[::1]:1"),
            ("localhost", "http://localhost:1", "http://localhost:1"),
        ];
        for (host, plain, display) in cases {
            assert_eq!((url(host, 1).as_str(), display_url(host, 1).as_str()), (plain, display));
        }
    }
}
