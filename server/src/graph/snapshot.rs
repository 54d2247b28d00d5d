//! What readers walk: an immutable graph, published whole by swapping one pointer.

use super::adjacent::Adjacent;
use super::blocks::Ways;
use super::chunked::{Chunked, Packed};
use super::class::ClassTable;
use super::code::Codes;
use super::column_rows::ColumnAdjacent;
use super::columns::{Column, ColumnFlow};
use super::deciding::Deciding;
use super::feeds::Feeds;
use super::ids::NodeIds;
use super::names::Names;
use super::owned::OwnerVertex;
use super::{Edge, FanEdges, Node};
use crate::fold::flow::Owner;
use arc_swap::ArcSwap;
use schema::openlineage::facets::Transformation;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A dataset and what touches it. Its edges are with their owners.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct DatasetVertex {
    /// Owners of single edges that leave it,
    pub(super) out: Codes,
    /// and that lead to it.
    pub(super) into: Codes,
    /// Owners of fans that read it,
    pub(super) fans_out: Codes,
    /// and that write it.
    pub(super) fans_into: Codes,
    /// Columns that lineage knows: numbers of their paths, in order, and their own.
    pub(super) columns: Box<[(u32, u32)]>,
    /// Column flows that read it,
    pub(super) reads: Box<[u32]>,
    /// and that write it.
    pub(super) writes: Box<[u32]>,
    /// When it was dropped, as long as it was not written again.
    pub(super) dropped: Option<i64>,
    /// True for what only exists between two steps.
    pub(super) temporary: bool,
    /// True when a path of its columns has a dot: some may be parts of others.
    pub(super) nested: bool,
}

/// Owners of edges that others say of a job: data that flows from job to job, or between it and a dataset.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct JobFlows {
    pub(super) out: Codes,
    pub(super) into: Codes,
}

impl JobFlows {
    /// True when nobody says any.
    pub fn is_empty(&self) -> bool {
        self.out.is_empty() && self.into.is_empty()
    }
}

/// A whole graph at one log sequence.
#[derive(Clone, Default)]
pub struct Graph {
    pub(super) seq: u64,
    pub(super) datasets: Chunked<DatasetVertex>,
    pub(super) jobs: Chunked<OwnerVertex>,
    pub(super) statics: Chunked<OwnerVertex>,
    pub(super) job_flows: Chunked<JobFlows>,
    pub(super) classes: ClassTable,
    pub(super) columns: Packed<Column>,
    /// Paths of columns.
    pub(super) names: Names,
    /// What steps do to a value.
    pub(super) hows: Packed<Arc<[Transformation]>>,
    pub(super) column_flows: Chunked<ColumnFlow>,
    /// Which datasets lie next to which, now; what can be told from the rest.
    pub(super) adjacent: Adjacent,
    /// Where columns lead in one step, now; what can be told from the rest.
    pub(super) column_adjacent: ColumnAdjacent,
    /// What each dataset feeds, now; what can be told from the rest.
    pub(super) feeds: Ways<Arc<Feeds>>,
    /// Whose column lineage of a dataset names filters and joins, now; what can be told from the rest.
    pub(super) deciding: Ways<Arc<Deciding>>,
    /// True when any dataset was ever dropped: most estates never pay for asking.
    pub(super) any_dropped: bool,
    /// True when any dataset was ever temporary.
    pub(super) any_temporary: bool,
    /// What things are put in order by.
    pub(super) ids: NodeIds,
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

    /// How many datasets and jobs it has room for: no answer has more.
    pub fn size(&self) -> usize {
        self.datasets.len() + self.jobs.len()
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

    /// Single edges that leave a dataset (`down`), or lead to it, under this one of its names.
    pub(super) fn edges_at(&self, dataset: u32, down: bool) -> impl Iterator<Item = (Edge, Owner)> + '_ {
        let owners = self.datasets.get(dataset).map(|vertex| if down { &vertex.out } else { &vertex.into });
        let owned = owners.into_iter().flat_map(Codes::iter).map(Owner::from);
        let vertices = owned.filter_map(|owner| Some((self.owner(owner)?, owner)));
        vertices.flat_map(move |(vertex, owner)| vertex.edges_at(Node::Dataset(dataset), down).map(move |edge| (edge, owner)))
    }

    /// Fans that read a dataset (`down`), or write it, under this one of its names; each with its place among its owner's.
    pub(super) fn fans_at(&self, dataset: u32, down: bool) -> impl Iterator<Item = (&FanEdges, Owner, u32)> + '_ {
        let owners = self.datasets.get(dataset).map(|vertex| if down { &vertex.fans_out } else { &vertex.fans_into });
        let owned = owners.into_iter().flat_map(Codes::iter).map(Owner::from);
        let fans = owned.flat_map(|owner| {
            self.owner(owner).into_iter().flat_map(|vertex| vertex.fans().iter().zip(0..)).map(move |(fan, slot)| (fan, owner, slot))
        });
        fans.filter(move |(fan, ..)| if down { &fan.inputs } else { &fan.outputs }.binary_search(&dataset).is_ok())
    }

    /// Edges that others say of a job, or that join it with another: those that leave it (`down`), or lead to it. A job
    /// that feeds itself counts as leaving.
    pub(super) fn job_edges(&self, job: u32, down: bool) -> impl Iterator<Item = (Edge, Owner)> + '_ {
        let owners = self.job_flows.get(job).map(|flows| if down { &flows.out } else { &flows.into });
        let owned = owners.into_iter().flat_map(Codes::iter).map(Owner::from);
        let vertices = owned.filter_map(|owner| Some((self.owner(owner)?, owner)));
        let edges = vertices.flat_map(move |(vertex, owner)| vertex.edges_at(Node::Job(job), down).map(move |edge| (edge, owner)));
        edges.filter(move |(edge, owner)| edge.is_foreign(job, *owner) && (down || edge.from != edge.to))
    }

    /// True when anybody says any such edge of a job.
    pub(super) fn has_job_flows(&self, job: u32) -> bool {
        self.job_flows.get(job).is_some_and(|flows| !flows.is_empty())
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
