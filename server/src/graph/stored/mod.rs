//! The graph in a file, so that a server with a million datasets starts in seconds. A projection like the catalog
//! beside it: it holds for one log sequence, and whatever changed since is read from the catalog's rows. A file that
//! is damaged, of another catalog or of another version of Headwater is passed over; then all rows are read.

mod load;
mod parts;
mod record;
mod save;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What the graph's code was compiled from: other code may derive or lay out other things. See `build.rs`.
const FORMAT: u64 = match u64::from_str_radix(env!("HEADWATER_GRAPH_FORMAT"), 10) {
    Ok(format) => format,
    Err(_) => panic!("HEADWATER_GRAPH_FORMAT is not a number"),
};

/// What a file holds for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Log sequence.
    pub seq: u64,
    /// Drawn when it was written; the catalog that it belongs to knows it.
    pub token: i64,
    /// Row of the newest column lineage that it knows of,
    pub columns: i64,
    /// and of the newest explicit lineage.
    pub explicit: i64,
    /// Datasets that naming rules had a say about.
    pub datasets: u32,
}

/// Why a graph is not read from a file, or not written to one.
#[derive(Debug, thiserror::Error)]
pub enum StoredError {
    /// The disk.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// It does not decode.
    #[error("it is damaged: {0}")]
    Content(#[from] postcard::Error),
    /// A checksum differs, or the end is missing.
    #[error("it is damaged")]
    Damaged,
    /// Of another version of Headwater.
    #[error("another version of Headwater wrote it")]
    OtherVersion,
    /// One record of it would be larger than a file may hold.
    #[error("a part of the graph is too large to be written")]
    TooLarge,
}

/// What it is called in a data directory, and while it is being written.
pub const NAMES: [&str; 2] = ["graph.snapshot", "graph.part"];

/// Where it lies in a data directory.
pub fn path(dir: &Path) -> PathBuf {
    dir.join(NAMES[0])
}
