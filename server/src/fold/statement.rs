//! Explicit lineage of one event as facts: statements whose ends are places in the event's facts.

use super::facts::Facts;
use hashbrown::HashMap;
use schema::json::Json;
use schema::log::ContentHash;
use schema::openlineage::facets::{self, End, Statement, Transformation};
use uuid::Uuid;

/// One end of a statement; datasets and jobs by their place in `Facts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The event's own job or, of a dataset event, its dataset.
    Owner,
    /// A job.
    Job(usize),
    /// A dataset.
    Dataset(usize),
}

/// Something feeds something.
pub struct StatementFact {
    /// What is fed.
    pub target: Place,
    /// A column of it.
    pub target_field: Option<String>,
    /// What feeds it; `None` says that nothing tracked does.
    pub source: Option<Place>,
    /// A column of it.
    pub source_field: Option<String>,
    /// How.
    pub transformations: Vec<Transformation>,
}

/// A `lineage` facet.
pub struct ExplicitFact {
    /// Hash of the facet.
    pub hash: ContentHash,
    /// What it says.
    pub statements: Vec<StatementFact>,
}

impl<'a> Facts<'a> {
    /// Reads the `lineage` facet of the event's job or, of a dataset event, of its dataset. Anywhere
    /// else it is not valid (openlineage 3.6) and stays a raw facet.
    pub(super) fn explicit(&mut self, facet: &'a Json<'a>, places: &mut HashMap<Uuid, usize>) {
        if facets::is_deleted(facet) || facet.as_object().is_none() {
            return;
        }
        let said = if self.is_dataset_event { facets::dataset_lineage(facet) } else { facets::job_lineage(facet) };
        let statements = said.into_iter().map(|statement| self.statement(statement, places)).collect();
        self.explicit = Some(ExplicitFact { hash: self.hashes.of(facet), statements });
    }

    fn statement(&mut self, said: Statement, places: &mut HashMap<Uuid, usize>) -> StatementFact {
        let (target, _) = said.target.map_or((Place::Owner, None), |end| self.place(end, places));
        let (source, source_field) = said.source.map(|end| self.place(end, places)).unzip();
        StatementFact {
            target,
            target_field: said.target_field,
            source,
            source_field: source_field.flatten(),
            transformations: said.transformations,
        }
    }

    fn place(&mut self, end: End, places: &mut HashMap<Uuid, usize>) -> (Place, Option<String>) {
        match end {
            End::OwnJob => (Place::Owner, None),
            End::Dataset { namespace, name, field } => (Place::Dataset(self.reference(&namespace, &name, places)), field),
            End::Job { namespace, name } => {
                // Also when it is the own one: the facet means the same whoever asserts it.
                (Place::Job(self.job_of(&namespace, &name)), None)
            }
        }
    }
}
