//! Questions about columns and their answers; `column_walk` finds these from those.

use super::hops::ColumnHop;
use super::influence::{Influence, Outcome};
use super::snapshot::Graph;
use super::walk::{Direction, Stops};
use super::{Basis, When};
use crate::fold::flow::Owner;
use schema::openlineage::facets::Transformation;
use std::sync::Arc;

/// A vertex of an answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ColumnNode {
    /// A column: dataset and dotted path.
    Column(u32, Arc<str>),
    /// A dataset as a whole.
    Dataset(u32),
}

impl ColumnNode {
    /// Its dataset.
    pub fn dataset(&self) -> u32 {
        let (Self::Column(dataset, _) | Self::Dataset(dataset)) = self;
        *dataset
    }

    /// By what stands for its dataset.
    pub(super) fn standing(&self, graph: &Graph) -> Self {
        match self {
            Self::Column(dataset, name) => Self::Column(graph.representative(*dataset), name.clone()),
            Self::Dataset(dataset) => Self::Dataset(graph.representative(*dataset)),
        }
    }
}

/// Which steps count, by what they do to the value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kinds {
    /// One of these; every one when there is none.
    pub wanted: Vec<Influence>,
}

impl Kinds {
    /// Only steps that pass the value on.
    pub fn direct() -> Self {
        Self { wanted: Influence::ALL.into_iter().filter(|influence| influence.is_direct()).collect() }
    }

    /// True when one of the hop's transformations counts.
    pub(super) fn count(&self, hop: &ColumnHop<'_>) -> bool {
        self.wanted.is_empty() || Outcome::of_step(hop.transformations).iter().any(|outcome| self.wanted.contains(&outcome.influence))
    }

    /// True when steps count that only decide which rows there are.
    pub(super) fn count_decisions(&self) -> bool {
        self.wanted.is_empty() || self.wanted.iter().any(|influence| !influence.is_direct())
    }
}

/// A question.
#[derive(Clone)]
pub struct ColumnQuestion {
    /// Where to start; every one at distance 0.
    pub start: Vec<ColumnNode>,
    /// Which ways; both are walked apart, never zigzag.
    pub directions: Vec<Direction>,
    /// Steps to go; `None` is all the way.
    pub max_depth: Option<u32>,
    /// The time that it is about.
    pub when: When,
    /// Which steps count.
    pub kinds: Kinds,
    /// Whether lineage counts that was inferred from SQL.
    pub inferred: bool,
    /// True to see columns of temporary datasets instead of going through them.
    pub temporary: bool,
    /// Datasets that are found but not walked beyond; a start never stops.
    pub stop_at: Stops,
}

impl ColumnQuestion {
    /// Everything that a column has to do with, now.
    pub fn all(start: ColumnNode, directions: Vec<Direction>) -> Self {
        Self {
            start: vec![start],
            directions,
            max_depth: None,
            when: When::Now,
            kinds: Kinds::default(),
            inferred: true,
            temporary: false,
            stop_at: None,
        }
    }
}

/// An edge of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnLink {
    /// Data flows from here,
    pub from: ColumnNode,
    /// to here.
    pub to: ColumnNode,
    /// Whose it is; of several steps over something temporary, who makes what is seen at the end.
    pub owner: Owner,
    /// How; empty when nothing is said.
    pub transformations: Arc<[Transformation]>,
    /// False when only the table edge is known.
    pub column_level: bool,
    /// How it is known; of several the most precise.
    pub basis: Basis,
    /// First evidence, microseconds since 1970.
    pub first: i64,
    /// Newest evidence.
    pub last: i64,
}

/// An answer, unsorted.
#[derive(Debug, Default)]
pub struct ColumnAnswer {
    /// Vertex and distance; the start is 0.
    pub nodes: Vec<(ColumnNode, u32)>,
    /// Edges between them.
    pub links: Vec<ColumnLink>,
}
