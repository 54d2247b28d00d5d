//! Pages of lists that are at hand whole. Cursors hold the place in the order, so that a page goes on where the one before
//! ended even when the list has changed between.

use super::{Result, wrong};
use serde::{Serialize, de::DeserializeOwned};

/// Which part of a list to give.
#[derive(Clone, Debug, Default)]
pub struct PageArguments {
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
pub fn page_of<K, T>(list: Vec<(K, T)>, page: &PageArguments, limit: usize) -> Result<(Vec<(K, T)>, PagePlace)>
where
    K: Ord + Serialize + DeserializeOwned,
{
    let first = page.first.map_or(limit, |first| first.min(limit));
    let after: Option<K> = place(page.after.as_deref())?;
    let start = after.map_or(0, |after| list.partition_point(|(key, _)| *key <= after));
    let has_next = list.len() > start.saturating_add(first);
    let listed: Vec<(K, T)> = list.into_iter().skip(start).take(first).collect();
    let at = |item: Option<&(K, T)>| item.map(|(key, _)| cursor(key));
    let place = PagePlace { has_next, has_previous: start > 0, start: at(listed.first()), end: at(listed.last()) };
    Ok((listed, place))
}

/// A place in a list as an opaque cursor.
pub fn cursor(place: &impl Serialize) -> String {
    let bytes = postcard::to_stdvec(place).unwrap_or_default();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The place of a cursor that `cursor` made.
pub fn place<T: DeserializeOwned>(cursor: Option<&str>) -> Result<Option<T>> {
    let Some(text) = cursor else { return Ok(None) };
    let bytes: Option<Vec<u8>> = (0..text.len()).step_by(2).map(|i| u8::from_str_radix(text.get(i..i + 2)?, 16).ok()).collect();
    let place = bytes.and_then(|bytes| postcard::from_bytes(&bytes).ok());
    place.map(Some).ok_or_else(|| wrong("after is not a cursor of this list"))
}
