//! While the event log cannot be written nothing is acknowledged, everybody hears why, and when it can
//! be written again nothing has to be restarted.

use serde_json::Value;
use std::collections::BTreeSet;
use tempfile::TempDir;
use tests::{Server, events};

fn event(name: &str) -> Value {
    events::run("COMPLETE", "2026-11-01T00:00:00Z", name, "job", &["source"], &[&format!("out {name}")])
}

/// Posts until one is taken: what every client does with a 503.
fn post_until_taken(server: &Server, name: &str) {
    for _ in 0..20_000 {
        let answer = server.post(&event(name));
        if answer.status == 201 {
            return;
        }
        assert_eq!(answer.status, 503, "{}", answer.text);
        std::thread::yield_now();
    }
    panic!("the server does not recover");
}

/// Names of the datasets that events of `taken` wrote and the server does not know.
fn lost(server: &Server, taken: &BTreeSet<String>) -> Vec<String> {
    let known = |name: &str| {
        let answer = server.ask_about("query($name: String!) { dataset(namespace: \"db\", name: $name) { name } }", name);
        !answer["dataset"].is_null()
    };
    taken.iter().map(|name| format!("out {name}")).filter(|name| !known(name)).collect()
}

const REASON: &str = "the event log cannot be written: I/O error while writing";

#[test]
fn nothing_is_acknowledged_that_was_not_written() {
    let folder = TempDir::new().unwrap();
    let server = Server::start_limited(folder.path());
    let mut taken = BTreeSet::new();
    for round in 0..3 {
        for i in 0..3 {
            post_until_taken(&server, &format!("{round} before {i}"));
            taken.insert(format!("{round} before {i}"));
        }
        // Nothing but the log has anything to write meanwhile.
        server.ask("{ search(query: \"\", first: 0) { totalCount } }");
        server.limit_files(Some(1));
        for i in 0..12 {
            let answer = server.post(&event(&format!("{round} meanwhile {i}")));
            assert_eq!(answer.status, 503, "{}", answer.text);
            assert_eq!(answer.header("retry-after"), Some("1"));
            assert_eq!(answer.json()["detail"], REASON);
            assert_eq!(server.post_bytes("/api/v1/lineage", &[("content-type", "application/json")], b"no event").status, 503);
        }
        let ready = server.get("/readyz");
        assert_eq!((ready.status, ready.text.contains(REASON)), (503, true), "{}", ready.text);
        assert!(server.get("/metrics").text.contains("headwater_log_failures_total{cause=\"io\"}"));
        server.limit_files(None);
        for i in 0..5 {
            post_until_taken(&server, &format!("{round} after {i}"));
            taken.insert(format!("{round} after {i}"));
        }
    }
    server.kill();
    drop(server);
    let server = Server::start_in(folder.path(), &[]);
    assert_eq!(lost(&server, &taken), Vec::<String>::new());
    assert!(server.stop());
    Server::digests(folder.path());
}

#[test]
fn a_server_that_nobody_posts_to_finds_out_that_it_can_write_again() {
    let folder = TempDir::new().unwrap();
    let server = Server::start_limited(folder.path());
    server.limit_files(Some(1));
    assert_eq!(server.post(&event("a")).status, 503);
    assert_eq!(server.get("/readyz").status, 503);
    server.limit_files(None);
    // It tries twice a second; each question takes some milliseconds at the least.
    let healed = (0..20_000).any(|_| server.get("/readyz").status == 200);
    assert!(healed, "{}", server.get("/readyz").text);
    assert_eq!(server.post(&event("a")).status, 201);
}

#[test]
fn a_log_that_is_deleted_under_the_server_takes_nothing() {
    let folder = TempDir::new().unwrap();
    let server = Server::start_in(folder.path(), &[]);
    server.take(&[event("a")]);
    std::fs::rename(folder.path().join("log.db"), folder.path().join("aside")).unwrap();
    let answer = server.post(&event("b"));
    assert_eq!(answer.status, 503);
    assert!(answer.text.contains("was removed or replaced while the server was running"), "{}", answer.text);
    assert!(server.get("/readyz").text.contains("was removed or replaced"));
    std::fs::rename(folder.path().join("aside"), folder.path().join("log.db")).unwrap();
    post_until_taken(&server, "b");
    // The projections find out for themselves, a little later.
    assert!((0..20_000).any(|_| server.get("/readyz").status == 200), "{}", server.get("/readyz").text);
}
