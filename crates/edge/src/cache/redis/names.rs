//! What keys and channels are called.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::cache::Key;

/// Enough of SHA-256 that nobody finds two values of one hash (2⁶⁴ attempts). What is found is compared with what was asked for all the same.
pub(super) type Hash = [u8; 16];

pub(super) fn hash(of: &[u8]) -> Hash {
    let mut short = Hash::default();
    short.copy_from_slice(&Sha256::digest(of)[..16]);
    short
}

/// Names that begin with the prefix, and all but those of purges with the build as well.
pub(super) struct Names {
    /// A hash: the clock, and times of purges.
    pub(super) epochs: String,
    /// The channel that purges are told on.
    pub(super) purges: String,
    /// The channel that says which flights have landed.
    pub(super) landed: String,
    of_build: String,
    files: String,
}

impl Names {
    pub(super) fn new(prefix: &str, build: &str) -> Names {
        let of_build = format!("{prefix}{build}:");
        Names {
            epochs: format!("{prefix}epochs"),
            purges: format!("{prefix}purges"),
            landed: format!("{of_build}landed"),
            of_build,
            files: format!("{prefix}file:"),
        }
    }

    /// An entry.
    pub(super) fn entry(&self, key: &Key) -> String {
        self.named('e', &hash(key.as_bytes()))
    }

    /// A set: the inputs that pages of a path depend on.
    pub(super) fn specs(&self, path: &str) -> String {
        self.named('s', &hash(path.as_bytes()))
    }

    /// A lease.
    pub(super) fn lease(&self, flight: &Hash) -> String {
        self.named('l', flight)
    }

    /// A file, of whatever build.
    pub(super) fn file(&self, name: &str) -> String {
        format!("{}{name}", self.files)
    }

    fn named(&self, kind: char, hash: &Hash) -> String {
        let mut name = format!("{}{kind}:", self.of_build);
        for byte in hash {
            let _ = write!(name, "{byte:02x}");
        }
        name
    }
}
