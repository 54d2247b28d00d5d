//! Pages of lists that are at hand whole. Cursors hold the place in the order, so that a page goes on where the one before
//! ended even when the list has changed between. What a cursor looks like is `cursor`'s.

use super::Result;
use super::cursor::List;
use serde::{Serialize, de::DeserializeOwned};

/// Which part of a list to give.
#[derive(Clone, Debug, Default)]
pub struct PageArguments {
    /// Which list, for its cursors.
    pub list: List,
    /// How many items; as many as one answer may list when left out.
    pub first: Option<usize>,
    /// Where the page before ended.
    pub after: Option<String>,
}

/// Where a page stands in its list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PagePlace {
    /// More after this page.
    pub has_next: bool,
    /// Something before this page.
    pub has_previous: bool,
    /// Cursor of the first item.
    pub start: Option<String>,
    /// Cursor of the last item.
    pub end: Option<String>,
}

/// A page of a list in the order of its keys.
pub fn page_of<K, T>(list: Vec<T>, key: impl Fn(&T) -> K, page: &PageArguments, limit: usize) -> Result<(Vec<T>, PagePlace)>
where
    K: Ord + Serialize + DeserializeOwned,
{
    let first = page.first.map_or(limit, |first| first.min(limit));
    let after: Option<K> = page.list.place(page.after.as_deref())?;
    let start = after.map_or(0, |after| list.partition_point(|item| key(item) <= after));
    let has_next = list.len() > start.saturating_add(first);
    let listed: Vec<T> = list.into_iter().skip(start).take(first).collect();
    let at = |item: Option<&T>| item.map(|item| page.list.cursor(&key(item)));
    let place = PagePlace { has_next, has_previous: start > 0, start: at(listed.first()), end: at(listed.last()) };
    Ok((listed, place))
}
