//! The event log: the only truth. Append-only, gapless sequence numbers, each content once, fsynced
//! before it is acknowledged. What the entries mean is the fold's business.

#[cfg(test)]
mod contract;
mod quarantine;
mod sqlite;
mod writer;

pub use quarantine::{Quarantined, Replayed};
pub use sqlite::SqliteLog;
pub use writer::{LogWriter, Submitted};

use futures_util::future::BoxFuture;
use schema::log::{ContentHash, Entry, EntryKind};

/// What the caller of the log can do about a failure.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The store refused or lost the connection; nothing was acknowledged, try again.
    #[error("the event log cannot be reached or written")]
    Unavailable(#[source] sqlx::Error),
    /// What is stored is not what was written; stop and look.
    #[error("the event log is damaged: {0}")]
    Damaged(String),
    /// This program cannot use what it found; a person must act.
    #[error("{0}")]
    Unusable(String),
    /// More is queued than the disk takes; come back in a second.
    #[error("the event log cannot keep up")]
    Overloaded,
}

/// An entry to append.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// What the payload is.
    pub kind: EntryKind,
    /// Hash of the canonical payload.
    pub hash: ContentHash,
    /// When the server took it, microseconds since 1970.
    pub received_at: i64,
    /// The payload, compressed by `compress`.
    pub compressed: Vec<u8>,
}

/// What became of an appended entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Its number, or that of the same content before it.
    pub seq: u64,
    /// True when the log had it already.
    pub repeated: bool,
}

/// How often the content of an entry came again after the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeated {
    /// The entry.
    pub seq: u64,
    /// Deliveries after the first.
    pub times: u64,
    /// The newest of them, microseconds since 1970 by the server's clock.
    pub last_at: i64,
}

/// What a check of the whole log found.
#[derive(Clone, Debug, Default)]
pub struct Integrity {
    /// Entries looked at.
    pub entries: u64,
    /// Each fault in words; empty when intact.
    pub faults: Vec<String>,
}

/// A log. Each method is a whole unit of work, so no transaction leaks and a second store is a
/// second implementation; `contract` says when it is done.
pub trait EventLog: Send + Sync + 'static {
    /// Appends in order and returns once the entries are durable. All or nothing. Content that is there
    /// already is counted beside its entry, in the same commit.
    fn append(&self, entries: Vec<NewEntry>) -> BoxFuture<'_, Result<Vec<Appended>, LogError>>;
    /// Up to `limit` entries after `seq`, in order; stops early after `max_bytes` of payload.
    fn read_after(&self, seq: u64, limit: usize, max_bytes: usize) -> BoxFuture<'_, Result<Vec<Entry>, LogError>>;
    /// The entries with these numbers, in order of number; unknown numbers are left out.
    fn read(&self, seqs: Vec<u64>) -> BoxFuture<'_, Result<Vec<Entry>, LogError>>;
    /// The numbers of the contents that the log has, in any order.
    fn find(&self, hashes: Vec<ContentHash>) -> BoxFuture<'_, Result<Vec<(ContentHash, u64)>, LogError>>;
    /// Which of these entries came again, and how often; those that did not are left out.
    fn repeats(&self, seqs: Vec<u64>) -> BoxFuture<'_, Result<Vec<Repeated>, LogError>>;
    /// Entries that came again, the newest `limit` of them by number, and how many there are in all.
    fn repeated(&self, limit: usize) -> BoxFuture<'_, Result<(Vec<Repeated>, u64), LogError>>;
    /// The highest number given out; 0 when empty.
    fn head(&self) -> BoxFuture<'_, Result<u64, LogError>>;
    /// Keeps refused bodies, the oldest making room beyond the bound; a body kept already stays once and
    /// is counted.
    fn quarantine(&self, items: Vec<Quarantined>) -> BoxFuture<'_, Result<(), LogError>>;
    /// Refused bodies with an id below `before`, newest first, and how many there are in all.
    fn quarantined(&self, before: Option<u64>, limit: usize) -> BoxFuture<'_, Result<(Vec<Quarantined>, u64), LogError>>;
    /// One refused body.
    fn quarantined_at(&self, id: u64) -> BoxFuture<'_, Result<Option<Quarantined>, LogError>>;
    /// Marks a refused body as replayed; it stays where it is.
    fn mark_replayed(&self, id: u64, replayed: Replayed) -> BoxFuture<'_, Result<(), LogError>>;
    /// Ends in good order: afterwards the store is whole without its side files.
    fn close(&self) -> BoxFuture<'_, ()>;
    /// Reads everything and checks numbers and hashes; `progress` hears how many are done.
    fn check<'a>(&'a self, progress: &'a (dyn Fn(u64) + Sync)) -> BoxFuture<'a, Result<Integrity, LogError>>;
}

/// Level 3 is 3.9 times smaller on real events; higher levels buy little (measured).
const ZSTD_LEVEL: i32 = 3;

/// No entry decompresses to more than this: far above any limit of intake.
const MAX_PAYLOAD: usize = 256 << 20;

/// Compresses a payload. Done by who submits, not by the writer: the writer is the bottleneck.
pub fn compress(payload: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(payload, ZSTD_LEVEL).unwrap_or_else(|_| payload.to_vec())
}

fn decompress(stored: &[u8]) -> Result<Vec<u8>, LogError> {
    let size = zstd::zstd_safe::get_frame_content_size(stored).ok().flatten().unwrap_or(0) as usize;
    zstd::bulk::decompress(stored, size.min(MAX_PAYLOAD)).map_err(|e| LogError::Damaged(format!("payload does not decompress: {e}")))
}
