//! Opens the index directory, or makes it anew when it cannot be trusted: everything in it comes from the log.

use std::path::Path;
use std::{fs, io};

use tantivy::directory::error::LockError;
use tantivy::directory::{Directory, INDEX_WRITER_LOCK, MmapDirectory};
use tantivy::{Index, TantivyError};

use super::fields::{self, Fields};
use super::{SearchError, tokenizer};

/// Written last on creation, so that a half-made index has none.
const VERSION_FILE: &str = "headwater-search-version";

/// Files that an index directory consists of; nothing else in it is ever removed.
const OWN_FILES: [&str; 3] = [VERSION_FILE, "meta.json", ".managed.json"];
const OWN_EXTENSIONS: [&str; 8] = ["idx", "pos", "term", "store", "fast", "fieldnorm", "del", "temp"];

/// The index in a directory: what is there if it is sound and of this version, otherwise a new one.
pub(super) fn in_directory(dir: &Path) -> Result<Index, SearchError> {
    let failed = |source| SearchError::Directory { path: dir.to_owned(), source };
    fs::create_dir_all(dir).map_err(failed)?;
    refuse_if_in_use(dir)?;
    match existing(dir) {
        Ok(Some(index)) => return Ok(index),
        Ok(None) => tracing::info!(dir = %dir.display(), "a new search index is made"),
        Err(error) => {
            tracing::warn!(dir = %dir.display(), %error, "the search index is damaged and will be rebuilt");
        }
    }
    empty(dir).map_err(failed)?;
    let index = Index::create_in_dir(dir, Fields::schema().0)?;
    fs::write(dir.join(VERSION_FILE), version()).map_err(failed)?;
    Ok(index)
}

/// An index for tests and for callers that have nowhere to put one.
pub(super) fn in_memory() -> Index {
    Index::create_in_ram(Fields::schema().0)
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
    match fs::read_to_string(dir.join(VERSION_FILE)) {
        Ok(found) if found == version() => {}
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
