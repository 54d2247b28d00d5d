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
