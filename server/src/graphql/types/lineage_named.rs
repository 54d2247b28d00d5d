//! Names for the numbers of an answer: every row that it needs, loaded at once.

use super::column::Column;
use super::dataset::Dataset;
use super::job::Job;
use super::lineage::{LineageEdge, LineageEntity};
use crate::catalog::read::{Declared, EntityRow};
use crate::graph::Node;
use crate::graphql::error::Result;
use crate::graphql::load::{DatasetNumber, JobNumber, load};
use crate::lineage::answer::{AnswerEdge, Vertex};
use async_graphql::{Context, ID};
use schema::id;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Rows of everything that an answer names.
#[derive(Default)]
pub struct Named {
    /// By number.
    pub datasets: HashMap<u32, Arc<EntityRow>>,
    /// By number.
    pub jobs: HashMap<u32, Arc<EntityRow>>,
}

impl Named {
    /// Loads them in two statements.
    pub async fn load(ctx: &Context<'_>, nodes: impl IntoIterator<Item = Node>) -> Result<Self> {
        let (mut datasets, mut jobs) = (HashSet::new(), HashSet::new());
        for node in nodes {
            match node {
                Node::Dataset(number) => datasets.insert(DatasetNumber(number)),
                Node::Job(number) => jobs.insert(JobNumber(number)),
            };
        }
        let datasets = load(ctx).load_many(datasets).await?;
        let jobs = load(ctx).load_many(jobs).await?;
        Ok(Self {
            datasets: datasets.into_iter().map(|(key, row)| (key.0, row)).collect(),
            jobs: jobs.into_iter().map(|(key, row)| (key.0, row)).collect(),
        })
    }

    /// A vertex as the API shows it.
    pub fn entity(&self, vertex: &Vertex) -> Option<LineageEntity> {
        Some(match vertex {
            Vertex::Dataset(number) => LineageEntity::Dataset(Dataset(self.datasets.get(number)?.clone())),
            Vertex::Job(number) => LineageEntity::Job(Job(self.jobs.get(number)?.clone())),
            Vertex::Column(dataset, name) => LineageEntity::Column(Column::named(self.datasets.get(dataset)?.clone(), name)),
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

    /// Its id.
    pub fn id(&self, vertex: &Vertex) -> Option<ID> {
        Some(match vertex {
            Vertex::Dataset(number) => self.datasets.get(number)?.id.into(),
            Vertex::Job(number) => self.jobs.get(number)?.id.into(),
            Vertex::Column(dataset, name) => id::column(self.datasets.get(dataset)?.id, name).into(),
        })
    }

    /// An edge as the API shows it.
    pub fn edge(&self, edge: AnswerEdge) -> Option<LineageEdge> {
        Some(LineageEdge {
            from: self.id(&edge.from)?,
            to: self.id(&edge.to)?,
            job: edge.job.and_then(|number| self.jobs.get(&number)).cloned().map(Job),
            basis: edge.basis.into(),
            origin: edge.origin.map(Into::into),
            first_seen: edge.first.into(),
            last_seen: edge.last.into(),
            confidence: edge.confidence.into(),
            transformations: edge.transformations.iter().map(Into::into).collect(),
            column_level: edge.column_level,
            count: crate::graphql::scalar::Long(1),
            owner: edge.owner,
            declared: edge.declared_by().map(|owner| Declared { owner, first: edge.first, last: edge.last }),
            ends: Some((edge.from, edge.to)),
            handed_over: edge.datasets,
        })
    }
}
