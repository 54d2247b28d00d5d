//! The lineage engine above the graph: what a question selects, what an answer's nodes have to say
//! (paths, cycles, confidence), the same answer by namespace, owner or tag, and two answers compared.
//! Pure functions; names and facets are looked up by who asks.

pub mod answer;
mod ask;
pub mod diff;
pub mod jobs;
#[cfg(test)]
mod oracle;
pub mod outcomes;
pub mod paths;
pub mod question;
mod reached;
pub mod reckon;
pub mod rollup;
pub mod select;
pub mod state;
mod whole;

pub use ask::{ask, is_alone};
pub use reached::{Counted, count};
pub use whole::whole;

use crate::graph::{Basis, ColumnLink, Edge};

/// How sure an edge, or the surest path to a node, is; the surest first (issue 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Columns prove it.
    ColumnProven,
    /// Somebody says outright that the one dataset feeds the other, or that a job without other inputs or
    /// without other outputs reads the one and writes the other.
    TableLevel,
    /// Headwater's reading of SQL.
    Inferred,
    /// Read and written by one run that reads and writes others too.
    Assumed,
}

impl Confidence {
    /// Every level, the surest first.
    pub const ALL: [Self; 4] = [Self::ColumnProven, Self::TableLevel, Self::Inferred, Self::Assumed];

    /// Of an edge; `alone` when its owner reads or writes nothing else, so that there is no other way.
    pub fn of(edge: &Edge, alone: bool) -> Self {
        match edge.basis {
            Basis::Explicit | Basis::ColumnLineage if edge.columns => Self::ColumnProven,
            Basis::Explicit | Basis::ColumnLineage => Self::TableLevel,
            Basis::Inferred => Self::Inferred,
            Basis::InputsOutputs if edge.columns => Self::Inferred,
            Basis::InputsOutputs if alone => Self::TableLevel,
            Basis::InputsOutputs => Self::Assumed,
        }
    }

    /// Of an edge between columns, or of the table edge that stands in for it.
    pub fn of_column_link(link: &ColumnLink, alone: bool) -> Self {
        match link.basis {
            Basis::Inferred => Self::Inferred,
            _ if link.column_level => Self::ColumnProven,
            Basis::InputsOutputs if !alone => Self::Assumed,
            _ => Self::TableLevel,
        }
    }
}
