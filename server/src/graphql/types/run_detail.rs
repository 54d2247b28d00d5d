//! What a run was given, found out and waited for: facets of runs with typed fields.

use super::job::Job;
use crate::graphql::error::Result;
use crate::graphql::load::{JobNumber, app, load};
use crate::graphql::scalar::Long;
use async_graphql::{Context, SimpleObject};
use schema::openlineage::facets;

/// A name and a value, as text.
#[derive(SimpleObject, Clone)]
pub struct Property {
    /// Its name; a dotted path when it was nested.
    name: String,
    /// Its value; `***` when its name looks secret.
    value: String,
}

/// Properties of pairs.
pub fn properties(pairs: Vec<(String, String)>) -> Vec<Property> {
    pairs.into_iter().map(|(name, value)| Property { name, value }).collect()
}

/// The query in the system that ran it.
#[derive(SimpleObject)]
pub struct ExternalQuery {
    /// Its id there.
    id: String,
    /// Which system.
    source: Option<String>,
}

impl From<facets::ExternalQuery> for ExternalQuery {
    fn from(query: facets::ExternalQuery) -> Self {
        Self { id: query.id, source: query.source }
    }
}

/// The emitter could not find out all of the lineage of this run: what is missing is not known.
#[derive(SimpleObject)]
pub struct ExtractionErrors {
    /// Tasks looked at.
    total_tasks: Option<Long>,
    /// Tasks that failed.
    failed_tasks: Option<Long>,
    /// Why.
    errors: Vec<ExtractionError>,
}

/// One thing that could not be extracted.
#[derive(SimpleObject)]
pub struct ExtractionError {
    /// What went wrong.
    message: String,
    /// Where in the emitter.
    stack_trace: Option<String>,
    /// What was looked at.
    task: Option<String>,
    /// Its place.
    task_number: Option<Long>,
}

impl From<facets::ExtractionErrors> for ExtractionErrors {
    fn from(found: facets::ExtractionErrors) -> Self {
        let error = |e: facets::ExtractionError| ExtractionError {
            message: e.message,
            stack_trace: e.stack_trace,
            task: e.task,
            task_number: e.task_number.map(Long),
        };
        Self {
            total_tasks: found.total.map(Long),
            failed_tasks: found.failed.map(Long),
            errors: found.errors.into_iter().map(error).collect(),
        }
    }
}

/// A named value that a run was given.
#[derive(SimpleObject)]
pub struct RunParameter {
    /// What it is known by.
    key: String,
    /// For people.
    name: Option<String>,
    /// What it is for.
    description: Option<String>,
    /// Its value; `***` when its key looks secret.
    value: Option<String>,
}

impl From<facets::Parameter> for RunParameter {
    fn from(parameter: facets::Parameter) -> Self {
        Self { key: parameter.key, name: parameter.name, description: parameter.description, value: parameter.value }
    }
}

/// A test that a run made, bound to no dataset.
#[derive(SimpleObject)]
pub struct RunTest {
    /// Its name.
    name: String,
    /// `pass`, `fail` or `skip`.
    status: Option<String>,
    /// `error` or `warn`: how bad a failure is, whether or not it failed.
    severity: Option<String>,
    /// What kind of test.
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
}

impl From<facets::Test> for RunTest {
    fn from(test: facets::Test) -> Self {
        Self {
            name: test.name,
            status: test.status,
            severity: test.severity,
            kind: test.kind,
            description: test.description,
            expected: test.expected,
            actual: test.actual,
            content: test.content,
            content_type: test.content_type,
            parameters: properties(test.parameters),
        }
    }
}

/// Jobs that a run waits for and lets begin: control flow, never lineage.
#[derive(SimpleObject)]
pub struct Dependencies {
    /// What it waits for.
    upstream: Vec<Dependency>,
    /// What waits for it.
    downstream: Vec<Dependency>,
    /// How many of those it waits for must be done: `ALL_SUCCESS`, …
    trigger_rule: Option<String>,
}

/// A job that another one waits for or lets begin.
#[derive(SimpleObject)]
pub struct Dependency {
    /// The job's namespace.
    namespace: String,
    /// The job's name.
    name: String,
    /// The job, when anything else names it too.
    job: Option<Job>,
    /// The run, when one is meant.
    run_id: Option<String>,
    /// What kind of dependency.
    #[graphql(name = "type")]
    kind: Option<String>,
    /// When, relative to the other: `FINISH_TO_START`, …
    sequence_trigger_rule: Option<String>,
    /// After which ends: `EXECUTE_ON_SUCCESS`, …
    status_trigger_rule: Option<String>,
}

/// Links the jobs that are known.
pub async fn dependencies(ctx: &Context<'_>, said: facets::Dependencies) -> Result<Dependencies> {
    let link = async |list: Vec<facets::Dependency>| -> Result<Vec<Dependency>> {
        let ids: Vec<_> = list.iter().map(|one| schema::id::job(&one.namespace, &one.name)).collect();
        let known = app(ctx).catalog.jobs_by_id(&ids).await.map_err(crate::graphql::error::ApiError::from)?;
        let rows = load(ctx).load_many(known.iter().map(|row| JobNumber(row.number))).await?;
        let row = |id| known.iter().find(|row| row.id == id).and_then(|row| rows.get(&JobNumber(row.number)).cloned());
        let one = |(dependency, id): (facets::Dependency, uuid::Uuid)| Dependency {
            job: row(id).map(Job),
            namespace: dependency.namespace,
            name: dependency.name,
            run_id: dependency.run_id,
            kind: dependency.kind,
            sequence_trigger_rule: dependency.sequence_rule,
            status_trigger_rule: dependency.status_rule,
        };
        Ok(list.into_iter().zip(ids).map(one).collect())
    };
    Ok(Dependencies { upstream: link(said.upstream).await?, downstream: link(said.downstream).await?, trigger_rule: said.trigger_rule })
}

/// The profile of a dataset at one time.
#[derive(SimpleObject, Clone)]
pub struct QualityMetrics {
    /// Rows.
    row_count: Option<Long>,
    /// Bytes.
    bytes: Option<Long>,
    /// Files.
    file_count: Option<Long>,
    /// When the data was last changed, as sent.
    last_updated: Option<String>,
    /// By column.
    columns: Vec<ColumnMetrics>,
}

/// The profile of one column.
#[derive(SimpleObject, Clone)]
pub struct ColumnMetrics {
    /// Which column.
    column: String,
    /// Nulls.
    null_count: Option<Long>,
    /// Distinct values.
    distinct_count: Option<Long>,
    /// Values.
    count: Option<Long>,
    /// Their sum.
    sum: Option<f64>,
    /// Least value.
    min: Option<f64>,
    /// Greatest value.
    max: Option<f64>,
    /// Quantiles, lowest first.
    quantiles: Vec<Quantile>,
}

/// A quantile.
#[derive(SimpleObject, Clone)]
pub struct Quantile {
    /// Which: 0.5 is the median.
    at: f64,
    /// Its value.
    value: f64,
}

impl From<facets::Metrics> for QualityMetrics {
    fn from(metrics: facets::Metrics) -> Self {
        let column = |m: facets::ColumnMetrics| ColumnMetrics {
            column: m.column,
            null_count: m.nulls.map(Long),
            distinct_count: m.distinct.map(Long),
            count: m.count.map(Long),
            sum: m.sum,
            min: m.min,
            max: m.max,
            quantiles: m.quantiles.into_iter().map(|(at, value)| Quantile { at, value }).collect(),
        };
        Self {
            row_count: metrics.rows.map(Long),
            bytes: metrics.bytes.map(Long),
            file_count: metrics.files.map(Long),
            last_updated: metrics.last_updated,
            columns: metrics.columns.into_iter().map(column).collect(),
        }
    }
}
