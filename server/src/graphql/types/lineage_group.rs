//! Lineage by namespace, schema, owner or tag.

use super::lineage::{Lineage, LineageEdge, LineageEntity, LineageGranularity, LineageGroup, LineageNode};
use super::lineage_answer::{PageArguments, page_of};
use super::lineage_named::Named;
use crate::catalog::read::Kind;
use crate::graphql::error::{ApiError, Result};
use crate::graphql::load::app;
use crate::graphql::scalar::count;
use crate::lineage::answer::{Answer, Vertex};
use crate::lineage::rollup::{Group, GroupEdge, rollup};
use async_graphql::{Context, ID};
use schema::json::Json;
use schema::openlineage::facets;
use std::collections::{BTreeSet, HashMap};

/// A heading: the namespace of a schema, and the name. Without a name: datasets that have none.
type Heading = (Option<String>, Option<String>);

/// Rolls an answer up and lists its groups.
pub async fn grouped(ctx: &Context<'_>, answer: Answer, by: LineageGranularity, page: PageArguments, limit: usize) -> Result<Lineage> {
    let headings = headings(ctx, &answer, by).await?;
    let rolled = rollup(&answer, |dataset| headings.get(&dataset).cloned().unwrap_or_else(|| vec![(None, None)]));
    let datasets = answer.nodes.iter().filter(|(vertex, _)| matches!(vertex, Vertex::Dataset(_))).count();
    let total = rolled.groups.len();
    let distances: HashMap<Heading, u32> = rolled.groups.iter().map(|(key, group)| (key.clone(), group.distance)).collect();
    let mut list: Vec<((u32, Heading), Group)> = rolled.groups.into_iter().map(|(key, group)| ((group.distance, key), group)).collect();
    list.sort_by(|a, b| a.0.cmp(&b.0));
    let is_paged = page.first.is_some();
    let (listed, page_info) = page_of(list, &page, limit)?;
    let on_page: BTreeSet<&Heading> = listed.iter().map(|((_, key), _)| key).collect();
    let far = |from: &Heading, to: &Heading| if distances[from] > distances[to] { from.clone() } else { to.clone() };
    let edges = rolled.edges.into_iter().filter(|((from, to), _)| on_page.contains(&far(from, to)));
    let edges = edges.map(|((from, to), edge)| group_edge(id(by, &from), id(by, &to), &edge)).collect();
    let cut = !is_paged && page_info.has_next_page;
    let node = |((distance, key), group): ((u32, Heading), Group)| LineageNode {
        distance: count(distance),
        node: LineageEntity::Group(LineageGroup {
            id: id(by, &key),
            by,
            namespace: key.0,
            name: key.1,
            dataset_count: count(group.datasets),
            inner_edge_count: count(group.inner_edges),
        }),
        reckoned: None,
        outcomes: None,
    };
    Ok(Lineage {
        start: None,
        unknown: Vec::new(),
        total_count: count(total),
        dataset_count: count(datasets),
        job_count: count(answer.nodes.len() - datasets),
        column_count: 0,
        complete: !cut,
        truncated_because: cut.then(|| format!("there are {total} groups and {limit} are listed; page through them with first and after")),
        graph_version: answer.version.into(),
        nodes: listed.into_iter().map(node).collect(),
        edges,
        page_info,
    })
}

fn id(by: LineageGranularity, (namespace, name): &Heading) -> ID {
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    format!("{by:?}:{}:{}", text(namespace), text(name)).into()
}

fn group_edge(from: ID, to: ID, edge: &GroupEdge) -> LineageEdge {
    LineageEdge {
        from,
        to,
        job: None,
        basis: edge.basis.into(),
        origin: None,
        first_seen: edge.first.into(),
        last_seen: edge.last.into(),
        confidence: edge.confidence.into(),
        transformations: Vec::new(),
        column_level: false,
        count: count(edge.pairs),
        owner: None,
        ends: None,
        handed_over: Vec::new(),
    }
}

/// The headings of every dataset of an answer; those of all names of an alias class together.
async fn headings(ctx: &Context<'_>, answer: &Answer, by: LineageGranularity) -> Result<HashMap<u32, Vec<Heading>>> {
    let named = |facet: HashMap<u32, Vec<String>>| {
        facet.into_iter().map(|(dataset, names)| (dataset, names.into_iter().map(|name| (None, Some(name))).collect())).collect()
    };
    Ok(match by {
        LineageGranularity::Owner => {
            named(by_facet(ctx, "ownership", |json| facets::owners(json).into_iter().map(|o| o.name).collect()).await?)
        }
        LineageGranularity::Tag => named(
            by_facet(ctx, "tags", |json| facets::tags(json).into_iter().filter(|tag| tag.field.is_none()).map(tag_words).collect()).await?,
        ),
        _ => {
            let datasets = answer.nodes.iter().map(|(vertex, _)| vertex.node());
            let rows = Named::load(ctx, datasets.filter(|node| matches!(node, crate::graph::Node::Dataset(_)))).await?.datasets;
            let heading = |namespace: &str, name: &str| match by {
                LineageGranularity::Schema => (Some(namespace.to_owned()), schema_of(name).map(str::to_owned)),
                _ => (None, Some(namespace.to_owned())),
            };
            rows.into_iter().map(|(number, row)| (number, vec![heading(&row.namespace, &row.name)])).collect()
        }
    })
}

async fn by_facet(ctx: &Context<'_>, key: &str, read: impl Fn(&Json<'_>) -> Vec<String>) -> Result<HashMap<u32, Vec<String>>> {
    let read = |body: &[u8]| Json::parse(body).ok().map(|json| read(&json)).filter(|names| !names.is_empty());
    let found = app(ctx).catalog.facet_values(Kind::Dataset, key, read).await.map_err(ApiError::from)?;
    let graph = app(ctx).graph();
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
