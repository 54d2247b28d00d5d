//! Plans against the naive way: until nothing changes.

use super::*;
use crate::freshness::State;
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
        let plan = Affected::new(&graph, When::Now, &datasets, &jobs, &[]).plan(&[], |_, _| false);
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
        let whole = Affected::new(&graph, When::Now, &[start], &[], &[]).plan(&[], |_, _| false);
        let rest = Affected::new(&graph, When::Now, &[start], &[], &[]).plan(&[], |job, _| fit.contains(&job));
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
        let view = crate::graph::LineageView::new(&graph, When::Now);
        let assessed = crate::freshness::assess(view, view, &sample.activity());
        let writers = stale_writers(&graph, When::Now, &assessed);
        let plan = Affected::new(&graph, When::Now, &[], &[], &writers).plan(&[], |_, _| false);
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
    let plan = Affected::new(&graph, When::Now, &[0], &[], &[]).plan(&[(1, 0), (4, 1)], |_, _| false);
    let layers: Vec<Vec<Vec<u32>>> = plan.layers.iter().map(|layer| layer.iter().map(|step| step.jobs.clone()).collect()).collect();
    assert_eq!(layers, [[[1]], [[0]]]);
    assert_eq!(plan.reasons[&0].waits_for, [1].into());
    // Each waits for the other: one step.
    let plan = Affected::new(&graph, When::Now, &[0], &[], &[]).plan(&[(1, 0), (0, 1)], |_, _| false);
    assert_eq!(plan.layers, [[Step { jobs: vec![0, 1] }]]);
}
