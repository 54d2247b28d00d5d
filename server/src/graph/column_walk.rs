//! Column lineage over many hops. Where a step has no column lineage the walk goes on over the
//! dataset edge and says so; it never stops in silence.
//!
//! A vertex is a column, or a dataset standing for "some column of it": reached by a filter or join
//! that touches every row, or by a table edge without column lineage. Columns of temporary datasets are
//! gone through: a → temporary.b → c is seen as a → c, with what both steps do.

use super::column_question::{ColumnAnswer, ColumnLink, ColumnNode, ColumnQuestion};
use super::columns::ColumnEnd;
use super::hops::ColumnHop;
use super::influence::then;
use super::nested;
use super::snapshot::Graph;
use super::walk::Direction;
use super::{Basis, Edge, Node};
use crate::fold::flow::Owner;
use hashbrown::{HashMap, HashSet};
use schema::openlineage::facets::Transformation;
use std::sync::Arc;

/// Walks the columns of a graph.
pub fn walk(graph: &Graph, question: &ColumnQuestion) -> ColumnAnswer {
    let mut nodes: HashMap<ColumnNode, u32> = HashMap::new();
    let mut links = HashMap::new();
    for &direction in &question.directions {
        let down = direction == Direction::Downstream;
        let mut walker = Walker::new(graph, question, down, nested::most_parts(&question.start));
        walker.links = Some(&mut links);
        walker.run();
        for (node, distance) in walker.nodes {
            nodes.entry(node).and_modify(|known| *known = distance.min(*known)).or_insert(distance);
        }
    }
    ColumnAnswer { nodes: nodes.into_iter().collect(), links: links.into_values().collect() }
}

/// Every step from a vertex that stands for its class, without the edges. `most` is of `nested::most_parts`.
pub fn steps(graph: &Graph, question: &ColumnQuestion, down: bool, most: usize, node: ColumnNode) -> impl Iterator<Item = ColumnNode> {
    let mut walker = Walker::new(graph, question, down, most);
    walker.leave(node, 1);
    walker.nodes.into_keys()
}

/// Edges by their ends, their owner, and whether columns are known.
type Links = HashMap<(ColumnNode, ColumnNode, Owner, bool), ColumnLink>;

/// Owners and far datasets of the hops that were found.
type Known = HashSet<(Owner, u32)>;

struct Walker<'a> {
    graph: &'a Graph,
    question: &'a ColumnQuestion,
    down: bool,
    /// Parts that a path may have which no lineage names.
    most: usize,
    nodes: HashMap<ColumnNode, u32>,
    /// What the next step starts from.
    next: Vec<ColumnNode>,
    /// Where edges go; none when they are not wanted.
    links: Option<&'a mut Links>,
}

/// A step, or several over something temporary as one.
#[derive(Clone)]
struct Step {
    owner: Owner,
    how: Arc<[Transformation]>,
    column_level: bool,
    basis: Basis,
    first: i64,
    last: i64,
}

/// Where a step stands: `at` is left, on behalf of `origin` when temporary datasets lie between.
struct Position {
    origin: ColumnNode,
    at: ColumnNode,
    carried: Option<Step>,
}

impl<'a> Walker<'a> {
    fn new(graph: &'a Graph, question: &'a ColumnQuestion, down: bool, most: usize) -> Self {
        Self { graph, question, down, most, nodes: HashMap::new(), next: Vec::new(), links: None }
    }

    fn run(&mut self) {
        for start in &self.question.start {
            let start = start.standing(self.graph);
            let parts = nested::parts(self.graph, &start);
            std::iter::once(start).chain(parts).for_each(|start| self.visit(start, 0));
        }
        let mut depth = 0;
        while !self.next.is_empty() && self.question.max_depth.is_none_or(|max| depth < max) {
            depth += 1;
            for node in std::mem::take(&mut self.next) {
                self.leave(node, depth);
            }
        }
    }

    /// Takes every step from a vertex; steps onto temporary ones go on from there, as one step.
    fn leave(&mut self, node: ColumnNode, depth: u32) {
        let mut seen = HashSet::new();
        let mut open = vec![Position { origin: node.clone(), at: node, carried: None }];
        while let Some(position) = open.pop() {
            self.step(&position, depth, &mut |position| {
                let key = (position.at.clone(), position.carried.as_ref().map(|step| (step.owner, step.how.clone(), step.column_level)));
                if seen.insert(key) {
                    open.push(position);
                }
            });
        }
    }

    fn step(&mut self, position: &Position, depth: u32, onward: &mut impl FnMut(Position)) {
        let (graph, down) = (self.graph, self.down);
        let dataset = position.at.dataset();
        let decisions = self.question.kinds.count_decisions();
        // Owners and datasets between which the columns are known: the table edge says nothing more.
        let mut known = HashSet::new();
        for &member in graph.members(&dataset) {
            let mut hop = |hop: ColumnHop<'_>, part: &str| self.hop(&hop, part, position, depth, &mut known, onward);
            let ColumnNode::Column(_, name) = &position.at else {
                graph.hops_around(member, down).for_each(|one| hop(one, ""));
                continue;
            };
            // What holds the column moves with it.
            for (holder, part) in nested::holders(name) {
                if let Some(column) = graph.column(member, holder) {
                    graph.hops_at(ColumnEnd::Column(column), down).for_each(|one| hop(one, part));
                }
            }
            // Some column of the dataset feeds something, it is not said which: it may be this one. And what decides
            // which rows there are decides every column's value.
            if down || decisions {
                graph.hops_at(ColumnEnd::Whole(member), down).for_each(|one| hop(one, ""));
            }
        }
        self.table_edges(position, depth, &known, onward);
    }

    /// `part` is what follows the hop's column in the name of the column that is left.
    fn hop(
        &mut self,
        hop: &ColumnHop<'_>,
        part: &str,
        position: &Position,
        depth: u32,
        known: &mut Known,
        onward: &mut impl FnMut(Position),
    ) {
        let flow = hop.flow;
        if flow.basis == Basis::Inferred && !self.question.inferred {
            return;
        }
        let Some((first, last)) = flow.evidence(self.question.when) else { return };
        let there = match self.graph.column_node(hop.other) {
            // Of what is passed on whole, a part is the same part there.
            Some(ColumnNode::Column(dataset, name)) if !part.is_empty() && nested::is_identity(hop.transformations) => {
                ColumnNode::Column(dataset, nested::within(&name, part, self.most))
            }
            Some(there) => there,
            None => return,
        };
        known.insert((flow.owner, there.dataset()));
        if !self.question.kinds.count(hop) {
            return;
        }
        let step = Step { owner: flow.owner, how: hop.transformations.clone(), column_level: true, basis: flow.basis, first, last };
        self.arrive(there, step, position, depth, onward);
    }

    /// Steps without column lineage: the table edge is all that is known.
    fn table_edges(&mut self, position: &Position, depth: u32, known: &Known, onward: &mut impl FnMut(Position)) {
        let graph = self.graph;
        let mut edges: Vec<(Edge, Owner)> = Vec::new();
        for &member in graph.members(&position.at.dataset()) {
            edges.extend(graph.edges_when(member, self.down, self.question.when));
            for (fan, owner, _) in graph.fans_when(member, self.down, self.question.when) {
                let others = if self.down { &fan.outputs } else { &fan.inputs };
                edges.extend(others.iter().map(|&other| (fan.edge(other, other), owner)));
            }
        }
        // Without what was inferred, the table edge is all there is.
        let is_all = |edge: &Edge| !edge.columns || (edge.basis == Basis::InputsOutputs && !self.question.inferred);
        for (edge, owner) in edges.into_iter().filter(|(edge, _)| is_all(edge)) {
            let Node::Dataset(other) = (if self.down { edge.to } else { edge.from }) else { continue };
            let other = graph.representative(other);
            // Inferred lineage stands beside the table edge; where it speaks, it is the better answer.
            if known.contains(&(owner, other)) {
                continue;
            }
            let how = Arc::default();
            let step = Step { owner, how, column_level: false, basis: edge.basis, first: edge.first, last: edge.last };
            self.arrive(ColumnNode::Dataset(other), step, position, depth, onward);
        }
    }

    /// At the far end of a step: there it is, or it is temporary and the step goes on.
    fn arrive(&mut self, there: ColumnNode, step: Step, position: &Position, depth: u32, onward: &mut impl FnMut(Position)) {
        let step = match &position.carried {
            None => step,
            Some(before) if self.down => before.and_then(&step, step.owner),
            Some(before) => step.and_then(before, before.owner),
        };
        // What comes to a column comes to its parts.
        let parts = nested::parts(self.graph, &there);
        let is_contracted = self.is_contracted(&there);
        for at in std::iter::once(there).chain(parts) {
            if !is_contracted {
                self.link(&position.origin, &at, step.clone());
                self.visit(at, depth);
                continue;
            }
            onward(Position { origin: position.origin.clone(), at, carried: Some(step.clone()) });
        }
    }

    fn is_contracted(&self, node: &ColumnNode) -> bool {
        let dataset = node.dataset();
        let is_start = || self.question.start.iter().any(|start| self.graph.representative(start.dataset()) == dataset);
        !self.question.temporary && self.graph.is_temporary(dataset) && !is_start()
    }

    /// One edge per ends and owner: what several facets say falls together.
    fn link(&mut self, here: &ColumnNode, there: &ColumnNode, step: Step) {
        let Some(links) = &mut self.links else { return };
        let (from, to) = if self.down { (here.clone(), there.clone()) } else { (there.clone(), here.clone()) };
        let Step { owner, how, column_level, basis, first, last } = step;
        let link = links.entry((from.clone(), to.clone(), owner, column_level)).or_insert_with(|| ColumnLink {
            from,
            to,
            owner,
            transformations: how.clone(),
            column_level,
            basis,
            first,
            last,
        });
        link.basis = link.basis.min(basis);
        link.first = link.first.min(first);
        link.last = link.last.max(last);
        if !how.iter().all(|one| link.transformations.contains(one)) {
            let mut union: Vec<Transformation> = link.transformations.iter().chain(how.iter()).cloned().collect();
            union.sort();
            union.dedup();
            link.transformations = union.into();
        }
    }

    fn visit(&mut self, node: ColumnNode, depth: u32) {
        if self.nodes.contains_key(&node) {
            return;
        }
        let stops = depth > 0 && self.question.stop_at.as_ref().is_some_and(|stops| stops(Node::Dataset(node.dataset())));
        self.nodes.insert(node.clone(), depth);
        if !stops {
            self.next.push(node);
        }
    }
}

impl Step {
    /// This, and in the direction of the data the next; on behalf of `owner`.
    fn and_then(&self, next: &Self, owner: Owner) -> Self {
        let first = self.first.max(next.first);
        let column_level = self.column_level && next.column_level;
        Self {
            owner,
            how: if column_level { then(&self.how, &next.how) } else { Arc::default() },
            column_level,
            basis: self.basis.max(next.basis),
            first,
            last: self.last.min(next.last).max(first),
        }
    }
}
