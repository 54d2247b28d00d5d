//! petgraph's visit traits on the dataset graph as it is now, so that petgraph's algorithms run on
//! our snapshot and need no copy of it.

use super::snapshot::Graph;
use super::{Node, When};
use petgraph::Direction;
use petgraph::visit::{
    GraphBase, GraphRef, IntoNeighbors, IntoNeighborsDirected, IntoNodeIdentifiers, NodeCount, NodeIndexable, Visitable,
};
use std::collections::HashSet;

/// The datasets of a graph, an edge wherever data flows from one to the other.
#[derive(Clone, Copy)]
pub struct Datasets<'a>(pub &'a Graph);

impl GraphBase for Datasets<'_> {
    type NodeId = u32;
    type EdgeId = (u32, u32);
}

impl GraphRef for Datasets<'_> {}

impl IntoNeighbors for Datasets<'_> {
    type Neighbors = std::vec::IntoIter<u32>;

    fn neighbors(self, dataset: u32) -> Self::Neighbors {
        self.neighbors_directed(dataset, Direction::Outgoing)
    }
}

impl IntoNeighborsDirected for Datasets<'_> {
    type NeighborsDirected = std::vec::IntoIter<u32>;

    fn neighbors_directed(self, dataset: u32, direction: Direction) -> Self::NeighborsDirected {
        let mut found = Vec::new();
        let down = direction == Direction::Outgoing;
        let far = self.0.edges_when(dataset, down, When::Now).map(|(edge, _)| if down { edge.to } else { edge.from });
        found.extend(far.filter_map(Node::dataset));
        for (fan, ..) in self.0.fans_when(dataset, down, When::Now) {
            found.extend(if down { &fan.outputs } else { &fan.inputs });
        }
        found.sort_unstable();
        found.dedup();
        found.into_iter()
    }
}

impl Visitable for Datasets<'_> {
    type Map = HashSet<u32>;

    fn visit_map(&self) -> Self::Map {
        HashSet::new()
    }

    fn reset_map(&self, map: &mut Self::Map) {
        map.clear();
    }
}

impl NodeCount for Datasets<'_> {
    fn node_count(&self) -> usize {
        self.0.datasets.len()
    }
}

impl NodeIndexable for Datasets<'_> {
    fn node_bound(&self) -> usize {
        self.0.datasets.len()
    }

    fn to_index(&self, dataset: u32) -> usize {
        dataset as usize
    }

    fn from_index(&self, index: usize) -> u32 {
        index as u32
    }
}

impl IntoNodeIdentifiers for Datasets<'_> {
    type NodeIdentifiers = std::ops::Range<u32>;

    fn node_identifiers(self) -> Self::NodeIdentifiers {
        0..self.0.datasets.len() as u32
    }
}
