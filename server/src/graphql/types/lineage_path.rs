//! Paths between two things, as the API shows them.

use super::column_lineage::ColumnOutcome;
use super::lineage::{LineageEdge, LineageEntity};
use super::lineage_answer::off_thread;
use super::lineage_named::Named;
use crate::asked::LineageConfidence;
use crate::completeness::{Completeness, CompletenessFields, IncompleteReason};
use crate::graph::{Direction, Node, Outcome};
use crate::graphql::error::{Result, bad_input};
use crate::graphql::load::app;
use crate::graphql::scalar::{Long, small};
use crate::graphql::standing::completeness;
use crate::lineage::answer::{AnswerEdge, Vertex};
use crate::lineage::ask;
use crate::lineage::paths::{Paths, paths};
use crate::lineage::question::{Granularity, Question};
use async_graphql::{Context, SimpleObject};
use std::collections::BTreeSet;

/// How one thing comes to another.
#[derive(SimpleObject)]
pub struct LineagePaths {
    /// All paths, also those that are not listed; a cycle on the way counts as one stop.
    total_count: Long,
    /// True when a cycle lies on the way.
    on_cycle: bool,
    /// Log sequence that the answer holds for.
    graph_version: Long,
    /// The shortest first.
    paths: Vec<LineagePath>,
    #[graphql(flatten)]
    completeness: CompletenessFields,
}

/// One path, none of whose nodes comes twice.
#[derive(SimpleObject)]
pub struct LineagePath {
    /// Its steps.
    length: i32,
    /// That of its least sure step, each step taken by its surest edge.
    confidence: Option<LineageConfidence>,
    /// Between columns: what becomes of the value on this path, each kind that its steps may amount to.
    outcomes: Vec<ColumnOutcome>,
    /// In the direction of the data.
    steps: Vec<LineageStep>,
}

/// A step of a path.
#[derive(SimpleObject)]
pub struct LineageStep {
    /// Here it begins,
    from: LineageEntity,
    /// and here it ends.
    to: LineageEntity,
    /// Every edge that makes it.
    edges: Vec<LineageEdge>,
}

/// Finds the `k` shortest paths of a question whose start is `from`.
pub async fn lineage_paths(ctx: &Context<'_>, from: Vertex, to: Vertex, question: Question, k: usize) -> Result<LineagePaths> {
    let granularity = match (&from, &to) {
        (Vertex::Dataset(_), Vertex::Dataset(_)) => Granularity::Dataset,
        (Vertex::Job(_), Vertex::Job(_)) => Granularity::Job,
        (Vertex::Column(..), Vertex::Column(..)) => Granularity::Column,
        _ => return Err(bad_input("from and to must both be datasets, both jobs or both columns")),
    };
    let question = Question { start: vec![from.clone()], directions: vec![Direction::Downstream], granularity, ..question };
    let rests_on = completeness(ctx);
    let graph = app(ctx).graph();
    let (found, version) = off_thread(ctx, move || {
        let answer = ask(&graph, &question);
        (paths(&answer.edges, |vertex| graph.vertex_key(vertex), (&from, &to), k), answer.version)
    })
    .await?;
    let edges = || found.shortest.iter().flatten().flatten();
    let jobs = edges().filter_map(|edge| edge.job.map(Node::Job));
    let named = Named::load(ctx, edges().flat_map(|edge| [edge.from.node(), edge.to.node()]).chain(jobs)).await?;
    Ok(LineagePaths {
        total_count: Long(i64::try_from(found.total).unwrap_or(i64::MAX)),
        on_cycle: found.on_cycle,
        completeness: complete(rests_on, &found, k).into(),
        graph_version: version.into(),
        paths: found.shortest.into_iter().map(|steps| LineagePath::new(&named, steps)).collect(),
    })
}

/// Whether all paths are listed. Fewer than were asked for are all; as many may be all, unless a cycle lies on the way.
fn complete(rests_on: Completeness, found: &Paths, k: usize) -> Completeness {
    let (listed, total) = (found.shortest.len(), found.total);
    let limit = listed >= k && listed as u64 != total;
    let cycle = listed >= k && found.on_cycle;
    rests_on
        .and(limit.then(|| (IncompleteReason::AnswerLimit, format!("there are {total} paths and the {listed} shortest are listed"))))
        .and(cycle.then(|| (IncompleteReason::Cycle, "a cycle lies on the way, so that there may be more paths than are counted".into())))
}

impl LineagePath {
    fn new(named: &Named, steps: Vec<Vec<AnswerEdge>>) -> Self {
        let sureness = |edges: &Vec<AnswerEdge>| edges.iter().map(|edge| edge.confidence).min();
        Self {
            length: small(steps.len()),
            confidence: steps.iter().filter_map(sureness).max().map(Into::into),
            outcomes: outcomes(&steps).into_iter().map(Into::into).collect(),
            steps: steps.into_iter().filter_map(|edges| LineageStep::new(named, edges)).collect(),
        }
    }
}

/// What the steps amount to, one after the other; nothing when they are no columns'.
fn outcomes(steps: &[Vec<AnswerEdge>]) -> BTreeSet<Outcome> {
    let is_columns = steps.iter().flatten().any(|edge| matches!(edge.from, Vertex::Column(..)) || matches!(edge.to, Vertex::Column(..)));
    let mut all: Option<BTreeSet<Outcome>> = None;
    for edges in steps.iter().filter(|_| is_columns) {
        let here: BTreeSet<Outcome> = edges.iter().flat_map(AnswerEdge::outcomes).collect();
        all = Some(match all {
            None => here,
            Some(before) => before.iter().flat_map(|first| here.iter().map(move |next| first.then(*next))).collect(),
        });
    }
    all.unwrap_or_default()
}

impl LineageStep {
    fn new(named: &Named, edges: Vec<AnswerEdge>) -> Option<Self> {
        let first = edges.first()?;
        Some(Self {
            from: named.entity(&first.from)?,
            to: named.entity(&first.to)?,
            edges: edges.into_iter().filter_map(|edge| named.edge(edge)).collect(),
        })
    }
}
