//! A JSON object a line, for programs: a header, nodes, edges, and a last line without which the file
//! was cut off. Names of fields are those of the API.

use super::json::{EdgeJson, NodeJson};
use super::row::{EdgeRow, NodeRow, Totals};
use crate::completeness::IncompleteReason;
use serde::Serialize;

/// The first and the last line.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TotalsLine {
    line: &'static str,
    graph_version: u64,
    nodes: usize,
    edges: usize,
    complete: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    truncated_because: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incomplete_reason: Option<&'static str>,
}

/// Any other line.
#[derive(Serialize)]
struct Line<T> {
    line: &'static str,
    #[serde(flatten)]
    row: T,
}

/// The header.
pub fn begin(totals: &Totals, out: &mut Vec<u8>) {
    line(&with_totals("header", totals), out);
}

/// The last line.
pub fn end(totals: &Totals, out: &mut Vec<u8>) {
    line(&with_totals("end", totals), out);
}

/// A node.
pub fn node(node: &NodeRow, out: &mut Vec<u8>) {
    line(&Line { line: "node", row: NodeJson::from(node) }, out);
}

/// An edge.
pub fn edge(edge: &EdgeRow, out: &mut Vec<u8>) {
    line(&Line { line: "edge", row: EdgeJson::from(edge) }, out);
}

fn with_totals(line: &'static str, totals: &Totals) -> TotalsLine {
    let Totals { graph_version, nodes, edges, completeness } = totals;
    TotalsLine {
        line,
        graph_version: *graph_version,
        nodes: *nodes,
        edges: *edges,
        complete: completeness.is_complete(),
        truncated_because: completeness.sentence(),
        incomplete_reason: completeness.reason().map(IncompleteReason::word),
    }
}

fn line(value: &impl Serialize, out: &mut Vec<u8>) {
    // Into memory, and every key is text: it cannot fail.
    let _ = serde_json::to_writer(&mut *out, value);
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::super::row::samples;
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    proptest! {
        #[test]
        fn a_line_is_one_object_with_the_same_names(of in samples::place(), row in samples::edge()) {
            let mut text = Vec::new();
            node(&NodeRow::at(of.clone(), None), &mut text);
            edge(&row, &mut text);
            let text = String::from_utf8(text).unwrap();
            let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            prop_assert_eq!(lines.len(), 2);
            let name = |key: &str| lines[0][key].as_str();
            prop_assert_eq!(name("namespace"), of.namespace.as_deref());
            match &of.column {
                Some(column) => prop_assert_eq!((name("dataset"), name("name")), (of.name.as_deref(), Some(&**column))),
                None => prop_assert_eq!((name("dataset"), name("name")), (None, of.name.as_deref())),
            }
            prop_assert_eq!(lines[1]["job"]["name"].as_str(), row.job.as_ref().and_then(|job| job.name.as_deref()));
            prop_assert_eq!(lines[1]["transformations"].as_array().map(Vec::len), Some(row.transformations.len()));
        }
    }
}
