//! The state of one dataset or job: when it was seen, and for each facet key which content counts.
//! Contents that lost stay in the catalog's history; this is only the front line.

use super::facts::FacetFact;
use super::identity::Identity;
use super::{Span, Stamp};
use schema::moment::Moment;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The content of a facet key that counts now.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Current {
    /// Its newest assertion.
    pub stamp: Stamp,
    /// True when it says that the facet was removed.
    pub deleted: bool,
}

/// One content of a facet key over time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Version {
    /// The catalog's number of the key.
    pub key: u32,
    /// Newest assertion of this content; its hash names the content.
    pub last: Stamp,
    /// Earliest assertion of this content.
    pub first: i64,
    /// True when it is a removal.
    pub deleted: bool,
}

/// What must be written to the history after an assertion.
#[derive(Default)]
pub struct Written {
    /// Rows to merge into the history (first: minimum, last: maximum).
    pub versions: Vec<Version>,
    /// True when another content counts now.
    pub changed: bool,
}

/// A dataset or job merged from all events that name it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// First and last event time that names it.
    pub span: Option<Span>,
    /// What counts now, by the catalog's key number.
    pub current: BTreeMap<u32, Current>,
    /// Of a dataset: what its identity depends on.
    pub life: Life,
}

/// What is known of a dataset's identity and life. Every field is a maximum, or belongs to the facet
/// that counts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Life {
    /// Other names, by the `symlinks` facet that counts; the catalog's numbers.
    pub symlinks: Vec<u32>,
    /// True when a symlink of another dataset calls it a table.
    pub table: bool,
    /// True by its namespace.
    pub temporary: bool,
    /// True by the `datasetType` facet that counts.
    pub typed_temporary: bool,
    /// Newest event that writes it and does not drop it.
    pub written: Option<i64>,
    /// Newest event that drops it.
    pub dropped: Option<i64>,
    /// Newest event that gives it another name: time, derived id and number of what it is called now.
    pub renamed: Option<(i64, [u8; 16], u32)>,
}

impl Life {
    /// What the graph must know. What was written again after a drop lives; after a rename it is
    /// another thing of the same name.
    pub fn identity(&self, id: [u8; 16], named: bool) -> Identity {
        let is_since = |at: i64| self.written.is_none_or(|written| written <= at);
        let renamed = self.renamed.filter(|(at, ..)| is_since(*at)).map(|(.., now)| now);
        let mut same_as = self.symlinks.clone();
        same_as.extend(renamed);
        same_as.sort_unstable();
        same_as.dedup();
        Identity {
            id,
            named,
            renamed: renamed.is_some(),
            table: self.table,
            same_as,
            dropped: self.dropped.filter(|&at| is_since(at)),
            temporary: self.temporary || self.typed_temporary,
        }
    }
}

impl Entity {
    /// An event names it.
    pub fn seen(&mut self, time: Moment) {
        match &mut self.span {
            Some(span) => {
                span.widen(Span::at(time));
            }
            None => self.span = Some(Span::at(time)),
        }
    }

    /// An event asserts a facet. The history row of the content that counts may lag in `last`: a
    /// daily re-assertion must not cost a row (the newest time stands in `current`). It is brought up
    /// to date when another content takes over.
    pub fn assert(&mut self, key: u32, fact: &FacetFact<'_>) -> Written {
        let version = |current: Current, first: i64| Version { key, last: current.stamp, first, deleted: current.deleted };
        let asserted = Current { stamp: fact.stamp, deleted: fact.deleted };
        let row = version(asserted, asserted.stamp.time);
        match self.current.get(&key).copied() {
            None => {
                self.current.insert(key, asserted);
                Written { versions: vec![row], changed: true }
            }
            Some(known) if known.stamp.hash == asserted.stamp.hash => {
                if known.stamp < asserted.stamp {
                    self.current.insert(key, asserted);
                    return Written::default();
                }
                // Earlier than known: it may be the first of this content.
                Written { versions: if asserted.stamp.time < known.stamp.time { vec![row] } else { Vec::new() }, changed: false }
            }
            Some(known) if known.stamp < asserted.stamp => {
                self.current.insert(key, asserted);
                Written { versions: vec![version(known, known.stamp.time), row], changed: true }
            }
            Some(_) => Written { versions: vec![row], changed: false },
        }
    }
}
