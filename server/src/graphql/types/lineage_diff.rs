//! What changed between two pieces of lineage: two instants, two runs of a job, two environments.

use super::lineage_answer::{off_thread, page_of};
use super::lineage_named::Named;
use super::lineage_start::LineageStart;
use super::run_events;
use crate::asked::{LineageDirection, PageArguments};
use crate::catalog::read::{EntityRow, RunRow, facet_at};
use crate::completeness::{CompletenessFields, IncompleteReason};
use crate::fold::flow::Owner;
use crate::graph::of_run::{lineages_of, of_run};
use crate::graph::preview::LineageRows;
use crate::graph::{Graph, Node, When};
use crate::graphql::error::{ApiError, Result, bad_input, not_found};
use crate::graphql::load::app;
use crate::graphql::page::PageInfo;
use crate::graphql::query::run;
use crate::graphql::scalar::{DateTime, Long, count};
use crate::graphql::standing::completeness;
use crate::lineage::answer::{Answer, Vertex};
use crate::lineage::ask;
use crate::lineage::diff::Difference;
use crate::lineage::question::{Granularity, Question};
use crate::lineage::state::{Item, Names, Place, State};
use async_graphql::{Context, Enum, ID, InputObject, SimpleObject};
use futures_util::{StreamExt, TryStreamExt};
use schema::json::Json;
use schema::openlineage::facets::{self, Field};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Schemas that are read at once.
const AT_ONCE: usize = 8;

/// One side of a comparison: a scope at an instant, or what a single run moved.
#[derive(InputObject, Clone, Default)]
pub struct LineageState {
    /// Around what; of the second side that of the first when left out.
    from: Option<LineageStart>,
    /// When, by event time; now when left out.
    as_of: Option<DateTime>,
    /// Only edges with evidence since then: what was not seen again is left out.
    seen_since: Option<DateTime>,
    /// What this run alone moved, instead.
    run: Option<ID>,
}

/// A namespace of the first side that corresponds to one of the second.
#[derive(InputObject)]
pub struct NamespacePair {
    /// There.
    before: String,
    /// Here.
    after: String,
}

/// What changed.
#[derive(SimpleObject)]
pub struct LineageDiff {
    /// All changes, on whatever page.
    total_count: Long,
    /// How many of each kind.
    counts: Vec<LineageChangeCount>,
    /// In order of kind and name.
    changes: Vec<LineageDiffChange>,
    /// Where the page stands.
    page_info: PageInfo,
    #[graphql(flatten)]
    completeness: CompletenessFields,
}

/// How many things of a kind changed.
#[derive(SimpleObject)]
pub struct LineageChangeCount {
    /// The kind.
    kind: LineageChangeKind,
    /// Only in the second.
    added: Long,
    /// Only in the first.
    removed: Long,
    /// In both, and not the same.
    changed: Long,
}

/// What kind of thing changed.
#[derive(Enum, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineageChangeKind {
    /// A dataset of the scope.
    Dataset,
    /// A job of the scope.
    Job,
    /// An edge between datasets or jobs.
    Edge,
    /// A column of a schema, or its type.
    Column,
    /// An edge between columns.
    ColumnEdge,
}

/// What became of a thing.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum LineageDifference {
    /// Only in the second.
    Added,
    /// Only in the first.
    Removed,
    /// In both, and not the same.
    Changed,
}

/// A thing by name.
#[derive(SimpleObject)]
pub struct LineagePlace {
    /// Namespace.
    namespace: String,
    /// Name of the dataset or job.
    name: String,
    /// The column, for one.
    column: Option<String>,
}

/// Something that changed.
#[derive(SimpleObject)]
pub struct LineageDiffChange {
    /// What kind of thing it is.
    kind: LineageChangeKind,
    /// What became of it.
    difference: LineageDifference,
    /// The thing; of an edge, where it begins.
    thing: LineagePlace,
    /// Of an edge, where it ends.
    to: Option<LineagePlace>,
    /// Of an edge, its job.
    job: Option<LineagePlace>,
    /// What was said of it: how an edge is known, the type of a column, what a step does.
    before: Option<String>,
    /// What is said of it.
    after: Option<String>,
}

/// What to compare.
pub struct DiffArguments {
    pub before: LineageState,
    pub after: LineageState,
    pub direction: LineageDirection,
    pub max_depth: Option<u32>,
    pub namespaces: Vec<NamespacePair>,
    pub page: PageArguments,
}

/// Compares two states.
pub async fn lineage_diff(ctx: &Context<'_>, arguments: DiffArguments) -> Result<LineageDiff> {
    let DiffArguments { before, mut after, direction, max_depth, namespaces, page } = arguments;
    if after.from.is_none() && after.run.is_none() {
        after.from.clone_from(&before.from);
    }
    let rests_on = completeness(ctx);
    let map: BTreeMap<String, String> = namespaces.into_iter().map(|pair| (pair.before, pair.after)).collect();
    let first = state(ctx, &before, direction, max_depth).await?.in_namespaces(&map);
    let second = state(ctx, &after, direction, max_depth).await?;
    let changes = first.changes(&second);
    let mut counts: BTreeMap<LineageChangeKind, [usize; 3]> = BTreeMap::new();
    for (item, difference) in &changes {
        counts.entry(kind(item)).or_default()[place_of(difference)] += 1;
    }
    let total = changes.len();
    let (listed, page_info) = page_of(changes, |(item, _)| key(item), &page, app(ctx).limits.answer_items)?;
    let cut = page.first.is_none() && page_info.has_next_page;
    let more = || format!("there are {total} changes and {} are listed; page through them with first and afterCursor", listed.len());
    let completeness = rests_on.and(cut.then(|| (IncompleteReason::AnswerLimit, more()))).into();
    let counts = counts.into_iter().map(|(kind, [added, removed, changed])| LineageChangeCount {
        kind,
        added: count(added),
        removed: count(removed),
        changed: count(changed),
    });
    Ok(LineageDiff {
        total_count: count(total),
        completeness,
        counts: counts.collect(),
        changes: listed.into_iter().map(|(item, difference)| change(item, difference)).collect(),
        page_info,
    })
}

fn place_of(difference: &Difference<String>) -> usize {
    match difference {
        Difference::Added(_) => 0,
        Difference::Removed(_) => 1,
        Difference::Changed(..) => 2,
    }
}

async fn state(ctx: &Context<'_>, side: &LineageState, direction: LineageDirection, max_depth: Option<u32>) -> Result<State> {
    match (&side.run, &side.from, side.as_of) {
        (Some(id), None, None) => {
            let found = run(ctx, id, None, None).await?;
            of_one_run(ctx, &found.ok_or_else(|| not_found(format!("run {} is not known here", id.as_str())))?.0).await
        }
        (None, Some(from), as_of) => {
            let start = from.resolve(ctx).await?;
            if let Some(unknown) = start.unknown.first() {
                return Err(not_found(format!("{unknown} is not known here")));
            }
            let when: When = as_of.map(|at| at.0.0).into();
            let seen_since = side.seen_since.map(|at| at.0.0);
            let upstream_start = start.upstream_start();
            let directions = direction.directions();
            let question =
                Question { start: start.vertices, upstream_start, directions, max_depth, when, seen_since, ..Question::default() };
            let graph = app(ctx).graph();
            let answers = both(ctx, graph.clone(), question).await?;
            described(ctx, &graph, answers, as_of.map(|at| at.0.0)).await
        }
        _ => Err(bad_input("each side takes either run, or from with or without asOf")),
    }
}

/// By dataset and by column.
async fn both(ctx: &Context<'_>, graph: Arc<Graph>, question: Question) -> Result<(Answer, Answer)> {
    off_thread(ctx, move || {
        let columns = Question { granularity: Granularity::Column, ..question.clone() };
        (ask(&graph, &question), ask(&graph, &columns))
    })
    .await
}

/// What a run's own events say, and the schemas at its end.
async fn of_one_run(ctx: &Context<'_>, row: &RunRow) -> Result<State> {
    let (columns, explicit) = lineages_of(&row.run);
    let catalog = &app(ctx).catalog;
    let rows = LineageRows {
        columns: catalog.column_rows(&columns).await.map_err(ApiError::from)?,
        explicit: catalog.explicit_rows(&explicit).await.map_err(ApiError::from)?,
    };
    let graph = Arc::new(
        of_run(row.job, &row.run, rows).map_err(|e| ApiError::Internal("the server could not read a run's lineage", format!("{e:?}")))?,
    );
    // Nothing else is in this graph: one step from everything that it read or wrote is all there is.
    let start = row.run.io(false).into_iter().chain(row.run.io(true)).map(Vertex::Dataset).collect();
    let directions = LineageDirection::Downstream.directions();
    let question = Question { start, directions, max_depth: Some(1), temporary: true, ..Question::default() };
    let answers = both(ctx, graph, question).await?;
    let mut state = described(ctx, &app(ctx).graph(), answers, row.run.span.map(|span| span.last)).await?;
    // What the run's own events say of a schema is closer than what was said of the dataset by then.
    for written in [false, true] {
        let io = run_events::io_facets(&run_events::entries(ctx, row).await?, written);
        for ((namespace, name), facets) in io {
            let Some(body) = facets.get("schema") else { continue };
            let is_of = |item: &Item| matches!(item, Item::Column(place) if place.namespace == namespace && place.name == name);
            state.0.retain(|item, _| !is_of(item));
            state.add_schema((namespace, name), typed(fields(body)));
        }
    }
    Ok(state)
}

fn fields(body: &[u8]) -> Vec<Field> {
    Json::parse(body).map(|json| facets::schema(&json).fields).unwrap_or_default()
}

fn typed(fields: Vec<Field>) -> impl Iterator<Item = (String, Option<String>)> {
    fields.into_iter().map(|field| (field.path, field.data_type))
}

/// Names for answers, and the schemas of their datasets as of a moment; what was not there then is left out.
async fn described(ctx: &Context<'_>, graph: &Graph, (datasets, columns): (Answer, Answer), moment: Option<i64>) -> Result<State> {
    let nodes: Vec<Node> = [&datasets, &columns].into_iter().flat_map(Answer::named_nodes).map(|node| graph.canonical(node)).collect();
    let named = Named::load(ctx, nodes).await?;
    let names = AsOf { graph, named: &named, moment };
    let mut state = State::default();
    state.add_datasets(&datasets, &names);
    state.add_columns(&columns, &names);
    let rows: Vec<Arc<EntityRow>> =
        named.datasets.values().filter(|row| names.was_there(row, Node::Dataset(row.number))).cloned().collect();
    let schemas = futures_util::stream::iter(rows.into_iter().map(|row| schema_at(ctx, row, moment))).buffer_unordered(AT_ONCE);
    for (row, fields) in schemas.try_collect::<Vec<_>>().await? {
        state.add_schema((row.namespace.clone(), row.name.clone()), typed(fields));
    }
    Ok(state)
}

async fn schema_at(ctx: &Context<'_>, row: Arc<EntityRow>, moment: Option<i64>) -> Result<(Arc<EntityRow>, Vec<Field>)> {
    let history = app(ctx).catalog.facet_history(Owner::Dataset(row.number), &row, Some("schema")).await.map_err(ApiError::from)?;
    let fields = facet_at(&history, moment).map(|schema| fields(&schema.body)).unwrap_or_default();
    Ok((row, fields))
}

/// Names of what was there at a moment.
struct AsOf<'a> {
    graph: &'a Graph,
    named: &'a Named,
    moment: Option<i64>,
}

impl AsOf<'_> {
    fn was_there(&self, row: &EntityRow, node: Node) -> bool {
        let dropped = if let Node::Dataset(dataset) = node { self.graph.dropped_at(dataset) } else { None };
        match self.moment {
            None => dropped.is_none(),
            Some(moment) => row.entity.span.is_none_or(|span| span.first <= moment) && dropped.is_none_or(|at| moment < at),
        }
    }
}

impl Names for AsOf<'_> {
    fn name(&self, node: Node) -> Option<(String, String)> {
        let row = match self.graph.canonical(node) {
            Node::Dataset(dataset) => self.named.datasets.get(&dataset)?,
            Node::Job(job) => self.named.jobs.get(&job)?,
        };
        self.was_there(row, node).then(|| (row.namespace.clone(), row.name.clone()))
    }
}

fn kind(item: &Item) -> LineageChangeKind {
    match item {
        Item::Dataset(_) => LineageChangeKind::Dataset,
        Item::Job(_) => LineageChangeKind::Job,
        Item::Edge(..) => LineageChangeKind::Edge,
        Item::Column(_) => LineageChangeKind::Column,
        Item::ColumnEdge(..) => LineageChangeKind::ColumnEdge,
    }
}

/// A thing as cursors know it, in the order of the list.
type Key = (u8, Vec<(String, String, Option<String>)>);

fn key(item: &Item) -> Key {
    let of = |place: &Place| (place.namespace.clone(), place.name.clone(), place.column.clone());
    let places = match item {
        Item::Dataset(one) | Item::Job(one) | Item::Column(one) => vec![of(one)],
        Item::Edge(from, to, job) | Item::ColumnEdge(from, to, job) => {
            [Some(from), Some(to), job.as_ref()].into_iter().flatten().map(of).collect()
        }
    };
    (kind(item) as u8, places)
}

fn change(item: Item, difference: Difference<String>) -> LineageDiffChange {
    let kind = kind(&item);
    let (thing, to, job) = match item {
        Item::Dataset(one) | Item::Job(one) | Item::Column(one) => (one, None, None),
        Item::Edge(from, to, job) | Item::ColumnEdge(from, to, job) => (from, Some(to), job),
    };
    let said = |text: String| (!text.is_empty()).then_some(text);
    let (difference, before, after) = match difference {
        Difference::Added(after) => (LineageDifference::Added, None, said(after)),
        Difference::Removed(before) => (LineageDifference::Removed, said(before), None),
        Difference::Changed(before, after) => (LineageDifference::Changed, said(before), said(after)),
    };
    LineageDiffChange { kind, difference, thing: thing.into(), to: to.map(Into::into), job: job.map(Into::into), before, after }
}

impl From<Place> for LineagePlace {
    fn from(place: Place) -> Self {
        Self { namespace: place.namespace, name: place.name, column: place.column }
    }
}
