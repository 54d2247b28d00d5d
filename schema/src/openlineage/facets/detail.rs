//! Facets that tell more of a run: what it was given, what it found out, what it waited for.

use super::secret;
use crate::json::Json;

/// The `externalQuery` facet: the query in the system that ran it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalQuery {
    /// Its id there.
    pub id: String,
    /// Which system.
    pub source: Option<String>,
}

/// Reads an `externalQuery` facet.
pub fn external_query(facet: &Json<'_>) -> Option<ExternalQuery> {
    Some(ExternalQuery { id: facet.text("externalQueryId")?, source: facet.text("source") })
}

/// The `extractionError` facet: the emitter could not find out all of the lineage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtractionErrors {
    /// Tasks looked at.
    pub total: Option<i64>,
    /// Tasks that failed.
    pub failed: Option<i64>,
    /// Why.
    pub errors: Vec<ExtractionError>,
}

/// One thing that could not be extracted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtractionError {
    /// What went wrong.
    pub message: String,
    /// Where in the emitter.
    pub stack_trace: Option<String>,
    /// What was looked at.
    pub task: Option<String>,
    /// Its place.
    pub task_number: Option<i64>,
}

/// Reads an `extractionError` facet.
pub fn extraction_errors(facet: &Json<'_>) -> ExtractionErrors {
    let error = |e: &Json<'_>| {
        let message = e.text("errorMessage")?;
        Some(ExtractionError { message, stack_trace: e.text("stackTrace"), task: e.text("task"), task_number: e.integer("taskNumber") })
    };
    ExtractionErrors {
        total: facet.integer("totalTasks"),
        failed: facet.integer("failedTasks"),
        errors: facet.objects("errors").filter_map(error).collect(),
    }
}

/// A named value that a run was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// What it is known by.
    pub key: String,
    /// For people.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Its value; hidden when its key looks secret.
    pub value: Option<String>,
}

/// Reads an `environmentVariables` facet.
pub fn environment(facet: &Json<'_>) -> Vec<Parameter> {
    let read = |v: &Json<'_>| {
        let key = v.text("name")?;
        Some(Parameter { value: v.text("value").map(|value| secret::shown(&key, value)), key, name: None, description: None })
    };
    facet.objects("environmentVariables").filter_map(read).collect()
}

/// Reads an `executionParameters` facet.
pub fn parameters(facet: &Json<'_>) -> Vec<Parameter> {
    let read = |p: &Json<'_>| {
        let key = p.text("key").or_else(|| p.text("name"))?;
        // A value may be anything; what is no text is shown as JSON.
        let value = p.get("value").filter(|value| **value != Json::Null).map(|value| match value.as_str() {
            Some(text) => text.to_owned(),
            None => String::from_utf8_lossy(&value.canonical()).into_owned(),
        });
        let value = value.map(|value| secret::shown(&key, value));
        Some(Parameter { value, key, name: p.text("name"), description: p.text("description") })
    };
    facet.objects("parameters").filter_map(read).collect()
}

/// One test of the `test` facet, bound to no dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Test {
    /// Its name.
    pub name: String,
    /// `pass`, `fail` or `skip`.
    pub status: Option<String>,
    /// `error` or `warn`: says nothing about `status`.
    pub severity: Option<String>,
    /// What kind of test.
    pub kind: Option<String>,
    /// In words.
    pub description: Option<String>,
    /// What should be.
    pub expected: Option<String>,
    /// What was.
    pub actual: Option<String>,
    /// The test's text.
    pub content: Option<String>,
    /// What the text is written in.
    pub content_type: Option<String>,
    /// What it was given.
    pub parameters: Vec<(String, String)>,
}

/// Reads a `test` facet.
pub fn tests(facet: &Json<'_>) -> Vec<Test> {
    let read = |t: &Json<'_>| {
        Some(Test {
            name: t.text("name")?,
            status: t.text("status").map(|status| status.to_lowercase()),
            severity: t.text("severity").map(|severity| severity.to_lowercase()),
            kind: t.text("type"),
            description: t.text("description"),
            expected: t.text("expected"),
            actual: t.text("actual"),
            content: t.text("content"),
            content_type: t.text("contentType"),
            parameters: t.get("params").map(|params| super::properties(params, "")).unwrap_or_default(),
        })
    };
    facet.objects("tests").filter_map(read).collect()
}

/// A job that another one waits for or lets begin: control flow, never lineage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// The job's namespace.
    pub namespace: String,
    /// The job's name.
    pub name: String,
    /// The run, when one is meant.
    pub run_id: Option<String>,
    /// What kind of dependency.
    pub kind: Option<String>,
    /// When, relative to the other: `FINISH_TO_START`, …
    pub sequence_rule: Option<String>,
    /// After which ends: `EXECUTE_ON_SUCCESS`, …
    pub status_rule: Option<String>,
}

/// The `jobDependencies` facet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependencies {
    /// What it waits for.
    pub upstream: Vec<Dependency>,
    /// What waits for it.
    pub downstream: Vec<Dependency>,
    /// How many of those it waits for must be done: `ALL_SUCCESS`, …
    pub trigger_rule: Option<String>,
}

/// Reads a `jobDependencies` facet. Documentation writes `type` where the schema has `dependency_type`.
pub fn dependencies(facet: &Json<'_>) -> Dependencies {
    let read = |d: &Json<'_>| {
        let job = d.get("job")?;
        Some(Dependency {
            namespace: job.text("namespace")?,
            name: job.text("name")?,
            run_id: d.get("run").and_then(|run| run.text("runId")),
            kind: d.text("dependency_type").or_else(|| d.text("type")),
            sequence_rule: d.text("sequence_trigger_rule"),
            status_rule: d.text("status_trigger_rule"),
        })
    };
    let list = |key: &str| facet.objects(key).filter_map(read).collect();
    Dependencies { upstream: list("upstream"), downstream: list("downstream"), trigger_rule: facet.text("trigger_rule") }
}
