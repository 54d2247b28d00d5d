//! Whether anybody uses datasets.

use crate::asked::{LineageFilter, ListKind};
use crate::completeness::CompletenessFields;
use crate::estate::dead::{Reads, Usage, Window, is_declared_read};
use crate::freshness::{Activity, Write};
use crate::graph::{Graph, Node, When};
use crate::graphql::error::{ApiError, Result, bad_input};
use crate::graphql::load::{DatasetNumber, app, load};
use crate::graphql::page::{self, PageInfo};
use crate::graphql::scalar::{DateTime, Long, count};
use crate::graphql::standing::completeness;
use crate::graphql::types::Dataset;
use crate::graphql::types::freshness::{GoodWrite, activity, good_write, known_since};
use crate::graphql::types::lineage_answer::{off_thread, predicate};
use crate::ingest::now_micros;
use async_graphql::{Context, Enum, SimpleObject};
use std::collections::HashMap;
use std::sync::Arc;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// What is asked of usage.
pub struct UsageQuestion {
    pub days: i32,
    pub at: Option<DateTime>,
    pub filter: Option<LineageFilter>,
    pub first: i32,
    pub after: Option<String>,
}

impl UsageQuestion {
    /// The moment that edges, writes and datasets must be of, microseconds since 1970; now when none was given.
    pub fn as_of(&self) -> Option<i64> {
        self.at.map(|at| at.0.0)
    }
}

/// Whether a dataset is used.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Usage")]
pub enum DatasetUsage {
    /// No run read it in the window, and nothing says that anything reads it.
    Dead,
    /// No run read it in the window, but a job or dataset event declares that it is read.
    DeclaredOnly,
    /// Not read, but reads are not watched, or the dataset is not known, for as long as the window: too young to tell.
    TooYoung,
    /// A run read it in the window.
    Used,
}

/// The evidence that usage is judged by.
#[derive(SimpleObject, Clone)]
pub struct ReadWindow {
    /// Reads from here on count.
    from: DateTime,
    /// Until here.
    to: DateTime,
    /// The first event of any producer that says what is read; null when none does.
    watched_since: Option<DateTime>,
    /// True when reads are watched for all of the window. Otherwise nothing is called dead.
    covered: bool,
}

/// A dataset and whether it is used.
#[derive(SimpleObject)]
pub struct DatasetUse {
    /// Which.
    dataset: Dataset,
    /// Whether it is used.
    usage: DatasetUsage,
    /// The newest read that is known, in the window or before.
    last_read_at: Option<DateTime>,
    /// Its last good write: dead data that is still written costs twice.
    last_write: Option<GoodWrite>,
}

/// A dataset and its place.
#[derive(SimpleObject)]
pub struct DatasetUseEdge {
    /// Opaque; `after` takes it.
    cursor: String,
    /// The item.
    node: DatasetUse,
}

/// A page with the exact number of all items.
#[derive(SimpleObject)]
pub struct DeadDatasetConnection {
    /// The evidence.
    window: ReadWindow,
    /// All items, on whatever page.
    total_count: Long,
    /// This page.
    edges: Vec<DatasetUseEdge>,
    /// Where it stands.
    page_info: PageInfo,
    #[graphql(flatten)]
    completeness: CompletenessFields,
    /// Log sequence that the lineage holds for.
    graph_version: Long,
}

/// The window of a question.
pub async fn window(ctx: &Context<'_>, question: &UsageQuestion) -> Result<Window> {
    if question.days < 1 {
        return Err(bad_input("days must be at least 1"));
    }
    let to = question.at.map_or_else(now_micros, |at| at.0.0);
    let watched = app(ctx).catalog.reads_watched_since().await.map_err(ApiError::from)?.filter(|&since| since <= to);
    Ok(Window { from: to.saturating_sub(i64::from(question.days) * DAY), to, watched })
}

impl From<Window> for ReadWindow {
    fn from(window: Window) -> Self {
        Self {
            from: window.from.into(),
            to: window.to.into(),
            watched_since: window.watched.map(DateTime::from),
            covered: window.watched.is_some_and(|watched| watched <= window.from),
        }
    }
}

/// Every listed dataset that passes a filter with its usage; with a moment those that some event names by then.
pub async fn usages(
    ctx: &Context<'_>,
    (graph, as_of): (&Arc<Graph>, Option<i64>),
    activity: &Arc<Activity>,
    window: Window,
    filter: Option<LineageFilter>,
) -> Result<Vec<(u32, Usage)>> {
    let when = When::from(as_of);
    let mut listed = app(ctx).catalog.listed_datasets().await.map_err(ApiError::from)?;
    let predicate = predicate(ctx, filter.as_ref()).await?;
    let passes = |dataset: u32| predicate.as_ref().is_none_or(|filter| filter.test(graph, Node::Dataset(dataset)));
    listed.retain(|&dataset| !graph.is_temporary(dataset) && !graph.is_dropped(dataset, when) && passes(dataset));
    let unread: Vec<u32> =
        listed.iter().copied().filter(|&dataset| activity.read(graph, dataset).is_none_or(|at| at < window.from)).collect();
    let known = known_since(ctx, graph, &unread).await?;
    listed.retain(|dataset| as_of.is_none_or(|moment| known.get(dataset).is_none_or(|&since| since <= moment)));
    let (of, times) = (graph.clone(), activity.clone());
    off_thread(ctx, move || {
        let judge = |dataset: u32| {
            let last = times.read(&of, dataset);
            let declared = last.is_none_or(|at| at < window.from) && is_declared_read(&of, dataset, when);
            (dataset, window.judge(Reads { known: known.get(&dataset).copied(), last, declared }))
        };
        listed.into_iter().map(judge).collect()
    })
    .await
}

/// Datasets by their usage.
pub async fn dead_datasets(ctx: &Context<'_>, question: UsageQuestion, wanted: &[DatasetUsage]) -> Result<DeadDatasetConnection> {
    let first = page::length(question.first)?;
    let list = page::list(ctx, ListKind::DeadDatasets)?;
    let completeness = completeness(ctx).into();
    let window = window(ctx, &question).await?;
    let as_of = question.as_of();
    let (graph, activity) = (app(ctx).graph(), activity(ctx, as_of).await?);
    let mut found = usages(ctx, (&graph, as_of), &activity, window, question.filter).await?;
    found.retain(|(_, usage)| wanted.contains(&(*usage).into()));
    let found = by_name(ctx, found, |(dataset, _)| *dataset).await?;
    let (mut items, total) = page::slice(list, found, first, question.after.as_deref())?;
    let has_next_page = items.len() > first;
    items.truncate(first);
    let rows = load(ctx).load_many(items.iter().map(|(_, (dataset, _))| DatasetNumber(*dataset))).await?;
    let mut edges = Vec::with_capacity(items.len());
    for (place, (dataset, usage)) in items {
        let Some(row) = rows.get(&DatasetNumber(dataset)) else { continue };
        let write: Option<Write> = activity.write(&graph, dataset);
        let node = DatasetUse {
            dataset: Dataset(row.clone()),
            usage: usage.into(),
            last_read_at: activity.read(&graph, dataset).map(DateTime::from),
            last_write: good_write(ctx, (&graph, as_of), dataset, write).await?,
        };
        edges.push(DatasetUseEdge { cursor: list.cursor(&place), node });
    }
    let page_info = PageInfo {
        has_next_page,
        has_previous_page: question.after.is_some(),
        start_cursor: edges.first().map(|edge| edge.cursor.clone()),
        end_cursor: edges.last().map(|edge| edge.cursor.clone()),
    };
    let (window, graph_version) = (window.into(), graph.seq().into());
    Ok(DeadDatasetConnection { window, total_count: count(total), edges, page_info, graph_version, completeness })
}

/// The same in order of namespace and name of a dataset.
pub async fn by_name<T>(ctx: &Context<'_>, items: Vec<T>, dataset: fn(&T) -> u32) -> Result<Vec<T>> {
    let mut numbers: Vec<u32> = items.iter().map(dataset).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let names = app(ctx).catalog.names_of(&numbers).await.map_err(ApiError::from)?;
    let names: HashMap<u32, (String, String)> = names.into_iter().map(|row| (row.number, (row.namespace, row.name))).collect();
    let mut named: Vec<_> = items.into_iter().map(|item| (names.get(&dataset(&item)).cloned(), item)).collect();
    named.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(named.into_iter().map(|(_, item)| item).collect())
}
