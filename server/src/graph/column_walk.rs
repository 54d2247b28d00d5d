//! Column lineage over many hops. Where a step has no column lineage the walk goes on over the
//! dataset edge and says so; it never stops in silence.
//!
//! A vertex is a column, or a dataset standing for "some column of it": reached by a filter or join
//! that touches every row, or by a table edge without column lineage.

use super::columns::{ColumnEnd, ColumnHop};
use super::snapshot::Graph;
use super::walk::Direction;
use super::{Basis, Edge, Node, When};
use crate::fold::flow::Owner;
use hashbrown::{HashMap, HashSet};
use schema::openlineage::facets::Transformation;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A vertex of an answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ColumnNode {
    /// A column: dataset and dotted path.
    Column(u32, Arc<str>),
    /// A dataset as a whole.
    Dataset(u32),
}

/// A question.
#[derive(Clone, Debug)]
pub struct ColumnQuestion {
    /// The column's dataset.
    pub dataset: u32,
    /// Its dotted path.
    pub column: String,
    /// Which way.
    pub directions: Vec<Direction>,
    /// Steps to go; `None` is all the way.
    pub max_depth: Option<u32>,
    /// The time that it is about.
    pub when: When,
    /// Whether filters, joins and the like count.
    pub indirect: bool,
    /// Whether lineage counts that was inferred from SQL.
    pub inferred: bool,
}

/// An edge of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnLink {
    /// Data flows from here,
    pub from: ColumnNode,
    /// to here.
    pub to: ColumnNode,
    /// Whose it is.
    pub owner: Owner,
    /// How; empty when nothing is said.
    pub transformations: Arc<[Transformation]>,
    /// False when only the table edge is known.
    pub column_level: bool,
    /// How it is known; of several the most precise.
    pub basis: Basis,
    /// First evidence, microseconds since 1970.
    pub first: i64,
    /// Newest evidence.
    pub last: i64,
}

/// An answer, unsorted.
#[derive(Debug, Default)]
pub struct ColumnAnswer {
    /// Vertex and distance; the start is 0.
    pub nodes: Vec<(ColumnNode, u32)>,
    /// Edges between them.
    pub links: Vec<ColumnLink>,
}

/// Walks the columns of a graph.
pub fn walk(graph: &Graph, question: &ColumnQuestion) -> ColumnAnswer {
    let mut nodes: HashMap<ColumnNode, u32> = HashMap::new();
    let mut links = HashMap::new();
    for &direction in &question.directions {
        let mut walker = Walker { graph, question, down: direction == Direction::Downstream, nodes: HashMap::new(), links: &mut links };
        walker.run();
        for (node, distance) in walker.nodes {
            nodes.entry(node).and_modify(|known| *known = distance.min(*known)).or_insert(distance);
        }
    }
    ColumnAnswer { nodes: nodes.into_iter().collect(), links: links.into_values().collect() }
}

/// Owners and far datasets of the hops that were found.
type Known = HashSet<(Owner, u32)>;

struct Walker<'a> {
    graph: &'a Graph,
    question: &'a ColumnQuestion,
    down: bool,
    nodes: HashMap<ColumnNode, u32>,
    links: &'a mut HashMap<(ColumnNode, ColumnNode, Owner, bool), ColumnLink>,
}

impl Walker<'_> {
    fn run(&mut self) {
        let dataset = self.graph.representative(self.question.dataset);
        let start = ColumnNode::Column(dataset, self.question.column.as_str().into());
        self.nodes.insert(start.clone(), 0);
        let mut frontier = vec![start];
        let mut depth = 0;
        while !frontier.is_empty() && self.question.max_depth.is_none_or(|max| depth < max) {
            depth += 1;
            let mut next = Vec::new();
            for node in frontier {
                self.step(&node, depth, &mut next);
            }
            frontier = next;
        }
    }

    fn step(&mut self, node: &ColumnNode, depth: u32, next: &mut Vec<ColumnNode>) {
        let graph = self.graph;
        let (ColumnNode::Column(dataset, _) | ColumnNode::Dataset(dataset)) = node;
        // Owners and datasets between which the columns are known: the table edge says nothing more.
        let mut known = HashSet::new();
        for &member in graph.members(dataset) {
            let Some(vertex) = graph.datasets.get(member) else { continue };
            match node {
                ColumnNode::Column(_, name) => {
                    if let Some((id, _)) = graph.column(member, name) {
                        self.hops_of(id, node, depth, &mut known, next);
                    }
                }
                ColumnNode::Dataset(_) => vertex.columns.iter().for_each(|&id| self.hops_of(id, node, depth, &mut known, next)),
            }
            // Some column of the dataset feeds something, it is not said which: it may be this one.
            if self.down {
                vertex.whole_out.iter().for_each(|hop| self.hop(hop, node, depth, &mut known, next));
            } else if self.question.indirect || matches!(node, ColumnNode::Dataset(_)) {
                // What decides which rows there are decides every column's value.
                vertex.whole_into.iter().for_each(|hop| self.hop(hop, node, depth, &mut known, next));
            }
        }
        self.table_edges(*dataset, node, depth, &known, next);
    }

    fn hops_of(&mut self, column: u32, here: &ColumnNode, depth: u32, known: &mut Known, next: &mut Vec<ColumnNode>) {
        let Some(vertex) = self.graph.columns.get(column) else { return };
        for hop in if self.down { &vertex.out } else { &vertex.into } {
            self.hop(hop, here, depth, known, next);
        }
    }

    fn hop(&mut self, hop: &ColumnHop, here: &ColumnNode, depth: u32, known: &mut Known, next: &mut Vec<ColumnNode>) {
        let Some(flow) = self.graph.column_flows.get(hop.flow) else { return };
        if flow.basis == Basis::Inferred && !self.question.inferred {
            return;
        }
        let Some(evidence) = flow.evidence(self.question.when) else { return };
        let (there, dataset) = match hop.other {
            ColumnEnd::Column(id) => match self.graph.columns.get(id) {
                Some(vertex) => {
                    let dataset = self.graph.representative(vertex.dataset);
                    (ColumnNode::Column(dataset, vertex.name.clone()), dataset)
                }
                None => return,
            },
            ColumnEnd::Whole(dataset) => {
                let dataset = self.graph.representative(dataset);
                (ColumnNode::Dataset(dataset), dataset)
            }
        };
        known.insert((flow.owner, dataset));
        if !self.question.indirect && !hop.is_direct() {
            return;
        }
        self.link(here, &there, (flow.owner, evidence), &hop.transformations, Some(flow.basis));
        self.visit(there, depth, next);
    }

    /// Steps without column lineage: the table edge is all that is known.
    fn table_edges(&mut self, dataset: u32, here: &ColumnNode, depth: u32, known: &Known, next: &mut Vec<ColumnNode>) {
        let graph = self.graph;
        let mut edges: Vec<(Edge, Owner)> = Vec::new();
        for &member in graph.members(&dataset) {
            let Some(vertex) = graph.datasets.get(member) else { continue };
            let (halves, fans) = if self.down { (&vertex.out, &vertex.fans_out) } else { (&vertex.into, &vertex.fans_into) };
            edges.extend(halves.iter().filter_map(|&half| graph.edge_at(half, self.question.when).map(|edge| (*edge, half.owner))));
            for &half in fans {
                let Some(fan) = graph.fan_at(half, self.question.when) else { continue };
                let others = if self.down { &fan.outputs } else { &fan.inputs };
                edges.extend(others.iter().map(|&other| (fan.edge(other, other), half.owner)));
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
            let there = ColumnNode::Dataset(other);
            self.link(here, &there, (owner, (edge.first, edge.last)), &Arc::default(), None);
            self.visit(there, depth, next);
        }
    }

    fn link(
        &mut self,
        here: &ColumnNode,
        there: &ColumnNode,
        (owner, (first, last)): (Owner, (i64, i64)),
        how: &Arc<[Transformation]>,
        basis: Option<Basis>,
    ) {
        let column_level = basis.is_some();
        let basis = basis.unwrap_or(Basis::InputsOutputs);
        let (from, to) = if self.down { (here.clone(), there.clone()) } else { (there.clone(), here.clone()) };
        let link = self.links.entry((from.clone(), to.clone(), owner, column_level)).or_insert_with(|| ColumnLink {
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

    fn visit(&mut self, node: ColumnNode, depth: u32, next: &mut Vec<ColumnNode>) {
        if !self.nodes.contains_key(&node) {
            self.nodes.insert(node.clone(), depth);
            next.push(node);
        }
    }
}

impl Graph {
    /// The number and shared name of a column that lineage knows.
    pub(super) fn column(&self, dataset: u32, name: &str) -> Option<(u32, Arc<str>)> {
        let columns = &self.datasets.get(dataset)?.columns;
        let found = columns.iter().find(|&&id| self.columns.get(id).is_some_and(|vertex| &*vertex.name == name))?;
        self.columns.get(*found).map(|vertex| (*found, vertex.name.clone()))
    }

    /// Columns that lineage names of a dataset under any of its names, sorted: path, direct sources,
    /// direct uses.
    pub fn columns_of(&self, dataset: u32) -> Vec<(Arc<str>, usize, usize)> {
        let mut columns: BTreeMap<Arc<str>, (HashSet<ColumnEnd>, HashSet<ColumnEnd>)> = BTreeMap::new();
        let holds = |hop: &&ColumnHop| self.column_flows.get(hop.flow).is_some_and(|flow| flow.holds(When::Now));
        let vertices = self.members(&dataset).iter().filter_map(|&member| self.datasets.get(member));
        for column in vertices.flat_map(|vertex| &vertex.columns).filter_map(|&id| self.columns.get(id)) {
            let (into, out) = columns.entry(column.name.clone()).or_default();
            into.extend(column.into.iter().filter(holds).map(|hop| hop.other));
            out.extend(column.out.iter().filter(holds).map(|hop| hop.other));
        }
        columns.into_iter().map(|(name, (into, out))| (name, into.len(), out.len())).collect()
    }
}
