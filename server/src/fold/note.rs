//! What the catalog notes of an event itself, beside what it says: who sent it, when it came, how it
//! keeps to the specification, and how much it tells about what it writes.

use super::Facts;
use schema::json::Json;
use schema::log::{ContentHash, Entry};
use schema::openlineage::{DatasetRef, Event, EventType, FindingCodes, conformance};
use uuid::Uuid;

/// The class of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// About a run of a job.
    Run,
    /// About a job, outside any run.
    Job,
    /// About a dataset, outside any job.
    Dataset,
}

impl EventKind {
    /// Every kind, in the order of `code`.
    pub const ALL: [Self; 3] = [Self::Run, Self::Job, Self::Dataset];

    /// The kind of an event.
    pub fn of(event: &Event<'_>) -> Self {
        match (&event.run, &event.dataset) {
            (Some(_), _) => Self::Run,
            (None, Some(_)) => Self::Dataset,
            (None, None) => Self::Job,
        }
    }

    /// The number it is stored under.
    pub fn code(self) -> i64 {
        self as i64
    }

    /// The kind of a stored number.
    pub fn from_code(code: i64) -> Self {
        usize::try_from(code).ok().and_then(|place| Self::ALL.get(place).copied()).unwrap_or(Self::Run)
    }
}

/// What a producer said of a dataset: bits, merged by union.
pub mod said {
    /// Read.
    pub const READ: u8 = 1;
    /// Written.
    pub const WRITTEN: u8 = 2;
    /// Written, and the event gave its schema.
    pub const SCHEMA: u8 = 4;
    /// Written, and the event gave its column lineage.
    pub const COLUMNS: u8 = 8;
    /// Described by a dataset event.
    pub const DESCRIBED: u8 = 16;
}

/// What is noted of one event.
pub struct Note<'a> {
    /// The event's number in the log.
    pub seq: u64,
    /// The event's content.
    pub hash: ContentHash,
    /// When it happened, microseconds since 1970.
    pub time: i64,
    /// When the log took it, microseconds since 1970: a fact of the entry, not of a clock.
    pub received_at: i64,
    /// Its class.
    pub kind: EventKind,
    /// START, COMPLETE, …; only of run events.
    pub event_type: Option<EventType>,
    /// Empty when the event does not say.
    pub producer: &'a str,
    /// What is odd about it.
    pub findings: FindingCodes,
    /// Derived id of its job.
    pub job: Option<Uuid>,
    /// Derived key of its run.
    pub run: Option<Uuid>,
    /// Derived id of the dataset of a dataset event.
    pub dataset: Option<Uuid>,
    /// What is said of each dataset.
    pub said: Vec<(Uuid, u8)>,
}

/// True for a `schema` facet with at least one column; some emitters send it empty.
fn has_columns(schema: &Json<'_>) -> bool {
    schema.get("fields").and_then(Json::as_array).is_some_and(|fields| !fields.is_empty())
}

/// The note of an event whose facts are known.
pub fn note<'a>(entry: &Entry, json: &Json<'_>, event: &'a Event<'_>, facts: &Facts<'_>) -> Note<'a> {
    let described = |dataset: &&DatasetRef<'_>| dataset.facets.iter().any(|(key, facet)| key == "schema" && has_columns(facet));
    let named = event.outputs.iter().filter(described).map(|dataset| (dataset.namespace, dataset.name));
    let mut with_schema: Vec<(&str, &str)> = named.collect();
    with_schema.sort_unstable();
    let mut with_columns: Vec<usize> = facts.columns.iter().map(|column| column.output).collect();
    with_columns.sort_unstable();
    let written = |place: usize| {
        let has_schema =
            with_schema.binary_search(&(facts.datasets[place].namespace.as_str(), facts.datasets[place].name.as_str())).is_ok();
        let has_columns = with_columns.binary_search(&place).is_ok();
        said::WRITTEN | if has_schema { said::SCHEMA } else { 0 } | if has_columns { said::COLUMNS } else { 0 }
    };
    let id = |place: usize| facts.datasets[place].id;
    let described = facts.is_dataset_event.then(|| (id(0), said::DESCRIBED));
    let read = facts.inputs.iter().map(|&place| (id(place), said::READ));
    let wrote = facts.outputs.iter().map(|&place| (id(place), written(place)));
    Note {
        seq: entry.seq,
        hash: entry.hash,
        time: event.time.0,
        received_at: entry.received_at,
        kind: EventKind::of(event),
        event_type: event.event_type,
        producer: event.producer.unwrap_or_default(),
        findings: conformance::codes(json, event, entry.received_at),
        job: event.job.as_ref().and(facts.jobs.first()).map(|job| job.id),
        run: facts.run.as_ref().map(|run| run.id),
        dataset: described.map(|(id, _)| id),
        said: described.into_iter().chain(read).chain(wrote).collect(),
    }
}
