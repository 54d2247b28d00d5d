//! What search should find of an entity: catalog rows and the graph's columns turned into documents.

use crate::catalog::read::EntityRow;
use crate::catalog::{CatalogError, Reader};
use crate::fold::flow::Owner;
use crate::graph::Graph;
use crate::search::{Document, Kind};
use hashbrown::HashSet;
use schema::id;
use schema::json::Json;
use schema::openlineage::facets::{self, Tag};
use std::collections::HashMap;
use uuid::Uuid;

/// Names read from the catalog at a time; a class is read whole.
const CHUNK: usize = 500;

/// What is to be looked at at a time.
#[derive(Default)]
pub struct Chunk {
    /// Alias classes, the representative first.
    classes: Vec<Vec<u32>>,
    /// Datasets that another one represents: no documents of their own.
    represented: Vec<u32>,
    jobs: Vec<u32>,
}

/// Everything that may have changed, in parts. A class is looked at once, however many of its names were touched.
pub fn chunks(graph: &Graph, owners: &HashSet<Owner>) -> Vec<Chunk> {
    let number = |pick: fn(&Owner) -> Option<u32>| {
        let mut numbers: Vec<u32> = owners.iter().filter_map(pick).collect();
        numbers.sort_unstable();
        numbers
    };
    let touched = number(|owner| if let Owner::Dataset(id) = owner { Some(*id) } else { None });
    let jobs = number(|owner| if let Owner::Job(id) = owner { Some(*id) } else { None });
    let mut chunks = Vec::new();
    let mut classes = Vec::new();
    let mut names = 0;
    for first in graph.representatives(touched.iter().copied()) {
        let class = graph.members(&first);
        names += class.len();
        classes.push(class.to_vec());
        if names >= CHUNK {
            chunks.push(Chunk { classes: std::mem::take(&mut classes), ..Chunk::default() });
            names = 0;
        }
    }
    chunks.push(Chunk { classes, ..Chunk::default() });
    let represented: Vec<u32> = touched.into_iter().filter(|&dataset| graph.representative(dataset) != dataset).collect();
    chunks.extend(represented.chunks(CHUNK).map(|some| Chunk { represented: some.to_vec(), ..Chunk::default() }));
    chunks.extend(jobs.chunks(CHUNK).map(|some| Chunk { jobs: some.to_vec(), ..Chunk::default() }));
    chunks
}

/// Documents of these entities, by entity id.
pub async fn documents(reader: &Reader, graph: &Graph, chunk: &Chunk) -> Result<Vec<(Uuid, Vec<Document>)>, CatalogError> {
    let (datasets, names) = reader.named_datasets(&chunk.classes).await?;
    let jobs = reader.jobs(&chunk.jobs).await?;
    let dataset_facets = reader.current_facets(&datasets.iter().collect::<Vec<_>>()).await?;
    let job_facets = reader.current_facets(&jobs.iter().collect::<Vec<_>>()).await?;
    let mut all = Vec::new();
    for ((row, names), facets) in datasets.iter().zip(names).zip(dataset_facets) {
        // What is only said to be a name of something that is not known is nothing to find.
        let known = row.entity.span.is_some();
        all.push((row.id, if known { dataset(row, &Facets(facets), graph, names) } else { Vec::new() }));
    }
    // One document stands for all names of a thing.
    all.extend(reader.datasets(&chunk.represented).await?.iter().map(|row| (row.id, Vec::new())));
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
    let more: Vec<(String, Option<String>)> = {
        let known: HashSet<&str> = columns.iter().map(|(path, _)| path.as_str()).collect();
        let more = graph.columns_of(row.number).into_iter().filter(|(name, ..)| !known.contains(&**name));
        more.map(|(name, ..)| (name.to_string(), None)).collect()
    };
    columns.extend(more);
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
