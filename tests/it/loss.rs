//! A log that is not what was acknowledged: cut short, an older copy, another one. Nobody goes on with it
//! by accident, and nothing is thrown away.

use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;
use tests::{Server, events};

const LOG: [&str; 3] = ["log.db", "log.db-wal", "log.db-shm"];
const CATALOG: [&str; 3] = ["catalog.db", "catalog.db-wal", "catalog.db-shm"];

fn event(number: u32) -> Value {
    events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(number), "copy", &["a"], &[&format!("b{number}")])
}

fn copy(from: &Path, to: &Path) {
    for name in LOG {
        let _ = std::fs::remove_file(to.join(name));
        let _ = std::fs::copy(from.join(name), to.join(name));
    }
}

fn remove(folder: &Path, names: &[&str]) {
    names.iter().for_each(|name| drop(std::fs::remove_file(folder.join(name))));
}

fn fill(folder: &Path, numbers: std::ops::RangeInclusive<u32>) {
    let server = Server::start_in(folder, &[]);
    server.take(&numbers.map(event).collect::<Vec<_>>());
    server.ask("{ status { catalogSeq } }");
    assert!(server.stop());
}

/// Five events were acknowledged, and a copy of the log with two of them was put back.
fn older_copy() -> TempDir {
    let (folder, backup) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    fill(folder.path(), 1..=2);
    copy(folder.path(), backup.path());
    fill(folder.path(), 3..=5);
    copy(backup.path(), folder.path());
    folder
}

fn said(folder: &Path, command: &str) -> (bool, String) {
    let data = folder.display().to_string();
    let mut arguments = vec![command, "--data", &data];
    if command == "serve" {
        arguments.extend(["--listen", "127.0.0.1:0"]);
    }
    Server::command(&arguments)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    // SQLite folds a write-ahead log in when the last connection closes: that changes no content.
    names.retain(|name| !name.ends_with("-wal") && !name.ends_with("-shm"));
    names.sort();
    names
}

#[test]
fn a_log_that_ends_too_early_is_refused_until_the_loss_is_accepted() {
    let folder = older_copy();
    let before = names(folder.path());
    for command in ["serve", "verify", "rebuild"] {
        let (good, text) = said(folder.path(), command);
        assert!(!good && text.contains("the event log ends at 2, 5 entries were acknowledged"), "{command}: {text}");
        assert!(command == "verify" || text.contains("--accept-loss"), "{text}");
    }
    assert_eq!(names(folder.path()), before, "something was changed");
    let server = Server::start_in(folder.path(), &["--accept-loss"]);
    server.take(&[event(6)]);
    let data = server.ask("{ datasets { edges { node { name } } } status { logSeq catalogSeq runs } }");
    let names = ["a", "b1", "b2", "b6"].map(|name| json!({ "node": { "name": name } }));
    assert_eq!(data, json!({ "datasets": { "edges": names }, "status": { "logSeq": 3, "catalogSeq": 3, "runs": 3 } }));
    assert!(server.stop());
    for name in ["catalog.db", "catalog.sum"] {
        assert!(folder.path().join("set-aside/1").join(name).exists(), "the evidence is gone: {name}");
    }
    // It was said once; afterwards all is well.
    let server = Server::start_in(folder.path(), &[]);
    assert_eq!(server.counts()["runs"], 3);
    assert!(server.stop());
    Server::digests(folder.path());
}

#[test]
fn either_witness_is_enough() {
    for lost in [&CATALOG[..], &["acknowledged"]] {
        let folder = older_copy();
        remove(folder.path(), lost);
        let (good, text) = said(folder.path(), "serve");
        assert!(!good && text.contains("the event log ends at 2, 5 entries were acknowledged"), "without {lost:?}: {text}");
    }
}

#[test]
fn a_log_that_was_deleted_is_a_loss_too() {
    let folder = TempDir::new().unwrap();
    fill(folder.path(), 1..=3);
    remove(folder.path(), &LOG);
    let (good, text) = said(folder.path(), "serve");
    assert!(!good && text.contains("the event log ends at 0, 3 entries were acknowledged"), "{text}");
    assert!(!folder.path().join("log.db").exists(), "a refused start makes no log");
    let server = Server::start_in(folder.path(), &["--accept-loss"]);
    server.take(&[event(4)]);
    assert_eq!(server.counts()["runs"], 1);
    assert!(server.stop());
}

#[test]
fn another_log_is_recognised_also_when_it_is_longer() {
    let (folder, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    fill(folder.path(), 1..=2);
    fill(other.path(), 3..=7);
    copy(other.path(), folder.path());
    let (good, text) = said(folder.path(), "serve");
    assert!(!good && text.contains("the event log is another one") && text.contains("entry 2"), "{text}");
    let server = Server::start_in(folder.path(), &["--accept-loss"]);
    assert_eq!(server.counts()["runs"], 5);
    assert!(server.stop());
    Server::digests(folder.path());
}

#[test]
fn a_newer_state_of_the_same_log_is_followed() {
    let (folder, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    fill(folder.path(), 1..=2);
    copy(folder.path(), other.path());
    fill(other.path(), 3..=5);
    copy(other.path(), folder.path());
    let server = Server::start_in(folder.path(), &[]);
    assert_eq!(server.counts()["runs"], 5);
    assert!(server.stop());
    Server::digests(folder.path());
}

/// The end of the write-ahead log is damaged after a kill: SQLite cuts it off without a word.
#[test]
fn an_end_that_sqlite_cuts_off_is_noticed() {
    let folder = TempDir::new().unwrap();
    let server = Server::start_in(folder.path(), &[]);
    server.take(&(1..=20).map(event).collect::<Vec<_>>());
    server.kill();
    drop(server);
    remove(folder.path(), &CATALOG);
    let path = folder.path().join("log.db-wal");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let file = std::fs::read(folder.path().join("log.db")).unwrap();
    for command in ["serve", "verify", "rebuild", "serve"] {
        let (good, text) = said(folder.path(), command);
        assert!(!good && text.contains(", 20 entries were acknowledged"), "{command}: {text}");
        assert!(std::fs::read(&path).unwrap() == bytes, "{command} changed the write-ahead log");
        assert!(std::fs::read(folder.path().join("log.db")).unwrap() == file, "{command} changed the log");
    }
    // Put back as it was, it is whole.
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let server = Server::start_in(folder.path(), &[]);
    assert_eq!(server.counts()["runs"], 20);
    assert!(server.stop());
}

/// Beside an empty database SQLite deletes a write-ahead log, which may hold all of it.
#[test]
fn a_write_ahead_log_beside_an_empty_log_is_left_alone() {
    let folder = TempDir::new().unwrap();
    let server = Server::start_in(folder.path(), &[]);
    server.take(&(1..=20).map(event).collect::<Vec<_>>());
    server.kill();
    drop(server);
    let (file, wal) = (folder.path().join("log.db"), folder.path().join("log.db-wal"));
    let (bytes, side) = (std::fs::read(&file).unwrap(), std::fs::read(&wal).unwrap());
    std::fs::write(&file, "").unwrap();
    for command in ["serve", "verify", "rebuild"] {
        let (good, text) = said(folder.path(), command);
        assert!(!good && text.contains("log.db is missing or empty"), "{command}: {text}");
        assert!(std::fs::read(&wal).unwrap() == side && std::fs::read(&file).unwrap().is_empty(), "{command} changed the log");
    }
    std::fs::write(&file, bytes).unwrap();
    let server = Server::start_in(folder.path(), &[]);
    assert_eq!(server.counts()["runs"], 20);
    assert!(server.stop());
}

/// What has the name of one of our files and is a pipe would be waited for without end.
#[test]
fn a_pipe_in_place_of_a_file_is_refused() {
    for name in
        ["lock", "acknowledged", "secret.key", "log.db", "log.db-wal", "catalog.db", "catalog.sum", "graph.snapshot", "search/meta.json"]
    {
        let folder = TempDir::new().unwrap();
        fill(folder.path(), 1..=2);
        let path = folder.path().join(name);
        let _ = std::fs::remove_file(&path);
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        for command in ["serve", "verify", "rebuild"] {
            let (good, text) = said(folder.path(), command);
            assert!(!good && text.contains(&format!("{name} is not a regular file but a pipe")), "{command}, {name}: {text}");
        }
    }
}
