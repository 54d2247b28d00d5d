//! What is the same dataset, what became of it, and what only exists between two steps.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use tests::{Server, events};

fn copy(day: u32, job: &str, input: &str, output: &str) -> Value {
    events::run("COMPLETE", &format!("2026-11-{day:02}T00:00:00Z"), &events::run_id(day), job, &[input], &[output])
}

fn facet(event: Value, side: &str, key: &str, body: Value) -> Value {
    events::with(event, &[side, "0", "facets", key], events::facet(body))
}

fn symlinks(names: &[&str]) -> Value {
    let identifiers: Vec<Value> = names.iter().map(|name| json!({ "namespace": "db", "name": name, "type": "TABLE" })).collect();
    json!({ "identifiers": identifiers })
}

/// The answer after these events in this order, and the same in every other.
fn in_any_order(sent: &[Value], ask: impl Fn(&Server) -> Value) -> Value {
    let mut sent = sent.to_vec();
    let answers: Vec<Value> = (0..sent.len().max(2))
        .map(|_| {
            let server = Server::start();
            server.take(&sent);
            sent.rotate_left(1);
            ask(&server)
        })
        .collect();
    assert!(answers.iter().all(|answer| *answer == answers[0]), "the order of arrival matters: {answers:#?}");
    answers[0].clone()
}

const ABOUT: &str = "query ($name: String!) { dataset(namespace: \"db\", name: $name) { name aliases { name } droppedAt temporary } }";

fn about(server: &Server, name: &str) -> Value {
    server.ask_about(ABOUT, name)["dataset"].clone()
}

#[test]
fn a_symlink_seen_later_joins_the_graphs() {
    let written = copy(1, "write", "source", "/warehouse/t");
    let read = copy(2, "read", "db.t", "report");
    let link = events::dataset("2026-11-03T00:00:00Z", "/warehouse/t", json!({ "symlinks": events::facet(symlinks(&["db.t"])) }));
    let ask = |server: &Server| {
        json!({
            "downstream of source": server.lineage("source", "direction: DOWNSTREAM"),
            "upstream of report": server.lineage("report", "direction: UPSTREAM"),
            "by the path": about(server, "/warehouse/t"),
            "by the table": about(server, "db.t"),
            "listed": server.ask("{ status { datasets } datasets(first: 10) { totalCount edges { node { name } } } }"),
            "found": server.ask("{ search(query: \"warehouse\", first: 5) { totalCount edges { node { ... on Dataset { name } } } } }"),
            "jobs": server.ask_about("query ($name: String!) { dataset(namespace: \"db\", name: $name) { jobs { totalCount } runs { totalCount } } }", "db.t"),
        })
    };
    assert_json_snapshot!(in_any_order(&[written, read, link], ask));
}

#[test]
fn a_symlink_taken_back_parts_them_again() {
    let link = |day: u32, names: &[&str]| facet(copy(day, "write", "source", "/warehouse/t"), "outputs", "symlinks", symlinks(names));
    let ask = |server: &Server| json!({ "downstream": server.lineage("source", "direction: DOWNSTREAM"), "by the table": about(server, "db.t"), "datasets": server.counts()["datasets"] });
    assert_json_snapshot!(json!({
        "joined": in_any_order(&[link(1, &["db.t"]), copy(2, "read", "db.t", "report")], ask),
        "another name": in_any_order(&[link(1, &["db.t"]), copy(2, "read", "db.t", "report"), link(3, &["db.u"])], ask),
        "only ever an alias": in_any_order(&[link(1, &["db.u"])], |server| json!([about(server, "db.u"), server.counts()["datasets"], server.ask("{ namespaces { name datasets } }")])),
    }));
}

#[test]
fn columns_meet_across_aliases() {
    let server = Server::start();
    let written = events::with(
        copy(1, "write", "source", "/t"),
        &["outputs", "0", "facets", "columnLineage"],
        events::column_lineage(&[("a", "source", "x")]),
    );
    let read = events::with(
        copy(2, "read", "db.t", "report"),
        &["outputs", "0", "facets", "columnLineage"],
        events::column_lineage(&[("total", "db.t", "a")]),
    );
    server.take(&[written, read, facet(copy(3, "write", "source", "/t"), "outputs", "symlinks", symlinks(&["db.t"]))]);
    assert_json_snapshot!(json!([
        server.columns("source", "x", "direction: DOWNSTREAM"),
        server.columns("report", "total", "direction: UPSTREAM")
    ]));
}

#[test]
fn an_alias_that_joins_everything_joins_nothing() {
    let server = Server::start();
    let root = json!({ "identifiers": [{ "namespace": "", "name": "t" }, { "namespace": "file", "name": "/" }] });
    server.take(&[
        facet(copy(1, "a", "x", "y"), "outputs", "symlinks", root.clone()),
        facet(copy(2, "b", "v", "w"), "outputs", "symlinks", root),
    ]);
    assert_json_snapshot!([about(&server, "y"), about(&server, "w")]);
}

fn lifecycle(day: u32, change: &str, name: &str, previous: Option<&str>) -> Value {
    let mut body = json!({ "lifecycleStateChange": change });
    if let Some(previous) = previous {
        body["previousIdentifier"] = json!({ "namespace": "db", "name": previous });
    }
    let event = events::run("COMPLETE", &format!("2026-11-{day:02}T00:00:00Z"), &events::run_id(100 + day), "admin", &[], &[name]);
    facet(event, "outputs", "lifecycleStateChange", body)
}

#[test]
fn what_is_dropped_leaves_the_graph_and_stays_in_history() {
    let life = [copy(1, "load", "a", "b"), copy(2, "use", "b", "c"), lifecycle(4, "DROP", "b", None)];
    let ask = |server: &Server| {
        json!({
            "now": server.lineage("a", "direction: DOWNSTREAM"),
            "the day before": server.lineage("a", "direction: DOWNSTREAM, asOf: \"2026-11-03T00:00:00Z\""),
            "b": about(server, "b"),
            "edges": server.counts()["edges"],
        })
    };
    assert_json_snapshot!(json!({
        "dropped": in_any_order(&life, ask),
        "written again": in_any_order(&[life.to_vec(), vec![copy(5, "load", "a", "b")]].concat(), ask),
        "only meant to be": in_any_order(&[copy(1, "load", "a", "b"), events::with(lifecycle(4, "DROP", "b", None), &["eventType"], "START".into())], ask),
    }));
}

#[test]
fn a_rename_keeps_the_history() {
    let life = [copy(1, "load", "a", "old"), lifecycle(2, "RENAME", "new", Some("old")), copy(3, "use", "new", "c")];
    let ask = |server: &Server| json!({ "downstream": server.lineage("a", "direction: DOWNSTREAM"), "old": about(server, "old"), "new": about(server, "new") });
    assert_json_snapshot!(json!({
        "renamed": in_any_order(&life, ask),
        "another of the old name": in_any_order(&[life.to_vec(), vec![copy(5, "other", "z", "old")]].concat(), ask),
    }));
}

#[test]
fn temporary_datasets_are_passed_through() {
    let temporary = |event| facet(event, "outputs", "datasetType", json!({ "datasetType": "TABLE", "subType": "TEMPORARY" }));
    let chain = [
        temporary(copy(1, "one", "a", "t1")),
        temporary(copy(2, "two", "t1", "t2")),
        copy(3, "three", "t2", "c"),
        copy(4, "four", "c", "d"),
    ];
    let server = Server::start();
    server.take(&chain);
    assert_json_snapshot!(json!({
        "downstream": server.lineage("a", "direction: DOWNSTREAM"),
        "one step": server.lineage("a", "direction: DOWNSTREAM, maxDepth: 1"),
        "upstream": server.lineage("d", "direction: UPSTREAM"),
        "seen": server.lineage("a", "direction: DOWNSTREAM, temporary: true"),
        "from the temporary one": server.lineage("t1", "direction: BOTH"),
        "t1": about(&server, "t1"),
    }));
}

#[test]
fn names_that_rules_call_the_same_are_one_dataset() {
    let event = |number: u32, job: &str, input: (&str, &str), output: (&str, &str)| {
        let dataset = |(namespace, name): (&str, &str)| json!([{ "namespace": namespace, "name": name }]);
        let event = events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(number), job, &[], &[]);
        events::with(events::with(event, &["inputs"], dataset(input)), &["outputs"], dataset(output))
    };
    let sent = [
        event(1, "load", ("db", "source"), ("postgres://host:5432", "shop.public.orders")),
        event(2, "model", ("postgresql://host", "\"shop\".\"public\".\"orders\""), ("db", "report")),
    ];
    let ask = |server: &Server| {
        let alias = "{ dataset(namespace: \"postgresql://host\", name: \"\\\"shop\\\".\\\"public\\\".\\\"orders\\\"\") { namespace name aliases { namespace name } } }";
        json!({ "downstream": server.lineage("source", "direction: DOWNSTREAM"), "datasets": server.counts()["datasets"], "by the other name": server.ask(alias)["dataset"] })
    };
    assert_json_snapshot!(in_any_order(&sent, ask));
}

#[test]
fn other_rules_part_what_these_have_joined() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("naming.toml");
    std::fs::write(&rules, "[[rule]]\nname = \"the old host\"\nnamespace = \"db\"\ndataset = \"old_(.*)\"\nto.name = \"$1\"\n").unwrap();
    let data = folder.path().join("data");
    let flag = ["--naming-rules", rules.to_str().unwrap()];
    let ask = |server: &Server| json!([server.lineage("a", "direction: DOWNSTREAM"), server.counts()["datasets"], about(server, "old_t")]);
    let server = Server::start_in(&data, &flag);
    server.take(&[copy(1, "load", "a", "old_t"), copy(2, "use", "t", "report")]);
    let joined = ask(&server);
    assert!(server.stop());
    let server = Server::start_in(&data, &[]);
    let parted = ask(&server);
    assert!(server.stop());
    let server = Server::start_in(&data, &flag);
    assert_eq!(ask(&server), joined);
    assert_json_snapshot!(json!({ "joined": joined, "parted": parted }));
}
