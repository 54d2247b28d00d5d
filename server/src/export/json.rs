//! A node and an edge as JSON, for NDJSON and for answers over HTTP. Names of fields are those of GraphQL's `lineage`.

use super::row::{EdgeRow, EvidenceRow, GroupRow, NodeRow, PathsRow, Place, sureness};
use schema::openlineage::facets::Transformation;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// A node. Fields that say nothing of its kind are left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeJson<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: Uuid,
    namespace: Option<&'a str>,
    /// Of a column.
    #[serde(skip_serializing_if = "Option::is_none")]
    dataset: Option<&'a str>,
    name: Option<&'a str>,
    distance: Option<u32>,
    #[serde(flatten)]
    paths: Option<PathsJson<'a>>,
    #[serde(flatten)]
    outcomes: Option<OutcomesJson>,
    #[serde(flatten)]
    group: Option<GroupJson>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PathsJson<'a> {
    longest_distance: u32,
    path_count: u64,
    on_cycle: bool,
    confidence: Option<&'static str>,
    via: Vec<JobName<'a>>,
}

#[derive(Serialize)]
struct OutcomesJson {
    outcomes: Vec<crate::graph::Outcome>,
    masked: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupJson {
    dataset_count: usize,
    inner_edge_count: usize,
}

/// An edge.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EdgeJson<'a> {
    from: Uuid,
    to: Uuid,
    job: Option<JobName<'a>>,
    basis: &'static str,
    origin: Option<&'static str>,
    confidence: &'static str,
    column_level: bool,
    count: usize,
    transformations: Vec<Value>,
    datasets: Vec<Uuid>,
    first_seen: String,
    last_seen: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<EvidenceJson<'a>>,
}

#[derive(Serialize)]
struct JobName<'a> {
    id: Uuid,
    namespace: Option<&'a str>,
    name: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EvidenceJson<'a> {
    run_count: u64,
    runs: Vec<RunJson<'a>>,
    declaration_count: u64,
    declarations: &'a [u64],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunJson<'a> {
    id: &'a str,
    event_count: u64,
    events: &'a [u64],
}

impl<'a> From<&'a NodeRow> for NodeJson<'a> {
    fn from(row: &'a NodeRow) -> Self {
        let Place { kind, id, namespace, name, column } = &row.place;
        let (dataset, name) = if column.is_some() { (name, column) } else { (&None, name) };
        Self {
            kind: kind.word(),
            id: *id,
            namespace: namespace.as_deref(),
            dataset: dataset.as_deref(),
            name: name.as_deref(),
            distance: row.distance,
            paths: row.paths.as_ref().map(Into::into),
            outcomes: row.outcomes.map(|all| OutcomesJson { outcomes: all.iter().collect(), masked: all.all_masked() }),
            group: row.group.map(|GroupRow { datasets, inner_edges }| GroupJson { dataset_count: datasets, inner_edge_count: inner_edges }),
        }
    }
}

impl<'a> From<&'a PathsRow> for PathsJson<'a> {
    fn from(row: &'a PathsRow) -> Self {
        Self {
            longest_distance: row.longest,
            path_count: row.count,
            on_cycle: row.on_cycle,
            confidence: row.confidence.map(sureness),
            via: row.via.iter().map(Into::into).collect(),
        }
    }
}

impl<'a> From<&'a EdgeRow> for EdgeJson<'a> {
    fn from(edge: &'a EdgeRow) -> Self {
        Self {
            from: edge.from.id,
            to: edge.to.id,
            job: edge.job.as_ref().map(Into::into),
            basis: edge.basis(),
            origin: edge.origin(),
            confidence: sureness(edge.confidence),
            column_level: edge.column_level,
            count: edge.count,
            transformations: edge.transformations.iter().map(transformation).collect(),
            datasets: edge.datasets.iter().map(|place| place.id).collect(),
            first_seen: edge.first_seen.to_string(),
            last_seen: edge.last_seen.to_string(),
            evidence: edge.evidence.as_ref().map(Into::into),
        }
    }
}

impl<'a> From<&'a EvidenceRow> for EvidenceJson<'a> {
    fn from(row: &'a EvidenceRow) -> Self {
        let runs = row.runs.iter().map(|run| RunJson { id: &run.id, event_count: run.total, events: &run.events });
        Self { run_count: row.total, runs: runs.collect(), declaration_count: row.declared, declarations: &row.declarations }
    }
}

impl<'a> From<&'a Place> for JobName<'a> {
    fn from(job: &'a Place) -> Self {
        Self { id: job.id, namespace: job.namespace.as_deref(), name: job.name.as_deref() }
    }
}

/// What is done to a value, as the API says it.
pub fn transformation(transformation: &Transformation) -> Value {
    let Transformation { kind, subtype, description, masking } = transformation;
    json!({ "type": kind, "subtype": subtype, "description": description, "masking": masking })
}
