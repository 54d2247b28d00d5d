//! Long lists, answered piece by piece. The library begins all items of a list at once, and an item that has begun takes
//! kilobytes until it is done: of a hundred thousand only some hundreds need to be under way.

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};
use futures_util::future::try_join_all;
use std::borrow::Cow;

/// Items at once: their loaders make one statement of what all of them need.
const PIECE: usize = 500;

/// A list whose items are answered some at a time, in its order.
pub struct Pieces<T>(pub Vec<T>);

impl<T> FromIterator<T> for Pieces<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<T: OutputType> OutputType for Pieces<T> {
    fn type_name() -> Cow<'static, str> {
        <Vec<T> as OutputType>::type_name()
    }

    fn qualified_type_name() -> String {
        <Vec<T> as OutputType>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <Vec<T> as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let mut values = Vec::with_capacity(self.0.len());
        for piece in self.0.chunks(PIECE) {
            let start = values.len();
            let items = piece.iter().enumerate().map(|(place, item)| async move {
                let ctx = ctx.with_index(start + place);
                item.resolve(&ctx, field).await.map_err(|error| ctx.set_error_path(error))
            });
            values.extend(try_join_all(items).await?);
        }
        Ok(Value::List(values))
    }
}
