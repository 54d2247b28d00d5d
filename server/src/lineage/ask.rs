//! Answers the one question: walks the graph one way at a time, reckons what was asked of the vertices,
//! and puts the whole in its order. Names and pages are for who asks.

use super::Confidence;
use super::answer::{Answer, AnswerEdge, Vertex};
use super::jobs::handovers;
use super::outcomes::outcomes;
use super::question::{Granularity, Question};
use super::reached::reached;
use super::reckon::{Step, reckon};
use crate::fold::flow::Owner;
use crate::graph::{self, ColumnNode, ColumnQuestion, Direction, Graph, Node, When};
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;

/// Answers a question.
pub fn ask(graph: &Graph, question: &Question) -> Answer {
    if question.only_reaches() {
        return reached(graph, question);
    }
    let mut answer = Answer { all_edges: true, version: graph.seq(), ..Answer::default() };
    let mut distances: HashMap<Vertex, u32> = HashMap::new();
    let mut starts = HashSet::new();
    for &direction in &question.directions {
        let mut way = match question.granularity {
            Granularity::Dataset => by_dataset(graph, question, direction),
            Granularity::Column => by_column(graph, question, direction),
            Granularity::Job => by_job(graph, question, direction),
        };
        way.leave_out(question);
        if question.reckon {
            way.reckon(&mut answer);
        }
        if question.outcomes {
            for (vertex, found) in outcomes(&way.starts, &way.edges, direction) {
                let known = answer.outcomes.entry(vertex).or_default();
                *known = known.union(found);
            }
        }
        starts.extend(way.nodes.iter().filter(|(_, distance)| **distance == 0).map(|(vertex, _)| vertex.clone()));
        for (vertex, distance) in way.nodes {
            distances.entry(vertex).and_modify(|known| *known = distance.min(*known)).or_insert(distance);
        }
        answer.edges.extend(way.edges);
        answer.all_edges &= way.all_edges;
    }
    keep_listed(graph, question, &mut distances, &starts);
    answer.edges.retain(|edge| distances.contains_key(&edge.from) && distances.contains_key(&edge.to));
    answer.nodes = distances.into_iter().collect();
    answer.sort(graph);
    answer
}

impl Answer {
    /// Puts it in its order, each vertex and each edge once.
    pub(super) fn sort(&mut self, graph: &Graph) {
        let place = |edge: &AnswerEdge| {
            let owner = edge.owner.map(|owner| graph.owner_key(owner));
            (graph.vertex_key(&edge.from), graph.vertex_key(&edge.to), owner, edge.column_level)
        };
        self.edges.sort_by_cached_key(place);
        self.edges.dedup_by(|a, b| a.ends() == b.ends());
        sort_nodes(graph, &mut self.nodes);
        let mut seen = HashSet::with_capacity(self.nodes.len());
        self.nodes.retain(|(vertex, _)| seen.insert(vertex.clone()));
    }
}

/// The nearest first, equally near ones by id.
pub(super) fn sort_nodes(graph: &Graph, nodes: &mut [(Vertex, u32)]) {
    nodes.sort_by_cached_key(|(vertex, distance)| (*distance, graph.vertex_key(vertex)));
}

/// Leaves what is wanted: near enough, far enough, and fulfilling the filter. A start is always listed
/// unless a least depth leaves it out.
fn keep_listed(graph: &Graph, question: &Question, distances: &mut HashMap<Vertex, u32>, starts: &HashSet<Vertex>) {
    let is_listed = is_listed(graph, question);
    distances.retain(|vertex, distance| is_listed(vertex, *distance, starts.contains(vertex)));
}

/// Whether a vertex at a distance is listed; the third says that it is a start.
pub(super) fn is_listed<'a>(graph: &'a Graph, question: &'a Question) -> impl Fn(&Vertex, u32, bool) -> bool + 'a {
    let is_kind = |vertex: &Vertex, is_start: bool| !question.datasets_only || !matches!(vertex, Vertex::Job(_)) || is_start;
    let passes = |vertex: &Vertex| question.filter.as_ref().is_none_or(|filter| filter.test(graph, vertex.node()));
    move |vertex, distance, is_start| is_kind(vertex, is_start) && distance >= question.min_depth && (is_start || passes(vertex))
}

/// An answer one way.
struct Way {
    direction: Direction,
    starts: Vec<Vertex>,
    nodes: HashMap<Vertex, u32>,
    edges: Vec<AnswerEdge>,
    all_edges: bool,
    /// Steps from starts that are no vertices of the answer: from a dataset to the jobs beside it.
    entries: Vec<(Vertex, Vertex)>,
}

impl Way {
    /// Leaves out edges that are not sure or not recent enough, and what is reached only by them. What jobs
    /// hand over was judged dataset by dataset.
    fn leave_out(&mut self, question: &Question) {
        if question.granularity == Granularity::Job || (question.min_confidence.is_none() && question.seen_since.is_none()) {
            return;
        }
        self.edges.retain(|edge| question.counts(edge));
        self.keep_reached(question.max_depth);
    }

    /// After edges were left out, distances are those over what is left, and what they put too far away is left out too. A
    /// job stands where its step leads.
    fn keep_reached(&mut self, max_depth: Option<u32>) {
        let most = max_depth.unwrap_or(u32::MAX);
        let mut onward: HashMap<&Vertex, Vec<&AnswerEdge>> = HashMap::new();
        self.edges.iter().for_each(|edge| onward.entry(self.ends(edge).0).or_default().push(edge));
        let mut reached: HashMap<Vertex, u32> = self.starts.iter().map(|start| (start.clone(), 0)).collect();
        let mut open: VecDeque<(Vertex, u32)> = self.starts.iter().map(|start| (start.clone(), 0)).collect();
        while let Some((near, at)) = open.pop_front() {
            for edge in onward.get(&near).into_iter().flatten() {
                let far = self.ends(edge).1;
                let distance = distance_of_step(&near, at, far);
                if distance > most {
                    continue;
                }
                let between = edge.job.map(Vertex::Job).filter(|job| self.nodes.contains_key(job));
                between.map(|job| reached.entry(job).and_modify(|known| *known = distance.min(*known)).or_insert(distance));
                if reached.get(far).is_some_and(|&known| known <= distance) {
                    continue;
                }
                reached.insert(far.clone(), distance);
                if distance == at { open.push_front((far.clone(), distance)) } else { open.push_back((far.clone(), distance)) }
            }
        }
        let is_near = |edge: &AnswerEdge| {
            let (near, far) = self.ends(edge);
            reached.get(near).is_some_and(|&at| distance_of_step(near, at, far) <= most)
        };
        let edges: Vec<AnswerEdge> = self.edges.iter().filter(|edge| is_near(edge)).cloned().collect();
        self.edges = edges;
        self.nodes = reached;
    }

    fn ends<'a>(&self, edge: &'a AnswerEdge) -> (&'a Vertex, &'a Vertex) {
        if self.direction == Direction::Downstream { (&edge.from, &edge.to) } else { (&edge.to, &edge.from) }
    }

    fn reckon(&self, answer: &mut Answer) {
        let entries = self.entries.iter().map(|(near, far)| Step { near, far, confidence: Confidence::TableLevel, job: None });
        let step = |edge| {
            let (near, far) = self.ends(edge);
            Step { near, far, confidence: edge.confidence, job: edge.job }
        };
        let steps: Vec<Step<&Vertex>> = self.edges.iter().map(step).chain(entries).collect();
        let starts: Vec<&Vertex> = self.starts.iter().collect();
        for (vertex, reckoned) in reckon(&starts, &steps) {
            answer.reckoned.entry(vertex.clone()).and_modify(|known| known.join(&reckoned)).or_insert(reckoned);
        }
    }
}

/// From `near` at a distance. A job that is come to stands at the step that it makes: what it leads to is no farther.
fn distance_of_step(near: &Vertex, at: u32, far: &Vertex) -> u32 {
    let is_same_step = at > 0 && matches!(near, Vertex::Job(_)) && !matches!(far, Vertex::Job(_));
    if is_same_step { at } else { at + 1 }
}

impl Question {
    /// Whether an edge is sure and recent enough.
    pub(super) fn counts(&self, edge: &AnswerEdge) -> bool {
        self.min_confidence.is_none_or(|level| edge.confidence <= level) && self.seen_since.is_none_or(|since| edge.last >= since)
    }
}

impl AnswerEdge {
    fn ends(&self) -> (&Vertex, &Vertex, Option<Owner>, bool) {
        (&self.from, &self.to, self.owner, self.column_level)
    }
}

fn by_dataset(graph: &Graph, question: &Question, direction: Direction) -> Way {
    let starts: Vec<Vertex> = question.start_of(direction).iter().map(|vertex| graph.canonical(vertex.node()).into()).collect();
    let max_edges = if question.needs_edges() { usize::MAX } else { question.max_edges.unwrap_or(usize::MAX) };
    let answer = graph::walk(graph, &walk_of(graph, question, direction, max_edges));
    let alone = Alone::of(graph);
    Way {
        direction,
        starts,
        nodes: answer.nodes.into_iter().map(|(node, distance)| (node.into(), distance)).collect(),
        edges: answer.links.iter().map(|link| AnswerEdge::of_link(link, alone.is(link.owner))).collect(),
        all_edges: answer.all_links,
        entries: Vec::new(),
    }
}

pub(super) fn walk_of(graph: &Graph, question: &Question, direction: Direction, max_edges: usize) -> graph::Question {
    graph::Question {
        start: question.start_of(direction).iter().map(Vertex::node).collect(),
        directions: vec![direction],
        max_depth: question.max_depth,
        when: question.when,
        max_edges,
        temporary: question.temporary,
        stop_at: stops(graph, question),
    }
}

/// Looks each dataset and job up beforehand: a walk must not borrow the graph it walks on.
fn stops(graph: &Graph, question: &Question) -> Option<Arc<dyn Fn(Node) -> bool + Send + Sync>> {
    let predicate = question.stop_at.clone()?.settled(graph);
    Some(Arc::new(move |node| predicate.test_settled(node)))
}

fn by_column(graph: &Graph, question: &Question, direction: Direction) -> Way {
    let answer = graph::walk_columns(graph, &columns_walk_of(graph, question, direction));
    let alone = Alone::of(graph);
    let nodes: HashMap<Vertex, u32> = answer.nodes.into_iter().map(|(node, distance)| (node.into(), distance)).collect();
    Way {
        direction,
        starts: nodes.iter().filter(|(_, distance)| **distance == 0).map(|(vertex, _)| vertex.clone()).collect(),
        nodes,
        edges: answer.links.iter().map(|link| AnswerEdge::of_column_link(link, alone.is(link.owner))).collect(),
        all_edges: true,
        entries: Vec::new(),
    }
}

pub(super) fn columns_walk_of(graph: &Graph, question: &Question, direction: Direction) -> ColumnQuestion {
    ColumnQuestion {
        start: question.start_of(direction).iter().flat_map(|vertex| columns_of(graph, vertex, direction)).collect(),
        directions: vec![direction],
        max_depth: question.max_depth,
        when: question.when,
        kinds: question.kinds.clone(),
        inferred: !question.stated_only,
        temporary: question.temporary,
        stop_at: stops(graph, question),
    }
}

/// Every column that lineage knows of a dataset, or of what a job writes or reads; a dataset without any
/// stands for itself.
fn columns_of(graph: &Graph, vertex: &Vertex, direction: Direction) -> Vec<ColumnNode> {
    match vertex {
        Vertex::Column(dataset, name) => vec![ColumnNode::Column(graph.representative(*dataset), name.clone())],
        Vertex::Dataset(dataset) => {
            let dataset = graph.representative(*dataset);
            let columns = graph.columns_of(dataset);
            if columns.is_empty() {
                return vec![ColumnNode::Dataset(dataset)];
            }
            columns.into_iter().map(|(name, ..)| ColumnNode::Column(dataset, name)).collect()
        }
        Vertex::Job(job) => {
            let (inputs, outputs) = graph.io_of(*job, When::Now);
            let datasets = if direction == Direction::Downstream { outputs } else { inputs };
            datasets.into_iter().flat_map(|dataset| columns_of(graph, &Vertex::Dataset(dataset), direction)).collect()
        }
    }
}

/// Jobs by what they hand over. A dataset that is the start stands nowhere itself; who reads or writes it
/// is one step away.
fn by_job(graph: &Graph, question: &Question, direction: Direction) -> Way {
    // A step from job to job is up to two from dataset to dataset.
    let max_depth = question.max_depth.map(|depth| depth.saturating_add(1).saturating_mul(2));
    let question = Question { max_depth, ..question.clone() };
    let mut answer = graph::walk(graph, &walk_of(graph, &question, direction, usize::MAX));
    let alone = Alone::of(graph);
    answer.links.retain(|link| question.counts(&AnswerEdge::of_link(link, alone.is(link.owner))));
    let starts: Vec<Vertex> = question.start_of(direction).iter().map(|vertex| graph.canonical(vertex.node()).into()).collect();
    let mut nodes: HashMap<Vertex, u32> =
        starts.iter().filter(|start| matches!(start, Vertex::Job(_))).map(|job| (job.clone(), 0)).collect();
    let datasets: HashSet<Node> = starts.iter().map(Vertex::node).filter(|node| matches!(node, Node::Dataset(_))).collect();
    // Who stands beside a dataset of the start is one step away from it.
    let beside = |link: &graph::Link| {
        let start = if direction == Direction::Downstream { link.edge.from } else { link.edge.to };
        datasets.contains(&start).then_some(())?;
        Some((start.into(), Vertex::Job(link.edge.job(link.owner)?)))
    };
    let entries: Vec<(Vertex, Vertex)> = answer.links.iter().filter_map(beside).collect();
    for (_, job) in &entries {
        nodes.entry(job.clone()).or_insert(1);
    }
    let edges = handovers(&answer.links).into_iter().map(|(ends, by)| AnswerEdge::of_handover(ends, by)).collect();
    let mut way = Way { direction, starts, nodes: HashMap::new(), edges, all_edges: true, entries };
    way.spread(&nodes, question.max_depth.map(|depth| depth / 2 - 1));
    way
}

impl Way {
    /// Distances over the edges from vertices whose distance is known, and only the edges within.
    fn spread(&mut self, known: &HashMap<Vertex, u32>, max_depth: Option<u32>) {
        let mut onward: HashMap<&Vertex, Vec<&Vertex>> = HashMap::new();
        self.edges.iter().map(|edge| self.ends(edge)).for_each(|(near, far)| onward.entry(near).or_default().push(far));
        let mut nodes = HashMap::new();
        let mut open: BTreeSet<(u32, &Vertex)> = known.iter().map(|(vertex, &distance)| (distance, vertex)).collect();
        while let Some((distance, vertex)) = open.pop_first() {
            if max_depth.is_some_and(|max| distance > max) || nodes.contains_key(vertex) {
                continue;
            }
            nodes.insert(vertex.clone(), distance);
            open.extend(onward.get(vertex).into_iter().flatten().map(|&far| (distance + 1, far)));
        }
        self.edges = std::mem::take(&mut self.edges)
            .into_iter()
            .filter(|edge| nodes.contains_key(&edge.from) && nodes.contains_key(&edge.to))
            .collect();
        self.nodes = nodes;
    }
}

/// Remembers which owners read only one dataset or write only one.
struct Alone<'a> {
    graph: &'a Graph,
    known: std::cell::RefCell<HashMap<Owner, bool>>,
}

impl<'a> Alone<'a> {
    fn of(graph: &'a Graph) -> Self {
        Self { graph, known: Default::default() }
    }

    fn is(&self, owner: Owner) -> bool {
        *self.known.borrow_mut().entry(owner).or_insert_with(|| is_alone(self.graph, owner))
    }
}

/// True when an owner reads only one dataset or writes only one: then one feeds the other.
pub fn is_alone(graph: &Graph, owner: Owner) -> bool {
    match owner {
        Owner::Dataset(_) => true,
        Owner::Job(job) => {
            let (inputs, outputs) = graph.io_of(job, When::Now);
            inputs.len() < 2 || outputs.len() < 2
        }
    }
}
