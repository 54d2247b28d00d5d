//! Which datasets lay next to which, and when: what a walk about another time than now reads that asks for no edges.
//! Told like `adjacent`, and like there a row is special where a step is more than its targets.

use super::blocks::{ROWS, Table};
use super::snapshot::Graph;
use super::{Basis, Edge, Node, When};
use std::sync::Arc;

/// In the begin of a row: walk it the long way.
const SPECIAL: u32 = 1 << 31;
/// No dataset, or no job.
const NONE: u32 = u32::MAX;

/// Rows of a block, one after the other.
pub struct Spans {
    begins: Vec<u32>,
    steps: Vec<Span>,
}

/// One edge of a step, and when it holds: with its own times, and the life of the datasets at its ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    target: u32,
    job: u32,
    first: i64,
    until: i64,
}

impl Span {
    /// True when it holds then.
    pub fn holds(&self, when: When) -> bool {
        when.meets(self.first, self.until)
    }

    /// The dataset that it leads to; none where it ends at the job.
    pub fn target(&self) -> Option<u32> {
        Some(self.target).filter(|&target| target != NONE)
    }

    /// The job that the data moves by.
    pub fn job(&self) -> Option<u32> {
        Some(self.job).filter(|&job| job != NONE)
    }
}

impl Spans {
    /// The step from one of its datasets at any time; none when it is more than that.
    pub fn step(&self, dataset: u32) -> Option<&[Span]> {
        let row = dataset as usize % ROWS;
        let (begin, end) = (self.begins[row], self.begins[row + 1] & !SPECIAL);
        (begin & SPECIAL == 0).then(|| &self.steps[begin as usize..end as usize])
    }
}

impl Table for Arc<Spans> {
    fn tell(graph: &Graph, down: bool, first: u32, before: Option<&Self>, holds: &dyn Fn(usize) -> bool) -> Self {
        let mut spans = Spans { begins: Vec::with_capacity(ROWS + 1), steps: Vec::new() };
        for row in 0..ROWS {
            let dataset = first + row as u32;
            let known = before.filter(|_| holds(row)).map(|before| before.step(dataset).map(<[Span]>::to_vec));
            let steps = known.unwrap_or_else(|| graph.spans_of(dataset, down));
            let special = if steps.is_none() { SPECIAL } else { 0 };
            spans.begins.push(spans.steps.len() as u32 | special);
            spans.steps.extend(steps.into_iter().flatten());
        }
        spans.begins.push(spans.steps.len() as u32);
        spans.steps.shrink_to_fit();
        Self::new(spans)
    }
}

impl Graph {
    /// The edges of a step, sorted; none when it is special. Only who stands for a class has any.
    fn spans_of(&self, dataset: u32, down: bool) -> Option<Vec<Span>> {
        let mut spans = Vec::new();
        if self.representative(dataset) != dataset {
            return Some(spans);
        }
        for &member in self.members(&dataset) {
            if self.fans_at(member, down).next().is_some() {
                return None;
            }
            for (edge, owner) in self.edges_at(member, down) {
                let far = self.canonical(if down { edge.to } else { edge.from });
                let job = edge.job(owner);
                let is_proven = edge.basis != Basis::InputsOutputs && far.dataset().is_some();
                if !is_proven && job.is_some_and(|job| self.has_job_flows(job)) || far.dataset().is_some_and(|far| self.is_temporary(far)) {
                    return None;
                }
                let (first, until) = self.life(&edge);
                spans.push(Span { target: far.dataset().unwrap_or(NONE), job: job.unwrap_or(NONE), first, until });
            }
        }
        spans.sort_unstable();
        spans.dedup();
        Some(spans)
    }

    /// When an edge begins to hold, and when it ceases: at its end, or when a dataset at an end is dropped after its newest
    /// evidence.
    fn life(&self, edge: &Edge) -> (i64, i64) {
        let dropped = |node: Node| self.datasets.get(node.dataset()?)?.dropped.filter(|&at| edge.last <= at);
        let drops = [edge.from, edge.to].into_iter().filter(|_| self.any_dropped).filter_map(dropped);
        (edge.first, drops.fold(edge.until, i64::min))
    }
}
