//! Answers as lines that people can check by reading: ids replaced by names.

use serde_json::Value;
use std::collections::BTreeMap;

/// What a lineage question must select for `lineage` to read its answer.
pub const LINEAGE: &str = "totalCount datasetCount jobCount complete truncatedBecause
    nodes { distance node { __typename ... on Dataset { id namespace name } ... on Job { id namespace name } } }
    edges { from to job { name } basis origin firstSeen lastSeen }";

/// What a column question must select for `columns` to read its answer.
pub const COLUMNS: &str = "totalCount complete
    nodes { distance node { __typename ... on Column { id name dataset { name } } ... on Dataset { id name } } }
    edges { from to job { name } columnLevel transformations { type subtype masking } }";

/// A lineage answer: nodes by distance and name, then edges.
pub fn lineage(answer: &Value) -> Vec<String> {
    let mut names = BTreeMap::new();
    let mut lines = Vec::new();
    for node in list(answer, "nodes") {
        let name = format!("{} {}", text(&node["node"]["__typename"]).to_lowercase(), text(&node["node"]["name"]));
        lines.push(format!("{} {name}", node["distance"]));
        names.insert(text(&node["node"]["id"]), name);
    }
    lines.sort();
    let mut edges: Vec<String> = list(answer, "edges")
        .map(|edge| {
            let days = format!("{} to {}", short(&edge["firstSeen"]), short(&edge["lastSeen"]));
            let how = format!("{} {}", text(&edge["basis"]), text(&edge["origin"])).to_lowercase();
            format!("{} by {}, {how}, {days}", ends(&names, edge), text(&edge["job"]["name"]))
        })
        .collect();
    edges.sort();
    lines.extend(edges);
    if answer["complete"] != true {
        lines.push(format!("incomplete: {}", answer["truncatedBecause"]));
    }
    lines
}

/// A column answer: nodes by distance and name, then edges.
pub fn columns(answer: &Value) -> Vec<String> {
    let mut names = BTreeMap::new();
    let mut lines = Vec::new();
    for node in list(answer, "nodes") {
        let node_name = text(&node["node"]["name"]);
        let dataset = text(&node["node"]["dataset"]["name"]);
        let name = if dataset.is_empty() { format!("all of {node_name}") } else { format!("{dataset}.{node_name}") };
        lines.push(format!("{} {name}", node["distance"]));
        names.insert(text(&node["node"]["id"]), name);
    }
    lines.sort();
    let mut edges: Vec<String> = list(answer, "edges")
        .map(|edge| {
            let how: Vec<String> =
                list(edge, "transformations").map(|how| format!("{} {}", text(&how["type"]), text(&how["subtype"]))).collect();
            let level = if edge["columnLevel"] == true { how.join(" + ") } else { "table edge".into() };
            format!("{} by {}: {level}", ends(&names, edge), text(&edge["job"]["name"]))
        })
        .collect();
    edges.sort();
    lines.extend(edges);
    lines
}

fn ends(names: &BTreeMap<String, String>, edge: &Value) -> String {
    let name = |key: &str| names.get(&text(&edge[key])).cloned().unwrap_or_else(|| "a node that is not listed".into());
    format!("{} -> {}", name("from"), name("to"))
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().unwrap_or_else(|| panic!("no {key} in {value}")).iter()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Day, and the hour when there is one.
fn short(time: &Value) -> String {
    text(time).trim_end_matches('Z').trim_end_matches("T00:00:00").to_owned()
}
