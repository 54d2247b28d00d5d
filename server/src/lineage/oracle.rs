//! The engine against what one would write by hand: random flows, times, filters; lists of edges and a
//! loop instead of a graph.

use super::answer::Vertex;
use super::ask;
use super::question::{Granularity, Question};
use super::select::Predicate;
use super::{Confidence, answer::Answer};
use crate::fold::Span;
use crate::fold::flow::{Changes, ColumnLineageFact, FlowFact, FlowSource, Owner};
use crate::graph::{Builder, Direction, Graph, Influence, Kinds, Outcome, Snapshot, When};
use proptest::prelude::*;
use schema::log::ContentHash;
use schema::openlineage::facets::Transformation;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const DATASETS: u32 = 9;

/// A run: job, time, what it read and wrote.
type Run = (u32, i64, BTreeSet<u32>, BTreeSet<u32>);

fn runs() -> impl Strategy<Value = Vec<Run>> {
    let datasets = || prop::collection::btree_set(0..DATASETS, 0..4);
    prop::collection::vec((0..6u32, 0..10i64, datasets(), datasets()), 1..14)
}

fn when() -> impl Strategy<Value = When> {
    prop_oneof![Just(When::Now), (0..10i64).prop_map(When::At), (0..10i64, 0..10i64).prop_map(|(a, b)| When::During(a.min(b), a.max(b))),]
}

fn fact(job: u32, time: i64, inputs: &BTreeSet<u32>, outputs: &BTreeSet<u32>) -> FlowFact {
    FlowFact {
        owner: Owner::Job(job),
        source: FlowSource::Observed(Span { first: time, last: time }),
        inputs: inputs.iter().copied().collect(),
        outputs: outputs.iter().copied().collect(),
        columns: Vec::new(),
        inferred: Vec::new(),
        explicit: Vec::new(),
    }
}

fn graph(changes: Vec<Changes>) -> Arc<Graph> {
    let (mut builder, snapshot) = (Builder::default(), Snapshot::default());
    for changes in changes {
        builder.absorb(changes).unwrap();
    }
    builder.publish(1, &snapshot);
    snapshot.load()
}

/// First and last evidence by input, output and job.
fn edges(runs: &[Run]) -> BTreeMap<(u32, u32, u32), (i64, i64)> {
    let mut edges = BTreeMap::new();
    for (job, time, inputs, outputs) in runs {
        for (&input, &output) in inputs.iter().flat_map(|input| outputs.iter().map(move |output| (input, output))) {
            let span = edges.entry((input, output, *job)).or_insert((*time, *time));
            *span = (span.0.min(*time), span.1.max(*time));
        }
    }
    edges
}

fn is_alone(runs: &[Run], job: u32) -> bool {
    let all = |side: fn(&Run) -> &BTreeSet<u32>| runs.iter().filter(|run| run.0 == job).flat_map(side).collect::<BTreeSet<_>>().len();
    all(|run| &run.2) < 2 || all(|run| &run.3) < 2
}

/// Steps from each vertex; what is found is walked on from unless it stops.
fn spread<V: Copy + Ord>(
    starts: &BTreeSet<V>,
    max: Option<u32>,
    steps: impl Fn(V) -> BTreeSet<V>,
    stops: impl Fn(V) -> bool,
) -> BTreeMap<V, u32> {
    let mut found: BTreeMap<V, u32> = starts.iter().map(|&start| (start, 0)).collect();
    let mut depth = 0;
    loop {
        let here: Vec<V> = found.iter().filter(|(v, d)| **d == depth && (depth == 0 || !stops(**v))).map(|(v, _)| *v).collect();
        let next: BTreeSet<V> = here.into_iter().flat_map(&steps).filter(|v| !found.contains_key(v)).collect();
        depth += 1;
        if next.is_empty() || max.is_some_and(|max| depth > max) {
            return found;
        }
        found.extend(next.into_iter().map(|v| (v, depth)));
    }
}

fn datasets(answer: &Answer) -> BTreeMap<u32, u32> {
    let dataset =
        |(vertex, distance): &(Vertex, u32)| if let Vertex::Dataset(dataset) = vertex { Some((*dataset, *distance)) } else { None };
    answer.nodes.iter().filter_map(dataset).collect()
}

fn pairs(answer: &Answer) -> BTreeSet<(u32, u32, u32)> {
    let pair = |edge: &super::answer::AnswerEdge| match (&edge.from, &edge.to, edge.job) {
        (Vertex::Dataset(from), Vertex::Dataset(to), Some(job)) => Some((*from, *to, job)),
        _ => None,
    };
    answer.edges.iter().filter_map(pair).collect()
}

fn set() -> impl Strategy<Value = BTreeSet<u32>> {
    prop::collection::btree_set(0..DATASETS, 1..4)
}

proptest! {
    #[test]
    fn datasets_as_by_hand(
        runs in runs(),
        starts in set(),
        down in any::<bool>(),
        when in when(),
        min_depth in 0..2u32,
        max_depth in prop::option::of(0..4u32),
        stop in prop::option::of(set()),
        wanted in prop::option::of(set()),
        sure in prop::option::of(0..4usize),
        since in prop::option::of(0..10i64),
    ) {
        let ours = graph(runs.iter().map(|(job, time, inputs, outputs)| {
            Changes { flows: vec![fact(*job, *time, inputs, outputs)], ..Changes::default() }
        }).collect());
        let question = Question {
            start: starts.iter().map(|&dataset| Vertex::Dataset(dataset)).collect(),
            directions: vec![if down { Direction::Downstream } else { Direction::Upstream }],
            min_depth,
            max_depth,
            when,
            stop_at: stop.clone().map(|set| Predicate::Datasets(set.into_iter().collect())),
            filter: wanted.clone().map(|set| Predicate::Datasets(set.into_iter().collect())),
            min_confidence: sure.map(|level| Confidence::ALL[level]),
            seen_since: since,
            datasets_only: true,
            ..Question::default()
        };
        let answer = ask(&ours, &question);

        let holding: BTreeSet<(u32, u32, u32)> = edges(&runs).into_iter().filter(|((.., job), (first, last))| {
            let confidence = if is_alone(&runs, *job) { Confidence::TableLevel } else { Confidence::Assumed };
            when.meets(*first, i64::MAX) && since.is_none_or(|since| *last >= since) && sure.is_none_or(|level| confidence <= Confidence::ALL[level])
        }).map(|(ends, _)| ends).collect();
        let steps = |at: u32| holding.iter().filter(|(from, to, _)| if down { *from == at } else { *to == at })
            .map(|(from, to, _)| if down { *to } else { *from }).collect::<BTreeSet<_>>();
        let reached = spread(&starts, max_depth, steps, |dataset| stop.as_ref().is_some_and(|stop| stop.contains(&dataset)));
        let listed: BTreeMap<u32, u32> = reached.iter().map(|(dataset, distance)| (*dataset, *distance)).filter(|(dataset, distance)| {
            *distance >= min_depth && (*distance == 0 || wanted.as_ref().is_none_or(|wanted| wanted.contains(dataset)))
        }).collect();
        prop_assert_eq!(&datasets(&answer), &listed);
        // An edge is there when its nearer end was walked on from.
        let is_walked = |near: u32| reached.get(&near).is_some_and(|distance| {
            max_depth.is_none_or(|max| *distance < max) && (*distance == 0 || stop.as_ref().is_none_or(|stop| !stop.contains(&near)))
        });
        let between: BTreeSet<(u32, u32, u32)> = holding.iter().copied().filter(|(from, to, _)| {
            is_walked(if down { *from } else { *to }) && listed.contains_key(from) && listed.contains_key(to)
        }).collect();
        prop_assert_eq!(pairs(&answer), between);
    }
}

/// Where the short way is over an edge that is left out, what lies behind it is farther, and may be too far.
#[test]
fn what_is_left_out_is_no_short_way() {
    let run = |(job, time, input, output): (u32, i64, u32, u32)| Changes {
        flows: vec![fact(job, time, &[input].into(), &[output].into())],
        ..Changes::default()
    };
    // From 0 to 2 at once long ago, and by 1 later; then on to 3.
    let ours = graph([(0, 0, 0, 2), (1, 5, 0, 1), (2, 5, 1, 2), (3, 5, 2, 3)].into_iter().map(run).collect());
    let question = Question {
        start: vec![Vertex::Dataset(0)],
        directions: vec![Direction::Downstream],
        max_depth: Some(2),
        seen_since: Some(1),
        datasets_only: true,
        ..Question::default()
    };
    let answer = ask(&ours, &question);
    assert_eq!(datasets(&answer), [(0, 0), (1, 1), (2, 2)].into());
    assert_eq!(pairs(&answer), [(0, 1, 1), (1, 2, 2)].into());
}

/// A column, or `None` for the whole dataset.
type End = (u32, Option<u8>);

/// A job's column lineage of its output: source, target column or the whole, and what it does.
type Facet = (u32, Vec<(u32, u8, Option<u8>, usize, bool)>);

fn facets() -> impl Strategy<Value = Vec<Facet>> {
    let source = (0..5u32, 0..3u8, prop::option::weighted(0.8, 0..3u8), 0..11usize, any::<bool>());
    prop::collection::vec((0..5u32, prop::collection::vec(source, 1..5)), 1..7)
}

fn outcome(influence: usize, masked: bool) -> Outcome {
    Outcome { influence: Influence::ALL[influence], masked }
}

fn asserted((job, (output, sources)): (usize, &Facet)) -> Changes {
    let hash = ContentHash::of(&(job as u64).to_le_bytes());
    let inputs: BTreeSet<u32> = sources.iter().map(|source| source.0).collect();
    let packed = sources.iter().map(|&(dataset, column, target, influence, masked)| {
        (dataset, format!("c{column}"), target.map(|target| format!("c{target}")), vec![Transformation::from(outcome(influence, masked))])
    });
    let flow = FlowFact { columns: vec![(*output, hash)], ..fact(job as u32, 0, &inputs, &[*output].into()) };
    let columns = vec![ColumnLineageFact { hash, sources: packed.collect(), complete: true }];
    Changes { flows: vec![flow], columns, ..Changes::default() }
}

fn vertex((dataset, column): End) -> Vertex {
    column.map_or(Vertex::Dataset(dataset), |column| Vertex::Column(dataset, format!("c{column}").into()))
}

proptest! {
    #[test]
    fn columns_as_by_hand(
        facets in facets(),
        start in (0..5u32, 0..3u8),
        down in any::<bool>(),
        max_depth in prop::option::of(0..4u32),
        wanted in prop::option::of(prop::collection::btree_set(0..11usize, 1..5)),
    ) {
        let ours = graph(facets.iter().enumerate().map(asserted).collect());
        let wanted: Option<Vec<Influence>> = wanted.map(|wanted| wanted.into_iter().map(|place| Influence::ALL[place]).collect());
        let start = (start.0, Some(start.1));
        let question = Question {
            start: vec![vertex(start)],
            directions: vec![if down { Direction::Downstream } else { Direction::Upstream }],
            max_depth,
            granularity: Granularity::Column,
            kinds: Kinds { wanted: wanted.clone().unwrap_or_default() },
            ..Question::default()
        };
        let answer = ask(&ours, &question);
        let counts = |influence: usize| wanted.as_ref().is_none_or(|wanted| wanted.contains(&Influence::ALL[influence]));
        let decisions = wanted.as_ref().is_none_or(|wanted| wanted.iter().any(|influence| !influence.is_direct()));
        let hops: BTreeSet<(End, End)> = facets.iter().flat_map(|(output, sources)| {
            sources.iter().filter(|source| counts(source.3)).map(|source| ((source.0, Some(source.1)), (*output, source.2)))
        }).collect();
        let steps = |here: End| hops.iter().filter_map(|&(from, to)| {
            let (near, far) = if down { (from, to) } else { (to, from) };
            let is_here = near == here || (here.1.is_none() && near.0 == here.0);
            // Who decides about the rows of a dataset decides about each of its columns.
            let decides = !down && near == (here.0, None) && decisions;
            (is_here || decides).then_some(far)
        }).collect::<BTreeSet<_>>();
        let reached = spread(&[start].into(), max_depth, steps, |_| false);
        let found: BTreeMap<Vertex, u32> = answer.nodes.into_iter().collect();
        prop_assert_eq!(found, reached.into_iter().map(|(end, distance)| (vertex(end), distance)).collect::<BTreeMap<_, _>>());
    }

    #[test]
    fn a_column_edge_is_seen_from_both_ends(facets in facets(), a in (0..5u32, 0..3u8), b in (0..5u32, 0..3u8)) {
        let ours = graph(facets.iter().enumerate().map(asserted).collect());
        let (a, b) = (vertex((a.0, Some(a.1))), vertex((b.0, Some(b.1))));
        // What decides about a whole dataset is drawn at the dataset, and seen from its columns at each of them.
        let ends = [b.clone(), Vertex::Dataset(b.node().dataset().unwrap())];
        let edges = |start: &Vertex, direction| {
            let directions = vec![direction];
            let question = Question { start: vec![start.clone()], directions, max_depth: Some(1), granularity: Granularity::Column, ..Question::default() };
            let between = ask(&ours, &question).edges.into_iter().filter(|edge| edge.from == a && ends.contains(&edge.to));
            between.flat_map(|edge| edge.transformations.iter().map(|how| (edge.job, how.clone())).collect::<Vec<_>>()).collect::<BTreeSet<_>>()
        };
        prop_assert_eq!(edges(&a, Direction::Downstream), edges(&b, Direction::Upstream));
    }
}
