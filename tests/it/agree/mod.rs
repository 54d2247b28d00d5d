//! Every door gives the same answer to the same question: GraphQL, HTTP at once and in pages, files, commands.

mod estate;
mod question;
mod said;

use crate::export::recordings;
use crate::questions;
use question::Question;
use said::{Said, table};
use serde_json::{Value, json};
use tests::{Server, events::Numbers};

const GRANULARITIES: [&str; 7] = ["DATASET", "COLUMN", "JOB", "SCHEMA", "NAMESPACE", "OWNER", "TAG"];

/// Asks at every door but the commands; what GraphQL says.
fn asked(server: &Server, question: &Question) -> Said {
    let said = Said::graphql(server, question, None);
    assert_eq!(Said::http(server, question, None), said, "GET /api/v1/lineage {question:?}");
    let paged = Said::graphql(server, question, Some(3));
    assert_eq!(Said::http(server, question, Some(3)), paged, "GET /api/v1/lineage in pages {question:?}");
    assert_eq!(paged.sorted(), said.clone().sorted(), "pages are not the whole {question:?}");
    if said.totals["unknown"] == json!([]) {
        files(server, question, &said);
    }
    said
}

/// The files of an answer.
fn files(server: &Server, question: &Question, said: &Said) {
    let file = |more: &[(&str, &str)]| question.http(server, "/api/v1/lineage/export", more).text;
    let lines = Said::ndjson(&file(&[("format", "ndjson")]), question);
    assert_eq!(lines, said.as_file(false), "NDJSON {question:?}");
    let (nodes, edges) = said.as_tables();
    assert_eq!(table(&file(&[("format", "csv"), ("table", "nodes")]), &["id", "distance"]), nodes, "CSV {question:?}");
    let columns = ["from_id", "to_id", "confidence", "last_seen", "count"];
    assert_eq!(table(&file(&[("format", "csv")]), &columns), edges, "CSV {question:?}");
}

/// The commands.
fn commanded(server: &Server, question: &Question, said: &Said) {
    let arguments = question.arguments();
    let run = |command: &[&str]| {
        let words: Vec<&str> = command.iter().copied().chain(["--url", &server.url]).chain(arguments.iter().map(String::as_str)).collect();
        Server::run(&words)
    };
    let (code, text, error) = run(&["lineage", "--json"]);
    let answer: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}{error} {question:?}"));
    let mut commanded = Said::default();
    commanded.add(&answer, question);
    assert_eq!(commanded, *said, "headwater lineage --json {question:?}");
    assert_eq!(code == 0, said.totals["complete"] == true, "{error}");
    let (_, text, _) = run(&["lineage"]);
    let rows = text.lines().count();
    assert_eq!(rows, if said.nodes.is_empty() { 1 } else { said.nodes.len() + 3 }, "{text}\n{question:?}");
    assert!(text.starts_with(&said.totals["totalCount"].to_string()), "{text}");
    let distances = text.lines().skip(3).map(|line| line.split(' ').next().unwrap_or_default().to_owned());
    assert_eq!(distances.collect::<Vec<_>>(), said.nodes.iter().map(|node| node["distance"].to_string()).collect::<Vec<_>>());
    if code == 0 {
        let (_, text, error) = run(&["export", "--format", "ndjson"]);
        assert_eq!(Said::ndjson(&text, question), said.as_file(false), "headwater export {error} {question:?}");
    }
}

#[test]
fn on_random_estates() {
    let (mut nodes, mut edges) = (0, 0);
    for seed in [7, 11, 2026] {
        let server = Server::start();
        server.take(&estate::events(seed));
        let mut numbers = Numbers(seed);
        for round in 0..12 {
            for granularity in GRANULARITIES {
                let question = estate::question(&mut numbers, granularity);
                let said = asked(&server, &question);
                if round == 0 {
                    commanded(&server, &question, &said);
                }
                nodes += said.nodes.len();
                edges += said.edges.len();
            }
        }
    }
    assert!(nodes > 500 && edges > 500, "{nodes} nodes and {edges} edges were compared");
}

#[test]
fn on_an_estate_with_everything() {
    let server = questions::estate();
    let people = json!({ "datasets": [{ "namespace": "db", "name": "raw.people" }] });
    let more = [
        json!({}),
        json!({ "where": { "tags": [{ "key": "gold" }] } }),
        json!({ "stopAt": { "name": { "equals": "mart.kpi" } }, "jobs": false }),
        json!({ "minConfidence": "COLUMN_PROVEN" }),
        json!({ "kinds": ["DIRECT"], "minDepth": 1, "maxDepth": 2 }),
        json!({ "window": { "from": "2026-11-01T00:00:00Z", "to": "2026-11-02T12:00:00Z" } }),
        json!({ "seenSince": "2026-11-03T00:00:00Z" }),
    ];
    for granularity in GRANULARITIES {
        for more in &more {
            let question = Question::new(&people, "DOWNSTREAM", granularity, more);
            let said = asked(&server, &question);
            commanded(&server, &question, &said);
        }
    }
    // What is not known is said alike, and the command fails.
    let nobody = Question::new(&json!({ "owners": ["nobody"], "tags": [{ "key": "none" }] }), "BOTH", "DATASET", &json!({}));
    let said = asked(&server, &nobody);
    assert_eq!(said.totals["unknown"], json!(["a dataset with tag none", "a dataset of owner nobody"]));
    commanded(&server, &nobody, &said);
}

#[test]
fn on_the_recordings() {
    let server = recordings();
    let list = server.ask("{ datasets(first: 1000) { edges { node { namespace name } } } }");
    let mut found = 0;
    for (number, dataset) in list["datasets"]["edges"].as_array().unwrap().iter().enumerate().step_by(5) {
        let from = json!({ "datasets": [dataset["node"]] });
        let granularity = GRANULARITIES[number / 5 % GRANULARITIES.len()];
        found += asked(&server, &Question::new(&from, "BOTH", granularity, &json!({}))).edges.len();
    }
    assert!(found > 50, "the recordings have lineage, {found} edges were compared");
}

/// Runs behind an edge: the newest, and how many in all; events by number; as lines of a file when they are asked for.
#[test]
fn an_edge_shows_what_it_rests_on() {
    let server = Server::start();
    for run in 0..5 {
        let id = tests::events::run_id(run);
        let event = |end: &str, hour: u32| {
            let time = format!("2026-11-{:02}T{hour:02}:00:00Z", run + 1);
            tests::events::run(end, &time, &id, "copy", &["a"], &["b"])
        };
        server.take(&[event("START", 1), event("COMPLETE", 2)]);
    }
    server.counts();
    let question = Question::new(&json!({ "datasets": [{ "namespace": "db", "name": "a" }] }), "DOWNSTREAM", "DATASET", &json!({}));
    let answer = question.http(&server, "/api/v1/lineage", &[("evidence", "2")]).json();
    let evidence = json!({ "runCount": 5, "runs": [
        { "id": tests::events::run_id(4), "eventCount": 2, "events": [10, 9] },
        { "id": tests::events::run_id(3), "eventCount": 2, "events": [8, 7] },
    ], "declarationCount": 0, "declarations": [] });
    assert_eq!(answer["edges"][0]["evidence"], evidence);
    let file = question.http(&server, "/api/v1/lineage/export", &[("format", "ndjson"), ("evidence", "2")]).text;
    let lines: Vec<Value> = file.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.iter().find(|line| line["line"] == "edge").unwrap()["evidence"], evidence);
    let none = question.http(&server, "/api/v1/lineage", &[("evidence", "0")]).json();
    assert!(none["edges"][0].get("evidence").is_none());
}

/// What nobody ran rests on the events that declare it, those of before it was declared otherwise not counted.
#[test]
fn a_declared_edge_shows_who_says_so() {
    let server = Server::start();
    let job = |day: u32, inputs: &[&str]| tests::events::job(&format!("2026-11-{day:02}T00:00:00Z"), "copy", inputs, &["b"]);
    let facets = json!({ "columnLineage": tests::events::column_lineage(&[("x", "b", "y")]) });
    let table = tests::events::dataset("2026-11-05T00:00:00Z", "c", facets);
    server.take(&[job(1, &["a"]), job(2, &["z"]), job(3, &["a"]), job(4, &["a", "z"]), table]);
    server.counts();
    let question = Question::new(&json!({ "datasets": [{ "namespace": "db", "name": "a" }] }), "DOWNSTREAM", "DATASET", &json!({}));
    let answer = question.http(&server, "/api/v1/lineage", &[("evidence", "5")]).json();
    let rests: Vec<(&Value, &Value)> =
        answer["edges"].as_array().unwrap().iter().map(|edge| (&edge["origin"], &edge["evidence"])).collect();
    insta::assert_snapshot!(serde_json::to_string_pretty(&rests).unwrap());
    let query = "{ lineage(from: { datasets: [{ namespace: \"db\", name: \"a\" }] }, direction: DOWNSTREAM) \
                 { edges { origin evidence { id } declarations(first: 5) { seq kind } } } }";
    insta::assert_snapshot!(serde_json::to_string_pretty(&server.ask(query)).unwrap());
}
