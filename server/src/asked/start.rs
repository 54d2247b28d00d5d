//! Where a question starts, looked up: things by id, runs, or everything in a namespace, with a tag or of an owner. What is
//! not known is told in the words of whoever asked.

use super::filter::{TagFilter, owned, tagged};
use crate::app::App;
use crate::catalog::CatalogError;
use crate::catalog::read::Kind;
use crate::graph::Node;
use crate::lineage::answer::Vertex;
use schema::id;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// A start by id or by what is said of it, not looked up yet.
#[derive(Clone, Debug)]
pub enum StartAt {
    /// A dataset under any of its names; how it was asked for.
    Dataset(Uuid, String),
    /// A job; how it was asked for.
    Job(Uuid, String),
    /// A column: its dataset and its dotted path; what is not known when the dataset is not.
    Column(Uuid, String, String),
    /// A run by its OpenLineage id: upstream what it read, downstream what it wrote.
    Run(String),
    /// Every dataset of a namespace.
    Namespace(String),
    /// Every dataset with a tag, its own or a column's.
    Tag(TagFilter),
    /// Every dataset of an owner.
    Owner(String),
}

/// A start in the catalog's numbers.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// Datasets, jobs and columns.
    pub vertices: Vec<Vertex>,
    /// What to start from upstream; the same unless a run is among them.
    pub upstream: Vec<Vertex>,
    /// What was named and is not known, in words.
    pub unknown: Vec<String>,
}

impl Start {
    /// These, whichever way.
    pub fn of(vertices: Vec<Vertex>) -> Self {
        Self { upstream: vertices.clone(), vertices, unknown: Vec::new() }
    }

    /// Looks everything up.
    pub async fn find(app: &App, wanted: &[StartAt]) -> Result<Self, CatalogError> {
        let ids = |pick: fn(&StartAt) -> Option<Uuid>| wanted.iter().filter_map(pick).collect::<Vec<_>>();
        let datasets = ids(|one| if let StartAt::Dataset(id, _) | StartAt::Column(id, ..) = one { Some(*id) } else { None });
        let jobs = ids(|one| if let StartAt::Job(id, _) = one { Some(*id) } else { None });
        let datasets = known_datasets(app, &datasets).await?;
        let jobs = if jobs.is_empty() { Vec::new() } else { app.catalog.jobs_by_id(&jobs).await? };
        let jobs: HashMap<Uuid, u32> = jobs.into_iter().map(|row| (row.id, row.number)).collect();
        let mut start = Self::default();
        for one in wanted {
            match one {
                StartAt::Dataset(id, words) => {
                    start.add(datasets.get(id).copied().map(Vertex::Dataset), || format!("dataset {words}"));
                }
                StartAt::Job(id, words) => start.add(jobs.get(id).copied().map(Vertex::Job), || format!("job {words}")),
                StartAt::Column(id, path, words) => {
                    start.add(datasets.get(id).map(|&number| Vertex::Column(number, path.as_str().into())), || words.clone());
                }
                StartAt::Run(text) => start.add_run(app, text).await?,
                StartAt::Namespace(name) => {
                    let found = app.catalog.in_namespaces(Kind::Dataset, std::slice::from_ref(name)).await?;
                    start.add_all(app, found, || format!("a dataset in namespace {name}"));
                }
                StartAt::Tag(tag) => {
                    let found = tagged(app, Kind::Dataset, std::slice::from_ref(tag)).await?;
                    start.add_all(app, found, || format!("a dataset with tag {}", words(tag)));
                }
                StartAt::Owner(name) => {
                    let found = owned(app, Kind::Dataset, std::slice::from_ref(name)).await?;
                    start.add_all(app, found, || format!("a dataset of owner {name}"));
                }
            }
        }
        Ok(start)
    }

    /// What to start from upstream, when it is something else.
    pub fn upstream_start(&self) -> Option<Vec<Vertex>> {
        (self.upstream != self.vertices).then(|| self.upstream.clone())
    }

    fn add(&mut self, found: Option<Vertex>, words: impl FnOnce() -> String) {
        match found {
            Some(vertex) => {
                self.vertices.push(vertex.clone());
                self.upstream.push(vertex);
            }
            None => self.unknown.push(words()),
        }
    }

    /// Datasets, each class of names once.
    fn add_all(&mut self, app: &App, numbers: Vec<u32>, words: impl FnOnce() -> String) {
        let graph = app.graph();
        let datasets: BTreeSet<u32> = numbers.into_iter().map(|number| graph.representative(number)).collect();
        if datasets.is_empty() {
            self.unknown.push(words());
        }
        self.vertices.extend(datasets.iter().copied().map(Vertex::Dataset));
        self.upstream.extend(datasets.into_iter().map(Vertex::Dataset));
    }

    async fn add_run(&mut self, app: &App, text: &str) -> Result<(), CatalogError> {
        let runs = app.catalog.runs_by_id(id::run(text)).await?;
        if runs.is_empty() {
            self.unknown.push(format!("run {text}"));
        }
        for run in runs {
            self.vertices.extend(run.run.outputs.iter().map(|&dataset| Vertex::from(Node::Dataset(dataset))));
            self.upstream.extend(run.run.inputs.iter().map(|&dataset| Vertex::from(Node::Dataset(dataset))));
        }
        Ok(())
    }
}

fn words(tag: &TagFilter) -> String {
    tag.value.as_ref().map_or_else(|| tag.key.clone(), |value| format!("{}={value}", tag.key))
}

/// Numbers of datasets by the id of any of their names. What is only said to be a name of something unknown is none.
pub(super) async fn known_datasets(app: &App, ids: &[Uuid]) -> Result<HashMap<Uuid, u32>, CatalogError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = app.catalog.datasets_by_id(ids).await?;
    let graph = app.graph();
    let whole = app.catalog.whole_datasets(&graph.classes_of(found.iter().map(|row| row.number))).await?;
    let heard_of = whole.iter().filter(|row| row.entity.span.is_some());
    let known: HashMap<u32, u32> = heard_of.flat_map(|row| row.members.iter().map(|&member| (member, row.number))).collect();
    Ok(found.into_iter().filter_map(|row| Some((row.id, *known.get(&row.number)?))).collect())
}
