//! What may be the cause of something stale or failed, with way and evidence.

use super::{at, recorded, run, server, shop};
use insta::assert_json_snapshot;
use serde_json::{Value, json};
use tests::{Server, events};

const FIELDS: &str = "since until datasetCount jobCount totalCount complete truncatedBecause pageInfo { hasNextPage endCursor }
    candidates { kind distance at node { ... on Dataset { name } ... on Job { name } } run { id } test { name column } added removed retyped
    path { ... on Dataset { name } ... on Job { name } } eventSeqs }";

fn ask(server: &Server, of: &str) -> Value {
    server.ask(&format!("{{ rootCauses({of}) {{ {FIELDS} }} }}"))["rootCauses"].clone()
}

/// A candidate in a line.
fn lines(answer: &Value) -> Vec<String> {
    let name = |node: &Value| node["name"].as_str().unwrap().to_owned();
    let line = |one: &Value| {
        let path: Vec<String> = one["path"].as_array().unwrap().iter().map(name).collect();
        let more = ["added", "removed", "retyped"]
            .map(|key| one[key].as_array().unwrap().iter().map(|c| format!(" {key} {}", c.as_str().unwrap())).collect::<String>());
        let test = one["test"]["name"].as_str().map_or(String::new(), |test| format!(" test {test}"));
        let events = one["eventSeqs"].as_array().unwrap().len();
        format!(
            "{} {} {} [{}]{test}{} events {events}",
            one["distance"],
            one["kind"].as_str().unwrap(),
            name(&one["node"]),
            path.join(" → "),
            more.concat()
        )
    };
    answer["candidates"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn suspects_of_stale_datasets_and_failed_runs() {
    let server = server(&shop());
    // Two days without build_revenue; the others pause no longer than they do.
    let at = at(6, 0);
    let dataset = |name: &str| ask(&server, &format!(r#"dataset: {{ namespace: "db", name: "{name}" }}, at: "{at}""#));
    let stale = dataset("mart_revenue");
    let failed = ask(&server, &format!(r#"run: "{}""#, events::run_id(402)));
    let job = ask(&server, &format!(r#"job: {{ namespace: "etl", name: "build_orders" }}, at: "{at}""#));
    assert_json_snapshot!(json!({
        "whole": failed,
        "failed run": lines(&failed),
        "stale": lines(&stale),
        "stale since": [stale["since"], stale["until"], stale["datasetCount"], stale["jobCount"]],
        "job": lines(&job),
        "behind": lines(&dataset("mart_customers")),
    }));
}

#[test]
fn evidence_is_the_event_that_says_so() {
    let server = server(&shop());
    let failed = ask(&server, &format!(r#"run: "{}""#, events::run_id(402)));
    for one in failed["candidates"].as_array().unwrap() {
        for seq in one["eventSeqs"].as_array().unwrap() {
            let event = &server.ask(&format!("{{ event(seq: {seq}) {{ eventTime job {{ name }} }} }}"))["event"];
            assert_eq!((&event["eventTime"], &event["job"]["name"]), (&one["at"], &json!("ingest_orders")));
        }
    }
}

#[test]
fn pages_make_the_whole() {
    let server = server(&shop());
    let of = format!(r#"dataset: {{ namespace: "db", name: "mart_revenue" }}, at: "{}""#, at(6, 0));
    let whole = ask(&server, &of);
    let first = ask(&server, &format!("{of}, first: 2"));
    let rest = ask(&server, &format!("{of}, after: {}", first["pageInfo"]["endCursor"]));
    assert_eq!([lines(&first), lines(&rest)].concat(), lines(&whole));
    assert_eq!((&first["totalCount"], &first["pageInfo"]["hasNextPage"]), (&whole["totalCount"], &json!(true)));
}

#[test]
fn a_passed_test_and_a_good_run_clear_what_went_before() {
    let mut sent = shop();
    sent.push(run("COMPLETE", 5, 2, "stage_orders", &["raw.orders"], &["stg_orders"]));
    let test = json!({ "assertions": [{ "assertion": "not_null", "column": "id", "success": true }] });
    let again = run("COMPLETE", 5, 1, "ingest_orders", &[], &["raw.orders"]);
    sent.push(events::with(again, &["1", "outputs", "0", "facets", "dataQualityAssertions"], events::facet(test)));
    let server = server(&sent);
    let answer = ask(&server, &format!(r#"dataset: {{ namespace: "db", name: "mart_revenue" }}, at: "{}""#, at(6, 0)));
    let kinds: Vec<&str> = answer["candidates"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["LATE_JOB", "STALE_DATASET", "SCHEMA_CHANGE"], "{:#?}", lines(&answer));
}

#[test]
fn one_thing_is_asked_about() {
    let server = server(&[]);
    for of in ["first: 1", r#"run: "x", job: { namespace: "a", name: "b" }"#] {
        let answer = server.ask_with(&format!("{{ rootCauses({of}) {{ totalCount }} }}"), Value::Null);
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_INPUT", "{answer}");
    }
    assert_eq!(server.ask(r#"{ rootCauses(run: "x") { totalCount } }"#)["rootCauses"], Value::Null);
}

#[test]
fn the_failing_dbt_build() {
    let server = recorded("dbt-build-failing");
    let runs = server.ask("{ runs(states: [FAIL], first: 10) { edges { node { id job { name } } } } }");
    let ask = |edge: &Value| {
        let job = edge["node"]["job"]["name"].as_str().unwrap();
        (job.to_owned(), lines(&ask(&server, &format!(r#"run: "{}""#, edge["node"]["id"].as_str().unwrap()))))
    };
    let found: Vec<_> = runs["runs"]["edges"].as_array().unwrap().iter().map(ask).collect();
    assert_json_snapshot!(found);
}
