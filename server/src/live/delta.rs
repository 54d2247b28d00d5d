//! Two answers to one lineage question, compared. What was seen how often and when is no change: it moves
//! with every run.

use crate::fold::flow::Owner;
use crate::lineage::answer::{Answer, AnswerEdge, Vertex};
use crate::lineage::diff::{Difference, compare};
use std::collections::BTreeMap;

/// An answer as a follower remembers it.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// Log sequence that it holds for.
    pub version: u64,
    nodes: BTreeMap<Vertex, u32>,
    edges: BTreeMap<Key, Known>,
}

/// What tells an edge from others between the same ends: between columns what is known of columns and what is only
/// known of tables are two, between datasets they are one.
type Key = (Vertex, Vertex, Option<Owner>, bool);

fn key(edge: &AnswerEdge) -> Key {
    (edge.from.clone(), edge.to.clone(), edge.owner, edge.origin.is_none() && edge.column_level)
}

/// An edge that is the same as long as what is said of it is, whenever it was said.
#[derive(Clone, Debug)]
struct Known(AnswerEdge);

impl PartialEq for Known {
    fn eq(&self, other: &Self) -> bool {
        let said = |edge: &AnswerEdge| (edge.job, edge.basis, edge.origin, edge.confidence, edge.column_level);
        said(&self.0) == said(&other.0) && self.0.transformations == other.0.transformations && self.0.datasets == other.0.datasets
    }
}

impl From<Answer> for Picture {
    fn from(answer: Answer) -> Self {
        Self {
            version: answer.version,
            nodes: answer.nodes.into_iter().collect(),
            edges: answer.edges.into_iter().map(|edge| (key(&edge), Known(edge))).collect(),
        }
    }
}

impl Picture {
    /// The same under an earlier sequence: nothing changed since then.
    pub fn unchanged_since(self, version: u64) -> Self {
        Self { version, ..self }
    }

    /// Nodes and edges.
    pub fn size(&self) -> (usize, usize) {
        (self.nodes.len(), self.edges.len())
    }
}

/// What leads from one answer to a later one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Delta {
    /// With their distances.
    pub nodes_added: Vec<(Vertex, u32)>,
    /// With the distances they had.
    pub nodes_removed: Vec<(Vertex, u32)>,
    /// With their new distances.
    pub nodes_moved: Vec<(Vertex, u32)>,
    /// Between nodes of the later answer.
    pub edges_added: Vec<AnswerEdge>,
    /// As they were.
    pub edges_removed: Vec<AnswerEdge>,
    /// As they are now.
    pub edges_changed: Vec<AnswerEdge>,
}

impl Delta {
    /// From one to the other.
    pub fn between(before: &Picture, after: &Picture) -> Self {
        let mut delta = Self::default();
        for (vertex, difference) in compare(&before.nodes, &after.nodes) {
            match difference {
                Difference::Added(distance) => delta.nodes_added.push((vertex, distance)),
                Difference::Removed(distance) => delta.nodes_removed.push((vertex, distance)),
                Difference::Changed(_, distance) => delta.nodes_moved.push((vertex, distance)),
            }
        }
        for (_, difference) in compare(&before.edges, &after.edges) {
            match difference {
                Difference::Added(edge) => delta.edges_added.push(edge.0),
                Difference::Removed(edge) => delta.edges_removed.push(edge.0),
                Difference::Changed(_, edge) => delta.edges_changed.push(edge.0),
            }
        }
        delta
    }

    /// True when nothing changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Basis, Edge, Link, Node, Origin};
    use proptest::prelude::*;

    fn answer(draws: &[(u32, u32, u8, i64)]) -> Answer {
        let edge = |&(from, to, basis, at): &(u32, u32, u8, i64)| {
            let basis = [Basis::Explicit, Basis::InputsOutputs][usize::from(basis)];
            let (from, to) = (Node::Dataset(from), Node::Dataset(to));
            let edge = Edge { from, to, basis, origin: Origin::Observed, columns: false, first: at, last: at, until: i64::MAX };
            AnswerEdge::of_link(&Link { edge, owner: Owner::Job(1) }, true)
        };
        let edges: Vec<AnswerEdge> = draws.iter().map(edge).collect();
        let nodes: BTreeMap<Vertex, u32> =
            edges.iter().flat_map(|edge| [(edge.from.clone(), 0), (edge.to.clone(), draws.len() as u32)]).collect();
        Answer { nodes: nodes.into_iter().collect(), edges, all_edges: true, ..Answer::default() }
    }

    proptest! {
        #[test]
        fn it_leads_from_the_one_to_the_other(
            a in prop::collection::vec((0..4u32, 0..4u32, 0..2u8, 0..9i64), 0..6),
            b in prop::collection::vec((0..4u32, 0..4u32, 0..2u8, 0..9i64), 0..6),
        ) {
            let (before, after) = (Picture::from(answer(&a)), Picture::from(answer(&b)));
            let delta = Delta::between(&before, &after);
            let mut patched = before;
            delta.nodes_removed.iter().for_each(|(vertex, _)| assert!(patched.nodes.remove(vertex).is_some()));
            delta.nodes_added.iter().for_each(|(vertex, distance)| assert!(patched.nodes.insert(vertex.clone(), *distance).is_none()));
            delta.nodes_moved.iter().for_each(|(vertex, distance)| assert!(patched.nodes.insert(vertex.clone(), *distance).is_some()));
            delta.edges_removed.iter().for_each(|edge| assert!(patched.edges.remove(&key(edge)).is_some()));
            delta.edges_added.iter().for_each(|edge| assert!(patched.edges.insert(key(edge), Known(edge.clone())).is_none()));
            delta.edges_changed.iter().for_each(|edge| assert!(patched.edges.insert(key(edge), Known(edge.clone())).is_some()));
            prop_assert_eq!(&patched.nodes, &after.nodes);
            prop_assert_eq!(&patched.edges, &after.edges);
            prop_assert!(Delta::between(&after, &after).is_empty());
        }

        #[test]
        fn times_are_no_change(draws in prop::collection::vec((0..4u32, 0..4u32, 0..2u8, 0..9i64), 0..6), later in 1..9i64) {
            let moved: Vec<_> = draws.iter().map(|&(from, to, basis, at)| (from, to, basis, at + later)).collect();
            prop_assert!(Delta::between(&Picture::from(answer(&draws)), &Picture::from(answer(&moved))).is_empty());
        }
    }
}
