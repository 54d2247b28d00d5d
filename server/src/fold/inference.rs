//! Column lineage inferred from an event's SQL, where the event says none itself (issue 3). A function
//! of the one event, so that order cannot matter; answers are remembered, since a job sends the same
//! SQL with every run.

use super::facts::{ColumnBasis, ColumnFact, Facts};
use hashbrown::HashMap;
use ingest_adapters::sql::{Inferred, Statement, Table, dialect_of, infer};
use schema::encoding::Encoding;
use schema::json::Json;
use schema::log::ContentHash;
use schema::openlineage::facets::{self, ColumnSource, Transformation};
use schema::openlineage::{DatasetRef, Event};
use std::sync::Arc;
use uuid::Uuid;

/// Statements whose answers are remembered.
const REMEMBERED: usize = 20_000;

/// Answers by statement.
#[derive(Default)]
pub struct Inference {
    known: HashMap<ContentHash, Arc<[Inferred]>>,
}

impl Inference {
    /// What an event's SQL says of its outputs; nothing when it cannot be proven.
    fn answer(&mut self, statement: &Statement<'_>) -> Arc<[Inferred]> {
        let key = key_of(statement);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        let answer: Arc<[Inferred]> = infer(statement).unwrap_or_default().into();
        self.known.insert(key, answer.clone());
        answer
    }
}

impl Facts<'_> {
    /// Infers column lineage for every output that has none of its own.
    pub(super) fn infer_columns(&mut self, event: &Event<'_>, inference: &mut Inference, places: &mut HashMap<Uuid, usize>) {
        if event.outputs.iter().all(says_columns) {
            return;
        }
        let Some(sql) = self.sql(event) else { return };
        let namespaces = event.outputs.iter().chain(&event.inputs).map(|dataset| dataset.namespace);
        let dialect = sql.dialect.clone().or_else(|| namespaces.filter_map(dialect_of).next().map(str::to_owned));
        let columns: Vec<Option<Vec<String>>> = event.inputs.iter().chain(&event.outputs).map(columns).collect();
        let (read, written) = columns.split_at(event.inputs.len());
        let statement = Statement {
            query: &sql.query,
            dialect: dialect.as_deref(),
            inputs: tables(&event.inputs, read),
            outputs: tables(&event.outputs, written),
        };
        let answer = inference.answer(&statement);
        for (place, output) in event.outputs.iter().enumerate() {
            if says_columns(output) {
                continue;
            }
            let inferred = answer.iter().find(|inferred| inferred.output == place);
            let sources = inferred.map(|inferred| inferred.sources.clone()).unwrap_or_default();
            let complete = inferred.is_some_and(Inferred::is_complete);
            self.inferred(output, sources, complete, places);
        }
    }

    fn sql(&self, event: &Event<'_>) -> Option<facets::Sql> {
        let facet = event.job.as_ref()?.facets.iter().find(|(key, _)| key == "sql").map(|(_, facet)| facet)?;
        let says_itself = self.explicit.is_some() || facets::is_deleted(facet) || event.outputs.is_empty();
        facets::sql(facet).filter(|_| !says_itself)
    }

    /// What could not be proven is a fact too: it says that older answers need not hold any more.
    fn inferred(&mut self, output: &DatasetRef<'_>, sources: Vec<ColumnSource>, complete: bool, places: &mut HashMap<Uuid, usize>) {
        let hash = hash_of(&sources, complete);
        let output = self.reference(output.namespace, output.name, places);
        let sources = sources.into_iter().map(|source| (self.reference(&source.namespace, &source.name, places), source)).collect();
        self.columns.push(ColumnFact { output, hash, sources, basis: ColumnBasis::Inferred { complete } });
    }
}

fn says_columns(output: &DatasetRef<'_>) -> bool {
    output.facets.iter().any(|(key, facet)| key == "columnLineage" && *facet != Json::Null)
}

/// What is remembered of a statement is found by everything that the answer depends on.
fn key_of(statement: &Statement<'_>) -> ContentHash {
    let Statement { query, dialect, inputs, outputs } = statement;
    let mut encoding = Encoding::new("statement 1");
    encoding.text(query).optional(*dialect);
    for tables in [inputs, outputs] {
        encoding.number(tables.len() as u64);
        for Table { namespace, name, columns } in tables {
            encoding.text(namespace).text(name).flag(columns.is_some());
            let columns = columns.as_deref().unwrap_or_default();
            encoding.number(columns.len() as u64);
            columns.iter().for_each(|column| _ = encoding.text(column));
        }
    }
    encoding.hash()
}

/// Names inferred column lineage in the catalog: equal answers are one row.
fn hash_of(sources: &[ColumnSource], complete: bool) -> ContentHash {
    let mut encoding = Encoding::new("inferred column lineage 1");
    encoding.flag(complete).number(sources.len() as u64);
    for ColumnSource { target, namespace, name, field, transformations } in sources {
        encoding.optional(target.as_deref()).text(namespace).text(name).text(field).number(transformations.len() as u64);
        for Transformation { kind, subtype, description, masking } in transformations {
            encoding.text(kind).optional(subtype.as_deref()).optional(description.as_deref()).flag(*masking);
        }
    }
    encoding.hash()
}

fn columns(dataset: &DatasetRef<'_>) -> Option<Vec<String>> {
    let (_, facet) = dataset.facets.iter().find(|(key, _)| key == "schema")?;
    let fields = facets::schema(facet).fields;
    (!fields.is_empty()).then(|| fields.into_iter().filter(|field| field.depth == 0).map(|field| field.path).collect())
}

fn tables<'a>(datasets: &[DatasetRef<'a>], columns: &'a [Option<Vec<String>>]) -> Vec<Table<'a>> {
    let table = |(dataset, columns): (&DatasetRef<'a>, &'a Option<Vec<String>>)| Table {
        namespace: dataset.namespace,
        name: dataset.name,
        columns: columns.as_ref().map(|columns| columns.iter().map(String::as_str).collect()),
    };
    datasets.iter().zip(columns).map(table).collect()
}
