//! `[server]`, `[app]` and `[shutdown]`: where the host listens, what it serves and how it ends.

use std::path::PathBuf;
use std::time::Duration;

use super::super::declare::settings;
use super::super::setting::Mode;
use super::checks::Checks;

settings! {
    /// Where to listen.
    pub struct Server {
        /// Address to listen on.
        host: Option<String> = (unset "the app's own `listen`, then HOST, then all addresses, IPv6 and IPv4"),
        /// Port to listen on; 0 for any that is free.
        port: Option<u16> = (unset "the app's own `listen`, then PORT, then 3000"),
        /// Listen on this Unix socket in place of TCP. A socket that systemd passes (LISTEN_FDS) comes first.
        unix: Option<PathBuf> = (unset "TCP"),
        /// Who may connect to the Unix socket.
        unix_mode: Mode = "660",
        /// Connections the kernel queues while the host is busy.
        backlog: u32 = 1024 from 1 to 65535,
    }
}

settings! {
    /// The app.
    pub struct App {
        /// The server bundle. The argument of the command line comes first.
        entry: Option<PathBuf> = (unset "`dist/server/index.js`, else the example that comes with ssr-host"),
    }
}

settings! {
    /// The end.
    pub struct Shutdown {
        /// Time to finish what is in flight when a signal ends the process.
        timeout: Duration = "5s",
        /// How long `/ready` answers 503 before the socket closes, so that a load balancer sees it.
        ready_delay: Duration = "0s" from "0s",
    }
}

impl Server {
    pub(super) fn check(&self, checks: &mut Checks<'_>) {
        if self.unix.is_none() {
            return;
        }
        let tcp = [("server.port", self.port.is_some()), ("server.host", self.host.is_some())];
        for (path, _) in tcp.into_iter().filter(|(_, set)| *set) {
            let other = checks.place("server.unix");
            checks
                .about(path, format!("and `server.unix` ({other}) exclude each other: the host listens on one of them"))
                .hint("leave one out; `false` takes back what a file has set");
        }
    }
}
