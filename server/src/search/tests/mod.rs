//! Tests of the search room as its callers see it, and what they share: small documents and short questions.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod facets;
mod failing;
mod hostile;
mod lifecycle;
mod model;
mod ranking;
mod words;

use uuid::Uuid;

use super::{Document, Kind, SearchAnswer, SearchIndex, SearchQuery};

/// An id that depends on the text alone.
fn id(text: &str) -> Uuid {
    schema::id::named_by(Uuid::NAMESPACE_URL, text.as_bytes())
}

fn document(kind: Kind, namespace: &str, name: &str) -> Document {
    let id = id(&format!("{kind:?} {namespace} {name}"));
    Document {
        id,
        entity: id,
        kind,
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        dataset: None,
        description: None,
        columns: Vec::new(),
        aliases: Vec::new(),
        tags: Vec::new(),
        owners: Vec::new(),
    }
}

/// A dataset of the namespace `pg`.
fn dataset(name: &str) -> Document {
    document(Kind::Dataset, "pg", name)
}

fn job(name: &str) -> Document {
    document(Kind::Job, "pg", name)
}

/// A column of a dataset that [`dataset`] made.
fn column(dataset_name: &str, path: &str) -> Document {
    let owner = dataset(dataset_name);
    Document {
        id: id(&format!("{dataset_name} {path}")),
        entity: owner.id,
        dataset: Some(owner.name),
        ..document(Kind::Column, "pg", path)
    }
}

fn strings(values: &[&str]) -> Vec<String> {
    values.iter().map(|&value| value.to_owned()).collect()
}

/// Replaces entity by entity, as the projector does.
fn put(index: &SearchIndex, documents: &[Document]) {
    let mut done = Vec::new();
    for document in documents {
        if !done.contains(&document.entity) {
            done.push(document.entity);
            let of_entity = documents.iter().filter(|other| other.entity == document.entity).cloned().collect();
            index.replace(document.entity, of_entity).unwrap();
        }
    }
}

fn index_of(documents: &[Document]) -> SearchIndex {
    let index = SearchIndex::in_memory().unwrap();
    put(&index, documents);
    index.commit(1).unwrap();
    index
}

fn question(text: &str) -> SearchQuery {
    SearchQuery { text: text.to_owned(), limit: 100, ..SearchQuery::default() }
}

fn ask(index: &SearchIndex, text: &str) -> SearchAnswer {
    index.search(&question(text)).unwrap()
}

/// The hits as `kind name`, or `column dataset.name`.
fn labels(answer: &SearchAnswer) -> Vec<String> {
    let label = |hit: &super::Hit| match &hit.dataset {
        Some(dataset) => format!("column {dataset}.{}", hit.name),
        None => format!("{} {}", hit.kind.as_str(), hit.name),
    };
    answer.hits.iter().map(label).collect()
}

#[track_caller]
fn expect(index: &SearchIndex, text: &str, labels_expected: &[&str]) {
    assert_eq!(labels(&ask(index, text)), labels_expected, "for {text:?}");
}
