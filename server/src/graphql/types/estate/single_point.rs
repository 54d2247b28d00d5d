//! Single points of failure.

use crate::asked::LineageFilter;
use crate::estate::dominance::{Dominance, dominance};
use crate::graph::{Direction, Graph, Node, Question, walk};
use crate::graphql::error::{ApiError, Result, bad_input};
use crate::graphql::load::{DatasetNumber, app, load};
use crate::graphql::page::{self, Connection, Edge};
use crate::graphql::scalar::{Long, count};
use crate::graphql::types::Dataset;
use crate::graphql::types::lineage_answer::{off_thread, predicate};
use async_graphql::{Context, Object};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

/// A dataset that others cannot do without.
pub struct SinglePoint {
    dataset: Dataset,
    dominated: u32,
    graph: Arc<Graph>,
    dominance: Arc<Dominance>,
}

/// A dataset that others cannot do without.
#[Object]
impl SinglePoint {
    /// Which.
    async fn dataset(&self) -> Dataset {
        self.dataset.clone()
    }

    /// Datasets that hang on it alone: every way from any source to them leads through it.
    async fn dominated_count(&self) -> i32 {
        count(self.dominated)
    }

    /// All datasets downstream, with those that have other ways too.
    async fn downstream_count(&self) -> Result<i32> {
        let (graph, dataset) = (self.graph.clone(), self.dataset.0.number);
        let question = Question { max_edges: 0, ..Question::all(Node::Dataset(dataset), Direction::Downstream) };
        let nodes = off_thread(move || walk(&graph, &question).nodes).await?;
        Ok(count(nodes.iter().filter(|(node, distance)| *distance > 0 && matches!(node, Node::Dataset(_))).count()))
    }

    /// Datasets that hang on it alone: the first ones as one goes down from it.
    #[graphql(complexity = "10 + first.clamp(0, 1001) as usize * child_complexity")]
    async fn dominated(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20)] first: i32,
        after: Option<String>,
    ) -> Result<Connection<Edge<Dataset>>> {
        let first = page::length(first)?;
        let all = self.dominance.of(&self.graph, self.dataset.0.number);
        let (items, total) = page::slice(all, first, after.as_deref())?;
        let rows = load(ctx).load_many(items.iter().map(|(_, dataset)| DatasetNumber(*dataset))).await?;
        let item = |(place, dataset): (u64, u32)| Some((place, Dataset(rows.get(&DatasetNumber(dataset))?.clone())));
        Ok(page::connection(total, first, after.as_deref(), items.into_iter().filter_map(item).collect()))
    }

    /// Log sequence that the lineage holds for.
    async fn graph_version(&self) -> Long {
        self.graph.seq().into()
    }
}

/// Datasets that others cannot do without.
pub async fn single_points(
    ctx: &Context<'_>,
    min_dominated: i32,
    filter: Option<LineageFilter>,
    first: i32,
    after: Option<String>,
) -> Result<Connection<Edge<SinglePoint>>> {
    let first = page::length(first)?;
    let least = u32::try_from(min_dominated).map_err(|_| bad_input("minDominated must not be negative"))?;
    let graph = app(ctx).graph();
    let predicate = predicate(ctx, filter.as_ref()).await?;
    let of = graph.clone();
    let dominance = Arc::new(off_thread(move || dominance(&of)).await?);
    let passes = |dataset: u32| predicate.as_ref().is_none_or(|filter| filter.test(&graph, Node::Dataset(dataset)));
    let mut found: Vec<(u32, u32)> = dominance.dominated.iter().map(|(&dataset, &count)| (dataset, count)).collect();
    found.retain(|&(dataset, count)| count >= least && passes(dataset));
    let numbers: Vec<u32> = found.iter().map(|(dataset, _)| *dataset).collect();
    let names = app(ctx).catalog.names_of(&numbers).await.map_err(ApiError::from)?;
    let names: HashMap<u32, (String, String)> = names.into_iter().map(|row| (row.number, (row.namespace, row.name))).collect();
    found.sort_by(|a, b| (Reverse(a.1), names.get(&a.0)).cmp(&(Reverse(b.1), names.get(&b.0))));
    let (items, total) = page::slice(found, first, after.as_deref())?;
    let rows = load(ctx).load_many(items.iter().map(|(_, (dataset, _))| DatasetNumber(*dataset))).await?;
    let item = |(place, (dataset, dominated)): (u64, (u32, u32))| {
        let dataset = Dataset(rows.get(&DatasetNumber(dataset))?.clone());
        Some((place, SinglePoint { dataset, dominated, graph: graph.clone(), dominance: dominance.clone() }))
    };
    Ok(page::connection(total, first, after.as_deref(), items.into_iter().filter_map(item).collect()))
}
