//! What is stale, and the chain that says why.

use super::{at, recorded, run, server, shop};
use insta::assert_json_snapshot;
use serde_json::{Value, json};
use tests::{Server, events};

const FIELDS: &str =
    "dataset { namespace name } state reason lastWrite { at continuous run { id job { name } } } newestAttempt { id state }
    newestInputAt lagMs chain { dataset { name } state lastWrite { at run { id } } jobs { name } }
    upstreamCount newerInputCount staleInputCount unknownInputCount onCycle";

fn ask(server: &Server, namespace: &str, name: &str) -> Value {
    server.ask(&format!(r#"{{ staleness(dataset: {{ namespace: "{namespace}", name: "{name}" }}) {{ {FIELDS} }} }}"#))["staleness"].clone()
}

/// Every dataset as `name: STATE`.
fn states(server: &Server) -> Vec<String> {
    let all = server.ask(
        "{ staleDatasets(states: [STALE, BEHIND, FRESH, UNKNOWN], first: 1000) { totalCount edges { node { dataset { name } state } } } }",
    );
    let all = &all["staleDatasets"];
    let edges = all["edges"].as_array().unwrap();
    assert_eq!(all["totalCount"], edges.len());
    let line = |edge: &Value| format!("{}: {}", edge["node"]["dataset"]["name"].as_str().unwrap(), edge["node"]["state"].as_str().unwrap());
    edges.iter().map(line).collect()
}

#[test]
fn a_stale_dataset_shows_the_chain() {
    let server = server(&shop());
    assert_json_snapshot!(json!({
        "all": states(&server),
        "stale, the newest input is its own": ask(&server, "db", "mart_revenue"),
        "stale, the run that should have written it failed": ask(&server, "db", "stg_orders"),
        "written since, from something stale": ask(&server, "db", "mart_customers"),
        "nobody is seen to write it": ask(&server, "raw", "customers"),
        "declared alone": ask(&server, "bi", "revenue"),
    }));
    assert_eq!(ask(&server, "db", "nothing"), Value::Null);
}

#[test]
fn pages_and_filters_agree_with_the_whole() {
    let server = server(&shop());
    let whole = states(&server);
    let (mut pages, mut after) = (Vec::new(), Value::Null);
    loop {
        let query = "query($after: String) { staleDatasets(states: [STALE, BEHIND, FRESH, UNKNOWN], first: 3, after: $after) { totalCount
            edges { node { dataset { name } state } } pageInfo { hasNextPage endCursor } } }";
        let page = server.ask_with(query, json!({ "after": after }))["data"]["staleDatasets"].clone();
        assert_eq!(page["totalCount"], whole.len());
        pages.extend(page["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["dataset"]["name"].as_str().unwrap().to_owned()));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    let names: Vec<&str> = whole.iter().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(pages, names);
    let stale = server.ask(
        r#"{ staleDatasets { totalCount edges { node { dataset { name } } } }
        one: staleDatasets(filter: { name: { startsWith: "mart" } }) { totalCount }
        none: staleDatasets(filter: { namespaces: ["bi"] }) { totalCount } }"#,
    );
    assert_json_snapshot!(stale);
}

#[test]
fn a_failed_run_changes_nothing_and_a_late_end_everything() {
    let sent = [run("COMPLETE", 1, 2, "copy", &["a"], &["b"]), run("COMPLETE", 1, 3, "fill", &[], &["a"])];
    let server = server(&sent);
    assert_eq!(ask(&server, "db", "b")["state"], "STALE");
    let again = |end: &str| events::run(end, &at(1, 4), &events::run_id(9), "copy", &["a"], &["b"]);
    server.take(&[again("START")]);
    assert_eq!(ask(&server, "db", "b")["state"], "STALE");
    server.take(&[again("COMPLETE")]);
    assert_eq!(ask(&server, "db", "b")["state"], "FRESH");
    // The end that counts is the newest; what had completed turns out to have failed.
    server.take(&[events::run("FAIL", &at(1, 5), &events::run_id(9), "copy", &["a"], &["b"])]);
    let after = ask(&server, "db", "b");
    assert_eq!((&after["state"], &after["lastWrite"]["run"]["id"]), (&json!("STALE"), &json!(events::run_id(102))));
    assert_eq!(after["newestAttempt"]["state"], "FAIL");
}

#[test]
fn a_streaming_run_that_goes_on_keeps_its_output_fresh() {
    // Heard of later than any clock: it goes on.
    let now = "2999-01-01T00:00:00Z";
    let kind = events::facet(json!({ "processingType": "STREAMING", "integration": "FLINK", "jobType": "JOB" }));
    let going = events::with(
        events::run("RUNNING", now, &events::run_id(7), "stream", &["topic"], &["table"]),
        &["job", "facets", "jobType"],
        kind,
    );
    let sent = [run("COMPLETE", 1, 2, "load", &["table"], &["report"]), going];
    let server = server(&sent);
    let table = ask(&server, "db", "table");
    assert_eq!(
        (&table["state"], &table["lastWrite"]["continuous"], &table["lastWrite"]["run"]),
        (&json!("FRESH"), &json!(true), &Value::Null)
    );
    assert_eq!(ask(&server, "db", "report")["state"], "FRESH");
}

#[test]
fn recordings_of_dbt_and_airflow() {
    for name in ["dbt-build-failing", "airflow3-all_dags"] {
        let server = recorded(name);
        assert_json_snapshot!(name, states(&server));
    }
}
