//! The types of lineage answers: flat lists of nodes and edges, with exact totals and the log sequence
//! that they hold for. `lineage_answer` fills them.

use super::column::Column;
use super::column_lineage::{ColumnOutcome, Transformation};
use super::dataset::Dataset;
use super::event::Event;
use super::job::Job;
use super::lineage_evidence;
use super::run::Run;
use crate::asked::{LineageConfidence, LineageGranularity};
use crate::catalog::read::Declared;
use crate::completeness::CompletenessFields;
use crate::fold::flow::Owner;
use crate::graph;
use crate::graphql::error::Result;
use crate::graphql::load::{DatasetNumber, JobNumber, load};
use crate::graphql::page::{self, PageInfo};
use crate::graphql::pieces::Pieces;
use crate::graphql::scalar::{DateTime, Long, small};
use crate::lineage::answer::Vertex;
use crate::lineage::outcomes::Outcomes;
use crate::lineage::reckon::Reckoned;
use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject, Union};

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
    /// A column.
    Column(Column),
    /// Datasets under one heading.
    Group(LineageGroup),
}

/// Datasets of an answer under one heading.
#[derive(SimpleObject, Clone)]
pub struct LineageGroup {
    /// Derived from what is grouped by and the heading.
    pub id: ID,
    /// What kind of heading it is.
    pub by: LineageGranularity,
    /// Of a schema: its namespace.
    pub namespace: Option<String>,
    /// The heading; null for datasets without one.
    pub name: Option<String>,
    /// Datasets of the answer in it.
    pub dataset_count: Long,
    /// Edges between them.
    pub inner_edge_count: Long,
}

/// Everything reachable from a start.
#[derive(SimpleObject)]
pub struct Lineage {
    /// Id of the start; null when there is none or there are several.
    pub start: Option<ID>,
    /// What was asked for and is not known here, in words; the answer holds for the rest.
    pub unknown: Vec<String>,
    /// All nodes, the start included, on whatever page.
    pub total_count: Long,
    /// Datasets among them.
    pub dataset_count: Long,
    /// Jobs among them.
    pub job_count: Long,
    /// Columns among them.
    pub column_count: Long,
    #[graphql(flatten)]
    pub completeness: CompletenessFields,
    /// Log sequence that the answer holds for.
    pub graph_version: Long,
    /// Nearest first.
    pub nodes: Pieces<LineageNode>,
    /// Edges between the nodes; with paging those whose farther end is on the page.
    pub edges: Pieces<LineageEdge>,
    /// Where the page stands.
    pub page_info: PageInfo,
}

/// A node and how far it is.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct LineageNode {
    /// Dataset steps from the start; a job has that of the step that it makes.
    pub distance: i32,
    /// The node.
    pub node: LineageEntity,
    #[graphql(skip)]
    pub reckoned: Option<Reckoned>,
    #[graphql(skip)]
    pub outcomes: Option<Outcomes>,
}

/// What the paths to a node have to say. A cycle counts as one stop.
#[ComplexObject]
impl LineageNode {
    /// How many paths lead from the start to here, an edge by several jobs counted once; 0 for the start.
    async fn path_count(&self) -> Long {
        let paths = self.reckoned.as_ref().map_or(0, |reckoned| reckoned.paths);
        Long(i64::try_from(paths).unwrap_or(i64::MAX))
    }

    /// Steps of the longest of those paths; round a cycle no step is counted, but never less than `distance`.
    async fn longest_distance(&self) -> i32 {
        small(self.reckoned.as_ref().map_or(0, |reckoned| reckoned.longest)).max(self.distance)
    }

    /// True when it can be reached from itself.
    async fn on_cycle(&self) -> bool {
        self.reckoned.as_ref().is_some_and(|reckoned| reckoned.on_cycle)
    }

    /// How sure the surest path is; null for the start.
    async fn confidence(&self) -> Option<LineageConfidence> {
        self.reckoned.as_ref()?.confidence.map(Into::into)
    }

    /// What becomes of the start's value on the ways to this column (upstream: of this column's value on the ways to the
    /// start): each kind that some path amounts to. A path of identities only is an identity; the first step that only
    /// decides about rows makes it such a decision; once masked, it stays masked. Empty for what is no column's answer.
    async fn outcomes(&self) -> Vec<ColumnOutcome> {
        self.outcomes.iter().flat_map(|outcomes| outcomes.iter()).map(Into::into).collect()
    }

    /// True when the value is masked on every way.
    async fn masked(&self) -> bool {
        self.outcomes.is_some_and(Outcomes::all_masked)
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
    pub from: ID,
    /// Id of a node.
    pub to: ID,
    /// What moves the data; null when a dataset declares its own origin, and between jobs and groups.
    pub job: Option<Job>,
    /// How it is known.
    pub basis: LineageBasis,
    /// Who says so; null between columns, jobs and groups.
    pub origin: Option<LineageOrigin>,
    /// First evidence.
    pub first_seen: DateTime,
    /// Newest evidence.
    pub last_seen: DateTime,
    /// How sure it is.
    pub confidence: LineageConfidence,
    /// How the value is made; empty when nothing is said, or the nodes are no columns.
    pub transformations: Vec<Transformation>,
    /// False when only the tables are known to be joined.
    pub column_level: bool,
    /// Between groups: how many pairs of datasets are joined. Otherwise 1.
    pub count: Long,
    #[graphql(skip)]
    pub owner: Option<Owner>,
    #[graphql(skip)]
    pub declared: Option<Declared>,
    #[graphql(skip)]
    pub ends: Option<(Vertex, Vertex)>,
    #[graphql(skip)]
    pub handed_over: Vec<u32>,
}

#[ComplexObject]
impl LineageEdge {
    /// Runs of the job that read the one and wrote the other, newest first. None for what is only declared.
    #[graphql(complexity = "20 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn evidence(&self, ctx: &Context<'_>, #[graphql(default = 3)] first: i32) -> Result<Vec<Run>> {
        let first = page::length(first)?;
        match (self.owner, &self.ends) {
            (Some(owner), Some((from, to))) => lineage_evidence::runs(ctx, owner, (from.node(), to.node()), first).await,
            _ => Ok(Vec::new()),
        }
    }

    /// Job and dataset events that declare it, newest first. None for what runs show.
    #[graphql(complexity = "20 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn declarations(&self, ctx: &Context<'_>, #[graphql(default = 3)] first: i32) -> Result<Vec<Event>> {
        let first = page::length(first)?;
        match self.declared {
            Some(declared) => lineage_evidence::declarations(ctx, declared, first).await,
            None => Ok(Vec::new()),
        }
    }

    /// Between jobs: the datasets that the one writes and the other reads, in order of namespace and name.
    async fn datasets(&self, ctx: &Context<'_>) -> Result<Vec<Dataset>> {
        let rows = load(ctx).load_many(self.handed_over.iter().map(|&number| DatasetNumber(number))).await?;
        let mut datasets: Vec<Dataset> = rows.into_values().map(Dataset).collect();
        datasets.sort_by(|a, b| (&a.0.namespace, &a.0.name).cmp(&(&b.0.namespace, &b.0.name)));
        Ok(datasets)
    }
}
