//! What an answer's nodes have to say beside their distance: how many paths lead there, the longest of
//! them, whether they stand on a cycle, how sure the surest path is, and by which jobs it is reached.
//!
//! A cycle counts as one stop: paths and lengths are those of the graph in which every cycle is one
//! node, since round a cycle there would be no end of them.

use super::Confidence;
use crate::fold::flow::Owner;
use crate::graph::{Direction, Link, Node};
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What is known of a node of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reckoned {
    /// Paths from the starts, an edge by several jobs once; `u64::MAX` is that many or more.
    pub paths: u64,
    /// Steps of the longest of them.
    pub longest: u32,
    /// True when it can be reached from itself.
    pub on_cycle: bool,
    /// Of the surest path; none for a start.
    pub confidence: Option<Confidence>,
    /// Jobs whose edges lead to it, by number.
    pub via: BTreeSet<u32>,
}

impl Reckoned {
    /// Takes in what the other direction says of the same node.
    pub fn join(&mut self, other: &Self) {
        self.paths = self.paths.saturating_add(other.paths);
        self.longest = self.longest.max(other.longest);
        self.on_cycle |= other.on_cycle;
        self.confidence = [self.confidence, other.confidence].into_iter().flatten().min();
        self.via.extend(&other.via);
    }
}

/// Reckons the nodes of a walk in one direction from its starts.
///
/// `alone` says of an owner that it reads only one dataset or writes only one.
pub fn reckon(starts: &[Node], links: &[Link], direction: Direction, alone: impl Fn(Owner) -> bool) -> HashMap<Node, Reckoned> {
    let mut reckoning = Reckoning::new(starts, links, direction, alone);
    reckoning.count();
    reckoning.confide();
    reckoning.finish()
}

struct Reckoning {
    graph: DiGraph<Node, Confidence>,
    starts: Vec<NodeIndex>,
    nodes: Vec<Reckoned>,
}

impl Reckoning {
    fn new(starts: &[Node], links: &[Link], direction: Direction, alone: impl Fn(Owner) -> bool) -> Self {
        let mut graph = DiGraph::new();
        let mut places: HashMap<Node, NodeIndex> = HashMap::new();
        let mut place = |graph: &mut DiGraph<Node, Confidence>, node: Node| *places.entry(node).or_insert_with(|| graph.add_node(node));
        let starts: Vec<NodeIndex> = starts.iter().map(|&node| place(&mut graph, node)).collect();
        // Of the same ends by several owners the surest.
        let mut ends: BTreeMap<(Node, Node), Confidence> = BTreeMap::new();
        let mut via: HashMap<Node, BTreeSet<u32>> = HashMap::new();
        for link in links {
            let (near, far) = match direction {
                Direction::Downstream => (link.edge.from, link.edge.to),
                Direction::Upstream => (link.edge.to, link.edge.from),
            };
            let confidence = Confidence::of(&link.edge, alone(link.owner));
            ends.entry((near, far)).and_modify(|known| *known = confidence.min(*known)).or_insert(confidence);
            via.entry(far).or_default().extend(link.edge.job(link.owner));
        }
        for ((near, far), confidence) in ends {
            let (near, far) = (place(&mut graph, near), place(&mut graph, far));
            graph.add_edge(near, far, confidence);
        }
        let of = |node: NodeIndex| Reckoned { via: via.remove(&graph[node]).unwrap_or_default(), ..Reckoned::default() };
        let nodes = graph.node_indices().map(of).collect();
        Self { graph, starts, nodes }
    }

    /// Paths and lengths, over the graph of cycles.
    fn count(&mut self) {
        let mut components = tarjan_scc(&self.graph);
        components.reverse();
        let mut component = vec![0; self.graph.node_count()];
        for (number, nodes) in components.iter().enumerate() {
            nodes.iter().for_each(|node| component[node.index()] = number);
        }
        let mut paths = vec![0u64; components.len()];
        let mut longest = vec![0u32; components.len()];
        self.starts.iter().map(|start| component[start.index()]).collect::<BTreeSet<_>>().iter().for_each(|&start| paths[start] = 1);
        for (number, nodes) in components.iter().enumerate() {
            let onward: BTreeSet<usize> =
                nodes.iter().flat_map(|&node| self.graph.neighbors(node)).map(|far| component[far.index()]).collect();
            let on_cycle = onward.contains(&number);
            let (here, length) = (paths[number], longest[number]);
            for &far in onward.iter().filter(|&&far| far != number && here > 0) {
                paths[far] = paths[far].saturating_add(here);
                longest[far] = longest[far].max(length + 1);
            }
            for node in nodes {
                let reckoned = &mut self.nodes[node.index()];
                (reckoned.paths, reckoned.longest, reckoned.on_cycle) = (paths[number], longest[number], on_cycle);
            }
        }
    }

    /// The surest path: what is reached over the surest edges alone, then with the next, and so on.
    fn confide(&mut self) {
        let mut reached = vec![false; self.nodes.len()];
        let mut open: Vec<NodeIndex> = self.starts.clone();
        self.starts.iter().for_each(|start| reached[start.index()] = true);
        let mut left: Vec<Vec<NodeIndex>> = vec![Vec::new(); Confidence::ALL.len()];
        for (level, &confidence) in Confidence::ALL.iter().enumerate() {
            let later = std::mem::take(&mut left[level]);
            self.reach(later, &mut reached, &mut open, confidence);
            while let Some(node) = open.pop() {
                for edge in self.graph.edges(node) {
                    use petgraph::visit::EdgeRef;
                    if *edge.weight() > confidence {
                        left[*edge.weight() as usize].push(edge.target());
                    } else if !reached[edge.target().index()] {
                        reached[edge.target().index()] = true;
                        self.nodes[edge.target().index()].confidence = Some(confidence);
                        open.push(edge.target());
                    }
                }
            }
        }
    }

    fn reach(&mut self, nodes: Vec<NodeIndex>, reached: &mut [bool], open: &mut Vec<NodeIndex>, confidence: Confidence) {
        for node in nodes {
            if !reached[node.index()] {
                reached[node.index()] = true;
                self.nodes[node.index()].confidence = Some(confidence);
                open.push(node);
            }
        }
    }

    fn finish(self) -> HashMap<Node, Reckoned> {
        let nodes = self.graph.node_weights().copied();
        nodes.zip(self.nodes).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Basis, Edge, Origin};
    use proptest::prelude::*;

    const NODES: u32 = 7;

    fn link(from: u32, to: u32, basis: Basis, columns: bool) -> Link {
        let (from, to) = (Node::Dataset(from), Node::Dataset(to));
        let edge = Edge { from, to, basis, origin: Origin::Observed, columns, first: 0, last: 0, until: i64::MAX };
        Link { edge, owner: Owner::Job(0) }
    }

    /// Every path from the start along edges that a test lets through, each node once.
    fn walk_all(at: u32, path: &mut Vec<u32>, edges: &BTreeMap<(u32, u32), Confidence>, found: &mut Vec<Vec<u32>>) {
        path.push(at);
        found.push(path.clone());
        for &(from, to) in edges.keys() {
            if from == at && !path.contains(&to) {
                walk_all(to, path, edges, found);
            }
        }
        path.pop();
    }

    proptest! {
        #[test]
        fn counts_as_one_would_by_hand(
            draws in prop::collection::vec((0..NODES, 0..NODES, 0..3usize, any::<bool>()), 0..14),
            acyclic in any::<bool>(),
        ) {
            let draws: Vec<_> = draws.into_iter().filter(|(from, to, ..)| !acyclic || from < to).collect();
            let bases = [Basis::Explicit, Basis::ColumnLineage, Basis::InputsOutputs];
            let links: Vec<Link> = draws.iter().map(|&(from, to, basis, columns)| link(from, to, bases[basis], columns)).collect();
            let mut edges: BTreeMap<(u32, u32), Confidence> = BTreeMap::new();
            for (&(from, to, ..), link) in draws.iter().zip(&links) {
                let confidence = Confidence::of(&link.edge, false);
                edges.entry((from, to)).and_modify(|known| *known = confidence.min(*known)).or_insert(confidence);
            }
            let mut found = Vec::new();
            walk_all(0, &mut Vec::new(), &edges, &mut found);
            let reckoned = reckon(&[Node::Dataset(0)], &links, Direction::Downstream, |_| false);
            for node in 0..NODES {
                let Some(reckoned) = reckoned.get(&Node::Dataset(node)) else { continue };
                let paths: Vec<&Vec<u32>> = found.iter().filter(|path| path.last() == Some(&node)).collect();
                let sureness = |path: &Vec<u32>| path.windows(2).map(|ends| edges[&(ends[0], ends[1])]).max();
                prop_assert_eq!(reckoned.confidence, paths.iter().filter_map(|path| sureness(path)).min().filter(|_| node != 0));
                let mut around = Vec::new();
                edges.keys().filter(|(from, _)| *from == node).for_each(|&(_, to)| walk_all(to, &mut Vec::new(), &edges, &mut around));
                prop_assert_eq!(reckoned.on_cycle, around.iter().any(|path| path.last() == Some(&node)));
                if acyclic {
                    prop_assert_eq!(reckoned.paths as usize, paths.len());
                    prop_assert_eq!(reckoned.longest as usize, paths.iter().map(|path| path.len() - 1).max().unwrap_or(0));
                } else {
                    prop_assert_eq!(reckoned.paths > 0, !paths.is_empty());
                }
            }
        }
    }
}
