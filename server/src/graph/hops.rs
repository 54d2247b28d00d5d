//! Hops of columns as readers see them. A facet's hops lie with its flow; a dataset knows the flows that read its
//! columns and those that write them.

use super::columns::{Column, ColumnEnd, ColumnFlow, PackedEnd, PackedHop};
use super::snapshot::{DatasetVertex, Graph};
use schema::openlineage::facets::Transformation;
use std::sync::{Arc, LazyLock};

pub(super) static NOTHING: LazyLock<Arc<[Transformation]>> = LazyLock::new(Arc::default);

/// One hop of column lineage, seen from one end.
#[derive(Clone, Copy)]
pub struct ColumnHop<'a> {
    pub(super) here: ColumnEnd,
    pub(super) other: ColumnEnd,
    /// Who says it, and when it holds.
    pub(super) flow: &'a ColumnFlow,
    /// How the value is made.
    pub(super) transformations: &'a Arc<[Transformation]>,
}

impl Graph {
    /// The dataset and the dotted path of a column.
    pub(super) fn column_name(&self, column: u32) -> Option<(u32, &Arc<str>)> {
        let &Column { dataset, name, .. } = self.columns.get(column)?;
        Some((dataset, self.names.text(name)?))
    }

    /// The number of a column that lineage knows or knew, of a dataset under this one of its names.
    pub(super) fn column(&self, dataset: u32, name: &str) -> Option<u32> {
        self.datasets.get(dataset)?.column(self.names.find(name)?)
    }

    /// Paths of the columns that lineage knows, of a dataset under this one of its names.
    pub(super) fn column_names(&self, dataset: u32) -> impl Iterator<Item = &Arc<str>> {
        self.column_paths(dataset).filter_map(|name| self.names.text(name))
    }

    /// Numbers of those paths, in order.
    pub(super) fn column_paths(&self, dataset: u32) -> impl Iterator<Item = u32> {
        let columns = self.datasets.get(dataset).map_or(&[][..], |vertex| &vertex.columns);
        let is_named = |column: u32| self.columns.get(column).is_some_and(|column| column.named > 0);
        columns.iter().filter(move |(_, column)| is_named(*column)).map(|(name, _)| *name)
    }

    /// Every hop that leaves a dataset (`down`), or enters it, under this one of its names.
    pub(super) fn hops_around(&self, dataset: u32, down: bool) -> impl Iterator<Item = ColumnHop<'_>> {
        self.flows_of(dataset, down).flat_map(move |flow| {
            let is_here = move |hop: &&PackedHop| !down || self.dataset_of(hop.from.into()) == Some(dataset);
            flow.hops.iter().filter(is_here).map(move |hop| self.seen(flow, hop, down))
        })
    }

    /// Every hop that leaves a column or a dataset as a whole (`down`), or enters it.
    pub(super) fn hops_at(&self, end: ColumnEnd, down: bool) -> impl Iterator<Item = ColumnHop<'_>> {
        let packed = PackedEnd::from(end);
        let flows = self.dataset_of(end).into_iter().flat_map(move |dataset| self.flows_of(dataset, down));
        flows.flat_map(move |flow| {
            // Hops lie in order of their targets.
            let begin = if down { 0 } else { flow.hops.partition_point(|hop| hop.to < packed) };
            let hops = flow.hops[begin..].iter().take_while(move |hop| down || hop.to == packed);
            hops.filter(move |hop| !down || hop.from == packed).map(move |hop| self.seen(flow, hop, down))
        })
    }

    pub(super) fn flows_of(&self, dataset: u32, down: bool) -> impl Iterator<Item = &ColumnFlow> {
        let flows = self.datasets.get(dataset).map_or(&[][..], |vertex| if down { &vertex.reads } else { &vertex.writes });
        flows.iter().filter_map(|&flow| self.column_flows.get(flow))
    }

    pub(super) fn dataset_of(&self, end: ColumnEnd) -> Option<u32> {
        match end {
            ColumnEnd::Whole(dataset) => Some(dataset),
            ColumnEnd::Column(column) => self.columns.get(column).map(|column| column.dataset),
        }
    }

    fn seen<'a>(&'a self, flow: &'a ColumnFlow, hop: &PackedHop, down: bool) -> ColumnHop<'a> {
        let (here, other) = if down { (hop.from, hop.to) } else { (hop.to, hop.from) };
        let transformations = self.hows.get(hop.how).unwrap_or(&NOTHING);
        ColumnHop { here: here.into(), other: other.into(), flow, transformations }
    }
}

impl DatasetVertex {
    /// The number of its column by that of its path.
    pub(super) fn column(&self, name: u32) -> Option<u32> {
        let place = self.columns.binary_search_by_key(&name, |(name, _)| *name).ok()?;
        self.columns.get(place).map(|(_, column)| *column)
    }
}
