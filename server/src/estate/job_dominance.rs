//! Single points of failure among jobs: jobs that all data must pass through on its way to datasets and to other jobs. A job
//! dominates what no source reaches without it. A job that reads nothing is a source itself.

use super::tree::{Tree, Vertices};
use crate::graph::{Graph, JobView, LineageView};
use hashbrown::HashSet;
use petgraph::Direction;
use petgraph::visit::{IntoNeighbors, IntoNeighborsDirected, NodeIndexable};
use std::collections::BTreeMap;

/// How much hangs on something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hanging {
    /// Datasets; temporary ones are left out.
    pub datasets: u32,
    /// Other jobs.
    pub jobs: u32,
}

/// Jobs and what hangs on each.
pub struct JobDominance {
    /// By job; those that nothing hangs on are left out.
    pub dominated: BTreeMap<u32, Hanging>,
    view: JobView,
    tree: Tree,
    of_jobs: BTreeMap<u32, OfJob>,
    /// By vertex: jobs that hang on it and on what dominates it.
    jobs_below: Vec<u32>,
}

/// A job in the view.
#[derive(Clone, Debug, Default)]
struct OfJob {
    vertices: Vec<u32>,
    /// Those of them that something leaves from.
    leaving: Vec<u32>,
    /// The nearest vertex that all data comes through that comes to the job; none when none comes.
    comes_through: Option<u32>,
}

impl Vertices for &JobView {
    fn is_dataset(&self, vertex: u32) -> bool {
        self.dataset(vertex).is_some()
    }

    fn is_idle(&self, vertex: u32) -> bool {
        JobView::is_idle(self, vertex)
    }
}

/// What hangs on which job, by lineage as it holds in a view.
pub fn job_dominance(lineage: LineageView<'_>) -> JobDominance {
    let (graph, view) = (lineage.graph(), JobView::new(lineage));
    let tree = Tree::new(&view);
    let of_jobs = of_jobs(&view, &tree);
    let mut jobs_below = vec![0; tree.places()];
    of_jobs.values().filter_map(|job| job.comes_through).for_each(|vertex| jobs_below[vertex as usize] += 1);
    let jobs_below = tree.sums(jobs_below);
    let is_counted = |vertex: u32| view.dataset(vertex).is_some_and(|dataset| !graph.is_temporary(dataset));
    let datasets_below = tree.sums((0..tree.places() as u32).map(|vertex| u32::from(is_counted(vertex))).collect());
    let mut found = JobDominance { dominated: BTreeMap::new(), view, tree, of_jobs, jobs_below };
    let mut dominated = BTreeMap::new();
    for (&number, job) in &found.of_jobs {
        let hanging = match job.leaving[..] {
            [] => continue,
            // All that leaves it leaves from one vertex, which the tree knows.
            [vertex] => {
                let itself = job.comes_through.is_some_and(|through| found.tree.is_above(vertex, through));
                let jobs = found.jobs_below[vertex as usize] - u32::from(itself);
                Hanging { datasets: datasets_below[vertex as usize], jobs }
            }
            _ => {
                let (datasets, jobs) = found.lost(graph, number);
                Hanging { datasets: datasets.len() as u32, jobs }
            }
        };
        if hanging != Hanging::default() {
            dominated.insert(number, hanging);
        }
    }
    found.dominated = dominated;
    found
}

fn of_jobs(view: &JobView, tree: &Tree) -> BTreeMap<u32, OfJob> {
    let mut jobs: BTreeMap<u32, OfJob> = BTreeMap::new();
    for vertex in (0..view.node_bound() as u32).filter(|&vertex| tree.has(vertex)) {
        let Some(job) = view.job(vertex) else { continue };
        let of_job = jobs.entry(job).or_default();
        of_job.vertices.push(vertex);
        if view.neighbors(vertex).next().is_some() {
            of_job.leaving.push(vertex);
        }
        if view.neighbors_directed(vertex, Direction::Incoming).next().is_some() {
            of_job.comes_through = Some(of_job.comes_through.map_or(vertex, |known| tree.meet(known, vertex)));
        }
    }
    jobs
}

impl JobDominance {
    /// Jobs that hang on a dataset alone.
    pub fn jobs_on(&self, dataset: u32) -> u32 {
        self.jobs_below.get(dataset as usize).copied().unwrap_or(0)
    }

    /// Datasets that hang on a job alone, those that come first as one goes down from it first.
    pub fn of(&self, graph: &Graph, job: u32) -> Vec<u32> {
        self.lost(graph, job).0
    }

    /// What no source reaches without a job: datasets, and the number of other jobs. One walk over what is downstream of it:
    /// what has another way in is kept, with all that this feeds.
    fn lost(&self, graph: &Graph, job: u32) -> (Vec<u32>, u32) {
        let Some(own) = self.of_jobs.get(&job) else { return (Vec::new(), 0) };
        let gone: HashSet<u32> = own.vertices.iter().copied().collect();
        let below = self.onward(graph, own.leaving.clone(), |vertex| !gone.contains(&vertex));
        let is_below: HashSet<u32> = below.iter().copied().collect();
        let enters = |&vertex: &u32| {
            let mut into = self.view.neighbors_directed(vertex, Direction::Incoming);
            self.tree.is_source(vertex) || into.any(|other| !gone.contains(&other) && !is_below.contains(&other) && self.tree.has(other))
        };
        let entered: Vec<u32> = below.iter().copied().filter(enters).collect();
        let kept: HashSet<u32> =
            entered.iter().copied().chain(self.onward(graph, entered.clone(), |vertex| is_below.contains(&vertex))).collect();
        let lost = below.iter().copied().filter(|vertex| !kept.contains(vertex));
        let datasets = lost.clone().filter(|&vertex| self.view.dataset(vertex).is_some_and(|dataset| !graph.is_temporary(dataset)));
        let lost: HashSet<u32> = lost.collect();
        let jobs: HashSet<u32> = lost.iter().filter_map(|&vertex| self.view.job(vertex)).collect();
        let comes = |vertex: &u32| self.view.neighbors_directed(*vertex, Direction::Incoming).next().is_some();
        let hangs = |job: &&u32| {
            let vertices = self.of_jobs.get(*job).map_or(&[][..], |job| &job.vertices);
            vertices.iter().filter(|vertex| comes(vertex)).all(|vertex| lost.contains(vertex))
        };
        let jobs = jobs.iter().filter(hangs).count() as u32;
        (datasets.collect(), jobs)
    }

    /// Everything that can be reached from these over vertices that count, they themselves left out unless they are come to;
    /// the nearest first, of equally near ones the datasets by id.
    fn onward(&self, graph: &Graph, from: Vec<u32>, counts: impl Fn(u32) -> bool) -> Vec<u32> {
        let (mut found, mut seen) = (Vec::new(), HashSet::new());
        let mut layer = from;
        while !layer.is_empty() {
            let far = layer.iter().flat_map(|&vertex| self.view.neighbors(vertex));
            layer = far.filter(|&far| counts(far) && seen.insert(far)).collect();
            layer.sort_by_cached_key(|&vertex| self.view.dataset(vertex).map(|dataset| graph.dataset_id(dataset)));
            found.extend(&layer);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::freshness::sample;
    use crate::graph::When;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn dominates_what_is_lost_without_it(sample in sample::samples()) {
            let graph = sample.graph();
            let (known, sources) = (sample.known(), sample.sources());
            let found = job_dominance(LineageView::new(&graph, When::Now));
            let jobs: BTreeSet<u32> = sample.edges.iter().map(|edge| edge.2).collect();
            for &job in &jobs {
                let kept = sample.reached(sources.iter().copied(), |edge| edge.2 != job);
                let lost: BTreeSet<u32> = known.difference(&kept).copied().collect();
                prop_assert_eq!(found.of(&graph, job).into_iter().collect::<BTreeSet<_>>(), lost.clone(), "job {}", job);
                let is_read = |other: &u32| sample.edges.iter().any(|edge| edge.2 == *other && kept.contains(&edge.0));
                let idle = jobs.iter().filter(|&&other| other != job && !is_read(&other)).count();
                let expected = Hanging { datasets: lost.len() as u32, jobs: idle as u32 };
                prop_assert_eq!(found.dominated.get(&job).copied().unwrap_or_default(), expected, "job {}", job);
            }
        }

        /// Of a dataset: jobs that nothing comes to when it is taken away.
        #[test]
        fn jobs_hang_on_datasets_too(sample in sample::samples()) {
            let graph = sample.graph();
            let (known, all_sources) = (sample.known(), sample.sources());
            let found = job_dominance(LineageView::new(&graph, When::Now));
            let jobs: BTreeSet<u32> = sample.edges.iter().map(|edge| edge.2).collect();
            for &dataset in &known {
                let sources = all_sources.iter().copied().filter(|&source| source != dataset);
                let kept = sample.reached(sources, |edge| edge.0 != dataset && edge.1 != dataset);
                let is_read = |job: &u32| sample.edges.iter().any(|edge| edge.2 == *job && kept.contains(&edge.0));
                prop_assert_eq!(found.jobs_on(dataset) as usize, jobs.iter().filter(|job| !is_read(job)).count(), "dataset {}", dataset);
            }
        }
    }
}
