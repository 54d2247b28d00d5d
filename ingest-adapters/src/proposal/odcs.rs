//! Data contracts of the Open Data Contract Standard (YAML): `schema[].properties[]` of version 3,
//! `dataset[].columns[]` of version 2. The physical names and types are the tables' (a logical type such as
//! `number` is no table's); the namespace follows from the first server, by OpenLineage's naming rules.

use super::{Column, MAX_DEPTH, Proposal, Proposals, Unreadable};
use yaml_rust2::{Yaml, YamlLoader};

/// Reads a contract.
pub fn odcs(bytes: &[u8]) -> Result<Proposals, Unreadable> {
    let text = std::str::from_utf8(bytes).map_err(|_| Unreadable("it is not UTF-8 text".into()))?;
    let documents = YamlLoader::load_from_str(text).map_err(|error| Unreadable(format!("it is not YAML: {error}")))?;
    let Some(contract) = documents.first().filter(|document| document.as_hash().is_some()) else {
        return Err(Unreadable("it is no contract: there is no YAML mapping in it".into()));
    };
    let mut proposals = Proposals::default();
    let place = Place::of(contract, &mut proposals.notes);
    let tables = [(&contract["schema"], "properties"), (&contract["dataset"], "columns")];
    for (tables, members) in tables {
        for table in tables.as_vec().into_iter().flatten() {
            let Some(name) = text_of(table, &["physicalName", "table", "name"]) else {
                proposals.notes.push("a table without a name was passed over".into());
                continue;
            };
            let mut columns = Vec::new();
            properties(&table[members], "", 0, &mut columns);
            let proposal = Proposal::of(place.namespace.clone(), place.name(&name));
            match columns.is_empty() {
                true => proposals.notes.push(format!("{name} lists no columns and was passed over")),
                false => proposals.datasets.push(proposal.with_all(columns)),
            }
        }
    }
    if proposals.datasets.is_empty() && proposals.notes.is_empty() {
        return Err(Unreadable("it describes no table: a contract has schema: with properties: in it".into()));
    }
    Ok(proposals)
}

fn properties(list: &Yaml, around: &str, depth: usize, columns: &mut Vec<Column>) {
    for property in list.as_vec().into_iter().flatten().filter(|_| depth < MAX_DEPTH) {
        let Some(name) = text_of(property, &["physicalName", "column", "name"]) else { continue };
        let path = if around.is_empty() { name } else { format!("{around}.{name}") };
        columns.push(Column { path: path.clone(), data_type: text_of(property, &["physicalType"]) });
        properties(&property["properties"], &path, depth + 1, columns);
        properties(&property["items"]["properties"], &path, depth + 1, columns);
    }
}

/// Where the tables of a contract are.
struct Place {
    namespace: Option<String>,
    prefix: Vec<String>,
}

impl Place {
    fn of(contract: &Yaml, notes: &mut Vec<String>) -> Self {
        let Some(server) = contract["servers"].as_vec().and_then(|servers| servers.first()) else {
            return Self { namespace: None, prefix: Vec::new() };
        };
        let kind = text_of(server, &["type"]).unwrap_or_default();
        let get = |key: &str| text_of(server, &[key]);
        let at = |scheme: &str, port: u16| Some(format!("{scheme}://{}:{}", get("host")?, get("port").unwrap_or_else(|| port.to_string())));
        let (namespace, parts) = match kind.as_str() {
            "postgres" | "postgresql" => (at("postgres", 5432), ["database", "schema"]),
            "redshift" => (at("redshift", 5439), ["database", "schema"]),
            "mysql" => (at("mysql", 3306), ["", "database"]),
            "sqlserver" => (at("mssql", 1433), ["database", "schema"]),
            "oracle" => (at("oracle", 1521), ["serviceName", "schema"]),
            "trino" => (at("trino", 8080), ["catalog", "schema"]),
            "snowflake" => (get("account").map(|account| format!("snowflake://{account}")), ["database", "schema"]),
            "bigquery" => (Some("bigquery".to_owned()), ["project", "dataset"]),
            "duckdb" => (get("database").map(|path| format!("duckdb://{path}")), ["", "schema"]),
            _ => (None, ["", ""]),
        };
        if namespace.is_none() {
            notes.push(format!("the namespace does not follow from a server of type {kind:?}: --namespace says it"));
        }
        Self { namespace, prefix: parts.into_iter().filter_map(get).collect() }
    }

    fn name(&self, table: &str) -> String {
        let prefix = self.prefix.iter().map(String::as_str);
        // A name that says its schema already is whole.
        if table.contains('.') { table.to_owned() } else { prefix.chain([table]).collect::<Vec<_>>().join(".") }
    }
}

fn text_of(yaml: &Yaml, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| match &yaml[*key] {
        Yaml::String(text) | Yaml::Real(text) if !text.is_empty() => Some(text.clone()),
        Yaml::Integer(number) => Some(number.to_string()),
        _ => None,
    })
}
