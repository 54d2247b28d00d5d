//! Questions to the server that look at the whole estate, or at all that hangs on one dataset: asked for the first
//! time, and again.

use super::events::{NAMESPACE, name};
use super::warehouse::Warehouse;
use crate::Outcome;
use crate::client::Client;
use crate::report::Section;
use crate::stats::spread;
use serde_json::json;
use std::time::Instant;

/// Changes of any column, for the usual impact.
const CHANGES: usize = 50;

/// Asks what breaks when a column is dropped, of many; then each of the large questions twice.
pub fn run(client: &mut Client, warehouse: &Warehouse, section: &mut Section) -> Outcome<()> {
    section.spread("impact of dropping a column, of any table", spread(changes(client, warehouse)?), "ms");
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
            client.ask(&query)?;
            section.row(format!("{label}: {time}"), begin.elapsed().as_secs_f64() * 1000.0, "ms");
        }
    }
    Ok(())
}

/// Milliseconds of each.
fn changes(client: &mut Client, warehouse: &Warehouse) -> Outcome<Vec<f64>> {
    let mut times = Vec::new();
    for dataset in warehouse.starts(CHANGES, 0..warehouse.len()) {
        let dataset = dataset as usize;
        let column = format!(
            "{{ namespace: {}, dataset: {}, name: {} }}",
            json!(NAMESPACE),
            json!(name(dataset)),
            json!(warehouse.column(dataset, 0))
        );
        let begin = Instant::now();
        client.ask(&format!("{{ impact(change: {{ dropColumn: {column} }}) {{ verdict totals {{ columns {{ breaks }} }} }} }}"))?;
        times.push(begin.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(times)
}
