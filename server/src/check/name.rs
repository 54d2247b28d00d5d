//! Names for what an answer lists.

use super::wire::{Affected, Change};
use crate::app::App;
use crate::catalog::CatalogError;
use crate::catalog::read::EntityRow;
use crate::graph::{Graph, Node};
use crate::impact::{Impact, Item, Point, about};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Rows of datasets and jobs by number.
pub struct Names {
    datasets: HashMap<u32, Arc<EntityRow>>,
    jobs: HashMap<u32, Arc<EntityRow>>,
}

impl Names {
    /// Reads them in two statements.
    pub async fn load<'p>(app: &App, graph: &Graph, points: impl Iterator<Item = &'p Point>) -> Result<Self, CatalogError> {
        let (mut datasets, mut jobs) = (BTreeSet::new(), BTreeSet::new());
        for point in points {
            match point {
                Point::Dataset(dataset) | Point::Column(dataset, _) => datasets.insert(*dataset),
                Point::Job(job) => jobs.insert(*job),
            };
        }
        let classes: Vec<Vec<u32>> = datasets.iter().map(|dataset| graph.members(dataset).to_vec()).collect();
        let datasets = app.catalog.whole_datasets(&classes).await?.into_iter().map(|row| (graph.representative(row.number), Arc::new(row)));
        let jobs = app.catalog.jobs(&jobs.into_iter().collect::<Vec<_>>()).await?.into_iter().map(|row| (row.number, Arc::new(row)));
        Ok(Self { datasets: datasets.collect(), jobs: jobs.collect() })
    }

    /// An item in names; the steps that it is proven by, from the change on.
    pub fn affected(&self, impact: &Impact, item: &Item, change: &Change, owners: &HashMap<Node, Vec<String>>) -> Option<Affected> {
        let (kind, node, column) = match &item.point {
            Point::Dataset(dataset) => ("dataset", Node::Dataset(*dataset), None),
            Point::Column(dataset, name) => ("column", Node::Dataset(*dataset), Some(name.to_string())),
            Point::Job(job) => ("job", Node::Job(*job), None),
        };
        let row = self.row(node)?;
        let proof = impact.proof(item);
        let start = change.column.as_ref().map_or_else(|| change.name.clone(), |column| format!("{}.{column}", change.name));
        let words = |point: &Point| self.words(point).unwrap_or_else(|| start.clone());
        let job = |number: u32| Some(self.jobs.get(&number)?.name.as_str());
        let reason = proof.last().map(|step| {
            // Of the change itself the name is known, whether it is among the rows or not.
            let from = if proof.len() == 1 { start.clone() } else { words(&step.from) };
            let by = step.link.edge.job(step.link.owner).and_then(job);
            about(&item.point, step, &step.reason.sentence(impact.kind(), &step.to, &from, by))
        });
        let steps = proof.iter().map(|step| words(&step.to));
        Some(Affected {
            kind: kind.into(),
            namespace: row.namespace.clone(),
            name: row.name.clone(),
            column,
            verdict: item.verdict,
            distance: item.distance,
            reason: reason.unwrap_or_default(),
            owners: owners.get(&node).cloned().unwrap_or_default(),
            path: [start.clone()].into_iter().chain(steps).collect(),
        })
    }

    fn row(&self, node: Node) -> Option<&EntityRow> {
        match node {
            Node::Dataset(dataset) => self.datasets.get(&dataset).map(Arc::as_ref),
            Node::Job(job) => self.jobs.get(&job).map(Arc::as_ref),
        }
    }

    fn words(&self, point: &Point) -> Option<String> {
        Some(match point {
            Point::Dataset(dataset) => self.datasets.get(dataset)?.name.clone(),
            Point::Column(dataset, name) => format!("{}.{name}", self.datasets.get(dataset)?.name),
            Point::Job(job) => format!("job {}", self.jobs.get(job)?.name),
        })
    }
}
