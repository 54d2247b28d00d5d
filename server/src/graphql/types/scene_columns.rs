//! Column rows of a scene: which are open, which are on the trace, and the arrows between them.

use super::column::columns_of;
use super::scene::{Rows, SceneArguments, SceneColumn, SceneEdge};
use crate::graph::{self, ColumnNode, Direction, Graph, Node, When};
use crate::graphql::error::Result;
use crate::scene::compose::{Picture, Piece, Placed, row_middle};
use async_graphql::Context;
use schema::id;
use schema::openlineage::facets::Transformation;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// Column rows of one card at most.
const MAX_ROWS: usize = 30;

/// A column row before it is placed.
pub struct OpenColumn {
    name: String,
    data_type: Option<String>,
    traced: bool,
}

impl OpenColumn {
    /// Its row at a place of the card.
    pub fn row(&self, dataset: Uuid, place: usize) -> SceneColumn {
        SceneColumn {
            id: id::column(dataset, &self.name).into(),
            name: self.name.clone(),
            data_type: self.data_type.clone(),
            y: f64::from(row_middle(place)),
            traced: self.traced,
        }
    }
}

/// A value that flows between two open rows.
struct Hop {
    from: (u32, Arc<str>),
    to: (u32, Arc<str>),
    direct: bool,
    traced: bool,
}

/// Which column rows are open, and what flows between them.
#[derive(Default)]
pub struct Columns {
    /// Rows by dataset.
    pub open: HashMap<u32, Vec<OpenColumn>>,
    /// Datasets on the trace.
    pub traced_datasets: HashSet<u32>,
    hops: Vec<Hop>,
}

impl Columns {
    /// Opens what was asked for and what is on the trace.
    pub async fn choose(ctx: &Context<'_>, graph: &Graph, rows: &Rows, arguments: &SceneArguments, when: When) -> Result<Self> {
        let mut chosen = Self::default();
        let trace = arguments.trace.as_ref().and_then(|trace| Uuid::try_parse(trace).ok());
        let asked: HashSet<Uuid> = arguments.open_columns.iter().filter_map(|id| Uuid::try_parse(id).ok()).collect();
        if trace.is_none() && asked.is_empty() {
            return Ok(chosen);
        }
        let mut all: HashMap<u32, Vec<OpenColumn>> = HashMap::new();
        let mut start = None;
        for (node, row) in rows {
            let Node::Dataset(number) = node else { continue };
            for column in columns_of(ctx, row).await? {
                if Some(column.uuid()) == trace {
                    start = Some((*number, column.name_str().to_owned()));
                }
                all.entry(*number).or_default().push(OpenColumn {
                    name: column.name_str().to_owned(),
                    data_type: column.type_str().map(str::to_owned),
                    traced: false,
                });
            }
        }
        let mut traced: HashSet<(u32, Arc<str>)> = HashSet::new();
        if let Some((dataset, column)) = start {
            traced = chosen.trace(graph, dataset, column, when);
        }
        for (number, mut columns) in all {
            let open = rows.get(&Node::Dataset(number)).is_some_and(|row| asked.contains(&row.id));
            columns.iter_mut().for_each(|column| column.traced = traced.contains(&(number, column.name.as_str().into())));
            columns.retain(|column| open || column.traced);
            columns.sort_by_key(|column| !column.traced);
            columns.truncate(MAX_ROWS);
            chosen.open.insert(number, columns);
        }
        if traced.is_empty() {
            chosen.between(graph, when);
        }
        let end = |(dataset, name): &(u32, Arc<str>)| (graph.dataset_id(*dataset), name.clone());
        chosen.hops.sort_by_cached_key(|hop| (end(&hop.from), end(&hop.to), hop.direct));
        Ok(chosen)
    }

    /// Everything that the traced column comes from and flows into.
    fn trace(&mut self, graph: &Graph, dataset: u32, column: String, when: When) -> HashSet<(u32, Arc<str>)> {
        let directions = vec![Direction::Upstream, Direction::Downstream];
        let start = ColumnNode::Column(dataset, column.into());
        let question = graph::ColumnQuestion { when, ..graph::ColumnQuestion::all(start, directions) };
        let answer = graph::walk_columns(graph, &question);
        let mut traced = HashSet::new();
        for (node, _) in &answer.nodes {
            match node {
                ColumnNode::Column(dataset, name) => {
                    self.traced_datasets.insert(*dataset);
                    traced.insert((*dataset, name.clone()));
                }
                ColumnNode::Dataset(dataset) => {
                    self.traced_datasets.insert(*dataset);
                }
            }
        }
        self.hops.extend(answer.links.iter().filter_map(|link| Hop::of(link, true)));
        traced
    }

    /// Hops between open columns.
    fn between(&mut self, graph: &Graph, when: When) {
        for (&dataset, columns) in &self.open {
            for column in columns {
                let start = ColumnNode::Column(dataset, column.name.as_str().into());
                let all = graph::ColumnQuestion::all(start, vec![Direction::Downstream]);
                let question = graph::ColumnQuestion { max_depth: Some(1), when, ..all };
                self.hops.extend(graph::walk_columns(graph, &question).links.iter().filter_map(|link| Hop::of(link, false)));
            }
        }
    }

    /// Arrows between open rows.
    pub fn edges(&self, picture: &Picture, rows: &Rows) -> Vec<SceneEdge> {
        let cards: HashMap<u32, &Placed> = picture
            .cards
            .iter()
            .filter_map(|card| if let Piece::Node(Node::Dataset(d)) = card.piece { Some((d, card)) } else { None })
            .collect();
        let row_of = |dataset: &u32, name: &str| self.open.get(dataset)?.iter().position(|column| column.name == name);
        let edge = |(i, hop): (usize, &Hop)| {
            let ((from, from_name), (to, to_name)) = (&hop.from, &hop.to);
            let (source, target) = (cards.get(from)?, cards.get(to)?);
            let (a, b) = (row_of(from, from_name)?, row_of(to, to_name)?);
            let (from_id, to_id) = (rows.get(&Node::Dataset(*from))?.id, rows.get(&Node::Dataset(*to))?.id);
            let points = [source.x + source.width, source.y + row_middle(a), target.x, target.y + row_middle(b)];
            Some(SceneEdge {
                id: format!("c{i}").into(),
                from: from_id.into(),
                to: to_id.into(),
                from_column: Some(id::column(from_id, from_name).into()),
                to_column: Some(id::column(to_id, to_name).into()),
                points: points.into_iter().map(f64::from).collect(),
                basis: Some(graph::Basis::ColumnLineage.into()),
                direct: hop.direct,
                traced: hop.traced,
            })
        };
        self.hops.iter().enumerate().filter_map(edge).collect()
    }
}

impl Hop {
    fn of(link: &graph::ColumnLink, traced: bool) -> Option<Self> {
        let (ColumnNode::Column(from, a), ColumnNode::Column(to, b)) = (&link.from, &link.to) else { return None };
        let direct = link.transformations.is_empty() || link.transformations.iter().any(Transformation::is_direct);
        Some(Self { from: (*from, a.clone()), to: (*to, b.clone()), direct, traced })
    }
}
