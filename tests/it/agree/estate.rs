//! Estates that nobody thought out: random runs with columns, owners, tags and temporary datasets, in two namespaces.

use super::question::Question;
use serde_json::{Value, json};
use tests::events::{self, Numbers};

const DATASETS: usize = 9;
const COLUMNS: [&str; 3] = ["a", "b", "c.d"];
const HOW: [(&str, &str); 5] =
    [("DIRECT", "IDENTITY"), ("DIRECT", "AGGREGATION"), ("DIRECT", "TRANSFORMATION"), ("INDIRECT", "FILTER"), ("INDIRECT", "JOIN")];

fn name(number: usize) -> (&'static str, String) {
    (["db", "lake|odd"][number % 2], format!("s{}.t{number}", number % 3))
}

fn dataset(number: usize) -> Value {
    let (namespace, name) = name(number);
    json!({ "namespace": namespace, "name": name })
}

fn some(numbers: &mut Numbers, most: usize) -> Vec<usize> {
    let count = numbers.below(most + 1);
    let mut list: Vec<usize> = (0..count).map(|_| numbers.below(DATASETS)).collect();
    list.sort_unstable();
    list.dedup();
    list
}

fn day(numbers: &mut Numbers) -> String {
    format!("2026-11-{:02}T00:00:00Z", numbers.below(20) + 1)
}

fn facet_of_columns(numbers: &mut Numbers, inputs: &[usize]) -> Value {
    let mut body = json!({ "fields": {}, "dataset": [] });
    for _ in 0..numbers.below(4) {
        let mut input = dataset(inputs[numbers.below(inputs.len())]);
        let (kind, subtype) = HOW[numbers.below(HOW.len())];
        input["field"] = COLUMNS[numbers.below(COLUMNS.len())].into();
        input["transformations"] = json!([{ "type": kind, "subtype": subtype, "masking": numbers.below(4) == 0 }]);
        let place = if kind == "INDIRECT" {
            &mut body["dataset"]
        } else {
            &mut body["fields"][COLUMNS[numbers.below(COLUMNS.len())]]["inputFields"]
        };
        let mut list = place.as_array().cloned().unwrap_or_default();
        list.push(input);
        *place = list.into();
    }
    events::facet(body)
}

/// Events of an estate.
pub fn events(seed: u64) -> Vec<Value> {
    let mut numbers = Numbers(seed);
    let mut all = Vec::new();
    for run in 0..14 {
        let (inputs, outputs) = (some(&mut numbers, 3), some(&mut numbers, 2));
        let (time, job) = (day(&mut numbers), format!("job{}", numbers.below(6)));
        let mut event = events::run("COMPLETE", &time, &events::run_id(run), &job, &[], &[]);
        event["inputs"] = inputs.iter().map(|&number| dataset(number)).collect();
        event["outputs"] = outputs.iter().map(|&number| dataset(number)).collect();
        if !inputs.is_empty() && !outputs.is_empty() && numbers.below(2) == 0 {
            event["outputs"][0]["facets"]["columnLineage"] = facet_of_columns(&mut numbers, &inputs);
        }
        all.push(event);
    }
    for number in 0..DATASETS {
        let mut event = events::dataset("2026-11-21T00:00:00Z", "", json!({}));
        event["dataset"] = dataset(number);
        let facets = &mut event["dataset"]["facets"];
        if numbers.below(2) == 0 {
            facets["ownership"] = events::facet(json!({ "owners": [{ "name": (["ana", "ben"][numbers.below(2)]) }] }));
        }
        if numbers.below(2) == 0 {
            let (key, value) = [("pii", "true"), ("tier", "gold")][numbers.below(2)];
            facets["tags"] = events::facet(json!({ "tags": [{ "key": key, "value": value, "source": "TEST" }] }));
        }
        if numbers.below(6) == 0 {
            facets["datasetType"] = events::facet(json!({ "datasetType": "TABLE", "subType": "TEMPORARY" }));
        }
        all.push(event);
    }
    all
}

fn filter(numbers: &mut Numbers) -> Value {
    match numbers.below(7) {
        0 => json!({ "tags": [{ "key": "pii" }] }),
        1 => json!({ "tags": [{ "key": "tier", "value": "gold" }], "kind": "DATASET" }),
        2 => json!({ "owners": ["ana"] }),
        3 => json!({ "namespaces": ["lake|odd"] }),
        4 => json!({ "name": { "startsWith": "s1." } }),
        5 => json!({ "not": { "owners": ["ben"] } }),
        _ => json!({ "any": [{ "kind": "JOB" }, { "all": [{ "name": { "contains": "t" } }, { "not": { "tags": [{ "key": "pii" }] } }] }] }),
    }
}

fn start(numbers: &mut Numbers, granularity: &str) -> Value {
    // By name a dataset of this namespace cannot be told in an address: `start` picks those that can.
    let plain = |numbers: &mut Numbers| 2 * numbers.below(DATASETS / 2);
    let one = match numbers.below(8) {
        0 => json!({ "jobs": [{ "namespace": "etl", "name": format!("job{}", numbers.below(6)) }] }),
        1 => json!({ "runs": [events::run_id(numbers.below(14) as u32)] }),
        2 => json!({ "namespaces": ["lake|odd"] }),
        3 => json!({ "tags": [{ "key": "tier", "value": "gold" }, { "key": "pii" }] }),
        4 => json!({ "owners": ["ben"] }),
        5 if granularity == "COLUMN" => {
            let (namespace, name) = name(plain(numbers));
            json!({ "columns": [{ "namespace": namespace, "dataset": name, "name": COLUMNS[numbers.below(COLUMNS.len())] }] })
        }
        _ => json!({}),
    };
    if one == json!({}) { json!({ "datasets": [dataset(plain(numbers)), dataset(plain(numbers))] }) } else { one }
}

/// A random question.
pub fn question(numbers: &mut Numbers, granularity: &str) -> Question {
    let direction = ["UPSTREAM", "DOWNSTREAM", "BOTH"][numbers.below(3)];
    let mut more = json!({ "jobs": numbers.below(2) == 0, "temporary": numbers.below(4) == 0, "inferred": numbers.below(4) != 0 });
    if numbers.below(3) == 0 {
        more["where"] = filter(numbers);
    }
    if numbers.below(4) == 0 {
        more["stopAt"] = filter(numbers);
    }
    if numbers.below(4) == 0 {
        more["maxDepth"] = (numbers.below(4) as u64).into();
    }
    if numbers.below(6) == 0 {
        more["minDepth"] = 1.into();
    }
    if numbers.below(5) == 0 {
        more["minConfidence"] = ["COLUMN_PROVEN", "TABLE_LEVEL", "INFERRED", "ASSUMED"][numbers.below(4)].into();
    }
    if numbers.below(6) == 0 {
        more["seenSince"] = day(numbers).into();
    }
    match numbers.below(5) {
        0 => more["asOf"] = day(numbers).into(),
        1 => {
            let (one, other) = (day(numbers), day(numbers));
            more["window"] = json!({ "from": one.clone().min(other.clone()), "to": one.max(other) });
        }
        _ => {}
    }
    if granularity == "COLUMN" && numbers.below(2) == 0 {
        let kinds = ["DIRECT", "IDENTITY", "INDIRECT", "FILTER"];
        more["kinds"] = json!([kinds[numbers.below(4)], kinds[numbers.below(4)]]);
    }
    Question::new(&start(numbers, granularity), direction, granularity, &more)
}
