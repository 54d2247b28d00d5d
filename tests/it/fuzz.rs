//! Bytes at random: every body is answered 201 or 400, and the server lives.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tests::{Server, gzip};

/// A good event with a few bytes changed, cut, doubled or inserted.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let lines: Vec<&'static str> =
        include_str!("../fixtures/real/python-client-sync.ndjson").lines().filter(|line| line.len() < 20_000).collect();
    let change = (any::<prop::sample::Index>(), 0..4_u8, any::<u8>(), 1..40_usize);
    (prop::sample::select(lines), prop::collection::vec(change, 1..6)).prop_map(|(line, changes)| {
        let mut bytes = line.as_bytes().to_vec();
        for (place, kind, byte, length) in changes {
            let start = place.index(bytes.len().max(1)).min(bytes.len());
            let end = (start + length).min(bytes.len());
            match kind {
                0 if start < bytes.len() => bytes[start] = byte,
                1 => drop(bytes.drain(start..end)),
                2 => {
                    let piece = bytes[start..end].to_vec();
                    bytes.splice(start..start, piece);
                }
                _ => bytes.insert(start, b"{}[]\",:\\0-e.nN\0"[usize::from(byte) % 15]),
            }
        }
        bytes
    })
}

#[test]
fn no_body_brings_the_server_down() {
    let server = Server::start();
    let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&(mutated(), any::<bool>()), |(body, packed)| {
        let answer = if packed {
            server.post_bytes("/api/v1/lineage", &[("content-encoding", "gzip")], &gzip(&body))
        } else {
            server.post_bytes("/api/v1/lineage", &[], &body)
        };
        prop_assert!(matches!(answer.status, 201 | 400), "{} {}", answer.status, answer.text);
        Ok(())
    });
    outcome.unwrap_or_else(|e| panic!("{e}"));
    let data = server.ask("{ status { logSeq catalogSeq } datasets(first: 1000) { edges { node { name facets columns { name } lineage(direction: BOTH) { totalCount } } } } runs(first: 1000) { edges { node { id state } } } }");
    assert_eq!(data["status"]["logSeq"], data["status"]["catalogSeq"]);
    assert!(data["status"]["logSeq"].as_u64() > Some(10), "hardly any was an event");
}

#[test]
fn no_question_brings_the_server_down() {
    let server = Server::start();
    let mut runner = TestRunner::new(Config { cases: 300, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&(".{0,200}", any::<i32>()), |(text, first)| {
        let query = "query($text: String!, $first: Int!) { search(query: $text, first: 5) { totalCount } dataset(namespace: $text, name: $text) { id } run(id: $text) { id } jobs(namespace: $text, first: $first) { totalCount } }";
        let body = serde_json::json!({ "query": query, "variables": { "text": text, "first": first.rem_euclid(1001) } }).to_string();
        let answer = server.post_bytes("/graphql", &[("content-type", "application/json")], body.as_bytes());
        prop_assert!(answer.status == 200 && answer.json()["errors"].is_null(), "{} {}", answer.status, answer.text);
        let body = serde_json::json!({ "query": text }).to_string();
        let answer = server.post_bytes("/graphql", &[("content-type", "application/json")], body.as_bytes());
        prop_assert!(answer.status == 200, "{} {}", answer.status, answer.text);
        Ok(())
    });
    outcome.unwrap_or_else(|e| panic!("{e}"));
}
