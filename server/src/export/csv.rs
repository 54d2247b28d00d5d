//! Tables for spreadsheets and databases: RFC 4180, comma, CRLF, a header line. Totals have no place in
//! it; they come beside it.

use super::json::transformation;
use super::row::{EdgeRow, NodeRow, Place, sureness};
use csv::{Terminator, Writer, WriterBuilder};
use serde_json::json;
use std::borrow::Cow;

/// Which rows a file holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Table {
    /// A row an edge.
    #[default]
    Edges,
    /// A row a node.
    Nodes,
}

const NODES: [&str; 13] = [
    "kind",
    "id",
    "namespace",
    "name",
    "column",
    "distance",
    "longest_distance",
    "path_count",
    "on_cycle",
    "confidence",
    "via",
    "dataset_count",
    "inner_edge_count",
];
const EDGES: [&str; 21] = [
    "from_kind",
    "from_id",
    "from_namespace",
    "from_name",
    "from_column",
    "to_kind",
    "to_id",
    "to_namespace",
    "to_name",
    "to_column",
    "job_namespace",
    "job_name",
    "basis",
    "origin",
    "confidence",
    "column_level",
    "transformations",
    "datasets",
    "first_seen",
    "last_seen",
    "count",
];

/// The header line.
pub fn begin(table: Table, out: &mut Vec<u8>) {
    match table {
        Table::Edges => write(out, false, [EDGES.map(Cow::from)]),
        Table::Nodes => write(out, false, [NODES.map(Cow::from)]),
    }
}

/// Rows of nodes.
pub fn nodes(nodes: &[NodeRow], spreadsheet: bool, out: &mut Vec<u8>) {
    let row = |node| {
        let NodeRow { place, distance, paths, group, .. }: &NodeRow = node;
        let [kind, id, namespace, name, column] = cells(place);
        let paths = paths.as_ref();
        [
            kind,
            id,
            namespace,
            name,
            column,
            number(*distance),
            number(paths.map(|paths| paths.longest)),
            number(paths.map(|paths| paths.count)),
            paths.map_or("", |paths| truth(paths.on_cycle)).into(),
            paths.and_then(|paths| paths.confidence).map_or("", sureness).into(),
            several(paths.iter().flat_map(|paths| &paths.via).map(|job| json!([job.namespace, job.name])).collect()),
            number(group.map(|group| group.datasets)),
            number(group.map(|group| group.inner_edges)),
        ]
    };
    write(out, spreadsheet, nodes.iter().map(row));
}

/// Rows of edges. What may be several stands as JSON in its cell.
pub fn edges(edges: &[EdgeRow], spreadsheet: bool, out: &mut Vec<u8>) {
    let row = |edge| {
        let edge: &EdgeRow = edge;
        let [from_kind, from_id, from_namespace, from_name, from_column] = cells(&edge.from);
        let [to_kind, to_id, to_namespace, to_name, to_column] = cells(&edge.to);
        let [_, _, job_namespace, job_name, _] = edge.job.as_ref().map(cells).unwrap_or_default();
        [
            from_kind,
            from_id,
            from_namespace,
            from_name,
            from_column,
            to_kind,
            to_id,
            to_namespace,
            to_name,
            to_column,
            job_namespace,
            job_name,
            edge.basis().into(),
            edge.origin().unwrap_or_default().into(),
            sureness(edge.confidence).into(),
            truth(edge.column_level).into(),
            several(edge.transformations.iter().map(transformation).collect()),
            several(edge.datasets.iter().map(|place| json!(place.id)).collect()),
            edge.first_seen.to_string().into(),
            edge.last_seen.to_string().into(),
            edge.count.to_string().into(),
        ]
    };
    write(out, spreadsheet, edges.iter().map(row));
}

fn cells(place: &Place) -> [Cow<'_, str>; 5] {
    let [namespace, name, column] =
        [&place.namespace, &place.name, &place.column].map(|part| Cow::from(part.as_deref().unwrap_or_default()));
    [place.kind.word().into(), place.id.to_string().into(), namespace, name, column]
}

fn number<T: ToString>(number: Option<T>) -> Cow<'static, str> {
    number.map_or(Cow::from(""), |number| number.to_string().into())
}

fn truth(truth: bool) -> &'static str {
    if truth { "true" } else { "false" }
}

fn several(values: Vec<serde_json::Value>) -> Cow<'static, str> {
    if values.is_empty() { "".into() } else { serde_json::Value::from(values).to_string().into() }
}

fn write<'a, const N: usize>(out: &mut Vec<u8>, spreadsheet: bool, rows: impl IntoIterator<Item = [Cow<'a, str>; N]>) {
    let mut writer: Writer<&mut Vec<u8>> = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
    for row in rows {
        let cell = |cell: &'_ Cow<'a, str>| if spreadsheet { harmless(cell) } else { cell.to_string() };
        // Into memory, with as many cells as the rows before: it cannot fail.
        let _ = writer.write_record(row.iter().map(|text| cell(text).into_bytes()));
    }
    let _ = writer.flush();
}

/// A spreadsheet computes cells that begin like a formula; an apostrophe before makes text of it (OWASP,
/// CSV injection). It is another text then, so it is only done where it is asked for.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::row::samples;
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
        reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    proptest! {
        #[test]
        fn a_table_is_read_back_as_it_was(places in prop::collection::vec(samples::place(), 0..4), rows in prop::collection::vec(samples::edge(), 0..4)) {
            let mut text = Vec::new();
            begin(Table::Nodes, &mut text);
            let list: Vec<NodeRow> = places.iter().cloned().map(|place| NodeRow::at(place, Some(3))).collect();
            nodes(&list, false, &mut text);
            let back = read(&text);
            prop_assert_eq!(&back[0], &NODES.map(str::to_owned));
            prop_assert_eq!(back.len(), places.len() + 1);
            for (place, cells) in places.iter().zip(&back[1..]) {
                prop_assert_eq!((&cells[2], &cells[3], cells[5].as_str()), (&place.namespace.as_deref().unwrap_or_default().to_owned(), &place.name.as_deref().unwrap_or_default().to_owned(), "3"));
                prop_assert_eq!(&cells[4], place.column.as_deref().unwrap_or_default());
            }
            let mut text = Vec::new();
            begin(Table::Edges, &mut text);
            edges(&rows, false, &mut text);
            let back = read(&text);
            prop_assert_eq!(back.len(), rows.len() + 1);
            for (edge, cells) in rows.iter().zip(&back[1..]) {
                prop_assert_eq!((&cells[1], &cells[6]), (&edge.from.id.to_string(), &edge.to.id.to_string()));
                prop_assert_eq!(&cells[11], edge.job.as_ref().and_then(|job| job.name.as_deref()).unwrap_or_default());
                let said: serde_json::Value = serde_json::from_str(&cells[16]).unwrap_or_default();
                prop_assert_eq!(said.as_array().map_or(0, Vec::len), edge.transformations.len());
                for (found, sent) in said.as_array().into_iter().flatten().zip(edge.transformations.iter()) {
                    prop_assert_eq!(found["type"].as_str(), Some(sent.kind.as_str()));
                }
            }
        }

        #[test]
        fn no_cell_for_a_spreadsheet_is_a_formula(row in samples::edge()) {
            let mut text = Vec::new();
            edges(&[row], true, &mut text);
            for cell in read(&text).into_iter().flatten() {
                prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{:?}", cell);
            }
        }
    }
}
