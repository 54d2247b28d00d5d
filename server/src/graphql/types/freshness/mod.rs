//! Types of the freshness room: staleness, causes, backfill plans.

mod backfill;
mod cause;
mod cause_search;
mod staleness;

pub use backfill::{BackfillPlan, BackfillQuestion, backfill_plan};
pub use cause::{RootCauses, root_causes};
pub use staleness::{FreshnessState, GoodWrite, Staleness, good_write, stale_datasets, staleness};

use crate::freshness::Activity;
use crate::graphql::error::{ApiError, Result};
use crate::graphql::load::app;
use crate::ingest::now_micros;
use async_graphql::Context;
use std::sync::Arc;

/// When datasets were written and read last, as is known now.
pub async fn activity(ctx: &Context<'_>) -> Result<Arc<Activity>> {
    let app = app(ctx);
    let silence = app.limits.silent_run_seconds.saturating_mul(1_000_000);
    let heard_since = now_micros().saturating_sub_unsigned(silence);
    Ok(app.freshness.activity(&app.catalog, heard_since).await.map_err(ApiError::from)?)
}
