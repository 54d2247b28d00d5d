//! Facets decoded into types, each on its own: a broken one costs only itself. Every decoder takes
//! whatever JSON stands under the key and keeps what it can read; unknown facets stay raw.

mod dataset;
mod detail;
mod explicit;
mod job;
mod lineage;
mod place;
mod quality;
mod run;
mod secret;
mod subset;

pub use dataset::{DataSource, Field, Lifecycle, Schema, Symlink, data_source, lifecycle, schema, symlinks, version};
pub use detail::{
    Dependencies, Dependency, ExternalQuery, ExtractionError, ExtractionErrors, Parameter, Test, dependencies, environment, external_query,
    extraction_errors, parameters, tests,
};
pub use explicit::{End, Statement, dataset_lineage, job_lineage};
pub use job::{EmissionPattern, JobType, SourceCode, SourceCodeLocation, Sql, job_type, source_code, source_code_location, sql};
pub use lineage::{ColumnLineage, ColumnSource, Transformation, column_lineage};
pub use place::{Catalog, DatasetKind, Level, Storage, catalog, dataset_kind, hierarchy, storage};
pub use quality::{Assertion, ColumnMetrics, Metrics, Statistics, assertions, metrics, statistics};
pub use run::{ErrorMessage, NominalTime, Parent, ProcessingEngine, RunName, error_message, nominal_time, parent, processing_engine};
pub use subset::subset;

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

/// Every value of a facet under its dotted path, in the order of the facet; what looks secret hidden. For
/// facets of products (gcp, iceberg), whose fields are names and numbers to read and nothing more.
pub fn properties(json: &Json<'_>, prefix: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (key, value) in json.as_object().unwrap_or_default() {
        if key.starts_with('_') || *value == Json::Null {
            continue;
        }
        let path = if prefix.is_empty() { key.to_string() } else { format!("{prefix}.{key}") };
        match value.as_object() {
            Some(_) => all.extend(properties(value, &path)),
            None => {
                let text = value.as_str().map_or_else(|| String::from_utf8_lossy(&value.canonical()).into_owned(), str::to_owned);
                all.push((path, secret::shown(key, text)));
            }
        }
    }
    all
}

/// What `documentation` is written in: a MIME type.
pub fn documentation_type(facet: &Json<'_>) -> Option<String> {
    facet.text("contentType")
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
