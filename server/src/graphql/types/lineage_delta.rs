//! What changes in the answer to a lineage question, as a stream. The question is asked anew when something was
//! published, at most every tenth of a second, and compared with what the reader was told last.

use super::lineage::{LineageEdge, LineageEntity};
use super::lineage_answer::{depth, off_thread, predicate};
use super::lineage_named::Named;
use super::lineage_start::LineageStart;
use crate::asked::{LineageConfidence, LineageDirection, LineageFilter, LineageGranularity};
use crate::graph::{Graph, Node};
use crate::graphql::error::{ApiError, Result, bad_input};
use crate::graphql::load::app;
use crate::graphql::scalar::{Long, count, small};
use crate::lineage::answer::{AnswerEdge, Vertex};
use crate::lineage::question::{Granularity, Question};
use crate::lineage::{ask, count as count_reached};
use crate::live::{Delta, Picture};
use async_graphql::{Context, SimpleObject};
use futures_util::{Stream, stream};
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

/// Publishes come every few milliseconds under load; a person sees no difference.
const PACE: Duration = Duration::from_millis(100);

/// The question that is followed.
pub struct LineageScope {
    /// Where to start.
    pub from: LineageStart,
    /// Which way.
    pub direction: LineageDirection,
    /// What nodes are.
    pub granularity: LineageGranularity,
    /// How far.
    pub max_depth: Option<i32>,
    /// What is listed.
    pub filter: Option<LineageFilter>,
    /// How sure edges must be.
    pub min_confidence: Option<LineageConfidence>,
    /// Whether jobs between datasets are listed.
    pub jobs: bool,
    /// Whether temporary datasets are.
    pub temporary: bool,
}

/// What became of an answer between two log sequences.
#[derive(SimpleObject)]
pub struct LineageDelta {
    /// Not null when the answer must be read anew with `lineage`, in words: when the subscription begins, or when the server
    /// built its catalog anew.
    resync: Option<String>,
    /// Log sequence of the answer before.
    from_version: Long,
    /// Log sequence of the answer now.
    to_version: Long,
    /// Nodes of the answer now.
    node_count: Long,
    /// Edges of the answer now.
    edge_count: Long,
    /// What was not in the answer before.
    nodes_added: Vec<LineageDeltaNode>,
    /// What is in it no more, with the distance that it had.
    nodes_removed: Vec<LineageDeltaNode>,
    /// What is at another distance now.
    nodes_moved: Vec<LineageDeltaNode>,
    /// What was not in the answer before.
    edges_added: Vec<LineageEdge>,
    /// What is in it no more, as it was.
    edges_removed: Vec<LineageEdge>,
    /// What is known or done otherwise than before, as it is now. Newer evidence of the same is no change.
    edges_changed: Vec<LineageEdge>,
}

/// A node of an answer.
#[derive(SimpleObject)]
pub struct LineageDeltaNode {
    /// Dataset steps from the start.
    distance: i32,
    /// The node.
    node: LineageEntity,
}

/// Follows the answer to a question.
pub fn lineage_deltas<'a>(ctx: &'a Context<'_>, scope: LineageScope) -> Result<impl Stream<Item = Result<LineageDelta>> + 'a> {
    let feed = Feed {
        granularity: granularity(scope.granularity)?,
        max_depth: depth(scope.max_depth)?,
        scope,
        known: None,
        asked: None,
        seen: 0,
        held: None,
    };
    Ok(stream::try_unfold(feed, move |feed| feed.next(ctx)))
}

fn granularity(granularity: LineageGranularity) -> Result<Granularity> {
    if granularity.is_rolled_up() {
        return Err(bad_input("a subscription follows granularity DATASET, COLUMN or JOB"));
    }
    Ok(granularity.walked())
}

struct Feed {
    scope: LineageScope,
    granularity: Granularity,
    max_depth: Option<u32>,
    /// What the reader was told last.
    known: Option<Picture>,
    /// When it was found out.
    asked: Option<Instant>,
    /// Log sequence of the newest graph that was asked.
    seen: u64,
    /// Its share of what may be followed.
    held: Option<OwnedSemaphorePermit>,
}

impl Feed {
    /// The next message; none when the server stops.
    async fn next(mut self, ctx: &Context<'_>) -> Result<Option<(LineageDelta, Self)>> {
        loop {
            if !self.wait(ctx).await {
                return Ok(None);
            }
            let now = self.ask(ctx).await?;
            self.asked = Some(Instant::now());
            let Some(before) = self.known.take() else {
                return Ok(Some((resync("the subscription begins; read the answer with lineage", now.version, &now), self.with(now))));
            };
            if now.version < before.version {
                let why = "the server built its catalog anew; read the answer again with lineage";
                return Ok(Some((resync(why, before.version, &now), self.with(now))));
            }
            let delta = Delta::between(&before, &now);
            if delta.is_empty() {
                // Versions join: the next message begins where the last one ended.
                self.known = Some(now.unchanged_since(before.version));
                continue;
            }
            let change = named(ctx, delta, before.version, &now).await?;
            return Ok(Some((change, self.with(now))));
        }
    }

    fn with(self, known: Picture) -> Self {
        Self { known: Some(known), ..self }
    }

    /// Until there is a graph that was not asked yet; false when the server stops.
    async fn wait(&mut self, ctx: &Context<'_>) -> bool {
        let Some(asked) = self.asked else { return true };
        let mut catalog = app(ctx).progress.catalog.clone();
        let seen = self.seen;
        if catalog.wait_for(|projected| projected.seq != seen).await.is_err() {
            return false;
        }
        tokio::time::sleep_until(asked + PACE).await;
        true
    }

    async fn ask(&mut self, ctx: &Context<'_>) -> Result<Picture> {
        // Before the catalog is read, which is never behind: what it said of an earlier graph would stand under this one's version.
        let graph = app(ctx).graph();
        // Looked up each time: what has a tag or is in a namespace changes too.
        let start = self.scope.from.resolve(ctx).await?;
        let question = Question {
            upstream_start: start.upstream_start(),
            start: start.vertices,
            directions: self.scope.direction.directions(),
            max_depth: self.max_depth,
            granularity: self.granularity,
            filter: predicate(ctx, self.scope.filter.as_ref()).await?,
            min_confidence: self.scope.min_confidence.map(Into::into),
            datasets_only: !self.scope.jobs,
            temporary: self.scope.temporary,
            ..Question::default()
        };
        let limit = app(ctx).limits.answer_items;
        // Edges beyond the limit are not looked for.
        let question = Question { max_edges: Some(limit.saturating_add(1)), ..question };
        let picture: Result<Picture, usize> = off_thread(ctx, move || {
            let nodes = || count_reached(&graph, &Question { max_edges: Some(0), ..question.clone() }).nodes();
            match Some(limit).filter(|&limit| graph.size() > limit).map_or(0, |_| nodes()) {
                nodes if nodes > limit => Err(nodes),
                _ => Ok(ask(&graph, &question).into()),
            }
        })
        .await?;
        let too_large = |what: String| {
            bad_input(format!(
                "the answer has {what}, and a subscription follows {limit} at most; give a smaller maxDepth or a narrower start"
            ))
        };
        let picture = picture.map_err(|nodes| too_large(format!("{nodes} nodes")))?;
        self.seen = picture.version;
        let (nodes, edges) = picture.size();
        if nodes.max(edges) > limit {
            return Err(too_large(if edges > limit { format!("more than {limit} edges") } else { format!("{nodes} nodes") }));
        }
        app(ctx).work.follow(&mut self.held, nodes + edges).map_err(ApiError::from)?;
        Ok(picture)
    }
}

/// In the order in which the answer lists them, which is that of every server.
fn sort(graph: &Graph, delta: &mut Delta) {
    for nodes in [&mut delta.nodes_added, &mut delta.nodes_removed, &mut delta.nodes_moved] {
        nodes.sort_by_cached_key(|(vertex, distance)| (*distance, graph.vertex_key(vertex)));
    }
    for edges in [&mut delta.edges_added, &mut delta.edges_removed, &mut delta.edges_changed] {
        edges.sort_by_cached_key(|edge| {
            (graph.vertex_key(&edge.from), graph.vertex_key(&edge.to), edge.owner.map(|owner| graph.owner_key(owner)))
        });
    }
}

fn resync(why: &str, from: u64, now: &Picture) -> LineageDelta {
    LineageDelta { resync: Some(why.into()), ..empty(from, now) }
}

fn empty(from: u64, now: &Picture) -> LineageDelta {
    let (nodes, edges) = now.size();
    LineageDelta {
        resync: None,
        from_version: from.into(),
        to_version: now.version.into(),
        node_count: count(nodes),
        edge_count: count(edges),
        nodes_added: Vec::new(),
        nodes_removed: Vec::new(),
        nodes_moved: Vec::new(),
        edges_added: Vec::new(),
        edges_removed: Vec::new(),
        edges_changed: Vec::new(),
    }
}

async fn named(ctx: &Context<'_>, mut delta: Delta, from: u64, now: &Picture) -> Result<LineageDelta> {
    sort(&app(ctx).graph(), &mut delta);
    let nodes = [&delta.nodes_added, &delta.nodes_removed, &delta.nodes_moved];
    let edges = [&delta.edges_added, &delta.edges_removed, &delta.edges_changed];
    let ends = |edge: &AnswerEdge| [Some(edge.from.node()), Some(edge.to.node()), edge.job.map(Node::Job)];
    let mut all: Vec<Node> = nodes.into_iter().flatten().map(|(vertex, _)| vertex.node()).collect();
    all.extend(edges.into_iter().flatten().flat_map(ends).flatten());
    let names = Named::load(ctx, all).await?;
    let node = |(vertex, distance): (Vertex, u32)| Some(LineageDeltaNode { distance: small(distance), node: names.entity(&vertex)? });
    let nodes = |list: Vec<(Vertex, u32)>| list.into_iter().filter_map(node).collect();
    let edges = |list: Vec<AnswerEdge>| list.into_iter().filter_map(|edge| names.edge(edge)).collect();
    Ok(LineageDelta {
        nodes_added: nodes(delta.nodes_added),
        nodes_removed: nodes(delta.nodes_removed),
        nodes_moved: nodes(delta.nodes_moved),
        edges_added: edges(delta.edges_added),
        edges_removed: edges(delta.edges_removed),
        edges_changed: edges(delta.edges_changed),
        ..empty(from, now)
    })
}
