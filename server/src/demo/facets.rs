//! Writes facets: one function each, from a noun of the estate to JSON.

use serde_json::{Map, Value, json};

use super::faults::Fault;
use super::model::{Column, Dataset, Estate, How, Job, Kind, Platform, Tag, Why};

/// Adds what every facet has. `version` and `class` name its schema; an empty version marks a facet of the tool's own.
pub(super) fn facet(producer: &str, version: &str, class: &str, mut body: Value) -> Value {
    let url = if version.is_empty() {
        format!("{producer}/{class}.json")
    } else {
        format!("https://openlineage.io/spec/facets/{version}/{class}.json#/$defs/{class}")
    };
    if let Some(body) = body.as_object_mut() {
        body.insert("_producer".to_owned(), producer.into());
        body.insert("_schemaURL".to_owned(), url.into());
    }
    body
}

/// Columns, as they were `age` days before now.
pub(super) fn schema(producer: &str, dataset: &Dataset, age: i64) -> Value {
    let field = |column: &Column| {
        let mut field = json!({"name": column.name, "type": column.kind(age)});
        if !column.about.is_empty() {
            field["description"] = column.about.as_str().into();
        }
        field
    };
    let fields: Vec<Value> = dataset.columns(age).map(field).collect();
    facet(producer, "1-2-0", "SchemaDatasetFacet", json!({"fields": fields}))
}

/// Which columns come from which, as it was `age` days before now; nothing when nothing is known.
pub(super) fn column_lineage(producer: &str, estate: &Estate, job: &Job, dataset: &Dataset, age: i64) -> Option<Value> {
    let input = |source: usize, column: &str, change: Value| {
        let (namespace, name) = estate.datasets[source].identity(job.by_alias);
        json!({"namespace": namespace, "name": name, "field": column, "transformations": [change]})
    };
    let mut fields = Map::new();
    for column in dataset.columns(age) {
        let origins: Vec<Value> = column
            .origins
            .iter()
            .filter(|origin| estate.datasets[origin.dataset].has(&origin.column, age))
            .map(|origin| input(origin.dataset, &origin.column, change(column, origin.how)))
            .collect();
        if !origins.is_empty() {
            fields.insert(column.name.clone(), json!({"inputFields": origins}));
        }
    }
    let deciders = dataset.deciders.iter().filter(|(_, source, column)| estate.datasets[*source].has(column, age));
    let rows: Vec<Value> = deciders
        .map(|(why, source, column)| {
            let subtype = match why {
                Why::Join => "JOIN",
                Why::Filter => "FILTER",
                Why::Group => "GROUP_BY",
            };
            let change = json!({"type": "INDIRECT", "subtype": subtype, "description": "", "masking": false});
            input(*source, column, change)
        })
        .collect();
    (!fields.is_empty()).then(|| facet(producer, "1-2-0", "ColumnLineageDatasetFacet", json!({"fields": fields, "dataset": rows})))
}

fn change(column: &Column, how: How) -> Value {
    let subtype = match how {
        How::Same => "IDENTITY",
        How::Aggregated => "AGGREGATION",
        How::Computed | How::Masked => "TRANSFORMATION",
    };
    // Only what is more than a copy is worth describing.
    let description = if how == How::Same { "" } else { column.expression.as_deref().unwrap_or("") };
    json!({"type": "DIRECT", "subtype": subtype, "description": description, "masking": how == How::Masked})
}

/// Labels of a dataset and of its columns.
pub(super) fn dataset_tags(producer: &str, dataset: &Dataset, age: i64, source: &str) -> Value {
    let labels = dataset.tags.iter().map(|(key, value)| json!({"key": key, "value": value, "source": source}));
    let columns = dataset.columns(age).filter_map(|column| {
        let value = column.tag.as_ref()?;
        Some(json!({"key": "pii", "value": value, "source": source, "field": column.name}))
    });
    let tags: Vec<Value> = labels.chain(columns).collect();
    facet(producer, "1-0-0", "TagsDatasetFacet", json!({"tags": tags}))
}

/// Labels of a job.
pub(super) fn job_tags(producer: &str, tags: &[Tag], source: &str) -> Value {
    let tags: Vec<Value> = tags.iter().map(|(key, value)| json!({"key": key, "value": value, "source": source})).collect();
    facet(producer, "1-0-0", "TagsJobFacet", json!({"tags": tags}))
}

/// Owners; `class` says of what.
pub(super) fn owners(producer: &str, class: &str, owners: &[String]) -> Value {
    let kind = |owner: &str| {
        if owner.starts_with("user:") { "STEWARD" } else { "MAINTAINER" }
    };
    let owners: Vec<Value> = owners.iter().map(|owner| json!({"name": owner, "type": kind(owner)})).collect();
    facet(producer, "1-0-1", class, json!({"owners": owners}))
}

/// A description; `class` says of what.
pub(super) fn about(producer: &str, class: &str, text: &str) -> Value {
    facet(producer, "1-1-0", class, json!({"description": text, "contentType": "text/markdown"}))
}

/// Table, view, topic or file.
pub(super) fn dataset_type(producer: &str, dataset: &Dataset) -> Value {
    let kind = match dataset.platform {
        Platform::Kafka => "TOPIC",
        Platform::Lake => "FILE",
        Platform::Dashboard => "DASHBOARD",
        Platform::Snowflake if dataset.name.starts_with("analytics.staging.") => "VIEW",
        Platform::Postgres | Platform::Snowflake | Platform::Feature | Platform::Crm => "TABLE",
    };
    facet(producer, "1-0-1", "DatasetTypeDatasetFacet", json!({"datasetType": kind}))
}

/// The name by which a metastore knows a dataset.
pub(super) fn symlinks(producer: &str, (namespace, name): &(String, String)) -> Value {
    let identifiers = json!([{"namespace": namespace, "name": name, "type": "TABLE"}]);
    facet(producer, "1-0-1", "SymlinksDatasetFacet", json!({"identifiers": identifiers}))
}

/// The tool behind a job, as it names itself.
pub(super) fn integration(kind: Kind) -> &'static str {
    match kind {
        Kind::Dag | Kind::Task => "AIRFLOW",
        Kind::Command | Kind::Model | Kind::Test => "DBT",
        Kind::Spark => "SPARK",
        Kind::Stream => "FLINK",
        Kind::Script => "PYTHON",
        Kind::Sync => "BRIDGE",
    }
}

/// What kind of job it is.
pub(super) fn job_type(producer: &str, kind: Kind) -> Value {
    let job = match kind {
        Kind::Dag => "DAG",
        Kind::Task => "TASK",
        Kind::Model => "MODEL",
        Kind::Test => "TEST",
        Kind::Spark => "SQL_JOB",
        Kind::Sync => "SYNC",
        Kind::Command | Kind::Stream | Kind::Script => "JOB",
    };
    let processing = if kind == Kind::Stream { "STREAMING" } else { "BATCH" };
    let body = json!({"integration": integration(kind), "jobType": job, "processingType": processing});
    facet(producer, "2-0-4", "JobTypeJobFacet", body)
}

/// Where the code of a job is kept.
pub(super) fn code(producer: &str, file: &str) -> Value {
    let repository = "https://github.com/meltwater-outfitters/data";
    let version = "4be1f0c2a97d6e85f3c1b0a4d27e9f6135c8a0be";
    let body = json!({
        "type": "git",
        "url": format!("{repository}/blob/{version}/{file}"),
        "repoUrl": format!("{repository}.git"),
        "path": file,
        "version": version,
        "branch": "main",
    });
    facet(producer, "1-1-0", "SourceCodeLocationJobFacet", body)
}

/// The statement of a job.
pub(super) fn statement(producer: &str, job: &Job, sql: &str) -> Value {
    let postgres = job.name.contains(".extract_");
    let dialect = if postgres { "postgres" } else { "snowflake" };
    facet(producer, "1-1-0", "SQLJobFacet", json!({"query": sql, "dialect": dialect}))
}

/// What went wrong.
pub(super) fn error(producer: &str, fault: &Fault) -> Value {
    let mut body = json!({"message": fault.message, "programmingLanguage": fault.language});
    if !fault.trace.is_empty() {
        body["stackTrace"] = fault.trace.into();
    }
    facet(producer, "1-0-1", "ErrorMessageRunFacet", body)
}
