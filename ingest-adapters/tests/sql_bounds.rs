//! SQL that nobody would write by hand: whatever it is, the answer comes soon, and on a thread's
//! ordinary stack.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ingest_adapters::sql::{Inferred, Reason, Statement, Table, Unproven, infer};
use proptest::prelude::*;

const DIALECTS: [&str; 12] =
    ["postgres", "snowflake", "bigquery", "duckdb", "redshift", "mysql", "hive", "spark", "sqlite", "mssql", "clickhouse", "trino"];

fn answer(query: &str, dialect: &str) -> Result<Vec<Inferred>, Unproven> {
    let table = |name, columns| Table { namespace: "n", name, columns };
    infer(&Statement {
        query,
        dialect: Some(dialect),
        inputs: vec![table("db.s.t", Some(vec!["a", "b", "c"])), table("db.s.u", None), table("raw.o", None)],
        outputs: vec![table("db.s.o", Some(vec!["a", "b"]))],
    })
}

/// On 2 MiB, whatever the test runner was told.
fn on_a_plain_thread(queries: Vec<String>) {
    let run = move || {
        for query in &queries {
            let _ = answer(query, "duckdb");
            let _ = answer(query, "snowflake");
            let _ = answer(query, "generic");
        }
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
}

#[test]
fn deep_nesting_does_not_overflow_the_stack() {
    let nested = |open: &str, core: &str, close: &str, n: usize| format!("select {}{core}{} from t", open.repeat(n), close.repeat(n));
    let shapes = [
        ("(", "a", ")"),
        ("f(", "a", ")"),
        ("sum(a) + (", "a", ")"),
        ("case when ", "a", " then 1 end"),
        ("(select ", "a", " from t)"),
        ("(select max(x.a) from (select ", "a", " as a from t) x)"),
        ("exists (select 1 from t where ", "a", ")"),
        ("a in (select ", "a", " from t)"),
        ("not ", "a", ""),
        ("- ", "a", ""),
        ("cast(", "a", " as array<int>)"),
        ("[", "a", "]"),
        ("{'k': ", "a", "}"),
        ("x -> ", "a", ""),
        ("interval ", "a", ""),
    ];
    let mut queries = Vec::new();
    // Just under the limits, and far beyond them.
    for depth in [4, 8, 12, 16, 20, 22, 24, 30, 40, 48, 60, 1000] {
        queries.extend(shapes.iter().map(|(open, core, close)| nested(open, core, close, depth)));
        queries.push(format!("select a from {}t{}", "(select a from ".repeat(depth), ") x".repeat(depth)));
        queries.push(format!("select a from {}t{}", "(select * from ".repeat(depth), ") x".repeat(depth)));
        queries.push(format!("select a from {}t{}", "(".repeat(depth), ")".repeat(depth)));
        queries.push(format!("select a from {}t{}", "(t join ".repeat(depth), " on true)".repeat(depth)));
        queries.push(format!("{}select a from t{}", "with x as (".repeat(depth), ") select a from x".repeat(depth)));
        queries.push(format!("{}select a from t{}", "with recursive x as (select a from t union all ".repeat(depth), ")".repeat(depth)));
        queries.push(format!("select cast(a as {}int{}) from t", "array<".repeat(depth), ">".repeat(depth)));
        queries.push(format!("select cast(a as {}int{}) from t", "struct<x ".repeat(depth), ">".repeat(depth)));
        queries.push(format!("{}select a from t", "explain ".repeat(depth)));
        queries.push(format!("{}{}", "/*".repeat(depth), "*/".repeat(depth)));
        queries.push(format!("{}select 1; {}", "begin ".repeat(depth), "end; ".repeat(depth)));
        queries.push(format!("{}insert into o (a) select a from t; {}", "if a then ".repeat(depth), "end if; ".repeat(depth)));
    }
    on_a_plain_thread(queries);
}

#[test]
fn long_chains_do_not_overflow_the_stack() {
    let mut queries = Vec::new();
    for length in [100, 1000, 3900, 5000] {
        for link in [
            " + a",
            " || a",
            " or a = 1",
            " is null",
            "::int",
            " at time zone 'x'",
            " collate c",
            "[1]",
            ".f",
            "->'x'",
            "(1)",
            " between 1 and a",
            "!",
        ] {
            queries.push(format!("select a{} from t", link.repeat(length)));
        }
        for link in [" union all select a from t", " except select a from t", " union select * from u"] {
            queries.push(format!("select a from t{}", link.repeat(length)));
        }
        queries.push(format!("select a from t{}", " join u using (k)".repeat(length)));
        queries.push(format!("select a from t{}", " cross join t".repeat(length)));
        queries.push(format!(
            "select a from t where {}",
            "a = 1 and (b = 2 or ".repeat(20) + &"a = 3 or ".repeat(length) + "c" + &")".repeat(20)
        ));
        queries.push("select a from t;".repeat(length));
    }
    on_a_plain_thread(queries);
}

#[test]
fn what_is_too_large_is_refused() {
    let reason = |query: &str| answer(query, "duckdb").unwrap_err().reason;
    assert_eq!(reason(&format!("select a from t where b = '{}'", "x".repeat(1 << 20))), Reason::TooLarge);
    assert_eq!(reason(&format!("select a{} from t", " + a".repeat(5000))), Reason::TooLarge);
    assert_eq!(reason(&format!("select {}a{} from t", "f(".repeat(100), ")".repeat(100))), Reason::TooLarge);
    let wide = |n: usize| (0..n).map(|i| format!("c{i}")).collect::<Vec<_>>();
    // 400 columns, each made of 400: 160,000 edges.
    let all = wide(400).join(" + ");
    let query = format!(
        "with s as (select {} from u) select {} from s",
        wide(400).join(", "),
        wide(400).iter().map(|c| format!("{all} as {c}")).collect::<Vec<_>>().join(", ")
    );
    assert_eq!(reason(&query), Reason::TooLarge);
}

#[test]
fn expressions_used_again_and_again_cost_their_number_not_their_power() {
    let chain: Vec<_> = (1..300).map(|i| format!("a{i} as (select * from a{p} union all select * from a{p})", p = i - 1)).collect();
    let answered = answer(&format!("with a0 as (select a, b from t), {} select * from a299", chain.join(", ")), "postgres").unwrap();
    assert_eq!(answered[0].columns, ["a", "b"]);
    assert!(answered[0].is_complete());
}

fn fixtures() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sql");
    let mut all: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| std::fs::read_to_string(e.unwrap().path()).unwrap()).collect();
    all.sort();
    all
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(bytes in prop::collection::vec(any::<u8>(), 0..400), dialect in 0..DIALECTS.len()) {
        let _ = answer(&String::from_utf8_lossy(&bytes), DIALECTS[dialect]);
    }

    /// Real statements with words taken out, doubled, and swapped.
    #[test]
    fn mangled_sql_is_answered(pick in any::<prop::sample::Index>(), other in any::<prop::sample::Index>(), edits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..4u8), 0..8), dialect in 0..DIALECTS.len()) {
        let all = fixtures();
        let (text, donor) = (pick.get(&all), other.get(&all));
        let mut words: Vec<&str> = text.split_inclusive([' ', '(', ')', ',']).collect();
        let spare: Vec<&str> = donor.split_inclusive([' ', '(', ')', ',']).collect();
        for (at, from, kind) in edits {
            let (at, from) = (at.index(words.len()), from.index(spare.len()));
            match kind {
                0 if words.len() > 1 => drop(words.remove(at)),
                1 => words.insert(at, words[at]),
                2 => words[at] = spare[from],
                _ => words.insert(at, spare[from]),
            }
        }
        let _ = answer(&words.concat(), DIALECTS[dialect]);
    }

    /// Without one of its inputs, a statement never gains an edge.
    #[test]
    fn less_known_is_never_more_proven(pick in any::<prop::sample::Index>(), dialect in 0..DIALECTS.len()) {
        let all = fixtures();
        let query = pick.get(&all).as_str();
        let table = |name, columns| Table { namespace: "n", name, columns };
        let outputs = vec![table("db.s.o", None)];
        let full = Statement { query, dialect: Some(DIALECTS[dialect]), inputs: vec![table("db.s.a", None), table("db.s.b", None), table("db.s.t", None)], outputs };
        let less = Statement { inputs: vec![table("db.s.a", None)], ..full.clone() };
        let edges = |statement: &Statement<'_>| infer(statement).map(|all| all.into_iter().flat_map(|i| i.sources).collect::<Vec<_>>()).unwrap_or_default();
        let (more, fewer) = (edges(&full), edges(&less));
        for edge in fewer {
            prop_assert!(more.iter().any(|e| (&e.target, &e.name, &e.field) == (&edge.target, &edge.name, &edge.field)), "{edge:?}");
        }
    }
}
