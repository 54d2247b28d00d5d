//! The short way against the long one: what `reach` finds over bare arrays is what `walk` finds over the edges,
//! whatever happened to the graph since the arrays were told, and whatever is special about it.

use super::{
    Basis, Builder, ColumnNode, ColumnQuestion, Direction, Graph, Node, Question, Snapshot, When, reach, reach_columns, walk, walk_columns,
};
use crate::fold::flow::{Changes, ColumnLineageFact, End, ExplicitLineageFact, FlowFact, FlowSource, Owner, Stated};
use crate::fold::identity::Identity;
use crate::fold::{Span, Stamp};
use proptest::prelude::*;
use schema::log::ContentHash;
use schema::openlineage::facets::Transformation;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const DATASETS: u32 = 12;
const JOBS: u32 = 6;
const NAMES: [&str; 4] = ["a", "a.b", "c", "a.b.c"];

/// Something that a batch brings.
#[derive(Clone, Debug)]
pub enum Act {
    /// A job's run, and what it says outright feeds what (odd numbers are jobs).
    Run(u32, Vec<u32>, Vec<u32>, Vec<(u32, u32)>),
    /// A job says what it would read and write.
    Declared(u32, Vec<u32>, Vec<u32>),
    /// A run over more pairs than are kept one by one: all datasets from the first on, and many others, to all up to the second.
    Wide(u32, u32, u32),
    /// A run with column lineage of its output, said or inferred: source, its column, the output's column or all of it, how.
    Columns(u32, u32, Vec<(u32, usize, Option<usize>, usize)>, bool),
    /// What a dataset is: its aliases, whether it is temporary, whether it was dropped just now.
    Identity(u32, Option<u32>, bool, bool),
}

pub fn acts() -> impl Strategy<Value = Vec<Vec<Act>>> {
    let datasets = || prop::collection::btree_set(0..DATASETS, 0..3).prop_map(|set| set.into_iter().collect::<Vec<_>>());
    let said = prop::collection::vec((0..2 * DATASETS, 0..2 * DATASETS), 0..2);
    let hop = (0..DATASETS, 0..NAMES.len(), prop::option::weighted(0.8, 0..NAMES.len()), 0..3usize);
    let hops = prop::collection::vec(hop, 1..5);
    let act = prop_oneof![
        6 => (0..JOBS, datasets(), datasets(), said).prop_map(|(job, inputs, outputs, said)| Act::Run(job, inputs, outputs, said)),
        1 => (0..JOBS, datasets(), datasets()).prop_map(|(job, inputs, outputs)| Act::Declared(job, inputs, outputs)),
        1 => (0..JOBS, 0..DATASETS, 0..DATASETS).prop_map(|(job, from, to)| Act::Wide(job, from, to)),
        5 => (0..JOBS, 0..DATASETS, hops, prop::bool::weighted(0.2))
            .prop_map(|(job, output, hops, inferred)| Act::Columns(job, output, hops, inferred)),
        5 => (0..4u32, prop::option::weighted(0.3, 0..DATASETS), any::<bool>(), any::<bool>())
            .prop_map(|(id, same, temporary, gone)| Act::Identity(id, same, temporary, gone)),
    ];
    prop::collection::vec(prop::collection::vec(act, 1..4), 1..8)
}

fn end(number: u32) -> End {
    if number.is_multiple_of(2) { End::Dataset(number / 2) } else { End::Job(number / 2 % JOBS) }
}

fn how_of(kind: &str, subtype: &str) -> Vec<Transformation> {
    vec![Transformation { kind: kind.into(), subtype: Some(subtype.into()), description: None, masking: false }]
}

fn flow(job: u32, source: FlowSource, inputs: &[u32], outputs: &[u32]) -> FlowFact {
    let (inputs, outputs) = (inputs.to_vec(), outputs.to_vec());
    FlowFact { owner: Owner::Job(job), source, inputs, outputs, columns: Vec::new(), inferred: Vec::new(), explicit: Vec::new() }
}

pub fn changes(act: &Act, time: i64) -> Changes {
    let hash = ContentHash::of(&time.to_le_bytes());
    let observed = FlowSource::Observed(Span { first: time, last: time });
    let mut changes = Changes::default();
    match act {
        Act::Run(job, inputs, outputs, said) => {
            let stated = |&(source, target): &(u32, u32)| Stated {
                target: end(target),
                target_field: None,
                source: Some(end(source)),
                source_field: None,
                transformations: Vec::new(),
            };
            let explicit = if said.is_empty() { Vec::new() } else { vec![hash] };
            changes.flows.push(FlowFact { explicit, ..flow(*job, observed, inputs, outputs) });
            if !said.is_empty() {
                changes.explicit.push(ExplicitLineageFact { hash, statements: said.iter().map(stated).collect() });
            }
        }
        Act::Declared(job, inputs, outputs) => {
            changes.flows.push(flow(*job, FlowSource::Declared(Stamp { time, rank: 0, hash }), inputs, outputs));
        }
        Act::Wide(job, from, to) => {
            let inputs: Vec<u32> = (*from..100).collect();
            let outputs: Vec<u32> = (0..*to).chain(200..260).collect();
            changes.flows.push(flow(*job, observed, &inputs, &outputs));
        }
        Act::Columns(job, output, hops, inferred) => {
            let hop = |&(source, field, target, how): &(u32, usize, Option<usize>, usize)| {
                let how = [Vec::new(), how_of("DIRECT", "IDENTITY"), how_of("INDIRECT", "FILTER")][how].clone();
                (source, NAMES[field].to_owned(), target.map(|target| NAMES[target].to_owned()), how)
            };
            // Said again it is the same facet.
            let hash = ContentHash::of(format!("{hops:?}").as_bytes());
            let mut inputs: Vec<u32> = hops.iter().map(|hop| hop.0).collect();
            inputs.sort_unstable();
            inputs.dedup();
            let mut fact = flow(*job, observed, &inputs, &[*output]);
            *if *inferred { &mut fact.inferred } else { &mut fact.columns } = vec![(*output, hash)];
            changes.flows.push(fact);
            changes.columns.push(ColumnLineageFact { hash, sources: hops.iter().map(hop).collect(), complete: true });
        }
        Act::Identity(dataset, same_as, temporary, gone) => {
            let same_as = same_as.iter().copied().filter(|other| other != dataset).collect();
            let dropped = Some(time).filter(|_| *gone);
            let id = [*dataset as u8; 16];
            changes
                .identities
                .push((*dataset, Identity { id, named: true, same_as, temporary: *temporary, dropped, ..Identity::default() }));
        }
    }
    changes
}

type Stops = Option<Arc<dyn Fn(Node) -> bool + Send + Sync>>;

fn stops_at(datasets: &Option<BTreeSet<u32>>) -> Stops {
    let datasets = datasets.clone()?;
    Some(Arc::new(move |node| matches!(node, Node::Dataset(id) if datasets.contains(&id))))
}

/// Columns from each column of a dataset, and from the dataset as a whole: both ways to answer.
fn columns_both_ways(
    graph: &Graph,
    dataset: u32,
    direction: Direction,
    max_depth: Option<u32>,
    stop_at: &Stops,
) -> [Vec<BTreeSet<(ColumnNode, u32)>>; 2] {
    let starts = NAMES.iter().map(|&name| ColumnNode::Column(dataset, name.into())).chain([ColumnNode::Dataset(dataset)]);
    let both = starts.map(|start| {
        let question = ColumnQuestion { max_depth, stop_at: stop_at.clone(), ..ColumnQuestion::all(start, vec![direction]) };
        let walked = walk_columns(graph, &question).nodes.into_iter().collect();
        let reached = reach_columns(graph, &question, direction).map(|reached| reached.iter().collect()).unwrap_or_default();
        (walked, reached)
    });
    let (walked, reached) = both.unzip();
    [walked, reached]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn finds_what_a_walk_finds(
        batches in acts(),
        start in 0..DATASETS + JOBS,
        max_depth in prop::option::of(0..4u32),
        temporary in any::<bool>(),
        stops in prop::option::of(prop::collection::btree_set(0..DATASETS, 0..3)),
        as_of in prop::option::weighted(0.5, 0..20i64),
    ) {
        let (mut builder, snapshot) = (Builder::default(), Snapshot::default());
        let start = if start < DATASETS { Node::Dataset(start) } else { Node::Job(start - DATASETS) };
        let mut time = 0;
        for batch in &batches {
            for act in batch {
                builder.absorb(changes(act, time)).unwrap();
                time += 1;
            }
            builder.publish(time as u64, &snapshot);
            let graph = snapshot.load();
            for direction in [Direction::Downstream, Direction::Upstream] {
                let stop_at = stops_at(&stops);
                let question = Question {
                    max_depth,
                    temporary,
                    when: When::from(as_of),
                    stop_at: stop_at.clone(),
                    ..Question::all(start, direction)
                };
                let walked = walk(&graph, &question);
                let reached = walk(&graph, &Question { max_edges: 0, ..question.clone() });
                let sorted = |nodes: Vec<(Node, u32)>| nodes.into_iter().collect::<BTreeSet<_>>();
                prop_assert_eq!(walked.nodes.len(), sorted(walked.nodes.clone()).len());
                prop_assert_eq!(sorted(reached.nodes), sorted(walked.nodes.clone()));
                prop_assert_eq!(reached.all_links, walked.links.is_empty());
                if direction == Direction::Downstream {
                    let step = Question { max_depth: Some(1), temporary: true, stop_at: None, ..question.clone() };
                    let mut links = walk(&graph, &step).links;
                    links.sort_unstable_by_key(|link| (link.edge.from, link.edge.to, link.owner));
                    if let Node::Job(job) = start {
                        let mut written: BTreeMap<u32, (Basis, bool)> = BTreeMap::new();
                        for link in links.iter().filter(|link| link.edge.from == start) {
                            let Node::Dataset(to) = link.edge.to else { continue };
                            let known = written.entry(to).or_insert((link.edge.basis, link.edge.columns));
                            *known = (known.0.min(link.edge.basis), known.1 || link.edge.columns);
                        }
                        let found = graph.writes(job, question.when).0.into_iter().map(|feed| (feed.to, (feed.basis, feed.columns)));
                        prop_assert_eq!(found.collect::<Vec<_>>(), written.into_iter().collect::<Vec<_>>());
                    }
                    prop_assert_eq!(graph.near(graph.canonical(start), question.when), links);
                }
                let datasets = reach(&graph, &question, direction, false).datasets;
                let walked = walked.nodes.iter().filter_map(|(node, distance)| Some((node.dataset()?, *distance))).collect::<BTreeSet<_>>();
                prop_assert_eq!(datasets.iter().collect::<BTreeSet<_>>(), walked);
            }
        }
    }
}

proptest! {
    // Each case asks for every column of a dataset after every batch.
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn finds_the_columns_that_a_walk_finds(
        batches in acts(),
        dataset in 0..DATASETS,
        max_depth in prop::option::of(0..4u32),
        stops in prop::option::of(prop::collection::btree_set(0..DATASETS, 0..3)),
    ) {
        let (mut builder, snapshot) = (Builder::default(), Snapshot::default());
        let mut time = 0;
        for batch in &batches {
            for act in batch {
                builder.absorb(changes(act, time)).unwrap();
                time += 1;
            }
            builder.publish(time as u64, &snapshot);
            let graph = snapshot.load();
            for dataset in (0..DATASETS).filter(|&dataset| graph.representative(dataset) == dataset) {
                prop_assert_eq!(graph.feeds(dataset, When::Now), graph.feeds_anew(dataset, When::Now));
                for job in (0..JOBS).map(Owner::Job) {
                    // No table is read where the moment is another than now, though it is the same.
                    let anew = graph.names_decisions(dataset, job, When::At(i64::MAX - 1));
                    prop_assert_eq!(graph.names_decisions(dataset, job, When::Now), anew);
                }
            }
            for direction in [Direction::Downstream, Direction::Upstream] {
                let [walked, reached] = columns_both_ways(&snapshot.load(), dataset, direction, max_depth, &stops_at(&stops));
                prop_assert_eq!(reached, walked);
            }
        }
    }
}

/// A column that is passed on into a part of itself would have parts within parts without end.
#[test]
fn a_column_within_itself_ends() {
    let (mut builder, snapshot) = (Builder::default(), Snapshot::default());
    // a of dataset 1 becomes a.b of dataset 2, and a of dataset 2 becomes a of dataset 1.
    for (time, act) in
        [Act::Columns(0, 2, vec![(1, 0, Some(1), 1)], false), Act::Columns(1, 1, vec![(2, 0, Some(0), 1)], false)].iter().zip(0..)
    {
        builder.absorb(changes(time, act)).unwrap();
    }
    builder.publish(2, &snapshot);
    let graph = snapshot.load();
    let question = ColumnQuestion::all(ColumnNode::Column(1, "a.x".into()), vec![Direction::Downstream]);
    let names: BTreeSet<(u32, String)> = walk_columns(&graph, &question)
        .nodes
        .into_iter()
        .filter_map(|(node, _)| if let ColumnNode::Column(dataset, name) = node { Some((dataset, name.to_string())) } else { None })
        .collect();
    insta::assert_debug_snapshot!(names);
    assert_eq!(reach_columns(&graph, &question, Direction::Downstream).unwrap().len(), names.len());
}
