//! The roots: by name, by id, by search. Every one first waits, bounded, for what was acknowledged
//! before it was asked, so that whoever posts and then asks sees the event.

use super::error::{ApiError, Result, bad_input};
use super::load::{self, DatasetNumber, app};
use super::page::{self, Connection, Edge};
use super::roots::{EstateQuery, FreshnessQuery, ImpactQuery, LineageQuery};
use super::scalar::{DateTime, Long};
use super::standing::settle;
use super::types::{
    self, Column, Dataset, Event, EventConnection, EventFilter, Job, Namespace, Node, Producer, QuarantinedEvent, Run, RunState, Scene,
    SceneArguments, SceneExpansion, SceneFocus, SchemaChange, SearchConnection, SearchFilter, Status, StitchingGroup, StitchingKind,
    StitchingState,
};
use crate::asked::ListKind;
use crate::catalog::read::{EntityRow, Page, RunFilter};
use async_graphql::{Context, ID, MergedObject, Object};
use std::sync::Arc;
use uuid::Uuid;

/// Where a query starts.
#[derive(MergedObject, Default)]
pub struct Query(Catalog, LineageQuery, ImpactQuery, FreshnessQuery, EstateQuery);

/// What there is: by name, by id, by search.
#[derive(Default)]
pub struct Catalog;

/// The id of a reference: by namespace and name, or by id.
pub fn reference(namespace: Option<&str>, name: Option<&str>, id: Option<&ID>, derive: fn(&str, &str) -> Uuid) -> Result<Uuid> {
    match (namespace, name, id) {
        (Some(namespace), Some(name), None) => Ok(derive(namespace, name)),
        (None, None, Some(id)) => Uuid::try_parse(id).map_err(|_| bad_input("id is not an id of this server")),
        _ => Err(bad_input("give namespace and name, or id")),
    }
}

/// A dataset's row.
pub async fn dataset(ctx: &Context<'_>, id: Uuid) -> Result<Option<Arc<EntityRow>>> {
    Ok(load::datasets_by_id(ctx, &[id]).await?.remove(&id))
}

/// A job's row.
pub async fn job(ctx: &Context<'_>, id: Uuid) -> Result<Option<Arc<EntityRow>>> {
    Ok(app(ctx).catalog.jobs_by_id(&[id]).await.map_err(ApiError::from)?.into_iter().next().map(Arc::new))
}

/// A run by its OpenLineage id; of several jobs' the one named, or the one that began first.
pub async fn run(ctx: &Context<'_>, id: &ID, job_namespace: Option<&str>, job_name: Option<&str>) -> Result<Option<Run>> {
    let mut rows = app(ctx).catalog.runs_by_id(schema::id::run(id)).await.map_err(ApiError::from)?;
    if let (Some(namespace), Some(name)) = (job_namespace, job_name) {
        let number = job(ctx, schema::id::job(namespace, name)).await?.map(|job| job.number);
        rows.retain(|row| Some(row.job) == number);
    } else if job_namespace.is_some() || job_name.is_some() {
        return Err(bad_input("give both jobNamespace and jobName, or neither"));
    }
    // Of several the one with events of its own that began first.
    rows.sort_by_key(|row| (row.run.events == 0, row.run.sort_at(), row.job_id));
    Ok(rows.into_iter().next().map(Run::from))
}

#[Object]
impl Catalog {
    /// A dataset or job by its id.
    async fn node(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Node>> {
        settle(ctx).await;
        let Ok(id) = Uuid::try_parse(&id) else { return Ok(None) };
        if let Some(row) = dataset(ctx, id).await? {
            return Ok(Some(Node::Dataset(Dataset(row))));
        }
        Ok(job(ctx, id).await?.map(|row| Node::Job(Job(row))))
    }

    /// Ranked search over datasets, columns and jobs: exact name first, then name words and prefixes, then columns and
    /// descriptions. An empty query lists everything.
    #[graphql(complexity = "50 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn search(
        &self,
        ctx: &Context<'_>,
        query: String,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
        filter: Option<SearchFilter>,
    ) -> Result<SearchConnection> {
        types::search(ctx, query, first, after, filter).await
    }

    /// A dataset by namespace and name, or by id.
    async fn dataset(&self, ctx: &Context<'_>, namespace: Option<String>, name: Option<String>, id: Option<ID>) -> Result<Option<Dataset>> {
        settle(ctx).await;
        let id = reference(namespace.as_deref(), name.as_deref(), id.as_ref(), schema::id::dataset)?;
        Ok(dataset(ctx, id).await?.map(Dataset))
    }

    /// Datasets in order of namespace and name.
    #[graphql(complexity = "10 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn datasets(
        &self,
        ctx: &Context<'_>,
        namespace: Option<String>,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
    ) -> Result<Connection<Edge<Dataset>>> {
        settle(ctx).await;
        let first = page::length(first)?;
        let list = page::list(ctx, ListKind::Datasets)?;
        let page = Page { after: page::place(list, after.as_deref())?, limit: first + 1 };
        let (rows, total) = app(ctx).catalog.dataset_page(namespace.as_deref(), page).await.map_err(ApiError::from)?;
        let whole = load::load(ctx).load_many(rows.iter().map(|row| DatasetNumber(row.number))).await?;
        let dataset = |row: &EntityRow| Some(Dataset(whole.get(&DatasetNumber(row.number))?.clone()));
        let items = rows.iter().filter_map(|row| Some(((row.namespace.clone(), row.name.clone()), dataset(row)?))).collect();
        Ok(page::connection(list, total, first, after.as_deref(), items))
    }

    /// A job by namespace and name, or by id.
    async fn job(&self, ctx: &Context<'_>, namespace: Option<String>, name: Option<String>, id: Option<ID>) -> Result<Option<Job>> {
        settle(ctx).await;
        let id = reference(namespace.as_deref(), name.as_deref(), id.as_ref(), schema::id::job)?;
        Ok(job(ctx, id).await?.map(Job))
    }

    /// Jobs in order of namespace and name.
    #[graphql(complexity = "10 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn jobs(
        &self,
        ctx: &Context<'_>,
        namespace: Option<String>,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
    ) -> Result<Connection<Edge<Job>>> {
        settle(ctx).await;
        let first = page::length(first)?;
        let list = page::list(ctx, ListKind::Jobs)?;
        let page = Page { after: page::place(list, after.as_deref())?, limit: first + 1 };
        let (rows, total) = app(ctx).catalog.job_page(namespace.as_deref(), page).await.map_err(ApiError::from)?;
        let items = rows.into_iter().map(|row| ((row.namespace.clone(), row.name.clone()), Job(Arc::new(row)))).collect();
        Ok(page::connection(list, total, first, after.as_deref(), items))
    }

    /// A column by its dataset and dotted path.
    async fn column(&self, ctx: &Context<'_>, namespace: String, dataset: String, name: String) -> Result<Option<Column>> {
        settle(ctx).await;
        let id = schema::id::dataset(&namespace, &dataset);
        let Some(row) = self::dataset(ctx, id).await? else { return Ok(None) };
        Column::find(ctx, &row, &name).await
    }

    /// A run by its OpenLineage run id. One producer may share an id among several jobs: name the job to choose, or read
    /// `siblings`.
    async fn run(&self, ctx: &Context<'_>, id: ID, job_namespace: Option<String>, job_name: Option<String>) -> Result<Option<Run>> {
        settle(ctx).await;
        run(ctx, &id, job_namespace.as_deref(), job_name.as_deref()).await
    }

    /// Runs of every job, newest first.
    #[graphql(complexity = "10 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn runs(
        &self,
        ctx: &Context<'_>,
        states: Option<Vec<RunState>>,
        since: Option<DateTime>,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
    ) -> Result<Connection<Edge<Run>>> {
        settle(ctx).await;
        let filter = RunFilter { states: RunState::codes(states), since: since.map(|at| at.0.0), ..RunFilter::default() };
        types::run_page(ctx, page::list(ctx, ListKind::Runs)?, &filter, first, after).await
    }

    /// Every namespace, in order of name.
    async fn namespaces(&self, ctx: &Context<'_>) -> Result<Vec<Namespace>> {
        settle(ctx).await;
        let rows = app(ctx).catalog.namespaces().await.map_err(ApiError::from)?;
        Ok(rows.into_iter().map(Namespace::from).collect())
    }

    /// Datasets whose schema changed, newest change first.
    #[graphql(complexity = "10 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn schema_changes(&self, ctx: &Context<'_>, #[graphql(default = 10)] first: i32) -> Result<Vec<SchemaChange>> {
        settle(ctx).await;
        let first = page::length(first)?;
        // A new facet content need not be another schema: descriptions change too.
        let rows = app(ctx).catalog.schema_changes(first * 4 + 20).await.map_err(ApiError::from)?;
        let whole = load::load(ctx).load_many(rows.iter().map(|row| DatasetNumber(row.dataset))).await?;
        let mut changes: Vec<SchemaChange> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for row in rows {
            if changes.len() < first
                && let Some(dataset) = whole.get(&DatasetNumber(row.dataset)).filter(|dataset| seen.insert(dataset.number))
            {
                changes.extend(Dataset(dataset.clone()).newest_change(ctx).await?);
            }
        }
        changes.sort_by_key(|change| std::cmp::Reverse(change.at));
        Ok(changes)
    }

    /// A laid-out picture of the lineage around one dataset or job: the server decides what to draw and where.
    #[graphql(complexity = "500 + child_complexity")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the field")]
    async fn lineage_scene(
        &self,
        ctx: &Context<'_>,
        focus: SceneFocus,
        #[graphql(default = 1)] up: i32,
        #[graphql(default = 1)] down: i32,
        #[graphql(default = true)] jobs: bool,
        as_of: Option<DateTime>,
        expand: Option<Vec<SceneExpansion>>,
        open_columns: Option<Vec<ID>>,
        trace: Option<ID>,
        #[graphql(default = 150)] limit: i32,
    ) -> Result<Scene> {
        settle(ctx).await;
        let arguments = SceneArguments {
            up,
            down,
            jobs,
            as_of,
            expand: expand.unwrap_or_default(),
            open_columns: open_columns.unwrap_or_default(),
            trace,
            limit,
        };
        types::scene(ctx, focus, arguments).await
    }

    /// Events that could not be understood, newest first, with the reason.
    #[graphql(complexity = "10 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn quarantine(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
    ) -> Result<Connection<Edge<QuarantinedEvent>>> {
        types::quarantine(ctx, first, after).await
    }

    /// Events that the log took, newest arrival first: what became of each, and what is odd about it.
    #[graphql(complexity = "10 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
        filter: Option<EventFilter>,
    ) -> Result<EventConnection> {
        settle(ctx).await;
        types::events(ctx, first, after, filter).await
    }

    /// One event, by its number in the log or by the hash of its content.
    async fn event(&self, ctx: &Context<'_>, seq: Option<Long>, hash: Option<String>) -> Result<Option<Event>> {
        settle(ctx).await;
        types::event(ctx, seq, hash).await
    }

    /// Who sends events, by number of events, most first; and how well each keeps to the specification.
    #[graphql(complexity = "10 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn producers(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
    ) -> Result<Connection<Edge<Producer>>> {
        settle(ctx).await;
        types::producers(ctx, first, after).await
    }

    /// The stitching report: datasets that look like spellings of one name, surest kinds first, then by name. `kinds` asks
    /// for groups with any of these differences, `states` for groups in any of these states; left out, for all.
    #[graphql(complexity = "50 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn stitching(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
        kinds: Option<Vec<StitchingKind>>,
        states: Option<Vec<StitchingState>>,
    ) -> Result<Connection<Edge<StitchingGroup>>> {
        settle(ctx).await;
        types::stitching(ctx, first, after, kinds, states).await
    }

    /// How far the projections are and what they hold.
    async fn status(&self, ctx: &Context<'_>) -> Result<Status> {
        settle(ctx).await;
        types::status(ctx).await
    }
}
