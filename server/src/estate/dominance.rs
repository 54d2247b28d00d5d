//! Single points of failure: datasets that all data must pass through on its way to others. A dataset dominates another
//! when every way from any source leads through it (petgraph's dominators; a root before all sources).
//!
//! Sources are datasets that nothing feeds. A cycle that nothing feeds is entered at each of its datasets.

use crate::graph::{Graph, LineageView};
use fixedbitset::FixedBitSet;
use petgraph::algo::dominators::simple_fast;
use petgraph::algo::kosaraju_scc;
use petgraph::visit::{GraphBase, GraphRef, IntoNeighbors, IntoNeighborsDirected, NodeIndexable, Visitable};
use std::collections::HashMap;

/// Datasets and how many others hang on each.
#[derive(Clone, Debug, Default)]
pub struct Dominance {
    /// Number of datasets that each dominates; those that dominate none are left out.
    pub dominated: HashMap<u32, u32>,
    /// Immediate dominators, as far as they are datasets: those that hang on a dataset, nearest first, by their own.
    children: HashMap<u32, Vec<u32>>,
    datasets: u32,
}

/// A lineage view with a root before everything that data can begin at.
#[derive(Clone, Copy)]
struct FromSources<'a> {
    view: LineageView<'a>,
    sources: &'a [u32],
    root: u32,
}

impl GraphBase for FromSources<'_> {
    type NodeId = u32;
    type EdgeId = (u32, u32);
}

impl GraphRef for FromSources<'_> {}

impl IntoNeighbors for FromSources<'_> {
    type Neighbors = std::vec::IntoIter<u32>;

    fn neighbors(self, vertex: u32) -> Self::Neighbors {
        if vertex == self.root { Vec::from(self.sources).into_iter() } else { self.view.neighbors(vertex) }
    }
}

impl Visitable for FromSources<'_> {
    type Map = FixedBitSet;

    fn visit_map(&self) -> Self::Map {
        FixedBitSet::with_capacity(self.root as usize + 1)
    }

    fn reset_map(&self, map: &mut Self::Map) {
        map.clear();
        map.grow(self.root as usize + 1);
    }
}

/// What hangs on what in a graph as it is now.
pub fn dominance(graph: &Graph) -> Dominance {
    let view = LineageView(graph);
    let root = view.node_bound() as u32;
    let sources = sources(view);
    let dominators = simple_fast(FromSources { view, sources: &sources, root }, root);
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for vertex in 0..root {
        if let Some(dominator) = dominators.immediate_dominator(vertex) {
            children.entry(dominator).or_default().push(vertex);
        }
    }
    let counts = |vertex: u32| view.dataset(vertex).is_some_and(|dataset| !graph.is_temporary(dataset));
    // From the leaves of the tree up: every vertex comes after its dominator in this order.
    let mut order = vec![root];
    let mut at = 0;
    while let Some(&vertex) = order.get(at) {
        order.extend(children.get(&vertex).into_iter().flatten());
        at += 1;
    }
    let mut below = vec![0; root as usize + 1];
    for &vertex in order.iter().rev() {
        let inner = children.get(&vertex).into_iter().flatten();
        below[vertex as usize] = inner.map(|&child| below[child as usize] + u32::from(counts(child))).sum();
    }
    let dominated = (0..root).zip(below).filter(|&(vertex, sum)| sum > 0 && counts(vertex)).collect();
    Dominance { dominated, children, datasets: root }
}

impl Dominance {
    /// Datasets that a dataset dominates, the nearest in the tree first.
    pub fn of(&self, graph: &Graph, dataset: u32) -> Vec<u32> {
        let view = LineageView(graph);
        let mut found: Vec<u32> = self.children.get(&dataset).cloned().unwrap_or_default();
        let mut at = 0;
        while let Some(vertex) = found.get(at).copied() {
            found.extend(self.children.get(&vertex).into_iter().flatten());
            at += 1;
        }
        found.retain(|&vertex| vertex < self.datasets && view.dataset(vertex).is_some_and(|dataset| !graph.is_temporary(dataset)));
        found
    }
}

/// Where data begins, and only what has anything to do with anything.
fn sources(view: LineageView<'_>) -> Vec<u32> {
    let components = kosaraju_scc(view);
    let mut component_of = vec![0; view.node_bound()];
    for (place, component) in components.iter().enumerate() {
        component.iter().for_each(|&vertex| component_of[vertex as usize] = place);
    }
    let is_fed = |&vertex: &u32| {
        let mut into = view.neighbors_directed(vertex, petgraph::Direction::Incoming);
        into.any(|other| component_of[other as usize] != component_of[vertex as usize])
    };
    let mut sources: Vec<u32> = components.into_iter().filter(|component| !component.iter().any(is_fed)).flatten().collect();
    sources.sort_unstable();
    sources
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::freshness::sample::{self, Sample};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// What can be reached from the sources when one dataset is taken away.
    fn reached(sample: &Sample, sources: &[u32], without: Option<u32>) -> BTreeSet<u32> {
        let mut found: BTreeSet<u32> = sources.iter().copied().filter(|&source| Some(source) != without).collect();
        loop {
            let more = sample.edges.iter().filter(|edge| found.contains(&edge.0) && Some(edge.1) != without).map(|edge| edge.1);
            let more: Vec<u32> = more.filter(|to| !found.contains(to)).collect();
            if more.is_empty() {
                return found;
            }
            found.extend(more);
        }
    }

    proptest! {
        #[test]
        fn dominates_what_is_lost_without_it(sample in sample::samples()) {
            let graph = sample.graph();
            let reach = sample.reach();
            let known: BTreeSet<u32> = sample.edges.iter().flat_map(|edge| [edge.0, edge.1]).collect();
            let is_source = |&dataset: &u32| known.iter().all(|&other| !reach.contains(&(other, dataset)) || reach.contains(&(dataset, other)));
            let sources: Vec<u32> = known.iter().copied().filter(is_source).collect();
            let all = reached(&sample, &sources, None);
            let found = dominance(&graph);
            for &dataset in &known {
                let mut lost = all.clone();
                reached(&sample, &sources, Some(dataset)).iter().for_each(|kept| { lost.remove(kept); });
                lost.remove(&dataset);
                prop_assert_eq!(found.of(&graph, dataset).into_iter().collect::<BTreeSet<_>>(), lost.clone());
                prop_assert_eq!(found.dominated.get(&dataset).copied().unwrap_or(0) as usize, lost.len());
            }
        }
    }
}
