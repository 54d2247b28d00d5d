//! The graph of a single run: only what its own events say. Numbers are the catalog's; aliases are not
//! joined here.

use super::flows::Flows;
use super::preview::LineageRows;
use super::{Builder, Graph};
use crate::fold::flow::{FlowFact, FlowRow, FlowSource, Owner};
use crate::fold::run::Run;
use schema::log::ContentHash;

/// Facets that a run asserted, column lineage and explicit: their rows are needed for its graph.
pub fn lineages_of(run: &Run) -> (Vec<ContentHash>, Vec<ContentHash>) {
    let columns = run.columns.iter().chain(&run.inferred).map(|(_, hash)| *hash).collect();
    (columns, run.explicit.iter().copied().collect())
}

/// What one run of a job moved.
pub fn of_run(job: u32, run: &Run, rows: LineageRows) -> Result<Graph, postcard::Error> {
    let Some(span) = run.span else { return Ok(Graph::default()) };
    let owner = Owner::Job(job);
    let mut flows = Flows::default();
    flows.merge(FlowFact {
        owner,
        source: FlowSource::Observed(span),
        inputs: run.io(false).into_iter().collect(),
        outputs: run.io(true).into_iter().collect(),
        columns: run.columns.iter().copied().collect(),
        inferred: run.inferred.iter().copied().collect(),
        explicit: run.explicit.iter().copied().collect(),
    });
    let row = FlowRow {
        flows: vec![(owner, postcard::to_stdvec(&flows)?)],
        columns: rows.columns,
        explicit: rows.explicit,
        ..FlowRow::default()
    };
    Ok(Builder::load(0, row, &[])?.into_graph())
}
