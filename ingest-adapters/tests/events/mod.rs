//! Events with SQL, read from files: for the tests and for the report of the share.

use ingest_adapters::sql::{Statement, Table, dialect_of};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// All files of events below a folder, sorted.
pub fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    files(folder, &mut found);
    found.sort();
    found
}

fn files(path: &Path, found: &mut Vec<PathBuf>) {
    if let Ok(entries) = std::fs::read_dir(path) {
        entries.flatten().for_each(|entry| files(&entry.path(), found));
    } else if path.extension().is_some_and(|ext| ext == "json" || ext == "ndjson") {
        found.push(path.to_owned());
    }
}

/// The events of a file: one, an array, or one a line.
pub fn events(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let whole = serde_json::from_str::<Value>(&text);
    match whole {
        Ok(Value::Array(list)) => list,
        Ok(one) => vec![one],
        Err(_) => text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect(),
    }
}

fn tables(list: &Value) -> Vec<Table<'_>> {
    let table = |dataset| {
        let fields = field(dataset, "/facets/schema/fields").as_array();
        Some(Table {
            namespace: dataset["namespace"].as_str()?,
            name: dataset["name"].as_str()?,
            columns: fields.map(|fields| fields.iter().filter_map(|f| f["name"].as_str()).collect()),
        })
    };
    list.as_array().into_iter().flatten().filter_map(table).collect()
}

/// What a pointer points at.
pub fn field<'v>(value: &'v Value, pointer: &str) -> &'v Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}

/// `target <- dataset.field` of a `columnLineage` facet.
pub fn declared(output: &Value) -> BTreeSet<String> {
    let mut edges = BTreeSet::new();
    for (target, entry) in field(output, "/facets/columnLineage/fields").as_object().into_iter().flatten() {
        for input in entry["inputFields"].as_array().into_iter().flatten() {
            edges.insert(format!("{target} <- {}.{}", input["name"].as_str().unwrap_or(""), input["field"].as_str().unwrap_or("")));
        }
    }
    edges
}

/// The statement of an event that carries SQL and says what it writes.
pub fn statement(event: &Value) -> Option<Statement<'_>> {
    let query = field(event, "/job/facets/sql/query").as_str()?;
    let (inputs, outputs) = (tables(&event["inputs"]), tables(&event["outputs"]));
    let namespace = outputs.first()?.namespace;
    let dialect = field(event, "/job/facets/sql/dialect").as_str().or_else(|| dialect_of(namespace));
    Some(Statement { query, dialect, inputs, outputs })
}
