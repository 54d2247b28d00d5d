//! Names for the numbers of an answer, a chunk at a time.

use crate::app::App;
use crate::catalog::CatalogError;
use crate::catalog::read::Kind;
use crate::export::{EdgeRow, NodeKind, NodeRow, Place};
use crate::lineage::answer::{AnswerEdge, Vertex};
use schema::id;
use schema::moment::Moment;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Where names are looked up.
pub struct Rows {
    app: Arc<App>,
    is_whole: bool,
}

/// Names of one chunk, by number.
#[derive(Default)]
struct Names {
    datasets: HashMap<u32, (Arc<str>, Arc<str>)>,
    jobs: HashMap<u32, (Arc<str>, Arc<str>)>,
}

impl Rows {
    /// Of an app; in the whole graph distances mean nothing.
    pub fn new(app: Arc<App>, is_whole: bool) -> Self {
        Self { app, is_whole }
    }

    /// Rows of nodes.
    pub async fn nodes(&self, nodes: &[(Vertex, u32)]) -> Result<Vec<NodeRow>, CatalogError> {
        let names = self.names(nodes.iter().map(|(vertex, _)| vertex.clone()).collect()).await?;
        let row = |(vertex, distance): &(Vertex, u32)| {
            Ok(NodeRow { place: names.place(vertex)?, distance: Some(*distance).filter(|_| !self.is_whole) })
        };
        nodes.iter().map(row).collect()
    }

    /// Rows of edges.
    pub async fn edges(&self, edges: &[AnswerEdge]) -> Result<Vec<EdgeRow>, CatalogError> {
        let mut vertices = Vec::with_capacity(edges.len() * 3);
        for edge in edges {
            vertices.extend([edge.from.clone(), edge.to.clone()]);
            vertices.extend(edge.job.map(Vertex::Job));
            vertices.extend(edge.datasets.iter().map(|&dataset| Vertex::Dataset(dataset)));
        }
        let names = self.names(vertices).await?;
        let row = |edge: &AnswerEdge| {
            Ok(EdgeRow {
                from: names.place(&edge.from)?,
                to: names.place(&edge.to)?,
                job: edge.job.map(|job| names.place(&Vertex::Job(job))).transpose()?,
                basis: edge.basis,
                origin: edge.origin,
                confidence: edge.confidence,
                column_level: edge.column_level,
                transformations: edge.transformations.clone(),
                datasets: edge.datasets.iter().map(|&dataset| names.place(&Vertex::Dataset(dataset))).collect::<Result<_, _>>()?,
                first_seen: Moment(edge.first),
                last_seen: Moment(edge.last),
            })
        };
        edges.iter().map(row).collect()
    }

    async fn names(&self, vertices: Vec<Vertex>) -> Result<Names, CatalogError> {
        let (mut datasets, mut jobs) = (BTreeSet::new(), BTreeSet::new());
        for vertex in vertices {
            match vertex {
                Vertex::Dataset(number) | Vertex::Column(number, _) => datasets.insert(number),
                Vertex::Job(number) => jobs.insert(number),
            };
        }
        let catalog = &self.app.catalog;
        let (datasets, jobs): (Vec<u32>, Vec<u32>) = (datasets.into_iter().collect(), jobs.into_iter().collect());
        let named = |rows: Vec<crate::catalog::read::NameRow>| {
            rows.into_iter().map(|row| (row.number, (row.namespace.into(), row.name.into()))).collect()
        };
        Ok(Names { datasets: named(catalog.names(Kind::Dataset, &datasets).await?), jobs: named(catalog.names(Kind::Job, &jobs).await?) })
    }
}

impl Names {
    fn place(&self, vertex: &Vertex) -> Result<Place, CatalogError> {
        let (kind, found) = match vertex {
            Vertex::Dataset(number) => (NodeKind::Dataset, self.datasets.get(number)),
            Vertex::Job(number) => (NodeKind::Job, self.jobs.get(number)),
            Vertex::Column(number, _) => (NodeKind::Column, self.datasets.get(number)),
        };
        let (namespace, name) = found.cloned().ok_or_else(|| CatalogError::Damaged(format!("{vertex:?} of the graph has no name")))?;
        let (id, column) = match vertex {
            Vertex::Dataset(_) => (id::dataset(&namespace, &name), None),
            Vertex::Job(_) => (id::job(&namespace, &name), None),
            Vertex::Column(_, column) => (id::column(id::dataset(&namespace, &name), column), Some(column.clone())),
        };
        Ok(Place { kind, id, namespace, name, column })
    }
}
