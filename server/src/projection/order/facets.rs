//! Every facet of the specification in the events of the order test: samples, varied a little.

use schema::openlineage::Container;
use schema::openlineage::coverage;
use serde_json::{Value, json};
use std::sync::LazyLock;

static SAMPLES: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../../tests/fixtures/facets.json")).expect("the samples are JSON"));

/// These have draws of their own, made so that names meet: samples would join everything.
const DRAWN: [&str; 6] = ["schema", "symlinks", "lifecycleStateChange", "datasetType", "columnLineage", "lineage"];

/// Adds the samples that these bits choose, one bit a row of the coverage table; `content` varies them,
/// its highest value removes them. What is there already stays.
pub fn add(facets: &mut Value, place: Container, bits: u64, content: u8) {
    for (row, facet) in coverage::all().enumerate() {
        let chosen = bits & (1 << (row % 64)) != 0 && facet.places.contains(&place) && !DRAWN.contains(&facet.key);
        if chosen && facets.get(facet.key).is_none() {
            facets[facet.key] = match content {
                2 => json!({ "_deleted": true }),
                content => varied(&SAMPLES[facet.key], content),
            };
        }
    }
}

/// The same facet with other numbers and texts.
fn varied(sample: &Value, content: u8) -> Value {
    match sample {
        Value::Number(number) => json!(number.as_i64().unwrap_or(0) + i64::from(content)),
        Value::String(text) if content > 0 && !text.contains("://") => json!(format!("{text}{content}")),
        Value::Array(items) => items.iter().map(|item| varied(item, content)).collect(),
        Value::Object(members) => members.iter().map(|(key, member)| (key.clone(), varied(member, content))).collect(),
        other => other.clone(),
    }
}

/// A facet that the table gains without a sample here would go unproven.
#[test]
fn every_facet_has_a_sample() {
    let missing: Vec<&str> = coverage::all().map(|facet| facet.key).filter(|key| !SAMPLES[key].is_object()).collect();
    assert!(missing.is_empty(), "no sample in tests/fixtures/facets.json: {missing:?}");
}
