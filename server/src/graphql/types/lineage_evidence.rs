//! What an edge rests on: the runs that read the one end and wrote the other.

use super::run::Run;
use crate::fold::flow::Owner;
use crate::graph::Node;
use crate::graphql::error::{ApiError, Result};
use crate::graphql::load::app;
use async_graphql::Context;
use std::sync::Arc;

/// The newest runs of the edge's job at its ends, newest first.
pub async fn runs(ctx: &Context<'_>, owner: Owner, (from, to): (Node, Node), limit: usize) -> Result<Vec<Run>> {
    let Owner::Job(job) = owner else { return Ok(Vec::new()) };
    let graph = app(ctx).graph();
    let members = |node: Node| if let Node::Dataset(dataset) = node { Some(graph.members(&dataset).to_vec()) } else { None };
    let rows = app(ctx).catalog.runs_between(job, members(from), members(to), limit).await.map_err(ApiError::from)?;
    Ok(rows.into_iter().map(|row| Run(Arc::new(row))).collect())
}
