//! Search answers: hits are ids from the index, attributes come from the catalog.

use super::column::Column;
use super::dataset::Dataset;
use super::job::Job;
use crate::asked::{List, ListKind};
use crate::completeness::{Completeness, CompletenessFields};
use crate::graphql::error::{ApiError, Result, bad_input};
use crate::graphql::load::{app, datasets_by_id};
use crate::graphql::page::{self, PageInfo};
use crate::graphql::scalar::{Long, count};
use crate::graphql::standing::settle_search;
use crate::search::{Facets, Hit, Kind, SearchQuery};
use async_graphql::{Context, Enum, InputObject, SimpleObject, Union};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// Longest text that is searched for.
const TEXT: usize = 10_000;
/// Farthest hit that can be paged to; beyond it filters serve better.
const FARTHEST: usize = 100_000;
/// Values of one facet that are listed.
const FACET_VALUES: usize = 200;

/// Something found.
#[derive(Union)]
pub enum SearchResult {
    /// A dataset.
    Dataset(Dataset),
    /// A job.
    Job(Job),
    /// A column.
    Column(Column),
}

/// What to find.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum SearchKind {
    /// Datasets.
    Dataset,
    /// Jobs.
    Job,
    /// Columns.
    Column,
}

/// Only hits that have one value of each list given.
#[derive(InputObject, Default)]
pub struct SearchFilter {
    /// Kinds.
    kinds: Option<Vec<SearchKind>>,
    /// Namespaces.
    namespaces: Option<Vec<String>>,
    /// Tags.
    tags: Option<Vec<String>>,
    /// Owners.
    owners: Option<Vec<String>>,
}

/// Hits, best first.
#[derive(SimpleObject)]
pub struct SearchConnection {
    /// All hits, exact.
    total_count: Long,
    /// This page.
    edges: Vec<SearchEdge>,
    /// Where it stands.
    page_info: PageInfo,
    /// Counts over all hits, the 200 most frequent values of each.
    facets: SearchFacets,
    #[graphql(flatten)]
    completeness: CompletenessFields,
}

/// A hit.
#[derive(SimpleObject)]
pub struct SearchEdge {
    /// Opaque; `after` takes it.
    cursor: String,
    /// What was found.
    node: SearchResult,
    /// Larger is better; comparable within one answer only.
    score: f64,
    /// Where the text was found: name, words, dataset, column, description, tag, owner, namespace.
    matched: Vec<String>,
}

/// Counts over all hits.
#[derive(SimpleObject)]
pub struct SearchFacets {
    /// By kind: DATASET, JOB, COLUMN.
    kinds: Vec<FacetCount>,
    /// By namespace.
    namespaces: Vec<FacetCount>,
    /// By tag.
    tags: Vec<FacetCount>,
    /// By owner.
    owners: Vec<FacetCount>,
}

/// A value and how many hits have it.
#[derive(SimpleObject)]
pub struct FacetCount {
    /// The value.
    value: String,
    /// Hits.
    count: Long,
}

/// Answers a search.
pub async fn search(
    ctx: &Context<'_>,
    text: String,
    first: i32,
    after: Option<String>,
    filter: Option<SearchFilter>,
) -> Result<SearchConnection> {
    let first = page::length(first)?;
    let list = page::list(ctx, ListKind::Search)?;
    if text.len() > TEXT {
        return Err(bad_input(format!("query is longer than {TEXT} bytes")));
    }
    let offset = page::place::<u64>(list, after.as_deref())?.map_or(0, |place| (place as usize).saturating_add(1));
    if offset > FARTHEST {
        return Err(bad_input(format!("hits beyond {FARTHEST} cannot be paged to; use a filter")));
    }
    let completeness = Completeness::of(settle_search(ctx).await).into();
    let filter = filter.unwrap_or_default();
    let question = SearchQuery {
        text,
        kinds: filter.kinds.unwrap_or_default().into_iter().map(kind).collect(),
        namespaces: filter.namespaces.unwrap_or_default(),
        tags: filter.tags.unwrap_or_default(),
        owners: filter.owners.unwrap_or_default(),
        offset,
        limit: first + 1,
    };
    let index = app(ctx).search.clone();
    let answer = tokio::task::spawn_blocking(move || index.search(&question))
        .await
        .map_err(|_| ApiError::Internal("the search did not finish", "a search panicked".into()))?;
    let mut answer = answer.map_err(ApiError::from)?;
    let has_next_page = answer.hits.len() > first;
    answer.hits.truncate(first);
    let edges = edges(ctx, list, answer.hits, offset).await?;
    let page_info = PageInfo {
        has_next_page,
        has_previous_page: offset > 0,
        start_cursor: edges.first().map(|edge| edge.cursor.clone()),
        end_cursor: edges.last().map(|edge| edge.cursor.clone()),
    };
    Ok(SearchConnection { total_count: count(answer.total), edges, page_info, facets: facets(answer.facets), completeness })
}

fn kind(kind: SearchKind) -> Kind {
    match kind {
        SearchKind::Dataset => Kind::Dataset,
        SearchKind::Job => Kind::Job,
        SearchKind::Column => Kind::Column,
    }
}

async fn edges(ctx: &Context<'_>, list: List, hits: Vec<Hit>, offset: usize) -> Result<Vec<SearchEdge>> {
    let ids = |jobs: bool| hits.iter().filter(|hit| (hit.kind == Kind::Job) == jobs).map(|hit| hit.entity).collect::<Vec<Uuid>>();
    let catalog = &app(ctx).catalog;
    let jobs = catalog.jobs_by_id(&ids(true)).await.map_err(ApiError::from)?;
    let mut rows: HashMap<Uuid, Arc<_>> = jobs.into_iter().map(|row| (row.id, Arc::new(row))).collect();
    rows.extend(datasets_by_id(ctx, &ids(false)).await?);
    let mut edges = Vec::with_capacity(hits.len());
    for (i, hit) in hits.into_iter().enumerate() {
        // The index may be a moment ahead or behind; what the catalog does not have is not shown.
        let Some(row) = rows.get(&hit.entity).cloned() else { continue };
        let node = match hit.kind {
            Kind::Dataset => SearchResult::Dataset(Dataset(row)),
            Kind::Job => SearchResult::Job(Job(row)),
            Kind::Column => {
                let found = Column::find(ctx, &row, &hit.name).await?;
                SearchResult::Column(found.unwrap_or_else(|| Column::named(row, &hit.name)))
            }
        };
        let matched = hit.matched.iter().map(ToString::to_string).collect();
        edges.push(SearchEdge { cursor: list.cursor(&((offset + i) as u64)), node, score: f64::from(hit.score), matched });
    }
    Ok(edges)
}

fn facets(facets: Facets) -> SearchFacets {
    let list = |counts: Vec<(String, usize)>| {
        counts.into_iter().take(FACET_VALUES).map(|(value, n)| FacetCount { value, count: count(n) }).collect()
    };
    SearchFacets {
        // As the filter takes them.
        kinds: list(facets.kinds.into_iter().map(|(kind, n)| (kind.to_uppercase(), n)).collect()),
        namespaces: list(facets.namespaces),
        tags: list(facets.tags),
        owners: list(facets.owners),
    }
}
