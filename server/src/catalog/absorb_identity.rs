//! Merges what an event says of the identity and life of datasets, and its explicit lineage, both in
//! the catalog's numbers.

use super::Writer;
use crate::fold::facts::{AliasFact, LifecycleFact};
use crate::fold::flow::{End, ExplicitLineageFact, Owner};
use crate::fold::statement::ExplicitFact;
use schema::moment::Moment;

impl Writer {
    /// Aliases by the facet that counts, drops and renames, and what was written since.
    pub(super) fn identities(
        &mut self,
        aliases: &[AliasFact],
        lifecycle: &[LifecycleFact],
        datasets: &[u32],
        outputs: &[u32],
        time: Moment,
    ) {
        let symlinks = self.key("symlinks");
        for fact in aliases {
            let id = datasets[fact.dataset];
            for &(other, is_table) in &fact.others {
                self.datasets.entry(datasets[other]).or_default().life.table |= is_table;
                self.batch.identities.insert(datasets[other]);
            }
            let entity = self.datasets.entry(id).or_default();
            if entity.current.get(&symlinks).is_some_and(|current| current.stamp == fact.stamp) {
                entity.life.symlinks = fact.others.iter().map(|&(other, _)| datasets[other]).collect();
                self.batch.identities.insert(id);
            }
        }
        for fact in lifecycle {
            let id = datasets[fact.dataset];
            if fact.dropped {
                let life = &mut self.datasets.entry(id).or_default().life;
                life.dropped = life.dropped.max(Some(time.0));
                self.batch.identities.insert(id);
            }
            if let Some(previous) = fact.previous.map(|place| datasets[place]).filter(|previous| *previous != id) {
                let now = (time.0, self.derived_id(id), id);
                let life = &mut self.datasets.entry(previous).or_default().life;
                if life.renamed.is_none_or(|known| (known.0, known.1) < (now.0, now.1)) {
                    life.renamed = Some(now);
                }
                self.batch.identities.extend([previous, id]);
            }
        }
        for &id in outputs {
            let drops = lifecycle.iter().any(|fact| fact.dropped && datasets[fact.dataset] == id);
            let life = &mut self.datasets.entry(id).or_default().life;
            if !drops && life.written < Some(time.0) {
                life.written = Some(time.0);
                if life.dropped.is_some() || life.renamed.is_some() {
                    self.batch.identities.insert(id);
                }
            }
        }
    }

    /// The identities that the batch may have changed, whole.
    pub(super) fn changed_identities(&mut self) {
        let mut changed: Vec<u32> = self.batch.identities.drain().collect();
        changed.sort_unstable();
        let identity = |id: u32| {
            let entity = self.datasets.get(&id)?;
            Some((id, entity.life.identity(self.derived_id(id), entity.span.is_some())))
        };
        self.batch.changes.identities = changed.into_iter().filter_map(identity).collect();
    }

    /// A `lineage` facet, once.
    pub(super) fn explicit_lineage(&mut self, fact: &ExplicitFact, datasets: &[u32], jobs: &[u32]) {
        if !self.known_columns.insert(fact.hash) {
            return;
        }
        let numbered = ExplicitLineageFact::of(fact, |place| datasets[place], |place| jobs[place]);
        let ends = numbered.statements.iter().flat_map(|said| said.source.iter().chain([&said.target]));
        let dataset = |end: &End| if let End::Dataset(id) = end { Some(Owner::Dataset(*id)) } else { None };
        self.batch.changes.touched.extend(ends.filter_map(dataset));
        self.batch.changes.explicit.push(numbered);
    }
}
