//! Says where the text was found in a hit. Only for the hits of one page, from the stored document.

use std::collections::HashSet;

use super::Document;
use super::fields::{full_names, tails};
use super::text::Text;
use super::words::{each_word, fold};

/// The fields of `document` in which any word of `text` stands, most telling first.
pub(super) fn matched(text: &Text, document: &Document) -> Vec<&'static str> {
    let words: HashSet<&str> = text.words().collect();
    let among = |field: &str| has_word(field, |word| words.contains(word));
    let begins = |field: &str| has_word(field, |word| words.iter().any(|beginning| word.starts_with(beginning)));
    let list = |fields: &[String]| fields.iter().any(|field| among(field));
    let option = |field: &Option<String>| field.as_deref().is_some_and(among);
    let found = [
        ("name", is_name(text, document)),
        ("words", begins(&document.name)),
        ("alias", document.aliases.iter().any(|alias| begins(alias))),
        ("dataset", option(&document.dataset)),
        ("column", list(&document.columns)),
        ("description", option(&document.description)),
        ("tag", list(&document.tags)),
        ("owner", list(&document.owners)),
        ("namespace", among(&document.namespace)),
    ];
    found.into_iter().filter_map(|(field, hit)| hit.then_some(field)).collect()
}

fn has_word(field: &str, mut wanted: impl FnMut(&str) -> bool) -> bool {
    let mut found = false;
    each_word(field, |word, _| found = found || wanted(&word));
    found
}

fn is_name(text: &Text, document: &Document) -> bool {
    let whole = fold(&text.whole);
    let mut typed = text.terms.iter().map(|term| term.folded.as_str()).chain([whole.as_str()]);
    let names: Vec<String> = full_names(document).iter().map(|name| fold(name)).collect();
    let ends: Vec<String> = tails(&document.name).map(fold).collect();
    names.contains(&whole) || typed.any(|typed| !typed.is_empty() && ends.iter().any(|end| end == typed))
}
