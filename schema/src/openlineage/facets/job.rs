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
    /// How its events come, when it says so (2-0-4).
    pub emission: Option<EmissionPattern>,
}

/// How the events of a job come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmissionPattern {
    /// `EVENT_BASED` or `PERIODIC`.
    pub trigger: Option<String>,
    /// `ACCUMULATIVE`: events of a run add up; `COMPLETE_SNAPSHOT`: each stands alone for its window.
    pub content: Option<String>,
    /// Seconds between events, or that each is about.
    pub window: Option<i64>,
}

impl EmissionPattern {
    /// True when each event stands alone for its window.
    pub fn is_snapshot(&self) -> bool {
        self.content.as_ref().is_some_and(|content| content.eq_ignore_ascii_case("COMPLETE_SNAPSHOT"))
    }
}

/// Reads a `jobType` facet.
pub fn job_type(facet: &Json<'_>) -> JobType {
    let emission = facet.get("emissionPattern").filter(|pattern| pattern.as_object().is_some()).map(|pattern| EmissionPattern {
        trigger: pattern.text("eventTrigger"),
        content: pattern.text("eventContentMode"),
        window: pattern.integer("windowDuration"),
    });
    JobType {
        processing_type: facet.text("processingType"),
        integration: facet.text("integration"),
        job_type: facet.text("jobType"),
        emission,
    }
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
    /// Tag.
    pub tag: Option<String>,
    /// Number of the pull request that it comes from.
    pub pull_request: Option<String>,
}

/// The `sourceCode` facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceCode {
    /// `python`, `bash`, …
    pub language: Option<String>,
    /// The code.
    pub code: String,
}

/// Reads a `sourceCode` facet.
pub fn source_code(facet: &Json<'_>) -> Option<SourceCode> {
    Some(SourceCode { language: facet.text("language"), code: facet.text("sourceCode")? })
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
        tag: facet.text("tag"),
        pull_request: facet.text("pullRequestNumber"),
    }
}
