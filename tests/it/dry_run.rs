//! `POST /api/v1/lineage/dry-run` answers what events would change and changes nothing.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tempfile::TempDir;
use tests::{Server, events, gzip};

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];
const PATH: &str = "/api/v1/lineage/dry-run";

fn dry_run(server: &Server, body: &Value) -> Value {
    let answer = server.post_bytes(PATH, &JSON, body.to_string().as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

fn changes(server: &Server, event: &Value) -> Value {
    dry_run(server, event)["events"][0]["changes"].clone()
}

fn edges(changes: &Value, what: &str) -> Vec<String> {
    let end = |end: &Value| format!("{} {}", end["kind"].as_str().unwrap(), end["name"].as_str().unwrap());
    let list = changes["edges"][what].as_array().unwrap().iter();
    list.map(|edge| {
        format!("{} -> {}, {} {}", end(&edge["from"]), end(&edge["to"]), edge["basis"].as_str().unwrap(), edge["origin"].as_str().unwrap())
    })
    .collect()
}

fn load(day: u32, state: &str, inputs: &[&str], outputs: &[&str]) -> Value {
    events::run(state, &format!("2020-11-{day:02}T00:00:00Z"), &events::run_id(day), "load", inputs, outputs)
}

#[test]
fn what_is_new_is_said() {
    let server = Server::start();
    let schema = events::schema(&[("id", "INT"), ("name", "TEXT")]);
    let parent = json!({ "run": { "runId": events::run_id(9) }, "job": { "namespace": "etl", "name": "dag" } });
    let event = events::with(load(1, "START", &["a"], &["b"]), &["outputs", "0", "facets"], json!({ "schema": schema }));
    let event = events::with(event, &["run", "facets"], json!({ "parent": events::facet(parent) }));
    let answer = dry_run(&server, &event);
    assert_json_snapshot!(answer);
    // What it said is what happens.
    server.take(std::slice::from_ref(&event));
    let data = server.ask("{ datasets { totalCount } jobs { totalCount } runs { totalCount } status { edges } }");
    let created = &answer["events"][0]["changes"]["created"];
    let said = |kind: &str| created[kind].as_array().unwrap().len();
    assert_eq!(data["datasets"]["totalCount"], said("datasets"));
    assert_eq!(data["jobs"]["totalCount"], said("jobs"));
    assert_eq!(data["runs"]["totalCount"], said("runs"));
    assert_eq!(data["status"]["edges"], edges(&answer["events"][0]["changes"], "added").len());
    let again = dry_run(&server, &event);
    assert_eq!(
        (&again["events"][0]["outcome"], &again["events"][0]["seq"], &again["events"][0]["changes"]),
        (&json!("REPEATED"), &json!(1), &Value::Null)
    );
}

#[test]
fn facets_and_columns_are_compared_with_what_counts() {
    let server = Server::start();
    let dataset = |day: u32, facets: Value| events::dataset(&format!("2020-11-{day:02}T00:00:00Z"), "t", facets);
    let text = |text: &str| events::facet(json!({ "description": text }));
    let columns = |columns: &[(&str, &str)]| events::schema(columns);
    server.take(&[dataset(5, json!({ "schema": columns(&[("id", "INT"), ("gone", "INT"), ("x", "INT")]), "documentation": text("one") }))]);
    let newer = changes(
        &server,
        &dataset(
            6,
            json!({
                "schema": columns(&[("id", "BIGINT"), ("x", "INT"), ("new", "TEXT")]), "documentation": text("one"), "tags": events::facet(json!({ "tags": [] })),
            }),
        ),
    );
    let older = changes(&server, &dataset(4, json!({ "schema": columns(&[("id", "TEXT")]), "documentation": text("zero") })));
    let removed = changes(&server, &dataset(7, json!({ "schema": { "_deleted": true }, "storage": { "_deleted": true } })));
    assert_json_snapshot!(json!({ "newer": newer, "older": older, "removed": removed }));
}

#[test]
fn a_run_shows_where_it_goes() {
    let server = Server::start();
    let state = |event: &Value| {
        let run = &changes(&server, event)["run"];
        json!([run["stateBefore"], run["stateAfter"], run["newInputs"], run["newOutputs"]])
    };
    let at = |event: Value, hour: u32| events::with(event, &["eventTime"], format!("2020-11-01T{hour:02}:00:00Z").into());
    let start = at(load(1, "START", &["a"], &[]), 1);
    let first = state(&start);
    server.take(&[start]);
    let complete = at(load(1, "COMPLETE", &["a", "c"], &["b"]), 2);
    let second = state(&complete);
    server.take(&[complete]);
    let late = state(&at(load(1, "RUNNING", &["a"], &["b"]), 3));
    let failed = state(&at(load(1, "FAIL", &[], &[]), 4));
    let other_job = state(&events::run("START", "2020-11-01T00:00:00Z", &events::run_id(1), "another", &[], &[]));
    assert_json_snapshot!(json!({ "first": first, "second": second, "late": late, "failed": failed, "other job": other_job }));
}

#[test]
fn edges_begin_and_end_as_they_would() {
    let server = Server::start();
    server.take(&[load(1, "COMPLETE", &["a", "c"], &["b"])]);
    let proven = events::with(
        load(2, "COMPLETE", &["a", "c"], &["b"]),
        &["outputs", "0", "facets"],
        json!({ "columnLineage": events::column_lineage(&[("x", "a", "x")]) }),
    );
    let cases = [
        ("more of the same", load(2, "COMPLETE", &["a"], &["b"])),
        ("another output", load(2, "COMPLETE", &["a"], &["new"])),
        ("only an input", events::run("START", "2020-11-02T00:00:00Z", &events::run_id(2), "reader", &["a"], &[])),
        ("declared", events::job("2020-11-02T00:00:00Z", "load", &["a"], &["b"])),
        (
            "a dataset's own origin",
            events::dataset("2020-11-02T00:00:00Z", "b", json!({ "columnLineage": events::column_lineage(&[("x", "z", "x")]) })),
        ),
        ("column lineage before it", events::with(proven.clone(), &["eventTime"], "2020-10-01T00:00:00Z".into())),
        ("column lineage", proven),
    ];
    let mut said = serde_json::Map::new();
    for (name, event) in cases {
        let changes = changes(&server, &event);
        let (added, ended) = (edges(&changes, "added"), edges(&changes, "ended"));
        let before = server.ask("{ status { edges } }")["status"]["edges"].as_i64().unwrap();
        said.insert(name.into(), json!({ "added": added, "ended": ended, "edges before": before }));
    }
    assert_json_snapshot!(said);
}

/// Ends of the edges that hold for a job, between the datasets `d0` to `d4` and jobs.
fn held(server: &Server, job: &str) -> BTreeSet<(String, String)> {
    let mut all = BTreeSet::new();
    for from in 0..5 {
        let lineage = server.ask(&format!(
            "{{ dataset(namespace: \"db\", name: \"d{from}\") {{ lineage(direction: BOTH) {{ edges {{ from to job {{ name }} }}
               nodes {{ node {{ ... on Dataset {{ id name }} ... on Job {{ id name }} }} }} }} }} }}"
        ));
        let lineage = &lineage["dataset"]["lineage"];
        let name = |id: &Value| {
            let nodes = lineage["nodes"].as_array().unwrap();
            let node = nodes.iter().map(|node| &node["node"]).find(|node| node["id"] == *id).unwrap();
            node["name"].as_str().unwrap().to_owned()
        };
        let edges = lineage["edges"].as_array().cloned().unwrap_or_default();
        all.extend(edges.iter().filter(|edge| edge["job"]["name"] == job).map(|edge| (name(&edge["from"]), name(&edge["to"]))));
    }
    all
}

/// What a dry run says of edges is what the graph does, whatever came before.
#[test]
fn edges_are_those_foretold() {
    let server = Server::start();
    let mut n = events::Numbers(7);
    let mut seen = [0, 0];
    for day in 1..40 {
        let [a, b, c] = [(); 3].map(|()| format!("d{}", n.below(5)));
        let time = format!("2020-{:02}-01T00:00:{day:02}Z", 1 + n.below(12));
        let job = format!("j{}", n.below(2));
        let event = match n.below(4) {
            0 => events::job(&time, &job, &[&a], &[&b]),
            _ => events::run("COMPLETE", &time, &events::run_id(n.below(8) as u32), &job, &[&a, &b], &[&c]),
        };
        let event = match n.below(2) {
            0 => events::with(event, &["outputs", "0", "facets"], json!({ "columnLineage": events::column_lineage(&[("x", &a, "x")]) })),
            _ => event,
        };
        let changes = changes(&server, &event);
        let foretold = |what: &str| -> BTreeSet<(String, String)> {
            let list = changes["edges"][what].as_array().unwrap().iter();
            list.map(|edge| (edge["from"]["name"].as_str().unwrap().to_owned(), edge["to"]["name"].as_str().unwrap().to_owned())).collect()
        };
        let before = held(&server, &job);
        server.take(&[event]);
        let after = held(&server, &job);
        let (added, ended) = (foretold("added"), foretold("ended"));
        assert!(added.is_subset(&after), "day {day}: {changes}");
        assert!(ended.is_subset(&before), "day {day}: {changes}");
        assert!(after.difference(&before).all(|edge| added.contains(edge)), "day {day}: {after:?} {changes}");
        assert!(before.difference(&after).all(|edge| ended.contains(edge)), "day {day}: {before:?} {changes}");
        seen = [seen[0] + added.len(), seen[1] + ended.len()];
    }
    assert!(seen[0] > 20 && seen[1] > 5, "too little happened to prove anything: {seen:?}");
}

#[test]
fn bodies_of_every_form_and_of_none() {
    let server = Server::start();
    server.take(&[load(1, "START", &[], &[])]);
    let answer = |headers: &[(&str, &str)], body: &[u8]| {
        let answer = server.post_bytes(PATH, headers, body).json();
        answer.get("summary").cloned().unwrap_or_else(|| json!([answer["status"], answer["detail"]]))
    };
    let array = json!([load(1, "START", &[], &[]), load(2, "START", &[], &[]), load(2, "START", &[], &[]), { "job": 7 }]).to_string();
    let lines = format!("{}\n{{oops\n", load(3, "START", &[], &[]));
    assert_json_snapshot!(json!({
        "array": answer(&JSON, array.as_bytes()),
        "packed": answer(&[("content-encoding", "gzip")], &gzip(array.as_bytes())),
        "lines": answer(&[("content-type", "application/x-ndjson")], lines.as_bytes()),
        "empty": answer(&JSON, b""),
        "too many": answer(&JSON, json!(vec![0; 1001]).to_string().as_bytes()),
        "another site": server.post_bytes(PATH, &[("origin", "https://evil.example")], b"{}").status,
    }));
    let refused = dry_run(&server, &json!([{ "job": 7 }]));
    assert_eq!((&refused["events"][0]["reason"], &refused["events"][0]["pointer"]), (&json!("job must be an object"), &json!("/job")));
}

#[test]
fn nothing_changes() {
    let folder = TempDir::new().unwrap();
    let server = Server::start_in(folder.path(), &[]);
    server.take(&[load(1, "START", &["a"], &["b"])]);
    let metrics = |server: &Server| {
        let text = server.get("/metrics").text;
        let counted = |line: &&str| {
            !line.starts_with('#') && !["cpu", "_http_request", "_bytes", "process_"].iter().any(|other| line.contains(other))
        };
        // Parts come in any order.
        text.lines().filter(counted).map(str::to_owned).collect::<BTreeSet<_>>()
    };
    // Waits for search too, which follows a little later.
    let state = "{ search(query: \"\", first: 0) { totalCount } status { logSeq catalogSeq searchSeq datasets jobs runs edges columnEdges quarantined } }";
    let (before, counters) = (server.ask(state), metrics(&server));
    let estate = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/real/dbt-run.ndjson")).unwrap();
    for body in [json!([load(1, "START", &["a"], &["b"]), load(1, "COMPLETE", &["x"], &["y"]), 7]).to_string(), estate] {
        assert_eq!(server.post_bytes(PATH, &[("content-type", "application/x-ndjson")], body.as_bytes()).status, 200);
    }
    assert_eq!((server.ask(state), metrics(&server)), (before, counters));
    assert!(server.stop());
    let digests = Server::digests(folder.path());
    let untouched = TempDir::new().unwrap();
    let server = Server::start_in(untouched.path(), &[]);
    server.take(&[load(1, "START", &["a"], &["b"])]);
    assert!(server.stop());
    assert_eq!(digests, Server::digests(untouched.path()));
}
