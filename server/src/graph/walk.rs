//! Reachability: everything up- or downstream of a start, by breadth first, with exact distances.
//! Distance counts dataset steps; a job stands at the distance of the step that it makes.

use super::snapshot::{Graph, Half};
use super::{Edge, Node};
use crate::fold::flow::Owner;
use hashbrown::{HashMap, HashSet};

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Where it comes from.
    Upstream,
    /// What depends on it.
    Downstream,
}

/// A question.
#[derive(Clone, Debug)]
pub struct Question {
    /// Where to start.
    pub start: Node,
    /// Which ways; both are walked apart, never zigzag.
    pub directions: Vec<Direction>,
    /// Dataset steps to go; `None` is all the way.
    pub max_depth: Option<u32>,
    /// Event time, microseconds since 1970; `None` is now.
    pub as_of: Option<i64>,
    /// Stop listing edges beyond this many; nodes are always all found.
    pub max_edges: usize,
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
    /// Node and distance; the start is 0.
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
            direction,
            nodes: HashMap::new(),
            fans: HashSet::new(),
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

struct Walker<'a> {
    graph: &'a Graph,
    question: &'a Question,
    direction: Direction,
    nodes: HashMap<Node, u32>,
    fans: HashSet<(Owner, u32)>,
    links: &'a mut HashMap<(Node, Node, Owner), Edge>,
    all_links: &'a mut bool,
}

impl Walker<'_> {
    fn run(&mut self) {
        let mut frontier = Vec::new();
        self.nodes.insert(self.question.start, 0);
        match self.question.start {
            Node::Dataset(dataset) => frontier.push(dataset),
            Node::Job(job) => self.first_job(job, &mut frontier),
        }
        let mut depth = if matches!(self.question.start, Node::Job(_)) { 1 } else { 0 };
        while !frontier.is_empty() && self.question.max_depth.is_none_or(|max| depth < max) {
            depth += 1;
            let mut next = Vec::new();
            for dataset in frontier {
                self.step(dataset, depth, &mut next);
            }
            frontier = next;
        }
    }

    /// From a job the first step leads to what it writes or reads.
    fn first_job(&mut self, job: u32, frontier: &mut Vec<u32>) {
        if self.question.max_depth == Some(0) {
            return;
        }
        let Some(vertex) = self.graph.jobs.get(job) else { return };
        let owner = Owner::Job(job);
        let down = self.direction == Direction::Downstream;
        let near = |edge: &Edge| if down { Edge { from: Node::Job(job), ..*edge } } else { Edge { to: Node::Job(job), ..*edge } };
        for edge in vertex.edges.iter().filter(|edge| edge.holds(self.question.as_of)) {
            if let Node::Dataset(dataset) = self.far(edge) {
                self.link(near(edge), owner);
                self.visit(dataset, 1, frontier);
            }
        }
        for fan in vertex.fans.iter().filter(|fan| fan.holds(self.question.as_of)) {
            for &dataset in if down { &fan.outputs } else { &fan.inputs } {
                self.link(near(&fan.edge(dataset, dataset)), owner);
                self.visit(dataset, 1, frontier);
            }
        }
    }

    fn step(&mut self, dataset: u32, depth: u32, next: &mut Vec<u32>) {
        let Some(vertex) = self.graph.datasets.get(dataset) else { return };
        let down = self.direction == Direction::Downstream;
        for &half in if down { &vertex.out } else { &vertex.into } {
            let Some(edge) = self.graph.edge(half).filter(|edge| edge.holds(self.question.as_of)) else { continue };
            self.link(*edge, half.owner);
            self.through(half.owner, depth);
            match self.far(edge) {
                Node::Dataset(other) => self.visit(other, depth, next),
                Node::Job(_) => {}
            }
        }
        for &half in if down { &vertex.fans_out } else { &vertex.fans_into } {
            self.fan(half, dataset, depth, next);
        }
    }

    /// All outputs of a fan are found when its first input is; later inputs only add edges.
    fn fan(&mut self, half: Half, dataset: u32, depth: u32, next: &mut Vec<u32>) {
        let Some(fan) = self.graph.fan(half).filter(|fan| fan.holds(self.question.as_of)) else { return };
        let down = self.direction == Direction::Downstream;
        let others = if down { &fan.outputs } else { &fan.inputs };
        self.through(half.owner, depth);
        let first = self.fans.insert((half.owner, half.slot));
        for &other in others {
            if !first && !*self.all_links {
                break;
            }
            self.link(if down { fan.edge(dataset, other) } else { fan.edge(other, dataset) }, half.owner);
            self.visit(other, depth, next);
        }
    }

    fn far(&self, edge: &Edge) -> Node {
        if self.direction == Direction::Downstream { edge.to } else { edge.from }
    }

    fn through(&mut self, owner: Owner, depth: u32) {
        if let Owner::Job(job) = owner {
            self.nodes.entry(Node::Job(job)).or_insert(depth);
        }
    }

    fn visit(&mut self, dataset: u32, depth: u32, next: &mut Vec<u32>) {
        self.nodes.entry(Node::Dataset(dataset)).or_insert_with(|| {
            next.push(dataset);
            depth
        });
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
                known.first = known.first.min(edge.first);
                known.last = known.last.max(edge.last);
            })
            .or_insert(edge);
    }
}

impl Graph {
    /// The edges that leave a node one way, as `walk` would take its first step. From a job every edge
    /// starts or ends at the job itself.
    pub fn steps(&self, start: Node, direction: Direction, as_of: Option<i64>) -> Vec<Link> {
        let question = Question { start, directions: vec![direction], max_depth: Some(1), as_of, max_edges: usize::MAX };
        let mut links = walk(self, &question).links;
        links.sort_unstable_by_key(|link| (link.edge.from, link.edge.to, link.owner));
        links
    }
}
