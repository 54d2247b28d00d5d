//! GET /api/v1/lineage/export: an answer of the engine as a file, whole however large it is. The answer is held
//! in the catalog's numbers; names are looked up and written while the client reads.

use super::parameters::{self, Wish as Common};
use super::rows::{Rows, group_edges, group_nodes};
use super::{Parameters, opened, read};
use crate::asked::{Asked, Items, Thing, Things};
use crate::catalog::CatalogError;
use crate::completeness::{Completeness, IncompleteReason, Settled};
use crate::export::{Format, Totals};
use crate::http::Web;
use crate::http::problem::Problem;
use crate::http::rests_on;
use crate::lineage::answer::Vertex;
use crate::lineage::question::Question;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use std::collections::{HashSet, VecDeque};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;

/// Rows that are named and written at once.
const CHUNK: usize = 2000;

/// Why the file is not the whole answer, as GraphQL's `incompleteReason`; only there when it is not.
const INCOMPLETE_REASON: HeaderName = HeaderName::from_static("x-headwater-incomplete-reason");

/// What is asked for.
#[derive(Debug)]
pub struct Wish {
    /// What the file looks like.
    pub format: Format,
    /// What every door takes.
    pub wish: Common,
}

/// Answers with a file.
pub async fn get(State(web): State<Web>, headers: HeaderMap, parameters: Parameters) -> Result<Response, Problem> {
    let Wish { format, wish } = read(parameters, parameters::export)?;
    let permit = web.exports.clone().try_acquire_owned().map_err(|_| {
        Problem::busy_with("as many lineage exports as this server makes at a time are under way; ask again in some seconds")
    })?;
    let patience = Duration::from_secs(web.app().limits.query_seconds);
    let (app, settled) = opened(&web, &headers, wish.known_at, patience).await?;
    let is_whole = wish.wording.from.is_empty();
    let asked = wish.wording.look_up(&app).await?;
    // A file of nothing would be taken for "nothing depends on it".
    if !asked.start.unknown.is_empty() {
        // Nor may it be called unknown while what names it may still come.
        if let Some(behind) = Problem::catching_up(settled) {
            return Err(behind);
        }
        let detail = format!("not known here: {}", asked.start.unknown.join(", "));
        return Err(Problem::new(StatusCode::NOT_FOUND, detail).code("unknown_start"));
    }
    let asked = told(asked, format, is_whole);
    let answer = if is_whole { asked.walk_all(&app).await? } else { asked.walk(&app, app.graph()).await? };
    let (version, completeness) = (answer.version, complete(settled, answer.all_edges));
    let rows = Rows { app: app.clone(), is_whole, has_paths: asked.question.reckon, evidence: wish.evidence.unwrap_or_default() };
    let items = Items::of(&app, answer, asked.granularity).await?;
    let export = Export::new(format, items, (version, completeness), rows, permit);
    Ok((rests_on::headers(settled), export.headers(), Body::from_stream(stream::try_unfold(export, Export::chunk))).into_response())
}

/// What the file says of a node beside its distance. In the whole graph no paths lead from anywhere, and groups have none.
fn told(asked: Asked, format: Format, is_whole: bool) -> Asked {
    let reckon = format.has_paths() && !is_whole && !asked.granularity.is_rolled_up();
    let outcomes = reckon && asked.granularity == crate::asked::LineageGranularity::Column;
    Asked { question: Question { reckon, outcomes, ..asked.question }, ..asked }
}

fn complete(settled: Settled, all_edges: bool) -> Completeness {
    Completeness::of(settled).and((!all_edges).then(|| (IncompleteReason::AnswerLimit, "edges were left out".into())))
}

/// An export on its way.
struct Export {
    format: Format,
    totals: Totals,
    rows: Rows,
    parts: VecDeque<Part>,
    items: Arc<Items>,
    _permit: OwnedSemaphorePermit,
}

/// What is still to be written.
enum Part {
    Begin,
    Nodes(Range<usize>),
    Edges(Range<usize>),
    End,
}

impl Export {
    fn new(
        format: Format,
        mut items: Items,
        (graph_version, completeness): (u64, Completeness),
        rows: Rows,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        let (nodes, edges) = sizes(&items);
        let totals = Totals { graph_version, nodes, edges, completeness };
        if let (true, Items::Things(things)) = (format.is_picture(), &mut items) {
            keep_drawn(things);
        }
        let (nodes, edges) = sizes(&items);
        let mut parts = VecDeque::from([Part::Begin]);
        parts.extend(chunks(if format.has_nodes() { nodes } else { 0 }).map(Part::Nodes));
        parts.extend(chunks(if format.has_edges() { edges } else { 0 }).map(Part::Edges));
        parts.push_back(Part::End);
        Self { format, totals, rows, parts, items: Arc::new(items), _permit: permit }
    }

    fn headers(&self) -> HeaderMap {
        let Totals { graph_version, nodes, edges, completeness } = &self.totals;
        let reason = completeness.reason().map(|reason| (INCOMPLETE_REASON, reason.word().to_owned()));
        let headers = [
            (header::CONTENT_TYPE, self.format.content_type().to_owned()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"lineage.{}\"", self.format.extension())),
            (HeaderName::from_static("x-headwater-graph-version"), graph_version.to_string()),
            (HeaderName::from_static("x-headwater-nodes"), nodes.to_string()),
            (HeaderName::from_static("x-headwater-edges"), edges.to_string()),
            (HeaderName::from_static("x-headwater-complete"), completeness.is_complete().to_string()),
        ];
        headers.into_iter().chain(reason).filter_map(|(name, value)| Some((name, value.parse().ok()?))).collect()
    }

    /// The next bytes. An error breaks the body off, so that nobody takes a part for the whole.
    async fn chunk(self) -> Result<Option<(Vec<u8>, Self)>, CatalogError> {
        let health = self.rows.app.health.clone();
        self.write().await.inspect_err(|e| {
            tracing::error!(error = e.with_cause(), "an export was broken off");
            if e.is_damage() {
                health.catalog_seems_damaged();
            }
        })
    }

    async fn write(mut self) -> Result<Option<(Vec<u8>, Self)>, CatalogError> {
        let Some(part) = self.parts.pop_front() else { return Ok(None) };
        let mut bytes = Vec::new();
        let items = self.items.clone();
        match (part, &*items) {
            (Part::Begin, _) => self.format.begin(&self.totals, &mut bytes),
            (Part::Nodes(range), Items::Things(things)) => {
                self.format.nodes(&self.rows.nodes(&things.nodes[range]).await?, &mut bytes);
            }
            (Part::Edges(range), Items::Things(things)) => {
                self.format.edges(&self.rows.edges(&things.edges[range]).await?, &mut bytes);
            }
            (Part::Nodes(range), Items::Groups(groups)) => {
                self.format.nodes(&group_nodes(groups.by, &groups.nodes[range], self.rows.is_whole), &mut bytes);
            }
            (Part::Edges(range), Items::Groups(groups)) => {
                self.format.edges(&group_edges(groups.by, &groups.edges[range]), &mut bytes);
            }
            (Part::End, _) => self.format.end(&self.totals, &mut bytes),
        }
        Ok(Some((bytes, self)))
    }
}

fn sizes(items: &Items) -> (usize, usize) {
    match items {
        Items::Things(things) => (things.nodes.len(), things.edges.len()),
        Items::Groups(groups) => (groups.nodes.len(), groups.edges.len()),
    }
}

fn chunks(count: usize) -> impl Iterator<Item = Range<usize>> {
    (0..count).step_by(CHUNK).map(move |from| from..count.min(from + CHUNK))
}

/// In a picture a job that moves data between datasets is the label of an edge.
fn keep_drawn(things: &mut Things) {
    let ends: HashSet<&Vertex> = things.edges.iter().flat_map(|edge| [&edge.from, &edge.to]).collect();
    let is_drawn = |thing: &Thing| !matches!(thing.vertex, Vertex::Job(_)) || thing.distance == 0 || ends.contains(&thing.vertex);
    things.nodes.retain(is_drawn);
}
