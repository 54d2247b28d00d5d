//! Facets of a job.

use crate::json::Json;

/// The `jobType` facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobType {
    /// `BATCH`, `STREAMING`, `SERVICE`.
    pub processing_type: Option<String>,
    /// `AIRFLOW`, `DBT`, `SPARK`, …
    pub integration: Option<String>,
    /// `DAG`, `TASK`, `MODEL`, `QUERY`, …
    pub job_type: Option<String>,
}

/// Reads a `jobType` facet.
pub fn job_type(facet: &Json<'_>) -> JobType {
    JobType { processing_type: facet.text("processingType"), integration: facet.text("integration"), job_type: facet.text("jobType") }
}

/// The `sql` facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sql {
    /// The statement.
    pub query: String,
    /// Its dialect, when said.
    pub dialect: Option<String>,
}

/// Reads an `sql` facet.
pub fn sql(facet: &Json<'_>) -> Option<Sql> {
    Some(Sql { query: facet.text("query")?, dialect: facet.text("dialect") })
}

/// The `sourceCodeLocation` facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceCodeLocation {
    /// `git`, …
    pub kind: Option<String>,
    /// Link to the file.
    pub url: Option<String>,
    /// Link to the repository.
    pub repo_url: Option<String>,
    /// Path in it.
    pub path: Option<String>,
    /// Commit.
    pub version: Option<String>,
    /// Branch.
    pub branch: Option<String>,
}

/// Reads a `sourceCodeLocation` facet.
pub fn source_code_location(facet: &Json<'_>) -> SourceCodeLocation {
    SourceCodeLocation {
        kind: facet.text("type"),
        url: facet.text("url"),
        repo_url: facet.text("repoUrl"),
        path: facet.text("path"),
        version: facet.text("version"),
        branch: facet.text("branch"),
    }
}
