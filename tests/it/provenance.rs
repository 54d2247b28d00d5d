//! Which runs and versions are behind a run.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use tests::{Server, events};

fn at(state: &str, time: &str, number: u32, job: &str, inputs: &[&str], outputs: &[&str]) -> Value {
    events::run(state, &format!("2026-11-01T{time}:00Z"), &events::run_id(number), job, inputs, outputs)
}

fn version(event: Value, side: &str, version: &str) -> Value {
    events::with(event, &[side, "0", "facets", "version"], events::facet(json!({ "datasetVersion": version })))
}

fn behind(server: &Server, number: u32) -> Value {
    let query = format!(
        r#"{{ provenance(run: "{}") {{ totalCount complete runs {{ distance run {{ id job {{ name }} }} }}
        reads {{ reader {{ id job {{ name }} }} dataset {{ name }} version writer {{ id job {{ name }} }} basis writtenAt }} }} }}"#,
        events::run_id(number)
    );
    server.ask(&query)["provenance"].clone()
}

#[test]
fn without_versions_time_decides() {
    let server = Server::start();
    server.take(&[
        at("COMPLETE", "01:00", 1, "load", &["source"], &["raw"]),
        at("COMPLETE", "02:00", 2, "load", &["source"], &["raw"]),
        at("START", "03:00", 3, "build", &["raw"], &[]),
        at("COMPLETE", "04:00", 4, "load", &["source"], &["raw"]),
        at("COMPLETE", "05:00", 3, "build", &["raw"], &["mart"]),
        at("FAIL", "05:30", 5, "build", &["raw"], &["mart"]),
        at("START", "06:00", 6, "report", &["mart"], &[]),
        at("COMPLETE", "06:30", 6, "report", &["mart"], &["report"]),
    ]);
    // The report read what run 3 had built, from what run 2 had loaded: not the failed run 5, not the later load 4.
    assert_json_snapshot!(behind(&server, 6));
}

#[test]
fn a_version_is_exact() {
    let server = Server::start();
    server.take(&[
        version(at("COMPLETE", "01:00", 1, "load", &["source"], &["raw"]), "outputs", "v1"),
        version(at("COMPLETE", "02:00", 2, "load", &["source"], &["raw"]), "outputs", "v2"),
        version(at("COMPLETE", "03:00", 3, "build", &["raw"], &["mart"]), "inputs", "v1"),
    ]);
    assert_json_snapshot!(behind(&server, 3));
}

#[test]
fn who_was_writing_then_may_have_fed_it() {
    let server = Server::start();
    server.take(&[
        at("START", "01:00", 1, "stream", &["topic"], &["raw"]),
        at("RUNNING", "01:10", 1, "stream", &["topic"], &["raw"]),
        at("COMPLETE", "02:00", 2, "build", &["raw"], &["mart"]),
    ]);
    assert_json_snapshot!(behind(&server, 2));
}
