//! Any text and filters in the search field: found or not, never an error, and the counts agree with the page.

use server::search::{Document, Kind, SearchIndex, SearchQuery};
use std::sync::OnceLock;

/// One for all executions: searching changes nothing.
static INDEX: OnceLock<SearchIndex> = OnceLock::new();

pub(super) fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    // The first line is the text, further ones are filters.
    let mut lines = text.split('\n');
    let mut question = SearchQuery { text: lines.next().unwrap_or_default().to_owned(), limit: 100, ..SearchQuery::default() };
    question.namespaces = lines.next().map(str::to_owned).into_iter().collect();
    question.tags = lines.next().map(str::to_owned).into_iter().collect();
    question.owners = lines.map(str::to_owned).collect();
    let index = INDEX.get_or_init(index);
    let answer = index.search(&question).unwrap_or_else(|e| panic!("a search fails: {e}"));
    assert_eq!(answer.total.min(100), answer.hits.len(), "the count is not that of the hits");
    let kinds: usize = answer.facets.kinds.iter().map(|(_, count)| count).sum();
    assert_eq!(kinds, answer.total, "the kinds do not add up");
}

fn index() -> SearchIndex {
    let index = SearchIndex::in_memory().unwrap_or_else(|e| panic!("no index: {e}"));
    let names = ["customerOrders", "stage.raw_events_2026", "Größe", "daily-report", "s3://lake/a b/c", "x"];
    for (number, name) in names.into_iter().enumerate() {
        let id = schema::id::dataset("db", name);
        let document = Document {
            id,
            entity: id,
            kind: if number % 2 == 0 { Kind::Dataset } else { Kind::Job },
            namespace: "db".into(),
            name: name.into(),
            dataset: None,
            aliases: vec![format!("alias of {name}")],
            description: Some("orders of customers, daily".into()),
            columns: vec!["amount".into(), "customer_id".into()],
            tags: vec!["pii".into()],
            owners: vec!["team-a".into()],
        };
        index.replace(id, vec![document]).unwrap_or_else(|e| panic!("not added: {e}"));
    }
    index.commit(1).unwrap_or_else(|e| panic!("not committed: {e}"));
    index
}
