//! What an answer's nodes have to say beside their distance: how many paths lead there, the longest of
//! them, whether they stand on a cycle, how sure the surest path is, and by which jobs it is reached.
//!
//! A cycle counts as one stop: paths and lengths are those of the graph in which every cycle is one
//! node, since round a cycle there would be no end of them.

use super::Confidence;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;

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

/// A step of a walk, seen from the starts.
#[derive(Clone, Debug)]
pub struct Step<V> {
    /// The end nearer to the starts,
    pub near: V,
    /// and the farther one.
    pub far: V,
    /// How sure it is.
    pub confidence: Confidence,
    /// The job that makes it.
    pub job: Option<u32>,
}

/// Reckons the vertices of a walk in one direction from its starts.
pub fn reckon<V: Copy + Eq + Ord + Hash>(starts: &[V], steps: &[Step<V>]) -> HashMap<V, Reckoned> {
    let mut reckoning = Reckoning::new(starts, steps);
    reckoning.count();
    reckoning.confide();
    reckoning.finish()
}

struct Reckoning<V> {
    graph: DiGraph<V, Confidence>,
    starts: Vec<NodeIndex>,
    nodes: Vec<Reckoned>,
}

impl<V: Copy + Eq + Ord + Hash> Reckoning<V> {
    fn new(starts: &[V], steps: &[Step<V>]) -> Self {
        let mut graph = DiGraph::new();
        let mut places: HashMap<V, NodeIndex> = HashMap::new();
        let mut place = |graph: &mut DiGraph<V, Confidence>, vertex: V| *places.entry(vertex).or_insert_with(|| graph.add_node(vertex));
        let starts: Vec<NodeIndex> = starts.iter().map(|&vertex| place(&mut graph, vertex)).collect();
        // Of the same ends by several owners the surest.
        let mut ends: BTreeMap<(V, V), Confidence> = BTreeMap::new();
        let mut via: HashMap<V, BTreeSet<u32>> = HashMap::new();
        for step in steps {
            let known = ends.entry((step.near, step.far)).or_insert(step.confidence);
            *known = step.confidence.min(*known);
            via.entry(step.far).or_default().extend(step.job);
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
        // Tarjan's recurses in petgraph; a long chain would overflow the stack.
        let mut components = kosaraju_scc(&self.graph);
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

    fn finish(self) -> HashMap<V, Reckoned> {
        let nodes = self.graph.node_weights().copied();
        nodes.zip(self.nodes).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NODES: u32 = 7;

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
            draws in prop::collection::vec((0..NODES, 0..NODES, 0..Confidence::ALL.len()), 0..14),
            acyclic in any::<bool>(),
        ) {
            let draws: Vec<_> = draws.into_iter().filter(|(from, to, ..)| !acyclic || from < to).collect();
            let mut edges: BTreeMap<(u32, u32), Confidence> = BTreeMap::new();
            let mut steps = Vec::new();
            for &(near, far, level) in &draws {
                let confidence = Confidence::ALL[level];
                edges.entry((near, far)).and_modify(|known| *known = confidence.min(*known)).or_insert(confidence);
                steps.push(Step { near, far, confidence, job: None });
            }
            let mut found = Vec::new();
            walk_all(0, &mut Vec::new(), &edges, &mut found);
            let reckoned = reckon(&[0], &steps);
            for node in 0..NODES {
                let Some(reckoned) = reckoned.get(&node) else { continue };
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
