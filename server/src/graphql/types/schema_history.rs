//! Schemas of a dataset over time, told apart by their columns, and what changed between them.

use super::dataset::Dataset;
use crate::catalog::read::FacetRow;
use crate::graphql::error::{ApiError, Result};
use crate::graphql::load::app;
use crate::graphql::scalar::DateTime;
use async_graphql::{Context, SimpleObject};
use schema::openlineage::facets;

/// A schema and when it was asserted.
#[derive(SimpleObject)]
pub struct SchemaVersion {
    /// First event time with it.
    pub first_seen: DateTime,
    /// Last event time with it.
    last_seen: DateTime,
    /// True when it counts now.
    current: bool,
    /// Its columns, nested ones by dotted path.
    columns: Vec<SchemaField>,
    /// Paths that the version before did not have.
    pub added: Vec<String>,
    /// Paths that only the version before had.
    pub removed: Vec<String>,
    /// Paths whose type differs from the version before.
    pub retyped: Vec<String>,
}

/// A column of a schema version.
#[derive(SimpleObject)]
pub struct SchemaField {
    /// Dotted path.
    path: String,
    /// As the emitter names it.
    #[graphql(name = "type")]
    data_type: Option<String>,
    /// What it means.
    description: Option<String>,
}

/// A dataset whose schema changed.
#[derive(SimpleObject)]
pub struct SchemaChange {
    /// Which.
    dataset: Dataset,
    /// When the new schema was first asserted.
    pub at: DateTime,
    /// New paths.
    added: Vec<String>,
    /// Paths gone.
    removed: Vec<String>,
    /// Paths with another type.
    retyped: Vec<String>,
}

impl Dataset {
    /// Schemas, newest first. Facets that list the same columns are one schema, whoever sent them.
    pub async fn schemas(&self, ctx: &Context<'_>) -> Result<Vec<SchemaVersion>> {
        let mut rows = app(ctx).catalog.facet_history(self.owner(), &self.0, Some("schema")).await.map_err(ApiError::from)?;
        rows.retain(|row| !row.deleted);
        let mut versions: Vec<SchemaVersion> = Vec::new();
        for row in rows {
            let version = SchemaVersion::read(&row);
            match versions.iter_mut().find(|known| same_columns(&known.columns, &version.columns)) {
                Some(known) => known.merge(version),
                None => versions.push(version),
            }
        }
        versions.sort_by_key(|version| (version.first_seen, version.last_seen));
        for i in 1..versions.len() {
            let (before, after) = versions.split_at_mut(i);
            let (Some(before), Some(after)) = (before.last(), after.first_mut()) else { continue };
            (after.added, after.removed, after.retyped) = differences(&before.columns, &after.columns);
        }
        versions.reverse();
        Ok(versions)
    }

    /// The newest change of its schema; `None` when it has had one schema only.
    pub async fn newest_change(self, ctx: &Context<'_>) -> Result<Option<SchemaChange>> {
        let versions = self.schemas(ctx).await?;
        if versions.len() < 2 {
            return Ok(None);
        }
        let newest = versions.into_iter().next();
        Ok(newest.map(|SchemaVersion { first_seen, added, removed, retyped, .. }| SchemaChange {
            dataset: self,
            at: first_seen,
            added,
            removed,
            retyped,
        }))
    }
}

impl SchemaVersion {
    fn read(row: &FacetRow) -> Self {
        let fields = schema::json::Json::parse(&row.body).map(|json| facets::schema(&json).fields).unwrap_or_default();
        let columns =
            fields.into_iter().map(|field| SchemaField { path: field.path, data_type: field.data_type, description: field.description });
        Self {
            first_seen: row.first.into(),
            last_seen: row.last.into(),
            current: row.current,
            columns: columns.collect(),
            added: Vec::new(),
            removed: Vec::new(),
            retyped: Vec::new(),
        }
    }

    fn merge(&mut self, other: Self) {
        self.first_seen = self.first_seen.min(other.first_seen);
        self.last_seen = self.last_seen.max(other.last_seen);
        if other.current {
            (self.current, self.columns) = (true, other.columns);
        }
    }
}

/// The same paths with the same types in the same order; descriptions do not make a schema.
fn same_columns(a: &[SchemaField], b: &[SchemaField]) -> bool {
    let key = |field: &SchemaField| (field.path.clone(), field.data_type.clone());
    a.len() == b.len() && a.iter().map(key).eq(b.iter().map(key))
}

fn differences(before: &[SchemaField], after: &[SchemaField]) -> (Vec<String>, Vec<String>, Vec<String>) {
    let find = |fields: &'_ [SchemaField], path: &str| fields.iter().position(|field| field.path == path);
    let added = after.iter().filter(|field| find(before, &field.path).is_none()).map(|field| field.path.clone()).collect();
    let removed = before.iter().filter(|field| find(after, &field.path).is_none()).map(|field| field.path.clone()).collect();
    let changed = |field: &&SchemaField| find(before, &field.path).is_some_and(|i| before[i].data_type != field.data_type);
    (added, removed, after.iter().filter(changed).map(|field| field.path.clone()).collect())
}
