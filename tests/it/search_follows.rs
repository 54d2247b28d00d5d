//! Search follows the catalog: what changes by events in any order is found, what is gone is not.

use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{Server, events};

fn write(day: u32, number: u32, facets: Value) -> Value {
    let event = events::run("COMPLETE", &format!("2026-11-{day:02}T00:00:00Z"), &events::run_id(number), "copy", &["a"], &["b"]);
    events::with(event, &["outputs", "0", "facets"], facets)
}

fn found(server: &Server, text: &str) -> Vec<String> {
    let query = "query($name: String!) { search(query: $name, first: 100) { edges { node { __typename ... on Dataset { name } ... on Job { name } ... on Column { name dataset { name } } } } } }";
    let data = server.ask_about(query, text);
    let edges = data["search"]["edges"].as_array().unwrap();
    let dataset = |node: &Value| node["dataset"]["name"].as_str().map_or(String::new(), |name| format!("{name}."));
    let mut names: Vec<String> =
        edges.iter().map(|edge| format!("{}{}", dataset(&edge["node"]), edge["node"]["name"].as_str().unwrap())).collect();
    names.sort();
    names
}

/// Posts each and searches in between, so that search takes each alone; then compares with a rebuild.
fn each_alone(sent: &[Value], texts: &[&str]) -> Vec<Vec<String>> {
    let folder = TempDir::new().unwrap();
    let server = Server::start_in(folder.path(), &[]);
    for event in sent {
        server.take(std::slice::from_ref(event));
        found(&server, "anything");
    }
    let answers = texts.iter().map(|text| found(&server, text)).collect();
    assert!(server.stop());
    Server::digests(folder.path());
    answers
}

#[test]
fn columns_that_lineage_names_are_found() {
    let lineage = |target: &str, source: &str| json!({ "columnLineage": events::column_lineage(&[(target, "a", source)]) });
    let mut sent = vec![write(1, 1, lineage("older", "source1")), write(2, 2, lineage("newer", "source2"))];
    let expected = vec![vec!["b", "b.older"], vec!["b", "b.newer"], vec!["a", "a.source1"], vec!["a", "a.source2"]];
    for order in ["in order", "the older one late"] {
        assert_eq!(each_alone(&sent, &["older", "newer", "source1", "source2"]), expected, "{order}");
        sent.reverse();
    }
}

#[test]
fn what_an_older_event_says_late_changes_nothing() {
    let schema = |column: &str, text: &str, tag: &str, owner: &str| {
        json!({
            "schema": events::schema(&[(column, "INT")]),
            "documentation": { "description": text },
            "tags": { "tags": [{ "key": tag }] },
            "ownership": { "owners": [{ "name": owner }] },
        })
    };
    let mut sent = vec![
        write(1, 1, schema("oldcolumn", "oldwords", "oldtag", "oldowner")),
        write(2, 2, schema("newcolumn", "newwords", "newtag", "newowner")),
    ];
    let texts = ["oldcolumn", "oldwords", "oldtag", "oldowner", "newcolumn", "newwords", "newtag", "newowner"];
    for order in ["in order", "the older one late"] {
        let answers = each_alone(&sent, &texts);
        assert!(answers[..4].iter().all(Vec::is_empty), "{order}: {answers:?}");
        assert!(answers[4..].iter().all(|hits| hits.contains(&"b".to_owned())), "{order}: {answers:?}");
        sent.reverse();
    }
}

#[test]
fn what_is_removed_is_not_found() {
    let gone = json!({ "_deleted": true });
    let sent = [
        write(1, 1, json!({ "schema": events::schema(&[("zebra", "INT")]), "documentation": { "description": "giraffe" } })),
        write(2, 2, json!({ "schema": gone, "documentation": gone })),
    ];
    assert_eq!(each_alone(&sent, &["zebra", "giraffe", "b"]), [vec![], vec![], vec!["b".to_owned()]]);
}

#[test]
fn jobs_that_are_only_named_are_found() {
    let parent = json!({
        "run": { "runId": "r" },
        "job": { "namespace": "air", "name": "elephant" },
        "root": { "run": { "runId": "top" }, "job": { "namespace": "air", "name": "hippo" } },
    });
    let child = events::with(write(1, 1, json!({})), &["run", "facets", "parent"], parent);
    assert_eq!(each_alone(&[child], &["elephant", "hippo"]), [["elephant"], ["hippo"]]);
}

/// A dataset whose only news is that a job declares column lineage into it.
#[test]
fn declared_column_lineage_is_found() {
    let job = |time: &str, job: &str, target: &str| {
        let event = events::job(time, job, &["a"], &["b"]);
        events::with(event, &["outputs", "0", "facets", "columnLineage"], events::column_lineage(&[(target, "a", "x")]))
    };
    let sent = [job("2026-11-05T00:00:00Z", "one", "late"), job("2026-11-01T00:00:00Z", "two", "early")];
    assert_eq!(each_alone(&sent, &["late", "early"]), [["b", "b.late"], ["b", "b.early"]]);
}

/// What a run said while it went on, and says better at its end, names no column: one after the other, the other way round,
/// and in one batch.
#[test]
fn columns_that_a_run_takes_back_are_not_found() {
    let start = |facets: Value| events::with(write(1, 1, facets), &["eventType"], "START".into());
    let lineage = json!({ "columnLineage": events::column_lineage(&[("total", "a", "amount")]) });
    let sql = "insert into b (guessed) select origin from a";
    let with_sql =
        |event: Value| events::with(event, &["job", "facets", "sql"], events::facet(json!({ "query": sql, "dialect": "postgres" })));
    let said = json!({ "columnLineage": events::column_lineage(&[("known", "a", "source")]) });
    let cases: [(Vec<Value>, &[&str], &[&str]); 3] = [
        // Nothing feeds anything, it says in the end.
        (
            vec![start(lineage.clone()), events::with(write(1, 1, json!({})), &["job", "facets", "lineage"], json!({}))],
            &[],
            &["total", "amount"],
        ),
        // What SQL seemed to say, the facet says otherwise.
        (vec![with_sql(start(json!({}))), with_sql(write(1, 1, said))], &["known", "source"], &["guessed", "origin"]),
        // What another run says of the same columns stays.
        (
            vec![
                start(lineage),
                events::with(write(1, 1, json!({})), &["job", "facets", "lineage"], json!({})),
                write(2, 2, json!({ "columnLineage": events::column_lineage(&[("total", "a", "amount"), ("more", "a", "extra")]) })),
            ],
            &["total", "amount", "more", "extra"],
            &[],
        ),
    ];
    for (mut sent, there, gone) in cases {
        for order in ["in order", "the other way round"] {
            let answers = each_alone(&sent, &[there, gone].concat());
            assert!(answers[..there.len()].iter().all(|hits| hits.len() == 2), "{order}: {answers:?}");
            assert!(answers[there.len()..].iter().all(Vec::is_empty), "{order}: {answers:?}");
            sent.reverse();
        }
    }
}

/// Asks until `done`, each time giving search the time that it gives a reader.
fn until(server: &Server, what: &str, done: impl Fn() -> bool) {
    for _ in 0..100 {
        if done() {
            return;
        }
        let headers = [("content-type", "application/json"), ("x-headwater-min-seq", "9007199254740991")];
        let query = json!({ "query": "{ search(query: \"\", first: 0) { totalCount } }" }).to_string();
        assert_eq!(server.post_bytes("/graphql", &headers, query.as_bytes()).status, 200);
    }
    panic!("it never comes true that {what}");
}

/// The folder of the index goes away for a while, as a file system does: everything else goes on, it is said, and
/// afterwards everything is found without a restart.
#[test]
fn search_comes_back_when_its_folder_does() {
    let folder = TempDir::new().unwrap();
    let server = Server::start_in(folder.path(), &[]);
    let named = |number: u32| {
        events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(number), &format!("job{number}"), &[], &[&format!("set{number}")])
    };
    server.take(&[named(1)]);
    assert_eq!(found(&server, "set1"), ["set1"]);
    let (search, away) = (folder.path().join("search"), folder.path().join("away"));
    std::fs::rename(&search, &away).unwrap();
    std::fs::write(&search, "no folder").unwrap();
    server.take(&[named(2), named(3)]);
    until(&server, "search is reported", || server.get("/readyz").text.contains("search"));
    assert_eq!(server.get("/readyz").status, 503);
    // Found is what was committed before; the catalog has all.
    assert_eq!(
        server.ask_about("query($name: String!) { dataset(namespace: \"db\", name: $name) { name } }", "set3")["dataset"]["name"],
        "set3"
    );
    std::fs::remove_file(&search).unwrap();
    std::fs::rename(&away, &search).unwrap();
    server.take(&[named(4)]);
    for number in 1..=4 {
        assert_eq!(found(&server, &format!("set{number}")), [format!("set{number}")]);
    }
    assert_eq!(server.get("/readyz").status, 200);
    assert!(server.stop());
    Server::digests(folder.path());
}

/// The same when it is damaged meanwhile: it is made anew from the catalog.
#[test]
fn a_damaged_index_is_made_anew_under_the_running_server() {
    let folder = TempDir::new().unwrap();
    let server = Server::start_in(folder.path(), &[]);
    let named = |number: u32| {
        events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(number), &format!("job{number}"), &[], &[&format!("set{number}")])
    };
    server.take(&[named(1), named(2)]);
    assert_eq!(found(&server, "set2"), ["set2"]);
    let search = folder.path().join("search");
    std::fs::remove_dir_all(&search).unwrap();
    std::fs::create_dir(&search).unwrap();
    server.take(&[named(3)]);
    for number in 1..=3 {
        assert_eq!(found(&server, &format!("set{number}")), [format!("set{number}")]);
    }
    assert!(server.stop());
    Server::digests(folder.path());
}
