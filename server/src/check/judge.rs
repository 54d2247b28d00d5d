//! Impact with what it needs from the catalog: schemas, to tell how much column lineage covers, and owners,
//! to tell whom it concerns.

use crate::app::App;
use crate::catalog::CatalogError;
use crate::catalog::read::Kind;
use crate::fold::flow::Owner;
use crate::graph::{Graph, Node, When};
use crate::impact::{Change, Counts, Impact, Item, Point, Schemas, Trust, Verdict, impact};
use crate::work::WorkError;
use schema::json::Json;
use schema::openlineage::facets::{self, Field};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// The catalog.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// It was not walked: others were first, or it panicked.
    #[error(transparent)]
    Work(#[from] WorkError),
}

/// Says what a change does, or would have done at a moment (microseconds since 1970), on one snapshot of the graph. Schemas
/// are read where they matter, and again only when what they say makes others matter.
pub async fn judge(app: &App, (graph, as_of): (&Arc<Graph>, Option<i64>), change: Change, trust: Trust) -> Result<Impact, JudgeError> {
    let when = When::from(as_of);
    let mut known = Schemas::new();
    loop {
        let (snapshot, asked, schemas) = (graph.clone(), change.clone(), std::mem::take(&mut known));
        let (impact, schemas) = app.work.walk(move || (impact(&snapshot, when, &asked, trust, &schemas), schemas)).await?;
        if impact.wanted.is_empty() {
            return Ok(impact);
        }
        known = schemas;
        known.extend(schemas_of(app, graph, impact.wanted, as_of).await?);
    }
}

/// Reads the schemas that the reasons of some items hang on; verdicts do not.
pub async fn settle(
    app: &App,
    (graph, as_of): (&Graph, Option<i64>),
    impact: &Impact,
    items: impl IntoIterator<Item = &Item>,
) -> Result<(), CatalogError> {
    let unsettled = impact.unsettled(items);
    if !unsettled.is_empty() {
        impact.learn(schemas_of(app, graph, unsettled, as_of).await?);
    }
    Ok(())
}

/// Columns by schema; none for what has no schema.
async fn schemas_of(app: &App, graph: &Graph, datasets: BTreeSet<u32>, as_of: Option<i64>) -> Result<Schemas, CatalogError> {
    let fields = fields_of(app, graph, &datasets, as_of).await?;
    let columns = |dataset: &u32| fields.get(dataset).into_iter().flatten().map(|field| field.path.clone()).collect();
    Ok(datasets.iter().map(|dataset| (*dataset, columns(dataset))).collect())
}

/// Schemas of datasets as they count now, or counted at a moment, by the numbers that were asked for; of those that have one.
pub async fn fields_of(
    app: &App,
    graph: &Graph,
    datasets: &BTreeSet<u32>,
    as_of: Option<i64>,
) -> Result<HashMap<u32, Vec<Field>>, CatalogError> {
    let classes: Vec<Vec<u32>> = datasets.iter().map(|dataset| graph.members(dataset).to_vec()).collect();
    let rows = app.catalog.whole_datasets(&classes).await?;
    let bodies = match as_of {
        None => app.catalog.current_facet(&rows, "schema").await?,
        Some(moment) => app.catalog.facet_by(Kind::Dataset, &rows, "schema", moment).await?,
    };
    let mut found = HashMap::new();
    for (row, body) in rows.iter().zip(bodies) {
        let Some(json) = body.as_deref().and_then(|body| Json::parse(body).ok()) else { continue };
        let fields = facets::schema(&json).fields;
        let asked = row.members.iter().chain([&row.number]).filter(|member| datasets.contains(member));
        asked.for_each(|member| {
            found.insert(*member, fields.clone());
        });
    }
    Ok(found)
}

/// What concerns one owner, or nobody: datasets and jobs by verdict.
pub type Concerned = BTreeMap<Option<String>, [Counts; 2]>;

/// Everything downstream by who answers for it. What has several owners concerns each of them.
pub async fn concerned(app: &App, graph: &Graph, impact: &Impact) -> Result<Concerned, CatalogError> {
    let owners = owners_of(app, graph, impact.items.nodes().iter().map(|item| &item.point)).await?;
    Ok(by_owner(impact.items.nodes().iter().map(|item| (&item.point, item.verdict)), &owners))
}

/// Datasets and jobs by their owners.
pub fn by_owner<'p>(points: impl Iterator<Item = (&'p Point, Verdict)>, owners: &HashMap<Node, Vec<String>>) -> Concerned {
    let mut concerned = Concerned::new();
    for (point, verdict) in points {
        let (node, sort) = match point {
            Point::Dataset(dataset) => (Node::Dataset(*dataset), 0),
            Point::Job(job) => (Node::Job(*job), 1),
            Point::Column(..) => continue,
        };
        match owners.get(&node).filter(|owners| !owners.is_empty()) {
            Some(owners) => owners.iter().for_each(|owner| concerned.entry(Some(owner.clone())).or_default()[sort].add(verdict)),
            None => concerned.entry(None).or_default()[sort].add(verdict),
        }
    }
    concerned
}

/// Things of which it is first asked whether anybody owns them at all.
const MANY: usize = 1000;

/// Owners of datasets and jobs, each once, sorted.
pub async fn owners_of<'p>(
    app: &App,
    graph: &Graph,
    points: impl Iterator<Item = &'p Point>,
) -> Result<HashMap<Node, Vec<String>>, CatalogError> {
    let (mut datasets, mut jobs) = (BTreeSet::new(), BTreeSet::new());
    for point in points {
        match point {
            Point::Dataset(dataset) | Point::Column(dataset, _) => datasets.insert(*dataset),
            Point::Job(job) => jobs.insert(*job),
        };
    }
    if datasets.len() + jobs.len() > MANY {
        // Most estates say of few who owns them: the others need not be read.
        let owned = app.catalog.ever_with("ownership").await?;
        datasets.retain(|dataset| graph.members(dataset).iter().any(|&member| owned.contains(&Owner::Dataset(member))));
        jobs.retain(|&job| owned.contains(&Owner::Job(job)));
    }
    let classes: Vec<Vec<u32>> = datasets.iter().map(|dataset| graph.members(dataset).to_vec()).collect();
    let datasets = app.catalog.whole_datasets(&classes).await?;
    let jobs = app.catalog.jobs(&jobs.into_iter().collect::<Vec<_>>()).await?;
    let mut found = HashMap::new();
    for (rows, is_dataset) in [(&datasets, true), (&jobs, false)] {
        for (row, body) in rows.iter().zip(app.catalog.current_facet(rows, "ownership").await?) {
            let Some(json) = body.as_deref().and_then(|body| Json::parse(body).ok()) else { continue };
            let names: BTreeSet<String> = facets::owners(&json).into_iter().map(|owner| owner.name).collect();
            let node = if is_dataset { Node::Dataset(graph.representative(row.number)) } else { Node::Job(row.number) };
            found.insert(node, names.into_iter().collect());
        }
    }
    Ok(found)
}
