//! Small random estates for the tests of this room and of `estate`, with what one would work out by hand.

use super::activity::Activity;
use crate::fold::Span;
use crate::fold::flow::{Changes, FlowFact, FlowSource, Owner};
use crate::graph::{Builder, Graph, Snapshot};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How many datasets a sample has at most.
pub const DATASETS: u32 = 8;
/// How many jobs a sample has at most.
pub const JOBS: u32 = 5;

/// Who feeds whom, and when each was written.
#[derive(Clone, Debug)]
pub struct Sample {
    /// From dataset, to dataset, by job.
    pub edges: Vec<(u32, u32, u32)>,
    /// Last good writes.
    pub written: BTreeMap<u32, i64>,
}

/// Random ones, half of them without cycles.
pub fn samples() -> impl Strategy<Value = Sample> {
    let edges = prop::collection::vec((0..DATASETS, 0..DATASETS, 0..JOBS), 0..14);
    let written = prop::collection::btree_map(0..DATASETS, 0..12i64, 0..DATASETS as usize);
    (edges, written, any::<bool>()).prop_map(|(edges, written, acyclic)| {
        let edges = edges.into_iter().filter(|(from, to, _)| from != to && (!acyclic || from < to)).collect();
        Sample { edges, written }
    })
}

impl Sample {
    /// The graph: each edge is column lineage of its own, so that a job's inputs and outputs do not mix.
    pub fn graph(&self) -> Arc<Graph> {
        let (mut builder, snapshot) = (Builder::default(), Snapshot::default());
        for (place, &(from, to, job)) in self.edges.iter().enumerate() {
            let hash = schema::log::ContentHash::of(&[from as u8, to as u8]);
            let flow = FlowFact {
                owner: Owner::Job(job),
                source: FlowSource::Observed(Span { first: place as i64, last: place as i64 }),
                inputs: vec![from],
                outputs: vec![to],
                columns: vec![(to, hash)],
                inferred: Vec::new(),
                explicit: Vec::new(),
            };
            let source = crate::fold::flow::ColumnLineageFact {
                hash,
                sources: vec![(from, "x".into(), Some("x".into()), Vec::new())],
                complete: true,
            };
            let changes = Changes { flows: vec![flow], columns: vec![source], ..Changes::default() };
            builder.absorb(changes).unwrap();
        }
        builder.publish(1, &snapshot);
        snapshot.load()
    }

    /// The times as the server holds them.
    pub fn activity(&self) -> Activity {
        let mut activity = Activity::default();
        self.written.iter().for_each(|(&dataset, &at)| activity.wrote(dataset, at, 1));
        activity
    }

    /// From dataset, to dataset: over one edge or more.
    pub fn reach(&self) -> BTreeSet<(u32, u32)> {
        let mut reach: BTreeSet<(u32, u32)> = self.edges.iter().map(|&(from, to, _)| (from, to)).collect();
        loop {
            let further: Vec<(u32, u32)> = reach
                .iter()
                .flat_map(|&(from, to)| reach.iter().filter(move |next| next.0 == to).map(move |next| (from, next.1)))
                .filter(|pair| !reach.contains(pair))
                .collect();
            if further.is_empty() {
                return reach;
            }
            reach.extend(further);
        }
    }

    /// Every dataset that has an edge.
    pub fn known(&self) -> BTreeSet<u32> {
        self.edges.iter().flat_map(|edge| [edge.0, edge.1]).collect()
    }

    /// Datasets that nothing comes to but from what they reach themselves.
    pub fn sources(&self) -> Vec<u32> {
        let (reach, known) = (self.reach(), self.known());
        let is_source = |&dataset: &u32| known.iter().all(|&other| !reach.contains(&(other, dataset)) || reach.contains(&(dataset, other)));
        known.iter().copied().filter(is_source).collect()
    }

    /// What can be reached from some datasets, themselves included, over edges that are kept.
    pub fn reached(&self, from: impl IntoIterator<Item = u32>, is_kept: impl Fn(&(u32, u32, u32)) -> bool) -> BTreeSet<u32> {
        let mut found: BTreeSet<u32> = from.into_iter().collect();
        loop {
            let more = self.edges.iter().filter(|edge| found.contains(&edge.0) && is_kept(edge)).map(|edge| edge.1);
            let more: Vec<u32> = more.filter(|to| !found.contains(to)).collect();
            if more.is_empty() {
                return found;
            }
            found.extend(more);
        }
    }
}
