//! Two servers that took the same events in other orders answer alike, list by list and in the same order, and each goes on
//! where a cursor of the other ends. What a catalog numbers things by must not show.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::{Server, events};

/// An estate with many things at one distance, several paths of one length, aliases, columns, and ties in time.
fn estate() -> Vec<Value> {
    let mut all = Vec::new();
    let names = ["t", "k", "a", "z", "m", "q", "c", "x", "g", "p", "e", "w"];
    let run = |n: u32, job: &str, from: &[&str], to: &[&str]| {
        let event = events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(n), job, from, to);
        let event = events::with(event, &["outputs", "0", "facets", "schema"], events::schema(&[("y", "INT"), ("x", "INT")]));
        let lineage = events::column_lineage(&[("y", from[0], "x"), ("x", from[0], "y")]);
        events::with(event, &["outputs", "0", "facets", "columnLineage"], lineage)
    };
    for (n, name) in (1..).zip(names) {
        // hub → 12 copies → end, each by a job of its own: 12 paths of two steps.
        let (copy, make, back) = (format!("copy_{name}"), format!("make {name}"), format!("back {name}"));
        all.push(run(n, &make, &["hub"], &[&copy]));
        all.push(run(100 + n, &back, &[&copy], &["end"]));
        // What reads and feeds nothing, and what is declared alone.
        all.push(events::run("FAIL", "2026-11-01T00:00:00Z", &events::run_id(200 + n), &format!("look {name}"), &["hub"], &[]));
        all.push(events::job("2026-11-01T00:00:00Z", &format!("said {name}"), &["hub"], &[&format!("view_{name}")]));
        // Two spellings, and a symlink.
        all.push(events::dataset("2026-11-01T00:00:00Z", &format!("Copy_{name}"), json!({ "schema": events::schema(&[("x", "INT")]) })));
        let link = json!({ "symlinks": events::facet(json!({ "identifiers": [{ "namespace": "hive", "name": format!("h.{name}"), "type": "TABLE" }] })) });
        all.push(events::dataset("2026-11-01T00:00:00Z", &copy, link));
    }
    // The hub was written after what is made of it: everything downstream is stale.
    all.push(events::run("COMPLETE", "2026-11-05T00:00:00Z", &events::run_id(300), "fill", &["raw_b", "raw_a"], &["hub"]));
    all
}

fn servers() -> [Server; 2] {
    let forwards = estate();
    let backwards: Vec<Value> = forwards.iter().rev().cloned().collect();
    [forwards, backwards].map(|events| {
        let server = Server::start();
        server.take(&events);
        server.ask("{ search(query: \"\") { totalCount } status { catalogSeq } }");
        server
    })
}

const PAGE: &str = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }";
const NODE: &str = "... on Dataset { namespace name } ... on Job { namespace name } ... on Column { id }";
const HUB: &str = r#"namespace: "db", name: "hub""#;
/// When "now" would differ.
const AT: &str = "2026-11-06T00:00:00Z";

/// Lists with pages: field with `ARGS` where `first` and `after` stand, way to the list, way from there to its items.
fn lists() -> Vec<(String, Vec<&'static str>, &'static str)> {
    let lineage = format!(
        "totalCount nodes {{ distance pathCount longestDistance via {{ name }} node {{ {NODE} }} }} edges {{ from to job {{ name }} basis }} {PAGE}"
    );
    let edges = |node: &str| format!("{{ totalCount edges {{ cursor node {{ {node} }} }} {PAGE} }}");
    let from = format!("from: {{ datasets: [{{ {HUB} }}] }}, direction: DOWNSTREAM");
    let mut all = Vec::new();
    for more in [
        "",
        "jobs: false,",
        "granularity: COLUMN,",
        "granularity: JOB,",
        "granularity: NAMESPACE,",
        "granularity: SCHEMA,",
        "minDepth: 1,",
        "inferred: false,",
    ] {
        all.push((format!("lineage({from}, {more} ARGS) {{ {lineage} }}"), vec!["lineage"], "nodes"));
    }
    all.push((
        format!("lineage({}, ARGS) {{ totalCount nodes {{ node {{ {NODE} }} }} {PAGE} }}", from.replace("DOWNSTREAM", "BOTH")),
        vec!["lineage"],
        "nodes",
    ));
    all.push((format!("dataset({HUB}) {{ lineage(direction: DOWNSTREAM, ARGS) {{ {lineage} }} }}"), vec!["dataset", "lineage"], "nodes"));
    all.push((format!("dataset({HUB}) {{ jobs(role: CONSUMER, ARGS) {} }}", edges("name")), vec!["dataset", "jobs"], "edges"));
    all.push((
        format!("dataset({HUB}) {{ runs(ARGS) {{ totalCount edges {{ cursor node {{ id job {{ name }} }} }} {PAGE} }} }}"),
        vec!["dataset", "runs"],
        "edges",
    ));
    let aliases = "namespace name aliases { namespace name } columns { name upstreamCount downstreamCount }";
    all.push((format!("datasets(ARGS) {}", edges(aliases)), vec!["datasets"], "edges"));
    all.push((format!("jobs(ARGS) {}", edges("namespace name inputs { name } outputs { name }")), vec!["jobs"], "edges"));
    all.push((format!("runs(ARGS) {}", edges("id job { name } inputs { name } outputs { name }")), vec!["runs"], "edges"));
    all.push((format!("search(query: \"copy\", ARGS) {}", edges(NODE)), vec!["search"], "edges"));
    all.push((format!("search(query: \"\", ARGS) {}", edges(NODE)), vec!["search"], "edges"));
    all.push((format!("producers(ARGS) {}", edges("producer events outputsWithoutSchema(first: 5) { name }")), vec!["producers"], "edges"));
    all.push((format!("stitching(ARGS) {}", edges("kinds members(first: 3) { edges { node { name } } }")), vec!["stitching"], "edges"));
    let stale = "dataset { name } chain { dataset { name } jobs { name } }";
    all.push((format!("staleDatasets(asOf: \"{AT}\", ARGS) {}", edges(stale)), vec!["staleDatasets"], "edges"));
    let points = "node { ... on Dataset { name } ... on Job { name } } dominatedCount dominated(first: 5) { edges { node { name } } }";
    all.push((format!("singlePointsOfFailure(kinds: [DATASET, JOB], ARGS) {}", edges(points)), vec!["singlePointsOfFailure"], "edges"));
    all.push((
        format!(
            "deadDatasets(days: 1, at: \"{AT}\", usages: [DEAD, DECLARED_ONLY, TOO_YOUNG, USED], ARGS) {}",
            edges("dataset { name } usage")
        ),
        vec!["deadDatasets"],
        "edges",
    ));
    all.push((
        format!("deadColumns(days: 1, at: \"{AT}\", usages: [DEAD, UNKNOWN, USED], ARGS) {}", edges("column { id } usage")),
        vec!["deadColumns"],
        "edges",
    ));
    all.push((
        format!("namespaceMatrix(ARGS) {{ totalCount cells {{ from to edges examples {{ from {{ name }} to {{ name }} }} }} {PAGE} }}"),
        vec!["namespaceMatrix"],
        "cells",
    ));
    let cause =
        "kind distance at node { ... on Dataset { name } ... on Job { name } } path { ... on Dataset { name } ... on Job { name } }";
    all.push((
        format!(
            r#"rootCauses(dataset: {{ namespace: "db", name: "end" }}, at: "{AT}", ARGS) {{ totalCount candidates {{ {cause} }} {PAGE} }}"#
        ),
        vec!["rootCauses"],
        "candidates",
    ));
    for (change, list) in [
        ("dropColumn: { namespace: \"db\", dataset: \"hub\", name: \"x\" }", "columns"),
        ("dropDataset: { namespace: \"db\", name: \"hub\" }", "datasets"),
        ("dropDataset: { namespace: \"db\", name: \"hub\" }", "jobs"),
    ] {
        all.push((
            format!("impact(change: {{ {change} }}) {{ {list}(ARGS) {} }}", edges(&format!("verdict distance node {{ {NODE} }}"))),
            vec!["impact", list],
            "edges",
        ));
    }
    all
}

fn page(server: &Server, (query, way): (&str, &[&str]), first: usize, after: &Value) -> Value {
    let arguments = if after.is_null() { format!("first: {first}") } else { format!("first: {first}, after: {after}") };
    let answer = server.ask_with(&format!("{{ {} }}", query.replace("ARGS", &arguments)), Value::Null);
    assert!(answer["errors"].is_null(), "{query}\n{answer:#}");
    way.iter().fold(&answer["data"], |value, key| &value[*key]).clone()
}

#[test]
fn lists_come_in_one_order_and_cursors_mean_the_same() {
    let servers = servers();
    let mut differences = Vec::new();
    let mut cursors: Vec<(String, String)> = Vec::new();
    for (query, way, items) in &lists() {
        let wholes = [0, 1].map(|place| page(&servers[place], (query, way), 1000, &Value::Null));
        if wholes[0] != wholes[1] {
            differences.push(format!("{query}\n{:#}\n{:#}", wholes[0], wholes[1]));
            continue;
        }
        let whole = wholes[0][items].as_array().unwrap();
        assert!(
            whole.len() > 1
                || query.contains("NAMESPACE")
                || query.contains("SCHEMA")
                || query.contains("Matrix")
                || query.contains("producers"),
            "too little to page through: {query}\n{:#}",
            wholes[0]
        );
        // Page by page, by turns from the one and the other.
        let (mut paged, mut after, mut turn) = (Vec::new(), Value::Null, 0);
        loop {
            let page = page(&servers[turn % 2], (query, way), 3, &after);
            paged.extend(page[items].as_array().unwrap().iter().cloned());
            if page["pageInfo"]["hasNextPage"] != true {
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
            turn += 1;
            assert!(turn < 400, "the pages of {query} do not end");
        }
        let short = |list: &[Value]| list.iter().map(Value::to_string).collect::<Vec<_>>();
        assert_eq!(short(&paged), short(whole), "{query}");
        let end = wholes[0]["pageInfo"]["endCursor"].as_str().unwrap();
        cursors.push((query.clone(), end.to_owned()));
    }
    assert!(differences.is_empty(), "{} lists differ, the first:\n{}", differences.len(), differences[0]);
    // No cursor is taken by another list.
    for (query, way, _) in &lists() {
        for (_, cursor) in cursors.iter().filter(|(of, _)| of != query) {
            let answer =
                servers[0].ask_with(&format!("{{ {} }}", query.replace("ARGS", &format!("first: 1, after: \"{cursor}\""))), Value::Null);
            let said = answer["errors"][0]["message"].as_str().unwrap_or_default().to_owned();
            assert!(said.starts_with("after is not a cursor of this list: it is of "), "{way:?} took {cursor}: {answer:#}");
        }
    }
    let kinds: BTreeSet<&str> = cursors.iter().map(|(_, cursor)| &cursor[..4]).collect();
    assert!(kinds.len() > 15 && kinds.iter().all(|kind| kind.starts_with("01")), "{kinds:?}");
}

#[test]
fn everything_that_is_no_page_is_alike_too() {
    let servers = servers();
    let ends = r#"from: { dataset: { namespace: "db", name: "hub" } }, to: { dataset: { namespace: "db", name: "end" } }"#;
    let columns = r#"from: { column: { namespace: "db", dataset: "hub", name: "x" } }, to: { column: { namespace: "db", dataset: "end", name: "x" } }"#;
    let path = format!("{{ totalCount paths {{ steps {{ from {{ {NODE} }} to {{ {NODE} }} edges {{ job {{ name }} }} }} }} }}");
    let scene = "{ nodes { id kind title x y distance count hiddenDownstream columns { name traced } } edges { id from to fromColumn toColumn points } complete }";
    let focus = r#"focus: { kind: DATASET, namespace: "db", name: "hub" }"#;
    for query in [
        format!("paths({ends}, first: 4) {path}"),
        format!("paths({columns}, first: 4) {path}"),
        format!("lineageScene({focus}, up: 2, down: 2) {scene}"),
        format!("lineageScene({focus}, down: 2, jobs: false) {scene}"),
        format!("lineageScene({focus}, down: 2, limit: 7) {scene}"),
        format!(
            r#"impact(change: {{ dropDataset: {{ {HUB} }} }}) {{ verdict totals {{ jobs {{ breaks risky unknown }} }} owners {{ name }} }}"#
        ),
        format!(
            "backfillPlan(datasets: [{{ {HUB} }}]) {{ layers {{ steps {{ jobs {{ job {{ name }} reads {{ name }} fedBy {{ name }} }} }} }} }}"
        ),
        format!(
            r#"staleness(dataset: {{ namespace: "db", name: "end" }}, asOf: "{AT}") {{ chain {{ dataset {{ name }} jobs {{ name }} }} }}"#
        ),
        "schemaChanges(first: 5) { dataset { name } }".to_owned(),
        "namespaces { name datasets jobs }".to_owned(),
        format!(
            "lineageDiff(before: {{ from: {{ datasets: [{{ {HUB} }}] }}, asOf: \"2026-10-01T00:00:00Z\" }}) {{ changes {{ kind thing {{ name column }} to {{ name }} }} }}"
        ),
        format!(
            "dataset({HUB}) {{ columns {{ name }} aliases {{ name }} lineage(direction: BOTH) {{ nodes {{ node {{ {NODE} }} }} edges {{ from to }} }} }}"
        ),
    ] {
        let [one, other] = [0, 1].map(|place| servers[place].ask(&format!("{{ {query} }}")));
        assert!(one == other, "{query}\n{one:#}\n{other:#}");
    }
    let graph_version = |text: String| text;
    for format in ["ndjson", "csv", "dot", "mermaid"] {
        for more in ["", "&granularity=COLUMN", "&granularity=JOB", "&dataset=db|hub&direction=DOWNSTREAM", "&granularity=NAMESPACE"] {
            let [one, other] =
                [0, 1].map(|place| graph_version(servers[place].get(&format!("/api/v1/lineage/export?format={format}{more}")).text));
            assert!(one == other, "{format}{more}\n{one}\n{other}");
        }
    }
    let rest = |place: usize, more: &str| {
        servers[place].get(&format!("/api/v1/lineage?dataset=db|hub&direction=DOWNSTREAM&jobs=false&evidence=0&first=3{more}")).json()
    };
    let (one, other) = (rest(0, ""), rest(1, ""));
    assert_eq!(one, other);
    let after = format!("&after={}", one["nextCursor"].as_str().unwrap());
    assert_eq!(rest(1, &after), rest(0, &after));
    assert_ne!(rest(1, &after)["nodes"], one["nodes"]);
}
