//! Where a run stands, whatever its events' order of arrival.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use tests::{Server, events};

fn event(kind: &str, time: &str, number: u32) -> Value {
    events::run(kind, &format!("2026-11-01T00:00:{time}Z"), &events::run_id(number), "copy", &[], &[])
}

fn run(server: &Server, id: &str) -> Value {
    let query = format!(r#"{{ run(id: "{id}") {{ state startedAt endedAt durationMs eventCount inferred firstEventAt lastEventAt }} }}"#);
    server.ask(&query)["run"].clone()
}

#[test]
fn terminal_beats_running_beats_start() {
    let cases = [
        ("only a start", vec![("START", "01")]),
        ("a start after running", vec![("RUNNING", "02"), ("START", "03")]),
        ("start and running after the end", vec![("COMPLETE", "05"), ("START", "06"), ("RUNNING", "07")]),
        ("start and complete at one time", vec![("START", "05"), ("COMPLETE", "05")]),
        ("two ends, the later counts", vec![("FAIL", "05"), ("COMPLETE", "06")]),
        ("two ends, the later counts, the other way", vec![("COMPLETE", "05"), ("FAIL", "06")]),
        ("two ends at one time, the worse counts", vec![("COMPLETE", "05"), ("FAIL", "05"), ("ABORT", "05")]),
        ("aborted before it began", vec![("ABORT", "05")]),
        ("no type known to us", vec![("OTHER", "01"), ("SLEEPING", "02")]),
        ("lower case", vec![("start", "01"), ("complete", "02")]),
        ("two starts, the earlier counts", vec![("START", "04"), ("START", "02"), ("COMPLETE", "06")]),
    ];
    let mut answers = Vec::new();
    for backwards in [false, true] {
        let server = Server::start();
        let mut said = serde_json::Map::new();
        for (number, (name, case)) in cases.iter().enumerate() {
            let mut sent: Vec<Value> = case.iter().map(|(kind, time)| event(kind, time, number as u32)).collect();
            if backwards {
                sent.reverse();
            }
            server.take(&sent);
            // Again: a repeat changes nothing.
            server.take(&sent);
            said.insert((*name).to_owned(), run(&server, &events::run_id(number as u32)));
        }
        answers.push(Value::Object(said));
    }
    assert_eq!(answers[0], answers[1], "the order of arrival matters");
    assert_json_snapshot!(answers[0]);
}

#[test]
fn several_jobs_under_one_run_id() {
    let server = Server::start();
    let id = events::run_id(1);
    let event = |kind: &str, second: u32, job: &str, inputs: &[&str], outputs: &[&str]| {
        events::run(kind, &format!("2026-11-01T00:00:{second:02}Z"), &id, job, inputs, outputs)
    };
    server.take(&[
        event("START", 1, "first", &["a"], &[]),
        event("START", 2, "second", &["b"], &[]),
        event("COMPLETE", 3, "first", &[], &["c"]),
        event("FAIL", 4, "second", &[], &["d"]),
    ]);
    let about = "state job { name } inputs { name } outputs { name } siblings { state job { name } }";
    let data = server.ask(&format!(
        r#"{{ run(id: "{id}") {{ {about} }} second: run(id: "{id}", jobNamespace: "etl", jobName: "second") {{ {about} }} status {{ runs jobs edges }} }}"#
    ));
    assert_json_snapshot!(data);
    assert_eq!(server.lineage("a", "direction: DOWNSTREAM").len(), 4, "what the one job read did not feed what the other wrote");
}

/// Two siblings that began together: nothing but the order of arrival tells them apart.
#[test]
fn which_sibling_answers_does_not_depend_on_arrival() {
    let answers = [["x", "y"], ["y", "x"]].map(|order| {
        let server = Server::start();
        let id = events::run_id(1);
        server.take(&order.map(|job| events::run("START", "2026-11-01T00:00:00Z", &id, job, &[], &[])));
        server.ask(&format!(
            r#"{{ run(id: "{id}") {{ job {{ name }} siblings {{ job {{ name }} }} }} runs {{ edges {{ node {{ job {{ name }} }} }} }} }}"#
        ))
    });
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn a_parent_is_known_before_its_own_events() {
    let server = Server::start();
    let parent = json!({
        "run": { "runId": events::run_id(9) },
        "job": { "namespace": "air", "name": "dag" },
        "root": { "run": { "runId": "the root" }, "job": { "namespace": "air", "name": "top" } },
    });
    let child = events::with(event("COMPLETE", "05", 1), &["run", "facets", "parent"], events::facet(parent));
    server.take(&[child]);
    let query = format!(
        r#"{{ child: run(id: "{}") {{ parent {{ id state inferred eventCount job {{ namespace name }} }} root {{ id inferred job {{ name }} }} }} status {{ runs jobs }} }}"#,
        events::run_id(1)
    );
    let before = server.ask(&query);
    let start = events::run("START", "2026-11-01T00:00:01Z", &events::run_id(9), "dag", &[], &[]);
    server.take(&[events::with(start, &["job", "namespace"], "air".into())]);
    assert_json_snapshot!(json!({ "before": before, "after": server.ask(&query) }));
}

#[test]
fn a_run_id_need_not_be_a_uuid() {
    let server = Server::start();
    let ids = ["manual__2026-11-01T00:00:00+00:00", "7", "ünï 🚀", "a\"b\\c/d?e#f&g%20", " 0190F3A8-0000-7000-8000-000000000001 "];
    for id in ids {
        server.take(&[events::run("COMPLETE", "2026-11-01T00:00:00Z", id, "copy", &["a"], &["b"])]);
    }
    for id in ids {
        let data = server.ask_with("query($id: ID!) { run(id: $id) { id state } }", json!({ "id": id }));
        assert_eq!(data["data"]["run"]["state"], "COMPLETE", "{id}");
    }
    let ids = server.ask("{ runs { edges { node { id } } } }")["runs"]["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["node"]["id"].clone())
        .collect::<Vec<_>>();
    assert_eq!(ids.len(), 5);
    assert!(ids.contains(&json!("0190f3a8-0000-7000-8000-000000000001")), "{ids:?}");
    assert!(ids.contains(&json!("ünï 🚀")), "{ids:?}");
}
