//! What an operator sees of a running server: lines of the log, metrics, whether it is ready.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::{Server, events};

fn some(n: u32) -> Vec<Value> {
    (0..n).map(|i| events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(i), "copy", &["a"], &["b"])).collect()
}

#[test]
fn each_line_of_a_request_has_its_id_and_is_json_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let server = Server::start_logging(&folder.path().join("data"), &log, &["--log-format", "json"], &[("HEADWATER_LOG", "debug")]);
    let headers = [("content-type", "application/json"), ("x-request-id", "my-request-7")];
    assert_eq!(server.post_bytes("/api/v1/lineage", &headers, some(1)[0].to_string().as_bytes()).status, 201);
    assert!(server.ask("{ status { logSeq } }").is_object());
    assert!(server.stop());
    let text = std::fs::read_to_string(&log).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
        .collect();
    let answered: Vec<_> = lines.iter().filter(|line| line["request"] == "my-request-7" && line["message"] == "answered").collect();
    assert_eq!(answered.len(), 1, "{text}");
    assert_eq!(
        (&answered[0]["route"], &answered[0]["method"], &answered[0]["status"]),
        (&json!("/api/v1/lineage"), &json!("POST"), &json!(201))
    );
    let spans: BTreeSet<&str> = lines.iter().filter_map(|line| line["span"]["name"].as_str()).collect();
    for span in ["intake", "fold", "publish", "query"] {
        assert!(spans.contains(span), "{span}: {spans:?}");
    }
    assert!(!text.contains("SELECT"), "statements are for who asks for sqlx");
}

/// Also what is said before there is a server, and when it ends.
#[test]
fn what_keeps_a_start_is_json_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let data = folder.path().join("file").display().to_string();
    for arguments in [
        vec!["serve", "--data", &data, "--listen", "127.0.0.1:0"],
        vec!["serve", "--listen", "0.0.0.0:0"],
        vec!["verify", "--data", "/nowhere"],
        vec!["serve", "--nope"],
        vec!["serve", "--listen", "xx"],
    ] {
        let (good, text) = Server::command(&[&["--log-format", "json"], &arguments[..]].concat());
        let line: Value = serde_json::from_str(text.trim_end()).unwrap_or_else(|e| panic!("{e}: {text}"));
        assert!(!good && line["level"] == "ERROR" && line["message"].is_string() && line["timestamp"].is_string(), "{text}");
    }
}

#[test]
fn lines_in_a_file_have_no_colours_and_usual_requests_none_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let server = Server::start_logging(&folder.path().join("data"), &log, &[], &[]);
    server.take(&some(3));
    server.ask("{ status { logSeq } }");
    drop(server);
    let quiet = std::fs::read_to_string(&log).unwrap();
    assert!(!quiet.contains("answered"), "{quiet}");
    let server = Server::start_logging(&folder.path().join("data"), &log, &[], &[("HEADWATER_LOG", "server=debug")]);
    server.take(&some(3));
    assert!(server.stop());
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(text.contains("answered") && text.contains(" request=") && !text.contains('\u{1b}'), "{text}");
}

/// Names of metrics, without the endings that their kinds add.
fn metrics(text: &str) -> BTreeSet<String> {
    text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next().map(str::to_owned)).collect()
}

#[test]
fn the_documentation_lists_every_metric() {
    let server = Server::start();
    server.take(&some(1));
    server.get("/nothing/here");
    let text = server.get("/metrics").text;
    assert!(text.ends_with("# EOF\n"), "{text}");
    let manual = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/OPERATING.md")).unwrap();
    let listed: BTreeSet<String> = manual
        .lines()
        .filter_map(|line| Some(line.strip_prefix("| `")?.split_once(['`', '{'])?.0.to_owned()))
        .filter(|name| name.starts_with("headwater_") || name.starts_with("process_"))
        .collect();
    assert_eq!(metrics(&text), listed);
    for line in [
        "headwater_http_requests_total{method=\"POST\",route=\"/api/v1/lineage\",code=\"201\"} 1",
        "headwater_http_requests_total{method=\"GET\",route=\"page\",code=\"200\"}",
        "headwater_http_request_duration_seconds_count{method=\"POST\",route=\"/api/v1/lineage\"} 1",
        "headwater_broken{part=\"log\"} 0",
        "headwater_data_bytes{part=\"log\"} ",
        "headwater_quarantine_entries 0",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    // Addresses that clients make up are one series.
    for i in 0..50 {
        server.get(&format!("/api/made/up/{i}"));
    }
    let text = server.get("/metrics").text;
    assert!(text.contains("headwater_http_requests_total{method=\"GET\",route=\"other\",code=\"404\"} 50"), "{text}");
    assert!(!text.contains("made"));
}

#[test]
fn ready_says_what_it_knows_also_as_json() {
    let server = Server::start();
    server.take(&some(2));
    server.ask("{ status { logSeq } }");
    let text = server.get("/readyz");
    assert_eq!((text.status, text.text.as_str()), (200, "ok\n"));
    let answer = server.get("/readyz?format=json");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(
        answer.json(),
        json!({ "ready": true, "catchingUp": false, "acknowledged": 2, "projected": 2, "searchable": answer.json()["searchable"], "faults": [], "sentences": [] })
    );
}

#[test]
fn lag_of_a_busy_server_is_no_illness() {
    let server = Server::start();
    // Far more than the projections take in the time of the posts.
    let many = Value::from(some(6000));
    let mut statuses = BTreeSet::new();
    for _ in 0..2 {
        let answer = server.post_bytes("/api/v1/lineage/batch", &[("content-type", "application/json")], many.to_string().as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.text);
        statuses.insert(server.get("/readyz").status);
    }
    assert_eq!(statuses, BTreeSet::from([200]));
}
