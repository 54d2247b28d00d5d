//! Nothing in an artifact that is of another type than it should be, or missing, costs more than itself.

use crate::folder::Folder;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What may stand where something else should.
fn odd() -> [Value; 6] {
    [Value::Null, json!(7), json!("text"), json!([1, "a", { "name": 1 }]), json!({ "name": ["x"], "a": { "b": null } }), json!(false)]
}

/// Every key of every object at this place of the artifact.
fn keys(items: &Value) -> BTreeSet<String> {
    let objects =
        items.as_object().map(|members| members.values().collect()).or_else(|| items.as_array().map(|items| items.iter().collect()));
    let objects: Vec<&Value> = objects.unwrap_or_default();
    objects.into_iter().filter_map(Value::as_object).flat_map(|object| object.keys().cloned()).collect()
}

fn set(items: &mut Value, key: &str, value: &Value) {
    let each = |item: &mut Value| item[key] = value.clone();
    match items {
        Value::Object(members) => members.values_mut().for_each(each),
        Value::Array(items) => items.iter_mut().for_each(each),
        _ => {}
    }
}

/// One key at a time, in all nodes at once, the odd values in turn; whatever comes of it, the
/// rest is told and the log would take all of it.
#[test]
fn any_member_may_be_odd() {
    let folder = Folder::recorded("failing");
    let manifest: Value = serde_json::from_slice(&folder.manifest).unwrap();
    let results: Value = serde_json::from_slice(folder.run_results.as_ref().unwrap()).unwrap();
    let at_least = folder.told().events.len() / 10;
    let mut turn = 0;
    let mut next = || {
        turn += 1;
        odd()[turn % 6].clone()
    };
    for holder in ["nodes", "sources", "exposures"] {
        for key in keys(&manifest[holder]) {
            let value = next();
            let changed = folder.clone().manifest(|manifest| set(&mut manifest[holder], &key, &value));
            assert!(changed.told().events.len() > at_least, "{holder} {key} {value}");
        }
    }
    for key in keys(&results["results"]) {
        let value = next();
        folder.clone().run_results(|results| set(&mut results["results"], &key, &value)).told();
    }
}

/// Whole parts of the manifest, and of the other artifacts but for what says what they are.
#[test]
fn any_part_may_be_odd() {
    let folder = Folder::recorded("failing");
    let manifest: Value = serde_json::from_slice(&folder.manifest).unwrap();
    for part in manifest.as_object().unwrap().keys().filter(|part| *part != "metadata") {
        for value in odd() {
            folder.clone().manifest(|manifest| manifest[part] = value.clone()).told();
        }
    }
    for value in odd() {
        folder.clone().run_results(|results| results["results"] = value.clone()).told();
        folder.clone().run_results(|results| results["args"] = value.clone()).told();
        for bytes in [&b"{{"[..], b"a: [", b"a: {outputs: 7}", b"\xff", b"- 1"] {
            let settings = Some(bytes.to_vec());
            Folder { project: settings.clone(), profiles: settings, ..folder.clone() }.told();
        }
    }
}
