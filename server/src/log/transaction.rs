//! The one way to write to `log.db`. A connection that met an error is never used again: SQLite may
//! have rolled back by itself, sqlx's count of transactions is then wrong, and what follows would be
//! written into a transaction that nobody commits. So transactions are plain statements here, and a
//! commit counts only when a separate connection finds it.

use super::LogError;
use super::acknowledged::{Acknowledged, Record};
use super::fault::{Cause, WriteFault};
use super::files::{Files, Found};
use crate::sqlite::{self, Durability};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{ConnectOptions, Connection, Row, SqlitePool};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};
use tokio::sync::{Mutex, MutexGuard};

/// Connections that readers share.
const READERS: u32 = 4;

/// Writes, and confirms what was written. Only together.
struct Pair {
    writer: SqliteConnection,
    reader: SqliteConnection,
    /// When the newest entry was taken, microseconds since 1970.
    newest: i64,
}

/// `log.db` with all connections of this process to it.
pub(super) struct Store {
    files: Files,
    /// Empty after an error, and while a transaction is open.
    pair: Mutex<Option<Pair>>,
    readers: RwLock<SqlitePool>,
    /// The highest number that was confirmed.
    confirmed: AtomicU64,
    record: Record,
    /// Somebody else may be writing.
    reads_only: bool,
}

/// What the head row says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Head {
    seq: u64,
    commits: i64,
}

impl Head {
    fn of(row: &SqliteRow) -> Self {
        Self { seq: row.get::<i64, _>(0) as u64, commits: row.get(1) }
    }
}

/// An open transaction. One that is dropped takes its connection with it.
pub(super) struct Transaction<'a> {
    store: &'a Store,
    slot: MutexGuard<'a, Option<Pair>>,
    pair: Pair,
    head: Head,
}

impl Store {
    /// Opens a database that is there and has the newest format. One that cannot be written can be read.
    pub async fn open(path: &Path) -> Result<Self, LogError> {
        let store = Self::over(path, Record::open(path.parent().unwrap_or(path)), false).await?;
        if let Ok(pair) = store.connect().await {
            *store.pair.lock().await = Some(pair);
        }
        store.files.reopened();
        Ok(store)
    }

    /// Opens the same beside whoever writes to it.
    pub async fn open_to_read(path: &Path) -> Result<Self, LogError> {
        Self::over(path, Record::default(), true).await
    }

    async fn over(path: &Path, record: Record, reads_only: bool) -> Result<Self, LogError> {
        let readers = sqlite::open(path, Durability::ReadLog, READERS).await.map_err(LogError::Unreadable)?;
        let (pair, confirmed) = (Mutex::default(), AtomicU64::new(0));
        Ok(Self { files: Files::open(path), pair, readers: RwLock::new(readers), confirmed, record, reads_only })
    }

    /// Connections that only read.
    pub fn readers(&self) -> SqlitePool {
        self.readers.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Begins to write; waits for another transaction to end.
    pub async fn begin(&self) -> Result<Transaction<'_>, WriteFault> {
        let mut slot = self.pair.lock().await;
        let mut pair = self.take(&mut slot).await?;
        // It also fails when an earlier transaction is still open, whatever the reason.
        // Statements that follow each other go together: each trip to SQLite's thread and back costs as much as a row.
        let row = sqlx::query("BEGIN IMMEDIATE; SELECT seq, commits FROM head").fetch_one(&mut pair.writer).await?;
        let head = Head::of(&row);
        let confirmed = self.confirmed.load(Ordering::Relaxed);
        if head.seq < confirmed {
            let words = format!("it ends at {}, but {confirmed} entries were acknowledged", head.seq);
            return Err(WriteFault::new(Cause::Damaged, words));
        }
        Ok(Transaction { store: self, slot, pair, head })
    }

    /// The connections of last time, or new ones after an error.
    async fn take(&self, slot: &mut Option<Pair>) -> Result<Pair, WriteFault> {
        match self.files.look() {
            Found::Same => {}
            Found::Moved => return Err(moved()),
            Found::SideMoved => return self.reopen(slot.take()).await,
        }
        match slot.take() {
            Some(pair) => Ok(pair),
            None => self.connect().await,
        }
    }

    async fn connect(&self) -> Result<Pair, WriteFault> {
        if self.reads_only {
            return Err(WriteFault::new(Cause::ReadOnly, "it was opened to be read, beside whoever writes to it"));
        }
        let path = self.files.path();
        sqlite::make_side_files_writable(path);
        let mut writer = sqlite::options(path, Durability::Full).create_if_missing(false).connect().await?;
        // After a failed sync the kernel may hold as written what never reached the disk. Copying what
        // the write-ahead log holds into the database writes and syncs it once more.
        checkpoint(&mut writer).await?;
        let reader = sqlite::options(path, Durability::ReadLog).connect().await?;
        let newest = newest(&mut writer).await?;
        Ok(Pair { writer, reader, newest })
    }

    /// The write-ahead log was deleted under us. What it holds is still reachable through the open
    /// connection and goes into the database; new connections must not meet old ones.
    async fn reopen(&self, pair: Option<Pair>) -> Result<Pair, WriteFault> {
        if let Some(mut pair) = pair {
            checkpoint(&mut pair.writer).await?;
            close(pair).await;
        }
        self.readers().close().await;
        let readers = sqlite::open(self.files.path(), Durability::ReadLog, READERS).await?;
        *self.readers.write().unwrap_or_else(PoisonError::into_inner) = readers;
        let pair = self.connect().await?;
        self.files.reopened();
        tracing::warn!("log.db-wal or log.db-shm was deleted or replaced while the server was running; the log was opened anew");
        Ok(pair)
    }

    /// Ends in good order: the last to close folds the write-ahead log into the file; a reader cannot.
    pub async fn close(&self) {
        self.readers().close().await;
        let mut slot = self.pair.lock().await;
        if self.files.look() == Found::Same && slot.is_none() {
            *slot = self.connect().await.ok();
        }
        if let Some(pair) = slot.take() {
            close(pair).await;
        }
    }
}

impl Transaction<'_> {
    /// The highest number so far.
    pub fn head(&self) -> u64 {
        self.head.seq
    }

    /// This time or, when the clock went back, that of the newest entry, which no later one may precede.
    pub fn stamp(&mut self, now: i64) -> i64 {
        self.pair.newest = self.pair.newest.max(now);
        self.pair.newest
    }

    /// Where to write.
    pub fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.pair.writer
    }

    /// Commits, with `newest` as the highest entry unless there is no new one, and returns once a reader
    /// finds it in the file that the path leads to. After an error it may be there all the same: to send
    /// it again is harmless.
    pub async fn commit(mut self, newest: Option<Acknowledged>) -> Result<(), WriteFault> {
        let seq = newest.map_or(self.head.seq, |newest| newest.seq);
        let written = Head { seq, commits: self.head.commits + 1 };
        let update = sqlx::query("UPDATE head SET seq = ?, commits = ?; COMMIT").bind(seq as i64).bind(written.commits);
        update.execute(&mut self.pair.writer).await?;
        let found = head(&mut self.pair.reader).await?;
        if found != written {
            let words = format!("entry {seq} was committed, but a reader finds the log ending at {}", found.seq);
            return Err(WriteFault::new(Cause::Unconfirmed, words));
        }
        let Self { store, mut slot, pair, .. } = self;
        // Also in the bad case: through this connection alone can a deleted write-ahead log be rescued.
        *slot = Some(pair);
        if store.files.look() != Found::Same {
            return Err(moved());
        }
        store.confirmed.fetch_max(seq, Ordering::Relaxed);
        if let Some(newest) = newest {
            store.record.write(newest);
        }
        Ok(())
    }
}

/// When the newest entry was taken. Not only the last one is looked at: a clock may have gone back under an older version.
/// A page that cannot be read must not keep new entries from being written behind it, so of fewer it is enough.
async fn newest(connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    let mut failed = None;
    for count in [1000, 100, 10, 1] {
        let sql = "SELECT coalesce(max(received_at), 0) FROM (SELECT received_at FROM log ORDER BY seq DESC LIMIT ?)";
        match sqlx::query(sql).bind(count).fetch_one(&mut *connection).await {
            Ok(row) => return Ok(row.get(0)),
            Err(e) => failed = Some(e),
        }
    }
    Err(failed.unwrap_or(sqlx::Error::RowNotFound))
}

async fn head(connection: &mut SqliteConnection) -> Result<Head, sqlx::Error> {
    Ok(Head::of(&sqlx::query("SELECT seq, commits FROM head").fetch_one(connection).await?))
}

/// Copies all that the write-ahead log holds into the database, synced.
async fn checkpoint(writer: &mut SqliteConnection) -> Result<(), WriteFault> {
    let row = sqlx::query("PRAGMA wal_checkpoint(FULL)").fetch_one(writer).await?;
    if row.get::<i64, _>(0) != 0 {
        return Err(WriteFault::new(Cause::Locked, "a long read keeps the write-ahead log from being folded into log.db"));
    }
    Ok(())
}

/// The reader first; what a failing disk says to that is of no use to anybody.
async fn close(pair: Pair) {
    let _ = pair.reader.close().await;
    let _ = pair.writer.close().await;
}

fn moved() -> WriteFault {
    WriteFault::new(Cause::Moved, "log.db or its write-ahead log was removed or replaced while the server was running")
}
