//! Packed rows of the graph, for who wants to compare before anything is written.

use super::{Reader, json, number};
use crate::catalog::CatalogError;
use crate::catalog::sealed::{hash, opened};
use crate::fold::flow::Owner;
use schema::log::ContentHash;
use sqlx::Row;
use std::collections::HashMap;

impl Reader {
    /// The packed flows of one owner.
    pub async fn flow_row(&self, owner: Owner) -> Result<Option<Vec<u8>>, CatalogError> {
        let row = sqlx::query("SELECT doc FROM flow WHERE owner = ?").bind(number(owner)).fetch_optional(&self.db).await?;
        row.map(|row| opened(row.get(0)).map(<[u8]>::to_vec)).transpose()
    }

    /// Packed column lineage by the hash of its facet; unknown ones are left out.
    pub async fn column_rows(&self, hashes: &[ContentHash]) -> Result<Vec<(ContentHash, Vec<u8>)>, CatalogError> {
        self.by_hash("SELECT hash, doc FROM column_lineage WHERE hash IN (SELECT unhex(value) FROM json_each(?))", hashes).await
    }

    /// Packed explicit lineage by the hash of its facet; unknown ones are left out.
    pub async fn explicit_rows(&self, hashes: &[ContentHash]) -> Result<Vec<(ContentHash, Vec<u8>)>, CatalogError> {
        self.by_hash("SELECT hash, doc FROM explicit_lineage WHERE hash IN (SELECT unhex(value) FROM json_each(?))", hashes).await
    }

    async fn by_hash(&self, sql: &'static str, hashes: &[ContentHash]) -> Result<Vec<(ContentHash, Vec<u8>)>, CatalogError> {
        let hexes: Vec<String> = hashes.iter().map(ContentHash::to_string).collect();
        let rows = sqlx::query(sql).bind(json(&hexes)).fetch_all(&self.db).await?;
        rows.iter().map(|row| Ok((hash(row.get(0))?, opened(row.get(1))?.to_vec()))).collect()
    }

    /// The catalog's number of every facet key.
    pub async fn facet_keys(&self) -> Result<HashMap<String, u32>, CatalogError> {
        let rows = sqlx::query("SELECT id, key FROM facet_key").fetch_all(&self.db).await?;
        Ok(rows.iter().map(|row| (row.get(1), row.get::<i64, _>(0) as u32)).collect())
    }
}
