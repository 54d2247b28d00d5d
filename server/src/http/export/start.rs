//! Looks up where an export starts. A name that is not known is an answer of its own: a file of nothing would
//! be taken for "nothing depends on it".

use super::parameters::{StartAt, Wish};
use crate::app::App;
use crate::catalog::CatalogError;
use crate::catalog::read::Kind;
use crate::http::problem::Problem;
use crate::lineage::answer::Vertex;
use crate::lineage::question::Question;
use axum::http::StatusCode;
use schema::id;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The question with its start in the catalog's numbers; none when nothing is named.
pub async fn question(app: &App, wish: &Wish) -> Result<Option<Question>, Problem> {
    if wish.starts.is_empty() {
        return Ok(None);
    }
    let mut found = Found::default();
    for start in &wish.starts {
        found.add(app, start).await?;
    }
    if !found.unknown.is_empty() {
        return Err(Problem::new(StatusCode::NOT_FOUND, format!("not known here: {}", found.unknown.join(", "))));
    }
    let upstream_start = (found.upstream != found.start).then_some(found.upstream);
    Ok(Some(Question { start: found.start, upstream_start, ..wish.question.clone() }))
}

#[derive(Default)]
struct Found {
    start: Vec<Vertex>,
    upstream: Vec<Vertex>,
    unknown: Vec<String>,
}

impl Found {
    async fn add(&mut self, app: &App, start: &StartAt) -> Result<(), CatalogError> {
        match start {
            StartAt::Dataset(id, words) => {
                let found = dataset(app, *id).await?.map(Vertex::Dataset);
                self.one(found, || format!("dataset {words}"));
            }
            StartAt::Job(id, words) => {
                let found = app.catalog.jobs_by_id(&[*id]).await?.into_iter().next().map(|row| Vertex::Job(row.number));
                self.one(found, || format!("job {words}"));
            }
            StartAt::Column(id, path, words) => {
                let found = dataset(app, *id).await?.map(|number| Vertex::Column(number, path.as_str().into()));
                self.one(found, || format!("the dataset of column {words}"));
            }
            StartAt::Run(text) => {
                let runs = app.catalog.runs_by_id(id::run(text)).await?;
                if runs.is_empty() {
                    self.unknown.push(format!("run {text}"));
                }
                for run in runs {
                    self.start.extend(run.run.outputs.iter().map(|&dataset| Vertex::Dataset(dataset)));
                    self.upstream.extend(run.run.inputs.iter().map(|&dataset| Vertex::Dataset(dataset)));
                }
            }
            StartAt::Namespace(name) => {
                let numbers = app.catalog.in_namespaces(Kind::Dataset, std::slice::from_ref(name)).await?;
                if numbers.is_empty() {
                    self.unknown.push(format!("a dataset in namespace {name}"));
                }
                let graph = app.graph();
                let datasets: BTreeSet<u32> = numbers.into_iter().map(|number| graph.representative(number)).collect();
                self.start.extend(datasets.iter().copied().map(Vertex::Dataset));
                self.upstream.extend(datasets.into_iter().map(Vertex::Dataset));
            }
        }
        Ok(())
    }

    fn one(&mut self, found: Option<Vertex>, words: impl Fn() -> String) {
        match found {
            Some(vertex) => {
                self.start.push(vertex.clone());
                self.upstream.push(vertex);
            }
            None => self.unknown.push(words()),
        }
    }
}

/// A dataset by the id of any of its names. What is only said to be a name of something unknown is none.
async fn dataset(app: &App, id: Uuid) -> Result<Option<u32>, CatalogError> {
    let Some(number) = app.catalog.datasets_by_id(&[id]).await?.into_iter().next().map(|row| row.number) else { return Ok(None) };
    let class = app.graph().members(&number).to_vec();
    let whole = app.catalog.whole_datasets(&[class]).await?;
    Ok(whole.first().filter(|row| row.entity.span.is_some()).map(|row| row.number))
}
