//! Which entries of the log this catalog was built without.

use super::bulk::{self, Bind};
use super::{CatalogError, Writer};
use schema::log::Unreadable;
use sqlx::{Row, Sqlite, SqlitePool, Transaction};

impl Writer {
    /// Passes these entries over; written with the next commit.
    pub fn pass_over<'a>(&mut self, entries: impl Iterator<Item = &'a Unreadable>) {
        self.batch.unreadable.extend(entries.map(|entry| (entry.seq, entry.reason.clone())));
    }
}

/// Entries that were passed over and why, the first so many.
pub(super) async fn read(db: &SqlitePool, limit: usize) -> Result<Vec<(u64, String)>, CatalogError> {
    let rows = sqlx::query("SELECT seq, reason FROM unreadable ORDER BY seq LIMIT ?").bind(limit as i64).fetch_all(db).await?;
    rows.iter().map(|row| Ok((row.try_get::<i64, _>(0)? as u64, row.try_get(1)?))).collect()
}

pub(super) async fn write(tx: &mut Transaction<'_, Sqlite>, entries: Vec<(u64, String)>) -> Result<(), sqlx::Error> {
    let rows = entries.into_iter().map(|(seq, reason)| [Bind::Int(seq as i64), Bind::Text(reason)]).collect();
    bulk::write(tx, "INSERT OR REPLACE INTO unreadable (seq, reason)", rows, "").await
}
