//! Data that flows from job to job with no dataset between: walks from datasets may never come by it.

use super::snapshot::Graph;
use super::{Link, Node, When};

impl Graph {
    /// Every such edge that holds then, in order of its ends.
    pub fn job_links(&self, when: When) -> Vec<Link> {
        let mut links = Vec::new();
        for (job, _) in self.job_flows.iter() {
            let between = self.job_edges_when(job, true, when).filter(|(edge, _)| matches!(edge.to, Node::Job(_)));
            links.extend(between.map(|(edge, owner)| Link { edge, owner }));
        }
        links.sort_unstable_by_key(|link| (link.edge.from, link.edge.to, link.owner));
        links
    }
}
