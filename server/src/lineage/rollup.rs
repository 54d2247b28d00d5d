//! An answer by namespace, name prefix, owner or tag: groups of datasets and the edges between them.
//! A dataset of several groups (two owners, three tags) counts in each.

use crate::graph::{Link, Node};
use std::collections::{BTreeMap, HashMap};

/// Datasets under one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Of the nearest member.
    pub distance: u32,
    /// Datasets in it.
    pub datasets: u64,
    /// Edges between its own datasets.
    pub inner_edges: u64,
}

/// An answer by headings; `None` is the heading of datasets without one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollup<K: Ord> {
    /// Every group.
    pub groups: BTreeMap<K, Group>,
    /// From group, to group: distinct pairs of datasets that an edge joins.
    pub edges: BTreeMap<(K, K), u64>,
}

/// Rolls an answer up. `keys` gives the headings of a dataset, at least one.
pub fn rollup<K: Ord + Clone>(nodes: &[(Node, u32)], links: &[Link], keys: impl Fn(u32) -> Vec<K>) -> Rollup<K> {
    let mut groups: BTreeMap<K, Group> = BTreeMap::new();
    let mut headings: HashMap<u32, Vec<K>> = HashMap::new();
    for &(node, distance) in nodes {
        let Node::Dataset(dataset) = node else { continue };
        let keys = keys(dataset);
        for key in &keys {
            let group = groups.entry(key.clone()).or_insert(Group { distance, datasets: 0, inner_edges: 0 });
            group.distance = group.distance.min(distance);
            group.datasets += 1;
        }
        headings.insert(dataset, keys);
    }
    let mut pairs: Vec<(u32, u32)> = links.iter().filter_map(datasets).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let mut edges: BTreeMap<(K, K), u64> = BTreeMap::new();
    for (from, to) in pairs {
        let (Some(from), Some(to)) = (headings.get(&from), headings.get(&to)) else { continue };
        for (from, to) in from.iter().flat_map(|from| to.iter().map(move |to| (from, to))) {
            if from == to {
                groups.entry(from.clone()).and_modify(|group| group.inner_edges += 1);
            } else {
                *edges.entry((from.clone(), to.clone())).or_default() += 1;
            }
        }
    }
    Rollup { groups, edges }
}

fn datasets(link: &Link) -> Option<(u32, u32)> {
    match (link.edge.from, link.edge.to) {
        (Node::Dataset(from), Node::Dataset(to)) => Some((from, to)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::flow::Owner;
    use crate::graph::{Basis, Edge, Origin};

    #[test]
    fn datasets_of_two_groups_count_in_both() {
        let link = |from: u32, to: u32, job: u32| {
            let (from, to) = (Node::Dataset(from), Node::Dataset(to));
            let basis = Basis::InputsOutputs;
            Link {
                edge: Edge { from, to, basis, origin: Origin::Observed, columns: false, first: 0, last: 0, until: i64::MAX },
                owner: Owner::Job(job),
            }
        };
        let nodes: Vec<(Node, u32)> = (0..4).map(|n| (Node::Dataset(n), n)).chain([(Node::Job(9), 1)]).collect();
        let links = [link(0, 1, 1), link(0, 1, 2), link(1, 2, 1), link(2, 3, 1)];
        let found = rollup(&nodes, &links, |dataset| match dataset {
            0 => vec!["raw"],
            2 => vec!["mart", "pii"],
            _ => vec!["mart"],
        });
        let group = |distance, datasets, inner_edges| Group { distance, datasets, inner_edges };
        assert_eq!(found.groups, [("mart", group(1, 3, 2)), ("pii", group(2, 1, 0)), ("raw", group(0, 1, 0))].into());
        assert_eq!(found.edges, [(("raw", "mart"), 1), (("mart", "pii"), 1), (("pii", "mart"), 1)].into());
    }
}
