//! What an operator does: stop, start again, verify, rebuild; and what happens when something is wrong.

use serde_json::json;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use tempfile::TempDir;
use tests::{Server, events};

/// A data directory with an event or two in it.
fn filled(folder: &Path) -> Vec<String> {
    let server = Server::start_in(folder, &[]);
    let body = include_bytes!("../fixtures/estate.json");
    assert_eq!(server.post_bytes("/api/v1/lineage", &[("content-type", "application/json")], body).status, 201);
    assert_eq!(server.post(&json!({ "bad": 1 })).status, 400);
    assert!(server.stop(), "a graceful stop is a success");
    Server::digests(folder)
}

fn command(folder: &Path, name: &str) -> (bool, String) {
    Server::command(&[name, "--data", &folder.display().to_string()])
}

#[test]
fn a_restart_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let digests = filled(folder.path());
    let server = Server::start_in(folder.path(), &[]);
    // Waits for search too.
    let hits = server.ask(r#"{ search(query: "orders") { totalCount } }"#);
    insta::assert_json_snapshot!(
        server.ask("{ status { logSeq catalogSeq graphSeq searchSeq datasets jobs runs columns edges columnEdges quarantined demo } }")
    );
    assert_eq!(hits["search"]["totalCount"], 15);
    assert!(server.stop());
    assert_eq!(Server::digests(folder.path()), digests);
}

#[test]
fn projections_may_be_deleted_at_any_time() {
    let folder = TempDir::new().unwrap();
    let digests = filled(folder.path());
    for names in [
        &["catalog.db", "catalog.db-wal", "catalog.db-shm"][..],
        &["search"],
        &["graph.snapshot"],
        &["catalog.db", "catalog.db-wal", "catalog.db-shm", "search", "graph.snapshot"],
    ] {
        for name in names {
            let path = folder.path().join(name);
            let _ = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
        }
        let server = Server::start_in(folder.path(), &[]);
        assert_eq!(server.ask(r#"{ search(query: "orders") { totalCount } }"#)["search"]["totalCount"], 15, "without {names:?}");
        assert!(server.stop());
        assert_eq!(Server::digests(folder.path()), digests, "without {names:?}");
    }
}

#[test]
fn rebuild_makes_the_same_again_also_out_of_junk() {
    let folder = TempDir::new().unwrap();
    let digests = filled(folder.path());
    std::fs::write(folder.path().join("catalog.db"), b"junk, not a database").unwrap();
    std::fs::write(folder.path().join("search").join("meta.json"), b"junk").unwrap();
    let (good, text) = command(folder.path(), "rebuild");
    assert!(good && text.contains("rebuilt up to entry 9: 4 datasets, 4 jobs, 6 runs"), "{text}");
    assert_eq!(Server::digests(folder.path()), digests);
}

#[test]
fn verify_finds_a_log_that_was_changed() {
    let folder = TempDir::new().unwrap();
    let server = Server::start_in(folder.path(), &[]);
    // Digits that compress badly fill most of the file: its middle is their entry.
    let mut numbers = events::Numbers(11);
    let noise: String = (0..400_000).map(|_| char::from(b'!' + numbers.below(90) as u8)).collect();
    let event = events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(1), "copy", &["a"], &["b"]);
    server.take(&[events::with(event, &["run", "facets", "noise"], json!({ "text": noise }))]);
    assert!(server.stop());
    Server::digests(folder.path());
    let path = folder.path().join("log.db");
    let mut file = std::fs::OpenOptions::new().read(true).write(true).open(&path).unwrap();
    let bytes = file.metadata().unwrap().len();
    assert!(bytes > 300_000, "a stopped server leaves all of its log in log.db, not {bytes} bytes");
    let middle = bytes / 2 / 4096 * 4096 + 2000;
    let mut byte = [0];
    file.seek(SeekFrom::Start(middle)).unwrap();
    file.read_exact(&mut byte).unwrap();
    file.seek(SeekFrom::Start(middle)).unwrap();
    file.write_all(&[byte[0] ^ 0x55]).unwrap();
    drop(file);
    let (good, text) = command(folder.path(), "verify");
    assert!(!good && text.contains("1 entries, 1 faults") && text.contains("entry 1"), "{text}");
}

#[test]
fn verify_and_rebuild_of_nothing_say_so() {
    let folder = TempDir::new().unwrap();
    let (good, text) = command(folder.path(), "verify");
    assert!(!good && text.contains("there is no event log in"), "{text}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "a question left something behind");
}

#[test]
fn rebuild_of_a_folder_without_a_log_is_refused() {
    let folder = TempDir::new().unwrap();
    let (good, text) = command(folder.path(), "rebuild");
    assert!(!good && text.contains("there is no event log in"), "{text}");
}

#[test]
fn two_processes_do_not_share_a_data_directory() {
    let folder = TempDir::new().unwrap();
    let server = Server::start_in(folder.path(), &[]);
    let data = folder.path().display().to_string();
    for arguments in [
        vec!["serve", "--listen", "127.0.0.1:0", "--data", &data],
        vec!["rebuild", "--data", &data],
        vec!["ingest", "--data", &data, "fixtures/estate.json"],
    ] {
        let (good, text) = Server::command(&arguments);
        assert!(!good, "{arguments:?}: {text}");
        assert!(text.contains("is in use by another headwater process") || text.contains("no event log"), "{arguments:?}: {text}");
    }
    server.take(&[events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(1), "copy", &["a"], &["b"])]);
    assert!(server.stop());
}

#[test]
fn a_taken_port_is_explained() {
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let server = Server::start_in(one.path(), &[]);
    let address = server.url.trim_start_matches("http://");
    let (good, text) = Server::command(&["serve", "--listen", address, "--data", &two.path().display().to_string()]);
    let port: u16 = address.rsplit(':').next().unwrap().parse().unwrap();
    assert!(!good, "{text}");
    insta::assert_snapshot!(text.replace(&(port.wrapping_add(1)).to_string(), "PORT+1").replace(&port.to_string(), "PORT"));
}

#[test]
fn an_address_that_others_reach_needs_a_word() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().display().to_string();
    let (good, text) = Server::command(&["serve", "--listen", "0.0.0.0:0", "--data", &data]);
    assert!(!good && text.contains("--allow-public"), "{text}");
}

#[test]
fn a_settings_file_is_obeyed_and_its_faults_are_said() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("headwater.toml");
    let path = file.display().to_string();
    std::fs::write(&file, "[limits]\nevent_bytes = 500\nbatch_bytes = 2000\n").unwrap();
    let server = Server::start_in(&folder.path().join("data"), &["--config", &path]);
    let event = |bytes| {
        let event = events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(bytes), "copy", &["a"], &["b"]);
        events::with(event, &["run", "facets", "x"], json!({ "text": "x".repeat(bytes as usize) }))
    };
    let statuses = [10, 1000, 5000].map(|bytes| server.post(&event(bytes)).status);
    assert_eq!(statuses, [201, 400, 413]);
    assert!(server.stop());
    for (text, said) in
        [("limitss = 1", "limitss"), ("[limits]\nevent_bytes = \"x\"", "event_bytes"), ("listen = 5", "listen"), ("= ", "line 1")]
    {
        std::fs::write(&file, text).unwrap();
        let (good, answer) = Server::command(&[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--config",
            &path,
            "--data",
            &folder.path().join("data").display().to_string(),
        ]);
        assert!(!good && answer.contains(said), "{text}: {answer}");
    }
}
