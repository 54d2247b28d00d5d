//! What nobody uses, what everything hangs on, which namespaces feed which.

use super::{at, recorded, run, server, shop};
use insta::assert_json_snapshot;
use serde_json::{Value, json};
use tests::{Server, events};

fn usages(server: &Server, days: u32, day: u32) -> Value {
    let fields = "window { from watchedSince covered } totalCount edges { node { dataset { name } usage lastReadAt lastWrite { at } } }";
    let every = "usages: [DEAD, DECLARED_ONLY, TOO_YOUNG, USED]";
    server.ask(&format!("{{ deadDatasets(days: {days}, at: \"{}\", {every}, first: 100) {{ {fields} }} }}", at(day, 0)))["deadDatasets"]
        .clone()
}

fn lines(answer: &Value) -> Vec<String> {
    let line = |edge: &Value| format!("{}: {}", edge["node"]["dataset"]["name"].as_str().unwrap(), edge["node"]["usage"].as_str().unwrap());
    answer["edges"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn dead_is_what_was_watched_and_not_read() {
    let server = server(&shop());
    let week = usages(&server, 7, 9);
    assert_json_snapshot!(json!({
        "watched for a week, read on the first days": week,
        "ten days later nothing is read": lines(&usages(&server, 7, 19)),
        "watched for less than asked": lines(&usages(&server, 90, 9)),
    }));
    let dead = server
        .ask(&format!("{{ deadDatasets(days: 3, at: \"{}\") {{ totalCount edges {{ node {{ dataset {{ name }} }} }} }} }}", at(6, 0)));
    let named = |name: &str| json!({ "node": { "dataset": { "name": name } } });
    assert_eq!(dead["deadDatasets"], json!({ "totalCount": 2, "edges": [named("revenue"), named("old_export")] }));
}

#[test]
fn a_dataset_younger_than_the_window_is_too_young_to_tell() {
    let mut sent = shop();
    sent.push(run("COMPLETE", 8, 3, "export_new", &["fct_orders"], &["new_export"]));
    let server = server(&sent);
    let found = lines(&usages(&server, 7, 9));
    assert!(found.contains(&"new_export: TOO_YOUNG".into()), "{found:?}");
    assert!(found.contains(&"old_export: DEAD".into()), "{found:?}");
}

#[test]
fn a_column_is_dead_only_where_every_reader_says_what_it_uses() {
    let schema = events::schema(&[("id", "int"), ("used", "int"), ("filtered", "int"), ("dead", "int")]);
    let fill = events::with(run("COMPLETE", 1, 1, "fill", &[], &["table"]), &["1", "outputs", "0", "facets", "schema"], schema);
    let columns = events::column_lineage(&[("id", "table", "id"), ("sum", "table", "used"), ("", "table", "filtered")]);
    let read =
        events::with(run("COMPLETE", 5, 2, "read", &["table"], &["report"]), &["1", "outputs", "0", "facets", "columnLineage"], columns);
    let sent = [fill, run("COMPLETE", 1, 2, "old", &["elsewhere"], &["other"]), read];
    let server = server(&sent);
    let ask = |server: &Server| {
        let every = "usages: [DEAD, UNKNOWN, USED], filter: { name: { equals: \"table\" } }";
        let answer = server.ask(&format!(
            "{{ deadColumns(days: 3, at: \"{}\", {every}) {{ coveredDatasets totalCount edges {{ node {{ column {{ name }} usage }} }} }} }}",
            at(6, 0)
        ));
        let line =
            |edge: &Value| format!("{}: {}", edge["node"]["column"]["name"].as_str().unwrap(), edge["node"]["usage"].as_str().unwrap());
        answer["deadColumns"]["edges"].as_array().unwrap().iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(ask(&server), ["id: USED", "used: USED", "filtered: USED", "dead: DEAD"]);
    let all =
        server.ask(&format!("{{ deadColumns(days: 3, at: \"{}\") {{ totalCount edges {{ node {{ column {{ name }} }} }} }} }}", at(6, 0)));
    assert_eq!(all["deadColumns"], json!({ "totalCount": 1, "edges": [{ "node": { "column": { "name": "dead" } } }] }));
    // One reader that does not say, and nobody can tell.
    let coarse = run("COMPLETE", 5, 3, "coarse", &["table"], &["copy"]);
    server.take(coarse.as_array().unwrap());
    assert_eq!(ask(&server), ["id: USED", "used: USED", "filtered: USED", "dead: UNKNOWN"]);
}

const POINTS: &str =
    "totalCount edges { node { dataset { name } dominatedCount downstreamCount dominated { totalCount edges { node { name } } } } }";

#[test]
fn what_everything_hangs_on() {
    let server = server(&shop());
    let found =
        server.ask(&format!("{{ singlePointsOfFailure {{ {POINTS} }} least: singlePointsOfFailure(minDominated: 4) {{ totalCount }} }}"));
    assert_json_snapshot!(found);
}

/// Single points of these kinds as `name: datasets, jobs`.
fn points(server: &Server, kinds: &str) -> Vec<String> {
    let found = server.ask(&format!(
        "{{ singlePointsOfFailure(kinds: [{kinds}]) {{ edges {{ node {{ kind job {{ name }} dominatedCount dominatedJobCount
         dominated {{ totalCount }} node {{ __typename ... on Dataset {{ name }} ... on Job {{ name }} }} }} }} }} }}"
    ));
    let line = |edge: &Value| {
        let point = &edge["node"];
        assert_eq!(point["dominated"]["totalCount"], point["dominatedCount"]);
        let is_job = point["node"]["__typename"] == "Job";
        assert_eq!((is_job, point["kind"] == "JOB", point["job"].is_object()), (is_job, is_job, is_job));
        format!("{}: {}, {}", point["node"]["name"].as_str().unwrap(), point["dominatedCount"], point["dominatedJobCount"])
    };
    found["singlePointsOfFailure"]["edges"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn jobs_that_everything_passes_through() {
    let server = server(&shop());
    assert_json_snapshot!(json!({ "jobs": points(&server, "JOB"), "both": points(&server, "DATASET, JOB") }));
    // A second way to the orders, and what came after no longer hangs on the job that builds them.
    server.take(run("COMPLETE", 5, 9, "import_orders", &["elsewhere"], &["fct_orders"]).as_array().unwrap());
    let jobs = points(&server, "JOB");
    assert!(!jobs.iter().any(|line| line.starts_with("build_orders")), "{jobs:?}");
    let asked = server.ask_with("{ singlePointsOfFailure(kinds: [JOB]) { edges { node { dataset { name } } } } }", Value::Null);
    assert_eq!(asked["errors"][0]["extensions"]["code"], "BAD_INPUT", "{asked}");
}

#[test]
fn a_job_that_feeds_another_is_no_source_while_it_reads() {
    let target =
        json!({ "type": "JOB", "namespace": "etl", "name": "next", "inputs": [{ "type": "JOB", "namespace": "etl", "name": "copy" }] });
    let handed = run("COMPLETE", 2, 3, "copy", &["a"], &[]);
    let sent = [
        run("COMPLETE", 1, 3, "copy", &["a"], &["b"]),
        events::with(handed, &["1", "job", "facets", "lineage"], events::facet(json!({ "entries": [target] }))),
        run("COMPLETE", 3, 3, "next", &[], &["c"]),
    ];
    let server = server(&sent);
    assert_json_snapshot!(json!({ "datasets": points(&server, "DATASET"), "jobs": points(&server, "JOB") }));
}

#[test]
fn which_namespaces_feed_which() {
    let server = server(&shop());
    let fields = "namespaceCount innerEdges crossingEdges totalCount cells { from to edges examples { from { name } to { name } } }";
    let found = server.ask(&format!("{{ namespaceMatrix {{ {fields} }} crossing: namespaceMatrix(inner: false, first: 1) {{ totalCount cells {{ from to edges }} pageInfo {{ hasNextPage }} }} }}"));
    assert_json_snapshot!(found);
}

#[test]
fn recordings_of_airflow_and_dbt() {
    for name in ["airflow3-all_dags", "dbt-build-failing"] {
        let server = recorded(name);
        let found = server.ask(
            "{ singlePointsOfFailure { totalCount edges { node { dataset { name } dominatedCount downstreamCount } } }
            namespaceMatrix { innerEdges crossingEdges cells { from to edges } } }",
        );
        assert_json_snapshot!(name, found);
    }
}
