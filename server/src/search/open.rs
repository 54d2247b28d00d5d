//! Opens the index directory, or makes it anew when it cannot be trusted: everything in it comes from the log.

use std::path::{Path, PathBuf};
use std::{fs, io};

use tantivy::directory::error::LockError;
use tantivy::directory::{Directory, INDEX_WRITER_LOCK, MmapDirectory};
use tantivy::{Index, TantivyError};

use super::error::io_of;
use super::fields::{self, Fields};
use super::{SearchError, tokenizer};

/// Written last on creation, so that a half-made index has none.
const VERSION_FILE: &str = "headwater-search-version";

/// Files that an index directory consists of; nothing else in it is ever removed.
const OWN_FILES: [&str; 3] = [VERSION_FILE, "meta.json", ".managed.json"];
const OWN_EXTENSIONS: [&str; 8] = ["idx", "pos", "term", "store", "fast", "fieldnorm", "del", "temp"];

/// Where an index is kept.
pub(super) enum Place {
    /// In a folder.
    Folder(PathBuf),
    /// Nowhere: for tests and for callers that have no place for one.
    Memory(Box<Index>),
    /// In a directory that a test made.
    #[cfg(test)]
    Directory(Box<dyn Directory>),
}

/// How far to go with an index that does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// What is damaged is made anew; when the system refuses to read it, it may yet be sound.
    Whole,
    /// It was tried often enough: whatever is wrong with it, it is made anew.
    None,
}

impl Place {
    pub(super) fn memory() -> Self {
        Self::Memory(Box::new(Index::create_in_ram(Fields::schema().0)))
    }

    pub(super) fn open(&self, trust: Trust) -> Result<Index, SearchError> {
        match self {
            Self::Folder(dir) => in_directory(dir, trust),
            Self::Memory(index) => Ok((**index).clone()),
            #[cfg(test)]
            Self::Directory(directory) => Ok(Index::open_or_create(directory.clone(), Fields::schema().0)?),
        }
    }
}

/// The index in a directory: what is there if it is sound and of this version, otherwise a new one.
fn in_directory(dir: &Path, trust: Trust) -> Result<Index, SearchError> {
    let failed = |source| SearchError::Directory { path: dir.to_owned(), source };
    fs::create_dir_all(dir).map_err(failed)?;
    refuse_if_in_use(dir)?;
    match existing(dir) {
        Ok(Some(index)) => return Ok(index),
        Ok(None) => tracing::info!(dir = %dir.display(), "a new search index is made"),
        Err(error) if trust == Trust::Whole && !is_damage(&error) => return Err(error.into()),
        Err(error) => {
            tracing::warn!(dir = %dir.display(), %error, "the search index is damaged and will be rebuilt");
        }
    }
    empty(dir).map_err(failed)?;
    let index = Index::create_in_dir(dir, Fields::schema().0)?;
    fs::write(dir.join(VERSION_FILE), version()).map_err(failed)?;
    Ok(index)
}

/// True for what is wrong with the index itself. A system that has no descriptors left, or does not let us read, says
/// nothing of it.
fn is_damage(error: &TantivyError) -> bool {
    if matches!(error, TantivyError::LockFailure(..) | TantivyError::SystemError(_)) {
        return false;
    }
    let Some(io) = io_of(error) else { return true };
    matches!(io.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof | io::ErrorKind::NotFound | io::ErrorKind::InvalidInput)
}

fn version() -> String {
    format!("index {}, tokenizer {}\n", fields::VERSION, tokenizer::VERSION)
}

/// Emptying a directory under somebody who writes to it would ruin both.
fn refuse_if_in_use(dir: &Path) -> Result<(), SearchError> {
    let directory = MmapDirectory::open(dir).map_err(TantivyError::from)?;
    // Released at once: the writer takes it again.
    match directory.acquire_lock(&INDEX_WRITER_LOCK) {
        Ok(_lock) => Ok(()),
        Err(LockError::LockBusy) => Err(SearchError::InUse(dir.to_owned())),
        Err(error) => Err(TantivyError::LockFailure(error, None).into()),
    }
}

fn existing(dir: &Path) -> Result<Option<Index>, TantivyError> {
    match fs::read(dir.join(VERSION_FILE)) {
        Ok(found) if found == version().as_bytes() => {}
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e.into()),
        _ => return Ok(None),
    }
    let index = Index::open_in_dir(dir)?;
    // A damaged segment panics much later, in somebody's search; reading it all once costs little.
    let damaged = index.validate_checksum()?;
    if !damaged.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("checksums differ: {damaged:?}")).into());
    }
    // Opens every segment, so that a missing file is noticed too.
    index.reader_builder().reload_policy(tantivy::ReloadPolicy::Manual).try_into()?;
    Ok(Some(index))
}

fn empty(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_file() && is_own(&path) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn is_own(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    OWN_FILES.contains(&name) || OWN_EXTENSIONS.contains(&extension)
}
