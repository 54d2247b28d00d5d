//! What one more fact would do to the edges of its owner: load, merge, derive, compare. Pure; the graph
//! that readers see is not touched.

use super::asserted::PackedLineage;
use super::derive;
use super::flows::Flows;
use super::lineages::KnownLineages;
use super::{Basis, Edge, FanEdges, Node, Origin, When};
use crate::fold::flow::{Changes, FlowFact};
use schema::log::ContentHash;
use std::collections::BTreeSet;

/// Pairs of a wide run or declaration that are still compared one by one.
const PAIRS: usize = 100_000;

/// Edges that hold now for an owner, before and after.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct EdgeChanges {
    /// Would hold, and do not now.
    pub added: Vec<(Node, Node, Basis, Origin)>,
    /// Hold now, and would not.
    pub ended: Vec<(Node, Node, Basis, Origin)>,
    /// False when a fan was too wide to be compared pair by pair.
    pub complete: bool,
}

/// Facets that packed flows name: their rows are needed to compare.
pub fn lineages_of(flows: &[u8]) -> Result<Vec<ContentHash>, postcard::Error> {
    let flows: Flows = postcard::from_bytes(flows)?;
    Ok(flows.lineages().collect::<BTreeSet<_>>().into_iter().collect())
}

/// Packed rows of facets that say where data comes from.
#[derive(Default)]
pub struct LineageRows {
    /// Column lineage.
    pub columns: Vec<(ContentHash, Vec<u8>)>,
    /// Explicit lineage.
    pub explicit: Vec<(ContentHash, Vec<u8>)>,
}

/// What `fact` would change, given its owner's packed flows and the facets that they and the fact name;
/// `new` holds those of the fact that may not be known yet.
pub fn preview(flows: Option<&[u8]>, rows: &LineageRows, new: Changes, fact: FlowFact) -> Result<EdgeChanges, postcard::Error> {
    let mut sources = KnownLineages::default();
    for (hash, doc) in &rows.columns {
        sources.add_columns(*hash, postcard::from_bytes(doc)?);
    }
    for (hash, doc) in &rows.explicit {
        sources.add_statements(*hash, postcard::from_bytes(doc)?);
    }
    for lineage in new.columns {
        sources.add_columns(lineage.hash, PackedLineage { sources: lineage.sources, complete: lineage.complete });
    }
    for lineage in new.explicit {
        sources.add_statements(lineage.hash, lineage.statements);
    }
    let mut flows: Flows = flows.map_or_else(|| Ok(Flows::default()), postcard::from_bytes)?;
    let owner = fact.owner;
    let holding = |flows: &Flows| {
        let fans: Vec<FanEdges> = derive::fans(flows).into_iter().filter(|fan| fan.holds(When::Now)).collect();
        let (narrow, wide): (Vec<_>, Vec<_>) = fans.into_iter().partition(|fan| fan.inputs.len() * fan.outputs.len() <= PAIRS);
        let edges = derive::edges(owner, flows, &sources).into_iter().filter(|edge| edge.holds(When::Now));
        let what = |edge: Edge| (edge.from, edge.to, edge.basis, edge.origin);
        (edges.chain(narrow.iter().flat_map(FanEdges::edges)).map(what).collect::<BTreeSet<_>>(), wide)
    };
    let (before, wide_before) = holding(&flows);
    flows.merge(fact);
    let (after, wide_after) = holding(&flows);
    let shape = |fans: &[FanEdges]| fans.iter().map(|fan| (fan.inputs.clone(), fan.outputs.clone())).collect::<Vec<_>>();
    Ok(EdgeChanges {
        added: after.difference(&before).copied().collect(),
        ended: before.difference(&after).copied().collect(),
        complete: shape(&wide_before) == shape(&wide_after),
    })
}
