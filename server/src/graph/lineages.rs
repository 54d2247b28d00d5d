//! Contents of facets that say where data comes from, by the facet's hash: column lineage and explicit
//! lineage. Column lineage is taken apart when the first flow asserts it; from then on its hops in the graph are
//! all that is kept of it.

use super::asserted::PackedLineage;
use super::derive::Lineages;
use crate::fold::flow::Stated;
use hashbrown::HashMap;
use schema::log::ContentHash;
use serde::{Deserialize, Serialize};

/// A column lineage facet.
#[derive(Serialize, Deserialize)]
pub struct ColumnLineage {
    /// Sorted, each once.
    datasets: Box<[u32]>,
    complete: bool,
    content: Content,
}

/// What it says.
#[derive(Serialize, Deserialize)]
pub enum Content {
    /// As it came; no flow asserted it yet.
    Said(Box<PackedLineage>),
    /// As the hops of this flow, which was the first.
    Flow(u32),
}

/// Every content that flows name.
#[derive(Default)]
pub struct KnownLineages {
    pub(super) columns: HashMap<ContentHash, ColumnLineage>,
    /// Rows that nothing asked for yet: at start-up there are many.
    pub(super) rows: HashMap<ContentHash, Vec<u8>>,
    pub(super) statements: HashMap<ContentHash, Vec<Stated>>,
}

impl KnownLineages {
    /// Takes in a column lineage facet.
    pub fn add_columns(&mut self, hash: ContentHash, packed: PackedLineage) {
        self.columns.entry(hash).or_insert_with(|| {
            let mut datasets: Vec<u32> = packed.sources.iter().map(|source| source.0).collect();
            datasets.sort_unstable();
            datasets.dedup();
            ColumnLineage { datasets: datasets.into(), complete: packed.complete, content: Content::Said(packed.into()) }
        });
    }

    /// Takes in the row of a column lineage facet, to be read when it is needed.
    pub fn add_row(&mut self, hash: ContentHash, row: Vec<u8>) {
        self.rows.insert(hash, row);
    }

    /// Reads the rows that are needed now.
    pub fn read(&mut self, hashes: impl Iterator<Item = ContentHash>) -> Result<(), postcard::Error> {
        if self.rows.is_empty() {
            return Ok(());
        }
        for hash in hashes {
            if let Some(row) = self.rows.remove(&hash) {
                self.add_columns(hash, postcard::from_bytes(&row)?);
            }
        }
        Ok(())
    }

    /// Takes in a `lineage` facet.
    pub fn add_statements(&mut self, hash: ContentHash, statements: Vec<Stated>) {
        self.statements.entry(hash).or_insert(statements);
    }

    /// What a column lineage facet says.
    pub fn content(&self, hash: ContentHash) -> Option<&Content> {
        self.columns.get(&hash).map(|lineage| &lineage.content)
    }

    /// Forgets what a column lineage facet said: the hops of this flow say it.
    pub fn take_apart(&mut self, hash: ContentHash, flow: u32) {
        if let Some(lineage) = self.columns.get_mut(&hash) {
            lineage.content = Content::Flow(flow);
        }
    }
}

impl Lineages for KnownLineages {
    fn source_datasets(&self, hash: ContentHash) -> &[u32] {
        self.columns.get(&hash).map_or(&[], |lineage| &lineage.datasets)
    }

    fn is_complete(&self, hash: ContentHash) -> bool {
        self.columns.get(&hash).is_some_and(|lineage| lineage.complete)
    }

    fn statements(&self, hash: ContentHash) -> &[Stated] {
        self.statements.get(&hash).map_or(&[], Vec::as_slice)
    }
}
