//! `headwater check`: proposals of every form against a running server, answers of every form, exit codes.

use insta::assert_snapshot;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tests::{Server, events};

const NAMESPACE: &str = "postgres://db:5432";

fn fixture(name: &str) -> String {
    format!("fixtures/check/{name}")
}

/// The tests' events with their datasets in a database.
fn in_database(event: &Value) -> Value {
    let text = event.to_string().replace("\"namespace\":\"db\"", &format!("\"namespace\":\"{NAMESPACE}\""));
    ["orders", "daily", "report", "copy"]
        .iter()
        .fold(text, |text, name| {
            text.replace(
                &format!("\"name\":\"{name}\",\"namespace\":\"{NAMESPACE}\""),
                &format!("\"name\":\"shop.public.{name}\",\"namespace\":\"{NAMESPACE}\""),
            )
        })
        .parse()
        .unwrap()
}

/// orders → daily (column lineage with a filter) → report; orders → copy (tables only).
fn shop() -> Server {
    let owner = |name: &str| events::facet(json!({ "owners": [{ "name": name, "type": "OWNER" }] }));
    let facet = |event, path: &[&str], facet| events::with(event, path, facet);
    let daily = events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(1), "make_daily", &["orders"], &["daily"]);
    let lineage = events::column_lineage(&[("total", "orders", "amount"), ("day", "orders", "day"), ("", "orders", "status")]);
    let daily = facet(daily, &["outputs", "0", "facets", "columnLineage"], lineage);
    let daily = facet(daily, &["outputs", "0", "facets", "schema"], events::schema(&[("total", "int"), ("day", "date")]));
    let daily = facet(daily, &["outputs", "0", "facets", "ownership"], owner("team:sales"));
    let columns = [("id", "int"), ("amount", "int"), ("day", "date"), ("status", "varchar(10)"), ("note", "text")];
    let daily = facet(daily, &["inputs", "0", "facets", "schema"], events::schema(&columns));
    let report = events::run("COMPLETE", "2026-11-01T01:00:00Z", &events::run_id(2), "make_report", &["daily"], &["report"]);
    let lineage = events::column_lineage(&[("revenue", "daily", "total"), ("", "daily", "day")]);
    let report = facet(report, &["outputs", "0", "facets", "columnLineage"], lineage);
    let report = facet(report, &["outputs", "0", "facets", "schema"], events::schema(&[("revenue", "int")]));
    let report = facet(report, &["job", "facets", "ownership"], owner("team:finance"));
    let copy = events::run("COMPLETE", "2026-11-01T01:00:00Z", &events::run_id(3), "make_copy", &["orders"], &["copy"]);
    let server = Server::start();
    server.take(&[&daily, &report, &copy].map(in_database));
    server.counts();
    server
}

/// Exit code and output of a check.
fn check(server: &Server, arguments: &[&str]) -> (i32, String) {
    let (code, out, err) = Server::run(&[&["check", "--url", &server.url], arguments].concat());
    (code, (out + &err).replace(&server.url, "http://server"))
}

#[test]
fn every_input_is_understood() {
    let server = shop();
    let (json_file, sql, contract) = (fixture("schema.json"), fixture("change.sql"), fixture("contract.yaml"));
    let shown = |(code, text): (i32, String)| format!("exit code {code}\n{text}");
    assert_snapshot!("json", shown(check(&server, &[&json_file])));
    assert_snapshot!("ddl", shown(check(&server, &[&sql, "--namespace", NAMESPACE, "--prefix", "shop."])));
    assert_snapshot!("odcs", shown(check(&server, &[&contract, "--rename", "orders.status=state"])));
}

#[test]
fn every_form_of_answer_is_made() {
    let server = shop();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("answer").display().to_string();
    for form in ["text", "markdown", "json", "sarif", "junit"] {
        let (code, said) = check(&server, &[&fixture("schema.json"), "--format", form, "--output", &file, "--list", "4"]);
        assert_eq!((code, said.as_str()), (1, ""), "{form}");
        let text = std::fs::read_to_string(&file).unwrap().replace(env!("CARGO_PKG_VERSION"), "VERSION");
        assert_snapshot!(format!("as_{form}"), text);
    }
}

#[test]
fn the_exit_code_is_by_policy() {
    let server = shop();
    let folder = TempDir::new().unwrap();
    let propose = |name: &str, fields: Value| {
        let path = folder.path().join(format!("{name}.json"));
        let proposal = json!({ "namespace": NAMESPACE, "name": "shop.public.orders", "complete": false, "fields": fields });
        std::fs::write(&path, proposal.to_string()).unwrap();
        path.display().to_string()
    };
    // Of orders, status is filtered by, id is used by nothing that is known, note neither.
    let risky = propose("risky", json!([{ "name": "amount", "type": "bigint" }]));
    let unknown = propose("unknown", json!([{ "name": "id", "type": "bigint" }]));
    let fine = propose("fine", json!([{ "name": "ID", "type": "INTEGER" }, { "name": "new", "type": "int" }]));
    let codes = |file: &str| ["BREAKS", "risky", "UNKNOWN", "NEVER"].map(|policy| check(&server, &[file, "--fail-on", policy]).0);
    assert_eq!(codes(&fixture("schema.json")), [1, 1, 1, 0]);
    assert_eq!(codes(&risky), [0, 1, 1, 0]);
    assert_eq!(codes(&unknown), [0, 0, 1, 0]);
    assert_eq!(codes(&fine), [0, 0, 0, 0]);
}

#[test]
fn what_cannot_be_checked_is_said() {
    let server = shop();
    let folder = TempDir::new().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let plain = |text: String| text.replace(&folder.path().display().to_string(), "…");
    let mut said = String::new();
    for arguments in [
        &[file("a.json", "{").as_str()][..],
        &[&file("b.json", "{}")],
        &[&file("c.sql", "ALTER TABLE")],
        &[&file("d.sql", "SELECT 1")],
        &[&file("e.sql", "DROP TABLE t")],
        &[&file("e.sql", "DROP TABLE t"), "--namespace", "postgres://elsewhere"],
        &[&file("f.yaml", "a: [")],
        &[&file("g.txt", "")],
        &[&folder.path().display().to_string()],
        &["nothing.json"],
        &[&fixture("schema.json"), "--rename", "nonsense"],
        &[&fixture("schema.json"), "--map", "nonsense"],
    ] {
        let (code, text) = check(&server, arguments);
        said += &plain(format!("{code} {text}\n"));
    }
    let (code, _, error) = Server::run(&["check", "--url", "http://127.0.0.1:1", &fixture("schema.json")]);
    said += &format!("{code} {}", error.lines().next().unwrap_or_default().split(": ").take(2).collect::<Vec<_>>().join(": "));
    assert_snapshot!(said);
    let refused = server.post_bytes("/api/v1/check", &[("content-type", "application/json")], b"{\"datasets\": 1}");
    assert_eq!(refused.status, 400);
}

/// The recorded folder after a build, with another manifest.
fn changed(folder: &Path, change: impl Fn(&mut Value)) -> PathBuf {
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ingest-adapters/tests/fixtures/dbt/jaffle");
    let target = folder.join("target");
    std::fs::create_dir_all(&target).unwrap();
    for name in ["dbt_project.yml", "profiles.yml"] {
        std::fs::copy(recorded.join(name), folder.join(name)).unwrap();
    }
    for name in ["manifest.json", "catalog.json"] {
        let mut artifact: Value = serde_json::from_slice(&std::fs::read(recorded.join("build").join(name)).unwrap()).unwrap();
        change(&mut artifact);
        std::fs::write(target.join(name), artifact.to_string()).unwrap();
    }
    target
}

/// A model of a real project loses one column and another gets a new name, as the catalog of dbt's CI build has it.
#[test]
fn a_dbt_change_is_checked_against_the_project_that_runs() {
    let server = Server::start();
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ingest-adapters/tests/fixtures/dbt/jaffle/build").display().to_string();
    let (good, text) = Server::command(&["ingest", &recorded, "--job-namespace", "dbt-prod", "--url", &server.url]);
    assert!(good, "{text}");
    let folder = TempDir::new().unwrap();
    let target = changed(folder.path(), |artifact| {
        if let Some(columns) = artifact["nodes"]["model.jaffle_shop.stg_orders"]["columns"].as_object_mut() {
            columns.remove("status");
            if let Some(mut column) = columns.remove("order_date") {
                column["name"] = "ordered_on".into();
                columns.insert("ordered_on".into(), column);
            }
        }
    });
    let target = target.display().to_string();
    server.counts();
    let started = Instant::now();
    let careful = check(&server, &[&target, "--rename", "stg_orders.order_date=ordered_on"]);
    let took = started.elapsed();
    let trusting = check(&server, &[&target, "--rename", "stg_orders.order_date=ordered_on", "--trust-inferred", "--list", "6"]);
    let shown = |(code, text): (i32, String)| format!("exit code {code}\n{text}").replace(&target, "target");
    assert_snapshot!(format!("{}\ntrusting what SQL says: {}", shown(careful), shown(trusting)));
    assert!(took < Duration::from_secs(5), "{took:?}: under a second with a released build");
    let (code, same) = check(&server, &[&recorded, "--fail-on", "UNKNOWN"]);
    assert_eq!(code, 0, "{same}");
}

/// Two doors, one answer.
#[test]
fn a_check_counts_what_graphql_counts() {
    let server = shop();
    let totals = "breaks risky unknown safe";
    for column in ["id", "amount", "day", "status", "note"] {
        let asked = server.ask(&format!(
            "{{ impact(change: {{dropColumn: {{namespace: \"{NAMESPACE}\", dataset: \"shop.public.orders\", name: \"{column}\"}}}}) {{
                verdict totals {{ datasets {{ {totals} }} jobs {{ {totals} }} columns {{ {totals} }} }} }} }}"
        ));
        let edits = json!([{ "op": "drop", "name": column }]);
        let proposal = json!({ "datasets": [{ "namespace": NAMESPACE, "name": "shop.public.orders", "edits": edits }] });
        let checked = server.post_bytes("/api/v1/check", &[("content-type", "application/json")], proposal.to_string().as_bytes()).json();
        assert_eq!((&checked["verdict"], &checked["totals"]), (&asked["impact"]["verdict"], &asked["impact"]["totals"]), "{column}");
        assert_eq!(checked["changes"][0]["totals"], checked["totals"]);
    }
}
