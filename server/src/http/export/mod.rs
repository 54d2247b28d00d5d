//! GET /api/v1/lineage/export: an answer of the engine as a file, whole however large it is. The answer is held
//! in the catalog's numbers; names are looked up and written while the client reads.

mod parameters;
mod rows;
mod start;

use super::Web;
use super::graphql::min_seq;
use super::problem::Problem;
use crate::catalog::CatalogError;
use crate::export::{Format, Totals};
use crate::lineage::answer::{Answer, Vertex};
use crate::lineage::{ask, whole};
use axum::body::Body;
use axum::extract::State;
use axum::extract::rejection::QueryRejection;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use parameters::Wish;
use rows::Rows;
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;

/// Rows that are named and written at once.
const CHUNK: usize = 2000;

/// Answers with a file.
pub async fn lineage(
    State(web): State<Web>,
    headers: HeaderMap,
    parameters: Result<axum::extract::Query<Vec<(String, String)>>, QueryRejection>,
) -> Result<Response, Problem> {
    let bad = |why: String| Problem::new(StatusCode::BAD_REQUEST, why);
    let wish = Wish::read(&parameters.map_err(|e| bad(e.body_text()))?.0).map_err(bad)?;
    web.app.settle(min_seq(&headers)?).await;
    let permit = web.exports.clone().try_acquire_owned().map_err(|_| {
        Problem::busy_with("as many lineage exports as this server makes at a time are under way; ask again in some seconds")
    })?;
    let app = match (wish.known_at, &web.app.history) {
        (Some(moment), Some(history)) => history.at(&web.app, moment.0, Duration::from_secs(web.app.limits.query_seconds)).await?,
        _ => web.app.clone(),
    };
    let question = start::question(&app, &wish).await?;
    let datasets = if question.is_none() { app.catalog.listed_datasets().await? } else { Vec::new() };
    // Loaded last: what was named above is in it.
    let graph = app.graph();
    let is_whole = question.is_none();
    let question = question.unwrap_or(wish.question);
    let walk = move || if is_whole { whole(&graph, &datasets, &question) } else { ask(&graph, &question) };
    let answer = tokio::task::spawn_blocking(walk).await;
    let answer =
        answer.map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the walk did not finish; the server's log says more"))?;
    let export = Export::new(wish.format, answer, Rows::new(app, is_whole), permit);
    Ok((export.headers(), Body::from_stream(stream::try_unfold(export, Export::chunk))).into_response())
}

/// An export on its way.
struct Export {
    format: Format,
    totals: Totals,
    rows: Rows,
    parts: VecDeque<Part>,
    answer: Arc<Answer>,
    _permit: OwnedSemaphorePermit,
}

/// What is still to be written.
enum Part {
    Begin,
    Nodes(usize),
    Edges(usize),
    End,
}

impl Export {
    fn new(format: Format, mut answer: Answer, rows: Rows, permit: OwnedSemaphorePermit) -> Self {
        let totals =
            Totals { graph_version: answer.version, nodes: answer.nodes.len(), edges: answer.edges.len(), complete: answer.all_edges };
        if format.is_picture() {
            let ends: HashSet<&Vertex> = answer.edges.iter().flat_map(|edge| [&edge.from, &edge.to]).collect();
            let is_drawn = |vertex: &Vertex, distance: u32| !matches!(vertex, Vertex::Job(_)) || distance == 0 || ends.contains(vertex);
            answer.nodes.retain(|(vertex, distance)| is_drawn(vertex, *distance));
        }
        let nodes = if format.has_nodes() { answer.nodes.len() } else { 0 };
        let edges = if format.has_edges() { answer.edges.len() } else { 0 };
        let mut parts = VecDeque::from([Part::Begin]);
        parts.extend((0..nodes).step_by(CHUNK).map(Part::Nodes));
        parts.extend((0..edges).step_by(CHUNK).map(Part::Edges));
        parts.push_back(Part::End);
        Self { format, totals, rows, parts, answer: Arc::new(answer), _permit: permit }
    }

    fn headers(&self) -> [(HeaderName, String); 6] {
        let Totals { graph_version, nodes, edges, complete } = &self.totals;
        [
            (header::CONTENT_TYPE, self.format.content_type().to_owned()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"lineage.{}\"", self.format.extension())),
            (HeaderName::from_static("x-headwater-graph-version"), graph_version.to_string()),
            (HeaderName::from_static("x-headwater-nodes"), nodes.to_string()),
            (HeaderName::from_static("x-headwater-edges"), edges.to_string()),
            (HeaderName::from_static("x-headwater-complete"), complete.to_string()),
        ]
    }

    /// The next bytes. An error breaks the body off, so that nobody takes a part for the whole.
    async fn chunk(mut self) -> Result<Option<(Vec<u8>, Self)>, CatalogError> {
        let Some(part) = self.parts.pop_front() else { return Ok(None) };
        let mut bytes = Vec::new();
        let answer = self.answer.clone();
        match part {
            Part::Begin => self.format.begin(&self.totals, &mut bytes),
            Part::Nodes(from) => {
                let nodes = &answer.nodes[from..answer.nodes.len().min(from + CHUNK)];
                self.format.nodes(&self.rows.nodes(nodes).await?, &mut bytes);
            }
            Part::Edges(from) => {
                let edges = &answer.edges[from..answer.edges.len().min(from + CHUNK)];
                self.format.edges(&self.rows.edges(edges).await?, &mut bytes);
            }
            Part::End => self.format.end(&self.totals, &mut bytes),
        }
        Ok(Some((bytes, self)))
    }
}
