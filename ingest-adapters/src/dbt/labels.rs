//! What people attach to nodes and columns: tags, meta and owners, wherever dbt's versions put them.

use super::facet;
use super::node::{text, texts};
use schema::json::Json;
use serde_json::{Value, json};

/// Tags and meta entries of a node or column as entries of a `tags` facet: a tag is `true`, a meta entry
/// has its value, as dbt-ol writes them into its runs. `owner` is told by the `ownership` facet.
pub(super) fn tags(json: &Json<'_>, column: Option<&str>) -> Vec<Value> {
    let entry = |key: &str, value: String, source: &str| {
        facet::without_nulls(json!({ "key": key, "value": value, "source": source, "field": column }))
    };
    let plain = distinct(texts(json, "tags").chain(json.get("config").into_iter().flat_map(|config| texts(config, "tags"))));
    let mut entries: Vec<Value> = plain.into_iter().map(|tag| entry(tag, "true".to_owned(), "DBT")).collect();
    let meta = meta(json).and_then(Json::as_object).unwrap_or_default().iter();
    entries.extend(meta.filter(|(key, _)| key != "owner").map(|(key, value)| entry(key, facet::text(value), "DBT_META")));
    entries
}

/// `meta`, which newer versions keep under `config`.
fn meta<'d>(json: &'d Json<'d>) -> Option<&'d Json<'d>> {
    let filled = |meta: &&Json<'_>| meta.as_object().is_some_and(|members| !members.is_empty());
    json.get("meta").filter(filled).or_else(|| json.get("config")?.get("meta"))
}

fn distinct<'d>(items: impl Iterator<Item = &'d str>) -> Vec<&'d str> {
    let mut all: Vec<&str> = Vec::new();
    for item in items {
        if !all.contains(&item) {
            all.push(item);
        }
    }
    all
}

/// Owners: `meta.owner` (a name, several, or an object), an exposure's `owner`, and the owner of the
/// group. A group's is marked, for it owns more than this.
pub(super) fn owners(json: &Json<'_>, group: Option<&Json<'_>>) -> Vec<Value> {
    let own = meta(json).and_then(|meta| meta.get("owner")).or(json.get("owner"));
    let mut names: Vec<(String, Option<&str>)> = Vec::new();
    let mut add = |name: Option<String>, kind| {
        if let Some(name) = name.filter(|name| !names.iter().any(|(known, _)| known == name)) {
            names.push((name, kind));
        }
    };
    match own {
        Some(Json::Array(several)) => several.iter().for_each(|one| add(owner(one), None)),
        Some(one) => add(owner(one), None),
        None => {}
    }
    add(group.and_then(|group| owner(group.get("owner")?)), Some("GROUP"));
    names.into_iter().map(|(name, kind)| facet::without_nulls(json!({ "name": name, "type": kind }))).collect()
}

/// A name, a mail address, or both as in a mail's header, so that either finds it.
fn owner(json: &Json<'_>) -> Option<String> {
    if let Json::String(name) = json {
        return Some(name.clone().into_owned()).filter(|name| !name.is_empty());
    }
    match (text(json, "name"), text(json, "email")) {
        (Some(name), Some(email)) => Some(format!("{name} <{email}>")),
        (name, email) => name.or(email).map(str::to_owned),
    }
}

/// The facets `tags`, `ownership` and `documentation` of a `Dataset` or `Job`, each when there is something to say.
pub(super) fn facets(facets: &mut facet::Facets, entity: &str, tags: Vec<Value>, owners: Vec<Value>, description: Option<&str>) {
    if !tags.is_empty() {
        facets.insert("tags".into(), facet::list(&format!("1-0-0/Tags{entity}Facet"), "tags", tags));
    }
    if !owners.is_empty() {
        facets.insert("ownership".into(), facet::list(&format!("1-0-1/Ownership{entity}Facet"), "owners", owners));
    }
    if let Some(description) = description {
        facets.insert("documentation".into(), facet::documentation(entity, description));
    }
}
