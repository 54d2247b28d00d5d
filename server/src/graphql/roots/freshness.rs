//! The roots that read the graph for time: what is stale, what may be the cause, what to rerun.

use crate::asked::LineageFilter;
use crate::graphql::error::Result;
use crate::graphql::page::{Connection, Edge};
use crate::graphql::scalar::DateTime;
use crate::graphql::standing::settle;
use crate::graphql::types::{self, BackfillPlan, BackfillQuestion, FreshnessState, Reference, RootCauses, Staleness};
use async_graphql::{Context, ID, Object};

/// What is stale, why, and what to do about it.
#[derive(Default)]
pub struct FreshnessQuery;

#[Object]
impl FreshnessQuery {
    /// Whether a dataset is stale: whether any input, however far upstream, was written after its own last good write. Null
    /// when there is no such dataset. With `asOf` edges are those that held then, runs that had ended by then are writes, and
    /// streaming is judged at that moment; what it is called, and what a run that began by then read and wrote, is as now.
    async fn staleness(
        &self,
        ctx: &Context<'_>,
        dataset: Reference,
        #[graphql(desc = "Whether it was stale at an instant of event time. Null also when no event names the dataset by then.")]
        as_of: Option<DateTime>,
    ) -> Result<Option<Staleness>> {
        settle(ctx).await;
        types::staleness(ctx, &dataset, as_of.map(|at| at.0.0)).await
    }

    /// Datasets that are stale, the longest overdue first, then by namespace and name; with `states` those in any of these
    /// states. Temporary and dropped datasets are left out. With `asOf` as `staleness` says.
    #[graphql(complexity = "200 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn stale_datasets(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "vec![FreshnessState::Stale]")] states: Vec<FreshnessState>,
        #[graphql(desc = "Only these. What `filter` tells of tags, owners and names is as now.")] filter: Option<LineageFilter>,
        #[graphql(desc = "What was stale at an instant of event time. Datasets that no event names by then are left out.")] as_of: Option<
            DateTime,
        >,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
    ) -> Result<Connection<Edge<Staleness>>> {
        settle(ctx).await;
        types::stale_datasets(ctx, &states, filter, as_of.map(|at| at.0.0), first, after).await
    }

    /// What may be the cause when a dataset is stale, or a job or run failed; give one of the three. Only what lies upstream is
    /// looked at, by lineage that held at `at`; of a run without `at`, at its end; else now. Nearest first; at one distance failed runs, then stopped ones, failed tests, changes
    /// of a schema, silent runs, late jobs, stale datasets; among these the newest first. Null when what is named is not known.
    #[graphql(complexity = "500 + first.clamp(0, 1001) as usize * child_complexity")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the field")]
    async fn root_causes(
        &self,
        ctx: &Context<'_>,
        dataset: Option<Reference>,
        job: Option<Reference>,
        #[graphql(desc = "A run by its id.")] run: Option<ID>,
        #[graphql(
            desc = "The moment that is looked at: which edges held, what was stale, which jobs were late and which runs silent. Left out, the end of the run, or else now by the server's clock."
        )]
        at: Option<DateTime>,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
    ) -> Result<Option<RootCauses>> {
        settle(ctx).await;
        types::root_causes(ctx, (dataset, job, run), at, first, after).await
    }

    /// What to rerun, in which order, so that everything downstream of a repair is good again: the fewest jobs, in layers.
    /// Jobs of one layer may run at the same time. Without datasets, jobs and runs: whatever makes stale datasets good. With
    /// `asOf` what would have had to be rerun then: edges that held, runs that had ended, staleness as `staleness` says.
    #[graphql(complexity = "2000 + 10 * child_complexity")]
    async fn backfill_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Datasets that were repaired and are good now: what depends on them is rerun.")] datasets: Option<Vec<Reference>>,
        #[graphql(desc = "Jobs to rerun, with everything that depends on what they write.")] jobs: Option<Vec<Reference>>,
        #[graphql(desc = "Runs to repeat, by id: their jobs, with everything that depends on what these runs wrote.")] runs: Option<
            Vec<ID>,
        >,
        #[graphql(
            desc = "When the repair was made: jobs that have completed a run begun since, after all that they wait for, are left out."
        )]
        since: Option<DateTime>,
        #[graphql(desc = "The plan as it would have been at an instant of event time.")] as_of: Option<DateTime>,
    ) -> Result<BackfillPlan> {
        settle(ctx).await;
        types::backfill_plan(ctx, BackfillQuestion { datasets, jobs, runs, since, as_of: as_of.map(|at| at.0.0) }).await
    }
}
