//! dbt's target folders through the command line: what a person then finds in the catalog.

use insta::{assert_json_snapshot, assert_snapshot};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tests::{Server, picture};

/// Recorded target folders, with the project around them.
fn recorded(step: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../ingest-adapters/tests/fixtures/dbt/jaffle").join(step)
}

/// Reads a folder in; the report, which must be good.
fn ingest(folder: &Path, more: &[&str]) -> String {
    let folder = folder.display().to_string();
    let (good, text) = Server::command(&[&["ingest", folder.as_str(), "--job-namespace", "dbt-prod"], more].concat());
    assert!(good, "{text}");
    let report: Vec<&str> = text.lines().filter(|line| line.starts_with("  ") || line.contains(" files: ")).collect();
    report.join("\n")
}

/// A server that knows the project after a build.
fn built() -> Server {
    let server = Server::start();
    ingest(&recorded("build"), &["--format", "dbt", "--url", &server.url]);
    server
}

#[test]
fn a_folder_is_read_once_however_often() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let into = ["--data", &data.display().to_string()];
    let first = ingest(&recorded("failing"), &[&into[..], &["--format", "dbt"]].concat());
    let again = ingest(&recorded("failing"), &[&into[..], &["--format", "dbt"]].concat());
    // Without a format, a folder with dbt's manifest is dbt's.
    let found = ingest(&recorded("failing"), &into);
    assert_snapshot!(format!("{first}\n\nagain: {again}\n\nwithout a format: {found}"));
    Server::digests(&data);
}

#[test]
fn a_model_shows_what_dbt_knows_of_it() {
    let server = built();
    let data = server.ask(
        r#"{ dataset(namespace: "duckdb://jaffle.duckdb", name: "jaffle.main_staging.stg_customers") {
            description owners { name } tags { name value source } source { name }
            columns { name type description tags { name value } }
            assertions { name success column severity }
            jobs(first: 10) { edges { node { namespace name type { jobType integration } parents { name } sql { query dialect } } } }
        } }"#,
    );
    assert_json_snapshot!(data);
}

#[test]
fn lineage_reaches_from_seeds_to_dashboards() {
    let server = built();
    let lineage = |namespace: &str, name: &str, direction: &str| {
        let query = format!(
            r#"{{ dataset(namespace: "{namespace}", name: "{name}") {{ lineage(direction: {direction}, maxDepth: 20) {{ {} }} }} }}"#,
            picture::LINEAGE
        );
        picture::lineage(&server.ask(&query)["dataset"]["lineage"])
    };
    assert_json_snapshot!(json!({
        "what the dashboard shows": lineage("dbt://jaffle_shop", "weekly_dashboard", "UPSTREAM"),
        "what a seed feeds": lineage("duckdb://jaffle.duckdb", "jaffle.main_raw.raw_payments", "DOWNSTREAM"),
    }));
}

#[test]
fn a_dashboard_is_found() {
    let server = built();
    let data = server.ask(
        r#"{ search(query: "weekly dashboard", first: 1) { edges { node { __typename ... on Dataset {
            namespace name description owners { name } source { uri } tags { name value } type: facets } } } } }"#,
    );
    let mut found = data["search"]["edges"][0]["node"].clone();
    found["type"] = found["type"]["datasetType"]["datasetType"].clone();
    assert_json_snapshot!(found);
}

#[test]
fn a_failing_build_is_seen_as_one() {
    let server = Server::start();
    ingest(&recorded("build"), &["--url", &server.url]);
    ingest(&recorded("failing"), &["--url", &server.url]);
    let failed =
        server.ask(r"{ runs(states: [FAIL], first: 10) { edges { node { job { name } parent { job { name } } error { message } } } } }");
    let orders = server.ask(
        r#"{ dataset(namespace: "duckdb://jaffle.duckdb", name: "jaffle.main_marts.orders") { assertions { name success } }
            source: dataset(namespace: "duckdb://jaffle.duckdb", name: "jaffle.main_raw.raw_orders") { assertions { name success severity } }
            segments: dataset(namespace: "duckdb://jaffle.duckdb", name: "jaffle.main_marts.customer_segments") { columns { name } } }"#,
    );
    let mut failed: Vec<Value> = failed["runs"]["edges"].as_array().unwrap().iter().map(|edge| edge["node"].clone()).collect();
    failed.sort_by_key(|run| run["job"]["name"].as_str().map(str::to_owned));
    assert_json_snapshot!(json!({ "failed": failed, "found": orders }));
}

#[test]
fn what_is_no_target_folder_is_said() {
    let folder = TempDir::new().unwrap();
    let (path, data) = (folder.path().display().to_string(), folder.path().join("data").display().to_string());
    let refused = |more: &[&str]| {
        let (good, text) = Server::command(&[&["ingest", "--format", "dbt", path.as_str(), "--data", data.as_str()], more].concat());
        assert!(!good, "{text}");
        text.replace(&folder.path().canonicalize().unwrap().display().to_string(), "…").replace(&path, "…")
    };
    let mut said = refused(&[]);
    std::fs::write(folder.path().join("manifest.json"), "{\"metadata\":").unwrap();
    said += &refused(&[]);
    std::fs::write(folder.path().join("manifest.json"), "{\"metadata\":{\"dbt_schema_version\":\"v12\"}}").unwrap();
    said += &refused(&[]);
    std::fs::copy(recorded("seed").join("manifest.json"), folder.path().join("manifest.json")).unwrap();
    said += &refused(&["--profiles-dir", &path]);
    assert_snapshot!(said);
    assert!(!folder.path().join("data").exists(), "nothing is begun before everything is read");
}
