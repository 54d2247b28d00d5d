//! Facets of a run.

use crate::json::Json;
use crate::moment::Moment;

/// A run and its job, as a child run names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunName {
    /// As sent.
    pub run_id: String,
    /// The job's namespace.
    pub namespace: String,
    /// The job's name.
    pub name: String,
}

/// The `parent` facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    /// The run that started this one.
    pub parent: RunName,
    /// The top of the chain, when said.
    pub root: Option<RunName>,
}

/// Reads a `parent` facet (or the older `parentRun`).
pub fn parent(facet: &Json<'_>) -> Option<Parent> {
    Some(Parent { parent: run_name(facet)?, root: facet.get("root").and_then(run_name) })
}

fn run_name(json: &Json<'_>) -> Option<RunName> {
    let (run, job) = (json.get("run")?, json.get("job")?);
    let named = RunName { run_id: run.text("runId")?, namespace: job.text("namespace")?, name: job.text("name")? };
    (!named.run_id.is_empty() && !named.name.is_empty()).then_some(named)
}

/// The `nominalTime` facet: the window a scheduled run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NominalTime {
    /// Begin of the window.
    pub start: Moment,
    /// Its end.
    pub end: Option<Moment>,
}

/// Reads a `nominalTime` facet.
pub fn nominal_time(facet: &Json<'_>) -> Option<NominalTime> {
    let at = |key| facet.text(key).and_then(|text| Moment::parse(&text));
    Some(NominalTime { start: at("nominalStartTime")?, end: at("nominalEndTime") })
}

/// The `errorMessage` facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorMessage {
    /// What went wrong.
    pub message: String,
    /// Language of the stack trace.
    pub programming_language: Option<String>,
    /// Where.
    pub stack_trace: Option<String>,
}

/// Reads an `errorMessage` facet.
pub fn error_message(facet: &Json<'_>) -> Option<ErrorMessage> {
    Some(ErrorMessage {
        message: facet.text("message")?,
        programming_language: facet.text("programmingLanguage"),
        stack_trace: facet.text("stackTrace"),
    })
}

/// The `processing_engine` facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessingEngine {
    /// `spark`, `Airflow`, …
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Version of the OpenLineage integration.
    pub adapter_version: Option<String>,
}

/// Reads a `processing_engine` facet.
pub fn processing_engine(facet: &Json<'_>) -> ProcessingEngine {
    ProcessingEngine { name: facet.text("name"), version: facet.text("version"), adapter_version: facet.text("openlineageAdapterVersion") }
}
