//! The frame of every facet, and values carried over from artifacts as they are.

use schema::json::Json;
use serde_json::{Map, Value, json};

/// Who says so. Without a version: the same artifacts must give the same events after an upgrade.
pub(super) const PRODUCER: &str = "urn:headwater:ingest-adapters:dbt";

/// Facets by key.
pub(super) type Facets = Map<String, Value>;

/// A facet of the specification; `schema` is its version and name, like `1-1-0/SQLJobFacet`.
pub(super) fn standard(schema: &str, body: Value) -> Value {
    let name = schema.split('/').next_back().unwrap_or(schema);
    framed(format!("https://openlineage.io/spec/facets/{schema}.json#/$defs/{name}"), body)
}

/// A facet of the specification that is a list under `key`.
pub(super) fn list(schema: &str, key: &str, items: Vec<Value>) -> Value {
    standard(schema, Value::Object([(key.to_owned(), items.into())].into_iter().collect()))
}

/// A facet that dbt-ol invented; `schema` is the name of its file.
pub(super) fn dbt(schema: &str, body: Value) -> Value {
    framed(format!("https://github.com/OpenLineage/OpenLineage/tree/main/integration/common/openlineage/schema/{schema}.json"), body)
}

/// A facet of ours.
pub(super) fn own(name: &str, body: Value) -> Value {
    framed(format!("{PRODUCER}#{name}"), body)
}

fn framed(schema: String, body: Value) -> Value {
    let mut facet = without_nulls(body);
    facet["_producer"] = PRODUCER.into();
    facet["_schemaURL"] = schema.into();
    facet
}

/// Members that are null are left out: what is not known is not said.
pub(super) fn without_nulls(mut value: Value) -> Value {
    if let Value::Object(members) = &mut value {
        members.retain(|_, member| !member.is_null());
    }
    value
}

/// A value of an artifact as it is; null when it is a number that serde cannot hold.
pub(super) fn value(json: &Json<'_>) -> Value {
    serde_json::from_slice(&json.canonical()).unwrap_or_default()
}

/// A value of an artifact as the text of a tag: scalars as they are, anything else as JSON.
pub(super) fn text(json: &Json<'_>) -> String {
    match json {
        Json::String(text) => text.clone().into_owned(),
        other => String::from_utf8_lossy(&other.canonical()).into_owned(),
    }
}

/// `documentation`; dbt's descriptions are Markdown.
pub(super) fn documentation(entity: &str, description: &str) -> Value {
    standard(&format!("1-1-0/Documentation{entity}Facet"), json!({ "description": description, "contentType": "text/markdown" }))
}
