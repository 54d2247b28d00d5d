//! What is said about an event: findings, and what is done with each facet.

use crate::explain;
use async_graphql::{Enum, SimpleObject};
use schema::openlineage as ol;

/// Something odd in an event that was kept all the same.
#[derive(SimpleObject)]
pub struct Finding {
    /// Its code.
    pub code: &'static str,
    /// What it means.
    pub description: &'static str,
    /// JSON pointer to it.
    pub pointer: String,
}

impl From<ol::Finding> for Finding {
    fn from(finding: ol::Finding) -> Self {
        Self { code: finding.code.name(), description: finding.code.description(), pointer: finding.pointer }
    }
}

/// Where in an event a facet stands.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "ol::Container")]
pub enum FacetContainer {
    /// `run.facets`
    Run,
    /// `job.facets`
    Job,
    /// `facets` of a dataset.
    Dataset,
    /// `inputFacets`
    Input,
    /// `outputFacets`
    Output,
}

/// What is done with a facet.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "explain::Usage")]
pub enum FacetUsage {
    /// It has a meaning here, beside being stored.
    Used,
    /// Kept with its history and shown as JSON.
    Stored,
    /// Only in the event itself.
    Ignored,
}

/// What is done with one facet of an event.
#[derive(SimpleObject)]
pub struct FacetReport {
    /// JSON pointer to the facet.
    pointer: String,
    /// Where it stands.
    container: FacetContainer,
    /// Its key.
    key: String,
    /// What is done with it.
    usage: FacetUsage,
    /// Why, or what for.
    why: String,
}

impl From<explain::FacetReport> for FacetReport {
    fn from(report: explain::FacetReport) -> Self {
        let (container, usage) = (report.container.into(), report.usage.into());
        Self { pointer: report.pointer, container, key: report.key, usage, why: report.why }
    }
}
