//! What the records of a graph file hold. Long vectors are cut into runs of leaves, maps into runs of entries, so
//! that several threads can read them at once.

use super::super::asserted::FlowKey;
use super::super::assertions::Rule;
use super::super::chunked::{Leaf, Packed};
use super::super::class::Class;
use super::super::columns::{Column, ColumnFlow};
use super::super::identities::{Plain, Rest};
use super::super::lineages::ColumnLineage;
use super::super::narrow::Narrow;
use super::super::owned::OwnerVertex;
use super::super::snapshot::{DatasetVertex, JobFlows};
use super::record::Record;
use super::{Held, StoredError};
use crate::fold::flow::{Owner, Stated};
use schema::log::ContentHash;
use schema::openlineage::facets::Transformation;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Values that are shared one by one.
pub type Shared<T> = Vec<Leaf<Option<Arc<T>>>>;

/// What a file says of itself, and what of the graph is a number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Head {
    pub held: Held,
    pub edges: u64,
    pub column_edges: u64,
    pub any_dropped: bool,
    pub any_temporary: bool,
    pub lengths: Lengths,
    /// Slots of the table of names.
    pub room: u32,
}

/// How many values each vector has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lengths {
    pub datasets: usize,
    pub jobs: usize,
    pub statics: usize,
    pub job_flows: usize,
    pub classes: usize,
    pub columns: usize,
    pub texts: usize,
    pub slots: usize,
    pub hows: usize,
    pub column_flows: usize,
    pub identities: usize,
}

/// What the writer knows of an owner.
#[derive(Serialize, Deserialize)]
pub struct Owned {
    pub owner: Owner,
    pub flows: Option<Narrow>,
    pub column_flows: Vec<(FlowKey, u32)>,
    pub columns: u64,
    pub edges: u64,
}

/// Kinds of records. They are never used again for anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    Head = 1,
    Datasets,
    Jobs,
    Statics,
    JobFlows,
    Classes,
    Columns,
    Texts,
    Slots,
    Hows,
    ColumnFlows,
    Owned,
    Lineages,
    Rows,
    Statements,
    Identities,
    IdentityRest,
    Ruled,
}

const KINDS: [Kind; 18] = [
    Kind::Head,
    Kind::Datasets,
    Kind::Jobs,
    Kind::Statics,
    Kind::JobFlows,
    Kind::Classes,
    Kind::Columns,
    Kind::Texts,
    Kind::Slots,
    Kind::Hows,
    Kind::ColumnFlows,
    Kind::Owned,
    Kind::Lineages,
    Kind::Rows,
    Kind::Statements,
    Kind::Identities,
    Kind::IdentityRest,
    Kind::Ruled,
];

/// A record, read.
pub enum Part {
    Head(Head),
    Datasets(Shared<DatasetVertex>),
    Jobs(Shared<OwnerVertex>),
    Statics(Shared<OwnerVertex>),
    JobFlows(Shared<JobFlows>),
    Classes(Shared<Class>),
    Columns(Vec<Leaf<Column>>),
    Texts(Vec<Leaf<Arc<str>>>),
    Slots(Vec<Leaf<u32>>),
    Hows(Vec<Leaf<Arc<[Transformation]>>>),
    ColumnFlows(Shared<ColumnFlow>),
    Owned(Vec<Owned>),
    Lineages(Vec<(ContentHash, ColumnLineage)>),
    Rows(Vec<(ContentHash, Vec<u8>)>),
    Statements(Vec<(ContentHash, Vec<Stated>)>),
    Identities(Vec<Leaf<Plain>>),
    IdentityRest(Vec<(u32, Rest)>),
    Ruled(Vec<(u32, Rule)>),
}

impl Part {
    /// Reads a record.
    pub fn of(record: &Record) -> Result<Self, StoredError> {
        let kind = KINDS.into_iter().find(|kind| *kind as u8 == record.kind()).ok_or(StoredError::Damaged)?;
        Ok(match kind {
            Kind::Head => Self::Head(record.content()?),
            Kind::Datasets => Self::Datasets(record.content()?),
            Kind::Jobs => Self::Jobs(record.content()?),
            Kind::Statics => Self::Statics(record.content()?),
            Kind::JobFlows => Self::JobFlows(record.content()?),
            Kind::Classes => Self::Classes(record.content()?),
            Kind::Columns => Self::Columns(record.content()?),
            Kind::Texts => Self::Texts(record.content()?),
            Kind::Slots => Self::Slots(record.content()?),
            Kind::Hows => Self::Hows(record.content()?),
            Kind::ColumnFlows => Self::ColumnFlows(record.content()?),
            Kind::Owned => Self::Owned(record.content()?),
            Kind::Lineages => Self::Lineages(record.content()?),
            Kind::Rows => Self::Rows(record.content()?),
            Kind::Statements => Self::Statements(record.content()?),
            Kind::Identities => Self::Identities(record.content()?),
            Kind::IdentityRest => Self::IdentityRest(record.content()?),
            Kind::Ruled => Self::Ruled(record.content()?),
        })
    }
}

/// The leaves of a vector in runs of so many.
pub fn runs<T: Clone + Default>(vector: &Packed<T>, leaves: usize) -> impl Iterator<Item = Vec<&Leaf<T>>> {
    let mut all = vector.leaves();
    std::iter::from_fn(move || Some(all.by_ref().take(leaves).collect::<Vec<_>>()).filter(|run| !run.is_empty()))
}
