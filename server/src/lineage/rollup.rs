//! An answer by namespace, schema, owner or tag: groups of datasets and the edges between them.
//! A dataset of several groups (two owners, three tags) counts in each.

use super::Confidence;
use super::answer::{Answer, Vertex};
use crate::graph::Basis;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Datasets under one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Of the nearest member.
    pub distance: u32,
    /// Datasets in it.
    pub datasets: usize,
    /// Pairs of its own datasets that an edge joins.
    pub inner_edges: usize,
}

/// All edges from one group to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupEdge {
    /// Pairs of datasets that an edge joins.
    pub pairs: usize,
    /// How the surest of them is known.
    pub basis: Basis,
    /// How sure the surest of them is.
    pub confidence: Confidence,
    /// First evidence, microseconds since 1970.
    pub first: i64,
    /// Newest evidence.
    pub last: i64,
}

/// An answer by headings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollup<K: Ord> {
    /// Every group.
    pub groups: BTreeMap<K, Group>,
    /// From group, to group.
    pub edges: BTreeMap<(K, K), GroupEdge>,
}

/// Datasets that an edge joins.
type Pairs = BTreeSet<(u32, u32)>;

/// Rolls an answer up. `keys` gives the headings of a dataset, at least one; jobs have none.
pub fn rollup<K: Ord + Clone>(answer: &Answer, keys: impl Fn(u32) -> Vec<K>) -> Rollup<K> {
    let mut groups: BTreeMap<K, Group> = BTreeMap::new();
    let mut headings: HashMap<u32, Vec<K>> = HashMap::new();
    for (vertex, distance) in &answer.nodes {
        let Vertex::Dataset(dataset) = vertex else { continue };
        let keys = keys(*dataset);
        for key in &keys {
            let group = groups.entry(key.clone()).or_insert(Group { distance: *distance, datasets: 0, inner_edges: 0 });
            group.distance = group.distance.min(*distance);
            group.datasets += 1;
        }
        headings.insert(*dataset, keys);
    }
    let mut inner: BTreeMap<K, Pairs> = BTreeMap::new();
    let mut between: BTreeMap<(K, K), (Pairs, GroupEdge)> = BTreeMap::new();
    for edge in &answer.edges {
        let (Vertex::Dataset(from), Vertex::Dataset(to)) = (&edge.from, &edge.to) else { continue };
        let (Some(from_keys), Some(to_keys)) = (headings.get(from), headings.get(to)) else { continue };
        for (from_key, to_key) in from_keys.iter().flat_map(|from| to_keys.iter().map(move |to| (from, to))) {
            if from_key == to_key {
                inner.entry(from_key.clone()).or_default().insert((*from, *to));
                continue;
            }
            let new = || {
                let (basis, confidence, first, last) = (edge.basis, edge.confidence, edge.first, edge.last);
                (Pairs::new(), GroupEdge { pairs: 0, basis, confidence, first, last })
            };
            let (pairs, group) = between.entry((from_key.clone(), to_key.clone())).or_insert_with(new);
            pairs.insert((*from, *to));
            group.pairs = pairs.len();
            group.basis = group.basis.min(edge.basis);
            group.confidence = group.confidence.min(edge.confidence);
            group.first = group.first.min(edge.first);
            group.last = group.last.max(edge.last);
        }
    }
    for (key, pairs) in inner {
        groups.entry(key).and_modify(|group| group.inner_edges = pairs.len());
    }
    Rollup { groups, edges: between.into_iter().map(|(keys, (_, edge))| (keys, edge)).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::flow::Owner;
    use crate::graph::{Edge, Link, Node, Origin};
    use crate::lineage::answer::AnswerEdge;

    #[test]
    fn datasets_of_two_groups_count_in_both() {
        let edge = |from: u32, to: u32, job: u32| {
            let (from, to, basis) = (Node::Dataset(from), Node::Dataset(to), Basis::InputsOutputs);
            let edge = Edge { from, to, basis, origin: Origin::Observed, columns: false, first: i64::from(job), last: 9, until: i64::MAX };
            AnswerEdge::of_link(&Link { edge, owner: Owner::Job(job) }, false)
        };
        let nodes = (0..4).map(|n| (Vertex::Dataset(n), n)).chain([(Vertex::Job(9), 1)]).collect();
        let edges = vec![edge(0, 1, 1), edge(0, 1, 2), edge(1, 2, 1), edge(2, 3, 1)];
        let answer = Answer { nodes, edges, ..Answer::default() };
        let found = rollup(&answer, |dataset| match dataset {
            0 => vec!["raw"],
            2 => vec!["mart", "pii"],
            _ => vec!["mart"],
        });
        let group = |distance, datasets, inner_edges| Group { distance, datasets, inner_edges };
        assert_eq!(found.groups, [("mart", group(1, 3, 2)), ("pii", group(2, 1, 0)), ("raw", group(0, 1, 0))].into());
        let (basis, confidence) = (Basis::InputsOutputs, Confidence::Assumed);
        let edge = GroupEdge { pairs: 1, basis, confidence, first: 1, last: 9 };
        assert_eq!(found.edges, [(("raw", "mart"), edge.clone()), (("mart", "pii"), edge.clone()), (("pii", "mart"), edge)].into());
    }
}
