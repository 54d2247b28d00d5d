//! Questions to the server that look at the whole estate, or at all that hangs on one dataset: asked for the first
//! time, and again.

use super::events::{NAMESPACE, name};
use super::warehouse::Warehouse;
use crate::Outcome;
use crate::client::Client;
use crate::report::Section;
use crate::stats::{Spread, spread};
use serde_json::json;
use std::time::{Duration, Instant};

/// Columns of any table that is made, and of the marts, that are asked about;
const CHANGES: usize = 20;
/// no more after this.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks what breaks when a column is dropped, of many; then each of the large questions twice.
pub fn run(client: &mut Client, warehouse: &Warehouse, section: &mut Section) -> Outcome<()> {
    for (whose, tables) in [("a mart", warehouse.marts()), ("any table that is made", warehouse.raw()..warehouse.len())] {
        eprintln!("  asking: what breaks when a column of {whose} is dropped");
        let starts = warehouse.starts(CHANGES, tables);
        let mut reached = Vec::new();
        for &dataset in &starts {
            reached.push(downstream(client, dataset as usize)?);
        }
        section.spread(format!("datasets downstream of {whose}"), spread(reached), "");
        section.spread(
            format!("impact of dropping a column of {whose}, by verdict"),
            timed(&starts, |dataset| impact(client, warehouse, dataset))?,
            "ms",
        );
        section.spread("`headwater check` of the same, its call", timed(&starts, |dataset| check(client, warehouse, dataset))?, "ms");
    }
    let hub = warehouse.hub();
    let dataset = format!("{{ namespace: {}, name: {} }}", json!(NAMESPACE), json!(name(hub)));
    for (label, query) in [
        (
            "everything downstream of a hub, counted",
            format!("{{ lineage(from: {{ datasets: [{dataset}] }}, direction: DOWNSTREAM, first: 0) {{ totalCount }} }}"),
        ),
        (
            "impact of dropping a hub, by verdict",
            format!(
                "{{ impact(change: {{ dropDataset: {dataset} }}) {{ totals {{ columns {{ breaks risky unknown safe }} }} owners {{ __typename }} columns(first: 20) {{ totalCount }} }} }}"
            ),
        ),
        ("backfill plan after a hub's repair", format!("{{ backfillPlan(datasets: [{dataset}]) {{ jobCount }} }}")),
        ("stale datasets, the first 20", "{ staleDatasets { totalCount edges { node { dataset { name } } } } }".to_owned()),
        (
            "single points of failure, the first 20",
            "{ singlePointsOfFailure { totalCount edges { node { dataset { name } } } } }".to_owned(),
        ),
        ("matrix of namespaces", "{ namespaceMatrix { totalCount } }".to_owned()),
        ("datasets that nobody reads, the first 20", "{ deadDatasets { totalCount } }".to_owned()),
    ] {
        eprintln!("  asking: {label}");
        for time in ["first", "again"] {
            let begin = Instant::now();
            // What takes longer than a server allows is told, and the rest asked all the same.
            if client.ask(&query).is_err() {
                section.note(format!("No answer within what the server allows: {label}."));
                break;
            }
            section.row(format!("{label}: {time}"), begin.elapsed().as_secs_f64() * 1000.0, "ms");
        }
    }
    Ok(())
}

/// Milliseconds of each.
fn timed(starts: &[u32], mut ask: impl FnMut(usize) -> Outcome<()>) -> Outcome<Spread> {
    let (mut times, all) = (Vec::new(), Instant::now());
    for &dataset in starts.iter().take_while(|_| all.elapsed() < PATIENCE) {
        let begin = Instant::now();
        ask(dataset as usize)?;
        times.push(begin.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(spread(times))
}

fn downstream(client: &mut Client, dataset: usize) -> Outcome<f64> {
    let query = format!(
        "{{ dataset(namespace: {}, name: {}) {{ lineage(direction: DOWNSTREAM, first: 0, jobs: false) {{ datasetCount }} }} }}",
        json!(NAMESPACE),
        json!(name(dataset))
    );
    let answer = client.ask(&query)?;
    answer["dataset"]["lineage"]["datasetCount"].as_f64().ok_or_else(|| format!("{query}: {answer}").into())
}

fn impact(client: &mut Client, warehouse: &Warehouse, dataset: usize) -> Outcome<()> {
    let column =
        format!("{{ namespace: {}, dataset: {}, name: {} }}", json!(NAMESPACE), json!(name(dataset)), json!(warehouse.column(dataset, 0)));
    client.ask(&format!("{{ impact(change: {{ dropColumn: {column} }}) {{ verdict totals {{ columns {{ breaks }} }} }} }}")).map(drop)
}

fn check(client: &mut Client, warehouse: &Warehouse, dataset: usize) -> Outcome<()> {
    let edits = [json!({ "op": "drop", "name": warehouse.column(dataset, 0) })];
    let body = json!({ "datasets": [{ "namespace": NAMESPACE, "name": name(dataset), "complete": false, "edits": edits }], "limit": 50 });
    let (status, text) = client.post("/api/v1/check", body.to_string().as_bytes())?;
    if status == 200 { Ok(()) } else { Err(format!("{status} {}", String::from_utf8_lossy(text)).into()) }
}
