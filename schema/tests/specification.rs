//! The coverage table against the JSON schemas of the specification: with OPENLINEAGE_SPEC_DIR set, a
//! facet or field that the table does not have fails here, and so does one that only the table has.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use schema::openlineage::coverage;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Key and file of a facet, and the paths of its fields.
type Facets = BTreeMap<(String, String), BTreeSet<String>>;

#[test]
fn every_facet_and_field_of_the_specification_is_in_the_table() {
    let Some(root) = std::env::var_os("OPENLINEAGE_SPEC_DIR").map(PathBuf::from) else {
        println!("skipped: OPENLINEAGE_SPEC_DIR is not set");
        return;
    };
    let mut specified = Facets::new();
    for folder in ["facets", "registry/gcp", "registry/iceberg"] {
        for file in std::fs::read_dir(root.join(folder)).unwrap() {
            read(&root, &file.unwrap().path(), &mut specified);
        }
    }
    assert!(specified.len() > 40, "the folder has only {} facets", specified.len());
    let mut covered = Facets::new();
    for facet in coverage::all() {
        let fields = facet.fields.split_whitespace().map(str::to_owned);
        // Two definitions of one key in one file (`lineage`) count together.
        covered.entry((facet.key.to_owned(), facet.file.to_owned())).or_default().extend(fields);
    }
    let lines = |facets: &Facets| -> BTreeSet<String> {
        facets.iter().flat_map(|((key, file), fields)| fields.iter().map(move |field| format!("{file}: {key}.{field}"))).collect()
    };
    let (specified, covered) = (lines(&specified), lines(&covered));
    let missing: Vec<_> = specified.difference(&covered).collect();
    let surplus: Vec<_> = covered.difference(&specified).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "not in schema/src/openlineage/coverage: {missing:#?}\nonly there: {surplus:#?}");
}

fn read(root: &Path, path: &Path, facets: &mut Facets) {
    let json: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let Some(properties) = json["properties"].as_object() else { return };
    let file = path.strip_prefix(root).unwrap().display().to_string();
    let definitions = json["$defs"].as_object().cloned().unwrap_or_default();
    for (key, property) in properties {
        let either = ["oneOf", "anyOf"].iter().flat_map(|either| property[*either].as_array().into_iter().flatten());
        for name in std::iter::once(property).chain(either).filter_map(name_of) {
            let mut fields = BTreeSet::new();
            walk(&definitions, &definitions[name], "", &[name], &mut fields);
            fields.retain(|field| !field.ends_with('*') && !field.starts_with('_'));
            facets.entry((key.clone(), file.clone())).or_default().extend(fields);
        }
    }
}

/// The definition of the same file that a schema refers to.
fn name_of(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix("#/$defs/")
}

fn resolve(definitions: &Map<String, Value>, schema: &Value, prefix: &str, seen: &[&str], fields: &mut BTreeSet<String>) {
    match name_of(schema) {
        Some(name) if seen.contains(&name) => {}
        Some(name) => walk(definitions, &definitions[name], prefix, &[seen, &[name]].concat(), fields),
        None if !schema.is_object() || schema["$ref"].is_string() => {}
        None => walk(definitions, schema, prefix, seen, fields),
    }
}

/// Paths below a schema.
fn walk(definitions: &Map<String, Value>, schema: &Value, prefix: &str, seen: &[&str], fields: &mut BTreeSet<String>) {
    for parts in ["allOf", "oneOf", "anyOf"] {
        schema[parts].as_array().into_iter().flatten().for_each(|part| resolve(definitions, part, prefix, seen, fields));
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        fields.insert(format!("{prefix}{name}"));
        let below = format!("{prefix}{name}.");
        resolve(definitions, property, &below, seen, fields);
        resolve(definitions, &property["items"], &below, seen, fields);
        resolve(definitions, &property["additionalProperties"], &format!("{below}*."), seen, fields);
    }
    if schema["properties"].is_null() {
        resolve(definitions, &schema["additionalProperties"], &format!("{prefix}*."), seen, fields);
    }
    resolve(definitions, &schema["items"], prefix, seen, fields);
}
