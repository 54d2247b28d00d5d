//! Datasets.

use super::column::{Column, columns_of};
use super::facet::{self, FacetVersion, Owner, Tag};
use super::job::Job;
use super::lineage::Lineage;
use super::lineage_answer::{depth, lineage, page as page_arguments, when};
use super::place::{DatasetKind, HierarchyLevel, Storage, TableCatalog};
use super::run_dataset::{Assertion, DatasetRunConnection, dataset_runs, latest_assertions};
use super::run_detail::QualityMetrics;
use super::schema_history::SchemaVersion;
use crate::asked::{LineageDirection, LineageGranularity, List, ListKind, Start};
use crate::catalog::read::EntityRow;
use crate::fold::flow;
use crate::graph::When;
use crate::graphql::error::{ApiError, Result, bad_input};
use crate::graphql::load::{JobNumber, app, load};
use crate::graphql::page::{self, Connection, Edge};
use crate::graphql::scalar::{AnyJson, DateTime, Long, count};
use crate::lineage::answer::Vertex;
use crate::lineage::question::Question;
use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use schema::openlineage::facets;
use std::sync::Arc;

/// Names that one answer lists.
const MOST_ALIASES: usize = 100_000;

/// A table, file, topic, view, dashboard, …
#[derive(Clone)]
pub struct Dataset(pub Arc<EntityRow>);

/// What a job does with a dataset.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum JobRole {
    /// Writes it.
    Producer,
    /// Reads it.
    Consumer,
}

/// Where a dataset lives.
#[derive(SimpleObject)]
pub struct DataSource {
    /// Name of the source.
    name: Option<String>,
    /// Its address, credentials removed.
    uri: Option<String>,
}

/// Another name of a dataset.
#[derive(SimpleObject)]
pub struct DatasetName {
    /// Namespace.
    namespace: String,
    /// Name.
    name: String,
    /// `TABLE`, `LOCATION`, …
    #[graphql(name = "type")]
    kind: Option<String>,
}

/// The newest change of a dataset's life.
#[derive(SimpleObject)]
pub struct LifecycleChange {
    /// `CREATE`, `DROP`, `RENAME`, … as sent.
    state: String,
    /// Event time that asserted it last.
    at: DateTime,
    /// The name before a rename.
    previous: Option<DatasetName>,
}

impl Dataset {
    /// As the fold names it.
    pub fn owner(&self) -> flow::Owner {
        flow::Owner::Dataset(self.0.number)
    }
}

/// A table, file, topic, view, dashboard, …
#[Object]
impl Dataset {
    /// Derived from namespace and name.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// As sent.
    async fn namespace(&self) -> &str {
        &self.0.namespace
    }

    /// As sent.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is.
    async fn description(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        facet::description(ctx, self.owner()).await
    }

    /// Columns of the current schema in their order, nested ones by dotted path, then columns that only lineage knows.
    async fn columns(&self, ctx: &Context<'_>) -> Result<Vec<Column>> {
        columns_of(ctx, &self.0).await
    }

    /// How many columns there are.
    async fn column_count(&self, ctx: &Context<'_>) -> Result<Long> {
        Ok(count(columns_of(ctx, &self.0).await?.len()))
    }

    /// Tags of the dataset; those of a column are on the column.
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<Tag>> {
        facet::tags(ctx, self.owner(), None).await
    }

    /// Who answers for it.
    async fn owners(&self, ctx: &Context<'_>) -> Result<Vec<Owner>> {
        facet::owners(ctx, self.owner()).await
    }

    /// Current facets by key, as they were sent.
    async fn facets(&self, ctx: &Context<'_>) -> Result<AnyJson> {
        facet::object(ctx, self.owner()).await
    }

    /// Every content that its facets ever had, by key, newest first; the newest 10,000 of them.
    async fn facet_history(&self, ctx: &Context<'_>, key: Option<String>) -> Result<Vec<FacetVersion>> {
        facet::history(ctx, self.owner(), &self.0, key.as_deref()).await
    }

    /// Every schema that it ever had, newest first.
    async fn schema_history(&self, ctx: &Context<'_>) -> Result<Vec<SchemaVersion>> {
        self.schemas(ctx).await
    }

    /// Where it lives.
    async fn source(&self, ctx: &Context<'_>) -> Result<Option<DataSource>> {
        let source = facet::read(ctx, self.owner(), "dataSource", facets::data_source).await?;
        Ok(source.map(|source| DataSource { name: source.name, uri: source.uri }))
    }

    /// What kind of dataset it is.
    async fn kind(&self, ctx: &Context<'_>) -> Result<Option<DatasetKind>> {
        Ok(facet::read(ctx, self.owner(), "datasetType", facets::dataset_kind).await?.map(DatasetKind::from))
    }

    /// How it is stored.
    async fn storage(&self, ctx: &Context<'_>) -> Result<Option<Storage>> {
        Ok(facet::read(ctx, self.owner(), "storage", facets::storage).await?.map(Storage::from))
    }

    /// Where it stands, highest level first: better than splitting its name.
    async fn hierarchy(&self, ctx: &Context<'_>) -> Result<Vec<HierarchyLevel>> {
        let levels = facet::read(ctx, self.owner(), "hierarchy", facets::hierarchy).await?.unwrap_or_default();
        Ok(levels.into_iter().map(HierarchyLevel::from).collect())
    }

    /// The catalog that it is registered in.
    async fn catalog(&self, ctx: &Context<'_>) -> Result<Option<TableCatalog>> {
        Ok(facet::read(ctx, self.owner(), "catalog", facets::catalog).await?.map(TableCatalog::from))
    }

    /// Its newest profile. Earlier ones are in `facetHistory(key: "dataQualityMetrics")`, and those that came with a run's
    /// reading on the run's inputs.
    async fn metrics(&self, ctx: &Context<'_>) -> Result<Option<QualityMetrics>> {
        Ok(facet::read(ctx, self.owner(), "dataQualityMetrics", facets::metrics).await?.map(QualityMetrics::from))
    }

    /// What its description is written in: a MIME type; null when the emitter does not say.
    async fn description_type(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(facet::read(ctx, self.owner(), "documentation", facets::documentation_type).await?.flatten())
    }

    /// Other names of this dataset (symlinks facet).
    async fn symlinks(&self, ctx: &Context<'_>) -> Result<Vec<DatasetName>> {
        let links = facet::read(ctx, self.owner(), "symlinks", facets::symlinks).await?.unwrap_or_default();
        Ok(links.into_iter().map(|link| DatasetName { namespace: link.namespace, name: link.name, kind: link.kind }).collect())
    }

    /// Every other name that it is known by, through symlinks, renames and naming rules, whoever says so: the first of
    /// them in order of namespace and name, at most 100,000; `aliasCount` counts all. Each of them finds it.
    async fn aliases(&self, ctx: &Context<'_>, #[graphql(default = 1000)] first: i32) -> Result<Vec<DatasetName>> {
        let first = usize::try_from(first).ok().filter(|first| *first <= MOST_ALIASES);
        let first = first.ok_or_else(|| bad_input(format!("first must be between 0 and {MOST_ALIASES}")))?;
        let others: Vec<u32> = self.0.members.iter().copied().filter(|&member| member != self.0.number).collect();
        let rows = app(ctx).catalog.names_of(&others).await.map_err(ApiError::from)?;
        let mut names: Vec<DatasetName> =
            rows.into_iter().map(|row| DatasetName { namespace: row.namespace, name: row.name, kind: None }).collect();
        names.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
        names.truncate(first);
        Ok(names)
    }

    /// How many other names it is known by.
    async fn alias_count(&self) -> Long {
        count(self.0.members.len().saturating_sub(1))
    }

    /// When it was dropped; null while it lives, also when it was written again since. What was known of it stays.
    async fn dropped_at(&self, ctx: &Context<'_>) -> Option<DateTime> {
        app(ctx).graph().dropped_at(self.0.number).map(DateTime::from)
    }

    /// True for what only exists between two steps of a pipeline: lineage passes through it.
    async fn temporary(&self, ctx: &Context<'_>) -> bool {
        app(ctx).graph().is_temporary(self.0.number)
    }

    /// Version written or read last, when the emitter says one.
    async fn version(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(facet::read(ctx, self.owner(), "version", facets::version).await?.flatten())
    }

    /// The newest change of its life: created, dropped, renamed, …
    async fn lifecycle(&self, ctx: &Context<'_>) -> Result<Option<LifecycleChange>> {
        let Some(change) = facet::read(ctx, self.owner(), "lifecycleStateChange", facets::lifecycle).await?.flatten() else {
            return Ok(None);
        };
        let history = app(ctx).catalog.facet_history(self.owner(), &self.0, Some("lifecycleStateChange")).await.map_err(ApiError::from)?;
        let at = history.iter().find(|row| row.current).map_or(0, |row| row.last);
        let previous = change.previous.map(|(namespace, name)| DatasetName { namespace, name, kind: None });
        Ok(Some(LifecycleChange { state: change.state, at: at.into(), previous }))
    }

    /// First event time that names it.
    async fn first_seen(&self) -> Option<DateTime> {
        self.0.entity.span.map(|span| span.first.into())
    }

    /// Last event time that names it.
    async fn last_seen(&self) -> Option<DateTime> {
        self.0.entity.span.map(|span| span.last.into())
    }

    /// End of the newest completed run that wrote it.
    async fn last_written_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime>> {
        Ok(app(ctx).catalog.last_written(&self.0.members).await.map_err(ApiError::from)?.map(DateTime::from))
    }

    /// Jobs that read or write it.
    #[graphql(complexity = "10 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn jobs(
        &self,
        ctx: &Context<'_>,
        role: Option<JobRole>,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
    ) -> Result<Connection<Edge<Job>>> {
        let graph = app(ctx).graph();
        let mut numbers = Vec::new();
        if role != Some(JobRole::Consumer) {
            numbers.extend(graph.jobs_of(self.0.number, false, When::Now));
        }
        if role != Some(JobRole::Producer) {
            numbers.extend(graph.jobs_of(self.0.number, true, When::Now));
        }
        let list = page::list_of(ctx, ListKind::DatasetJobs, &self.0.id.to_string())?;
        job_connection(ctx, list, numbers, first, after).await
    }

    /// Runs that read or wrote it, newest first.
    #[graphql(complexity = "10 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn runs(
        &self,
        ctx: &Context<'_>,
        role: Option<JobRole>,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
    ) -> Result<DatasetRunConnection> {
        dataset_runs(ctx, &self.0, role, first, after).await
    }

    /// The newest result of each test of this dataset, over its newest fifty runs.
    async fn assertions(&self, ctx: &Context<'_>) -> Result<Vec<Assertion>> {
        latest_assertions(ctx, &self.0).await
    }

    /// Reachable datasets and jobs. Without `maxDepth`: everything. The root
    /// field `lineage` asks with filters, windows of time and other granularities.
    #[graphql(complexity = "100 + child_complexity")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the field")]
    async fn lineage(
        &self,
        ctx: &Context<'_>,
        direction: LineageDirection,
        max_depth: Option<i32>,
        as_of: Option<DateTime>,
        #[graphql(default = true)] jobs: bool,
        #[graphql(default = false, desc = "True to see temporary datasets; otherwise A → temporary → C is A → C.")] temporary: bool,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Lineage> {
        let question = Question {
            directions: direction.directions(),
            max_depth: depth(max_depth)?,
            when: when(as_of, None)?,
            datasets_only: !jobs,
            temporary,
            ..Question::default()
        };
        let page = page_arguments(ctx, (ListKind::Lineage, &self.0.id.to_string()), first, after)?;
        lineage(ctx, Start::of(vec![Vertex::Dataset(self.0.number)]), question, LineageGranularity::Dataset, page).await
    }
}

/// A page of jobs by number, in order of namespace and name.
pub async fn job_connection(
    ctx: &Context<'_>,
    list: List,
    mut numbers: Vec<u32>,
    first: i32,
    after: Option<String>,
) -> Result<Connection<Edge<Job>>> {
    let first = page::length(first)?;
    numbers.sort_unstable();
    numbers.dedup();
    let rows = load(ctx).load_many(numbers.iter().map(|&number| JobNumber(number))).await?;
    let mut jobs: Vec<Job> = rows.into_values().map(Job).collect();
    jobs.sort_by(|a, b| (&a.0.namespace, &a.0.name).cmp(&(&b.0.namespace, &b.0.name)));
    let (items, total) = page::slice(list, jobs, first, after.as_deref())?;
    Ok(page::connection(list, total, first, after.as_deref(), items))
}
