//! Flows of data as the catalog hands them to the graph: who read and wrote what, in the catalog's
//! numbers. What edges follow from them is the graph's business.

use super::identity::Identity;
use super::{Span, Stamp};
use hashbrown::HashSet;
use schema::log::ContentHash;
use schema::openlineage::facets::Transformation;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Whose flow of data it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
    /// Seen in one event that stands alone for its window: older ones of the owner are history.
    Snapshot(i64),
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
    /// What the job's SQL says of outputs.
    pub inferred: Vec<(u32, ContentHash)>,
    /// `lineage` facets: the whole picture of this run or declaration, when there are any.
    pub explicit: Vec<ContentHash>,
}

/// One end of an explicit statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum End {
    /// Whoever owns the flow: the facet is the same for all that assert it.
    Owner,
    /// A job.
    Job(u32),
    /// A dataset.
    Dataset(u32),
}

/// Something feeds something, in the catalog's numbers, as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stated {
    /// What is fed.
    pub target: End,
    /// A column of it.
    pub target_field: Option<String>,
    /// What feeds it; `None` says that nothing tracked does.
    pub source: Option<End>,
    /// A column of it.
    pub source_field: Option<String>,
    /// How.
    pub transformations: Vec<Transformation>,
}

/// A `lineage` facet not seen before.
pub struct ExplicitLineageFact {
    /// Hash of the facet.
    pub hash: ContentHash,
    /// What it says.
    pub statements: Vec<Stated>,
}

/// A column lineage facet not seen before, in the catalog's numbers.
pub struct ColumnLineageFact {
    /// Hash of the facet.
    pub hash: ContentHash,
    /// Source dataset, source column, target column or the whole output, and how.
    pub sources: Vec<(u32, String, Option<String>, Vec<Transformation>)>,
    /// False when it is inferred and something had to be left out.
    pub complete: bool,
}

/// What a batch changed, for those who follow.
#[derive(Default)]
pub struct Changes {
    /// Flows to merge.
    pub flows: Vec<FlowFact>,
    /// New column lineage.
    pub columns: Vec<ColumnLineageFact>,
    /// New explicit lineage.
    pub explicit: Vec<ExplicitLineageFact>,
    /// Identities that may have changed, whole.
    pub identities: Vec<(u32, Identity)>,
    /// New datasets that naming rules know by another name.
    pub ruled: Vec<Ruled>,
    /// Entities whose searchable content may have changed.
    pub touched: HashSet<Owner>,
}

/// A dataset that naming rules know by another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ruled {
    /// The catalog's number.
    pub dataset: u32,
    /// Its derived id.
    pub id: Uuid,
    /// Derived id of the name that the rules give it.
    pub canonical: Uuid,
}

/// Whether a dataset is to be listed: one of each alias class is, and what is only an alias never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The catalog's number.
    pub dataset: u32,
    /// True to list it.
    pub listed: bool,
}

/// Packed rows of the graph, kept as bytes.
#[derive(Default)]
pub struct FlowRow {
    /// Whose flows.
    pub flows: Vec<(Owner, Vec<u8>)>,
    /// Column lineage by hash of its facet.
    pub columns: Vec<(ContentHash, Vec<u8>)>,
    /// Explicit lineage by hash of its facet.
    pub explicit: Vec<(ContentHash, Vec<u8>)>,
    /// Identities of datasets, by the catalog's numbers.
    pub identities: Vec<(u32, Vec<u8>)>,
    /// Datasets to list or not to list, in this order; not kept here but with the datasets.
    pub listings: Vec<Listing>,
    /// Datasets that got columns by it, by the catalog's numbers; not kept.
    pub touched: Vec<u32>,
}
