//! What holds when: an edge's own interval, and the life of the datasets at its ends. Every reader of
//! edges asks here, so that counts and walks agree.

use super::owned::OwnerVertex;
use super::snapshot::Graph;
use super::{Edge, FanEdges, Node, When};
use crate::fold::flow::Owner;
use hashbrown::HashSet;

/// Fans beyond some millions of pairs are added up: nobody waits for such a count.
const COUNTED: usize = 4_000_000;

impl Graph {
    /// Single edges that leave a dataset (`down`), or lead to it, and hold then.
    pub(super) fn edges_when(&self, dataset: u32, down: bool, when: When) -> impl Iterator<Item = (Edge, Owner)> + '_ {
        self.edges_at(dataset, down).filter(move |(edge, _)| self.holds(edge, when))
    }

    /// Fans that read a dataset (`down`), or write it, and hold then. Dropped datasets may be among their ends.
    pub(super) fn fans_when(&self, dataset: u32, down: bool, when: When) -> impl Iterator<Item = (&FanEdges, Owner, u32)> + '_ {
        self.fans_at(dataset, down).filter(move |(fan, ..)| fan.holds(when))
    }

    /// What others say of a job, one way, and holds then.
    pub(super) fn job_edges_when(&self, job: u32, down: bool, when: When) -> impl Iterator<Item = (Edge, Owner)> + '_ {
        self.job_edges(job, down).filter(move |(edge, _)| self.holds(edge, when))
    }

    /// True when an edge holds and none of its ends was dropped after its newest evidence.
    pub(super) fn holds(&self, edge: &Edge, when: When) -> bool {
        edge.holds(when) && !(self.any_dropped && [edge.from, edge.to].into_iter().any(|node| self.is_gone(node, edge.last, when)))
    }

    fn is_gone(&self, node: Node, last: i64, when: When) -> bool {
        let Node::Dataset(dataset) = node else { return false };
        let dropped = self.datasets.get(dataset).and_then(|vertex| vertex.dropped);
        dropped.is_some_and(|at| last <= at && when.is_after(at))
    }

    /// When a dataset was dropped, microseconds since 1970; none when it was written again since.
    pub fn dropped_at(&self, dataset: u32) -> Option<i64> {
        let members = if self.any_dropped { self.members(&dataset) } else { &[] };
        members.iter().filter_map(|&member| self.datasets.get(member)?.dropped).max()
    }

    /// True when a dataset had been dropped by then. A drop counts only as long as nobody has written the dataset again since.
    pub fn is_dropped(&self, dataset: u32, when: When) -> bool {
        self.dropped_at(dataset).is_some_and(|at| when.is_after(at))
    }

    /// True for what only exists between two steps of a pipeline.
    pub fn is_temporary(&self, dataset: u32) -> bool {
        self.any_temporary && self.is_class_temporary(dataset)
    }

    /// Edges that an owner would show now, each pair of ends once.
    pub(super) fn holding(&self, vertex: &OwnerVertex) -> u64 {
        let single = || vertex.edges().filter(|edge| self.holds(edge, When::Now)).map(|edge| edge.ends());
        let wide = || vertex.fans().iter().filter(|fan| fan.holds(When::Now));
        let pairs: usize = wide().map(|fan| fan.inputs.len() * fan.outputs.len()).sum();
        if pairs > COUNTED || wide().count() + vertex.edges().count() < 2 {
            return (single().count() + pairs) as u64;
        }
        let pairs = wide().flat_map(FanEdges::edges).filter(|edge| self.holds(edge, When::Now)).map(|edge| edge.ends());
        single().chain(pairs).collect::<HashSet<_>>().len() as u64
    }

    /// Jobs that read (`reading`) or write a dataset, under any of its names, then.
    pub fn jobs_of(&self, dataset: u32, reading: bool, when: When) -> Vec<u32> {
        let mut jobs: Vec<u32> = self.members(&dataset).iter().flat_map(|&member| self.jobs_of_name(member, reading, when)).collect();
        jobs.sort_unstable();
        jobs.dedup();
        jobs
    }

    /// Jobs that read (`reading`) or write a dataset under this one of its names, then.
    pub fn jobs_of_name(&self, dataset: u32, reading: bool, when: When) -> Vec<u32> {
        let single = self.edges_when(dataset, reading, when).filter_map(|(edge, owner)| edge.job(owner));
        let fans = self.fans_when(dataset, reading, when);
        let mut jobs: Vec<u32> =
            single.chain(fans.filter_map(|(_, owner, _)| if let Owner::Job(job) = owner { Some(job) } else { None })).collect();
        jobs.sort_unstable();
        jobs.dedup();
        jobs
    }

    /// Datasets that a job reads and writes then, by the representatives of their classes.
    pub fn io_of(&self, job: u32, when: When) -> (Vec<u32>, Vec<u32>) {
        let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
        let dataset = |node: Node| if let Node::Dataset(id) = node { Some(self.representative(id)) } else { None };
        if let Some(vertex) = self.jobs.get(job) {
            let own = vertex.edges().filter(|edge| self.holds(edge, when) && edge.job(Owner::Job(job)) == Some(job));
            for edge in own {
                inputs.extend(dataset(edge.from));
                outputs.extend(dataset(edge.to));
            }
            for fan in vertex.fans().iter().filter(|fan| fan.holds(when)) {
                inputs.extend(fan.inputs.iter().map(|&id| self.representative(id)));
                outputs.extend(fan.outputs.iter().map(|&id| self.representative(id)));
            }
        }
        inputs.extend(self.job_edges_when(job, false, when).filter_map(|(edge, _)| dataset(edge.from)));
        outputs.extend(self.job_edges_when(job, true, when).filter_map(|(edge, _)| dataset(edge.to)));
        for list in [&mut inputs, &mut outputs] {
            list.sort_unstable();
            list.dedup();
        }
        (inputs, outputs)
    }
}

impl Edge {
    /// The job that moves the data: the one at an end, or else the owner.
    pub fn job(&self, owner: Owner) -> Option<u32> {
        match (self.from, self.to, owner) {
            (Node::Job(job), ..) | (_, Node::Job(job), _) | (.., Owner::Job(job)) => Some(job),
            _ => None,
        }
    }
}
