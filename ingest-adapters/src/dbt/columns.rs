//! Columns of a relation: names and types as the warehouse has them (catalog), documentation as people
//! write it (manifest).

use super::facet::{self, standard};
use super::labels;
use super::node::{Node, text, written};
use super::project::Project;
use schema::json::Json;
use serde_json::{Value, json};

/// A column, and what the project says of it.
struct Column<'d> {
    name: &'d str,
    kind: Option<&'d str>,
    comment: Option<&'d str>,
    documented: Option<&'d Json<'d>>,
}

/// The `schema` facet; `None` when nothing is known.
pub(super) fn facet(project: &Project<'_>, node: Node<'_>) -> Option<Value> {
    let fields: Vec<Value> = columns(project, node)
        .iter()
        .map(|column| {
            let description = column.documented.and_then(|documented| text(documented, "description")).or(column.comment);
            facet::without_nulls(json!({ "name": column.name, "type": column.kind, "description": description }))
        })
        .collect();
    (!fields.is_empty()).then(|| standard("1-2-0/SchemaDatasetFacet", json!({ "fields": fields })))
}

/// Tags and meta entries of its columns.
pub(super) fn tags(project: &Project<'_>, node: Node<'_>) -> Vec<Value> {
    let of = |column: &Column<'_>| column.documented.map(|documented| labels::tags(documented, Some(column.name))).unwrap_or_default();
    columns(project, node).iter().flat_map(of).collect()
}

/// Names and types, and whether these are all columns: as the warehouse has them, or as an enforced
/// contract does. Otherwise only the documented ones are known.
pub(super) fn listed<'d>(project: &Project<'d>, node: Node<'d>) -> (Vec<(&'d str, Option<&'d str>)>, bool) {
    let enforced = node.config("contract").and_then(|contract| contract.get("enforced")) == Some(&Json::Bool(true));
    let columns = columns(project, node).iter().map(|column| (column.name, column.kind)).collect();
    (columns, enforced || project.cataloged(node).is_some())
}

/// Documented columns that the warehouse does not have.
pub(super) fn unknown(project: &Project<'_>, node: Node<'_>) -> usize {
    let documented = documented(node);
    if project.cataloged(node).is_none() {
        return 0;
    }
    documented.len() - columns(project, node).iter().filter(|column| column.documented.is_some()).count().min(documented.len())
}

/// The catalog's columns in their order, or without a catalog the documented ones in theirs.
fn columns<'d>(project: &Project<'d>, node: Node<'d>) -> Vec<Column<'d>> {
    let documented = documented(node);
    let Some(catalog) = project.cataloged(node).and_then(|entry| entry.get("columns")).and_then(Json::as_object) else {
        let plain =
            |&(name, json): &(&'d str, &'d Json<'d>)| Column { name, kind: text(json, "data_type"), comment: None, documented: Some(json) };
        return documented.iter().map(plain).collect();
    };
    let mut columns: Vec<_> = catalog.iter().collect();
    columns.sort_by_key(|(_, column)| column.integer("index").unwrap_or(i64::MAX));
    let full = |(key, column): &'d (std::borrow::Cow<'d, str>, Json<'d>)| {
        let name = text(column, "name").unwrap_or(key.as_ref());
        Column { name, kind: text(column, "type"), comment: text(column, "comment"), documented: find(&documented, name) }
    };
    columns.into_iter().map(full).collect()
}

fn documented<'d>(node: Node<'d>) -> Vec<(&'d str, &'d Json<'d>)> {
    let columns = node.json.get("columns").map(written).unwrap_or_default();
    columns.into_iter().map(|(key, json)| (text(json, "name").unwrap_or(key), json)).collect()
}

/// Warehouses fold the case of names, people do not: exact first, then without regard to case.
fn find<'d>(documented: &[(&'d str, &'d Json<'d>)], name: &str) -> Option<&'d Json<'d>> {
    let exact = documented.iter().find(|(known, _)| *known == name);
    exact.or_else(|| documented.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))).map(|(_, json)| *json)
}
