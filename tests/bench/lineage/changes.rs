//! What breaks when something changes, asked of the graph itself: of marts, of any table that is made, and of the dataset
//! that most others are made from.

use super::warehouse::Warehouse;
use crate::report::Section;
use crate::stats::spread;
use server::graph::{Graph, Snapshot, When};
use server::impact::{Change, Kind, Schemas, Trust, impact};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Changes of each sort;
const CHANGES: usize = 40;
/// no more after this.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asks all of it.
pub fn run(warehouse: &Warehouse, snapshot: &Snapshot) -> Section {
    let graph = snapshot.load();
    let mut section = Section::new(format!("Lineage of {} datasets: what a change does, in memory", warehouse.len()));
    for (whose, tables) in [("a mart", warehouse.marts()), ("any table that is made", warehouse.raw()..warehouse.len())] {
        eprintln!("  what dropping a column of {whose} does");
        let drop = |dataset: &u32| Change::Column { dataset: *dataset, name: warehouse.column(*dataset as usize, 0), kind: Kind::Gone };
        let changes: Vec<Change> = warehouse.starts(CHANGES, tables).iter().map(drop).collect();
        ask(&graph, &changes, format!("dropping a column of {whose}"), &mut section);
    }
    eprintln!("  what dropping a hub does");
    ask(&graph, &[Change::Dataset(warehouse.hub() as u32)], "dropping a hub".to_owned(), &mut section);
    section
}

fn ask(graph: &Arc<Graph>, changes: &[Change], label: String, section: &mut Section) {
    let (mut times, mut affected, all) = (Vec::new(), Vec::new(), Instant::now());
    for change in changes.iter().take_while(|_| all.elapsed() < PATIENCE) {
        let begin = Instant::now();
        let impact = impact(graph, When::Now, change, Trust::default(), &Schemas::new());
        times.push(begin.elapsed().as_secs_f64() * 1000.0);
        let [datasets, ..] = impact.counts();
        affected.push((datasets.breaks + datasets.risky + datasets.unknown) as f64);
    }
    section.spread(format!("{label}: datasets affected"), spread(affected), "");
    section.spread(label, spread(times), "ms");
}
