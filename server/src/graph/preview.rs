//! What one more fact would do to the edges of its owner: load, merge, derive, compare. Pure; the graph
//! that readers see is not touched.

use super::columns::PackedLineage;
use super::derive::{self, SourceDatasets};
use super::flows::Flows;
use super::{Basis, Edge, FanEdges, Node, Origin};
use crate::fold::flow::{ColumnLineageFact, FlowFact};
use schema::log::ContentHash;
use std::collections::{BTreeSet, HashMap};

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

/// Column lineage facets that packed flows name: their rows are needed to compare.
pub fn lineages_of(flows: &[u8]) -> Result<Vec<ContentHash>, postcard::Error> {
    let flows: Flows = postcard::from_bytes(flows)?;
    let declared = flows.declared.values().flat_map(|declaration| declaration.columns.iter().map(|column| column.1));
    let hashes: BTreeSet<ContentHash> = flows.columns.iter().map(|((_, hash), _)| *hash).chain(declared).collect();
    Ok(hashes.into_iter().collect())
}

/// What `fact` would change, given its owner's packed flows and the column lineage that they and the
/// fact name.
pub fn preview(
    flows: Option<&[u8]>,
    lineages: &[(ContentHash, Vec<u8>)],
    new: &[ColumnLineageFact],
    fact: FlowFact,
) -> Result<EdgeChanges, postcard::Error> {
    let mut sources = Sources(HashMap::new());
    for (hash, doc) in lineages {
        sources.add(*hash, postcard::from_bytes::<PackedLineage>(doc)?.sources.iter().map(|source| source.0).collect());
    }
    for lineage in new {
        sources.add(lineage.hash, lineage.sources.iter().map(|source| source.0).collect());
    }
    let mut flows: Flows = flows.map_or_else(|| Ok(Flows::default()), postcard::from_bytes)?;
    let owner = fact.owner;
    let holding = |flows: &Flows| {
        let fans: Vec<FanEdges> = derive::fans(flows).into_iter().filter(|fan| fan.holds(None)).collect();
        let (narrow, wide): (Vec<_>, Vec<_>) = fans.into_iter().partition(|fan| fan.inputs.len() * fan.outputs.len() <= PAIRS);
        let edges = derive::edges(owner, flows, &sources).into_iter().filter(|edge| edge.holds(None));
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

struct Sources(HashMap<ContentHash, Vec<u32>>);

impl Sources {
    fn add(&mut self, hash: ContentHash, mut datasets: Vec<u32>) {
        datasets.sort_unstable();
        datasets.dedup();
        self.0.insert(hash, datasets);
    }
}

impl SourceDatasets for Sources {
    fn source_datasets(&self, hash: ContentHash) -> &[u32] {
        self.0.get(&hash).map_or(&[], Vec::as_slice)
    }
}
