//! The search for suspects upstream of something stale or failed: one question of the catalog for each kind, and the log
//! for tests.

use crate::catalog::read::{Page, RunAt, RunFilter, RunRow, Which, begun_by};
use crate::fold::flow::Owner;
use crate::fold::run::RunState;
use crate::freshness::Assessed;
use crate::freshness::cause::{Kind, Scope, Suspect, late_since};
use crate::graph::{Graph, Node};
use crate::graphql::error::{ApiError, Result};
use crate::graphql::load::{DatasetNumber, app, load};
use crate::graphql::types::facet;
use crate::graphql::types::run_dataset::{Assertion, assertions_of};
use crate::graphql::types::run_events;
use crate::graphql::types::schema_history::SchemaVersion;
use crate::graphql::types::{Dataset, Run};
use async_graphql::Context;
use schema::openlineage::facets;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Runs whose events are looked through for tests.
pub const TESTED_RUNS: usize = 500;
/// Starts of a job that tell how often it runs.
const HABIT: usize = 21;

/// A suspect with its evidence.
pub struct Found {
    pub suspect: Suspect,
    pub run: Option<Run>,
    pub schema: Option<SchemaVersion>,
    pub test: Option<Assertion>,
}

impl Found {
    fn new(suspect: Suspect) -> Self {
        Self { suspect, run: None, schema: None, test: None }
    }
}

/// Where and when to look.
pub struct Search<'a> {
    pub ctx: &'a Context<'a>,
    pub graph: Arc<Graph>,
    pub scope: Scope,
    /// After the last time that all was well; none when it never was.
    pub since: Option<i64>,
    pub until: i64,
}

impl Search<'_> {
    /// Everything, in no order; false when not all runs were looked through for tests.
    pub async fn all(&self, assessed: &[Assessed]) -> Result<(Vec<Found>, bool)> {
        let mut found = self.ended_badly().await?;
        found.extend(self.silent_or_late().await?);
        found.extend(self.schema_changes().await?);
        let (tests, complete) = self.failed_tests().await?;
        found.extend(tests);
        found.extend(self.scope.stale(assessed.iter()).into_iter().map(Found::new));
        Ok((found, complete))
    }

    fn jobs(&self) -> Vec<u32> {
        self.scope.jobs.keys().copied().collect()
    }

    fn of_job(&self, row: RunRow, kind: Kind, at: i64) -> Found {
        let distance = self.scope.jobs.get(&row.job).copied().unwrap_or_default();
        let suspect = Suspect { node: Node::Job(row.job), distance, kind, at };
        Found { run: Some(Run::from(row)), ..Found::new(suspect) }
    }

    /// Jobs whose newest run that has ended did not end well.
    async fn ended_badly(&self) -> Result<Vec<Found>> {
        let runs = app(self.ctx).catalog.newest_runs(&self.jobs(), self.until, Which::Ended).await.map_err(ApiError::from)?;
        let suspect = |row: RunRow| {
            let kind = match row.run.state() {
                RunState::Fail => Kind::FailedRun,
                RunState::Abort => Kind::AbortedRun,
                _ => return None,
            };
            let at = row.run.ended_at()?;
            Some(self.of_job(row, kind, at))
        };
        Ok(runs.into_iter().filter_map(suspect).collect())
    }

    /// Jobs whose newest run is silent, and jobs that should have begun again. Streaming jobs do neither.
    async fn silent_or_late(&self) -> Result<Vec<Found>> {
        let newest = app(self.ctx).catalog.newest_runs(&self.jobs(), self.until, Which::Any).await.map_err(ApiError::from)?;
        let limit = app(self.ctx).limits.silent_run_seconds.saturating_mul(1_000_000) as i64;
        let starts = app(self.ctx).catalog.newest_starts(&self.jobs(), self.until, HABIT).await.map_err(ApiError::from)?;
        let starts: HashMap<u32, Vec<i64>> = starts.into_iter().collect();
        let newest = app(self.ctx).catalog.stood_at(newest, self.until).await.map_err(ApiError::from)?;
        let mut found = Vec::new();
        for RunAt { row, ended_at, last, .. } in newest {
            let is_open = ended_at.is_none();
            let is_silent = is_open && row.run.events > 0 && self.until.saturating_sub(last) > limit;
            let late = starts.get(&row.job).filter(|_| !is_open).and_then(|starts| late_since(starts, self.until));
            if (is_silent || late.is_some()) && !self.is_streaming(row.job).await? {
                found.push(match late {
                    Some(due) => self.of_job(row, Kind::LateJob, due),
                    None => self.of_job(row, Kind::SilentRun, last),
                });
            }
        }
        Ok(found)
    }

    async fn is_streaming(&self, job: u32) -> Result<bool> {
        let kind = facet::read(self.ctx, Owner::Job(job), "jobType", facets::job_type).await?;
        Ok(kind.and_then(|kind| kind.processing_type).is_some_and(|kind| kind.eq_ignore_ascii_case("STREAMING")))
    }

    /// Datasets above with another schema since; of several changes the newest.
    async fn schema_changes(&self) -> Result<Vec<Found>> {
        let above = self.scope.datasets.iter().filter(|(_, distance)| **distance > 0);
        let names: Vec<u32> = above.flat_map(|(dataset, _)| self.graph.members(dataset).to_vec()).collect();
        let since = self.since.unwrap_or(i64::MIN);
        let changed = app(self.ctx).catalog.schemas_between(&names, since, self.until).await.map_err(ApiError::from)?;
        let changed: HashSet<u32> = changed.into_iter().map(|dataset| self.graph.representative(dataset)).collect();
        let rows = load(self.ctx).load_many(changed.into_iter().map(DatasetNumber)).await?;
        let mut found = Vec::new();
        for (DatasetNumber(dataset), row) in rows {
            let mut versions = Dataset(row).schemas(self.ctx).await?;
            // The oldest is no change.
            versions.pop();
            let newest = versions.into_iter().find(|version| version.first_seen.0.0 > since && version.first_seen.0.0 <= self.until);
            let (Some(schema), Some(&distance)) = (newest, self.scope.datasets.get(&dataset)) else { continue };
            let suspect = Suspect { node: Node::Dataset(dataset), distance, kind: Kind::SchemaChange, at: schema.first_seen.0.0 };
            found.push(Found { schema: Some(schema), ..Found::new(suspect) });
        }
        Ok(found)
    }

    /// Tests of datasets above that failed and were not passed since, nearest datasets first.
    async fn failed_tests(&self) -> Result<(Vec<Found>, bool)> {
        let mut near: Vec<(u32, u32)> = self.scope.datasets.iter().map(|(&dataset, &distance)| (distance, dataset)).collect();
        near.retain(|&(distance, _)| distance > 0);
        // Equally near ones in an order that all servers share: the bound on runs may end between them.
        near.sort_by_cached_key(|&(distance, dataset)| (distance, self.graph.dataset_id(dataset)));
        let (mut left, mut complete, mut found) = (TESTED_RUNS, true, Vec::new());
        for (distance, dataset) in near {
            let members = self.graph.members(&dataset).to_vec();
            let filter = RunFilter { datasets: Some((members.clone(), None)), since: self.since, ..RunFilter::default() };
            let page = Page { after: Some(begun_by(self.until)), limit: left + 1 };
            let mut runs = app(self.ctx).catalog.run_page(&filter, page).await.map_err(ApiError::from)?;
            complete &= runs.len() <= left;
            runs.truncate(left);
            left -= runs.len();
            for (test, at) in self.newest_results(&members, runs).await?.into_values().filter(|(test, _)| !test.success) {
                let suspect = Suspect { node: Node::Dataset(dataset), distance, kind: Kind::FailedTest, at };
                found.push(Found { run: test.run.clone(), test: Some(test), ..Found::new(suspect) });
            }
        }
        Ok((found, complete))
    }

    /// The newest result of each test of a dataset, by test and column. `runs` are the newest first.
    async fn newest_results(&self, members: &[u32], runs: Vec<RunRow>) -> Result<BTreeMap<(String, Option<String>), (Assertion, i64)>> {
        let names = app(self.ctx).catalog.names_of(members).await.map_err(ApiError::from)?;
        let mut newest = BTreeMap::new();
        for run in runs.into_iter().map(Run::from) {
            let mut entries = run_events::entries(self.ctx, &run.0).await?;
            let is_later = run.0.run.span.is_some_and(|span| span.last > self.until);
            let newest_event = if is_later { run_events::keep_until(&mut entries, self.until) } else { None };
            for io in [false, true].map(|written| run_events::io_facets(&entries, written)) {
                let of = names.iter().filter_map(|row| io.get(&(row.namespace.clone(), row.name.clone())));
                for test in of.flat_map(|facets| assertions_of(facets, &run)) {
                    let at = newest_event.unwrap_or(test.at.0.0);
                    newest.entry((test.name.clone(), test.column.clone())).or_insert((test, at));
                }
            }
        }
        Ok(newest)
    }
}
