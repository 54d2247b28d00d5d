//! Facets of datasets: everything where a relation is described, identity and columns where it is read.

use super::facet::{self, Facets, standard};
use super::node::Node;
use super::project::Project;
use super::{columns, labels, materialization};
use schema::json::Json;
use serde_json::{Value, json};

/// A relation with all that is known of it. Each is told once an import: by the run that wrote it, or
/// else by an event of its own.
pub(super) fn described(project: &Project<'_>, node: Node<'_>) -> Value {
    let mut facets = identity(project, node);
    let mut tags = labels::tags(node.json, None);
    tags.extend(columns::tags(project, node));
    let owners = labels::owners(node.json, project.group(node));
    let description = node.text("description").or(node.text("source_description"));
    labels::facets(&mut facets, "Dataset", tags, owners, description);
    facets.insert("hierarchy".into(), hierarchy(node));
    let optional = [
        ("schema", columns::facet(project, node)),
        ("datasetType", materialization::dataset_type(project, node)),
        ("storage", materialization::storage(node)),
        ("dbt_model", materialization::dbt_model(node)),
        ("dbt_exposures", exposures(project, node)),
        ("dataQualityMetrics", statistics(project, node)),
    ];
    facets.extend(optional.into_iter().filter_map(|(key, facet)| Some((key.to_owned(), facet?))));
    project.dataset(node, facets)
}

/// A relation that is read: with its columns, from which column lineage can be inferred beside the SQL.
pub(super) fn read(project: &Project<'_>, node: Node<'_>) -> Value {
    let mut facets = identity(project, node);
    facets.extend(columns::facet(project, node).map(|schema| ("schema".to_owned(), schema)));
    project.dataset(node, facets)
}

fn identity(project: &Project<'_>, node: Node<'_>) -> Facets {
    let mut facets = Facets::new();
    let source = json!({ "name": project.namespace, "uri": project.namespace });
    facets.insert("dataSource".into(), standard("1-0-1/DatasourceDatasetFacet", source));
    if let Some((namespace, name)) = project.glue_name(node) {
        let identifiers = json!({ "identifiers": [{ "namespace": namespace, "name": name, "type": "TABLE" }] });
        facets.insert("symlinks".into(), standard("1-0-1/SymlinksDatasetFacet", identifiers));
    }
    facets
}

fn hierarchy(node: Node<'_>) -> Value {
    let levels = [("DATABASE", node.text("database")), ("SCHEMA", node.text("schema")), ("TABLE", Some(node.table()))];
    let levels: Vec<Value> = levels.iter().filter_map(|(kind, name)| Some(json!({ "type": kind, "name": (*name)? }))).collect();
    standard("1-0-0/HierarchyDatasetFacet", json!({ "hierarchy": levels }))
}

/// `dbt_exposures`: who consumes it, in the form of dbt-ol's facet.
fn exposures(project: &Project<'_>, node: Node<'_>) -> Option<Value> {
    let one = |exposure: &Node<'_>| {
        let (name, kind, url) = (exposure.text("name"), exposure.text("type"), exposure.text("url"));
        facet::without_nulls(json!({ "unique_id": exposure.id, "name": name, "type": kind, "url": url }))
    };
    let exposures: Vec<Value> = project.exposed.get(node.id)?.iter().map(one).collect();
    Some(facet::dbt("dbt-exposures-dataset-facet", json!({ "exposures": exposures })))
}

/// Rows and bytes that the catalog counted. They are the table's, not what one run wrote.
fn statistics(project: &Project<'_>, node: Node<'_>) -> Option<Value> {
    let stats = project.cataloged(node)?.get("stats")?;
    let get = |keys: &[&str]| keys.iter().find_map(|key| stats.get(key)?.integer("value"));
    let rows = get(&["num_rows", "row_count", "rows"]);
    // Redshift counts blocks of a megabyte.
    let blocks = || get(&["size"]).filter(|_| project.adapter.as_deref() == Some("redshift")).map(|blocks| blocks.saturating_mul(1 << 20));
    let bytes = get(&["num_bytes", "bytes"]).or_else(blocks);
    let told = facet::without_nulls(json!({ "rowCount": rows, "bytes": bytes, "columnMetrics": {} }));
    (rows.is_some() || bytes.is_some()).then(|| standard("1-0-0/DataQualityMetricsDatasetFacet", told))
}

/// True when the catalog says that it could not read everything.
pub(super) fn catalog_errors(catalog: &Json<'_>) -> bool {
    catalog.get("errors").and_then(Json::as_array).is_some_and(|errors| !errors.is_empty())
}
