//! Tests: what dbt's generic, singular and unit tests found, as assertions on the relation that they test.

use super::event::{Run, timing};
use super::execution::{Outcome, outcome, with};
use super::facet;
use super::invocation::Invocation;
use super::job;
use super::node::{Node, text};
use super::project::Project;
use schema::json::Json;
use schema::moment::Moment;
use serde_json::{Map, Value, json};

/// A test and its result.
#[derive(Clone, Copy)]
pub(super) struct Check<'d> {
    pub test: Node<'d>,
    pub result: &'d Json<'d>,
}

/// The relations that a test is about. A generic test has one, even when it reads others too.
pub(super) fn tested<'d>(project: &Project<'d>, test: Node<'d>) -> Vec<Node<'d>> {
    let inputs = project.inputs(test);
    let Some(metadata) = test.json.get("test_metadata") else { return inputs };
    let attached = test.text("attached_node").and_then(|id| project.node(id)).filter(|node| node.is_relation());
    let model = metadata.get("kwargs").and_then(|arguments| text(arguments, "model")).unwrap_or_default();
    let named = || inputs.iter().find(|input| input.text("name").is_some_and(|name| model.contains(&format!("'{name}'")))).copied();
    // Without either, the last parent is it, as for dbt-ol.
    let last = || project.parents(test).into_iter().rev().find_map(|id| inputs.iter().find(|input| input.id == id)).copied();
    attached.or_else(named).or_else(last).into_iter().collect()
}

/// The run of all tests of a relation.
pub(super) fn of_relation<'d>(project: &Project<'d>, invocation: &Invocation<'d>, node: Node<'d>, checks: &[Check<'d>]) -> [Value; 2] {
    let held: Vec<Value> = checks.iter().filter(|check| check.ran()).map(Check::assertion).collect();
    let assertions = facet::list("1-1-0/DataQualityAssertionsDatasetFacet", "assertions", held);
    let mut input = project.dataset(node, Map::new());
    input["inputFacets"] = json!({ "dataQualityAssertions": assertions });
    let tests = checks.iter().map(Check::execution).collect();
    let run = Run {
        id: invocation.run_id_of(node.id, "test"),
        facets: with(invocation.facets_of_child(project), "test", test_facet(tests)),
        job: project.job_name(node, "model.", &invocation.ending("test")),
        job_facets: job::of(node, "TEST"),
        inputs: vec![input],
        outputs: Vec::new(),
        span: span(checks).unwrap_or((invocation.ended, invocation.ended)),
        error: failures(checks),
    };
    run.events(project)
}

/// The run of one test that stands for itself: a singular test reads relations, a unit test reads none.
pub(super) fn alone<'d>(project: &Project<'d>, invocation: &Invocation<'d>, check: Check<'d>) -> [Value; 2] {
    let inputs = if check.test.kind() == "test" { project.inputs(check.test) } else { Vec::new() };
    let code = check.test.compiled_code().map(|code| job::code_facet(project, check.test, code));
    let mut job_facets = job::of(check.test, "TEST");
    job_facets.extend(code);
    job_facets.extend(check.test.text("description").map(|text| ("documentation".to_owned(), facet::documentation("Job", text))));
    let run = Run {
        id: invocation.run_id_of(check.test.id, ""),
        facets: with(invocation.facets_of_child(project), "test", test_facet(vec![check.execution()])),
        job: check.test.id.to_owned(),
        job_facets,
        inputs: inputs.into_iter().map(|input| project.dataset(input, Map::new())).collect(),
        outputs: Vec::new(),
        span: timing(check.result).unwrap_or((invocation.ended, invocation.ended)),
        error: failures(&[check]),
    };
    run.events(project)
}

impl Check<'_> {
    /// False for a test that was skipped: nothing was found, neither good nor bad.
    pub fn ran(&self) -> bool {
        outcome(self.result) != Outcome::NotRun
    }

    fn passed(&self) -> bool {
        text(self.result, "status") == Some("pass")
    }

    /// `warn` when dbt took a finding for a warning, whatever threshold made it one.
    fn severity(&self) -> String {
        match text(self.result, "status") {
            Some("warn") => "warn".to_owned(),
            _ => self.test.config("severity").and_then(Json::as_str).unwrap_or("error").to_lowercase(),
        }
    }

    /// The threshold and the number of rows that broke the rule, as dbt-ol writes them.
    fn expectation(&self) -> (Option<String>, Option<String>) {
        let actual = self.result.text("failures");
        let key = if self.severity() == "warn" { "warn_if" } else { "error_if" };
        let threshold = self.test.config(key).and_then(Json::as_str).filter(|text| text.replace(' ', "") != "!=0").unwrap_or("0");
        (actual.as_ref().map(|_| threshold.to_owned()), actual)
    }

    fn metadata(&self) -> Option<&Json<'_>> {
        self.test.json.get("test_metadata")
    }

    fn argument(&self, key: &str) -> Option<&str> {
        text(self.metadata()?.get("kwargs")?, key)
    }

    /// An entry of `dataQualityAssertions`.
    fn assertion(&self) -> Value {
        let (expected, actual) = self.expectation();
        facet::without_nulls(json!({
            "assertion": self.metadata().and_then(|metadata| text(metadata, "name")).or(self.test.text("name")).unwrap_or(self.test.id),
            "name": self.test.text("name"),
            "success": self.passed(),
            "column": self.argument("column_name").or(self.test.text("column_name")),
            "severity": self.severity(),
            "description": self.test.text("description"),
            "expected": expected,
            "actual": actual,
            "params": self.params(),
        }))
    }

    /// An entry of the `test` facet.
    fn execution(&self) -> Value {
        let (expected, actual) = self.expectation();
        let status = match outcome(self.result) {
            Outcome::NotRun => "skip",
            _ if self.passed() => "pass",
            _ => "fail",
        };
        let kind = if self.test.kind() == "unit_test" { "unit" } else { "singular" };
        let code = self.test.compiled_code();
        facet::without_nulls(json!({
            "name": self.test.id,
            "status": status,
            "severity": self.severity(),
            "type": self.metadata().and_then(|metadata| text(metadata, "name")).unwrap_or(kind),
            "description": self.test.text("description"),
            "expected": expected,
            "actual": actual,
            "content": code,
            "contentType": code.map(|_| "sql"),
            "params": self.params(),
        }))
    }

    /// What the test was called with, but for the model and the column.
    fn params(&self) -> Option<Value> {
        let arguments = self.metadata()?.get("kwargs")?.as_object()?;
        let params: Map<String, Value> = arguments
            .iter()
            .filter(|(key, _)| !matches!(key.as_ref(), "model" | "column_name"))
            .map(|(key, value)| (key.clone().into_owned(), facet::value(value)))
            .collect();
        (!params.is_empty()).then_some(Value::Object(params))
    }
}

fn test_facet(tests: Vec<Value>) -> Value {
    facet::list("1-0-1/TestRunFacet", "tests", tests)
}

/// From the first test's beginning to the last one's end.
fn span(checks: &[Check<'_>]) -> Option<(Moment, Moment)> {
    let spans: Vec<_> = checks.iter().filter_map(|check| timing(check.result)).collect();
    Some((spans.iter().map(|span| span.0).min()?, spans.iter().map(|span| span.1).max()?))
}

/// What failed; a warning does not fail a run, as it does not fail dbt's.
fn failures(checks: &[Check<'_>]) -> Option<String> {
    let failed = checks.iter().filter(|check| outcome(check.result) == Outcome::Failed);
    let lines: Vec<String> = failed
        .map(|check| format!("{}: {}", check.test.text("name").unwrap_or(check.test.id), text(check.result, "message").unwrap_or("failed")))
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}
