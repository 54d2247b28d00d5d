//! What a dry run answers: changes in plain words, as JSON.

use schema::json::Json;
use schema::openlineage::facets;
use serde::Serialize;
use std::collections::BTreeMap;

/// A dataset or job by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Named {
    /// As sent.
    pub namespace: String,
    /// As sent.
    pub name: String,
}

impl Named {
    /// From its parts.
    pub fn new(namespace: &str, name: &str) -> Self {
        Self { namespace: namespace.to_owned(), name: name.to_owned() }
    }
}

/// An end of an edge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NodeName {
    /// `dataset` or `job`.
    pub kind: &'static str,
    /// As sent.
    pub namespace: String,
    /// As sent.
    pub name: String,
}

/// What an assertion of a facet does to what counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Change {
    /// There was none.
    New,
    /// Another content would count.
    Changed,
    /// The same content counts already.
    Unchanged,
    /// Something newer counts; this goes to the history.
    Older,
    /// It would be removed.
    Removed,
}

/// A facet that the event asserts.
#[derive(Clone, Debug, Serialize)]
pub struct FacetChange {
    /// `dataset`, `job` or `run`.
    pub kind: &'static str,
    /// Whose it is; the event's own run when null.
    pub of: Option<Named>,
    /// Its key.
    pub key: String,
    /// What would become of it.
    pub change: Change,
}

/// What would become of the event's run.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunChange {
    /// As sent.
    pub id: String,
    /// Null while it has no event of its own.
    pub state_before: Option<String>,
    /// With this event.
    pub state_after: String,
    /// Read, and not known to be read by the run before.
    pub new_inputs: Vec<Named>,
    /// Written, and not known to be written by the run before.
    pub new_outputs: Vec<Named>,
}

/// A column with its type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ColumnType {
    /// Dotted path.
    pub name: String,
    /// As sent.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// A column whose type would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Retyped {
    /// Dotted path.
    pub name: String,
    /// The type that counts now.
    pub from: Option<String>,
    /// The type of the event.
    pub to: Option<String>,
}

/// How the columns of a dataset would change.
#[derive(Clone, Debug, Serialize)]
pub struct SchemaChange {
    /// Whose.
    pub dataset: Named,
    /// Columns that are not there now.
    pub added: Vec<ColumnType>,
    /// Columns that would go.
    pub removed: Vec<ColumnType>,
    /// Columns with another type.
    pub retyped: Vec<Retyped>,
}

/// An edge of the event's job, or of a dataset that declares its own origin.
#[derive(Clone, Debug, Serialize)]
pub struct EdgeChange {
    /// Data flows from here,
    pub from: NodeName,
    /// to here.
    pub to: NodeName,
    /// How it is known.
    pub basis: &'static str,
    /// Who says so.
    pub origin: &'static str,
}

/// Edges that would begin or end to hold.
#[derive(Clone, Debug, Default, Serialize)]
pub struct EdgeChanges {
    /// Would hold, and do not now.
    pub added: Vec<EdgeChange>,
    /// Hold now, and would not.
    pub ended: Vec<EdgeChange>,
    /// True when a run or declaration is too wide to be compared pair by pair.
    #[serde(rename = "notAllCompared", skip_serializing_if = "std::ops::Not::not")]
    pub not_all_compared: bool,
}

/// What would be new.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Created {
    /// Datasets.
    pub datasets: Vec<Named>,
    /// Jobs, also those that are only named as parents.
    pub jobs: Vec<Named>,
    /// Runs, also those that are only named as parents.
    pub runs: Vec<NamedRun>,
}

/// A run by its id and job.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NamedRun {
    /// As sent.
    pub id: String,
    /// Its job.
    pub job: Named,
}

/// Everything that an event would change.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Changes {
    /// What would be new.
    pub created: Created,
    /// The event's run; null for job and dataset events.
    pub run: Option<RunChange>,
    /// Every facet that the event asserts of a dataset, job or run.
    pub facets: Vec<FacetChange>,
    /// Schemas that would change.
    pub schemas: Vec<SchemaChange>,
    /// Lineage.
    pub edges: EdgeChanges,
}

/// Columns added, removed and retyped between two `schema` facets.
pub fn columns_changed(before: Option<&[u8]>, after: Option<&[u8]>) -> (Vec<ColumnType>, Vec<ColumnType>, Vec<Retyped>) {
    let columns = |body: Option<&[u8]>| -> BTreeMap<String, Option<String>> {
        let json = body.and_then(|body| Json::parse(body).ok());
        let fields = json.map(|json| facets::schema(&json).fields).unwrap_or_default();
        fields.into_iter().map(|field| (field.path, field.data_type)).collect()
    };
    let (before, after) = (columns(before), columns(after));
    let only = |these: &BTreeMap<String, Option<String>>, others: &BTreeMap<String, Option<String>>| {
        let only = these.iter().filter(|(name, _)| !others.contains_key(*name));
        only.map(|(name, kind)| ColumnType { name: name.clone(), kind: kind.clone() }).collect()
    };
    let both = before.iter().filter_map(|(name, from)| Some((name, from, after.get(name)?)));
    let retyped = both.filter(|(_, from, to)| from != to);
    let retyped = retyped.map(|(name, from, to)| Retyped { name: name.clone(), from: from.clone(), to: to.clone() }).collect();
    (only(&after, &before), only(&before, &after), retyped)
}
