//! Where columns lead in one step, now, as arrays: what a walk over columns reads that asks for no edges. Told like
//! `adjacent`, a dataset's columns together. A row is special where a step is more than hops and table edges between
//! datasets with one name: parts of columns, other names, temporary datasets, wide fans.

use super::blocks::{ROWS, Table, Ways};
use super::columns::{ColumnEnd, PackedEnd};
use super::snapshot::Graph;
use super::{Node, When};
use crate::fold::flow::Owner;
use hashbrown::{HashMap, HashSet};
use std::sync::Arc;

/// In the begin of a row: walk it the long way.
const SPECIAL: u32 = 1 << 31;

/// The rows of a graph. Cheap to clone.
#[derive(Clone, Default)]
pub struct ColumnAdjacent {
    /// By number of the column.
    columns: Ways<ColumnRows>,
    /// Of datasets as a whole, by their number.
    wholes: Ways<WholeRows>,
}

impl ColumnAdjacent {
    /// Makes room for so many.
    pub fn grow(&mut self, columns: usize, datasets: usize) {
        self.columns.grow(columns);
        self.wholes.grow(datasets);
    }
}

/// Rows of columns,
#[derive(Clone)]
pub struct ColumnRows(Rows);
/// and of datasets.
#[derive(Clone)]
pub struct WholeRows(Rows);

/// Rows of a block, one after the other, behind where each begins; in one piece, since a short walk pays for every place in
/// memory that it comes by.
#[derive(Clone)]
struct Rows(Arc<[u32]>);

impl Rows {
    /// Rows that are told here, or as before; a row of none is special.
    fn tell(before: Option<&Self>, holds: &dyn Fn(usize) -> bool, mut row: impl FnMut(u32) -> Option<Vec<PackedEnd>>) -> Self {
        let (mut rows, mut targets) = (vec![0; ROWS + 1], Vec::new());
        for at in 0..ROWS {
            let told = match before.filter(|_| holds(at)).map(|before| before.row(at)) {
                Some(known) => known.map(|known| targets.extend(known.map(PackedEnd::bits))).is_some(),
                None => row(at as u32).map(|told| targets.extend(told.into_iter().map(PackedEnd::bits))).is_some(),
            };
            rows[at] |= if told { 0 } else { SPECIAL };
            rows[at + 1] = targets.len() as u32;
        }
        rows.extend(targets);
        Self(rows.into())
    }

    fn row(&self, at: usize) -> Option<impl Iterator<Item = PackedEnd> + '_> {
        let (begin, end) = (self.0[at], self.0[at + 1] & !SPECIAL);
        let targets = (begin & SPECIAL == 0).then(|| &self.0[ROWS + 1 + begin as usize..ROWS + 1 + end as usize]);
        targets.map(|targets| targets.iter().map(|&bits| PackedEnd::of_bits(bits)))
    }
}

impl ColumnRows {
    /// Where a column of the block leads; none when it must be walked the long way.
    pub fn step(&self, column: u32) -> Option<impl Iterator<Item = PackedEnd> + '_> {
        self.0.row(column as usize % ROWS)
    }
}

impl WholeRows {
    /// Where a dataset of the block leads; none when it must be walked the long way.
    pub fn step(&self, dataset: u32) -> Option<impl Iterator<Item = PackedEnd> + '_> {
        self.0.row(dataset as usize % ROWS)
    }
}

impl Table for ColumnRows {
    fn tell(graph: &Graph, down: bool, first: u32, before: Option<&Self>, holds: &dyn Fn(usize) -> bool) -> Self {
        // A dataset's columns have neighbouring numbers, mostly.
        let mut known: HashMap<u32, Option<Steps>> = HashMap::new();
        let row = |at: u32| {
            let Some(column) = graph.columns.get(first + at) else { return Some(Vec::new()) };
            let steps = known.entry(column.dataset).or_insert_with(|| Steps::of(graph, column.dataset, down));
            steps.as_ref()?.of_end(Some(ColumnEnd::Column(first + at).into()))
        };
        Self(Rows::tell(before.map(|before| &before.0), holds, row))
    }
}

impl Table for WholeRows {
    fn tell(graph: &Graph, down: bool, first: u32, before: Option<&Self>, holds: &dyn Fn(usize) -> bool) -> Self {
        let row = |at: u32| Steps::of(graph, first + at, down)?.of_end(None);
        Self(Rows::tell(before.map(|before| &before.0), holds, row))
    }
}

/// All that one dataset's columns lead to, one way.
struct Steps {
    /// The dataset as a whole.
    whole: PackedEnd,
    /// From which end to which, who says so, and the far dataset; none where that is special. Sorted.
    hops: Vec<(PackedEnd, Option<PackedEnd>, Owner, u32)>,
    /// Edges of which no column is known.
    tables: Vec<(Owner, u32)>,
}

impl Steps {
    /// None when all of them are special.
    fn of(graph: &Graph, dataset: u32, down: bool) -> Option<Self> {
        if graph.datasets.get(dataset).is_some_and(|vertex| vertex.nested) || graph.members(&dataset) != [dataset] {
            return None;
        }
        let mut tables = Vec::new();
        if graph.fans_when(dataset, down, When::Now).next().is_some() {
            return None;
        }
        for (edge, owner) in graph.edges_when(dataset, down, When::Now).filter(|(edge, _)| !edge.columns) {
            let Node::Dataset(far) = (if down { edge.to } else { edge.from }) else { continue };
            if graph.representative(far) != far || graph.is_temporary(far) {
                return None;
            }
            tables.push((owner, far));
        }
        let mut plain: HashMap<u32, bool> = HashMap::new();
        let mut is_plain = |far: u32| {
            let nested = || graph.datasets.get(far).is_some_and(|vertex| vertex.nested);
            *plain.entry(far).or_insert_with(|| graph.representative(far) == far && !graph.is_temporary(far) && !nested())
        };
        let holding = graph.hops_around(dataset, down).filter(|hop| hop.flow.holds(When::Now));
        let mut hops: Vec<_> = holding
            .filter_map(|hop| {
                let far = graph.dataset_of(hop.other)?;
                Some((PackedEnd::from(hop.here), is_plain(far).then(|| hop.other.into()), hop.flow.owner, far))
            })
            .collect();
        hops.sort_unstable();
        Some(Self { whole: ColumnEnd::Whole(dataset).into(), hops, tables })
    }

    /// Where one column leads, or the dataset as a whole; none when that is special.
    fn of_end(&self, column: Option<PackedEnd>) -> Option<Vec<PackedEnd>> {
        let from = |end: PackedEnd| {
            let begin = self.hops.partition_point(|hop| hop.0 < end);
            self.hops[begin..].iter().take_while(move |hop| hop.0 == end)
        };
        let hops: Vec<_> = match column {
            Some(column) => from(column).chain(from(self.whole)).collect(),
            None => self.hops.iter().collect(),
        };
        let mut targets = Vec::with_capacity(hops.len() + self.tables.len());
        for (_, target, ..) in &hops {
            targets.push((*target)?);
        }
        if !self.tables.is_empty() {
            // Where columns are known between two datasets, the table edge says nothing more.
            let known: HashSet<(Owner, u32)> = hops.iter().map(|(.., owner, far)| (*owner, *far)).collect();
            let tables = self.tables.iter().filter(|table| !known.contains(*table));
            targets.extend(tables.map(|&(_, far)| PackedEnd::from(ColumnEnd::Whole(far))));
        }
        targets.sort_unstable();
        targets.dedup();
        Some(targets)
    }
}

impl Graph {
    /// The rows of a column's block.
    pub(super) fn column_rows(&self, down: bool, column: u32) -> Option<&ColumnRows> {
        self.column_adjacent.columns.table(self, down, Ways::<ColumnRows>::place(column))
    }

    /// The rows of a dataset's block.
    pub(super) fn whole_rows(&self, down: bool, dataset: u32) -> Option<&WholeRows> {
        self.column_adjacent.wholes.table(self, down, Ways::<WholeRows>::place(dataset))
    }

    /// Forgets what was told of a dataset's columns, and what it feeds by them.
    pub(super) fn forget_columns(&mut self, dataset: u32) {
        let standing = self.representative(dataset);
        for dataset in [dataset, standing] {
            self.feeds.forget(dataset);
            self.deciding.forget(dataset);
        }
        let Self { datasets, column_adjacent, .. } = self;
        column_adjacent.wholes.forget(dataset);
        let columns = datasets.get(dataset).map_or(&[][..], |vertex| &vertex.columns);
        columns.iter().for_each(|&(_, column)| column_adjacent.columns.forget(column));
    }

    /// Forgets what was told of a new column.
    pub(super) fn forget_column(&mut self, column: u32) {
        self.column_adjacent.columns.forget(column);
    }

    /// Forgets what was told of the columns that hops join with those of a dataset under this one of its names.
    pub(super) fn forget_columns_around(&mut self, dataset: u32) {
        let hops = [true, false].into_iter().flat_map(|down| self.hops_around(dataset, down));
        let far: HashSet<u32> = hops.filter_map(|hop| self.dataset_of(hop.other)).chain([dataset]).collect();
        far.into_iter().for_each(|dataset| self.forget_columns(dataset));
    }
}
