//! Column lineage around one dataset, hop by hop, as it is asserted: who names which column of it, and
//! which columns of it are made of what. Walks follow hops over many datasets; this is one step.

use super::columns::{Column, ColumnEnd};
use super::hops::NOTHING;
use super::{Basis, ColumnNode, Direction, Graph, When};
use crate::fold::flow::Owner;
use schema::openlineage::facets::Transformation;
use std::sync::Arc;

impl Graph {
    /// The vertex that an end of a hop stands for.
    pub(super) fn column_node(&self, end: ColumnEnd) -> Option<ColumnNode> {
        Some(match end {
            ColumnEnd::Whole(dataset) => ColumnNode::Dataset(self.representative(dataset)),
            ColumnEnd::Column(column) => {
                let (dataset, name) = self.column_name(column)?;
                ColumnNode::Column(self.representative(dataset), name.clone())
            }
        })
    }
}

/// The end of a hop by numbers: a column by its dataset and the number of its path, or a dataset as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HopEnd {
    /// A column.
    Column(u32, u32),
    /// A dataset.
    Dataset(u32),
}

impl HopEnd {
    /// Its dataset.
    pub fn dataset(self) -> u32 {
        let (Self::Column(dataset, _) | Self::Dataset(dataset)) = self;
        dataset
    }
}

/// One hop by numbers, for whoever takes very many: `Graph::path` and `Graph::how` say what they mean.
#[derive(Clone, Copy, Debug)]
pub struct Hop {
    /// Data flows from here,
    pub from: HopEnd,
    /// to here.
    pub to: HopEnd,
    /// Whose it is.
    pub owner: Owner,
    /// Number of what it does to the value.
    pub how: u32,
    /// How it is known.
    pub basis: Basis,
    /// First evidence, microseconds since 1970.
    pub first: i64,
    /// Newest evidence.
    pub last: i64,
}

impl Graph {
    /// Every column hop that leaves (downstream) or enters (upstream) a dataset under any of its names
    /// and holds then. What is not said of a particular column stands on the dataset as a whole.
    pub fn hops(&self, dataset: u32, direction: Direction, when: When) -> impl Iterator<Item = Hop> {
        let down = direction == Direction::Downstream;
        let members = self.members(&dataset).to_vec();
        members.into_iter().flat_map(move |member| {
            self.hops_around(member, down).filter_map(move |hop| {
                let (first, last) = hop.flow.evidence(when)?;
                let (here, there) = (self.hop_end(hop.here)?, self.hop_end(hop.other)?);
                let (from, to) = if down { (here, there) } else { (there, here) };
                Some(Hop { from, to, owner: hop.flow.owner, how: hop.how, basis: hop.flow.basis, first, last })
            })
        })
    }

    fn hop_end(&self, end: ColumnEnd) -> Option<HopEnd> {
        Some(match end {
            ColumnEnd::Whole(dataset) => HopEnd::Dataset(self.representative(dataset)),
            ColumnEnd::Column(column) => {
                let &Column { dataset, name } = self.columns.get(column)?;
                HopEnd::Column(self.representative(dataset), name)
            }
        })
    }

    /// The path of a column by the number that hops have for it.
    pub fn path(&self, number: u32) -> Option<&Arc<str>> {
        self.names.text(number)
    }

    /// The number that hops have for the path of a column; none when no lineage names one of this path.
    pub fn path_number(&self, path: &str) -> Option<u32> {
        self.names.find(path)
    }

    /// What a hop does to the value, by its number.
    pub fn how(&self, number: u32) -> &Arc<[Transformation]> {
        self.hows.get(number).unwrap_or(&NOTHING)
    }
}
