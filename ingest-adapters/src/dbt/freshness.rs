//! `dbt source freshness`: whether a source was loaded lately, as an assertion on it.

use super::event::{Run, timing};
use super::execution::with;
use super::facet::{self, standard};
use super::invocation::Invocation;
use super::job;
use super::node::{Node, text};
use super::project::Project;
use schema::json::Json;
use serde_json::{Map, Value, json};

/// The run that looked at a source.
pub(super) fn looked<'d>(project: &Project<'d>, invocation: &Invocation<'d>, node: Node<'d>, result: &'d Json<'d>) -> [Value; 2] {
    let status = text(result, "status").unwrap_or_default();
    let mut input = project.dataset(node, Map::new());
    // Without a time of loading nothing was found out.
    if let Some(loaded) = text(result, "max_loaded_at") {
        let assertions = json!({ "assertions": [assertion(result, status, loaded)] });
        let metrics = json!({ "lastUpdated": loaded, "columnMetrics": {} });
        input["inputFacets"] = json!({
            "dataQualityAssertions": standard("1-1-0/DataQualityAssertionsDatasetFacet", assertions),
            "dataQualityMetrics": standard("1-0-3/DataQualityMetricsInputDatasetFacet", metrics),
        });
    }
    let tests = json!({ "tests": [execution(node, result, status)] });
    let run = Run {
        id: invocation.run_id_of(node.id, "freshness"),
        facets: with(invocation.facets_of_child(project), "test", standard("1-0-1/TestRunFacet", tests)),
        job: project.job_name(node, "model.", ".freshness"),
        job_facets: job::of(node, "TEST"),
        inputs: vec![input],
        outputs: Vec::new(),
        span: timing(result).unwrap_or((invocation.ended, invocation.ended)),
        error: matches!(status, "error" | "runtime error").then(|| failure(result)),
    };
    run.events(project)
}

fn assertion(result: &Json<'_>, status: &str, loaded: &str) -> Value {
    facet::without_nulls(json!({
        "assertion": "freshness",
        "name": "freshness",
        "success": status == "pass",
        "severity": severity(result, status),
        "expected": expected(result),
        "actual": format!("last loaded {loaded}"),
    }))
}

fn execution(node: Node<'_>, result: &Json<'_>, status: &str) -> Value {
    facet::without_nulls(json!({
        "name": node.id,
        "status": if status == "pass" { "pass" } else { "fail" },
        "severity": severity(result, status),
        "type": "freshness",
        "expected": expected(result),
        "actual": text(result, "max_loaded_at").map(|loaded| format!("last loaded {loaded}")),
    }))
}

/// What a stale source would be: without a limit for errors, a warning.
fn severity(result: &Json<'_>, status: &str) -> &'static str {
    let limit = || result.get("criteria")?.get("error_after")?.integer("count");
    if status == "warn" || (status == "pass" && limit().is_none()) { "warn" } else { "error" }
}

/// `warn after 12 hour, error after 1 day`, as far as the project says.
fn expected(result: &Json<'_>) -> Option<String> {
    let criteria = result.get("criteria")?;
    let after = |key: &str, word: &str| {
        let limit = criteria.get(key)?;
        Some(format!("{word} after {} {}", limit.integer("count")?, text(limit, "period")?))
    };
    let parts: Vec<String> = [after("warn_after", "warn"), after("error_after", "error")].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn failure(result: &Json<'_>) -> String {
    let stale =
        || text(result, "max_loaded_at").map(|loaded| format!("stale: last loaded {loaded}, {}", expected(result).unwrap_or_default()));
    text(result, "error").map(str::to_owned).or_else(stale).unwrap_or_else(|| "dbt does not say why".to_owned())
}
