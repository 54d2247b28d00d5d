//! The shortest way through: an event in, a lineage out.

use tests::{Server, events};

#[test]
fn an_event_in_a_lineage_out() {
    let server = Server::start();
    let answer = server.post(&events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(1), "copy", &["a"], &["b"]));
    assert_eq!((answer.status, answer.text.as_str()), (201, ""));
    let data = server.ask(r#"{ dataset(namespace: "db", name: "a") { lineage(direction: DOWNSTREAM) { totalCount nodes { distance node { __typename } } } } }"#);
    assert_eq!(data["dataset"]["lineage"]["totalCount"], 3);
}
