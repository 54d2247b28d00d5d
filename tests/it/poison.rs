//! Facets with wrong types everywhere: the event is taken, and every page about it still answers.

use serde_json::{Value, json};
use tests::{Server, events};

const DATASET: &str = "id namespace name description columnCount columns { id name type description ordinal inSchema depth tags { name value source } upstreamCount downstreamCount lineage(direction: BOTH) { totalCount edges { transformations { type subtype description masking } } } }
    tags { name value source } owners { name type } facets facetHistory { key value firstSeen lastSeen producer schemaUrl current deleted }
    schemaHistory { firstSeen lastSeen current columns { path type description } added removed retyped }
    source { name uri } symlinks { namespace name type } version lifecycle { state at previous { namespace name } } firstSeen lastSeen lastWrittenAt
    kind { type subType } storage { layer fileFormat } hierarchy { type name } aliases { namespace name } temporary droppedAt
    catalog { framework type name metadataUri warehouseUri source properties { name value } }
    metrics { rowCount bytes fileCount lastUpdated columns { column nullCount distinctCount count sum min max quantiles { at value } } }
    jobs { totalCount } runs { edges { role rowCount bytes node { id } } } assertions { name success column severity at run { id } }
    lineage(direction: BOTH) { totalCount complete nodes { distance } edges { basis origin firstSeen } }";
const JOB: &str = "id namespace name displayName description platform { name value } dependencies { triggerRule } sourceCode { language code }
    type { processingType integration jobType eventTrigger eventContentMode windowSeconds } tags { name } owners { name type } facets facetHistory { key value deleted }
    sql { query dialect } sourceCodeLocation { type url repoUrl path version branch } parents { name } children { totalCount } firstSeen latestRun { id }
    runs { totalCount } inputs { name } outputs { name } lineage(direction: BOTH) { totalCount }";
const RUN: &str = "id state job { name } startedAt endedAt durationMs nominalStart nominalEnd firstEventAt eventCount parent { id } root { id } children { totalCount } siblings { id } inferred
    inputs { name rowCount bytes fileCount version subset report { name value } facets assertions { name success } metrics { rowCount } } outputs { name rowCount bytes fileCount version subset report { name value } facets assertions { name success } }
    stale externalQuery { id source } extractionErrors { totalTasks failedTasks errors { message stackTrace task taskNumber } }
    parameters { key name description value } environment { key value } tags { name value source } platform { name value }
    tests { name status severity type description expected actual content contentType parameters { name value } }
    dependencies { triggerRule upstream { namespace name runId type } downstream { name } }
    error { message programmingLanguage stackTrace } engine { name version adapterVersion } facets facetHistory { key value } events { seq eventType eventTime body }";

/// Every way to put something wrong into one place of a value, the value itself included.
fn wrong(value: &Value) -> Vec<Value> {
    let mut all: Vec<Value> = [
        Value::Null,
        json!(7),
        json!(-1.5e300),
        json!("text"),
        json!(""),
        json!(true),
        json!([]),
        json!([null, 7, "x", [], {}]),
        json!({}),
        json!({ "x": { "y": [null] }, "": null }),
    ]
    .into();
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                all.extend(wrong(member).into_iter().map(|bad| {
                    let mut copy = members.clone();
                    copy.insert(key.clone(), bad);
                    Value::Object(copy)
                }));
            }
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                all.extend(wrong(item).into_iter().map(|bad| {
                    let mut copy = items.clone();
                    copy[place] = bad;
                    Value::Array(copy)
                }));
            }
        }
        _ => {}
    }
    all
}

/// An event with one facet in every position that facets have.
fn event(number: usize, key: &str, facet: &Value) -> Value {
    let (job, input, output) = (format!("job {number}"), format!("in {number}"), format!("out {number}"));
    let run = events::run_id(number as u32 + 1000);
    let mut event = events::run("COMPLETE", "2026-11-01T00:00:00Z", &run, &job, &[&input], &[&output]);
    let places: [&[&str]; 6] = [
        &["run", "facets"],
        &["job", "facets"],
        &["inputs", "0", "facets"],
        &["inputs", "0", "inputFacets"],
        &["outputs", "0", "facets"],
        &["outputs", "0", "outputFacets"],
    ];
    for place in places {
        event = events::with(event, place, json!({ key: facet }));
    }
    event
}

/// Asks for every entity with every field, page by page; any GraphQL error fails.
fn read_everything(server: &Server) -> [usize; 3] {
    [("datasets", DATASET), ("jobs", JOB), ("runs", RUN)].map(|(list, fields)| {
        let mut seen = 0;
        let mut after = Value::Null;
        loop {
            let query = format!("query($after: String) {{ {list}(first: 100, after: $after) {{ totalCount edges {{ node {{ {fields} }} }} pageInfo {{ hasNextPage endCursor }} }} }}");
            let answer = server.ask_with(&query, json!({ "after": after }));
            assert!(answer["errors"].is_null(), "{list} after {seen}: {:#}", answer["errors"]);
            let page = &answer["data"][list];
            seen += page["edges"].as_array().unwrap().len();
            if page["pageInfo"]["hasNextPage"] != true {
                assert_eq!(page["totalCount"], seen);
                return seen;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    })
}

#[test]
fn wrong_types_in_every_position_of_every_facet() {
    let server = Server::start();
    let facets: Value = serde_json::from_str(include_str!("../fixtures/facets.json")).unwrap();
    let mut number = 0;
    for (key, facet) in facets.as_object().unwrap() {
        let sent: Vec<Value> = std::iter::once(facet.clone())
            .chain(wrong(facet))
            .map(|bad| {
                number += 1;
                event(number, key, &bad)
            })
            .collect();
        let answer = server.post(&json!(sent));
        assert_eq!(answer.status, 201, "{key}: {}", answer.text);
    }
    let [datasets, jobs, runs] = read_everything(&server);
    // A few of the spoilt facets still say that two datasets are one.
    assert!(number > 1000 && datasets >= 2 * number - 50 && jobs >= number && runs >= number, "{number} {datasets} {jobs} {runs}");
    let status = server.ask("{ status { logSeq catalogSeq quarantined } }");
    assert_eq!(status["status"], json!({ "logSeq": number, "catalogSeq": number, "quarantined": 0 }));
    assert_eq!(
        server.ask(r#"{ search(query: "job", first: 1) { edges { node { __typename } } } }"#)["search"]["edges"].as_array().unwrap().len(),
        1
    );
    let _ = server.ask("{ schemaChanges(first: 100) { at added removed retyped } namespaces { name datasets jobs } }");
}

#[test]
fn facets_that_are_no_object_at_all() {
    let server = Server::start();
    let event = events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(1), "copy", &["a"], &["b"]);
    let mut number = 1;
    for bad in wrong(&Value::Null) {
        for place in [
            vec!["run", "facets"],
            vec!["job", "facets"],
            vec!["inputs", "0", "facets"],
            vec!["outputs", "0", "outputFacets"],
            vec!["producer"],
            vec!["schemaURL"],
            vec!["eventType"],
        ] {
            number += 1;
            let event = events::with(event.clone(), &["run", "runId"], events::run_id(number).into());
            server.take(&[events::with(event, &place, bad.clone())]);
        }
    }
    assert_eq!(read_everything(&server)[2], number as usize - 1);
}

#[test]
fn datasets_that_are_none_are_passed_over() {
    let server = Server::start();
    let event = events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(1), "copy", &["a"], &["b"]);
    let bad = wrong(&json!({ "namespace": "db", "name": "x" }));
    let count = bad.len();
    let mut inputs = bad;
    inputs.push(json!({ "namespace": "db", "name": "good" }));
    server.take(&[events::with(event, &["inputs"], Value::Array(inputs))]);
    let run = server.ask(&format!(r#"{{ run(id: "{}") {{ inputs {{ namespace name }} outputs {{ name }} }} }}"#, events::run_id(1)));
    insta::assert_json_snapshot!(json!({ "wrong entries": count, "run": run["run"] }));
}

/// Numbers that no 64-bit integer or float can hold survive as sent.
#[test]
fn numbers_beyond_any_type_are_kept() {
    let server = Server::start();
    let number = "123456789012345678901234567890.5e400";
    let text = events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(1), "copy", &[], &["b"]).to_string();
    let text = text.replacen(
        r#""name":"b""#,
        &format!(r#""name":"b","facets":{{"huge":{{"n":{number}}},"version":{{"datasetVersion":{number}}}}},"outputFacets":{{"outputStatistics":{{"rowCount":{number},"size":9223372036854775808,"fileCount":-1}}}}"#),
        1,
    );
    let answer = server.post_bytes("/api/v1/lineage", &[("content-type", "application/json")], text.as_bytes());
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(read_everything(&server), [1, 1, 1]);
    let version = server.ask(r#"{ dataset(namespace: "db", name: "b") { version } }"#);
    assert_eq!(version["dataset"]["version"], number);
}
