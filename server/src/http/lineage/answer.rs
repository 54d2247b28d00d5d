//! GET /api/v1/lineage: the answer to the one question as JSON, whole or in pages; the same numbers in the same order as
//! GraphQL's `lineage`. A POST to the same address is an event that comes in.

use super::rows::{Rows, group_edges, group_nodes};
use super::{Parameters, opened, parameters, read};
use crate::app::App;
use crate::asked::{Asked, Items, LineageGranularity, Listed, PageArguments, Thing, Things};
use crate::completeness::{IncompleteReason, Settled};
use crate::export::{EdgeJson, NodeJson};
use crate::graphql::Tab;
use crate::http::Web;
use crate::http::content::Sent;
use crate::http::problem::Problem;
use crate::http::rests_on;
use crate::lineage::answer::AnswerEdge;
use crate::lineage::question::Question;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// Runs behind each edge when it is not said how many.
const EVIDENCE: usize = 3;

/// Bytes of text that a node, an edge, and a run behind an edge take at least; nothing is known of their names.
const NODE: usize = 200;
const EDGE: usize = 250;
const RUN: usize = 60;

/// Text that grows is in memory twice while it is moved.
const GROWTH: usize = 2;

/// Rows that are named and written at once, runs behind edges among them: a thread is busy with them for some milliseconds.
const ROWS: usize = 2000;

/// What comes between nodes and edges.
const BETWEEN: &[u8] = b"],\"edges\":[";

/// What comes before the nodes of an answer; fields are those of GraphQL's `Lineage`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Head<'a> {
    graph_version: u64,
    complete: bool,
    truncated_because: Option<String>,
    incomplete_reason: Option<&'static str>,
    /// Only when the server is catching up: up to which log sequence the answer ought to hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged: Option<u64>,
    unknown: &'a [String],
    total_count: usize,
    dataset_count: usize,
    job_count: usize,
    column_count: usize,
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
    let mut counted = 0;
    if let Items::Things(Things { nodes, edges }) = &listed.items {
        let runs = edges.len().saturating_mul(evidence);
        counted = (nodes.len() * NODE + edges.len() * EDGE).saturating_add(runs.saturating_mul(RUN));
        let held = nodes.len() * size_of::<Thing>() + edges.len() * size_of::<AnswerEdge>();
        tab.take(counted, counted.saturating_mul(GROWTH).saturating_add(held)).await?;
    }
    let rows = Rows { app: app.clone(), is_whole: false, has_paths, evidence };
    // Its rows are in memory a few at a time, and no thread is kept from other requests for long.
    let mut text = Text { bytes: serde_json::to_vec(&head(&listed, settled)).unwrap_or_default(), counted, tab };
    text.bytes.pop();
    text.bytes.extend_from_slice(b",\"nodes\":[");
    match &listed.items {
        Items::Things(Things { nodes, edges }) => {
            for some in nodes.chunks(ROWS) {
                text.items(rows.nodes(some).await?.iter().map(NodeJson::from)).await?;
            }
            text.bytes.extend_from_slice(BETWEEN);
            for some in edges.chunks((ROWS / evidence.max(1)).max(1)) {
                text.items(rows.edges(some).await?.iter().map(EdgeJson::from)).await?;
            }
        }
        Items::Groups(groups) => {
            text.items(group_nodes(groups.by, &groups.nodes, false).iter().map(NodeJson::from)).await?;
            text.bytes.extend_from_slice(BETWEEN);
            text.items(group_edges(groups.by, &groups.edges).iter().map(EdgeJson::from)).await?;
        }
    }
    // For `after`; null at the end.
    let end = Value::from(listed.place.end.filter(|_| listed.place.has_next));
    text.bytes.extend_from_slice(format!("],\"nextCursor\":{end}}}").as_bytes());
    Ok(text.bytes)
}

fn head(listed: &Listed, settled: Settled) -> Head<'_> {
    let Listed { unknown, totals, completeness, version, .. } = listed;
    Head {
        graph_version: *version,
        complete: completeness.is_complete(),
        truncated_because: completeness.sentence(),
        incomplete_reason: completeness.reason().map(IncompleteReason::word),
        acknowledged: settled.is_behind().then_some(settled.acknowledged),
        unknown,
        total_count: totals.nodes,
        dataset_count: totals.datasets,
        job_count: totals.jobs,
        column_count: totals.columns,
    }
}

/// An answer while it is written.
struct Text<'a> {
    bytes: Vec<u8>,
    /// How many of them the tab knows of.
    counted: usize,
    tab: &'a Tab,
}

impl Text<'_> {
    /// Items of a list that is open.
    async fn items(&mut self, items: impl Iterator<Item = impl Serialize>) -> Result<(), Problem> {
        for item in items {
            if self.bytes.last() != Some(&b'[') {
                self.bytes.push(b',');
            }
            serde_json::to_writer(&mut self.bytes, &item).map_err(|e| Problem::internal("the answer could not be written", &e))?;
        }
        let more = self.bytes.len().saturating_sub(self.counted);
        self.counted += more;
        Ok(self.tab.take(more, more * GROWTH).await?)
    }
}
