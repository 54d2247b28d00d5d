//! Single points of failure among datasets: what all data must pass through on its way to others. A dataset dominates another
//! when every way from any source leads through it. Of jobs the same is in `job_dominance`.

use super::tree::{Tree, Vertices};
use crate::graph::{Graph, LineageView};
use std::collections::HashMap;

/// Datasets and how many others hang on each.
#[derive(Clone, Debug, Default)]
pub struct Dominance {
    /// Number of datasets that each dominates; those that dominate none are left out.
    pub dominated: HashMap<u32, u32>,
    tree: Tree,
    datasets: u32,
}

impl Vertices for LineageView<'_> {
    fn is_dataset(&self, vertex: u32) -> bool {
        self.dataset(vertex).is_some()
    }

    fn is_idle(&self, vertex: u32) -> bool {
        LineageView::is_idle(*self, vertex)
    }
}

/// What hangs on what, by lineage as it holds in a view.
pub fn dominance(view: LineageView<'_>) -> Dominance {
    let (tree, graph) = (Tree::new(view), view.graph());
    let counts = |vertex: u32| view.dataset(vertex).is_some_and(|dataset| !graph.is_temporary(dataset));
    let places = tree.places() as u32;
    let own: Vec<u32> = (0..places).map(|vertex| u32::from(counts(vertex))).collect();
    let sums = tree.sums(own.clone());
    let below = (0..places).zip(sums.into_iter().zip(own)).map(|(vertex, (sum, own))| (vertex, sum - own));
    let dominated = below.filter(|&(vertex, sum)| sum > 0 && counts(vertex)).collect();
    let datasets = (0..places).take_while(|&vertex| view.dataset(vertex).is_some()).count() as u32;
    Dominance { dominated, tree, datasets }
}

impl Dominance {
    /// Datasets that a dataset dominates, the nearest in the tree first, equally near ones by id.
    pub fn of(&self, graph: &Graph, dataset: u32) -> Vec<u32> {
        let mut found = self.tree.below(dataset, |vertex| (vertex < self.datasets).then(|| graph.dataset_id(vertex)));
        found.retain(|&vertex| vertex < self.datasets && !graph.is_temporary(vertex));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::freshness::sample;
    use crate::graph::When;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn dominates_what_is_lost_without_it(sample in sample::samples()) {
            let graph = sample.graph();
            let (known, sources) = (sample.known(), sample.sources());
            let all = sample.reached(sources.iter().copied(), |_| true);
            let found = dominance(LineageView::new(&graph, When::Now));
            for &dataset in &known {
                let mut lost = all.clone();
                let others = sources.iter().copied().filter(|&source| source != dataset);
                sample.reached(others, |edge| edge.1 != dataset).iter().for_each(|kept| { lost.remove(kept); });
                lost.remove(&dataset);
                prop_assert_eq!(found.of(&graph, dataset).into_iter().collect::<BTreeSet<_>>(), lost.clone());
                prop_assert_eq!(found.dominated.get(&dataset).copied().unwrap_or(0) as usize, lost.len());
            }
        }
    }
}
