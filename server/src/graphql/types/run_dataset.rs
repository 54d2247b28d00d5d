//! A dataset in a run: what the run did with it, and how its tests went.

use super::dataset::{Dataset, JobRole};
use super::run::Run;
use super::run_detail::{Property, QualityMetrics, properties};
use super::run_events::{self, IoFacets};
use crate::asked::ListKind;
use crate::catalog::read::{EntityRow, Page, RunFilter, RunRow};
use crate::graphql::charge::charged;
use crate::graphql::error::{ApiError, Result};
use crate::graphql::load::app;
use crate::graphql::page::{self, Connection};
use crate::graphql::scalar::{AnyJson, DateTime, Long, object};
use async_graphql::{Context, Object, SimpleObject};
use schema::json::Json;
use schema::openlineage::facets;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A dataset in a run, and what the run did with it.
pub struct RunDataset {
    /// Its row.
    pub dataset: Arc<EntityRow>,
    /// What the run's events say of it.
    pub facets: IoFacets,
    /// The run.
    pub run: Run,
}

/// The result of a test of a dataset.
#[derive(SimpleObject, Clone)]
pub struct Assertion {
    /// The test.
    pub name: String,
    /// Whether it held.
    pub success: bool,
    /// The column tested.
    pub column: Option<String>,
    /// `error` or `warn`: how bad a failure is, whether or not it failed.
    severity: Option<String>,
    /// The kind of test.
    #[graphql(name = "type")]
    kind: Option<String>,
    /// In words.
    description: Option<String>,
    /// What should be.
    expected: Option<String>,
    /// What was.
    actual: Option<String>,
    /// The test's text.
    content: Option<String>,
    /// What the text is written in.
    content_type: Option<String>,
    /// What it was given.
    parameters: Vec<Property>,
    /// The run that tested.
    pub run: Option<Run>,
    /// When.
    pub at: DateTime,
}

/// A run of a dataset.
#[derive(SimpleObject)]
pub struct DatasetRunEdge {
    /// Opaque; `after` takes it.
    pub cursor: String,
    /// The run.
    node: Run,
    /// Whether it read or wrote; PRODUCER when both.
    role: JobRole,
    /// Rows read or written.
    row_count: Option<Long>,
    /// Bytes read or written.
    bytes: Option<Long>,
}

/// Runs of a dataset.
pub type DatasetRunConnection = Connection<DatasetRunEdge>;

/// Runs of a dataset with what they did.
pub async fn dataset_runs(
    ctx: &Context<'_>,
    dataset: &EntityRow,
    role: Option<JobRole>,
    first: i32,
    after: Option<String>,
) -> Result<DatasetRunConnection> {
    let first = page::length(first)?;
    let list = page::list_of(ctx, ListKind::DatasetRuns, &dataset.id.to_string())?;
    let code = role.map(|role| i64::from(role == JobRole::Producer));
    let filter = RunFilter { datasets: Some((dataset.members.clone(), code)), ..RunFilter::default() };
    let catalog = &app(ctx).catalog;
    let rows =
        catalog.run_page(&filter, Page { after: page::place(list, after.as_deref())?, limit: first + 1 }).await.map_err(ApiError::from)?;
    let total = catalog.run_count(&filter).await.map_err(ApiError::from)?;
    let roles =
        catalog.run_roles(&dataset.members, &rows.iter().map(|row| row.number).collect::<Vec<_>>()).await.map_err(ApiError::from)?;
    let look = ctx.look_ahead().field("edges");
    let wants = look.field("rowCount").exists() || look.field("bytes").exists();
    let mut edges = Vec::with_capacity(rows.len());
    for row in rows {
        let written = roles.get(&row.number).is_some_and(|bits| bits & 2 != 0) && role != Some(JobRole::Consumer);
        let statistics = if wants { statistics(ctx, &row, dataset, written).await? } else { facets::Statistics::default() };
        edges.push(DatasetRunEdge {
            cursor: list.cursor(&row.place()),
            node: Run::from(row),
            role: if written { JobRole::Producer } else { JobRole::Consumer },
            row_count: statistics.rows.map(Long),
            bytes: statistics.bytes.map(Long),
        });
    }
    Ok(page::edges_page(total, first, after.as_deref(), edges, |edge| &edge.cursor))
}

async fn statistics(ctx: &Context<'_>, run: &RunRow, dataset: &EntityRow, written: bool) -> Result<facets::Statistics> {
    let io = run_events::io_facets(&run_events::entries(ctx, run).await?, written);
    let facets = io.get(&(dataset.namespace.clone(), dataset.name.clone()));
    Ok(facets.map(statistics_of).unwrap_or_default())
}

fn statistics_of(facets: &IoFacets) -> facets::Statistics {
    let body = facets.get("outputStatistics").or(facets.get("inputStatistics"));
    body.and_then(|body| Json::parse(body).ok().map(|json| facets::statistics(&json))).unwrap_or_default()
}

/// The newest result of each test of a dataset, over its newest fifty runs.
pub async fn latest_assertions(ctx: &Context<'_>, dataset: &EntityRow) -> Result<Vec<Assertion>> {
    let filter = RunFilter { datasets: Some((dataset.members.clone(), None)), ..RunFilter::default() };
    let rows = app(ctx).catalog.run_page(&filter, Page { after: None, limit: 50 }).await.map_err(ApiError::from)?;
    let mut newest: BTreeMap<(String, Option<String>), Assertion> = BTreeMap::new();
    for row in rows {
        let run = Run::from(row);
        let entries = run_events::entries(ctx, &run.0).await?;
        for written in [false, true] {
            let io = run_events::io_facets(&entries, written);
            let Some(facets) = io.get(&(dataset.namespace.clone(), dataset.name.clone())) else { continue };
            for assertion in assertions_of(facets, &run) {
                newest.entry((assertion.name.clone(), assertion.column.clone())).or_insert(assertion);
            }
        }
    }
    Ok(newest.into_values().collect())
}

/// Results of tests among the facets of a dataset in a run.
pub fn assertions_of(facets: &IoFacets, run: &Run) -> Vec<Assertion> {
    let Some(json) = facets.get("dataQualityAssertions").and_then(|body| Json::parse(body).ok()) else { return Vec::new() };
    let at = run.0.run.span.map_or(0, |span| span.last);
    let assertion = |a: facets::Assertion| Assertion {
        name: a.name,
        success: a.success,
        column: a.column,
        severity: a.severity,
        kind: a.kind,
        description: a.description,
        expected: a.expected,
        actual: a.actual,
        content: a.content,
        content_type: a.content_type,
        parameters: properties(a.parameters),
        run: Some(run.clone()),
        at: at.into(),
    };
    facets::assertions(&json).into_iter().map(assertion).collect()
}

/// A dataset in a run.
#[Object]
impl RunDataset {
    /// As sent.
    async fn namespace(&self) -> &str {
        &self.dataset.namespace
    }

    /// As sent.
    async fn name(&self) -> &str {
        &self.dataset.name
    }

    /// The dataset itself.
    async fn dataset(&self) -> Dataset {
        Dataset(self.dataset.clone())
    }

    /// Rows read or written.
    async fn row_count(&self) -> Option<Long> {
        statistics_of(&self.facets).rows.map(Long)
    }

    /// Bytes read or written.
    async fn bytes(&self) -> Option<Long> {
        statistics_of(&self.facets).bytes.map(Long)
    }

    /// Files read or written.
    async fn file_count(&self) -> Option<Long> {
        statistics_of(&self.facets).files.map(Long)
    }

    /// The version read or written, when the emitter says one.
    async fn version(&self) -> Option<String> {
        self.facets.get("version").and_then(|body| facets::version(&Json::parse(body).ok()?))
    }

    /// Which part of it was read or written, as a condition in words.
    async fn subset(&self) -> Option<String> {
        self.facets.get("subset").and_then(|body| facets::subset(&Json::parse(body).ok()?))
    }

    /// What the table format reports of this scan or commit (Iceberg).
    async fn report(&self) -> Vec<Property> {
        let reports = ["icebergScanReport", "icebergCommitReport"].into_iter().filter_map(|key| self.facets.get(key));
        let read = |body: &Vec<u8>| Json::parse(body).map(|json| facets::properties(&json, "")).unwrap_or_default();
        properties(reports.flat_map(read).collect())
    }

    /// Its profile in this run.
    async fn metrics(&self) -> Option<QualityMetrics> {
        let body = self.facets.get("dataQualityMetrics")?;
        Some(facets::metrics(&Json::parse(body).ok()?).into())
    }

    /// Everything that the run's events say of it, by facet key.
    async fn facets(&self, ctx: &Context<'_>) -> Result<AnyJson> {
        charged(ctx, object(&self.facets)).await
    }

    /// Tests of it in this run.
    async fn assertions(&self) -> Vec<Assertion> {
        assertions_of(&self.facets, &self.run)
    }
}
