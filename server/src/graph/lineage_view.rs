//! petgraph's visit traits on lineage as walks see it, now or at a moment, for algorithms over the whole estate: an alias
//! class is one vertex, and data that somebody says flows from job to job leads through those jobs. Nothing is copied.
//!
//! A dataset has its number. A job that such flows touch has two numbers behind those, by how it is come to: by what it
//! reads, or by a flow that names it (`walk`). Temporary datasets are vertices like any other; who shows an answer
//! leaves them out.

use super::adjacent::{Adjacent, Step};
use super::owned::OwnerVertex;
use super::snapshot::Graph;
use super::{Basis, Edge, Node, When};
use crate::fold::flow::Owner;
use fixedbitset::FixedBitSet;
use petgraph::Direction;
use petgraph::visit::{
    Data, GraphBase, GraphRef, IntoEdgeReferences, IntoEdges, IntoNeighbors, IntoNeighborsDirected, IntoNodeIdentifiers, NodeCount,
    NodeIndexable, Visitable,
};

/// The lineage of a graph as it holds at a time.
#[derive(Clone, Copy)]
pub struct LineageView<'a> {
    graph: &'a Graph,
    when: When,
}

/// What a number stands for.
#[derive(Clone, Copy)]
enum Vertex {
    Dataset(u32),
    /// Come to by what it reads.
    Reader(u32),
    /// Come to by a flow that names it.
    Named(u32),
}

impl<'a> LineageView<'a> {
    /// Lineage that holds then.
    pub fn new(graph: &'a Graph, when: When) -> Self {
        Self { graph, when }
    }

    /// The graph that it shows.
    pub fn graph(self) -> &'a Graph {
        self.graph
    }

    /// The time at which lineage must hold.
    pub fn when(self) -> When {
        self.when
    }

    /// The dataset of a vertex, by the representative of its class; none for a job.
    pub fn dataset(self, vertex: u32) -> Option<u32> {
        (vertex < self.datasets()).then_some(vertex)
    }

    /// The job of a vertex; none for a dataset.
    pub fn job(self, vertex: u32) -> Option<u32> {
        vertex.checked_sub(self.datasets()).map(|place| place / 2)
    }

    /// True for a vertex of a job that nothing comes to though something comes to the other: data neither begins nor passes
    /// there.
    pub fn is_idle(self, vertex: u32) -> bool {
        let comes = |vertex: u32| self.neighbors_directed(vertex, Direction::Incoming).next().is_some();
        self.job(vertex).is_some_and(|job| {
            let [a, b] = [comes(self.reader(job)), comes(self.named(job))];
            (a || b) && !comes(vertex)
        })
    }

    /// True when data flows to a job itself, from a dataset or from another job.
    pub(super) fn is_fed_by_flows(self, job: u32) -> bool {
        self.has_flows(job) && self.neighbors_directed(self.named(job), Direction::Incoming).next().is_some()
    }

    pub(super) fn datasets(self) -> u32 {
        self.graph.datasets.len() as u32
    }

    fn vertex(self, number: u32) -> Vertex {
        match number.checked_sub(self.datasets()) {
            None => Vertex::Dataset(number),
            Some(job) if job % 2 == 0 => Vertex::Reader(job / 2),
            Some(job) => Vertex::Named(job / 2),
        }
    }

    pub(super) fn reader(self, job: u32) -> u32 {
        self.datasets() + 2 * job
    }

    pub(super) fn named(self, job: u32) -> u32 {
        self.reader(job) + 1
    }

    /// Neighbors now of a dataset with nothing special about it, from bare arrays.
    fn plain(self, number: u32, down: bool) -> Option<Vec<u32>> {
        let dataset = self.dataset(number).filter(|_| self.when == When::Now)?;
        match self.graph.rows(down, Adjacent::block(dataset))?.step(dataset) {
            Step::Plain(targets, _) => Some(targets.iter().copied().filter(|&other| other != dataset).collect()),
            Step::Special => None,
        }
    }

    /// True when others say flows of a job; without any it is no vertex.
    fn has_flows(self, job: u32) -> bool {
        self.graph.has_job_flows(job)
    }

    /// The single edges of a job's own that hold.
    fn own_edges(self, job: u32) -> impl Iterator<Item = Edge> + 'a {
        let edges = self.graph.jobs.get(job).into_iter().flat_map(OwnerVertex::edges);
        edges.filter(move |edge| self.graph.holds(edge, self.when) && edge.job(Owner::Job(job)) == Some(job))
    }

    /// What a job's fans read or write.
    fn own_fans(self, job: u32, outputs: bool) -> impl Iterator<Item = u32> {
        let fans = self.graph.jobs.get(job).map_or(&[][..], OwnerVertex::fans);
        let ends =
            fans.iter().flat_map(move |fan| if outputs { &fan.outputs } else { &fan.inputs }.iter().map(move |&id| fan.edge(id, id)));
        let lives = ends.filter(move |edge| self.graph.holds(edge, self.when));
        lives.filter_map(|edge| if let Node::Dataset(id) = edge.from { Some(id) } else { None })
    }
}

/// Neighbors of one vertex while they are gathered.
struct Gathering<'a> {
    view: LineageView<'a>,
    found: Vec<u32>,
}

impl Gathering<'_> {
    fn dataset(&mut self, node: Node) {
        if let Node::Dataset(id) = node {
            self.found.push(self.view.graph.representative(id));
        }
    }

    /// Both ways to come to a job.
    fn job(&mut self, job: u32) {
        self.found.extend([self.view.reader(job), self.view.named(job)]);
    }

    /// Where data goes from a dataset.
    fn leave_dataset(&mut self, dataset: u32) {
        let view = self.view;
        for &member in view.graph.members(&dataset) {
            for (edge, owner) in view.graph.edges_when(member, true, view.when) {
                self.dataset(edge.to);
                let is_proven = edge.basis != Basis::InputsOutputs && matches!(edge.to, Node::Dataset(_));
                if let Some(job) = edge.job(owner).filter(|&job| !is_proven && view.has_flows(job)) {
                    self.found.push(if Owner::Job(job) == owner { view.reader(job) } else { view.named(job) });
                }
            }
            for (fan, owner, _) in view.graph.fans_when(member, true, view.when) {
                let edges = fan.outputs.iter().map(|&output| fan.edge(member, output)).filter(|edge| view.graph.holds(edge, view.when));
                edges.for_each(|edge| self.dataset(edge.to));
                if let Owner::Job(job) = owner
                    && view.has_flows(job)
                {
                    self.found.push(view.reader(job));
                }
            }
        }
    }

    /// Where data comes to a dataset from.
    fn reach_dataset(&mut self, dataset: u32) {
        let view = self.view;
        for &member in view.graph.members(&dataset) {
            for (edge, owner) in view.graph.edges_when(member, false, view.when) {
                self.dataset(edge.from);
                let Some(job) = edge.job(owner).filter(|&job| view.has_flows(job)) else { continue };
                if Owner::Job(job) != owner {
                    self.job(job);
                } else if edge.basis == Basis::InputsOutputs {
                    self.found.push(view.named(job));
                }
            }
            for (fan, owner, _) in view.graph.fans_when(member, false, view.when) {
                let edges = fan.inputs.iter().map(|&input| fan.edge(input, member)).filter(|edge| view.graph.holds(edge, view.when));
                edges.for_each(|edge| self.dataset(edge.from));
                if let Owner::Job(job) = owner
                    && view.has_flows(job)
                {
                    self.found.push(view.named(job));
                }
            }
        }
    }

    /// Where data goes from a job. Its own writing counts only when a flow names the job.
    fn leave_job(&mut self, job: u32, is_named: bool) {
        let view = self.view;
        for (edge, _) in view.graph.job_edges_when(job, true, view.when) {
            match edge.to {
                // A job that feeds itself passes nothing on by that.
                Node::Job(other) if other == job => {}
                Node::Job(other) => self.found.push(view.named(other)),
                dataset => self.dataset(dataset),
            }
        }
        if is_named && view.has_flows(job) {
            view.own_edges(job).filter(|edge| edge.basis == Basis::InputsOutputs).for_each(|edge| self.dataset(edge.to));
            view.own_fans(job, true).for_each(|id| self.dataset(Node::Dataset(id)));
        }
    }

    /// Where data comes to a job from: by its own reading, or by flows that name it.
    fn reach_job(&mut self, job: u32, is_named: bool) {
        let view = self.view;
        if !view.has_flows(job) {
            return;
        }
        if !is_named {
            let read = view.own_edges(job).filter(|edge| edge.basis == Basis::InputsOutputs || matches!(edge.to, Node::Job(_)));
            read.for_each(|edge| self.dataset(edge.from));
            view.own_fans(job, false).for_each(|id| self.dataset(Node::Dataset(id)));
            return;
        }
        for (edge, _) in view.graph.job_edges_when(job, false, view.when) {
            match edge.from {
                Node::Job(other) if other == job => {}
                Node::Job(other) => self.job(other),
                dataset => self.dataset(dataset),
            }
        }
    }
}

impl GraphBase for LineageView<'_> {
    type NodeId = u32;
    type EdgeId = (u32, u32);
}

impl GraphRef for LineageView<'_> {}

impl IntoNeighbors for LineageView<'_> {
    type Neighbors = std::vec::IntoIter<u32>;

    fn neighbors(self, vertex: u32) -> Self::Neighbors {
        self.neighbors_directed(vertex, Direction::Outgoing)
    }
}

impl IntoNeighborsDirected for LineageView<'_> {
    type NeighborsDirected = std::vec::IntoIter<u32>;

    /// Each once, and never the vertex itself.
    fn neighbors_directed(self, number: u32, direction: Direction) -> Self::NeighborsDirected {
        if let Some(plain) = self.plain(number, direction == Direction::Outgoing) {
            return plain.into_iter();
        }
        let mut gathering = Gathering { view: self, found: Vec::new() };
        match (self.vertex(number), direction) {
            (Vertex::Dataset(id), _) if self.graph.representative(id) != id => {}
            (Vertex::Dataset(id), Direction::Outgoing) => gathering.leave_dataset(id),
            (Vertex::Dataset(id), Direction::Incoming) => gathering.reach_dataset(id),
            (Vertex::Reader(job), Direction::Outgoing) => gathering.leave_job(job, false),
            (Vertex::Named(job), Direction::Outgoing) => gathering.leave_job(job, true),
            (Vertex::Reader(job), Direction::Incoming) => gathering.reach_job(job, false),
            (Vertex::Named(job), Direction::Incoming) => gathering.reach_job(job, true),
        }
        let mut found = gathering.found;
        found.retain(|&other| other != number);
        found.sort_unstable();
        found.dedup();
        found.into_iter()
    }
}

impl Data for LineageView<'_> {
    type NodeWeight = ();
    type EdgeWeight = ();
}

/// An edge by its ends.
type Ends = (u32, u32, &'static ());

impl<'a> IntoEdgeReferences for LineageView<'a> {
    type EdgeRef = Ends;
    type EdgeReferences = Box<dyn Iterator<Item = Ends> + 'a>;

    fn edge_references(self) -> Self::EdgeReferences {
        Box::new(self.node_identifiers().flat_map(move |vertex| self.edges(vertex)))
    }
}

impl IntoEdges for LineageView<'_> {
    type Edges = std::vec::IntoIter<Ends>;

    fn edges(self, vertex: u32) -> Self::Edges {
        self.neighbors(vertex).map(|far| (vertex, far, &())).collect::<Vec<_>>().into_iter()
    }
}

impl Visitable for LineageView<'_> {
    type Map = FixedBitSet;

    fn visit_map(&self) -> Self::Map {
        FixedBitSet::with_capacity(self.node_bound())
    }

    fn reset_map(&self, map: &mut Self::Map) {
        map.clear();
        map.grow(self.node_bound());
    }
}

impl NodeCount for LineageView<'_> {
    fn node_count(&self) -> usize {
        self.node_bound()
    }
}

impl NodeIndexable for LineageView<'_> {
    fn node_bound(&self) -> usize {
        self.graph.datasets.len() + 2 * self.graph.job_flows.len()
    }

    fn to_index(&self, vertex: u32) -> usize {
        vertex as usize
    }

    fn from_index(&self, index: usize) -> u32 {
        index as u32
    }
}

impl IntoNodeIdentifiers for LineageView<'_> {
    type NodeIdentifiers = std::ops::Range<u32>;

    fn node_identifiers(self) -> Self::NodeIdentifiers {
        0..self.node_bound() as u32
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::{Builder, Direction as Way, Question, Snapshot, walk};
    use super::*;
    use crate::fold::Span;
    use crate::fold::flow::{Changes, End, ExplicitLineageFact, FlowFact, FlowSource, Stated};
    use petgraph::visit::{Dfs, Reversed, Walker};
    use proptest::prelude::*;
    use schema::log::ContentHash;
    use std::collections::BTreeSet;

    /// A run: its job, reads, writes, and what it says outright feeds what (odd numbers are jobs).
    pub type Draw = (u32, Vec<u32>, Vec<u32>, Vec<(u32, u32)>);

    /// Runs, one after the other.
    pub fn draws() -> impl Strategy<Value = Vec<Draw>> {
        let datasets = || prop::collection::vec(0..8u32, 0..3);
        let said = prop::collection::vec((0..16u32, 0..16u32).prop_filter("feeds itself", |(from, to)| from != to), 0..2);
        prop::collection::vec((0..6u32, datasets(), datasets(), said), 1..12)
    }

    fn end(number: u32) -> End {
        if number.is_multiple_of(2) { End::Dataset(number / 2) } else { End::Job(number / 2) }
    }

    /// Takes in a run at the time of its place.
    pub fn absorb(builder: &mut Builder, place: usize, (job, inputs, outputs, said): &Draw) {
        let hash = ContentHash::of(&place.to_le_bytes());
        let stated = |&(source, target): &(u32, u32)| Stated {
            target: end(target),
            target_field: None,
            source: Some(end(source)),
            source_field: None,
            transformations: Vec::new(),
        };
        let explicit = if said.is_empty() { Vec::new() } else { vec![hash] };
        let flow = FlowFact {
            owner: Owner::Job(*job),
            source: FlowSource::Observed(Span { first: place as i64, last: place as i64 }),
            inputs: inputs.clone(),
            outputs: outputs.clone(),
            columns: Vec::new(),
            inferred: Vec::new(),
            explicit,
        };
        let facts = vec![ExplicitLineageFact { hash, statements: said.iter().map(stated).collect() }];
        let facts = if said.is_empty() { Vec::new() } else { facts };
        builder.absorb(Changes { flows: vec![flow], explicit: facts, ..Changes::default() }).unwrap();
    }

    proptest! {
        #[test]
        fn reaches_what_walks_reach(draws in draws(), start in 0..8u32, down in any::<bool>(), at in prop::option::of(0..12i64)) {
            let (mut builder, snapshot) = (Builder::default(), Snapshot::default());
            draws.iter().enumerate().for_each(|(place, draw)| absorb(&mut builder, place, draw));
            builder.publish(1, &snapshot);
            let graph = snapshot.load();
            let view = LineageView::new(&graph, When::from(at));
            prop_assume!(view.dataset(start).is_some());
            let way = if down { Way::Downstream } else { Way::Upstream };
            let nodes = walk(&graph, &Question { temporary: true, when: When::from(at), ..Question::all(Node::Dataset(start), way) }).nodes;
            let walked: BTreeSet<u32> =
                nodes.into_iter().filter_map(|(node, _)| if let Node::Dataset(id) = node { Some(id) } else { None }).collect();
            let reached: BTreeSet<u32> = if down {
                Dfs::new(view, start).iter(view).filter_map(|vertex| view.dataset(vertex)).collect()
            } else {
                Dfs::new(Reversed(view), start).iter(Reversed(view)).filter_map(|vertex| view.dataset(vertex)).collect()
            };
            prop_assert_eq!(reached, walked);
        }

        #[test]
        fn an_edge_has_two_ends(draws in draws(), at in prop::option::of(0..12i64)) {
            let (mut builder, snapshot) = (Builder::default(), Snapshot::default());
            draws.iter().enumerate().for_each(|(place, draw)| absorb(&mut builder, place, draw));
            builder.publish(1, &snapshot);
            let graph = snapshot.load();
            let view = LineageView::new(&graph, When::from(at));
            let edges = |way| view.node_identifiers().flat_map(move |at| view.neighbors_directed(at, way).map(move |far| (at, far)));
            let out: BTreeSet<(u32, u32)> = edges(Direction::Outgoing).collect();
            let into: BTreeSet<(u32, u32)> = edges(Direction::Incoming).map(|(at, far)| (far, at)).collect();
            prop_assert_eq!(out, into);
        }
    }
}
