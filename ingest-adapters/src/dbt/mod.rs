//! dbt's artifacts (manifest, run results, catalog, source freshness) to OpenLineage events, with the
//! names that dbt-ol gives, so that one catalog may hold both. See README.md and docs/DBT.md.
//!
//! Read the files with [`Documents::parse`], decide what to tell with [`Import::plan`], take the events
//! from [`Import::events`]: nothing is kept but the parsed artifacts, events are made one by one.

mod artifact;
mod check;
mod columns;
mod dataset;
mod declare;
mod event;
mod execution;
mod exposure;
mod facet;
mod freshness;
mod invocation;
mod job;
mod labels;
mod materialization;
mod namespace;
mod node;
mod note;
mod plan;
mod profile;
mod project;

pub use artifact::{ARTIFACTS, DbtError, Documents, Files, MAX_BYTES, MAX_SETTINGS_BYTES, PROFILES, PROJECT, is_manifest};
pub use plan::Import;

/// What the artifacts do not hold. The default is what dbt-ol does without settings.
#[derive(Clone, Debug)]
pub struct Options {
    /// Namespace of the project's tables; without it, it follows from the profile.
    pub dataset_namespace: Option<String>,
    /// Namespace of jobs, what dbt-ol takes from `OPENLINEAGE_NAMESPACE`.
    pub job_namespace: String,
    /// Name of the job that stands for the dbt command, in place of `dbt-run-{project}`.
    pub job_name: Option<String>,
    /// Which profile of `profiles.yml`, when the artifacts and the project do not say.
    pub profile: Option<String>,
    /// Which target of the profile, when the run did not say.
    pub target: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { dataset_namespace: None, job_namespace: "dbt".to_owned(), job_name: None, profile: None, target: None }
    }
}

/// Looks up an environment variable, for `env_var(…)` in `profiles.yml`.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;
