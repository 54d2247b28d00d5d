//! Which edges follow from which events.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use tests::{Server, events};

fn event(kind: &str, day: u32, number: u32, inputs: &[&str], outputs: &[&str]) -> Value {
    events::run(kind, &format!("2026-11-{day:02}T00:00:00Z"), &events::run_id(number), "copy", inputs, outputs)
}

fn column_lineage(event: Value, place: &str, sources: &[(&str, &str, &str)]) -> Value {
    events::with(event, &["outputs", place, "facets", "columnLineage"], events::column_lineage(sources))
}

/// What is downstream of `a` after these events, in this order and in the other.
fn downstream_of_a(sent: &[Value]) -> Vec<String> {
    let mut sent = sent.to_vec();
    let [forwards, backwards] = [(); 2].map(|()| {
        let server = Server::start();
        server.take(&sent);
        sent.reverse();
        server.lineage("a", "direction: DOWNSTREAM")
    });
    assert_eq!(forwards, backwards, "the order of arrival matters");
    forwards
}

#[test]
fn inputs_and_outputs_meet_over_the_events_of_a_run() {
    assert_json_snapshot!(json!({
        "inputs on START, outputs on COMPLETE": downstream_of_a(&[event("START", 1, 1, &["a"], &[]), event("COMPLETE", 2, 1, &[], &["b"])]),
        "half and half": downstream_of_a(&[event("START", 1, 1, &["a"], &["b"]), event("COMPLETE", 2, 1, &["c"], &["d"])]),
        "two runs do not meet": downstream_of_a(&[event("COMPLETE", 1, 1, &["a"], &["b"]), event("COMPLETE", 2, 2, &["c"], &["d"])]),
        "a second run with other outputs keeps the first's": downstream_of_a(&[event("COMPLETE", 1, 1, &["a"], &["b"]), event("COMPLETE", 2, 2, &["a"], &["c"])]),
    }));
}

#[test]
fn a_run_that_fails_or_goes_on_keeps_good_lineage() {
    let good = event("COMPLETE", 1, 1, &["a"], &["b"]);
    let cases = ["FAIL", "ABORT", "RUNNING", "START"].map(|kind| {
        let lines = downstream_of_a(&[good.clone(), event(kind, 2, 2, &["a"], &[])]);
        json!({ kind: lines })
    });
    assert_json_snapshot!(cases);
}

#[test]
fn one_side_alone_leads_to_the_job() {
    let server = Server::start();
    server.take(&[event("COMPLETE", 1, 1, &["read"], &[])]);
    server.take(&[events::with(event("COMPLETE", 1, 2, &[], &["written"]), &["job", "name"], "source".into())]);
    assert_json_snapshot!(json!({
        "read": server.lineage("read", "direction: DOWNSTREAM"),
        "written": server.lineage("written", "direction: UPSTREAM"),
    }));
}

#[test]
fn column_lineage_beats_inputs_times_outputs() {
    let precise = |day, number| column_lineage(event("COMPLETE", day, number, &["a", "c"], &["b"]), "0", &[("x", "c", "x")]);
    let coarse = |day, number| event("COMPLETE", day, number, &["a", "c"], &["b"]);
    assert_json_snapshot!(json!({
        "b is made of c alone: a is read, no more": downstream_of_a(&[precise(1, 1)]),
        "later runs say it more precisely": downstream_of_a(&[coarse(1, 1), precise(2, 2)]),
        "seen again without column lineage": downstream_of_a(&[precise(1, 1), coarse(2, 2)]),
        "another output of the run without column lineage": downstream_of_a(&[column_lineage(event("COMPLETE", 1, 1, &["a", "c"], &["b", "d"]), "0", &[("x", "c", "x")])]),
        "a source that is no input": downstream_of_a(&[column_lineage(event("COMPLETE", 1, 1, &[], &["b"]), "0", &[("x", "a", "x")])]),
        "an empty facet says nothing": downstream_of_a(&[column_lineage(coarse(1, 1), "0", &[])]),
    }));
}

#[test]
fn declared_and_observed_are_one_edge() {
    let declared = events::job("2026-11-03T00:00:00Z", "copy", &["a"], &["b"]);
    let observed = event("COMPLETE", 1, 1, &["a"], &["b"]);
    let other = events::job("2026-11-03T00:00:00Z", "copy", &["c"], &["b"]);
    assert_json_snapshot!(json!({
        "declared": downstream_of_a(std::slice::from_ref(&declared)),
        "both": downstream_of_a(&[declared, observed.clone()]),
        "declared otherwise": downstream_of_a(&[other, observed]),
    }));
}

#[test]
fn a_dataset_may_declare_its_own_origin() {
    let server = Server::start();
    let facets = |sources: &[(&str, &str, &str)]| json!({ "columnLineage": events::column_lineage(sources) });
    server.take(&[events::dataset("2026-11-01T00:00:00Z", "view", facets(&[("x", "a", "x")]))]);
    let before = server.lineage("a", "direction: DOWNSTREAM");
    server.take(&[events::dataset("2026-11-02T00:00:00Z", "view", facets(&[("x", "b", "x")]))]);
    assert_json_snapshot!(json!({
        "before": before,
        "after": server.lineage("a", "direction: DOWNSTREAM"),
        "then": server.lineage("a", r#"direction: DOWNSTREAM, asOf: "2026-11-01T12:00:00Z""#),
        "view": server.lineage("view", "direction: UPSTREAM"),
    }));
}

#[test]
fn cycles_and_self_loops_end() {
    let server = Server::start();
    let step = |number, job: &str, inputs: &[&str], outputs: &[&str]| {
        events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(number), job, inputs, outputs)
    };
    server.take(&[
        step(1, "ab", &["a"], &["b"]),
        step(2, "bc", &["b"], &["c"]),
        step(3, "ca", &["c"], &["a"]),
        step(4, "self", &["a"], &["a"]),
    ]);
    assert_json_snapshot!(json!({
        "down": server.lineage("a", "direction: DOWNSTREAM"),
        "up": server.lineage("a", "direction: UPSTREAM"),
        "both": server.lineage("a", "direction: BOTH"),
        "one step": server.lineage("a", "direction: BOTH, maxDepth: 1"),
        "no step": server.lineage("a", "direction: BOTH, maxDepth: 0"),
        "without jobs": server.lineage("a", "direction: DOWNSTREAM, jobs: false"),
    }));
}

#[test]
fn a_long_chain_is_walked_to_its_end() {
    let server = Server::start();
    let name = |i: u32| format!("step_{i:04}");
    let chain: Vec<Value> = (0..1500)
        .map(|i| events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(i), &format!("job {i}"), &[&name(i)], &[&name(i + 1)]))
        .collect();
    server.take(&[json!(chain)]);
    let whole = server.lineage("step_0000", "direction: DOWNSTREAM");
    assert_eq!(whole.len(), 1501 + 1500 + 1500);
    assert!(whole.contains(&"1500 dataset step_1500".to_owned()));
    assert_eq!(server.lineage("step_1500", "direction: UPSTREAM").len(), 4501);
    assert_eq!(server.lineage("step_0000", "direction: DOWNSTREAM, maxDepth: 20").len(), 61);
}

/// A merge: the job reads its own target, which feeds nothing of what column lineage names.
#[test]
fn what_is_read_and_written_is_both() {
    let server = Server::start();
    let merge = column_lineage(event("COMPLETE", 1, 1, &["news", "target"], &["target"]), "0", &[("x", "news", "x")]);
    let source = column_lineage(event("COMPLETE", 1, 2, &["state"], &["state", "report"]), "1", &[("x", "state", "x")]);
    let source = column_lineage(events::with(source, &["job", "name"], "other".into()), "0", &[("x", "elsewhere", "x")]);
    server.take(&[merge, source]);
    let job = |name: &str| {
        let data =
            server.ask_about("query($name: String) { job(namespace: \"etl\", name: $name) { inputs { name } outputs { name } } }", name);
        ["inputs", "outputs"].map(|side| data["job"][side].as_array().unwrap().iter().map(|d| d["name"].clone()).collect::<Vec<_>>())
    };
    assert_eq!(job("copy"), [vec![json!("news"), json!("target")], vec![json!("target")]]);
    assert_eq!(job("other"), [["elsewhere", "state"].map(Value::from), ["report", "state"].map(Value::from)]);
    let consumers = server.ask(r#"{ dataset(namespace: "db", name: "target") { jobs(role: CONSUMER) { totalCount } } }"#);
    assert_eq!(consumers["dataset"]["jobs"]["totalCount"], 1);
}

#[test]
fn a_job_is_a_start_too() {
    let server = Server::start();
    let step = |number, job: &str, inputs: &[&str], outputs: &[&str]| {
        events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(number), job, inputs, outputs)
    };
    server.take(&[step(1, "make b", &["a"], &["b"]), step(2, "make d", &["b", "c"], &["d"]), step(3, "read d", &["d"], &[])]);
    let lineage = |job: &str, arguments: &str| {
        let query = format!(r#"{{ job(namespace: "etl", name: "{job}") {{ lineage({arguments}) {{ {} }} }} }}"#, tests::picture::LINEAGE);
        tests::picture::lineage(&server.ask(&query)["job"]["lineage"])
    };
    assert_json_snapshot!(json!({
        "make d, down": lineage("make d", "direction: DOWNSTREAM"),
        "make d, up": lineage("make d", "direction: UPSTREAM"),
        "make d, one step": lineage("make d", "direction: BOTH, maxDepth: 1"),
        "read d, up, without jobs": lineage("read d", "direction: UPSTREAM, jobs: false"),
        "read d, down": lineage("read d", "direction: DOWNSTREAM"),
        "make b, before": lineage("make b", r#"direction: BOTH, asOf: "2026-10-31T00:00:00Z""#),
    }));
}

/// The status says: one per pair of ends and job, however many ways it is known.
#[test]
fn an_edge_known_in_two_ways_is_counted_once() {
    let server = Server::start();
    server.take(&[event("COMPLETE", 1, 1, &["a"], &["b"]), events::job("2026-11-03T00:00:00Z", "copy", &["a"], &["b"])]);
    assert_eq!(server.counts()["edges"], 1, "observed and declared");
    let precise = |day, number| column_lineage(event("COMPLETE", day, number, &["c"], &["d"]), "0", &[("x", "c", "x")]);
    server.take(&[precise(1, 2), event("COMPLETE", 2, 3, &["c"], &["d"])]);
    assert_eq!(server.counts()["edges"], 2, "with column lineage, then without");
}
