//! Honesty about every event (issue 3, item 5): what became of it, what is odd about it, what its facets
//! are good for; per producer; and the quarantine with its replay.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use tests::{Server, events};

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

fn run(number: u32, job: &str) -> Value {
    events::run("COMPLETE", "2020-11-01T00:00:00Z", &events::run_id(number), job, &["a"], &["b"])
}

fn post(server: &Server, event: &Value) {
    let answer = server.post(event);
    assert_eq!(answer.status, 201, "{}", answer.text);
}

/// The whole answer, errors included.
fn graphql(server: &Server, query: &str) -> Value {
    server.post_bytes("/graphql", &JSON, json!({ "query": query }).to_string().as_bytes()).json()
}

fn seqs(server: &Server, filter: &str) -> Vec<i64> {
    let data = server.ask(&format!("{{ events(first: 100, filter: {{{filter}}}) {{ totalCount complete edges {{ node {{ seq }} }} }} }}"));
    let seqs: Vec<i64> = data["events"]["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["seq"].as_i64().unwrap()).collect();
    assert_eq!((data["events"]["totalCount"].as_u64(), data["events"]["complete"].as_bool()), (Some(seqs.len() as u64), Some(true)));
    seqs
}

/// An event with something odd in every part.
fn odd() -> Value {
    let facet = json!({ "fields": "broken" });
    json!({
        "eventTime": "2020-11-01T00:00:00",
        "eventType": "DONE",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/JobEvent",
        "run": { "runId": "run 1", "facets": { "parent": { "run": { "runId": "run 1" }, "job": { "namespace": "etl", "name": "odd" } }, "mine": { "n": 12345678901234567890_u64 } } },
        "job": { "namespace": "etl", "name": "odd", "facets": { "sql": 7 } },
        "inputs": [{ "name": "nameless", "facets": { "schema": {} } }, { "namespace": "db", "name": "a", "facets": { "outputStatistics": events::facet(json!({})) } }],
        "outputs": [{ "namespace": "db", "name": "b", "facets": { "schema": facet, "lineage": events::facet(json!({})), "storage": null },
            "outputFacets": { "outputStatistics": events::facet(json!({ "rowCount": 12.0 })) } }],
    })
}

#[test]
fn an_event_says_what_became_of_it() {
    let server = Server::start();
    post(&server, &odd());
    let data = server.ask(
        "{ event(seq: 1) { seq hash eventTime kind eventType producer outcome repeats { times } findingCount findings { code pointer }
             facets { pointer container usage why } raw job { name } run { id state } inputs { name } outputs { name } dataset { name } } }",
    );
    let sent: Value = serde_json::from_str(data["event"]["raw"].as_str().unwrap()).unwrap();
    assert_eq!(sent, odd());
    assert!(data["event"]["raw"].as_str().unwrap().contains("\"n\":12345678901234567890"), "numbers stay as they were sent");
    assert_json_snapshot!(data);
    let hash = data["event"]["hash"].as_str().unwrap();
    assert_eq!(server.ask(&format!("{{ event(hash: \"{hash}\") {{ seq }} }}"))["event"]["seq"], 1);
    assert_eq!(
        server.ask("{ event(seq: 2) { seq } none: event(hash: \"00000000000000000000000000000000\") { seq } }"),
        json!({ "event": null, "none": null })
    );
}

#[test]
fn repeats_are_counted_and_change_nothing_else() {
    let server = Server::start();
    let [a, b] = [run(1, "x"), run(2, "x")];
    for body in [json!([a, b, a]), json!([a]), json!([b, a])] {
        post(&server, &body);
    }
    let data = server.ask("{ events { totalCount edges { node { seq outcome repeats { times lastAt } receivedAt } } } status { logSeq } }");
    let nodes: Vec<&Value> = data["events"]["edges"].as_array().unwrap().iter().map(|edge| &edge["node"]).collect();
    let told: Vec<Value> = nodes.iter().map(|node| json!([node["seq"], node["outcome"], node["repeats"]["times"]])).collect();
    assert_eq!(told, [json!([2, "REPEATED", 1]), json!([1, "REPEATED", 3])]);
    assert!(nodes.iter().all(|node| node["repeats"]["lastAt"].as_str() >= node["receivedAt"].as_str()));
    post(&server, &run(3, "x"));
    assert_eq!((seqs(&server, "outcome: REPEATED"), seqs(&server, "outcome: ACCEPTED")), (vec![2, 1], vec![3]));
}

#[test]
fn events_are_found_by_whatever_people_know() {
    let server = Server::start();
    let time = "2020-11-01T00:00:00Z";
    let other = |event: Value| events::with(event, &["producer"], "https://example.org/other".into());
    post(&server, &json!([run(1, "load"), other(run(1, "load")), events::run("START", time, &events::run_id(2), "copy", &["a"], &["b"])]));
    post(&server, &json!([events::job(time, "load", &["a"], &["b"]), events::dataset(time, "Orders", json!({})), odd()]));
    let cases = [
        ("", vec![6, 5, 4, 3, 2, 1]),
        ("producer: \"https://example.org/other\"", vec![2]),
        ("producer: \"\"", vec![6]),
        ("producer: \"nobody\"", vec![]),
        ("namespace: \"etl\"", vec![6, 4, 3, 2, 1]),
        ("namespace: \"db\"", vec![5]),
        ("job: \"load\"", vec![4, 2, 1]),
        ("namespace: \"db\", job: \"load\"", vec![]),
        ("runId: \"0190F3A8-0000-7000-8000-000000000001\"", vec![2, 1]),
        ("runId: \"run 1\"", vec![6]),
        ("eventType: START", vec![3]),
        ("eventType: OTHER", vec![6]),
        ("kind: JOB", vec![4]),
        ("kind: DATASET", vec![5]),
        ("text: \"order\"", vec![5]),
        ("text: \"EXAMPLE.org/oth\"", vec![2]),
        ("finding: \"SELF_PARENT\"", vec![6]),
        ("since: \"2000-01-01T00:00:00Z\", kind: JOB, text: \"loa\"", vec![4]),
        ("until: \"2000-01-01T00:00:00Z\"", vec![]),
        ("afterSeq: 4", vec![6, 5]),
    ];
    for (filter, expected) in cases {
        assert_eq!(seqs(&server, filter), expected, "{filter}");
    }
    let mut after = Value::Null;
    let mut walked = Vec::new();
    while walked.len() < 6 {
        let page = server
            .ask(&format!("{{ events(first: 2, after: {after}) {{ edges {{ node {{ seq }} }} pageInfo {{ endCursor hasNextPage }} }} }}"));
        walked.extend(page["events"]["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["seq"].as_i64().unwrap()));
        after = page["events"]["pageInfo"]["endCursor"].clone();
        assert_eq!(page["events"]["pageInfo"]["hasNextPage"], walked.len() < 6);
    }
    assert_eq!(walked, [6, 5, 4, 3, 2, 1]);
}

#[test]
fn questions_that_make_no_sense_are_answered_in_words() {
    let server = Server::start();
    let said: Vec<Value> = [
        "{ events(filter: { outcome: QUARANTINED }) { totalCount } }",
        "{ events(filter: { finding: \"NONSENSE\" }) { totalCount } }",
        "{ event { seq } }",
        "{ event(hash: \"zz\") { seq } }",
        "mutation { replayQuarantined(id: \"7\") { taken } }",
    ]
    .iter()
    .map(|query| graphql(&server, query)["errors"][0]["message"].clone())
    .collect();
    assert_json_snapshot!(said);
}

#[test]
fn producers_are_compared_with_the_specification() {
    let server = Server::start();
    let schema = events::schema(&[("x", "INT")]);
    let told = events::with(
        run(1, "good"),
        &["outputs", "0", "facets"],
        json!({ "schema": schema, "columnLineage": events::column_lineage(&[("x", "a", "x")]) }),
    );
    let started = events::run("START", "2020-11-02T00:00:00Z", &events::run_id(9), "good", &[], &["c"]);
    post(&server, &json!([told, started, odd(), events::with(odd(), &["eventTime"], "2020-11-03T00:00:00Z".into())]));
    let data = server.ask(
        "{ producers { totalCount edges { node { producer events firstSeen lastSeen datasets outputs shareOfOutputsWithSchema
             shareOfOutputsWithColumnLineage outputsWithoutSchema { name } outputsWithoutColumnLineage { name } neverEndingRuns neverEndingAfterSeconds
             silentRuns { id } findings { code events firstSeen lastSeen example { seq } } } } } }",
    );
    assert_json_snapshot!(data);
}

#[test]
fn clocks_that_are_wrong_are_told() {
    let server = Server::start();
    post(&server, &events::with(run(1, "x"), &["eventTime"], "2200-01-01T00:00:00Z".into()));
    post(&server, &events::with(run(2, "x"), &["eventTime"], "2000-01-01T00:00:00Z".into()));
    let data = server.ask("{ events { edges { node { findings { code pointer } } } } }");
    let codes: Vec<&Value> = data["events"]["edges"].as_array().unwrap().iter().map(|edge| &edge["node"]["findings"][0]["code"]).collect();
    assert_eq!(codes, ["EVENT_TIME_BEHIND", "EVENT_TIME_AHEAD"]);
}

#[test]
fn a_refused_event_is_corrected_and_replayed() {
    let server = Server::start();
    let bad = events::with(run(1, "x"), &["eventTime"], "soon".into());
    assert_eq!(server.post(&bad).status, 400);
    assert_eq!(server.post(&bad).status, 400);
    let replay = |body: Option<String>| {
        let body = body.map_or(Value::Null, Value::from);
        let query = "mutation($body: String) { replayQuarantined(id: \"1\", body: $body) { taken events { index outcome seq reason pointer } quarantined { times replayed { seq } } } }";
        let answer = server.post_bytes("/graphql", &JSON, json!({ "query": query, "variables": { "body": body } }).to_string().as_bytes());
        answer.json()["data"]["replayQuarantined"].clone()
    };
    let said = json!({
        "unchanged": replay(None),
        "worse": replay(Some("{".into())),
        "half right": replay(Some(json!([run(1, "x"), {}]).to_string())),
        "nothing of these was taken": server.ask("{ status { logSeq quarantined } }"),
        "corrected": replay(Some(run(1, "x").to_string())),
        "again": replay(Some(json!([run(2, "x"), run(1, "x")]).to_string())),
        "afterwards": server.ask("{ quarantine { edges { node { id times reason pointer whole replayed { seq } } } } runs { totalCount } }"),
    });
    assert_json_snapshot!(said);
}

#[test]
fn a_body_that_was_cut_is_not_replayed_as_if_it_were_whole() {
    let server = Server::start();
    let long = format!("{{\"x\":\"{}\"}}", "y".repeat(2 << 20));
    assert_eq!(server.post_bytes("/api/v1/lineage", &JSON, long.as_bytes()).status, 400);
    let answer = graphql(&server, "mutation { replayQuarantined(id: \"1\") { taken } }");
    assert!(answer["errors"][0]["message"].as_str().unwrap().contains("give the whole body"), "{answer}");
    assert_eq!(server.ask("{ quarantine { edges { node { whole } } } }")["quarantine"]["edges"][0]["node"]["whole"], false);
}

#[test]
fn another_sites_page_may_not_replay() {
    let server = Server::start();
    assert_eq!(server.post(&json!({})).status, 400);
    let body = json!({ "query": "mutation { replayQuarantined(id: \"1\", body: \"{}\") { taken } }" }).to_string();
    for foreign in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        assert_eq!(server.post_bytes("/graphql", &[JSON[0], foreign], body.as_bytes()).status, 403, "{foreign:?}");
    }
    assert_eq!(server.post_bytes("/graphql", &[("content-type", "text/plain")], body.as_bytes()).status, 415);
}
