//! Pages: connections with exact totals and opaque cursors.

use super::error::{ApiError, Result, bad_input};
use super::scalar::{Long, count};
use super::types::{Dataset, DatasetRunEdge, ImpactItem, Job, Producer, QuarantinedEvent, Run, SinglePoint, Staleness, StitchingGroup};
use crate::asked::{self, PagePlace};
use async_graphql::{OutputType, SimpleObject};
use serde::{Serialize, de::DeserializeOwned};

/// Longest page.
pub const MAX_PAGE: i32 = 1000;

/// Where a page stands in its list.
#[derive(SimpleObject, Clone, Debug, Default)]
pub struct PageInfo {
    /// More after this page.
    pub has_next_page: bool,
    /// Something before this page.
    pub has_previous_page: bool,
    /// Cursor of the first item.
    pub start_cursor: Option<String>,
    /// Cursor of the last item; `after` takes it.
    pub end_cursor: Option<String>,
}

impl From<PagePlace> for PageInfo {
    fn from(place: PagePlace) -> Self {
        Self { has_next_page: place.has_next, has_previous_page: place.has_previous, start_cursor: place.start, end_cursor: place.end }
    }
}

/// An item and its place.
#[derive(SimpleObject)]
#[graphql(concrete(name = "DatasetEdge", params(Dataset)))]
#[graphql(concrete(name = "JobEdge", params(Job)))]
#[graphql(concrete(name = "RunEdge", params(Run)))]
#[graphql(concrete(name = "QuarantineEdge", params(QuarantinedEvent)))]
#[graphql(concrete(name = "StitchingEdge", params(StitchingGroup)))]
#[graphql(concrete(name = "ProducerEdge", params(Producer)))]
#[graphql(concrete(name = "StalenessEdge", params(Staleness)))]
#[graphql(concrete(name = "SinglePointEdge", params(SinglePoint)))]
#[graphql(concrete(name = "ImpactEdge", params(ImpactItem)))]
pub struct Edge<T: OutputType> {
    /// Opaque; `after` takes it.
    pub cursor: String,
    /// The item.
    pub node: T,
}

/// A page with the exact number of all items.
#[derive(SimpleObject)]
#[graphql(concrete(name = "DatasetConnection", params("Edge<Dataset>")))]
#[graphql(concrete(name = "JobConnection", params("Edge<Job>")))]
#[graphql(concrete(name = "RunConnection", params("Edge<Run>")))]
#[graphql(concrete(name = "DatasetRunConnection", params(DatasetRunEdge)))]
#[graphql(concrete(name = "QuarantineConnection", params("Edge<QuarantinedEvent>")))]
#[graphql(concrete(name = "StitchingConnection", params("Edge<StitchingGroup>")))]
#[graphql(concrete(name = "ProducerConnection", params("Edge<Producer>")))]
#[graphql(concrete(name = "StalenessConnection", params("Edge<Staleness>")))]
#[graphql(concrete(name = "SinglePointConnection", params("Edge<SinglePoint>")))]
#[graphql(concrete(name = "ImpactConnection", params("Edge<ImpactItem>")))]
pub struct Connection<E: OutputType> {
    /// All items, on whatever page.
    pub total_count: Long,
    /// This page.
    pub edges: Vec<E>,
    /// Where it stands.
    pub page_info: PageInfo,
}

/// The length of a page, checked.
pub fn length(first: i32) -> Result<usize> {
    if !(0..=MAX_PAGE).contains(&first) {
        return Err(bad_input(format!("first must be between 0 and {MAX_PAGE}")));
    }
    Ok(first as usize)
}

/// A place in a list as an opaque cursor.
pub fn cursor(place: &impl Serialize) -> String {
    asked::cursor(place)
}

/// The place of a cursor that `cursor` made.
pub fn place<T: DeserializeOwned>(cursor: Option<&str>) -> Result<Option<T>> {
    Ok(asked::place(cursor).map_err(ApiError::from)?)
}

/// A connection of items that were read one more than asked for.
pub fn connection<T, P>(total: u64, first: usize, after: Option<&str>, items: Vec<(P, T)>) -> Connection<Edge<T>>
where
    T: OutputType,
    P: Serialize,
    Edge<T>: OutputType,
{
    let edges = items.into_iter().map(|(place, node)| Edge { cursor: cursor(&place), node }).collect();
    edges_page(total, first, after, edges, |edge| &edge.cursor)
}

/// Like `connection`, for edges that say more than their node.
pub fn edges_page<E: OutputType>(
    total: u64,
    first: usize,
    after: Option<&str>,
    mut edges: Vec<E>,
    cursor: fn(&E) -> &String,
) -> Connection<E> {
    let has_next_page = edges.len() > first;
    edges.truncate(first);
    let page_info = PageInfo {
        has_next_page,
        has_previous_page: after.is_some(),
        start_cursor: edges.first().map(|edge| cursor(edge).clone()),
        end_cursor: edges.last().map(|edge| cursor(edge).clone()),
    };
    Connection { total_count: count(total), edges, page_info }
}

/// The place that a page begins at.
pub fn start(after: Option<&str>) -> Result<u64> {
    Ok(place::<u64>(after)?.map_or(0, |place| place + 1))
}

/// A page of a list that is at hand whole.
pub fn slice<T>(all: Vec<T>, first: usize, after: Option<&str>) -> Result<(Vec<(u64, T)>, u64)> {
    let total = all.len() as u64;
    let start = start(after)?;
    let items = all.into_iter().enumerate().skip(start as usize).take(first + 1).map(|(i, item)| (i as u64, item)).collect();
    Ok((items, total))
}
