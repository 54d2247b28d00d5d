//! Events as the log took them: what became of each, what is odd about it, what its facets are good for.

use super::dataset::Dataset;
use super::event_report::{FacetReport, Finding};
use super::job::Job;
use super::run::Run;
use crate::catalog::read::EventRow;
use crate::explain;
use crate::fold::note;
use crate::graphql::error::{ApiError, Result};
use crate::graphql::load::{DatasetNumber, EntrySeq, JobNumber, app, load};
use crate::graphql::scalar::{DateTime, Long};
use crate::log::{LogError, Repeated};
use async_graphql::{Context, Enum, Object, SimpleObject};
use schema::json::Json;
use schema::log::Entry;
use schema::openlineage::{self as ol, Event as Parsed, conformance};
use std::sync::Arc;

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
    /// An event by its row, with how often it came again.
    pub fn new(repeats: Option<Repeated>, row: EventRow) -> Self {
        Self { row, repeats }
    }

    /// Its number in the log, which is its place in lists.
    pub fn place(&self) -> u64 {
        self.row.seq
    }

    async fn entry(&self, ctx: &Context<'_>) -> Result<Arc<Entry>> {
        let seq = self.row.seq;
        let entry = load(ctx).load_one(EntrySeq(seq)).await?;
        let unreadable = || {
            let reason = app(ctx).log.unreadable().borrow().get(&seq).cloned().unwrap_or_else(|| "it is missing".into());
            ApiError::from(LogError::Damaged(seq, reason))
        };
        Ok(entry.ok_or_else(unreadable)?)
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
    async fn finding_count(&self) -> Long {
        (self.row.findings.iter().count() as u64).into()
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
