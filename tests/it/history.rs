//! Facets over time: the newest wins, the old ones are kept, a removal is a fact too.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use tests::{Server, events};

fn at(day: u32, facets: Value) -> Value {
    events::dataset(&format!("2026-11-{day:02}T00:00:00Z"), "t", facets)
}

/// The answer after these events, which must not depend on their order.
fn told(sent: &[Value], query: &str) -> Value {
    let mut sent = sent.to_vec();
    let [forwards, backwards] = [(); 2].map(|()| {
        let server = Server::start();
        server.take(&sent);
        sent.reverse();
        server.ask(query)
    });
    assert_eq!(forwards, backwards, "the order of arrival matters");
    forwards
}

#[test]
fn a_schema_changes() {
    let schema = |columns: &[(&str, &str)]| json!({ "schema": events::schema(columns) });
    let sent = [
        at(1, schema(&[("id", "INT"), ("name", "TEXT")])),
        at(2, schema(&[("id", "INT"), ("name", "TEXT")])),
        at(3, schema(&[("id", "BIGINT"), ("name", "TEXT"), ("age", "INT")])),
        at(4, schema(&[("id", "BIGINT"), ("age", "INT")])),
    ];
    let data = told(
        &sent,
        r#"{ dataset(namespace: "db", name: "t") { columns { name type ordinal } schemaHistory { firstSeen lastSeen current added removed retyped columns { path type } } }
             schemaChanges { at added removed retyped dataset { name } } status { columns } }"#,
    );
    assert_json_snapshot!(data);
}

#[test]
fn a_schema_that_comes_back() {
    let schema = |kind: &str| json!({ "schema": events::schema(&[("id", kind)]) });
    let data = told(
        &[at(1, schema("INT")), at(2, schema("TEXT")), at(3, schema("INT"))],
        r#"{ dataset(namespace: "db", name: "t") { columns { name type } schemaHistory { firstSeen lastSeen current retyped columns { type } } } }"#,
    );
    assert_json_snapshot!(data);
}

#[test]
fn nested_fields_are_dotted_paths() {
    let facet = events::facet(json!({ "fields": [
        { "name": "person", "type": "STRUCT", "fields": [{ "name": "first.name", "type": "TEXT" }, { "name": "home", "fields": [{ "name": "zip" }] }] },
        { "name": "tail", "type": "INT", "ordinal_position": 7 },
    ] }));
    let data = told(
        &[at(1, json!({ "schema": facet }))],
        r#"{ dataset(namespace: "db", name: "t") { columnCount columns { name type depth ordinal } } column(namespace: "db", dataset: "t", name: "person.home.zip") { name depth dataset { name } } }"#,
    );
    assert_json_snapshot!(data);
}

#[test]
fn a_facet_is_removed_and_comes_back() {
    let said = |text: &str| json!({ "documentation": events::facet(json!({ "description": text })) });
    let gone = json!({ "documentation": { "_producer": "p", "_schemaURL": "s", "_deleted": true } });
    let query = r#"{ dataset(namespace: "db", name: "t") { description facets facetHistory(key: "documentation") { key firstSeen current deleted } } }"#;
    assert_json_snapshot!(json!({
        "removed": told(&[at(1, said("one")), at(2, gone.clone())], query),
        "an older removal": told(&[at(1, gone.clone()), at(2, said("one"))], query),
        "back again": told(&[at(1, said("one")), at(2, gone), at(3, said("two"))], query),
    }));
}

#[test]
fn a_removed_schema_leaves_no_columns() {
    let gone = json!({ "schema": { "_producer": "p", "_schemaURL": "s", "_deleted": true } });
    let data = told(
        &[at(1, json!({ "schema": events::schema(&[("id", "INT")]) })), at(2, gone)],
        r#"{ dataset(namespace: "db", name: "t") { columnCount columns { name } } status { columns } search(query: "id") { totalCount } }"#,
    );
    assert_json_snapshot!(data);
}

#[test]
fn the_end_of_a_run_knows_more_than_its_start() {
    let run = |kind: &str, text: &str| {
        let event = events::run(kind, "2026-11-01T00:00:00Z", &events::run_id(1), "copy", &[], &["t"]);
        let facet = events::facet(json!({ "description": text }));
        let event = events::with(event, &["outputs", "0", "facets", "documentation"], facet.clone());
        events::with(event, &["job", "facets", "documentation"], facet)
    };
    let data = told(
        &[run("COMPLETE", "at the end"), run("START", "when it began")],
        r#"{ dataset(namespace: "db", name: "t") { description } job(namespace: "etl", name: "copy") { description } }"#,
    );
    assert_eq!(data, json!({ "dataset": { "description": "at the end" }, "job": { "description": "at the end" } }));
}

/// Emitters write null for "nothing to say"; it takes nothing away.
#[test]
fn a_null_facet_says_nothing() {
    let facet = events::facet(json!({ "name": "spark", "version": "3.5", "description": "words" }));
    let run = |kind: &str, time: &str, facet: &Value| {
        let event = events::run(kind, time, &events::run_id(1), "copy", &[], &["t"]);
        let event = events::with(event, &["run", "facets", "processing_engine"], facet.clone());
        let event = events::with(event, &["job", "facets", "documentation"], facet.clone());
        events::with(event, &["outputs", "0", "facets", "documentation"], facet.clone())
    };
    let data = told(
        &[run("START", "2026-11-01T00:00:00Z", &facet), run("COMPLETE", "2026-11-01T00:00:05Z", &Value::Null)],
        r#"{ dataset(namespace: "db", name: "t") { description } job(namespace: "etl", name: "copy") { description latestRun { engine { name version } } } }"#,
    );
    let engine = json!({ "engine": { "name": "spark", "version": "3.5" } });
    assert_eq!(data, json!({ "dataset": { "description": "words" }, "job": { "description": "words", "latestRun": engine } }));
}

#[test]
fn facets_nobody_knows_are_kept_as_sent() {
    let facet =
        json!({ "_producer": "p", "_schemaURL": "s", "big": 12345678901234567890_u64, "deep": [{ "a": [null, 1.5, "ü"] }], "empty": {} });
    let data = told(&[at(1, json!({ "acme_custom": facet }))], r#"{ dataset(namespace: "db", name: "t") { facets } }"#);
    assert_eq!(data["dataset"]["facets"]["acme_custom"], facet);
}
