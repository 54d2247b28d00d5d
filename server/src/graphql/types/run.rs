//! Runs.

use super::facet::FacetVersion;
use super::job::Job;
use super::run_dataset::RunDataset;
use super::run_events;
use super::run_history::{RunEvent, history, run_event};
use crate::catalog::read::{EntityRow, Page, RunFilter, RunRow};
use crate::fold::run as fold;
use crate::graphql::error::{ApiError, Result};
use crate::graphql::load::{DatasetNumber, JobNumber, app, load};
use crate::graphql::page::{self, Connection, Edge};
use crate::graphql::scalar::{AnyJson, DateTime, Long, count, json};
use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use schema::moment::Moment;
use schema::openlineage::facets;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// Where a run stands. Terminal beats RUNNING beats START; among terminals the latest event time.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// It began.
    Start,
    /// It goes on.
    Running,
    /// It ended well.
    Complete,
    /// It was stopped.
    Abort,
    /// It failed.
    Fail,
    /// No event says.
    Other,
}

impl RunState {
    const PAIRS: [(Self, fold::RunState); 6] = [
        (Self::Start, fold::RunState::Start),
        (Self::Running, fold::RunState::Running),
        (Self::Complete, fold::RunState::Complete),
        (Self::Abort, fold::RunState::Abort),
        (Self::Fail, fold::RunState::Fail),
        (Self::Other, fold::RunState::Other),
    ];

    /// The fold's state.
    pub fn of(state: fold::RunState) -> Self {
        Self::PAIRS.iter().find(|pair| pair.1 == state).map_or(Self::Other, |pair| pair.0)
    }

    /// The fold's states of a filter.
    pub fn codes(states: Option<Vec<Self>>) -> Vec<fold::RunState> {
        let known = |state: Self| Self::PAIRS.iter().find(move |pair| pair.0 == state).map(|pair| pair.1);
        states.unwrap_or_default().into_iter().filter_map(known).collect()
    }
}

/// One execution of a job.
#[derive(Clone)]
pub struct Run(pub Arc<RunRow>);

impl From<RunRow> for Run {
    fn from(row: RunRow) -> Self {
        Self(Arc::new(row))
    }
}

/// Why a run failed.
#[derive(SimpleObject)]
pub struct RunError {
    /// What went wrong.
    message: String,
    /// Language of the stack trace.
    programming_language: Option<String>,
    /// Where.
    stack_trace: Option<String>,
}

/// What ran it.
#[derive(SimpleObject)]
pub struct ProcessingEngine {
    /// `spark`, `Airflow`, …
    name: Option<String>,
    /// Its version.
    version: Option<String>,
    /// Version of its OpenLineage integration.
    adapter_version: Option<String>,
}

/// A page of runs, newest first.
pub async fn run_page(ctx: &Context<'_>, filter: &RunFilter, first: i32, after: Option<String>) -> Result<Connection<Edge<Run>>> {
    let first = page::length(first)?;
    let catalog = &app(ctx).catalog;
    let rows = catalog.run_page(filter, Page { after: page::place(after.as_deref())?, limit: first + 1 }).await.map_err(ApiError::from)?;
    let total = catalog.run_count(filter).await.map_err(ApiError::from)?;
    let items = rows.into_iter().map(|row| (row.place(), Run::from(row))).collect();
    Ok(page::connection(total, first, after.as_deref(), items))
}

impl Run {
    async fn linked(ctx: &Context<'_>, link: &fold::RunLink) -> Result<Option<Self>> {
        let rows = app(ctx).catalog.runs_by_id(Uuid::from_bytes(link.run)).await.map_err(ApiError::from)?;
        Ok(rows.into_iter().find(|row| row.job == link.job).map(Self::from))
    }

    async fn io(&self, ctx: &Context<'_>, numbers: &std::collections::BTreeSet<u32>, written: bool) -> Result<Vec<RunDataset>> {
        // Facets stand under the names that events used; what is shown is the dataset whatever its name.
        let named = app(ctx).catalog.datasets(&numbers.iter().copied().collect::<Vec<_>>()).await.map_err(ApiError::from)?;
        let whole = load(ctx).load_many(numbers.iter().map(|&number| DatasetNumber(number))).await?;
        let detailed = ["rowCount", "bytes", "fileCount", "version", "facets", "assertions"];
        let mut facets = if detailed.iter().any(|field| ctx.look_ahead().field(field).exists()) {
            run_events::io_facets(&run_events::entries(ctx, &self.0).await?, written)
        } else {
            BTreeMap::new()
        };
        let mut datasets: Vec<RunDataset> = named
            .into_iter()
            .filter_map(|row| {
                let dataset = whole.get(&DatasetNumber(row.number))?.clone();
                let facets = facets.remove(&(row.namespace, row.name)).unwrap_or_default();
                Some(RunDataset { dataset, facets, run: self.clone() })
            })
            .collect();
        datasets.sort_by(|a, b| (&a.dataset.namespace, &a.dataset.name).cmp(&(&b.dataset.namespace, &b.dataset.name)));
        Ok(datasets)
    }

    async fn row_of_job(&self, ctx: &Context<'_>) -> Result<Arc<EntityRow>> {
        let missing = || ApiError::from(crate::catalog::CatalogError::Damaged("a run without its job".into()));
        Ok(load(ctx).load_one(JobNumber(self.0.job)).await?.ok_or_else(missing)?)
    }
}

/// One execution of a job.
#[Object]
impl Run {
    /// The OpenLineage run id.
    async fn id(&self) -> ID {
        ID(self.0.run.text.clone().unwrap_or_else(|| self.0.id.to_string()))
    }

    /// Where it stands.
    async fn state(&self) -> RunState {
        RunState::of(self.0.run.state())
    }

    /// What ran.
    async fn job(&self, ctx: &Context<'_>) -> Result<Job> {
        Ok(Job(self.row_of_job(ctx).await?))
    }

    /// Its earliest START.
    async fn started_at(&self) -> Option<DateTime> {
        self.0.run.started_at().map(DateTime::from)
    }

    /// Its terminal event.
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.run.ended_at().map(DateTime::from)
    }

    /// From start to end, milliseconds; null while either is unknown.
    async fn duration_ms(&self) -> Option<Long> {
        let (start, end) = (self.0.run.started_at()?, self.0.run.ended_at()?);
        Some(Long(Moment(end).millis_since(Moment(start))))
    }

    /// Begin of the scheduled window.
    async fn nominal_start(&self) -> Option<DateTime> {
        self.0.run.nominal.map(|(_, start, _)| start.into())
    }

    /// End of the scheduled window.
    async fn nominal_end(&self) -> Option<DateTime> {
        self.0.run.nominal.and_then(|(.., end)| end).map(DateTime::from)
    }

    /// Its first event; of an inferred run the first event that names it.
    async fn first_event_at(&self) -> DateTime {
        self.0.run.span.map_or(0, |span| span.first).into()
    }

    /// Its last event.
    async fn last_event_at(&self) -> DateTime {
        self.0.run.span.map_or(0, |span| span.last).into()
    }

    /// How many events it has.
    async fn event_count(&self) -> i32 {
        count(self.0.run.events)
    }

    /// The run that started it.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Run>> {
        match &self.0.run.parent {
            Some((_, parent, _)) => Self::linked(ctx, parent).await,
            None => Ok(None),
        }
    }

    /// The top of the chain, when an event says it.
    async fn root(&self, ctx: &Context<'_>) -> Result<Option<Run>> {
        match &self.0.run.parent {
            Some((_, _, Some(root))) => Self::linked(ctx, root).await,
            _ => Ok(None),
        }
    }

    /// Runs that it started, newest first.
    #[graphql(complexity = "10 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn children(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
    ) -> Result<Connection<Edge<Run>>> {
        let filter = RunFilter { parent: Some(self.0.id), ..RunFilter::default() };
        run_page(ctx, &filter, first, after).await
    }

    /// Runs of other jobs under the same run id.
    async fn siblings(&self, ctx: &Context<'_>) -> Result<Vec<Run>> {
        let mut rows = app(ctx).catalog.runs_by_id(self.0.id).await.map_err(ApiError::from)?;
        rows.sort_by_key(|row| (row.run.sort_at(), row.job_id));
        Ok(rows.into_iter().filter(|row| row.number != self.0.number).map(Self::from).collect())
    }

    /// Only named by another run, no event of its own yet.
    async fn inferred(&self) -> bool {
        self.0.run.events == 0
    }

    /// What it read.
    async fn inputs(&self, ctx: &Context<'_>) -> Result<Vec<RunDataset>> {
        self.io(ctx, &self.0.run.io(false), false).await
    }

    /// What it wrote.
    async fn outputs(&self, ctx: &Context<'_>) -> Result<Vec<RunDataset>> {
        self.io(ctx, &self.0.run.io(true), true).await
    }

    /// Why it failed.
    async fn error(&self, ctx: &Context<'_>) -> Result<Option<RunError>> {
        let error = run_events::facet(ctx, &self.0, "errorMessage", facets::error_message).await?.flatten();
        Ok(error.map(|e| RunError { message: e.message, programming_language: e.programming_language, stack_trace: e.stack_trace }))
    }

    /// What ran it.
    async fn engine(&self, ctx: &Context<'_>) -> Result<Option<ProcessingEngine>> {
        let engine = run_events::facet(ctx, &self.0, "processing_engine", facets::processing_engine).await?;
        Ok(engine.map(|e| ProcessingEngine { name: e.name, version: e.version, adapter_version: e.adapter_version }))
    }

    /// Current run facets by key, as they were sent.
    async fn facets(&self, ctx: &Context<'_>) -> Result<AnyJson> {
        let bodies = run_events::facets(ctx, &self.0).await?;
        Ok(async_graphql::Json(bodies.into_iter().map(|(key, body)| (key, json(&body).0)).collect()))
    }

    /// Every content of its run facets in its newest 500 events, newest first.
    async fn facet_history(&self, ctx: &Context<'_>, key: Option<String>) -> Result<Vec<FacetVersion>> {
        let current = run_events::facets(ctx, &self.0).await?;
        Ok(history(&run_events::entries(ctx, &self.0).await?, &current, key.as_deref()))
    }

    /// Its events in order of event time, the newest 500 arrivals.
    async fn events(&self, ctx: &Context<'_>) -> Result<Vec<RunEvent>> {
        let entries = run_events::entries(ctx, &self.0).await?;
        let mut events: Vec<RunEvent> = entries.iter().filter_map(|entry| run_event(entry)).collect();
        events.sort_by_key(|event| (event.event_time, event.seq));
        Ok(events)
    }
}
