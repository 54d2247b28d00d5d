//! What arrived, of events that are stored without their credentials: known again by a keyed hash. The key is `secret`'s.

use super::NewEntry;
use schema::log::ContentHash;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Row, SqliteExecutor};
use std::collections::HashMap;

/// An event as it arrived, when it is stored otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// Its hash under this server's key; this one is stored.
    pub keyed: ContentHash,
    /// Its content hash, which is never stored; an entry that was taken before there were rules for credentials may have it.
    pub plain: ContentHash,
}

/// What is known of the events of a batch by their keyed hashes, and what is to be written.
pub(super) struct Arrivals {
    known: HashMap<ContentHash, u64>,
    fresh: Vec<(String, u64)>,
}

impl Arrivals {
    /// Reads what is known; nothing is asked for events that are stored as they came.
    pub async fn read(db: &mut SqliteConnection, entries: &[NewEntry]) -> Result<Self, sqlx::Error> {
        let hashes: Vec<ContentHash> = entries.iter().filter_map(|entry| Some(entry.arrived?.keyed)).collect();
        let known = if hashes.is_empty() { HashMap::new() } else { numbers_of(db, hashes.iter()).await? };
        Ok(Self { known, fresh: Vec::new() })
    }

    /// The number under which the event arrived before.
    pub fn of(&self, entry: &NewEntry) -> Option<u64> {
        self.known.get(&entry.arrived?.keyed).copied()
    }

    /// It is known under this number from now on.
    pub fn add(&mut self, entry: &NewEntry, seq: u64) {
        let Some(arrived) = entry.arrived else { return };
        if self.known.insert(arrived.keyed, seq).is_none() {
            self.fresh.push((arrived.keyed.to_string(), seq));
        }
    }

    /// One statement, and none when everything is stored as it came.
    pub async fn write(self, db: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        if self.fresh.is_empty() {
            return Ok(());
        }
        let sql = "INSERT INTO arrived (hash, seq) SELECT unhex(value ->> 0), value ->> 1 FROM json_each(?)";
        sqlx::query(sql).bind(serde_json::to_string(&self.fresh).unwrap_or_default()).execute(db).await?;
        Ok(())
    }
}

/// Numbers of events by their keyed hashes, of those that are known.
pub(super) async fn numbers_of<'a, 'c>(
    db: impl SqliteExecutor<'c>,
    hashes: impl Iterator<Item = &'a ContentHash>,
) -> Result<HashMap<ContentHash, u64>, sqlx::Error> {
    let hexes: Vec<String> = hashes.map(ContentHash::to_string).collect();
    let sql = "SELECT hash, seq FROM arrived WHERE hash IN (SELECT unhex(value) FROM json_each(?))";
    let rows = sqlx::query(sql).bind(serde_json::to_string(&hexes).unwrap_or_default()).fetch_all(db).await?;
    Ok(rows.iter().filter_map(|row| Some((ContentHash::from_slice(row.get(0))?, row.get::<i64, _>(1) as u64))).collect())
}
