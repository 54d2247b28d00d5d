//! One question in the words of each door.

use serde_json::{Map, Value, json};
use tests::{Answer, Server};

/// A question: GraphQL's variables, which the other doors' words are made of.
#[derive(Clone, Debug)]
pub struct Question(pub Map<String, Value>);

/// The arguments of `lineage` with their types.
const VARIABLES: [(&str, &str); 15] = [
    ("from", "LineageStart!"),
    ("direction", "LineageDirection!"),
    ("granularity", "LineageGranularity!"),
    ("minDepth", "Int"),
    ("maxDepth", "Int"),
    ("kinds", "[ColumnStepKind!]"),
    ("asOf", "DateTime"),
    ("window", "TimeWindow"),
    ("where", "LineageFilter"),
    ("stopAt", "LineageFilter"),
    ("minConfidence", "LineageConfidence"),
    ("seenSince", "DateTime"),
    ("jobs", "Boolean!"),
    ("temporary", "Boolean!"),
    ("inferred", "Boolean!"),
];

const FIELDS: &str = "totalCount datasetCount jobCount columnCount complete truncatedBecause unknown graphVersion
    pageInfo { hasNextPage endCursor }
    nodes { distance longestDistance pathCount onCycle confidence via { id } outcomes { influence masked } masked
        node { ... on Dataset { id namespace name } ... on Job { id namespace name } ... on Column { id name dataset { name } }
            ... on LineageGroup { id schema: namespace heading: name datasetCount innerEdgeCount } } }
    edges { from to job { id } basis origin confidence columnLevel count firstSeen lastSeen datasets { id }
        transformations { type subtype description masking } evidence { id } }";

impl Question {
    pub fn new(from: &Value, direction: &str, granularity: &str, more: &Value) -> Self {
        let mut variables = json!({ "from": from, "direction": direction, "granularity": granularity,
            "jobs": true, "temporary": false, "inferred": true });
        for (name, value) in more.as_object().unwrap() {
            variables[name] = value.clone();
        }
        Self(variables.as_object().unwrap().clone())
    }

    pub fn is_of_columns(&self) -> bool {
        self.0["granularity"] == "COLUMN"
    }

    pub fn is_rolled_up(&self) -> bool {
        ["SCHEMA", "NAMESPACE", "OWNER", "TAG"].contains(&self.0["granularity"].as_str().unwrap())
    }

    /// GraphQL's answer.
    pub fn graphql(&self, server: &Server, page: Option<(u32, Option<String>)>) -> Value {
        let declared = VARIABLES.map(|(name, kind)| format!("${name}: {kind}")).join(", ");
        let passed = VARIABLES.map(|(name, _)| format!("{name}: ${name}")).join(", ");
        let query =
            format!("query({declared}, $first: Int, $after: String) {{ lineage({passed}, first: $first, after: $after) {{ {FIELDS} }} }}");
        let mut variables = self.0.clone();
        if let Some((first, after)) = page {
            variables.insert("first".into(), first.into());
            variables.insert("after".into(), after.into());
        }
        let answer = server.ask_with(&query, variables.into());
        assert!(answer["errors"].is_null(), "{self:?}\n{answer:#}");
        answer["data"]["lineage"].clone()
    }

    /// What an address of HTTP answers.
    pub fn http(&self, server: &Server, path: &str, more: &[(&str, &str)]) -> Answer {
        let coded = |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02x}")).collect() };
        let own = more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let query: Vec<String> = own.chain(self.parameters()).map(|(name, value)| format!("{name}={}", coded(&value))).collect();
        let answer = server.get(&format!("{path}?{}", query.join("&")));
        assert_eq!(answer.status, 200, "{self:?}\n{}", answer.text);
        answer
    }

    /// The parameters of an address.
    fn parameters(&self) -> Vec<(String, String)> {
        let mut parameters = Vec::new();
        for (name, value) in &self.0 {
            match (name.as_str(), value) {
                (_, Value::Null) => {}
                ("from", from) => parameters.extend(starts(from).into_iter().map(|(name, parts)| (name, parts.join("|")))),
                ("kinds", kinds) => parameters.push(("kinds".into(), texts(kinds).join(","))),
                ("window", window) => parameters.push(("window".into(), format!("{}/{}", text(&window["from"]), text(&window["to"])))),
                (_, value) => parameters.push((name.clone(), text(value))),
            }
        }
        parameters
    }

    /// The arguments of a command.
    pub fn arguments(&self) -> Vec<String> {
        let mut arguments = Vec::new();
        for (name, value) in &self.0 {
            let words: Vec<String> = match (name.as_str(), value) {
                (_, Value::Null) => Vec::new(),
                ("from", from) => starts(from).into_iter().flat_map(|(name, parts)| [vec![format!("--{name}")], parts].concat()).collect(),
                ("kinds", kinds) => texts(kinds).into_iter().flat_map(|kind| ["--kinds".to_owned(), kind.to_lowercase()]).collect(),
                ("window", window) => vec!["--window".into(), format!("{}/{}", text(&window["from"]), text(&window["to"]))],
                ("maxDepth", depth) => vec!["--depth".into(), depth.to_string()],
                ("jobs", value) => flag("--datasets-only", value == false),
                ("temporary", value) => flag("--temporary", value == true),
                ("inferred", value) => flag("--stated-only", value == false),
                (_, value) => vec![dashed(name), text(value)],
            };
            arguments.extend(words);
        }
        arguments
    }
}

fn flag(name: &str, given: bool) -> Vec<String> {
    if given { vec![name.to_owned()] } else { Vec::new() }
}

/// `minDepth` as `--min-depth`.
fn dashed(name: &str) -> String {
    let dashed = |c: char| if c.is_uppercase() { format!("-{}", c.to_lowercase()) } else { c.to_string() };
    format!("--{}", name.chars().map(dashed).collect::<String>())
}

/// Names of starts with their parts; a tag's value belongs to its key.
fn starts(from: &Value) -> Vec<(String, Vec<String>)> {
    let part = |one: &Value, names: &[&str]| names.iter().map(|name| text(&one[*name])).collect::<Vec<_>>();
    let mut starts = Vec::new();
    // In GraphQL's order, in which what is not known is said.
    for kind in ["datasets", "jobs", "columns", "runs", "namespaces", "tags", "owners"] {
        let name = kind.trim_end_matches('s');
        starts.extend(from[kind].as_array().into_iter().flatten().map(|one| {
            let parts = match kind {
                "datasets" | "jobs" => part(one, &["namespace", "name"]),
                "columns" => part(one, &["namespace", "dataset", "name"]),
                "tags" if one["value"].is_string() => vec![format!("{}={}", text(&one["key"]), text(&one["value"]))],
                "tags" => part(one, &["key"]),
                _ => vec![text(one)],
            };
            (name.to_owned(), parts)
        }));
    }
    starts
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().map(text).collect()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
