//! What an edge rests on: the runs that read the one end and wrote the other, or the events that declare it.

use super::event::Event;
use super::event_page::with_repeats;
use super::run::Run;
use crate::catalog::read::Declared;
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

/// The newest events that declare an edge, newest first.
pub async fn declarations(ctx: &Context<'_>, declared: Declared, limit: usize) -> Result<Vec<Event>> {
    let catalog = &app(ctx).catalog;
    let found = catalog.declarations(&[declared], limit).await.map_err(ApiError::from)?;
    let mut rows = Vec::new();
    for seq in found.into_iter().flat_map(|found| found.events) {
        rows.extend(catalog.event(seq).await.map_err(ApiError::from)?);
    }
    with_repeats(ctx, rows).await
}
