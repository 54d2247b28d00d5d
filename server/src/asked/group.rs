//! An answer by namespace, schema, owner or tag: which headings its datasets come under.

use super::Result;
use super::words::LineageGranularity;
use crate::app::App;
use crate::catalog::CatalogError;
use crate::catalog::read::Kind;
use crate::lineage::answer::{Answer, Vertex};
use crate::lineage::rollup::{Group, GroupEdge, rollup};
use schema::id;
use schema::json::Json;
use schema::openlineage::facets;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// What datasets are grouped by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Heading {
    /// Of a schema, its namespace.
    pub namespace: Option<String>,
    /// None for datasets that have no such heading.
    pub name: Option<String>,
}

/// Datasets under one heading.
#[derive(Debug)]
pub struct GroupNode {
    /// Which.
    pub heading: Heading,
    /// What it holds.
    pub group: Group,
}

/// Edges from one group to another.
#[derive(Debug)]
pub struct GroupLink {
    /// Data flows from here,
    pub from: Heading,
    /// to here.
    pub to: Heading,
    /// All of them together.
    pub edge: GroupEdge,
}

/// Groups, nearest first, and the edges between them, by their ends.
#[derive(Debug)]
pub struct Groups {
    /// What kind of heading it is.
    pub by: LineageGranularity,
    /// Nodes.
    pub nodes: Vec<GroupNode>,
    /// Edges.
    pub edges: Vec<GroupLink>,
}

impl Heading {
    const NONE: Self = Self { namespace: None, name: None };

    fn of(name: String) -> Self {
        Self { namespace: None, name: Some(name) }
    }

    /// Its id as a node.
    pub fn id(&self, by: LineageGranularity) -> Uuid {
        id::group(by.word(), self.namespace.as_deref(), self.name.as_deref())
    }
}

/// Rolls an answer up.
pub async fn grouped(app: &App, answer: Answer, by: LineageGranularity) -> Result<Groups> {
    let headings = headings(app, &answer, by).await?;
    let work = move || {
        let rolled = rollup(&answer, |dataset| headings.get(&dataset).cloned().unwrap_or_else(|| vec![Heading::NONE]));
        let mut nodes: Vec<GroupNode> = rolled.groups.into_iter().map(|(heading, group)| GroupNode { heading, group }).collect();
        nodes.sort_by(|a, b| (a.group.distance, &a.heading).cmp(&(b.group.distance, &b.heading)));
        let edges = rolled.edges.into_iter().map(|((from, to), edge)| GroupLink { from, to, edge }).collect();
        Groups { by, nodes, edges }
    };
    Ok(app.work.walk(work).await?)
}

/// The headings of every dataset of an answer; those of all names of an alias class together.
async fn headings(app: &App, answer: &Answer, by: LineageGranularity) -> Result<HashMap<u32, Vec<Heading>>> {
    let found = match by {
        LineageGranularity::Owner => {
            by_facet(app, "ownership", |json| facets::owners(json).into_iter().map(|owner| owner.name).collect()).await?
        }
        LineageGranularity::Tag => {
            let own = |json: &Json<'_>| facets::tags(json).into_iter().filter(|tag| tag.field.is_none()).map(tag_words).collect();
            by_facet(app, "tags", own).await?
        }
        _ => return Ok(by_name(app, answer, by).await?),
    };
    Ok(found.into_iter().map(|(dataset, names)| (dataset, names.into_iter().map(Heading::of).collect())).collect())
}

async fn by_name(app: &App, answer: &Answer, by: LineageGranularity) -> std::result::Result<HashMap<u32, Vec<Heading>>, CatalogError> {
    let dataset = |vertex: &Vertex| if let Vertex::Dataset(dataset) = vertex { Some(*dataset) } else { None };
    let datasets: Vec<u32> = answer.nodes.iter().filter_map(|(vertex, _)| dataset(vertex)).collect();
    let rows = app.catalog.names(Kind::Dataset, &datasets).await?;
    let heading = |namespace: String, name: &str| match by {
        LineageGranularity::Schema => Heading { namespace: Some(namespace), name: schema_of(name).map(str::to_owned) },
        _ => Heading::of(namespace),
    };
    Ok(rows.into_iter().map(|row| (row.number, vec![heading(row.namespace, &row.name)])).collect())
}

async fn by_facet(
    app: &App,
    key: &str,
    read: impl Fn(&Json<'_>) -> Vec<String>,
) -> std::result::Result<HashMap<u32, Vec<String>>, CatalogError> {
    let read = |body: &[u8]| Json::parse(body).ok().map(|json| read(&json)).filter(|names| !names.is_empty());
    let found = app.catalog.facet_values(Kind::Dataset, key, read).await?;
    let graph = app.graph();
    let mut names: HashMap<u32, Vec<String>> = HashMap::new();
    for (dataset, values) in found {
        let known = names.entry(graph.representative(dataset)).or_default();
        known.extend(values);
        known.sort();
        known.dedup();
    }
    Ok(names)
}

fn tag_words(tag: facets::Tag) -> String {
    match tag.value.filter(|value| value != "true") {
        Some(value) => format!("{}={value}", tag.key),
        None => tag.key,
    }
}

/// The name without its last part: a folder of a path, or what stands before the last dot.
fn schema_of(name: &str) -> Option<&str> {
    let separator = if name.contains('/') { '/' } else { '.' };
    name.rsplit_once(separator).map(|(schema, _)| schema).filter(|schema| !schema.is_empty())
}

#[cfg(test)]
mod tests {
    use super::schema_of;

    #[test]
    fn a_schema_is_what_stands_before_the_last_part() {
        assert_eq!(schema_of("db.public.orders"), Some("db.public"));
        assert_eq!(schema_of("/data/raw/2024.csv"), Some("/data/raw"));
        assert_eq!(schema_of("orders"), None);
        assert_eq!(schema_of("/orders"), None);
    }
}
