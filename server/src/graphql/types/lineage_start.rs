//! Where a lineage question starts: things by reference, or everything with a tag, an owner or in a
//! namespace.

use super::lineage_filter::{LineageFilter, TagFilter};
use crate::catalog::read::EntityRow;
use crate::graph::Node;
use crate::graphql::error::{ApiError, Result, bad_input, not_found};
use crate::graphql::load::app;
use crate::graphql::query::{dataset, job, reference};
use crate::lineage::answer::Vertex;
use crate::lineage::question::Question;
use crate::lineage::select::Predicate;
use async_graphql::{Context, ID, InputObject, OneofObject};
use schema::id;
use std::collections::HashSet;
use std::sync::Arc;
use uuid::Uuid;

/// A dataset or job: by namespace and name (a dataset by any of its names), or by id.
#[derive(InputObject, Clone)]
pub struct Reference {
    /// As sent.
    namespace: Option<String>,
    /// As sent.
    name: Option<String>,
    /// Its id.
    id: Option<ID>,
}

/// A column.
#[derive(InputObject, Clone)]
pub struct ColumnReference {
    /// Of its dataset, as sent.
    pub namespace: String,
    /// Name of its dataset, as sent.
    pub dataset: String,
    /// Dotted path.
    pub name: String,
}

/// Where to start: everything that is named together.
#[derive(InputObject, Clone, Default)]
pub struct LineageStart {
    /// Datasets.
    datasets: Option<Vec<Reference>>,
    /// Columns; only with granularity COLUMN.
    columns: Option<Vec<ColumnReference>>,
    /// Jobs.
    jobs: Option<Vec<Reference>>,
    /// Runs, by id: upstream of what they read, downstream of what they wrote.
    runs: Option<Vec<ID>>,
    /// Every dataset of these namespaces.
    namespaces: Option<Vec<String>>,
    /// Every dataset with one of these tags.
    tags: Option<Vec<TagFilter>>,
    /// Every dataset of one of these owners.
    owners: Option<Vec<String>>,
}

/// One end of a path.
#[derive(OneofObject, Clone)]
pub enum LineageEnd {
    /// A dataset.
    Dataset(Reference),
    /// A job.
    Job(Reference),
    /// A column.
    Column(ColumnReference),
}

impl LineageEnd {
    /// What it is in the catalog's numbers.
    pub async fn resolve(&self, ctx: &Context<'_>) -> Result<Vertex> {
        let (row, words) = match self {
            Self::Dataset(reference) => (reference.dataset(ctx).await?.map(|row| Vertex::Dataset(row.number)), reference.words()),
            Self::Job(reference) => (reference.job(ctx).await?.map(|row| Vertex::Job(row.number)), reference.words()),
            Self::Column(column) => {
                let row = dataset(ctx, id::dataset(&column.namespace, &column.dataset)).await?;
                let vertex = row.map(|row| Vertex::Column(row.number, column.name.as_str().into()));
                (vertex, format!("{} {}", column.namespace, column.dataset))
            }
        };
        let vertex = row.ok_or_else(|| not_found(format!("{words} is not known here")))?;
        Ok(app(ctx).graph().standing_for(vertex))
    }
}

/// A start in the catalog's numbers.
#[derive(Clone, Default)]
pub struct Start {
    /// Datasets and jobs.
    pub nodes: Vec<Node>,
    /// What to start from in the upstream direction when it differs.
    pub upstream: Vec<Node>,
    /// Columns.
    pub columns: Vec<(Arc<EntityRow>, String)>,
    /// What was named and is not known, in words.
    pub unknown: Vec<String>,
}

impl Start {
    /// These nodes, whichever way.
    pub fn of(nodes: Vec<Node>) -> Self {
        Self { upstream: nodes.clone(), nodes, ..Self::default() }
    }

    /// A question that starts there and asks nothing else yet.
    pub fn question(&self) -> Question {
        let columns = self.columns.iter().map(|(row, name)| Vertex::Column(row.number, name.as_str().into()));
        Question {
            start: self.nodes.iter().map(|&node| node.into()).chain(columns).collect(),
            upstream_start: (self.upstream != self.nodes).then(|| self.upstream.iter().map(|&node| node.into()).collect()),
            ..Question::default()
        }
    }
}

impl Reference {
    /// As it is said in a sentence.
    pub fn words(&self) -> String {
        match (&self.namespace, &self.name, &self.id) {
            (Some(namespace), Some(name), _) => format!("{namespace} {name}"),
            (.., Some(id)) => id.to_string(),
            _ => "a reference without a name".into(),
        }
    }

    /// Its id, whether it is known or not.
    pub fn uuid(&self, derive: fn(&str, &str) -> Uuid) -> Result<Uuid> {
        reference(self.namespace.as_deref(), self.name.as_deref(), self.id.as_ref(), derive)
    }

    /// The dataset, or none when it is not known.
    pub async fn dataset(&self, ctx: &Context<'_>) -> Result<Option<Arc<EntityRow>>> {
        dataset(ctx, self.uuid(id::dataset)?).await
    }

    /// The job, or none when it is not known.
    pub async fn job(&self, ctx: &Context<'_>) -> Result<Option<Arc<EntityRow>>> {
        job(ctx, self.uuid(id::job)?).await
    }
}

impl LineageStart {
    /// Looks everything up.
    pub async fn resolve(&self, ctx: &Context<'_>) -> Result<Start> {
        let mut start = Start::default();
        for reference in self.datasets.iter().flatten() {
            match reference.dataset(ctx).await? {
                Some(row) => start.nodes.push(Node::Dataset(row.number)),
                None => start.unknown.push(format!("dataset {}", reference.words())),
            }
        }
        for reference in self.jobs.iter().flatten() {
            match reference.job(ctx).await? {
                Some(row) => start.nodes.push(Node::Job(row.number)),
                None => start.unknown.push(format!("job {}", reference.words())),
            }
        }
        for column in self.columns.iter().flatten() {
            match dataset(ctx, id::dataset(&column.namespace, &column.dataset)).await? {
                Some(row) => start.columns.push((row, column.name.clone())),
                None => start.unknown.push(format!("dataset {} {}", column.namespace, column.dataset)),
            }
        }
        start.nodes.extend(self.everything(ctx).await?);
        start.upstream = start.nodes.clone();
        self.runs_of(ctx, &mut start).await?;
        if start.nodes.is_empty() && start.upstream.is_empty() && start.columns.is_empty() && self.is_empty() {
            return Err(bad_input("from names nothing: give datasets, columns, jobs, runs, namespaces, tags or owners"));
        }
        Ok(start)
    }

    fn is_empty(&self) -> bool {
        self.datasets.is_none()
            && self.columns.is_none()
            && self.jobs.is_none()
            && self.runs.is_none()
            && self.namespaces.is_none()
            && self.tags.is_none()
            && self.owners.is_none()
    }

    /// Datasets by what is said of them.
    async fn everything(&self, ctx: &Context<'_>) -> Result<Vec<Node>> {
        let wishes = [
            LineageFilter::of_namespaces(self.namespaces.clone()),
            LineageFilter::of_tags(self.tags.clone()),
            LineageFilter::of_owners(self.owners.clone()),
        ];
        let graph = app(ctx).graph();
        let mut found = HashSet::new();
        for wish in wishes.into_iter().flatten() {
            for dataset in wish.resolve(ctx).await?.datasets() {
                found.insert(graph.representative(dataset));
            }
        }
        let mut nodes: Vec<Node> = found.into_iter().map(Node::Dataset).collect();
        nodes.sort_unstable();
        Ok(nodes)
    }

    async fn runs_of(&self, ctx: &Context<'_>, start: &mut Start) -> Result<()> {
        for text in self.runs.iter().flatten() {
            let runs = app(ctx).catalog.runs_by_id(id::run(text)).await.map_err(ApiError::from)?;
            if runs.is_empty() {
                start.unknown.push(format!("run {}", text.as_str()));
            }
            for run in runs {
                start.nodes.extend(run.run.outputs.iter().map(|&dataset| Node::Dataset(dataset)));
                start.upstream.extend(run.run.inputs.iter().map(|&dataset| Node::Dataset(dataset)));
            }
        }
        Ok(())
    }
}

impl Predicate {
    /// Datasets that fulfil it by themselves: those named in it, when it is a plain list of them.
    fn datasets(&self) -> Vec<u32> {
        match self {
            Self::Datasets(numbers) => numbers.iter().copied().collect(),
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::datasets).collect(),
            _ => Vec::new(),
        }
    }
}
