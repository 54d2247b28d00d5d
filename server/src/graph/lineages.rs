//! Contents of facets that say where data comes from, by the facet's hash: column lineage and explicit
//! lineage. Kept once, however many runs assert them.

use super::columns::{FlowKey, PackedLineage};
use super::derive::Lineages;
use super::stated::stated_hops;
use crate::fold::flow::{Owner, Stated};
use hashbrown::HashMap;
use schema::log::ContentHash;
use schema::openlineage::facets::Transformation;

/// A column lineage facet ready for use.
struct ColumnLineage {
    datasets: Vec<u32>,
    packed: PackedLineage,
}

/// Every content that flows name.
#[derive(Default)]
pub struct KnownLineages {
    columns: HashMap<ContentHash, ColumnLineage>,
    statements: HashMap<ContentHash, Vec<Stated>>,
}

/// One hop into an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hop<'a> {
    /// Source dataset.
    pub dataset: u32,
    /// Its column; `None` when it is not said which.
    pub field: Option<&'a str>,
    /// Column of the output; `None` when all of it depends on the source.
    pub target: Option<&'a str>,
    /// How.
    pub transformations: &'a [Transformation],
}

impl KnownLineages {
    /// Takes in a column lineage facet.
    pub fn add_columns(&mut self, hash: ContentHash, packed: PackedLineage) {
        let mut datasets: Vec<u32> = packed.sources.iter().map(|source| source.0).collect();
        datasets.sort_unstable();
        datasets.dedup();
        self.columns.entry(hash).or_insert(ColumnLineage { datasets, packed });
    }

    /// Takes in a `lineage` facet.
    pub fn add_statements(&mut self, hash: ContentHash, statements: Vec<Stated>) {
        self.statements.entry(hash).or_insert(statements);
    }

    /// The hops that a facet makes into one output of an owner.
    pub fn hops(&self, owner: Owner, (output, hash): FlowKey) -> Vec<Hop<'_>> {
        if let Some(known) = self.columns.get(&hash) {
            let sources = known.packed.sources.iter();
            return sources
                .map(|(dataset, field, target, transformations)| Hop {
                    dataset: *dataset,
                    field: Some(field),
                    target: target.as_deref(),
                    transformations,
                })
                .collect();
        }
        let mut said = stated_hops(owner, self.statements(hash));
        let hop = |(dataset, field, target, transformations)| Hop { dataset, field, target, transformations };
        said.remove(&output).unwrap_or_default().into_iter().map(hop).collect()
    }
}

impl Lineages for KnownLineages {
    fn source_datasets(&self, hash: ContentHash) -> &[u32] {
        self.columns.get(&hash).map_or(&[], |lineage| &lineage.datasets)
    }

    fn is_complete(&self, hash: ContentHash) -> bool {
        self.columns.get(&hash).is_some_and(|lineage| lineage.packed.complete)
    }

    fn statements(&self, hash: ContentHash) -> &[Stated] {
        self.statements.get(&hash).map_or(&[], Vec::as_slice)
    }
}
