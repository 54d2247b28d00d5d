//! What to rerun after data was repaired, and in which order: a minimal set of jobs in layers. Jobs of one layer may run at
//! the same time, each layer after the one before.
//!
//! A job is in the plan if it is asked for, or if it makes something from data that the plan changes or was asked about.
//! What column lineage or a `lineage` facet tells apart stays apart: of a job with two outputs only the affected one
//! affects what comes after. Order is by whole jobs, since a job runs as a whole.

use super::assess::{Assessed, State};
use crate::graph::{Direction, Graph, Link, Node, Question, When, walk};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
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
    /// runs by their jobs and outputs.
    pub fn new(graph: &Graph, datasets: &[u32], jobs: &[u32], runs: &[(u32, Vec<u32>)]) -> Self {
        let mut start: Vec<Node> = datasets.iter().map(|&dataset| Node::Dataset(dataset)).collect();
        start.extend(jobs.iter().map(|&job| Node::Job(job)));
        start.extend(runs.iter().flat_map(|(_, written)| written).map(|&dataset| Node::Dataset(dataset)));
        start.sort_unstable();
        start.dedup();
        let given: BTreeSet<u32> = datasets.iter().map(|&dataset| graph.representative(dataset)).collect();
        // Temporary datasets are steps of their own: who writes one must run before who reads it.
        let question = Question { start, temporary: true, ..Question::all(Node::Job(0), Direction::Downstream) };
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

/// Jobs that would make stale datasets good, each with those datasets: they make one from an input that is newer, or from
/// something that has a newer one above.
pub fn stale_writers(graph: &Graph, assessed: &[Assessed]) -> Vec<(u32, Vec<u32>)> {
    let by_dataset: HashMap<u32, &Assessed> = assessed.iter().map(|one| (one.dataset, one)).collect();
    let mut writers: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for stale in assessed.iter().filter(|one| one.state == State::Stale) {
        let written = stale.write.map_or(i64::MIN, |write| write.at);
        for link in graph.steps(Node::Dataset(stale.dataset), Direction::Upstream, When::Now) {
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

/// What must be done before what, cycles as one.
struct Order {
    /// Earliest first.
    components: Vec<Vec<Node>>,
    /// Components directly before each.
    before: Vec<Vec<usize>>,
}

impl Order {
    fn new(order: &BTreeSet<(Node, Node)>, reasons: &BTreeMap<u32, Reason>) -> Self {
        let mut graph: DiGraph<Node, ()> = DiGraph::new();
        let mut places: HashMap<Node, NodeIndex> = HashMap::new();
        let nodes = reasons.keys().map(|&job| Node::Job(job)).chain(order.iter().flat_map(|&(from, to)| [from, to]));
        for node in nodes {
            places.entry(node).or_insert_with(|| graph.add_node(node));
        }
        for (from, to) in order {
            graph.add_edge(places[from], places[to], ());
        }
        // Latest first. `condensation` would look through all edges of a component for each edge that it adds.
        let mut components = kosaraju_scc(&graph);
        components.reverse();
        let mut component_of = vec![0; graph.node_count()];
        for (place, component) in components.iter().enumerate() {
            component.iter().for_each(|node| component_of[node.index()] = place);
        }
        let mut before = vec![Vec::new(); components.len()];
        for edge in graph.edge_references() {
            let (from, to) = (component_of[edge.source().index()], component_of[edge.target().index()]);
            if from != to {
                before[to].push(from);
            }
        }
        let components = components.into_iter().map(|component| component.into_iter().map(|node| graph[node]).collect());
        Self { components: components.collect(), before }
    }
}

/// Steps by the longest way to them, counted in steps that are left to do.
fn layers(order: &BTreeSet<(Node, Node)>, reasons: &BTreeMap<u32, Reason>, done: &HashSet<u32>) -> Vec<Vec<Step>> {
    let order = Order::new(order, reasons);
    let mut depth = vec![0; order.components.len()];
    let mut layers: Vec<Vec<Step>> = Vec::new();
    for (place, component) in order.components.iter().enumerate() {
        let mut jobs = jobs_of(component);
        jobs.retain(|job| reasons.contains_key(job) && !done.contains(job));
        let layer = order.before[place].iter().map(|&other| depth[other]).max().unwrap_or(0);
        depth[place] = layer + usize::from(!jobs.is_empty());
        if !jobs.is_empty() {
            layers.resize_with(layers.len().max(layer + 1), Vec::new);
            layers[layer].push(Step { jobs });
        }
    }
    layers.iter_mut().for_each(|layer| layer.sort_by(|a, b| a.jobs.cmp(&b.jobs)));
    layers
}

fn jobs_of(component: &[Node]) -> Vec<u32> {
    let mut jobs: Vec<u32> = component.iter().filter_map(|node| if let Node::Job(job) = node { Some(*job) } else { None }).collect();
    jobs.sort_unstable();
    jobs
}

fn dataset(node: Node) -> Option<u32> {
    if let Node::Dataset(dataset) = node { Some(dataset) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::freshness::sample::{self, JOBS, Sample};
    use proptest::prelude::*;

    /// Datasets that change and jobs that must run, until nothing more does.
    fn naive(sample: &Sample, datasets: &[u32], jobs: &[u32]) -> (BTreeSet<u32>, BTreeSet<u32>) {
        let mut changed: BTreeSet<u32> = datasets.iter().copied().collect();
        changed.extend(sample.edges.iter().filter(|edge| jobs.contains(&edge.2)).map(|edge| edge.1));
        loop {
            let more: Vec<u32> = sample.edges.iter().filter(|edge| changed.contains(&edge.0)).map(|edge| edge.1).collect();
            let before = changed.len();
            changed.extend(more);
            if changed.len() == before {
                break;
            }
        }
        let run = sample.edges.iter().filter(|edge| changed.contains(&edge.0)).map(|edge| edge.2).chain(jobs.iter().copied()).collect();
        (changed, run)
    }

    /// Which job must wait for which: it reads what the other writes, as far as that changes.
    fn waits(sample: &Sample, changed: &BTreeSet<u32>, jobs: &[u32]) -> BTreeSet<(u32, u32)> {
        let writes = |edge: &&(u32, u32, u32)| changed.contains(&edge.0) || jobs.contains(&edge.2);
        let mut waits: BTreeSet<(u32, u32)> = BTreeSet::new();
        for writing in sample.edges.iter().filter(writes) {
            let reading = sample.edges.iter().filter(|edge| edge.0 == writing.1);
            waits.extend(reading.map(|reading| (writing.2, reading.2)));
        }
        loop {
            let further: Vec<(u32, u32)> = waits
                .iter()
                .flat_map(|&(a, b)| waits.iter().filter(move |next| next.0 == b).map(move |next| (a, next.1)))
                .filter(|pair| !waits.contains(pair))
                .collect();
            if further.is_empty() {
                return waits;
            }
            waits.extend(further);
        }
    }

    proptest! {
        #[test]
        fn minimal_complete_and_in_order(
            sample in sample::samples(),
            datasets in prop::collection::vec(0..sample::DATASETS, 0..3),
            jobs in prop::collection::vec(0..JOBS, 0..2),
        ) {
            let graph = sample.graph();
            let known = |job: &u32| sample.edges.iter().any(|edge| edge.2 == *job);
            let jobs: Vec<u32> = jobs.into_iter().filter(known).collect();
            let plan = Affected::new(&graph, &datasets, &jobs, &[]).plan(&[], |_, _| false);
            let (changed, run) = naive(&sample, &datasets, &jobs);
            prop_assert!(plan.reasons.keys().eq(&run), "minimal and complete: {:?} is not {:?}", plan.reasons, run);
            let written: BTreeSet<u32> = sample.edges.iter().filter(|edge| changed.contains(&edge.0) || jobs.contains(&edge.2)).map(|edge| edge.1).collect();
            prop_assert_eq!(&plan.datasets, &written);
            let waits = waits(&sample, &changed, &jobs);
            let layer: BTreeMap<u32, usize> =
                plan.layers.iter().enumerate().flat_map(|(at, steps)| steps.iter().flat_map(move |step| step.jobs.iter().map(move |&job| (job, at)))).collect();
            prop_assert_eq!(layer.len(), run.len(), "every job once");
            prop_assert_eq!(plan.layers.iter().flatten().map(|step| step.jobs.len()).sum::<usize>(), run.len());
            for step in plan.layers.iter().flatten() {
                for (&a, &b) in step.jobs.iter().flat_map(|a| step.jobs.iter().map(move |b| (a, b))).filter(|(a, b)| a != b) {
                    prop_assert!(waits.contains(&(a, b)), "{a} and {b} are one step and no cycle");
                }
            }
            for &(before, after) in waits.iter().filter(|(before, after)| before != after && !waits.contains(&(*after, *before))) {
                prop_assert!(layer[&before] < layer[&after], "{before} before {after}");
            }
            for (at, steps) in plan.layers.iter().enumerate().skip(1) {
                for step in steps {
                    let has_reason = step.jobs.iter().any(|&job| waits.iter().any(|&(before, after)| after == job && layer[&before] == at - 1));
                    prop_assert!(has_reason, "{:?} could run earlier", step.jobs);
                }
            }
        }

        #[test]
        fn what_is_done_is_left_out_and_nothing_after_what_is_not(
            sample in sample::samples(),
            start in 0..sample::DATASETS,
            fit in prop::collection::btree_set(0..JOBS, 0..JOBS as usize),
        ) {
            let graph = sample.graph();
            let whole = Affected::new(&graph, &[start], &[], &[]).plan(&[], |_, _| false);
            let rest = Affected::new(&graph, &[start], &[], &[]).plan(&[], |job, _| fit.contains(&job));
            let (changed, _) = naive(&sample, &[start], &[]);
            let waits = waits(&sample, &changed, &[]);
            for job in whole.reasons.keys() {
                // A cycle runs as one: all of it or nothing.
                let cycle = |other: u32| waits.contains(&(other, *job)) && waits.contains(&(*job, other));
                let above = (0..JOBS).filter(|&other| other == *job || waits.contains(&(other, *job)));
                let is_done = above.clone().chain((0..JOBS).filter(|&other| cycle(other))).all(|other| fit.contains(&other));
                prop_assert_eq!(rest.reasons.contains_key(job), !is_done, "job {}", job);
            }
        }
    }

    proptest! {
        #[test]
        fn everything_stale_is_made_anew(sample in sample::samples()) {
            let graph = sample.graph();
            let assessed = crate::freshness::assess(&graph, crate::graph::LineageView(&graph), &sample.activity());
            let writers = stale_writers(&graph, &assessed);
            let plan = Affected::new(&graph, &[], &[], &writers).plan(&[], |_, _| false);
            for one in assessed.iter().filter(|one| matches!(one.state, State::Stale | State::Behind)) {
                prop_assert!(plan.datasets.contains(&one.dataset), "dataset {} stays as it is", one.dataset);
            }
            let is_stale = |dataset: &u32| assessed.iter().any(|one| one.dataset == *dataset && one.state == State::Stale);
            for (job, written) in &writers {
                prop_assert!(written.iter().all(is_stale), "job {} writes what is not stale", job);
                prop_assert!(written.iter().all(|to| sample.edges.iter().any(|edge| edge.1 == *to && edge.2 == *job)));
            }
            prop_assert_eq!(writers.is_empty(), !assessed.iter().any(|one| one.state == State::Stale));
        }
    }

    #[test]
    fn control_flow_orders_what_is_in_the_plan_and_adds_nothing() {
        let sample = Sample { edges: vec![(0, 1, 0), (0, 2, 1), (5, 6, 4)], written: BTreeMap::new() };
        let graph = sample.graph();
        let plan = Affected::new(&graph, &[0], &[], &[]).plan(&[(1, 0), (4, 1)], |_, _| false);
        let layers: Vec<Vec<Vec<u32>>> = plan.layers.iter().map(|layer| layer.iter().map(|step| step.jobs.clone()).collect()).collect();
        assert_eq!(layers, [[[1]], [[0]]]);
        assert_eq!(plan.reasons[&0].waits_for, [1].into());
        // Each waits for the other: one step.
        let plan = Affected::new(&graph, &[0], &[], &[]).plan(&[(1, 0), (0, 1)], |_, _| false);
        assert_eq!(plan.layers, [[Step { jobs: vec![0, 1] }]]);
    }
}
