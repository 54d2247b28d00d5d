//! Lineage answers: flat lists of nodes and edges, with exact totals and the log sequence that they
//! hold for. Reachability is the graph's; this file numbers, names, pages and says what was cut.

use super::dataset::Dataset;
use super::job::Job;
use super::lineage_evidence;
use super::lineage_start::Start;
use super::run::Run;
use crate::catalog::read::EntityRow;
use crate::fold::flow::Owner;
use crate::graph::{self, Direction, Graph, Node, Question, When};
use crate::graphql::error::{Result, bad_input};
use crate::graphql::load::{DatasetNumber, JobNumber, app, load};
use crate::graphql::page::{self, PageInfo};
use crate::graphql::scalar::{DateTime, Long, count};
use crate::lineage::Confidence;
use crate::lineage::reckon::{Reckoned, reckon};
use crate::lineage::select::Predicate;
use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, SimpleObject, Union};
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

/// How sure an edge, or the surest path to a node, is.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Confidence")]
pub enum LineageConfidence {
    /// Columns prove it.
    ColumnProven,
    /// Said outright, or there is no other way: the job reads or writes nothing else.
    TableLevel,
    /// Headwater's reading of the job's SQL.
    Inferred,
    /// Read and written by one run that reads and writes others too.
    Assumed,
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
#[graphql(complex)]
pub struct LineageNode {
    /// Dataset steps from the start; a job has that of the step that it makes.
    distance: i32,
    /// The node.
    node: LineageEntity,
    #[graphql(skip)]
    reckoned: Option<Reckoned>,
}

/// What the paths to a node have to say. A cycle counts as one stop.
#[ComplexObject]
impl LineageNode {
    /// How many paths lead from the start to here, an edge by several jobs counted once; 0 for the start.
    async fn path_count(&self) -> Long {
        let paths = self.reckoned.as_ref().map_or(0, |reckoned| reckoned.paths);
        Long(i64::try_from(paths).unwrap_or(i64::MAX))
    }

    /// Steps of the longest of those paths.
    async fn longest_distance(&self) -> i32 {
        count(self.reckoned.as_ref().map_or(0, |reckoned| reckoned.longest))
    }

    /// True when it can be reached from itself.
    async fn on_cycle(&self) -> bool {
        self.reckoned.as_ref().is_some_and(|reckoned| reckoned.on_cycle)
    }

    /// How sure the surest path is; null for the start.
    async fn confidence(&self) -> Option<LineageConfidence> {
        self.reckoned.as_ref()?.confidence.map(Into::into)
    }

    /// Jobs whose last step leads to here, in order of namespace and name.
    async fn via(&self, ctx: &Context<'_>) -> Result<Vec<Job>> {
        let numbers = self.reckoned.iter().flat_map(|reckoned| &reckoned.via);
        let rows = load(ctx).load_many(numbers.map(|&number| JobNumber(number))).await?;
        let mut jobs: Vec<Job> = rows.into_values().map(Job).collect();
        jobs.sort_by(|a, b| (&a.0.namespace, &a.0.name).cmp(&(&b.0.namespace, &b.0.name)));
        Ok(jobs)
    }
}

/// Data flows from one node to another.
#[derive(SimpleObject)]
#[graphql(complex)]
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
    /// How sure it is.
    confidence: LineageConfidence,
    #[graphql(skip)]
    link: graph::Link,
}

#[ComplexObject]
impl LineageEdge {
    /// Runs of the job that read the one and wrote the other, newest first. None for what is only declared.
    #[graphql(complexity = "20 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn evidence(&self, ctx: &Context<'_>, #[graphql(default = 3)] first: i32) -> Result<Vec<Run>> {
        lineage_evidence::runs(ctx, &self.link, page::length(first)?).await
    }
}

/// What a lineage field was asked.
pub struct LineageArguments {
    pub direction: LineageDirection,
    pub min_depth: Option<i32>,
    pub max_depth: Option<i32>,
    pub when: When,
    pub jobs: bool,
    pub temporary: bool,
    pub filter: Option<Predicate>,
    pub stop_at: Option<Predicate>,
    pub min_confidence: Option<LineageConfidence>,
    pub first: Option<i32>,
    pub after: Option<String>,
}

impl LineageArguments {
    /// Everything in a direction, now.
    pub fn new(direction: LineageDirection) -> Self {
        Self {
            direction,
            min_depth: None,
            max_depth: None,
            when: When::Now,
            jobs: true,
            temporary: false,
            filter: None,
            stop_at: None,
            min_confidence: None,
            first: None,
            after: None,
        }
    }
}

/// From one instant to another, both included.
#[derive(InputObject)]
pub struct TimeWindow {
    /// Its begin.
    from: DateTime,
    /// Its end.
    to: DateTime,
}

/// The time that a question is about: an instant, a window, or now.
pub fn when(as_of: Option<DateTime>, window: Option<TimeWindow>) -> Result<When> {
    match (as_of, window) {
        (Some(_), Some(_)) => Err(bad_input("give asOf or window, not both")),
        (_, Some(window)) if window.from.0.0 > window.to.0.0 => Err(bad_input("window ends before it begins")),
        (_, Some(window)) => Ok(When::During(window.from.0.0, window.to.0.0)),
        (at, None) => Ok(at.map(|at| at.0.0).into()),
    }
}

/// A depth, checked.
pub fn depth(max_depth: Option<i32>) -> Result<Option<u32>> {
    max_depth.map(|depth| u32::try_from(depth).map_err(|_| bad_input("maxDepth must not be negative"))).transpose()
}

/// Nodes, edges and what the nodes' paths say, before paging and naming.
pub struct Walked {
    /// With distances, nearest first.
    pub nodes: Vec<(Node, u32)>,
    /// In order of their ends.
    pub links: Vec<graph::Link>,
    /// By node, when it was asked for.
    pub reckoned: HashMap<Node, Reckoned>,
    /// False when there are more edges than one answer lists.
    pub all_links: bool,
    /// Log sequence.
    pub version: u64,
}

/// Walks a question and reckons its nodes when that is wanted.
pub async fn walked(ctx: &Context<'_>, start: &Start, arguments: &LineageArguments, reckons: bool) -> Result<Walked> {
    let graph = app(ctx).graph();
    let limit = if reckons { usize::MAX } else { app(ctx).limits.answer_items };
    let stops = |predicate: &Predicate| {
        let (graph, predicate) = (graph.clone(), predicate.clone());
        Arc::new(move |node: Node| predicate.test(&graph, node)) as Arc<dyn Fn(Node) -> bool + Send + Sync>
    };
    let question = Question {
        start: Vec::new(),
        directions: Vec::new(),
        max_depth: depth(arguments.max_depth)?,
        when: arguments.when,
        max_edges: limit,
        temporary: arguments.temporary,
        stop_at: arguments.stop_at.as_ref().map(stops),
    };
    let questions: Vec<Question> = arguments
        .direction
        .directions()
        .into_iter()
        .map(|direction| {
            let start = if direction == Direction::Upstream { start.upstream.clone() } else { start.nodes.clone() };
            Question { start, directions: vec![direction], ..question.clone() }
        })
        .collect();
    off_thread(move || walk_all(&graph, &questions, reckons)).await
}

fn walk_all(graph: &Graph, questions: &[Question], reckons: bool) -> Walked {
    let mut nodes: HashMap<Node, u32> = HashMap::new();
    let mut walked = Walked { nodes: Vec::new(), links: Vec::new(), reckoned: HashMap::new(), all_links: true, version: graph.seq() };
    for question in questions {
        let answer = graph::walk(graph, question);
        if reckons {
            let start: Vec<Node> = question.start.iter().map(|&node| graph.canonical(node)).collect();
            for (node, reckoned) in reckon(&start, &answer.links, question.directions[0], |owner| is_alone(graph, owner)) {
                walked.reckoned.entry(node).and_modify(|known| known.join(&reckoned)).or_insert(reckoned);
            }
        }
        for (node, distance) in answer.nodes {
            nodes.entry(node).and_modify(|known| *known = distance.min(*known)).or_insert(distance);
        }
        walked.links.extend(answer.links);
        walked.all_links &= answer.all_links;
    }
    walked.nodes = nodes.into_iter().collect();
    walked.nodes.sort_unstable_by_key(|&(node, distance)| (distance, node));
    let ends = |link: &graph::Link| (link.edge.from, link.edge.to, link.owner);
    walked.links.sort_unstable_by_key(ends);
    walked.links.dedup_by_key(|link| ends(link));
    walked
}

/// True when an owner reads only one dataset or writes only one: then one feeds the other.
fn is_alone(graph: &Graph, owner: Owner) -> bool {
    match owner {
        Owner::Dataset(_) => true,
        Owner::Job(job) => {
            let (inputs, outputs) = graph.io_of(job);
            inputs.len() < 2 && outputs.len() < 2
        }
    }
}

/// Answers a lineage field.
///
/// The first of the start is what is asked about; the others are what it stands for.
pub async fn lineage(ctx: &Context<'_>, start: Start, start_id: Uuid, arguments: LineageArguments) -> Result<Lineage> {
    let first = start.nodes.first().copied();
    let starts: HashSet<Node> = start.nodes.iter().chain(&start.upstream).map(|&node| app(ctx).graph().canonical(node)).collect();
    let reckons =
        arguments.min_confidence.is_some() || is_asked(ctx, "nodes", &["pathCount", "longestDistance", "onCycle", "confidence", "via"]);
    let mut answer = walked(ctx, &start, &arguments, reckons).await?;
    let graph = app(ctx).graph();
    let limit = app(ctx).limits.answer_items;
    let min_depth = depth(arguments.min_depth)?.unwrap_or(0);
    let level = arguments.min_confidence.map(Confidence::from);
    let sure = |node: &Node| level.is_none_or(|level| answer.reckoned.get(node).and_then(|r| r.confidence).is_none_or(|c| c <= level));
    let is_wanted = |node: Node, distance: u32| {
        (starts.contains(&node) && min_depth == 0)
            || (distance >= min_depth && sure(&node) && arguments.filter.as_ref().is_none_or(|filter| filter.test(&graph, node)))
    };
    let keep = |node: Node| arguments.jobs || Some(node) == first || matches!(node, Node::Dataset(_));
    answer.nodes.retain(|&(node, distance)| keep(node) && is_wanted(node, distance));
    let distances: HashMap<Node, u32> = answer.nodes.iter().copied().collect();
    answer.links.retain(|link| distances.contains_key(&link.edge.from) && distances.contains_key(&link.edge.to));
    let total = answer.nodes.len();
    let datasets = answer.nodes.iter().filter(|(node, _)| matches!(node, Node::Dataset(_))).count();
    let (page, page_info) = page_of(answer.nodes, &arguments, limit)?;
    let listed: HashSet<Node> = page.iter().map(|(node, _)| *node).collect();
    // On a page the edge belongs to its farther end, so that every edge is on exactly one page.
    let far = |edge: &graph::Edge| if distances.get(&edge.from) > distances.get(&edge.to) { edge.from } else { edge.to };
    answer.links.retain(|link| listed.contains(&far(&link.edge)));
    let too_many = answer.links.len() > limit || !answer.all_links;
    answer.links.truncate(limit);
    let cut = arguments.first.is_none() && page_info.has_next_page;
    let truncated_because = if cut {
        Some(format!("the answer has {total} nodes and lists {limit}; page through it with first and after"))
    } else if too_many {
        Some(format!("the answer has more than {limit} edges; ask for a smaller maxDepth"))
    } else if !start.unknown.is_empty() {
        Some(format!("not known: {}", start.unknown.join(", ")))
    } else {
        None
    };
    let named = Named::load(
        ctx,
        page.iter().map(|(node, _)| *node).chain(answer.links.iter().flat_map(|l| [l.edge.from, l.edge.to])),
        &answer.links,
    )
    .await?;
    let mut reckoned = answer.reckoned;
    let node =
        |(node, distance)| Some(LineageNode { distance: count(distance), node: named.entity(node)?, reckoned: reckoned.remove(&node) });
    Ok(Lineage {
        start: start_id.into(),
        total_count: count(total),
        dataset_count: count(datasets),
        job_count: count(total - datasets),
        complete: truncated_because.is_none(),
        truncated_because,
        graph_version: answer.version.into(),
        nodes: page.into_iter().filter_map(node).collect(),
        edges: answer.links.into_iter().filter_map(|link| named.edge(&graph, link)).collect(),
        page_info,
    })
}

/// True when one of these fields of a list is selected.
fn is_asked(ctx: &Context<'_>, list: &str, fields: &[&str]) -> bool {
    let list = ctx.look_ahead().field(list);
    fields.iter().any(|field| list.field(field).exists())
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

    /// A node with its row.
    pub fn entity(&self, node: Node) -> Option<LineageEntity> {
        Some(match node {
            Node::Dataset(number) => LineageEntity::Dataset(Dataset(self.datasets.get(&number)?.clone())),
            Node::Job(number) => LineageEntity::Job(Job(self.jobs.get(&number)?.clone())),
        })
    }

    /// Namespace and name of a node.
    pub fn name(&self, node: Node) -> Option<(String, String)> {
        let row = match node {
            Node::Dataset(number) => self.datasets.get(&number)?,
            Node::Job(number) => self.jobs.get(&number)?,
        };
        Some((row.namespace.clone(), row.name.clone()))
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

    fn edge(&self, graph: &Graph, link: graph::Link) -> Option<LineageEdge> {
        Some(LineageEdge {
            from: self.id(link.edge.from)?,
            to: self.id(link.edge.to)?,
            job: link.edge.job(link.owner).and_then(|number| self.jobs.get(&number)).cloned().map(Job),
            basis: link.edge.basis.into(),
            origin: link.edge.origin.into(),
            first_seen: link.edge.first.into(),
            last_seen: link.edge.last.into(),
            confidence: Confidence::of(&link.edge, is_alone(graph, link.owner)).into(),
            link,
        })
    }
}
