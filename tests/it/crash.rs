//! Acknowledged means recoverable: kill -9 in the middle of everything, and nothing that was answered
//! 201 is lost (design 8.1).

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;
use tests::{Server, events};

const CLIENTS: usize = 6;

fn start_event(client: usize, number: usize) -> Value {
    let run = format!("client {client} run {number}");
    let (job, output) = (format!("job {client}"), format!("out {client} {}", number % 10));
    events::run("START", "2026-11-01T00:00:00Z", &run, &job, &["shared"], &[&output])
}

/// Clients post as fast as they can until the server is gone; what was acknowledged is added.
fn post_until_killed(server: &Server, next: &AtomicUsize, acknowledged: &Mutex<BTreeSet<String>>, after: usize) {
    let known = acknowledged.lock().unwrap().len();
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            scope.spawn(move || {
                loop {
                    let event = start_event(client, next.fetch_add(1, Ordering::Relaxed));
                    match server.try_post(&event).map(|answer| answer.status) {
                        Some(201) => {}
                        Some(503) => continue,
                        None => return,
                        Some(status) => panic!("answered {status}"),
                    }
                    let mut acknowledged = acknowledged.lock().unwrap();
                    acknowledged.insert(event["run"]["runId"].as_str().unwrap().to_owned());
                    if acknowledged.len() >= known + after {
                        drop(acknowledged);
                        server.kill();
                    }
                }
            });
        }
    });
}

/// Run ids and how many events each has.
fn runs(server: &Server) -> BTreeMap<String, u64> {
    let mut all = BTreeMap::new();
    let mut after = Value::Null;
    loop {
        let query = "query($after: String) { runs(first: 1000, after: $after) { edges { node { id eventCount events { seq } } } pageInfo { hasNextPage endCursor } } }";
        let answer = server.ask_with(query, json!({ "after": after }));
        assert!(answer["errors"].is_null(), "{answer:#}");
        let page = &answer["data"]["runs"];
        for edge in page["edges"].as_array().unwrap() {
            let node = &edge["node"];
            let count = node["eventCount"].as_u64().unwrap();
            assert_eq!(node["events"].as_array().unwrap().len() as u64, count, "{node}");
            all.insert(node["id"].as_str().unwrap().to_owned(), count);
        }
        if page["pageInfo"]["hasNextPage"] != true {
            return all;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

#[test]
fn nothing_acknowledged_is_lost() {
    let folder = TempDir::new().unwrap();
    let (next, acknowledged) = (AtomicUsize::new(0), Mutex::new(BTreeSet::new()));
    for round in 0..6 {
        let server = Server::start_in(folder.path(), &[]);
        post_until_killed(&server, &next, &acknowledged, 20 + 90 * round);
        drop(server);
        // Killed again while it catches up.
        Server::start_in(folder.path(), &[]).kill();
        let server = Server::start_in(folder.path(), &[]);
        let found = runs(&server);
        let acknowledged = acknowledged.lock().unwrap();
        let lost: Vec<_> = acknowledged.iter().filter(|run| found.get(*run) != Some(&1)).collect();
        assert!(lost.is_empty(), "round {round}: {} of {} acknowledged events are lost: {lost:?}", lost.len(), acknowledged.len());
        // What was not acknowledged may be there; whatever is there is whole.
        let status = server.ask("{ status { logSeq runs } }")["status"].clone();
        assert_eq!((&status["logSeq"], &status["runs"]), (&json!(found.len()), &json!(found.len())));
        server.kill();
    }
    Server::digests(folder.path());
}

#[test]
fn a_client_that_was_cut_off_sends_again_and_nothing_is_there_twice() {
    let folder = TempDir::new().unwrap();
    let server = Server::start_in(folder.path(), &[]);
    let sent: Vec<Value> = (0..300).map(|number| start_event(1, number)).collect();
    std::thread::scope(|scope| {
        scope.spawn(|| server.try_post(&json!(sent)));
        server.kill();
    });
    drop(server);
    let server = Server::start_in(folder.path(), &[]);
    for event in &sent {
        assert_eq!(server.post(event).status, 201);
    }
    assert_eq!(runs(&server), sent.iter().map(|event| (event["run"]["runId"].as_str().unwrap().to_owned(), 1)).collect());
    assert!(server.stop());
    Server::digests(folder.path());
}

#[test]
fn an_array_is_stored_whole_or_not_at_all() {
    let folder = TempDir::new().unwrap();
    for round in 0..5 {
        let server = Server::start_in(folder.path(), &[]);
        let before = server.ask("{ status { logSeq } }")["status"]["logSeq"].as_u64().unwrap();
        let events: Vec<Value> = (0..200).map(|i| start_event(round, 1000 * round + i)).collect();
        let answered = std::thread::scope(|scope| {
            let post = scope.spawn(|| server.try_post(&json!(events)).is_some());
            // Something else is asked meanwhile, so that the kill falls somewhere in the middle.
            for _ in 0..round {
                let _ = server.try_post(&start_event(9, round));
            }
            server.kill();
            post.join().unwrap()
        });
        drop(server);
        let server = Server::start_in(folder.path(), &[]);
        let found = runs(&server).keys().filter(|run| run.starts_with(&format!("client {round} "))).count();
        assert!(found == 200 || (found == 0 && !answered), "{found} of 200, answered: {answered}, before {before}");
        assert!(server.stop());
    }
}
