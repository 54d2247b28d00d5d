//! Reachability: everything up- or downstream of a start, by breadth first, with exact distances.
//! Distance counts dataset steps; a job stands at the distance of the step that it makes, and a step
//! from job to job counts as one.
//!
//! An alias class is one vertex. Temporary datasets are contracted: A → temporary → C is seen as A → C.

use super::snapshot::{Graph, Half};
use super::{Basis, Edge, FanEdges, Node, When};
use crate::fold::flow::Owner;
use hashbrown::{HashMap, HashSet};
use std::sync::Arc;

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Where it comes from.
    Upstream,
    /// What depends on it.
    Downstream,
}

/// A question.
#[derive(Clone)]
pub struct Question {
    /// Where to start; every one at distance 0.
    pub start: Vec<Node>,
    /// Which ways; both are walked apart, never zigzag.
    pub directions: Vec<Direction>,
    /// Dataset steps to go; `None` is all the way.
    pub max_depth: Option<u32>,
    /// The time that it is about.
    pub when: When,
    /// Stop listing edges beyond this many; nodes are always all found.
    pub max_edges: usize,
    /// True to see temporary datasets instead of contracting them.
    pub temporary: bool,
    /// What is found but not walked beyond; a start never stops.
    pub stop_at: Stops,
}

/// Nodes that a walk ends at.
pub type Stops = Option<Arc<dyn Fn(Node) -> bool + Send + Sync>>;

impl Question {
    /// Everything that can be reached from one node, one way.
    pub fn all(start: Node, direction: Direction) -> Self {
        let directions = vec![direction];
        Self { start: vec![start], directions, max_depth: None, when: When::Now, max_edges: usize::MAX, temporary: false, stop_at: None }
    }
}

/// An edge of an answer with who owns it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The edge. From or to a job when the start is that job or one side has no dataset.
    pub edge: Edge,
    /// The job or, without one, the dataset that declares it.
    pub owner: Owner,
}

/// An answer, unsorted.
#[derive(Debug, Default)]
pub struct Answer {
    /// Node and distance; the start is 0. Datasets by the representatives of their classes.
    pub nodes: Vec<(Node, u32)>,
    /// Edges between them, of several between the same ends by one owner the most precise.
    pub links: Vec<Link>,
    /// False when `max_edges` cut the list of edges.
    pub all_links: bool,
}

/// Walks a graph.
pub fn walk(graph: &Graph, question: &Question) -> Answer {
    let mut nodes: HashMap<Node, u32> = HashMap::new();
    let mut links: HashMap<(Node, Node, Owner), Edge> = HashMap::new();
    let mut all_links = true;
    for &direction in &question.directions {
        let mut walker = Walker {
            graph,
            question,
            down: direction == Direction::Downstream,
            nodes: HashMap::new(),
            fans: HashSet::new(),
            passed: HashSet::new(),
            next: Vec::new(),
            links: &mut links,
            all_links: &mut all_links,
        };
        walker.run();
        for (node, distance) in walker.nodes {
            nodes.entry(node).and_modify(|known| *known = distance.min(*known)).or_insert(distance);
        }
    }
    let links = links.into_iter().map(|((_, _, owner), edge)| Link { edge, owner }).collect();
    Answer { nodes: nodes.into_iter().collect(), links, all_links }
}

/// How a walk comes to a job. Through a job that is read from and written to without any lineage data
/// passes only where somebody says that it flows between jobs.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Arrival {
    /// By what it reads or writes.
    Io,
    /// By a flow that names the job itself.
    Flow,
}

struct Walker<'a> {
    graph: &'a Graph,
    question: &'a Question,
    down: bool,
    nodes: HashMap<Node, u32>,
    fans: HashSet<(Owner, u32)>,
    passed: HashSet<(u32, Arrival)>,
    /// What the next step starts from.
    next: Vec<Node>,
    links: &'a mut HashMap<(Node, Node, Owner), Edge>,
    all_links: &'a mut bool,
}

/// Where a step stands: `at` is left, on behalf of `origin` when temporary datasets lie between.
#[derive(Clone, Copy)]
struct Position {
    origin: Node,
    at: u32,
    carried: Option<(Edge, Owner)>,
}

impl Walker<'_> {
    fn run(&mut self) {
        let start: Vec<Node> = self.question.start.iter().map(|&node| self.canonical(node)).collect();
        for &node in &start {
            if self.nodes.insert(node, 0).is_none() {
                self.next.push(node);
            }
        }
        let mut depth = 0;
        while !self.next.is_empty() && self.question.max_depth.is_none_or(|max| depth < max) {
            depth += 1;
            for node in std::mem::take(&mut self.next) {
                match node {
                    Node::Dataset(dataset) => self.leave(dataset, depth),
                    Node::Job(job) if depth == 1 => self.leave_job(job),
                    Node::Job(job) => self.job_to_job(job, depth),
                }
            }
        }
    }

    fn canonical(&self, node: Node) -> Node {
        self.graph.canonical(node)
    }

    fn stops(&self, node: Node) -> bool {
        self.question.stop_at.as_ref().is_some_and(|stops| stops(node))
    }

    fn is_contracted(&self, dataset: u32) -> bool {
        !self.question.temporary && self.graph.is_temporary(dataset) && self.nodes.get(&Node::Dataset(dataset)) != Some(&0)
    }

    /// Takes every step from a dataset; steps onto temporary ones go on from there, as one step.
    fn leave(&mut self, dataset: u32, depth: u32) {
        let mut open = vec![Position { origin: Node::Dataset(dataset), at: dataset, carried: None }];
        let mut seen = HashSet::new();
        while let Some(position) = open.pop() {
            self.step(position, depth, &mut |position| {
                if seen.insert(position.at) {
                    open.push(position);
                }
            });
        }
    }

    fn step(&mut self, position: Position, depth: u32, onward: &mut impl FnMut(Position)) {
        let graph = self.graph;
        for &member in graph.members(&position.at) {
            let Some(vertex) = graph.datasets.get(member) else { continue };
            for &half in if self.down { &vertex.out } else { &vertex.into } {
                let Some(edge) = graph.edge_at(half, self.question.when) else { continue };
                self.follow(position, *edge, half.owner, depth, onward);
            }
            for &half in if self.down { &vertex.fans_out } else { &vertex.fans_into } {
                self.fan(position, half, member, depth, onward);
            }
        }
    }

    fn follow(&mut self, position: Position, edge: Edge, owner: Owner, depth: u32, onward: &mut impl FnMut(Position)) {
        let far = self.canonical(if self.down { edge.to } else { edge.from });
        if let Some(job) = edge.job(owner) {
            self.nodes.entry(Node::Job(job)).or_insert(depth);
            let is_own = Owner::Job(job) == owner;
            let is_made_of_nothing = is_own && !self.down && edge.from == Node::Job(job) && edge.basis == Basis::Explicit;
            let is_proven = edge.basis != Basis::InputsOutputs && matches!(far, Node::Dataset(_));
            if !is_made_of_nothing && !is_proven {
                self.arrive(job, if is_own { Arrival::Io } else { Arrival::Flow }, depth);
            }
        }
        // Of several steps as one, the owner is who makes what is seen at the end of it.
        let (edge, owner) = match position.carried {
            None => (edge, owner),
            Some((before, first)) => (before.and_then(&edge), if self.down { owner } else { first }),
        };
        let edge = self.between(position.origin, far, edge);
        match far {
            Node::Dataset(at) if self.is_contracted(at) => onward(Position { origin: position.origin, at, carried: Some((edge, owner)) }),
            _ => {
                self.link(edge, owner);
                self.visit(far, depth);
            }
        }
    }

    /// All outputs of a fan are found when its first input is; later inputs only add edges.
    fn fan(&mut self, position: Position, half: Half, member: u32, depth: u32, onward: &mut impl FnMut(Position)) {
        let Some(fan) = self.graph.fan_at(half, self.question.when) else { return };
        let first = self.fans.insert((half.owner, half.slot));
        for &other in if self.down { &fan.outputs } else { &fan.inputs } {
            if !first && !*self.all_links && position.carried.is_none() {
                break;
            }
            let edge = pair(fan, member, other, self.down);
            if self.graph.holds(&edge, self.question.when) {
                self.follow(position, edge, half.owner, depth, onward);
            }
        }
    }

    /// From a job that is the start, the first step leads to what it writes or reads.
    fn leave_job(&mut self, job: u32) {
        self.own_io(job, 1, |_| true);
        self.arrive(job, Arrival::Io, 1);
        self.job_to_job(job, 1);
    }

    /// What a job reads or writes by its own flows.
    fn own_io(&mut self, job: u32, depth: u32, counts: impl Fn(&Edge) -> bool) {
        let graph = self.graph;
        let Some(vertex) = graph.jobs.get(job) else { return };
        let own = vertex.edges.iter().filter(|edge| counts(edge) && edge.job(Owner::Job(job)) == Some(job));
        let wide = vertex.fans.iter().flat_map(|fan| {
            let others = if self.down { &fan.outputs } else { &fan.inputs };
            others.iter().map(|&other| fan.edge(other, other))
        });
        let edges: Vec<Edge> = own.copied().chain(wide).filter(|edge| graph.holds(edge, self.question.when)).collect();
        for edge in edges {
            let far = self.canonical(if self.down { edge.to } else { edge.from });
            if let Node::Dataset(at) = far {
                self.enter(job, at, edge, depth);
            }
        }
    }

    /// From a job onto a dataset, in the step that the job makes.
    fn enter(&mut self, job: u32, dataset: u32, edge: Edge, depth: u32) {
        let edge = self.between(Node::Job(job), Node::Dataset(dataset), edge);
        if !self.is_contracted(dataset) {
            self.link(edge, Owner::Job(job));
            self.visit(Node::Dataset(dataset), depth);
            return;
        }
        let mut open = vec![Position { origin: Node::Job(job), at: dataset, carried: Some((edge, Owner::Job(job))) }];
        let mut seen = HashSet::new();
        while let Some(position) = open.pop() {
            self.step(position, depth, &mut |position| {
                if seen.insert(position.at) {
                    open.push(position);
                }
            });
        }
    }

    /// At a job, at the distance of its step: what flows on from it without a dataset between.
    fn arrive(&mut self, job: u32, arrival: Arrival, depth: u32) {
        let Some(flows) = self.graph.job_flows.get(job).filter(|flows| !flows.out.is_empty() || !flows.into.is_empty()) else { return };
        if !self.passed.insert((job, arrival)) {
            return;
        }
        for &half in if self.down { &flows.out } else { &flows.into } {
            let Some(edge) = self.graph.edge_at(half, self.question.when) else { continue };
            match self.canonical(if self.down { edge.to } else { edge.from }) {
                Node::Dataset(dataset) => self.enter(job, dataset, *edge, depth),
                // A step of its own, from the next round on.
                Node::Job(_) => self.next.push(Node::Job(job)),
            }
        }
        if arrival == Arrival::Flow {
            self.own_io(job, depth, |edge| edge.basis == Basis::InputsOutputs);
        }
    }

    fn job_to_job(&mut self, job: u32, depth: u32) {
        let Some(flows) = self.graph.job_flows.get(job) else { return };
        for &half in if self.down { &flows.out } else { &flows.into } {
            let Some(edge) = self.graph.edge_at(half, self.question.when) else { continue };
            if let Node::Job(other) = if self.down { edge.to } else { edge.from } {
                self.link(*edge, half.owner);
                self.nodes.entry(Node::Job(other)).or_insert(depth);
                self.arrive(other, Arrival::Flow, depth);
            }
        }
    }

    fn between(&self, here: Node, far: Node, edge: Edge) -> Edge {
        if self.down { Edge { from: here, to: far, ..edge } } else { Edge { from: far, to: here, ..edge } }
    }

    fn visit(&mut self, node: Node, depth: u32) {
        let known = self.nodes.len();
        self.nodes.entry(node).or_insert(depth);
        if self.nodes.len() > known && matches!(node, Node::Dataset(_)) && !self.stops(node) {
            self.next.push(node);
        }
    }

    /// One edge per ends and owner: observed and declared, precise and coarse fall together.
    fn link(&mut self, edge: Edge, owner: Owner) {
        let key = (edge.from, edge.to, owner);
        if self.links.len() >= self.question.max_edges && !self.links.contains_key(&key) {
            *self.all_links = false;
            return;
        }
        self.links
            .entry(key)
            .and_modify(|known| {
                known.basis = known.basis.min(edge.basis);
                known.origin = known.origin.min(edge.origin);
                known.columns |= edge.columns;
                known.first = known.first.min(edge.first);
                known.last = known.last.max(edge.last);
            })
            .or_insert(edge);
    }
}

fn pair(fan: &FanEdges, here: u32, other: u32, down: bool) -> Edge {
    if down { fan.edge(here, other) } else { fan.edge(other, here) }
}

impl Edge {
    /// Two steps as one, over something temporary: as sure as the less sure of them.
    fn and_then(self, next: &Self) -> Self {
        let first = self.first.max(next.first);
        Self {
            basis: self.basis.max(next.basis),
            origin: self.origin.max(next.origin),
            columns: self.columns && next.columns,
            first,
            last: self.last.min(next.last).max(first),
            ..*next
        }
    }
}

impl Graph {
    /// A node by what stands for it.
    pub fn canonical(&self, node: Node) -> Node {
        match node {
            Node::Dataset(dataset) => Node::Dataset(self.representative(dataset)),
            Node::Job(_) => node,
        }
    }

    /// The edges that leave a node one way, as `walk` would take its first step. From a job every edge
    /// starts or ends at the job itself.
    pub fn steps(&self, start: Node, direction: Direction, when: When) -> Vec<Link> {
        let question = Question { max_depth: Some(1), when, ..Question::all(start, direction) };
        let mut links = walk(self, &question).links;
        links.sort_unstable_by_key(|link| (link.edge.from, link.edge.to, link.owner));
        links
    }
}
