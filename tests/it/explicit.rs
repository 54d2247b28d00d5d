//! Explicit lineage: the `lineage` facet of jobs and datasets.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use std::path::Path;
use tests::{Server, events};

fn end(name: &str) -> Value {
    json!({ "type": "DATASET", "namespace": "db", "name": name })
}

fn column(name: &str, field: &str) -> Value {
    json!({ "type": "DATASET", "namespace": "db", "name": name, "field": field })
}

fn job(name: &str) -> Value {
    json!({ "type": "JOB", "namespace": "etl", "name": name })
}

fn entry(mut target: Value, inputs: Value) -> Value {
    target["inputs"] = inputs;
    target
}

fn said(event: Value, entries: &[Value]) -> Value {
    events::with(event, &["job", "facets", "lineage"], events::facet(json!({ "entries": entries })))
}

fn run(day: u32, number: u32, kind: &str, inputs: &[&str], outputs: &[&str]) -> Value {
    events::run(kind, &format!("2026-11-{day:02}T00:00:00Z"), &events::run_id(number), "copy", inputs, outputs)
}

/// Everything around these datasets, the same whatever the order of arrival.
fn around(sent: &[Value], starts: &[&str]) -> Value {
    let mut sent = sent.to_vec();
    let [forwards, backwards] = [(); 2].map(|()| {
        let server = Server::start();
        server.take(&sent);
        sent.reverse();
        let lines: Vec<Vec<String>> = starts.iter().map(|start| server.lineage(start, "direction: DOWNSTREAM")).collect();
        json!(lines)
    });
    assert_eq!(forwards, backwards, "the order of arrival matters");
    forwards
}

#[test]
fn what_is_said_is_the_whole_picture() {
    let both = || run(1, 1, "COMPLETE", &["a", "b"], &["c", "d"]);
    let columns = |event| events::with(event, &["outputs", "0", "facets", "columnLineage"], events::column_lineage(&[("x", "b", "x")]));
    assert_json_snapshot!(json!({
        "two flows in one job": around(&[said(both(), &[entry(end("c"), json!([end("a")])), entry(end("d"), json!([end("b")]))])], &["a", "b"]),
        "before column lineage": around(&[said(columns(both()), &[entry(end("c"), json!([end("a")]))])], &["a", "b"]),
        "what is not said stays with the job": around(&[said(both(), &[entry(end("c"), json!([end("a")]))])], &["a", "b"]),
        "over the events of a run": around(&[
            said(run(1, 1, "START", &["a", "b"], &[]), &[entry(end("c"), json!([end("a")]))]),
            said(run(2, 1, "COMPLETE", &[], &["c", "d"]), &[entry(end("c"), json!([end("b")]))]),
        ], &["a", "b"]),
        "an earlier run that said less": around(&[both(), said(run(2, 2, "COMPLETE", &["a", "b"], &["c", "d"]), &[entry(end("c"), json!([end("a")]))])], &["a", "b"]),
    }));
}

#[test]
fn a_job_event_replaces_what_was_declared() {
    let declared = |day: u32, source: &str| {
        said(events::job(&format!("2026-11-{day:02}T00:00:00Z"), "copy", &["a", "b"], &["c"]), &[entry(end("c"), json!([end(source)]))])
    };
    let nothing = said(events::job("2026-11-03T00:00:00Z", "copy", &[], &["c"]), &[entry(end("c"), json!([]))]);
    assert_json_snapshot!(json!({
        "the newest counts": around(&[declared(1, "a"), declared(2, "b")], &["a", "b"]),
        "nothing feeds it any more": around(&[declared(1, "a"), nothing], &["a"]),
    }));
}

#[test]
fn a_dataset_says_where_it_comes_from() {
    let view = |day: u32, inputs: Value| {
        events::dataset(&format!("2026-11-{day:02}T00:00:00Z"), "view", json!({ "lineage": events::facet(json!({ "inputs": inputs })) }))
    };
    let run_dataset = events::with(
        run(1, 1, "COMPLETE", &["a"], &["b"]),
        &["outputs", "0", "facets", "lineage"],
        events::facet(json!({ "inputs": [end("z")] })),
    );
    assert_json_snapshot!(json!({
        "a view": around(&[view(1, json!([end("a"), end("b")]))], &["a", "b"]),
        "replaced": around(&[view(1, json!([end("a"), end("b")])), view(2, json!([end("b")]))], &["a", "b"]),
        "nothing feeds it": around(&[view(1, json!([end("a")])), view(2, json!([]))], &["a"]),
        "not valid on a run's dataset": around(&[run_dataset], &["a"]),
    }));
}

#[test]
fn data_flows_from_job_to_job() {
    let server = Server::start();
    let named = |event: Value, name: &str| events::with(event, &["job", "name"], name.into());
    server.take(&[
        named(run(1, 1, "COMPLETE", &["a"], &[]), "extract"),
        said(named(run(2, 2, "COMPLETE", &[], &["z"]), "load"), &[entry(job("load"), json!([job("extract")]))]),
    ]);
    let of_job = |direction: &str| {
        let query = format!(
            "{{ job(namespace: \"etl\", name: \"extract\") {{ lineage(direction: {direction}) {{ nodes {{ distance node {{ ... on Dataset {{ name }} ... on Job {{ name }} }} }} }} }} }}"
        );
        server.ask(&query)["job"]["lineage"]["nodes"].clone()
    };
    assert_json_snapshot!(json!({
        "downstream of a": server.lineage("a", "direction: DOWNSTREAM"),
        "upstream of z": server.lineage("z", "direction: UPSTREAM"),
        "from the job": [of_job("DOWNSTREAM"), of_job("UPSTREAM")],
    }));
}

#[test]
fn columns_are_said_outright() {
    let server = Server::start();
    let mut target = entry(end("c"), json!([column("a", "filter")]));
    target["fields"] = json!({ "total": { "inputs": [column("a", "amount"), end("b")] }, "made": { "inputs": [{ "type": "JOB" }] } });
    let columns = |name, columns| events::dataset("2026-11-01T00:00:00Z", name, json!({ "schema": events::schema(columns) }));
    server.take(&[
        said(run(1, 1, "COMPLETE", &["a", "b"], &["c"]), &[target]),
        columns("b", &[("any", "int")]),
        columns("c", &[("made", "int")]),
    ]);
    assert_json_snapshot!(json!({
        "total": server.columns("c", "total", "direction: UPSTREAM"),
        "total, only its value": server.columns("c", "total", "direction: UPSTREAM, indirect: false"),
        "made": server.columns("c", "made", "direction: UPSTREAM"),
        "amount": server.columns("a", "amount", "direction: DOWNSTREAM"),
        "filter": server.columns("a", "filter", "direction: DOWNSTREAM"),
        "any column of b": server.columns("b", "any", "direction: DOWNSTREAM"),
    }));
}

/// The ten published examples, each with what it must show.
#[test]
fn the_published_examples() {
    let Some(folder) = std::env::var_os("OPENLINEAGE_CORPUS_DIR") else {
        println!("skipped: OPENLINEAGE_CORPUS_DIR is not set");
        return;
    };
    let read = |number: u32| -> Value {
        let file = Path::new(&folder).join(format!("explicit-lineage/example_{number:02}.json"));
        serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
    };
    let shown = |number: u32, namespace: &str, name: &str, kind: &str, direction: &str| {
        let server = Server::start();
        server.take(&[read(number)]);
        let query = format!(
            "query ($namespace: String!, $name: String!) {{ {kind}(namespace: $namespace, name: $name) {{ lineage(direction: {direction}) {{ nodes {{ distance node {{ ... on Dataset {{ id name }} ... on Job {{ id name }} }} }} edges {{ from to basis origin job {{ name }} }} }} }} }}"
        );
        let answer = server.ask_with(&query, json!({ "namespace": namespace, "name": name }))["data"].clone();
        tests::picture::lineage(&answer[kind]["lineage"])
    };
    let warehouse = "postgresql://warehouse:5432";
    assert_json_snapshot!(json!({
        "01 two flows": [shown(1, warehouse, "table_a", "dataset", "DOWNSTREAM"), shown(1, warehouse, "table_b", "dataset", "DOWNSTREAM")],
        "02 a view": shown(2, warehouse, "public.customer_view", "dataset", "UPSTREAM"),
        "03 declared": shown(3, warehouse, "source_table", "dataset", "DOWNSTREAM"),
        "04 a sink": shown(4, "postgres://prod", "transactions", "dataset", "DOWNSTREAM"),
        "05 a source": shown(5, "postgres://prod", "extracted_data", "dataset", "UPSTREAM"),
        "06 a generated column": shown(6, "postgres://prod", "extracted_data", "dataset", "UPSTREAM"),
        "07 job to job, declared by a third": shown(7, "airflow://prod", "dag_a.task_3", "job", "DOWNSTREAM"),
        "08 job to job": shown(8, "airflow://prod", "dag_a.task_3", "job", "DOWNSTREAM"),
        "09 job to job, streaming": shown(9, "beam://analytics", "enrichment_pipeline", "job", "UPSTREAM"),
        "10 columns into a file": shown(10, "postgres://prod", "X", "dataset", "DOWNSTREAM"),
    }));
}

/// A declaration that says outright what feeds what leaves column lineage aside; a run that says it again
/// without brings its columns in late, and search must hear of them.
#[test]
fn columns_that_come_in_late_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_in(folder.path(), &[]);
    let columns =
        |event| events::with(event, &["outputs", "0", "facets", "columnLineage"], events::column_lineage(&[("total", "b", "amount")]));
    let declared = said(columns(events::job("2026-11-01T00:00:00Z", "copy", &["a", "b"], &["c"])), &[entry(end("c"), json!([end("a")]))]);
    server.take(&[declared]);
    server.ask("{ search(query: \"amount\", first: 5) { totalCount } }");
    server.take(&[columns(run(2, 1, "COMPLETE", &["a", "b"], &["c"]))]);
    let found = server.ask("{ search(query: \"amount\", first: 5) { edges { node { ... on Column { name dataset { name } } } } } }");
    assert_json_snapshot!(found);
    assert!(server.stop());
    Server::digests(folder.path());
}
