//! Types of the freshness room: staleness, causes, backfill plans.

mod backfill;
mod cause;
mod cause_search;
mod staleness;

pub use backfill::{BackfillPlan, BackfillQuestion, backfill_plan};
pub use cause::{RootCauses, root_causes};
pub use staleness::{FreshnessState, GoodWrite, Staleness, good_write, stale_datasets, staleness};

use crate::freshness::Activity;
use crate::graph::Graph;
use crate::graphql::error::{ApiError, Result};
use crate::graphql::load::app;
use crate::ingest::now_micros;
use async_graphql::Context;
use std::collections::HashMap;
use std::sync::Arc;

/// Datasets that are looked up at a time.
const CHUNK: usize = 4096;

/// When datasets were written and read last, by everything or by the events up to a moment, microseconds since 1970.
pub async fn activity(ctx: &Context<'_>, as_of: Option<i64>) -> Result<Arc<Activity>> {
    let app = app(ctx);
    let silence = app.limits.silent_run_seconds.saturating_mul(1_000_000);
    let heard_since = as_of.unwrap_or_else(now_micros).saturating_sub_unsigned(silence);
    let activity = match as_of {
        None => app.freshness.activity(&app.catalog, heard_since).await,
        Some(moment) => app.freshness.activity_at(&app.catalog, moment, heard_since).await,
    };
    Ok(activity.map_err(ApiError::from)?)
}

/// The first event time that names each of these datasets, under any of its names.
pub async fn known_since(ctx: &Context<'_>, graph: &Graph, datasets: &[u32]) -> Result<HashMap<u32, i64>> {
    let mut known = HashMap::new();
    for chunk in datasets.chunks(CHUNK) {
        let rows = app(ctx).catalog.whole_datasets(&graph.classes_of(chunk.iter().copied())).await.map_err(ApiError::from)?;
        known.extend(rows.into_iter().filter_map(|row| Some((row.number, row.entity.span?.first))));
    }
    Ok(known)
}
