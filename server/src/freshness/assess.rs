//! Which datasets are stale: one pass from the sources down, over lineage as it held then and writes as they were known then.
//!
//! A dataset is stale if any transitive input was written after its own last good write (issue 4). What lies on a cycle
//! with it is no input in this sense: round a cycle something is always newer. A dataset that no known run writes, such
//! as a view, passes on what comes from above.

use super::activity::{Activity, Write};
use crate::graph::LineageView;
use hashbrown::HashMap;
use petgraph::algo::kosaraju_scc;
use petgraph::visit::{GraphBase, GraphRef, IntoNeighborsDirected, IntoNodeIdentifiers, Visitable};

/// How fresh a dataset is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Some input, however far upstream, is newer than its last good write.
    Stale,
    /// No input is newer, but one of them is stale itself: what it was made from was old.
    Behind,
    /// No input is known to be newer.
    Fresh,
    /// No good write of it is known, or none of any of its inputs.
    Unknown,
}

/// What is known of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assessed {
    /// The dataset, by the representative of its class.
    pub dataset: u32,
    /// How fresh it is.
    pub state: State,
    /// Its own last good write.
    pub write: Option<Write>,
    /// The newest good write of any input that is not on a cycle with it, microseconds since 1970. What streams write
    /// without end does not count.
    pub newest_input: Option<i64>,
    /// The newest good write of it, of what is on a cycle with it and of everything above: what stands below is stale when
    /// it is older.
    pub passes_on: Option<i64>,
    /// When it can be reached from itself, the lowest number of a dataset on the cycle; those on one cycle have the same.
    pub cycle: Option<u32>,
}

impl Assessed {
    /// True when each can be reached from the other: neither counts as an input of the other.
    pub fn is_round(&self, other: &Self) -> bool {
        self.cycle.is_some() && self.cycle == other.cycle
    }

    /// By how much the newest input is newer, microseconds; none unless stale.
    pub fn lag(&self) -> Option<i64> {
        let (write, newest) = (self.write?, self.newest_input?);
        (self.state == State::Stale).then(|| newest - write.at)
    }
}

/// What is known of everything above a vertex.
#[derive(Clone, Copy, Default)]
struct Above {
    newest: Option<i64>,
    /// Some input has a known write.
    known: bool,
    /// There is an input at all.
    inputs: bool,
    stale: bool,
}

impl Above {
    fn join(&mut self, other: Self) {
        self.newest = self.newest.max(other.newest);
        self.known |= other.known;
        self.inputs |= other.inputs;
        self.stale |= other.stale;
    }

    fn judge(&self, write: Option<Write>) -> State {
        match write {
            None => State::Unknown,
            Some(write) if !write.continuous && self.newest.is_some_and(|newest| newest > write.at) => State::Stale,
            Some(_) if self.stale => State::Behind,
            Some(write) if !write.continuous && self.inputs && !self.known => State::Unknown,
            Some(_) => State::Fresh,
        }
    }
}

/// Assesses the datasets of a view, or of a part of it that holds everything upstream of what is asked about. Temporary
/// ones and those that had been dropped are passed through and left out.
pub fn assess<G>(lineage: LineageView<'_>, view: G, activity: &Activity) -> Vec<Assessed>
where
    G: GraphBase<NodeId = u32> + GraphRef + IntoNeighborsDirected + IntoNodeIdentifiers + Visitable,
{
    // Petgraph's other algorithm for this recurses, and a chain of datasets may be as long as it likes.
    let components = kosaraju_scc(view);
    let places = components.iter().enumerate().flat_map(|(place, vertices)| vertices.iter().map(move |&vertex| (vertex, place)));
    let component: HashMap<u32, usize> = places.collect();
    let mut above = vec![Above::default(); components.len()];
    let mut found = Vec::new();
    // They come with the sinks first.
    for (place, vertices) in components.iter().enumerate().rev() {
        let begin = found.len();
        let below = judge_all(lineage, activity, vertices, above[place], &mut found);
        for assessed in &mut found[begin..] {
            assessed.passes_on = below.newest;
            if assessed.state == State::Fresh && below.stale {
                assessed.state = State::Behind;
            }
        }
        for other in vertices.iter().flat_map(|&vertex| view.neighbors(vertex)) {
            if let Some(&far) = component.get(&other).filter(|&&far| far != place) {
                above[far].join(below);
            }
        }
    }
    found.sort_unstable_by_key(|assessed| assessed.dataset);
    found
}

/// Judges what stands on one cycle, or one dataset alone; returns what is above everything that follows.
fn judge_all(view: LineageView<'_>, activity: &Activity, vertices: &[u32], above: Above, found: &mut Vec<Assessed>) -> Above {
    let graph = view.graph();
    let mut below = above;
    let cycle = vertices.iter().copied().min().filter(|_| vertices.len() > 1);
    for dataset in vertices.iter().filter_map(|&vertex| view.dataset(vertex)) {
        let is_passed = graph.representative(dataset) != dataset || graph.is_temporary(dataset) || graph.is_dropped(dataset, view.when());
        if is_passed {
            continue;
        }
        let write = activity.write(graph, dataset);
        let state = above.judge(write);
        found.push(Assessed { dataset, state, write, newest_input: above.newest, passes_on: None, cycle });
        let newest = write.filter(|write| !write.continuous).map(|write| write.at);
        below.join(Above { newest, known: write.is_some(), inputs: true, stale: state == State::Stale });
    }
    below
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::freshness::sample::{self, Sample};
    use crate::graph::{Graph, When};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn assess_now(graph: &Graph, activity: &Activity) -> Vec<Assessed> {
        let view = LineageView::new(graph, When::Now);
        assess(view, view, activity)
    }

    /// By the words of the definition, dataset by dataset.
    fn naive(sample: &Sample, dataset: u32) -> State {
        let reach = sample.reach();
        let Some(&own) = sample.written.get(&dataset) else { return State::Unknown };
        let above = |of: u32| -> BTreeSet<u32> {
            (0..sample::DATASETS).filter(|&other| other != of && reach.contains(&(other, of)) && !reach.contains(&(of, other))).collect()
        };
        let is_stale = |of: u32| {
            sample.written.get(&of).is_some_and(|own| above(of).iter().any(|input| sample.written.get(input).is_some_and(|at| at > own)))
        };
        let all_above = (0..sample::DATASETS).filter(|&other| other != dataset && reach.contains(&(other, dataset)));
        if above(dataset).iter().any(|input| sample.written.get(input).is_some_and(|&at| at > own)) {
            State::Stale
        } else if all_above.clone().any(is_stale) {
            State::Behind
        } else if !above(dataset).is_empty() && above(dataset).iter().all(|input| !sample.written.contains_key(input)) {
            State::Unknown
        } else {
            State::Fresh
        }
    }

    proptest! {
        #[test]
        fn judges_as_the_definition_says(sample in sample::samples()) {
            let graph = sample.graph();
            let activity = sample.activity();
            for assessed in assess_now(&graph, &activity) {
                prop_assert_eq!(assessed.state, naive(&sample, assessed.dataset), "dataset {}", assessed.dataset);
            }
        }
    }

    #[test]
    fn a_stream_that_goes_on_is_fresh_and_makes_nothing_stale() {
        let sample = Sample { edges: vec![(0, 1, 0), (1, 2, 1)], written: [(0, 9), (2, 5)].into() };
        let graph = sample.graph();
        let activity = sample.activity().with_streams([(1, 7)].into_iter());
        let states: Vec<_> = assess_now(&graph, &activity).iter().map(|one| one.state).collect();
        // The topic takes in its inputs by itself; what reads it in batches is stale by what stands before it.
        assert_eq!(states, [State::Fresh, State::Fresh, State::Stale]);
        let activity = Sample { written: [(0, 4), (2, 5)].into(), ..sample }.activity().with_streams([(1, 7)].into_iter());
        let states: Vec<_> = assess_now(&graph, &activity).iter().map(|one| one.state).collect();
        assert_eq!(states, [State::Fresh, State::Fresh, State::Fresh]);
    }
}
