//! Reachability: everything up- or downstream of a start, by breadth first, with exact distances.
//! Distance counts dataset steps; a job stands at the distance of the step that it makes, and a step
//! from job to job counts as one.
//!
//! An alias class is one vertex. Temporary datasets are contracted: A → temporary → C is seen as A → C.

use super::adjacent::{Adjacent, Jobs, Rows, Step};
use super::code::Code;
use super::found::{Found, Levels};
use super::snapshot::Graph;
use super::spans::{Span, Spans};
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

/// What is reached, without its edges; one way.
#[derive(Debug, Default)]
pub struct Reached {
    /// Datasets, by the representatives of their classes.
    pub datasets: Levels,
    /// Jobs; where they are not asked for, only some.
    pub jobs: Levels,
    /// True when any edge leads anywhere.
    pub has_links: bool,
}

/// Walks a graph.
pub fn walk(graph: &Graph, question: &Question) -> Answer {
    let mut nodes: HashMap<Node, u32> = HashMap::new();
    let mut links = Links { places: HashMap::new(), found: Vec::new(), most: question.max_edges, all: true };
    let mut answer = Answer::default();
    for (place, &direction) in question.directions.iter().enumerate() {
        let reached = if question.max_edges == 0 {
            let reached = reach(graph, question, direction, true);
            links.all &= !reached.has_links;
            reached
        } else {
            Walker::new(graph, question, direction, Some(&mut links), true).run()
        };
        let datasets = reached.datasets.iter().map(|(dataset, distance)| (Node::Dataset(dataset), distance));
        let found = datasets.chain(reached.jobs.iter().map(|(job, distance)| (Node::Job(job), distance)));
        match question.directions.len() {
            1 => answer.nodes = found.collect(),
            _ => found.for_each(|(node, distance)| {
                nodes.entry(node).and_modify(|known| *known = distance.min(*known)).or_insert(distance);
            }),
        }
        if place + 1 == question.directions.len() && place > 0 {
            answer.nodes = std::mem::take(&mut nodes).into_iter().collect();
        }
    }
    (answer.links, answer.all_links) = (links.found, links.all);
    answer
}

/// Walks a graph one way for what can be reached, without edges: where nothing is special, over bare arrays.
/// `jobs` says whether the jobs on the way are wanted.
pub fn reach(graph: &Graph, question: &Question, direction: Direction, jobs: bool) -> Reached {
    Walker::new(graph, question, direction, None, jobs).run()
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

/// Edges of an answer.
struct Links {
    /// Where each lies among those that were found, by its ends and its owner. A million edges are kept apart from this, so
    /// that it stays small.
    places: HashMap<[Code; 3], u32>,
    found: Vec<Link>,
    most: usize,
    all: bool,
}

struct Walker<'a> {
    graph: &'a Graph,
    question: &'a Question,
    down: bool,
    datasets: Found,
    jobs: Found,
    wants_jobs: bool,
    starts: HashSet<Node>,
    fans: HashSet<(Owner, u32)>,
    passed: HashSet<(u32, Arrival)>,
    /// Temporary datasets that were gone through; only kept where edges are not wanted.
    through: HashSet<u32>,
    /// Jobs that the next step starts from.
    next_jobs: Vec<u32>,
    /// Where edges go; none when they are not wanted.
    links: Option<&'a mut Links>,
    has_links: bool,
    /// Rows of the blocks that were come by, now
    rows: Vec<Option<&'a Rows>>,
    /// and at other times.
    spans: Vec<Option<&'a Spans>>,
}

/// Where a step stands: `at` is left, on behalf of `origin` when temporary datasets lie between.
#[derive(Clone, Copy)]
struct Position {
    origin: Node,
    at: u32,
    carried: Option<(Edge, Owner)>,
}

impl<'a> Walker<'a> {
    fn new(graph: &'a Graph, question: &'a Question, direction: Direction, links: Option<&'a mut Links>, wants_jobs: bool) -> Self {
        let places = |counts: bool| if links.is_none() && counts { graph.adjacent.len() } else { 0 };
        let (now, then) = (places(question.when == When::Now), places(question.when != When::Now));
        Self {
            graph,
            question,
            down: direction == Direction::Downstream,
            datasets: Found::new(graph.datasets.len()),
            jobs: Found::new(graph.jobs.len()),
            wants_jobs,
            starts: question.start.iter().map(|&node| graph.canonical(node)).collect(),
            fans: HashSet::new(),
            passed: HashSet::new(),
            through: HashSet::new(),
            next_jobs: Vec::new(),
            links,
            has_links: false,
            rows: vec![None; now],
            spans: vec![None; then],
        }
    }

    fn run(mut self) -> Reached {
        let start: Vec<Node> = self.question.start.iter().map(|&node| self.canonical(node)).collect();
        let mut start_jobs = Vec::new();
        for &node in &start {
            match node {
                Node::Dataset(dataset) => {
                    self.datasets.insert(dataset);
                }
                Node::Job(job) if self.jobs.insert(job) => start_jobs.push(job),
                Node::Job(_) => {}
            }
        }
        let (mut depth, mut left) = (0, 0);
        while (left < self.datasets.len() || !self.next_jobs.is_empty() || depth == 0)
            && self.question.max_depth.is_none_or(|max| depth < max)
        {
            depth += 1;
            self.datasets.next_level();
            self.jobs.next_level();
            let end = self.datasets.len();
            let jobs = std::mem::take(&mut self.next_jobs);
            for place in left..end {
                let dataset = self.datasets.at(place);
                if depth == 1 || !self.stops(Node::Dataset(dataset)) {
                    self.leave(dataset);
                }
            }
            left = end;
            if depth == 1 {
                start_jobs.iter().for_each(|&job| self.leave_job(job));
            }
            jobs.into_iter().for_each(|job| self.job_to_job(job));
        }
        let Self { datasets, jobs, has_links, .. } = self;
        Reached { datasets: datasets.finish(), jobs: jobs.finish(), has_links }
    }

    fn canonical(&self, node: Node) -> Node {
        self.graph.canonical(node)
    }

    fn stops(&self, node: Node) -> bool {
        self.question.stop_at.as_ref().is_some_and(|stops| stops(node))
    }

    fn is_contracted(&self, dataset: u32) -> bool {
        !self.question.temporary && self.graph.is_temporary(dataset) && !self.starts.contains(&Node::Dataset(dataset))
    }

    /// Takes every step from a dataset; steps onto temporary ones go on from there, as one step.
    fn leave(&mut self, dataset: u32) {
        if let Some(rows) = self.rows_of(dataset)
            && let Step::Plain(targets, jobs) = rows.step(dataset)
        {
            self.leave_plainly(targets, jobs);
            return;
        }
        if let Some(spans) = self.spans_of(dataset)
            && let Some(step) = spans.step(dataset)
        {
            self.leave_then(step);
            return;
        }
        self.go_through(Position { origin: Node::Dataset(dataset), at: dataset, carried: None });
    }

    fn rows_of(&mut self, dataset: u32) -> Option<&'a Rows> {
        let graph = self.graph;
        let place = Adjacent::block(dataset);
        let known = self.rows.get_mut(place)?;
        if known.is_none() {
            *known = graph.rows(self.down, place);
        }
        *known
    }

    fn spans_of(&mut self, dataset: u32) -> Option<&'a Spans> {
        let graph = self.graph;
        let place = Adjacent::block(dataset);
        let known = self.spans.get_mut(place)?;
        if known.is_none() {
            *known = graph.spans(self.down, place);
        }
        *known
    }

    fn leave_then(&mut self, step: &[Span]) {
        let when = self.question.when;
        for span in step.iter().filter(|span| span.holds(when)) {
            self.has_links = true;
            if let Some(target) = span.target() {
                self.datasets.insert(target);
            }
            if let Some(job) = span.job().filter(|_| self.wants_jobs) {
                self.jobs.insert(job);
            }
        }
    }

    fn leave_plainly(&mut self, targets: &[u32], jobs: Jobs<'_>) {
        for &target in targets {
            self.datasets.insert(target);
        }
        if self.wants_jobs {
            jobs.all().iter().for_each(|&job| {
                self.jobs.insert(job);
            });
            self.has_links |= !jobs.all().is_empty();
        }
        self.has_links |= !targets.is_empty();
    }

    fn go_through(&mut self, position: Position) {
        let mut seen = if self.links.is_none() { std::mem::take(&mut self.through) } else { HashSet::new() };
        let mut open = vec![position];
        while let Some(position) = open.pop() {
            self.step(position, &mut |position| {
                if seen.insert(position.at) {
                    open.push(position);
                }
            });
        }
        if self.links.is_none() {
            self.through = seen;
        }
    }

    fn step(&mut self, position: Position, onward: &mut impl FnMut(Position)) {
        let graph = self.graph;
        for &member in graph.members(&position.at) {
            for (edge, owner) in graph.edges_when(member, self.down, self.question.when) {
                self.follow(position, edge, owner, onward);
            }
            for (fan, owner, slot) in graph.fans_when(member, self.down, self.question.when) {
                self.fan(position, (fan, owner, slot), member, onward);
            }
        }
    }

    fn follow(&mut self, position: Position, edge: Edge, owner: Owner, onward: &mut impl FnMut(Position)) {
        let far = self.canonical(if self.down { edge.to } else { edge.from });
        if let Some(job) = edge.job(owner) {
            self.jobs.insert(job);
            let is_own = Owner::Job(job) == owner;
            let is_made_of_nothing = is_own && !self.down && edge.from == Node::Job(job) && edge.basis == Basis::Explicit;
            let is_proven = edge.basis != Basis::InputsOutputs && matches!(far, Node::Dataset(_));
            if !is_made_of_nothing && !is_proven {
                self.arrive(job, if is_own { Arrival::Io } else { Arrival::Flow });
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
                self.visit(far);
            }
        }
    }

    /// All outputs of a fan are found when its first input is; later inputs only add edges.
    fn fan(&mut self, position: Position, (fan, owner, slot): (&FanEdges, Owner, u32), member: u32, onward: &mut impl FnMut(Position)) {
        let graph = self.graph;
        // What is gone leads nowhere.
        if !graph.holds(&fan.edge(member, member), self.question.when) {
            return;
        }
        let is_known = !self.fans.insert((owner, slot));
        for &other in if self.down { &fan.outputs } else { &fan.inputs } {
            let only_edges = match &self.links {
                None => true,
                Some(links) => !links.all && position.carried.is_none(),
            };
            if is_known && only_edges {
                break;
            }
            let edge = pair(fan, member, other, self.down);
            if graph.holds(&edge, self.question.when) {
                self.follow(position, edge, owner, onward);
            }
        }
    }

    /// From a job that is the start, the first step leads to what it writes or reads.
    fn leave_job(&mut self, job: u32) {
        self.own_io(job, |_| true);
        self.arrive(job, Arrival::Io);
        self.job_to_job(job);
    }

    /// What a job reads or writes by its own flows.
    fn own_io(&mut self, job: u32, counts: impl Fn(&Edge) -> bool) {
        let graph = self.graph;
        let Some(vertex) = graph.jobs.get(job) else { return };
        let own = vertex.edges().filter(|edge| counts(edge) && edge.job(Owner::Job(job)) == Some(job));
        let wide = vertex.fans().iter().flat_map(|fan| {
            let others = if self.down { &fan.outputs } else { &fan.inputs };
            others.iter().map(|&other| fan.edge(other, other))
        });
        let edges: Vec<Edge> = own.chain(wide).filter(|edge| graph.holds(edge, self.question.when)).collect();
        for edge in edges {
            let far = self.canonical(if self.down { edge.to } else { edge.from });
            if let Node::Dataset(at) = far {
                self.enter(job, at, edge);
            }
        }
    }

    /// From a job onto a dataset, in the step that the job makes.
    fn enter(&mut self, job: u32, dataset: u32, edge: Edge) {
        let edge = self.between(Node::Job(job), Node::Dataset(dataset), edge);
        if !self.is_contracted(dataset) {
            self.link(edge, Owner::Job(job));
            self.visit(Node::Dataset(dataset));
            return;
        }
        self.go_through(Position { origin: Node::Job(job), at: dataset, carried: Some((edge, Owner::Job(job))) });
    }

    /// At a job, at the distance of its step: what flows on from it without a dataset between.
    fn arrive(&mut self, job: u32, arrival: Arrival) {
        let graph = self.graph;
        if !graph.has_job_flows(job) || !self.passed.insert((job, arrival)) {
            return;
        }
        for (edge, _) in graph.job_edges_when(job, self.down, self.question.when) {
            match self.canonical(if self.down { edge.to } else { edge.from }) {
                Node::Dataset(dataset) => self.enter(job, dataset, edge),
                // A step of its own, from the next round on.
                Node::Job(_) => self.next_jobs.push(job),
            }
        }
        if arrival == Arrival::Flow {
            // Upstream also what is said outright to feed the job itself; downstream, what it is said to make is
            // made of nothing tracked.
            let down = self.down;
            self.own_io(job, |edge| edge.basis == Basis::InputsOutputs || (!down && edge.to == Node::Job(job)));
        }
    }

    fn job_to_job(&mut self, job: u32) {
        let graph = self.graph;
        for (edge, owner) in graph.job_edges_when(job, self.down, self.question.when) {
            if let Node::Job(other) = if self.down { edge.to } else { edge.from } {
                self.link(edge, owner);
                self.jobs.insert(other);
                self.arrive(other, Arrival::Flow);
            }
        }
    }

    fn between(&self, here: Node, far: Node, edge: Edge) -> Edge {
        if self.down { Edge { from: here, to: far, ..edge } } else { Edge { from: far, to: here, ..edge } }
    }

    fn visit(&mut self, node: Node) {
        match node {
            Node::Dataset(dataset) => self.datasets.insert(dataset),
            Node::Job(job) => self.jobs.insert(job),
        };
    }

    fn link(&mut self, edge: Edge, owner: Owner) {
        self.has_links = true;
        if let Some(links) = &mut self.links {
            links.add(edge, owner);
        }
    }
}

impl Links {
    /// One edge per ends and owner: observed and declared, precise and coarse fall together.
    fn add(&mut self, edge: Edge, owner: Owner) {
        let key = [edge.from.into(), edge.to.into(), owner.into()];
        if let Some(known) = self.places.get(&key).and_then(|&place| self.found.get_mut(place as usize)) {
            known.edge = known.edge.with(&edge);
        } else if self.found.len() < self.most {
            self.places.insert(key, self.found.len() as u32);
            self.found.push(Link { edge, owner });
        } else {
            self.all = false;
        }
    }
}

fn pair(fan: &FanEdges, here: u32, other: u32, down: bool) -> Edge {
    if down { fan.edge(here, other) } else { fan.edge(other, here) }
}

impl Edge {
    /// Two edges between the same ends as one: as sure as the surer of them, over all of their time.
    pub fn with(self, other: &Self) -> Self {
        Self {
            basis: self.basis.min(other.basis),
            origin: self.origin.min(other.origin),
            columns: self.columns || other.columns,
            first: self.first.min(other.first),
            last: self.last.max(other.last),
            ..self
        }
    }

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

    /// Other datasets one step from a dataset, sorted: where nothing is special, from bare arrays.
    pub fn next_datasets(&self, dataset: u32, direction: Direction, when: When) -> Vec<u32> {
        let (dataset, down) = (self.representative(dataset), direction == Direction::Downstream);
        if when == When::Now
            && let Some(Step::Plain(targets, _)) = self.rows(down, Adjacent::block(dataset)).map(|rows| rows.step(dataset))
        {
            return targets.iter().copied().filter(|&far| far != dataset).collect();
        }
        let question = Question { max_depth: Some(1), when, ..Question::all(Node::Dataset(dataset), direction) };
        let mut found: Vec<u32> =
            reach(self, &question, direction, false).datasets.iter().filter(|(_, at)| *at == 1).map(|(far, _)| far).collect();
        found.sort_unstable();
        found
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
