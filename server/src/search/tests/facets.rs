//! Filters and the counts beside the hits.

use super::*;

fn counts(pairs: &[(&str, usize)]) -> Vec<(String, usize)> {
    pairs.iter().map(|&(value, count)| (value.to_owned(), count)).collect()
}

fn labelled(document: Document, tags: &[&str], owners: &[&str]) -> Document {
    Document { tags: strings(tags), owners: strings(owners), ..document }
}

fn mixed() -> SearchIndex {
    let index = index_of(&[
        labelled(dataset("orders"), &["gold", "PII", "gold"], &["team:shop"]),
        labelled(dataset("orders_daily"), &["gold"], &["team:shop", "ann"]),
        labelled(document(Kind::Dataset, "s3://lake", "orders"), &[], &["ann"]),
        labelled(job("load_orders"), &["nightly"], &[]),
    ]);
    // A second segment, so that counts are put together.
    index.replace(id("x"), vec![labelled(column("orders", "id"), &["PII"], &[]), labelled(dataset("users"), &["PII"], &[])]).unwrap();
    index.commit(2).unwrap();
    index
}

#[test]
fn counts_are_exact_over_all_hits() {
    let answer = mixed().search(&SearchQuery { limit: 1, ..question("") }).unwrap();
    assert_eq!((answer.total, answer.hits.len(), answer.seq), (6, 1, 2));
    assert_eq!(answer.facets.kinds, counts(&[("dataset", 4), ("column", 1), ("job", 1)]));
    assert_eq!(answer.facets.namespaces, counts(&[("pg", 5), ("s3://lake", 1)]));
    assert_eq!(answer.facets.tags, counts(&[("PII", 3), ("gold", 2), ("nightly", 1)]));
    assert_eq!(answer.facets.owners, counts(&[("ann", 2), ("team:shop", 2)]));
}

#[test]
fn counts_follow_text_and_deletions() {
    let index = mixed();
    index.replace(job("load_orders").entity, Vec::new()).unwrap();
    index.commit(3).unwrap();
    let answer = index.search(&SearchQuery { limit: 0, ..question("orders") }).unwrap();
    assert_eq!((answer.total, answer.hits.len()), (4, 0));
    assert_eq!(answer.facets.tags, counts(&[("PII", 2), ("gold", 2)]));
}

#[test]
fn filters_hold_together() {
    let index = mixed();
    let found = |filter: SearchQuery| labels(&index.search(&SearchQuery { limit: 10, ..filter }).unwrap());
    let base = SearchQuery::default;
    assert_eq!(found(SearchQuery { kinds: vec![Kind::Job, Kind::Column], ..base() }), ["job load_orders", "column orders.id"]);
    assert_eq!(found(SearchQuery { namespaces: strings(&["s3://lake"]), ..base() }), ["dataset orders"]);
    assert_eq!(found(SearchQuery { tags: strings(&["gold"]), owners: strings(&["ann"]), ..base() }), ["dataset orders_daily"]);
    assert_eq!(
        found(SearchQuery { tags: strings(&["gold", "nightly"]), text: "orders".to_owned(), ..base() }),
        ["dataset orders", "dataset orders_daily", "job load_orders"]
    );
    assert!(found(SearchQuery { tags: strings(&["Gold"]), ..base() }).is_empty(), "values are verbatim");
    let filtered = index.search(&SearchQuery { tags: strings(&["gold"]), ..base() }).unwrap();
    assert_eq!(filtered.facets.owners, counts(&[("team:shop", 2), ("ann", 1)]));
}

#[test]
fn a_filter_does_not_change_the_score() {
    let index = mixed();
    let plain = ask(&index, "orders").hits[0].clone();
    let filtered = index.search(&SearchQuery { kinds: vec![Kind::Dataset], ..question("orders") }).unwrap();
    assert_eq!(filtered.hits[0], plain);
}
