//! Facets of jobs: what kind of job, which node of the project, its code.

use super::facet::{self, Facets, standard};
use super::labels;
use super::node::Node;
use super::project::Project;
use serde_json::{Value, json};

/// The facet `jobType`.
pub(super) fn job_type(kind: &str) -> Value {
    standard("2-0-4/JobTypeJobFacet", json!({ "processingType": "BATCH", "integration": "DBT", "jobType": kind }))
}

/// Facets that every job of a node has; `kind` is its `jobType`.
pub(super) fn of(node: Node<'_>, kind: &str) -> Facets {
    let mut facets = Facets::new();
    facets.insert("jobType".into(), job_type(kind));
    let mut told = json!({ "unique_id": node.id });
    for key in ["original_file_path", "database", "schema", "alias"] {
        told[key] = node.text(key).into();
    }
    if node.kind() == "test" {
        told["test_type"] = if node.json.get("test_metadata").is_some() { "generic" } else { "singular" }.into();
    }
    facets.insert("dbt_node".into(), facet::dbt("dbt-node-job-facet", told));
    facets
}

/// Facets of the job that builds a relation.
pub(super) fn building(project: &Project<'_>, node: Node<'_>) -> Facets {
    let mut facets = of(node, &node.kind().to_uppercase());
    facets.extend(node.compiled_code().map(|code| code_facet(project, node, code)));
    let owners = labels::owners(node.json, project.group(node));
    labels::facets(&mut facets, "Job", labels::tags(node.json, None), owners, node.text("description"));
    facets
}

/// `sql` with the adapter as dialect, or `sourceCode` for a model in Python.
pub(super) fn code_facet(project: &Project<'_>, node: Node<'_>, code: &str) -> (String, Value) {
    if node.is_python() {
        let body = json!({ "language": "python", "sourceCode": code });
        return ("sourceCode".into(), standard("1-0-1/SourceCodeJobFacet", body));
    }
    let body = facet::without_nulls(json!({ "query": code, "dialect": project.adapter }));
    ("sql".into(), standard("1-1-0/SQLJobFacet", body))
}
