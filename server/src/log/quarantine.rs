//! What could not be understood, kept beside the log for people to look at, repair and replay. Not a
//! part of the truth: nothing is projected from it.

use super::sqlite::{SqliteLog, unavailable};
use super::{LogError, compress, decompress};
use schema::log::ContentHash;
use sqlx::{Row, sqlite::SqliteRow};

/// Bounds of the quarantine: entries and bytes.
const ENTRIES: i64 = 10_000;
const BODY_BYTES: usize = 1 << 20;

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

const SELECT: &str = "SELECT id, received_at, reason, pointer, body, whole, times, last_at, replayed_at, replayed_as FROM quarantine";

impl SqliteLog {
    pub(super) async fn keep(&self, items: Vec<Quarantined>) -> Result<(), LogError> {
        let mut tx = self.writer.begin().await.map_err(unavailable)?;
        for item in items {
            let body = &item.body[..item.body.len().min(BODY_BYTES)];
            sqlx::query(
                "INSERT INTO quarantine (received_at, reason, pointer, hash, body, whole, last_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?1) \
                 ON CONFLICT (hash) DO UPDATE SET times = times + 1, last_at = max(last_at, excluded.last_at)",
            )
            .bind(item.received_at)
            .bind(item.reason)
            .bind(item.pointer)
            .bind(ContentHash::of(&item.body).0.to_vec())
            .bind(compress(body))
            .bind(body.len() == item.body.len())
            .execute(&mut *tx)
            .await
            .map_err(unavailable)?;
        }
        sqlx::query("DELETE FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - ?")
            .bind(ENTRIES)
            .execute(&mut *tx)
            .await
            .map_err(unavailable)?;
        tx.commit().await.map_err(unavailable)
    }

    pub(super) async fn kept(&self, before: Option<u64>, limit: usize) -> Result<(Vec<Quarantined>, u64), LogError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("{SELECT} WHERE id < ? ORDER BY id DESC LIMIT ?")))
            .bind(before.map_or(i64::MAX, |id| id as i64))
            .bind(limit as i64)
            .fetch_all(&self.readers)
            .await
            .map_err(unavailable)?;
        let total: i64 = sqlx::query("SELECT count(*) FROM quarantine").fetch_one(&self.readers).await.map_err(unavailable)?.get(0);
        Ok((rows.iter().map(item).collect::<Result<_, LogError>>()?, total as u64))
    }

    pub(super) async fn kept_at(&self, id: u64) -> Result<Option<Quarantined>, LogError> {
        let sql = format!("{SELECT} WHERE id = ?");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id as i64).fetch_optional(&self.readers).await.map_err(unavailable)?;
        row.as_ref().map(item).transpose()
    }

    pub(super) async fn mark(&self, id: u64, replayed: Replayed) -> Result<(), LogError> {
        let sql = "UPDATE quarantine SET replayed_at = ?, replayed_as = ? WHERE id = ?";
        let query = sqlx::query(sql).bind(replayed.at).bind(replayed.seq as i64).bind(id as i64);
        query.execute(&self.writer).await.map_err(unavailable).map(|_| ())
    }
}

fn item(row: &SqliteRow) -> Result<Quarantined, LogError> {
    let replayed = |at: i64| Replayed { at, seq: row.get::<i64, _>(9) as u64 };
    Ok(Quarantined {
        id: row.get::<i64, _>(0) as u64,
        received_at: row.get(1),
        reason: row.get(2),
        pointer: row.get(3),
        body: decompress(row.get(4))?,
        whole: row.get::<i64, _>(5) != 0,
        times: row.get::<i64, _>(6) as u64,
        last_at: row.get(7),
        replayed: row.get::<Option<i64>, _>(8).map(replayed),
    })
}
