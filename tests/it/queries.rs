//! The questions that a newcomer asks first, exactly as the documentation writes them.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use tests::{Server, events};

/// Two nights of a small warehouse: staging, a mart, a dashboard; the second night fails.
pub fn estate() -> Server {
    let server = Server::start();
    let body = include_bytes!("../fixtures/estate.json");
    let answer = server.post_bytes("/api/v1/lineage", &[("content-type", "application/json")], body);
    assert_eq!(answer.status, 201, "{}", answer.text);
    server
}

/// Replaces what is opaque by a word, so that a snapshot does not promise it.
fn without_cursors(mut data: Value) -> Value {
    fn walk(value: &mut Value) {
        match value {
            Value::Object(members) => {
                for (key, member) in members {
                    if key == "cursor" && member.as_str().is_some_and(|text| !text.is_empty()) {
                        *member = "opaque".into();
                    }
                    walk(member);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(walk),
            _ => {}
        }
    }
    walk(&mut data);
    data
}

#[test]
fn search() {
    let data = estate().ask(
        r#"{ search(query: "orders", first: 5) { totalCount edges { cursor node { __typename ... on Dataset { namespace name } ... on Job { namespace name } ... on Column { name dataset { namespace name } } } } } }"#,
    );
    assert_json_snapshot!(without_cursors(data));
}

#[test]
fn dataset() {
    let data = estate().ask(
        r#"{ dataset(namespace: "warehouse", name: "mart.orders") { id namespace name description columns { name type } tags { name } owners { name type } facets producers: jobs(role: PRODUCER, first: 10) { totalCount edges { node { namespace name } } } lineage(direction: DOWNSTREAM, maxDepth: 20) { totalCount complete truncatedBecause graphVersion nodes { distance node { __typename ... on Dataset { namespace name } ... on Job { namespace name } } } edges { from to job { namespace name } basis firstSeen lastSeen } } } }"#,
    );
    assert_json_snapshot!(data);
}

#[test]
fn lineage_of_the_source_reaches_everything() {
    let data = estate().ask(
        r#"{ dataset(namespace: "warehouse", name: "raw.orders") { lineage(direction: DOWNSTREAM, maxDepth: 20) { totalCount complete truncatedBecause graphVersion nodes { distance node { __typename ... on Dataset { namespace name } ... on Job { namespace name } } } edges { from to job { namespace name } basis firstSeen lastSeen } } } }"#,
    );
    assert_json_snapshot!(data);
}

#[test]
fn job() {
    let data = estate().ask(
        r#"{ job(namespace: "etl", name: "build_mart") { namespace name runs(first: 5) { totalCount edges { node { id state startedAt endedAt durationMs inputs { namespace name } outputs { namespace name } error { message } } } } } }"#,
    );
    assert_json_snapshot!(data);
}

#[test]
fn run() {
    let server = estate();
    let ask = |number| {
        server.ask(&format!(r#"{{ run(id: "{}") {{ id state parent {{ id }} job {{ namespace name }} }} }}"#, events::run_id(number)))
    };
    assert_json_snapshot!(json!([ask(3), ask(4), ask(5), ask(6), ask(7)]));
}

#[test]
fn status() {
    let data = estate().ask(r"{ status { logSeq catalogSeq graphSeq searchSeq datasets jobs runs columns edges } }");
    // Search may be behind; it is waited for by those who search.
    let seq = data["status"]["searchSeq"].as_u64();
    assert!(seq.is_some_and(|seq| seq <= 9), "{data}");
    let mut status = data["status"].clone();
    status["searchSeq"] = "at most logSeq".into();
    assert_json_snapshot!(status);
}

#[test]
fn what_is_not_there_is_null_and_no_error() {
    let data = estate().ask(
        r#"{ dataset(namespace: "warehouse", name: "nothing") { id } job(namespace: "etl", name: "nothing") { id } run(id: "0190f3a8-0000-7000-8000-999999999999") { id } column(namespace: "warehouse", dataset: "mart.orders", name: "nothing") { id } node(id: "nothing") { id } }"#,
    );
    assert_json_snapshot!(data);
}

#[test]
fn entities_answer_by_id_as_by_name() {
    let server = estate();
    let by_name = server
        .ask(r#"{ dataset(namespace: "warehouse", name: "stg.orders") { id name } job(namespace: "etl", name: "nightly") { id name } }"#);
    let query = format!(r#"{{ dataset(id: {}) {{ id name }} job(id: {}) {{ id name }} }}"#, by_name["dataset"]["id"], by_name["job"]["id"]);
    assert_eq!(server.ask(&query), by_name);
    let node = server.ask(&format!(r#"{{ node(id: {}) {{ id __typename ... on Job {{ name }} }} }}"#, by_name["job"]["id"]));
    assert_eq!(node["node"], json!({ "__typename": "Job", "id": by_name["job"]["id"], "name": "nightly" }));
}

#[test]
fn a_dag_knows_its_tasks_and_a_task_its_dag() {
    let data = estate().ask(
        r#"{ job(namespace: "etl", name: "nightly") { parents { name } children { totalCount edges { node { name } } } latestRun { id inferred children { edges { node { id job { name } } } } } } task: job(namespace: "etl", name: "build_mart") { description type { processingType integration jobType } parents { name } inputs { name } outputs { name } } }"#,
    );
    assert_json_snapshot!(data);
}

#[test]
fn columns_know_where_they_come_from() {
    let server = estate();
    let lineage = |dataset: &str, column: &str, direction: &str| {
        let query = format!(
            r#"{{ column(namespace: "warehouse", dataset: "{dataset}", name: "{column}") {{ lineage(direction: {direction}) {{ {} }} }} }}"#,
            tests::picture::COLUMNS
        );
        tests::picture::columns(&server.ask(&query)["column"]["lineage"])
    };
    assert_json_snapshot!(json!({
        "customer of stg.orders, upstream": lineage("stg.orders", "customer", "UPSTREAM"),
        "total of mart.orders, upstream": lineage("mart.orders", "total", "UPSTREAM"),
        "id of raw.orders, downstream": lineage("raw.orders", "id", "DOWNSTREAM"),
    }));
}
