//! Plans of what to rerun.

use super::activity;
use crate::catalog::read::{EntityRow, RunRow, Which};
use crate::completeness::{Completeness, CompletenessFields, IncompleteReason};
use crate::freshness::assess;
use crate::freshness::backfill::{Affected, Plan, Reason, Step, stale_writers};
use crate::graph::{Graph, LineageView, Node, When};
use crate::graphql::error::{ApiError, Result};
use crate::graphql::load::app;
use crate::graphql::scalar::{DateTime, Long, count, small};
use crate::graphql::standing::completeness;
use crate::graphql::types::lineage_answer::off_thread;
use crate::graphql::types::lineage_named::Named;
use crate::graphql::types::lineage_start::Reference;
use crate::graphql::types::run_events;
use crate::graphql::types::{Dataset, Job, Run};
use async_graphql::{Context, ID, SimpleObject};
use schema::openlineage::facets;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// What was repaired.
pub struct BackfillQuestion {
    pub datasets: Option<Vec<Reference>>,
    pub jobs: Option<Vec<Reference>>,
    pub runs: Option<Vec<ID>>,
    pub since: Option<DateTime>,
    /// Microseconds since 1970; now when left out.
    pub as_of: Option<i64>,
}

/// What to rerun, in which order.
#[derive(SimpleObject)]
pub struct BackfillPlan {
    /// Jobs to rerun.
    job_count: Long,
    /// Datasets that this makes anew, or shows anew when they are views of such.
    dataset_count: Long,
    /// Jobs that would be in the plan and had already run since the repair.
    done_count: Long,
    /// Layers: each begins when the one before is done.
    layers: Vec<BackfillLayer>,
    #[graphql(flatten)]
    completeness: CompletenessFields,
    /// What was named and is not known, or was not by `asOf`; the plan is that of the rest.
    unknown: Vec<String>,
    /// Log sequence that the lineage holds for.
    graph_version: Long,
}

/// Steps that may be taken at the same time.
#[derive(SimpleObject)]
pub struct BackfillLayer {
    /// Its number, from 1.
    number: i32,
    /// Steps, in order of the namespace and name of their first job.
    steps: Vec<BackfillStep>,
}

/// A job to run; several when each needs the other.
#[derive(SimpleObject)]
pub struct BackfillStep {
    /// True when the jobs lie on a cycle: no order of them is right, run them as you always do, until nothing changes.
    cycle: bool,
    /// Jobs, in order of namespace and name.
    jobs: Vec<BackfillJob>,
}

/// A job of a plan, and why.
#[derive(SimpleObject)]
pub struct BackfillJob {
    /// The job.
    job: Job,
    /// Why, in a sentence.
    reason: String,
    /// True when it was asked for, or makes a stale dataset good in a plan that was not asked for anything.
    requested: bool,
    /// Datasets that it reads and that change, in order of namespace and name.
    reads: Vec<Dataset>,
    /// Jobs of the plan that feed it without a dataset between.
    fed_by: Vec<Job>,
    /// Jobs of the plan that it waits for by what its runs say of dependencies.
    waits_for: Vec<Job>,
    /// Its newest completed run; with `asOf` of those that had ended by then.
    last_good_run: Option<Run>,
}

/// Where a plan starts, in the catalog's numbers.
#[derive(Default)]
struct Start {
    datasets: Vec<u32>,
    jobs: Vec<u32>,
    runs: Vec<(u32, Vec<u32>)>,
    unknown: Vec<String>,
}

/// What to rerun.
pub async fn backfill_plan(ctx: &Context<'_>, question: BackfillQuestion) -> Result<BackfillPlan> {
    let rests_on = completeness(ctx);
    let graph = app(ctx).graph();
    let start = start(ctx, &graph, &question).await?;
    let (of, datasets, jobs, runs) = (graph.clone(), start.datasets, start.jobs, start.runs);
    let (when, until) = (When::from(question.as_of), question.as_of.unwrap_or(i64::MAX));
    let affected = off_thread(ctx, move || Affected::new(&of, when, &datasets, &jobs, &runs)).await?;
    let numbers: Vec<u32> = affected.reasons.keys().copied().collect();
    let good = app(ctx).catalog.newest_runs(&numbers, until, Which::Completed).await.map_err(ApiError::from)?;
    let good: HashMap<u32, RunRow> = good.into_iter().map(|row| (row.job, row)).collect();
    let control = control_flow(ctx, &numbers, until).await?;
    let times: HashMap<u32, (i64, i64)> =
        good.iter().filter_map(|(&job, row)| Some((job, (row.run.sort_at(), row.run.ended_at()?)))).collect();
    let since = question.since.map(|since| since.0.0);
    let plan = off_thread(ctx, move || affected.plan(&control, |job, waits| is_done(&times, since, job, waits))).await?;
    let done = numbers.len() - plan.reasons.len();
    shown(ctx, &graph, plan, good, (done, rests_on), start.unknown).await
}

/// A job has run since the repair, and began after everything that it waits for had ended.
fn is_done(times: &HashMap<u32, (i64, i64)>, since: Option<i64>, job: u32, waits: &BTreeSet<u32>) -> bool {
    let (Some(since), Some(&(began, _))) = (since, times.get(&job)) else { return false };
    began >= since && waits.iter().all(|other| times.get(other).is_some_and(|&(_, ended)| ended <= began))
}

async fn start(ctx: &Context<'_>, graph: &Arc<Graph>, question: &BackfillQuestion) -> Result<Start> {
    let mut start = Start::default();
    if question.datasets.is_none() && question.jobs.is_none() && question.runs.is_none() {
        let (of, activity, when) = (graph.clone(), activity(ctx, question.as_of).await?, When::from(question.as_of));
        let stale = move || {
            let view = LineageView::new(&of, when);
            stale_writers(&of, when, &assess(view, view, &activity))
        };
        start.runs = off_thread(ctx, stale).await?;
        return Ok(start);
    }
    for reference in question.datasets.iter().flatten() {
        match reference.dataset(ctx).await?.filter(|row| row.is_known_by(question.as_of)) {
            Some(row) => start.datasets.push(row.number),
            None => start.unknown.push(format!("dataset {}", reference.words())),
        }
    }
    for reference in question.jobs.iter().flatten() {
        match reference.job(ctx).await?.filter(|row| row.is_known_by(question.as_of)) {
            Some(row) => start.jobs.push(row.number),
            None => start.unknown.push(format!("job {}", reference.words())),
        }
    }
    for id in question.runs.iter().flatten() {
        let mut runs = app(ctx).catalog.runs_by_id(schema::id::run(id)).await.map_err(ApiError::from)?;
        runs.retain(|row| question.as_of.is_none_or(|moment| row.run.span.is_some_and(|span| span.first <= moment)));
        if runs.is_empty() {
            start.unknown.push(format!("run {}", id.as_str()));
        }
        start.runs.extend(runs.into_iter().map(|row| (row.job, row.run.io(true).into_iter().collect())));
    }
    Ok(start)
}

/// Which of these jobs wait for which, by the newest run of each that had begun by then: from, to.
async fn control_flow(ctx: &Context<'_>, jobs: &[u32], until: i64) -> Result<Vec<(u32, u32)>> {
    let newest = app(ctx).catalog.newest_runs(jobs, until, Which::Any).await.map_err(ApiError::from)?;
    let mut said = Vec::new();
    for row in newest {
        if let Some(found) = run_events::facet(ctx, &row, "jobDependencies", facets::dependencies).await? {
            said.push((row.job, found));
        }
    }
    let ids: Vec<_> = said.iter().flat_map(|(_, found)| found.upstream.iter().chain(&found.downstream)).map(id_of).collect();
    let known = app(ctx).catalog.jobs_by_id(&ids).await.map_err(ApiError::from)?;
    let numbers: HashMap<_, u32> = known.into_iter().map(|row| (row.id, row.number)).collect();
    let number = |one: &facets::Dependency| numbers.get(&id_of(one)).copied();
    let mut edges = BTreeSet::new();
    for (job, found) in &said {
        edges.extend(found.upstream.iter().filter_map(|one| Some((number(one)?, *job))));
        edges.extend(found.downstream.iter().filter_map(|one| Some((*job, number(one)?))));
    }
    Ok(edges.into_iter().collect())
}

fn id_of(one: &facets::Dependency) -> uuid::Uuid {
    schema::id::job(&one.namespace, &one.name)
}

/// Everything that a plan names.
fn nodes(plan: &Plan) -> Vec<Node> {
    let mut nodes: Vec<Node> = plan.reasons.keys().copied().map(Node::Job).collect();
    for reason in plan.reasons.values() {
        nodes.extend(reason.fed_by.iter().chain(&reason.waits_for).copied().map(Node::Job));
        nodes.extend(reason.reads.iter().copied().map(Node::Dataset));
    }
    nodes
}

/// The plan with names.
async fn shown(
    ctx: &Context<'_>,
    graph: &Graph,
    plan: Plan,
    mut good: HashMap<u32, RunRow>,
    (done, rests_on): (usize, Completeness),
    unknown: Vec<String>,
) -> Result<BackfillPlan> {
    let limit = app(ctx).limits.answer_items;
    let named = Named::load(ctx, nodes(&plan)).await?;
    let (mut layers, mut listed) = (Vec::new(), 0);
    for (at, steps) in plan.layers.iter().enumerate() {
        listed += steps.iter().map(|step| step.jobs.len()).sum::<usize>();
        if listed > limit {
            break;
        }
        let mut steps: Vec<BackfillStep> = steps.iter().map(|step| shown_step(&named, &plan, step, &mut good)).collect();
        steps.sort_by_cached_key(|step| step.jobs.first().map(|one| name(&one.job)));
        layers.push(BackfillLayer { number: small(at + 1), steps });
    }
    let is_cut = layers.len() < plan.layers.len();
    let cut = is_cut.then(|| (IncompleteReason::AnswerLimit, format!("the plan has more than {limit} jobs; its first layers are listed")));
    let complete = rests_on.and(cut);
    Ok(BackfillPlan {
        job_count: count(plan.reasons.len()),
        dataset_count: count(plan.datasets.len()),
        done_count: count(done),
        layers,
        completeness: complete.into(),
        unknown,
        graph_version: graph.seq().into(),
    })
}

fn shown_step(named: &Named, plan: &Plan, step: &Step, good: &mut HashMap<u32, RunRow>) -> BackfillStep {
    let job = |&number: &u32| {
        let reason = plan.reasons.get(&number).cloned().unwrap_or_default();
        Some(BackfillJob {
            job: Job(named.jobs.get(&number)?.clone()),
            requested: reason.requested,
            reads: datasets(named, &reason.reads),
            fed_by: jobs(named, &reason.fed_by),
            waits_for: jobs(named, &reason.waits_for),
            reason: sentence(&reason),
            last_good_run: good.remove(&number).map(Run::from),
        })
    };
    let mut found: Vec<BackfillJob> = step.jobs.iter().filter_map(job).collect();
    found.sort_by_cached_key(|one| name(&one.job));
    BackfillStep { cycle: step.jobs.len() > 1, jobs: found }
}

fn sentence(reason: &Reason) -> String {
    let datasets = match reason.reads.len() {
        0 if reason.fed_by.is_empty() => None,
        0 => Some("a job that is rerun feeds it".to_owned()),
        1 => Some("it reads a dataset that changes".to_owned()),
        many => Some(format!("it reads {many} datasets that change")),
    };
    match (reason.requested, datasets) {
        (true, Some(datasets)) => format!("It is to be rerun, and {datasets}."),
        (true, None) => "It is to be rerun.".into(),
        (false, Some(datasets)) => capital(&datasets),
        (false, None) => "It depends on what changes.".into(),
    }
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or(String::new(), |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

fn name(job: &Job) -> (String, String) {
    (job.0.namespace.clone(), job.0.name.clone())
}

fn rows(known: &HashMap<u32, Arc<EntityRow>>, numbers: &BTreeSet<u32>) -> Vec<Arc<EntityRow>> {
    let mut rows: Vec<Arc<EntityRow>> = numbers.iter().filter_map(|number| known.get(number).cloned()).collect();
    rows.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    rows
}

fn datasets(named: &Named, numbers: &BTreeSet<u32>) -> Vec<Dataset> {
    rows(&named.datasets, numbers).into_iter().map(Dataset).collect()
}

fn jobs(named: &Named, numbers: &BTreeSet<u32>) -> Vec<Job> {
    rows(&named.jobs, numbers).into_iter().map(Job).collect()
}
