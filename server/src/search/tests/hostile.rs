//! Text that is no friend of query parsers, and documents beyond reasonable size.

use proptest::prelude::*;

use super::*;

#[test]
fn no_text_is_an_error() {
    let index = index_of(&[dataset("shop.orders"), column("shop.orders", "id")]);
    let texts = [
        "\"",
        "'orders",
        "orders AND",
        "OR",
        "NOT orders",
        "+orders -shop",
        "name:orders",
        "(orders",
        "[a TO b]",
        "orders^2",
        "orders~",
        "*",
        "?",
        "ord*",
        "\0",
        "ord\0ers",
        "\\",
        "/.*/",
        "{}",
        "<script>",
        "\u{202e}sredro",
        "\u{feff}",
        "İ",
        "ß",
        "🧑‍🚀",
        "é\u{301}",
        ".",
        "a.b.c.d",
        "--",
        ";drop table",
        "%",
        "\n\t\r",
    ];
    for text in texts {
        ask(&index, text);
    }
    for unit in ["x", "x ", "é", "x_", "aB", "顧", "1a", "*", "\" ", "internationalization_"] {
        ask(&index, &unit.repeat(10_000));
    }
    let everything = SearchQuery { offset: usize::MAX, limit: usize::MAX, ..question("orders") };
    assert_eq!(index.search(&everything).unwrap().total, 2);
    assert_eq!(ask(&index, "\"orders\"").total, 2);
    assert_eq!(ask(&index, "(shop) NOT").total, 0, "operators are words");
}

#[test]
fn filters_are_plain_values() {
    let index = index_of(&[dataset("orders")]);
    let values = vec![String::new(), "\0".to_owned(), "x".repeat(100_000), "*".to_owned()];
    let answer = index.search(&SearchQuery { tags: values.clone(), owners: values, ..question("") }).unwrap();
    assert_eq!(answer.total, 0);
}

#[test]
fn names_may_be_very_long() {
    for length in [2_000, 9_000, 70_000] {
        let one_word = "x".repeat(length);
        let many_words = "lake/raw-".repeat(length / 9);
        let wide = "顧".repeat(length / 3);
        let index = index_of(&[dataset(&one_word), job(&many_words), document(Kind::Dataset, &one_word, &wide)]);
        for name in [&one_word, &many_words, &wide] {
            let answer = ask(&index, name);
            assert!(answer.hits.iter().any(|hit| hit.name == *name), "{length}");
        }
        assert_eq!(ask(&index, "").total, 3);
        assert_eq!(ask(&index, "lake raw").total, 1);
    }
}

#[test]
fn outsized_documents_are_taken() {
    let columns: Vec<String> = (0..5_000).map(|n| format!("col_{n}_customerName")).collect();
    let huge = Document {
        columns: columns.clone(),
        description: Some("palabra ñandú ".repeat(20_000)),
        tags: vec!["t".repeat(100_000), String::new()],
        owners: vec!["o".repeat(100_000), "\0".to_owned()],
        ..dataset("huge")
    };
    let mut documents = vec![huge];
    documents.extend(columns.iter().map(|path| column("huge", path)));
    let index = index_of(&documents);
    assert_eq!(index.count(), 5_001);
    assert_eq!(labels(&ask(&index, "col_4999"))[0], "column huge.col_4999_customerName");
    assert!(ask(&index, "ñandú").total == 1);
    assert_eq!(index.digest().unwrap().len(), 64);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever a thing is called, it can be found by its name and is first.
    #[test]
    fn any_name_is_found_by_itself(name in "\\PC{1,40}", text in any::<String>()) {
        prop_assume!(!name.trim().is_empty());
        let name = name.trim();
        let index = index_of(&[dataset(name), dataset("another")]);
        prop_assert_eq!(&ask(&index, name).hits[0].name, name);
        ask(&index, &text);
    }
}
