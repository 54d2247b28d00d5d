//! What holds when: an edge's own interval, and the life of the datasets at its ends. Every reader of
//! edges asks here, so that counts and walks agree.

use super::snapshot::{Graph, Half};
use super::{Edge, FanEdges, Node, When};
use crate::fold::flow::Owner;
use hashbrown::HashSet;

/// Fans beyond some millions of pairs are added up: nobody waits for such a count.
const COUNTED: usize = 4_000_000;

impl Graph {
    /// The edge behind a half when it holds then.
    pub(super) fn edge_at(&self, half: Half, when: When) -> Option<&Edge> {
        self.edge(half).filter(|edge| self.holds(edge, when))
    }

    /// The fan behind a half when it holds then. Dropped datasets may be among its ends.
    pub(super) fn fan_at(&self, half: Half, when: When) -> Option<&FanEdges> {
        self.fan(half).filter(|fan| fan.holds(when))
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
        self.members(&dataset).iter().filter_map(|&member| self.datasets.get(member)?.dropped).max()
    }

    /// True for what only exists between two steps of a pipeline.
    pub fn is_temporary(&self, dataset: u32) -> bool {
        self.members(&dataset).iter().any(|&member| self.datasets.get(member).is_some_and(|vertex| vertex.temporary))
    }

    /// Edges that an owner would show now, each pair of ends once.
    pub(super) fn holding(&self, edges: &[Edge], fans: &[FanEdges]) -> u64 {
        let single = edges.iter().filter(|edge| self.holds(edge, When::Now)).map(Edge::ends);
        let wide = || fans.iter().filter(|fan| fan.holds(When::Now));
        let pairs: usize = wide().map(|fan| fan.inputs.len() * fan.outputs.len()).sum();
        if pairs > COUNTED {
            return (single.count() + pairs) as u64;
        }
        if wide().count() + edges.len() < 2 {
            return (single.count() + pairs) as u64;
        }
        let pairs = wide().flat_map(FanEdges::edges).filter(|edge| self.holds(edge, When::Now)).map(|edge| edge.ends());
        single.chain(pairs).collect::<HashSet<_>>().len() as u64
    }

    /// Jobs that read (`reading`) or write a dataset, under any of its names, now.
    pub fn jobs_of(&self, dataset: u32, reading: bool) -> Vec<u32> {
        let mut jobs: Vec<u32> = self.members(&dataset).iter().flat_map(|&member| self.jobs_of_name(member, reading)).collect();
        jobs.sort_unstable();
        jobs.dedup();
        jobs
    }

    /// Jobs that read (`reading`) or write a dataset under this one of its names, now.
    pub fn jobs_of_name(&self, dataset: u32, reading: bool) -> Vec<u32> {
        let Some(vertex) = self.datasets.get(dataset) else { return Vec::new() };
        let (halves, fans) = if reading { (&vertex.out, &vertex.fans_out) } else { (&vertex.into, &vertex.fans_into) };
        let single = halves.iter().filter_map(|half| self.edge_at(*half, When::Now)?.job(half.owner));
        let fans = fans.iter().filter(|half| self.fan_at(**half, When::Now).is_some());
        let mut jobs: Vec<u32> =
            single.chain(fans.filter_map(|half| if let Owner::Job(job) = half.owner { Some(job) } else { None })).collect();
        jobs.sort_unstable();
        jobs.dedup();
        jobs
    }

    /// Datasets that a job reads and writes now, by the representatives of their classes.
    pub fn io_of(&self, job: u32) -> (Vec<u32>, Vec<u32>) {
        let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
        let dataset = |node: Node| if let Node::Dataset(id) = node { Some(self.representative(id)) } else { None };
        if let Some(vertex) = self.jobs.get(job) {
            let own = vertex.edges.iter().filter(|edge| self.holds(edge, When::Now) && edge.job(Owner::Job(job)) == Some(job));
            for edge in own {
                inputs.extend(dataset(edge.from));
                outputs.extend(dataset(edge.to));
            }
            for fan in vertex.fans.iter().filter(|fan| fan.holds(When::Now)) {
                inputs.extend(fan.inputs.iter().map(|&id| self.representative(id)));
                outputs.extend(fan.outputs.iter().map(|&id| self.representative(id)));
            }
        }
        if let Some(flows) = self.job_flows.get(job) {
            inputs.extend(flows.into.iter().filter_map(|half| dataset(self.edge_at(*half, When::Now)?.from)));
            outputs.extend(flows.out.iter().filter_map(|half| dataset(self.edge_at(*half, When::Now)?.to)));
        }
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
