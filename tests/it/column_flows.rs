//! Lineage of columns: over many hops, up and down, and never stopping in silence.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use tests::{Server, events};

type Sources<'a> = &'a [(&'a str, &'a str, &'a str)];

fn step(number: u32, inputs: &[&str], output: &str, sources: Option<Sources<'_>>) -> Value {
    let event = events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(number), &format!("make {output}"), inputs, &[output]);
    match sources {
        Some(sources) => events::with(event, &["outputs", "0", "facets", "columnLineage"], events::column_lineage(sources)),
        None => event,
    }
}

/// raw → stg → mart, then a copy without column lineage, then a report with it.
fn estate() -> Server {
    let server = Server::start();
    server.take(&[
        step(1, &["raw"], "stg", Some(&[("id", "raw", "id"), ("name", "raw", "first"), ("name", "raw", "last")])),
        step(2, &["stg", "dim"], "mart", Some(&[("key", "stg", "id"), ("label", "stg", "name"), ("", "dim", "active")])),
        step(3, &["mart"], "copy", None),
        step(4, &["copy"], "report", Some(&[("title", "copy", "label")])),
    ]);
    server
}

#[test]
fn a_column_is_followed_to_both_ends() {
    let server = estate();
    assert_json_snapshot!(json!({
        "raw.first down": server.columns("raw", "first", "direction: DOWNSTREAM"),
        "report.title up": server.columns("report", "title", "direction: UPSTREAM"),
        "mart.label up": server.columns("mart", "label", "direction: UPSTREAM"),
        "mart.label up, values only": server.columns("mart", "label", "direction: UPSTREAM, indirect: false"),
        "mart.label up, one step": server.columns("mart", "label", "direction: UPSTREAM, maxDepth: 1"),
        "dim.active down": server.columns("dim", "active", "direction: DOWNSTREAM"),
        "stg.id both": server.columns("stg", "id", "direction: BOTH"),
    }));
}

#[test]
fn columns_that_only_lineage_knows_are_listed() {
    let server = estate();
    let schema = events::schema(&[("id", "INT"), ("unused", "INT")]);
    server.take(&[events::dataset("2026-11-02T00:00:00Z", "raw", json!({ "schema": schema }))]);
    let data = server.ask(
        r#"{ dataset(namespace: "db", name: "raw") { columnCount columns { name type ordinal inSchema depth upstreamCount downstreamCount } } status { columns columnEdges } }"#,
    );
    assert_json_snapshot!(data);
}

#[test]
fn the_old_form_of_the_facet_is_read() {
    let server = Server::start();
    let old = events::facet(json!({ "fields": { "mail": {
        "inputFields": [{ "namespace": "db", "name": "a", "field": "mail" }],
        "transformationType": "MASKED",
        "transformationDescription": "hashed",
    } } }));
    server.take(&[events::with(step(1, &["a"], "b", None), &["outputs", "0", "facets", "columnLineage"], old)]);
    let data = server.ask(
        r#"{ column(namespace: "db", dataset: "b", name: "mail") { lineage(direction: UPSTREAM) { edges { columnLevel transformations { type subtype description masking } } } } }"#,
    );
    assert_json_snapshot!(data);
}

#[test]
fn a_column_may_feed_itself() {
    let server = Server::start();
    server.take(&[step(1, &["t"], "t", Some(&[("a", "t", "b"), ("b", "t", "a"), ("a", "t", "a")]))]);
    assert_json_snapshot!(json!({
        "down": server.columns("t", "a", "direction: DOWNSTREAM"),
        "up": server.columns("t", "a", "direction: UPSTREAM"),
    }));
}

#[test]
fn column_lineage_of_the_past() {
    let server = Server::start();
    let declare =
        |time: &str, source: &str| events::dataset(time, "view", json!({ "columnLineage": events::column_lineage(&[("x", source, "x")]) }));
    server.take(&[declare("2026-11-01T00:00:00Z", "old"), declare("2026-11-05T00:00:00Z", "new")]);
    let at = |time: &str| server.columns("view", "x", &format!("direction: UPSTREAM{time}"));
    assert_json_snapshot!(json!({
        "before": at(", asOf: \"2026-10-31T00:00:00Z\""),
        "first": at(", asOf: \"2026-11-02T00:00:00Z\""),
        "then": at(", asOf: \"2026-11-05T00:00:00Z\""),
        "now": at(""),
    }));
}

/// What was declared, replaced and declared again did not hold in between; tables and columns agree.
#[test]
fn column_lineage_that_comes_back_was_away() {
    let server = Server::start();
    let declare = |day: u32, source: &str| {
        let facets = json!({ "columnLineage": events::column_lineage(&[("x", source, "x")]) });
        events::dataset(&format!("2026-11-{day:02}T00:00:00Z"), "view", facets)
    };
    server.take(&[declare(1, "old"), declare(5, "new"), declare(9, "old")]);
    let between = "direction: UPSTREAM, asOf: \"2026-11-06T00:00:00Z\"";
    assert_eq!(server.lineage("view", between).len(), 3);
    assert_eq!(server.columns("view", "x", between), ["0 view.x", "1 new.x", "new.x -> view.x by : DIRECT IDENTITY"]);
}

/// Of two declarations at one moment one counts, the same one whatever came first, and the other leaves nothing.
#[test]
fn two_declarations_at_one_moment() {
    let declare = |source: &str| {
        let facets = json!({ "columnLineage": events::column_lineage(&[("x", source, "x")]) });
        events::dataset("2026-11-01T00:00:00Z", "view", facets)
    };
    let mut sent = [declare("one"), declare("two")];
    let [forwards, backwards] = [(); 2].map(|()| {
        let server = Server::start();
        for event in &sent {
            server.take(std::slice::from_ref(event));
            server.counts();
        }
        sent.reverse();
        (server.lineage("view", "direction: UPSTREAM").len(), server.columns("view", "x", "direction: UPSTREAM"), server.counts())
    });
    assert_eq!(forwards, backwards);
    assert_eq!((forwards.0, forwards.1.len()), (3, 3), "{forwards:?}");
}

/// A facet that grows by a column repeats the others: they are the same edges.
#[test]
fn a_column_edge_is_counted_once() {
    let server = Server::start();
    server.take(&[step(1, &["a"], "b", Some(&[("x", "a", "x")])), step(2, &["a"], "b", Some(&[("x", "a", "x"), ("y", "a", "y")]))]);
    assert_eq!(server.counts()["columnEdges"], 2);
}

/// Design 8.4: an edge seen from one end is seen from the other.
#[test]
fn what_is_seen_upstream_is_seen_downstream() {
    let server = estate();
    let all =
        ["raw.id", "raw.first", "raw.last", "stg.id", "stg.name", "dim.active", "mart.key", "mart.label", "copy.label", "report.title"];
    let reach = |direction: &str| -> Vec<(String, String)> {
        let of = |start: &str| {
            let (dataset, column) = start.split_once('.').unwrap();
            let lines = server.columns(dataset, column, &format!("direction: {direction}"));
            let nodes = lines.into_iter().filter(|line| !line.contains(" -> ")).map(|line| line.split_once(' ').unwrap().1.to_owned());
            nodes.filter(|node| all.contains(&node.as_str())).map(|node| (start.to_owned(), node)).collect::<Vec<_>>()
        };
        all.iter().flat_map(|start| of(start)).collect()
    };
    let up: std::collections::BTreeSet<_> = reach("UPSTREAM").into_iter().map(|(start, node)| (node, start)).collect();
    let down = reach("DOWNSTREAM").into_iter().collect();
    // Through a table edge a walk arrives at a whole table, so only pairs joined by column lineage all the way must agree.
    let joined = [("raw.first", "mart.label"), ("raw.last", "stg.name"), ("raw.id", "mart.key"), ("copy.label", "report.title")];
    for (from, to) in joined {
        let pair = (from.to_owned(), to.to_owned());
        assert!(up.contains(&pair) && std::collections::BTreeSet::contains(&down, &pair), "{from} → {to}\nup {up:?}\ndown {down:?}");
    }
}
