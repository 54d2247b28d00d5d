//! The graph's file in the data directory makes a start quick and never says anything that the catalog does not.

use serde_json::json;
use std::path::Path;
use tempfile::TempDir;
use tests::{Server, events};

const FILE: &str = "graph.snapshot";
const DAY: &str = "2026-11-01T00:00:00Z";
const NEXT_DAY: &str = "2026-11-02T00:00:00Z";

/// Two steps with columns, and what is left when the server is stopped.
fn filled(folder: &Path) {
    let server = Server::start_in(folder, &[]);
    let load = events::run("COMPLETE", DAY, &events::run_id(1), "load", &["raw"], &["staged"]);
    let columns = events::column_lineage(&[("id", "raw", "id")]);
    let load = events::with(load, &["outputs", "0", "facets", "columnLineage"], columns);
    server.take(&[load, events::run("COMPLETE", DAY, &events::run_id(2), "build", &["staged"], &["mart"])]);
    assert!(server.stop());
    assert!(folder.join(FILE).exists(), "a stop leaves the file");
}

/// What changes every part of the graph: a new edge, a known one, columns, another name, a drop.
fn more() -> Vec<serde_json::Value> {
    let known = events::run("COMPLETE", NEXT_DAY, &events::run_id(3), "build", &["staged", "rates"], &["mart"]);
    let columns = events::column_lineage(&[("total", "staged", "id"), ("total", "rates", "rate")]);
    let known = events::with(known, &["outputs", "0", "facets", "columnLineage"], columns);
    let new = events::run("COMPLETE", NEXT_DAY, &events::run_id(4), "report", &["mart"], &["dashboard"]);
    let symlinks = json!({ "identifiers": [{ "namespace": "warehouse", "name": "other.mart", "type": "TABLE" }] });
    let drop = json!({ "lifecycleStateChange": events::facet(json!({ "lifecycleStateChange": "DROP" })) });
    vec![
        known,
        new,
        events::dataset(NEXT_DAY, "mart", json!({ "symlinks": events::facet(symlinks) })),
        events::dataset(NEXT_DAY, "raw", drop),
    ]
}

fn picture(server: &Server) -> Vec<Vec<String>> {
    vec![
        server.lineage("raw", "direction: DOWNSTREAM"),
        server.lineage("dashboard", "direction: UPSTREAM"),
        server.columns("mart", "total", "direction: UPSTREAM"),
    ]
}

#[test]
fn what_came_after_the_file_is_read_from_the_catalog() {
    let folder = TempDir::new().unwrap();
    filled(folder.path());
    let server = Server::start_in(folder.path(), &[]);
    server.take(&more());
    let before = picture(&server);
    let old = std::fs::read(folder.path().join(FILE)).unwrap();
    server.kill();
    drop(server);
    assert_eq!(std::fs::read(folder.path().join(FILE)).unwrap(), old, "the file is of the first stop");
    let server = Server::start_in(folder.path(), &[]);
    assert_eq!(picture(&server), before);
    assert!(server.stop());
    assert_ne!(std::fs::read(folder.path().join(FILE)).unwrap(), old);
    Server::digests(folder.path());
}

#[test]
fn a_file_that_does_not_fit_is_passed_over() {
    let (folder, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    filled(folder.path());
    filled(other.path());
    let server = Server::start_in(folder.path(), &[]);
    server.take(&more());
    let expected = picture(&server);
    assert!(server.stop());
    let whole = std::fs::read(folder.path().join(FILE)).unwrap();
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 0x20;
    let of_another = std::fs::read(other.path().join(FILE)).unwrap();
    for (what, bytes) in [
        ("cut", whole[..whole.len() / 2].to_vec()),
        ("changed", changed),
        ("empty", Vec::new()),
        ("junk", b"junk".to_vec()),
        ("of another catalog", of_another),
    ] {
        std::fs::write(folder.path().join(FILE), bytes).unwrap();
        let server = Server::start_in(folder.path(), &[]);
        assert_eq!(picture(&server), expected, "{what}");
        assert!(server.stop());
        Server::digests(folder.path());
    }
}
