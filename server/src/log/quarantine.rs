//! What could not be understood, kept beside the log for people to look at, repair and replay. Not a
//! part of the truth: nothing is projected from it. How room is made in it is for `room`.

use super::codec::{compress, decompress};
use super::room;
use super::sqlite::{ROWS, SqliteLog, unreadable};
use super::{LogError, WriteFault};
use schema::log::ContentHash;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row};

/// What is kept of one body.
const BODY_BYTES: usize = 1 << 20;
/// Characters of a reason that say which kind it is of.
const CLASS: usize = 60;

/// Something that could not be understood.
#[derive(Clone, Debug, Default)]
pub struct Quarantined {
    /// Number within the quarantine.
    pub id: u64,
    /// When it came first, microseconds since 1970.
    pub received_at: i64,
    /// Why it was refused.
    pub reason: String,
    /// JSON pointer to the fault.
    pub pointer: String,
    /// What was sent, at most its first mebibyte.
    pub body: Vec<u8>,
    /// False when only the beginning of the body was kept.
    pub whole: bool,
    /// How often this body came.
    pub times: u64,
    /// When it came last.
    pub last_at: i64,
    /// What a replay made of it.
    pub replayed: Option<Replayed>,
}

/// A replay that the log took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// When, microseconds since 1970 by the server's clock.
    pub at: i64,
    /// The (first) log entry that it became.
    pub seq: u64,
}

/// A refused body on its way into the quarantine, compressed by who hands it in.
#[derive(Clone, Debug)]
pub struct Refused {
    reason: String,
    pointer: String,
    hash: ContentHash,
    body: Vec<u8>,
    whole: bool,
}

impl Refused {
    /// Keeps the first mebibyte of the body; the same body counts as the same by all of it.
    pub fn new(reason: String, pointer: String, body: &[u8]) -> Result<Self, WriteFault> {
        let kept = &body[..body.len().min(BODY_BYTES)];
        Ok(Self { reason, pointer, hash: ContentHash::of(body), body: compress(kept)?, whole: kept.len() == body.len() })
    }

    /// Bytes that it takes, about.
    pub fn bytes(&self) -> usize {
        self.body.len() + self.reason.len() + self.pointer.len() + 100
    }

    /// What a reason has in common with others of its kind, without the details of the one body.
    fn class(&self) -> &str {
        let end = self.reason.char_indices().nth(CLASS).map_or(self.reason.len(), |(end, _)| end);
        self.reason[..end].split([':', '"', '\'', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']).next().unwrap_or_default()
    }
}

/// In a constant number of statements for so many bodies; a body that is there already is counted.
pub(super) async fn keep(db: &mut SqliteConnection, items: &[Refused], now: i64, max_bytes: u64) -> Result<(), sqlx::Error> {
    if items.is_empty() {
        return Ok(());
    }
    for chunk in items.chunks(ROWS) {
        let rows = vec!["(?,?,?,?,?,?,?,?,?)"; chunk.len()].join(",");
        let sql = format!(
            "INSERT INTO quarantine (received_at, last_at, reason, pointer, hash, body, whole, class, size) VALUES {rows} \
             ON CONFLICT (hash) DO UPDATE SET times = times + 1, last_at = max(last_at, excluded.last_at)"
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for item in chunk {
            query = query.bind(now).bind(now).bind(&item.reason).bind(&item.pointer).bind(&item.hash.0[..]).bind(&item.body[..]);
            query = query.bind(item.whole).bind(item.class()).bind(item.bytes() as i64);
        }
        query.execute(&mut *db).await?;
    }
    room::make(db, max_bytes).await
}

pub(super) async fn mark(db: &mut SqliteConnection, id: u64, replayed: Replayed) -> Result<(), sqlx::Error> {
    let sql = "UPDATE quarantine SET replayed_at = ?, replayed_as = ? WHERE id = ?";
    sqlx::query(sql).bind(replayed.at).bind(replayed.seq as i64).bind(id as i64).execute(db).await?;
    Ok(())
}

const SELECT: &str = "SELECT id, received_at, reason, pointer, body, whole, times, last_at, replayed_at, replayed_as FROM quarantine";

impl SqliteLog {
    pub(super) async fn kept(&self, before: Option<u64>, limit: usize) -> Result<(Vec<Quarantined>, u64), LogError> {
        let db = self.store.readers();
        let rows = sqlx::query(AssertSqlSafe(format!("{SELECT} WHERE id < ? ORDER BY id DESC LIMIT ?")))
            .bind(before.map_or(i64::MAX, |id| id as i64))
            .bind(limit as i64)
            .fetch_all(&db)
            .await
            .map_err(unreadable)?;
        let total: i64 = sqlx::query("SELECT count(*) FROM quarantine").fetch_one(&db).await.map_err(unreadable)?.get(0);
        Ok((rows.iter().map(item).collect(), total as u64))
    }

    pub(super) async fn kept_size(&self) -> Result<(u64, u64), LogError> {
        let sql = "SELECT count(*), coalesce(sum(size), 0) FROM quarantine";
        let row = sqlx::query(sql).fetch_one(&self.store.readers()).await.map_err(unreadable)?;
        Ok((row.get::<i64, _>(0) as u64, row.get::<i64, _>(1) as u64))
    }

    pub(super) async fn kept_at(&self, id: u64) -> Result<Option<Quarantined>, LogError> {
        let sql = format!("{SELECT} WHERE id = ?");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(id as i64).fetch_optional(&self.store.readers()).await.map_err(unreadable)?;
        Ok(row.as_ref().map(item))
    }
}

/// A body that is damaged hides neither the others nor why it was refused.
fn item(row: &SqliteRow) -> Quarantined {
    let replayed = |at: i64| Replayed { at, seq: row.get::<i64, _>(9) as u64 };
    let body = decompress(row.get(4));
    let reason: String = row.get(2);
    Quarantined {
        id: row.get::<i64, _>(0) as u64,
        received_at: row.get(1),
        reason: if body.is_ok() { reason } else { format!("{reason}; what was kept of it cannot be read any more") },
        pointer: row.get(3),
        whole: body.is_ok() && row.get::<i64, _>(5) != 0,
        body: body.unwrap_or_default(),
        times: row.get::<i64, _>(6) as u64,
        last_at: row.get(7),
        replayed: row.get::<Option<i64>, _>(8).map(replayed),
    }
}
