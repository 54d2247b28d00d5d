//! The estate of `lineage` as OpenLineage events: a run for each table that is made, and jobs that read and
//! write nothing.

use super::warehouse::Warehouse;
use crate::Outcome;
use crate::feed::timestamp;
use serde_json::{Map, Value, json};
use std::io::{BufWriter, Write};
use std::path::Path;

/// 2026-01-01T00:00:00Z in milliseconds.
const EPOCH: u64 = 1_767_225_600_000;

/// Namespace of all datasets.
pub const NAMESPACE: &str = "lake";

/// Name of a dataset.
pub fn name(dataset: usize) -> String {
    format!("area_{}.table_{dataset}", dataset % 200)
}

/// Writes everything, one event a line; how many there are.
pub fn write(warehouse: &Warehouse, path: &Path) -> Outcome<usize> {
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    let made = warehouse.raw()..warehouse.len();
    let mut count = 0;
    for dataset in made {
        writeln!(file, "{}", run(warehouse, dataset, count as u64, None))?;
        count += 1;
    }
    for silent in 0..warehouse.silent_jobs() {
        writeln!(file, "{}", event(&format!("step_{silent}"), count as u64, &[], &[]))?;
        count += 1;
    }
    file.into_inner()?.sync_all()?;
    Ok(count)
}

/// A run that makes a table, of one more input if need be.
pub fn run(warehouse: &Warehouse, dataset: usize, number: u64, more: Option<u32>) -> Value {
    let node = |dataset: usize| json!({ "namespace": NAMESPACE, "name": name(dataset) });
    let inputs: Vec<Value> = warehouse.inputs[dataset].iter().copied().chain(more).map(|input| node(input as usize)).collect();
    let mut output = node(dataset);
    if let Some(facet) = column_lineage(warehouse, dataset, more) {
        output["facets"] = json!({ "columnLineage": facet });
    }
    event(&format!("build_{}", warehouse.job(dataset)), number, &inputs, &[output])
}

fn event(job: &str, number: u64, inputs: &[Value], outputs: &[Value]) -> Value {
    json!({
        "eventType": "COMPLETE",
        "eventTime": timestamp(EPOCH + number * 100),
        "producer": "https://example.org/bench",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": { "runId": format!("0190f3a8-0000-7000-8000-{number:012x}") },
        "job": { "namespace": "lake-jobs", "name": job },
        "inputs": inputs,
        "outputs": outputs,
    })
}

fn column_lineage(warehouse: &Warehouse, dataset: usize, more: Option<u32>) -> Option<Value> {
    let mut fields: Map<String, Value> = Map::new();
    let further = more.map(|source| (0, source, 0));
    let further = further.filter(|_| warehouse.hops(dataset).next().is_some());
    for (at, (target, source, column)) in warehouse.hops(dataset).chain(further).enumerate() {
        let mut input =
            json!({ "namespace": NAMESPACE, "name": name(source as usize), "field": warehouse.column(source as usize, column) });
        match at % 5 {
            0 => {}
            1 => input["transformations"] = json!([{ "type": "DIRECT", "subtype": "AGGREGATION" }]),
            _ => input["transformations"] = json!([{ "type": "DIRECT", "subtype": "IDENTITY" }]),
        }
        let field = fields.entry(warehouse.column(dataset, target)).or_insert_with(|| json!({ "inputFields": [] }));
        if let Some(list) = field["inputFields"].as_array_mut() {
            list.push(input);
        }
    }
    (!fields.is_empty()).then(|| {
        json!({
            "_producer": "https://example.org/bench",
            "_schemaURL": "https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json",
            "fields": fields,
        })
    })
}
