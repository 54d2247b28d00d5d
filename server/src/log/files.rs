//! Are the files of the log still those that were opened? SQLite goes on writing into a file that was
//! deleted or replaced, and all of it is gone when the process ends.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Device and inode of what a path leads to; `None` when it leads nowhere.
type Identity = Option<(u64, u64)>;

/// How the paths compare with what is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The same.
    Same,
    /// `log.db` is another file or none.
    Moved,
    /// Only the write-ahead log or its index was deleted or replaced.
    SideMoved,
}

/// The files of one log, as they were when they were opened.
pub(super) struct Files {
    path: PathBuf,
    database: Identity,
    side: Mutex<[Identity; 2]>,
}

impl Files {
    /// Of an open database; its side files are those of now.
    pub fn open(path: &Path) -> Self {
        Self { path: path.to_owned(), database: identity(path), side: Mutex::new(side(path)) }
    }

    /// The database.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The side files were made anew.
    pub fn reopened(&self) {
        *self.side.lock().unwrap_or_else(PoisonError::into_inner) = side(&self.path);
    }

    /// Looks at the paths: three calls to the system, some microseconds.
    pub fn look(&self) -> Found {
        if self.database.is_none() || identity(&self.path) != self.database {
            return Found::Moved;
        }
        let known = *self.side.lock().unwrap_or_else(PoisonError::into_inner);
        if side(&self.path) == known { Found::Same } else { Found::SideMoved }
    }
}

fn identity(path: &Path) -> Identity {
    std::fs::metadata(path).ok().map(|data| (data.dev(), data.ino()))
}

fn side(path: &Path) -> [Identity; 2] {
    ["db-wal", "db-shm"].map(|extension| identity(&path.with_extension(extension)))
}
