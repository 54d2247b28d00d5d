//! Names are opaque: whatever text they are, they come back as sent and are found by every door.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::{Server, events};

fn names() -> Vec<String> {
    let mut names: Vec<String> = [
        "s3://bucket/path/to/file.csv",
        "\"db\".\"Schema\".\"table\"",
        "a:b:c",
        "100%",
        "%2F%00%",
        "a'; DROP TABLE dataset; --",
        "ünï/cödé/表/🚀",
        "e\u{301} and \u{e9}",
        "line\nbreak\ttab\r",
        "nul\u{0}inside",
        "nul\u{0}",
        "nul",
        "\u{0}",
        " ",
        " leading and trailing ",
        "back\\slash",
        "\u{202e}backwards",
        "\u{fffd}",
        "\u{7f}\u{80}\u{feff}",
        "{\"json\": true}",
        "<script>alert(1)</script>",
        "UPPER",
        "upper",
        "null",
        "0",
        ".",
        "..",
        "../../etc/passwd",
    ]
    .map(str::to_owned)
    .into();
    names.extend(["x".repeat(100_000), "ß".repeat(30_000), "a/".repeat(5_000), "w ".repeat(5_000)]);
    names
}

fn event(number: usize, name: &str) -> Value {
    let time = "2026-11-01T00:00:00Z";
    let event = events::run("COMPLETE", time, &format!("run {name}"), name, &["hub"], &[name]);
    let event = events::with(event, &["job", "namespace"], name.into());
    let event = events::with(event, &["outputs", "0", "namespace"], name.into());
    let event = events::with(event, &["outputs", "0", "facets", name], json!({ "number": number }));
    let schema = events::schema(&[(name, "TEXT")]);
    let event = events::with(event, &["outputs", "0", "facets", "schema"], schema);
    let lineage = json!({ "fields": { name: { "inputFields": [{ "namespace": "db", "name": "hub", "field": name }] } } });
    events::with(event, &["outputs", "0", "facets", "columnLineage"], lineage)
}

#[test]
fn every_name_comes_back_as_sent() {
    let server = Server::start();
    let names = names();
    for (number, name) in names.iter().enumerate() {
        server.take(&[event(number, name)]);
    }
    let query = "query($name: String!) {
        dataset(namespace: $name, name: $name) { namespace name facets columns { name upstreamCount } jobs { edges { node { namespace name } } } }
        job(namespace: $name, name: $name) { namespace name outputs { namespace name } runs { edges { node { id outputs { namespace name } } } } }
        column(namespace: $name, dataset: $name, name: $name) { name lineage(direction: UPSTREAM) { totalCount } }
    }";
    for (number, name) in names.iter().enumerate() {
        let shown: String = name.chars().take(40).collect();
        let data = server.ask_about(query, name);
        let both = json!({ "namespace": name, "name": name });
        let (dataset, job) = (&data["dataset"], &data["job"]);
        assert!(dataset["namespace"] == both["namespace"] && dataset["name"] == both["name"], "{shown:?} is {:.200}", dataset.to_string());
        assert_eq!(dataset["facets"][name]["number"], number, "{shown:?}");
        assert!(
            dataset["columns"] == json!([{ "name": name, "upstreamCount": 1 }]),
            "{shown:?} has columns {:.200}",
            dataset["columns"].to_string()
        );
        assert!(dataset["jobs"]["edges"] == json!([{ "node": both }]), "{shown:?} has jobs {:.200}", dataset["jobs"].to_string());
        assert!(job["namespace"] == both["namespace"] && job["outputs"] == json!([both]), "{shown:?} is {:.200}", job.to_string());
        let run = &job["runs"]["edges"][0]["node"];
        assert!(run["id"] == format!("run {name}") && run["outputs"] == json!([both]), "{shown:?} ran {:.200}", run.to_string());
        assert_eq!(data["column"]["lineage"]["totalCount"], 2, "{shown:?}");
    }
    let reached = server.ask(r#"{ dataset(namespace: "db", name: "hub") { lineage(direction: DOWNSTREAM, jobs: false) { totalCount nodes { node { ... on Dataset { name } } } } } }"#);
    let reached = &reached["dataset"]["lineage"];
    assert_eq!(reached["totalCount"], names.len() + 1);
    let reached: BTreeSet<&str> = reached["nodes"].as_array().unwrap().iter().filter_map(|node| node["node"]["name"].as_str()).collect();
    assert!(names.iter().all(|name| reached.contains(name.as_str())));
}

#[test]
fn every_name_is_listed_and_searched_without_an_error() {
    let server = Server::start();
    let names = names();
    let events: Vec<Value> = names.iter().enumerate().map(|(number, name)| event(number, name)).collect();
    server.take(&[json!(events)]);
    let mut seen = BTreeSet::new();
    let mut after = Value::Null;
    loop {
        let query = "query($after: String) { datasets(first: 3, after: $after) { edges { cursor node { name } } pageInfo { hasNextPage endCursor } } }";
        let page = server.ask_with(query, json!({ "after": after }))["data"]["datasets"].clone();
        seen.extend(page["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["name"].as_str().unwrap().to_owned()));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] != true {
            break;
        }
    }
    assert_eq!(seen.len(), names.len() + 1);
    let namespaces = server.ask("{ namespaces { name datasets jobs } }")["namespaces"].as_array().unwrap().len();
    assert_eq!(namespaces, names.len() + 1);
    for name in &names {
        let query = "query($name: String!) { search(query: $name, first: 100) { totalCount edges { node { __typename ... on Dataset { name } } } } }";
        let answer = server.ask_with(query, json!({ "name": name }));
        // A question may be too long; it is never an error of ours.
        let code = &answer["errors"][0]["extensions"]["code"];
        assert!(answer["errors"].is_null() || (code == "BAD_INPUT" && name.len() > 10_000), "{:#}", answer["errors"]);
    }
}

#[test]
fn a_namespace_may_be_empty_and_a_name_may_not() {
    let server = Server::start();
    let event = events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(1), "copy", &["a"], &["b"]);
    server.take(&[events::with(events::with(event.clone(), &["job", "namespace"], "".into()), &["inputs", "0", "namespace"], "".into())]);
    let data = server.ask(r#"{ job(namespace: "", name: "copy") { name } dataset(namespace: "", name: "a") { name } }"#);
    assert_eq!(data, json!({ "job": { "name": "copy" }, "dataset": { "name": "a" } }));
    let answer = server.post(&events::with(event, &["job", "name"], "".into()));
    assert_eq!((answer.status, answer.json()["pointer"].as_str()), (400, Some("/job/name")), "{}", answer.text);
}

/// Names are found by their words, also when long or wrapped in quotes.
#[test]
fn search_finds_names_by_their_words() {
    let server = Server::start();
    let events: Vec<Value> = names().iter().enumerate().map(|(number, name)| event(number, name)).collect();
    server.take(&[json!(events)]);
    let words = [
        "表",
        "cödé",
        "table",
        "passwd",
        "bucket",
        "alert",
        "ünï/cödé/表/🚀",
        "s3://bucket/path/to/file.csv",
        "\"db\".\"Schema\".\"table\"",
    ];
    let found = words.map(|word| {
        let data = server.ask_about("query($name: String!) { search(query: $name, first: 1, filter: { kinds: [DATASET] }) { totalCount edges { node { ... on Dataset { name } } } } }", word);
        (word.to_owned(), data["search"].clone())
    });
    insta::assert_json_snapshot!(found.into_iter().collect::<serde_json::Map<_, _>>());
}
