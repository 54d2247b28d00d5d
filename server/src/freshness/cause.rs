//! What may have gone wrong upstream of something stale or failed: kinds of suspects, their order, and when a job is late.

use super::State;
use super::assess::Assessed;
use crate::graph::{Direction, Graph, Node, Question, When, walk};
use std::collections::BTreeMap;

/// What speaks against a suspect, the gravest first: of suspects at one distance this is their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The newest run of a job that has ended failed.
    FailedRun,
    /// The newest run of a job that has ended was stopped.
    AbortedRun,
    /// A test of a dataset failed and was not passed since.
    FailedTest,
    /// A dataset has columns since that it did not have before, or lost some, or changed their type.
    SchemaChange,
    /// The newest run of a job has neither ended nor been heard of for long.
    SilentRun,
    /// A job has not begun for longer than it usually pauses.
    LateJob,
    /// A dataset is stale.
    StaleDataset,
}

/// Something that may be the cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspect {
    /// The dataset or job.
    pub node: Node,
    /// Steps upstream of what is asked about; a job stands with the nearest dataset that it writes.
    pub distance: u32,
    /// What speaks against it.
    pub kind: Kind,
    /// When it happened, microseconds since 1970.
    pub at: i64,
}

impl Suspect {
    /// Nearest first; at one distance the gravest; of those the newest. Names decide between equals.
    pub fn order(&self) -> (u32, Kind, std::cmp::Reverse<i64>) {
        (self.distance, self.kind, std::cmp::Reverse(self.at))
    }
}

/// Everything upstream of a dataset or job, by distance.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Datasets; a dataset that is asked about is among them, at distance 0.
    pub datasets: BTreeMap<u32, u32>,
    /// Jobs, with the nearest dataset that they write; a job that is asked about is not among them.
    pub jobs: BTreeMap<u32, u32>,
}

impl Scope {
    /// Upstream of this, by lineage that held then.
    pub fn new(graph: &Graph, of: Node, when: When) -> Self {
        let mut scope = Self::default();
        for (node, distance) in walk(graph, &Question { max_edges: 0, when, ..Question::all(of, Direction::Upstream) }).nodes {
            match node {
                Node::Dataset(dataset) => scope.datasets.insert(dataset, distance),
                Node::Job(_) if node == of => None,
                Node::Job(job) => scope.jobs.insert(job, distance.saturating_sub(1)),
            };
        }
        scope
    }

    /// Datasets above what is asked about that are stale themselves.
    pub fn stale<'a>(&'a self, assessed: impl Iterator<Item = &'a Assessed>) -> Vec<Suspect> {
        let stale = assessed.filter(|one| one.state == State::Stale);
        let suspect = |one: &Assessed| {
            let distance = *self.datasets.get(&one.dataset).filter(|&&distance| distance > 0)?;
            Some(Suspect { node: Node::Dataset(one.dataset), distance, kind: Kind::StaleDataset, at: one.newest_input? })
        };
        stale.filter_map(suspect).collect()
    }
}

/// How many starts a job needs before it can be late.
pub const STARTS: usize = 3;

/// When a job should have begun again: its newest start and the middle one of the pauses before it. Late is who has paused
/// twice as long. `starts` are its newest ones, the newest first.
pub fn late_since(starts: &[i64], now: i64) -> Option<i64> {
    if starts.len() < STARTS {
        return None;
    }
    let mut pauses: Vec<i64> = starts.windows(2).map(|pair| pair[0] - pair[1]).collect();
    pauses.sort_unstable();
    let usual = pauses[pauses.len() / 2];
    let newest = *starts.first()?;
    (usual > 0 && now.saturating_sub(newest) > usual.saturating_mul(2)).then(|| newest.saturating_add(usual))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_is_who_pauses_twice_as_long_as_usual() {
        let daily = [30, 20, 10, 0];
        assert_eq!(late_since(&daily, 50), None);
        assert_eq!(late_since(&daily, 51), Some(40));
        // One odd pause changes nothing.
        assert_eq!(late_since(&[130, 30, 20, 10, 0], 151), Some(140));
        assert_eq!(late_since(&[30, 20], 1000), None, "two starts are no habit");
        assert_eq!(late_since(&[5, 5, 5], 1000), None, "all at once is no habit");
    }

    #[test]
    fn nearest_then_gravest_then_newest() {
        let suspect = |distance, kind, at| Suspect { node: Node::Job(0), distance, kind, at };
        let sorted =
            [suspect(1, Kind::FailedRun, 5), suspect(1, Kind::FailedRun, 3), suspect(1, Kind::LateJob, 9), suspect(2, Kind::FailedRun, 9)];
        let mut shuffled = [sorted[3].clone(), sorted[2].clone(), sorted[1].clone(), sorted[0].clone()];
        shuffled.sort_by_key(Suspect::order);
        assert_eq!(shuffled, sorted);
    }
}
