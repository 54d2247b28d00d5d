//! Jobs.

use super::dataset::{Dataset, job_connection};
use super::facet::{self, FacetVersion, Owner, Tag};
use super::lineage::Lineage;
use super::lineage_answer::{depth, lineage, page as page_arguments, when};
use super::run::{Run, RunState, run_page};
use super::run_detail::{Dependencies, Property, properties};
use crate::asked::{LineageDirection, LineageGranularity, ListKind, Start};
use crate::catalog::read::{EntityRow, Page, RunFilter};
use crate::fold::flow;
use crate::graph::When;
use crate::graphql::error::{ApiError, Result};
use crate::graphql::load::{DatasetNumber, JobNumber, app, load};
use crate::graphql::page::{self, Connection, Edge};
use crate::graphql::scalar::{AnyJson, DateTime, Long};
use crate::lineage::answer::Vertex;
use crate::lineage::question::Question;
use async_graphql::{Context, ID, Object, SimpleObject};
use schema::openlineage::facets;
use std::collections::HashSet;
use std::sync::Arc;

/// Something that runs and moves data.
#[derive(Clone)]
pub struct Job(pub Arc<EntityRow>);

/// What kind of job it is.
#[derive(SimpleObject)]
pub struct JobType {
    /// `BATCH`, `STREAMING`, `SERVICE`.
    processing_type: Option<String>,
    /// `AIRFLOW`, `DBT`, `SPARK`, …
    integration: Option<String>,
    /// `DAG`, `TASK`, `MODEL`, `QUERY`, …
    job_type: Option<String>,
    /// `EVENT_BASED` or `PERIODIC`: when events come.
    event_trigger: Option<String>,
    /// `ACCUMULATIVE`: the events of a run add up; `COMPLETE_SNAPSHOT`: each stands alone, and the newest one is what holds.
    event_content_mode: Option<String>,
    /// Seconds between events, or that each is about.
    window_seconds: Option<Long>,
}

/// The code that it runs.
#[derive(SimpleObject)]
pub struct SourceCode {
    /// `python`, `bash`, …
    language: Option<String>,
    /// The code.
    code: String,
}

/// The statement that it runs.
#[derive(SimpleObject)]
pub struct Sql {
    /// The statement.
    query: String,
    /// Its dialect, when said.
    dialect: Option<String>,
}

/// Where its code is.
#[derive(SimpleObject)]
pub struct SourceCodeLocation {
    /// `git`, …
    #[graphql(name = "type")]
    kind: Option<String>,
    /// Link to the file.
    url: Option<String>,
    /// Link to the repository.
    repo_url: Option<String>,
    /// Path in it.
    path: Option<String>,
    /// Commit.
    version: Option<String>,
    /// Branch.
    branch: Option<String>,
    /// Tag.
    tag: Option<String>,
    /// Number of the pull request that it comes from.
    pull_request_number: Option<String>,
}

impl Job {
    fn owner(&self) -> flow::Owner {
        flow::Owner::Job(self.0.number)
    }
}

/// Something that runs and moves data.
#[Object]
impl Job {
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

    /// What it does.
    async fn description(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        facet::description(ctx, self.owner()).await
    }

    /// What kind of job it is.
    #[graphql(name = "type")]
    async fn kind(&self, ctx: &Context<'_>) -> Result<Option<JobType>> {
        let kind = facet::read(ctx, self.owner(), "jobType", facets::job_type).await?;
        Ok(kind.map(|kind| {
            let (trigger, content, window) = kind.emission.map(|e| (e.trigger, e.content, e.window)).unwrap_or_default();
            JobType {
                processing_type: kind.processing_type,
                integration: kind.integration,
                job_type: kind.job_type,
                event_trigger: trigger,
                event_content_mode: content,
                window_seconds: window.map(Long),
            }
        }))
    }

    /// Its tags.
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

    /// The statement that it runs.
    async fn sql(&self, ctx: &Context<'_>) -> Result<Option<Sql>> {
        let sql = facet::read(ctx, self.owner(), "sql", facets::sql).await?.flatten();
        Ok(sql.map(|sql| Sql { query: sql.query, dialect: sql.dialect }))
    }

    /// Where its code is.
    async fn source_code_location(&self, ctx: &Context<'_>) -> Result<Option<SourceCodeLocation>> {
        let place = facet::read(ctx, self.owner(), "sourceCodeLocation", facets::source_code_location).await?;
        Ok(place.map(|p| SourceCodeLocation {
            kind: p.kind,
            url: p.url,
            repo_url: p.repo_url,
            path: p.path,
            version: p.version,
            branch: p.branch,
            tag: p.tag,
            pull_request_number: p.pull_request,
        }))
    }

    /// The code that it runs.
    async fn source_code(&self, ctx: &Context<'_>) -> Result<Option<SourceCode>> {
        let code = facet::read(ctx, self.owner(), "sourceCode", facets::source_code).await?.flatten();
        Ok(code.map(|code| SourceCode { language: code.language, code: code.code }))
    }

    /// What its platform calls it (Google Cloud lineage); its name is what identifies it.
    async fn display_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(facet::read(ctx, self.owner(), "gcp_lineage", |json| json.text("displayName")).await?.flatten())
    }

    /// What its platform says of it (Google Cloud Composer).
    async fn platform(&self, ctx: &Context<'_>) -> Result<Vec<Property>> {
        let mut all = Vec::new();
        for key in ["gcp_composer_job", "gcp_lineage"] {
            all.extend(facet::read(ctx, self.owner(), key, |json| facets::properties(json, "")).await?.unwrap_or_default());
        }
        Ok(properties(all))
    }

    /// Jobs that its newest run waited for and let begin: control flow, never lineage.
    async fn dependencies(&self, ctx: &Context<'_>) -> Result<Option<Dependencies>> {
        match self.latest_run(ctx).await? {
            Some(run) => run.dependencies(ctx).await,
            None => Ok(None),
        }
    }

    /// Jobs that started runs of it.
    async fn parents(&self, ctx: &Context<'_>) -> Result<Vec<Job>> {
        let numbers = app(ctx).catalog.related_jobs(self.0.number, false).await.map_err(ApiError::from)?;
        let rows = load(ctx).load_many(numbers.into_iter().map(JobNumber)).await?;
        let mut jobs: Vec<Job> = rows.into_values().map(Job).collect();
        jobs.sort_by(|a, b| (&a.0.namespace, &a.0.name).cmp(&(&b.0.namespace, &b.0.name)));
        Ok(jobs)
    }

    /// Jobs whose runs it started.
    #[graphql(complexity = "10 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn children(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
    ) -> Result<Connection<Edge<Job>>> {
        let numbers = app(ctx).catalog.related_jobs(self.0.number, true).await.map_err(ApiError::from)?;
        let list = page::list_of(ctx, ListKind::ChildJobs, &self.0.id.to_string())?;
        job_connection(ctx, list, numbers, first, after).await
    }

    /// First event time that names it.
    async fn first_seen(&self) -> Option<DateTime> {
        self.0.entity.span.map(|span| span.first.into())
    }

    /// Last event time that names it.
    async fn last_seen(&self) -> Option<DateTime> {
        self.0.entity.span.map(|span| span.last.into())
    }

    /// The run that started last.
    async fn latest_run(&self, ctx: &Context<'_>) -> Result<Option<Run>> {
        let filter = RunFilter { job: Some(self.0.number), ..RunFilter::default() };
        let rows = app(ctx).catalog.run_page(&filter, Page { after: None, limit: 1 }).await.map_err(ApiError::from)?;
        Ok(rows.into_iter().next().map(Run::from))
    }

    /// Its runs, newest first.
    #[graphql(complexity = "10 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn runs(
        &self,
        ctx: &Context<'_>,
        states: Option<Vec<RunState>>,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
    ) -> Result<Connection<Edge<Run>>> {
        let filter = RunFilter { job: Some(self.0.number), states: RunState::codes(states), ..RunFilter::default() };
        let list = page::list_of(ctx, ListKind::JobRuns, &self.0.id.to_string())?;
        run_page(ctx, list, &filter, first, after).await
    }

    /// Datasets that it reads, in any run; with `children` those that the jobs below it read from elsewhere, too.
    async fn inputs(&self, ctx: &Context<'_>, #[graphql(default = false)] children: bool) -> Result<Vec<Dataset>> {
        datasets(ctx, self.io(ctx, children).await?.0).await
    }

    /// Datasets that it writes, in any run; with `children` those that the jobs below it write, too.
    async fn outputs(&self, ctx: &Context<'_>, #[graphql(default = false)] children: bool) -> Result<Vec<Dataset>> {
        datasets(ctx, self.io(ctx, children).await?.1).await
    }

    /// Reachable datasets and jobs; the first step leads to what it writes or reads. Without `maxDepth`: everything. The root
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
        #[graphql(default = false, desc = "True to start from every job below this one as well: a parent rolls up what its children do.")]
        children: bool,
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
        let start = self.family(ctx, children).await?.into_iter().map(Vertex::Job).collect();
        lineage(ctx, Start::of(start), question, LineageGranularity::Dataset, page).await
    }
}

impl Job {
    /// This job and, when asked, every job below it.
    async fn family(&self, ctx: &Context<'_>, children: bool) -> Result<Vec<u32>> {
        if !children {
            return Ok(vec![self.0.number]);
        }
        Ok(app(ctx).catalog.job_family(self.0.number).await.map_err(ApiError::from)?)
    }

    /// Numbers of what it and, when asked, the jobs below it read from elsewhere, and write.
    async fn io(&self, ctx: &Context<'_>, children: bool) -> Result<(Vec<u32>, Vec<u32>)> {
        let graph = app(ctx).graph();
        let family = self.family(ctx, children).await?;
        let (inputs, outputs): (Vec<_>, Vec<_>) = family.iter().map(|&job| graph.io_of(job, When::Now)).unzip();
        let (mut inputs, outputs) = (inputs.concat(), outputs.concat());
        if family.len() > 1 {
            let inside: HashSet<u32> = outputs.iter().copied().collect();
            inputs.retain(|input| !inside.contains(input));
        }
        Ok((inputs, outputs))
    }
}

async fn datasets(ctx: &Context<'_>, numbers: Vec<u32>) -> Result<Vec<Dataset>> {
    let rows = load(ctx).load_many(numbers.into_iter().map(DatasetNumber)).await?;
    let mut datasets: Vec<Dataset> = rows.into_values().map(Dataset).collect();
    datasets.sort_by(|a, b| (&a.0.namespace, &a.0.name).cmp(&(&b.0.namespace, &b.0.name)));
    Ok(datasets)
}
