//! What to rerun after data was repaired, and in which order: a minimal set of jobs in layers. Jobs of one layer may run at
//! the same time, each layer after the one before.
//!
//! A job is in the plan if it is asked for, or if it makes something from data that the plan changes or was asked about.
//! What column lineage or a `lineage` facet tells apart stays apart: of a job with two outputs only the affected one
//! affects what comes after. Order is by whole jobs, since a job runs as a whole.

mod order;
mod stale;
#[cfg(test)]
mod tests;

pub use stale::stale_writers;

use crate::graph::{Direction, Graph, Link, Node, Question, When, walk};
use order::{Order, jobs_of, layers};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Why a job is in a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reason {
    /// It was asked for.
    pub requested: bool,
    /// Datasets that it reads and that change.
    pub reads: BTreeSet<u32>,
    /// Jobs that feed it without a dataset between.
    pub fed_by: BTreeSet<u32>,
    /// Jobs that it waits for by what runs say of dependencies: order only, no reason by itself.
    pub waits_for: BTreeSet<u32>,
}

/// Jobs that run together, one after the other by no fixed order when there are several: they lie on a cycle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// In order of their numbers.
    pub jobs: Vec<u32>,
}

/// A plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Steps by layer.
    pub layers: Vec<Vec<Step>>,
    /// Every job of the plan.
    pub reasons: BTreeMap<u32, Reason>,
    /// Datasets that change, by the representatives of their classes.
    pub datasets: BTreeSet<u32>,
}

/// Everything that depends on what is repaired.
#[derive(Clone, Debug, Default)]
pub struct Affected {
    /// Jobs and why.
    pub reasons: BTreeMap<u32, Reason>,
    /// Datasets that change.
    pub datasets: BTreeSet<u32>,
    /// What must be done before what: jobs and the datasets between them.
    order: BTreeSet<(Node, Node)>,
}

impl Affected {
    /// Downstream of these datasets, which are good by now, of these jobs, which are to be rerun, and of what runs wrote:
    /// runs by their jobs and outputs. All by lineage that held then.
    pub fn new(graph: &Graph, when: When, datasets: &[u32], jobs: &[u32], runs: &[(u32, Vec<u32>)]) -> Self {
        let mut start: Vec<Node> = datasets.iter().map(|&dataset| Node::Dataset(dataset)).collect();
        start.extend(jobs.iter().map(|&job| Node::Job(job)));
        start.extend(runs.iter().flat_map(|(_, written)| written).map(|&dataset| Node::Dataset(dataset)));
        start.sort_unstable();
        start.dedup();
        let given: BTreeSet<u32> = datasets.iter().map(|&dataset| graph.representative(dataset)).collect();
        // Temporary datasets are steps of their own: who writes one must run before who reads it.
        let question = Question { start, when, temporary: true, ..Question::all(Node::Job(0), Direction::Downstream) };
        let links = walk(graph, &question).links;
        let mut affected = Self::default();
        links.iter().for_each(|link| affected.take(link));
        for &job in jobs.iter().chain(runs.iter().map(|(job, _)| job)) {
            affected.reasons.entry(job).or_default().requested = true;
        }
        for (job, written) in runs {
            let written: BTreeSet<u32> = written.iter().map(|&dataset| graph.representative(dataset)).collect();
            affected.order.extend(written.iter().map(|&dataset| (Node::Job(*job), Node::Dataset(dataset))));
            affected.datasets.extend(written);
        }
        // What was given and nothing in the plan writes does not change.
        let written: HashSet<u32> = affected.order.iter().filter_map(|edge| dataset(edge.1)).collect();
        affected.datasets.retain(|dataset| !given.contains(dataset) || written.contains(dataset));
        affected
    }

    fn take(&mut self, link: &Link) {
        let (from, to) = (link.edge.from, link.edge.to);
        self.datasets.extend(dataset(to));
        let Some(job) = link.edge.job(link.owner) else {
            // A dataset that declares its own origin, such as a view: nobody runs, the order passes through.
            self.order.insert((from, to));
            return;
        };
        match (from, to) {
            (Node::Job(feeding), Node::Job(fed)) => {
                self.reasons.entry(fed).or_default().fed_by.insert(feeding);
                self.order.insert((from, to));
            }
            _ => {
                let reason = self.reasons.entry(job).or_default();
                reason.reads.extend(dataset(from));
                self.order.extend(dataset(from).map(|_| (from, Node::Job(job))));
                self.order.extend(dataset(to).map(|_| (Node::Job(job), to)));
            }
        }
    }

    /// The plan; `control` says which jobs wait for which, from and to, and `is_done` of a job, and of those that it directly
    /// waits for, whether it has run since and need not again.
    pub fn plan(mut self, control: &[(u32, u32)], is_done: impl Fn(u32, &BTreeSet<u32>) -> bool) -> Plan {
        for &(before, after) in control.iter().filter(|(before, after)| before != after) {
            if let (true, Some(reason)) = (self.reasons.contains_key(&before), self.reasons.get_mut(&after)) {
                reason.waits_for.insert(before);
                self.order.insert((Node::Job(before), Node::Job(after)));
            }
        }
        let done = self.done(is_done);
        let mut plan = Plan { layers: layers(&self.order, &self.reasons, &done), reasons: self.reasons, datasets: self.datasets };
        plan.reasons.retain(|job, _| !done.contains(job));
        plan
    }

    /// Jobs that need not run: they have, after everything that they wait for, none of which needs to.
    fn done(&self, is_done: impl Fn(u32, &BTreeSet<u32>) -> bool) -> HashSet<u32> {
        let graph = Order::new(&self.order, &self.reasons);
        let before = self.directly_before();
        let mut done: HashSet<u32> = HashSet::new();
        for jobs in graph.components.iter().map(|component| jobs_of(component)).filter(|jobs| !jobs.is_empty()) {
            let together: HashSet<u32> = jobs.iter().copied().collect();
            let ready = |job: &u32| {
                let others = before.get(job).into_iter().flatten().copied();
                let waits: BTreeSet<u32> = others.filter(|other| !together.contains(other)).collect();
                waits.iter().all(|other| done.contains(other)) && is_done(*job, &waits)
            };
            if jobs.iter().all(ready) {
                done.extend(jobs);
            }
        }
        done
    }

    /// Jobs of the plan that a job waits for, over datasets that nobody runs for.
    fn directly_before(&self) -> HashMap<u32, BTreeSet<u32>> {
        let mut into: HashMap<Node, Vec<Node>> = HashMap::new();
        self.order.iter().for_each(|&(from, to)| into.entry(to).or_default().push(from));
        let mut before = HashMap::new();
        for &job in self.reasons.keys() {
            let (mut open, mut seen, mut found) = (vec![Node::Job(job)], HashSet::new(), BTreeSet::new());
            while let Some(node) = open.pop() {
                for &from in into.get(&node).into_iter().flatten().filter(|&&from| seen.insert(from)) {
                    match from {
                        Node::Job(other) => drop(found.insert(other)),
                        dataset => open.push(dataset),
                    }
                }
            }
            found.remove(&job);
            before.insert(job, found);
        }
        before
    }
}

fn dataset(node: Node) -> Option<u32> {
    if let Node::Dataset(dataset) = node { Some(dataset) } else { None }
}
