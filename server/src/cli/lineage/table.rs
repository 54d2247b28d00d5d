//! An answer for a terminal: a line with the totals, then the nodes in columns. Names are shown as they are but for what a
//! terminal would obey.

use serde_json::Value;
use std::fmt;

/// What is shown.
pub(super) struct Answer {
    summary: String,
    head: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Answer {
    /// From the pages of an answer, at least one.
    pub(super) fn read(pages: &[&Value]) -> Self {
        let list = |name: &'static str| pages.iter().flat_map(move |page| page[name].as_array().into_iter().flatten());
        let (is_of_groups, is_of_columns) =
            (list("nodes").any(|node| node["datasetCount"].is_u64()), list("nodes").any(|node| node["outcomes"].is_array()));
        let is_in_namespaces = list("nodes").any(|node| node["namespace"].is_string());
        let mut head = if is_in_namespaces { vec!["distance", "kind", "namespace", "name"] } else { vec!["distance", "kind", "name"] };
        head.extend(match (is_of_groups, is_of_columns) {
            (true, _) => ["datasets", "edges within"].as_slice(),
            (_, true) => &["confidence", "paths", "value", "via"],
            _ => &["confidence", "paths", "via"],
        });
        let row = |node: &Value| head.iter().map(|column| cell(node, column)).collect();
        let rows = list("nodes").map(row).collect();
        Self { summary: summary(pages, list("edges").count(), is_of_groups), head, rows }
    }
}

/// `12 nodes: 5 datasets, 7 jobs; 14 edges; graph version 210`
fn summary(pages: &[&Value], edges: usize, is_of_groups: bool) -> String {
    let total = |name: &str| pages.first().and_then(|page| page[name].as_u64()).unwrap_or_default();
    let kinds = [("datasetCount", "dataset"), ("jobCount", "job"), ("columnCount", "column")];
    let kinds = kinds.map(|(name, what)| (total(name), what)).into_iter().filter(|(count, _)| *count > 0);
    let kinds: Vec<String> = kinds.map(|(count, what)| some(count, what)).collect();
    let of = if kinds.is_empty() { String::new() } else { format!(": {}", kinds.join(", ")) };
    let versions: Vec<u64> = pages.iter().filter_map(|page| page["graphVersion"].as_u64()).collect();
    let version = match (versions.iter().min(), versions.iter().max()) {
        (Some(from), Some(to)) if from != to => format!("graph versions {from} to {to}: it changed while its pages were read"),
        (Some(version), _) => format!("graph version {version}"),
        _ => "graph version unknown".into(),
    };
    let what = if is_of_groups { "group" } else { "node" };
    format!("{}{of}; {}; {version}", some(total("totalCount"), what), some(edges as u64, "edge"))
}

fn some(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn cell(node: &Value, column: &str) -> String {
    match column {
        "kind" => text(&node["type"]).to_lowercase(),
        "name" if node["dataset"].is_string() => format!("{}.{}", text(&node["dataset"]), text(&node["name"])),
        "name" if node["name"].is_null() => "(none)".into(),
        "paths" => paths(node),
        "value" => value(node),
        "via" => {
            let jobs = node["via"].as_array().into_iter().flatten();
            jobs.map(|job| text(&job["name"])).collect::<Vec<_>>().join(", ")
        }
        "datasets" => node["datasetCount"].to_string(),
        "edges within" => node["innerEdgeCount"].to_string(),
        "distance" => node["distance"].to_string(),
        other => text(&node[other]),
    }
}

/// How many; of what no path leads to, as the start, nothing.
fn paths(node: &Value) -> String {
    let count = node["pathCount"].as_u64().filter(|count| *count > 0).map(|count| count.to_string());
    let cycle = (node["onCycle"] == true).then(|| "on a cycle".to_owned());
    count.into_iter().chain(cycle).collect::<Vec<_>>().join(", ")
}

/// What becomes of it on the way: each kind that some path amounts to.
fn value(node: &Value) -> String {
    let word = |one: &Value| {
        let masked = if one["masked"] == true { " masked" } else { "" };
        format!("{}{masked}", text(&one["influence"]).to_lowercase())
    };
    node["outcomes"].as_array().into_iter().flatten().map(word).collect::<Vec<_>>().join(", ")
}

/// A terminal obeys control characters, whoever put them into a name; direction marks make a line read as another.
fn text(value: &Value) -> String {
    let is_harmless =
        |c: char| !c.is_control() && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut shown = String::new();
    for c in value.as_str().unwrap_or_default().chars() {
        if is_harmless(c) { shown.push(c) } else { shown.extend(c.escape_unicode()) }
    }
    shown
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.summary)?;
        if self.rows.is_empty() {
            return Ok(());
        }
        let length = |text: &str| text.chars().count();
        let width = |place: usize| self.rows.iter().map(|row| length(&row[place])).max().unwrap_or_default().max(length(self.head[place]));
        let widths: Vec<usize> = (0..self.head.len()).map(width).collect();
        let head = self.head.iter().map(|text| text.to_uppercase()).collect();
        writeln!(f)?;
        for row in [&head].into_iter().chain(&self.rows) {
            let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
            writeln!(f, "{}", cells.join("  ").trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_terminal_is_told_names_and_no_orders() {
        let node = json!({ "type": "DATASET", "namespace": "db", "name": "a\u{1b}[2J\u{202e}ü", "distance": 0, "pathCount": 0 });
        let page = json!({ "totalCount": 1, "datasetCount": 1, "graphVersion": 7, "nodes": [node], "edges": [] });
        let shown = Answer::read(&[&page, &json!({ "graphVersion": 9 })]).to_string();
        insta::assert_snapshot!(shown);
    }
}
