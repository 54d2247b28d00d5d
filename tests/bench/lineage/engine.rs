//! The graph of an estate in this process: how long it takes to build, and what memory it holds.

use super::csr::Csr;
use super::facts::{identity, join, run};
use super::warehouse::Warehouse;
use crate::Outcome;
use crate::process::memory;
use crate::report::{Aim, Section};
use server::fold::flow::Changes;
use server::graph::{Builder, Snapshot};
use std::time::Instant;

/// Runs of a batch, as many as the projector takes.
const BATCH: usize = 1024;

/// The writer and what readers see.
pub struct Engine {
    /// The writer.
    pub builder: Builder,
    /// What readers see.
    pub snapshot: Snapshot,
    /// Runs folded so far.
    pub runs: u64,
    /// Seconds that the graph took of building.
    building: f64,
    mebibytes: f64,
}

impl Engine {
    /// Folds every run into an empty graph, in batches as the projector does.
    pub fn build(warehouse: &Warehouse) -> Outcome<Self> {
        eprintln!("  folding its runs into a graph");
        let before = resident();
        let mut engine = Self { builder: Builder::default(), snapshot: Snapshot::default(), runs: 0, building: 0.0, mebibytes: 0.0 };
        engine.absorb(Changes { identities: (0..warehouse.len()).map(identity).collect(), ..Changes::default() })?;
        let made: Vec<usize> = (warehouse.raw()..warehouse.len()).collect();
        for batch in made.chunks(BATCH) {
            let mut changes = Changes::default();
            for &dataset in batch {
                join(&mut changes, run(warehouse, dataset, engine.runs, None));
                engine.runs += 1;
            }
            engine.absorb(changes)?;
        }
        engine.snapshot.load().warm();
        engine.mebibytes = resident() - before;
        eprintln!("  {:.1} s, {:.0} MiB", engine.building, engine.mebibytes);
        Ok(engine)
    }

    /// What the projector does with a batch, but for the catalog.
    pub fn absorb(&mut self, changes: Changes) -> Outcome<()> {
        let begin = Instant::now();
        self.builder.absorb(changes)?;
        self.builder.publish(self.runs, &self.snapshot);
        self.building += begin.elapsed().as_secs_f64();
        Ok(())
    }

    /// What there is to say of it.
    pub fn section(&self, warehouse: &Warehouse) -> Section {
        let graph = self.snapshot.load();
        let name = format!("Lineage of {} datasets: the graph in memory", warehouse.len());
        let mut section = Section::new(name);
        let per_dataset = |count: u64| count as f64 / warehouse.len() as f64;
        section.row("edges for each dataset", per_dataset(graph.edge_count()), "");
        section.row("column edges for each dataset", per_dataset(graph.column_edge_count()), "");
        section.row("jobs that read or write", warehouse.busy_jobs() as f64, "");
        section.row("graph, its writer included", self.mebibytes, "MiB");
        if warehouse.len() >= 1_000_000 {
            section.aim(Aim::AtMost(1536.0));
        }
        section.row("for each dataset", self.mebibytes * f64::from(1 << 10) / warehouse.len() as f64, "KiB");
        let bare = Csr::new(warehouse.len(), || warehouse.edges()).mebibytes() * 2.0;
        section.row("bare arrays of the dataset edges, both ways", bare, "MiB");
        section.row("building it from runs", self.runs as f64 / self.building, "runs/s");
        section
    }
}

/// Memory of this process, MiB.
fn resident() -> f64 {
    memory(std::process::id()).1
}
