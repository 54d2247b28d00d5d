//! What a step of column lineage does to a value, and what several steps do one after the other.
//!
//! Along a path a value stays what it is only if every step is an identity; the strongest change names
//! the whole. The first step that only decides about rows (in the direction of the data) makes the
//! whole path such a decision. Once masked, it stays masked. Where only the table is known, nothing is.

use schema::openlineage::facets::Transformation;
use std::sync::Arc;

/// What becomes of a value; among those that pass it on, the weaker change first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Influence {
    /// Passed on as it is.
    Identity,
    /// Changed.
    Transformation,
    /// Summed, counted, …
    Aggregation,
    /// Passed on, it is not said how.
    Direct,
    /// Decides which rows there are.
    Filter,
    /// Decides which rows meet.
    Join,
    /// Decides which rows are counted together.
    GroupBy,
    /// Decides their order.
    Sort,
    /// Decides which rows a window holds.
    Window,
    /// Decides which of several values is taken.
    Conditional,
    /// Decides something, it is not said what.
    Indirect,
    /// Only the tables are known.
    Table,
}

impl Influence {
    /// Every one.
    pub const ALL: [Self; 12] = [
        Self::Identity,
        Self::Transformation,
        Self::Aggregation,
        Self::Direct,
        Self::Filter,
        Self::Join,
        Self::GroupBy,
        Self::Sort,
        Self::Window,
        Self::Conditional,
        Self::Indirect,
        Self::Table,
    ];

    /// True when the value itself arrives.
    pub fn is_direct(self) -> bool {
        self <= Self::Direct
    }

    fn of(transformation: &Transformation) -> Self {
        match (transformation.is_direct(), transformation.subtype.as_deref()) {
            (true, Some("IDENTITY")) => Self::Identity,
            (true, Some("TRANSFORMATION")) => Self::Transformation,
            (true, Some("AGGREGATION")) => Self::Aggregation,
            (true, _) => Self::Direct,
            (false, Some("FILTER")) => Self::Filter,
            (false, Some("JOIN")) => Self::Join,
            (false, Some("GROUP_BY")) => Self::GroupBy,
            (false, Some("SORT")) => Self::Sort,
            (false, Some("WINDOW")) => Self::Window,
            (false, Some("CONDITIONAL")) => Self::Conditional,
            (false, _) => Self::Indirect,
        }
    }

    /// As a transformation names it.
    fn words(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Identity => ("DIRECT", Some("IDENTITY")),
            Self::Transformation => ("DIRECT", Some("TRANSFORMATION")),
            Self::Aggregation => ("DIRECT", Some("AGGREGATION")),
            Self::Direct => ("DIRECT", None),
            Self::Filter => ("INDIRECT", Some("FILTER")),
            Self::Join => ("INDIRECT", Some("JOIN")),
            Self::GroupBy => ("INDIRECT", Some("GROUP_BY")),
            Self::Sort => ("INDIRECT", Some("SORT")),
            Self::Window => ("INDIRECT", Some("WINDOW")),
            Self::Conditional => ("INDIRECT", Some("CONDITIONAL")),
            Self::Indirect => ("INDIRECT", None),
            Self::Table => ("UNKNOWN", None),
        }
    }
}

/// What one path does to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Outcome {
    /// What becomes of it.
    pub influence: Influence,
    /// True when it is masked (hashed, cut, …) on the way.
    pub masked: bool,
}

impl Outcome {
    /// What one transformation does.
    pub fn of(transformation: &Transformation) -> Self {
        Self { influence: Influence::of(transformation), masked: transformation.masking }
    }

    /// What each of a step's transformations does; a step that says nothing passes the value on.
    pub fn of_step(transformations: &[Transformation]) -> Vec<Self> {
        if transformations.is_empty() {
            return vec![Self { influence: Influence::Direct, masked: false }];
        }
        transformations.iter().map(Self::of).collect()
    }

    /// This, and after it the next.
    pub fn then(self, next: Self) -> Self {
        let influence = match (self.influence, next.influence) {
            (Influence::Table, _) | (_, Influence::Table) => Influence::Table,
            (first, _) if !first.is_direct() => first,
            (_, next) if !next.is_direct() => next,
            (first, next) => first.max(next),
        };
        Self { influence, masked: self.masked || next.masked }
    }
}

/// Two steps as one, over something temporary.
pub fn then(first: &Arc<[Transformation]>, next: &Arc<[Transformation]>) -> Arc<[Transformation]> {
    let is_plain = |list: &[Transformation]| matches!(list, [one] if Influence::of(one) == Influence::Identity && !one.masking);
    if is_plain(first) {
        return next.clone();
    }
    if is_plain(next) {
        return first.clone();
    }
    let all = Outcome::of_step(first).into_iter().flat_map(|first| Outcome::of_step(next).into_iter().map(move |next| first.then(next)));
    let mut made: Vec<Transformation> = all.map(Transformation::from).collect();
    made.sort();
    made.dedup();
    made.into()
}

impl From<Outcome> for Transformation {
    fn from(outcome: Outcome) -> Self {
        let (kind, subtype) = outcome.influence.words();
        Self { kind: kind.into(), subtype: subtype.map(Into::into), description: None, masking: outcome.masked }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes() -> impl Iterator<Item = Outcome> {
        Influence::ALL.into_iter().flat_map(|influence| [false, true].map(|masked| Outcome { influence, masked }))
    }

    #[test]
    fn steps_may_be_taken_together_anywhere() {
        for (a, b) in outcomes().flat_map(|a| outcomes().map(move |b| (a, b))) {
            for c in outcomes() {
                assert_eq!(a.then(b).then(c), a.then(b.then(c)));
            }
            assert_eq!(a.then(b).masked, a.masked || b.masked);
        }
    }

    #[test]
    fn a_transformation_is_its_outcome_and_back() {
        for outcome in outcomes().filter(|outcome| outcome.influence != Influence::Table) {
            assert_eq!(Outcome::of(&outcome.into()), outcome);
        }
    }

    #[test]
    fn what_only_decides_stays_a_decision() {
        let then =
            |a: Influence, b: Influence| Outcome { influence: a, masked: false }.then(Outcome { influence: b, masked: false }).influence;
        assert_eq!(then(Influence::Join, Influence::Identity), Influence::Join);
        assert_eq!(then(Influence::Aggregation, Influence::Filter), Influence::Filter);
        assert_eq!(then(Influence::Filter, Influence::Join), Influence::Filter);
        assert_eq!(then(Influence::Identity, Influence::Aggregation), Influence::Aggregation);
        assert_eq!(then(Influence::Identity, Influence::Identity), Influence::Identity);
        assert_eq!(then(Influence::Identity, Influence::Table), Influence::Table);
    }
}
