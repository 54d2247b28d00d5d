//! Pages: together they are the whole, nothing comes twice, and limits are said.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::{Server, events};

/// One source, forty copies of it, made by forty jobs in two runs each.
fn estate() -> Server {
    let server = Server::start();
    let events: Vec<Value> = (0..40)
        .flat_map(|i| {
            let (job, output) = (format!("copy {i}"), format!("copy_{i}"));
            // Three runs a second: sorted by start they tie.
            let time = |day: u32| format!("2026-11-{day:02}T00:00:{:02}Z", i / 3);
            [1, 2].map(|day| events::run("COMPLETE", &time(day), &events::run_id(day * 100 + i), &job, &["source"], &[&output]))
        })
        .collect();
    server.take(&[json!(events)]);
    server
}

/// Reads a list page by page. `query` has `$after`, `at` leads to the connection.
fn pages(server: &Server, query: &str, at: &[&str], name: fn(&Value) -> String) -> Vec<String> {
    let mut all = Vec::new();
    let mut after = Value::Null;
    loop {
        let answer = server.ask_with(query, json!({ "after": after }));
        assert!(answer["errors"].is_null(), "{answer:#}");
        let page = at.iter().fold(&answer["data"], |value, key| &value[*key]);
        let items = page["edges"].as_array().unwrap();
        all.extend(items.iter().map(|edge| name(&edge["node"])));
        assert_eq!(page["pageInfo"]["hasPreviousPage"], !after.is_null());
        let last = items.last().map_or(&Value::Null, |edge| &edge["cursor"]);
        assert_eq!(&page["pageInfo"]["endCursor"], last);
        if page["pageInfo"]["hasNextPage"] != true {
            let total = page["totalCount"].as_u64().unwrap();
            assert_eq!(all.len() as u64, total, "the pages are not the whole of {query}");
            assert_eq!(all.iter().collect::<BTreeSet<_>>().len() as u64, total, "something comes twice in {query}");
            return all;
        }
        assert!(all.len() < 1000, "the pages of {query} do not end");
        after = last.clone();
    }
}

const EDGES: &str = "totalCount edges { cursor node { __typename ... on Dataset { name } ... on Job { name } ... on Column { id } } } pageInfo { hasNextPage hasPreviousPage endCursor }";

fn by_name(node: &Value) -> String {
    format!("{}{}{}", node["__typename"], node["name"], node["id"])
}

#[test]
fn search_of_everything() {
    let server = estate();
    let query = format!(r#"query($after: String) {{ search(query: "", first: 7, after: $after) {{ {EDGES} }} }}"#);
    assert_eq!(pages(&server, &query, &["search"], by_name).len(), 81);
}

#[test]
fn search_keeps_its_order_over_pages() {
    let server = estate();
    let paged = pages(
        &server,
        &format!(r#"query($after: String) {{ search(query: "copy", first: 9, after: $after) {{ {EDGES} }} }}"#),
        &["search"],
        by_name,
    );
    let whole = pages(
        &server,
        &format!(r#"query($after: String) {{ search(query: "copy", first: 500, after: $after) {{ {EDGES} }} }}"#),
        &["search"],
        by_name,
    );
    assert_eq!(paged, whole);
    assert_eq!(paged.len(), 80);
}

#[test]
fn datasets_and_jobs_in_order_of_name() {
    let server = estate();
    for (list, count) in [("datasets", 41), ("jobs", 40)] {
        let edges = EDGES.replace("__typename ... on Dataset { name } ... on Job { name } ... on Column { id }", "name");
        let query = format!(r"query($after: String) {{ {list}(first: 7, after: $after) {{ {edges} }} }}");
        let names = pages(&server, &query, &[list], |node| node["name"].as_str().unwrap().to_owned());
        assert_eq!(names.len(), count);
        assert!(names.is_sorted(), "{names:?}");
    }
}

#[test]
fn jobs_of_a_dataset() {
    let server = estate();
    let query = r#"query($after: String) { dataset(namespace: "db", name: "source") { jobs(role: CONSUMER, first: 7, after: $after) { totalCount edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage endCursor } } } }"#;
    assert_eq!(pages(&server, query, &["dataset", "jobs"], by_name).len(), 40);
}

#[test]
fn runs_newest_first_also_when_they_tie() {
    let server = estate();
    let list = "(first: 7, after: $after) { totalCount edges { cursor node { id startedAt endedAt } } pageInfo { hasNextPage hasPreviousPage endCursor } }";
    let name = |node: &Value| format!("{} {}", node["endedAt"].as_str().unwrap(), node["id"].as_str().unwrap());
    let all = pages(&server, &format!("query($after: String) {{ runs{list} }}"), &["runs"], name);
    assert_eq!(all.len(), 80);
    let times: Vec<&str> = all.iter().map(|run| run.split(' ').next().unwrap()).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
    let query = format!(r#"query($after: String) {{ dataset(namespace: "db", name: "source") {{ runs{list} }} }}"#);
    assert_eq!(pages(&server, &query, &["dataset", "runs"], name).len(), 80);
    let query =
        format!(r#"query($after: String) {{ job(namespace: "etl", name: "copy 3") {{ runs{list} }} }}"#).replace("first: 7", "first: 1");
    assert_eq!(pages(&server, &query, &["job", "runs"], name).len(), 2);
}

#[test]
fn lineage() {
    let server = estate();
    let query = r#"query($after: String) { dataset(namespace: "db", name: "source") { lineage(direction: DOWNSTREAM, first: 7, after: $after) { totalCount complete nodes { node { ... on Dataset { id } ... on Job { id } } } edges { from to job { name } } pageInfo { hasNextPage endCursor } } } }"#;
    let (mut nodes, mut edges, mut after, mut whole) = (BTreeSet::new(), BTreeSet::new(), Value::Null, 0);
    for round in 0.. {
        let answer = server.ask_with(query, json!({ "after": after }));
        let page = &answer["data"]["dataset"]["lineage"];
        assert_eq!((&page["totalCount"], &page["complete"]), (&json!(81), &json!(true)), "{answer:#}");
        let ids: Vec<String> = page["nodes"].as_array().unwrap().iter().map(|node| node["node"]["id"].to_string()).collect();
        whole += ids.len();
        nodes.extend(ids);
        edges.extend(page["edges"].as_array().unwrap().iter().map(Value::to_string));
        if page["pageInfo"]["hasNextPage"] != true {
            break;
        }
        assert!(round < 20, "the pages do not end");
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!((whole, nodes.len(), edges.len()), (81, 81, 40));
}

#[test]
fn the_quarantine() {
    let server = Server::start();
    let bad: Vec<Value> = (0..10).map(|i| json!({ "bad": i })).collect();
    assert_eq!(server.post(&json!(bad)).status, 400);
    let query = "query($after: String) { quarantine(first: 3, after: $after) { totalCount edges { cursor node { id body } } pageInfo { hasNextPage hasPreviousPage endCursor } } }";
    let bodies = pages(&server, query, &["quarantine"], |node| node["body"].as_str().unwrap().to_owned());
    assert_eq!(bodies.len(), 10);
}

/// A cursor of one parent's list goes on in that list alone, however its arguments are written.
#[test]
fn a_cursor_is_of_the_list_of_its_parent() {
    let server = estate();
    let page = "edges { cursor node { __typename } } pageInfo { endCursor }";
    let job = |i: u32| format!(r#"job(namespace: "etl", name: "copy {i}")"#);
    let dataset = |name: &str| format!(r#"dataset(namespace: "db", name: "{name}")"#);
    let column_change = |name: &str| format!(r#"impact(change: {{ dropDataset: {{ namespace: "db", name: "{name}" }} }})"#);
    let lineage = "totalCount pageInfo { endCursor }";
    let lists = [
        (job(1), job(2), "runs", page),
        (dataset("source"), dataset("copy_1"), "jobs", page),
        (dataset("source"), dataset("copy_1"), "runs", page),
        (dataset("source"), dataset("copy_1"), "lineage", lineage),
        (job(1), job(2), "lineage", lineage),
        (column_change("source"), column_change("copy_1"), "datasets", page),
    ];
    for (one, other, list, fields) in lists {
        let ask = |parent: &str, after: &Value| {
            let way = if list == "lineage" { ", direction: BOTH" } else { "" };
            let query = format!("query($after: String) {{ at: {parent} {{ list: {list}(first: 1, after: $after{way}) {{ {fields} }} }} }}");
            server.ask_with(&query, json!({ "after": after }))
        };
        let cursor = ask(&one, &Value::Null)["data"]["at"]["list"]["pageInfo"]["endCursor"].clone();
        assert!(cursor.is_string(), "{list}");
        assert!(ask(&one, &cursor)["errors"].is_null(), "{list}: {:#}", ask(&one, &cursor));
        let refused = ask(&other, &cursor);
        let why = refused["errors"][0]["message"].as_str().unwrap_or_default();
        assert!(why.contains("after is not a cursor of this list: it is of another list of"), "{list}: {refused:#}");
    }
    // As a word of the text and as a variable.
    let runs = |states: &str, after: &Value| {
        let query =
            format!("query($after: String, $states: [RunState!]) {{ runs(first: 1, after: $after, states: {states}) {{ {page} }} }}");
        server.ask_with(&query, json!({ "after": after, "states": ["COMPLETE"] }))
    };
    let cursor = runs("[COMPLETE]", &Value::Null)["data"]["runs"]["pageInfo"]["endCursor"].clone();
    assert!(runs("$states", &cursor)["errors"].is_null(), "{:#}", runs("$states", &cursor));
    assert!(!runs("[FAIL]", &cursor)["errors"].is_null());
}
