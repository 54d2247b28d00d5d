//! From an event's facts, in the catalog's numbers, to flows of data: who writes and who only previews go
//! the same way.

use super::Stamp;
use super::facts::{ColumnBasis, ColumnFact, Facts};
use super::flow::{ColumnLineageFact, End, ExplicitLineageFact, FlowFact, FlowSource, Owner, Stated};
use super::run::Run;
use super::statement::{ExplicitFact, Place, StatementFact};
use schema::log::ContentHash;
use schema::openlineage::facets::ColumnSource;

/// What one event says of flows.
pub struct SaidFlow {
    /// Datasets read.
    pub inputs: Vec<u32>,
    /// Datasets written.
    pub outputs: Vec<u32>,
    /// Column lineage facets by output.
    pub columns: Vec<(u32, ContentHash)>,
    /// What SQL says, by output.
    pub inferred: Vec<(u32, ContentHash)>,
    /// The `lineage` facet, if any.
    pub explicit: Vec<ContentHash>,
}

impl SaidFlow {
    /// Reads it from facts.
    pub fn of(facts: &Facts<'_>, dataset: impl Fn(usize) -> u32) -> Self {
        let numbers = |places: &[usize]| places.iter().map(|&place| dataset(place)).collect();
        let columns = |said: bool| {
            let of_basis = facts.columns.iter().filter(|fact| (fact.basis == ColumnBasis::Said) == said);
            of_basis.map(|fact| (dataset(fact.output), fact.hash)).collect()
        };
        Self {
            inputs: numbers(&facts.inputs),
            outputs: numbers(&facts.outputs),
            columns: columns(true),
            inferred: columns(false),
            explicit: facts.explicit.iter().map(|fact| fact.hash).collect(),
        }
    }

    /// As a fact of an owner.
    pub fn fact(self, owner: Owner, source: FlowSource) -> FlowFact {
        let Self { inputs, outputs, columns, inferred, explicit } = self;
        FlowFact { owner, source, inputs, outputs, columns, inferred, explicit }
    }

    /// What a job or dataset event declares; `dataset` and `job` are the event's own.
    pub fn declared(self, facts: &Facts<'_>, dataset: Option<u32>, job: Option<u32>) -> Option<FlowFact> {
        let source = FlowSource::Declared(Stamp::new(facts.time, None, facts.hash));
        if facts.is_dataset_event {
            let dataset = dataset.filter(|_| facts.declares_origin)?;
            return Some(FlowFact { outputs: vec![dataset], ..self.fact(Owner::Dataset(dataset), source) });
        }
        Some(self.fact(Owner::Job(job?), source)).filter(|_| facts.says_flows())
    }
}

impl Facts<'_> {
    /// True when a job's event says anything of what flows.
    pub fn says_flows(&self) -> bool {
        self.has_io || self.explicit.is_some()
    }
}

impl Run {
    /// Takes in what an event of it says; returns the flow of an event that stands alone for its window.
    pub fn flows(&mut self, facts: &Facts<'_>, said: SaidFlow, job: u32) -> Option<FlowFact> {
        let (inputs, outputs) = self.io_mut(facts.is_snapshot);
        inputs.extend(&said.inputs);
        outputs.extend(&said.outputs);
        if facts.is_snapshot {
            return Some(said.fact(Owner::Job(job), FlowSource::Snapshot(facts.time.0))).filter(|_| facts.says_flows());
        }
        self.columns.extend(&said.columns);
        self.inferred.extend(&said.inferred);
        self.explicit.extend(&said.explicit);
        None
    }

    /// What all of its events together say flows.
    pub fn observed(&self, job: u32) -> Option<FlowFact> {
        let is_empty = self.inputs.is_empty() && self.outputs.is_empty() && self.explicit.is_empty();
        Some(FlowFact {
            owner: Owner::Job(job),
            source: FlowSource::Observed(self.span.filter(|_| !is_empty)?),
            inputs: self.inputs.iter().copied().collect(),
            outputs: self.outputs.iter().copied().collect(),
            columns: self.columns.iter().copied().collect(),
            inferred: self.inferred.iter().copied().collect(),
            explicit: self.explicit.iter().copied().collect(),
        })
    }
}

impl ColumnLineageFact {
    /// Column lineage in numbers.
    pub fn of(fact: &ColumnFact, dataset: impl Fn(usize) -> u32) -> Self {
        let source = |(place, source): &(usize, ColumnSource)| {
            (dataset(*place), source.field.clone(), source.target.clone(), source.transformations.clone())
        };
        let complete = fact.basis != ColumnBasis::Inferred { complete: false };
        Self { hash: fact.hash, sources: fact.sources.iter().map(source).collect(), complete }
    }
}

impl ExplicitLineageFact {
    /// Explicit lineage in numbers.
    pub fn of(fact: &ExplicitFact, dataset: impl Fn(usize) -> u32, job: impl Fn(usize) -> u32) -> Self {
        let end = |place: Place| match place {
            Place::Owner => End::Owner,
            Place::Job(place) => End::Job(job(place)),
            Place::Dataset(place) => End::Dataset(dataset(place)),
        };
        let stated = |said: &StatementFact| Stated {
            target: end(said.target),
            target_field: said.target_field.clone(),
            source: said.source.map(end),
            source_field: said.source_field.clone(),
            transformations: said.transformations.clone(),
        };
        Self { hash: fact.hash, statements: fact.statements.iter().map(stated).collect() }
    }
}
