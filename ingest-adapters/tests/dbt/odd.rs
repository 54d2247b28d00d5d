//! Artifacts of other versions and adapters, with parts missing, out of step, or broken.

use crate::folder::{Folder, event, names};
use ingest_adapters::dbt::Options;
use serde_json::{Value, json};

const CUSTOMERS: &str = "model.jaffle_shop.customers";
const JOB: &str = "jaffle.main_marts.jaffle_shop.customers.build.run";

fn build() -> Folder {
    Folder::recorded("build")
}

fn version(json: &mut Value, address: &str) {
    json["metadata"]["dbt_schema_version"] = address.into();
}

#[test]
fn what_is_no_artifact_is_refused_in_words() {
    let with = |manifest: &str| Folder { manifest: manifest.into(), ..Folder::default() }.refusal();
    let artifact = |address: &str| with(&json!({ "metadata": { "dbt_schema_version": address } }).to_string());
    insta::assert_snapshot!(
        [
            with("{\"metadata\": {"),
            with("[]"),
            with("{\"metadata\": {\"dbt_schema_version\": 12}}"),
            artifact("https://example.org/something.json"),
            artifact("https://schemas.getdbt.com/dbt/catalog/v1.json"),
            artifact("https://schemas.getdbt.com/dbt/manifest/v3.json"),
            artifact("https://schemas.getdbt.com/dbt/manifest/v12.json"),
            Folder { run_results: Some(b"{".to_vec()), ..build() }.refusal(),
            Folder { catalog: build().run_results, ..build() }.refusal(),
        ]
        .join("\n")
    );
    assert_eq!(build().refusal(), "");
}

/// From version 4 (dbt 1.0) on, whatever is there is told.
#[test]
fn old_and_new_versions_are_read() {
    for number in [4, 7, 9, 10, 11, 12, 20] {
        let folder = build().manifest(|manifest| {
            version(manifest, &format!("https://schemas.getdbt.com/dbt/manifest/v{number}.json"));
            let metadata = manifest["metadata"].as_object_mut().unwrap();
            if number < 10 {
                metadata.remove("project_name");
                for holder in ["parent_map", "groups", "unit_tests", "semantic_models", "saved_queries"] {
                    manifest.as_object_mut().unwrap().remove(holder);
                }
            }
            if number < 7 {
                for (_, node) in manifest["nodes"].as_object_mut().unwrap() {
                    let code = node.as_object_mut().unwrap().remove("compiled_code").unwrap_or_default();
                    node["compiled_sql"] = code;
                    node.as_object_mut().unwrap().remove("attached_node");
                }
            }
            manifest["something_new"] = json!({ "unheard": ["of"] });
        });
        let folder = folder.run_results(|results| {
            results["results"].as_array_mut().unwrap().iter_mut().for_each(|result| result["compiled_code"] = Value::Null);
        });
        let (told, newest) = (folder.told(), build().told());
        assert_eq!(told.events.len(), newest.events.len(), "version {number}");
        assert_eq!(event(&told, "COMPLETE", JOB)["job"]["facets"]["sql"], event(&newest, "COMPLETE", JOB)["job"]["facets"]["sql"]);
        let tested = |told| names(&event(told, "COMPLETE", "jaffle.main_staging.jaffle_shop.stg_orders.build.test")["inputs"]);
        assert_eq!(tested(&told), tested(&newest));
        assert_eq!(told.notes.iter().any(|note| note.contains("newer than the newest known")), number > 12, "{:?}", told.notes);
    }
}

#[test]
fn a_manifest_alone_declares() {
    let told = Folder { run_results: None, catalog: None, ..build() }.told();
    assert!(told.events.iter().all(|event| event.get("run").is_none()));
    insta::assert_snapshot!(told.notes.join("\n"));
    let jobs = |event: &&Value| event["job"]["name"] == "jaffle.main_marts.jaffle_shop.customers";
    let declared = told.events.iter().find(jobs).unwrap();
    assert_eq!(names(&declared["outputs"]), ["jaffle.main_marts.customers"]);
    // Without a catalog the columns are the documented ones, in the order in which they are documented.
    let columns: Vec<&Value> =
        declared["outputs"][0]["facets"]["schema"]["fields"].as_array().unwrap().iter().map(|f| &f["name"]).collect();
    assert_eq!(columns, ["customer_id", "customer_lifetime_value"]);
}

/// `dbt parse` compiles nothing.
#[test]
fn a_manifest_without_compiled_code_says_so() {
    let folder = Folder { run_results: None, ..build() }.manifest(|manifest| {
        manifest["nodes"].as_object_mut().unwrap().values_mut().for_each(|node| node["compiled_code"] = Value::Null);
    });
    let told = folder.told();
    assert!(told.notes.iter().any(|note| note.starts_with("models that are not compiled (10)")), "{:?}", told.notes);
    assert!(told.events.iter().all(|event| event["job"]["facets"].get("sql").is_none()));
}

#[test]
fn a_namespace_that_had_to_be_assumed_is_noted() {
    let told = |folder: Folder, options: &Options| {
        let told = folder.told_with(options);
        let namespace = event(&told, "COMPLETE", JOB)["outputs"][0]["namespace"].as_str().unwrap().to_owned();
        (namespace, told.notes.into_iter().filter(|note| note.contains("namespace")).collect::<Vec<_>>())
    };
    let (namespace, notes) = told(Folder { profiles: None, ..build() }, &Options::default());
    assert_eq!(namespace, "duckdb://jaffle_shop");
    insta::assert_snapshot!(notes.join("\n"));
    let given = Options { dataset_namespace: Some("duckdb://elsewhere".to_owned()), ..Options::default() };
    assert_eq!(told(Folder { profiles: None, ..build() }, &given), ("duckdb://elsewhere".to_owned(), Vec::new()));
    let postgres = b"jaffle_shop: {target: dev, outputs: {dev: {type: postgres, host: db.example.org}}}".to_vec();
    let on_postgres = build().manifest(|manifest| manifest["metadata"]["adapter_type"] = "postgres".into());
    let on_postgres = Folder { profiles: Some(postgres), ..on_postgres };
    assert_eq!(told(on_postgres, &Options::default()), ("postgres://db.example.org:5432".to_owned(), Vec::new()));
}

#[test]
fn jobs_are_named_as_asked() {
    let options = Options { job_namespace: "team".to_owned(), job_name: Some("nightly".to_owned()), ..Options::default() };
    let told = build().told_with(&options);
    let parent = &event(&told, "COMPLETE", JOB)["run"]["facets"]["parent"];
    assert_eq!(parent["job"], json!({ "namespace": "team", "name": "nightly" }));
    assert_eq!(parent["run"]["runId"], event(&told, "START", "nightly")["run"]["runId"]);
}

/// A bad facet costs only itself, a bad node only itself.
#[test]
fn what_is_broken_within_is_passed_over() {
    let folder = build().manifest(|manifest| {
        let node = &mut manifest["nodes"][CUSTOMERS];
        node["columns"] = "none".into();
        node["tags"] = json!([1, { "a": 2 }, "kept"]);
        node["meta"] = json!([]);
        node["config"]["materialized"] = 7.into();
        node["description"] = Value::Null;
        manifest["nodes"]["model.jaffle_shop.odd"] = "no node at all".into();
        manifest["parent_map"][CUSTOMERS] = json!(["model.jaffle_shop.gone", 5, "macro.dbt.x", "model.jaffle_shop.stg_orders"]);
        manifest["exposures"]["exposure.jaffle_shop.odd"] = json!({ "depends_on": "nothing" });
    });
    let told = Folder { catalog: None, ..folder }.told();
    let event = event(&told, "COMPLETE", JOB);
    assert_eq!(names(&event["inputs"]), ["jaffle.main_staging.stg_orders"]);
    let lost = "dependencies that are not in manifest.json, and so passed over (1): model.jaffle_shop.gone".to_owned();
    assert!(told.notes.contains(&lost), "{:?}", told.notes);
    let facets = &event["outputs"][0]["facets"];
    assert_eq!(
        facets["tags"]["tags"],
        json!([{ "key": "kept", "value": "true", "source": "DBT" }, { "key": "marts", "value": "true", "source": "DBT" }, { "key": "nightly", "value": "true", "source": "DBT" }])
    );
    assert!(facets.get("schema").is_none() && facets.get("datasetType").is_none() && facets.get("documentation").is_none(), "{facets}");
}

#[test]
fn results_out_of_step_with_the_manifest_are_noted() {
    let folder = build().run_results(|results| {
        let results = results["results"].as_array_mut().unwrap();
        results.push(json!({ "unique_id": "model.jaffle_shop.gone", "status": "success" }));
        results.push(json!({ "unique_id": CUSTOMERS, "status": "levitated" }));
        results.push(json!({ "status": "success" }));
        results.push("nothing".into());
        results.push(json!({ "unique_id": "operation.jaffle_shop.hook", "status": "success" }));
    });
    insta::assert_snapshot!(folder.told().notes.join("\n"));
}

/// Every way in which a node can end.
#[test]
fn each_status_has_its_state() {
    let state = |status: &str| {
        let folder = build().run_results(|results| {
            let results = results["results"].as_array_mut().unwrap();
            let result = results.iter_mut().find(|result| result["unique_id"] == CUSTOMERS).unwrap();
            *result = json!({ "unique_id": CUSTOMERS, "status": status, "timing": [], "message": "as it went" });
        });
        let told = folder.told();
        let mut ends = told.events.iter().filter(|event| event["job"]["name"] == JOB && event["eventType"] != "START");
        ends.next().map(|event| (event["eventType"].as_str().unwrap().to_owned(), event["eventTime"].as_str().unwrap().to_owned()))
    };
    let at = "2026-11-22T06:56:57.925999Z".to_owned();
    for status in ["error", "fail", "runtime error", "partial success"] {
        assert_eq!(state(status), Some(("FAIL".to_owned(), at.clone())), "{status}");
    }
    assert_eq!(state("success"), Some(("COMPLETE".to_owned(), at)));
    for status in ["skipped", "no-op", "reused", "unheard of"] {
        assert_eq!(state(status), None, "{status}");
    }
}

/// Snowflake's catalog shouts, people do not.
#[test]
fn columns_meet_without_regard_to_case() {
    let mut catalog: Value = serde_json::from_slice(&build().catalog.unwrap()).unwrap();
    let columns = &mut catalog["nodes"][CUSTOMERS]["columns"];
    *columns = json!({
        "CUSTOMER_ID": { "name": "CUSTOMER_ID", "type": "NUMBER", "index": 2, "comment": null },
        "FIRST": { "name": "FIRST", "type": "TEXT", "index": 1, "comment": "from the warehouse" },
    });
    catalog["nodes"][CUSTOMERS]["stats"] = json!({ "row_count": { "value": 12.0 }, "bytes": { "value": 2048 } });
    let told = Folder { catalog: Some(catalog.to_string().into_bytes()), ..build() }.told();
    let facets = &event(&told, "COMPLETE", JOB)["outputs"][0]["facets"];
    assert_eq!(
        facets["schema"]["fields"],
        json!([{ "name": "FIRST", "type": "TEXT", "description": "from the warehouse" }, { "name": "CUSTOMER_ID", "type": "NUMBER", "description": "PK" }])
    );
    assert_eq!((&facets["dataQualityMetrics"]["rowCount"], &facets["dataQualityMetrics"]["bytes"]), (&json!(12), &json!(2048)));
    assert_eq!(told.notes, ["documented columns that catalog.json does not have, passed over (1): is it older than the models?"]);
}

/// Owners of every form, groups, storage, a Python model, a source under another name, a metric between.
#[test]
fn what_the_small_project_does_not_have() {
    let folder = build().manifest(|manifest| {
        let node = &mut manifest["nodes"][CUSTOMERS];
        node["meta"] = json!({ "owner": ["ana", { "name": "Bo", "email": "bo@example.org" }], "tier": 1, "cost": { "center": "x" } });
        node["group"] = "finance".into();
        node["language"] = "python".into();
        node["config"]["file_format"] = "delta".into();
        node["config"]["materialized"] = "materialized_view".into();
        manifest["groups"] = json!({ "group.jaffle_shop.finance": { "name": "finance", "owner": { "email": "fin@example.org" } } });
        manifest["sources"]["source.jaffle_shop.raw.raw_orders"]["identifier"] = "orders_2026".into();
        manifest["metrics"] = json!({ "metric.jaffle_shop.revenue": { "depends_on": { "nodes": ["semantic_model.jaffle_shop.orders"] } } });
        manifest["semantic_models"] =
            json!({ "semantic_model.jaffle_shop.orders": { "depends_on": { "nodes": ["model.jaffle_shop.orders"] } } });
        manifest["parent_map"] = Value::Null;
        manifest["exposures"]["exposure.jaffle_shop.weekly_dashboard"]["depends_on"]["nodes"] = json!(["metric.jaffle_shop.revenue"]);
    });
    let told = folder.told();
    let customers = event(&told, "COMPLETE", JOB);
    let facets = &customers["outputs"][0]["facets"];
    assert_eq!(
        facets["ownership"]["owners"],
        json!([{ "name": "ana" }, { "name": "Bo <bo@example.org>" }, { "name": "fin@example.org", "type": "GROUP" }])
    );
    assert!(
        facets["tags"]["tags"].as_array().unwrap().contains(&json!({ "key": "cost", "value": "{\"center\":\"x\"}", "source": "DBT_META" }))
    );
    assert_eq!((&facets["storage"]["storageLayer"], &facets["datasetType"]["subType"]), (&json!("delta"), &json!("MATERIALIZED")));
    assert_eq!(customers["job"]["facets"]["sourceCode"]["language"], "python");
    assert!(customers["job"]["facets"].get("sql").is_none());
    let staged = event(&told, "COMPLETE", "jaffle.main_staging.jaffle_shop.stg_orders.build.run");
    assert_eq!(names(&staged["inputs"]), ["jaffle.main_raw.orders_2026"]);
    let exposed = told.events.iter().find(|event| event["job"]["name"] == "exposure.jaffle_shop.weekly_dashboard").unwrap();
    assert_eq!(names(&exposed["inputs"]), ["jaffle.main_marts.orders"]);
}

#[test]
fn unit_tests_and_severities() {
    let folder = build().manifest(|manifest| {
        manifest["unit_tests"] = json!({ "unit_test.jaffle_shop.customers.adds_up": { "name": "adds_up", "depends_on": { "nodes": [CUSTOMERS] }, "description": "Adds up." } });
    });
    let folder = folder.run_results(|results| {
        let results = results["results"].as_array_mut().unwrap();
        results.push(json!({ "unique_id": "unit_test.jaffle_shop.customers.adds_up", "status": "fail", "failures": 1, "message": "actual differs from expected" }));
    });
    let told = folder.told();
    let unit = event(&told, "FAIL", "unit_test.jaffle_shop.customers.adds_up");
    assert_eq!(unit["inputs"], json!([]));
    assert_eq!(unit["run"]["facets"]["test"]["tests"][0]["type"], "unit");
    // A warning is a finding, not a failure of the run.
    let warned = event(&told, "COMPLETE", "jaffle.main_staging.jaffle_shop.stg_payments.build.test");
    let assertions = warned["inputs"][0]["inputFacets"]["dataQualityAssertions"]["assertions"].as_array().unwrap();
    let warning = assertions.iter().find(|assertion| assertion["assertion"] == "accepted_values").unwrap();
    assert_eq!((&warning["success"], &warning["severity"], &warning["actual"]), (&json!(false), &json!("warn"), &json!("2")));
    assert_eq!(warning["params"]["values"], json!(["credit_card", "bank_transfer"]));
}
