//! Scenes: a laid-out picture with everything a card shows, in one answer. What to draw and where is
//! `scene`'s; this file adds names, states and columns.

use super::column::columns_of;
use super::facet;
use super::lineage::LineageBasis;
use super::run::RunState;
use super::scene_columns::Columns;
use crate::asked::LineageDirection;
use crate::catalog::read::{EntityRow, Page, RunFilter};
use crate::completeness::{CompletenessFields, IncompleteReason};
use crate::fold::flow::Owner;
use crate::graph::{self, Direction, Graph, Node, When};
use crate::graphql::error::{ApiError, Result, bad_input, not_found};
use crate::graphql::load::{DatasetNumber, JobNumber, app, load};
use crate::graphql::scalar::{DateTime, Long, count};
use crate::graphql::standing::completeness;
use crate::scene::compose::{self, LAYOUT_VERSION, Picture, Piece, Placed, compose};
use crate::scene::select::{Selection, Wish, select};
use async_graphql::{Context, Enum, ID, InputObject, SimpleObject};
use schema::id;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// Cards of one scene at most: more cannot be read.
const MAX_CARDS: i32 = 2000;

/// What a card stands for.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum SceneKind {
    /// A dataset.
    Dataset,
    /// A job.
    Job,
    /// Neighbours that are not drawn.
    More,
}

/// The middle of a scene.
#[derive(InputObject)]
pub struct SceneFocus {
    /// DATASET or JOB.
    kind: SceneKind,
    /// As sent.
    namespace: String,
    /// As sent.
    name: String,
}

/// Show the neighbours of a card on one side: 5 and a MORE card when there are over 8, every one with `all`.
#[derive(InputObject)]
pub struct SceneExpansion {
    /// Id of the card.
    id: ID,
    /// Which side.
    direction: LineageDirection,
    /// Every neighbour.
    #[graphql(default)]
    all: bool,
}

/// A laid-out picture, in pixels.
#[derive(SimpleObject)]
pub struct Scene {
    /// Id of the focus.
    focus: ID,
    /// Width of the picture.
    width: f64,
    /// Height of the picture.
    height: f64,
    /// Cards.
    nodes: Vec<SceneNode>,
    /// Arrows.
    edges: Vec<SceneEdge>,
    /// Datasets that feed the focus, drawn or not.
    datasets_upstream: Long,
    /// Datasets that the focus feeds, drawn or not.
    datasets_downstream: Long,
    #[graphql(flatten)]
    completeness: CompletenessFields,
    /// Log sequence that the picture holds for.
    graph_version: Long,
    /// Changes when the same graph would look different.
    layout_version: i32,
}

/// A card; x, y is its top-left corner. A MORE card stands for `count` neighbours that are not drawn; `anchor` is the
/// card to expand.
#[derive(SimpleObject)]
pub struct SceneNode {
    /// Id of the dataset or job.
    id: ID,
    /// What it stands for.
    kind: SceneKind,
    /// Left.
    x: f64,
    /// Top.
    y: f64,
    /// Width.
    width: f64,
    /// Height.
    height: f64,
    /// Full name.
    title: String,
    /// As sent.
    namespace: String,
    /// State of the newest run: of the job, or that wrote the dataset.
    status: Option<RunState>,
    /// Tags: the name, and the value of one that is no mere flag (`tier: 1`).
    tags: Vec<String>,
    /// Names of owners.
    owners: Vec<String>,
    /// Columns of the dataset.
    column_count: Long,
    /// True when column lineage names the dataset.
    has_column_lineage: bool,
    /// Column rows that are open, at most 30; traced ones come first.
    columns: Vec<SceneColumn>,
    /// Direct neighbours to the left that are not drawn.
    hidden_upstream: Long,
    /// Direct neighbours to the right that are not drawn.
    hidden_downstream: Long,
    /// Of a MORE card: how many it stands for.
    count: Long,
    /// Of a MORE card: whose neighbours.
    anchor: Option<ID>,
    /// Of a MORE card: on which side.
    direction: Option<LineageDirection>,
    /// Signed dataset steps from the focus.
    distance: i32,
    /// True when the traced column comes from or flows into it.
    traced: bool,
}

/// A column row; y is its middle, from the top of its card.
#[derive(SimpleObject)]
pub struct SceneColumn {
    /// Id of the column.
    pub id: ID,
    /// Dotted path.
    pub name: String,
    /// As the emitter names it.
    #[graphql(name = "type")]
    pub data_type: Option<String>,
    /// Middle of the row.
    pub y: f64,
    /// True on the trace.
    pub traced: bool,
}

/// An arrow; points is x, y, x, y, … from the source's right side to the target's left side. Column edges name their
/// columns.
#[derive(SimpleObject)]
pub struct SceneEdge {
    /// Unique within the scene.
    pub id: ID,
    /// Id of a card.
    pub from: ID,
    /// Id of a card.
    pub to: ID,
    /// Of a column edge: its source column.
    pub from_column: Option<ID>,
    /// Of a column edge: its target column.
    pub to_column: Option<ID>,
    /// x, y, x, y, …
    pub points: Vec<f64>,
    /// How it is known; null to a MORE card.
    pub basis: Option<LineageBasis>,
    /// False for a filter, join or the like.
    pub direct: bool,
    /// True on the trace.
    pub traced: bool,
}

/// What a scene was asked.
pub struct SceneArguments {
    pub up: i32,
    pub down: i32,
    pub jobs: bool,
    pub as_of: Option<DateTime>,
    pub expand: Vec<SceneExpansion>,
    pub open_columns: Vec<ID>,
    pub trace: Option<ID>,
    pub limit: i32,
}

/// Draws.
pub async fn scene(ctx: &Context<'_>, focus: SceneFocus, arguments: SceneArguments) -> Result<Scene> {
    if !(1..=MAX_CARDS).contains(&arguments.limit) {
        return Err(bad_input(format!("limit must be between 1 and {MAX_CARDS}")));
    }
    let rests_on = completeness(ctx);
    let more = || format!("more than {} cards; the rest is counted on the cards", arguments.limit);
    let graph = app(ctx).graph();
    let focus = find(ctx, &focus).await?;
    let when = When::from(arguments.as_of.map(|at| at.0.0));
    let wish = Wish {
        focus: focus.0,
        up: steps(arguments.up)?,
        down: steps(arguments.down)?,
        jobs: arguments.jobs,
        when,
        expand: expansions(ctx, &arguments.expand).await?,
        limit: arguments.limit as usize,
    };
    let selection = select(&graph, &wish);
    let rows = rows(ctx, selection.cards.keys().copied()).await?;
    let columns = Columns::choose(ctx, &graph, &rows, &arguments, when).await?;
    let open = columns.open.iter().map(|(&dataset, columns)| (Node::Dataset(dataset), columns.len())).collect();
    let picture = compose(&selection, &open);
    let total = |direction| reach(&graph, focus.0, direction, when);
    let mut nodes = Vec::with_capacity(picture.cards.len());
    for placed in &picture.cards {
        nodes.push(card(ctx, placed, &selection, &rows, &columns, &graph).await?);
    }
    let mut edges = arrows(&picture, &selection, &rows, &columns);
    edges.extend(columns.edges(&picture, &rows));
    Ok(Scene {
        focus: focus.1.into(),
        width: f64::from(picture.width),
        height: f64::from(picture.height),
        nodes,
        edges,
        datasets_upstream: count(total(Direction::Upstream)),
        datasets_downstream: count(total(Direction::Downstream)),
        completeness: rests_on.and(selection.limited.then(|| (IncompleteReason::AnswerLimit, more()))).into(),
        graph_version: graph.seq().into(),
        layout_version: LAYOUT_VERSION,
    })
}

fn steps(steps: i32) -> Result<u32> {
    u32::try_from(steps).ok().filter(|steps| *steps <= 100).ok_or_else(|| bad_input("up and down must be between 0 and 100"))
}

async fn find(ctx: &Context<'_>, focus: &SceneFocus) -> Result<(Node, Uuid)> {
    let missing = || {
        not_found(format!(
            "there is no {} {:?} in namespace {:?}",
            if focus.kind == SceneKind::Job { "job" } else { "dataset" },
            focus.name,
            focus.namespace
        ))
    };
    let id = if focus.kind == SceneKind::Job { id::job(&focus.namespace, &focus.name) } else { id::dataset(&focus.namespace, &focus.name) };
    Ok((node(ctx, id).await?.ok_or_else(missing)?, id))
}

async fn node(ctx: &Context<'_>, id: Uuid) -> Result<Option<Node>> {
    let catalog = &app(ctx).catalog;
    if let Some(row) = catalog.datasets_by_id(&[id]).await.map_err(ApiError::from)?.first() {
        return Ok(Some(Node::Dataset(app(ctx).graph().representative(row.number))));
    }
    Ok(catalog.jobs_by_id(&[id]).await.map_err(ApiError::from)?.first().map(|row| Node::Job(row.number)))
}

/// Cards of an old link may be gone; they are passed over.
async fn expansions(ctx: &Context<'_>, wanted: &[SceneExpansion]) -> Result<Vec<(Node, Direction, bool)>> {
    let mut all = Vec::new();
    for one in wanted {
        let Ok(id) = Uuid::try_parse(&one.id) else { continue };
        if let Some(node) = node(ctx, id).await? {
            all.extend(one.direction.directions().into_iter().map(|direction| (node, direction, one.all)));
        }
    }
    Ok(all)
}

/// Catalog rows of the cards.
pub type Rows = HashMap<Node, Arc<EntityRow>>;

async fn rows(ctx: &Context<'_>, nodes: impl Iterator<Item = Node>) -> Result<Rows> {
    let (mut datasets, mut jobs) = (Vec::new(), Vec::new());
    for node in nodes {
        match node {
            Node::Dataset(number) => datasets.push(DatasetNumber(number)),
            Node::Job(number) => jobs.push(JobNumber(number)),
        }
    }
    let datasets = load(ctx).load_many(datasets).await?.into_iter().map(|(key, row)| (Node::Dataset(key.0), row));
    let jobs = load(ctx).load_many(jobs).await?.into_iter().map(|(key, row)| (Node::Job(key.0), row));
    Ok(datasets.chain(jobs).collect())
}

fn reach(graph: &Graph, focus: Node, direction: Direction, when: When) -> usize {
    let question = graph::Question { when, max_edges: 0, ..graph::Question::all(focus, direction) };
    graph::walk(graph, &question).nodes.iter().filter(|(node, _)| matches!(node, Node::Dataset(_)) && *node != focus).count()
}

async fn card(
    ctx: &Context<'_>,
    placed: &Placed,
    selection: &Selection,
    rows: &Rows,
    columns: &Columns,
    graph: &Graph,
) -> Result<SceneNode> {
    let mut card = SceneNode {
        id: piece_id(placed.piece, selection, rows),
        kind: SceneKind::More,
        x: f64::from(placed.x),
        y: f64::from(placed.y),
        width: f64::from(placed.width),
        height: f64::from(placed.height),
        title: String::new(),
        namespace: String::new(),
        status: None,
        tags: Vec::new(),
        owners: Vec::new(),
        column_count: Long(0),
        has_column_lineage: false,
        columns: Vec::new(),
        hidden_upstream: Long(0),
        hidden_downstream: Long(0),
        count: Long(0),
        anchor: None,
        direction: None,
        distance: 0,
        traced: false,
    };
    match placed.piece {
        Piece::More(place) => {
            let more = selection.more[place];
            card.title = format!("{} more", more.count);
            card.count = count(more.count);
            card.anchor = Some(piece_id(Piece::Node(more.anchor), selection, rows));
            card.direction =
                Some(if more.direction == Direction::Downstream { LineageDirection::Downstream } else { LineageDirection::Upstream });
            card.distance = selection.cards.get(&more.anchor).copied().unwrap_or_default();
        }
        Piece::Node(node) => fill(ctx, &mut card, node, selection, rows, columns, graph).await?,
    }
    Ok(card)
}

async fn fill(
    ctx: &Context<'_>,
    card: &mut SceneNode,
    node: Node,
    selection: &Selection,
    rows: &Rows,
    columns: &Columns,
    graph: &Graph,
) -> Result<()> {
    let Some(row) = rows.get(&node) else { return Ok(()) };
    let (owner, filter) = match node {
        Node::Dataset(number) => {
            (Owner::Dataset(number), RunFilter { datasets: Some((row.members.clone(), Some(1))), ..RunFilter::default() })
        }
        Node::Job(number) => (Owner::Job(number), RunFilter { job: Some(number), ..RunFilter::default() }),
    };
    card.title.clone_from(&row.name);
    card.namespace.clone_from(&row.namespace);
    card.tags = facet::tags(ctx, owner, None).await?.into_iter().map(label).collect();
    card.owners = facet::owners(ctx, owner).await?.into_iter().map(|owner| owner.name).collect();
    let newest = app(ctx).catalog.run_page(&filter, Page { after: None, limit: 1 }).await.map_err(ApiError::from)?;
    card.status = newest.first().map(|row| RunState::of(row.run.state()));
    (card.hidden_upstream, card.hidden_downstream) =
        selection.hidden.get(&node).map_or_else(Default::default, |&(up, down)| (count(up), count(down)));
    card.distance = selection.cards.get(&node).copied().unwrap_or_default();
    card.kind = SceneKind::Job;
    if let Node::Dataset(number) = node {
        card.kind = SceneKind::Dataset;
        card.column_count = count(columns_of(ctx, row).await?.len());
        card.has_column_lineage = graph.columns_of(number).iter().any(|(_, up, down)| up + down > 0);
        card.traced = columns.traced_datasets.contains(&number);
        let open = columns.open.get(&number).map(Vec::as_slice).unwrap_or_default();
        card.columns = open.iter().enumerate().map(|(i, column)| column.row(row.id, i)).collect();
    }
    Ok(())
}

/// A tag as a card shows it.
fn label(tag: facet::Tag) -> String {
    match tag.value.filter(|value| !value.is_empty() && value != "true") {
        Some(value) => format!("{}: {value}", tag.name),
        None => tag.name,
    }
}

fn piece_id(piece: Piece, selection: &Selection, rows: &Rows) -> ID {
    let of = |node: &Node| rows.get(node).map_or_else(String::new, |row| row.id.to_string());
    match piece {
        Piece::Node(node) => of(&node).into(),
        Piece::More(place) => {
            let more = &selection.more[place];
            format!("more:{}:{}", of(&more.anchor), if more.direction == Direction::Downstream { "down" } else { "up" }).into()
        }
    }
}

fn arrows(picture: &Picture, selection: &Selection, rows: &Rows, columns: &Columns) -> Vec<SceneEdge> {
    let on_trace = |piece: Piece| matches!(piece, Piece::Node(Node::Dataset(d)) if columns.traced_datasets.contains(&d));
    let edge = |(i, route): (usize, &compose::Route)| SceneEdge {
        id: format!("e{i}").into(),
        from: piece_id(route.from, selection, rows),
        to: piece_id(route.to, selection, rows),
        from_column: None,
        to_column: None,
        points: route.points.iter().flat_map(|&(x, y)| [f64::from(x), f64::from(y)]).collect(),
        basis: route.arrow.map(|arrow| arrow.basis.into()),
        direct: true,
        traced: on_trace(route.from) && on_trace(route.to),
    };
    picture.routes.iter().enumerate().map(edge).collect()
}
