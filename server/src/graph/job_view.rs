//! petgraph's visit traits on lineage with the jobs that move data as vertices of their own: from a dataset to a job, from
//! the job to what it makes. Built from a `LineageView` for one question, as arrays.
//!
//! A job has a vertex for every set of inputs that some of its outputs are made of, so that what column lineage tells apart
//! stays apart: a way through it is a way that data takes. It has another for what it only reads, one for what it makes of
//! nothing tracked, where data begins, and those of the lineage view where data flows from job to job.

use super::lineage_view::LineageView;
use super::owned::OwnerVertex;
use super::{Basis, Edge, FanEdges, Node};
use crate::fold::flow::Owner;
use fixedbitset::FixedBitSet;
use petgraph::Direction;
use petgraph::visit::{GraphBase, IntoNeighbors, IntoNeighborsDirected, IntoNodeIdentifiers, NodeCount, NodeIndexable, Visitable};
use std::collections::{BTreeMap, BTreeSet};

/// Datasets and jobs, and where data goes from each.
pub struct JobView {
    datasets: u32,
    /// Vertices of the lineage view; behind them those of `jobs`.
    shared: u32,
    /// Whose each vertex behind the shared ones is.
    jobs: Vec<u32>,
    out: Rows,
    into: Rows,
}

/// The far ends of edges, one row a vertex.
struct Rows {
    begins: Vec<u32>,
    ends: Vec<u32>,
}

impl Rows {
    /// Of edges in order, each once.
    fn new(vertices: usize, edges: &[(u32, u32)]) -> Self {
        let mut begins = vec![0; vertices + 1];
        edges.iter().for_each(|(near, _)| begins[*near as usize + 1] += 1);
        for place in 0..vertices {
            begins[place + 1] += begins[place];
        }
        Self { begins, ends: edges.iter().map(|(_, far)| *far).collect() }
    }

    fn row(&self, vertex: u32) -> &[u32] {
        let place = vertex as usize;
        &self.ends[self.begins[place] as usize..self.begins[place + 1] as usize]
    }
}

impl JobView {
    /// Lineage as the view shows it.
    pub fn new(lineage: LineageView<'_>) -> Self {
        let shared = NodeIndexable::node_bound(&lineage) as u32;
        let mut building = Building { lineage, shared, jobs: Vec::new(), edges: Vec::new() };
        lineage.graph().jobs.iter().for_each(|(job, vertex)| building.add_job(job, vertex));
        lineage.graph().statics.iter().for_each(|(_, vertex)| building.add_declared(vertex));
        building.add_flows();
        let Building { jobs, mut edges, .. } = building;
        edges.sort_unstable();
        edges.dedup();
        let vertices = shared as usize + jobs.len();
        let out = Rows::new(vertices, &edges);
        edges.iter_mut().for_each(|edge| *edge = (edge.1, edge.0));
        edges.sort_unstable();
        Self { datasets: lineage.datasets(), shared, jobs, out, into: Rows::new(vertices, &edges) }
    }

    /// The dataset of a vertex, by the representative of its class; none for a job.
    pub fn dataset(&self, vertex: u32) -> Option<u32> {
        (vertex < self.datasets).then_some(vertex)
    }

    /// The job of a vertex; none for a dataset.
    pub fn job(&self, vertex: u32) -> Option<u32> {
        match vertex.checked_sub(self.shared) {
            Some(place) => self.jobs.get(place as usize).copied(),
            None => vertex.checked_sub(self.datasets).map(|place| place / 2),
        }
    }

    /// True for a vertex of a job that nothing comes to and nothing begins at, though something comes to the job.
    pub fn is_idle(&self, vertex: u32) -> bool {
        let Some(place) = vertex.checked_sub(self.datasets).filter(|_| vertex < self.shared) else { return false };
        let other = self.datasets + (place ^ 1);
        self.into.row(vertex).is_empty() && !self.into.row(other).is_empty()
    }
}

/// A view while it is built.
struct Building<'a> {
    lineage: LineageView<'a>,
    shared: u32,
    jobs: Vec<u32>,
    edges: Vec<(u32, u32)>,
}

impl Building<'_> {
    fn vertex(&mut self, job: u32) -> u32 {
        self.jobs.push(job);
        self.shared + self.jobs.len() as u32 - 1
    }

    fn holding(&self, vertex: &OwnerVertex) -> Vec<Edge> {
        let (graph, when) = (self.lineage.graph(), self.lineage.when());
        vertex.edges().filter(|edge| graph.holds(edge, when)).collect()
    }

    fn dataset(&self, node: Node) -> Option<u32> {
        node.dataset().map(|dataset| self.lineage.graph().representative(dataset))
    }

    /// Those ends of a fan that are there, by the representatives of their classes.
    fn ends(&self, fan: &FanEdges, ends: &[u32]) -> BTreeSet<u32> {
        let (graph, when) = (self.lineage.graph(), self.lineage.when());
        let held = ends.iter().filter(|&&end| graph.holds(&fan.edge(end, end), when));
        held.map(|&end| graph.representative(end)).collect()
    }

    /// What a job moves by its own flows.
    fn add_job(&mut self, job: u32, vertex: &OwnerVertex) {
        let owner = Owner::Job(job);
        let mut made_of: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        let (mut reads, mut makes) = (BTreeSet::new(), BTreeSet::new());
        let is_fed = self.lineage.is_fed_by_flows(job);
        for edge in self.holding(vertex).into_iter().filter(|edge| edge.job(owner) == Some(job)) {
            match (self.dataset(edge.from), self.dataset(edge.to)) {
                (Some(from), Some(to)) if from == to => drop(reads.insert(from)),
                (Some(from), Some(to)) => drop(made_of.entry(to).or_default().insert(from)),
                (Some(from), None) => drop(reads.insert(from)),
                // What flows to the job itself is what it is made of.
                (None, Some(_)) if is_fed && edge.basis == Basis::InputsOutputs => {}
                (None, Some(to)) => drop(makes.insert(to)),
                (None, None) => {}
            }
        }
        let mut groups: BTreeMap<BTreeSet<u32>, BTreeSet<u32>> = BTreeMap::new();
        for (output, inputs) in made_of {
            groups.entry(inputs).or_default().insert(output);
        }
        for fan in vertex.fans().iter().filter(|fan| fan.holds(self.lineage.when())) {
            let (inputs, outputs) = (self.ends(fan, &fan.inputs), self.ends(fan, &fan.outputs));
            // What is gone leads nowhere, and nothing comes of it.
            if !inputs.is_empty() && !outputs.is_empty() {
                groups.entry(inputs).or_default().extend(outputs);
            }
        }
        groups.entry(reads).or_default();
        groups.entry(BTreeSet::new()).or_default().extend(makes);
        for (inputs, outputs) in groups.into_iter().filter(|(inputs, outputs)| !inputs.is_empty() || !outputs.is_empty()) {
            let vertex = self.vertex(job);
            self.edges.extend(inputs.into_iter().map(|input| (input, vertex)));
            self.edges.extend(outputs.into_iter().map(|output| (vertex, output)));
        }
    }

    /// What datasets declare of themselves: nobody runs.
    fn add_declared(&mut self, vertex: &OwnerVertex) {
        let fans = vertex.fans().iter().filter(|fan| fan.holds(self.lineage.when()));
        let wide: Vec<(u32, u32)> = fans
            .flat_map(|fan| {
                let outputs = self.ends(fan, &fan.outputs);
                let inputs = self.ends(fan, &fan.inputs);
                inputs.into_iter().flat_map(move |input| outputs.clone().into_iter().map(move |output| (input, output)))
            })
            .collect();
        let single = self.holding(vertex).into_iter().filter_map(|edge| Some((self.dataset(edge.from)?, self.dataset(edge.to)?)));
        let edges: Vec<(u32, u32)> = wide.into_iter().chain(single).filter(|(from, to)| from != to).collect();
        self.edges.extend(edges);
    }

    /// Where data flows from job to job.
    fn add_flows(&mut self) {
        let datasets = self.lineage.datasets();
        for vertex in datasets..self.shared {
            self.edges.extend(self.lineage.neighbors(vertex).map(|far| (vertex, far)));
            let from = self.lineage.neighbors_directed(vertex, Direction::Incoming).filter(|&far| far < datasets);
            self.edges.extend(from.map(|far| (far, vertex)));
        }
    }
}

impl GraphBase for JobView {
    type NodeId = u32;
    type EdgeId = (u32, u32);
}

impl<'a> IntoNeighbors for &'a JobView {
    type Neighbors = std::iter::Copied<std::slice::Iter<'a, u32>>;

    fn neighbors(self, vertex: u32) -> Self::Neighbors {
        self.out.row(vertex).iter().copied()
    }
}

impl<'a> IntoNeighborsDirected for &'a JobView {
    type NeighborsDirected = std::iter::Copied<std::slice::Iter<'a, u32>>;

    fn neighbors_directed(self, vertex: u32, direction: Direction) -> Self::NeighborsDirected {
        let rows = if direction == Direction::Outgoing { &self.out } else { &self.into };
        rows.row(vertex).iter().copied()
    }
}

impl Visitable for JobView {
    type Map = FixedBitSet;

    fn visit_map(&self) -> Self::Map {
        FixedBitSet::with_capacity(self.node_bound())
    }

    fn reset_map(&self, map: &mut Self::Map) {
        map.clear();
        map.grow(self.node_bound());
    }
}

impl NodeCount for JobView {
    fn node_count(&self) -> usize {
        self.node_bound()
    }
}

impl NodeIndexable for JobView {
    fn node_bound(&self) -> usize {
        self.shared as usize + self.jobs.len()
    }

    fn to_index(&self, vertex: u32) -> usize {
        vertex as usize
    }

    fn from_index(&self, index: usize) -> u32 {
        index as u32
    }
}

impl IntoNodeIdentifiers for &JobView {
    type NodeIdentifiers = std::ops::Range<u32>;

    fn node_identifiers(self) -> Self::NodeIdentifiers {
        0..self.node_bound() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::super::lineage_view::tests::{absorb, draws};
    use super::super::{Builder, Snapshot, When};
    use super::*;
    use petgraph::visit::{Dfs, Walker};
    use proptest::prelude::*;

    proptest! {
        /// Jobs as vertices open no way and close none.
        #[test]
        fn reaches_what_the_lineage_view_reaches(draws in draws(), start in 0..8u32, at in prop::option::of(0..12i64)) {
            let (mut builder, snapshot) = (Builder::default(), Snapshot::default());
            draws.iter().enumerate().for_each(|(place, draw)| absorb(&mut builder, place, draw));
            builder.publish(1, &snapshot);
            let graph = snapshot.load();
            let lineage = LineageView::new(&graph, When::from(at));
            prop_assume!(lineage.dataset(start).is_some());
            let view = JobView::new(lineage);
            let by_lineage: BTreeSet<u32> = Dfs::new(lineage, start).iter(lineage).filter_map(|vertex| lineage.dataset(vertex)).collect();
            let by_jobs: BTreeSet<u32> = Dfs::new(&view, start).iter(&view).filter_map(|vertex| view.dataset(vertex)).collect();
            prop_assert_eq!(by_jobs, by_lineage);
        }
    }
}
