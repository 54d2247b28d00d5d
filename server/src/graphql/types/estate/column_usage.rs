//! Whether anybody uses columns.

use super::usage::{ReadWindow, UsageQuestion, by_name, usages, window};
use crate::asked::ListKind;
use crate::completeness::CompletenessFields;
use crate::estate::dead::{self, Seen, Usage, judge_column, tells_columns};
use crate::graph::{ColumnAnswer, ColumnNode, ColumnQuestion, Direction, Graph, When, walk_columns};
use crate::graphql::error::{ApiError, Result};
use crate::graphql::load::{DatasetNumber, app, load};
use crate::graphql::page::{self, PageInfo};
use crate::graphql::scalar::{Long, count};
use crate::graphql::standing::completeness;
use crate::graphql::types::Column;
use crate::graphql::types::column::columns_at;
use crate::graphql::types::freshness::activity;
use async_graphql::{Context, Enum, SimpleObject};
use std::collections::HashMap;

/// Datasets whose columns are looked up at a time.
const CHUNK: usize = 512;

/// Whether a column is used.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "dead::ColumnUsage")]
pub enum ColumnUsage {
    /// Every reader of the dataset in the window says which columns it uses, and none names this one.
    Dead,
    /// Some reader does not say which columns it uses, or nobody read the dataset, or reads are not watched for as long.
    Unknown,
    /// Its value, or a condition on it, is used.
    Used,
}

/// A column and whether it is used.
#[derive(SimpleObject)]
pub struct ColumnUse {
    /// Which.
    column: Column,
    /// Whether it is used.
    usage: ColumnUsage,
}

/// A column and its place.
#[derive(SimpleObject)]
pub struct ColumnUseEdge {
    /// Opaque; `after` takes it.
    cursor: String,
    /// The item.
    node: ColumnUse,
}

/// A page with the exact number of all items.
#[derive(SimpleObject)]
pub struct DeadColumnConnection {
    /// The evidence.
    window: ReadWindow,
    /// Datasets of which every reader in the window says which columns it uses: only there is anything called dead.
    covered_datasets: Long,
    /// All items, on whatever page.
    total_count: Long,
    /// This page.
    edges: Vec<ColumnUseEdge>,
    /// Where it stands.
    page_info: PageInfo,
    #[graphql(flatten)]
    completeness: CompletenessFields,
    /// Log sequence that the lineage holds for.
    graph_version: Long,
}

/// Columns by their usage.
pub async fn dead_columns(ctx: &Context<'_>, question: UsageQuestion, wanted: &[ColumnUsage]) -> Result<DeadColumnConnection> {
    let first = page::length(question.first)?;
    let list = page::list(ctx, ListKind::DeadColumns)?;
    let completeness = completeness(ctx).into();
    let window = window(ctx, &question).await?;
    let as_of = question.as_of();
    let when = When::from(as_of);
    let (graph, activity) = (app(ctx).graph(), activity(ctx, as_of).await?);
    let reads = reads_by_job(ctx, &graph, as_of).await?;
    let seen = Seen { window: &window, reads: &reads };
    let datasets = usages(ctx, (&graph, as_of), &activity, window, question.filter).await?;
    let datasets = by_name(ctx, datasets, |(dataset, _)| *dataset).await?;
    let told: Vec<(u32, Usage, bool)> =
        datasets.into_iter().map(|(dataset, usage)| (dataset, usage, tells_columns(&graph, &seen, dataset, when))).collect();
    let covered = told.iter().filter(|(_, usage, told)| *told && *usage == Usage::Used).count();
    // Of the others nothing is ever dead: they are only looked at for columns that are unknown or used.
    let only_dead = wanted.iter().all(|&usage| usage == ColumnUsage::Dead);
    let worth: Vec<_> = told.into_iter().filter(|(_, usage, told)| !only_dead || (*told && *usage == Usage::Used)).collect();
    let mut found = Vec::new();
    for chunk in worth.chunks(CHUNK) {
        let rows = load(ctx).load_many(chunk.iter().map(|(dataset, ..)| DatasetNumber(*dataset))).await?;
        for &(dataset, usage, told) in chunk {
            let Some(row) = rows.get(&DatasetNumber(dataset)) else { continue };
            for column in columns_at(ctx, &graph, row, as_of).await? {
                let judged = judge((&graph, when), &seen, (dataset, usage, told), column.name_str());
                if wanted.contains(&judged) {
                    found.push((column, judged));
                }
            }
        }
    }
    let (mut items, total) = page::slice(list, found, first, question.after.as_deref())?;
    let has_next_page = items.len() > first;
    items.truncate(first);
    let edge = |(place, (column, usage))| ColumnUseEdge { cursor: list.cursor(&place), node: ColumnUse { column, usage } };
    let edges: Vec<ColumnUseEdge> = items.into_iter().map(edge).collect();
    let page_info = PageInfo {
        has_next_page,
        has_previous_page: question.after.is_some(),
        start_cursor: edges.first().map(|edge| edge.cursor.clone()),
        end_cursor: edges.last().map(|edge| edge.cursor.clone()),
    };
    let (window, graph_version) = (window.into(), graph.seq().into());
    let covered_datasets = count(covered);
    Ok(DeadColumnConnection { window, covered_datasets, total_count: count(total), edges, page_info, graph_version, completeness })
}

fn judge((graph, when): (&Graph, When), seen: &Seen<'_>, (dataset, usage, told): (u32, Usage, bool), column: &str) -> ColumnUsage {
    judge_column(seen, usage, told, &first_steps(graph, when, dataset, column)).into()
}

/// The newest read by then of each dataset by each job; now nobody needs it.
async fn reads_by_job(ctx: &Context<'_>, graph: &Graph, as_of: Option<i64>) -> Result<HashMap<(u32, u32), i64>> {
    let mut reads: HashMap<(u32, u32), i64> = HashMap::new();
    let Some(moment) = as_of else { return Ok(reads) };
    for (job, dataset, at) in app(ctx).catalog.last_reads_by_job(moment).await.map_err(ApiError::from)? {
        let known = reads.entry((job, graph.representative(dataset))).or_insert(at);
        *known = at.max(*known);
    }
    Ok(reads)
}

/// Every step from a column: direct or over filters and joins, said or inferred.
fn first_steps(graph: &Graph, when: When, dataset: u32, column: &str) -> ColumnAnswer {
    let all = ColumnQuestion::all(ColumnNode::Column(dataset, column.into()), vec![Direction::Downstream]);
    let question = ColumnQuestion { max_depth: Some(1), when, ..all };
    walk_columns(graph, &question)
}
