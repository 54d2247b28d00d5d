//! Naming rules as the catalog applies them: which datasets are known by another name. Nothing of it
//! is kept but a mark of the rules; other rules mean that everything is folded anew.

use super::{CatalogError, Reader};
use crate::fold::flow::Ruled;
use hashbrown::HashSet;
use schema::id;
use schema::log::ContentHash;
use schema::naming::Rules;
use std::sync::Arc;
use uuid::Uuid;

/// Applies rules to datasets as they come.
pub struct Naming {
    rules: Arc<Rules>,
    /// Names that rules gave so far.
    canonical: HashSet<Uuid>,
}

impl Naming {
    /// With nothing seen yet.
    pub fn new(rules: Arc<Rules>) -> Self {
        Self { rules, canonical: HashSet::new() }
    }

    /// What tells these rules from others.
    pub fn mark(&self) -> ContentHash {
        self.rules.mark()
    }

    /// What the rules say of a new dataset; `number` finds known ones by their id.
    pub fn apply(&mut self, dataset: u32, (namespace, name): (&str, &str), number: impl Fn(&Uuid) -> Option<u32>) -> Vec<Ruled> {
        let id = id::dataset(namespace, name);
        let Some(canonical) = self.rules.canonical(namespace, name) else {
            // It may have the very name that others were given.
            return self.canonical.contains(&id).then_some(Ruled { dataset, id, canonical: id }).into_iter().collect();
        };
        let canonical = id::dataset(&canonical.namespace, &canonical.name);
        let mut ruled = vec![Ruled { dataset, id, canonical }];
        if self.canonical.insert(canonical) {
            ruled.extend(number(&canonical).map(|dataset| Ruled { dataset, id: canonical, canonical }));
        }
        ruled
    }

    /// What the rules say of every dataset of a catalog.
    pub async fn apply_to_all(&mut self, reader: &Reader) -> Result<Vec<Ruled>, CatalogError> {
        let mut ruled = Vec::new();
        let names = reader.all_names().await?;
        let numbers: hashbrown::HashMap<Uuid, u32> = names.iter().map(|row| (id::dataset(&row.namespace, &row.name), row.number)).collect();
        for row in &names {
            ruled.extend(self.apply(row.number, (&row.namespace, &row.name), |id| numbers.get(id).copied()));
        }
        Ok(ruled)
    }
    /// What the rules say of the datasets from this number on, when these are the names that they gave before;
    /// `number` finds every dataset by its id.
    pub async fn go_on(
        &mut self,
        reader: &Reader,
        (mut from, given): (u32, impl Iterator<Item = Uuid>),
        number: impl Fn(&Uuid) -> Option<u32>,
    ) -> Result<Vec<Ruled>, CatalogError> {
        self.canonical.extend(given);
        let mut ruled = Vec::new();
        loop {
            let names = reader.names_from(from).await?;
            let Some(last) = names.last() else { return Ok(ruled) };
            from = last.number + 1;
            names.iter().for_each(|row| ruled.extend(self.apply(row.number, (&row.namespace, &row.name), &number)));
        }
    }
}
