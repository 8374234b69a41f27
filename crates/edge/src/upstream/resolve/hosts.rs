//! The hosts file, read anew when it has changed, as the C library does.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use hickory_resolver::proto::op::Query;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use parking_lot::Mutex;

/// A hosts file.
pub(super) struct Hosts {
    path: PathBuf,
    read: Mutex<Read>,
}

/// What was read, and when the file was last written at that time.
#[derive(Default)]
struct Read {
    stamp: Option<(SystemTime, u64)>,
    hosts: Arc<hickory_resolver::Hosts>,
}

impl Hosts {
    pub(super) fn new(path: impl Into<PathBuf>) -> Hosts {
        Hosts { path: path.into(), read: Mutex::default() }
    }

    /// The addresses that the file has for a name; those of this machine for `localhost` and names below it, when it has none.
    pub(super) fn addresses(&self, name: &Name) -> Option<Vec<IpAddr>> {
        let hosts = self.current();
        let found = [RecordType::A, RecordType::AAAA].map(|kind| hosts.lookup_static_host(&Query::query(name.clone(), kind)));
        let found: Vec<_> = found.iter().flatten().flat_map(|lookup| lookup.iter().filter_map(RData::ip_addr)).collect();
        match found.is_empty() {
            true => name.is_localhost().then(|| vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]),
            false => Some(found),
        }
    }

    /// A file that cannot be read is an empty one.
    fn current(&self) -> Arc<hickory_resolver::Hosts> {
        let found = std::fs::metadata(&self.path).ok();
        let stamp = found.and_then(|found| Some((found.modified().ok()?, found.len())));
        let mut read = self.read.lock();
        if stamp != read.stamp {
            let mut hosts = hickory_resolver::Hosts::default();
            let file = std::fs::File::open(&self.path);
            if let Err(error) = file.and_then(|file| hosts.read_hosts_conf(file)) {
                tracing::warn!("cannot read `{}`: {error}", self.path.display());
            }
            *read = Read { stamp, hosts: Arc::new(hosts) };
        }
        Arc::clone(&read.hosts)
    }
}
