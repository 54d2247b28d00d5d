//! The GraphQL schema, code first; `schema/schema.graphql` is written from here and checked in.
//! Graph and search answer with numbers and ids; attributes come from the catalog through loaders.

#[cfg(test)]
mod contract;
mod error;
mod load;
mod mutation;
mod page;
mod query;
mod roots;
mod scalar;
mod subscription;
mod types;

pub use error::{ApiError, finished, refused};

use crate::app::App;
use async_graphql::{Data, Schema, SchemaBuilder};
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

/// Asked for by a request's header: answer only once everything up to here is projected.
#[derive(Clone, Copy, Default)]
pub struct MinSeq(pub Option<u64>);

/// The schema over a running app.
pub fn schema(app: Arc<App>) -> ApiSchema {
    builder().data(app).finish()
}

/// The schema's text, as it is checked in.
pub fn sdl() -> String {
    builder().finish().sdl()
}

/// What a request needs for itself: fresh loaders, and how long to wait for projections.
pub fn prepare(app: &Arc<App>, request: async_graphql::Request, min_seq: Option<u64>) -> async_graphql::Request {
    // Of what the schema holds and what the request brings, the request's counts: it may ask an earlier state.
    request.data(app.clone()).data(load::loaders(app.clone())).data(MinSeq(min_seq))
}

/// The same for everything that is asked over one connection.
pub fn session(app: &Arc<App>) -> Data {
    let mut data = Data::default();
    data.insert(app.clone());
    data.insert(load::loaders(app.clone()));
    data.insert(MinSeq(None));
    data
}

fn builder() -> SchemaBuilder<Query, Mutation, Live> {
    Schema::build(Query::default(), Mutation, Live).limit_depth(DEPTH).limit_complexity(COMPLEXITY).limit_directives(50)
}
