//! Producers: who sends events, and how well they keep to the specification.

use super::dataset::Dataset;
use super::event::Event;
use super::event_page::event;
use super::run::Run;
use crate::asked::ListKind;
use crate::catalog::read::{DatasetCounts, FindingRow, ProducerRow};
use crate::graphql::error::{ApiError, Result};
use crate::graphql::load::{DatasetNumber, app, load};
use crate::graphql::page::{self, Connection, Edge};
use crate::graphql::scalar::{DateTime, Long, count};
use crate::ingest::now_micros;
use async_graphql::{ComplexObject, Context, Object, SimpleObject};
use std::collections::HashMap;

/// A finding in the events of one producer.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct ProducerFinding {
    /// Its code.
    code: &'static str,
    /// What it means.
    description: &'static str,
    /// Events that have it.
    events: Long,
    /// First event time.
    first_seen: DateTime,
    /// Last event time.
    last_seen: DateTime,
    #[graphql(skip)]
    seq: u64,
}

/// A finding in the events of one producer.
#[ComplexObject]
impl ProducerFinding {
    /// The event with the last event time that has it.
    async fn example(&self, ctx: &Context<'_>) -> Result<Option<Event>> {
        event(ctx, Some(self.seq.into()), None).await
    }
}

impl From<FindingRow> for ProducerFinding {
    fn from(row: FindingRow) -> Self {
        Self {
            code: row.code.name(),
            description: row.code.description(),
            events: row.events.into(),
            first_seen: row.first.into(),
            last_seen: row.last.into(),
            seq: row.example,
        }
    }
}

/// Code that sends events, as the events' `producer` names it.
pub struct Producer {
    row: ProducerRow,
    counts: DatasetCounts,
    findings: Vec<FindingRow>,
    silent_runs: Vec<i64>,
}

/// Producers by number of events, most first.
pub async fn producers(ctx: &Context<'_>, first: i32, after: Option<String>) -> Result<Connection<Edge<Producer>>> {
    let first = page::length(first)?;
    let list = page::list(ctx, ListKind::Producers)?;
    let app = app(ctx);
    let skip = page::place::<u64>(list, after.as_deref())?.map_or(0, |place| place.saturating_add(1));
    let (rows, total) = app.catalog.producers(skip, first + 1).await.map_err(ApiError::from)?;
    let numbers: Vec<u32> = rows.iter().map(|row| row.number).collect();
    let mut findings = app.catalog.producer_findings(&numbers).await.map_err(ApiError::from)?;
    let counts = app.catalog.producer_datasets(&numbers).await.map_err(ApiError::from)?;
    let silent_since = now_micros().saturating_sub((app.limits.silent_run_seconds as i64).saturating_mul(1_000_000));
    // Every run that goes on is looked at: only when asked for.
    let node = ctx.look_ahead().field("edges").field("node");
    let wants_silent = node.field("neverEndingRuns").exists() || node.field("silentRuns").exists();
    let mut silent = if wants_silent { app.catalog.silent_runs(silent_since).await.map_err(ApiError::from)? } else { HashMap::new() };
    let producer = |row: ProducerRow| Producer {
        counts: counts.get(&row.number).copied().unwrap_or_default(),
        findings: findings.remove(&row.number).unwrap_or_default(),
        silent_runs: silent.remove(&row.number).unwrap_or_default(),
        row,
    };
    let items = (skip..).zip(rows.into_iter().map(producer)).collect();
    Ok(page::connection(list, total, first, after.as_deref(), items))
}

impl Producer {
    fn share(&self, part: u64) -> Option<f64> {
        (self.counts.outputs > 0).then(|| part as f64 / self.counts.outputs as f64)
    }

    async fn untold(&self, ctx: &Context<'_>, columns: bool, first: i32) -> Result<Vec<Dataset>> {
        let first = page::length(first)?;
        let numbers = app(ctx).catalog.untold_outputs(self.row.number, columns, first).await.map_err(ApiError::from)?;
        let rows = load(ctx).load_many(numbers.iter().map(|&number| DatasetNumber(number))).await?;
        Ok(numbers.iter().filter_map(|&number| rows.get(&DatasetNumber(number)).cloned()).map(Dataset).collect())
    }
}

/// Code that sends events, as the events' `producer` names it.
#[Object]
impl Producer {
    /// Its URI; null for events that name no producer.
    async fn producer(&self) -> Option<&str> {
        Some(self.row.uri.as_str()).filter(|uri| !uri.is_empty())
    }

    /// Events that it sent, repeats not counted.
    async fn events(&self) -> Long {
        self.row.events.into()
    }

    /// First event time.
    async fn first_seen(&self) -> DateTime {
        self.row.first.into()
    }

    /// Last event time.
    async fn last_seen(&self) -> DateTime {
        self.row.last.into()
    }

    /// Datasets that it reads, writes or describes.
    async fn datasets(&self) -> Long {
        count(self.counts.datasets)
    }

    /// Datasets that it writes.
    async fn outputs(&self) -> Long {
        count(self.counts.outputs)
    }

    /// Of the datasets that it writes, the share whose schema it ever said, from 0 to 1; null when it writes none.
    async fn share_of_outputs_with_schema(&self) -> Option<f64> {
        self.share(self.counts.with_schema)
    }

    /// Of the datasets that it writes, the share whose column lineage it ever said, from 0 to 1; null when it writes none.
    async fn share_of_outputs_with_column_lineage(&self) -> Option<f64> {
        self.share(self.counts.with_columns)
    }

    /// Datasets that it writes without ever having said their schema.
    #[graphql(complexity = "10 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn outputs_without_schema(&self, ctx: &Context<'_>, #[graphql(default = 10)] first: i32) -> Result<Vec<Dataset>> {
        self.untold(ctx, false, first).await
    }

    /// Datasets that it writes without ever having said their column lineage.
    #[graphql(complexity = "10 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn outputs_without_column_lineage(&self, ctx: &Context<'_>, #[graphql(default = 10)] first: i32) -> Result<Vec<Dataset>> {
        self.untold(ctx, true, first).await
    }

    /// Runs that began, have not ended, and have been silent for longer than `neverEndingAfterSeconds` now.
    async fn never_ending_runs(&self) -> Long {
        count(self.silent_runs.len())
    }

    /// The newest of its runs that never end.
    #[graphql(complexity = "10 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn silent_runs(&self, ctx: &Context<'_>, #[graphql(default = 10)] first: i32) -> Result<Vec<Run>> {
        let first = page::length(first)?.min(self.silent_runs.len());
        let mut rows = app(ctx).catalog.runs(&self.silent_runs[..first]).await.map_err(ApiError::from)?;
        rows.sort_by_key(|row| std::cmp::Reverse(row.place()));
        Ok(rows.into_iter().map(Run::from).collect())
    }

    /// Silence after which a run counts as never ending, seconds (`silent_run_seconds` in the settings).
    async fn never_ending_after_seconds(&self, ctx: &Context<'_>) -> Long {
        app(ctx).limits.silent_run_seconds.into()
    }

    /// What is odd about its events, most frequent first.
    async fn findings(&self) -> Vec<ProducerFinding> {
        self.findings.iter().cloned().map(ProducerFinding::from).collect()
    }
}
