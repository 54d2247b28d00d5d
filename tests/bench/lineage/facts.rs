//! The estate of `lineage` as the fold hands it to the graph: a run for each table that is made, with its
//! column lineage.

use super::warehouse::Warehouse;
use schema::log::ContentHash;
use schema::openlineage::facets::Transformation;
use server::fold::Span;
use server::fold::flow::{Changes, ColumnLineageFact, FlowFact, FlowSource, Owner};
use server::fold::identity::Identity;

/// 2026-01-01T00:00:00Z in microseconds.
const EPOCH: i64 = 1_767_225_600_000_000;

/// What one run changes, of one more input if need be. `number` is its place in time.
pub fn run(warehouse: &Warehouse, dataset: usize, number: u64, more: Option<u32>) -> Changes {
    let mut inputs: Vec<u32> = warehouse.inputs[dataset].iter().copied().chain(more).collect();
    inputs.sort_unstable();
    inputs.dedup();
    let further = more.map(|source| (0, source, 0));
    let hops: Vec<(usize, u32, usize)> = warehouse.hops(dataset).collect();
    let hops = hops.iter().copied().chain(further.filter(|_| !hops.is_empty())).enumerate();
    let source = |(at, (target, source, column)): (usize, (usize, u32, usize))| {
        let (from, to) = (warehouse.column(source as usize, column), warehouse.column(dataset, target));
        (source, from, Some(to), transformations(at))
    };
    let mut sources: Vec<_> = hops.map(source).collect();
    sources.sort();
    sources.dedup();
    // The facet's hash stands for its content: the same run again says nothing new.
    let hash = ContentHash::of(format!("{dataset} {more:?}").as_bytes());
    let time = time(number);
    let columns = if sources.is_empty() { Vec::new() } else { vec![(dataset as u32, hash)] };
    let fact = FlowFact {
        owner: Owner::Job(warehouse.job(dataset) as u32),
        source: FlowSource::Observed(Span { first: time, last: time + 30_000_000 }),
        inputs,
        outputs: vec![dataset as u32],
        columns,
        inferred: Vec::new(),
        explicit: Vec::new(),
    };
    let facet = (!sources.is_empty()).then_some(ColumnLineageFact { hash, sources, complete: true });
    Changes { flows: vec![fact], columns: facet.into_iter().collect(), ..Changes::default() }
}

/// When a run begins, by its place in time; microseconds since 1970.
pub fn time(number: u64) -> i64 {
    EPOCH + number as i64 * 100_000
}

/// What the fold knows of every dataset once an event names it.
pub fn identity(dataset: usize) -> (u32, Identity) {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&crate::estate::mix(dataset as u64).to_le_bytes());
    (dataset as u32, Identity { id, named: true, ..Identity::default() })
}

/// Of five hops one says nothing, one sums and three pass the value on.
fn transformations(at: usize) -> Vec<Transformation> {
    let subtype = match at % 5 {
        0 => return Vec::new(),
        1 => "AGGREGATION",
        _ => "IDENTITY",
    };
    vec![Transformation { kind: "DIRECT".into(), subtype: Some(subtype.into()), description: None, masking: false }]
}

/// Adds what one run changes to what others do.
pub fn join(all: &mut Changes, one: Changes) {
    all.flows.extend(one.flows);
    all.columns.extend(one.columns);
}
