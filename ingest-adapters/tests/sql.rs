//! Column lineage from SQL through its public door: one file a case in `tests/sql`.
//!
//! A file is a header and SQL. The header names the dialect, inputs and outputs (columns in brackets
//! when their schema is known), and then all that is expected: `edge` (target `*` is the whole output),
//! `constant` (a proven column without a source), `gap`, or `unproven`. `SQL_FIXTURES=write` writes what
//! the code says into the files, for a person to read.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ingest_adapters::sql::{Reason, Statement, Table, infer};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// A case as its file says it.
struct Case<'a> {
    dialect: Option<&'a str>,
    inputs: Vec<Table<'a>>,
    outputs: Vec<Table<'a>>,
    query: String,
    expected: Vec<&'a str>,
    /// Header lines that are no expectation.
    given: Vec<&'a str>,
}

fn table(text: &str) -> Table<'_> {
    match text.split_once('(') {
        Some((name, columns)) => Table {
            namespace: "n",
            name: name.trim(),
            columns: Some(columns.trim_end_matches(')').split(',').map(str::trim).filter(|c| !c.is_empty()).collect()),
        },
        None => Table { namespace: "n", name: text.trim(), columns: None },
    }
}

fn case(text: &str) -> Case<'_> {
    let mut case = Case { dialect: None, inputs: vec![], outputs: vec![], query: String::new(), expected: vec![], given: vec![] };
    let mut header = true;
    for line in text.lines() {
        header &= line.starts_with("-- ");
        if !header {
            case.query += line;
            case.query.push('\n');
            continue;
        }
        let (key, value) = line[3..].split_once(": ").unwrap_or(("", ""));
        match key {
            "edge" | "constant" | "gap" | "unproven" => case.expected.push(&line[3..]),
            _ => case.given.push(line),
        }
        match key {
            "dialect" => case.dialect = Some(value),
            "input" => case.inputs.push(table(value)),
            "output" => case.outputs.push(table(value)),
            _ => {}
        }
    }
    case
}

fn reason(reason: Reason) -> String {
    match reason {
        Reason::NotParsed { line, column } => format!("NotParsed {line}:{column}"),
        Reason::Unsupported(construct) => format!("Unsupported {construct}"),
        other => format!("{other:?}"),
    }
}

/// The answer in the words of the header.
fn said(case: &Case<'_>) -> Vec<String> {
    let statement = Statement { query: &case.query, dialect: case.dialect, inputs: case.inputs.clone(), outputs: case.outputs.clone() };
    let answer = match infer(&statement) {
        Ok(answer) => answer,
        Err(unproven) => return vec![format!("unproven: {}", reason(unproven.reason))],
    };
    let mut lines = Vec::new();
    for inferred in answer {
        let of = if case.outputs.len() > 1 { format!("{}.", case.outputs[inferred.output].name) } else { String::new() };
        for source in &inferred.sources {
            let mut line = format!("edge: {of}{} <- {}.{}", source.target.as_deref().unwrap_or("*"), source.name, source.field);
            for how in &source.transformations {
                assert_eq!(how.is_direct(), ["IDENTITY", "TRANSFORMATION", "AGGREGATION"].contains(&how.subtype.as_deref().unwrap()));
                write!(line, " {}{}", how.subtype.as_deref().unwrap(), if how.masking { "(masked)" } else { "" }).unwrap();
            }
            lines.push(line);
        }
        let sourced = |column: &String| inferred.sources.iter().any(|s| s.target.as_ref() == Some(column));
        lines.extend(inferred.columns.iter().filter(|c| !sourced(c)).map(|c| format!("constant: {of}{c}")));
        lines.extend(inferred.gaps.iter().map(|gap| format!("gap: {of}{} {}", gap.column.as_deref().unwrap_or("*"), reason(gap.reason))));
    }
    lines
}

fn files() -> Vec<PathBuf> {
    let mut files: Vec<_> =
        std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sql")).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn every_case_says_what_its_header_says() {
    let mut wrong = String::new();
    for file in files() {
        let text = std::fs::read_to_string(&file).unwrap();
        let case = case(&text);
        let said = said(&case);
        if said == case.expected {
            continue;
        }
        if std::env::var("SQL_FIXTURES").is_ok_and(|mode| mode == "write") {
            let lines: Vec<String> =
                case.given.iter().map(ToString::to_string).chain(said.iter().map(|line| format!("-- {line}"))).collect();
            std::fs::write(&file, format!("{}\n{}", lines.join("\n"), case.query)).unwrap();
        } else {
            writeln!(wrong, "{}:\n{}\n", file.display(), said.join("\n")).unwrap();
        }
    }
    assert!(wrong.is_empty(), "these cases say something else:\n{wrong}");
    assert!(files().len() > 80);
}
