//! Graphviz: a digraph from left to right, datasets as boxes, jobs as ovals, columns as notes.
//!
//! Names go into labels only, nodes are known by their ids. In a quoted string Graphviz knows `\"`, the
//! escapes of labels (`\n`, `\l`, `\N`, …) and HTML's entities (graphviz.org, "The DOT Language").

use super::row::{EdgeRow, NodeKind, NodeRow, Place, Totals};
use std::fmt::Write;

const FONTS: &str = "  node [fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\"];\n";

/// The head of the graph.
pub fn begin(totals: &Totals, out: &mut Vec<u8>) {
    let Totals { graph_version, nodes, edges, .. } = totals;
    let said = format!("{nodes} nodes, {edges} edges, graph version {graph_version}; jobs between datasets are labels of edges");
    put(out, &format!("// Headwater: {said}\ndigraph lineage {{\n  rankdir=LR;\n{FONTS}"));
}

/// A node.
pub fn node(node: &NodeRow, out: &mut Vec<u8>) {
    let shape = match node.place.kind {
        NodeKind::Dataset => "box",
        NodeKind::Job => "oval",
        NodeKind::Column => "note",
        NodeKind::Schema | NodeKind::Namespace | NodeKind::Owner | NodeKind::Tag => "folder",
    };
    put(
        out,
        &format!(
            "  \"{}\" [label={}, tooltip={}, shape={shape}];\n",
            node.place.id,
            quoted(&title(&node.place)),
            quoted(node.place.namespace.as_deref().unwrap_or(node.place.kind.word()))
        ),
    );
}

/// An edge.
pub fn edge(edge: &EdgeRow, out: &mut Vec<u8>) {
    let label = label(edge).map_or_else(String::new, |label| format!(", label={}", quoted(&label)));
    let style = if edge.is_sure() { "solid" } else { "dashed" };
    put(out, &format!("  \"{}\" -> \"{}\" [style={style}{label}];\n", edge.from.id, edge.to.id));
}

/// The end of the graph.
pub fn end(totals: &Totals, out: &mut Vec<u8>) {
    let said = totals.said();
    put(out, &format!("}}\n// {said}: {} nodes, {} edges\n", totals.nodes, totals.edges));
}

/// What a person reads on a node.
pub fn title(place: &Place) -> String {
    let name = place.name.as_deref().map_or_else(|| without(place.kind).to_owned(), str::to_owned);
    place.column.as_ref().map_or_else(|| name.clone(), |column| format!("{name}.{column}"))
}

/// Of a group of what has no such heading.
fn without(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Schema => "(no schema)",
        NodeKind::Owner => "(no owner)",
        NodeKind::Tag => "(no tag)",
        _ => "(no name)",
    }
}

/// What a person reads on an edge: the job, or between groups how many pairs of datasets it joins.
pub fn label(edge: &EdgeRow) -> Option<String> {
    let job = edge.job.as_ref().and_then(|job| job.name.as_deref()).map(str::to_owned);
    job.or_else(|| (edge.count > 1).then(|| edge.count.to_string()))
}

/// A text as a quoted string that shows as it is. Control characters have no look of their own.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '&' => quoted.push_str("&amp;"),
            '\n' => quoted.push_str("\\n"),
            c if c.is_control() => {
                let _ = write!(quoted, "\\\\u{{{:x}}}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn put(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::super::row::samples;
    use super::*;
    use proptest::prelude::*;

    /// The quoted string at the beginning, as Graphviz's scanner finds its end, and what a label shows of it.
    fn read(text: &str) -> (String, &str) {
        let mut shown = String::new();
        let mut chars = text.strip_prefix('"').unwrap().char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => return (shown.replace("&amp;", "&"), &text[at + 2..]),
                '\\' => match chars.next().unwrap().1 {
                    'n' => shown.push('\n'),
                    other => shown.push(other),
                },
                c => shown.push(c),
            }
        }
        panic!("{text} does not end");
    }

    proptest! {
        #[test]
        fn a_label_shows_the_name(row in samples::edge()) {
            let mut text = Vec::new();
            edge(&row, &mut text);
            let text = String::from_utf8(text).unwrap();
            prop_assert_eq!(text.lines().count(), 1);
            if let Some((_, rest)) = text.split_once("label=") {
                let (shown, rest) = read(rest);
                let job = row.job.unwrap().name.unwrap();
                let expected: String = job
                    .chars()
                    .map(|c| if c.is_control() && c != '\n' { format!("\\u{{{:x}}}", u32::from(c)) } else { c.to_string() })
                    .collect();
                prop_assert_eq!(shown, expected);
                prop_assert_eq!(rest, "];\n");
            } else {
                prop_assert!(row.job.is_none());
            }
        }
    }
}
