//! Every facet of the specification where a person or program looks for it.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use std::path::Path;
use tests::{Server, events};

fn recorded(name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(Path::new("fixtures/real").join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The official client's own facets, all that it has, as recorded.
#[test]
fn the_clients_facets_have_typed_fields() {
    let server = Server::start();
    server.take(&recorded("python-client-sync.ndjson"));
    let run = "id state stale nominalStart nominalEnd engine { name version adapterVersion } externalQuery { id source }
        extractionErrors { totalTasks failedTasks errors { message stackTrace task taskNumber } } parameters { key name description value }
        environment { key value } tests { name status severity type description expected actual content contentType parameters { name value } }
        tags { name value source } error { message programmingLanguage stackTrace }
        dependencies { triggerRule upstream { namespace name runId type sequenceTriggerRule statusTriggerRule job { name } } downstream { name } }";
    let io = "inputs { name rowCount bytes fileCount version subset report { name value } assertions { name success column severity type description expected actual content contentType parameters { name value } }
            metrics { rowCount bytes fileCount lastUpdated columns { column nullCount distinctCount count sum min max quantiles { at value } } } }
        outputs { name rowCount bytes fileCount version subset report { name value } }";
    let job = "name description type { processingType integration jobType eventTrigger eventContentMode windowSeconds } owners { name type } tags { name value source }
        sql { query dialect } sourceCode { language code } sourceCodeLocation { type url repoUrl path version branch tag pullRequestNumber }
        dependencies { triggerRule } inputs { name } outputs { name }";
    let dataset = "name description descriptionType kind { type subType } storage { layer fileFormat } hierarchy { type name }
        catalog { framework type name metadataUri warehouseUri source properties { name value } } source { name uri } version
        lifecycle { state previous { namespace name } } symlinks { namespace name type } aliases { namespace name } owners { name type } tags { name value source }
        metrics { rowCount bytes fileCount columns { column nullCount } } columns { name type description tags { name } }";
    let job_namespace = "etl-prod";
    let of_job = format!("{{ job(namespace: \"{job_namespace}\", name: \"orders.totals\") {{ {job} }} }}");
    let of_runs = |name: &str, fields: &str| {
        format!("{{ job(namespace: \"{job_namespace}\", name: \"{name}\") {{ runs(first: 1) {{ edges {{ node {{ {fields} }} }} }} }} }}")
    };
    let of_dataset =
        format!("{{ dataset(namespace: \"postgres://db.example.org:5432\", name: \"analytics.public.orders\") {{ {dataset} }} }}");
    let newest = |name: &str, fields: &str| server.ask(&of_runs(name, fields))["job"]["runs"]["edges"][0]["node"].clone();
    assert_json_snapshot!(json!({
        "job": server.ask(&of_job)["job"],
        "run that ended well": [newest("orders.totals", run), newest("orders.totals", io)],
        "run that failed": newest("orders.broken", run),
        "dataset": server.ask(&of_dataset)["dataset"],
    }));
}

/// What the client does not have: products of the registry, and odd values.
#[test]
fn facets_of_products_are_properties() {
    let server = Server::start();
    let facet = |body: Value| events::facet(body);
    let mut event = events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(1), "job", &["a"], &["b"]);
    event["run"]["facets"] = json!({
        "gcp_dataproc": facet(json!({ "clusterName": "c", "jobType": "SPARK", "nothing": null })),
        "gcp_composer_run": facet(json!({ "dagRunId": "scheduled__1" })),
        "environmentVariables": facet(json!({ "environmentVariables": [{ "name": "DB_PASSWORD", "value": "hunter2" }, { "name": "STAGE", "value": "test" }, 7] })),
        "executionParameters": facet(json!({ "parameters": [{ "key": "day", "value": 3 }, { "key": "api-token", "value": "t" }, { "name": "only a name" }] })),
        "extractionError": facet(json!({ "totalTasks": "2", "failedTasks": 1.0, "errors": [{ "errorMessage": "cannot parse", "taskNumber": 1 }, {}] })),
        "jobDependencies": facet(json!({ "upstream": [{ "job": { "namespace": "etl", "name": "job" }, "type": "IMPLICIT_ASSET_DEPENDENCY" }, { "job": 7 }], "trigger_rule": "ALL_DONE" })),
    });
    event["job"]["facets"] = json!({
        "gcp_lineage": facet(json!({ "displayName": "Nightly load", "origin": { "sourceType": "COMPOSER", "name": "p" } })),
        "gcp_composer_job": facet(json!({ "environmentName": "prod", "airflowVersion": "3.0" })),
    });
    event["inputs"][0]["inputFacets"] = json!({
        "icebergScanReport": facet(json!({ "snapshotId": 9_007_199_254_740_993_i64, "filterDescription": "day = 1", "projectedFieldNames": ["x"], "scanMetrics": { "resultDataFiles": 3 } })),
        "subset": facet(json!({ "inputCondition": { "type": "location", "locations": ["a/1", "a/2"] } })),
    });
    event["inputs"][0]["facets"] = json!({
        "catalog": facet(json!({ "framework": "iceberg", "type": "rest", "name": "lake", "metadataUri": "https://me:pw@lake.example.org/v1", "catalogProperties": { "credential": "id:secret", "scope": "all" } })),
        "dataSource": facet(json!({ "name": "lake", "uri": "jdbc:trino://u:p@h:8080/lake?password=x" })),
        "dataQualityMetrics": facet(json!({ "rowCount": 12.0, "columnMetrics": { "x": { "nullCount": "1", "sum": 1.5, "max": "NaN", "quantiles": { "0.5": 2, "0.1": 1, "odd": 3 } }, "y": null } })),
    });
    event["outputs"][0]["outputFacets"] =
        json!({ "icebergCommitReport": facet(json!({ "snapshotId": 7, "operation": "append", "commitMetrics": { "addedRecords": 10 } })) });
    server.take(&[event]);
    let run = server.ask(&format!(
        "{{ run(id: \"{}\") {{ platform {{ name value }} environment {{ key value }} parameters {{ key name value }} extractionErrors {{ totalTasks failedTasks errors {{ message taskNumber }} }}
            dependencies {{ triggerRule upstream {{ name type job {{ name }} }} downstream {{ name }} }} job {{ displayName platform {{ name value }} }}
            inputs {{ name subset report {{ name value }} metrics {{ rowCount columns {{ column nullCount sum max quantiles {{ at value }} }} }} dataset {{ source {{ uri }} catalog {{ metadataUri properties {{ name value }} }} metrics {{ rowCount }} }} }}
            outputs {{ report {{ name value }} }} }} }}",
        events::run_id(1)
    ));
    assert_json_snapshot!(run["run"]);
}

#[test]
fn a_run_that_was_not_heard_of_is_stale_and_does_not_fail() {
    let server = Server::start();
    let streaming = |number: u32, pattern: Value| {
        let event = events::run("RUNNING", "2026-01-01T00:00:00Z", &events::run_id(number), &format!("stream {number}"), &[], &["t"]);
        events::with(
            event,
            &["job", "facets", "jobType"],
            events::facet(json!({ "processingType": "STREAMING", "integration": "FLINK", "emissionPattern": pattern })),
        )
    };
    server.take(&[
        events::run("START", "2026-01-01T00:00:00Z", &events::run_id(1), "batch", &[], &[]),
        events::run("COMPLETE", "2026-01-01T00:00:00Z", &events::run_id(2), "done", &[], &[]),
        streaming(3, json!({ "eventTrigger": "EVENT_BASED" })),
        streaming(4, json!({ "eventTrigger": "PERIODIC", "windowDuration": 60 })),
    ]);
    assert_json_snapshot!(server.ask("{ runs(first: 10) { edges { node { state stale job { name } } } } }"));
}

#[test]
fn parents_roll_up_what_their_children_do() {
    let server = Server::start();
    let child = |number: u32, job: &str, parent: &str, input: &str, output: &str| {
        let event = events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(number), job, &[input], &[output]);
        let parent = json!({ "run": { "runId": events::run_id(90) }, "job": { "namespace": "etl", "name": parent } });
        events::with(event, &["run", "facets", "parent"], events::facet(parent))
    };
    server.take(&[
        child(1, "extract", "dag", "source", "staged"),
        child(2, "load", "dag", "staged", "mart"),
        child(3, "deep", "load", "mart", "report"),
    ]);
    let fields = "inputs(children: true) { name } outputs(children: true) { name } own: outputs { name }
        lineage(direction: UPSTREAM, children: true) { nodes { distance node { ... on Dataset { name } ... on Job { name } } } }";
    assert_json_snapshot!(server.ask(&format!("{{ job(namespace: \"etl\", name: \"dag\") {{ {fields} }} }}"))["job"]);
}

#[test]
fn the_table_of_facets_in_the_documentation_is_true() {
    let page = std::fs::read_to_string("../docs/OPENLINEAGE.md").unwrap();
    let (start, end) = ("<!-- written by `headwater coverage` -->\n", "<!-- end -->");
    let table = page.split_once(start).and_then(|(_, rest)| rest.split_once(end)).map(|(table, _)| table);
    let (good, printed) = Server::command(&["coverage"]);
    assert!(good && table == Some(printed.as_str()), "docs/OPENLINEAGE.md: put the output of `headwater coverage` between the two marks");
}
