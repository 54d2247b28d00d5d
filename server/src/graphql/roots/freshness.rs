//! The roots that read the graph for time: what is stale, what may be the cause, what to rerun.

use crate::graphql::error::Result;
use crate::graphql::page::{Connection, Edge};
use crate::graphql::query::settle;
use crate::graphql::types::{self, FreshnessState, LineageFilter, Reference, Staleness};
use async_graphql::{Context, Object};

/// What is stale, why, and what to do about it.
#[derive(Default)]
pub struct FreshnessQuery;

#[Object]
impl FreshnessQuery {
    /// Whether a dataset is stale: whether any input, however far upstream, was written after its own last good write. Null
    /// when there is no such dataset.
    async fn staleness(&self, ctx: &Context<'_>, dataset: Reference) -> Result<Option<Staleness>> {
        settle(ctx).await;
        types::staleness(ctx, &dataset).await
    }

    /// Datasets that are stale, the longest overdue first, then by namespace and name; with `states` those in any of these
    /// states. Temporary and dropped datasets are left out.
    #[graphql(complexity = "200 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn stale_datasets(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "vec![FreshnessState::Stale]")] states: Vec<FreshnessState>,
        filter: Option<LineageFilter>,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
    ) -> Result<Connection<Edge<Staleness>>> {
        settle(ctx).await;
        types::stale_datasets(ctx, &states, filter, first, after).await
    }
}
