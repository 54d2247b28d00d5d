//! What each door says, in one form that can be compared: nodes and edges in their order.

use super::question::Question;
use serde_json::{Map, Value, json};
use tests::Server;

/// An answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// Totals, `complete`, and what is not known.
    pub totals: Value,
    pub nodes: Vec<Value>,
    pub edges: Vec<Value>,
}

const TOTALS: [&str; 6] = ["totalCount", "datasetCount", "jobCount", "columnCount", "complete", "unknown"];
const EDGE: [&str; 9] = ["from", "to", "basis", "origin", "confidence", "columnLevel", "count", "firstSeen", "lastSeen"];

fn some(value: &Value, names: &[&str]) -> Map<String, Value> {
    names.iter().map(|name| ((*name).to_owned(), value[*name].clone())).collect()
}

/// Names in a sentence are as they were asked for: with a bar between in an address.
fn totals(answer: &Value) -> Value {
    let mut totals = some(answer, &TOTALS);
    let words = |one: &Value| Value::from(one.as_str().unwrap_or_default().replace('|', " "));
    totals.insert("unknown".into(), answer["unknown"].as_array().into_iter().flatten().map(words).collect());
    totals.into()
}

fn list(value: &Value, name: &str) -> Vec<Value> {
    value[name].as_array().unwrap_or_else(|| panic!("no {name} in {value:#}")).clone()
}

fn ids(things: &[Value]) -> Value {
    things.iter().map(|one| one["id"].clone()).collect()
}

/// An edge as HTTP and files have it.
fn edge(edge: &Value) -> Value {
    let mut said = some(edge, &EDGE);
    said.insert("job".into(), edge["job"]["id"].clone());
    said.insert("transformations".into(), edge["transformations"].clone());
    said.insert("datasets".into(), edge["datasets"].clone());
    if let Some(runs) = edge["evidence"]["runs"].as_array() {
        said.insert("evidence".into(), ids(runs));
    }
    said.into()
}

/// A node as HTTP and files have it.
fn node(node: &Value, question: &Question) -> Value {
    let mut said = some(node, &["id", "distance"]);
    if question.is_rolled_up() {
        said.extend(some(node, &["namespace", "name", "datasetCount", "innerEdgeCount"]));
        return said.into();
    }
    said.extend(some(node, &["longestDistance", "pathCount", "onCycle", "confidence"]));
    said.insert("via".into(), ids(&list(node, "via")));
    if question.is_of_columns() {
        said.extend(some(node, &["outcomes", "masked"]));
    }
    said.into()
}

/// The same of GraphQL's.
fn graphql_node(node: &Value, question: &Question) -> Value {
    let mut flat = node.clone();
    for (name, value) in node["node"].as_object().unwrap() {
        flat[name] = value.clone();
    }
    if question.is_rolled_up() {
        (flat["namespace"], flat["name"]) = (node["node"]["schema"].clone(), node["node"]["heading"].clone());
    }
    self::node(&flat, question)
}

fn graphql_edge(edge: &Value, with_evidence: bool) -> Value {
    let mut flat = edge.clone();
    flat["datasets"] = ids(&list(edge, "datasets"));
    flat["evidence"] = if with_evidence { json!({ "runs": edge["evidence"] }) } else { Value::Null };
    self::edge(&flat)
}

impl Said {
    /// Over GraphQL: at once or in pages. `evidence` as over HTTP, where groups have none.
    pub fn graphql(server: &Server, question: &Question, page: Option<u32>) -> Self {
        let (mut said, mut after) = (Self::default(), None);
        loop {
            let answer = question.graphql(server, page.map(|first| (first, after.take())));
            said.totals = totals(&answer);
            said.nodes.extend(list(&answer, "nodes").iter().map(|node| graphql_node(node, question)));
            said.edges.extend(list(&answer, "edges").iter().map(|edge| graphql_edge(edge, !question.is_rolled_up())));
            if page.is_none() || answer["pageInfo"]["hasNextPage"] != true {
                return said;
            }
            after = answer["pageInfo"]["endCursor"].as_str().map(str::to_owned);
        }
    }

    /// Over HTTP: at once or in pages.
    pub fn http(server: &Server, question: &Question, page: Option<u32>) -> Self {
        let (mut said, mut after) = (Self::default(), None::<String>);
        loop {
            let first = page.map(|first| first.to_string());
            let more: Vec<(&str, &str)> = [first.as_deref().map(|first| ("first", first)), after.as_deref().map(|after| ("after", after))]
                .into_iter()
                .flatten()
                .collect();
            let answer = question.http(server, "/api/v1/lineage", &more).json();
            said.add(&answer, question);
            let Some(next) = answer["nextCursor"].as_str() else { return said };
            after = Some(next.to_owned());
        }
    }

    /// From the JSON of HTTP.
    pub fn add(&mut self, answer: &Value, question: &Question) {
        self.totals = totals(answer);
        self.nodes.extend(list(answer, "nodes").iter().map(|node| self::node(node, question)));
        self.edges.extend(list(answer, "edges").iter().map(edge));
    }

    /// As a file of lines, without totals.
    pub fn ndjson(text: &str, question: &Question) -> Self {
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let of = |kind: &str| lines.iter().filter(move |line| line["line"] == kind).collect::<Vec<_>>();
        let (nodes, edges) = (of("node"), of("edge"));
        assert_eq!((&lines[0]["line"], &lines[lines.len() - 1]["line"]), (&json!("header"), &json!("end")));
        for totals in [&lines[0], &lines[lines.len() - 1]] {
            assert_eq!((&totals["nodes"], &totals["edges"]), (&json!(nodes.len()), &json!(edges.len())));
        }
        Self {
            totals: Value::Null,
            nodes: nodes.into_iter().map(|line| node(line, question)).collect(),
            edges: edges.into_iter().map(edge).collect(),
        }
    }

    /// Without what a file does not say: totals of kinds, and evidence that was not asked for.
    pub fn as_file(&self, with_evidence: bool) -> Self {
        let mut said = Self { totals: Value::Null, ..self.clone() };
        for edge in said.edges.iter_mut().filter(|_| !with_evidence) {
            edge.as_object_mut().unwrap().remove("evidence");
        }
        said
    }

    /// What a table says of nodes: id and distance; and of edges: their ends, how many and how sure.
    pub fn as_tables(&self) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
        let cells = |one: &Value, names: &[&str]| -> Vec<String> {
            names.iter().map(|name| one[*name].as_str().map_or_else(|| one[*name].to_string(), str::to_owned)).collect()
        };
        let nodes = self.nodes.iter().map(|node| cells(node, &["id", "distance"])).collect();
        (nodes, self.edges.iter().map(|edge| cells(edge, &["from", "to", "confidence", "lastSeen", "count"])).collect())
    }

    /// The edges in an order of their own: pages give each with the page of its farther end.
    pub fn sorted(mut self) -> Self {
        self.edges.sort_by_key(Value::to_string);
        self
    }
}

/// These columns of a table.
pub fn table(text: &str, names: &[&str]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let places: Vec<usize> = names.iter().map(|name| head.iter().position(|column| column == name).unwrap()).collect();
    reader.records().map(|row| places.iter().map(|&place| row.as_ref().unwrap()[place].to_owned()).collect()).collect()
}
