//! V8's code cache: byte code of a module, kept under the hash of its text.
//!
//! In memory it lets a replacement isolate start without compiling; in a directory it does the same for the next start of the
//! host. V8 itself refuses data of another version or other flags; the hash makes sure that it belongs to this text.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

/// All cached byte code of one bundle.
pub(crate) struct Store {
    entries: Mutex<HashMap<u64, Arc<[u8]>>>,
    directory: Option<PathBuf>,
}

/// Hash of a module's specifier and text.
pub(crate) fn hash(specifier: &str, source: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    specifier.hash(&mut hasher);
    source.hash(&mut hasher);
    deno_core::v8::VERSION_STRING.hash(&mut hasher);
    hasher.finish()
}

impl Store {
    /// Keeps data in memory, and in `directory` if one is given and can be written.
    pub(crate) fn new(directory: Option<PathBuf>) -> Store {
        let directory = directory.filter(|dir| match std::fs::create_dir_all(dir) {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!("code cache directory `{}` cannot be used: {error}", dir.display());
                false
            }
        });
        Store { entries: Mutex::default(), directory }
    }

    pub(crate) fn get(&self, hash: u64) -> Option<Arc<[u8]>> {
        if let Some(data) = self.entries.lock().get(&hash) {
            return Some(Arc::clone(data));
        }
        let data: Arc<[u8]> = std::fs::read(file(self.directory.as_deref()?, hash)).ok()?.into();
        self.entries.lock().insert(hash, Arc::clone(&data));
        Some(data)
    }

    pub(crate) fn put(&self, hash: u64, data: &[u8]) {
        // What V8 refused comes back with other bytes under the same hash.
        let new = self.entries.lock().insert(hash, data.into()).as_deref() != Some(data);
        let Some(directory) = self.directory.as_deref().filter(|_| new) else { return };
        // Written beside and renamed: a reader never sees half a file.
        let temporary = directory.join(format!("{hash:016x}.{}", std::process::id()));
        let written = std::fs::write(&temporary, data).and_then(|()| std::fs::rename(&temporary, file(directory, hash)));
        if let Err(error) = written {
            tracing::warn!("code cache cannot be written: {error}");
        }
    }

    pub(crate) fn remove(&self, hash: u64) {
        self.entries.lock().remove(&hash);
        if let Some(directory) = &self.directory {
            let _ = std::fs::remove_file(file(directory, hash));
        }
    }
}

fn file(directory: &Path, hash: u64) -> PathBuf {
    directory.join(format!("{hash:016x}.v8"))
}
