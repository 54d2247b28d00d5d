//! The GraphQL schema, code first; `schema/schema.graphql` is written from here and checked in.
//! Graph and search answer with numbers and ids; attributes come from the catalog through loaders.

mod bounds;
mod charge;
#[cfg(test)]
mod contract;
mod error;
mod load;
mod mutation;
mod numbers;
mod page;
mod pieces;
mod query;
mod roots;
mod scalar;
mod standing;
mod subscription;
mod types;

pub use bounds::{VALUES, read};
pub use charge::Tab;
pub use error::{ApiError, DAMAGE, TOO_LARGE, finished, has_code, met_damage, refused};
pub use standing::Standing;

use crate::app::App;
use async_graphql::{Schema, SchemaBuilder};
use mutation::Mutation;
use query::Query;
use std::sync::Arc;
use subscription::Live;

/// The schema that requests run on.
pub type ApiSchema = Schema<Query, Mutation, Live>;

/// Deepest nesting of a query; the deepest useful one has ten levels.
const DEPTH: usize = 16;
/// Fields of a query, those inside lists counted with the length asked for.
const COMPLEXITY: usize = 200_000;

/// The schema. Every request brings the app that it asks, see `prepare`: it may be an earlier state, or another set of
/// projections.
pub fn schema() -> ApiSchema {
    builder().finish()
}

/// The schema's text, as it is checked in.
pub fn sdl() -> String {
    builder().finish().sdl()
}

/// What a request needs for itself: fresh loaders, what its answer rests on, and what it takes. A subscription's messages
/// each rest on what there is then, so it brings no standing.
pub fn prepare(app: &Arc<App>, request: async_graphql::Request, standing: Option<&Arc<Standing>>) -> (async_graphql::Request, Tab) {
    let tab = Tab::new(app.clone());
    let mut request = request.data(app.clone()).data(load::loaders(app.clone(), tab.clone())).data(tab.clone());
    if let Some(standing) = standing {
        request = request.data(standing.clone());
    }
    (request, tab)
}

fn builder() -> SchemaBuilder<Query, Mutation, Live> {
    Schema::build(Query::default(), Mutation, Live).limit_depth(DEPTH).limit_complexity(COMPLEXITY).limit_directives(50)
}
