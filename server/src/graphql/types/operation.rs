//! What concerns the server itself: how far it is, which namespaces it holds.

use crate::catalog::read::{NamespaceRow, RunFilter};
use crate::fold::run as fold;
use crate::graphql::error::{ApiError, Result};
use crate::graphql::load::app;
use crate::graphql::scalar::{Long, count};
use crate::ingest::now_micros;
use async_graphql::{Context, SimpleObject};

const DAY_MICROS: i64 = 86_400_000_000;

/// A namespace and what it holds.
#[derive(SimpleObject)]
pub struct Namespace {
    /// As sent.
    name: String,
    /// Datasets in it.
    datasets: Long,
    /// Jobs in it.
    jobs: Long,
}

impl From<NamespaceRow> for Namespace {
    fn from(row: NamespaceRow) -> Self {
        Self { name: row.name, datasets: count(row.datasets), jobs: count(row.jobs) }
    }
}

/// How far the projections are and what they hold.
#[derive(SimpleObject)]
pub struct Status {
    /// Version of the server.
    version: &'static str,
    /// The newest acknowledged log entry.
    log_seq: Long,
    /// The catalog holds for this one.
    catalog_seq: Long,
    /// The graph holds for this one.
    graph_seq: Long,
    /// Search holds for this one.
    search_seq: Long,
    /// Namespaces of datasets and jobs.
    namespaces: Long,
    /// Datasets.
    datasets: Long,
    /// Jobs, also those that are only named by another's run.
    jobs: Long,
    /// Runs, also those that are only named by another run.
    runs: Long,
    /// Columns of current schemas, nested ones included.
    columns: Long,
    /// Lineage edges that hold now, one per pair of ends and job.
    edges: Long,
    /// Column lineage edges.
    column_edges: Long,
    /// Runs that started in the last 24 hours by the server's clock.
    #[graphql(name = "runsLast24h")]
    runs_last24h: Long,
    /// Failed ones among them.
    #[graphql(name = "failedLast24h")]
    failed_last24h: Long,
    /// Bodies in quarantine.
    quarantined: Long,
    /// Entries of the event log that cannot be read, as far as they were met since the server started or are missing in
    /// the catalog, up to 10,000; `headwater verify` checks every entry. The others are not affected.
    unreadable_entry_count: Long,
    /// The first 100 of them, in order of number.
    unreadable_entries: Vec<UnreadableEntry>,
    /// Not null while another catalog is built beside the one that answers.
    rebuilding: Option<CatalogRebuild>,
    /// True for `headwater demo`: the catalog is temporary.
    demo: bool,
}

/// A catalog that is built beside the one that answers, and takes its place when it has caught up.
#[derive(SimpleObject)]
pub struct CatalogRebuild {
    /// Why.
    reason: String,
    /// Answers are as of this log entry until then.
    answers_as_of: Long,
    /// The new catalog holds for this one.
    built_up_to: Long,
}

/// An entry of the event log that cannot be read and was passed over.
#[derive(SimpleObject)]
pub struct UnreadableEntry {
    /// Its number.
    seq: Long,
    /// Why, as the end of a sentence about it.
    reason: String,
}

/// Unreadable entries that the status lists.
const LISTED: usize = 100;

/// How far everything is.
pub async fn status(ctx: &Context<'_>) -> Result<Status> {
    let app = app(ctx);
    let log_seq = *app.writer.head().borrow();
    let graph = app.graph();
    let held = *app.progress.catalog.borrow();
    let search_seq = *app.progress.search.borrow();
    let since = Some(now_micros() - DAY_MICROS);
    let recent = RunFilter { since, ..RunFilter::default() };
    let failed = RunFilter { since, states: vec![fold::RunState::Fail], ..RunFilter::default() };
    let (_, quarantined) = app.log.quarantined(None, 0).await.map_err(ApiError::from)?;
    let unreadable = app.log.unreadable().borrow().clone();
    Ok(Status {
        version: env!("CARGO_PKG_VERSION"),
        log_seq: log_seq.into(),
        catalog_seq: held.seq.into(),
        graph_seq: graph.seq().into(),
        search_seq: search_seq.into(),
        namespaces: count(app.catalog.namespaces().await.map_err(ApiError::from)?.len()),
        datasets: count(held.datasets),
        jobs: count(held.jobs),
        runs: count(held.runs),
        columns: count(held.columns),
        edges: count(graph.edge_count()),
        column_edges: count(graph.column_edge_count()),
        runs_last24h: count(app.catalog.run_count(&recent).await.map_err(ApiError::from)?),
        failed_last24h: count(app.catalog.run_count(&failed).await.map_err(ApiError::from)?),
        quarantined: count(quarantined),
        unreadable_entry_count: count(unreadable.len()),
        unreadable_entries: unreadable.into_iter().take(LISTED).map(|(seq, reason)| UnreadableEntry { seq: seq.into(), reason }).collect(),
        rebuilding: app.rebuilding.as_ref().map(|rebuilding| CatalogRebuild {
            reason: rebuilding.why.clone(),
            answers_as_of: held.seq.into(),
            built_up_to: rebuilding.progress.borrow().seq.into(),
        }),
        demo: app.demo,
    })
}
