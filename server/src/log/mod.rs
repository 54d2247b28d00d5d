//! The event log: the only truth. Append-only, gapless sequence numbers, each content once, fsynced
//! before it is acknowledged. What the entries mean is the fold's business.

mod acknowledged;
mod arrived;
mod codec;
#[cfg(test)]
mod contract;
mod fault;
mod files;
mod outage;
mod quarantine;
mod read;
mod recent;
mod room;
mod sqlite;
mod transaction;
mod unreadable;
mod writer;

pub use acknowledged::{Acknowledged, FILE as ACKNOWLEDGED};
pub use arrived::Arrived;
pub use codec::compress;
pub use fault::{Cause, WriteFault};
pub use quarantine::{Quarantined, Refused, Replayed};
pub use read::{Read, number};
pub use recent::{KEPT as RECENT, LONGEST as LONGEST_RECENT};
pub use sqlite::{QUARANTINE_BYTES, SqliteLog};
pub use unreadable::UnreadableEntries;
pub use writer::{Clock, Listener, LogWriter, Submitted};

use futures_util::future::BoxFuture;
use schema::log::{ContentHash, EntryKind, Unreadable};
use tokio::sync::watch;

/// What the caller of the log can do about a failure.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The store could not be read; try again.
    #[error("the event log cannot be read")]
    Unreadable(#[source] sqlx::Error),
    /// Nothing was acknowledged, though it may be there; send it again when the cause is gone.
    #[error(transparent)]
    Unwritable(#[from] WriteFault),
    /// One entry cannot be read; the others can.
    #[error("entry {0} of the event log cannot be read: {1}")]
    Damaged(u64, String),
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
    /// Set when it is stored otherwise than it arrived.
    pub arrived: Option<Arrived>,
    /// The payload, compressed by `compress`.
    pub compressed: Vec<u8>,
    /// The payload as readers get it, for those who follow closely; `None`: they have it read back.
    pub shown: Option<Vec<u8>>,
}

/// What is written in one commit.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Entries, in this order.
    pub entries: Vec<NewEntry>,
    /// Bodies for the quarantine.
    pub refused: Vec<Refused>,
    /// Bodies of the quarantine, by their ids, that were replayed.
    pub replayed: Vec<(u64, Replayed)>,
}

impl Batch {
    /// True when there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.refused.is_empty() && self.replayed.is_empty()
    }

    /// Bytes of memory that it takes, about.
    pub fn bytes(&self) -> usize {
        let entry = |entry: &NewEntry| entry.compressed.len() + entry.shown.as_ref().map_or(0, Vec::len);
        self.entries.iter().map(entry).chain(self.refused.iter().map(Refused::bytes)).sum()
    }

    /// Adds another one.
    pub fn merge(&mut self, mut other: Self) {
        self.entries.append(&mut other.entries);
        self.refused.append(&mut other.refused);
        self.replayed.append(&mut other.replayed);
    }
}

impl From<Vec<NewEntry>> for Batch {
    fn from(entries: Vec<NewEntry>) -> Self {
        Self { entries, ..Self::default() }
    }
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

/// What is known of an entry without its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its number.
    pub seq: u64,
    /// Stands for its content, also where that cannot be read.
    pub hash: ContentHash,
    /// When the server took it, microseconds since 1970.
    pub received_at: i64,
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
    /// Appends in order and returns once everything is durable and a reader finds it. All or nothing,
    /// except that after an error it may be there. Content that is there already is counted beside its
    /// entry. Refused bodies go into the quarantine, which makes room when it is full; a body that is there
    /// already is counted. After an error the next call starts afresh. `now`, microseconds since
    /// 1970, is when they were taken; the log never lets that go back from one entry to the next.
    fn append(&self, batch: Batch, now: i64) -> BoxFuture<'_, Result<Vec<Appended>, LogError>>;
    /// Entries after `seq`, in order, without a gap: at most `limit`, and not many more bytes than
    /// `max_bytes`, packed or unpacked, but one at least when there is one. What cannot be read is in its
    /// place with the reason.
    fn read_after(&self, seq: u64, limit: usize, max_bytes: usize) -> BoxFuture<'_, Result<Vec<Read>, LogError>>;
    /// The first of the entries with these numbers, in order of number, within `max_bytes` but one at
    /// least; unknown numbers are left out. For more ask again without those up to the last one.
    fn read(&self, seqs: Vec<u64>, max_bytes: usize) -> BoxFuture<'_, Result<Vec<Read>, LogError>>;
    /// The first entry from this number on, without its payload.
    fn mark(&self, from: u64) -> BoxFuture<'_, Result<Option<Mark>, LogError>>;
    /// Notes entries that can be read but not understood, beside those that cannot be read.
    fn pass_over(&self, entries: &[Unreadable]);
    /// Entries that could not be read since the log was opened, and news of them.
    fn unreadable(&self) -> watch::Receiver<UnreadableEntries>;
    /// The numbers of the contents that the log has, in any order.
    fn find(&self, hashes: Vec<ContentHash>) -> BoxFuture<'_, Result<Vec<(ContentHash, u64)>, LogError>>;
    /// Which of these entries came again, and how often; those that did not are left out.
    fn repeats(&self, seqs: Vec<u64>) -> BoxFuture<'_, Result<Vec<Repeated>, LogError>>;
    /// Entries that came again, the newest `limit` of them by number, and how many there are in all.
    fn repeated(&self, limit: usize) -> BoxFuture<'_, Result<(Vec<Repeated>, u64), LogError>>;
    /// The highest number given out; 0 when empty.
    fn head(&self) -> BoxFuture<'_, Result<u64, LogError>>;
    /// Writes nothing that counts, to learn whether writing works.
    fn probe(&self) -> BoxFuture<'_, Result<(), LogError>>;
    /// Refused bodies with an id below `before`, newest first, and how many there are in all.
    fn quarantined(&self, before: Option<u64>, limit: usize) -> BoxFuture<'_, Result<(Vec<Quarantined>, u64), LogError>>;
    /// How many refused bodies there are, and how many bytes they take.
    fn quarantine_size(&self) -> BoxFuture<'_, Result<(u64, u64), LogError>>;
    /// One refused body.
    fn quarantined_at(&self, id: u64) -> BoxFuture<'_, Result<Option<Quarantined>, LogError>>;
    /// Ends in good order: afterwards the store is whole without its side files.
    fn close(&self) -> BoxFuture<'_, ()>;
    /// Reads everything and checks numbers and hashes; `progress` hears how many are done.
    fn check<'a>(&'a self, progress: &'a (dyn Fn(u64) + Sync)) -> BoxFuture<'a, Result<Integrity, LogError>>;
}
