//! The order of a plan: what must be done before what, cycles as one, and the layers that follow.

use super::{Reason, Step};
use crate::graph::Node;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What must be done before what, cycles as one.
pub struct Order {
    /// Earliest first.
    pub components: Vec<Vec<Node>>,
    /// Components directly before each.
    before: Vec<Vec<usize>>,
}

impl Order {
    /// Of jobs and what lies between them.
    pub fn new(order: &BTreeSet<(Node, Node)>, reasons: &BTreeMap<u32, Reason>) -> Self {
        let mut graph: DiGraph<Node, ()> = DiGraph::new();
        let mut places: HashMap<Node, NodeIndex> = HashMap::new();
        let nodes = reasons.keys().map(|&job| Node::Job(job)).chain(order.iter().flat_map(|&(from, to)| [from, to]));
        for node in nodes {
            places.entry(node).or_insert_with(|| graph.add_node(node));
        }
        for (from, to) in order {
            graph.add_edge(places[from], places[to], ());
        }
        // Latest first. `condensation` would look through all edges of a component for each edge that it adds.
        let mut components = kosaraju_scc(&graph);
        components.reverse();
        let mut component_of = vec![0; graph.node_count()];
        for (place, component) in components.iter().enumerate() {
            component.iter().for_each(|node| component_of[node.index()] = place);
        }
        let mut before = vec![Vec::new(); components.len()];
        for edge in graph.edge_references() {
            let (from, to) = (component_of[edge.source().index()], component_of[edge.target().index()]);
            if from != to {
                before[to].push(from);
            }
        }
        let components = components.into_iter().map(|component| component.into_iter().map(|node| graph[node]).collect());
        Self { components: components.collect(), before }
    }
}

/// Steps by the longest way to them, counted in steps that are left to do.
pub fn layers(order: &BTreeSet<(Node, Node)>, reasons: &BTreeMap<u32, Reason>, done: &HashSet<u32>) -> Vec<Vec<Step>> {
    let order = Order::new(order, reasons);
    let mut depth = vec![0; order.components.len()];
    let mut layers: Vec<Vec<Step>> = Vec::new();
    for (place, component) in order.components.iter().enumerate() {
        let mut jobs = jobs_of(component);
        jobs.retain(|job| reasons.contains_key(job) && !done.contains(job));
        let layer = order.before[place].iter().map(|&other| depth[other]).max().unwrap_or(0);
        depth[place] = layer + usize::from(!jobs.is_empty());
        if !jobs.is_empty() {
            layers.resize_with(layers.len().max(layer + 1), Vec::new);
            layers[layer].push(Step { jobs });
        }
    }
    layers.iter_mut().for_each(|layer| layer.sort_by(|a, b| a.jobs.cmp(&b.jobs)));
    layers
}

/// The jobs of a component, by number.
pub fn jobs_of(component: &[Node]) -> Vec<u32> {
    let mut jobs: Vec<u32> = component.iter().filter_map(|node| if let Node::Job(job) = node { Some(*job) } else { None }).collect();
    jobs.sort_unstable();
    jobs
}
