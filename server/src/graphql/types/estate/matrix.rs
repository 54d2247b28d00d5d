//! Which namespaces feed which.

use crate::asked::ListKind;
use crate::completeness::CompletenessFields;
use crate::estate::matrix::{Cell, matrix};
use crate::graph::When;
use crate::graphql::error::{ApiError, Result};
use crate::graphql::load::{DatasetNumber, app, load};
use crate::graphql::page::{self, PageInfo};
use crate::graphql::scalar::{Long, count};
use crate::graphql::standing::completeness;
use crate::graphql::types::Dataset;
use crate::graphql::types::lineage_answer::off_thread;
use async_graphql::{Context, SimpleObject};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

/// Examples of a cell.
const EXAMPLES: usize = 3;

/// Which namespaces feed which.
#[derive(SimpleObject)]
pub struct NamespaceMatrix {
    /// Namespaces with an edge from or to another one, or within.
    namespace_count: Long,
    /// Edges whose ends are in one namespace.
    inner_edges: Long,
    /// Edges from one namespace to another.
    crossing_edges: Long,
    /// Cells that are not empty, on whatever page.
    total_count: Long,
    /// Cells, those with the most edges first.
    cells: Vec<NamespaceCell>,
    /// Where the page stands.
    page_info: PageInfo,
    #[graphql(flatten)]
    completeness: CompletenessFields,
    /// Log sequence that the lineage holds for.
    graph_version: Long,
}

/// Edges from one namespace to another, or within one.
#[derive(SimpleObject)]
pub struct NamespaceCell {
    /// Data flows from here,
    from: String,
    /// to here.
    to: String,
    /// Pairs of datasets.
    edges: Long,
    /// Some of the pairs, up to three.
    examples: Vec<DatasetPair>,
}

/// Data flows from one dataset to another.
#[derive(SimpleObject)]
pub struct DatasetPair {
    /// From here,
    from: Dataset,
    /// to here.
    to: Dataset,
}

/// The matrix, of edges that held then.
pub async fn namespace_matrix(ctx: &Context<'_>, inner: bool, when: When, first: i32, after: Option<String>) -> Result<NamespaceMatrix> {
    let first = page::length(first)?;
    let list = page::list(ctx, ListKind::NamespaceMatrix)?;
    let completeness = completeness(ctx).into();
    let graph = app(ctx).graph();
    let spaces = app(ctx).catalog.datasets_by_namespace().await.map_err(ApiError::from)?;
    let listed: Vec<u32> = app(ctx).catalog.listed_datasets().await.map_err(ApiError::from)?;
    let of = graph.clone();
    let (spaces, cells) = off_thread(ctx, move || {
        let (names, members): (Vec<String>, Vec<Vec<u32>>) = spaces.into_iter().unzip();
        let group: HashMap<u32, usize> =
            members.into_iter().enumerate().flat_map(|(place, members)| members.into_iter().map(move |dataset| (dataset, place))).collect();
        let cells = matrix(&of, when, &listed, |dataset| group.get(&dataset).copied(), EXAMPLES);
        (names, cells)
    })
    .await?;
    let sum = |within: bool| cells.iter().filter(|((from, to), _)| (from == to) == within).map(|(_, cell)| cell.edges).sum::<u64>();
    let (inner_edges, crossing_edges) = (sum(true), sum(false));
    let namespaces: BTreeSet<usize> = cells.keys().flat_map(|&(from, to)| [from, to]).collect();
    let name = |place: usize| spaces.get(place).cloned().unwrap_or_default();
    let mut found: Vec<((String, String), Cell)> =
        cells.into_iter().filter(|((from, to), _)| inner || from != to).map(|((from, to), cell)| ((name(from), name(to)), cell)).collect();
    found.sort_by(|a, b| (Reverse(a.1.edges), &a.0).cmp(&(Reverse(b.1.edges), &b.0)));
    let (mut items, total) = page::slice(list, found, first, after.as_deref())?;
    let has_next_page = items.len() > first;
    items.truncate(first);
    let numbers: Vec<DatasetNumber> =
        items.iter().flat_map(|(_, (_, cell))| &cell.examples).flat_map(|&(from, to)| [from, to]).map(DatasetNumber).collect();
    let rows = load(ctx).load_many(numbers).await?;
    let dataset = |number: u32| rows.get(&DatasetNumber(number)).cloned().map(Dataset);
    let pair = |&(from, to): &(u32, u32)| Some(DatasetPair { from: dataset(from)?, to: dataset(to)? });
    let (start_cursor, end_cursor) =
        (items.first().map(|(place, _)| list.cursor(place)), items.last().map(|(place, _)| list.cursor(place)));
    let cell = |(_, ((from, to), cell)): (u64, ((String, String), Cell))| NamespaceCell {
        from,
        to,
        edges: cell.edges.into(),
        examples: cell.examples.iter().filter_map(pair).collect(),
    };
    Ok(NamespaceMatrix {
        namespace_count: count(namespaces.len()),
        inner_edges: inner_edges.into(),
        crossing_edges: crossing_edges.into(),
        total_count: count(total),
        cells: items.into_iter().map(cell).collect(),
        page_info: PageInfo { has_next_page, has_previous_page: after.is_some(), start_cursor, end_cursor },
        graph_version: graph.seq().into(),
        completeness,
    })
}
