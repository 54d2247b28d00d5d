//! What a request's answer rests on: every field of one request waits for the same, once, and says the same of itself.

use super::load::app;
use crate::completeness::{Completeness, Settled};
use async_graphql::Context;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// How far the projections were when a request began to read them. Subscriptions have none: each of their messages is a
/// reading of its own.
#[derive(Default)]
pub struct Standing {
    /// Asked for by a request's header: answer only once everything up to here is projected.
    min_seq: Option<u64>,
    catalog: OnceCell<Settled>,
    search: OnceCell<Settled>,
}

impl Standing {
    /// Of a request that waits for a log sequence, or for everything acknowledged before it.
    pub fn new(min_seq: Option<u64>) -> Arc<Self> {
        Arc::new(Self { min_seq, ..Self::default() })
    }

    /// What was read so far holds for this; none when nothing was read that follows the log.
    pub fn read(&self) -> Option<Settled> {
        let both = [self.catalog.get(), self.search.get()].into_iter().flatten();
        both.copied()
            .reduce(|one, other| Settled { acknowledged: one.acknowledged.max(other.acknowledged), holds: one.holds.min(other.holds) })
    }
}

fn of<'a>(ctx: &Context<'a>) -> Option<&'a Arc<Standing>> {
    ctx.data_opt()
}

/// Waits, bounded, for what was acknowledged before the question; fields of one request wait together.
pub async fn settle(ctx: &Context<'_>) -> Settled {
    match of(ctx) {
        Some(standing) => *standing.catalog.get_or_init(|| app(ctx).settle(standing.min_seq)).await,
        None => app(ctx).settle(None).await,
    }
}

/// The same for search.
pub async fn settle_search(ctx: &Context<'_>) -> Settled {
    match of(ctx) {
        Some(standing) => *standing.search.get_or_init(|| app(ctx).settle_search(standing.min_seq)).await,
        None => app(ctx).settle_search(None).await,
    }
}

/// What the field rests on that asks, without waiting: its root waited. To be called before the graph is taken.
pub fn standing(ctx: &Context<'_>) -> Settled {
    of(ctx).and_then(|standing| standing.read()).unwrap_or_else(|| app(ctx).standing())
}

/// An answer from which nothing is cut: complete, unless the server is catching up.
pub fn completeness(ctx: &Context<'_>) -> Completeness {
    Completeness::of(standing(ctx))
}
