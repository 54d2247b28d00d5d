//! What becomes of a value between the start and each column of an answer, over every path: steps
//! composed one after the other (`graph::Outcome`), collected until nothing new is found.

use super::answer::{AnswerEdge, Vertex};
use crate::graph::{Direction, Influence, Outcome};
use std::collections::HashMap;

/// A set of outcomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcomes(u32);

impl Outcomes {
    /// The start's own: it is what it is.
    pub const START: Self = Self(1);

    fn bit(outcome: Outcome) -> u32 {
        1 << (outcome.influence as u32 * 2 + u32::from(outcome.masked))
    }

    fn insert(&mut self, outcome: Outcome) {
        self.0 |= Self::bit(outcome);
    }

    /// Every one, the weaker change first.
    pub fn iter(self) -> impl Iterator<Item = Outcome> {
        let all = Influence::ALL.into_iter().flat_map(|influence| [false, true].map(|masked| Outcome { influence, masked }));
        all.filter(move |&outcome| self.0 & Self::bit(outcome) != 0)
    }

    /// True when there is one and each is masked.
    pub fn all_masked(self) -> bool {
        self.0 != 0 && self.iter().all(|outcome| outcome.masked)
    }

    /// Both sets.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Each of these, and in the direction of the data before or after it a step.
    fn extended(self, step: &[Outcome], direction: Direction) -> Self {
        let mut extended = Self::default();
        for outcome in self.iter() {
            for &step in step {
                extended.insert(if direction == Direction::Downstream { outcome.then(step) } else { step.then(outcome) });
            }
        }
        extended
    }
}

/// The outcomes of every path from the starts, by vertex. A start has its own and those of cycles.
pub fn outcomes(starts: &[Vertex], edges: &[AnswerEdge], direction: Direction) -> HashMap<Vertex, Outcomes> {
    let mut onward: HashMap<&Vertex, Vec<(&Vertex, Vec<Outcome>)>> = HashMap::new();
    for edge in edges {
        let (near, far) = if direction == Direction::Downstream { (&edge.from, &edge.to) } else { (&edge.to, &edge.from) };
        onward.entry(near).or_default().push((far, edge.outcomes()));
    }
    let mut found: HashMap<&Vertex, Outcomes> = starts.iter().map(|start| (start, Outcomes::START)).collect();
    let mut open: Vec<&Vertex> = starts.iter().collect();
    while let Some(vertex) = open.pop() {
        let here = found[vertex];
        for (far, step) in onward.get(vertex).into_iter().flatten() {
            let known = found.entry(far).or_default();
            let both = known.union(here.extended(step, direction));
            if both != *known {
                *known = both;
                open.push(far);
            }
        }
    }
    found.into_iter().map(|(vertex, outcomes)| (vertex.clone(), outcomes)).collect()
}

impl AnswerEdge {
    /// What it may do to a value.
    pub fn outcomes(&self) -> Vec<Outcome> {
        if self.column_level {
            Outcome::of_step(&self.transformations)
        } else {
            vec![Outcome { influence: Influence::Table, masked: false }]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::flow::Owner;
    use crate::graph::{Basis, ColumnLink, ColumnNode};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn edge(from: u32, to: u32, outcome: Option<Outcome>) -> AnswerEdge {
        let column = |dataset| ColumnNode::Column(dataset, "c".into());
        let link = ColumnLink {
            from: column(from),
            to: column(to),
            owner: Owner::Job(0),
            transformations: outcome.map(Into::into).into_iter().collect(),
            column_level: outcome.is_some(),
            basis: Basis::ColumnLineage,
            first: 0,
            last: 0,
        };
        AnswerEdge::of_column_link(&link, false)
    }

    /// What every walk of at most `steps` steps does.
    fn walk(at: u32, outcome: Outcome, edges: &[(u32, u32, Outcome)], steps: usize, found: &mut BTreeSet<(u32, Outcome)>) {
        found.insert((at, outcome));
        if steps > 0 {
            for &(_, to, step) in edges.iter().filter(|(from, ..)| *from == at) {
                walk(to, outcome.then(step), edges, steps - 1, found);
            }
        }
    }

    proptest! {
        #[test]
        fn every_path_is_composed(draws in prop::collection::vec((0..4u32, 0..4u32, 0..12usize, any::<bool>()), 0..6)) {
            let draws: Vec<_> = draws
                .into_iter()
                .map(|(from, to, influence, masked)| (from, to, Outcome { influence: Influence::ALL[influence], masked }))
                .map(|(from, to, o)| (from, to, if o.influence == Influence::Table { Outcome { masked: false, ..o } } else { o }))
                .collect();
            let edges: Vec<AnswerEdge> =
                draws.iter().map(|&(from, to, o)| edge(from, to, (o.influence != Influence::Table).then_some(o))).collect();
            let start = |node: u32| Vertex::Column(node, "c".into());
            let mut walked = BTreeSet::new();
            walk(0, Outcome { influence: Influence::Identity, masked: false }, &draws, 8, &mut walked);
            let down = outcomes(&[start(0)], &edges, Direction::Downstream);
            let found: BTreeSet<(u32, Outcome)> =
                (0..4).flat_map(|node| down.get(&start(node)).copied().unwrap_or_default().iter().map(move |o| (node, o))).collect();
            prop_assert_eq!(&found, &walked);
            // Seen from the other end it is the same.
            for node in 0..4 {
                let up = outcomes(&[start(node)], &edges, Direction::Upstream);
                if node != 0 {
                    prop_assert_eq!(up.get(&start(0)), down.get(&start(node)));
                }
            }
        }
    }
}
