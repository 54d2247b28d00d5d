//! Facets that say what a dataset is and where it lives.

use super::secret;
use crate::json::Json;

/// The `storage` facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Storage {
    /// `iceberg`, `delta`, …
    pub layer: Option<String>,
    /// `parquet`, `csv`, …
    pub file_format: Option<String>,
}

/// Reads a `storage` facet.
pub fn storage(facet: &Json<'_>) -> Storage {
    Storage { layer: facet.text("storageLayer"), file_format: facet.text("fileFormat") }
}

/// The `datasetType` facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatasetKind {
    /// `TABLE`, `VIEW`, `FILE`, `TOPIC`, …
    pub kind: Option<String>,
    /// `MATERIALIZED`, `EXTERNAL`, `TEMPORARY`, …
    pub sub_kind: Option<String>,
}

/// Reads a `datasetType` facet.
pub fn dataset_kind(facet: &Json<'_>) -> DatasetKind {
    DatasetKind { kind: facet.text("datasetType"), sub_kind: facet.text("subType") }
}

/// One level of the `hierarchy` facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// `DATABASE`, `SCHEMA`, …
    pub kind: Option<String>,
    /// Its name.
    pub name: String,
}

/// Reads a `hierarchy` facet, highest first.
pub fn hierarchy(facet: &Json<'_>) -> Vec<Level> {
    facet.objects("hierarchy").filter_map(|level| Some(Level { kind: level.text("type"), name: level.text("name")? })).collect()
}

/// The `catalog` facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalog {
    /// `iceberg`, `delta`, …
    pub framework: Option<String>,
    /// `hive`, `glue`, `rest`, …
    pub kind: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Where its metadata is, without credentials.
    pub metadata_uri: Option<String>,
    /// Where its data is, without credentials.
    pub warehouse_uri: Option<String>,
    /// What reads it: `spark`, `flink`, …
    pub source: Option<String>,
    /// Further settings; secret ones hidden.
    pub properties: Vec<(String, String)>,
}

/// Reads a `catalog` facet.
pub fn catalog(facet: &Json<'_>) -> Catalog {
    let uri = |key: &str| facet.text(key).map(|uri| secret::address(&uri));
    Catalog {
        framework: facet.text("framework"),
        kind: facet.text("type"),
        name: facet.text("name"),
        metadata_uri: uri("metadataUri"),
        warehouse_uri: uri("warehouseUri"),
        source: facet.text("source"),
        properties: facet.get("catalogProperties").map(|json| super::properties(json, "")).unwrap_or_default(),
    }
}
