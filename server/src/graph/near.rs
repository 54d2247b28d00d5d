//! One step down with its edges, for whoever takes very many: what `walk` finds at depth one where temporary datasets are
//! seen as any others. Most steps are no more than the edges of a dataset; the rest `walk` takes itself.

use super::snapshot::Graph;
use super::walk::{Direction, Link, Question, walk};
use super::{Basis, Edge, Node, When};
use crate::fold::flow::Owner;

impl Graph {
    /// The edges of one step down, in order of their ends and owners.
    pub fn near(&self, start: Node, when: When) -> Vec<Link> {
        let plain = match start {
            Node::Dataset(dataset) => self.plain_step(dataset, when),
            Node::Job(job) => self.plain_writes(job, when).map(|edges| {
                let link = |(to, edge)| Link { edge: Edge { from: start, to: Node::Dataset(to), ..edge }, owner: Owner::Job(job) };
                edges.map(link).collect()
            }),
        };
        let mut links = plain.unwrap_or_else(|| {
            let question = Question { max_depth: Some(1), when, temporary: true, ..Question::all(start, Direction::Downstream) };
            walk(self, &question).links
        });
        links.sort_unstable_by_key(|link| (link.edge.from, link.edge.to, link.owner));
        links.dedup_by(|next, kept| {
            let is_same = (next.edge.from, next.edge.to, next.owner) == (kept.edge.from, kept.edge.to, kept.owner);
            if is_same {
                kept.edge = kept.edge.with(&next.edge);
            }
            is_same
        });
        links
    }

    /// None where data flows on in other ways than by the edges of the dataset: by wide fans, and from job to job.
    pub(super) fn plain_step(&self, dataset: u32, when: When) -> Option<Vec<Link>> {
        let from = Node::Dataset(self.representative(dataset));
        let mut links = Vec::new();
        for &member in self.members(&dataset) {
            if self.fans_when(member, true, when).next().is_some() {
                return None;
            }
            for (edge, owner) in self.edges_when(member, true, when) {
                let to = self.canonical(edge.to);
                let is_proven = edge.basis != Basis::InputsOutputs && to.dataset().is_some();
                if !is_proven && edge.job(owner).is_some_and(|job| self.has_job_flows(job)) {
                    return None;
                }
                links.push(Link { edge: Edge { from, to, ..edge }, owner });
            }
        }
        Some(links)
    }
    /// Edges of the flows of a job itself, in order of where they lead, when nothing else tells what it writes: others say
    /// nothing of it, and it writes by no wide fans.
    pub(super) fn plain_writes(&self, job: u32, when: When) -> Option<impl Iterator<Item = (u32, Edge)> + '_> {
        let (owner, vertex) = (Owner::Job(job), self.jobs.get(job)?);
        if self.has_job_flows(job) || !vertex.fans().is_empty() {
            return None;
        }
        let own = vertex.edges_by_target().filter(move |edge| edge.job(owner) == Some(job) && self.holds(edge, when));
        Some(own.filter_map(|edge| Some((self.representative(edge.to.dataset()?), edge))))
    }
}
