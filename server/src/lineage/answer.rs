//! What an answer is made of, whatever its granularity.

use super::Confidence;
use super::jobs::Handover;
use super::outcomes::Outcomes;
use super::reckon::Reckoned;
use crate::fold::flow::Owner;
use crate::graph::{Basis, ColumnLink, ColumnNode, Graph, Link, Node, NodeKey, Origin};
use schema::openlineage::facets::Transformation;
use std::collections::HashMap;
use std::sync::Arc;

/// A vertex of an answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vertex {
    /// A dataset, by what stands for it.
    Dataset(u32),
    /// A job.
    Job(u32),
    /// A column: dataset and dotted path.
    Column(u32, Arc<str>),
}

/// The place of a vertex in an order that all servers share: datasets, jobs, columns, each by their derived ids. What
/// cursors hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum VertexKey {
    /// A dataset, by what stands for it.
    Dataset(u128),
    /// A job.
    Job(u128),
    /// A column: dataset and dotted path.
    Column(u128, Arc<str>),
}

impl Vertex {
    /// As the graph of datasets and jobs knows it.
    pub fn node(&self) -> Node {
        match self {
            Self::Dataset(dataset) | Self::Column(dataset, _) => Node::Dataset(*dataset),
            Self::Job(job) => Node::Job(*job),
        }
    }
}

impl Graph {
    /// Where a vertex stands in the order that all servers share.
    pub fn vertex_key(&self, vertex: &Vertex) -> VertexKey {
        match vertex {
            Vertex::Dataset(dataset) => VertexKey::Dataset(self.dataset_id(*dataset)),
            Vertex::Job(job) => VertexKey::Job(self.job_id(*job)),
            Vertex::Column(dataset, name) => VertexKey::Column(self.dataset_id(*dataset), name.clone()),
        }
    }

    /// Where an owner of flows stands in that order.
    pub fn owner_key(&self, owner: Owner) -> NodeKey {
        self.key(match owner {
            Owner::Dataset(dataset) => Node::Dataset(dataset),
            Owner::Job(job) => Node::Job(job),
        })
    }

    /// A vertex by what stands for its dataset.
    pub fn standing_for(&self, vertex: Vertex) -> Vertex {
        match vertex {
            Vertex::Dataset(dataset) => Vertex::Dataset(self.representative(dataset)),
            Vertex::Column(dataset, name) => Vertex::Column(self.representative(dataset), name),
            job @ Vertex::Job(_) => job,
        }
    }
}

impl From<Node> for Vertex {
    fn from(node: Node) -> Self {
        match node {
            Node::Dataset(dataset) => Self::Dataset(dataset),
            Node::Job(job) => Self::Job(job),
        }
    }
}

impl From<ColumnNode> for Vertex {
    fn from(node: ColumnNode) -> Self {
        match node {
            ColumnNode::Dataset(dataset) => Self::Dataset(dataset),
            ColumnNode::Column(dataset, name) => Self::Column(dataset, name),
        }
    }
}

/// An edge of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerEdge {
    /// Data flows from here,
    pub from: Vertex,
    /// to here.
    pub to: Vertex,
    /// Whose it is; none between jobs.
    pub owner: Option<Owner>,
    /// The job that moves the data; none between jobs, and when a dataset declares its own origin.
    pub job: Option<u32>,
    /// How it is known.
    pub basis: Basis,
    /// Who says so; not known of columns and between jobs.
    pub origin: Option<Origin>,
    /// How sure it is.
    pub confidence: Confidence,
    /// What it does to the value; empty when nothing is said.
    pub transformations: Arc<[Transformation]>,
    /// True when columns are known that it joins, and not just tables.
    pub column_level: bool,
    /// Between jobs: the datasets that are handed over, sorted.
    pub datasets: Vec<u32>,
    /// First evidence, microseconds since 1970.
    pub first: i64,
    /// Newest evidence.
    pub last: i64,
}

impl AnswerEdge {
    /// An edge between datasets and jobs.
    pub fn of_link(link: &Link, alone: bool) -> Self {
        let Link { edge, owner } = link;
        Self {
            from: edge.from.into(),
            to: edge.to.into(),
            owner: Some(*owner),
            job: edge.job(*owner),
            basis: edge.basis,
            origin: Some(edge.origin),
            confidence: Confidence::of(edge, alone),
            transformations: Arc::default(),
            column_level: edge.columns,
            datasets: Vec::new(),
            first: edge.first,
            last: edge.last,
        }
    }

    /// Who declares it, where it rests on that and not on runs.
    pub fn declared_by(&self) -> Option<Owner> {
        let by_itself = |owner: &Owner| matches!(owner, Owner::Dataset(_));
        self.owner.filter(|owner| self.origin == Some(Origin::Declared) || by_itself(owner))
    }

    /// What one job hands over to another.
    pub fn of_handover((from, to): (u32, u32), handover: Handover) -> Self {
        Self {
            from: Vertex::Job(from),
            to: Vertex::Job(to),
            owner: None,
            job: None,
            basis: if handover.datasets.is_empty() { Basis::Explicit } else { Basis::InputsOutputs },
            origin: None,
            confidence: Confidence::TableLevel,
            transformations: Arc::default(),
            column_level: false,
            datasets: handover.datasets.into_iter().collect(),
            first: handover.first,
            last: handover.last,
        }
    }

    /// An edge between columns.
    pub fn of_column_link(link: &ColumnLink, alone: bool) -> Self {
        Self {
            from: link.from.clone().into(),
            to: link.to.clone().into(),
            owner: Some(link.owner),
            job: if let Owner::Job(job) = link.owner { Some(job) } else { None },
            basis: link.basis,
            origin: None,
            confidence: Confidence::of_column_link(link, alone),
            transformations: link.transformations.clone(),
            column_level: link.column_level,
            datasets: Vec::new(),
            first: link.first,
            last: link.last,
        }
    }
}

/// An answer, in its order, which is that of every server that knows the same: vertices nearest first, edges by their ends;
/// equally near ones by id.
#[derive(Debug, Default)]
pub struct Answer {
    /// With distances.
    pub nodes: Vec<(Vertex, u32)>,
    /// Between them.
    pub edges: Vec<AnswerEdge>,
    /// By vertex, when it was asked for.
    pub reckoned: HashMap<Vertex, Reckoned>,
    /// By column, when it was asked for.
    pub outcomes: HashMap<Vertex, Outcomes>,
    /// False when edges were left out.
    pub all_edges: bool,
    /// Log sequence that it holds for.
    pub version: u64,
}

impl Answer {
    /// Every dataset and job whose name the answer needs.
    pub fn named_nodes(&self) -> Vec<Node> {
        let vertices = self.nodes.iter().map(|(vertex, _)| vertex.node());
        let ends = self.edges.iter().flat_map(|edge| [edge.from.node(), edge.to.node()]);
        let jobs = self.edges.iter().filter_map(|edge| edge.job.map(Node::Job));
        vertices.chain(ends).chain(jobs).collect()
    }
}
