//! Column lineage over many hops. Where a step has no column lineage the walk goes on over the
//! dataset edge and says so; it never stops in silence.
//!
//! A vertex is a column, or a dataset standing for "some column of it": reached by a filter or join
//! that touches every row, or by a table edge without column lineage.

use super::columns::{ColumnEnd, ColumnHop};
use super::snapshot::Graph;
use super::walk::Direction;
use super::{Basis, Edge, Node};
use crate::fold::flow::Owner;
use hashbrown::HashMap;
use schema::openlineage::facets::Transformation;
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
    /// Event time, microseconds since 1970; `None` is now.
    pub as_of: Option<i64>,
    /// Whether filters, joins and the like count.
    pub indirect: bool,
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

struct Walker<'a> {
    graph: &'a Graph,
    question: &'a ColumnQuestion,
    down: bool,
    nodes: HashMap<ColumnNode, u32>,
    links: &'a mut HashMap<(ColumnNode, ColumnNode, Owner, bool), ColumnLink>,
}

impl Walker<'_> {
    fn run(&mut self) {
        let name = self.graph.column(self.question.dataset, &self.question.column);
        let start = ColumnNode::Column(self.question.dataset, name.map_or_else(|| self.question.column.as_str().into(), |(_, name)| name));
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
        match node {
            ColumnNode::Column(dataset, name) => {
                if let Some((id, _)) = self.graph.column(*dataset, name) {
                    self.hops_of(id, node, depth, next);
                }
                // What decides which rows there are decides every column's value.
                if !self.down && self.question.indirect {
                    self.whole(*dataset, node, depth, next);
                }
                self.table_edges(*dataset, node, depth, next);
            }
            ColumnNode::Dataset(dataset) => {
                let columns = self.graph.datasets.get(*dataset).map(|vertex| vertex.columns.as_slice()).unwrap_or_default();
                columns.iter().for_each(|&id| self.hops_of(id, node, depth, next));
                if !self.down {
                    self.whole(*dataset, node, depth, next);
                }
                self.table_edges(*dataset, node, depth, next);
            }
        }
    }

    fn hops_of(&mut self, column: u32, here: &ColumnNode, depth: u32, next: &mut Vec<ColumnNode>) {
        let Some(vertex) = self.graph.columns.get(column) else { return };
        for hop in if self.down { &vertex.out } else { &vertex.into } {
            self.hop(hop, here, depth, next);
        }
    }

    fn whole(&mut self, dataset: u32, here: &ColumnNode, depth: u32, next: &mut Vec<ColumnNode>) {
        let hops = self.graph.datasets.get(dataset).map(|vertex| vertex.whole_into.as_slice()).unwrap_or_default();
        hops.iter().for_each(|hop| self.hop(hop, here, depth, next));
    }

    fn hop(&mut self, hop: &ColumnHop, here: &ColumnNode, depth: u32, next: &mut Vec<ColumnNode>) {
        let Some(flow) = self.graph.column_flows.get(hop.flow).filter(|_| self.question.indirect || hop.is_direct()) else { return };
        let Some(evidence) = flow.evidence(self.question.as_of) else { return };
        let there = match hop.other {
            ColumnEnd::Column(id) => match self.graph.columns.get(id) {
                Some(vertex) => ColumnNode::Column(vertex.dataset, vertex.name.clone()),
                None => return,
            },
            ColumnEnd::Whole(dataset) => ColumnNode::Dataset(dataset),
        };
        self.link(here, &there, (flow.owner, evidence), &hop.transformations, true);
        self.visit(there, depth, next);
    }

    /// Steps without column lineage: the table edge is all that is known.
    fn table_edges(&mut self, dataset: u32, here: &ColumnNode, depth: u32, next: &mut Vec<ColumnNode>) {
        let graph = self.graph;
        let Some(vertex) = graph.datasets.get(dataset) else { return };
        let (halves, fans) = if self.down { (&vertex.out, &vertex.fans_out) } else { (&vertex.into, &vertex.fans_into) };
        let single = halves.iter().filter_map(|&half| graph.edge(half).map(|edge| (*edge, half.owner)));
        let wide = fans.iter().filter_map(|&half| graph.fan(half).map(|fan| (fan, half.owner))).flat_map(|(fan, owner)| {
            let others = if self.down { &fan.outputs } else { &fan.inputs };
            others.iter().map(move |&other| (fan.edge(other, other), owner))
        });
        let edges: Vec<(Edge, Owner)> =
            single.chain(wide).filter(|(edge, _)| edge.basis == Basis::InputsOutputs && edge.holds(self.question.as_of)).collect();
        for (edge, owner) in edges {
            if let Node::Dataset(other) = if self.down { edge.to } else { edge.from } {
                let there = ColumnNode::Dataset(other);
                self.link(here, &there, (owner, (edge.first, edge.last)), &Arc::default(), false);
                self.visit(there, depth, next);
            }
        }
    }

    fn link(
        &mut self,
        here: &ColumnNode,
        there: &ColumnNode,
        (owner, (first, last)): (Owner, (i64, i64)),
        how: &Arc<[Transformation]>,
        column_level: bool,
    ) {
        let (from, to) = if self.down { (here.clone(), there.clone()) } else { (there.clone(), here.clone()) };
        let link = self.links.entry((from.clone(), to.clone(), owner, column_level)).or_insert_with(|| ColumnLink {
            from,
            to,
            owner,
            transformations: how.clone(),
            column_level,
            first,
            last,
        });
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

    /// Columns of a dataset that lineage names, sorted: path, direct sources, direct uses.
    pub fn columns_of(&self, dataset: u32) -> Vec<(Arc<str>, usize, usize)> {
        let Some(vertex) = self.datasets.get(dataset) else { return Vec::new() };
        let holds = |hops: &[ColumnHop]| {
            let others =
                hops.iter().filter(|hop| self.column_flows.get(hop.flow).is_some_and(|flow| flow.holds(None))).map(|hop| hop.other);
            others.collect::<hashbrown::HashSet<_>>().len()
        };
        let columns = vertex.columns.iter().filter_map(|&id| self.columns.get(id));
        let mut columns: Vec<_> = columns.map(|column| (column.name.clone(), holds(&column.into), holds(&column.out))).collect();
        columns.sort();
        columns
    }
}
