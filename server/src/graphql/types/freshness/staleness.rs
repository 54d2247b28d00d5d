//! How fresh datasets are, and by which chain one is stale.

use super::{activity, known_since};
use crate::asked::{LineageFilter, ListKind};
use crate::catalog::read::{EntityRow, NameRow};
use crate::catalog::read::{Page, RunFilter, begun_by};
use crate::freshness::chain::{Counts, Upstream};
use crate::freshness::{Activity, Assessed, State, Write, assess};
use crate::graph::{Direction, Graph, LineageView, Node};
use crate::graphql::error::{ApiError, Result};
use crate::graphql::load::{DatasetNumber, JobNumber, app, load};
use crate::graphql::page::{self, Connection, Edge};
use crate::graphql::scalar::{DateTime, Long, count};
use crate::graphql::types::lineage_answer::{off_thread, predicate};
use crate::graphql::types::lineage_start::Reference;
use crate::graphql::types::{Dataset, Job, Run};
use async_graphql::{Context, Enum, Object, SimpleObject};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use tokio::sync::OnceCell;

/// How fresh a dataset is.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "State")]
pub enum FreshnessState {
    /// Some input, however far upstream, was written after the dataset's own last good write.
    Stale,
    /// No input is newer, but one of them is stale itself: what the dataset was made from was old.
    Behind,
    /// No input is known to be newer.
    Fresh,
    /// No completed run is known that wrote it, or none that wrote any of its inputs: there is nothing to compare.
    Unknown,
}

/// The last good write of a dataset.
#[derive(SimpleObject)]
pub struct GoodWrite {
    /// End of the newest completed run that wrote it; of a streaming run that goes on, its newest event.
    at: DateTime,
    /// That completed run; null of a streaming run that goes on, and in the past of one that has ended another way since.
    run: Option<Run>,
    /// True while a streaming run keeps writing: it takes in its inputs by itself, and makes nothing stale that reads it in
    /// batches.
    continuous: bool,
}

/// A dataset of a chain.
#[derive(SimpleObject)]
pub struct StalenessStep {
    /// Which.
    dataset: Dataset,
    /// How fresh it is itself.
    state: FreshnessState,
    /// Its last good write; null when none is known.
    last_write: Option<GoodWrite>,
    /// Jobs that make the next dataset of the chain from it; none of the last one, and where datasets declare their origin.
    jobs: Vec<Job>,
}

/// How fresh a dataset is, and why.
pub struct Staleness {
    row: Arc<EntityRow>,
    graph: Arc<Graph>,
    activity: Arc<Activity>,
    as_of: Option<i64>,
    /// None when it is temporary or dropped.
    assessed: Option<Assessed>,
    found: OnceCell<Found>,
}

/// What is only looked for when asked.
#[derive(Clone, Default)]
struct Found {
    counts: Counts,
    chain: Vec<Assessed>,
}

impl Staleness {
    async fn found(&self, ctx: &Context<'_>) -> Result<&Found> {
        let look = || async {
            let (graph, activity, dataset, when) = (self.graph.clone(), self.activity.clone(), self.row.number, self.as_of.into());
            off_thread(ctx, move || {
                let upstream = Upstream::new(&graph, when, dataset, &activity);
                let chain = upstream.chain().into_iter().filter_map(|dataset| upstream.of(dataset).copied()).collect();
                Found { counts: upstream.counts(), chain }
            })
            .await
        };
        self.found.get_or_try_init(look).await
    }

    fn state(&self) -> State {
        self.assessed.map_or(State::Unknown, |assessed| assessed.state)
    }
}

/// How fresh a dataset is, and why.
#[Object]
impl Staleness {
    /// Which.
    async fn dataset(&self) -> Dataset {
        Dataset(self.row.clone())
    }

    /// How fresh it is.
    #[graphql(name = "state")]
    async fn freshness(&self) -> FreshnessState {
        self.state().into()
    }

    /// The state in a sentence.
    async fn reason(&self, ctx: &Context<'_>) -> Result<String> {
        let Some(assessed) = self.assessed else {
            let gone = self.graph.is_dropped(self.row.number, self.as_of.into());
            return Ok(if gone { "It was dropped." } else { "It only exists between two steps of a pipeline." }.into());
        };
        Ok(match (assessed.state, assessed.write) {
            (State::Stale, _) => "An input was written after its last good write.".into(),
            (State::Behind, _) => "No input is newer, but it was made from a dataset that is stale.".into(),
            (State::Fresh, Some(Write { continuous: true, .. })) => "A streaming run keeps writing it.".into(),
            (State::Fresh, _) => "No input is known to be newer than its last good write.".into(),
            (State::Unknown, Some(_)) => "No completed run is known that wrote any of its inputs.".into(),
            (State::Unknown, None) if self.attempt(ctx).await?.is_some() => "No run that wrote it has completed.".into(),
            (State::Unknown, None) => "No run is known that wrote it.".into(),
        })
    }

    /// Its last good write; null when none is known.
    async fn last_write(&self, ctx: &Context<'_>) -> Result<Option<GoodWrite>> {
        good_write(ctx, (&self.graph, self.as_of), self.row.number, self.assessed.and_then(|assessed| assessed.write)).await
    }

    /// The newest run that writes it or tried to, however it ended; with `asOf` of those that had begun by then.
    async fn newest_attempt(&self, ctx: &Context<'_>) -> Result<Option<Run>> {
        self.attempt(ctx).await
    }

    /// The newest good write of any input, however far upstream. What is on a cycle with the dataset does not count: round
    /// a cycle something is always newer.
    async fn newest_input_at(&self) -> Option<DateTime> {
        self.assessed.and_then(|assessed| assessed.newest_input).map(DateTime::from)
    }

    /// By how much that is newer than its own last good write, milliseconds; null unless it is stale.
    async fn lag_ms(&self) -> Option<Long> {
        self.assessed.and_then(|assessed| assessed.lag()).map(|micros| Long(micros / 1000))
    }

    /// Why it is stale: the shortest way from the newest input that is newer, through the datasets between, to itself. Of
    /// one that is only behind, through the nearest dataset that is stale. Empty otherwise.
    async fn chain(&self, ctx: &Context<'_>) -> Result<Vec<StalenessStep>> {
        steps(ctx, (&self.graph, self.as_of), &self.found(ctx).await?.chain).await
    }

    /// Datasets upstream, however far; temporary and dropped ones left out.
    async fn upstream_count(&self, ctx: &Context<'_>) -> Result<Long> {
        Ok(count(self.found(ctx).await?.counts.all))
    }

    /// Datasets upstream that were written after its last good write.
    async fn newer_input_count(&self, ctx: &Context<'_>) -> Result<Long> {
        Ok(count(self.found(ctx).await?.counts.newer))
    }

    /// Datasets upstream that are stale themselves.
    async fn stale_input_count(&self, ctx: &Context<'_>) -> Result<Long> {
        Ok(count(self.found(ctx).await?.counts.stale))
    }

    /// Datasets upstream that no completed run is known to have written: it may be stale by them without anyone knowing.
    async fn unknown_input_count(&self, ctx: &Context<'_>) -> Result<Long> {
        Ok(count(self.found(ctx).await?.counts.unknown))
    }

    /// True when it can be reached from itself.
    async fn on_cycle(&self) -> bool {
        self.assessed.is_some_and(|assessed| assessed.cycle.is_some())
    }

    /// Log sequence that the lineage holds for.
    async fn graph_version(&self) -> Long {
        self.graph.seq().into()
    }
}

impl Staleness {
    async fn attempt(&self, ctx: &Context<'_>) -> Result<Option<Run>> {
        let filter = RunFilter { datasets: Some((self.row.members.clone(), Some(1))), ..RunFilter::default() };
        let rows = app(ctx).catalog.run_page(&filter, Page { after: self.as_of.map(begun_by), limit: 1 }).await.map_err(ApiError::from)?;
        Ok(rows.into_iter().next().map(Run::from))
    }
}

/// One dataset.
pub async fn staleness(ctx: &Context<'_>, dataset: &Reference, as_of: Option<i64>) -> Result<Option<Staleness>> {
    let Some(row) = dataset.dataset(ctx).await?.filter(|row| row.is_known_by(as_of)) else { return Ok(None) };
    let (graph, activity) = (app(ctx).graph(), activity(ctx, as_of).await?);
    let (of, times, number) = (graph.clone(), activity.clone(), row.number);
    let (assessed, found) = off_thread(ctx, move || {
        let upstream = Upstream::new(&of, as_of.into(), number, &times);
        let chain = upstream.chain().into_iter().filter_map(|dataset| upstream.of(dataset).copied()).collect();
        (upstream.own().copied(), Found { counts: upstream.counts(), chain })
    })
    .await?;
    Ok(Some(Staleness { row, graph, activity, as_of, assessed, found: OnceCell::from(found) }))
}

/// Datasets in any of these states.
pub async fn stale_datasets(
    ctx: &Context<'_>,
    states: &[FreshnessState],
    filter: Option<LineageFilter>,
    as_of: Option<i64>,
    first: i32,
    after: Option<String>,
) -> Result<Connection<Edge<Staleness>>> {
    let first = page::length(first)?;
    let list = page::list(ctx, ListKind::StaleDatasets)?;
    let (graph, activity) = (app(ctx).graph(), activity(ctx, as_of).await?);
    let listed: HashSet<u32> = app(ctx).catalog.listed_datasets().await.map_err(ApiError::from)?.into_iter().collect();
    let predicate = predicate(ctx, filter.as_ref()).await?;
    let states: Vec<State> = states.iter().map(|&state| state.into()).collect();
    let (of, times) = (graph.clone(), activity.clone());
    let mut wanted: Vec<Assessed> = off_thread(ctx, move || {
        let view = LineageView::new(&of, as_of.into());
        let mut found = assess(view, view, &times);
        let passes = |one: &Assessed| predicate.as_ref().is_none_or(|filter| filter.test(&of, Node::Dataset(one.dataset)));
        found.retain(|one| states.contains(&one.state) && listed.contains(&one.dataset) && passes(one));
        found
    })
    .await?;
    if let Some(moment) = as_of {
        // What was written by then was known by then.
        let doubtful: Vec<u32> = wanted.iter().filter(|one| one.write.is_none()).map(|one| one.dataset).collect();
        let since = known_since(ctx, &graph, &doubtful).await?;
        wanted.retain(|one| since.get(&one.dataset).is_none_or(|&since| since <= moment));
    }
    let numbers: Vec<u32> = wanted.iter().map(|one| one.dataset).collect();
    let names = app(ctx).catalog.names_of(&numbers).await.map_err(ApiError::from)?;
    let mut wanted: Vec<(Assessed, NameRow)> = wanted.into_iter().zip(names).collect();
    wanted.sort_by(|(a, of_a), (b, of_b)| {
        (Reverse(a.lag()), &of_a.namespace, &of_a.name).cmp(&(Reverse(b.lag()), &of_b.namespace, &of_b.name))
    });
    let (items, total) = page::slice(list, wanted, first, after.as_deref())?;
    let rows = load(ctx).load_many(items.iter().map(|(_, (one, _))| DatasetNumber(one.dataset))).await?;
    let item = |(place, (one, _)): (u64, (Assessed, NameRow))| {
        let row = rows.get(&DatasetNumber(one.dataset))?.clone();
        let (graph, activity) = (graph.clone(), activity.clone());
        Some((place, Staleness { row, graph, activity, as_of, assessed: Some(one), found: OnceCell::new() }))
    };
    Ok(page::connection(list, total, first, after.as_deref(), items.into_iter().filter_map(item).collect()))
}

/// A graph and the moment that it is asked about, microseconds since 1970; now without one.
type AsOf<'a> = (&'a Graph, Option<i64>);

/// The write as it is shown.
pub async fn good_write(ctx: &Context<'_>, (graph, as_of): AsOf<'_>, dataset: u32, write: Option<Write>) -> Result<Option<GoodWrite>> {
    let Some(write) = write else { return Ok(None) };
    let (catalog, members) = (&app(ctx).catalog, graph.members(&dataset));
    let run = match (write.continuous, as_of) {
        (true, _) => None,
        (false, None) => catalog.last_good_run(members).await.map_err(ApiError::from)?,
        (false, Some(moment)) => {
            let newest = catalog.written_by(members, moment, 1).await.map_err(ApiError::from)?.into_iter().next();
            newest.filter(|row| row.run.ended_at() == Some(write.at))
        }
    };
    Ok(Some(GoodWrite { at: write.at.into(), run: run.map(Run::from), continuous: write.continuous }))
}

/// A chain with names, writes and the jobs between.
async fn steps(ctx: &Context<'_>, (graph, as_of): AsOf<'_>, chain: &[Assessed]) -> Result<Vec<StalenessStep>> {
    let rows = load(ctx).load_many(chain.iter().map(|one| DatasetNumber(one.dataset))).await?;
    let mut steps = Vec::with_capacity(chain.len());
    for (place, one) in chain.iter().enumerate() {
        let Some(row) = rows.get(&DatasetNumber(one.dataset)) else { continue };
        let jobs = match chain.get(place + 1) {
            Some(next) => jobs_between(ctx, (graph, as_of), one.dataset, next.dataset).await?,
            None => Vec::new(),
        };
        steps.push(StalenessStep {
            dataset: Dataset(row.clone()),
            state: one.state.into(),
            last_write: good_write(ctx, (graph, as_of), one.dataset, one.write).await?,
            jobs,
        });
    }
    Ok(steps)
}

/// Jobs that make one dataset from another in one step, in order of namespace and name.
async fn jobs_between(ctx: &Context<'_>, (graph, as_of): AsOf<'_>, from: u32, to: u32) -> Result<Vec<Job>> {
    let links = graph.steps(Node::Dataset(from), Direction::Downstream, as_of.into());
    let leading = links.iter().filter(|link| link.edge.to == Node::Dataset(to));
    let numbers: BTreeSet<u32> = leading.filter_map(|link| link.edge.job(link.owner)).collect();
    let rows: HashMap<JobNumber, Arc<EntityRow>> = load(ctx).load_many(numbers.into_iter().map(JobNumber)).await?;
    let mut jobs: Vec<Job> = rows.into_values().map(Job).collect();
    jobs.sort_by(|a, b| (&a.0.namespace, &a.0.name).cmp(&(&b.0.namespace, &b.0.name)));
    Ok(jobs)
}
