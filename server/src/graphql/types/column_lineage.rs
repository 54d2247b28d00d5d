//! What column lineage says of a step, and of a whole way.

use crate::graph::{Influence, Outcome};
use async_graphql::{Enum, SimpleObject};
use schema::openlineage::facets;

/// How a value is made.
#[derive(SimpleObject)]
pub struct Transformation {
    /// `DIRECT` or `INDIRECT`.
    #[graphql(name = "type")]
    kind: String,
    /// `IDENTITY`, `AGGREGATION`, `FILTER`, `JOIN`, …
    subtype: Option<String>,
    /// In words.
    description: Option<String>,
    /// True when the value is masked.
    masking: bool,
}

impl From<&facets::Transformation> for Transformation {
    fn from(t: &facets::Transformation) -> Self {
        Self { kind: t.kind.clone(), subtype: t.subtype.clone(), description: t.description.clone(), masking: t.masking }
    }
}

/// What a step, or all steps of a way, do to a value.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Influence")]
pub enum ColumnInfluence {
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

/// What some way does to a value.
#[derive(SimpleObject)]
pub struct ColumnOutcome {
    /// What becomes of it.
    influence: ColumnInfluence,
    /// True when it is masked on the way.
    masked: bool,
}

impl From<Outcome> for ColumnOutcome {
    fn from(outcome: Outcome) -> Self {
        Self { influence: outcome.influence.into(), masked: outcome.masked }
    }
}

/// Which steps between columns count.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum ColumnStepKind {
    /// The value is passed on in whatever way.
    Direct,
    /// It is passed on as it is.
    Identity,
    /// It is changed.
    Transformation,
    /// It is summed, counted, …
    Aggregation,
    /// It decides about rows in whatever way.
    Indirect,
    /// It decides which rows there are.
    Filter,
    /// It decides which rows meet.
    Join,
    /// It decides which rows are counted together.
    GroupBy,
    /// It decides their order.
    Sort,
    /// It decides which rows a window holds.
    Window,
    /// It decides which of several values is taken.
    Conditional,
}

impl ColumnStepKind {
    /// As the graph knows it. What is not said more closely counts under the broad kinds only.
    pub fn influences(self) -> Vec<Influence> {
        let all = |direct: bool| Influence::ALL.into_iter().filter(|&one| one.is_direct() == direct && one != Influence::Table).collect();
        match self {
            Self::Direct => all(true),
            Self::Indirect => all(false),
            Self::Identity => vec![Influence::Identity],
            Self::Transformation => vec![Influence::Transformation],
            Self::Aggregation => vec![Influence::Aggregation],
            Self::Filter => vec![Influence::Filter],
            Self::Join => vec![Influence::Join],
            Self::GroupBy => vec![Influence::GroupBy],
            Self::Sort => vec![Influence::Sort],
            Self::Window => vec![Influence::Window],
            Self::Conditional => vec![Influence::Conditional],
        }
    }
}
