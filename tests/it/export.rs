//! Lineage as files: every format, whole and exact, the same as GraphQL says page by page and at once.

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tests::{Answer, Server, events};

/// `/api/v1/lineage/export` with these parameters.
fn export(server: &Server, parameters: &[(&str, &str)]) -> Answer {
    let coded = |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02x}")).collect() };
    let query: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={}", coded(value))).collect();
    server.get(&format!("/api/v1/lineage/export?{}", query.join("&")))
}

/// A small estate: two steps with columns, a job that only reads, and names that no format is made for.
fn estate() -> Server {
    let server = Server::start();
    let odd = "=cmd|' /C \"calc\"'!A0\nline two, \u{4e2d}\u{1f4a7} </b> & #35; `x` \\N";
    let columns = events::column_lineage(&[("id", "raw", "id"), ("amount", "raw", "cents"), ("", "raw", "deleted")]);
    let clean = events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(1), "clean", &["raw"], &["clean"]);
    server.take(&[
        events::with(clean, &["outputs", "0", "facets"], json!({ "columnLineage": columns })),
        events::run("COMPLETE", "2026-11-02T00:00:00Z", &events::run_id(2), odd, &["clean"], &[odd]),
        events::run("COMPLETE", "2026-11-03T00:00:00Z", &events::run_id(3), "check", &[odd], &[]),
    ]);
    server.counts();
    server
}

#[test]
fn every_format() {
    let server = estate();
    for (name, parameters) in [
        ("ndjson", vec![("format", "ndjson")]),
        ("csv edges", vec![("format", "csv")]),
        ("csv nodes", vec![("format", "csv"), ("table", "nodes")]),
        ("csv for a spreadsheet", vec![("format", "csv"), ("spreadsheet", "true")]),
        ("dot", vec![("format", "dot")]),
        ("mermaid", vec![("format", "mermaid")]),
        ("columns", vec![("format", "ndjson"), ("granularity", "COLUMN"), ("column", "db|clean|amount")]),
        ("columns as mermaid", vec![("format", "mermaid"), ("granularity", "COLUMN"), ("dataset", "db|clean"), ("direction", "UPSTREAM")]),
        ("jobs", vec![("format", "dot"), ("granularity", "JOB")]),
        ("downstream", vec![("format", "csv"), ("dataset", "db|raw"), ("direction", "DOWNSTREAM"), ("maxDepth", "1"), ("jobs", "false")]),
        ("as of", vec![("format", "csv"), ("table", "nodes"), ("asOf", "2026-11-01T12:00:00Z")]),
    ] {
        let answer = export(&server, &parameters);
        let headers = ["content-type", "x-headwater-nodes", "x-headwater-edges", "x-headwater-complete"].map(|name| answer.header(name));
        let said = headers.map(|header| header.unwrap_or("none").to_owned()).join(", ");
        insta::assert_snapshot!(name, format!("{} {said}\n\n{}", answer.status, answer.text));
    }
}

#[test]
fn the_whole_graph_is_rolled_up_and_filtered() {
    let server = crate::questions::estate();
    server.counts();
    let text = |parameters: &[(&str, &str)]| export(&server, parameters).text;
    insta::assert_snapshot!("groups as dot", text(&[("format", "dot"), ("granularity", "TAG")]));
    insta::assert_snapshot!(
        "groups as mermaid",
        text(&[("format", "mermaid"), ("granularity", "SCHEMA"), ("where", r#"{"owners": ["ana", "ben"]}"#)])
    );
    let recent = [("format", "csv"), ("seenSince", "2026-11-05T00:00:00Z"), ("where", r#"{"not": {"name": {"equals": "bi.copy"}}}"#)];
    insta::assert_snapshot!("what was seen lately", text(&recent));
}

#[test]
fn what_cannot_be_answered_is_said() {
    let server = estate();
    let asked: [&[(&str, &str)]; 9] = [
        &[],
        &[("format", "xml")],
        &[("format", "csv"), ("dataset", "db|nothing"), ("job", "etl|nobody"), ("run", "none"), ("namespace", "nowhere")],
        &[("format", "csv"), ("column", "db|clean|id")],
        &[("format", "csv"), ("since", "2026-11-01")],
        &[("format", "csv"), ("dataset", "not an id")],
        &[("format", "dot"), ("table", "nodes")],
        &[("format", "csv"), ("tag", "none=1"), ("owner", "nobody")],
        &[("format", "csv"), ("maxDepth", "2")],
    ];
    let answers: Vec<Value> = asked
        .iter()
        .map(|parameters| {
            let answer = export(&server, parameters);
            json!([answer.status, answer.header("content-type"), answer.json()["detail"]])
        })
        .collect();
    insta::assert_json_snapshot!(answers);
}

#[test]
fn the_command_writes_what_the_server_sends() {
    let server = estate();
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("lineage.csv");
    let path = file.display().to_string();
    let start = ["--dataset", "db", "raw", "--direction", "downstream", "--depth", "2"];
    let (good, said) = Server::command(&[&["export", "--format", "csv", "--url", &server.url, "--output", &path], &start[..]].concat());
    assert!(good, "{said}");
    assert!(said.contains("5 nodes and 2 edges, graph version 3"), "{said}");
    let sent = export(&server, &[("format", "csv"), ("dataset", "db|raw"), ("direction", "DOWNSTREAM"), ("maxDepth", "2")]).text;
    assert_eq!(std::fs::read_to_string(&file).unwrap(), sent);
    let (good, text) = Server::command(&["export", "--format", "mermaid", "--url", &server.url]);
    assert!(good);
    assert_eq!(text, export(&server, &[("format", "mermaid")]).text);
    // What goes wrong leaves the file of last time alone.
    let wrong = ["export", "--format", "csv", "--url", &server.url, "--output", &path, "--dataset", "db", "nothing"];
    let (good, said) = Server::command(&wrong);
    assert!(!good && said.contains("not known here: dataset db|nothing"), "{said}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), sent);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// Nodes with their distances, and edges, as both sides say them.
#[derive(Debug, Default, PartialEq)]
struct Said {
    nodes: BTreeMap<String, Value>,
    edges: BTreeSet<String>,
}

fn edge(edge: &Value) -> String {
    let mut transformations: Vec<String> = edge["transformations"].as_array().unwrap().iter().map(Value::to_string).collect();
    transformations.sort();
    let members =
        ["from", "to", "basis", "origin", "confidence", "columnLevel", "firstSeen", "lastSeen"].map(|name| edge[name].to_string());
    format!("{} {} {}", members.join(" "), edge["job"]["id"], transformations.join(" "))
}

fn exported(server: &Server, parameters: &[(&str, &str)]) -> Said {
    let answer = export(server, &[&[("format", "ndjson")], parameters].concat());
    assert_eq!(answer.status, 200, "{}", answer.text);
    let lines: Vec<Value> = answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |kind: &str| lines.iter().filter(move |line| line["line"] == kind).collect::<Vec<_>>();
    let mut said = Said::default();
    for node in of("node") {
        assert!(said.nodes.insert(node["id"].to_string(), node["distance"].clone()).is_none(), "{node} comes twice");
    }
    let edges = of("edge");
    said.edges = edges.iter().map(|line| edge(line)).collect();
    // The header, the headers, the last line and the rows agree.
    let (header, end) = (&lines[0], &lines[lines.len() - 1]);
    assert_eq!((&header["line"], &end["line"]), (&json!("header"), &json!("end")));
    for totals in [header, end] {
        assert_eq!(
            (&totals["nodes"], &totals["edges"], &totals["complete"]),
            (&json!(said.nodes.len()), &json!(edges.len()), &json!(true))
        );
    }
    let header = |name: &str| answer.header(name).unwrap().parse::<usize>().unwrap();
    assert_eq!((header("x-headwater-nodes"), header("x-headwater-edges")), (said.nodes.len(), edges.len()));
    assert_eq!(edges.len(), said.edges.len(), "an edge comes twice");
    said
}

const ANSWER: &str = "totalCount complete pageInfo { hasNextPage endCursor }
    nodes { distance node { ... on Dataset { id } ... on Job { id } ... on Column { id } } }
    edges { from to basis origin confidence columnLevel firstSeen lastSeen job { id } transformations { type subtype description masking } }";

/// The same of GraphQL: at once, or in pages of this many nodes.
fn asked(server: &Server, id: &str, granularity: &str, page: Option<u32>) -> Said {
    let query = format!(
        "query($id: ID, $first: Int, $after: String) {{ lineage(from: {{ datasets: [{{ id: $id }}] }}, direction: BOTH,
           granularity: {granularity}, first: $first, after: $after) {{ {ANSWER} }} }}"
    );
    let (mut said, mut after) = (Said::default(), Value::Null);
    loop {
        let answer = server.ask_with(&query, json!({ "id": id, "first": page, "after": after }));
        let lineage = &answer["data"]["lineage"];
        assert_eq!(lineage["complete"], true, "{answer:#}");
        let nodes = lineage["nodes"].as_array().unwrap();
        said.nodes.extend(nodes.iter().map(|node| (node["node"]["id"].to_string(), node["distance"].clone())));
        said.edges.extend(lineage["edges"].as_array().unwrap().iter().map(edge));
        if lineage["pageInfo"]["hasNextPage"] != true {
            assert_eq!(lineage["totalCount"], json!(said.nodes.len()));
            return said;
        }
        after = lineage["pageInfo"]["endCursor"].clone();
    }
}

/// A server that has every recording.
pub fn recordings() -> Server {
    let server = Server::start();
    let mut files: Vec<_> = std::fs::read_dir(Path::new("fixtures/real")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        server.take(&[text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect()]);
    }
    server
}

#[test]
fn pages_graphql_and_export_agree_on_the_recordings() {
    let server = recordings();
    let counts = server.counts();
    let list = server.ask("{ datasets(first: 1000) { totalCount edges { node { id namespace name } } } }");
    let datasets = list["datasets"]["edges"].as_array().unwrap();
    assert_eq!(counts["datasets"], json!(datasets.len()));
    let mut found = 0;
    for (number, dataset) in datasets.iter().enumerate() {
        let dataset = &dataset["node"];
        let text = |key: &str| dataset[key].as_str().unwrap();
        let start = format!("{}|{}", text("namespace"), text("name"));
        for (step, granularity) in ["DATASET", "COLUMN", "JOB"].into_iter().enumerate() {
            let file = exported(&server, &[("dataset", &start), ("granularity", granularity)]);
            assert_eq!(file, asked(&server, text("id"), granularity, None), "{granularity} of {start}");
            if (number + step) % 6 == 0 {
                assert_eq!(file, asked(&server, text("id"), granularity, Some(3)), "{granularity} of {start} in pages");
            }
            found += file.edges.len();
        }
    }
    assert!(found > 1000, "the recordings have lineage, {found} edges were compared");
}

#[test]
fn the_whole_graph_is_what_every_dataset_sees_around_it() {
    let server = recordings();
    let list = server.ask("{ datasets(first: 1000) { edges { node { id } } } }");
    for granularity in ["DATASET", "COLUMN"] {
        let mut around = Said::default();
        for dataset in list["datasets"]["edges"].as_array().unwrap() {
            let id = dataset["node"]["id"].as_str().unwrap();
            let step = exported(&server, &[("dataset", id), ("granularity", granularity), ("maxDepth", "1")]);
            around.nodes.extend(step.nodes.into_keys().map(|id| (id, Value::Null)));
            around.edges.extend(step.edges);
        }
        let whole = exported(&server, &[("granularity", granularity)]);
        assert!(whole.edges.len() > 100, "{granularity}: {} edges", whole.edges.len());
        let other = |a: &Said, b: &Said| {
            (a.edges.difference(&b.edges).cloned().collect(), a.nodes.keys().filter(|id| !b.nodes.contains_key(*id)).cloned().collect())
        };
        let differences: [(Vec<String>, Vec<String>); 2] = [other(&whole, &around), other(&around, &whole)];
        assert_eq!(differences, <[(Vec<String>, Vec<String>); 2]>::default(), "{granularity}");
    }
}
