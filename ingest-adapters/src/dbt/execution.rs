//! Runs that build relations: models, seeds, snapshots. And the run of the command around them.

use super::event::{Run, timing};
use super::facet::{self, Facets, standard};
use super::invocation::Invocation;
use super::node::{Node, text};
use super::project::Project;
use super::{dataset, job};
use schema::json::Json;
use serde_json::{Value, json};

/// What became of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Succeeded,
    Failed,
    /// dbt did not come to it, or had nothing to do.
    NotRun,
    /// A status that no version known to us writes.
    Unknown,
}

/// Reads `status`.
pub(super) fn outcome(result: &Json<'_>) -> Outcome {
    match text(result, "status") {
        Some("success" | "pass" | "warn") => Outcome::Succeeded,
        Some("error" | "fail" | "runtime error" | "partial success") => Outcome::Failed,
        Some("skipped" | "no-op" | "reused") => Outcome::NotRun,
        _ => Outcome::Unknown,
    }
}

/// The run of the command.
pub(super) fn command(project: &Project<'_>, invocation: &Invocation<'_>) -> [Value; 2] {
    let failed = invocation.results.iter().filter(|result| outcome(result) == Outcome::Failed).count();
    let run = Run {
        id: invocation.run_id(),
        facets: invocation.facets(project),
        job: project.command_job.clone(),
        job_facets: [("jobType".to_owned(), job::job_type("JOB"))].into_iter().collect(),
        inputs: Vec::new(),
        outputs: Vec::new(),
        span: (invocation.started, invocation.ended),
        error: (failed > 0).then(|| format!("{failed} of {} nodes failed", invocation.results.len())),
    };
    run.events(project)
}

/// The run that built `node`.
pub(super) fn built<'d>(project: &Project<'d>, invocation: &Invocation<'d>, node: Node<'d>, result: &'d Json<'d>) -> [Value; 2] {
    let mut facets = invocation.facets_of_child(project);
    facets.extend(external_query(project, result));
    let mut job_facets = job::building(project, node);
    // The result has what was run; the manifest may be of a later command.
    job_facets.extend(text(result, "compiled_code").map(|code| job::code_facet(project, node, code)));
    let mut output = dataset::described(project, node);
    if let Some(statistics) = statistics(result) {
        output["outputFacets"] = json!({ "outputStatistics": statistics });
    }
    let failure = || text(result, "message").unwrap_or("dbt does not say why").to_owned();
    let run = Run {
        id: invocation.run_id_of(node.id, ""),
        facets,
        job: job_name(project, node, &invocation.command),
        job_facets,
        inputs: project.inputs(node).into_iter().map(|input| dataset::read(project, input)).collect(),
        outputs: vec![output],
        span: timing(result).unwrap_or((invocation.ended, invocation.ended)),
        error: (outcome(result) == Outcome::Failed).then(failure),
    };
    run.events(project)
}

/// Name of the job that builds a relation with this command.
pub(super) fn job_name(project: &Project<'_>, node: Node<'_>, command: &str) -> String {
    let (prefix, what) = match node.kind() {
        "seed" => ("seed.", "seed"),
        "snapshot" => ("snapshot.", "snapshot"),
        _ => ("model.", "run"),
    };
    project.job_name(node, prefix, &super::invocation::ending(command, what))
}

/// `externalQuery`: the warehouse's own id of the query, as dbt-ol writes it.
fn external_query(project: &Project<'_>, result: &Json<'_>) -> Option<(String, Value)> {
    let response = result.get("adapter_response")?;
    let id = if project.adapter.as_deref() == Some("bigquery") {
        let job = text(response, "job_id")?;
        match (text(response, "project_id"), text(response, "location")) {
            (Some(project), Some(location)) => format!("{project}:{location}.{job}"),
            _ => job.to_owned(),
        }
    } else {
        text(response, "query_id").filter(|id| !id.eq_ignore_ascii_case("n/a"))?.to_owned()
    };
    let body = json!({ "externalQueryId": id, "source": project.namespace });
    Some(("externalQuery".into(), standard("1-0-2/ExternalQueryRunFacet", body)))
}

/// Rows and bytes that this run wrote, as far as the warehouse answered.
fn statistics(result: &Json<'_>) -> Option<Value> {
    let response = result.get("adapter_response")?;
    let get = |key: &str| response.integer(key).filter(|count| *count > 0);
    let (rows, size) = (get("rows_affected"), get("bytes_processed"));
    let body = facet::without_nulls(json!({ "rowCount": rows, "size": size }));
    (rows.is_some() || size.is_some()).then(|| standard("1-0-2/OutputStatisticsOutputDatasetFacet", body))
}

/// Facets with one more.
pub(super) fn with(mut facets: Facets, key: &str, facet: Value) -> Facets {
    facets.insert(key.to_owned(), facet);
    facets
}
