//! Tests of datasets and their results, as dbt reports them.

use serde_json::{Value, json};

use super::clock::Dice;
use super::facets;
use super::model::{Column, Dataset};
use super::runs::{Outcome, Run};

/// A test of one column.
struct Check<'a> {
    assertion: &'static str,
    column: &'a Column,
    severity: &'static str,
}

/// The results of all tests of a dataset in one run.
pub(super) fn assertions(producer: &str, dataset: &Dataset, age: i64, run: &Run) -> Value {
    let table = dataset.name.rsplit('.').next().unwrap_or(&dataset.name);
    let mut failed = run.outcome != Outcome::Fail;
    let results: Vec<Value> = dataset
        .columns(age)
        .flat_map(checks)
        .map(|check| {
            // A failed run has one failed error; a warning may come up in any run and stops nothing.
            let error = !failed && check.severity == "error";
            failed |= error;
            let warning = check.severity == "warn" && Dice::new(&dataset.name, run.nominal).below(8) == 0;
            let rows = if error || warning { "3" } else { "0" };
            json!({
                "assertion": check.assertion,
                "column": check.column.name,
                "name": format!("{}_{table}_{}", check.assertion, check.column.name),
                "severity": check.severity,
                "expected": "0",
                "actual": rows,
                "success": rows == "0",
            })
        })
        .collect();
    facets::facet(producer, "1-1-0", "DataQualityAssertionsDatasetFacet", json!({"assertions": results}))
}

fn checks(column: &Column) -> Vec<Check<'_>> {
    let check = |assertion, severity| Check { assertion, column, severity };
    if column.key {
        vec![check("not_null", "error"), check("unique", "error")]
    } else if matches!(column.name.as_str(), "status" | "channel" | "kind") {
        vec![check("accepted_values", "error")]
    } else if column.name.contains("amount") || column.name.contains("revenue") {
        vec![check("non_negative", "warn")]
    } else {
        Vec::new()
    }
}
