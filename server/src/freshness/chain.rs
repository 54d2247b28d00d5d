//! Why a dataset is stale: the way from the newest offending input down to it.

use super::activity::Activity;
use super::assess::{Assessed, State, assess};
use crate::graph::{Graph, LineageView, Node, NodeKey, When};
use fixedbitset::FixedBitSet;
use petgraph::Direction;
use petgraph::visit::{Dfs, IntoNeighborsDirected, NodeFiltered, Reversed, Walker};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

/// A dataset and everything upstream of it, assessed.
pub struct Upstream<'a> {
    view: LineageView<'a>,
    dataset: u32,
    /// By number.
    assessed: Vec<Assessed>,
}

/// The datasets of a chain, the newest offending input first; temporary ones and jobs that stand between two of them
/// without a dataset are left out.
pub type Chain = Vec<u32>;

/// How many datasets upstream are how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them, the dataset itself left out.
    pub all: usize,
    /// Written after the dataset's last good write; what is on a cycle with it, or streams on, does not count.
    pub newer: usize,
    /// Stale themselves.
    pub stale: usize,
    /// Without a known good write.
    pub unknown: usize,
}

impl<'a> Upstream<'a> {
    /// Assesses a dataset and everything upstream, over lineage that held then.
    pub fn new(graph: &'a Graph, when: When, dataset: u32, activity: &Activity) -> Self {
        let (view, dataset) = (LineageView::new(graph, when), graph.representative(dataset));
        let upstream = Reversed(view);
        let mut vertices = FixedBitSet::with_capacity(petgraph::visit::NodeIndexable::node_bound(&view));
        Dfs::new(upstream, dataset).iter(upstream).for_each(|vertex| vertices.insert(vertex as usize));
        let part = NodeFiltered::from_fn(view, |vertex: u32| vertices.contains(vertex as usize));
        let mut assessed = assess(view, &part, activity);
        assessed.retain(|one| vertices.contains(one.dataset as usize));
        Self { view, dataset, assessed }
    }

    /// Of one of them; none for what is temporary or dropped.
    pub fn of(&self, dataset: u32) -> Option<&Assessed> {
        let place = self.assessed.binary_search_by_key(&dataset, |one| one.dataset).ok()?;
        self.assessed.get(place)
    }

    /// Of the dataset itself.
    pub fn own(&self) -> Option<&Assessed> {
        self.of(self.dataset)
    }

    /// Everything upstream, the dataset itself left out.
    pub fn inputs(&self) -> impl Iterator<Item = &Assessed> {
        self.assessed.iter().filter(|one| one.dataset != self.dataset)
    }

    /// How many are how.
    pub fn counts(&self) -> Counts {
        let own = self.own().and_then(|own| own.write);
        let mut counts = Counts::default();
        for one in self.inputs() {
            counts.all += 1;
            counts.stale += usize::from(one.state == State::Stale);
            counts.unknown += usize::from(one.write.is_none());
            let is_newer = one.write.zip(own).is_some_and(|(write, own)| !write.continuous && write.at > own.at);
            counts.newer += usize::from(is_newer && !self.is_round(one.dataset, self.dataset));
        }
        counts
    }

    /// From the newest input that is newer than the dataset down to it; of a dataset that is only behind, through the
    /// nearest stale one. Empty when nothing is wrong.
    pub fn chain(&self) -> Chain {
        match self.own().map(|own| own.state) {
            Some(State::Stale) => self.newest_to(self.dataset),
            Some(State::Behind) => {
                let stale = |vertex: u32| self.of(vertex).is_some_and(|one| one.state == State::Stale);
                let Some(stale) = self.nearest(self.dataset, stale) else { return Chain::new() };
                let mut chain = self.newest_to(stale);
                chain.extend(self.path(stale, self.dataset).into_iter().skip(1));
                chain
            }
            _ => Chain::new(),
        }
    }

    fn newest_to(&self, dataset: u32) -> Chain {
        let newest = self.of(dataset).and_then(|one| one.newest_input);
        let is_newest = |vertex: u32| {
            let write = self.of(vertex).and_then(|one| one.write);
            write.is_some_and(|write| Some(write.at) == newest && !write.continuous) && !self.is_round(vertex, dataset)
        };
        self.nearest(dataset, is_newest).map_or(Chain::new(), |input| self.path(input, dataset))
    }

    /// The nearest upstream vertex that fulfils a condition.
    fn nearest(&self, dataset: u32, is_wanted: impl Fn(u32) -> bool) -> Option<u32> {
        let mut seen = HashSet::from([dataset]);
        let mut layer = vec![dataset];
        while !layer.is_empty() {
            let upstream = layer.iter().flat_map(|&vertex| self.view.neighbors_directed(vertex, Direction::Incoming));
            layer = upstream.filter(|&vertex| seen.insert(vertex)).collect();
            if let Some(found) = layer.iter().copied().filter(|&vertex| is_wanted(vertex)).min_by_key(|&vertex| key(self.view, vertex)) {
                return Some(found);
            }
        }
        None
    }

    /// True when an input is fed by the dataset in turn.
    fn is_round(&self, input: u32, dataset: u32) -> bool {
        self.of(input).zip(self.of(dataset)).is_some_and(|(input, dataset)| input.is_round(dataset))
    }

    fn path(&self, from: u32, to: u32) -> Chain {
        shortest(self.view, from, |dataset| dataset == to)
    }
}

/// The shortest way from a dataset to the nearest one that is meant, both included; temporary ones between are left out.
/// Empty when there is none.
pub fn shortest(view: LineageView<'_>, from: u32, is_end: impl Fn(u32) -> bool) -> Chain {
    let path = path(view, from, |vertex| view.dataset(vertex).is_some_and(&is_end));
    let datasets = path.into_iter().filter_map(|vertex| view.dataset(vertex));
    datasets.filter(|&dataset| dataset == from || is_end(dataset) || !view.graph().is_temporary(dataset)).collect()
}

/// The shortest path; of several the one that every server takes, whatever numbers it gave.
fn path(view: LineageView<'_>, from: u32, is_end: impl Fn(u32) -> bool) -> Vec<u32> {
    let mut came: HashMap<u32, u32> = HashMap::from([(from, from)]);
    let mut layer = vec![from];
    loop {
        if let Some(end) = layer.iter().copied().find(|&vertex| is_end(vertex)) {
            let mut path = vec![end];
            while let Some(&before) = path.last().filter(|&&vertex| vertex != from).and_then(|vertex| came.get(vertex)) {
                path.push(before);
            }
            path.reverse();
            return path;
        }
        let mut next = Vec::new();
        for near in layer {
            for far in view.neighbors_directed(near, Direction::Outgoing) {
                if let Entry::Vacant(new) = came.entry(far) {
                    new.insert(near);
                    next.push(far);
                }
            }
        }
        if next.is_empty() {
            return next;
        }
        next.sort_by_cached_key(|&vertex| key(view, vertex));
        layer = next;
    }
}

/// The place of a vertex in an order that all servers share.
fn key(view: LineageView<'_>, vertex: u32) -> Option<NodeKey> {
    let node = view.dataset(vertex).map(Node::Dataset).or_else(|| view.job(vertex).map(Node::Job));
    node.map(|node| view.graph().key(node))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::freshness::sample::{self, Sample};
    use proptest::prelude::*;

    /// Steps from one dataset to another, by trying longer and longer ways.
    fn steps(sample: &Sample, from: u32, to: u32) -> Option<usize> {
        let mut here = std::collections::BTreeSet::from([from]);
        for step in 0..=sample::DATASETS as usize {
            if here.contains(&to) {
                return Some(step);
            }
            here = sample.edges.iter().filter(|edge| here.contains(&edge.0)).map(|edge| edge.1).collect();
        }
        None
    }

    proptest! {
        #[test]
        fn the_chain_is_the_shortest_from_the_newest(sample in sample::samples()) {
            let graph = sample.graph();
            let activity = sample.activity();
            let reach = sample.reach();
            let whole = {
                let view = LineageView::new(&graph, When::Now);
                assess(view, view, &activity)
            };
            for one in &whole {
                let upstream = Upstream::new(&graph, When::Now, one.dataset, &activity);
                prop_assert_eq!(upstream.own(), Some(one), "a part is assessed as the whole is");
                let chain = upstream.chain();
                prop_assert_eq!(chain.is_empty(), !matches!(one.state, State::Stale | State::Behind));
                for ends in chain.windows(2) {
                    prop_assert!(sample.edges.iter().any(|edge| (edge.0, edge.1) == (ends[0], ends[1])));
                }
                let counts = upstream.counts();
                prop_assert_eq!(counts.all, (0..sample::DATASETS).filter(|&other| other != one.dataset && reach.contains(&(other, one.dataset))).count());
                prop_assert_eq!(counts.newer > 0, one.state == State::Stale);
                if one.state != State::Stale {
                    continue;
                }
                let at = sample.written[&chain[0]];
                prop_assert_eq!(Some(at), one.newest_input);
                let others = sample.written.iter().filter(|&(&other, &written)| {
                    other != one.dataset && written == at && reach.contains(&(other, one.dataset)) && !reach.contains(&(one.dataset, other))
                });
                let nearest = others.filter_map(|(&other, _)| steps(&sample, other, one.dataset)).min();
                prop_assert_eq!(Some(chain.len() - 1), nearest);
            }
        }
    }
}
