//! Where a lineage question starts, as GraphQL takes it: things by reference, or everything with a tag, an owner or in a
//! namespace.

use crate::asked::{Start, StartAt, TagFilter};
use crate::catalog::read::EntityRow;
use crate::graphql::error::{ApiError, Result, bad_input, not_found};
use crate::graphql::load::app;
use crate::graphql::query::{dataset, job, reference};
use crate::lineage::answer::Vertex;
use async_graphql::{Context, ID, InputObject, OneofObject};
use schema::id;
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
        let (wanted, words) = match self {
            Self::Dataset(reference) => (reference.dataset_start()?, reference.words()),
            Self::Job(reference) => (reference.job_start()?, reference.words()),
            Self::Column(column) => (column.start(), format!("{} {}", column.namespace, column.dataset)),
        };
        let start = Start::find(app(ctx), &[wanted]).await.map_err(ApiError::from)?;
        let vertex = start.vertices.into_iter().next().ok_or_else(|| not_found(format!("{words} is not known here")))?;
        Ok(app(ctx).graph().standing_for(vertex))
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

    fn dataset_start(&self) -> Result<StartAt> {
        Ok(StartAt::Dataset(self.uuid(id::dataset)?, self.words()))
    }

    fn job_start(&self) -> Result<StartAt> {
        Ok(StartAt::Job(self.uuid(id::job)?, self.words()))
    }
}

impl ColumnReference {
    fn start(&self) -> StartAt {
        let Self { namespace, dataset, name } = self;
        StartAt::Column(id::dataset(namespace, dataset), name.clone(), format!("dataset {namespace} {dataset}"))
    }
}

impl LineageStart {
    /// What is named, before it is looked up.
    pub fn wanted(&self) -> Result<Vec<StartAt>> {
        if self.is_empty() {
            return Err(bad_input("from names nothing: give datasets, columns, jobs, runs, namespaces, tags or owners"));
        }
        let mut wanted = Vec::new();
        for reference in self.datasets.iter().flatten() {
            wanted.push(reference.dataset_start()?);
        }
        for reference in self.jobs.iter().flatten() {
            wanted.push(reference.job_start()?);
        }
        wanted.extend(self.columns.iter().flatten().map(ColumnReference::start));
        wanted.extend(self.runs.iter().flatten().map(|run| StartAt::Run(run.to_string())));
        wanted.extend(self.namespaces.iter().flatten().cloned().map(StartAt::Namespace));
        wanted.extend(self.tags.iter().flatten().cloned().map(StartAt::Tag));
        wanted.extend(self.owners.iter().flatten().cloned().map(StartAt::Owner));
        Ok(wanted)
    }

    /// Looks everything up.
    pub async fn resolve(&self, ctx: &Context<'_>) -> Result<Start> {
        Ok(Start::find(app(ctx), &self.wanted()?).await.map_err(ApiError::from)?)
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
}
