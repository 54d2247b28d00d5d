//! The edges of one owner as the graph keeps them: a few bytes each, found from either end. Runs give the
//! same times to many edges, so times are kept once.

use super::code::Code;
use super::{Basis, Edge, FanEdges, Node, Origin};
use serde::{Deserialize, Serialize};

/// First evidence, newest evidence, end.
type Times = (i64, i64, i64);

/// The edges of one owner.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OwnerVertex {
    /// In order of `Edge::key`.
    edges: Box<[PackedEdge]>,
    /// Their places in order of where they lead.
    by_target: Box<[u32]>,
    times: Box<[Times]>,
    fans: Box<[FanEdges]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct PackedEdge {
    from: Code,
    to: Code,
    /// Place of its times, and in the lowest four bits how it is known, who says so and whether columns are known.
    rest: u32,
}

/// By the number that is kept.
pub(super) const BASES: [Basis; 4] = [Basis::Explicit, Basis::ColumnLineage, Basis::Inferred, Basis::InputsOutputs];

impl OwnerVertex {
    /// Of edges in order of their keys.
    pub fn new(edges: &[Edge], fans: Vec<FanEdges>) -> Self {
        let times_of = |edge: &Edge| (edge.first, edge.last, edge.until);
        let mut times: Vec<Times> = edges.iter().map(times_of).collect();
        times.sort_unstable();
        times.dedup();
        let pack = |edge: &Edge| {
            let place = times.binary_search(&times_of(edge)).unwrap_or_default() as u32;
            let kind = edge.basis as u32 | (edge.origin as u32) << 2 | u32::from(edge.columns) << 3;
            PackedEdge { from: edge.from.into(), to: edge.to.into(), rest: place << 4 | kind }
        };
        let edges: Box<[PackedEdge]> = edges.iter().map(pack).collect();
        let mut by_target: Box<[u32]> = (0..edges.len() as u32).collect();
        by_target.sort_unstable_by_key(|&place| (edges[place as usize].to, place));
        Self { edges, by_target, times: times.into(), fans: fans.into() }
    }

    /// Every single edge.
    pub fn edges(&self) -> impl Iterator<Item = Edge> + '_ {
        self.edges.iter().map(|packed| self.unpack(packed))
    }

    /// Every single edge, in order of where they lead.
    pub fn edges_by_target(&self) -> impl Iterator<Item = Edge> + '_ {
        self.by_target.iter().map(|&place| self.unpack(&self.edges[place as usize]))
    }

    /// Every fan.
    pub fn fans(&self) -> &[FanEdges] {
        &self.fans
    }

    /// Single edges that touch a node: those that leave it (`down`), or lead to it.
    pub fn edges_at(&self, node: Node, down: bool) -> impl Iterator<Item = Edge> + '_ {
        let code = Code::from(node);
        let (leaving, leading) = if down { (self.leaving(code), &[][..]) } else { (&[][..], self.leading(code)) };
        leaving.iter().chain(leading.iter().map(|&place| &self.edges[place as usize])).map(|packed| self.unpack(packed))
    }

    fn leaving(&self, code: Code) -> &[PackedEdge] {
        let begin = self.edges.partition_point(|edge| edge.from < code);
        let length = self.edges[begin..].iter().take_while(|edge| edge.from == code).count();
        &self.edges[begin..begin + length]
    }

    fn leading(&self, code: Code) -> &[u32] {
        let to = |place: &u32| self.edges[*place as usize].to;
        let begin = self.by_target.partition_point(|place| to(place) < code);
        let length = self.by_target[begin..].iter().take_while(|place| to(place) == code).count();
        &self.by_target[begin..begin + length]
    }

    fn unpack(&self, packed: &PackedEdge) -> Edge {
        let (first, last, until) = self.times[(packed.rest >> 4) as usize];
        Edge {
            from: packed.from.into(),
            to: packed.to.into(),
            basis: BASES[(packed.rest & 3) as usize],
            origin: if packed.rest & 4 == 0 { Origin::Observed } else { Origin::Declared },
            columns: packed.rest & 8 != 0,
            first,
            last,
            until,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn edges() -> impl Strategy<Value = Vec<Edge>> {
        let node = || (0..6u32, any::<bool>()).prop_map(|(number, job)| if job { Node::Job(number) } else { Node::Dataset(number) });
        let edge = (node(), node(), 0..4usize, any::<bool>(), any::<bool>(), 0..9i64, 9..12i64);
        let edge = edge.prop_map(|(from, to, basis, declared, columns, first, last)| {
            let origin = if declared { Origin::Declared } else { Origin::Observed };
            Edge { from, to, basis: BASES[basis], origin, columns, first, last, until: i64::MAX - first }
        });
        prop::collection::vec(edge, 0..20).prop_map(|mut edges| {
            edges.sort_unstable_by_key(Edge::key);
            edges
        })
    }

    proptest! {
        #[test]
        fn edges_are_found_from_either_end(edges in edges()) {
            let packed = OwnerVertex::new(&edges, Vec::new());
            prop_assert!(packed.edges().eq(edges.iter().copied()));
            for node in (0..6).flat_map(|number| [Node::Dataset(number), Node::Job(number)]) {
                let leaving: Vec<Edge> = edges.iter().copied().filter(|edge| edge.from == node).collect();
                let leading: Vec<Edge> = edges.iter().copied().filter(|edge| edge.to == node).collect();
                prop_assert_eq!(packed.edges_at(node, true).collect::<Vec<_>>(), leaving);
                prop_assert_eq!(packed.edges_at(node, false).collect::<Vec<_>>(), leading);
            }
        }
    }
}
