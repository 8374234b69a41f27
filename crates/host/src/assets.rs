//! The static files of the app: the mounts its plug-in calls make, executed by `edge::files`.
//!
//! Every isolate runs the same start-up code, so equal options are one mount.

use std::path::PathBuf;
use std::sync::{Arc, RwLock};

use edge::files::{self, Mount};
use isolate::Lookup;
use serde_json::Value;

/// Mounts by number.
#[derive(Debug, Default)]
pub struct Assets {
    host: files::Host,
    mounts: RwLock<Vec<(Value, Arc<Mount>)>>,
}

impl Assets {
    /// No mounts yet. `host`: what is added to what the app says about its files.
    pub fn new(host: files::Host) -> Assets {
        Assets { host, ..Assets::default() }
    }

    /// The mount of this number.
    pub fn mount_of(&self, number: u32) -> Option<Arc<Mount>> {
        self.read().get(number as usize).map(|(_, mount)| mount.clone())
    }

    /// Whether there is any mount: else no request needs to be prepared for a file.
    pub fn is_empty(&self) -> bool {
        self.read().is_empty()
    }

    /// The directories of all mounts, in their order.
    pub fn directories(&self) -> Vec<PathBuf> {
        self.read().iter().flat_map(|(_, mount)| mount.roots()).cloned().collect()
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Vec<(Value, Arc<Mount>)>> {
        self.mounts.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Assets {
    /// Registers a directory: equal options give the same number.
    ///
    /// # Errors
    /// A sentence for the developer that names the option.
    pub fn mount(&self, options: &Value) -> Result<u32, String> {
        let mut mounts = self.mounts.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        let number = match mounts.iter().position(|(known, _)| known == options) {
            Some(number) => number,
            None => {
                mounts.push((options.clone(), Arc::new(Mount::new(options)?.with_host(self.host.clone()))));
                mounts.len() - 1
            }
        };
        u32::try_from(number).map_err(|_| "too many static mounts".to_owned())
    }

    /// What lies at `path` below the root of `mount`.
    pub fn lookup(&self, mount: u32, path: &str) -> Lookup {
        match self.mount_of(mount).map(|mount| mount.lookup(path)) {
            None | Some(files::Lookup::NotFound) => Lookup::NotFound,
            Some(files::Lookup::File) => Lookup::File,
            Some(files::Lookup::Redirect) => Lookup::Redirect,
            Some(files::Lookup::Forbidden) => Lookup::Forbidden,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equal_options_are_one_mount() {
        let assets = Assets::default();
        let root = env!("CARGO_MANIFEST_DIR");
        let first = json!({ "root": root, "maxAge": 1 });
        assert!(assets.is_empty());
        assert_eq!(assets.mount(&first), Ok(0));
        assert_eq!(assets.mount(&json!({ "root": root })), Ok(1));
        assert_eq!(assets.mount(&first), Ok(0));
        assert_eq!(assets.directories(), [root, root].map(PathBuf::from));
        assert_eq!(assets.lookup(0, "/Cargo.toml"), Lookup::File);
        assert_eq!(assets.lookup(7, "/Cargo.toml"), Lookup::NotFound);
    }
}
