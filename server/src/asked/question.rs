//! A question put together: as it is worded, with its names looked up, and walked.

use super::filter::LineageFilter;
use super::start::{Start, StartAt};
use super::words::LineageGranularity;
use super::{Result, wrong};
use crate::app::App;
use crate::graph::{Graph, When};
use crate::lineage::answer::Answer;
use crate::lineage::question::Question;
use crate::lineage::{Counted, ask, count, whole};
use schema::moment::Moment;
use std::sync::Arc;

/// A question before anything is looked up. Looked up anew it may mean others: what has a tag changes.
#[derive(Clone, Debug)]
pub struct Wording {
    /// Where to start.
    pub from: Vec<StartAt>,
    /// What is listed.
    pub filter: Option<LineageFilter>,
    /// What is not walked beyond.
    pub stop_at: Option<LineageFilter>,
    /// What nodes are.
    pub granularity: LineageGranularity,
    /// Everything else.
    pub question: Question,
}

/// A question in the catalog's numbers.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Where it starts.
    pub start: Start,
    /// What nodes are.
    pub granularity: LineageGranularity,
    /// Everything else; its start and its granularity do not count.
    pub question: Question,
}

impl Wording {
    /// Looks up what it names.
    pub async fn look_up(&self, app: &App) -> Result<Asked> {
        let mut question = self.question.clone();
        if let Some(filter) = &self.filter {
            question.filter = Some(filter.resolve(app).await?);
        }
        if let Some(stop_at) = &self.stop_at {
            question.stop_at = Some(stop_at.resolve(app).await?);
        }
        Ok(Asked { start: Start::find(app, &self.from).await?, granularity: self.granularity, question })
    }
}

impl Asked {
    /// As the engine takes it.
    pub fn question(&self) -> Question {
        Question {
            start: self.start.vertices.clone(),
            upstream_start: self.start.upstream_start(),
            granularity: self.granularity.walked(),
            ..self.question.clone()
        }
    }

    /// Walks a graph.
    pub async fn walk(&self, app: &App, graph: Arc<Graph>) -> Result<Answer> {
        let question = self.question();
        Ok(app.work.walk(move || ask(&graph, &question)).await?)
    }

    /// Counts what a walk of the newest graph finds.
    pub async fn count(&self, app: &App) -> Result<Counted> {
        let question = Question { max_edges: Some(0), reckon: false, outcomes: false, ..self.question() };
        let graph = app.graph();
        Ok(app.work.walk(move || count(&graph, &question)).await?)
    }

    /// Reads the whole newest graph, whatever the start.
    pub async fn walk_all(&self, app: &App) -> Result<Answer> {
        let question = self.question();
        let datasets = app.catalog.listed_datasets().await?;
        // Loaded last: every dataset that was listed is in it.
        let graph = app.graph();
        Ok(app.work.walk(move || whole(&graph, &datasets, &question)).await?)
    }
}

/// The time that a question is about: an instant, a window, or now.
pub fn when(as_of: Option<Moment>, window: Option<(Moment, Moment)>) -> Result<When> {
    match (as_of, window) {
        (Some(_), Some(_)) => Err(wrong("give asOf or window, not both")),
        (_, Some((from, to))) if from.0 > to.0 => Err(wrong("window ends before it begins")),
        (_, Some((from, to))) => Ok(When::During(from.0, to.0)),
        (at, None) => Ok(at.map(|at| at.0).into()),
    }
}
