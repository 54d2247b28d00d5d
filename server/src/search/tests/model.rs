//! The index against a plain reading of its rules: random catalogs and questions, the same hits, counts and order.

use std::collections::{BTreeMap, HashMap};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::search::words::{each_word, fold};

fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    each_word(text, |word, _| found.push(word));
    found
}

/// Names of this test have no inner capitals or digits, so a term is its words and nothing else.
fn has_word(document: &Document, word: &str) -> bool {
    let others = [&document.columns, &document.tags, &document.owners].into_iter().flatten();
    let others = others.chain(&document.dataset).chain(&document.description).chain([&document.namespace]);
    let begins = words(&document.name).iter().any(|own| own.starts_with(word));
    begins || others.flat_map(|text| words(text)).any(|own| own == word)
}

fn is_hit(document: &Document, question: &SearchQuery) -> bool {
    let among = |wanted: &[String], values: &[String]| wanted.is_empty() || values.iter().any(|value| wanted.contains(value));
    (question.kinds.is_empty() || question.kinds.contains(&document.kind))
        && among(&question.namespaces, std::slice::from_ref(&document.namespace))
        && among(&question.tags, &document.tags)
        && among(&question.owners, &document.owners)
        && words(&question.text).iter().all(|word| has_word(document, word))
}

fn tally<'a>(values: impl Iterator<Item = &'a str>) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    values.for_each(|value| *counts.entry(value.to_owned()).or_default() += 1);
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

const TERMS: [&str; 8] = ["orders", "daily", "or", "shop", "customer", "gold", "orders.daily", "Shop"];

fn any_set(values: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    vec(select(values), 0..3).prop_map(|set| {
        let mut set = strings(&set);
        set.sort();
        set.dedup();
        set
    })
}

fn any_document() -> impl Strategy<Value = Document> {
    let name = vec(select(&["orders", "daily", "shop", "customer", "orbit"][..]), 1..4);
    let free = (select(&Kind::ALL[..]), select(&["pg", "s3 shop"][..]), name, select(&[".", "_", "/"][..]));
    let sets = (any_set(&["gold", "pii"]), any_set(&["ann", "team orders"]), any_set(&["customer", "day"]));
    (free, sets).prop_map(|((kind, namespace, name, glue), (tags, owners, columns))| {
        let described = (name.len() == 2).then(|| "of the customer orders".to_owned());
        Document { tags, owners, columns, description: described, ..document(kind, namespace, &name.join(glue)) }
    })
}

fn any_question() -> impl Strategy<Value = SearchQuery> {
    let filters = (vec(select(&Kind::ALL[..]), 0..2), any_set(&["pg", "s3 shop"]), any_set(&["gold", "pii"]), any_set(&["ann"]));
    (vec(select(&TERMS[..]), 0..3), filters).prop_map(|(terms, (kinds, namespaces, tags, owners))| SearchQuery {
        kinds,
        namespaces,
        tags,
        owners,
        ..question(&terms.join(" "))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn finds_counts_and_orders_what_the_rules_say(
        documents in vec(any_document(), 0..30),
        questions in vec(any_question(), 1..12),
        commits in 1..4usize,
    ) {
        let index = index_of(&[]);
        for (at, document) in documents.iter().enumerate() {
            index.replace(document.entity, vec![document.clone()]).unwrap();
            if at % (10 / commits) == 0 {
                index.commit(at as u64).unwrap();
            }
        }
        index.commit(99).unwrap();
        // Of several with one name the last one stays.
        let live: HashMap<_, _> = documents.iter().map(|document| (document.id, document)).collect();
        for question in questions {
            let hits: Vec<&Document> = live.values().copied().filter(|document| is_hit(document, &question)).collect();
            let answer = index.search(&question).unwrap();
            prop_assert_eq!(answer.total, hits.len(), "{:?}", question);
            prop_assert_eq!(answer.hits.len(), hits.len());
            prop_assert!(answer.hits.iter().all(|hit| hits.iter().any(|document| document.id == hit.id)));
            prop_assert_eq!(&answer.facets.kinds, &tally(hits.iter().map(|document| document.kind.as_str())));
            prop_assert_eq!(&answer.facets.namespaces, &tally(hits.iter().map(|document| &*document.namespace)));
            prop_assert_eq!(&answer.facets.tags, &tally(hits.iter().flat_map(|document| &document.tags).map(|tag| &**tag)));
            prop_assert_eq!(&answer.facets.owners, &tally(hits.iter().flat_map(|document| &document.owners).map(|owner| &**owner)));
            for pair in answer.hits.windows(2) {
                let place = |hit: &crate::search::Hit| (hit.kind, hit.namespace.clone(), hit.name.clone());
                prop_assert!(pair[0].score > pair[1].score || (pair[0].score == pair[1].score && place(&pair[0]) < place(&pair[1])));
            }
            let exact = |hit: &&crate::search::Hit| fold(&hit.name) == fold(&question.text);
            if let Some(named) = answer.hits.iter().find(exact) {
                prop_assert_eq!(fold(&named.name), fold(&answer.hits[0].name), "an exact name is first");
            }
            prop_assert!(question.text.is_empty() || answer.hits.iter().all(|hit| !hit.matched.is_empty()));
        }
    }
}
