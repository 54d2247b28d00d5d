//! Which datasets lie next to which, now, as arrays: what a walk reads that asks for no edges. Everything here
//! can be told from the rest of the graph, and is when somebody asks (`blocks`). Other times are in `spans`.
//!
//! A row is `special` where a step is more than its targets: wide fans, temporary datasets, data that flows from job
//! to job. Such rows are walked the long way.

use super::blocks::{ROWS, Table, Ways};
use super::owned::OwnerVertex;
use super::snapshot::{Graph, JobFlows};
use super::spans::Spans;
use super::{Basis, Node, When};
use crate::fold::flow::Owner;
use std::sync::Arc;

/// In the begin of a row: walk it the long way.
const SPECIAL: u32 = 1 << 31;

/// The rows of a graph, now and at any time. Cheap to clone.
#[derive(Clone, Default)]
pub struct Adjacent {
    now: Ways<Arc<Rows>>,
    ever: Ways<Arc<Spans>>,
}

/// Rows of a block, one after the other.
#[derive(Default)]
pub struct Rows {
    begins: Vec<u32>,
    targets: Vec<u32>,
    job_begins: Vec<u32>,
    jobs: Vec<u32>,
}

/// What a step from a dataset leads to.
pub enum Step<'a> {
    /// Datasets, each once, and the jobs that the data moves by.
    Plain(&'a [u32], Jobs<'a>),
    /// More than that.
    Special,
}

/// Jobs of a step; looked up only by who wants them.
#[derive(Clone, Copy)]
pub struct Jobs<'a>(&'a Rows, usize);

impl<'a> Jobs<'a> {
    /// Each once.
    pub fn all(self) -> &'a [u32] {
        let Self(rows, row) = self;
        &rows.jobs[rows.job_begins[row] as usize..rows.job_begins[row + 1] as usize]
    }
}

impl Rows {
    /// The step from one of its datasets.
    pub fn step(&self, dataset: u32) -> Step<'_> {
        let row = dataset as usize % ROWS;
        let (begin, end) = (self.begins[row], self.begins[row + 1]);
        if begin & SPECIAL != 0 {
            return Step::Special;
        }
        Step::Plain(&self.targets[begin as usize..(end & !SPECIAL) as usize], Jobs(self, row))
    }
}

impl Table for Arc<Rows> {
    fn tell(graph: &Graph, down: bool, first: u32, before: Option<&Self>, holds: &dyn Fn(usize) -> bool) -> Self {
        let mut rows = Rows { begins: Vec::with_capacity(ROWS + 1), job_begins: Vec::with_capacity(ROWS + 1), ..Rows::default() };
        for row in 0..ROWS {
            match before.filter(|_| holds(row)) {
                Some(before) => rows.copy(before, row),
                None => rows.add(graph.row(first + row as u32, down)),
            }
        }
        rows.begins.push(rows.targets.len() as u32);
        rows.job_begins.push(rows.jobs.len() as u32);
        rows.targets.shrink_to_fit();
        rows.jobs.shrink_to_fit();
        Self::new(rows)
    }
}

impl Adjacent {
    /// The place of a dataset's block.
    pub fn block(dataset: u32) -> usize {
        Ways::<Arc<Rows>>::place(dataset)
    }

    /// How many blocks there are.
    pub fn len(&self) -> usize {
        self.now.len()
    }

    /// Makes room for so many datasets.
    fn grow(&mut self, datasets: usize) {
        self.now.grow(datasets);
        self.ever.grow(datasets);
    }

    /// The row of a dataset is to be told anew.
    fn forget(&mut self, dataset: u32) {
        self.now.forget(dataset);
        self.ever.forget(dataset);
    }
}

impl Graph {
    /// Makes room for the rows of everything that came.
    pub(super) fn grow(&mut self) {
        self.adjacent.grow(self.datasets.len());
        self.column_adjacent.grow(self.columns.len(), self.datasets.len());
        self.feeds.grow(self.datasets.len());
        self.deciding.grow(self.datasets.len());
    }

    /// The rows of a block.
    pub(super) fn rows(&self, down: bool, place: usize) -> Option<&Rows> {
        self.adjacent.now.table(self, down, place).map(|rows| &**rows)
    }

    /// The rows of a block with the times of their steps.
    pub(super) fn spans(&self, down: bool, place: usize) -> Option<&Spans> {
        self.adjacent.ever.table(self, down, place).map(|spans| &**spans)
    }

    /// Tells every row, so that the first reader need not wait for it.
    pub fn warm(&self) {
        (0..self.adjacent.len()).for_each(|block| {
            self.rows(true, block);
            self.rows(false, block);
        });
    }

    /// Targets and jobs of a step; none when it is special. Only who stands for a class has any.
    fn row(&self, dataset: u32, down: bool) -> Option<(Vec<u32>, Vec<u32>)> {
        let (mut targets, mut jobs) = (Vec::new(), Vec::new());
        if self.representative(dataset) != dataset {
            return Some((targets, jobs));
        }
        for &member in self.members(&dataset) {
            if self.fans_when(member, down, When::Now).next().is_some() {
                return None;
            }
            for (edge, owner) in self.edges_when(member, down, When::Now) {
                let far = self.canonical(if down { edge.to } else { edge.from });
                if let Some(job) = edge.job(owner) {
                    let is_proven = edge.basis != Basis::InputsOutputs && far.dataset().is_some();
                    if !is_proven && self.has_job_flows(job) {
                        return None;
                    }
                    jobs.push(job);
                }
                if let Node::Dataset(far) = far {
                    if self.is_temporary(far) {
                        return None;
                    }
                    targets.push(far);
                }
            }
        }
        for list in [&mut targets, &mut jobs] {
            list.sort_unstable();
            list.dedup();
        }
        Some((targets, jobs))
    }

    /// Forgets what was told of nodes whose edges change.
    pub(super) fn forget_ends(&mut self, nodes: impl Iterator<Item = Node>) {
        for dataset in nodes.filter_map(Node::dataset).map(|dataset| self.representative(dataset)).collect::<Vec<_>>() {
            self.adjacent.forget(dataset);
            self.forget_columns(dataset);
        }
    }

    /// Forgets what was told of a dataset under this one of its names and of what lies next to it: what it is called, or
    /// that it is passed through or gone, is told with its neighbours.
    pub(super) fn forget_around(&mut self, dataset: u32) {
        let next = [true, false].into_iter().flat_map(|down| self.edges_at(dataset, down).flat_map(|(edge, _)| [edge.from, edge.to]));
        let nodes: Vec<Node> = next.chain([Node::Dataset(dataset)]).collect();
        self.forget_own(dataset);
        self.forget_ends(nodes.into_iter());
        self.forget_columns_around(dataset);
    }

    /// Forgets what was told of a dataset itself.
    pub(super) fn forget_own(&mut self, dataset: u32) {
        self.adjacent.forget(dataset);
        self.forget_columns(dataset);
    }

    /// Changes what others say of a job. Steps by a job about which something is said are special.
    pub(super) fn set_job_flows(&mut self, job: u32, change: impl FnOnce(&mut JobFlows)) {
        let before = self.has_job_flows(job);
        change(self.job_flows.get_mut(job));
        if before != self.has_job_flows(job) {
            let own = self.owner(Owner::Job(job)).into_iter().flat_map(OwnerVertex::edges);
            let ends: Vec<Node> = own.flat_map(|edge| [edge.from, edge.to]).collect();
            self.forget_ends(ends.into_iter());
        }
    }
}

impl Rows {
    fn add(&mut self, row: Option<(Vec<u32>, Vec<u32>)>) {
        let special = if row.is_none() { SPECIAL } else { 0 };
        self.begins.push(self.targets.len() as u32 | special);
        self.job_begins.push(self.jobs.len() as u32);
        if let Some((targets, jobs)) = row {
            self.targets.extend(targets);
            self.jobs.extend(jobs);
        }
    }

    fn copy(&mut self, before: &Self, row: usize) {
        let (begin, end) = (before.begins[row], before.begins[row + 1] & !SPECIAL);
        self.begins.push(self.targets.len() as u32 | begin & SPECIAL);
        self.targets.extend(&before.targets[(begin & !SPECIAL) as usize..end as usize]);
        self.job_begins.push(self.jobs.len() as u32);
        self.jobs.extend(&before.jobs[before.job_begins[row] as usize..before.job_begins[row + 1] as usize]);
    }
}
