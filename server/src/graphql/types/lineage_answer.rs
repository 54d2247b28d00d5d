//! Answers lineage fields: the shared answer, with names. What is asked for and how it is cut is `asked`'s.

use super::lineage::{Lineage, LineageEdge, LineageEntity, LineageGroup, LineageNode};
use super::lineage_named::Named;
use crate::asked::{self, Asked, GroupLink, Groups, Items, LineageFilter, LineageGranularity, ListKind, PageArguments, Start, Things};
use crate::graph::{Node, When};
use crate::graphql::charge::tab;
use crate::graphql::error::{ApiError, Result, bad_input};
use crate::graphql::load::app;
use crate::graphql::page::{self, PageInfo};
use crate::graphql::pieces::Pieces;
use crate::graphql::scalar::{DateTime, count, small};
use crate::graphql::standing::standing;
use crate::lineage::answer::Vertex;
use crate::lineage::question::Question;
use crate::lineage::select::Predicate;
use async_graphql::{Context, ID, InputObject, SelectionField};
use serde::{Serialize, de::DeserializeOwned};

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
    Ok(asked::when(as_of.map(|at| at.0), window.map(|window| (window.from.0, window.to.0))).map_err(ApiError::from)?)
}

/// A depth, checked.
pub fn depth(depth: Option<i32>) -> Result<Option<u32>> {
    depth.map(|depth| u32::try_from(depth).map_err(|_| bad_input("a depth must not be negative"))).transpose()
}

/// Which part of the answer to list, of the root or of the parent that its id names; everything that one answer may list
/// without `first`.
pub fn page(ctx: &Context<'_>, (kind, parent): (ListKind, &str), first: Option<i32>, after: Option<String>) -> Result<PageArguments> {
    let list = page::list_of(ctx, kind, parent)?;
    let first = first.map(|first| usize::try_from(first).map_err(|_| bad_input("first must not be negative"))).transpose()?;
    Ok(PageArguments { list, first, after })
}

/// What a filter means in the catalog's numbers.
pub async fn predicate(ctx: &Context<'_>, filter: Option<&LineageFilter>) -> Result<Option<Predicate>> {
    match filter {
        Some(filter) => Ok(Some(filter.resolve(app(ctx)).await.map_err(ApiError::from)?)),
        None => Ok(None),
    }
}

/// Answers a lineage field. What its nodes say beside their distance is only reckoned when it is selected.
pub async fn lineage(
    ctx: &Context<'_>,
    start: Start,
    question: Question,
    granularity: LineageGranularity,
    page: PageArguments,
) -> Result<Lineage> {
    let question = Question {
        reckon: is_asked(ctx, &["pathCount", "longestDistance", "onCycle", "confidence", "via"]),
        outcomes: granularity == LineageGranularity::Column && is_asked(ctx, &["outcomes", "masked"]),
        max_edges: if ctx.look_ahead().field("edges").exists() { None } else { Some(0) },
        ..question
    };
    let asked = Asked { start, granularity, question };
    let look = ctx.look_ahead();
    let lists = ["nodes", "edges", "pageInfo"].iter().any(|list| look.field(list).exists());
    let listed = if lists {
        room(ctx, &asked, &page).await?;
        asked.listed(app(ctx), standing(ctx), &page).await
    } else {
        asked.counted(app(ctx), standing(ctx), &page).await
    };
    let listed = listed.map_err(ApiError::from)?;
    let (nodes, edges) = match listed.items {
        Items::Things(things) => named(ctx, things).await?,
        Items::Groups(groups) => headed(groups),
    };
    Ok(Lineage {
        start: start_id(ctx, &listed.starts).await?,
        unknown: listed.unknown,
        total_count: count(listed.totals.nodes),
        dataset_count: count(listed.totals.datasets),
        job_count: count(listed.totals.jobs),
        column_count: count(listed.totals.columns),
        completeness: listed.completeness.into(),
        graph_version: listed.version.into(),
        nodes: Pieces(nodes),
        edges: Pieces(edges),
        page_info: listed.place.into(),
    })
}

/// Answers of at most so many nodes are put together without counting them first.
const SMALL: usize = 1000;
/// Bytes of text that a field of a node or an edge makes, and of memory until it is text.
const FIELD: (usize, usize) = (24, 200);
/// Bytes of memory of a node or an edge beside its fields.
const ITEM: usize = 600;

/// Takes the memory that a large answer will need, before it is walked for.
async fn room(ctx: &Context<'_>, asked: &Asked, page: &PageArguments) -> Result<()> {
    let limit = app(ctx).limits.answer_items;
    let listed = page.first.unwrap_or(limit).min(limit);
    if listed <= SMALL || app(ctx).graph().size() <= SMALL {
        return Ok(());
    }
    let nodes = asked.count(app(ctx)).await.map_err(ApiError::from)?.nodes().min(listed);
    if nodes <= SMALL {
        return Ok(());
    }
    let fields = |name: &str| ctx.field().selection_set().filter(|field| field.name() == name).map(leaves).sum::<usize>();
    let has_edges = ctx.look_ahead().field("edges").exists();
    let (of_node, of_edge) = (fields("nodes"), fields("edges"));
    // There are seldom fewer edges than nodes, or many more.
    let cost = |field: usize| nodes * (of_node * field + if has_edges { of_edge * field } else { 0 });
    let items = nodes * if has_edges { 2 } else { 1 };
    Ok(tab(ctx).take(cost(FIELD.0), cost(FIELD.1) + items * ITEM).await?)
}

/// Fields that have a value of their own.
fn leaves(field: SelectionField<'_>) -> usize {
    field.selection_set().map(leaves).sum::<usize>().max(1)
}

async fn start_id(ctx: &Context<'_>, starts: &[Vertex]) -> Result<Option<ID>> {
    let [start] = starts else { return Ok(None) };
    Ok(Named::load(ctx, [start.node()]).await?.id(start))
}

async fn named(ctx: &Context<'_>, things: Things) -> Result<(Vec<LineageNode>, Vec<LineageEdge>)> {
    let Things { nodes, edges } = things;
    let jobs = edges.iter().filter_map(|edge| edge.job.map(Node::Job));
    let ends = edges.iter().flat_map(|edge| [edge.from.node(), edge.to.node()]);
    let named = Named::load(ctx, nodes.iter().map(|thing| thing.vertex.node()).chain(jobs).chain(ends)).await?;
    let nodes = nodes.into_iter().filter_map(|thing| {
        let (distance, node) = (small(thing.distance), named.entity(&thing.vertex)?);
        Some(LineageNode { distance, node, reckoned: thing.reckoned, outcomes: thing.outcomes })
    });
    let nodes = nodes.collect();
    Ok((nodes, edges.into_iter().filter_map(|edge| named.edge(edge)).collect()))
}

fn headed(groups: Groups) -> (Vec<LineageNode>, Vec<LineageEdge>) {
    let Groups { by, nodes, edges } = groups;
    let nodes = nodes.into_iter().map(|node| LineageNode {
        distance: small(node.group.distance),
        node: LineageEntity::Group(LineageGroup {
            id: node.heading.id(by).into(),
            by,
            namespace: node.heading.namespace,
            name: node.heading.name,
            dataset_count: count(node.group.datasets),
            inner_edge_count: count(node.group.inner_edges),
        }),
        reckoned: None,
        outcomes: None,
    });
    (nodes.collect(), edges.iter().map(|link| group_edge(by, link)).collect())
}

fn group_edge(by: LineageGranularity, GroupLink { from, to, edge }: &GroupLink) -> LineageEdge {
    LineageEdge {
        from: from.id(by).into(),
        to: to.id(by).into(),
        job: None,
        basis: edge.basis.into(),
        origin: None,
        first_seen: edge.first.into(),
        last_seen: edge.last.into(),
        confidence: edge.confidence.into(),
        transformations: Vec::new(),
        column_level: false,
        count: count(edge.pairs),
        owner: None,
        declared: None,
        ends: None,
        handed_over: Vec::new(),
    }
}

/// A page of a list in the order of its keys.
pub fn page_of<K, T>(list: Vec<T>, key: impl Fn(&T) -> K, page: &PageArguments, limit: usize) -> Result<(Vec<T>, PageInfo)>
where
    K: Ord + Serialize + DeserializeOwned,
{
    let (listed, place) = asked::page_of(list, key, page, limit).map_err(ApiError::from)?;
    Ok((listed, place.into()))
}

/// True when one of these fields of the nodes is selected.
fn is_asked(ctx: &Context<'_>, fields: &[&str]) -> bool {
    let nodes = ctx.look_ahead().field("nodes");
    fields.iter().any(|field| nodes.field(field).exists())
}

/// A large walk must not hold up other requests on this thread.
pub async fn off_thread<T: Send + 'static>(ctx: &Context<'_>, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    Ok(app(ctx).work.walk(work).await.map_err(ApiError::from)?)
}
