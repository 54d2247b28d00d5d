//! What readers walk: an immutable graph, published whole by swapping one pointer.

use super::chunked::Chunked;
use super::columns::{ColumnFlow, ColumnVertex};
use super::{Edge, FanEdges, Node};
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
}

/// The edges of one owner.
#[derive(Clone, Debug, Default)]
pub struct OwnerVertex {
    pub(super) edges: Vec<Edge>,
    pub(super) fans: Vec<FanEdges>,
}

/// A whole graph at one log sequence.
#[derive(Clone, Default)]
pub struct Graph {
    pub(super) seq: u64,
    pub(super) datasets: Chunked<DatasetVertex>,
    pub(super) jobs: Chunked<OwnerVertex>,
    pub(super) statics: Chunked<OwnerVertex>,
    pub(super) columns: Chunked<ColumnVertex>,
    pub(super) column_flows: Chunked<ColumnFlow>,
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

    /// Jobs that read (`out`) or write a dataset at a time.
    pub fn jobs_of(&self, dataset: u32, reading: bool) -> Vec<u32> {
        let Some(vertex) = self.datasets.get(dataset) else { return Vec::new() };
        let (halves, fans) = if reading { (&vertex.out, &vertex.fans_out) } else { (&vertex.into, &vertex.fans_into) };
        let holds = halves.iter().filter(|half| self.edge(**half).is_some_and(|edge| edge.holds(None)));
        let fans = fans.iter().filter(|half| self.fan(**half).is_some_and(|fan| fan.holds(None)));
        let mut jobs: Vec<u32> =
            holds.chain(fans).filter_map(|half| if let Owner::Job(job) = half.owner { Some(job) } else { None }).collect();
        jobs.sort_unstable();
        jobs.dedup();
        jobs
    }

    /// Datasets that a job reads and writes now.
    pub fn io_of(&self, job: u32) -> (Vec<u32>, Vec<u32>) {
        let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
        let Some(vertex) = self.jobs.get(job) else { return (inputs, outputs) };
        for edge in vertex.edges.iter().filter(|edge| edge.holds(None)) {
            if let Node::Dataset(dataset) = edge.from {
                inputs.push(dataset);
            }
            if let Node::Dataset(dataset) = edge.to {
                outputs.push(dataset);
            }
        }
        for fan in vertex.fans.iter().filter(|fan| fan.holds(None)) {
            inputs.extend(&fan.inputs);
            outputs.extend(&fan.outputs);
        }
        for list in [&mut inputs, &mut outputs] {
            list.sort_unstable();
            list.dedup();
        }
        (inputs, outputs)
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
