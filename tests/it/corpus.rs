//! Events recorded from real tools: every one is taken, the numbers are right, and the order in which
//! they come does not matter.

use crate::expected;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tests::{Server, events};

/// Files in order of name, with their text.
fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "json" || e == "ndjson") {
                found.push((path.clone(), std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn recorded() -> Vec<(String, Vec<Value>)> {
    let folder = Path::new("fixtures/real");
    let name = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    files(folder).iter().map(|(path, text)| (name(path), text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())).collect()
}

#[test]
fn every_recorded_event_is_taken_and_counted() {
    let mut all = Map::new();
    for (name, events) in recorded() {
        let server = Server::start();
        server.take(&events);
        all.insert(name, server.counts());
    }
    insta::assert_json_snapshot!(all);
}

#[test]
fn the_numbers_are_those_of_a_second_opinion() {
    let mut wrong = Vec::new();
    for (name, events) in recorded() {
        let server = Server::start();
        server.take(&[json!(events)]);
        let (counted, expected) = (server.counts(), expected::counts(&events));
        if counted != expected {
            wrong.push(format!("{name}: counted {counted}, expected {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Digests and counts after these bodies, one a request.
fn outcome(bodies: &[String]) -> (Vec<String>, Value) {
    let folder = TempDir::new().unwrap();
    let server = Server::start_in(folder.path(), &[]);
    let mut refused = 0;
    for body in bodies {
        let answer = server.post_bytes("/api/v1/lineage", &[("content-type", "application/json")], body.as_bytes());
        assert!(matches!(answer.status, 201 | 400), "{body:.300} is answered {} {}", answer.status, answer.text);
        refused += u32::from(answer.status == 400);
    }
    let quarantined = server.ask("{ quarantine(first: 1) { totalCount } }")["quarantine"]["totalCount"].as_u64().unwrap();
    assert!(quarantined >= u64::from(refused.min(1)), "{refused} refused, {quarantined} in quarantine");
    let mut counts = server.counts();
    counts["refused"] = refused.into();
    assert!(server.stop());
    (Server::digests(folder.path()), counts)
}

/// In order, reversed, shuffled, and everything twice.
fn same_in_any_order(bodies: &[String]) {
    let expected = outcome(bodies);
    let mut other = bodies.to_vec();
    other.reverse();
    assert_eq!(outcome(&other).0, expected.0, "reversed");
    events::Numbers(42).shuffle(&mut other);
    assert_eq!(outcome(&other).0, expected.0, "shuffled");
    let twice = [bodies, &other].concat();
    assert_eq!(outcome(&twice).0, expected.0, "everything twice");
}

#[test]
fn the_order_of_recorded_events_does_not_matter() {
    let bodies: Vec<String> = recorded().iter().flat_map(|(_, events)| events.iter().map(Value::to_string)).collect();
    same_in_any_order(&bodies);
}

#[test]
fn upstream_samples_are_taken_or_refused_in_words() {
    let Some(folder) = std::env::var_os("OPENLINEAGE_CORPUS_DIR") else {
        println!("skipped: OPENLINEAGE_CORPUS_DIR does not say where OpenLineage's own samples are");
        return;
    };
    let bodies: Vec<String> = files(Path::new(&folder)).into_iter().map(|(_, text)| text).collect();
    same_in_any_order(&bodies);
}
