//! Reading the graph: what is stale and why, what to rerun, what nobody uses, what everything hangs on. All on one small
//! shop in which something of everything went wrong, and on recordings.

mod as_of;
mod backfill;
mod causes;
mod estate;
mod staleness;

use serde_json::{Value, json};
use tests::{Server, events};

/// Four days of a shop.
///
/// ```text
/// raw.orders ─▶ stg_orders ─┐
///                           ├─▶ fct_orders ─▶ mart_revenue ─▶ bi.revenue (declared)
/// raw.customers ────────────┘        ├─▶ mart_customers ─▶ (a report)
///                                    └─▶ old_export (nobody reads it)
/// ```
///
/// On the fourth day `raw.orders` changes its schema and fails a test, `stage_orders` fails, and `build_revenue` does not
/// run. Nobody is seen to write `raw.customers`.
pub fn shop() -> Vec<Value> {
    let mut sent = Vec::new();
    for day in 1..=4 {
        sent.push(ingest(day));
        let staged = if day == 4 { "FAIL" } else { "COMPLETE" };
        sent.push(run(staged, day, 2, "stage_orders", &["raw.orders"], &["stg_orders"]));
        sent.push(run("COMPLETE", day, 3, "build_orders", &["stg_orders", "raw.customers"], &["fct_orders"]));
        if day < 4 {
            sent.push(run("COMPLETE", day, 4, "build_revenue", &["fct_orders"], &["mart_revenue"]));
        }
        sent.push(run("COMPLETE", day, 5, "build_customers", &["fct_orders"], &["mart_customers"]));
        sent.push(run("COMPLETE", day, 6, "export_orders", &["fct_orders"], &["old_export"]));
        sent.push(run("COMPLETE", day, 7, "report_customers", &["mart_customers"], &[]));
    }
    sent.push(named(events::job("2026-11-01T12:00:00Z", "revenue_dashboard", &["mart_revenue"], &["bi.revenue"])));
    sent
}

/// The hour of a day of the shop.
pub fn at(day: u32, hour: u32) -> String {
    format!("2026-11-{day:02}T{hour:02}:00:00Z")
}

/// A run with its end at an hour of a day; it began ten minutes earlier.
pub fn run(end: &str, day: u32, hour: u32, job: &str, inputs: &[&str], outputs: &[&str]) -> Value {
    let number = day * 100 + hour;
    let began = events::run("START", &format!("2026-11-{day:02}T{:02}:50:00Z", hour - 1), &events::run_id(number), job, &[], &[]);
    let ended = events::run(end, &at(day, hour), &events::run_id(number), job, inputs, outputs);
    json!([began, named(ended)])
}

fn ingest(day: u32) -> Value {
    let columns: &[(&str, &str)] = if day < 4 { &[("id", "int"), ("total", "int")] } else { &[("id", "int"), ("amount", "decimal")] };
    let ran = run("COMPLETE", day, 1, "ingest_orders", &[], &["raw.orders"]);
    let ran = events::with(ran, &["1", "outputs", "0", "facets", "schema"], events::schema(columns));
    let test = json!({ "assertions": [{ "assertion": "not_null", "column": "id", "success": day < 4, "severity": "error" }] });
    events::with(ran, &["1", "outputs", "0", "facets", "dataQualityAssertions"], events::facet(test))
}

/// `space.name` is a name in another namespace than `db`.
fn named(mut event: Value) -> Value {
    for side in ["inputs", "outputs"] {
        for dataset in event[side].as_array_mut().into_iter().flatten() {
            if let Some((namespace, name)) = dataset["name"].as_str().and_then(|name| name.split_once('.')) {
                let (namespace, name) = (namespace.to_owned(), name.to_owned());
                (dataset["namespace"], dataset["name"]) = (namespace.into(), name.into());
            }
        }
    }
    event
}

/// A server that has taken these.
pub fn server(sent: &[Value]) -> Server {
    let server = Server::start();
    let each = |event: &Value| event.as_array().cloned().unwrap_or_else(|| vec![event.clone()]);
    server.take(&sent.iter().flat_map(each).collect::<Vec<_>>());
    server
}

/// A recording.
pub fn recorded(name: &str) -> Server {
    let text = std::fs::read_to_string(format!("{}/fixtures/real/{name}.ndjson", env!("CARGO_MANIFEST_DIR"))).unwrap();
    server(&text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<_>>())
}
