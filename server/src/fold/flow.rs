//! Flows of data as the catalog hands them to the graph: who read and wrote what, in the catalog's
//! numbers. What edges follow from them is the graph's business.

use super::{Span, Stamp};
use hashbrown::HashSet;
use schema::log::ContentHash;
use schema::openlineage::facets::Transformation;

/// Whose flow of data it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A job, by the catalog's number.
    Job(u32),
    /// A dataset that declares its own origin, without a job.
    Dataset(u32),
}

/// How a flow is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FlowSource {
    /// Seen in a run whose events span this time.
    Observed(Span),
    /// Declared by an event: holds until a later declaration of the same owner.
    Declared(Stamp),
}

/// One run's or declaration's reading and writing, in the catalog's numbers.
pub struct FlowFact {
    /// Whose it is.
    pub owner: Owner,
    /// How it is known.
    pub source: FlowSource,
    /// Datasets read.
    pub inputs: Vec<u32>,
    /// Datasets written.
    pub outputs: Vec<u32>,
    /// Column lineage facets by output.
    pub columns: Vec<(u32, ContentHash)>,
}

/// A column lineage facet not seen before, in the catalog's numbers.
pub struct ColumnLineageFact {
    /// Hash of the facet.
    pub hash: ContentHash,
    /// Source dataset, source column, target column or the whole output, and how.
    pub sources: Vec<(u32, String, Option<String>, Vec<Transformation>)>,
}

/// What a batch changed, for those who follow.
#[derive(Default)]
pub struct Changes {
    /// Flows to merge.
    pub flows: Vec<FlowFact>,
    /// New column lineage.
    pub columns: Vec<ColumnLineageFact>,
    /// Entities whose searchable content may have changed.
    pub touched: HashSet<Owner>,
}

/// Packed rows of the graph, kept as bytes.
#[derive(Default)]
pub struct FlowRow {
    /// Whose flows.
    pub flows: Vec<(Owner, Vec<u8>)>,
    /// Column lineage by hash of its facet.
    pub columns: Vec<(ContentHash, Vec<u8>)>,
    /// Datasets that got columns by it, by the catalog's numbers; not kept.
    pub touched: Vec<u32>,
}
