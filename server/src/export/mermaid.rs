//! A Mermaid flowchart for Markdown: datasets as boxes, jobs as rounded boxes, columns as flags.
//!
//! Names go into quoted labels only, with everything but letters, digits and a few signs as a character
//! code `#35;` (mermaid.js.org, "Entity codes to escape characters"), so that no name is taken for Markdown,
//! HTML or the end of its label.

use super::dot::{label, title};
use super::row::{EdgeRow, NodeKind, NodeRow, Place, Totals};
use std::fmt::Write;

/// The head of the chart.
pub fn begin(totals: &Totals, out: &mut Vec<u8>) {
    let Totals { graph_version, nodes, edges, .. } = totals;
    put(
        out,
        &format!(
            "%% Headwater: {nodes} nodes, {edges} edges, graph version {graph_version}; jobs between datasets are labels of edges\nflowchart LR\n"
        ),
    );
}

/// A node.
pub fn node(node: &NodeRow, out: &mut Vec<u8>) {
    let (open, close) = match node.place.kind {
        NodeKind::Dataset => ("[", "]"),
        NodeKind::Job => ("(", ")"),
        NodeKind::Column => (">", "]"),
        NodeKind::Schema | NodeKind::Namespace | NodeKind::Owner | NodeKind::Tag => ("[[", "]]"),
    };
    put(out, &format!("  {}{open}\"{}\"{close}\n", key(&node.place), text(&title(&node.place))));
}

/// An edge.
pub fn edge(edge: &EdgeRow, out: &mut Vec<u8>) {
    let arrow = if edge.is_sure() { "-->" } else { "-.->" };
    let label = label(edge).map_or_else(String::new, |label| format!("|\"{}\"|", text(&label)));
    put(out, &format!("  {} {arrow}{label} {}\n", key(&edge.from), key(&edge.to)));
}

/// The end of the chart.
pub fn end(totals: &Totals, out: &mut Vec<u8>) {
    let said = totals.said();
    put(out, &format!("%% {said}: {} nodes, {} edges\n", totals.nodes, totals.edges));
}

/// A node's key begins with a letter and is no word of Mermaid's.
fn key(place: &Place) -> String {
    format!("n{}", place.id.simple())
}

fn text(text: &str) -> String {
    let mut coded = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() || matches!(c, ' ' | '.' | ',' | '-' | '/' | ':') {
            coded.push(c);
        } else if c.is_control() && c != '\n' {
            // A character code of these shows nothing.
            let _ = write!(coded, "#92;u#123;{:x}#125;", u32::from(c));
        } else {
            let _ = write!(coded, "#{};", u32::from(c));
        }
    }
    // An empty label is a syntax error.
    if coded.is_empty() { "#32;".into() } else { coded }
}

fn put(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::super::row::samples;
    use super::*;
    use proptest::prelude::*;

    /// A label with its character codes resolved.
    fn shown(label: &str) -> String {
        let mut parts = label.split('#');
        let mut shown = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (code, rest) = part.split_once(';').unwrap();
            shown.push(char::from_u32(code.parse().unwrap()).unwrap());
            shown.push_str(rest);
        }
        shown
    }

    proptest! {
        #[test]
        fn a_label_shows_the_name(name in samples::name()) {
            let label = text(&name);
            prop_assert!(!label.contains(['"', '\n', '<', '`', '&', '|']), "{:?}", label);
            let visible: String =
                name.chars().map(|c| if c.is_control() && c != '\n' { format!("\\u{{{:x}}}", u32::from(c)) } else { c.to_string() }).collect();
            prop_assert_eq!(shown(&label), visible);
        }

        #[test]
        fn a_row_is_a_line(of in samples::place(), row in samples::edge()) {
            let mut out = Vec::new();
            node(&NodeRow::at(of, Some(1)), &mut out);
            edge(&row, &mut out);
            prop_assert_eq!(String::from_utf8(out).unwrap().lines().count(), 2);
        }
    }
}
