//! One step down with its edges, for whoever takes very many: what `walk` finds at depth one where temporary datasets are
//! seen as any others. Most steps are no more than the edges of a dataset; the rest `walk` takes itself.

use super::snapshot::Graph;
use super::walk::{Direction, Link, Question, walk};
use super::{Basis, Edge, Node, When};

impl Graph {
    /// The edges of one step down, in order of their ends and owners.
    pub fn near(&self, start: Node, when: When) -> Vec<Link> {
        let plain = start.dataset().and_then(|dataset| self.plain_step(dataset, when));
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
}
