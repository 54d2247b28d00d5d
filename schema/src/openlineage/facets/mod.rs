//! Facets decoded into types, each on its own: a broken one costs only itself. Every decoder takes
//! whatever JSON stands under the key and keeps what it can read; unknown facets stay raw.

mod dataset;
mod explicit;
mod job;
mod lineage;
mod quality;
mod run;

pub use dataset::{DataSource, Field, Lifecycle, Schema, Symlink, data_source, lifecycle, schema, symlinks, version};
pub use explicit::{End, Statement, dataset_lineage, job_lineage};
pub use job::{JobType, SourceCodeLocation, Sql, job_type, source_code_location, sql};
pub use lineage::{ColumnLineage, ColumnSource, Transformation, column_lineage};
pub use quality::{Assertion, ColumnMetrics, Metrics, Statistics, assertions, metrics, statistics};
pub use run::{ErrorMessage, NominalTime, Parent, ProcessingEngine, RunName, error_message, nominal_time, parent, processing_engine};

use crate::json::Json;

/// An owner: `team:x`, a mail address, or whatever the emitter writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// As sent.
    pub name: String,
    /// `MAINTAINER`, `OWNER`, …
    pub kind: Option<String>,
}

/// A tag of a dataset, one of its columns, a job or a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The tag's name.
    pub key: String,
    /// `"true"` for a plain flag.
    pub value: Option<String>,
    /// Who set it.
    pub source: Option<String>,
    /// The column it is about; `None` for the whole.
    pub field: Option<String>,
}

/// Text of the `documentation` facet of a dataset or job.
pub fn documentation(facet: &Json<'_>) -> Option<String> {
    facet.text("description").filter(|text| !text.is_empty())
}

/// Owners of a dataset or job; nameless and redacted ones are passed over.
pub fn owners(facet: &Json<'_>) -> Vec<Owner> {
    let named = facet.objects("owners").filter_map(|o| Some(Owner { name: o.text("name")?, kind: o.text("type") }));
    named.filter(|o| !o.name.is_empty() && o.name != "***").collect()
}

/// Tags of a dataset (and its columns), job or run.
pub fn tags(facet: &Json<'_>) -> Vec<Tag> {
    let read = |t: &Json<'_>| Some(Tag { key: t.text("key")?, value: t.text("value"), source: t.text("source"), field: t.text("field") });
    facet.objects("tags").filter_map(read).filter(|t| !t.key.is_empty()).collect()
}

/// True for a facet that says it was removed (`_deleted`, spec 2-0-0).
pub fn is_deleted(facet: &Json<'_>) -> bool {
    facet.flag("_deleted") == Some(true)
}
