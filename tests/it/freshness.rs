//! Whoever posts and then asks sees the event, without saying what to wait for.

use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tests::{Server, events};

/// How long a read waits for what was acknowledged before it, when not told to wait longer.
const PATIENCE: Duration = Duration::from_millis(250);

/// The answer, and whether it came within the time in which it may not miss anything.
fn ask_now(server: &Server, query: &str) -> (Value, bool) {
    let began = Instant::now();
    let answer = server.post_bytes("/graphql", &[("content-type", "application/json")], json!({ "query": query }).to_string().as_bytes());
    assert!(answer.json()["errors"].is_null(), "{}", answer.text);
    (answer.json()["data"].clone(), began.elapsed() < PATIENCE)
}

fn post(server: &Server, job: &str, number: u32, output: &str) -> u64 {
    let answer = server.post(&events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(number), job, &["source"], &[output]));
    assert_eq!(answer.status, 201);
    answer.header("x-headwater-seq").unwrap().parse().unwrap()
}

#[test]
fn datasets_lineage_and_counts_are_there_at_once() {
    let server = Server::start();
    let mut late = 0;
    for i in 0..100 {
        let name = format!("output_{i}");
        post(&server, "writer", i, &name);
        let (data, in_time) = ask_now(
            &server,
            &format!(
                r#"{{ dataset(namespace: "db", name: "{name}") {{ name }} source: dataset(namespace: "db", name: "source") {{ lineage(direction: DOWNSTREAM, jobs: false) {{ totalCount }} }}
                     run(id: "{}") {{ state outputs {{ name }} }} job(namespace: "etl", name: "writer") {{ runs {{ totalCount }} }} status {{ runs edges }} }}"#,
                events::run_id(i)
            ),
        );
        let expected = json!({
            "dataset": { "name": name },
            "source": { "lineage": { "totalCount": i + 2 } },
            "run": { "state": "COMPLETE", "outputs": [{ "name": name }] },
            "job": { "runs": { "totalCount": i + 1 } },
            "status": { "runs": i + 1, "edges": i + 1 },
        });
        if data != expected {
            assert!(!in_time, "after event {i}: {data}");
            late += 1;
        }
    }
    assert!(late < 20, "{late} of 100 answers were late: is this machine so slow?");
}

#[test]
fn search_finds_at_once() {
    let server = Server::start();
    for i in 0..40 {
        post(&server, "writer", i, &format!("zebra{i}x"));
        let query = format!(r#"{{ search(query: "zebra{i}x", first: 1) {{ totalCount }} }}"#);
        let (data, in_time) = ask_now(&server, &query);
        assert!(data["search"]["totalCount"] == 1 || !in_time, "{data}");
        // Who says what to wait for waits longer, and is not disappointed.
        assert_eq!(server.ask(&query)["search"]["totalCount"], 1);
    }
    assert_eq!(server.ask(r#"{ search(query: "zebra", first: 1) { totalCount } }"#)["search"]["totalCount"], 40);
}

#[test]
fn clients_that_write_at_the_same_time_each_see_their_own() {
    let server = Server::start();
    std::thread::scope(|scope| {
        for client in 0..6_u32 {
            let server = &server;
            scope.spawn(move || {
                for i in 0..25 {
                    let (job, name) = (format!("writer {client}"), format!("of {client} number {i}"));
                    let seq = post(server, &job, client * 1000 + i, &name);
                    let query = format!(r#"{{ job(namespace: "etl", name: "{job}") {{ outputs {{ name }} runs {{ totalCount }} }} dataset(namespace: "db", name: "{name}") {{ lineage(direction: UPSTREAM, jobs: false) {{ totalCount graphVersion }} }} }}"#);
                    let (data, in_time) = ask_now(server, &query);
                    if !in_time {
                        continue;
                    }
                    assert_eq!(data["job"]["runs"]["totalCount"], i + 1, "{data}");
                    assert_eq!(data["job"]["outputs"].as_array().map(Vec::len), Some(i as usize + 1), "{data}");
                    let lineage = &data["dataset"]["lineage"];
                    assert!(lineage["totalCount"] == 2 && lineage["graphVersion"].as_u64() >= Some(seq), "{data} at {seq}");
                }
            });
        }
    });
}

#[test]
fn every_answer_says_what_it_holds_for() {
    let server = Server::start();
    for i in 0..20 {
        let seq = post(&server, "writer", i, "b");
        let body = json!({ "query": "{ status { catalogSeq } }" }).to_string();
        let answer = server.post_bytes("/graphql", &[("content-type", "application/json")], body.as_bytes());
        let held: u64 = answer.header("x-headwater-seq").unwrap().parse().unwrap();
        assert!(
            held <= i as u64 + 1 && answer.json()["data"]["status"]["catalogSeq"].as_u64() <= Some(held),
            "{held} {seq} {}",
            answer.text
        );
    }
}
