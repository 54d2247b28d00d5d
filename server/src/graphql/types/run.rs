//! Runs.

use super::facet::{self, FacetVersion, Tag};
use super::job::Job;
use super::run_dataset::RunDataset;
use super::run_detail::{Dependencies, ExternalQuery, ExtractionErrors, Property, RunParameter, RunTest, dependencies, properties};
use super::run_events;
use super::run_history::{RunEvent, history, run_event};
use crate::asked::{List, ListKind};
use crate::catalog::read::{EntityRow, Page, RunFilter, RunRow};
use crate::fold::flow;
use crate::fold::run as fold;
use crate::graphql::charge::{charge, charged};
use crate::graphql::error::{ApiError, Result};
use crate::graphql::load::{DatasetNumber, JobNumber, app, load};
use crate::graphql::page::{self, Connection, Edge};
use crate::graphql::scalar::{AnyJson, DateTime, Long, count, object};
use crate::ingest::now_micros;
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
pub async fn run_page(
    ctx: &Context<'_>,
    list: List,
    filter: &RunFilter,
    first: i32,
    after: Option<String>,
) -> Result<Connection<Edge<Run>>> {
    let first = page::length(first)?;
    let catalog = &app(ctx).catalog;
    let rows =
        catalog.run_page(filter, Page { after: page::place(list, after.as_deref())?, limit: first + 1 }).await.map_err(ApiError::from)?;
    let total = catalog.run_count(filter).await.map_err(ApiError::from)?;
    let items = rows.into_iter().map(|row| (row.place(), Run::from(row))).collect();
    Ok(page::connection(list, total, first, after.as_deref(), items))
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
        let detailed = ["rowCount", "bytes", "fileCount", "version", "subset", "report", "metrics", "facets", "assertions"];
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
    async fn event_count(&self) -> Long {
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
        let list = page::list_of(ctx, ListKind::ChildRuns, &format!("{} {}", self.0.id, self.0.job_id))?;
        run_page(ctx, list, &filter, first, after).await
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

    /// The query in the system that ran it.
    async fn external_query(&self, ctx: &Context<'_>) -> Result<Option<ExternalQuery>> {
        Ok(run_events::facet(ctx, &self.0, "externalQuery", facets::external_query).await?.flatten().map(ExternalQuery::from))
    }

    /// What the emitter could not find out: the run's lineage may be incomplete.
    async fn extraction_errors(&self, ctx: &Context<'_>) -> Result<Option<ExtractionErrors>> {
        Ok(run_events::facet(ctx, &self.0, "extractionError", facets::extraction_errors).await?.map(ExtractionErrors::from))
    }

    /// What it was given.
    async fn parameters(&self, ctx: &Context<'_>) -> Result<Vec<RunParameter>> {
        let parameters = run_events::facet(ctx, &self.0, "executionParameters", facets::parameters).await?.unwrap_or_default();
        Ok(parameters.into_iter().map(RunParameter::from).collect())
    }

    /// Its environment variables, as far as the emitter sends them.
    async fn environment(&self, ctx: &Context<'_>) -> Result<Vec<RunParameter>> {
        let variables = run_events::facet(ctx, &self.0, "environmentVariables", facets::environment).await?.unwrap_or_default();
        Ok(variables.into_iter().map(RunParameter::from).collect())
    }

    /// Tests that it made and that are bound to no dataset; those of datasets are on its inputs and outputs.
    async fn tests(&self, ctx: &Context<'_>) -> Result<Vec<RunTest>> {
        let tests = run_events::facet(ctx, &self.0, "test", facets::tests).await?.unwrap_or_default();
        Ok(tests.into_iter().map(RunTest::from).collect())
    }

    /// Its tags.
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<Tag>> {
        let tags = run_events::facet(ctx, &self.0, "tags", facets::tags).await?.unwrap_or_default();
        Ok(tags.into_iter().map(Tag::from).collect())
    }

    /// Jobs that it waits for and lets begin: control flow, never lineage.
    pub async fn dependencies(&self, ctx: &Context<'_>) -> Result<Option<Dependencies>> {
        let Some(said) = run_events::facet(ctx, &self.0, "jobDependencies", facets::dependencies).await? else { return Ok(None) };
        Ok(Some(dependencies(ctx, said).await?))
    }

    /// What the platform that ran it says of it (Google Cloud Composer, Dataproc).
    async fn platform(&self, ctx: &Context<'_>) -> Result<Vec<Property>> {
        let mut all = Vec::new();
        for key in ["gcp_composer_run", "gcp_dataproc"] {
            all.extend(run_events::facet(ctx, &self.0, key, |json| facets::properties(json, "")).await?.unwrap_or_default());
        }
        Ok(properties(all))
    }

    /// True when it has neither ended nor been heard of for longer than the setting `silent_run_seconds`, by the server's
    /// clock. Its state stays what the events say. A streaming job is stale only if it promised to send at intervals.
    async fn stale(&self, ctx: &Context<'_>) -> Result<bool> {
        let open = matches!(self.0.run.state(), fold::RunState::Start | fold::RunState::Running);
        let Some(last) = self.0.run.span.map(|span| span.last).filter(|_| open && self.0.run.events > 0) else { return Ok(false) };
        let kind = facet::read(ctx, flow::Owner::Job(self.0.job), "jobType", facets::job_type).await?;
        let streams = |kind: &facets::JobType| kind.processing_type.as_ref().is_some_and(|kind| !kind.eq_ignore_ascii_case("BATCH"));
        let silent = now_micros().saturating_sub(last);
        let limit = app(ctx).limits.silent_run_seconds.saturating_mul(1_000_000);
        Ok(match kind.filter(streams) {
            None => silent > limit as i64,
            Some(kind) => kind
                .emission
                .as_ref()
                .and_then(|emission| emission.window)
                .is_some_and(|window| silent > (limit as i64).max(window.saturating_mul(3_000_000))),
        })
    }

    /// Current run facets by key, as they were sent.
    async fn facets(&self, ctx: &Context<'_>) -> Result<AnyJson> {
        charged(ctx, object(&run_events::facets(ctx, &self.0).await?)).await
    }

    /// Every content of its run facets in its newest 500 events, newest first.
    async fn facet_history(&self, ctx: &Context<'_>, key: Option<String>) -> Result<Vec<FacetVersion>> {
        let current = run_events::facets(ctx, &self.0).await?;
        let versions = history(&run_events::entries(ctx, &self.0).await?, &current, key.as_deref());
        charge(ctx, versions.iter().map(|version| version.value.len()).sum()).await?;
        Ok(versions)
    }

    /// Its events in order of event time, the newest 500 arrivals.
    async fn events(&self, ctx: &Context<'_>) -> Result<Vec<RunEvent>> {
        let entries = run_events::entries(ctx, &self.0).await?;
        if ctx.look_ahead().field("body").exists() {
            charge(ctx, entries.iter().map(|entry| entry.payload.len()).sum()).await?;
        }
        let mut events: Vec<RunEvent> = entries.iter().filter_map(|entry| run_event(entry)).collect();
        events.sort_by_key(|event| (event.event_time, event.seq));
        Ok(events)
    }
}
