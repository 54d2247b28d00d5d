//! Events for tests, as short to write as they are to read.

use serde_json::{Value, json};

const PRODUCER: &str = "https://example.org/tests/v1";

/// A run event; `inputs` and `outputs` are names in namespace `db`.
pub fn run(event_type: &str, time: &str, run: &str, job: &str, inputs: &[&str], outputs: &[&str]) -> Value {
    let datasets = |names: &[&str]| names.iter().map(|name| json!({ "namespace": "db", "name": name })).collect::<Vec<_>>();
    json!({
        "eventType": event_type,
        "eventTime": time,
        "producer": PRODUCER,
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": { "runId": run },
        "job": { "namespace": "etl", "name": job },
        "inputs": datasets(inputs),
        "outputs": datasets(outputs),
    })
}

/// A facet with the fields that every facet has.
pub fn facet(mut body: Value) -> Value {
    body["_producer"] = PRODUCER.into();
    body["_schemaURL"] = "https://openlineage.io/spec/facets/1-0-0/Facet.json".into();
    body
}

/// A run id of the form that emitters send, from a number.
pub fn run_id(number: u32) -> String {
    format!("0190f3a8-0000-7000-8000-{number:012}")
}

/// A job event: what a job reads and writes, declared outside any run.
pub fn job(time: &str, job: &str, inputs: &[&str], outputs: &[&str]) -> Value {
    let mut event = run("", time, "", job, inputs, outputs);
    if let Some(members) = event.as_object_mut() {
        members.remove("run");
        members.remove("eventType");
    }
    event
}

/// A dataset event about a dataset of namespace `db`.
pub fn dataset(time: &str, name: &str, facets: Value) -> Value {
    json!({
        "eventTime": time,
        "producer": PRODUCER,
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/DatasetEvent",
        "dataset": { "namespace": "db", "name": name, "facets": facets },
    })
}

/// The `schema` facet of columns and types.
pub fn schema(columns: &[(&str, &str)]) -> Value {
    let fields: Vec<Value> = columns.iter().map(|(name, kind)| json!({ "name": name, "type": kind })).collect();
    facet(json!({ "fields": fields }))
}

/// The `columnLineage` facet of `(output column, input dataset, input column)`; an empty output column
/// is a filter on the whole output.
pub fn column_lineage(sources: &[(&str, &str, &str)]) -> Value {
    let mut body = json!({ "fields": {}, "dataset": [] });
    for (target, dataset, column) in sources {
        let mut input = json!({ "namespace": "db", "name": dataset, "field": column });
        input["transformations"] = if target.is_empty() {
            json!([{ "type": "INDIRECT", "subtype": "FILTER" }])
        } else {
            json!([{ "type": "DIRECT", "subtype": "IDENTITY" }])
        };
        let list = if target.is_empty() { &mut body["dataset"] } else { &mut body["fields"][*target]["inputFields"] };
        if list.is_null() {
            *list = json!([]);
        }
        if let Some(items) = list.as_array_mut() {
            items.push(input);
        }
    }
    facet(body)
}

/// The event with one more value at a JSON pointer's place; objects on the way are made.
pub fn with(mut event: Value, path: &[&str], value: Value) -> Value {
    let mut place = &mut event;
    for step in path {
        place = match step.parse::<usize>() {
            Ok(index) if place.is_array() => &mut place[index],
            _ => &mut place[*step],
        };
    }
    *place = value;
    event
}

/// A small generator of numbers that need not be good, only the same everywhere.
pub struct Numbers(pub u64);

impl Numbers {
    /// The next one, below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }

    /// Another order of the same items.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            let other = self.below(end + 1);
            items.swap(end, other);
        }
    }
}
