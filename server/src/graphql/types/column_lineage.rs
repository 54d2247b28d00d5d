//! Column lineage answers: flat lists like `lineage`'s, where a dataset stands for "some column of it"
//! once only the table is known.

use super::column::Column;
use super::dataset::Dataset;
use super::job::Job;
use super::lineage::{LineageBasis, LineageDirection, Named, depth, off_thread};
use crate::catalog::read::EntityRow;
use crate::fold::flow::Owner;
use crate::graph::{self, ColumnNode as Vertex, Node};
use crate::graphql::error::Result;
use crate::graphql::load::app;
use crate::graphql::scalar::{DateTime, Long, count};
use async_graphql::{Context, ID, SimpleObject, Union};
use schema::id;
use std::sync::Arc;

/// A node of a column answer.
#[derive(Union)]
pub enum ColumnEntity {
    /// A column.
    Column(Column),
    /// A dataset as a whole: filtered or joined by, or known only at table level.
    Dataset(Dataset),
}

/// Everything reachable from a column.
#[derive(SimpleObject)]
pub struct ColumnLineage {
    /// Id of the start.
    start: ID,
    /// All nodes, the start included.
    total_count: i32,
    /// True when `nodes` and `edges` hold everything.
    complete: bool,
    /// Why not.
    truncated_because: Option<String>,
    /// Log sequence that the answer holds for.
    graph_version: Long,
    /// Nearest first.
    nodes: Vec<ColumnNode>,
    /// Edges between them.
    edges: Vec<ColumnEdge>,
}

/// A node and how far it is.
#[derive(SimpleObject)]
pub struct ColumnNode {
    /// Steps from the start.
    distance: i32,
    /// The node.
    node: ColumnEntity,
}

/// A value, or the decision which rows there are, flows from one node to another.
#[derive(SimpleObject)]
pub struct ColumnEdge {
    /// Id of a node.
    from: ID,
    /// Id of a node.
    to: ID,
    /// What moves the data.
    job: Option<Job>,
    /// How; empty when the emitter says nothing.
    transformations: Vec<Transformation>,
    /// False when only the table-level edge is known from here.
    column_level: bool,
    /// How it is known; of several assertions the most precise.
    basis: LineageBasis,
    /// First evidence.
    first_seen: DateTime,
    /// Newest evidence.
    last_seen: DateTime,
}

/// How a value is made.
#[derive(SimpleObject)]
pub struct Transformation {
    /// `DIRECT` or `INDIRECT`.
    #[graphql(name = "type")]
    kind: String,
    /// `IDENTITY`, `AGGREGATION`, `FILTER`, `JOIN`, …
    subtype: Option<String>,
    /// In words.
    description: Option<String>,
    /// True when the value is masked.
    masking: bool,
}

impl From<&schema::openlineage::facets::Transformation> for Transformation {
    fn from(t: &schema::openlineage::facets::Transformation) -> Self {
        Self { kind: t.kind.clone(), subtype: t.subtype.clone(), description: t.description.clone(), masking: t.masking }
    }
}

/// What a column lineage field was asked.
pub struct ColumnArguments {
    pub direction: LineageDirection,
    pub max_depth: Option<i32>,
    pub as_of: Option<DateTime>,
    pub indirect: bool,
    pub inferred: bool,
}

/// Answers a column lineage field.
pub async fn column_lineage(
    ctx: &Context<'_>,
    dataset: &Arc<EntityRow>,
    column: &str,
    arguments: ColumnArguments,
) -> Result<ColumnLineage> {
    let question = graph::ColumnQuestion {
        dataset: dataset.number,
        column: column.to_owned(),
        directions: arguments.direction.directions(),
        max_depth: depth(arguments.max_depth)?,
        when: arguments.as_of.map(|at| at.0.0).into(),
        indirect: arguments.indirect,
        inferred: arguments.inferred,
    };
    let graph = app(ctx).graph();
    let version = graph.seq();
    let mut answer = off_thread(move || graph::walk_columns(&graph, &question)).await?;
    let total = answer.nodes.len();
    let limit = app(ctx).limits.answer_items;
    answer.nodes.sort_unstable_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
    let ends = |link: &graph::ColumnLink| (link.from.clone(), link.to.clone(), link.owner);
    answer.links.sort_unstable_by_key(ends);
    let cut = total > limit || answer.links.len() > limit;
    answer.nodes.truncate(limit);
    answer.links.truncate(limit);
    let vertex = |vertex: &Vertex| match vertex {
        Vertex::Column(dataset, _) | Vertex::Dataset(dataset) => Node::Dataset(*dataset),
    };
    let owners: Vec<Node> =
        answer.links.iter().filter_map(|link| if let Owner::Job(job) = link.owner { Some(Node::Job(job)) } else { None }).collect();
    let named = Named::load(ctx, answer.nodes.iter().map(|(node, _)| vertex(node)).chain(owners), &[]).await?;
    Ok(ColumnLineage {
        start: id::column(dataset.id, column).into(),
        total_count: count(total),
        complete: !cut,
        truncated_because: cut.then(|| format!("the answer has {total} nodes; {limit} nodes and edges are listed")),
        graph_version: version.into(),
        nodes: answer
            .nodes
            .iter()
            .filter_map(|(node, distance)| Some(ColumnNode { distance: count(*distance), node: named.column_entity(node)? }))
            .collect(),
        edges: answer.links.into_iter().filter_map(|link| named.column_edge(&link)).collect(),
    })
}

impl Named {
    fn column_entity(&self, vertex: &Vertex) -> Option<ColumnEntity> {
        Some(match vertex {
            Vertex::Column(dataset, name) => ColumnEntity::Column(Column::named(self.datasets.get(dataset)?.clone(), name)),
            Vertex::Dataset(dataset) => ColumnEntity::Dataset(Dataset(self.datasets.get(dataset)?.clone())),
        })
    }

    fn column_id(&self, vertex: &Vertex) -> Option<ID> {
        Some(match vertex {
            Vertex::Column(dataset, name) => id::column(self.datasets.get(dataset)?.id, name).into(),
            Vertex::Dataset(dataset) => self.datasets.get(dataset)?.id.into(),
        })
    }

    fn column_edge(&self, link: &graph::ColumnLink) -> Option<ColumnEdge> {
        Some(ColumnEdge {
            from: self.column_id(&link.from)?,
            to: self.column_id(&link.to)?,
            job: self.job(link.owner),
            transformations: link.transformations.iter().map(Transformation::from).collect(),
            column_level: link.column_level,
            basis: link.basis.into(),
            first_seen: link.first.into(),
            last_seen: link.last.into(),
        })
    }
}
