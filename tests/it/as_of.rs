//! The past: every lineage question may be asked as of a moment.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use tests::{Server, events};

fn day(day: u32) -> String {
    format!("2026-11-{day:02}T00:00:00Z")
}

fn run(at: u32, number: u32, job: &str, inputs: &[&str], outputs: &[&str]) -> Value {
    events::run("COMPLETE", &day(at), &events::run_id(number), job, inputs, outputs)
}

/// The names downstream of `a` on these days.
fn through_time(server: &Server, days: &[u32]) -> Value {
    let on = |at: u32| {
        let lines = server.lineage("a", &format!("direction: DOWNSTREAM, asOf: \"{}\"", day(at)));
        (day(at), json!(lines.iter().filter(|line| !line.contains(" -> ")).collect::<Vec<_>>()))
    };
    Value::Object(days.iter().map(|&at| on(at)).collect())
}

#[test]
fn an_edge_is_not_there_before_it_is_first_seen() {
    let server = Server::start();
    server.take(&[run(5, 1, "copy", &["a"], &["b"]), run(7, 2, "copy on", &["b"], &["c"])]);
    assert_json_snapshot!(through_time(&server, &[4, 5, 6, 7, 8]));
    // Evidence that arrives late is about its own time, not about today.
    server.take(&[run(3, 3, "copy", &["a"], &["b"])]);
    assert_eq!(through_time(&server, &[4])[day(4)], json!(["0 dataset a", "1 dataset b", "1 job copy"]));
}

#[test]
fn a_declaration_ends_with_the_next() {
    let declare = |at, outputs: &[&str]| events::job(&day(at), "copy", &["a"], outputs);
    let mut sent = vec![declare(2, &["b"]), declare(4, &["c"]), declare(6, &[]), declare(8, &["b"])];
    let [forwards, backwards] = [(); 2].map(|()| {
        let server = Server::start();
        server.take(&sent);
        sent.reverse();
        (through_time(&server, &[1, 2, 3, 4, 5, 6, 7, 8, 9]), server.lineage("a", "direction: DOWNSTREAM"))
    });
    assert_eq!(forwards, backwards, "the order of arrival matters");
    assert_json_snapshot!(json!({ "through time": forwards.0, "now": forwards.1 }));
}

#[test]
fn a_job_event_without_inputs_and_outputs_replaces_nothing() {
    let server = Server::start();
    let mut silent = events::job(&day(4), "copy", &[], &[]);
    silent.as_object_mut().unwrap().retain(|key, _| key != "inputs" && key != "outputs");
    server.take(&[events::job(&day(2), "copy", &["a"], &["b"]), silent]);
    assert_eq!(server.lineage("a", "direction: DOWNSTREAM").len(), 4);
}

#[test]
fn column_lineage_ends_what_was_only_guessed() {
    let server = Server::start();
    let precise = events::with(
        run(5, 2, "copy", &["a", "c"], &["b"]),
        &["outputs", "0", "facets", "columnLineage"],
        events::column_lineage(&[("x", "c", "x")]),
    );
    server.take(&[run(2, 1, "copy", &["a", "c"], &["b"]), precise]);
    assert_json_snapshot!(through_time(&server, &[1, 2, 4, 5, 6]));
}

#[test]
fn an_edge_is_seen_from_both_ends_at_every_time() {
    let server = Server::start();
    let mut numbers = events::Numbers(7);
    let sent: Vec<Value> = (0..120)
        .map(|i| {
            let [input, output] = [(); 2].map(|()| format!("d{}", numbers.below(12)));
            let (at, job) = (1 + numbers.below(20) as u32, format!("j{}", numbers.below(15)));
            match i % 4 {
                0 => events::job(&day(at), &job, &[&input], &[&output]),
                1 => events::with(
                    run(at, i, &job, &[&input, "d0"], &[&output]),
                    &["outputs", "0", "facets", "columnLineage"],
                    events::column_lineage(&[("x", &input, "x")]),
                ),
                _ => run(at, i, &job, &[&input], &[&output]),
            }
        })
        .collect();
    server.take(&[json!(sent)]);
    for at in ["", ", asOf: \"2026-11-05T00:00:00Z\"", ", asOf: \"2026-11-11T12:00:00Z\""] {
        let reach = |direction: &str| {
            let mut pairs = Vec::new();
            for i in 0..12 {
                let lines = server.lineage(&format!("d{i}"), &format!("direction: {direction}{at}"));
                let others = lines.iter().filter(|line| !line.contains(" -> ")).filter_map(|line| line.split_once(" dataset d"));
                pairs.extend(others.map(|(distance, other)| (i, other.parse::<u32>().unwrap(), distance.to_owned())));
            }
            pairs
        };
        let mut up: Vec<_> = reach("UPSTREAM").into_iter().map(|(a, b, distance)| (b, a, distance)).collect();
        let mut down = reach("DOWNSTREAM");
        up.sort();
        down.sort();
        assert!(down.len() > 12, "{down:?}");
        assert_eq!(up, down, "{at}");
    }
}
