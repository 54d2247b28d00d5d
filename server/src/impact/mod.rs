//! What breaks when something changes: a verdict for every dataset, job and column downstream, with the
//! shortest path that proves it. Pure functions over a graph; names, owners and schemas are looked up by
//! who asks.
//!
//! A verdict is about what happens when this change is made and nothing else is:
//!
//! - **BREAKS**: the next run fails, or the value can no longer be made (or is cut off).
//! - **RISKY**: it goes on, with old, late or other values; or it breaks if inferred lineage is right.
//! - **UNKNOWN**: it reads what is affected, and how is not known: table-level lineage, lineage that names no
//!   filter or join or does not cover every column, an input that no column lineage names.
//! - **SAFE**: column lineage that is complete does not lead there.
//!
//! Two effects spread. A column is *affected* when its value is made of an affected one, directly or through
//! a filter or join. A dataset is affected *as a whole* when the job that writes it fails (BREAKS), is
//! fed by what is no longer written (RISKY, however deep), or may be either (UNKNOWN). Each is as bad as
//! its worst reason; nothing becomes worse on the way than where it comes from (`spread`), so that the
//! worst verdicts are found first, each by a shortest path. What a use of a changed column means stands in
//! one table (`rules`); docs/CHECK.md shows it.

mod answer;
mod begin;
mod counts;
mod described;
mod items;
mod links;
mod offer;
mod proof;
mod reach;
mod reads;
mod reason;
mod rules;
mod spread;
#[cfg(test)]
mod tests;
mod types;

pub use answer::{Impact, impact};
pub use counts::Counts;
pub use items::{Item, Items};
pub use reason::{Reason, about};
pub use rules::Kind;
pub use types::{TypeChange, compare as compare_types};

use crate::graph::Link;
use crate::lineage::Confidence;
use hashbrown::HashMap;
use schema::openlineage::facets::Transformation;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What becomes of something, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verdict {
    /// Not touched, and that is proven.
    Safe,
    /// May be touched; what is known does not say.
    Unknown,
    /// Goes on, with old, late or other values.
    Risky,
    /// Fails, or loses what it is made of.
    Breaks,
}

impl Verdict {
    /// Every verdict, the worst first.
    pub const ALL: [Self; 4] = [Self::Breaks, Self::Risky, Self::Unknown, Self::Safe];
}

/// A change, in the catalog's numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A column is no longer there, under its old name or at all, or has another type. A dotted path means
    /// everything inside it too.
    Column {
        /// Its dataset.
        dataset: u32,
        /// Dotted path.
        name: String,
        /// What happens to it.
        kind: Kind,
    },
    /// A dataset is dropped.
    Dataset(u32),
    /// A job no longer runs.
    Stopped(u32),
    /// A job runs late.
    Late(u32),
}

/// How far to believe lineage. The default believes only what is said, and as far as it is complete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// Lineage that was inferred from SQL counts like what emitters say: it may prove BREAKS and SAFE.
    pub inferred: bool,
    /// Column lineage counts as complete also when it names no filter or join, or not every column.
    pub complete: bool,
}

/// Columns of datasets as their schemas list them, for judging whether column lineage covers them.
pub type Schemas = HashMap<u32, Vec<String>>;

/// Something that an effect reaches.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Point {
    /// A dataset as a whole: every row and column.
    Dataset(u32),
    /// A column.
    Column(u32, Arc<str>),
    /// A job.
    Job(u32),
}

/// One step of a proof.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// From here,
    pub from: Point,
    /// to here.
    pub to: Point,
    /// The edge that it takes: whose it is, how and when it is known.
    pub link: Link,
    /// How the column is made; empty for what is not about columns.
    pub transformations: Arc<[Transformation]>,
    /// How sure it is.
    pub confidence: Confidence,
    /// What the step means.
    pub reason: Reason,
}
