//! What an estate is made of. Building it, running it and writing it down are done elsewhere.

use std::collections::BTreeMap;

/// A label with a value, such as `tier: 1`.
pub(super) type Tag = (String, String);

/// Where a dataset lives; decides its type facet and the spelling of column types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Platform {
    Postgres,
    Kafka,
    Lake,
    Snowflake,
    Feature,
    Dashboard,
    Crm,
}

/// How a column comes from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Same,
    Computed,
    Aggregated,
    Masked,
}

/// Why a column decides which rows there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    Join,
    Filter,
    Group,
}

/// A column of another dataset.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub(super) dataset: usize,
    pub(super) column: String,
    pub(super) how: How,
}

/// A column, with the part of the month in which it exists. Ages are days before now.
#[derive(Clone, Debug, Default)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) about: String,
    pub(super) tag: Option<String>,
    pub(super) key: bool,
    pub(super) added: Option<i64>,
    pub(super) dropped: Option<i64>,
    pub(super) retyped: Option<(i64, String)>,
    pub(super) expression: Option<String>,
    pub(super) origins: Vec<Origin>,
}

impl Column {
    /// Whether the column exists `age` days before now.
    pub(super) fn exists(&self, age: i64) -> bool {
        self.added.is_none_or(|added| age <= added) && self.dropped.is_none_or(|dropped| age > dropped)
    }

    /// The type `age` days before now.
    pub(super) fn kind(&self, age: i64) -> &str {
        match &self.retyped {
            Some((since, before)) if age > *since => before,
            _ => &self.kind,
        }
    }
}

/// A dataset and how it is made.
#[derive(Clone, Debug)]
pub(super) struct Dataset {
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) platform: Platform,
    pub(super) about: String,
    pub(super) owners: Vec<String>,
    pub(super) tags: Vec<Tag>,
    pub(super) columns: Vec<Column>,
    /// Datasets it is read from, with the name that its SQL gives them.
    pub(super) sources: Vec<(String, usize)>,
    /// Columns that decide which rows it has.
    pub(super) deciders: Vec<(Why, usize, String)>,
    /// The name by which a metastore knows it.
    pub(super) alias: Option<(String, String)>,
}

impl Dataset {
    /// The columns that exist `age` days before now.
    pub(super) fn columns(&self, age: i64) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(move |column| column.exists(age))
    }

    /// Namespace and name, as the metastore has them if asked for and known there.
    pub(super) fn identity(&self, by_alias: bool) -> (&str, &str) {
        match &self.alias {
            Some((namespace, name)) if by_alias => (namespace, name),
            _ => (&self.namespace, &self.name),
        }
    }

    /// Whether a column exists `age` days before now.
    pub(super) fn has(&self, column: &str, age: i64) -> bool {
        self.columns(age).any(|other| other.name == column)
    }
}

/// What kind of thing a job is; decides its producer, its types and how it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Dag,
    Task,
    Command,
    Model,
    Test,
    Spark,
    Stream,
    Script,
    Sync,
}

/// What a job runs in a database; spelled out for a given day, since columns come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Statement {
    /// The query of a model.
    Select(usize),
    /// A table made by a query.
    Create(usize),
    /// A day's changes, taken out of a source.
    Extract(usize),
    /// Files copied into a table.
    Load(usize, usize),
}

/// A job.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) kind: Kind,
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) about: String,
    pub(super) owners: Vec<String>,
    pub(super) tags: Vec<Tag>,
    pub(super) inputs: Vec<usize>,
    pub(super) outputs: Vec<usize>,
    pub(super) sql: Option<Statement>,
    /// Whether it reads tables by the name that the metastore has for them.
    pub(super) by_alias: bool,
    /// File in the company's repository.
    pub(super) file: Option<String>,
    /// The job that starts this one; always earlier in the list.
    pub(super) parent: Option<usize>,
    /// How long it usually takes.
    pub(super) seconds: i64,
}

impl Job {
    /// A job of which only the name is known.
    pub(super) fn new(kind: Kind, namespace: &str, name: &str) -> Self {
        Self {
            kind,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            about: String::new(),
            owners: Vec::new(),
            tags: Vec::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            sql: None,
            by_alias: false,
            file: None,
            parent: None,
            seconds: 20,
        }
    }
}

/// How often a DAG runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cadence {
    /// Every so many days, over the month.
    Days(i64),
    /// Every hour of the last days.
    Hourly(i64),
}

/// A DAG: a job and everything it starts, neighbours in the list of jobs.
#[derive(Clone, Debug)]
pub(super) struct Dag {
    pub(super) jobs: std::ops::Range<usize>,
    pub(super) cadence: Cadence,
    /// Minute of the day, or of the hour.
    pub(super) minute: i64,
}

/// The whole company.
#[derive(Clone, Debug, Default)]
pub(super) struct Estate {
    pub(super) datasets: Vec<Dataset>,
    pub(super) jobs: Vec<Job>,
    pub(super) dags: Vec<Dag>,
    /// Datasets by the short name that tables use.
    pub(super) keys: BTreeMap<String, usize>,
    /// Mistakes in the tables; a test keeps this empty.
    pub(super) mistakes: Vec<String>,
}

impl Estate {
    /// A dataset by its short name; a wrong name is noted, not fatal.
    pub(super) fn find(&mut self, key: &str) -> Option<usize> {
        let found = self.keys.get(key).copied();
        if found.is_none() {
            self.mistakes.push(format!("no dataset {key}"));
        }
        found
    }

    /// Adds a dataset under a short name.
    pub(super) fn add(&mut self, key: &str, dataset: Dataset) -> usize {
        if self.keys.insert(key.to_owned(), self.datasets.len()).is_some() {
            self.mistakes.push(format!("two datasets {key}"));
        }
        self.datasets.push(dataset);
        self.datasets.len() - 1
    }

    /// Adds a job.
    pub(super) fn start(&mut self, job: Job) -> usize {
        self.jobs.push(job);
        self.jobs.len() - 1
    }
}
