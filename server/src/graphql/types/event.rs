//! Events as the log took them: what became of each, what is odd about it, what its facets are good for.

use super::dataset::Dataset;
use super::job::Job;
use super::run::Run;
use crate::catalog::read::{self, EventRow, Page};
use crate::explain;
use crate::fold::note;
use crate::graphql::error::{ApiError, Result, bad_input};
use crate::graphql::load::{DatasetNumber, EntrySeq, JobNumber, app, load};
use crate::graphql::page::{self, PageInfo};
use crate::graphql::scalar::{DateTime, Long, count};
use crate::log::Repeated;
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use schema::json::Json;
use schema::log::{ContentHash, Entry};
use schema::openlineage::{self as ol, Event as Parsed, FindingCode, conformance};
use std::collections::HashMap;
use std::sync::Arc;

/// Entries that came again which a filter by outcome looks through, the newest by number.
const REPEATED_LIMIT: usize = 100_000;

/// What became of an event.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum EventOutcome {
    /// Taken, and sent once so far.
    Accepted,
    /// Taken, and sent again later: the repeats were counted and changed nothing.
    Repeated,
    /// Not understood; see `quarantine`.
    Quarantined,
}

/// The class of an event.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "note::EventKind")]
pub enum EventKind {
    /// About a run of a job.
    Run,
    /// About a job, outside any run.
    Job,
    /// About a dataset, outside any job.
    Dataset,
}

/// The `eventType` of a run event.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "ol::EventType")]
pub enum EventType {
    /// The run began.
    Start,
    /// More about a run that goes on.
    Running,
    /// The run ended well.
    Complete,
    /// The run was stopped.
    Abort,
    /// The run failed.
    Fail,
    /// Anything else, also values that the specification does not know.
    Other,
}

/// Which events. Everything that is said must hold.
#[derive(InputObject, Default)]
pub struct EventFilter {
    /// What became of them. QUARANTINED is no answer here: what was refused is not in the log, see `quarantine`.
    outcome: Option<EventOutcome>,
    /// Sent by exactly this producer; "" for those that name none.
    producer: Option<String>,
    /// Of jobs, or (of dataset events) about datasets, in exactly this namespace.
    namespace: Option<String>,
    /// Of jobs with exactly this name.
    job: Option<String>,
    /// Of this run.
    run_id: Option<ID>,
    /// Run events of this type.
    event_type: Option<EventType>,
    /// Of this class.
    kind: Option<EventKind>,
    /// Taken by the server at or after this time.
    since: Option<DateTime>,
    /// Taken by the server before this time.
    until: Option<DateTime>,
    /// With this text in the producer, or in namespace or name of the job (of dataset events: of the dataset).
    text: Option<String>,
    /// With this finding, by its code.
    finding: Option<String>,
    /// With a number above this one: what a live tail asks for.
    after_seq: Option<Long>,
}

impl EventFilter {
    /// The catalog's filter, and why it may not see everything.
    async fn read(self, ctx: &Context<'_>) -> Result<(read::EventFilter, Option<String>)> {
        let code = |name: String| {
            let known = FindingCode::ALL.iter().copied().find(|code| code.name() == name);
            known.ok_or_else(|| bad_input(format!("there is no finding {name}; producers list the codes")))
        };
        let (numbers, incomplete) = match self.outcome {
            None => (None, None),
            Some(EventOutcome::Quarantined) => {
                return Err(bad_input("events that were refused are not in the log; ask `quarantine` for them"));
            }
            Some(outcome) => {
                let (repeated, total) = app(ctx).log.repeated(REPEATED_LIMIT).await.map_err(ApiError::from)?;
                let because = format!("{total} events came again; only the newest {REPEATED_LIMIT} of them are known to this filter");
                let seqs = repeated.iter().map(|repeated| repeated.seq).collect();
                (Some((seqs, outcome == EventOutcome::Repeated)), (total > REPEATED_LIMIT as u64).then_some(because))
            }
        };
        let filter = read::EventFilter {
            producer: self.producer,
            namespace: self.namespace,
            job: self.job,
            run: self.run_id.map(|id| schema::id::run(&id)),
            event_type: self.event_type.map(ol::EventType::from),
            kind: self.kind.map(note::EventKind::from),
            since: self.since.map(|at| at.0.0),
            until: self.until.map(|at| at.0.0),
            text: self.text.filter(|text| !text.is_empty()),
            finding: self.finding.map(code).transpose()?,
            numbers,
            after_seq: self.after_seq.map(|seq| seq.0.max(0) as u64),
        };
        Ok((filter, incomplete))
    }
}

/// An event and its place.
#[derive(SimpleObject)]
pub struct EventEdge {
    /// Opaque; `after` takes it.
    cursor: String,
    /// The event.
    node: Event,
}

/// A page of events.
#[derive(SimpleObject)]
pub struct EventConnection {
    /// All events that fit, on whatever page; exact when `complete`.
    total_count: i32,
    /// False when the filter could not see everything.
    complete: bool,
    /// Why it is not complete.
    truncated_because: Option<String>,
    /// This page.
    edges: Vec<EventEdge>,
    /// Where it stands.
    page_info: PageInfo,
}

/// Events, newest arrival first.
pub async fn events(ctx: &Context<'_>, first: i32, after: Option<String>, filter: Option<EventFilter>) -> Result<EventConnection> {
    let first = page::length(first)?;
    let (filter, truncated_because) = filter.unwrap_or_default().read(ctx).await?;
    let catalog = &app(ctx).catalog;
    let page = Page { after: page::place(after.as_deref())?, limit: first + 1 };
    let rows = catalog.event_page(&filter, page).await.map_err(ApiError::from)?;
    // Counting looks at every event that fits; a live tail does not ask.
    let wants_total = ctx.look_ahead().field("totalCount").exists();
    let total = if wants_total { catalog.event_count(&filter).await.map_err(ApiError::from)? } else { 0 };
    let nodes = with_repeats(ctx, rows).await?;
    let edges = nodes.into_iter().map(|node| EventEdge { cursor: page::cursor(&node.row.seq), node }).collect();
    let page = page::edges_page(total, first, after.as_deref(), edges, |edge: &EventEdge| &edge.cursor);
    Ok(EventConnection {
        total_count: page.total_count,
        complete: truncated_because.is_none(),
        truncated_because,
        edges: page.edges,
        page_info: page.page_info,
    })
}

/// One event by its number or the hash of its content.
pub async fn event(ctx: &Context<'_>, seq: Option<Long>, hash: Option<String>) -> Result<Option<Event>> {
    let seq = match (seq, hash) {
        (Some(seq), None) => seq.0.max(0) as u64,
        (None, Some(text)) => {
            let bytes: Option<Vec<u8>> = (0..text.len()).step_by(2).map(|i| u8::from_str_radix(text.get(i..i + 2)?, 16).ok()).collect();
            let hash = bytes.and_then(|bytes| ContentHash::from_slice(&bytes));
            let hash = hash.ok_or_else(|| bad_input("hash must be 32 hexadecimal digits, as `Event.hash` gives them"))?;
            let found = app(ctx).log.find(vec![hash]).await.map_err(ApiError::from)?;
            let Some((_, seq)) = found.first() else { return Ok(None) };
            *seq
        }
        _ => return Err(bad_input("give seq or hash")),
    };
    let row = app(ctx).catalog.event(seq).await.map_err(ApiError::from)?;
    Ok(with_repeats(ctx, row.into_iter().collect()).await?.pop())
}

async fn with_repeats(ctx: &Context<'_>, rows: Vec<EventRow>) -> Result<Vec<Event>> {
    let seqs: Vec<u64> = rows.iter().map(|row| row.seq).collect();
    let repeats = app(ctx).log.repeats(seqs).await.map_err(ApiError::from)?;
    let repeats: HashMap<u64, Repeated> = repeats.into_iter().map(|repeated| (repeated.seq, repeated)).collect();
    Ok(rows.into_iter().map(|row| Event { repeats: repeats.get(&row.seq).copied(), row }).collect())
}

/// Something odd in an event that was kept all the same.
#[derive(SimpleObject)]
pub struct Finding {
    /// Its code.
    pub code: &'static str,
    /// What it means.
    pub description: &'static str,
    /// JSON pointer to it.
    pub pointer: String,
}

impl From<ol::Finding> for Finding {
    fn from(finding: ol::Finding) -> Self {
        Self { code: finding.code.name(), description: finding.code.description(), pointer: finding.pointer }
    }
}

/// Where in an event a facet stands.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "ol::Container")]
pub enum FacetContainer {
    /// `run.facets`
    Run,
    /// `job.facets`
    Job,
    /// `facets` of a dataset.
    Dataset,
    /// `inputFacets`
    Input,
    /// `outputFacets`
    Output,
}

/// What is done with a facet.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "explain::Usage")]
pub enum FacetUsage {
    /// It has a meaning here, beside being stored.
    Used,
    /// Kept with its history and shown as JSON.
    Stored,
    /// Only in the event itself.
    Ignored,
}

/// What is done with one facet of an event.
#[derive(SimpleObject)]
pub struct FacetReport {
    /// JSON pointer to the facet.
    pointer: String,
    /// Where it stands.
    container: FacetContainer,
    /// Its key.
    key: String,
    /// What is done with it.
    usage: FacetUsage,
    /// Why, or what for.
    why: String,
}

impl From<explain::FacetReport> for FacetReport {
    fn from(report: explain::FacetReport) -> Self {
        let (container, usage) = (report.container.into(), report.usage.into());
        Self { pointer: report.pointer, container, key: report.key, usage, why: report.why }
    }
}

/// Deliveries of an event after the first.
#[derive(SimpleObject)]
pub struct Repeats {
    /// How many.
    times: Long,
    /// The newest.
    last_at: DateTime,
}

/// An event that the log took.
pub struct Event {
    row: EventRow,
    repeats: Option<Repeated>,
}

impl Event {
    async fn entry(&self, ctx: &Context<'_>) -> Result<Arc<Entry>> {
        let missing = || ApiError::from(crate::log::LogError::Damaged(format!("entry {} is missing", self.row.seq)));
        Ok(load(ctx).load_one(EntrySeq(self.row.seq)).await?.ok_or_else(missing)?)
    }

    /// Something computed from the payload; `none` when it does not read, which no accepted event does.
    async fn parsed<T: Default>(&self, ctx: &Context<'_>, read: impl FnOnce(&Json<'_>, &Parsed<'_>) -> T) -> Result<T> {
        let entry = self.entry(ctx).await?;
        let Ok(json) = Json::parse(&entry.payload) else { return Ok(T::default()) };
        Ok(Parsed::read(&json).map(|event| read(&json, &event)).unwrap_or_default())
    }

    async fn datasets(&self, ctx: &Context<'_>, written: bool) -> Result<Vec<Dataset>> {
        let named = |_: &Json<'_>, event: &Parsed<'_>| {
            let list = if written { &event.outputs } else { &event.inputs };
            list.iter().map(|dataset| schema::id::dataset(dataset.namespace, dataset.name)).collect::<Vec<_>>()
        };
        let ids = self.parsed(ctx, named).await?;
        let mut rows = app(ctx).catalog.datasets_by_id(&ids).await.map_err(ApiError::from)?;
        rows.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
        Ok(rows.into_iter().map(|row| Dataset(Arc::new(row))).collect())
    }
}

/// An event that the log took.
#[Object]
impl Event {
    /// Its number in the log: 1, 2, 3, … in order of arrival.
    async fn seq(&self) -> Long {
        self.row.seq.into()
    }

    /// Hash of its content, by which repeats are known: 32 hexadecimal digits.
    async fn hash(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(self.entry(ctx).await?.hash.to_string())
    }

    /// When the server took it.
    async fn received_at(&self) -> DateTime {
        self.row.received.into()
    }

    /// When it happened, as its producer says.
    async fn event_time(&self) -> DateTime {
        self.row.time.into()
    }

    /// Its class.
    async fn kind(&self) -> EventKind {
        self.row.kind.into()
    }

    /// Of run events; null when not said.
    async fn event_type(&self) -> Option<EventType> {
        self.row.event_type.map(EventType::from)
    }

    /// The code that made it; null when not said.
    async fn producer(&self) -> Option<&str> {
        Some(self.row.producer.as_str()).filter(|uri| !uri.is_empty())
    }

    /// What became of it.
    async fn outcome(&self) -> EventOutcome {
        if self.repeats.is_some() { EventOutcome::Repeated } else { EventOutcome::Accepted }
    }

    /// How often it came again; null when it did not.
    async fn repeats(&self) -> Option<Repeats> {
        self.repeats.map(|repeated| Repeats { times: repeated.times.into(), last_at: repeated.last_at.into() })
    }

    /// How many different findings it has.
    async fn finding_count(&self) -> i32 {
        count(self.row.findings.iter().count())
    }

    /// What is odd about it, each with its place.
    async fn findings(&self, ctx: &Context<'_>) -> Result<Vec<Finding>> {
        let received = self.row.received;
        let found = self.parsed(ctx, |json, event| conformance::findings(json, event, received)).await?;
        Ok(found.into_iter().map(Finding::from).collect())
    }

    /// What is done with each of its facets, computed from the event when asked.
    async fn facets(&self, ctx: &Context<'_>) -> Result<Vec<FacetReport>> {
        let reports = self.parsed(ctx, explain::facets).await?;
        Ok(reports.into_iter().map(FacetReport::from).collect())
    }

    /// The event as the log keeps it: the JSON that was sent with its keys sorted and no white space; numbers are exactly
    /// as sent.
    async fn raw(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(String::from_utf8_lossy(&self.entry(ctx).await?.payload).into_owned())
    }

    /// Its job.
    async fn job(&self, ctx: &Context<'_>) -> Result<Option<Job>> {
        let Some(number) = self.row.job else { return Ok(None) };
        Ok(load(ctx).load_one(JobNumber(number)).await?.map(Job))
    }

    /// Its run.
    async fn run(&self, ctx: &Context<'_>) -> Result<Option<Run>> {
        let Some(number) = self.row.run else { return Ok(None) };
        let rows = app(ctx).catalog.runs(&[number]).await.map_err(ApiError::from)?;
        Ok(rows.into_iter().next().map(Run::from))
    }

    /// The dataset of a dataset event.
    async fn dataset(&self, ctx: &Context<'_>) -> Result<Option<Dataset>> {
        let Some(number) = self.row.dataset else { return Ok(None) };
        Ok(load(ctx).load_one(DatasetNumber(number)).await?.map(Dataset))
    }

    /// Datasets that it names as read.
    async fn inputs(&self, ctx: &Context<'_>) -> Result<Vec<Dataset>> {
        self.datasets(ctx, false).await
    }

    /// Datasets that it names as written.
    async fn outputs(&self, ctx: &Context<'_>) -> Result<Vec<Dataset>> {
        self.datasets(ctx, true).await
    }
}
