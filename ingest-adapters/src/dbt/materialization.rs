//! How a relation exists in the warehouse: table or view, in which storage, rebuilt how.

use super::facet::{self, standard};
use super::node::{Node, text};
use super::project::Project;
use schema::json::Json;
use serde_json::{Value, json};

/// The `datasetType` facet. What dbt made is known from its configuration, anything else from the catalog.
pub(super) fn dataset_type(project: &Project<'_>, node: Node<'_>) -> Option<Value> {
    let cataloged = || project.cataloged(node)?.get("metadata")?.text("type");
    let (kind, more) = match node.materialized() {
        Some("ephemeral") => ("VIEW", Some("TEMPORARY")),
        Some("view") => ("VIEW", None),
        Some("materialized_view") => ("VIEW", Some("MATERIALIZED")),
        Some("table" | "incremental" | "seed" | "snapshot") => ("TABLE", None),
        _ if node.json.get("external").is_some() => ("TABLE", Some("EXTERNAL")),
        _ => relation_type(&cataloged()?)?,
    };
    Some(standard("1-0-1/DatasetTypeDatasetFacet", facet::without_nulls(json!({ "datasetType": kind, "subType": more }))))
}

/// What `information_schema` and its kin write: `BASE TABLE`, `MATERIALIZED VIEW`, `external`, …
fn relation_type(text: &str) -> Option<(&'static str, Option<&'static str>)> {
    let text = text.to_ascii_uppercase();
    let has = |word: &str| text.contains(word);
    let more = [("MATERIALIZED", "MATERIALIZED"), ("EXTERNAL", "EXTERNAL"), ("TEMPORARY", "TEMPORARY")];
    let more = more.iter().find(|(word, _)| has(word)).map(|(_, name)| *name);
    if has("VIEW") { Some(("VIEW", more)) } else { (has("TABLE") || has("EXTERNAL")).then_some(("TABLE", more)) }
}

/// The `storage` facet of what is stored in an open table format.
pub(super) fn storage(node: Node<'_>) -> Option<Value> {
    let setting = |key: &str| node.config(key).and_then(Json::as_str).map(str::to_ascii_lowercase);
    let layers = ["table_format", "table_type", "file_format"].into_iter().filter_map(setting);
    let layer = layers.into_iter().find(|layer| matches!(layer.as_str(), "iceberg" | "delta" | "hudi"))?;
    let format = ["file_format", "format"].into_iter().filter_map(setting).find(|format| *format != layer);
    Some(standard("1-0-1/StorageDatasetFacet", facet::without_nulls(json!({ "storageLayer": layer, "fileFormat": format }))))
}

/// `dbt_model`: how dbt builds it, in the form of dbt-ol's facet.
pub(super) fn dbt_model(node: Node<'_>) -> Option<Value> {
    let config = node.json.get("config")?;
    let mut told = json!({
        "materialized": text(config, "materialized"),
        "access": text(config, "access"),
        "owner": text(config, "owner"),
        "group": text(config, "group"),
    });
    if text(config, "materialized") == Some("incremental") {
        told["incremental"] = incremental(config);
    }
    let told = facet::without_nulls(told);
    let empty = told.as_object().is_none_or(serde_json::Map::is_empty);
    (!empty).then(|| facet::dbt("dbt-model-dataset-facet", json!({ "config": told })))
}

fn incremental(config: &Json<'_>) -> Value {
    let strategy = text(config, "incremental_strategy");
    let mut told = json!({
        "strategy": strategy,
        "unique_key": names(config.get("unique_key")),
        "incremental_predicates": names(config.get("incremental_predicates").or(config.get("predicates"))),
        "on_schema_change": text(config, "on_schema_change"),
        "partition_by": config.get("partition_by").and_then(partition),
        "full_refresh": config.flag("full_refresh"),
    });
    // dbt writes the defaults of microbatches into every model.
    if strategy == Some("microbatch") {
        for key in ["event_time", "batch_size", "begin"] {
            told[key] = text(config, key).into();
        }
        told["lookback"] = config.integer("lookback").into();
    }
    facet::without_nulls(told)
}

/// One name or several.
fn names(json: Option<&Json<'_>>) -> Option<Vec<String>> {
    let names: Vec<String> = match json? {
        Json::Array(names) => names.iter().filter_map(Json::as_str).map(str::to_owned).collect(),
        one => one.as_str().map(str::to_owned).into_iter().collect(),
    };
    Some(names).filter(|names| !names.is_empty())
}

/// BigQuery partitions by an object, others by columns.
fn partition(json: &Json<'_>) -> Option<Value> {
    if json.as_object().is_none() {
        return names(Some(json)).map(|columns| json!({ "columns": columns }));
    }
    let get = |key: &str| text(json, key);
    Some(facet::without_nulls(json!({ "field": get("field"), "data_type": get("data_type"), "granularity": get("granularity") })))
}
