//! What clients can follow, over WebSocket. Each message says for which stretch of the log it holds; the
//! stretches of one subscription join without a gap, however slow its reader is.

use super::error::Result;
use super::scalar::Long;
use super::standing::settle;
use super::types::{LineageDelta, LineageScope, LineageStart, RunStateChanges, RunStateFilter, lineage_deltas, run_state_changes};
use crate::asked::{LineageConfidence, LineageDirection, LineageFilter, LineageGranularity};
use async_graphql::{Context, Subscription};
use futures_util::Stream;

/// What can be followed.
#[derive(Default)]
pub struct Live;

#[Subscription(name = "Subscription")]
impl Live {
    /// Runs whose state changed, by what the events of each publish add up to. The first message has no changes: it says
    /// from which log sequence on nothing is missed. Whoever was cut off goes on with `after`.
    #[graphql(complexity = "100 + 100 * child_complexity")]
    async fn run_state_changed<'a>(
        &self,
        ctx: &'a Context<'_>,
        #[graphql(desc = "Only these; every run when left out.")] filter: Option<RunStateFilter>,
        #[graphql(desc = "Go on after this log sequence: `toVersion` of the last message that arrived.")] after: Option<Long>,
    ) -> Result<impl Stream<Item = Result<RunStateChanges>> + 'a> {
        settle(ctx).await;
        run_state_changes(ctx, filter.unwrap_or_default(), after)
    }

    /// What changes in the answer to a lineage question: one message for everything that was published since the last. The
    /// first message has no changes: it says for which log sequence the answer is to be read with `lineage`. When a run only
    /// confirms what is known, nothing changes.
    #[graphql(complexity = "1000 + 100 * child_complexity")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the field")]
    async fn lineage_changed<'a>(
        &self,
        ctx: &'a Context<'_>,
        from: LineageStart,
        direction: LineageDirection,
        #[graphql(default_with = "LineageGranularity::Dataset", desc = "DATASET, COLUMN or JOB.")] granularity: LineageGranularity,
        max_depth: Option<i32>,
        #[graphql(name = "where", desc = "Lists only these; the start is always listed.")] filter: Option<LineageFilter>,
        #[graphql(desc = "Only over edges at least that sure.")] min_confidence: Option<LineageConfidence>,
        #[graphql(default = true, desc = "False to leave out the jobs between datasets.")] jobs: bool,
        #[graphql(default = false, desc = "True to see temporary datasets instead of going through them.")] temporary: bool,
    ) -> Result<impl Stream<Item = Result<LineageDelta>> + 'a> {
        settle(ctx).await;
        let scope = LineageScope { from, direction, granularity, max_depth, filter, min_confidence, jobs, temporary };
        lineage_deltas(ctx, scope)
    }
}
