//! A JSON object a line, for programs: a header, nodes, edges, and a last line without which the file
//! was cut off. Names of fields are those of the API.

use super::row::{EdgeRow, NodeRow, Place, Totals};
use schema::openlineage::facets::Transformation;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// The first and the last line.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TotalsLine {
    line: &'static str,
    graph_version: u64,
    nodes: usize,
    edges: usize,
    complete: bool,
}

#[derive(Serialize)]
struct NodeLine<'a> {
    line: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    id: Uuid,
    namespace: &'a str,
    /// Of a column.
    #[serde(skip_serializing_if = "Option::is_none")]
    dataset: Option<&'a str>,
    name: &'a str,
    distance: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EdgeLine<'a> {
    line: &'static str,
    from: Uuid,
    to: Uuid,
    job: Option<JobName<'a>>,
    basis: &'static str,
    origin: Option<&'static str>,
    confidence: &'static str,
    column_level: bool,
    transformations: Vec<Value>,
    datasets: Vec<Uuid>,
    first_seen: String,
    last_seen: String,
}

#[derive(Serialize)]
struct JobName<'a> {
    id: Uuid,
    namespace: &'a str,
    name: &'a str,
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
    let NodeRow { place: Place { kind, id, namespace, name, column }, distance } = node;
    let (dataset, name) = column.as_deref().map_or((None, &**name), |column| (Some(&**name), column));
    line(&NodeLine { line: "node", kind: kind.word(), id: *id, namespace, dataset, name, distance: *distance }, out);
}

/// An edge.
pub fn edge(edge: &EdgeRow, out: &mut Vec<u8>) {
    let value = EdgeLine {
        line: "edge",
        from: edge.from.id,
        to: edge.to.id,
        job: edge.job.as_ref().map(|job| JobName { id: job.id, namespace: &job.namespace, name: &job.name }),
        basis: edge.basis(),
        origin: edge.origin(),
        confidence: edge.confidence(),
        column_level: edge.column_level,
        transformations: edge.transformations.iter().map(transformation).collect(),
        datasets: edge.datasets.iter().map(|place| place.id).collect(),
        first_seen: edge.first_seen.to_string(),
        last_seen: edge.last_seen.to_string(),
    };
    line(&value, out);
}

/// What is done to a value, as the API says it.
pub fn transformation(transformation: &Transformation) -> Value {
    let Transformation { kind, subtype, description, masking } = transformation;
    json!({ "type": kind, "subtype": subtype, "description": description, "masking": masking })
}

fn with_totals(line: &'static str, totals: &Totals) -> TotalsLine {
    let Totals { graph_version, nodes, edges, complete } = *totals;
    TotalsLine { line, graph_version, nodes, edges, complete }
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

    proptest! {
        #[test]
        fn a_line_is_one_object_with_the_same_names(of in samples::place(), row in samples::edge()) {
            let mut text = Vec::new();
            node(&NodeRow { place: of.clone(), distance: None }, &mut text);
            edge(&row, &mut text);
            let text = String::from_utf8(text).unwrap();
            let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            prop_assert_eq!(lines.len(), 2);
            let name = |key: &str| lines[0][key].as_str();
            prop_assert_eq!(name("namespace"), Some(&*of.namespace));
            match &of.column {
                Some(column) => prop_assert_eq!((name("dataset"), name("name")), (Some(&*of.name), Some(&**column))),
                None => prop_assert_eq!((name("dataset"), name("name")), (None, Some(&*of.name))),
            }
            prop_assert_eq!(lines[1]["job"]["name"].as_str(), row.job.as_ref().map(|job| &*job.name));
            prop_assert_eq!(lines[1]["transformations"].as_array().map(Vec::len), Some(row.transformations.len()));
        }
    }
}
