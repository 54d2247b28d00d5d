//! Any SQL in every dialect: proven or not, the same twice, and nothing is proven of what the event does not name.

use ingest_adapters::sql::{Statement, Table, infer};

const DIALECTS: [Option<&str>; 7] =
    [None, Some("postgres"), Some("spark"), Some("bigquery"), Some("snowflake"), Some("mysql"), Some("tsql")];

pub(super) fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let table = |name, columns: Option<Vec<&'static str>>| Table { namespace: "db", name, columns };
    // The dialect is chosen by the text, so that one execution stays one parse.
    let dialect = DIALECTS[bytes.iter().map(|byte| usize::from(*byte)).sum::<usize>() % DIALECTS.len()];
    let statement = Statement {
        query: &text,
        dialect,
        inputs: vec![table("a", Some(vec!["x", "y"])), table("s.b", None), table("c", Some(vec!["x", "z"]))],
        outputs: vec![table("o", Some(vec!["x", "y"])), table("s.p", None)],
    };
    let first = infer(&statement);
    assert_eq!(first, infer(&statement), "the answer is not the same twice");
    for inferred in first.into_iter().flatten() {
        assert!(inferred.output < statement.outputs.len(), "an output that the event does not name");
        for source in &inferred.sources {
            let named = statement
                .inputs
                .iter()
                .chain(&statement.outputs)
                .any(|table| table.name == source.name && table.namespace == source.namespace);
            assert!(named, "a source that the event does not name: {source:?}");
        }
    }
}
