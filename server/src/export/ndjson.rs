//! A JSON object a line, for programs: a header, nodes, edges, and a last line without which the file
//! was cut off. Names of fields are those of the API.

use super::row::{EdgeRow, NodeRow, Place, Totals};
use schema::openlineage::facets::Transformation;
use serde_json::{Value, json};

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
    let mut value = place(&node.place);
    value["line"] = "node".into();
    value["distance"] = node.distance.into();
    line(&value, out);
}

/// An edge.
pub fn edge(edge: &EdgeRow, out: &mut Vec<u8>) {
    let job = edge.job.as_ref().map(|job| json!({ "id": job.id, "namespace": &*job.namespace, "name": &*job.name }));
    let value = json!({
        "line": "edge",
        "from": edge.from.id,
        "to": edge.to.id,
        "job": job,
        "basis": edge.basis(),
        "origin": edge.origin(),
        "confidence": edge.confidence(),
        "columnLevel": edge.column_level,
        "transformations": edge.transformations.iter().map(transformation).collect::<Vec<_>>(),
        "datasets": edge.datasets.iter().map(|place| place.id).collect::<Vec<_>>(),
        "firstSeen": edge.first_seen.to_string(),
        "lastSeen": edge.last_seen.to_string(),
    });
    line(&value, out);
}

/// What is done to a value, as the API says it.
pub fn transformation(transformation: &Transformation) -> Value {
    let Transformation { kind, subtype, description, masking } = transformation;
    json!({ "type": kind, "subtype": subtype, "description": description, "masking": masking })
}

fn place(place: &Place) -> Value {
    let mut value = json!({ "type": place.kind.word(), "id": place.id, "namespace": &*place.namespace, "name": &*place.name });
    if let Some(column) = &place.column {
        value["dataset"] = std::mem::replace(&mut value["name"], Value::from(&**column));
    }
    value
}

fn with_totals(kind: &str, totals: &Totals) -> Value {
    json!({ "line": kind, "graphVersion": totals.graph_version, "nodes": totals.nodes, "edges": totals.edges, "complete": totals.complete })
}

fn line(value: &Value, out: &mut Vec<u8>) {
    out.extend_from_slice(value.to_string().as_bytes());
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
