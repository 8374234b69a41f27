//! Keeps the addresses of an upstream what its name says, and its connections young.

use std::net::{IpAddr, SocketAddr};
use std::sync::Weak;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use super::Inner;
use super::connect::Address;
use super::resolve::State;
use super::target::Place;

/// How often connections are looked at that nobody uses.
const PRUNE_INTERVAL: Duration = Duration::from_secs(5);

/// Runs as long as the upstream lives.
pub(super) async fn follow(upstream: Weak<Inner>) {
    let Some(inner) = upstream.upgrade() else { return };
    let names = match &inner.config.target.place {
        Place::Unix(path) => {
            inner.addresses.set(&[Address::Unix(path.clone())], &inner.config.pool);
            None
        }
        Place::Tcp { host, port } => Some((inner.resolver.watch(host), *port)),
    };
    drop(inner);
    let Some((mut names, port)) = names else { return prune(upstream).await };
    names.mark_changed();
    loop {
        tokio::select! {
            changed = names.changed() => {
                let Some(inner) = upstream.upgrade() else { return };
                inner.apply(&mut names, port);
                if changed.is_err() {
                    drop(inner);
                    return prune(upstream).await;
                }
            }
            () = sleep(PRUNE_INTERVAL) => {
                let Some(inner) = upstream.upgrade() else { return };
                inner.prune();
            }
        }
    }
}

/// For addresses that do not change.
async fn prune(upstream: Weak<Inner>) {
    loop {
        sleep(PRUNE_INTERVAL).await;
        let Some(inner) = upstream.upgrade() else { return };
        inner.prune();
    }
}

impl Inner {
    fn prune(&self) {
        self.addresses.all().iter().for_each(|endpoint| endpoint.prune());
    }

    fn apply(&self, names: &mut watch::Receiver<State>, port: u16) {
        let state = names.borrow_and_update().clone();
        match state {
            State::Unknown => {}
            State::Failed(why) => self.addresses.fail(why),
            State::Known(found) => {
                let (admitted, refused): (Vec<IpAddr>, Vec<_>) = found.iter().partition(|ip| self.admits(**ip));
                if admitted.is_empty() && !refused.is_empty() {
                    return self.addresses.refuse();
                }
                let addresses: Vec<_> = admitted.into_iter().map(|ip| Address::Tcp(SocketAddr::new(ip, port))).collect();
                tracing::debug!("backend {} has {} addresses", self.name, addresses.len());
                self.addresses.set(&addresses, &self.config.pool);
            }
        }
    }

    fn admits(&self, ip: IpAddr) -> bool {
        self.admits.as_ref().is_none_or(|admits| admits(ip))
    }
}
