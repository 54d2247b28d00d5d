//! GET /api/v1/lineage: the answer to the one question as JSON, whole or in pages; the same numbers in the same order as
//! GraphQL's `lineage`. A POST to the same address is an event that comes in.

use super::rows::{Rows, group_edges, group_nodes};
use super::{Parameters, opened, parameters, read};
use crate::app::App;
use crate::asked::{Asked, Items, LineageGranularity, Listed, PageArguments, Things};
use crate::catalog::CatalogError;
use crate::completeness::{IncompleteReason, Settled};
use crate::export::{EdgeJson, EdgeRow, NodeJson, NodeRow};
use crate::graphql::Tab;
use crate::http::Web;
use crate::http::content::Sent;
use crate::http::problem::Problem;
use crate::http::rests_on;
use crate::lineage::question::Question;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;

/// Runs behind each edge when it is not said how many.
const EVIDENCE: usize = 3;

/// Bytes of text and of memory that a node, an edge, and a run behind an edge take; nothing is known of their names.
const NODE: (usize, usize) = (200, 800);
const EDGE: (usize, usize) = (250, 900);
const RUN: (usize, usize) = (60, 200);

/// An answer; fields are those of GraphQL's `Lineage`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    graph_version: u64,
    complete: bool,
    truncated_because: Option<String>,
    incomplete_reason: Option<&'static str>,
    /// Only when the server is catching up: up to which log sequence the answer ought to hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged: Option<u64>,
    unknown: Vec<String>,
    total_count: usize,
    dataset_count: usize,
    job_count: usize,
    column_count: usize,
    nodes: Vec<NodeJson<'a>>,
    edges: Vec<EdgeJson<'a>>,
    /// For `after`; null at the end.
    next_cursor: Option<String>,
}

/// Answers with a page.
pub async fn get(State(web): State<Web>, headers: HeaderMap, parameters: Parameters) -> Result<Response, Problem> {
    let (wish, page) = read(parameters, parameters::answer)?;
    let limit = Duration::from_secs(web.app().limits.query_seconds);
    let (app, settled) = opened(&web, &headers, wish.known_at, limit / 2).await?;
    let evidence = wish.evidence.unwrap_or(EVIDENCE);
    let tab = Tab::new(app.clone());
    let work = async {
        let asked = wish.wording.look_up(&app).await?;
        body((&app, settled), asked, &page, evidence, &tab).await
    };
    let body = tokio::time::timeout(limit, work).await.map_err(|_| {
        let detail = format!("the answer took longer than {} seconds; ask for less, or for less evidence", limit.as_secs());
        Problem::new(StatusCode::GATEWAY_TIMEOUT, detail)
    })??;
    tab.written(body.len()).await;
    Ok((rests_on::headers(settled), [(header::CONTENT_TYPE, "application/json")], Sent::body(body, Some(tab))).into_response())
}

async fn body(
    (app, settled): (&Arc<App>, Settled),
    asked: Asked,
    page: &PageArguments,
    evidence: usize,
    tab: &Tab,
) -> Result<Vec<u8>, Problem> {
    let has_paths = !asked.granularity.is_rolled_up();
    let outcomes = asked.granularity == LineageGranularity::Column;
    let asked = Asked { question: Question { reckon: has_paths, outcomes, ..asked.question }, ..asked };
    let listed = asked.listed(app, settled, page).await?;
    if let Items::Things(Things { nodes, edges }) = &listed.items {
        let runs = edges.len().saturating_mul(evidence);
        tab.take(
            nodes.len() * NODE.0 + edges.len() * EDGE.0 + runs.saturating_mul(RUN.0),
            nodes.len() * NODE.1 + edges.len() * EDGE.1 + runs.saturating_mul(RUN.1),
        )
        .await?;
    }
    let rows = Rows { app: app.clone(), is_whole: false, has_paths, evidence };
    let (nodes, edges) = named(&rows, &listed.items).await?;
    let acknowledged = settled.is_behind().then_some(settled.acknowledged);
    Ok(serde_json::to_vec(&Answer { acknowledged, ..answer(listed, &nodes, &edges) }).unwrap_or_default())
}

async fn named(rows: &Rows, items: &Items) -> Result<(Vec<NodeRow>, Vec<EdgeRow>), CatalogError> {
    Ok(match items {
        Items::Things(things) => (rows.nodes(&things.nodes).await?, rows.edges(&things.edges).await?),
        Items::Groups(groups) => (group_nodes(groups.by, &groups.nodes, false), group_edges(groups.by, &groups.edges)),
    })
}

fn answer<'a>(listed: Listed, nodes: &'a [NodeRow], edges: &'a [EdgeRow]) -> Answer<'a> {
    let Listed { unknown, totals, completeness, version, place, .. } = listed;
    Answer {
        graph_version: version,
        complete: completeness.is_complete(),
        truncated_because: completeness.sentence(),
        incomplete_reason: completeness.reason().map(IncompleteReason::word),
        acknowledged: None,
        unknown,
        total_count: totals.nodes,
        dataset_count: totals.datasets,
        job_count: totals.jobs,
        column_count: totals.columns,
        nodes: nodes.iter().map(Into::into).collect(),
        edges: edges.iter().map(Into::into).collect(),
        next_cursor: place.end.filter(|_| place.has_next),
    }
}
