//! What search should find of an entity: catalog rows and the graph's columns turned into documents.

use crate::catalog::read::EntityRow;
use crate::catalog::{CatalogError, Reader};
use crate::fold::flow::Owner;
use crate::graph::Graph;
use crate::search::{Document, Kind};
use schema::id;
use schema::json::Json;
use schema::openlineage::facets::{self, Tag};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Documents of these entities, by entity id.
pub async fn documents(reader: &Reader, graph: &Graph, owners: &[Owner]) -> Result<Vec<(Uuid, Vec<Document>)>, CatalogError> {
    let numbers = |pick: fn(&Owner) -> Option<u32>| owners.iter().filter_map(pick).collect::<Vec<u32>>();
    let touched = numbers(|owner| if let Owner::Dataset(id) = owner { Some(*id) } else { None });
    let classes: BTreeSet<Vec<u32>> = touched.iter().map(|number| graph.members(number).to_vec()).collect();
    let classes: Vec<Vec<u32>> = classes.into_iter().collect();
    let datasets = reader.whole_datasets(&classes).await?;
    let others: Vec<u32> = classes.iter().flat_map(|class| class.iter().skip(1)).copied().collect();
    let aliases = reader.datasets(&others).await?;
    let jobs = reader.jobs(&numbers(|owner| if let Owner::Job(id) = owner { Some(*id) } else { None })).await?;
    let dataset_facets = reader.current_facets(&datasets.iter().collect::<Vec<_>>()).await?;
    let job_facets = reader.current_facets(&jobs.iter().collect::<Vec<_>>()).await?;
    let mut all = Vec::with_capacity(owners.len());
    for (row, facets) in datasets.iter().zip(dataset_facets) {
        // What is only said to be a name of something that is not known is nothing to find.
        let known = row.entity.span.is_some();
        let names = aliases.iter().filter(|alias| row.members.contains(&alias.number)).map(|alias| alias.name.clone()).collect();
        all.push((row.id, if known { dataset(row, &Facets(facets), graph, names) } else { Vec::new() }));
    }
    // One document stands for all names of a thing.
    all.extend(aliases.iter().map(|alias| (alias.id, Vec::new())));
    for (row, facets) in jobs.iter().zip(job_facets) {
        all.push((row.id, vec![entity(row, Kind::Job, &Facets(facets))]));
    }
    Ok(all)
}

struct Facets(HashMap<String, Vec<u8>>);

impl Facets {
    fn read<T>(&self, key: &str, read: impl FnOnce(&Json<'_>) -> T) -> Option<T> {
        self.0.get(key).and_then(|body| Json::parse(body).ok().map(|json| read(&json)))
    }
}

fn entity(row: &EntityRow, kind: Kind, facets: &Facets) -> Document {
    let owners = facets.read("ownership", facets::owners).unwrap_or_default();
    let tags = facets.read("tags", facets::tags).unwrap_or_default();
    Document {
        id: row.id,
        entity: row.id,
        kind,
        namespace: row.namespace.clone(),
        name: row.name.clone(),
        dataset: None,
        description: facets.read("documentation", facets::documentation).flatten(),
        columns: Vec::new(),
        aliases: Vec::new(),
        tags: tag_names(&tags, None),
        owners: owners.into_iter().map(|owner| owner.name).collect(),
    }
}

fn dataset(row: &EntityRow, facets: &Facets, graph: &Graph, aliases: Vec<String>) -> Vec<Document> {
    let mut whole = entity(row, Kind::Dataset, facets);
    whole.aliases = aliases;
    let tags = facets.read("tags", facets::tags).unwrap_or_default();
    let mut columns: Vec<(String, Option<String>)> = Vec::new();
    for field in facets.read("schema", facets::schema).unwrap_or_default().fields {
        columns.push((field.path, field.description));
    }
    for (name, ..) in graph.columns_of(row.number) {
        if !columns.iter().any(|(known, _)| *known == *name) {
            columns.push((name.to_string(), None));
        }
    }
    whole.columns = columns.iter().map(|(path, _)| path.clone()).collect();
    let owners = whole.owners.clone();
    let mut all = vec![whole];
    all.extend(columns.into_iter().map(|(path, description)| Document {
        id: id::column(row.id, &path),
        entity: row.id,
        kind: Kind::Column,
        namespace: row.namespace.clone(),
        tags: tag_names(&tags, Some(&path)),
        name: path,
        dataset: Some(row.name.clone()),
        description,
        columns: Vec::new(),
        aliases: Vec::new(),
        owners: owners.clone(),
    }));
    all
}

/// Tags of the whole (`None`) or of one column, by name.
fn tag_names(tags: &[Tag], column: Option<&str>) -> Vec<String> {
    tags.iter().filter(|tag| tag.field.as_deref() == column).map(|tag| tag.key.clone()).collect()
}
