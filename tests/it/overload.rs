//! More than the server can take: 503 with Retry-After, nothing acknowledged is lost, readers go on.

use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tempfile::TempDir;
use tests::{Server, events};

fn event(client: usize, number: usize) -> Value {
    let run = format!("client {client} run {number}");
    events::run("COMPLETE", "2026-11-01T00:00:00Z", &run, &format!("job {client}"), &["in"], &[&format!("out {client}")])
}

/// A server that sends clients away as soon as two events wait to be projected.
#[test]
fn clients_are_sent_away_and_come_back() {
    let folder = TempDir::new().unwrap();
    let config = folder.path().join("headwater.toml");
    std::fs::write(&config, "[limits]\nprojection_lag = 1\n").unwrap();
    let server = Server::start_in(&folder.path().join("data"), &["--config", &config.display().to_string()]);
    let sent_away = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for client in 0..6 {
            let (server, sent_away) = (&server, &sent_away);
            scope.spawn(move || {
                for number in 0..30 {
                    loop {
                        let answer = server.post(&event(client, number));
                        if answer.status == 201 {
                            break;
                        }
                        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")), "{}", answer.text);
                        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
                        sent_away.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    assert!(sent_away.load(Ordering::Relaxed) > 0, "nobody was sent away");
    assert_eq!(server.ask("{ status { logSeq runs } }")["status"], json!({ "logSeq": 180, "runs": 180 }));
    assert!(server.stop());
}

#[test]
fn readers_see_whole_answers_while_others_write() {
    let server = Server::start();
    server.take(&[event(0, 0)]);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (server, done) = (&server, &done);
        let writers: Vec<_> = (0..3)
            .map(|client| {
                scope.spawn(move || {
                    for round in 0..15 {
                        let batch: Vec<Value> = (0..20).map(|i| event(client * 100 + i, round)).collect();
                        assert_eq!(server.post(&json!(batch)).status, 201);
                    }
                })
            })
            .collect();
        let reader = scope.spawn(move || {
            let mut versions = Vec::new();
            while !done.load(Ordering::Relaxed) {
                let query = r#"{ dataset(namespace: "db", name: "in") { lineage(direction: DOWNSTREAM) { totalCount complete graphVersion nodes { node { ... on Dataset { id } ... on Job { id } } } edges { from to } } } }"#;
                let body = json!({ "query": query }).to_string();
                let answer = server.post_bytes("/graphql", &[("content-type", "application/json")], body.as_bytes()).json();
                assert!(answer["errors"].is_null(), "{answer:#}");
                let lineage = &answer["data"]["dataset"]["lineage"];
                let nodes: Vec<&Value> = lineage["nodes"].as_array().unwrap().iter().map(|node| &node["node"]["id"]).collect();
                assert_eq!(lineage["totalCount"], nodes.len());
                for edge in lineage["edges"].as_array().unwrap() {
                    assert!(nodes.contains(&&edge["from"]) && nodes.contains(&&edge["to"]), "an edge to a node that is not there");
                }
                versions.push(lineage["graphVersion"].as_u64().unwrap());
            }
            assert!(versions.is_sorted(), "answers go back in time: {versions:?}");
        });
        let wrote: Vec<_> = writers.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        done.store(true, Ordering::Relaxed);
        reader.join().unwrap();
        assert!(wrote.iter().all(Result::is_ok));
    });
    assert_eq!(server.counts()["runs"], 900);
}
