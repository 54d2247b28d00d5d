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

/// What the root question must select for `question` to read its answer.
pub const QUESTION: &str = "totalCount datasetCount jobCount columnCount complete truncatedBecause unknown
    pageInfo { hasNextPage endCursor }
    nodes { distance longestDistance pathCount onCycle confidence via { name } masked outcomes { influence masked }
        node { __typename ... on Dataset { id namespace name } ... on Job { id namespace name }
            ... on Column { id name dataset { name } } ... on LineageGroup { id schema: namespace heading: name datasetCount innerEdgeCount } } }
    edges { from to job { name } basis confidence columnLevel count datasets { name } transformations { type subtype masking } }";

/// An answer of whatever granularity: nodes nearest first, then edges.
pub fn question(answer: &Value) -> Vec<String> {
    let mut names = BTreeMap::new();
    let mut lines = Vec::new();
    for node in list(answer, "nodes") {
        let name = vertex(&node["node"]);
        names.insert(text(&node["node"]["id"]), name.clone());
        lines.push(format!("{} {name}{}", node["distance"], remarks(node)));
    }
    lines.sort();
    let mut edges: Vec<String> = list(answer, "edges")
        .map(|edge| {
            let job = edge["job"]["name"].as_str().map(|job| format!(" by {job}")).unwrap_or_default();
            let how: Vec<String> = list(edge, "transformations")
                .map(|how| {
                    format!("{} {}{}", text(&how["type"]), text(&how["subtype"]), if how["masking"] == true { " masked" } else { "" })
                })
                .collect();
            let datasets: Vec<String> = list(edge, "datasets").map(|dataset| text(&dataset["name"])).collect();
            let more =
                [how, datasets, Vec::from_iter((edge["count"] != 1).then(|| format!("{} pairs", edge["count"])))].concat().join(" + ");
            format!(
                "{}{job}: {} {}{}",
                ends(&names, edge),
                text(&edge["basis"]),
                text(&edge["confidence"]),
                if more.is_empty() { more } else { format!(", {more}") }
            )
        })
        .collect();
    edges.sort();
    lines.extend(edges);
    if answer["complete"] != true {
        lines.push(format!("incomplete: {}", answer["truncatedBecause"]));
    }
    lines
}

fn vertex(node: &Value) -> String {
    match node["__typename"].as_str() {
        Some("Column") => format!("{}.{}", text(&node["dataset"]["name"]), text(&node["name"])),
        Some("LineageGroup") => {
            let inner = format!("{} datasets, {} edges within", node["datasetCount"], node["innerEdgeCount"]);
            format!("[{} {}] {inner}", text(&node["schema"]), node["heading"].as_str().unwrap_or("without"))
        }
        kind => format!("{} {}", kind.unwrap_or_default().to_lowercase(), text(&node["name"])),
    }
}

fn remarks(node: &Value) -> String {
    let mut said = Vec::new();
    if node["pathCount"] != 0 && node["distance"] != 0 {
        said.push(format!("{} paths, longest {}, {}", node["pathCount"], node["longestDistance"], text(&node["confidence"])));
    }
    if node["onCycle"] == true {
        said.push("on a cycle".into());
    }
    let via: Vec<String> = list(node, "via").map(|job| text(&job["name"])).collect();
    if !via.is_empty() {
        said.push(format!("via {}", via.join(" and ")));
    }
    let outcomes =
        list(node, "outcomes").map(|one| format!("{}{}", text(&one["influence"]), if one["masked"] == true { " masked" } else { "" }));
    let outcomes: Vec<String> = outcomes.collect();
    if !outcomes.is_empty() {
        said.push(outcomes.join(" or "));
    }
    if node["masked"] == true {
        said.push("masked on every way".into());
    }
    if said.is_empty() { String::new() } else { format!(" ({})", said.join("; ")) }
}

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
