//! How far column lineage of an output can be believed to name everything that it is made of.

use super::reads::Steps;
use super::{Reason, Schemas};
use crate::fold::flow::Owner;
use crate::graph::{Basis, Direction, Feed, Graph, Said, When};
use hashbrown::HashMap;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// How far it can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// Everything: what it does not name is not used.
    Complete,
    /// Every column, but no filter or join at all: these may not be reported.
    NoFilters,
    /// Not every column, or only inferred.
    Partial,
    /// Only the table edge.
    TableOnly,
}

impl Known {
    /// Why an output that is fed may use something that its lineage does not name; none when it does not.
    pub fn hides(self) -> Option<Reason> {
        match self {
            Self::Complete => None,
            Self::NoFilters => Some(Reason::NoFilters),
            Self::Partial => Some(Reason::Incomplete),
            Self::TableOnly => Some(Reason::TableOnly),
        }
    }
}

/// What schemas say, and which ones would say more.
pub struct Judged<'a> {
    schemas: &'a Schemas,
    /// True where a schema matters also to lineage that names no filter: where it decides more than the reason.
    exact: bool,
    covered: RefCell<HashMap<(u32, Owner), bool>>,
    /// Datasets whose schema would be needed to judge their lineage.
    pub wanted: RefCell<BTreeSet<u32>>,
}

impl<'a> Judged<'a> {
    pub fn new(schemas: &'a Schemas, exact: bool) -> Self {
        let (covered, wanted) = Default::default();
        Self { schemas, exact, covered, wanted }
    }
}

impl Steps<'_> {
    /// How much is known of an output.
    pub fn known_of(&self, feed: &Feed) -> Known {
        let Feed { basis, columns, .. } = *feed;
        match basis {
            Basis::InputsOutputs | Basis::Inferred if columns && self.trust.inferred => Known::Complete,
            Basis::InputsOutputs | Basis::Inferred if columns || feed.inferred => Known::Partial,
            Basis::InputsOutputs | Basis::Inferred => Known::TableOnly,
            Basis::Explicit | Basis::ColumnLineage if !columns => Known::TableOnly,
            Basis::Explicit | Basis::ColumnLineage if self.trust.complete => Known::Complete,
            Basis::Explicit | Basis::ColumnLineage => self.judge(feed.to, feed.owner),
        }
    }

    fn judge(&self, output: u32, owner: Owner) -> Known {
        let Some(names_filters) = self.graph.names_decisions(output, owner, self.when) else { return Known::Partial };
        match self.judged.schemas.get(&output) {
            Some(schema) if !self.covers(output, owner, schema) => return Known::Partial,
            None if names_filters || self.judged.exact => drop(self.judged.wanted.borrow_mut().insert(output)),
            _ => {}
        }
        if names_filters { Known::Complete } else { Known::NoFilters }
    }

    fn covers(&self, output: u32, owner: Owner, schema: &[String]) -> bool {
        let mut covered = self.judged.covered.borrow_mut();
        *covered.entry((output, owner)).or_insert_with(|| covers(self.graph, self.when, (output, owner), schema))
    }
}

/// What one owner says of an output; what is inferred does not count.
fn said(graph: &Graph, when: When, output: u32, owner: Owner) -> impl Iterator<Item = Said<'_>> {
    graph.said(output, Direction::Upstream, when).filter(move |said| said.owner() == owner && said.basis() != Basis::Inferred)
}

/// True when column lineage of an output by one owner names every column of a schema; one that lists none says nothing.
pub fn covers(graph: &Graph, when: When, (output, owner): (u32, Owner), schema: &[String]) -> bool {
    let columns: Vec<u32> = said(graph, when, output, owner).flat_map(Said::targets).collect();
    !schema.is_empty() && schema.iter().all(|column| covers_column(graph, &columns, column))
}

/// True when lineage names the column, what is inside it, or what it is inside of.
fn covers_column(graph: &Graph, columns: &[u32], column: &str) -> bool {
    if graph.path_number(column).is_some_and(|number| columns.contains(&number)) {
        return true;
    }
    let mut named = columns.iter().filter_map(|&name| graph.path(name));
    named.any(|named| &**named == column || is_inside(named, column) || is_inside(column, named))
}

/// True when a dotted path lies inside another.
pub fn is_inside(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'))
}
