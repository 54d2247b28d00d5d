//! The second clock: what the server had been told by a moment of its own time.

use serde_json::{Value, json};
use tests::{Server, events};

const LINEAGE: &str = r#"{ dataset(namespace: "db", name: "a") { lineage(direction: DOWNSTREAM) { datasetCount } }
    status { datasets catalogSeq } search(query: "later", first: 5) { totalCount } }"#;

fn asked(server: &Server, known_at: &str, query: &str) -> (u16, Value) {
    let body = json!({ "query": query }).to_string();
    let answer = server.post_bytes(&format!("/graphql?knownAt={known_at}"), &[("content-type", "application/json")], body.as_bytes());
    (answer.status, answer.json())
}

fn received(server: &Server, seq: u64) -> String {
    let event = server.ask("{ events(first: 10) { edges { node { seq receivedAt } } } }");
    let edges = event["events"]["edges"].as_array().cloned().unwrap_or_default();
    let found = edges.iter().find(|edge| edge["node"]["seq"] == seq);
    found.and_then(|edge| edge["node"]["receivedAt"].as_str()).unwrap_or_default().to_owned()
}

#[test]
fn an_answer_holds_for_what_was_known_then() {
    let server = Server::start();
    // Told second, it happened first: the clock of events cannot tell the two apart, the server's can.
    server.take(&[events::run("COMPLETE", "2026-11-02T00:00:00Z", &events::run_id(1), "one", &["a"], &["b"])]);
    server.ask("{ status { catalogSeq } }");
    server.take(&[events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(2), "two", &["b"], &["later"])]);
    let now = server.ask(LINEAGE);
    assert_eq!(now["dataset"]["lineage"]["datasetCount"], 3);
    let (status, then) = asked(&server, &received(&server, 1), LINEAGE);
    assert_eq!(status, 200, "{then}");
    assert_eq!(
        then["data"],
        json!({
            "dataset": { "lineage": { "datasetCount": 2 } },
            "status": { "datasets": 2, "catalogSeq": 1 },
            "search": { "totalCount": 0 },
        })
    );
    let (_, today) = asked(&server, "2126-01-01T00:00:00Z", LINEAGE);
    assert_eq!(today["data"], now);
    let (_, before) = asked(&server, "1999-01-01T00:00:00Z", "{ status { datasets catalogSeq } }");
    assert_eq!(before["data"]["status"], json!({ "datasets": 0, "catalogSeq": 0 }));
}

#[test]
fn the_past_is_not_changed_and_not_guessed() {
    let server = Server::start();
    let (status, answer) = asked(&server, "2026-11-01T00:00:00Z", "mutation { replayQuarantined(id: \"1\") { outcome } }");
    assert_eq!((status, &answer["detail"]), (400, &json!("knownAt is for queries; what was known cannot be changed")));
    let (status, answer) = asked(&server, "yesterday", "{ status { datasets } }");
    assert_eq!((status, &answer["detail"]), (400, &json!("knownAt must be a date and time such as 2026-01-31T12:00:00Z")));
}
