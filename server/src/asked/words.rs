//! The words of a question that are one of a few: GraphQL's enums, which every other door spells the same.

use crate::graph::{Direction, Influence};
use crate::lineage::{Confidence, question::Granularity};
use async_graphql::Enum;
use async_graphql::resolver_utils::EnumType;
use serde::Deserialize;

/// Which way to look.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineageDirection {
    /// Where it comes from.
    Upstream,
    /// What depends on it.
    Downstream,
    /// Both, each walked apart.
    Both,
}

impl LineageDirection {
    /// The graph's directions.
    pub fn directions(self) -> Vec<Direction> {
        match self {
            Self::Upstream => vec![Direction::Upstream],
            Self::Downstream => vec![Direction::Downstream],
            Self::Both => vec![Direction::Upstream, Direction::Downstream],
        }
    }
}

/// How sure an edge, or the surest path to a node, is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "Confidence")]
pub enum LineageConfidence {
    /// Columns prove it.
    ColumnProven,
    /// Said outright, or there is no other way: the job reads or writes nothing else.
    TableLevel,
    /// Headwater's reading of the job's SQL.
    Inferred,
    /// Read and written by one run that reads and writes others too.
    Assumed,
}

/// What an answer's nodes are.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineageGranularity {
    /// Datasets and the jobs between them.
    Dataset,
    /// Columns; a dataset where only the table is known.
    Column,
    /// Jobs, joined where one reads what another writes.
    Job,
    /// Datasets by schema or folder: the name without its last part.
    Schema,
    /// Datasets by namespace.
    Namespace,
    /// Datasets by owner; one with several counts in each.
    Owner,
    /// Datasets by tag; one with several counts in each.
    Tag,
}

impl LineageGranularity {
    /// What the engine walks for it.
    pub fn walked(self) -> Granularity {
        match self {
            Self::Column => Granularity::Column,
            Self::Job => Granularity::Job,
            _ => Granularity::Dataset,
        }
    }

    /// Whether nodes are groups of datasets.
    pub fn is_rolled_up(self) -> bool {
        matches!(self, Self::Schema | Self::Namespace | Self::Owner | Self::Tag)
    }

    /// As GraphQL spells it.
    pub fn word(self) -> &'static str {
        Self::items().iter().find(|item| item.value == self).map_or("", |item| item.name)
    }
}

/// Kind of a lineage node.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LineageKind {
    /// Datasets.
    Dataset,
    /// Jobs.
    Job,
}

/// Which steps between columns count.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
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

/// The value that a text names, in upper or lower case; the error lists what there is.
pub fn named<T: EnumType>(parameter: &str, text: &str) -> Result<T, String> {
    let found = T::items().iter().find(|item| item.name.eq_ignore_ascii_case(text)).map(|item| item.value);
    found.ok_or_else(|| {
        let names: Vec<&str> = T::items().iter().map(|item| item.name).collect();
        match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{parameter} must be {} or {last}", rest.join(", ")),
            _ => format!("{parameter} must be {}", names.concat()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_graphqls_in_any_case() {
        assert!(named::<LineageGranularity>("granularity", "Namespace") == Ok(LineageGranularity::Namespace));
        assert!(named::<ColumnStepKind>("kinds", "group_by") == Ok(ColumnStepKind::GroupBy));
        let said = named::<LineageDirection>("direction", "SIDEWAYS").unwrap_err();
        assert_eq!(said, "direction must be UPSTREAM, DOWNSTREAM or BOTH");
        assert_eq!(LineageGranularity::Tag.word(), "TAG");
    }
}
