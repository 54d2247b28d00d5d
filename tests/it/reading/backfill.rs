//! What to rerun, in which order.

use super::{at, recorded, run, server, shop};
use insta::assert_json_snapshot;
use serde_json::{Value, json};
use tests::{Server, events};

const FIELDS: &str = "jobCount datasetCount doneCount complete truncatedBecause unknown layers { number steps { cycle jobs {
    job { name } reason requested reads { name } fedBy { name } waitsFor { name } lastGoodRun { endedAt } } } }";

fn ask(server: &Server, of: &str) -> Value {
    let arguments = if of.is_empty() { String::new() } else { format!("({of})") };
    server.ask(&format!("{{ backfillPlan{arguments} {{ {FIELDS} }} }}"))["backfillPlan"].clone()
}

/// Layers as `a, b, (c d)`; what is in parentheses lies on a cycle.
fn layers(plan: &Value) -> Vec<String> {
    let step = |step: &Value| {
        let names: Vec<&str> = step["jobs"].as_array().unwrap().iter().map(|one| one["job"]["name"].as_str().unwrap()).collect();
        if step["cycle"] == true { format!("({})", names.join(" ")) } else { names.join(" ") }
    };
    let layer = |layer: &Value| layer["steps"].as_array().unwrap().iter().map(step).collect::<Vec<_>>().join(", ");
    plan["layers"].as_array().unwrap().iter().map(layer).collect()
}

const ORDERS: &str = r#"datasets: [{ namespace: "raw", name: "orders" }]"#;

#[test]
fn everything_downstream_in_layers() {
    let server = server(&shop());
    let plan = ask(&server, ORDERS);
    assert_eq!(
        layers(&plan),
        ["stage_orders", "build_orders", "build_customers, build_revenue, export_orders", "report_customers, revenue_dashboard"]
    );
    assert_json_snapshot!(plan);
    let job = ask(&server, r#"jobs: [{ namespace: "etl", name: "build_customers" }, { namespace: "etl", name: "nobody" }]"#);
    assert_eq!((layers(&job), &job["unknown"]), (vec!["build_customers".into(), "report_customers".into()], &json!(["job etl nobody"])));
    let run = ask(&server, &format!(r#"runs: ["{}"]"#, events::run_id(304)));
    assert_eq!(layers(&run), ["build_revenue", "revenue_dashboard"]);
}

#[test]
fn asked_for_nothing_it_repairs_what_is_stale() {
    let mut sent = shop();
    let server_before = server(&sent);
    assert_eq!(
        layers(&ask(&server_before, "")),
        ["stage_orders", "build_orders", "build_customers, build_revenue, export_orders", "report_customers, revenue_dashboard"]
    );
    // stg_orders is made good: one layer less, and only what is not done.
    sent.push(run("COMPLETE", 5, 2, "stage_orders", &["raw.orders"], &["stg_orders"]));
    sent.push(run("COMPLETE", 5, 3, "build_orders", &["stg_orders", "raw.customers"], &["fct_orders"]));
    sent.push(run("COMPLETE", 5, 5, "build_customers", &["fct_orders"], &["mart_customers"]));
    let server = server(&sent);
    assert_eq!(layers(&ask(&server, "")), ["build_revenue, export_orders", "revenue_dashboard"]);
}

#[test]
fn what_has_run_since_is_left_out() {
    let mut sent = shop();
    sent.push(run("COMPLETE", 5, 2, "stage_orders", &["raw.orders"], &["stg_orders"]));
    // Began before stage_orders had ended: it read the old data.
    let early = [
        events::run("START", &at(5, 1), &events::run_id(9), "build_orders", &["stg_orders"], &["fct_orders"]),
        events::run("COMPLETE", &at(5, 9), &events::run_id(9), "build_orders", &["stg_orders"], &["fct_orders"]),
    ];
    sent.extend(early);
    sent.push(run("COMPLETE", 5, 12, "build_customers", &["fct_orders"], &["mart_customers"]));
    let server = server(&sent);
    let plan = ask(&server, &format!(r#"{ORDERS}, since: "{}""#, at(5, 0)));
    assert_eq!(layers(&plan), ["build_orders", "build_customers, build_revenue, export_orders", "report_customers, revenue_dashboard"]);
    assert_eq!((&plan["jobCount"], &plan["doneCount"]), (&json!(6), &json!(1)));
}

#[test]
fn cycles_are_one_step_and_control_flow_orders() {
    let waits =
        events::facet(json!({ "upstream": [{ "job": { "namespace": "etl", "name": "second" }, "dependency_type": "DIRECT_INVOCATION" }] }));
    let first = run("COMPLETE", 1, 4, "first", &["a"], &["d"]);
    let sent = [
        run("COMPLETE", 1, 1, "there", &["a", "c"], &["b"]),
        run("COMPLETE", 1, 2, "back", &["b"], &["c"]),
        run("COMPLETE", 1, 3, "second", &["a"], &["e"]),
        events::with(first, &["1", "run", "facets", "jobDependencies"], waits),
    ];
    let server = server(&sent);
    let plan = ask(&server, r#"datasets: [{ namespace: "db", name: "a" }]"#);
    assert_eq!(layers(&plan), ["(back there), second", "first"]);
    assert_eq!(plan["layers"][1]["steps"][0]["jobs"][0]["waitsFor"], json!([{ "name": "second" }]));
}

#[test]
fn recordings_of_airflow_and_dbt() {
    let airflow = recorded("airflow3-all_dags");
    let orders = airflow.ask(r#"{ search(query: "orders_raw", first: 1) { edges { node { ... on Dataset { id name } } } } }"#);
    let dbt = recorded("dbt-build-failing");
    let payments = dbt.ask(r#"{ search(query: "raw_payments", first: 1) { edges { node { ... on Dataset { id name } } } } }"#);
    let plan = |server: &Server, found: &Value| {
        let node = &found["search"]["edges"][0]["node"];
        (node["name"].clone(), layers(&ask(server, &format!("datasets: [{{ id: {} }}]", node["id"]))))
    };
    assert_json_snapshot!([plan(&airflow, &orders), plan(&dbt, &payments)]);
}
