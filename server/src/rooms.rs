//! Arrows inside the server, as docs/ARCHITECTURE.md draws them: what a room must never name.

use std::fs;
use std::path::Path;

/// Room and what its files must not import.
const FORBIDDEN: [(&str, &[&str]); 18] = [
    ("fold", &["log", "catalog", "graph", "search", "projection", "ingest", "graphql", "http", "cli", "app"]),
    ("log", &["fold", "catalog", "graph", "search", "projection", "ingest", "graphql", "http", "cli", "app"]),
    ("catalog", &["log", "graph", "search", "projection", "ingest", "graphql", "http", "cli", "app"]),
    ("graph", &["log", "catalog", "search", "projection", "ingest", "graphql", "http", "cli", "app"]),
    ("search", &["log", "catalog", "graph", "fold", "projection", "ingest", "graphql", "http", "cli", "app"]),
    ("impact", &["log", "catalog", "search", "projection", "ingest", "graphql", "http", "cli", "app"]),
    ("check", &["projection", "ingest", "graphql", "http", "cli"]),
    ("impact", &["log", "catalog", "search", "projection", "ingest", "graphql", "http", "cli", "app"]),
    ("check", &["projection", "ingest", "graphql", "http", "cli"]),
    ("stitching", &["log", "search", "projection", "ingest", "graphql", "http", "cli", "app"]),
    ("freshness", &["log", "search", "projection", "ingest", "graphql", "http", "cli", "app"]),
    ("estate", &["log", "catalog", "search", "projection", "ingest", "graphql", "http", "cli", "app"]),
    ("projection", &["ingest", "graphql", "http", "cli", "app"]),
    ("lineage", &["log", "catalog", "search", "projection", "ingest", "graphql", "http", "cli", "app"]),
    ("export", &["app", "catalog", "search", "projection", "ingest", "graphql", "http", "cli", "live"]),
    ("live", &["app", "log", "catalog", "search", "projection", "ingest", "graphql", "http", "cli"]),
    ("asked", &["log", "search", "projection", "ingest", "graphql", "http", "cli"]),
    ("scene", &["log", "catalog", "search", "projection", "ingest", "graphql", "http", "cli", "app"]),
];

#[test]
fn rooms_import_only_what_the_map_allows() {
    let mut wrong = Vec::new();
    for (room, forbidden) in FORBIDDEN {
        check(&Path::new("src").join(room), forbidden, &mut wrong);
    }
    assert!(wrong.is_empty(), "a new arrow between rooms is written in docs/ARCHITECTURE.md first: {wrong:#?}");
}

fn check(dir: &Path, forbidden: &[&str], wrong: &mut Vec<String>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            check(&path, forbidden, wrong);
            continue;
        }
        // Tests of a room may stand up its neighbours.
        let text = fs::read_to_string(&path).unwrap();
        for line in text.lines().filter(|line| forbidden.iter().any(|room| line.contains(&format!("crate::{room}::")))) {
            if !path.starts_with("src/projection/order") {
                wrong.push(format!("{}: {}", path.display(), line.trim()));
            }
        }
    }
}
