//! Column lineage around one dataset, one step, as it is asserted: what each facet says that names its columns. Walks
//! follow hops over many datasets.

use super::columns::{Column, ColumnEnd, ColumnFlow, PackedEnd, PackedHop};
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// What one facet says of one output, as far as it concerns a dataset that it reads or writes.
#[derive(Clone, Copy)]
pub struct Said<'g> {
    graph: &'g Graph,
    flow: &'g ColumnFlow,
    /// Columns that it must come from; none where it is asked about as an output.
    from: Option<Own>,
    /// First evidence, microseconds since 1970.
    pub first: i64,
    /// Newest evidence.
    pub last: i64,
}

/// Columns of a dataset under one of its names: mostly neighbours by number.
#[derive(Clone, Copy)]
struct Own {
    dataset: u32,
    first: u32,
    last: u32,
    /// True when all between are its.
    all: bool,
}

impl Graph {
    /// What facets say that read a dataset (downstream) or write it, under any of its names, and that holds then.
    pub fn said(&self, dataset: u32, direction: Direction, when: When) -> impl Iterator<Item = Said<'_>> {
        let down = direction == Direction::Downstream;
        let members = self.members(&dataset).to_vec();
        members.into_iter().flat_map(move |member| {
            let from = down.then(|| self.own_columns(member));
            let evidence = move |flow: &'_ ColumnFlow| flow.evidence(when);
            self.flows_of(member, down).filter_map(move |flow| {
                let (first, last) = evidence(flow)?;
                Some(Said { graph: self, flow, from, first, last })
            })
        })
    }

    /// Hops from one dataset to another that an owner says and that hold then.
    pub fn hops_between(&self, (from, to): (u32, u32), owner: Owner, when: When) -> Vec<Hop> {
        let mut hops = Vec::new();
        // An output has few facets, and what is read by many is in many.
        for &member in self.members(&to) {
            for flow in self.flows_of(member, false).filter(|flow| flow.owner == owner) {
                let Some((first, last)) = flow.evidence(when) else { continue };
                for &source in self.members(&from) {
                    hops.extend(Said { graph: self, flow, from: Some(self.own_columns(source)), first, last }.hops());
                }
            }
        }
        hops
    }

    fn own_columns(&self, dataset: u32) -> Own {
        let columns = self.datasets.get(dataset).map_or(&[][..], |vertex| &vertex.columns);
        let ends = |(first, last): (u32, u32), &(_, column): &(u32, u32)| (column.min(first), column.max(last));
        let (first, last) = columns.iter().fold((u32::MAX, 0), ends);
        Own { dataset, first, last, all: !columns.is_empty() && (last - first) as usize + 1 == columns.len() }
    }

    fn hop_end(&self, end: ColumnEnd) -> Option<HopEnd> {
        Some(match end {
            ColumnEnd::Whole(dataset) => HopEnd::Dataset(self.representative(dataset)),
            ColumnEnd::Column(column) => {
                let &Column { dataset, name, .. } = self.columns.get(column)?;
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

    /// True when lineage names columns inside columns of a dataset.
    pub fn is_nested(&self, dataset: u32) -> bool {
        self.members(&dataset).iter().any(|&member| self.datasets.get(member).is_some_and(|vertex| vertex.nested))
    }
}

impl<'g> Said<'g> {
    /// Who says it.
    pub fn owner(&self) -> Owner {
        self.flow.owner
    }

    /// How it is known.
    pub fn basis(&self) -> Basis {
        self.flow.basis
    }

    /// The dataset that it is said of; none when it says nothing.
    pub fn output(&self) -> Option<u32> {
        let dataset = self.graph.dataset_of(self.flow.hops.first()?.to.into())?;
        Some(self.graph.representative(dataset))
    }

    /// Every hop that concerns the dataset that was asked about.
    pub fn hops(self) -> impl Iterator<Item = Hop> + 'g {
        self.packed().filter_map(move |hop| {
            let (from, to) = (self.graph.hop_end(hop.from.into())?, self.graph.hop_end(hop.to.into())?);
            let Self { flow, first, last, .. } = self;
            Some(Hop { from, to, owner: flow.owner, how: hop.how, basis: flow.basis, first, last })
        })
    }

    /// What is done in each hop, and whether to the output as a whole.
    pub fn hows(self) -> impl Iterator<Item = (u32, bool)> + 'g {
        self.packed().map(|hop| (hop.how, matches!(hop.to.into(), ColumnEnd::Whole(_))))
    }

    /// Numbers of the paths of the columns that it names of the output, in no order.
    pub fn targets(self) -> impl Iterator<Item = u32> + 'g {
        let mut last = None;
        let columns = self.packed().filter_map(move |hop| if last.replace(hop.to) == Some(hop.to) { None } else { Some(hop.to) });
        columns.filter_map(move |to| match to.into() {
            ColumnEnd::Column(column) => self.graph.columns.get(column).map(|column| column.name),
            ColumnEnd::Whole(_) => None,
        })
    }

    fn packed(self) -> impl Iterator<Item = &'g PackedHop> {
        self.flow.hops.iter().filter(move |hop| self.from.is_none_or(|own| own.has(self.graph, hop.from)))
    }
}

impl Own {
    fn has(self, graph: &Graph, end: PackedEnd) -> bool {
        match end.into() {
            ColumnEnd::Whole(dataset) => dataset == self.dataset,
            ColumnEnd::Column(column) => {
                let is_between = (self.first..=self.last).contains(&column);
                is_between && (self.all || graph.dataset_of(end.into()) == Some(self.dataset))
            }
        }
    }
}
