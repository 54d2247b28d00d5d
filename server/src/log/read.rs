//! Reading entries within a budget of bytes, past whatever is damaged: rows, pages of the database, and
//! numbers that are not there.

use super::codec::{COLUMNS, entry, stored_hash};
use super::sqlite::{SqliteLog, unreadable};
use super::{LogError, Mark};
use crate::sqlite::code;
use schema::log::{ContentHash, Entry, Unreadable};
use sqlx::{AssertSqlSafe, Row, SqlitePool};
use std::time::Duration;

/// An entry, or why it is none.
pub type Read = Result<Entry, Unreadable>;

/// Entries that are looked up one by one when a page of the database is damaged.
const SINGLY: u64 = 256;
/// SQLite's code of a damaged page.
const CORRUPT: u32 = 11;
/// Its codes of a page that the disk, or the file system's own checksum, does not give.
const NOT_READ: [u32; 3] = [266, 8202, 8458];
/// Milliseconds before a page is read again that seemed damaged: a fault of the disk may pass.
const AGAIN: [u64; 4] = [10, 40, 150, 500];

impl SqliteLog {
    pub(super) async fn entries_after(&self, seq: u64, limit: usize, max_bytes: usize) -> Result<Vec<Read>, LogError> {
        let db = self.store.readers();
        // Before the rows, so that what is numbered up to here must be among them.
        let head = self.head_of(&db).await?;
        let found = match rows_after(&db, seq, limit, max_bytes).await {
            Ok(rows) => within(rows.iter().map(entry), max_bytes),
            Err(e) if may_be_one_page(&e) => singly(&db, seq + 1..=head.min(seq + SINGLY.min(limit as u64)), max_bytes).await?,
            Err(e) => return Err(unreadable(e)),
        };
        let found = with_gaps(found, seq, head, limit);
        self.note(&found);
        Ok(found)
    }

    pub(super) async fn entries_at(&self, mut seqs: Vec<u64>, max_bytes: usize) -> Result<Vec<Read>, LogError> {
        let db = self.store.readers();
        let found = match rows_at(&db, &seqs, max_bytes).await {
            Ok(rows) => within(rows.iter().map(entry), max_bytes),
            Err(e) if may_be_one_page(&e) => {
                seqs.sort_unstable();
                seqs.dedup();
                singly(&db, seqs.into_iter(), max_bytes).await?
            }
            Err(e) => return Err(unreadable(e)),
        };
        self.note(&found);
        Ok(found)
    }

    /// The first entry from this number on that is there. Its row may be read where its payload may not.
    pub(super) async fn mark_from(&self, seq: u64) -> Result<Option<Mark>, LogError> {
        let db = self.store.readers();
        for from in seq..=seq + SINGLY {
            let sql = "SELECT seq, hash, received_at FROM log WHERE seq >= ? ORDER BY seq LIMIT 1";
            match sqlx::query(sql).bind(from as i64).fetch_optional(&db).await {
                Ok(row) => return Ok(row.as_ref().map(mark)),
                Err(e) if may_be_one_page(&e) => {}
                Err(e) => return Err(unreadable(e)),
            }
        }
        Ok(None)
    }

    fn note(&self, found: &[Read]) {
        let has_any = !self.unreadable.is_empty();
        for read in found {
            match read {
                Err(entry) => self.unreadable.note(entry),
                Ok(entry) if has_any => self.unreadable.was_read(entry.seq),
                Ok(_) => {}
            }
        }
    }
}

fn mark(row: &sqlx::sqlite::SqliteRow) -> Mark {
    Mark {
        seq: row.try_get::<i64, _>(0).unwrap_or_default() as u64,
        hash: stored_hash(row.try_get(1).unwrap_or_default()).0,
        received_at: row.try_get(2).unwrap_or_default(),
    }
}

type Rows = Vec<sqlx::sqlite::SqliteRow>;

/// Lengths first, then the rows that fit: one at least.
async fn rows_after(db: &SqlitePool, seq: u64, limit: usize, max_bytes: usize) -> Result<Rows, sqlx::Error> {
    let from = "SELECT seq, length(payload) AS bytes FROM log WHERE seq > ?1 ORDER BY seq LIMIT ?2";
    let sql =
        format!("SELECT max(seq) FROM (SELECT seq, sum(bytes) OVER (ORDER BY seq) - bytes AS before FROM ({from})) WHERE before < ?3");
    let query = sqlx::query(AssertSqlSafe(sql)).bind(seq as i64).bind(limit as i64).bind(whole(max_bytes));
    let Some(last) = query.fetch_one(db).await?.try_get::<Option<i64>, _>(0)? else { return Ok(Vec::new()) };
    let sql = format!("SELECT {COLUMNS} FROM log WHERE seq > ? AND seq <= ? ORDER BY seq");
    sqlx::query(AssertSqlSafe(sql)).bind(seq as i64).bind(last).fetch_all(db).await
}

async fn rows_at(db: &SqlitePool, seqs: &[u64], max_bytes: usize) -> Result<Rows, sqlx::Error> {
    let list = json(seqs);
    let from = "SELECT seq, length(payload) AS bytes FROM log WHERE seq IN (SELECT value FROM json_each(?1))";
    let sql =
        format!("SELECT max(seq) FROM (SELECT seq, sum(bytes) OVER (ORDER BY seq) - bytes AS before FROM ({from})) WHERE before < ?2");
    let query = sqlx::query(AssertSqlSafe(sql)).bind(&list).bind(whole(max_bytes));
    let Some(last) = query.fetch_one(db).await?.try_get::<Option<i64>, _>(0)? else { return Ok(Vec::new()) };
    let sql = format!("SELECT {COLUMNS} FROM log WHERE seq IN (SELECT value FROM json_each(?)) AND seq <= ? ORDER BY seq");
    sqlx::query(AssertSqlSafe(sql)).bind(&list).bind(last).fetch_all(db).await
}

/// Each by itself, so that a bad page hides only its own entries. When none of them can be read because of the disk, it is
/// not a page that is bad: that is an error, and nothing is passed over.
async fn singly(db: &SqlitePool, seqs: impl Iterator<Item = u64>, max_bytes: usize) -> Result<Vec<Read>, LogError> {
    let (mut found, mut bytes) = (Vec::new(), 0);
    let (mut is_any_read, mut failed) = (false, None);
    // All of them together wait that long, whatever is damaged.
    let mut pauses = AGAIN.into_iter();
    for seq in seqs {
        let mut row = row_at(db, seq).await;
        while row.as_ref().is_err_and(may_be_one_page)
            && let Some(pause) = pauses.next()
        {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            row = row_at(db, seq).await;
        }
        match row {
            Ok(Some(row)) => {
                is_any_read = true;
                found.push(entry(&row));
            }
            Ok(None) => continue,
            Err(e) if is_corrupt(&e) => found.push(Err(lost(seq, "its page of log.db is damaged"))),
            Err(e) if may_be_one_page(&e) => {
                found.push(Err(lost(seq, "the disk does not give its page of log.db")));
                failed = Some(e);
            }
            Err(e) => return Err(unreadable(e)),
        }
        bytes += found.last().map_or(0, unpacked);
        if bytes >= max_bytes {
            break;
        }
    }
    match failed {
        Some(e) if !is_any_read => Err(unreadable(e)),
        _ => Ok(found),
    }
}

async fn row_at(db: &SqlitePool, seq: u64) -> Result<Option<sqlx::sqlite::SqliteRow>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} FROM log WHERE seq = ?");
    sqlx::query(AssertSqlSafe(sql)).bind(seq as i64).fetch_optional(db).await
}

/// Up to and with the entry that fills the budget once they are unpacked.
fn within(entries: impl Iterator<Item = Read>, max_bytes: usize) -> Vec<Read> {
    let (mut found, mut bytes) = (Vec::new(), 0);
    for read in entries {
        bytes += unpacked(&read);
        found.push(read);
        if bytes >= max_bytes {
            break;
        }
    }
    found
}

fn unpacked(read: &Read) -> usize {
    read.as_ref().map_or(0, |entry| entry.payload.len())
}

/// Names the numbers between `after` and `head` that are not there. When nothing at all was found, those
/// at the end of the log.
fn with_gaps(found: Vec<Read>, after: u64, head: u64, limit: usize) -> Vec<Read> {
    let missing = |from: u64, to: u64, room: usize| (from..=to).take(room).map(|seq| Err(lost(seq, "it is missing")));
    if found.is_empty() {
        return missing(after + 1, head, limit).collect();
    }
    let mut whole = Vec::with_capacity(found.len());
    let mut next = after + 1;
    for read in found {
        let seq = number(&read);
        // What a damaged index returns twice or out of order.
        if seq < next {
            continue;
        }
        whole.extend(missing(next, seq - 1, limit - whole.len()));
        if whole.len() >= limit {
            break;
        }
        whole.push(read);
        next = seq + 1;
    }
    whole
}

/// The number of an entry, readable or not.
pub fn number(read: &Read) -> u64 {
    read.as_ref().map_or_else(|unreadable| unreadable.seq, |entry| entry.seq)
}

fn lost(seq: u64, reason: &str) -> Unreadable {
    Unreadable { seq, hash: ContentHash::of(b""), received_at: 0, reason: reason.into() }
}

fn is_corrupt(error: &sqlx::Error) -> bool {
    code(error).is_some_and(|code| code & 0xff == CORRUPT)
}

/// True for what may be the fault of one page, not of the whole file.
fn may_be_one_page(error: &sqlx::Error) -> bool {
    is_corrupt(error) || code(error).is_some_and(|code| NOT_READ.contains(&code))
}

fn whole(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

fn json(seqs: &[u64]) -> String {
    serde_json::to_string(seqs).unwrap_or_default()
}
