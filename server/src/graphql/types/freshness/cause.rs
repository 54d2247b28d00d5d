//! What may be the cause of something stale or failed, each suspect with its way and its evidence.

use super::activity;
use super::cause_search::{Found, Search, TESTED_RUNS};
use crate::asked::ListKind;
use crate::catalog::read::{Page, RunFilter, RunRow, begun_by};
use crate::completeness::{CompletenessFields, IncompleteReason};
use crate::fold::run::RunState;
use crate::freshness::cause::{Kind, Scope};
use crate::freshness::chain::{Upstream, shortest};
use crate::freshness::{Activity, Assessed};
use crate::graph::{Graph, LineageView, Node, When};
use crate::graphql::error::{ApiError, Result, bad_input};
use crate::graphql::load::app;
use crate::graphql::page::{self, PageInfo};
use crate::graphql::scalar::{DateTime, Long, count, small};
use crate::graphql::standing::completeness;
use crate::graphql::types::Run;
use crate::graphql::types::lineage::LineageEntity;
use crate::graphql::types::lineage_answer::off_thread;
use crate::graphql::types::lineage_named::Named;
use crate::graphql::types::lineage_start::Reference;
use crate::graphql::types::run_dataset::Assertion;
use crate::ingest::now_micros;
use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// What speaks against a suspect, the gravest first.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Kind")]
pub enum RootCauseKind {
    /// The newest run of a job that has ended failed.
    FailedRun,
    /// The newest run of a job that has ended was stopped.
    AbortedRun,
    /// A test of a dataset failed and was not passed since.
    FailedTest,
    /// A dataset has new columns, or lost some, or changed their type.
    SchemaChange,
    /// The newest run of a job has neither ended nor been heard of for long (setting `silent_run_seconds`).
    SilentRun,
    /// A job has not begun for twice as long as it usually pauses: the middle pause of its newest 21 runs, at least three.
    LateJob,
    /// A dataset is stale itself.
    StaleDataset,
}

/// What may be the cause of something stale or failed.
#[derive(SimpleObject)]
pub struct RootCauses {
    /// After this all was well: the last good write of the dataset, or the end of the job's last completed run. Tests and
    /// schemas are looked at from here on; null when nothing is known to have been well, and everything is looked at.
    since: Option<DateTime>,
    /// Nothing later was looked at.
    until: DateTime,
    /// Datasets that were looked at, with what is asked about.
    dataset_count: Long,
    /// Jobs that were looked at.
    job_count: Long,
    /// All suspects, on whatever page.
    total_count: Long,
    #[graphql(flatten)]
    completeness: CompletenessFields,
    /// Suspects, nearest and gravest first.
    candidates: Vec<RootCause>,
    /// Where the page stands.
    page_info: PageInfo,
    /// Log sequence that the lineage holds for.
    graph_version: Long,
}

/// A suspect.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct RootCause {
    /// What speaks against it.
    kind: RootCauseKind,
    /// Steps upstream; a job stands with the nearest dataset that it writes.
    distance: i32,
    /// The dataset or job.
    node: LineageEntity,
    /// When: the end of the run, its last sign of life, the time of the test, the first event with the schema, when the job
    /// should have begun, or when the newest input of the stale dataset was written.
    at: DateTime,
    /// The run that failed, was stopped, is silent or tested; of a late job its newest.
    run: Option<Run>,
    /// The test that failed.
    test: Option<Assertion>,
    /// New columns.
    added: Vec<String>,
    /// Columns gone.
    removed: Vec<String>,
    /// Columns with another type.
    retyped: Vec<String>,
    #[graphql(skip)]
    place: Place,
}

/// What is needed to find way and evidence when they are asked for.
struct Place {
    graph: Arc<Graph>,
    when: When,
    target: Node,
    node: Node,
    kind: Kind,
    at: i64,
    run: Option<i64>,
    distances: Arc<BTreeMap<u32, u32>>,
}

#[ComplexObject]
impl RootCause {
    /// The shortest way from the suspect to what is asked about, both included.
    async fn path(&self, ctx: &Context<'_>) -> Result<Vec<LineageEntity>> {
        let way = self.place.way();
        let named = Named::load(ctx, way.iter().copied()).await?;
        Ok(way.into_iter().filter_map(|node| named.entity(&node.into())).collect())
    }

    /// Numbers in the log of the events that say so: the run's end or last sign, the test, the first ones with the schema.
    async fn event_seqs(&self, ctx: &Context<'_>) -> Result<Vec<Long>> {
        let catalog = &app(ctx).catalog;
        let seqs = match (self.place.kind, self.place.node, self.place.run) {
            (Kind::LateJob | Kind::StaleDataset, ..) => Ok(Vec::new()),
            (Kind::SchemaChange, Node::Dataset(dataset), _) => {
                catalog.events_of_datasets(self.place.graph.members(&dataset), self.place.at).await
            }
            (_, _, Some(run)) => catalog.events_of_run(run, self.place.at).await,
            _ => Ok(Vec::new()),
        };
        Ok(seqs.map_err(ApiError::from)?.into_iter().map(Long::from).collect())
    }
}

impl Place {
    fn way(&self) -> Vec<Node> {
        let ends: HashSet<u32> = match self.target {
            Node::Dataset(dataset) => [dataset].into(),
            Node::Job(job) => self.graph.io_of(job, self.when).0.into_iter().collect(),
        };
        let (first, start) = match self.node {
            Node::Dataset(dataset) => (None, Some(dataset)),
            Node::Job(job) => {
                let written = self.graph.io_of(job, self.when).1.into_iter();
                let near = written.filter_map(|dataset| Some((*self.distances.get(&dataset)?, dataset)));
                let near = near.min_by_key(|&(distance, dataset)| (distance, self.graph.dataset_id(dataset)));
                (Some(self.node), near.map(|(_, dataset)| dataset))
            }
        };
        let datasets =
            start.map_or(Vec::new(), |start| shortest(LineageView::new(&self.graph, self.when), start, |dataset| ends.contains(&dataset)));
        let last = Some(self.target).filter(|target| matches!(target, Node::Job(_)));
        first.into_iter().chain(datasets.into_iter().map(Node::Dataset)).chain(last).collect()
    }
}

/// What is asked about, since when it is not well, and until when to look.
struct Question {
    node: Node,
    since: Option<i64>,
    until: i64,
    /// The moment whose lineage and writes count; now without one.
    as_of: Option<i64>,
}

/// What may be the cause; one of dataset, job and run is given.
pub async fn root_causes(
    ctx: &Context<'_>,
    of: (Option<Reference>, Option<Reference>, Option<ID>),
    at: Option<DateTime>,
    first: i32,
    after: Option<String>,
) -> Result<Option<RootCauses>> {
    let first = page::length(first)?;
    let list = page::list(ctx, ListKind::RootCauses)?;
    let rests_on = completeness(ctx);
    let graph = app(ctx).graph();
    let Some(question) = question(ctx, &graph, of, at).await? else { return Ok(None) };
    let (node, when, of_graph) = (question.node, When::from(question.as_of), graph.clone());
    let activity = activity(ctx, question.as_of).await?;
    let look = move || (Scope::new(&of_graph, node, when), assess_above(&of_graph, when, &activity, node));
    let (scope, assessed) = off_thread(ctx, look).await?;
    let distances = Arc::new(scope.datasets.clone());
    let (datasets, jobs) = (scope.datasets.len(), scope.jobs.len());
    let search = Search { ctx, graph: graph.clone(), scope, since: question.since, until: question.until };
    let (found, complete) = search.all(&assessed).await?;
    let named = Named::load(ctx, found.iter().map(|one| one.suspect.node)).await?;
    let mut found: Vec<Found> = found.into_iter().filter(|one| named.entity(&one.suspect.node.into()).is_some()).collect();
    found.sort_by_cached_key(|one| {
        let test = one.test.as_ref().map(|test| (test.name.clone(), test.column.clone()));
        (one.suspect.order(), named.name(one.suspect.node), test)
    });
    let total = found.len();
    let more = || format!("tests were looked for in the {TESTED_RUNS} runs of the nearest datasets; there are more runs");
    let unseen = (!complete).then(|| (IncompleteReason::SearchLimit, more()));
    let (mut items, _) = page::slice(list, found, first, after.as_deref())?;
    let has_next_page = items.len() > first;
    items.truncate(first);
    let cursor = |item: Option<&(u64, Found)>| item.map(|(place, _)| list.cursor(place));
    let (start_cursor, end_cursor) = (cursor(items.first()), cursor(items.last()));
    let page_info = PageInfo { has_next_page, has_previous_page: after.is_some(), start_cursor, end_cursor };
    let cause = |(_, one): (u64, Found)| {
        let Found { suspect, run, schema, test } = one;
        let (node, kind, at) = (suspect.node, suspect.kind, suspect.at);
        let place = Place {
            graph: graph.clone(),
            when,
            target: question.node,
            node,
            kind,
            at,
            run: run.as_ref().map(|run| run.0.number),
            distances: distances.clone(),
        };
        let (added, removed, retyped) = schema.map(|schema| (schema.added, schema.removed, schema.retyped)).unwrap_or_default();
        Some(RootCause {
            kind: kind.into(),
            distance: small(suspect.distance),
            node: named.entity(&node.into())?,
            at: at.into(),
            run,
            test,
            added,
            removed,
            retyped,
            place,
        })
    };
    let candidates = items.into_iter().filter_map(cause).collect();
    Ok(Some(RootCauses {
        since: question.since.map(DateTime::from),
        until: question.until.into(),
        dataset_count: count(datasets),
        job_count: count(jobs),
        total_count: count(total),
        completeness: rests_on.and(unseen).into(),
        candidates,
        page_info,
        graph_version: graph.seq().into(),
    }))
}

async fn question(
    ctx: &Context<'_>,
    graph: &Graph,
    of: (Option<Reference>, Option<Reference>, Option<ID>),
    at: Option<DateTime>,
) -> Result<Option<Question>> {
    let as_of = at.map(|at| at.0.0);
    let now = as_of.unwrap_or_else(now_micros);
    match of {
        (Some(dataset), None, None) => {
            let Some(row) = dataset.dataset(ctx).await?.filter(|row| row.is_known_by(as_of)) else { return Ok(None) };
            let number = graph.representative(row.number);
            let since = activity(ctx, as_of).await?.write(graph, number).map(|write| write.at);
            Ok(Some(Question { node: Node::Dataset(number), since, until: now, as_of }))
        }
        (None, Some(job), None) => {
            let Some(row) = job.job(ctx).await?.filter(|row| row.is_known_by(as_of)) else { return Ok(None) };
            let since = last_good(ctx, row.number, None, as_of).await?;
            Ok(Some(Question { node: Node::Job(row.number), since, until: now, as_of }))
        }
        (None, None, Some(id)) => {
            let mut runs = app(ctx).catalog.runs_by_id(schema::id::run(&id)).await.map_err(ApiError::from)?;
            // Several jobs may share an id; the one that failed is meant.
            runs.sort_by_key(|row| (row.run.state() != RunState::Fail, row.job_id));
            let Some(run) = runs.into_iter().next() else { return Ok(None) };
            let as_of = as_of.or(run.run.ended_at()).or(run.run.span.map(|span| span.last));
            let since = last_good(ctx, run.job, Some(&run), as_of).await?;
            Ok(Some(Question { node: Node::Job(run.job), since, until: as_of.unwrap_or(now), as_of }))
        }
        _ => Err(bad_input("give one of dataset, job and run")),
    }
}

/// End of the newest completed run of a job, or of the newest before a run, of those that had ended by then.
async fn last_good(ctx: &Context<'_>, job: u32, before: Option<&RunRow>, as_of: Option<i64>) -> Result<Option<i64>> {
    let filter = RunFilter { job: Some(job), states: vec![RunState::Complete], ended_by: as_of, ..RunFilter::default() };
    let page = Page { after: before.map(RunRow::place).or(as_of.map(begun_by)), limit: 1 };
    let rows = app(ctx).catalog.run_page(&filter, page).await.map_err(ApiError::from)?;
    Ok(rows.into_iter().next().and_then(|row| row.run.ended_at()))
}

/// Everything above; of a job everything that it reads, and above that.
fn assess_above(graph: &Graph, when: When, activity: &Activity, node: Node) -> Vec<Assessed> {
    let starts = match node {
        Node::Dataset(dataset) => vec![dataset],
        Node::Job(job) => graph.io_of(job, when).0,
    };
    let mut all: BTreeMap<u32, Assessed> = BTreeMap::new();
    for start in starts {
        if all.contains_key(&start) {
            continue;
        }
        let upstream = Upstream::new(graph, when, start, activity);
        all.extend(upstream.own().into_iter().chain(upstream.inputs()).map(|one| (one.dataset, *one)));
    }
    all.into_values().collect()
}
