//! Which entities search may show otherwise since when: kept with each batch, in its transaction, so that an index that
//! is behind, or lost what it had not committed, learns exactly what to take in again.

use super::bulk::{self, Bind};
use super::commit::{owner_code, owner_of};
use super::read::Reader;
use super::{CatalogError, meta};
use crate::fold::flow::Owner;
use hashbrown::HashSet;
use sqlx::{Row, Sqlite, Transaction};

/// In `meta`: up to which log sequence changes were not kept. Only of catalogs that are older than this table.
const SINCE: &str = "searchable";

/// Keeps what a batch changed, up to a log sequence.
pub async fn write(tx: &mut Transaction<'_, Sqlite>, touched: &HashSet<Owner>, seq: u64) -> Result<(), sqlx::Error> {
    let mut owners: Vec<i64> = touched.iter().copied().map(owner_code).collect();
    owners.sort_unstable();
    let rows = owners.into_iter().map(|owner| [Bind::Int(owner), Bind::Int(seq as i64)]).collect();
    bulk::write(tx, "INSERT OR REPLACE INTO searchable (owner, seq)", rows, "").await
}

impl Reader {
    /// Every entity whose searchable content may have changed after a log sequence.
    pub async fn searchable_since(&self, seq: u64) -> Result<Vec<Owner>, CatalogError> {
        let kept_since = meta::get(&self.db, SINCE).await?.unwrap_or_default();
        let sql = if (seq as i64) < kept_since {
            "SELECT id * 2 FROM dataset WHERE ?1 >= 0 UNION ALL SELECT id * 2 + 1 FROM job"
        } else {
            "SELECT owner FROM searchable WHERE seq > ?1"
        };
        let rows = sqlx::query(sql).bind(seq as i64).fetch_all(&self.db).await?;
        Ok(rows.iter().map(|row| owner_of(row.get(0))).collect())
    }
}
