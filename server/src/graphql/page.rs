//! Pages: connections with exact totals and opaque cursors.

use super::error::{ApiError, Result, bad_input};
use super::scalar::{Long, count};
use super::types::{Dataset, DatasetRunEdge, ImpactItem, Job, Producer, QuarantinedEvent, Run, SinglePoint, Staleness, StitchingGroup};
use crate::asked::{List, ListKind, PagePlace};
use async_graphql::{Context, Name, OutputType, SimpleObject, Value};
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

/// The list that a field of the root answers with: a cursor of it is refused by a field with other arguments.
pub fn list(ctx: &Context<'_>, kind: ListKind) -> Result<List> {
    list_of(ctx, kind, "")
}

/// The list of a field of something, which its derived id or its own question names: a cursor of it is refused by the same
/// field of something else.
pub fn list_of(ctx: &Context<'_>, kind: ListKind, parent: &str) -> Result<List> {
    let asked = arguments(ctx, |name| name == "first" || name == kind.argument())?;
    Ok(List::new(kind, &format!("{parent}\n{asked}")))
}

/// All arguments of a field, in a form that does not change with how they are written.
pub fn question(ctx: &Context<'_>) -> Result<String> {
    arguments(ctx, |_| false)
}

fn arguments(ctx: &Context<'_>, is_left_out: impl Fn(&str) -> bool) -> Result<String> {
    let given = ctx.field().arguments()?.into_iter().filter(|(name, value)| !is_left_out(name) && *value != Value::Null);
    let mut written: Vec<String> = given.map(|(name, value)| format!("{name}: {}", canonical(value))).collect();
    written.sort();
    Ok(written.join("\n"))
}

/// The same text however it was sent: a word of an enum comes as a string in variables, null is what was left out, and the
/// members of an object have no order.
fn canonical(value: Value) -> Value {
    match value {
        Value::Enum(word) => Value::String(word.to_string()),
        Value::List(items) => Value::List(items.into_iter().map(canonical).collect()),
        Value::Object(members) => {
            let mut members: Vec<(Name, Value)> =
                members.into_iter().filter(|(_, value)| *value != Value::Null).map(|(name, value)| (name, canonical(value))).collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(members.into_iter().collect())
        }
        value => value,
    }
}

/// The place of a cursor that the list made.
pub fn place<T: DeserializeOwned>(list: List, cursor: Option<&str>) -> Result<Option<T>> {
    Ok(list.place(cursor).map_err(ApiError::from)?)
}

/// A connection of items that were read one more than asked for.
pub fn connection<T, P>(list: List, total: u64, first: usize, after: Option<&str>, items: Vec<(P, T)>) -> Connection<Edge<T>>
where
    T: OutputType,
    P: Serialize,
    Edge<T>: OutputType,
{
    let edges = items.into_iter().map(|(place, node)| Edge { cursor: list.cursor(&place), node }).collect();
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
pub fn start(list: List, after: Option<&str>) -> Result<u64> {
    Ok(place::<u64>(list, after)?.map_or(0, |place| place.saturating_add(1)))
}

/// A page of a list that is at hand whole.
pub fn slice<T>(list: List, all: Vec<T>, first: usize, after: Option<&str>) -> Result<(Vec<(u64, T)>, u64)> {
    let total = all.len() as u64;
    let start = start(list, after)?;
    let items = all.into_iter().enumerate().skip(start as usize).take(first + 1).map(|(i, item)| (i as u64, item)).collect();
    Ok((items, total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_question_has_one_form() {
        let sent = |text: &str| Value::from_json(serde_json::from_str(text).unwrap()).unwrap();
        let in_the_text = Value::Object(
            [("b", Value::Enum(Name::new("UP"))), ("c", Value::Null), ("a", Value::List(vec![1.into(), Value::Null]))]
                .into_iter()
                .map(|(name, value)| (Name::new(name), value))
                .collect(),
        );
        let as_variable = sent(r#"{"a": [1, null], "b": "UP"}"#);
        assert_eq!(canonical(in_the_text).to_string(), canonical(as_variable.clone()).to_string());
        assert_ne!(canonical(as_variable).to_string(), canonical(sent(r#"{"a": [null, 1], "b": "UP"}"#)).to_string());
    }
}
