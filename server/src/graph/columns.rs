//! Columns in the graph as they are kept: vertices by dataset and path, and the hops that each column lineage
//! facet says, once, for both of their ends. A hop into a whole dataset (a filter, a join) is one hop, not one a column.

use super::{Basis, When};
use crate::fold::flow::Owner;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A column that some lineage names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its dataset.
    pub dataset: u32,
    /// Number of its dotted path, as lineage writes it.
    pub name: u32,
    /// How many ends of hops name it that somebody asserts. Without any it keeps its number and is no column: what a
    /// run said before it said better is nothing that there is.
    pub named: u32,
}

/// Where a hop leads: a column by its number, or a dataset as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ColumnEnd {
    /// A column.
    Column(u32),
    /// A dataset.
    Whole(u32),
}

/// The end of a hop in four bytes: the highest bit tells a whole dataset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PackedEnd(u32);

const WHOLE: u32 = 1 << 31;

impl PackedEnd {
    /// As a plain number,
    pub fn bits(self) -> u32 {
        self.0
    }

    /// and back.
    pub fn of_bits(bits: u32) -> Self {
        Self(bits)
    }
}

impl From<ColumnEnd> for PackedEnd {
    fn from(end: ColumnEnd) -> Self {
        match end {
            ColumnEnd::Column(column) => Self(column),
            ColumnEnd::Whole(dataset) => Self(dataset | WHOLE),
        }
    }
}

impl From<PackedEnd> for ColumnEnd {
    fn from(end: PackedEnd) -> Self {
        if end.0 & WHOLE == 0 { Self::Column(end.0) } else { Self::Whole(end.0 & !WHOLE) }
    }
}

/// One hop of column lineage as it is kept, with the flow that asserts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PackedHop {
    pub(super) to: PackedEnd,
    pub(super) from: PackedEnd,
    /// Number of what it does to the value.
    pub(super) how: u32,
}

/// A time in which a column lineage facet holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) until: i64,
}

impl Interval {
    pub(super) fn holds(&self, when: When) -> bool {
        when.meets(self.first, self.until)
    }
}

/// One column lineage facet of one output by one owner, and when it holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnFlow {
    pub(super) owner: Owner,
    pub(super) basis: Basis,
    pub(super) intervals: Box<[Interval]>,
    /// What it says, in order of targets; shared with who says the same.
    pub(super) hops: Arc<[PackedHop]>,
}

impl Default for ColumnFlow {
    /// One that never held.
    fn default() -> Self {
        Self { owner: Owner::Job(u32::MAX >> 1), basis: Basis::ColumnLineage, intervals: Box::default(), hops: Arc::default() }
    }
}

impl ColumnFlow {
    /// First and newest evidence when it holds then.
    pub fn evidence(&self, when: When) -> Option<(i64, i64)> {
        let holding = self.intervals.iter().filter(|interval| interval.holds(when));
        holding.map(|interval| (interval.first, interval.last)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// When it first held; none when it never did.
    pub fn began(&self) -> Option<i64> {
        self.intervals.iter().map(|interval| interval.first).min()
    }

    /// True when it holds then.
    pub fn holds(&self, when: When) -> bool {
        self.intervals.iter().any(|interval| interval.holds(when))
    }
}
