//! Names for the numbers of an answer, a chunk at a time, as the rows that every form of an answer is written from.

use crate::app::App;
use crate::asked::{GroupLink, GroupNode, Heading, LineageGranularity, Thing};
use crate::catalog::CatalogError;
use crate::catalog::read::{Between, Declared, Kind, NameRow};
use crate::export::{EdgeRow, EvidenceRow, GroupRow, NodeKind, NodeRow, PathsRow, Place, RunRow};
use crate::fold::flow::Owner;
use crate::graph::{Graph, Node};
use crate::lineage::answer::{AnswerEdge, Vertex};
use schema::id;
use schema::moment::Moment;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Events that are listed of a run; all are counted.
const EVENTS: usize = 10;

/// What rows are made of.
pub struct Rows {
    /// Where names are looked up.
    pub app: Arc<App>,
    /// True for the whole graph, where distances mean nothing.
    pub is_whole: bool,
    /// Whether nodes say what was reckoned of them.
    pub has_paths: bool,
    /// How many runs to list behind each edge; without any they are not looked for.
    pub evidence: usize,
}

/// Names of one chunk, by number.
#[derive(Default)]
struct Names {
    datasets: HashMap<u32, (Arc<str>, Arc<str>)>,
    jobs: HashMap<u32, (Arc<str>, Arc<str>)>,
}

impl Rows {
    /// Rows of nodes.
    pub async fn nodes(&self, nodes: &[Thing]) -> Result<Vec<NodeRow>, CatalogError> {
        let via = |thing: &Thing| thing.reckoned.iter().flat_map(|reckoned| &reckoned.via).map(|&job| Vertex::Job(job)).collect::<Vec<_>>();
        let vertices = nodes.iter().flat_map(|thing| via(thing).into_iter().chain([thing.vertex.clone()]));
        let names = self.names(vertices).await?;
        let row = |thing: &Thing| {
            Ok(NodeRow {
                place: names.place(&thing.vertex)?,
                distance: Some(thing.distance).filter(|_| !self.is_whole),
                paths: if self.has_paths { Some(names.paths(thing)?) } else { None },
                outcomes: thing.outcomes,
                group: None,
            })
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
        let evidence = self.evidence(edges).await?;
        let row = |(edge, evidence): (&AnswerEdge, Option<EvidenceRow>)| {
            Ok(EdgeRow {
                from: names.place(&edge.from)?,
                to: names.place(&edge.to)?,
                job: edge.job.map(|job| names.place(&Vertex::Job(job))).transpose()?,
                basis: edge.basis,
                origin: edge.origin,
                confidence: edge.confidence,
                column_level: edge.column_level,
                count: 1,
                transformations: edge.transformations.clone(),
                datasets: names.sorted(edge.datasets.iter().map(|&dataset| Vertex::Dataset(dataset)))?,
                first_seen: Moment(edge.first),
                last_seen: Moment(edge.last),
                evidence,
            })
        };
        edges.iter().zip(evidence).map(row).collect()
    }

    /// The runs behind each edge, or the events that declare it; nothing between jobs.
    async fn evidence(&self, edges: &[AnswerEdge]) -> Result<Vec<Option<EvidenceRow>>, CatalogError> {
        if self.evidence == 0 {
            return Ok(edges.iter().map(|_| None).collect());
        }
        let graph = self.app.graph();
        let asked: Vec<Option<Between>> = edges.iter().map(|edge| between(&graph, edge)).collect();
        let wanted: Vec<Between> = asked.iter().flatten().cloned().collect();
        let mut found = self.app.catalog.evidence(&wanted, self.evidence, EVENTS).await?.into_iter();
        let declared: Vec<Option<Declared>> = edges.iter().map(declared).collect();
        let wanted: Vec<Declared> = declared.iter().flatten().copied().collect();
        let mut declarations = self.app.catalog.declarations(&wanted, self.evidence).await?.into_iter();
        let row = |(asked, declared): (Option<Between>, Option<Declared>)| {
            let found = asked.and_then(|_| found.next()).unwrap_or_default();
            let runs = found.runs.into_iter().map(|run| RunRow { id: run.id, total: run.total, events: run.events }).collect();
            let said = declared.and_then(|_| declarations.next()).unwrap_or_default();
            Some(EvidenceRow { total: found.total, runs, declared: said.total, declarations: said.events })
        };
        Ok(asked.into_iter().zip(declared).map(row).collect())
    }

    async fn names(&self, vertices: impl IntoIterator<Item = Vertex>) -> Result<Names, CatalogError> {
        let (mut datasets, mut jobs) = (BTreeSet::new(), BTreeSet::new());
        for vertex in vertices {
            match vertex {
                Vertex::Dataset(number) | Vertex::Column(number, _) => datasets.insert(number),
                Vertex::Job(number) => jobs.insert(number),
            };
        }
        let catalog = &self.app.catalog;
        let (datasets, jobs): (Vec<u32>, Vec<u32>) = (datasets.into_iter().collect(), jobs.into_iter().collect());
        let named = |rows: Vec<NameRow>| rows.into_iter().map(|row| (row.number, (row.namespace.into(), row.name.into()))).collect();
        Ok(Names { datasets: named(catalog.names(Kind::Dataset, &datasets).await?), jobs: named(catalog.names(Kind::Job, &jobs).await?) })
    }
}

/// By whom, and when, an edge is declared.
fn declared(edge: &AnswerEdge) -> Option<Declared> {
    Some(Declared { owner: edge.declared_by()?, first: edge.first, last: edge.last })
}

/// What the runs behind an edge read and wrote.
fn between(graph: &Graph, edge: &AnswerEdge) -> Option<Between> {
    let Owner::Job(job) = edge.owner? else { return None };
    let members = |node: Node| if let Node::Dataset(dataset) = node { Some(graph.members(&dataset).to_vec()) } else { None };
    Some(Between { job, read: members(edge.from.node()), written: members(edge.to.node()) })
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
        Ok(Place { kind, id, namespace: Some(namespace), name: Some(name), column })
    }

    /// Places in order of namespace and name.
    fn sorted(&self, vertices: impl Iterator<Item = Vertex>) -> Result<Vec<Place>, CatalogError> {
        let mut places = vertices.map(|vertex| self.place(&vertex)).collect::<Result<Vec<_>, _>>()?;
        places.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
        Ok(places)
    }

    /// What the paths to a node have to say, within the numbers that the API knows.
    fn paths(&self, thing: &Thing) -> Result<PathsRow, CatalogError> {
        let reckoned = thing.reckoned.clone().unwrap_or_default();
        let via = self.sorted(reckoned.via.iter().map(|&job| Vertex::Job(job)))?;
        Ok(PathsRow {
            longest: reckoned.longest.max(thing.distance),
            count: reckoned.paths.min(i64::MAX as u64),
            on_cycle: reckoned.on_cycle,
            confidence: reckoned.confidence,
            via,
        })
    }
}

/// Rows of groups, which have their names.
pub fn group_nodes(by: LineageGranularity, nodes: &[GroupNode], is_whole: bool) -> Vec<NodeRow> {
    let row = |node: &GroupNode| NodeRow {
        place: group_place(by, &node.heading),
        distance: Some(node.group.distance).filter(|_| !is_whole),
        paths: None,
        outcomes: None,
        group: Some(GroupRow { datasets: node.group.datasets, inner_edges: node.group.inner_edges }),
    };
    nodes.iter().map(row).collect()
}

/// Rows of edges between groups.
pub fn group_edges(by: LineageGranularity, edges: &[GroupLink]) -> Vec<EdgeRow> {
    let row = |GroupLink { from, to, edge }: &GroupLink| EdgeRow {
        from: group_place(by, from),
        to: group_place(by, to),
        job: None,
        basis: edge.basis,
        origin: None,
        confidence: edge.confidence,
        column_level: false,
        count: edge.pairs,
        transformations: Arc::default(),
        datasets: Vec::new(),
        first_seen: Moment(edge.first),
        last_seen: Moment(edge.last),
        evidence: None,
    };
    edges.iter().map(row).collect()
}

fn group_place(by: LineageGranularity, heading: &Heading) -> Place {
    let kind = match by {
        LineageGranularity::Schema => NodeKind::Schema,
        LineageGranularity::Owner => NodeKind::Owner,
        LineageGranularity::Tag => NodeKind::Tag,
        _ => NodeKind::Namespace,
    };
    let text = |part: &Option<String>| part.as_deref().map(Into::into);
    Place { kind, id: heading.id(by), namespace: text(&heading.namespace), name: text(&heading.name), column: None }
}
