//! `node:fs` for guests: reading, under the app root only.
//!
//! A path is resolved (links followed) before it is compared with the root, so no link leads out. Links that the app's own
//! `node_modules` contains (pnpm, workspaces) are followed by the module loader, not here.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use deno_core::{OpState, ToJsBuffer, op2};
use serde::Serialize;

use crate::bundle::Bundle;

/// A Node-shaped file system error: JavaScript turns `property` values into `code`, `errno`, `syscall` and `path`.
#[derive(Debug, thiserror::Error, deno_error::JsError)]
#[class(generic)]
#[error("{code}: {reason}, {syscall} '{path}'")]
#[property("code" = self.code)]
#[property("errno" = f64::from(self.errno))]
#[property("syscall" = self.syscall)]
#[property("path" = self.path.clone())]
pub(crate) struct FsError {
    code: &'static str,
    reason: &'static str,
    errno: i32,
    syscall: &'static str,
    path: String,
}

fn error(syscall: &'static str, path: &str, cause: &std::io::Error) -> FsError {
    let errno = cause.raw_os_error().unwrap_or(libc::EIO);
    let (code, reason) = match errno {
        libc::ENOENT => ("ENOENT", "no such file or directory"),
        libc::EACCES => ("EACCES", "permission denied"),
        libc::EPERM => ("EPERM", "operation not permitted"),
        libc::EISDIR => ("EISDIR", "illegal operation on a directory"),
        libc::ENOTDIR => ("ENOTDIR", "not a directory"),
        libc::ELOOP => ("ELOOP", "too many symbolic links encountered"),
        libc::ENAMETOOLONG => ("ENAMETOOLONG", "name too long"),
        libc::EINVAL => ("EINVAL", "invalid argument"),
        _ => ("EIO", "i/o error"),
    };
    FsError { code, reason, errno: -errno, syscall, path: path.to_owned() }
}

fn outside(syscall: &'static str, path: &str, root: &Path) -> FsError {
    tracing::warn!(path, root = %root.display(), "the app tried to read outside its root: refused");
    FsError {
        code: "EACCES",
        reason: "permission denied (ssr-host lets an app read below its own root only)",
        errno: -libc::EACCES,
        syscall,
        path: path.to_owned(),
    }
}

/// The real path of `path` if it lies under the app root.
fn resolve(state: &OpState, syscall: &'static str, path: &str) -> Result<PathBuf, FsError> {
    let root = &state.borrow::<Arc<Bundle>>().root;
    let real = std::fs::canonicalize(path).map_err(|e| match is_below(root, Path::new(path)) {
        true => error(syscall, path, &e),
        false => outside(syscall, path, root),
    })?;
    if real.starts_with(root) { Ok(real) } else { Err(outside(syscall, path, root)) }
}

fn is_below(root: &Path, path: &Path) -> bool {
    std::path::absolute(path).is_ok_and(|path| path.starts_with(root) && !path.components().any(|c| c.as_os_str() == ".."))
}

#[op2]
#[serde]
pub(crate) fn op_fs_read_file(state: &mut OpState, #[string] path: &str) -> Result<ToJsBuffer, FsError> {
    let real = resolve(state, "open", path)?;
    let bytes =
        std::fs::read(real).map_err(|e| error(if e.raw_os_error() == Some(libc::EISDIR) { "read" } else { "open" }, path, &e))?;
    Ok(bytes.into())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stat {
    size: f64,
    mode: u32,
    mtime_ms: f64,
    atime_ms: f64,
    ctime_ms: f64,
    birthtime_ms: f64,
    is_file: bool,
    is_directory: bool,
    is_symlink: bool,
    dev: f64,
    ino: f64,
    nlink: f64,
    uid: u32,
    gid: u32,
    blksize: f64,
    blocks: f64,
}

#[op2]
#[serde]
pub(crate) fn op_fs_stat(state: &mut OpState, #[string] path: &str, follow: bool) -> Result<Stat, FsError> {
    use std::os::unix::fs::MetadataExt as _;
    let syscall = if follow { "stat" } else { "lstat" };
    let meta = if follow {
        std::fs::metadata(resolve(state, syscall, path)?)
    } else {
        let parent = Path::new(path).parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = Path::new(path).file_name().unwrap_or_default();
        std::fs::symlink_metadata(resolve(state, syscall, &parent.to_string_lossy())?.join(name))
    }
    .map_err(|e| error(syscall, path, &e))?;
    let ms = |time: std::io::Result<std::time::SystemTime>| {
        time.ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok()).unwrap_or_default().as_secs_f64() * 1000.0
    };
    Ok(Stat {
        size: meta.len() as f64,
        mode: meta.mode(),
        mtime_ms: ms(meta.modified()),
        atime_ms: ms(meta.accessed()),
        ctime_ms: meta.ctime() as f64 * 1000.0 + (meta.ctime_nsec() / 1_000_000) as f64,
        birthtime_ms: ms(meta.created()),
        is_file: meta.is_file(),
        is_directory: meta.is_dir(),
        is_symlink: meta.is_symlink(),
        dev: meta.dev() as f64,
        ino: meta.ino() as f64,
        nlink: meta.nlink() as f64,
        uid: meta.uid(),
        gid: meta.gid(),
        blksize: meta.blksize() as f64,
        blocks: meta.blocks() as f64,
    })
}

/// Names with their kind: `file`, `dir` or `link`, sorted by name.
#[op2]
#[serde]
pub(crate) fn op_fs_readdir(state: &mut OpState, #[string] path: &str) -> Result<Vec<(String, &'static str)>, FsError> {
    let real = resolve(state, "scandir", path)?;
    let entries = std::fs::read_dir(real).map_err(|e| error("scandir", path, &e))?;
    let mut names: Vec<_> = entries
        .flatten()
        .map(|entry| {
            let kind = match entry.file_type() {
                Ok(kind) if kind.is_dir() => "dir",
                Ok(kind) if kind.is_symlink() => "link",
                _ => "file",
            };
            (entry.file_name().to_string_lossy().into_owned(), kind)
        })
        .collect();
    names.sort();
    Ok(names)
}

#[op2]
#[string]
pub(crate) fn op_fs_realpath(state: &mut OpState, #[string] path: &str) -> Result<String, FsError> {
    Ok(resolve(state, "realpath", path)?.to_string_lossy().into_owned())
}

#[op2(fast)]
pub(crate) fn op_fs_exists(state: &mut OpState, #[string] path: &str) -> bool {
    let root = &state.borrow::<Arc<Bundle>>().root;
    std::fs::canonicalize(path).is_ok_and(|real| real.starts_with(root))
}
