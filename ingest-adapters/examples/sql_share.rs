//! How much column lineage SQL gives, over files of events: `cargo run --release -p ingest-adapters
//! --example sql_share -- FOLDER…` prints the share of statements, outputs and columns that are proven,
//! how that compares with the `columnLineage` facets of the same events, and the time a statement takes.

use ingest_adapters::sql::{Statement, Table, dialect_of, infer};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

fn files(path: &Path, found: &mut Vec<PathBuf>) {
    if let Ok(entries) = std::fs::read_dir(path) {
        entries.flatten().for_each(|entry| files(&entry.path(), found));
    } else if path.extension().is_some_and(|ext| ext == "json" || ext == "ndjson") {
        found.push(path.to_owned());
    }
}

fn events(path: &Path) -> Vec<Value> {
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

fn field<'v>(value: &'v Value, pointer: &str) -> &'v Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}

/// `target <- dataset.field` of a `columnLineage` facet.
fn declared(output: &Value) -> BTreeSet<String> {
    let mut edges = BTreeSet::new();
    for (target, entry) in field(output, "/facets/columnLineage/fields").as_object().into_iter().flatten() {
        for input in entry["inputFields"].as_array().into_iter().flatten() {
            edges.insert(format!("{target} <- {}.{}", input["name"].as_str().unwrap_or(""), input["field"].as_str().unwrap_or("")));
        }
    }
    edges
}

fn main() {
    let mut paths = Vec::new();
    std::env::args().skip(1).for_each(|arg| files(Path::new(&arg), &mut paths));
    paths.sort();
    let (mut seen, mut statements, mut proven, mut complete) = (BTreeSet::new(), 0u32, 0, 0);
    let (mut outputs, mut whole_outputs, mut columns, mut gaps, mut edges) = (0, 0, 0, 0, 0);
    let (mut reasons, mut agreed, mut differ) = (BTreeMap::<String, usize>::new(), 0, BTreeSet::new());
    let (mut spent, mut slowest) = (0, 0);
    for event in paths.iter().flat_map(|path| events(path)) {
        let Some(query) = field(&event, "/job/facets/sql/query").as_str() else { continue };
        let (inputs, written) = (tables(&event["inputs"]), tables(&event["outputs"]));
        if written.is_empty() || !seen.insert((query.to_owned(), format!("{inputs:?}{written:?}"))) {
            continue;
        }
        let namespace = written.first().map(|table| table.namespace).unwrap_or_default();
        let dialect = field(&event, "/job/facets/sql/dialect").as_str().or_else(|| dialect_of(namespace));
        let statement = Statement { query, dialect, inputs, outputs: written };
        statements += 1;
        outputs += statement.outputs.len();
        let start = Instant::now();
        let answer = infer(&statement);
        let nanos = start.elapsed().as_nanos();
        (spent, slowest) = (spent + nanos, slowest.max(nanos));
        let answer = match answer {
            Ok(answer) => answer,
            Err(unproven) => {
                *reasons.entry(unproven.reason.to_string()).or_default() += 1;
                continue;
            }
        };
        proven += 1;
        complete += usize::from(answer.len() == statement.outputs.len() && answer.iter().all(|inferred| inferred.is_complete()));
        for inferred in &answer {
            whole_outputs += usize::from(inferred.is_complete());
            columns += inferred.columns.len();
            gaps += inferred.gaps.len();
            edges += inferred.sources.len();
            inferred.gaps.iter().for_each(|gap| *reasons.entry(gap.reason.to_string()).or_default() += 1);
            let theirs = declared(&event["outputs"][inferred.output]);
            let ours: BTreeSet<String> =
                inferred.sources.iter().filter_map(|s| Some(format!("{} <- {}.{}", s.target.as_ref()?, s.name, s.field))).collect();
            agreed += ours.intersection(&theirs).count();
            if !theirs.is_empty() {
                differ.extend(ours.difference(&theirs).map(|edge| format!("only inferred: {edge}")));
                differ.extend(theirs.difference(&ours).map(|edge| format!("only in the event: {edge}")));
            }
        }
    }
    println!("{statements} different statements with outputs: {proven} proven in part or whole, {complete} whole");
    println!("{outputs} outputs: {whole_outputs} whole; {columns} columns proven, {edges} edges, {gaps} gaps");
    println!("edges that the event gives too: {agreed}; differences:");
    differ.iter().for_each(|line| println!("  {line}"));
    println!("left out:");
    reasons.iter().for_each(|(reason, times)| println!("  {times:4} {reason}"));
    println!("{:.1} µs a statement, {:.1} µs the slowest", spent as f64 / 1e3 / f64::from(statements.max(1)), slowest as f64 / 1e3);
}
