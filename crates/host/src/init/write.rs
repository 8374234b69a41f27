//! Writes files, all of them or none: a half of an old and a half of a new set would fit nothing.

use std::path::PathBuf;

use anyhow::{Context as _, bail};

/// A file to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct File {
    /// Where.
    pub path: PathBuf,
    /// What is in it.
    pub text: String,
    /// Leave one alone that is there already.
    pub only_when_missing: bool,
}

/// Writes them; what became of each.
///
/// # Errors
/// Files that are there with other contents, unless `force` says to overwrite them; then nothing has been written.
pub(super) fn all(files: &[File], force: bool) -> anyhow::Result<Vec<String>> {
    let mut told = Vec::new();
    let mut due = Vec::new();
    let mut taken = Vec::new();
    for file in files {
        let shown = crate::relative(&file.path).display();
        match std::fs::read(&file.path) {
            Ok(there) if there == file.text.as_bytes() => told.push(format!("{shown} is as it should be")),
            Ok(_) if file.only_when_missing => told.push(format!("{shown} is there and left alone")),
            Ok(_) if force => due.push((file, "overwritten")),
            Ok(_) => taken.push(shown.to_string()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => due.push((file, "written")),
            Err(error) => bail!("cannot read `{shown}`: {error}"),
        }
    }
    if !taken.is_empty() {
        let (are, them) = if taken.len() == 1 { ("is", "it") } else { ("are", "them") };
        bail!(
            "{} {are} there already, with other contents: nothing was written\n  hint: --force overwrites {them}, --dry-run shows what would be written",
            taken.join(", ")
        );
    }
    for (file, what) in due {
        let shown = crate::relative(&file.path).display();
        std::fs::write(&file.path, &file.text).with_context(|| format!("cannot write `{shown}`"))?;
        told.push(format!("{shown} {what}"));
    }
    Ok(told)
}
