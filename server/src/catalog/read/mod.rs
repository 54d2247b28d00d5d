//! Reading the catalog. Rows come out as plain structs; what they mean on the wire is GraphQL's.

mod activity;
mod declared;
mod entity;
mod event;
mod evidence;
mod facet;
mod facet_at;
mod flow;
mod names;
mod producer;
mod run;
mod run_at;
mod run_change;
mod select;
mod suspect;
mod writer;

pub use activity::WriteRow;
pub use declared::{Declarations, Declared};
pub use entity::{EntityRow, NamespaceRow};
pub use event::{EventFilter, EventRow};
pub use evidence::{Between, Evidence, RunEvents};
pub use facet::{FacetRow, SchemaChangeRow, at as facet_at};
pub use names::NameRow;
pub use producer::{DatasetCounts, FindingRow, ProducerRow};
pub use run::{RunFilter, RunRow, begun_by};
pub use run_at::RunAt;
pub use run_change::RunChangeRow;
pub use select::{Kind, NameIs};
pub use suspect::Which;

use super::CatalogError;
use crate::fold::flow::Owner;
use crate::sqlite::{self, Durability};
use sqlx::{Row, SqlitePool};
use std::path::Path;
use std::sync::{Arc, RwLock};

/// A page: rows after a key, in order.
#[derive(Clone, Debug)]
pub struct Page<K> {
    /// Rows after this one.
    pub after: Option<K>,
    /// At most so many.
    pub limit: usize,
}

/// Answers questions from the catalog file. Cheap to clone.
#[derive(Clone)]
pub struct Reader {
    pub(super) db: SqlitePool,
    keys: Arc<RwLock<Vec<String>>>,
}

impl Reader {
    /// Opens `catalog.db`, which the writer has made.
    pub async fn open(dir: &Path) -> Result<Self, CatalogError> {
        let db = sqlite::open(&dir.join("catalog.db"), Durability::ReadOnly, 8).await?;
        Ok(Self { db, keys: Arc::default() })
    }

    /// Answers that there is nothing, for as long as no catalog can be opened.
    pub async fn empty() -> Result<Self, CatalogError> {
        let db = sqlite::in_memory().await?;
        sqlite::migrate(&db, super::MIGRATIONS).await?;
        Ok(Self { db, keys: Arc::default() })
    }

    /// Closes its connections, so that the writer can fold the WAL into the file.
    pub async fn close(&self) {
        self.db.close().await;
    }

    /// Entries of the log that were passed over when the catalog was made, the first so many.
    pub async fn passed_over(&self, limit: usize) -> Result<Vec<u64>, CatalogError> {
        Ok(super::unreadable::read(&self.db, limit).await?.into_iter().map(|(seq, _)| seq).collect())
    }

    /// The text of a facet key. Keys are never changed, so a miss means that new ones came.
    async fn key(&self, id: u32) -> Result<String, CatalogError> {
        let known = |keys: &RwLock<Vec<String>>| keys.read().ok()?.get(id as usize).cloned();
        if let Some(key) = known(&self.keys) {
            return Ok(key);
        }
        let rows = sqlx::query("SELECT key FROM facet_key ORDER BY id").fetch_all(&self.db).await?;
        if let Ok(mut keys) = self.keys.write() {
            *keys = rows.iter().map(|row| row.get(0)).collect();
        }
        known(&self.keys).ok_or_else(|| CatalogError::Damaged(format!("facet key {id} is unknown")))
    }

    async fn key_id(&self, key: &str) -> Result<Option<i64>, CatalogError> {
        let row = sqlx::query("SELECT id FROM facet_key WHERE key = ?").bind(key).fetch_optional(&self.db).await?;
        Ok(row.map(|row| row.get(0)))
    }
}

fn json<T: serde::Serialize>(values: &[T]) -> String {
    serde_json::to_string(values).unwrap_or_default()
}

fn number(owner: Owner) -> i64 {
    super::commit::owner_code(owner)
}
