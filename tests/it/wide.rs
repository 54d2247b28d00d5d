//! Runs with thousands of pairs of inputs and outputs are kept otherwise; nobody must notice.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use tempfile::TempDir;
use tests::{Server, events};

fn names(side: &str, count: usize) -> Vec<Value> {
    (0..count).map(|i| json!({ "namespace": "db", "name": format!("{side}{i}") })).collect()
}

/// An event of one job: so many inputs, so many outputs.
fn event(kind: &str, hour: u32, run: u32, inputs: usize, outputs: usize) -> Value {
    let event = events::run(kind, &format!("2026-11-01T{hour:02}:00:00Z"), &events::run_id(run), "copy", &[], &[]);
    events::with(events::with(event, &["inputs"], json!(names("in", inputs))), &["outputs"], json!(names("out", outputs)))
}

/// Digests and counts after these events, in this order, each folded alone.
fn outcome(sent: &[Value]) -> (Vec<String>, Value, Vec<String>) {
    let folder = TempDir::new().unwrap();
    let server = Server::start_in(folder.path(), &[]);
    let mut counts = Value::Null;
    for event in sent {
        server.take(std::slice::from_ref(event));
        counts = server.counts();
    }
    let lineage = server.lineage("in0", r#"direction: DOWNSTREAM, asOf: "2026-11-01T12:00:00Z""#);
    assert!(server.stop());
    (Server::digests(folder.path()), counts, lineage)
}

fn in_any_order(mut sent: Vec<Value>) {
    let mut numbers = events::Numbers(3);
    let mut outcomes = BTreeSet::new();
    for _ in 0..4 {
        let (digests, counts, lineage) = outcome(&sent);
        outcomes.insert((digests, counts.to_string(), lineage));
        sent.reverse();
        if outcomes.len() == 1 {
            numbers.shuffle(&mut sent);
        }
    }
    let said: Vec<_> = outcomes.iter().map(|(digests, counts, _)| (digests, counts)).collect();
    assert_eq!(outcomes.len(), 1, "the order of arrival matters: {said:#?}");
}

#[test]
fn a_run_that_grows_wide() {
    in_any_order(vec![event("START", 1, 1, 60, 60), event("RUNNING", 2, 1, 65, 0), event("COMPLETE", 3, 1, 70, 65)]);
}

#[test]
fn a_narrow_run_within_the_time_of_a_wide_one() {
    in_any_order(vec![event("START", 1, 1, 70, 0), event("COMPLETE", 9, 1, 70, 70), event("COMPLETE", 5, 2, 2, 2)]);
}

#[test]
fn a_wide_run_within_the_time_of_a_wider_one() {
    in_any_order(vec![event("START", 1, 1, 72, 0), event("COMPLETE", 9, 1, 72, 72), event("COMPLETE", 5, 2, 70, 70)]);
}

#[test]
fn a_narrow_run_after_a_run_that_grows_wide() {
    in_any_order(vec![event("START", 1, 1, 2, 2), event("COMPLETE", 3, 1, 70, 70), event("COMPLETE", 9, 2, 2, 2)]);
}

/// Jobs, edges to them and outputs downstream of `in1` when column lineage says that every output comes from `in0` alone.
fn read_but_not_used(inputs: usize, outputs: usize, coarse_before: bool, at: &str) -> [usize; 3] {
    let server = Server::start();
    let mut precise = event("COMPLETE", 5, 2, inputs, outputs);
    for output in precise["outputs"].as_array_mut().unwrap() {
        output["facets"] = json!({ "columnLineage": events::column_lineage(&[("x", "in0", "x")]) });
    }
    if coarse_before {
        server.take(&[event("COMPLETE", 1, 1, inputs, outputs)]);
    }
    server.take(&[precise]);
    let lines = server.lineage("in1", &format!("direction: DOWNSTREAM{at}"));
    ["1 job copy", "dataset in1 -> job copy", "1 dataset out"].map(|start| lines.iter().filter(|line| line.starts_with(start)).count())
}

#[test]
fn inputs_that_feed_nothing_stay_visible() {
    assert_eq!(read_but_not_used(2, 2, false, ""), [1, 1, 0]);
    assert_eq!(read_but_not_used(70, 70, false, ""), [1, 1, 0]);
}

#[test]
fn the_past_of_a_wide_run_stays() {
    let then = r#", asOf: "2026-11-01T02:00:00Z""#;
    let narrow = read_but_not_used(2, 2, true, then);
    assert_eq!((narrow[0], narrow[2]), (1, 2));
    let wide = read_but_not_used(70, 70, true, then);
    assert_eq!((wide[0], wide[2]), (1, 70));
}
