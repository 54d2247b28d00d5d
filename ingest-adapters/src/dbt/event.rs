//! The frame of events: a run's beginning and end, a declared job, a declared dataset.

use super::facet::{Facets, PRODUCER, standard};
use super::project::Project;
use schema::json::Json;
use schema::moment::Moment;
use serde_json::{Value, json};
use uuid::Uuid;

/// A run from beginning to end.
pub(super) struct Run {
    pub id: Uuid,
    pub facets: Facets,
    pub job: String,
    pub job_facets: Facets,
    pub inputs: Vec<Value>,
    pub outputs: Vec<Value>,
    pub span: (Moment, Moment),
    /// What went wrong, when something did.
    pub error: Option<String>,
}

impl Run {
    /// Its START, which names things, and its COMPLETE or FAIL, which describes them. What a failed run
    /// should have written is named in its START alone.
    pub fn events(self, project: &Project<'_>) -> [Value; 2] {
        let Self { id, mut facets, job, job_facets, inputs, outputs, span: (started, ended), error } = self;
        let start = job_event(project, started, &job, only(&job_facets, "jobType"), names(&inputs), names(&outputs));
        let start = as_run(start, "START", id, only(&facets, "parent"));
        let (kind, outputs) = match error {
            None => ("COMPLETE", outputs),
            Some(message) => {
                let body = json!({ "message": message, "programmingLanguage": "SQL" });
                facets.insert("errorMessage".into(), standard("1-0-1/ErrorMessageRunFacet", body));
                ("FAIL", Vec::new())
            }
        };
        let end = job_event(project, ended, &job, job_facets, inputs, outputs);
        [start, as_run(end, kind, id, facets)]
    }
}

fn as_run(mut event: Value, kind: &str, id: Uuid, facets: Facets) -> Value {
    event["schemaURL"] = schema("RunEvent");
    event["eventType"] = kind.into();
    event["run"] = json!({ "runId": id });
    event["run"]["facets"] = facets.into();
    event
}

fn only(facets: &Facets, key: &str) -> Facets {
    facets.get(key).map(|facet| (key.to_owned(), facet.clone())).into_iter().collect()
}

/// A job as it is declared, outside any run.
pub(super) fn job_event(project: &Project<'_>, time: Moment, job: &str, facets: Facets, inputs: Vec<Value>, outputs: Vec<Value>) -> Value {
    let mut event = event("JobEvent", time);
    event["job"] = json!({ "namespace": project.job_namespace, "name": job });
    event["job"]["facets"] = facets.into();
    event["inputs"] = inputs.into();
    event["outputs"] = outputs.into();
    event
}

/// A dataset as it is, outside any run.
pub(super) fn dataset_event(time: Moment, dataset: Value) -> Value {
    let mut event = event("DatasetEvent", time);
    event["dataset"] = dataset;
    event
}

fn event(class: &str, time: Moment) -> Value {
    json!({ "eventTime": time.to_string(), "producer": PRODUCER, "schemaURL": schema(class) })
}

fn schema(class: &str) -> Value {
    format!("https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/{class}").into()
}

fn names(datasets: &[Value]) -> Vec<Value> {
    datasets.iter().map(|dataset| json!({ "namespace": dataset["namespace"], "name": dataset["name"] })).collect()
}

/// When a node was executed; if it did not come to that, when it was compiled.
pub(super) fn timing(result: &Json<'_>) -> Option<(Moment, Moment)> {
    let read = |name: &str| {
        let step = result.objects("timing").find(|step| step.text("name").as_deref() == Some(name))?;
        let time = |key: &str| step.text(key).and_then(|text| Moment::parse(&text));
        let started = time("started_at")?;
        Some((started, time("completed_at").unwrap_or(started)))
    };
    read("execute").or_else(|| read("compile"))
}
