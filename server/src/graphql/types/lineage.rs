//! Lineage answers: flat lists of nodes and edges, with exact totals and the log sequence that they
//! hold for. Reachability is the graph's; this file numbers, names, pages and says what was cut.

use super::dataset::Dataset;
use super::job::Job;
use crate::catalog::read::EntityRow;
use crate::fold::flow::Owner;
use crate::graph::{self, Direction, Node, Question};
use crate::graphql::error::{Result, bad_input};
use crate::graphql::load::{DatasetNumber, JobNumber, app, load};
use crate::graphql::page::{self, PageInfo};
use crate::graphql::scalar::{DateTime, Long, count};
use async_graphql::{Context, Enum, ID, SimpleObject, Union};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// Which way to look.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum LineageDirection {
    /// Where it comes from.
    Upstream,
    /// What depends on it.
    Downstream,
    /// Both, each walked apart.
    Both,
}

impl LineageDirection {
    /// The graph's directions.
    pub fn directions(self) -> Vec<Direction> {
        match self {
            Self::Upstream => vec![Direction::Upstream],
            Self::Downstream => vec![Direction::Downstream],
            Self::Both => vec![Direction::Upstream, Direction::Downstream],
        }
    }
}

/// How an edge is known, most precise first.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "graph::Basis")]
pub enum LineageBasis {
    /// Said outright.
    Explicit,
    /// Column lineage of the output names the input.
    ColumnLineage,
    /// Column lineage that Headwater inferred from the job's SQL.
    Inferred,
    /// Read and written in one run.
    InputsOutputs,
}

/// Who says so.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "graph::Origin")]
pub enum LineageOrigin {
    /// Runs.
    Observed,
    /// A job or dataset event.
    Declared,
}

/// A node of an answer.
#[derive(Union)]
pub enum LineageEntity {
    /// A dataset.
    Dataset(Dataset),
    /// A job.
    Job(Job),
}

/// Everything reachable from a start.
#[derive(SimpleObject)]
pub struct Lineage {
    /// Id of the start.
    start: ID,
    /// All nodes, the start included, on whatever page.
    total_count: i32,
    /// Datasets among them.
    dataset_count: i32,
    /// Jobs among them.
    job_count: i32,
    /// True when `nodes` and `edges` hold everything; a page that was asked for is complete too.
    complete: bool,
    /// Why not.
    truncated_because: Option<String>,
    /// Log sequence that the answer holds for.
    graph_version: Long,
    /// Nearest first.
    nodes: Vec<LineageNode>,
    /// Edges between the nodes; with paging those whose farther end is on the page.
    edges: Vec<LineageEdge>,
    /// Where the page stands.
    page_info: PageInfo,
}

/// A node and how far it is.
#[derive(SimpleObject)]
pub struct LineageNode {
    /// Dataset steps from the start; a job has that of the step that it makes.
    distance: i32,
    /// The node.
    node: LineageEntity,
}

/// Data flows from one node to another.
#[derive(SimpleObject)]
pub struct LineageEdge {
    /// Id of a node.
    from: ID,
    /// Id of a node.
    to: ID,
    /// What moves the data; null when a dataset declares its own origin.
    job: Option<Job>,
    /// How it is known.
    basis: LineageBasis,
    /// Who says so.
    origin: LineageOrigin,
    /// First evidence.
    first_seen: DateTime,
    /// Newest evidence.
    last_seen: DateTime,
}

/// What a lineage field was asked.
pub struct LineageArguments {
    pub direction: LineageDirection,
    pub max_depth: Option<i32>,
    pub as_of: Option<DateTime>,
    pub jobs: bool,
    pub temporary: bool,
    pub first: Option<i32>,
    pub after: Option<String>,
}

/// A depth, checked.
pub fn depth(max_depth: Option<i32>) -> Result<Option<u32>> {
    max_depth.map(|depth| u32::try_from(depth).map_err(|_| bad_input("maxDepth must not be negative"))).transpose()
}

/// Answers a lineage field.
///
/// The first of `start` is what is asked about; the others are what it stands for.
pub async fn lineage(ctx: &Context<'_>, start: Vec<Node>, start_id: Uuid, arguments: LineageArguments) -> Result<Lineage> {
    let first = start.first().copied();
    let limit = app(ctx).limits.answer_items;
    let question = Question {
        start,
        directions: arguments.direction.directions(),
        max_depth: depth(arguments.max_depth)?,
        when: arguments.as_of.map(|at| at.0.0).into(),
        max_edges: limit,
        temporary: arguments.temporary,
        stop_at: None,
    };
    let graph = app(ctx).graph();
    let version = graph.seq();
    let mut answer = off_thread(move || graph::walk(&graph, &question)).await?;
    let keep = |node: Node| arguments.jobs || Some(node) == first || matches!(node, Node::Dataset(_));
    answer.nodes.retain(|(node, _)| keep(*node));
    answer.links.retain(|link| keep(link.edge.from) && keep(link.edge.to));
    answer.nodes.sort_unstable_by_key(|&(node, distance)| (distance, node));
    let total = answer.nodes.len();
    let datasets = answer.nodes.iter().filter(|(node, _)| matches!(node, Node::Dataset(_))).count();
    let distances: HashMap<Node, u32> = answer.nodes.iter().copied().collect();
    let (page, page_info) = page_of(answer.nodes, &arguments, limit)?;
    let listed: HashSet<Node> = page.iter().map(|(node, _)| *node).collect();
    // On a page the edge belongs to its farther end, so that every edge is on exactly one page.
    let far = |edge: &graph::Edge| if distances.get(&edge.from) > distances.get(&edge.to) { edge.from } else { edge.to };
    answer.links.retain(|link| listed.contains(&far(&link.edge)));
    answer.links.sort_unstable_by_key(|link| (link.edge.from, link.edge.to, link.owner));
    let cut = arguments.first.is_none() && page_info.has_next_page;
    let truncated_because = if cut {
        Some(format!("the answer has {total} nodes and lists {limit}; page through it with first and after"))
    } else if !answer.all_links {
        Some(format!("the answer has more than {limit} edges; ask for a smaller maxDepth"))
    } else {
        None
    };
    let named = Named::load(
        ctx,
        page.iter().map(|(node, _)| *node).chain(answer.links.iter().flat_map(|l| [l.edge.from, l.edge.to])),
        &answer.links,
    )
    .await?;
    Ok(Lineage {
        start: start_id.into(),
        total_count: count(total),
        dataset_count: count(datasets),
        job_count: count(total - datasets),
        complete: truncated_because.is_none(),
        truncated_because,
        graph_version: version.into(),
        nodes: page
            .into_iter()
            .filter_map(|(node, distance)| Some(LineageNode { distance: count(distance), node: named.entity(node)? }))
            .collect(),
        edges: answer.links.into_iter().filter_map(|link| named.edge(&link)).collect(),
        page_info,
    })
}

fn page_of(nodes: Vec<(Node, u32)>, arguments: &LineageArguments, limit: usize) -> Result<(Vec<(Node, u32)>, PageInfo)> {
    let first = match arguments.first {
        Some(first) => usize::try_from(first).map_err(|_| bad_input("first must not be negative"))?.min(limit),
        None => limit,
    };
    let start = page::place::<u64>(arguments.after.as_deref())?.map_or(0, |place| place as usize + 1);
    let has_next_page = nodes.len() > start.saturating_add(first);
    let page: Vec<_> = nodes.into_iter().skip(start).take(first).collect();
    let cursor_at = |offset: usize| (!page.is_empty()).then(|| page::cursor(&((start + offset) as u64)));
    let page_info = PageInfo {
        has_next_page,
        has_previous_page: start > 0,
        start_cursor: cursor_at(0),
        end_cursor: cursor_at(page.len().saturating_sub(1)),
    };
    Ok((page, page_info))
}

/// A large walk must not hold up other requests on this thread.
pub async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|_| async_graphql::Error::new("the walk did not finish"))
}

/// Rows of everything that an answer names.
pub struct Named {
    /// By number.
    pub datasets: HashMap<u32, Arc<EntityRow>>,
    /// By number.
    pub jobs: HashMap<u32, Arc<EntityRow>>,
}

impl Named {
    /// Loads them in two statements.
    pub async fn load(ctx: &Context<'_>, nodes: impl Iterator<Item = Node>, links: &[graph::Link]) -> Result<Self> {
        let (mut datasets, mut jobs) = (HashSet::new(), HashSet::new());
        for node in nodes {
            match node {
                Node::Dataset(number) => datasets.insert(DatasetNumber(number)),
                Node::Job(number) => jobs.insert(JobNumber(number)),
            };
        }
        jobs.extend(links.iter().filter_map(|link| if let Owner::Job(number) = link.owner { Some(JobNumber(number)) } else { None }));
        let datasets = load(ctx).load_many(datasets).await?;
        let jobs = load(ctx).load_many(jobs).await?;
        Ok(Self {
            datasets: datasets.into_iter().map(|(key, row)| (key.0, row)).collect(),
            jobs: jobs.into_iter().map(|(key, row)| (key.0, row)).collect(),
        })
    }

    fn entity(&self, node: Node) -> Option<LineageEntity> {
        Some(match node {
            Node::Dataset(number) => LineageEntity::Dataset(Dataset(self.datasets.get(&number)?.clone())),
            Node::Job(number) => LineageEntity::Job(Job(self.jobs.get(&number)?.clone())),
        })
    }

    fn id(&self, node: Node) -> Option<ID> {
        let row = match node {
            Node::Dataset(number) => self.datasets.get(&number)?,
            Node::Job(number) => self.jobs.get(&number)?,
        };
        Some(row.id.into())
    }

    /// The job of an owner that is one.
    pub fn job(&self, owner: Owner) -> Option<Job> {
        if let Owner::Job(number) = owner { self.jobs.get(&number).cloned().map(Job) } else { None }
    }

    fn edge(&self, link: &graph::Link) -> Option<LineageEdge> {
        Some(LineageEdge {
            from: self.id(link.edge.from)?,
            to: self.id(link.edge.to)?,
            job: link.edge.job(link.owner).and_then(|number| self.jobs.get(&number)).cloned().map(Job),
            basis: link.edge.basis.into(),
            origin: link.edge.origin.into(),
            first_seen: link.edge.first.into(),
            last_seen: link.edge.last.into(),
        })
    }
}
