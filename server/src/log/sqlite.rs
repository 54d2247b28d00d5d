//! The log in one SQLite file: WAL, `synchronous=FULL`, one writing connection. Only the writer task
//! appends; readers have connections of their own and never wait for it. The quarantine is
//! `quarantine`'s.

use super::{Appended, EventLog, Integrity, LogError, NewEntry, Quarantined, Repeated, Replayed, decompress};
use crate::sqlite::{self, Durability};
use futures_util::future::BoxFuture;
use schema::log::{ContentHash, Entry, EntryKind};
use sqlx::{AssertSqlSafe, Connection, Row, SqlitePool, sqlite::SqliteRow};
use std::collections::HashMap;
use std::path::Path;

const MIGRATIONS: &[&str] = &[include_str!("../../migrations/log/1.sql"), include_str!("../../migrations/log/2.sql")];

/// Rows of one INSERT; a batch is cut into these few sizes so that each statement is prepared once.
const SIZES: [usize; 7] = [64, 32, 16, 8, 4, 2, 1];

/// The embedded log.
pub struct SqliteLog {
    pub(super) writer: SqlitePool,
    pub(super) readers: SqlitePool,
}

impl SqliteLog {
    /// Opens or creates `log.db` in the data directory.
    pub async fn open(dir: &Path) -> Result<Self, LogError> {
        let path = dir.join("log.db");
        let writer = sqlite::open(&path, Durability::Full, 1).await.map_err(unavailable)?;
        sqlite::migrate(&writer, MIGRATIONS).await.map_err(|e| LogError::Unusable(e.to_string()))?;
        let readers = sqlite::open(&path, Durability::ReadOnly, 4).await.map_err(unavailable)?;
        Ok(Self { writer, readers })
    }

    /// Opens the log in the data directory beside whoever writes to it. Nothing can be appended.
    pub async fn open_to_read(dir: &Path) -> Result<Self, LogError> {
        let readers = sqlite::open(&dir.join("log.db"), Durability::ReadOnly, 4).await.map_err(unavailable)?;
        sqlite::migrate(&readers, MIGRATIONS).await.map_err(|e| LogError::Unusable(e.to_string()))?;
        Ok(Self { writer: readers.clone(), readers })
    }

    async fn append_all(&self, entries: Vec<NewEntry>) -> Result<Vec<Appended>, LogError> {
        let mut connection = self.writer.acquire().await.map_err(unavailable)?;
        let mut tx = connection.begin().await.map_err(unavailable)?;
        let mut known = known_hashes(&mut tx, &entries).await?;
        let head: i64 = sqlx::query("SELECT seq FROM head").fetch_one(&mut *tx).await.map_err(unavailable)?.get(0);
        let mut next = head as u64;
        let mut outcome = Vec::with_capacity(entries.len());
        let mut fresh = Vec::with_capacity(entries.len());
        let mut again: HashMap<u64, Repeated> = HashMap::new();
        for entry in entries {
            if let Some(&seq) = known.get(&entry.hash) {
                let repeated = again.entry(seq).or_insert(Repeated { seq, times: 0, last_at: entry.received_at });
                repeated.times += 1;
                repeated.last_at = repeated.last_at.max(entry.received_at);
                outcome.push(Appended { seq, repeated: true });
                continue;
            }
            next += 1;
            known.insert(entry.hash, next);
            outcome.push(Appended { seq: next, repeated: false });
            fresh.push((next, entry));
        }
        if !fresh.is_empty() {
            insert(&mut tx, &fresh).await?;
            sqlx::query("UPDATE head SET seq = ?").bind(next as i64).execute(&mut *tx).await.map_err(unavailable)?;
        }
        count_repeats(&mut tx, again.into_values()).await?;
        tx.commit().await.map_err(unavailable)?;
        Ok(outcome)
    }

    async fn read_rows(&self, sql: &'static str, binds: Vec<i64>, max_bytes: usize) -> Result<Vec<Entry>, LogError> {
        let mut query = sqlx::query(sql);
        for bind in binds {
            query = query.bind(bind);
        }
        let rows = query.fetch_all(&self.readers).await.map_err(unavailable)?;
        let mut entries = Vec::with_capacity(rows.len());
        let mut bytes = 0;
        for row in &rows {
            let entry = entry(row)?;
            bytes += entry.payload.len();
            entries.push(entry);
            if bytes >= max_bytes {
                break;
            }
        }
        Ok(entries)
    }

    async fn check_all(&self, progress: &(dyn Fn(u64) + Sync)) -> Result<Integrity, LogError> {
        let mut found = Integrity::default();
        let head = self.head().await?;
        let mut after = 0;
        loop {
            let rows = sqlx::query("SELECT seq, kind, hash, received_at, payload FROM log WHERE seq > ? ORDER BY seq LIMIT 500")
                .bind(after as i64)
                .fetch_all(&self.readers)
                .await
                .map_err(unavailable)?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                let seq = row.get::<i64, _>(0) as u64;
                if seq != after + 1 {
                    found.faults.push(format!("entries {} to {} are missing", after + 1, seq - 1));
                }
                after = seq;
                found.entries += 1;
                match entry(row) {
                    Ok(entry) if ContentHash::of(&entry.payload) == entry.hash => {}
                    Ok(_) => found.faults.push(format!("entry {seq} is not what was acknowledged: its hash differs")),
                    Err(e) => found.faults.push(format!("entry {seq}: {e}")),
                }
            }
            progress(found.entries);
        }
        if after < head {
            found.faults.push(format!("entries {} to {head} are missing", after + 1));
        }
        Ok(found)
    }
}

impl EventLog for SqliteLog {
    fn append(&self, entries: Vec<NewEntry>) -> BoxFuture<'_, Result<Vec<Appended>, LogError>> {
        Box::pin(self.append_all(entries))
    }

    fn read_after(&self, seq: u64, limit: usize, max_bytes: usize) -> BoxFuture<'_, Result<Vec<Entry>, LogError>> {
        const SQL: &str = "SELECT seq, kind, hash, received_at, payload FROM log WHERE seq > ? ORDER BY seq LIMIT ?";
        Box::pin(self.read_rows(SQL, vec![seq as i64, limit as i64], max_bytes))
    }

    fn read(&self, seqs: Vec<u64>) -> BoxFuture<'_, Result<Vec<Entry>, LogError>> {
        Box::pin(async move {
            let list = serde_json::to_string(&seqs).unwrap_or_default();
            let sql = "SELECT seq, kind, hash, received_at, payload FROM log WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq";
            let rows = sqlx::query(sql).bind(list).fetch_all(&self.readers).await.map_err(unavailable)?;
            rows.iter().map(entry).collect()
        })
    }

    fn find(&self, hashes: Vec<ContentHash>) -> BoxFuture<'_, Result<Vec<(ContentHash, u64)>, LogError>> {
        Box::pin(async move { Ok(numbers_of(&self.readers, hashes.iter()).await?.into_iter().collect()) })
    }

    fn repeats(&self, seqs: Vec<u64>) -> BoxFuture<'_, Result<Vec<Repeated>, LogError>> {
        Box::pin(async move {
            let list = serde_json::to_string(&seqs).unwrap_or_default();
            let sql = "SELECT seq, times, last_at FROM repeat WHERE seq IN (SELECT value FROM json_each(?))";
            let rows = sqlx::query(sql).bind(list).fetch_all(&self.readers).await.map_err(unavailable)?;
            Ok(rows.iter().map(repeat).collect())
        })
    }

    fn repeated(&self, limit: usize) -> BoxFuture<'_, Result<(Vec<Repeated>, u64), LogError>> {
        Box::pin(async move {
            let sql = "SELECT seq, times, last_at FROM repeat ORDER BY seq DESC LIMIT ?";
            let rows = sqlx::query(sql).bind(limit as i64).fetch_all(&self.readers).await.map_err(unavailable)?;
            let total = sqlx::query("SELECT count(*) FROM repeat").fetch_one(&self.readers).await.map_err(unavailable)?;
            Ok((rows.iter().map(repeat).collect(), total.get::<i64, _>(0) as u64))
        })
    }

    fn head(&self) -> BoxFuture<'_, Result<u64, LogError>> {
        Box::pin(async {
            let row = sqlx::query("SELECT seq FROM head").fetch_one(&self.readers).await.map_err(unavailable)?;
            Ok(row.get::<i64, _>(0) as u64)
        })
    }

    fn quarantine(&self, items: Vec<Quarantined>) -> BoxFuture<'_, Result<(), LogError>> {
        Box::pin(self.keep(items))
    }

    fn quarantined(&self, before: Option<u64>, limit: usize) -> BoxFuture<'_, Result<(Vec<Quarantined>, u64), LogError>> {
        Box::pin(self.kept(before, limit))
    }

    fn quarantined_at(&self, id: u64) -> BoxFuture<'_, Result<Option<Quarantined>, LogError>> {
        Box::pin(self.kept_at(id))
    }

    fn mark_replayed(&self, id: u64, replayed: Replayed) -> BoxFuture<'_, Result<(), LogError>> {
        Box::pin(self.mark(id, replayed))
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            // The last to close folds the WAL into the file; a reader cannot.
            self.readers.close().await;
            self.writer.close().await;
        })
    }

    fn check<'a>(&'a self, progress: &'a (dyn Fn(u64) + Sync)) -> BoxFuture<'a, Result<Integrity, LogError>> {
        Box::pin(self.check_all(progress))
    }
}

type Transaction<'c> = sqlx::Transaction<'c, sqlx::Sqlite>;

async fn known_hashes(tx: &mut Transaction<'_>, entries: &[NewEntry]) -> Result<HashMap<ContentHash, u64>, LogError> {
    numbers_of(&mut **tx, entries.iter().map(|entry| &entry.hash)).await
}

async fn numbers_of<'a, 'c>(
    db: impl sqlx::SqliteExecutor<'c>,
    hashes: impl Iterator<Item = &'a ContentHash>,
) -> Result<HashMap<ContentHash, u64>, LogError> {
    let hexes: Vec<String> = hashes.map(ContentHash::to_string).collect();
    let list = serde_json::to_string(&hexes).unwrap_or_default();
    let rows = sqlx::query("SELECT hash, seq FROM log WHERE hash IN (SELECT unhex(value) FROM json_each(?))")
        .bind(list)
        .fetch_all(db)
        .await
        .map_err(unavailable)?;
    let known = rows.iter().filter_map(|row| Some((ContentHash::from_slice(row.get(0))?, row.get::<i64, _>(1) as u64)));
    Ok(known.collect())
}

/// One statement, and none when nothing came again.
async fn count_repeats(tx: &mut Transaction<'_>, again: impl Iterator<Item = Repeated>) -> Result<(), LogError> {
    let rows: Vec<(u64, u64, i64)> = again.map(|repeated| (repeated.seq, repeated.times, repeated.last_at)).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let sql = "INSERT INTO repeat (seq, times, last_at) \
               SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) WHERE true \
               ON CONFLICT (seq) DO UPDATE SET times = times + excluded.times, last_at = max(last_at, excluded.last_at)";
    sqlx::query(sql).bind(serde_json::to_string(&rows).unwrap_or_default()).execute(&mut **tx).await.map_err(unavailable)?;
    Ok(())
}

fn repeat(row: &SqliteRow) -> Repeated {
    Repeated { seq: row.get::<i64, _>(0) as u64, times: row.get::<i64, _>(1) as u64, last_at: row.get(2) }
}

async fn insert(tx: &mut Transaction<'_>, rows: &[(u64, NewEntry)]) -> Result<(), LogError> {
    let mut rest = rows;
    for size in SIZES {
        let sql = format!("INSERT INTO log (seq, kind, hash, received_at, payload) VALUES {}", vec!["(?,?,?,?,?)"; size].join(","));
        while rest.len() >= size {
            let (chunk, tail) = rest.split_at(size);
            let mut query = sqlx::query(AssertSqlSafe(sql.clone()));
            for (seq, entry) in chunk {
                query = query
                    .bind(*seq as i64)
                    .bind(entry.kind.code())
                    .bind(&entry.hash.0[..])
                    .bind(entry.received_at)
                    .bind(&entry.compressed[..]);
            }
            query.execute(&mut **tx).await.map_err(unavailable)?;
            rest = tail;
        }
    }
    Ok(())
}

fn entry(row: &SqliteRow) -> Result<Entry, LogError> {
    let seq = row.get::<i64, _>(0) as u64;
    let damaged = |what: &str| LogError::Damaged(format!("entry {seq} has {what}"));
    Ok(Entry {
        seq,
        kind: EntryKind::from_code(row.get(1)).ok_or_else(|| damaged("a kind of a newer version"))?,
        hash: ContentHash::from_slice(row.get(2)).ok_or_else(|| damaged("no hash"))?,
        received_at: row.get(3),
        payload: decompress(row.get(4))?,
    })
}

pub(super) fn unavailable(error: sqlx::Error) -> LogError {
    LogError::Unavailable(error)
}
