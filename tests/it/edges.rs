//! Every edge that the recordings and OpenLineage's own samples give, a file a folder, read and checked
//! by a person against what those tools did: `fixtures/edges/README.md` says how and what was found.

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use tests::Server;

#[test]
fn recordings_give_these_edges() {
    for file in files(Path::new("fixtures/real")) {
        let server = Server::start();
        let text = std::fs::read_to_string(&file).unwrap();
        server.take(&text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<_>>());
        check(&file.file_stem().unwrap().to_string_lossy(), &server);
    }
}

#[test]
fn upstream_samples_give_these_edges() {
    let Some(folder) = std::env::var_os("OPENLINEAGE_CORPUS_DIR") else {
        println!("skipped: OPENLINEAGE_CORPUS_DIR does not say where OpenLineage's own samples are");
        return;
    };
    for folder in children(Path::new(&folder)).into_iter().filter(|path| path.is_dir()) {
        let server = Server::start();
        for file in files(&folder) {
            let body = std::fs::read(&file).unwrap();
            // Fragments and what is broken on purpose go to the quarantine; `corpus.rs` looks at those.
            server.post_bytes("/api/v1/lineage", &[("content-type", "application/json")], &body);
        }
        check(&format!("openlineage-{}", folder.file_name().unwrap().to_string_lossy()), &server);
    }
}

fn check(name: &str, server: &Server) {
    let mut lines = dataset_edges(server);
    lines.push(String::new());
    lines.extend(column_edges(server));
    insta::with_settings!({ snapshot_path => "../fixtures/edges", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, lines.join("\n"));
    });
}

/// One line an edge between datasets, or a dataset and a job that it ends or begins at.
fn dataset_edges(server: &Server) -> Vec<String> {
    const NODE: &str = "__typename ... on Dataset { id namespace name } ... on Job { id namespace name }";
    let mut edges = BTreeSet::new();
    let lineage = format!(
        "lineage(direction: BOTH, maxDepth: 1) {{ complete nodes {{ node {{ {NODE} }} }} edges {{ from to basis job {{ name }} }} }}"
    );
    for answer in all(server, "datasets", &lineage) {
        let answer = &answer["lineage"];
        assert_eq!(answer["complete"], true);
        let names = names(&answer["nodes"], |node| {
            let job = if node["__typename"] == "Job" { "job " } else { "" };
            format!("{job}{} {}", text(&node["namespace"]), text(&node["name"]))
        });
        edges.extend(items(&answer["edges"]).map(|edge| {
            let (from, to) = (&names[&text(&edge["from"])], &names[&text(&edge["to"])]);
            let ends_at_job = from.starts_with("job ") || to.starts_with("job ");
            let job = edge["job"]["name"].as_str().filter(|_| !ends_at_job).map_or_else(String::new, |job| format!(", by {job}"));
            format!("{from} -> {to}{job}, {}", text(&edge["basis"]).to_lowercase())
        }));
    }
    edges.into_iter().collect()
}

/// One line an edge between columns, or to a column from a whole dataset.
fn column_edges(server: &Server) -> Vec<String> {
    const NODE: &str = "__typename ... on Column { id name dataset { name } } ... on Dataset { id name }";
    let mut edges = BTreeSet::new();
    let lineage = format!(
        "columns {{ lineage(direction: BOTH, maxDepth: 1) {{ complete nodes {{ node {{ {NODE} }} }}
           edges {{ from to columnLevel basis transformations {{ type subtype masking }} }} }} }}"
    );
    for dataset in all(server, "datasets", &lineage) {
        for column in items(&dataset["columns"]) {
            let answer = &column["lineage"];
            let names = names(&answer["nodes"], |node| {
                let dataset = text(&node["dataset"]["name"]);
                if dataset.is_empty() { format!("all of {}", text(&node["name"])) } else { format!("{dataset}.{}", text(&node["name"])) }
            });
            edges.extend(items(&answer["edges"]).filter(|edge| edge["columnLevel"] == true).map(|edge| {
                let how: Vec<String> = items(&edge["transformations"])
                    .map(|how| {
                        let masking = if how["masking"] == true { " masking" } else { "" };
                        format!("{} {}{masking}", text(&how["type"]), text(&how["subtype"])).trim().to_lowercase()
                    })
                    .collect();
                let inferred = if edge["basis"] == "INFERRED" { ", inferred" } else { "" };
                let how = if how.is_empty() { String::new() } else { format!(": {}", how.join(" + ")) };
                format!("{} -> {}{how}{inferred}", names[&text(&edge["from"])], names[&text(&edge["to"])])
            }));
        }
    }
    edges.into_iter().collect()
}

/// Every dataset or job with these fields, page by page.
fn all(server: &Server, list: &str, fields: &str) -> Vec<Value> {
    let (mut found, mut after) = (Vec::new(), Value::Null);
    loop {
        let query = format!(
            "query($after: String) {{ {list}(first: 20, after: $after) {{ pageInfo {{ hasNextPage endCursor }} edges {{ node {{ {fields} }} }} }} }}"
        );
        let answer = server.ask_with(&query, json!({ "after": after }));
        assert!(answer["errors"].is_null(), "{:#}", answer["errors"]);
        let page = &answer["data"][list];
        found.extend(items(&page["edges"]).map(|edge| edge["node"].clone()));
        if page["pageInfo"]["hasNextPage"] != true {
            return found;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

fn names(nodes: &Value, name: impl Fn(&Value) -> String) -> BTreeMap<String, String> {
    items(nodes).map(|node| (text(&node["node"]["id"]), name(&node["node"]))).collect()
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().unwrap_or_else(|| panic!("{list} is no list")).iter()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// JSON files of a folder and what is in it, in order of name.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in children(folder) {
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|end| end == "json" || end == "ndjson") {
            found.push(path);
        }
    }
    found
}

fn children(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}
