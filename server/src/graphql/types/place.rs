//! What a dataset is and where it lives.

use super::run_detail::{Property, properties};
use async_graphql::SimpleObject;
use schema::openlineage::facets;

/// How it is stored.
#[derive(SimpleObject)]
pub struct Storage {
    /// `iceberg`, `delta`, …
    layer: Option<String>,
    /// `parquet`, `csv`, …
    file_format: Option<String>,
}

impl From<facets::Storage> for Storage {
    fn from(storage: facets::Storage) -> Self {
        Self { layer: storage.layer, file_format: storage.file_format }
    }
}

/// What kind of dataset it is.
#[derive(SimpleObject)]
pub struct DatasetKind {
    /// `TABLE`, `VIEW`, `FILE`, `TOPIC`, …
    #[graphql(name = "type")]
    kind: Option<String>,
    /// `MATERIALIZED`, `EXTERNAL`, `TEMPORARY`, …
    sub_type: Option<String>,
}

impl From<facets::DatasetKind> for DatasetKind {
    fn from(kind: facets::DatasetKind) -> Self {
        Self { kind: kind.kind, sub_type: kind.sub_kind }
    }
}

/// One level of where it stands.
#[derive(SimpleObject)]
pub struct HierarchyLevel {
    /// `DATABASE`, `SCHEMA`, …
    #[graphql(name = "type")]
    kind: Option<String>,
    /// Its name.
    name: String,
}

impl From<facets::Level> for HierarchyLevel {
    fn from(level: facets::Level) -> Self {
        Self { kind: level.kind, name: level.name }
    }
}

/// The catalog that a table is registered in.
#[derive(SimpleObject)]
pub struct TableCatalog {
    /// `iceberg`, `delta`, …
    framework: Option<String>,
    /// `hive`, `glue`, `rest`, …
    #[graphql(name = "type")]
    kind: Option<String>,
    /// Its name.
    name: Option<String>,
    /// Where its metadata is, without credentials.
    metadata_uri: Option<String>,
    /// Where its data is, without credentials.
    warehouse_uri: Option<String>,
    /// What reads it: `spark`, `flink`, …
    source: Option<String>,
    /// Further settings; secret ones hidden.
    properties: Vec<Property>,
}

impl From<facets::Catalog> for TableCatalog {
    fn from(catalog: facets::Catalog) -> Self {
        Self {
            framework: catalog.framework,
            kind: catalog.kind,
            name: catalog.name,
            metadata_uri: catalog.metadata_uri,
            warehouse_uri: catalog.warehouse_uri,
            source: catalog.source,
            properties: properties(catalog.properties),
        }
    }
}
