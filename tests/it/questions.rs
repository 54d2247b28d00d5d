//! The one lineage question: from anywhere, in every granularity, filtered, stopped, paged.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::{Server, events, picture};

type Source<'a> = (&'a str, &'a str, &'a str, Value);

fn how(kind: &str, subtype: &str, masking: bool) -> Value {
    json!({ "type": kind, "subtype": subtype, "masking": masking })
}

fn same() -> Value {
    how("DIRECT", "IDENTITY", false)
}

/// A facet of (output column, dataset, column, transformation); an empty output column is the whole dataset.
fn columns(sources: &[Source<'_>]) -> Value {
    let mut body = json!({ "fields": {}, "dataset": [] });
    for (target, dataset, column, how) in sources {
        let input = json!({ "namespace": "db", "name": dataset, "field": column, "transformations": [how] });
        let place = if target.is_empty() { &mut body["dataset"] } else { &mut body["fields"][*target]["inputFields"] };
        let mut list = place.as_array().cloned().unwrap_or_default();
        list.push(input);
        *place = list.into();
    }
    events::facet(body)
}

fn step(number: u32, day: u32, job: &str, inputs: &[&str], output: &str, sources: &[Source<'_>]) -> Value {
    let event = events::run("COMPLETE", &format!("2026-11-{day:02}T00:00:00Z"), &events::run_id(number), job, inputs, &[output]);
    if sources.is_empty() { event } else { events::with(event, &["outputs", "0", "facets", "columnLineage"], columns(sources)) }
}

fn about(name: &str, owner: &str, tag: &str) -> Value {
    let ownership = events::facet(json!({ "owners": [{ "name": owner }] }));
    let tags = events::facet(json!({ "tags": [{ "key": tag, "value": "true", "source": "TEST" }] }));
    events::dataset("2026-11-09T00:00:00Z", name, json!({ "ownership": ownership, "tags": tags }))
}

/// Two ways from `raw.people` to `mart.kpi`, a cycle behind it, and a reader without column lineage.
pub fn estate() -> Server {
    let server = Server::start();
    server.take(&[
        step(
            1,
            1,
            "stage",
            &["raw.people"],
            "stg.people",
            &[("id", "raw.people", "id", same()), ("mail", "raw.people", "mail", how("DIRECT", "TRANSFORMATION", true))],
        ),
        step(2, 2, "copy", &["raw.people"], "stg.copy", &[("mail", "raw.people", "mail", same())]),
        step(
            3,
            3,
            "count",
            &["stg.people", "stg.copy"],
            "mart.kpi",
            &[
                ("people", "stg.people", "id", how("DIRECT", "AGGREGATION", false)),
                ("people", "stg.copy", "mail", how("INDIRECT", "JOIN", false)),
                ("sample", "stg.people", "mail", same()),
                ("", "stg.people", "id", how("INDIRECT", "FILTER", false)),
            ],
        ),
        step(4, 4, "again", &["mart.kpi"], "mart.loop", &[]),
        step(5, 5, "back", &["mart.loop"], "mart.kpi", &[]),
        step(6, 6, "report", &["mart.kpi", "mart.other"], "bi.report", &[]),
        events::run("COMPLETE", "2026-11-06T00:00:00Z", &events::run_id(6), "report", &[], &["bi.copy"]),
        about("stg.people", "ana", "pii"),
        about("mart.kpi", "ben", "gold"),
        about("bi.report", "ana", "gold"),
    ]);
    server
}

const PEOPLE: &str = r#"from: { datasets: [{ namespace: "db", name: "raw.people" }] }, direction: DOWNSTREAM"#;

#[test]
fn one_question_in_every_granularity() {
    let server = estate();
    let ask = |granularity: &str| server.question(&format!("{PEOPLE}, granularity: {granularity}"));
    let answers: Vec<(&str, Vec<String>)> =
        ["DATASET", "COLUMN", "JOB", "SCHEMA", "NAMESPACE", "OWNER", "TAG"].into_iter().map(|one| (one, ask(one))).collect();
    assert_json_snapshot!(answers);
}

#[test]
fn starts_are_named_in_many_ways() {
    let server = estate();
    let run = events::run_id(3);
    let ask = |from: &str, direction: &str| server.question(&format!("from: {{ {from} }}, direction: {direction}, jobs: false"));
    assert_json_snapshot!(json!({
        "by tag": ask(r#"tags: [{ key: "pii" }]"#, "DOWNSTREAM"),
        "by owner": ask(r#"owners: ["ben"]"#, "UPSTREAM"),
        "by namespace, nothing further": ask(r#"namespaces: ["db"]"#, "DOWNSTREAM, minDepth: 1"),
        "what a run read": ask(&format!(r#"runs: ["{run}"]"#), "UPSTREAM"),
        "what a run wrote": ask(&format!(r#"runs: ["{run}"]"#), "DOWNSTREAM"),
        "a job": ask(r#"jobs: [{ namespace: "etl", name: "count" }]"#, "BOTH"),
        "one known, one not": ask(r#"datasets: [{ namespace: "db", name: "bi.copy" }, { namespace: "db", name: "no" }]"#, "UPSTREAM, maxDepth: 1"),
        "two columns": server.question(
            r#"from: { columns: [{ namespace: "db", dataset: "mart.kpi", name: "sample" }, { namespace: "db", dataset: "mart.kpi", name: "people" }] },
               direction: UPSTREAM, granularity: COLUMN, kinds: [DIRECT]"#
        ),
    }));
}

#[test]
fn an_answer_is_filtered_and_stopped() {
    let server = estate();
    let ask = |more: &str| server.question(&format!("{PEOPLE}, {more}"));
    assert_json_snapshot!(json!({
        "only gold": ask(r#"jobs: false, where: { tags: [{ key: "gold" }] }"#),
        "not of ana": ask(r#"jobs: false, where: { not: { owners: ["ana"] } }"#),
        "stopped at kpi": ask(r#"jobs: false, stopAt: { name: { equals: "mart.kpi" } }"#),
        "from two steps on": ask("jobs: false, minDepth: 2, maxDepth: 3"),
        "sure ones": ask("minConfidence: COLUMN_PROVEN"),
        "in a window": ask(r#"jobs: false, window: { from: "2026-11-01T00:00:00Z", to: "2026-11-02T12:00:00Z" }"#),
        "as it was": ask(r#"jobs: false, asOf: "2026-11-01T12:00:00Z""#),
    }));
}

#[test]
fn pages_make_up_the_whole() {
    let server = estate();
    for granularity in ["DATASET", "COLUMN", "JOB", "SCHEMA"] {
        let fields = "totalCount nodes { node { ... on Dataset { id } ... on Job { id } ... on Column { id } ... on LineageGroup { id } } }
            edges { from to } pageInfo { hasNextPage endCursor }";
        let ask = |more: &str| {
            server.ask(&format!("{{ lineage({PEOPLE}, granularity: {granularity}{more}) {{ {fields} }} }}"))["lineage"].clone()
        };
        let list = |answer: &Value, key: &str| answer[key].as_array().cloned().unwrap_or_default();
        let whole = ask("");
        let (mut nodes, mut edges, mut after) = (Vec::new(), Vec::new(), String::new());
        loop {
            let page = ask(&format!(", first: 2{after}"));
            assert_eq!(page["totalCount"], whole["totalCount"]);
            nodes.extend(list(&page, "nodes"));
            edges.extend(list(&page, "edges"));
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = format!(", after: {}", page["pageInfo"]["endCursor"]);
        }
        assert_eq!(nodes, list(&whole, "nodes"), "{granularity}");
        assert_eq!(edges.len(), list(&whole, "edges").len(), "{granularity}: every edge is on one page");
        let texts = |edges: Vec<Value>| edges.iter().map(Value::to_string).collect::<BTreeSet<_>>();
        assert_eq!(texts(edges), texts(list(&whole, "edges")));
    }
}

#[test]
fn paths_are_counted_and_the_shortest_listed() {
    let server = estate();
    let fields = format!(
        "totalCount onCycle complete paths {{ length confidence outcomes {{ influence masked }} steps {{ edges {{ job {{ name }} }}
         from {{ {0} }} to {{ {0} }} }} }}",
        "... on Dataset { name } ... on Job { name } ... on Column { name dataset { name } }"
    );
    let ask = |ends: &str| server.ask(&format!("{{ paths({ends}) {{ {fields} }} }}"))["paths"].clone();
    assert_json_snapshot!(json!({
        "datasets": ask(r#"from: { dataset: { namespace: "db", name: "raw.people" } }, to: { dataset: { namespace: "db", name: "bi.report" } }"#),
        "columns": ask(
            r#"from: { column: { namespace: "db", dataset: "raw.people", name: "mail" } },
               to: { column: { namespace: "db", dataset: "mart.kpi", name: "people" } }"#
        ),
        "jobs": ask(r#"from: { job: { namespace: "etl", name: "stage" } }, to: { job: { namespace: "etl", name: "report" } }, first: 1"#),
        "the wrong way": ask(r#"from: { dataset: { namespace: "db", name: "bi.report" } }, to: { dataset: { namespace: "db", name: "raw.people" } }"#),
    }));
}

#[test]
fn parts_of_columns_go_with_the_whole() {
    let server = Server::start();
    server.take(&[
        step(1, 1, "move", &["people"], "copy", &[("home", "people", "address", same()), ("zip", "people", "address.zip", same())]),
        step(2, 2, "use", &["copy"], "city", &[("name", "copy", "home.city", same()), ("code", "copy", "zip", same())]),
    ]);
    let ask = |dataset: &str, column: &str, direction: &str| {
        server.question(&format!(
            r#"from: {{ columns: [{{ namespace: "db", dataset: "{dataset}", name: "{column}" }}] }}, direction: {direction}, granularity: COLUMN"#
        ))
    };
    assert_json_snapshot!(json!({
        "a part passes through the whole": ask("people", "address.city", "DOWNSTREAM"),
        "the whole feeds what its parts feed": ask("people", "address", "DOWNSTREAM"),
        "and back": ask("city", "name", "UPSTREAM"),
    }));
}

#[test]
fn columns_of_temporary_datasets_are_gone_through() {
    let server = Server::start();
    let temporary = events::facet(json!({ "datasetType": "TABLE", "subType": "TEMPORARY" }));
    let mut make = step(1, 1, "make", &["a"], "scratch", &[("x", "a", "c", how("DIRECT", "TRANSFORMATION", true))]);
    make = events::with(make, &["outputs", "0", "facets", "datasetType"], temporary);
    server.take(&[make, step(2, 2, "use", &["scratch"], "b", &[("y", "scratch", "x", how("DIRECT", "AGGREGATION", false))])]);
    let ask = |more: &str| {
        server.question(&format!(
            r#"from: {{ columns: [{{ namespace: "db", dataset: "a", name: "c" }}] }}, direction: DOWNSTREAM, granularity: COLUMN{more}"#
        ))
    };
    assert_json_snapshot!(json!({ "contracted": ask(""), "shown": ask(", temporary: true") }));
}

#[test]
fn wrong_questions_are_told_so() {
    let server = Server::start();
    let error = |query: &str| server.ask_with(query, Value::Null)["errors"][0]["message"].clone();
    let fields = picture::QUESTION;
    assert_json_snapshot!([
        error(&format!("{{ lineage(from: {{}}, direction: BOTH) {{ {fields} }} }}")),
        error(&format!("{{ lineage({PEOPLE}, maxDepth: -1) {{ {fields} }} }}")),
        error(&format!(
            "{{ lineage({PEOPLE}, asOf: \"2026-11-01T00:00:00Z\", window: {{ from: \"2026-11-01T00:00:00Z\", to: \"2026-11-02T00:00:00Z\" }}) {{ {fields} }} }}"
        )),
        error(&format!(
            "{{ lineage({PEOPLE}, window: {{ from: \"2026-11-03T00:00:00Z\", to: \"2026-11-02T00:00:00Z\" }}) {{ {fields} }} }}"
        )),
    ]);
}
