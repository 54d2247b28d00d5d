//! The command line: files in, the schema out, help that helps, the demo.

use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;
use tests::{Server, events};

fn event(number: u32) -> Value {
    events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(number), "copy", &["a"], &["b"])
}

/// Files of every form, some of them wrong.
fn files(folder: &Path) {
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("1-one.json", event(1).to_string());
    write("2-pretty.json", format!("{:#}", event(2)));
    write("3-array.json", json!([event(1), event(3), event(4)]).to_string());
    write("4-lines.ndjson", format!("{}\n\n{}\r\n{{broken\n{}", event(5), event(6), event(1)));
    write("deep/er/5-lines.jsonl", format!("{}\n", event(7)));
    write("deep/6-bad.json", json!([event(8), { "job": { "namespace": "n" } }, 7]).to_string());
    write("7-empty.json", String::new());
    write("8-bom.json", format!("\u{feff}{}", event(9)));
    write("not-read.txt", "not read".into());
}

fn ingest(folder: &TempDir, more: &[&str]) -> (bool, String) {
    let path = folder.path().join("in").display().to_string();
    let (good, text) = Server::command(&[&["ingest", path.as_str()], more].concat());
    // Log lines and progress go to the other stream and are no part of the report.
    let report: Vec<&str> = text.lines().filter(|line| line.starts_with("  ") || line.contains(" files: ")).collect();
    (good, report.join("\n").replace(&folder.path().display().to_string(), "…"))
}

#[test]
fn files_into_a_data_directory() {
    let folder = TempDir::new().unwrap();
    files(&folder.path().join("in"));
    let data = folder.path().join("data");
    let data_argument = data.display().to_string();
    let (good, report) = ingest(&folder, &["--data", &data_argument]);
    assert!(good, "{report}");
    insta::assert_snapshot!(report);
    let (good, again) = ingest(&folder, &["--data", &data_argument, "--strict"]);
    assert!(!good, "--strict says that something was quarantined");
    assert!(again.contains(": 0 accepted, "), "{again}");
    let server = Server::start_in(&data, &[]);
    assert_eq!(server.counts()["runs"], 9);
    assert!(server.stop());
    Server::digests(&data);
}

#[test]
fn files_into_a_running_server() {
    let folder = TempDir::new().unwrap();
    files(&folder.path().join("in"));
    let server = Server::start();
    let (good, report) = ingest(&folder, &["--url", &server.url]);
    assert!(good, "{report}");
    insta::assert_snapshot!(report);
    let (good, again) = ingest(&folder, &["--strict", "--url", &server.url]);
    assert!(!good && again.contains(": 0 accepted, "), "{again}");
    assert_eq!(server.counts()["runs"], 9);
}

/// Either way in, what is no event goes to the quarantine of where the others go.
#[test]
fn what_is_no_event_reaches_the_server_too() {
    let folder = TempDir::new().unwrap();
    files(&folder.path().join("in"));
    let server = Server::start();
    let (_, report) = ingest(&folder, &["--url", &server.url]);
    let quarantined = server.ask("{ status { quarantined } }")["status"]["quarantined"].as_u64().unwrap();
    assert!(report.contains(&format!(" {quarantined} quarantined")), "the server has {quarantined}: {report}");
}

/// More than one request may hold, in one file of many large events and in one array.
#[test]
fn files_larger_than_a_request_reach_the_server() {
    let folder = TempDir::new().unwrap();
    let config = folder.path().join("small.toml");
    std::fs::write(&config, "[limits]\nbatch_bytes = 200000\n").unwrap();
    let large = |number| events::with(event(number), &["run", "facets", "big"], json!({ "text": "x".repeat(50_000) }));
    let lines: Vec<String> = (0..20).map(|number| large(number).to_string()).collect();
    std::fs::create_dir(folder.path().join("in")).unwrap();
    std::fs::write(folder.path().join("in/lines.ndjson"), lines.join("\n")).unwrap();
    std::fs::write(folder.path().join("in/array.json"), format!("[{}]", lines.join(","))).unwrap();
    let server = Server::start_in(&folder.path().join("data"), &["--config", &config.display().to_string()]);
    let path = folder.path().join("in").display().to_string();
    let (good, text) = Server::command(&["ingest", &path, "--url", &server.url]);
    assert!(good && text.contains("2 files: 20 accepted, 20 repeated, 0 quarantined"), "{text}");
}

#[test]
fn what_cannot_be_read_is_said() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data").display().to_string();
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (good, text) = Server::command(&["ingest", &path("nothing"), "--data", &data]);
    assert!(!good && text.contains("cannot read"), "{text}");
    let (good, text) = Server::command(&["ingest", &path("empty"), "--data", &data]);
    assert!(!good && text.contains("no .json, .ndjson or .jsonl files there"), "{text}");
    std::fs::write(folder.path().join("one.json"), event(1).to_string()).unwrap();
    let (good, text) = Server::command(&["ingest", &path("one.json"), "--url", "http://127.0.0.1:1"]);
    assert!(!good && text.contains("cannot reach http://127.0.0.1:1"), "{text}");
    let (good, text) = Server::command(&["ingest", &path("one.json"), "--url", "http://127.0.0.1:1", "--data", &data]);
    assert!(!good && text.contains("cannot be used with"), "{text}");
}

#[test]
fn the_schema_is_the_one_that_is_checked_in() {
    let (good, text) = Server::command(&["schema"]);
    assert!(good);
    let checked_in = std::fs::read_to_string("../schema/schema.graphql").unwrap();
    assert!(text.trim_end() == checked_in.trim_end(), "schema/schema.graphql is not what `headwater schema` prints");
}

#[test]
fn help_helps() {
    let mut all = String::new();
    for command in [
        &["--help"][..],
        &["serve", "--help"],
        &["demo", "--help"],
        &["ingest", "--help"],
        &["check", "--help"],
        &["verify", "--help"],
        &["rebuild", "--help"],
        &["naming", "--help"],
        &["naming", "preview", "--help"],
        &["naming", "report", "--help"],
        &["naming", "check", "--help"],
        &["schema", "--help"],
    ] {
        let (good, text) = Server::command(command);
        assert!(good, "{command:?}");
        all += &format!("$ headwater {}\n{text}\n", command.join(" "));
    }
    // Named after the file that runs, whatever it is called.
    let name = tests::binary().file_name().unwrap().to_string_lossy().into_owned();
    insta::assert_snapshot!(all.replace(&format!("Usage: {name}"), "Usage: headwater"));
}

#[test]
fn a_wrong_word_is_an_error() {
    for arguments in
        [&["fly"][..], &["serve", "--listen", "nowhere"], &["ingest"], &["ingest", "--url"], &["serve", "--config", "/nothing/here.toml"]]
    {
        let (good, text) = Server::command(arguments);
        assert!(!good && !text.is_empty(), "{arguments:?} {text}");
    }
    let (good, text) = Server::command(&["--version"]);
    assert!(good && text.starts_with("headwater "), "{text}");
}

#[test]
fn the_demo_answers() {
    let server = Server::demo();
    assert_eq!(server.get("/readyz").status, 200);
    let status =
        server.ask("{ status { demo logSeq catalogSeq searchSeq quarantined datasets jobs runs columns edges columnEdges } }")["status"]
            .clone();
    assert_eq!((&status["demo"], &status["quarantined"]), (&json!(true), &json!(0)));
    assert_eq!((&status["catalogSeq"], &status["searchSeq"]), (&status["logSeq"], &status["logSeq"]));
    for kind in ["datasets", "jobs", "runs", "columns", "edges", "columnEdges"] {
        assert!(status[kind].as_u64().is_some_and(|count| count > 100), "{status}");
    }
    let found = server.ask(r#"{ search(query: "orders", first: 3) { totalCount edges { node { __typename } } } runs(states: [FAIL], first: 1) { totalCount } }"#);
    assert!(found["search"]["totalCount"].as_u64() > Some(3) && found["runs"]["totalCount"].as_u64() > Some(0), "{found}");
    assert!(server.stop());
}
