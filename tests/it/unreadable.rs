//! An entry of the log that cannot be read any more costs itself and nothing else.

use serde_json::json;
use std::os::unix::fs::FileExt;
use std::path::Path;
use tempfile::TempDir;
use tests::{Server, events};

/// Three events, the second of which fills most of the file.
fn filled(folder: &Path) {
    let server = Server::start_in(folder, &[]);
    let mut numbers = events::Numbers(11);
    let noise: String = (0..400_000).map(|_| char::from(b'!' + numbers.below(90) as u8)).collect();
    let event =
        |number: u32| events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(number), "copy", &["a"], &[&format!("b{number}")]);
    server.take(&[event(1), events::with(event(2), &["run", "facets", "noise"], json!({ "text": noise })), event(3)]);
    assert!(server.stop());
}

/// Changes a byte in the middle of the second entry; twice is as if nothing had been.
fn flip(folder: &Path) {
    let file = std::fs::OpenOptions::new().read(true).write(true).open(folder.join("log.db")).unwrap();
    let middle = file.metadata().unwrap().len() / 2 / 4096 * 4096 + 2000;
    let mut byte = [0];
    file.read_exact_at(&mut byte, middle).unwrap();
    file.write_all_at(&[byte[0] ^ 0x55], middle).unwrap();
}

fn command(folder: &Path, name: &str) -> (bool, String) {
    Server::command(&[name, "--data", &folder.display().to_string()])
}

const NOTE: &str = "1 entry of the event log cannot be read: 2";

/// What a server says whose catalog was built without the second event.
fn says_so(server: &Server) {
    let data = server
        .ask("{ datasets { edges { node { name } } } status { logSeq catalogSeq unreadableEntryCount unreadableEntries { seq reason } } }");
    let names = ["a", "b1", "b3"].map(|name| json!({ "node": { "name": name } }));
    assert_eq!(data["datasets"]["edges"], json!(names));
    let status = &data["status"];
    assert_eq!((&status["logSeq"], &status["catalogSeq"], &status["unreadableEntryCount"]), (&json!(3), &json!(3), &json!(1)));
    assert_eq!(status["unreadableEntries"][0]["seq"], 2);
    assert!(status["unreadableEntries"][0]["reason"].as_str().unwrap().starts_with("its payload does not unpack"), "{status}");
    let ready = server.get("/readyz");
    assert!(ready.status == 200 && ready.text.contains(NOTE), "{}", ready.text);
    assert_eq!(server.ask(r#"{ search(query: "b3") { totalCount } }"#)["search"]["totalCount"], 1);
}

#[test]
fn it_is_named_and_passed_over_also_after_a_restart_and_until_it_is_repaired() {
    let folder = TempDir::new().unwrap();
    filled(folder.path());
    flip(folder.path());
    for name in ["catalog.db", "catalog.db-wal", "catalog.db-shm", "graph.snapshot"] {
        let _ = std::fs::remove_file(folder.path().join(name));
    }
    let server = Server::start_in(folder.path(), &[]);
    says_so(&server);
    assert!(server.stop());
    let server = Server::start_in(folder.path(), &[]);
    says_so(&server);
    server.take(&[events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(3), "copy", &["a"], &["b3"])]);
    assert!(server.stop());
    let (good, text) = command(folder.path(), "verify");
    assert!(!good && text.contains("3 entries, 1 faults") && text.contains("entry 2: its payload does not unpack"), "{text}");
    assert!(!text.contains("DIFFERS"), "built anew it is the same: {text}");
    let (good, text) = command(folder.path(), "rebuild");
    assert!(good && text.contains("rebuilt up to entry 3: 3 datasets"), "{text}");
    flip(folder.path());
    let server = Server::start_in(folder.path(), &[]);
    assert_eq!(server.counts()["datasets"], 4);
    assert_eq!(server.get("/readyz").text, "ok\n");
    assert!(server.stop());
    Server::digests(folder.path());
}

/// A damaged log that is repaired, or a fault of the disk that passes, needs no restart.
#[test]
fn it_is_taken_in_when_it_can_be_read_again_while_the_server_runs() {
    let folder = TempDir::new().unwrap();
    filled(folder.path());
    let whole = Server::digests(folder.path());
    flip(folder.path());
    std::fs::remove_file(folder.path().join("catalog.db")).unwrap();
    let server = Server::start_in(folder.path(), &[]);
    says_so(&server);
    flip(folder.path());
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while server.counts()["datasets"] != 4 || server.get("/readyz").text != "ok\n" {
        assert!(std::time::Instant::now() < deadline, "{} {}", server.counts(), server.get("/readyz").text);
    }
    assert_eq!(server.ask(r#"{ search(query: "b2") { totalCount } }"#)["search"]["totalCount"], 1);
    assert!(server.stop());
    assert_eq!(Server::digests(folder.path()), whole);
}

/// What is answered of a run says what it was answered without.
#[test]
fn a_run_whose_event_cannot_be_read_says_so_beside_what_is_left() {
    let folder = TempDir::new().unwrap();
    filled(folder.path());
    flip(folder.path());
    let server = Server::start_in(folder.path(), &[]);
    for fields in ["facets", "events { seq }", "outputs { dataset { name } rowCount }"] {
        let answer = server.ask_with(&format!("{{ run(id: \"{}\") {{ id {fields} }} }}", events::run_id(2)), serde_json::Value::Null);
        assert_eq!(answer["data"]["run"]["id"], events::run_id(2), "{answer:#}");
        let error = &answer["errors"][0];
        assert_eq!((&error["extensions"]["code"], &error["path"][0]), (&json!("ENTRY_UNREADABLE"), &json!("run")), "{answer:#}");
        assert!(error["message"].as_str().unwrap().starts_with("entry 2 of the event log cannot be read"), "{answer:#}");
    }
    let other = server.ask(&format!("{{ run(id: \"{}\") {{ facets events {{ seq }} }} }}", events::run_id(1)));
    assert_eq!(other["run"]["events"][0]["seq"], 1);
}

#[test]
fn a_reader_that_meets_it_is_told_which_and_why() {
    let folder = TempDir::new().unwrap();
    filled(folder.path());
    flip(folder.path());
    let server = Server::start_in(folder.path(), &[]);
    let body = json!({ "query": "{ events { edges { node { seq } } } event(seq: 2) { raw } }" }).to_string();
    let answer = server.post_bytes("/graphql", &[("content-type", "application/json")], body.as_bytes()).json();
    let message = answer["errors"][0]["message"].as_str().unwrap_or_default();
    assert!(message.starts_with("entry 2 of the event log cannot be read: its payload does not unpack"), "{answer:#}");
    assert_eq!(server.ask("{ events { edges { node { seq } } } }")["events"]["edges"].as_array().unwrap().len(), 3);
    assert_eq!(server.ask("{ status { unreadableEntryCount } }")["status"]["unreadableEntryCount"], 1);
}
