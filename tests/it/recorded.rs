//! Questions about what real tools did: Airflow 3, dbt, sqlmesh. Each answer was checked by hand against the SQL of
//! those projects; above each test stands how.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use tests::{Server, picture};

fn recording(name: &str) -> Server {
    let server = Server::start();
    let text = std::fs::read_to_string(format!("{}/fixtures/real/{name}.ndjson", env!("CARGO_MANIFEST_DIR"))).unwrap();
    server.take(&text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<_>>());
    server
}

fn namespace_of(server: &Server, name: &str) -> String {
    let answer = server.ask("{ datasets(first: 200) { edges { node { namespace name } } } }");
    let edges = answer["datasets"]["edges"].as_array().cloned().unwrap_or_default();
    let found = edges.iter().find(|edge| edge["node"]["name"] == name);
    found.and_then(|edge| edge["node"]["namespace"].as_str()).unwrap_or_default().to_owned()
}

fn column(server: &Server, dataset: &str, column: &str, direction: &str) -> Vec<String> {
    let namespace = namespace_of(server, dataset);
    let from = format!(r#"columns: [{{ namespace: "{namespace}", dataset: "{dataset}", name: "{column}" }}]"#);
    server.question(&format!("from: {{ {from} }}, direction: {direction}, granularity: COLUMN"))
}

/// What the newest completed run of a job rests on, a line a read.
fn provenance(server: &Server, job: &str) -> Vec<String> {
    let newest = server.ask("{ runs(first: 200, states: [COMPLETE]) { edges { node { id job { namespace name } } } } }");
    let runs = newest["runs"]["edges"].as_array().cloned().unwrap_or_default();
    let run = runs.iter().map(|edge| &edge["node"]).find(|run| run["job"]["name"] == job).unwrap_or(&Value::Null);
    let query = "query ($id: ID!, $namespace: String, $name: String) { provenance(run: $id, jobNamespace: $namespace, jobName: $name) {
        complete reads { reader { job { name } } dataset { name } writer { job { name } } basis } } }";
    let variables = json!({ "id": run["id"], "namespace": run["job"]["namespace"], "name": run["job"]["name"] });
    let answer = server.ask_with(query, variables);
    let reads = answer["data"]["provenance"]["reads"].as_array().unwrap_or_else(|| panic!("{answer}"));
    let name = |value: &Value| value["name"].as_str().unwrap_or("-").to_owned();
    let line = |read: &Value| {
        let by = if read["writer"].is_null() { "nobody known".into() } else { name(&read["writer"]["job"]) };
        format!(
            "{} read {}, written by {by} ({})",
            name(&read["reader"]["job"]),
            name(&read["dataset"]),
            read["basis"].as_str().unwrap_or("source")
        )
    };
    reads.iter().map(line).collect()
}

/// `orders.amount` is summed into `daily_revenue`, and into `top_customers.total`, which `rnk` is ordered by; its checks
/// (`check_columns`, `check_table`) say nothing of columns. The SQL says `daily_revenue (day, orders, revenue)`, the emitter
/// calls the third `_1`: what reads `revenue` is therefore not known to be made of `orders.amount`, and is not said to be.
/// Behind the monthly revenue: of each dataset its newest write before the reader began. `create_tables` had written them
/// all before.
#[test]
fn airflow() {
    let server = recording("airflow3-all_dags");
    assert_json_snapshot!(json!({
        "orders.amount down": column(&server, "shop.public.orders", "amount", "DOWNSTREAM"),
        "monthly revenue up": column(&server, "shop.public.monthly_revenue", "_1", "UPSTREAM"),
        "behind the monthly revenue": provenance(&server, "shop_consumer.monthly"),
    }));
}

/// `stg_payments` is read by `customers` and `orders`; `customers` by `customer_segments`; `orders` by `daily_revenue`;
/// `segment_revenue` reads `customer_segments` and `orders`, so that payments reach it in two ways, of 3 and 4 steps.
/// `customers` reads `stg_orders` itself and not `orders`: one path from the raw orders. Tests read and make nothing.
#[test]
fn dbt() {
    let server = recording("dbt-build-with-catalog");
    let namespace = namespace_of(&server, "jaffle.main_marts.customers");
    let fields = "totalCount complete paths { length confidence steps { from { ... on Dataset { name } ... on Job { name } } edges { job { name } } } }";
    let end = |name: &str| format!(r#"{{ dataset: {{ namespace: "{namespace}", name: "{name}" }} }}"#);
    let paths = server.ask(&format!(
        "{{ paths(from: {}, to: {}) {{ {fields} }} }}",
        end("jaffle.main_raw.raw_orders"),
        end("jaffle.main_marts.customers")
    ));
    assert_json_snapshot!(json!({
        "raw orders to customers": paths["paths"],
        "all downstream of raw payments": server.question(&format!(
            r#"from: {{ datasets: [{{ namespace: "{namespace}", name: "jaffle.main_raw.raw_payments" }}] }}, direction: DOWNSTREAM"#
        )),
    }));
}

/// `raw.orders` is made of nothing, `stg.orders` of it, both marts of `stg.orders`. Inputs are quoted in its events
/// (`"smdb"."raw"."orders"`), outputs and column lineage are not.
#[test]
fn sqlmesh() {
    let server = recording("sqlmesh-plan");
    let answer = server.ask(&format!(
        "{{ datasets(first: 50) {{ edges {{ node {{ name lineage(direction: UPSTREAM) {{ {} }} }} }} }} }}",
        picture::LINEAGE
    ));
    let edges = answer["datasets"]["edges"].as_array().cloned().unwrap_or_default();
    let upstream: Vec<(String, Vec<String>)> = edges
        .iter()
        .map(|edge| (edge["node"]["name"].as_str().unwrap_or_default().to_owned(), picture::lineage(&edge["node"]["lineage"])))
        .filter(|(_, lines)| lines.len() > 1)
        .collect();
    assert_json_snapshot!(upstream);
}
