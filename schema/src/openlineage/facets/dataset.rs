//! Facets of a dataset: what it is, not how it came to be.

use crate::json::Json;

/// One column of a schema, in depth-first order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Dotted path from the top.
    pub path: String,
    /// 0 at the top.
    pub depth: u32,
    /// As the emitter names it.
    pub data_type: Option<String>,
    /// What it means.
    pub description: Option<String>,
    /// Position among its siblings when the emitter says one.
    pub ordinal: Option<i64>,
}

/// The `schema` facet, nested fields flattened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// Parents before their children.
    pub fields: Vec<Field>,
}

/// Reads a `schema` facet; unnamed fields are passed over, a repeated path counts once.
pub fn schema(facet: &Json<'_>) -> Schema {
    let mut schema = Schema::default();
    let mut seen = std::collections::HashSet::new();
    flatten(facet, "", 0, &mut schema.fields, &mut seen);
    schema
}

fn flatten(parent: &Json<'_>, prefix: &str, depth: u32, out: &mut Vec<Field>, seen: &mut std::collections::HashSet<String>) {
    for field in parent.objects("fields") {
        let Some(name) = field.text("name").filter(|name| !name.is_empty()) else { continue };
        let path = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        if !seen.insert(path.clone()) {
            continue;
        }
        out.push(Field {
            path: path.clone(),
            depth,
            data_type: field.text("type").filter(|text| !text.is_empty()),
            description: field.text("description").filter(|text| !text.is_empty()),
            ordinal: field.integer("ordinal_position"),
        });
        flatten(field, &path, depth + 1, out, seen);
    }
}

/// The `dataSource` facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataSource {
    /// Name of the source.
    pub name: Option<String>,
    /// Where it is, credentials removed.
    pub uri: Option<String>,
}

/// Reads a `dataSource` facet. User and password are cut from the address: people see this.
pub fn data_source(facet: &Json<'_>) -> DataSource {
    DataSource { name: facet.text("name"), uri: facet.text("uri").map(|uri| super::secret::address(&uri)) }
}

/// Another name of the same dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symlink {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// `TABLE`, `LOCATION`, …
    pub kind: Option<String>,
}

/// Reads a `symlinks` facet.
pub fn symlinks(facet: &Json<'_>) -> Vec<Symlink> {
    let read = |s: &Json<'_>| Some(Symlink { namespace: s.text("namespace")?, name: s.text("name")?, kind: s.text("type") });
    facet.objects("identifiers").filter_map(read).collect()
}

/// The `lifecycleStateChange` facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    /// `CREATE`, `DROP`, `RENAME`, … as sent.
    pub state: String,
    /// Namespace and name before a rename.
    pub previous: Option<(String, String)>,
}

/// Reads a `lifecycleStateChange` facet.
pub fn lifecycle(facet: &Json<'_>) -> Option<Lifecycle> {
    let previous = facet.get("previousIdentifier").and_then(|p| Some((p.text("namespace")?, p.text("name")?)));
    Some(Lifecycle { state: facet.text("lifecycleStateChange")?, previous })
}

/// Reads a `version` facet.
pub fn version(facet: &Json<'_>) -> Option<String> {
    facet.text("datasetVersion")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_fields_become_paths() {
        let json = Json::parse(
            br#"{"fields":[{"name":"a","type":"STRUCT","fields":[{"name":"b","type":"INT"}]},{"name":"c"},{"type":"x"},7,{"name":"c"}]}"#,
        )
        .unwrap();
        let paths: Vec<_> = schema(&json).fields.into_iter().map(|f| (f.path, f.depth)).collect();
        assert_eq!(paths, [("a".into(), 0), ("a.b".into(), 1), ("c".into(), 0)]);
        for broken in ["null", "[]", r#"{"fields":"x"}"#, r#"{"fields":null}"#] {
            assert_eq!(schema(&Json::parse(broken.as_bytes()).unwrap()), Schema::default());
        }
    }
}
