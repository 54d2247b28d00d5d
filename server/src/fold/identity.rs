//! What facets say of a dataset's identity and life, as far as the graph acts on it.

use schema::json::Json;
use schema::openlineage::facets::Symlink;
use serde::{Deserialize, Serialize};

/// What the graph must know of a dataset beyond its flows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Derived id, which settles what nothing else does.
    pub id: [u8; 16],
    /// False while it is only somebody's alias.
    pub named: bool,
    /// True while it only has the name that it had before a rename.
    pub renamed: bool,
    /// True when a symlink calls it a table: a table says more to a person than a path.
    pub table: bool,
    /// Catalog numbers of datasets that are the same thing; sorted.
    pub same_as: Vec<u32>,
    /// When it was dropped, microseconds since 1970; none when it was written again since.
    pub dropped: Option<i64>,
    /// True for what only exists between two steps of a pipeline: contracted in answers.
    pub temporary: bool,
}

/// True when an identifier may join two datasets. An empty namespace or a root folder would join what
/// has nothing to do with each other (openlineage 3.7).
pub fn joins(link: &Symlink) -> bool {
    !link.namespace.is_empty() && !link.name.trim_matches('/').is_empty()
}

/// True for a `datasetType` facet of something that lives between two steps (openlineage 3.3).
pub fn is_temporary(facet: &Json<'_>) -> bool {
    let is = |key: &str, value: &str| facet.text(key).is_some_and(|text| text.eq_ignore_ascii_case(value));
    is("datasetType", "JOB_OUTPUT") || is("subType", "TEMPORARY")
}

/// True for names that are temporary by the spec's naming rules (`inmemory://`, openlineage 4).
pub fn is_temporary_name(namespace: &str) -> bool {
    namespace.starts_with("inmemory:")
}

/// True for a `jobType` facet whose events stand each alone (openlineage 2.3).
pub fn is_snapshot(facet: &Json<'_>) -> bool {
    let mode = facet.get("emissionPattern").and_then(|pattern| pattern.text("eventContentMode"));
    mode.is_some_and(|mode| mode.eq_ignore_ascii_case("COMPLETE_SNAPSHOT"))
}
