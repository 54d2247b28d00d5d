//! The graph against petgraph's own: the same reachable sets and distances on random flows, through
//! our walk and through petgraph's algorithms on our snapshot.

use super::{Builder, Datasets, Direction, Graph, Node, Question, Snapshot, When, walk};
use crate::fold::flow::{Changes, FlowFact, FlowSource, Owner};
use crate::fold::{Span, Stamp};
use petgraph::algo::{dijkstra, tarjan_scc};
use petgraph::graphmap::DiGraphMap;
use petgraph::visit::{Dfs, EdgeFiltered, Reversed, Walker};
use proptest::prelude::*;
use schema::log::ContentHash;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A run's reads and writes, at a time.
type Draw = (u32, i64, Vec<u32>, Vec<u32>);

fn draws() -> impl Strategy<Value = Vec<Draw>> {
    let datasets = || prop::collection::btree_set(0..12u32, 0..4).prop_map(|set| set.into_iter().collect::<Vec<_>>());
    prop::collection::vec((0..8u32, 0..20i64, datasets(), datasets()), 1..20)
}

fn observed((job, time, inputs, outputs): Draw) -> FlowFact {
    FlowFact {
        owner: Owner::Job(job),
        source: FlowSource::Observed(Span { first: time, last: time }),
        inputs,
        outputs,
        columns: Vec::new(),
        inferred: Vec::new(),
        explicit: Vec::new(),
    }
}

fn graph(facts: Vec<FlowFact>) -> Arc<Graph> {
    let mut builder = Builder::default();
    let snapshot = Snapshot::default();
    for fact in facts {
        builder.absorb(Changes { flows: vec![fact], ..Changes::default() }).unwrap();
        builder.publish(1, &snapshot);
    }
    snapshot.load()
}

fn distances(graph: &Graph, start: u32, direction: Direction, as_of: Option<i64>) -> BTreeMap<u32, u32> {
    let question = Question { when: as_of.into(), ..Question::all(Node::Dataset(start), direction) };
    let nodes = walk(graph, &question).nodes.into_iter();
    nodes.filter_map(|(node, distance)| if let Node::Dataset(id) = node { Some((id, distance)) } else { None }).collect()
}

/// What one would write by hand: every input of a run to every output, from its time on.
fn oracle(draws: &[Draw], as_of: Option<i64>) -> DiGraphMap<u32, ()> {
    let mut oracle = DiGraphMap::new();
    (0..12).for_each(|id| {
        oracle.add_node(id);
    });
    for (_, _, inputs, outputs) in draws.iter().filter(|draw| as_of.is_none_or(|t| draw.1 <= t)) {
        for &input in inputs {
            for &output in outputs {
                oracle.add_edge(input, output, ());
            }
        }
    }
    oracle
}

proptest! {
    #[test]
    fn walks_as_petgraph_does(draws in draws(), start in 0..12u32, as_of in prop::option::of(0..20i64)) {
        let ours = graph(draws.iter().cloned().map(observed).collect());
        let oracle = oracle(&draws, as_of);
        let down: BTreeMap<u32, u32> = dijkstra(&oracle, start, None, |_| 1u32).into_iter().collect();
        let up: BTreeMap<u32, u32> = dijkstra(Reversed(&oracle), start, None, |_| 1u32).into_iter().collect();
        prop_assert_eq!(distances(&ours, start, Direction::Downstream, as_of), down);
        prop_assert_eq!(distances(&ours, start, Direction::Upstream, as_of), up);
    }

    #[test]
    fn seen_from_one_end_is_seen_from_the_other(draws in draws(), a in 0..12u32, b in 0..12u32, as_of in prop::option::of(0..20i64)) {
        let ours = graph(draws.into_iter().map(observed).collect());
        let down = distances(&ours, a, Direction::Downstream, as_of).get(&b).copied();
        let up = distances(&ours, b, Direction::Upstream, as_of).get(&a).copied();
        prop_assert_eq!(down, up);
    }

    #[test]
    fn petgraph_runs_on_our_snapshot(draws in draws(), start in 0..12u32) {
        let ours = graph(draws.iter().cloned().map(observed).collect());
        let oracle = oracle(&draws, None);
        let components = |found: Vec<Vec<u32>>| found.into_iter().filter(|c| c.len() > 1).map(|c| c.into_iter().collect::<BTreeSet<_>>()).collect::<BTreeSet<_>>();
        prop_assert_eq!(components(tarjan_scc(Datasets(&ours))), components(tarjan_scc(&oracle)));
        let whole = EdgeFiltered::from_fn(&oracle, |_| true);
        let reached: BTreeSet<u32> = Dfs::new(Datasets(&ours), start).iter(Datasets(&ours)).collect();
        prop_assert_eq!(reached, Dfs::new(&whole, start).iter(&whole).collect::<BTreeSet<_>>());
    }

    #[test]
    fn a_declaration_holds_until_the_next(times in prop::collection::btree_set(0..30i64, 1..6), as_of in 0..40i64) {
        let declare = |(i, &time): (usize, &i64)| FlowFact {
            owner: Owner::Job(1),
            source: FlowSource::Declared(Stamp { time, rank: 0, hash: ContentHash::of(&time.to_le_bytes()) }),
            inputs: vec![0],
            outputs: vec![1 + i as u32],
            columns: Vec::new(),
            inferred: Vec::new(),
        explicit: Vec::new(),
        };
        let mut facts: Vec<FlowFact> = times.iter().enumerate().map(declare).collect();
        facts.reverse();
        let ours = graph(facts);
        let holding = times.iter().enumerate().rfind(|(_, time)| **time <= as_of).map(|(i, _)| 1 + i as u32);
        let reached = distances(&ours, 0, Direction::Downstream, Some(as_of));
        prop_assert_eq!(reached.into_keys().filter(|id| *id != 0).collect::<Vec<_>>(), holding.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn a_wide_run_is_one_fan_and_means_every_pair() {
    let (inputs, outputs): (Vec<u32>, Vec<u32>) = ((0..100).collect(), (100..200).collect());
    let small = FlowFact { inputs: vec![0], outputs: vec![100], ..observed((1, 5, Vec::new(), Vec::new())) };
    let wide = FlowFact { inputs, outputs, ..observed((1, 5, Vec::new(), Vec::new())) };
    let ours = graph(vec![small, wide]);
    assert_eq!(ours.edge_count(), 10_000);
    assert_eq!(distances(&ours, 3, Direction::Downstream, None).len(), 101);
    assert_eq!(distances(&ours, 150, Direction::Upstream, Some(4)).len(), 1);
    assert_eq!(ours.jobs_of(150, false, When::Now), [1]);
}
