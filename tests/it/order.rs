//! Design 8.2: any order, any repetition, any split over requests and connections gives the same state.

use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{Server, events, gzip};

const CONNECTIONS: usize = 8;

/// Events that touch the same few things in every way there is, with many ties in time.
fn mixed(count: usize) -> Vec<Value> {
    let mut n = events::Numbers(2026);
    (0..count)
        .map(|_| {
            let time = format!("2026-11-{:02}T00:00:{:02}Z", 1 + n.below(5), n.below(3));
            let [a, b, c] = [(); 3].map(|()| format!("d{}", n.below(9)));
            let job = format!("j{}", n.below(6));
            let facet = match n.below(6) {
                0 => Value::Null,
                1 => json!({ "_deleted": true }),
                2 => json!({ "schema": "junk" }),
                _ => events::schema(&[("x", "INT"), ("y", ["INT", "TEXT"][n.below(2)])][..1 + n.below(2)]),
            };
            match n.below(8) {
                0 => events::job(&time, &job, &[&a], &[&b]),
                1 => events::dataset(&time, &a, json!({ "schema": facet })),
                2 => events::dataset(&time, &a, json!({ "columnLineage": events::column_lineage(&[("x", &b, "x"), ("", &c, "y")]) })),
                kind => {
                    let state = ["START", "RUNNING", "COMPLETE", "FAIL", "ABORT", "OTHER"][n.below(6)];
                    let event = events::run(state, &time, &events::run_id(n.below(25) as u32), &job, &[&a, &b], &[&c]);
                    let event = events::with(event, &["outputs", "0", "facets"], json!({ "schema": facet, "documentation": { "description": a } }));
                    let parent = json!({ "run": { "runId": events::run_id(n.below(25) as u32) }, "job": { "namespace": "etl", "name": format!("j{}", n.below(9)) } });
                    match kind {
                        3 => events::with(event, &["run", "facets", "parent"], parent),
                        4 => events::with(event, &["outputs", "0", "facets", "columnLineage"], events::column_lineage(&[("x", &a, "x")])),
                        5 => events::with(event, &["run", "facets", "nominalTime"], json!({ "nominalStartTime": time })),
                        _ => event,
                    }
                }
            }
        })
        .collect()
}

/// Requests of one to twenty events, some packed, over several connections at once.
fn post_all(server: &Server, events: &[Value], n: &mut events::Numbers) {
    let mut requests: Vec<Vec<(bool, String)>> = vec![Vec::new(); CONNECTIONS];
    let mut rest = events;
    while !rest.is_empty() {
        let (head, tail) = rest.split_at((1 + n.below(20)).min(rest.len()));
        requests[n.below(CONNECTIONS)].push((n.below(3) == 0, json!(head).to_string()));
        rest = tail;
    }
    std::thread::scope(|scope| {
        for list in &requests {
            scope.spawn(move || {
                for (packed, body) in list {
                    let answer = if *packed {
                        server.post_bytes("/api/v1/lineage", &[("content-encoding", "gzip")], &gzip(body.as_bytes()))
                    } else {
                        server.post_bytes("/api/v1/lineage", &[], body.as_bytes())
                    };
                    assert_eq!(answer.status, 201, "{}", answer.text);
                }
            });
        }
    });
}

/// What people see: everything about every dataset, job and run, in the order of the lists.
fn answers(server: &Server) -> Vec<String> {
    let data = server.ask(
        "{ datasets(first: 100) { edges { node { name description facets columns { name type inSchema upstreamCount downstreamCount } columnCount firstSeen lastSeen lastWrittenAt
             schemaHistory { firstSeen lastSeen current added removed retyped } lineage(direction: BOTH) { totalCount datasetCount } } } }
           jobs(first: 100) { edges { node { name firstSeen lastSeen inputs { name } outputs { name } parents { name } runs { totalCount } } } }
           runs(first: 1000) { edges { node { id state startedAt endedAt nominalStart firstEventAt lastEventAt eventCount inferred parent { id job { name } } job { name } inputs { name } outputs { name } } } } }",
    );
    let mut lines: Vec<String> = ["datasets", "jobs", "runs"]
        .iter()
        .flat_map(|list| data[*list]["edges"].as_array().unwrap().iter().map(Value::to_string))
        .collect();
    for i in 0..9 {
        for at in ["", r#", asOf: "2026-11-03T00:00:00Z""#] {
            lines.extend(server.lineage(&format!("d{i}"), &format!("direction: DOWNSTREAM{at}")));
            lines.extend(server.columns(&format!("d{i}"), "x", &format!("direction: UPSTREAM{at}")));
        }
    }
    lines
}

#[test]
fn any_order_any_repetition_any_split() {
    let events = mixed(300);
    let mut numbers = events::Numbers(5);
    let (mut expected, mut differences) = (None, Vec::new());
    for round in 0..6 {
        let mut sent = events.clone();
        if round > 0 {
            // Some come twice.
            sent.extend(events.iter().filter(|_| numbers.below(4) == 0).cloned().collect::<Vec<_>>());
            numbers.shuffle(&mut sent);
        }
        let folder = TempDir::new().unwrap();
        let server = Server::start_in(folder.path(), &[]);
        post_all(&server, &sent, &mut numbers);
        let (counts, answers) = (server.counts(), answers(&server));
        assert!(server.stop());
        let outcome = (Server::digests(folder.path()), counts, answers);
        let expected = expected.get_or_insert_with(|| outcome.clone());
        if outcome.0 != expected.0 {
            differences.push(format!("round {round} digests: {:#?} {:#?}", outcome.0, expected.0));
        }
        if outcome.1 != expected.1 {
            differences.push(format!("round {round} counts: {} {}", outcome.1, expected.1));
        }
        let mut lines = outcome.2.iter().zip(&expected.2).filter(|(one, other)| one != other);
        differences.extend(lines.next().map(|(one, other)| format!("round {round} answers, the first:\n{one}\n{other}")));
    }
    differences.truncate(3);
    assert!(differences.is_empty(), "the order matters:\n{}", differences.join("\n"));
}
