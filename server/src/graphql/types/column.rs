//! Columns: those of the current schema, then those that only lineage knows.

use super::dataset::Dataset;
use super::facet::{self, Tag};
use super::lineage::Lineage;
use super::lineage_answer::{depth, lineage, page, when};
use crate::asked::{LineageDirection, LineageGranularity, ListKind, Start};
use crate::catalog::read::{EntityRow, Kind};
use crate::fold::flow;
use crate::graph::{Graph, Kinds, When};
use crate::graphql::error::{ApiError, Result};
use crate::graphql::load::app;
use crate::graphql::scalar::{DateTime, Long, count, small};
use crate::lineage::answer::Vertex;
use crate::lineage::question::Question;
use async_graphql::{Context, ID, Object};
use schema::id;
use schema::json::Json;
use schema::openlineage::facets::{self, Field};
use std::collections::HashMap;
use std::sync::Arc;

/// A column of a dataset.
#[derive(Clone)]
pub struct Column {
    dataset: Arc<EntityRow>,
    name: String,
    field: Option<Field>,
    ordinal: Option<i32>,
    upstream: usize,
    downstream: usize,
}

/// Every column of a dataset that was known at a moment, microseconds since 1970: those of the schema that counted then, and
/// those that lineage knew. How many columns each has to do with is as now.
pub async fn columns_at(ctx: &Context<'_>, graph: &Graph, dataset: &Arc<EntityRow>, as_of: Option<i64>) -> Result<Vec<Column>> {
    let Some(moment) = as_of else { return columns_of(ctx, dataset).await };
    let rows = std::slice::from_ref(&**dataset);
    let bodies = app(ctx).catalog.facet_by(Kind::Dataset, rows, "schema", moment).await.map_err(ApiError::from)?;
    let schema = bodies.into_iter().flatten().next().and_then(|body| Json::parse(&body).ok().map(|json| facets::schema(&json)));
    let mut lineage: HashMap<Arc<str>, (usize, usize)> =
        graph.columns_known(dataset.number, When::At(moment)).into_iter().map(|name| (name, (0, 0))).collect();
    for (name, up, down) in graph.columns_of(dataset.number) {
        lineage.entry(name).and_modify(|counts| *counts = (up, down));
    }
    Ok(columns(dataset, schema.unwrap_or_default().fields, lineage))
}

/// Every column of a dataset.
pub async fn columns_of(ctx: &Context<'_>, dataset: &Arc<EntityRow>) -> Result<Vec<Column>> {
    let fields = facet::read(ctx, flow::Owner::Dataset(dataset.number), "schema", facets::schema).await?.unwrap_or_default().fields;
    let known = app(ctx).graph().columns_of(dataset.number);
    Ok(columns(dataset, fields, known.into_iter().map(|(name, up, down)| (name, (up, down))).collect()))
}

/// Columns of a schema, then what only lineage knows.
fn columns(dataset: &Arc<EntityRow>, fields: Vec<Field>, mut lineage: HashMap<Arc<str>, (usize, usize)>) -> Vec<Column> {
    let mut columns = Vec::with_capacity(fields.len());
    for (i, field) in fields.into_iter().enumerate() {
        let (upstream, downstream) = lineage.remove(field.path.as_str()).unwrap_or_default();
        columns.push(Column {
            dataset: dataset.clone(),
            name: field.path.clone(),
            ordinal: Some(small(i + 1)),
            field: Some(field),
            upstream,
            downstream,
        });
    }
    let mut rest: Vec<_> = lineage.into_iter().collect();
    rest.sort();
    for (name, (upstream, downstream)) in rest {
        columns.push(Column { dataset: dataset.clone(), name: name.to_string(), ordinal: None, field: None, upstream, downstream });
    }
    columns
}

impl Column {
    /// A column of which only the name is known for sure.
    pub fn named(dataset: Arc<EntityRow>, name: &str) -> Self {
        Self { dataset, name: name.to_owned(), field: None, ordinal: None, upstream: 0, downstream: 0 }
    }

    /// The column of this name, when the dataset has it.
    pub async fn find(ctx: &Context<'_>, dataset: &Arc<EntityRow>, name: &str) -> Result<Option<Self>> {
        Ok(columns_of(ctx, dataset).await?.into_iter().find(|column| column.name == name))
    }

    /// Its dotted path.
    pub fn name_str(&self) -> &str {
        &self.name
    }

    /// Its type as the emitter names it.
    pub fn type_str(&self) -> Option<&str> {
        self.field.as_ref()?.data_type.as_deref()
    }

    /// Its derived id.
    pub fn uuid(&self) -> uuid::Uuid {
        id::column(self.dataset.id, &self.name)
    }
}

/// A column of a dataset.
#[Object]
impl Column {
    /// Derived from its dataset and path.
    pub async fn id(&self) -> ID {
        self.uuid().into()
    }

    /// Dotted path within its dataset.
    async fn name(&self) -> &str {
        &self.name
    }

    /// As the emitter names it.
    #[graphql(name = "type")]
    async fn data_type(&self) -> Option<&str> {
        self.type_str()
    }

    /// What it means.
    async fn description(&self) -> Option<&str> {
        self.field.as_ref()?.description.as_deref()
    }

    /// Position in the schema, from 1; null when only lineage knows the column.
    async fn ordinal(&self) -> Option<i32> {
        self.ordinal
    }

    /// False when no current schema lists it.
    async fn in_schema(&self) -> bool {
        self.field.is_some()
    }

    /// 0 for a top-level column, 1 for a field inside one, and so on.
    async fn depth(&self) -> i32 {
        self.field.as_ref().map_or(0, |field| small(field.depth))
    }

    /// Tags of this column.
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<Tag>> {
        facet::tags(ctx, flow::Owner::Dataset(self.dataset.number), Some(&self.name)).await
    }

    /// Whose it is.
    async fn dataset(&self) -> Dataset {
        Dataset(self.dataset.clone())
    }

    /// Columns that feed it directly.
    async fn upstream_count(&self) -> Long {
        count(self.upstream)
    }

    /// Columns and datasets that it feeds directly.
    async fn downstream_count(&self) -> Long {
        count(self.downstream)
    }

    /// Reachable columns; a dataset where only the table is known. Without `maxDepth`: everything.
    #[graphql(complexity = "100 + child_complexity")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the field")]
    async fn lineage(
        &self,
        ctx: &Context<'_>,
        direction: LineageDirection,
        max_depth: Option<i32>,
        as_of: Option<DateTime>,
        #[graphql(default = true)] indirect: bool,
        #[graphql(default = true, desc = "Whether lineage counts that was inferred from SQL.")] inferred: bool,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Lineage> {
        let question = Question {
            directions: direction.directions(),
            max_depth: depth(max_depth)?,
            when: when(as_of, None)?,
            kinds: if indirect { Kinds::default() } else { Kinds::direct() },
            stated_only: !inferred,
            ..Question::default()
        };
        let start = Start::of(vec![Vertex::Column(self.dataset.number, self.name.as_str().into())]);
        let parent = format!("{}\n{}", self.dataset.id, self.name);
        let page = page(ctx, (ListKind::Lineage, &parent), first, after)?;
        lineage(ctx, start, question, LineageGranularity::Column, page).await
    }
}
