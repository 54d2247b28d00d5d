//! The data folder belongs to who runs the server: others on the machine read neither events nor projections. What is in
//! the folder is for the rooms that write it.

use crate::file::kind;
use std::fs::DirEntry;
use std::io;
use std::path::{Path, PathBuf};

/// Beginnings of the names that we write into it; what else is there is not ours to touch.
const OURS: [&str; 15] = [
    "log.db",
    "acknowledged",
    "catalog",
    "graph.",
    "search",
    "history",
    "set-aside",
    "lock",
    "secret.key",
    "old",
    "rebuil",
    "damaged",
    "newer",
    ".scratch-",
    ".tmp",
];

/// Makes the folder if need be, private, with whatever of ours is in it; what this process writes from now on is private
/// too.
pub fn make_private(dir: &Path) -> io::Result<()> {
    if std::fs::metadata(dir).is_ok_and(|data| !data.is_dir()) {
        return Err(io::Error::other("it is a file, not a folder"));
    }
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    std::fs::create_dir_all(dir)?;
    #[cfg(unix)]
    tighten(dir);
    // Whoever opens a pipe waits for its other end.
    let odd = ours(dir).iter().find_map(|path| odd(path));
    odd.map_or(Ok(()), |(path, kind)| Err(io::Error::other(format!("{} is not a regular file but {kind}", path.display()))))
}

/// What is in the folder and ours.
fn ours(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let ours = entries.filter(is_ours);
    ours.map(|entry| entry.path()).collect()
}

fn is_ours(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    OURS.iter().any(|ours| name.to_string_lossy().starts_with(ours))
}

/// The first thing here or below that is neither a file nor a folder, and what it is.
fn odd(path: &Path) -> Option<(PathBuf, &'static str)> {
    let data = std::fs::metadata(path).ok()?;
    if data.is_dir() && !path.is_symlink() {
        return std::fs::read_dir(path).ok()?.flatten().find_map(|entry| odd(&entry.path()));
    }
    (!data.is_file() && !data.is_dir()).then(|| (path.to_owned(), kind(&data)))
}

/// Takes what others may do with the folder from them. An older version, or a copy, may have left it open.
#[cfg(unix)]
fn tighten(dir: &Path) {
    let Ok(entries) = std::fs::read_dir(dir).and_then(Iterator::collect::<io::Result<Vec<_>>>) else { return };
    let (ours, others): (Vec<_>, Vec<_>) = entries.into_iter().partition(is_ours);
    let mut changed = 0;
    // A folder that holds other things too may be somebody else's: /var/lib, a home.
    if others.is_empty() {
        changed += close(dir);
    }
    changed += ours.iter().map(|entry| close_all(&entry.path())).sum::<usize>();
    if changed > 0 {
        tracing::warn!(dir = %dir.display(), changed, "others could read the data folder; now only its owner can");
    }
    if !others.is_empty() && is_open(dir) {
        tracing::warn!(dir = %dir.display(), "the data folder holds other files too and is open to others, so only our own files were closed");
    }
}

#[cfg(unix)]
fn close_all(path: &Path) -> usize {
    // A link leads elsewhere.
    let Ok(data) = std::fs::symlink_metadata(path) else { return 0 };
    if data.is_symlink() {
        return 0;
    }
    let within =
        if data.is_dir() { std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| close_all(&entry.path())).sum() } else { 0 };
    within + close(path)
}

/// How many were changed: one or none.
#[cfg(unix)]
fn close(path: &Path) -> usize {
    use std::os::unix::fs::PermissionsExt;
    if !is_open(path) {
        return 0;
    }
    let closed = std::fs::metadata(path).and_then(|data| {
        let mut permissions = data.permissions();
        permissions.set_mode(permissions.mode() & 0o700);
        std::fs::set_permissions(path, permissions)
    });
    match closed {
        Ok(()) => 1,
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "others can read this, and it cannot be changed");
            0
        }
    }
}

#[cfg(unix)]
fn is_open(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|data| data.permissions().mode() & 0o077 != 0)
}
