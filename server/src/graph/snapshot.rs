//! What readers walk: an immutable graph, published whole by swapping one pointer.

use super::chunked::Chunked;
use super::class::Class;
use super::columns::{ColumnFlow, ColumnVertex};
use super::{Edge, FanEdges};
use crate::fold::flow::Owner;
use arc_swap::ArcSwap;
use std::sync::Arc;

/// An owner's edge, by its place among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Half {
    pub(super) owner: Owner,
    pub(super) slot: u32,
}

/// A dataset and what touches it.
#[derive(Clone, Debug, Default)]
pub struct DatasetVertex {
    pub(super) out: Vec<Half>,
    pub(super) into: Vec<Half>,
    pub(super) fans_out: Vec<Half>,
    pub(super) fans_into: Vec<Half>,
    /// Columns that lineage knows, by their numbers.
    pub(super) columns: Vec<u32>,
    /// Hops from columns elsewhere into this dataset as a whole.
    pub(super) whole_into: Vec<super::ColumnHop>,
    /// Hops from some column of this dataset, it is not said which, into columns elsewhere.
    pub(super) whole_out: Vec<super::ColumnHop>,
    /// When it was dropped, as long as it was not written again.
    pub(super) dropped: Option<i64>,
    /// True for what only exists between two steps.
    pub(super) temporary: bool,
}

/// The edges of one owner.
#[derive(Clone, Debug, Default)]
pub struct OwnerVertex {
    pub(super) edges: Vec<Edge>,
    pub(super) fans: Vec<FanEdges>,
}

/// Edges that others say of a job: data that flows from job to job, or between it and a dataset.
#[derive(Clone, Debug, Default)]
pub struct JobFlows {
    pub(super) out: Vec<Half>,
    pub(super) into: Vec<Half>,
}

/// A whole graph at one log sequence.
#[derive(Clone, Default)]
pub struct Graph {
    pub(super) seq: u64,
    pub(super) datasets: Chunked<DatasetVertex>,
    pub(super) jobs: Chunked<OwnerVertex>,
    pub(super) statics: Chunked<OwnerVertex>,
    pub(super) job_flows: Chunked<JobFlows>,
    pub(super) classes: Chunked<Class>,
    pub(super) columns: Chunked<ColumnVertex>,
    pub(super) column_flows: Chunked<ColumnFlow>,
    /// True when any dataset was ever dropped: most estates never pay for asking.
    pub(super) any_dropped: bool,
    pub(super) edges: u64,
    pub(super) column_edges: u64,
}

impl Graph {
    /// Log sequence that it holds for.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Edges that hold now, an edge to or from a job included.
    pub fn edge_count(&self) -> u64 {
        self.edges
    }

    /// Column edges, those into a whole dataset included.
    pub fn column_edge_count(&self) -> u64 {
        self.column_edges
    }

    pub(super) fn owner(&self, owner: Owner) -> Option<&OwnerVertex> {
        match owner {
            Owner::Job(job) => self.jobs.get(job),
            Owner::Dataset(dataset) => self.statics.get(dataset),
        }
    }

    pub(super) fn edge(&self, half: Half) -> Option<&Edge> {
        self.owner(half.owner)?.edges.get(half.slot as usize)
    }

    pub(super) fn fan(&self, half: Half) -> Option<&FanEdges> {
        self.owner(half.owner)?.fans.get(half.slot as usize)
    }
}

/// Where the newest graph is found. Cheap to clone.
#[derive(Clone, Default)]
pub struct Snapshot {
    current: Arc<ArcSwap<Graph>>,
}

impl Snapshot {
    /// The newest graph; it stays as it is while it is held.
    pub fn load(&self) -> Arc<Graph> {
        self.current.load_full()
    }

    pub(super) fn publish(&self, graph: Graph) {
        self.current.store(Arc::new(graph));
    }
}
