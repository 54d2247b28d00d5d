//! Projections follow the log by pulling: the projector folds entries into catalog and graph, the
//! indexer brings what changed into search. Each says how far it is; readers wait for that.

mod backlog;
mod documents;
mod entries;
pub mod folder;
mod follow;
mod graph_file;
mod indexer;
#[cfg(test)]
mod indexing;
mod loss;
#[cfg(test)]
mod order;
mod prepare;
mod projector;
mod repaired;
mod trouble;

pub use backlog::Backlog;
pub use follow::Ended;
pub use indexer::Indexer;
pub use loss::{Loss, loss, loss_of_all, set_aside};
pub use prepare::{Old, Prepared, prepare, set_aside_damaged};
pub use projector::Projector;
pub use repaired::repaired;
pub use trouble::Trouble;

use crate::catalog::{CatalogError, Projected};
use crate::graph::Snapshot;
use crate::graph::stored::StoredError;
use crate::log::LogError;
use crate::search::SearchError;
use crate::sqlite;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// Why a projection cannot go on; the caller retries, then rebuilds.
#[derive(Debug, thiserror::Error)]
pub enum ProjectionError {
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The catalog.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The index.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// The data directory.
    #[error("the files of the projections cannot be moved or deleted: {0}")]
    Directory(std::io::Error),
    /// A bug: the thread ended with a panic.
    #[error("the projector was ended by a bug at entry {0}; the log above says more")]
    Panicked(u64),
    /// A packed row of the graph does not decode.
    #[error("the graph's rows in the catalog are damaged: {0}")]
    Graph(#[from] postcard::Error),
    /// The file that the graph is kept in.
    #[error("the file of the graph cannot be written: {0}")]
    Stored(#[from] StoredError),
}

impl ProjectionError {
    /// What failed, for operators, without the text of libraries, which is in the server's log.
    pub fn words(&self) -> String {
        match self {
            Self::Log(LogError::Unreadable(error)) => sqlite::words(error, "log.db"),
            Self::Catalog(error) => error.words(),
            Self::Search(error) => error.words(),
            other => other.to_string(),
        }
    }

    /// True when what is stored of catalog or graph is not what was written: it must be made anew.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Catalog(e) => e.is_damage(),
            Self::Graph(_) => true,
            Self::Log(_) | Self::Search(_) | Self::Directory(_) | Self::Stored(_) | Self::Panicked(_) => false,
        }
    }

    /// The sentence and every cause behind it, for the server's log.
    pub fn with_causes(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(inner) = cause {
            let more = inner.to_string();
            if !text.contains(&more) {
                text = format!("{text}: {more}");
            }
            cause = inner.source();
        }
        text
    }
}

/// How far each projection is, and what it cost.
#[derive(Clone)]
pub struct Progress {
    /// Catalog and graph, which move together.
    pub catalog: watch::Receiver<Projected>,
    /// Search.
    pub search: watch::Receiver<u64>,
    /// The graph to read.
    pub graph: Snapshot,
}

impl Progress {
    /// Waits until catalog and graph hold for `seq`; false when `patience` ran out first.
    pub async fn catalog_at(&self, seq: u64, patience: Duration) -> bool {
        let mut catalog = self.catalog.clone();
        tokio::time::timeout(patience, catalog.wait_for(|projected| projected.seq >= seq)).await.is_ok_and(|seen| seen.is_ok())
    }

    /// Waits until search holds for `seq`; false when `patience` ran out first.
    pub async fn search_at(&self, seq: u64, patience: Duration) -> bool {
        let mut search = self.search.clone();
        tokio::time::timeout(patience, search.wait_for(|seen| *seen >= seq)).await.is_ok_and(|seen| seen.is_ok())
    }
}

/// Work of the projector since the start, for metrics and benchmarks.
#[derive(Default)]
pub struct Effort {
    /// Events folded.
    pub events: AtomicU64,
    /// Batches committed.
    pub batches: AtomicU64,
    /// Processor time of the projector's thread, microseconds.
    pub cpu_micros: AtomicU64,
}

impl Effort {
    fn add(&self, events: u64, cpu_micros: u64) {
        self.events.fetch_add(events, Ordering::Relaxed);
        self.batches.fetch_add(1, Ordering::Relaxed);
        self.cpu_micros.store(cpu_micros, Ordering::Relaxed);
    }
}
