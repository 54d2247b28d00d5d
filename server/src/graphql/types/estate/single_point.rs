//! Single points of failure: datasets and jobs that others cannot do without.

use crate::asked::{LineageFilter, ListKind};
use crate::catalog::read::Kind;
use crate::estate::dominance::{Dominance, dominance};
use crate::estate::job_dominance::{JobDominance, job_dominance};
use crate::graph::{Direction, Graph, LineageView, Node, Question, When, walk};
use crate::graphql::error::{ApiError, Result, bad_input};
use crate::graphql::load::{DatasetNumber, app, load};
use crate::graphql::page::{self, Connection, Edge};
use crate::graphql::scalar::{Long, count};
use crate::graphql::types::lineage::LineageEntity;
use crate::graphql::types::lineage_answer::{off_thread, predicate};
use crate::graphql::types::lineage_named::Named;
use crate::graphql::types::{Dataset, Job};
use async_graphql::{Context, Enum, Object};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// What may be a single point of failure.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum SinglePointKind {
    /// Datasets.
    Dataset,
    /// Jobs.
    Job,
}

/// What is asked.
pub struct SinglePointQuestion {
    pub kinds: Vec<SinglePointKind>,
    pub min_dominated: i32,
    pub filter: Option<LineageFilter>,
    pub when: When,
    pub first: i32,
    pub after: Option<String>,
}

/// A dataset or job that others cannot do without.
pub struct SinglePoint {
    node: Node,
    entity: Entity,
    dominated: u32,
    found: Arc<Found>,
}

enum Entity {
    Dataset(Dataset),
    Job(Job),
}

/// What depends on what, at one time. For jobs it is computed only when a field needs it.
struct Found {
    graph: Arc<Graph>,
    when: When,
    datasets: OnceCell<Arc<Dominance>>,
    jobs: OnceCell<Arc<JobDominance>>,
}

impl Found {
    async fn datasets(&self, ctx: &Context<'_>) -> Result<&Arc<Dominance>> {
        let (graph, when) = (self.graph.clone(), self.when);
        let reckon = || off_thread(ctx, move || Arc::new(dominance(LineageView::new(&graph, when))));
        self.datasets.get_or_try_init(reckon).await
    }

    async fn jobs(&self, ctx: &Context<'_>) -> Result<&Arc<JobDominance>> {
        let (graph, when) = (self.graph.clone(), self.when);
        let reckon = || off_thread(ctx, move || Arc::new(job_dominance(LineageView::new(&graph, when))));
        self.jobs.get_or_try_init(reckon).await
    }

    /// Everything of a kind that enough datasets depend on, with their number.
    async fn of_kind(&self, ctx: &Context<'_>, kind: SinglePointKind, least: u32) -> Result<Vec<(Node, u32)>> {
        let all: Vec<(Node, u32)> = match kind {
            SinglePointKind::Dataset => {
                let dominated = &self.datasets(ctx).await?.dominated;
                dominated.iter().map(|(&dataset, &count)| (Node::Dataset(dataset), count)).collect()
            }
            SinglePointKind::Job => {
                let dominated = &self.jobs(ctx).await?.dominated;
                dominated.iter().map(|(&job, hanging)| (Node::Job(job), hanging.datasets)).collect()
            }
        };
        Ok(all.into_iter().filter(|&(_, count)| count >= least).collect())
    }
}

impl SinglePoint {
    /// What its own lists are of, for their cursors.
    fn parent(&self) -> String {
        let id = match &self.entity {
            Entity::Dataset(dataset) => dataset.0.id,
            Entity::Job(job) => job.0.id,
        };
        match self.found.when {
            When::Now => format!("{id}"),
            When::At(at) => format!("{id} {at}"),
            When::During(first, last) => format!("{id} {first} {last}"),
        }
    }
}

/// A dataset or job that others cannot do without.
#[Object]
impl SinglePoint {
    /// Which of the two it is.
    async fn kind(&self) -> SinglePointKind {
        match self.entity {
            Entity::Dataset(_) => SinglePointKind::Dataset,
            Entity::Job(_) => SinglePointKind::Job,
        }
    }

    /// The dataset or job.
    async fn node(&self) -> LineageEntity {
        match &self.entity {
            Entity::Dataset(dataset) => LineageEntity::Dataset(dataset.clone()),
            Entity::Job(job) => LineageEntity::Job(job.clone()),
        }
    }

    /// The dataset. Of a job this is an error: who asks for jobs takes `node`.
    async fn dataset(&self) -> Result<Dataset> {
        match &self.entity {
            Entity::Dataset(dataset) => Ok(dataset.clone()),
            Entity::Job(_) => Err(bad_input("this single point of failure is a job; ask for its node or job")),
        }
    }

    /// The job; null of a dataset.
    async fn job(&self) -> Option<Job> {
        if let Entity::Job(job) = &self.entity { Some(job.clone()) } else { None }
    }

    /// Datasets that depend on it alone: every way from any source to them leads through it.
    async fn dominated_count(&self) -> Long {
        count(self.dominated)
    }

    /// Jobs, itself left out, that depend on it alone: everything that they read comes through it.
    async fn dominated_job_count(&self, ctx: &Context<'_>) -> Result<Long> {
        let jobs = self.found.jobs(ctx).await?;
        Ok(count(match self.node {
            Node::Dataset(dataset) => jobs.jobs_on(dataset),
            Node::Job(job) => jobs.dominated.get(&job).map_or(0, |hanging| hanging.jobs),
        }))
    }

    /// All datasets downstream, with those that have other ways too.
    async fn downstream_count(&self, ctx: &Context<'_>) -> Result<Long> {
        let (graph, when, node) = (self.found.graph.clone(), self.found.when, self.node);
        let question = Question { max_edges: 0, when, ..Question::all(node, Direction::Downstream) };
        let nodes = off_thread(ctx, move || walk(&graph, &question).nodes).await?;
        Ok(count(nodes.iter().filter(|(node, distance)| *distance > 0 && matches!(node, Node::Dataset(_))).count()))
    }

    /// Datasets that depend on it alone: the first ones as one goes down from it.
    #[graphql(complexity = "10 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn dominated(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
    ) -> Result<Connection<Edge<Dataset>>> {
        let first = page::length(first)?;
        let list = page::list_of(ctx, ListKind::Dominated, &self.parent())?;
        let all = match self.node {
            Node::Dataset(dataset) => self.found.datasets(ctx).await?.of(&self.found.graph, dataset),
            Node::Job(job) => self.found.jobs(ctx).await?.of(&self.found.graph, job),
        };
        let (items, total) = page::slice(list, all, first, after.as_deref())?;
        let rows = load(ctx).load_many(items.iter().map(|(_, dataset)| DatasetNumber(*dataset))).await?;
        let item = |(place, dataset): (u64, u32)| Some((place, Dataset(rows.get(&DatasetNumber(dataset))?.clone())));
        Ok(page::connection(list, total, first, after.as_deref(), items.into_iter().filter_map(item).collect()))
    }

    /// Log sequence that the lineage holds for.
    async fn graph_version(&self) -> Long {
        self.found.graph.seq().into()
    }
}

/// Datasets and jobs that others cannot do without.
pub async fn single_points(ctx: &Context<'_>, question: SinglePointQuestion) -> Result<Connection<Edge<SinglePoint>>> {
    let first = page::length(question.first)?;
    let list = page::list(ctx, ListKind::SinglePoints)?;
    let least = u32::try_from(question.min_dominated).map_err(|_| bad_input("minDominated must not be negative"))?;
    let graph = app(ctx).graph();
    let predicate = predicate(ctx, question.filter.as_ref()).await?;
    let found = Arc::new(Found { graph, when: question.when, datasets: OnceCell::new(), jobs: OnceCell::new() });
    let mut points = Vec::new();
    for kind in [SinglePointKind::Dataset, SinglePointKind::Job].into_iter().filter(|kind| question.kinds.contains(kind)) {
        points.extend(found.of_kind(ctx, kind, least).await?);
    }
    points.retain(|(node, _)| predicate.as_ref().is_none_or(|filter| filter.test(&found.graph, *node)));
    let names = names(ctx, &points).await?;
    points.sort_by(|a, b| (Reverse(a.1), names.get(&a.0), a.0).cmp(&(Reverse(b.1), names.get(&b.0), b.0)));
    let (items, total) = page::slice(list, points, first, question.after.as_deref())?;
    let named = Named::load(ctx, items.iter().map(|(_, (node, _))| *node)).await?;
    let item = |(place, (node, dominated)): (u64, (Node, u32))| {
        let entity = match node {
            Node::Dataset(dataset) => Entity::Dataset(Dataset(named.datasets.get(&dataset)?.clone())),
            Node::Job(job) => Entity::Job(Job(named.jobs.get(&job)?.clone())),
        };
        Some((place, SinglePoint { node, entity, dominated, found: found.clone() }))
    };
    Ok(page::connection(list, total, first, question.after.as_deref(), items.into_iter().filter_map(item).collect()))
}

/// Namespace and name of each.
async fn names(ctx: &Context<'_>, points: &[(Node, u32)]) -> Result<HashMap<Node, (String, String)>> {
    let (mut datasets, mut jobs) = (Vec::new(), Vec::new());
    for (node, _) in points {
        match node {
            Node::Dataset(dataset) => datasets.push(*dataset),
            Node::Job(job) => jobs.push(*job),
        }
    }
    let catalog = &app(ctx).catalog;
    let datasets = catalog.names(Kind::Dataset, &datasets).await.map_err(ApiError::from)?;
    let jobs = catalog.names(Kind::Job, &jobs).await.map_err(ApiError::from)?;
    let datasets = datasets.into_iter().map(|row| (Node::Dataset(row.number), (row.namespace, row.name)));
    Ok(datasets.chain(jobs.into_iter().map(|row| (Node::Job(row.number), (row.namespace, row.name)))).collect())
}
