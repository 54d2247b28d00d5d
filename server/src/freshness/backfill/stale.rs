//! Who would make stale datasets good.

use crate::freshness::assess::{Assessed, State};
use crate::graph::{Direction, Graph, Node, When};
use std::collections::{BTreeMap, HashMap};

/// Jobs that would make stale datasets good, each with those datasets: they make one from an input that is newer, or from
/// something that has a newer one above, by lineage that held then.
pub fn stale_writers(graph: &Graph, when: When, assessed: &[Assessed]) -> Vec<(u32, Vec<u32>)> {
    let by_dataset: HashMap<u32, &Assessed> = assessed.iter().map(|one| (one.dataset, one)).collect();
    let mut writers: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for stale in assessed.iter().filter(|one| one.state == State::Stale) {
        let written = stale.write.map_or(i64::MIN, |write| write.at);
        for link in graph.steps(Node::Dataset(stale.dataset), Direction::Upstream, when) {
            let Some(job) = link.edge.job(link.owner).filter(|_| link.edge.to == Node::Dataset(stale.dataset)) else { continue };
            let input = if let Node::Dataset(input) = link.edge.from { by_dataset.get(&input) } else { None };
            let brings = input.is_none_or(|input| {
                let newest = if input.is_round(stale) { input.newest_input } else { input.passes_on };
                newest.is_some_and(|newest| newest > written)
            });
            if brings {
                writers.entry(job).or_default().push(stale.dataset);
            }
        }
    }
    writers.into_iter().collect()
}
