//! Answers lineage fields: the engine's answer, paged, named, and with words for what was cut.

use super::lineage::{Lineage, LineageGranularity, LineageNode};
use super::lineage_group::grouped;
use super::lineage_named::Named;
use super::lineage_start::Start;
use crate::graph::{Node, When};
use crate::graphql::error::{Result, bad_input};
use crate::graphql::load::app;
use crate::graphql::page::{self, PageInfo};
use crate::graphql::scalar::{DateTime, count};
use crate::lineage::answer::{Answer, AnswerEdge, Vertex};
use crate::lineage::ask;
use crate::lineage::question::{Granularity, Question};
use async_graphql::{Context, ID, InputObject};
use std::collections::{HashMap, HashSet};

/// From one instant to another, both included.
#[derive(InputObject)]
pub struct TimeWindow {
    /// Its begin.
    from: DateTime,
    /// Its end.
    to: DateTime,
}

/// The time that a question is about: an instant, a window, or now.
pub fn when(as_of: Option<DateTime>, window: Option<TimeWindow>) -> Result<When> {
    match (as_of, window) {
        (Some(_), Some(_)) => Err(bad_input("give asOf or window, not both")),
        (_, Some(window)) if window.from.0.0 > window.to.0.0 => Err(bad_input("window ends before it begins")),
        (_, Some(window)) => Ok(When::During(window.from.0.0, window.to.0.0)),
        (at, None) => Ok(at.map(|at| at.0.0).into()),
    }
}

/// A depth, checked.
pub fn depth(depth: Option<i32>) -> Result<Option<u32>> {
    depth.map(|depth| u32::try_from(depth).map_err(|_| bad_input("a depth must not be negative"))).transpose()
}

/// Which part of the answer to list.
#[derive(Clone, Default)]
pub struct PageArguments {
    /// How many nodes; everything that one answer may list when left out.
    pub first: Option<i32>,
    /// Where the page before ended.
    pub after: Option<String>,
}

/// Answers a lineage field.
pub async fn lineage(
    ctx: &Context<'_>,
    start: Start,
    question: Question,
    granularity: LineageGranularity,
    page: PageArguments,
) -> Result<Lineage> {
    let graph = app(ctx).graph();
    let limit = app(ctx).limits.answer_items;
    let Question { start: starts, upstream_start, .. } = start.question();
    let is_grouped = !matches!(granularity, LineageGranularity::Dataset | LineageGranularity::Column | LineageGranularity::Job);
    let needs_edges = is_grouped || ctx.look_ahead().field("edges").exists();
    let question = Question {
        start: starts.clone(),
        upstream_start,
        granularity: engine_granularity(granularity),
        reckon: is_asked(ctx, &["pathCount", "longestDistance", "onCycle", "confidence", "via"]),
        outcomes: granularity == LineageGranularity::Column && is_asked(ctx, &["outcomes", "masked"]),
        max_edges: Some(if needs_edges { limit } else { 0 }),
        ..question
    };
    let answer = off_thread(move || ask(&graph, &question)).await?;
    let mut lineage = match is_grouped {
        false => listed(ctx, answer, page, limit).await?,
        true => grouped(ctx, answer, granularity, page, limit).await?,
    };
    lineage.start = start_id(ctx, &starts).await?;
    if lineage.complete && !start.unknown.is_empty() {
        lineage.complete = false;
        lineage.truncated_because = Some(format!("not known here: {}", start.unknown.join(", ")));
    }
    lineage.unknown = start.unknown;
    Ok(lineage)
}

fn engine_granularity(granularity: LineageGranularity) -> Granularity {
    match granularity {
        LineageGranularity::Column => Granularity::Column,
        LineageGranularity::Job => Granularity::Job,
        _ => Granularity::Dataset,
    }
}

async fn start_id(ctx: &Context<'_>, starts: &[Vertex]) -> Result<Option<ID>> {
    let [start] = starts else { return Ok(None) };
    Ok(Named::load(ctx, [start.node()]).await?.id(start))
}

async fn listed(ctx: &Context<'_>, mut answer: Answer, page: PageArguments, limit: usize) -> Result<Lineage> {
    let total = answer.nodes.len();
    let counted = |kind: fn(&Vertex) -> bool| count(answer.nodes.iter().filter(|(vertex, _)| kind(vertex)).count());
    let dataset_count = counted(|vertex| matches!(vertex, Vertex::Dataset(_)));
    let job_count = counted(|vertex| matches!(vertex, Vertex::Job(_)));
    let column_count = counted(|vertex| matches!(vertex, Vertex::Column(..)));
    let distances: HashMap<Vertex, u32> = if answer.edges.is_empty() { HashMap::new() } else { answer.nodes.iter().cloned().collect() };
    let is_paged = page.first.is_some();
    let keyed = answer.nodes.into_iter().map(|(vertex, distance)| ((distance, key(&vertex)), vertex)).collect();
    let (nodes, page_info) = page_of(keyed, &page, limit)?;
    let on_page: HashSet<&Vertex> = nodes.iter().map(|(_, vertex)| vertex).collect();
    // On a page the edge belongs to its farther end, so that every edge is on exactly one page.
    let far = |edge: &AnswerEdge| if distances.get(&edge.from) > distances.get(&edge.to) { edge.from.clone() } else { edge.to.clone() };
    answer.edges.retain(|edge| on_page.contains(&far(edge)));
    let too_many_edges = answer.edges.len() > limit || !answer.all_edges;
    answer.edges.truncate(limit);
    let truncated_because = if !is_paged && page_info.has_next_page {
        Some(format!("the answer has {total} nodes and lists {limit}; page through it with first and after"))
    } else if too_many_edges {
        Some(format!("the answer has more than {limit} edges; ask for a smaller maxDepth, or page through it with first and after"))
    } else {
        None
    };
    let jobs = answer.edges.iter().filter_map(|edge| edge.job.map(Node::Job));
    let ends = answer.edges.iter().flat_map(|edge| [edge.from.node(), edge.to.node()]);
    let named = Named::load(ctx, nodes.iter().map(|(_, vertex)| vertex.node()).chain(jobs).chain(ends)).await?;
    let node = |((distance, _), vertex): ((u32, Key), Vertex)| {
        Some(LineageNode {
            distance: count(distance),
            node: named.entity(&vertex)?,
            outcomes: answer.outcomes.get(&vertex).copied(),
            reckoned: answer.reckoned.remove(&vertex),
        })
    };
    Ok(Lineage {
        start: None,
        unknown: Vec::new(),
        total_count: count(total),
        dataset_count,
        job_count,
        column_count,
        complete: truncated_because.is_none(),
        truncated_because,
        graph_version: answer.version.into(),
        nodes: nodes.into_iter().filter_map(node).collect(),
        edges: answer.edges.into_iter().filter_map(|edge| named.edge(edge)).collect(),
        page_info,
    })
}

/// A vertex as cursors know it.
type Key = (u8, u32, Option<String>);

fn key(vertex: &Vertex) -> Key {
    match vertex {
        Vertex::Dataset(number) => (0, *number, None),
        Vertex::Job(number) => (1, *number, None),
        Vertex::Column(dataset, name) => (2, *dataset, Some(name.to_string())),
    }
}

/// A page of a list in the order of its keys. Cursors hold the key, so that a page goes on where the one
/// before ended even when the graph has changed between.
pub fn page_of<K, T>(list: Vec<(K, T)>, page: &PageArguments, limit: usize) -> Result<(Vec<(K, T)>, PageInfo)>
where
    K: Ord + serde::Serialize + serde::de::DeserializeOwned,
{
    let first = match page.first {
        Some(first) => usize::try_from(first).map_err(|_| bad_input("first must not be negative"))?.min(limit),
        None => limit,
    };
    let after: Option<K> = page::place(page.after.as_deref())?;
    let start = after.map_or(0, |after| list.partition_point(|(key, _)| *key <= after));
    let has_next_page = list.len() > start.saturating_add(first);
    let listed: Vec<(K, T)> = list.into_iter().skip(start).take(first).collect();
    let cursor = |item: Option<&(K, T)>| item.map(|(key, _)| page::cursor(key));
    let page_info =
        PageInfo { has_next_page, has_previous_page: start > 0, start_cursor: cursor(listed.first()), end_cursor: cursor(listed.last()) };
    Ok((listed, page_info))
}

/// True when one of these fields of the nodes is selected.
fn is_asked(ctx: &Context<'_>, fields: &[&str]) -> bool {
    let nodes = ctx.look_ahead().field("nodes");
    fields.iter().any(|field| nodes.field(field).exists())
}

/// A large walk must not hold up other requests on this thread.
pub async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|_| async_graphql::Error::new("the walk did not finish"))
}
