//! The log in one SQLite file: WAL, `synchronous=FULL`. Readers have connections of their own and never
//! wait for who writes. How a commit is made sure of is `transaction`'s, the quarantine `quarantine`'s.

use super::acknowledged::Acknowledged;
use super::arrived::{self, Arrivals};
use super::recent::Recent;
use super::transaction::Store;
use super::unreadable::{Found, UnreadableEntries};
use super::{Appended, Batch, EventLog, Integrity, LogError, Mark, NewEntry, Quarantined, Read, Repeated, WriteFault, number, quarantine};
use crate::sqlite::{self, Durability};
use futures_util::future::BoxFuture;
use schema::log::{ContentHash, Entry, Unreadable};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row, SqlitePool};
use std::collections::HashMap;
use std::path::Path;
use tokio::sync::watch;

const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/log/1.sql"),
    include_str!("../../migrations/log/2.sql"),
    include_str!("../../migrations/log/3.sql"),
    include_str!("../../migrations/log/4.sql"),
    include_str!("../../migrations/log/5.sql"),
];

/// Bytes that the quarantine holds by default.
pub const QUARANTINE_BYTES: u64 = 256 << 20;

/// What a check reads at a time: entries and bytes.
const CHECKED: usize = 500;
const CHECKED_BYTES: usize = 16 << 20;

/// Rows of one INSERT at most. Each number of them is a statement that is prepared once and kept.
pub(super) const ROWS: usize = 64;

/// The embedded log.
pub struct SqliteLog {
    pub(super) store: Store,
    pub(super) unreadable: Found,
    recent: Recent,
    quarantine_bytes: u64,
}

impl SqliteLog {
    /// Opens or creates `log.db` in the data directory.
    pub async fn open(dir: &Path) -> Result<Self, LogError> {
        let path = dir.join("log.db");
        let unusable = |e: sqlx::Error| LogError::Unusable(format!("cannot open the event log: {}", WriteFault::from(e).words()));
        // A new log would delete what the other one may still be put together with; SQLite does so beside an empty file too.
        if !holds_anything(&path) && holds_anything(&dir.join("log.db-wal")) {
            let words = "log.db is missing or empty, and log.db-wal beside it holds entries of it: put log.db back, or move log.db-wal away to begin a new log";
            return Err(LogError::Unusable(words.into()));
        }
        let fresh = sqlite::open(&path, Durability::Full, 1).await.map_err(unusable)?;
        sqlite::migrate(&fresh, MIGRATIONS).await.map_err(|e| LogError::Unusable(e.to_string()))?;
        fresh.close().await;
        Ok(Self::over(Store::open(&path).await?))
    }

    /// Keeps at most so many bytes of refused bodies.
    #[must_use]
    pub fn with_quarantine(mut self, max_bytes: u64) -> Self {
        self.quarantine_bytes = max_bytes;
        self
    }

    /// Opens the log as it is, of whatever format, to see where it ends. Nothing in its files is changed, also not in a
    /// write-ahead log that a crash left. `None` when there is none.
    pub async fn look(dir: &Path) -> Result<Option<Self>, LogError> {
        let path = dir.join("log.db");
        if holds_anything(&path) { Ok(Some(Self::over(Store::open_to_read(&path).await?))) } else { Ok(None) }
    }

    /// True when there is neither a log nor anything of one.
    pub fn is_gone(dir: &Path) -> bool {
        !holds_anything(&dir.join("log.db")) && !holds_anything(&dir.join("log.db-wal"))
    }

    /// Opens the log in the data directory beside whoever writes to it. Nothing can be appended, and it has this format.
    pub async fn open_to_read(dir: &Path) -> Result<Self, LogError> {
        let store = Store::open_to_read(&dir.join("log.db")).await?;
        sqlite::migrate(&store.readers(), MIGRATIONS).await.map_err(|e| LogError::Unusable(e.to_string()))?;
        Ok(Self::over(store))
    }

    fn over(store: Store) -> Self {
        Self { store, unreadable: Found::default(), recent: Recent::default(), quarantine_bytes: QUARANTINE_BYTES }
    }

    async fn append_all(&self, batch: Batch, now: i64) -> Result<Vec<Appended>, LogError> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let Batch { entries, refused, replayed } = batch;
        let mut tx = self.store.begin().await?;
        let hashes: Vec<ContentHash> =
            entries.iter().flat_map(|entry| [Some(entry.hash), entry.arrived.map(|arrived| arrived.plain)]).flatten().collect();
        let mut known = numbers_of(tx.connection(), hashes.iter()).await.map_err(WriteFault::from)?;
        let mut arrivals = Arrivals::read(tx.connection(), &entries).await.map_err(WriteFault::from)?;
        let mut next = tx.head();
        let now = tx.stamp(now);
        let mut outcome = Vec::with_capacity(entries.len());
        let mut fresh = Vec::with_capacity(entries.len());
        let mut again: HashMap<u64, Repeated> = HashMap::new();
        for entry in entries {
            let seq = arrivals.of(&entry).or_else(|| known.get(&entry.hash).copied());
            let seq = seq.or_else(|| known.get(&entry.arrived.as_ref()?.plain).copied());
            arrivals.add(&entry, seq.unwrap_or(next + 1));
            if let Some(seq) = seq {
                let repeated = again.entry(seq).or_insert(Repeated { seq, times: 0, last_at: now });
                repeated.times += 1;
                outcome.push(Appended { seq, repeated: true });
                continue;
            }
            next += 1;
            known.insert(entry.hash, next);
            outcome.push(Appended { seq: next, repeated: false });
            fresh.push((next, entry));
        }
        insert(tx.connection(), &fresh, now).await.map_err(WriteFault::from)?;
        arrivals.write(tx.connection()).await.map_err(WriteFault::from)?;
        count_repeats(tx.connection(), again.into_values()).await.map_err(WriteFault::from)?;
        quarantine::keep(tx.connection(), &refused, now, self.quarantine_bytes).await.map_err(WriteFault::from)?;
        for (id, replayed) in replayed {
            quarantine::mark(tx.connection(), id, replayed).await.map_err(WriteFault::from)?;
        }
        let newest = fresh.last().map(|(seq, entry)| Acknowledged { seq: *seq, hash: entry.hash });
        tx.commit(newest).await?;
        self.recent.add(
            fresh.into_iter().filter_map(|(seq, entry)| {
                Some(Entry { seq, kind: entry.kind, hash: entry.hash, received_at: now, payload: entry.shown? })
            }),
        );
        Ok(outcome)
    }

    pub(super) async fn head_of(&self, db: &SqlitePool) -> Result<u64, LogError> {
        let row = sqlx::query("SELECT seq FROM head").fetch_one(db).await.map_err(unreadable)?;
        Ok(row.get::<i64, _>(0) as u64)
    }

    async fn check_all(&self, progress: &(dyn Fn(u64) + Sync)) -> Result<Integrity, LogError> {
        let mut found = Integrity::default();
        let mut after = 0;
        loop {
            let entries = self.entries_after(after, CHECKED, CHECKED_BYTES).await?;
            let Some(last) = entries.last() else { break };
            after = number(last);
            found.entries += entries.len() as u64;
            found.faults.extend(entries.iter().filter_map(|read| read.as_ref().err()).map(|e| format!("entry {}: {}", e.seq, e.reason)));
            progress(found.entries);
        }
        Ok(found)
    }
}

impl EventLog for SqliteLog {
    fn append(&self, batch: Batch, now: i64) -> BoxFuture<'_, Result<Vec<Appended>, LogError>> {
        Box::pin(self.append_all(batch, now))
    }

    fn read_after(&self, seq: u64, limit: usize, max_bytes: usize) -> BoxFuture<'_, Result<Vec<Read>, LogError>> {
        Box::pin(async move {
            match self.recent.after(seq, limit, max_bytes) {
                Some(entries) => Ok(entries),
                None => self.entries_after(seq, limit, max_bytes).await,
            }
        })
    }

    fn read(&self, seqs: Vec<u64>, max_bytes: usize) -> BoxFuture<'_, Result<Vec<Read>, LogError>> {
        Box::pin(self.entries_at(seqs, max_bytes))
    }

    fn mark(&self, from: u64) -> BoxFuture<'_, Result<Option<Mark>, LogError>> {
        Box::pin(self.mark_from(from))
    }

    fn pass_over(&self, entries: &[Unreadable]) {
        entries.iter().for_each(|entry| self.unreadable.note(entry));
    }

    fn unreadable(&self) -> watch::Receiver<UnreadableEntries> {
        self.unreadable.follow()
    }

    fn find(&self, hashes: Vec<ContentHash>) -> BoxFuture<'_, Result<Vec<(ContentHash, u64)>, LogError>> {
        Box::pin(async move {
            let db = self.store.readers();
            let mut known = numbers_of(&db, hashes.iter()).await.map_err(unreadable)?;
            known.extend(arrived::numbers_of(&db, hashes.iter()).await.map_err(unreadable)?);
            Ok(known.into_iter().collect())
        })
    }

    fn repeats(&self, seqs: Vec<u64>) -> BoxFuture<'_, Result<Vec<Repeated>, LogError>> {
        Box::pin(async move {
            let list = serde_json::to_string(&seqs).unwrap_or_default();
            let sql = "SELECT seq, times, last_at FROM repeat WHERE seq IN (SELECT value FROM json_each(?))";
            let rows = sqlx::query(sql).bind(list).fetch_all(&self.store.readers()).await.map_err(unreadable)?;
            Ok(rows.iter().map(repeat).collect())
        })
    }

    fn repeated(&self, limit: usize) -> BoxFuture<'_, Result<(Vec<Repeated>, u64), LogError>> {
        Box::pin(async move {
            let sql = "SELECT seq, times, last_at FROM repeat ORDER BY seq DESC LIMIT ?";
            let rows = sqlx::query(sql).bind(limit as i64).fetch_all(&self.store.readers()).await.map_err(unreadable)?;
            let total = sqlx::query("SELECT count(*) FROM repeat").fetch_one(&self.store.readers()).await.map_err(unreadable)?;
            Ok((rows.iter().map(repeat).collect(), total.get::<i64, _>(0) as u64))
        })
    }

    fn head(&self) -> BoxFuture<'_, Result<u64, LogError>> {
        Box::pin(async { self.head_of(&self.store.readers()).await })
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), LogError>> {
        Box::pin(async { Ok(self.store.begin().await?.commit(None).await?) })
    }

    fn quarantined(&self, before: Option<u64>, limit: usize) -> BoxFuture<'_, Result<(Vec<Quarantined>, u64), LogError>> {
        Box::pin(self.kept(before, limit))
    }

    fn quarantine_size(&self) -> BoxFuture<'_, Result<(u64, u64), LogError>> {
        Box::pin(self.kept_size())
    }

    fn quarantined_at(&self, id: u64) -> BoxFuture<'_, Result<Option<Quarantined>, LogError>> {
        Box::pin(self.kept_at(id))
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.store.close())
    }

    fn check<'a>(&'a self, progress: &'a (dyn Fn(u64) + Sync)) -> BoxFuture<'a, Result<Integrity, LogError>> {
        Box::pin(self.check_all(progress))
    }
}

fn holds_anything(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.len() > 0)
}

async fn numbers_of<'a, 'c>(
    db: impl sqlx::SqliteExecutor<'c>,
    hashes: impl Iterator<Item = &'a ContentHash>,
) -> Result<HashMap<ContentHash, u64>, sqlx::Error> {
    let hexes: Vec<String> = hashes.map(ContentHash::to_string).collect();
    let list = serde_json::to_string(&hexes).unwrap_or_default();
    let rows =
        sqlx::query("SELECT hash, seq FROM log WHERE hash IN (SELECT unhex(value) FROM json_each(?))").bind(list).fetch_all(db).await?;
    let known = rows.iter().filter_map(|row| Some((ContentHash::from_slice(row.get(0))?, row.get::<i64, _>(1) as u64)));
    Ok(known.collect())
}

/// One statement, and none when nothing came again.
async fn count_repeats(db: &mut SqliteConnection, again: impl Iterator<Item = Repeated>) -> Result<(), sqlx::Error> {
    let rows: Vec<(u64, u64, i64)> = again.map(|repeated| (repeated.seq, repeated.times, repeated.last_at)).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let sql = "INSERT INTO repeat (seq, times, last_at) \
               SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) WHERE true \
               ON CONFLICT (seq) DO UPDATE SET times = times + excluded.times, last_at = max(last_at, excluded.last_at)";
    sqlx::query(sql).bind(serde_json::to_string(&rows).unwrap_or_default()).execute(db).await?;
    Ok(())
}

fn repeat(row: &SqliteRow) -> Repeated {
    Repeated { seq: row.get::<i64, _>(0) as u64, times: row.get::<i64, _>(1) as u64, last_at: row.get(2) }
}

async fn insert(db: &mut SqliteConnection, rows: &[(u64, NewEntry)], now: i64) -> Result<(), sqlx::Error> {
    for chunk in rows.chunks(ROWS) {
        let sql = format!("INSERT INTO log (seq, kind, hash, received_at, payload) VALUES {}", vec!["(?,?,?,?,?)"; chunk.len()].join(","));
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (seq, entry) in chunk {
            query = query.bind(*seq as i64).bind(entry.kind.code()).bind(&entry.hash.0[..]).bind(now).bind(&entry.compressed[..]);
        }
        query.execute(&mut *db).await?;
    }
    Ok(())
}

pub(super) fn unreadable(error: sqlx::Error) -> LogError {
    LogError::Unreadable(error)
}
