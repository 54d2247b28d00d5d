//! What can go wrong with the index. A query never fails for what it says, only for the state of the index.

use std::{io, path::PathBuf};

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
    Index(#[from] tantivy::TantivyError),
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
