//! Runs that changed their state, as a stream. It reads the catalog's rows of events from where the last
//! message ended, so that nothing is kept for a reader that is slow and nothing is lost on it.

use super::lineage_start::Reference;
use super::run::{Run, RunState};
use crate::app::App;
use crate::catalog::Projected;
use crate::catalog::read::{Kind, RunChangeRow, RunRow};
use crate::graphql::error::{ApiError, Result, bad_input};
use crate::graphql::load::app;
use crate::graphql::scalar::Long;
use async_graphql::{Context, InputObject, SimpleObject};
use futures_util::{Stream, stream};
use schema::id;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use tokio::sync::watch;
use uuid::Uuid;

/// Log entries that one message is made of at most: who begins far back gets many messages, not a huge one.
const STRETCH: u64 = 1000;

/// Conditions on a run; all that are given must hold. In a list one of the items must.
#[derive(InputObject, Default)]
pub struct RunStateFilter {
    /// Its job is in one of these namespaces.
    namespaces: Option<Vec<String>>,
    /// It is of one of these jobs.
    jobs: Option<Vec<Reference>>,
    /// It read or wrote one of these datasets, under any of their names.
    datasets: Option<Vec<Reference>>,
    /// It changed to one of these states.
    states: Option<Vec<RunState>>,
}

/// What a stretch of the log did to the states of runs.
#[derive(SimpleObject)]
pub struct RunStateChanges {
    /// Not null when what was before must be read anew, in words: when the subscription begins without `after`, or with one
    /// that this log has not reached.
    resync: Option<String>,
    /// Log sequence after which it begins.
    from_version: Long,
    /// Log sequence with which it ends.
    to_version: Long,
    /// In the order of the events that made them; a run comes once.
    changes: Vec<RunStateChange>,
}

/// A run changed its state.
#[derive(SimpleObject)]
pub struct RunStateChange {
    /// The run, with everything that is known of it by now.
    run: Run,
    /// Its state at `toVersion`.
    state: RunState,
    /// Its state at `fromVersion`; null when it had no event of its own yet.
    previous_state: Option<RunState>,
}

/// Follows the states of runs.
pub fn run_state_changes(
    ctx: &Context<'_>,
    filter: RunStateFilter,
    after: Option<Long>,
) -> Result<impl Stream<Item = Result<RunStateChanges>> + use<>> {
    let app = app(ctx).clone();
    let after = after.map(|after| u64::try_from(after.0).map_err(|_| bad_input("after must not be negative"))).transpose()?;
    let feed = Feed { catalog: app.progress.catalog.clone(), app, wanted: Wanted::read(filter)?, place: Place::Start(after) };
    Ok(stream::try_unfold(feed, Feed::next))
}

/// A filter in ids.
struct Wanted {
    namespaces: Option<HashSet<String>>,
    jobs: Option<HashSet<Uuid>>,
    datasets: Option<Vec<Uuid>>,
    states: Option<Vec<crate::fold::run::RunState>>,
}

impl Wanted {
    fn read(filter: RunStateFilter) -> Result<Self> {
        let ids = |references: Option<Vec<Reference>>, derive: fn(&str, &str) -> Uuid| {
            references.map(|all| all.iter().map(|one| one.uuid(derive)).collect::<Result<Vec<_>>>()).transpose()
        };
        Ok(Self {
            namespaces: filter.namespaces.map(|namespaces| namespaces.into_iter().collect()),
            jobs: ids(filter.jobs, id::job)?.map(|jobs| jobs.into_iter().collect()),
            datasets: ids(filter.datasets, id::dataset)?,
            states: filter.states.map(|states| RunState::codes(Some(states))),
        })
    }

    /// Numbers of the datasets and of their aliases. Looked up each time: they may come later than the subscription.
    async fn dataset_numbers(&self, app: &App) -> Result<Option<BTreeSet<u32>>> {
        let Some(ids) = &self.datasets else { return Ok(None) };
        let found = app.catalog.datasets_by_id(ids).await.map_err(ApiError::from)?;
        let graph = app.graph();
        Ok(Some(found.iter().flat_map(|row| graph.members(&row.number).to_vec()).collect()))
    }

    async fn job_namespaces(&self, app: &App, runs: &HashMap<i64, RunRow>) -> Result<HashMap<u32, String>> {
        if self.namespaces.is_none() {
            return Ok(HashMap::new());
        }
        let jobs: BTreeSet<u32> = runs.values().map(|row| row.job).collect();
        let names = app.catalog.names(Kind::Job, &jobs.into_iter().collect::<Vec<_>>()).await.map_err(ApiError::from)?;
        Ok(names.into_iter().map(|row| (row.number, row.namespace)).collect())
    }
}

/// Where a reader is.
#[derive(Clone, Copy)]
enum Place {
    /// Nothing was said yet.
    Start(Option<u64>),
    /// Everything up to here was.
    After(u64),
}

struct Feed {
    app: Arc<App>,
    catalog: watch::Receiver<Projected>,
    wanted: Wanted,
    place: Place,
}

impl Feed {
    /// The next message; none when the server stops.
    async fn next(mut self) -> Result<Option<(RunStateChanges, Self)>> {
        loop {
            let after = match self.place {
                Place::Start(after) => return Ok(Some(self.begin(after))),
                Place::After(after) => after,
            };
            let Ok(seq) = self.catalog.wait_for(|projected| projected.seq > after).await.map(|projected| projected.seq) else {
                return Ok(None);
            };
            let until = seq.min(after + STRETCH);
            let changes = self.changes(after, until).await?;
            self.place = Place::After(until);
            if !changes.is_empty() {
                return Ok(Some((RunStateChanges { resync: None, from_version: after.into(), to_version: until.into(), changes }, self)));
            }
        }
    }

    fn begin(mut self, after: Option<u64>) -> (RunStateChanges, Self) {
        let seq = self.catalog.borrow().seq;
        // A projection that is behind the log will get there; only what the log itself has not reached is of another one.
        let head = *self.app.writer.head().borrow();
        let (resync, from) = match after {
            None => (Some("the subscription begins; read what was before with runs".to_owned()), seq),
            Some(after) if after > head => {
                (Some(format!("this server's log is at {head} and not at {after}: it is another log, or an older state of it")), seq)
            }
            Some(after) => (None, after),
        };
        self.place = Place::After(from);
        (RunStateChanges { resync, from_version: from.into(), to_version: from.into(), changes: Vec::new() }, self)
    }

    async fn changes(&self, after: u64, until: u64) -> Result<Vec<RunStateChange>> {
        let mut found = self.app.catalog.run_changes(after, until).await.map_err(ApiError::from)?;
        found.retain(|change| self.wanted.states.as_ref().is_none_or(|states| states.contains(&change.state)));
        let numbers: Vec<i64> = found.iter().map(|change| change.run).collect();
        let rows = self.app.catalog.runs(&numbers).await.map_err(ApiError::from)?;
        let runs: HashMap<i64, RunRow> = rows.into_iter().map(|row| (row.number, row)).collect();
        let datasets = self.wanted.dataset_numbers(&self.app).await?;
        let namespaces = self.wanted.job_namespaces(&self.app, &runs).await?;
        let is_wanted = |row: &RunRow| {
            let job = self.wanted.jobs.as_ref().is_none_or(|jobs| jobs.contains(&row.job_id));
            let namespace =
                self.wanted.namespaces.as_ref().is_none_or(|wanted| namespaces.get(&row.job).is_some_and(|name| wanted.contains(name)));
            let touches = |datasets: &BTreeSet<u32>| [false, true].iter().any(|&written| !row.run.io(written).is_disjoint(datasets));
            job && namespace && datasets.as_ref().is_none_or(touches)
        };
        let change = |RunChangeRow { run, before, state }| {
            let row = runs.get(&run).filter(|row| is_wanted(row))?;
            Some(RunStateChange { run: row.clone().into(), state: RunState::of(state), previous_state: before.map(RunState::of) })
        };
        Ok(found.into_iter().filter_map(change).collect())
    }
}
