//! The writer's side of edges: what one owner's edges change at the nodes that they touch. Most changes only
//! move times, and touch none.

use super::code::Code;
use super::owned::OwnerVertex;
use super::{Basis, Builder, Edge, FanEdges, Node};
use crate::fold::flow::Owner;
use hashbrown::HashSet;

/// What the nodes at an edge's ends can tell of it: its newest evidence only beside what was dropped.
type Shape = (Node, Node, Basis, bool, (i64, i64), Option<i64>);

/// Where an owner's edges are found from.
#[derive(Default)]
struct Touched {
    out: HashSet<u32>,
    into: HashSet<u32>,
    fans_out: HashSet<u32>,
    fans_into: HashSet<u32>,
    jobs_out: HashSet<u32>,
    jobs_into: HashSet<u32>,
}

impl Touched {
    fn of(owner: Owner, vertex: &OwnerVertex) -> Self {
        let mut touched = Self::default();
        for edge in vertex.edges() {
            touched.out.extend(edge.from.dataset());
            touched.into.extend(edge.to.dataset());
            let [out, into] = edge.foreign_jobs(owner);
            touched.jobs_out.extend(out);
            touched.jobs_into.extend(into);
        }
        for fan in vertex.fans() {
            touched.fans_out.extend(&fan.inputs);
            touched.fans_into.extend(&fan.outputs);
        }
        touched
    }
}

impl Builder {
    /// Takes over the edges of an owner.
    pub(super) fn set_edges(&mut self, owner: Owner, after: OwnerVertex) {
        let before = self.graph.owner(owner).cloned().unwrap_or_default();
        if before == after {
            return;
        }
        let shapes = |vertex: &OwnerVertex| vertex.edges().map(|edge| self.shape(&edge)).collect::<Vec<_>>();
        let fan_shapes = |fan: &FanEdges| (fan.inputs.clone(), fan.outputs.clone(), fan.until);
        let (shapes_before, shapes_after) = (shapes(&before), shapes(&after));
        let same_fans = before.fans().iter().map(fan_shapes).eq(after.fans().iter().map(fan_shapes));
        let is_same = same_fans && shapes_before == shapes_after;
        if !is_same {
            self.link(owner, &Touched::of(owner, &before), &Touched::of(owner, &after));
            // Those that are gone are still to be seen from their ends, and those that came are not yet.
            let [gone, came] = [&shapes_before, &shapes_after].map(|shapes| shapes.iter().copied().collect::<HashSet<Shape>>());
            self.graph.forget_ends(gone.symmetric_difference(&came).flat_map(|shape| [shape.0, shape.1]));
            if !same_fans {
                for fan in before.fans().iter().chain(after.fans()) {
                    self.graph.forget_ends(fan.inputs.iter().chain(&fan.outputs).map(|&dataset| Node::Dataset(dataset)));
                }
            }
        }
        match owner {
            Owner::Job(job) => self.graph.jobs.set(job, after),
            Owner::Dataset(dataset) => self.graph.statics.set(dataset, after),
        }
        if !is_same || self.graph.any_dropped {
            self.count_edges(owner);
        }
    }

    fn shape(&self, edge: &Edge) -> Shape {
        let is_dropped =
            |node: Node| node.dataset().is_some_and(|id| self.graph.datasets.get(id).is_some_and(|vertex| vertex.dropped.is_some()));
        let last = Some(edge.last).filter(|_| self.graph.any_dropped && (is_dropped(edge.from) || is_dropped(edge.to)));
        (edge.from, edge.to, edge.basis, edge.columns, (edge.first, edge.until), last)
    }

    fn link(&mut self, owner: Owner, before: &Touched, after: &Touched) {
        let (code, graph) = (Code::from(owner), &mut self.graph);
        each(&before.out, &after.out, |id, is_in| graph.datasets.get_mut(id).out.set(code, is_in));
        each(&before.into, &after.into, |id, is_in| graph.datasets.get_mut(id).into.set(code, is_in));
        each(&before.fans_out, &after.fans_out, |id, is_in| graph.datasets.get_mut(id).fans_out.set(code, is_in));
        each(&before.fans_into, &after.fans_into, |id, is_in| graph.datasets.get_mut(id).fans_into.set(code, is_in));
        each(&before.jobs_out, &after.jobs_out, |job, is_in| graph.set_job_flows(job, |flows| flows.out.set(code, is_in)));
        each(&before.jobs_into, &after.jobs_into, |job, is_in| graph.set_job_flows(job, |flows| flows.into.set(code, is_in)));
    }
}

/// Everything that came, and everything that went.
fn each(before: &HashSet<u32>, after: &HashSet<u32>, mut set: impl FnMut(u32, bool)) {
    before.difference(after).for_each(|&id| set(id, false));
    after.difference(before).for_each(|&id| set(id, true));
}
