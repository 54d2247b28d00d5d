//! A server that is behind its log says so in every answer, and nothing that it does not know yet passes for what is not there.
//! `--hold-projections-at` keeps it behind, so that nothing here depends on who is faster.

use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{Answer, Server, events};

/// Asked by a client that waits for nothing, as while the projections lag.
fn raw(server: &Server, query: &str, headers: &[(&str, &str)]) -> Answer {
    let headers = [&[("content-type", "application/json")], headers].concat();
    server.post_bytes("/graphql", &headers, json!({ "query": query }).to_string().as_bytes())
}

/// orders → daily, orders → copy; the consumer of a column comes last.
fn estate() -> Vec<Value> {
    let run = |n, job: &str, from: &str, to: &str| events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(n), job, &[from], &[to]);
    let lineage = events::column_lineage(&[("cents", "orders", "amount"), ("", "orders", "day")]);
    let daily = events::with(
        run(1, "make_daily", "orders", "daily"),
        &["inputs", "0", "facets", "schema"],
        events::schema(&[("amount", "int"), ("day", "date")]),
    );
    let last = events::with(run(3, "bill", "orders", "bills"), &["outputs", "0", "facets", "columnLineage"], lineage);
    let last = events::with(last, &["outputs", "0", "facets", "schema"], events::schema(&[("cents", "int")]));
    vec![daily, run(2, "make_copy", "orders", "copy"), last]
}

/// The log holds three events, and the projections of a restarted server stop after the second. With their old projections
/// deleted: what was acknowledged before the restart counts.
fn behind(folder: &TempDir) -> Server {
    let server = Server::start_in(folder.path(), &[]);
    server.take(&estate());
    server.counts();
    assert!(server.stop());
    for name in ["catalog.db", "catalog.db-wal", "catalog.db-shm", "graph.snapshot", "graph.snapshot.token"] {
        let _ = std::fs::remove_file(folder.path().join(name));
    }
    let server = Server::start_in(folder.path(), &["--hold-projections-at", "2"]);
    // Asked until it stands where it is held.
    while raw(&server, "{ status { catalogSeq } }", &[("x-headwater-min-seq", "2")]).json()["data"]["status"]["catalogSeq"] != 2 {}
    server
}

const WORDS: &str = "CATCHING_UP: this answer covers the event log up to entry 2 of 3";
const SAYS: &str = "complete truncatedBecause incompleteReason";

fn assert_behind(answer: &Value, at: &str) {
    assert_eq!((&answer["complete"], &answer["incompleteReason"]), (&json!(false), &json!("CATCHING_UP")), "{at}: {answer:#}");
    assert!(answer["truncatedBecause"].as_str().unwrap().starts_with(WORDS), "{at}: {answer:#}");
}

#[test]
fn every_answer_that_may_lack_something_says_so() {
    let folder = TempDir::new().unwrap();
    let server = behind(&folder);
    let orders = r#"datasets: [{ namespace: "db", name: "orders" }]"#;
    let one = r#"dataset: { namespace: "db", name: "orders" }"#;
    let run = events::run_id(1);
    let questions = [
        (format!("lineage(from: {{ {orders} }}, direction: DOWNSTREAM) {{ totalCount {SAYS} }}"), "lineage"),
        (
            format!("lineage(from: {{ {orders} }}, direction: DOWNSTREAM, granularity: NAMESPACE, first: 1) {{ totalCount {SAYS} }}"),
            "lineage",
        ),
        (format!(r#"paths(from: {{ {one} }}, to: {{ dataset: {{ namespace: "db", name: "daily" }} }}) {{ totalCount {SAYS} }}"#), "paths"),
        (
            format!(r#"impact(change: {{ dropColumn: {{ namespace: "db", dataset: "orders", name: "amount" }} }}) {{ verdict {SAYS} }}"#),
            "impact",
        ),
        (format!("provenance(run: \"{run}\") {{ totalCount {SAYS} }}"), "provenance"),
        (format!("lineageDiff(before: {{ from: {{ {orders} }}, asOf: \"2026-10-01T00:00:00Z\" }}) {{ totalCount {SAYS} }}"), "lineageDiff"),
        (format!("rootCauses({one}) {{ totalCount {SAYS} }}"), "rootCauses"),
        (format!("backfillPlan({orders}) {{ jobCount {SAYS} }}"), "backfillPlan"),
        (format!("deadDatasets {{ totalCount {SAYS} }}"), "deadDatasets"),
        (format!("deadColumns {{ totalCount {SAYS} }}"), "deadColumns"),
        (format!("namespaceMatrix {{ totalCount {SAYS} }}"), "namespaceMatrix"),
        (format!("events {{ totalCount {SAYS} }}"), "events"),
        (format!("search(query: \"bill\") {{ totalCount {SAYS} }}"), "search"),
        (format!(r#"lineageScene(focus: {{ kind: DATASET, namespace: "db", name: "orders" }}) {{ {SAYS} }}"#), "lineageScene"),
    ];
    for (question, field) in &questions {
        for headers in [&[][..], &[("x-headwater-min-seq", "0")]] {
            let answer = raw(&server, &format!("{{ {question} }}"), headers);
            let said = answer.json();
            assert!(said["errors"].is_null(), "{question}: {said:#}");
            assert_behind(&said["data"][field], question);
            assert_eq!((answer.header("x-headwater-seq"), answer.header("x-headwater-acknowledged")), (Some("2"), Some("3")), "{question}");
        }
    }
    // Nested ones too, and what has no place of its own for it: lists, lookups, and that there is no such thing.
    let nested =
        raw(&server, &format!(r#"{{ dataset(namespace: "db", name: "orders") {{ lineage(direction: DOWNSTREAM) {{ {SAYS} }} }} }}"#), &[]);
    assert_behind(&nested.json()["data"]["dataset"]["lineage"], "nested");
    for lookup in [
        r#"dataset(namespace: "db", name: "bills") { name }"#,
        r#"job(namespace: "etl", name: "bill") { name }"#,
        r#"column(namespace: "db", dataset: "bills", name: "cents") { name }"#,
        &format!(r#"run(id: "{}") {{ id }}"#, events::run_id(3)),
        "datasets { totalCount }",
        "jobs { totalCount }",
        "runs { totalCount }",
        "namespaces { name }",
        "schemaChanges { at }",
        "producers { totalCount }",
        "stitching { totalCount }",
        "staleDatasets { totalCount }",
        "singlePointsOfFailure { totalCount }",
        "event(seq: 3) { seq }",
        "status { catalogSeq }",
    ] {
        let answer = raw(&server, &format!("{{ {lookup} }}"), &[]);
        let said = answer.json();
        let expected = json!({ "sequence": 2, "acknowledged": 3, "complete": false, "incompleteReason": "CATCHING_UP" });
        assert_eq!(said["extensions"]["headwater"], expected, "{lookup}: {said:#}");
        assert_eq!(answer.header("x-headwater-acknowledged"), Some("3"), "{lookup}");
    }
    // What was known at an earlier moment is whole by itself; what is known by tomorrow is what is served.
    for (moment, is_behind) in [("2020-01-01T00:00:00Z", false), ("2099-01-01T00:00:00Z", true)] {
        let path = format!("/graphql?knownAt={moment}");
        let answer = server.post_bytes(&path, &[("content-type", "application/json")], br#"{"query": "{ datasets { totalCount } }"}"#);
        assert_eq!((answer.status, answer.header("x-headwater-acknowledged").is_some()), (200, is_behind), "{moment}: {}", answer.text);
    }
}

#[test]
fn http_says_it_in_headers_and_in_files() {
    let folder = TempDir::new().unwrap();
    let server = behind(&folder);
    let answer = server.get("/api/v1/lineage?dataset=db|orders&direction=DOWNSTREAM");
    assert_behind(&answer.json(), "GET lineage");
    assert_eq!(answer.json()["acknowledged"], 3);
    assert_eq!((answer.header("x-headwater-seq"), answer.header("x-headwater-acknowledged")), (Some("2"), Some("3")));
    // Both reasons are said; the weightier is named.
    let unknown = server.get("/api/v1/lineage?dataset=db|bills&direction=DOWNSTREAM").json();
    assert_behind(&unknown, "a start that is not known yet");
    assert!(unknown["truncatedBecause"].as_str().unwrap().contains("not known here: dataset"), "{unknown:#}");
    for format in ["ndjson", "csv", "dot", "mermaid"] {
        let answer = server.get(&format!("/api/v1/lineage/export?format={format}"));
        let headers = ["complete", "incomplete-reason", "seq", "acknowledged"].map(|name| answer.header(&format!("x-headwater-{name}")));
        assert_eq!(headers, [Some("false"), Some("CATCHING_UP"), Some("2"), Some("3")], "{format}");
        assert!(format == "csv" || answer.text.contains(WORDS), "{format}: {}", answer.text);
    }
    // Not 404: it may be among what is not known yet.
    let early = server.get("/api/v1/lineage/export?format=csv&dataset=db|bills");
    assert_eq!((early.status, early.header("retry-after")), (503, Some("1")), "{}", early.text);
    let dry = server.post_bytes("/api/v1/lineage/dry-run", &[("content-type", "application/json")], estate()[2].to_string().as_bytes());
    assert_behind(&dry.json(), "dry run");
    assert_eq!((dry.header("x-headwater-seq"), dry.header("x-headwater-acknowledged")), (Some("2"), Some("3")), "dry run");
    for (command, arguments) in [("lineage", &["--dataset", "db", "orders"][..]), ("export", &["--format", "csv"])] {
        let (code, out, err) = Server::run(&[&[command, "--url", &server.url], arguments].concat());
        assert!(code == 2 && err.contains(WORDS) && out.contains("orders"), "{command}: {code}\n{out}\n{err}");
    }
}

#[test]
fn a_check_that_rests_on_too_little_is_no_verdict() {
    let folder = TempDir::new().unwrap();
    let server = behind(&folder);
    let proposal = folder.path().join("change.json");
    let request = json!({ "datasets": [{ "namespace": "db", "name": "orders", "fields": [{ "name": "day", "type": "date" }] }] });
    std::fs::write(&proposal, request.to_string()).unwrap();
    let proposal = proposal.display().to_string();
    // A caller who looks at the verdict alone gets none.
    let post = |server: &Server, request: &Value| server.post_bytes("/api/v1/check", &[], request.to_string().as_bytes());
    let refused = post(&server, &request);
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")));
    assert!(refused.json()["detail"].as_str().unwrap().starts_with(WORDS), "{}", refused.text);
    let mut partial = request.clone();
    partial["partial"] = json!(true);
    let partial = post(&server, &partial);
    assert_behind(&partial.json(), "a check as far as it goes");
    assert_eq!(partial.header("x-headwater-acknowledged"), Some("3"));
    let check = |server: &Server, more: &[&str]| Server::run(&[&["check", &proposal, "--url", &server.url], more].concat());
    for (format, said) in [
        ("text", "NOT COMPLETE, so far"),
        ("markdown", "**This check is not complete, run it again:**"),
        ("json", "\"complete\": false"),
        ("sarif", "\"executionSuccessful\": false"),
        ("junit", "<error type=\"CATCHING_UP\""),
    ] {
        for policy in ["BREAKS", "NEVER"] {
            let (code, out, err) = check(&server, &["--format", format, "--fail-on", policy]);
            assert_eq!(code, 2, "{format}\n{out}\n{err}");
            assert!(out.contains(said), "{format}: {out}");
            assert!(err.contains(WORDS), "{format}: {err}");
        }
    }
    // It waits as long as it is told, and not for ever.
    let begun = std::time::Instant::now();
    let (code, _, err) = check(&server, &["--wait", "2"]);
    assert!(code == 2 && err.contains(WORDS) && begun.elapsed() >= std::time::Duration::from_secs(2), "{code} {err}");
    let (code, _, err) = check(&server, &["--wait", "18446744073709551615"]);
    assert!(code == 2 && err.contains("--wait"), "{code} {err}");
    assert!(server.stop());
    // Caught up, it is what it was.
    let server = Server::start_in(folder.path(), &[]);
    let (code, out, err) = check(&server, &["--wait", "60"]);
    assert_eq!(code, 1, "{out}\n{err}");
    assert!(out.starts_with("BREAKS: "), "{out}");
    let answer = post(&server, &request).json();
    assert_eq!((&answer["complete"], &answer["verdict"]), (&json!(true), &json!("BREAKS")), "{answer:#}");
}

#[test]
fn who_is_not_behind_says_nothing_of_it() {
    let server = Server::start();
    server.take(&estate());
    // Waits for the index, however slow the machine.
    server.ask("{ search(query: \"bill\") { totalCount } }");
    let answer = raw(&server, &format!("{{ search(query: \"bill\") {{ {SAYS} }} }}"), &[]);
    let said = answer.json();
    assert_eq!(said["data"]["search"], json!({ "complete": true, "truncatedBecause": null, "incompleteReason": null }));
    assert!(said["extensions"].is_null(), "{said:#}");
    assert_eq!((answer.header("x-headwater-seq"), answer.header("x-headwater-acknowledged")), (Some("3"), None));
    // A client that names a sequence has had it acknowledged, whoever acknowledged it.
    let ahead = raw(&server, "{ datasets { totalCount } }", &[("x-headwater-min-seq", "9")]).json();
    assert_eq!(ahead["extensions"]["headwater"]["acknowledged"], 9, "{ahead:#}");
}
