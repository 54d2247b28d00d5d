//! Packed rows of the graph since an earlier moment. The catalog knows which copy of the graph was made of it; what a
//! copy holds is the graph's business.

use super::read::Reader;
use super::sealed::{hash, opened};
use super::{CatalogError, Writer, meta};
use crate::fold::flow::FlowRow;
use sqlx::{Row, sqlite::SqliteRow};

/// In `meta`: the copy of the graph that was made of this file.
const TOKEN: &str = "graph";

/// An earlier moment of the packed rows. Column and explicit lineage are never changed, only added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackedSince {
    /// Log sequence.
    pub seq: i64,
    /// Newest row of column lineage,
    pub columns: i64,
    /// and of explicit lineage.
    pub explicit: i64,
}

impl PackedSince {
    /// Before there was any.
    pub const NEVER: Self = Self { seq: -1, columns: 0, explicit: 0 };
}

impl Reader {
    /// Every packed row that was written since.
    pub async fn flow_rows(&self, since: PackedSince) -> Result<FlowRow, CatalogError> {
        let rows = |sql: &'static str, since: i64| sqlx::query(sql).bind(since).fetch_all(&self.db);
        let flows = rows("SELECT owner, doc FROM flow WHERE seq > ? ORDER BY owner", since.seq).await?;
        let columns = rows("SELECT hash, doc FROM column_lineage WHERE rowid > ?", since.columns).await?;
        let explicit = rows("SELECT hash, doc FROM explicit_lineage WHERE rowid > ?", since.explicit).await?;
        let identities = rows("SELECT dataset, doc FROM identity WHERE seq > ? ORDER BY dataset", since.seq).await?;
        let packed = |row: &SqliteRow| opened(row.get(1)).map(<[u8]>::to_vec);
        Ok(FlowRow {
            flows: flows.iter().map(|row| Ok((super::commit::owner_of(row.get(0)), packed(row)?))).collect::<Result<_, CatalogError>>()?,
            columns: columns.iter().map(|row| Ok((hash(row.get(0))?, packed(row)?))).collect::<Result<_, CatalogError>>()?,
            explicit: explicit.iter().map(|row| Ok((hash(row.get(0))?, packed(row)?))).collect::<Result<_, CatalogError>>()?,
            identities: identities
                .iter()
                .map(|row| Ok((row.get::<i64, _>(0) as u32, packed(row)?)))
                .collect::<Result<_, CatalogError>>()?,
            listings: Vec::new(),
            touched: Vec::new(),
        })
    }
}

impl Writer {
    /// The moment that the file holds for, for a copy of the graph that is made now, and a token to know the copy by.
    pub async fn packed(&self) -> Result<(PackedSince, i64), CatalogError> {
        let newest = |sql: &'static str| async move { sqlx::query(sql).fetch_one(&self.db).await.map(|row| row.get::<i64, _>(0)) };
        let since = PackedSince {
            seq: self.projected.seq as i64,
            columns: newest("SELECT coalesce(max(rowid), 0) FROM column_lineage").await?,
            explicit: newest("SELECT coalesce(max(rowid), 0) FROM explicit_lineage").await?,
        };
        Ok((since, newest("SELECT random()").await?))
    }

    /// The copy of the graph with this token was made of this file as it is.
    pub async fn keep_token(&self, token: i64) -> Result<(), CatalogError> {
        Ok(meta::set(&self.db, TOKEN, token).await?)
    }

    /// The token of the newest copy of the graph.
    pub async fn token(&self) -> Result<Option<i64>, CatalogError> {
        Ok(meta::get(&self.db, TOKEN).await?)
    }
}
