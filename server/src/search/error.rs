//! What can go wrong with the index. A query never fails for what it says, only for the state of the index.

use std::{io, path::PathBuf};

use tantivy::TantivyError;
use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};

/// An index that cannot be read or written. The owner reopens it, and rebuilds it when that does not help.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// Another process, or another index of this one, holds the directory.
    #[error("the search index in {} is in use", .0.display())]
    InUse(PathBuf),
    /// The directory cannot be created, read or emptied.
    #[error("the search index in {} cannot be used: {source}", path.display())]
    Directory {
        /// The index directory.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// tantivy refused.
    #[error("search index: {0}")]
    Index(#[from] TantivyError),
    /// A stored document cannot be written or read back.
    #[error("search index: a stored document is unreadable: {0}")]
    Record(#[from] postcard::Error),
    /// A segment lacks what every document has.
    #[error("search index: a stored document is incomplete")]
    Incomplete,
    /// A writer met an error before; what it left cannot be trusted.
    #[error("the search index takes no documents until it is opened again")]
    WriterLost,
}

impl SearchError {
    /// What failed, for operators: without paths and without the library's own text, which is in the server's log.
    pub fn words(&self) -> String {
        match self {
            Self::InUse(_) => "the index is in use by another process".into(),
            Self::Directory { source, .. } => io_words(source),
            Self::Index(error) => index_words(error),
            Self::Record(_) | Self::Incomplete => "a stored document cannot be read".into(),
            Self::WriterLost => "the index must be opened again".into(),
        }
    }
}

fn index_words(error: &TantivyError) -> String {
    match error {
        TantivyError::DataCorruption(_) => "the index is damaged".into(),
        TantivyError::ErrorInThread(_) => "writing the index failed".into(),
        _ => io_of(error).map_or_else(|| "the index cannot be used".into(), io_words),
    }
}

/// What the system refused, when that is the reason.
pub(super) fn io_of(error: &TantivyError) -> Option<&io::Error> {
    match error {
        TantivyError::IoError(source)
        | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: source, .. })
        | TantivyError::OpenReadError(OpenReadError::IoError { io_error: source, .. })
        | TantivyError::OpenDirectoryError(OpenDirectoryError::IoError { io_error: source, .. })
        | TantivyError::LockFailure(LockError::IoError(source), _) => Some(source),
        _ => None,
    }
}

fn io_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull => "disk full".into(),
        io::ErrorKind::PermissionDenied => "no permission".into(),
        kind => kind.to_string(),
    }
}
