//! Which groups of datasets depend on which: pairs of datasets that data flows between, counted by the groups of their ends.

use crate::graph::{Direction, Graph, When};
use std::collections::BTreeMap;

/// Pairs from one group to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// How many.
    pub edges: u64,
    /// A few, from and to: the first by their ids, which are the same on every server.
    pub examples: Vec<(u32, u32)>,
}

/// Counts pairs by the groups of their ends, where data flowed then. `group` gives a dataset's, none for those to be left
/// out. An edge by several jobs counts once; temporary datasets are passed through.
pub fn matrix<G: Ord + Copy>(
    graph: &Graph,
    when: When,
    datasets: &[u32],
    group: impl Fn(u32) -> Option<G>,
    examples: usize,
) -> BTreeMap<(G, G), Cell> {
    let mut cells: BTreeMap<(G, G), Cell> = BTreeMap::new();
    let place = |&(from, to): &(u32, u32)| (graph.dataset_id(from), graph.dataset_id(to));
    for &from in datasets {
        let Some(group_from) = group(from).filter(|_| !graph.is_temporary(from)) else { continue };
        for to in graph.next_datasets(from, Direction::Downstream, when) {
            let Some(group_to) = group(to) else { continue };
            let cell = cells.entry((group_from, group_to)).or_default();
            cell.edges += 1;
            let pair = (from, to);
            let at = cell.examples.partition_point(|known| place(known) < place(&pair));
            if at < examples {
                cell.examples.insert(at, pair);
                cell.examples.truncate(examples);
            }
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::freshness::sample;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn every_pair_is_in_one_cell(sample in sample::samples(), groups in prop::collection::vec(0..3u8, sample::DATASETS as usize)) {
            let graph = sample.graph();
            let all: Vec<u32> = (0..sample::DATASETS).collect();
            let found = matrix(&graph, When::Now, &all, |dataset| groups.get(dataset as usize).copied(), 2);
            let pairs: BTreeSet<(u32, u32)> = sample.edges.iter().map(|edge| (edge.0, edge.1)).collect();
            let mut naive: BTreeMap<(u8, u8), u64> = BTreeMap::new();
            pairs.iter().for_each(|&(from, to)| *naive.entry((groups[from as usize], groups[to as usize])).or_default() += 1);
            prop_assert_eq!(found.iter().map(|(key, cell)| (*key, cell.edges)).collect::<BTreeMap<_, _>>(), naive);
            for ((from, to), cell) in &found {
                prop_assert_eq!(cell.examples.len() as u64, cell.edges.min(2));
                prop_assert!(cell.examples.iter().all(|pair| pairs.contains(pair) && (groups[pair.0 as usize], groups[pair.1 as usize]) == (*from, *to)));
            }
        }
    }
}
