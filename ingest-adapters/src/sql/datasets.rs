//! The datasets that an event names, and which of them a table name of the SQL means.

use super::names::{ends_with, split};
use super::{Reason, Statement, Table};

/// A dataset of the event: its index here.
pub(super) type Dataset = usize;

struct Entry<'a> {
    table: &'a Table<'a>,
    parts: Vec<String>,
    input: bool,
    /// Index into the statement's outputs.
    output: Option<usize>,
}

/// All datasets of the event, inputs first, each once.
pub(super) struct Datasets<'a> {
    entries: Vec<Entry<'a>>,
}

impl<'a> Datasets<'a> {
    pub(super) fn of(statement: &'a Statement<'a>) -> Datasets<'a> {
        let mut entries: Vec<Entry<'a>> = Vec::new();
        let tables = statement.inputs.iter().map(|t| (t, None)).chain(statement.outputs.iter().enumerate().map(|(i, t)| (t, Some(i))));
        for (table, output) in tables {
            let known = entries.iter_mut().find(|e| e.table.namespace == table.namespace && e.table.name == table.name);
            match known {
                Some(entry) => {
                    entry.output = entry.output.or(output);
                    if entry.table.columns.is_none() {
                        entry.table = table;
                    }
                }
                None => entries.push(Entry { table, parts: split(table.name), input: output.is_none(), output }),
            }
        }
        Datasets { entries }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The dataset as the event names it.
    pub(super) fn table(&self, dataset: Dataset) -> &'a Table<'a> {
        self.entries[dataset].table
    }

    pub(super) fn is_input(&self, dataset: Dataset) -> bool {
        self.entries[dataset].input
    }

    /// The dataset's index among the statement's outputs.
    pub(super) fn output(&self, dataset: Dataset) -> Option<usize> {
        self.entries[dataset].output
    }

    /// The only output, whatever its name.
    pub(super) fn only_output(&self) -> Option<Dataset> {
        let mut outputs = (0..self.entries.len()).filter(|&d| self.entries[d].output.is_some());
        outputs.next().filter(|_| outputs.next().is_none())
    }

    /// What a table that is read means: an input, or else an output of the same event.
    pub(super) fn read(&self, path: &[String]) -> Result<Dataset, Reason> {
        match self.find(path, |entry| entry.input) {
            Err(Reason::UnknownTable) => self.find(path, |entry| entry.output.is_some()),
            found => found,
        }
    }

    /// What a table that is written means.
    pub(super) fn written(&self, path: &[String]) -> Result<Dataset, Reason> {
        self.find(path, |entry| entry.output.is_some())
            .map_err(|reason| if reason == Reason::UnknownTable { Reason::NoOutput } else { reason })
    }

    /// By dotted suffix: `orders`, `main.orders`, `jaffle.main.orders`; of names that differ only by case, the exact one.
    fn find(&self, path: &[String], fits: impl Fn(&Entry<'_>) -> bool) -> Result<Dataset, Reason> {
        let fits = |entry: &Entry<'_>| fits(entry) && !is_no_table(entry.table.namespace);
        let among = |test: &dyn Fn(&[String]) -> bool| -> Vec<Dataset> {
            (0..self.entries.len()).filter(|&d| fits(&self.entries[d]) && test(&self.entries[d].parts)).collect()
        };
        let mut found = among(&|parts| ends_with(parts, path));
        if found.is_empty() {
            // The SQL says more than the event (`catalog.db.t` for `db.t`); one word alone is too little to go by.
            found = among(&|parts| parts.len() >= 2 && ends_with(path, parts));
        }
        if found.len() > 1 {
            let exact = |d: &Dataset| self.entries[*d].parts.ends_with(path) || path.ends_with(&self.entries[*d].parts);
            found.retain(exact);
        }
        if found.len() > 1 && path.len() > 1 {
            found.retain(|&d| self.entries[d].parts == path);
        }
        match found[..] {
            [] => Err(if among(&|parts| ends_with(parts, path)).is_empty() { Reason::UnknownTable } else { Reason::AmbiguousTable }),
            [dataset] => Ok(dataset),
            _ => Err(Reason::AmbiguousTable),
        }
    }
}

/// Namespaces of things that SQL does not call by their dataset's name, however alike.
fn is_no_table(namespace: &str) -> bool {
    let scheme = namespace.split_once("://").map_or(namespace, |(scheme, _)| scheme);
    let schemes =
        ["kafka", "kinesis", "pubsub", "nats", "s3", "s3a", "gs", "file", "abfss", "wasbs", "hdfs", "sftp", "ftp", "http", "https"];
    schemes.contains(&scheme)
}
