//! What counts as a word: tables, and properties over arbitrary text.

use proptest::prelude::*;
use tantivy::tokenizer::{Token, Tokenizer};

use crate::search::text::Text;
use crate::search::tokenizer::{EDGE_CHARS, Identifier};
use crate::search::words::{fold_word, runs};

fn parts(text: &str) -> String {
    let runs = runs(text).into_iter().flat_map(|run| run.parts);
    runs.map(|part| fold_word(&text[part])).collect::<Vec<_>>().join(" ")
}

fn tokens(mut shape: Identifier, text: &str) -> Vec<Token> {
    use tantivy::tokenizer::TokenStream;
    let mut found = Vec::new();
    shape.token_stream(text).process(&mut |token| found.push(token.clone()));
    found
}

fn texts(shape: Identifier, text: &str) -> Vec<String> {
    tokens(shape, text).into_iter().map(|token| token.text).collect()
}

#[test]
fn splits_identifiers() {
    let table = [
        ("", ""),
        ("orders", "orders"),
        ("HTTPServerV2_orders-2024.daily", "http server v 2 orders 2024 daily"),
        ("customerOrders", "customer orders"),
        ("CUSTOMER_ORDERS", "customer orders"),
        ("s3://lake/raw:v1", "s 3 lake raw v 1"),
        ("__a--b..c//d::e", "a b c d e"),
        ("XMLHttpRequest", "xml http request"),
        ("parseURL", "parse url"),
        ("ABC", "abc"),
        ("aB", "a b"),
        ("x86_64", "x 86 64"),
        ("ÉcoleNormale", "école normale"),
        ("ΟΔΟΣ", "οδοσ"),
        ("cafe\u{301}Bar", "cafe\u{301} bar"),
        ("\u{301}x", "x"),
        ("顧客Orders", "顧 客 orders"),
        ("заказыКлиентов", "заказы клиентов"),
        ("a\0b", "a b"),
        ("🚀rocket", "🚀 rocket"),
    ];
    for (text, expected) in table {
        assert_eq!(parts(text), expected, "for {text:?}");
    }
}

#[test]
fn keeps_a_run_of_several_words_as_a_word() {
    assert_eq!(texts(Identifier::Words, "customerOrders.v2"), ["customer", "orders", "customerorders", "v", "2", "v2"]);
    assert_eq!(texts(Identifier::Words, "customer_orders"), ["customer", "orders"]);
}

#[test]
fn edges_are_beginnings() {
    assert_eq!(texts(Identifier::Edges, "ab_c"), ["a", "ab", "c"]);
    assert_eq!(texts(Identifier::Starts, "Ab.C"), ["a", "ab", "ab.", "ab.c"]);
    assert_eq!(texts(Identifier::Edges, &"x".repeat(100)).len(), EDGE_CHARS);
}

#[test]
fn typed_text_is_bounded() {
    let many = (0..1_000).map(|n| format!("t{n}")).collect::<Vec<_>>().join(" ");
    assert_eq!(Text::parse(&many).terms.len(), 32);
    let long = Text::parse(&"a_".repeat(5_000));
    assert_eq!(long.terms[0].folded.len(), 256);
    assert_eq!(long.words().count(), 64);
    assert!(Text::parse(" * \" -- \0 ").terms.is_empty());
}

proptest! {
    #[test]
    fn ranges_are_ordered_and_on_character_borders(text in "\\PC*|[a-zA-Z0-9_.é顧\u{301}🚀 ]{0,40}") {
        let mut end = 0;
        for run in runs(&text) {
            prop_assert!(run.range.start >= end);
            prop_assert_eq!(run.parts.first().map(|part| part.start), Some(run.range.start));
            prop_assert_eq!(run.parts.last().map(|part| part.end), Some(run.range.end));
            for part in run.parts {
                prop_assert!(part.start >= end && part.start < part.end);
                prop_assert!(text.get(part.clone()).is_some());
                end = part.end;
            }
        }
    }

    #[test]
    fn every_letter_is_in_a_word(text in any::<String>()) {
        let found: String = runs(&text).into_iter().flat_map(|run| run.parts).map(|part| text[part].to_owned()).collect();
        // A mark without a letter to stand on separates, also one that is a small letter above others (U+0363).
        let is_mark = |c: char| ('\u{300}'..='\u{36f}').contains(&c);
        for c in text.chars().filter(|&c| c.is_alphanumeric() && !is_mark(c)) {
            prop_assert!(found.contains(c));
        }
    }

    #[test]
    fn token_offsets_are_valid(text in any::<String>()) {
        for shape in [Identifier::Words, Identifier::Edges, Identifier::Starts] {
            for token in tokens(shape, &text) {
                prop_assert!(text.get(token.offset_from..token.offset_to).is_some());
                prop_assert!(!token.text.is_empty() && token.text.len() <= 512);
            }
        }
    }
}
