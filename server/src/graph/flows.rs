//! Everything known of one owner's flows, merged by union and maximum: what it read and wrote, which
//! pairs met in one run, which column lineage was asserted, what was declared when. Facts only;
//! `derive` makes edges of them.

use crate::fold::flow::{FlowFact, FlowSource};
use crate::fold::{Span, Stamp};
use schema::log::ContentHash;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// A run that reads m and writes n datasets makes m × n pairs; beyond this it is kept as one fan, so
/// that an event of 8 MiB cannot ask for billions of edges.
pub(super) const PAIRS_OF_A_RUN: usize = 4096;

/// Inputs × outputs of wide runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fan {
    /// Sorted.
    pub inputs: Vec<u32>,
    /// Sorted.
    pub outputs: Vec<u32>,
    /// When.
    pub span: Span,
}

impl Fan {
    fn has(&self, input: u32, output: u32) -> bool {
        self.inputs.binary_search(&input).is_ok() && self.outputs.binary_search(&output).is_ok()
    }

    fn holds_all(&self, inputs: &[u32], outputs: &[u32]) -> bool {
        self.inputs == inputs && self.outputs == outputs
    }

    fn covers(&self, other: &Self) -> bool {
        self.span.holds(other.span)
            && other.inputs.iter().all(|input| self.inputs.binary_search(input).is_ok())
            && other.outputs.iter().all(|output| self.outputs.binary_search(output).is_ok())
    }
}

/// One declaration; holds until the owner's next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Declaration {
    /// Sorted.
    pub inputs: Vec<u32>,
    /// Sorted.
    pub outputs: Vec<u32>,
    /// Column lineage by output.
    pub columns: Vec<(u32, ContentHash)>,
    /// What the job's SQL says, by output.
    pub inferred: Vec<(u32, ContentHash)>,
    /// The whole picture, when it is said outright.
    pub explicit: Vec<ContentHash>,
}

/// The flows of one owner.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Flows {
    /// Datasets read in runs.
    pub reads: Spans<u32>,
    /// Datasets written in runs.
    pub writes: Spans<u32>,
    /// Input and output of one run.
    pub pairs: Spans<(u32, u32)>,
    /// Wide runs, by their inputs and outputs.
    pub fans: BTreeMap<ContentHash, Fan>,
    /// Column lineage of an output, asserted in runs.
    pub columns: Spans<(u32, ContentHash)>,
    /// What SQL of runs says of an output.
    pub inferred: Spans<(u32, ContentHash)>,
    /// `lineage` facets asserted in runs.
    pub explicit: Spans<ContentHash>,
    /// Outputs of runs that said outright what feeds what.
    pub described: Spans<u32>,
    /// Newest event that stands alone for its window: what was last seen before it is history.
    pub snapshot: Option<i64>,
    /// Declarations in order of their stamps.
    pub declared: BTreeMap<Stamp, Declaration>,
}

/// When each of some things was seen, sorted. A tree would cost ten times the memory: most jobs read
/// three datasets and write one.
pub type Spans<K> = Vec<(K, Span)>;

/// What a merge did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Merged {
    /// Nothing.
    Nothing,
    /// Only times moved.
    Times,
    /// There is something new.
    Structure,
}

impl Flows {
    /// Facets that say what feeds what: column lineage, what was inferred, explicit lineage. Some may come more than once.
    pub fn lineages(&self) -> impl Iterator<Item = ContentHash> + '_ {
        let columns = self.columns.iter().chain(&self.inferred).map(|((_, hash), _)| *hash);
        let declared = self.declared.values().flat_map(|declaration| {
            let columns = declaration.columns.iter().chain(&declaration.inferred).map(|column| column.1);
            columns.chain(declaration.explicit.iter().copied())
        });
        columns.chain(self.explicit.iter().map(|(hash, _)| *hash)).chain(declared)
    }

    /// Merges a fact of this owner.
    pub fn merge(&mut self, fact: FlowFact) -> Merged {
        match fact.source {
            FlowSource::Observed(span) => self.observe(&fact, span),
            FlowSource::Snapshot(time) => {
                let newer = self.snapshot < Some(time);
                self.snapshot = self.snapshot.max(Some(time));
                let merged = self.observe(&fact, Span { first: time, last: time });
                if newer { Merged::Structure } else { merged }
            }
            FlowSource::Declared(stamp) => self.declare(fact, stamp),
        }
    }

    fn declare(&mut self, fact: FlowFact, stamp: Stamp) -> Merged {
        match self.declared.entry(stamp) {
            Entry::Occupied(_) => Merged::Nothing,
            Entry::Vacant(entry) => {
                entry.insert(Declaration {
                    inputs: fact.inputs,
                    outputs: fact.outputs,
                    columns: fact.columns,
                    inferred: fact.inferred,
                    explicit: fact.explicit,
                });
                Merged::Structure
            }
        }
    }

    fn observe(&mut self, fact: &FlowFact, span: Span) -> Merged {
        let mut merged = Merged::Nothing;
        for &input in &fact.inputs {
            widen(&mut self.reads, input, span, &mut merged);
        }
        for &output in &fact.outputs {
            widen(&mut self.writes, output, span, &mut merged);
        }
        for &column in &fact.columns {
            widen(&mut self.columns, column, span, &mut merged);
        }
        for &column in &fact.inferred {
            widen(&mut self.inferred, column, span, &mut merged);
        }
        for &hash in &fact.explicit {
            widen(&mut self.explicit, hash, span, &mut merged);
        }
        if !fact.explicit.is_empty() {
            for &output in &fact.outputs {
                widen(&mut self.described, output, span, &mut merged);
            }
        }
        if fact.inputs.len().saturating_mul(fact.outputs.len()) > PAIRS_OF_A_RUN {
            self.fan(fact, span, &mut merged);
        } else {
            for &input in &fact.inputs {
                for &output in &fact.outputs {
                    // What a fan says already is not said again.
                    if !self.fans.values().any(|fan| fan.span.holds(span) && fan.has(input, output)) {
                        widen(&mut self.pairs, (input, output), span, &mut merged);
                    }
                }
            }
        }
        merged
    }

    fn fan(&mut self, fact: &FlowFact, span: Span, merged: &mut Merged) {
        let new = Fan { inputs: fact.inputs.clone(), outputs: fact.outputs.clone(), span };
        if self.fans.values().any(|fan| *fan != new && fan.covers(&new)) {
            return;
        }
        let bytes = postcard::to_stdvec(&(&fact.inputs, &fact.outputs)).unwrap_or_default();
        match self.fans.entry(ContentHash::of(&bytes)) {
            Entry::Occupied(mut entry) => {
                if entry.get_mut().span.widen(span) {
                    *merged = (*merged).max(Merged::Times);
                }
            }
            Entry::Vacant(entry) => {
                entry.insert(Fan { inputs: fact.inputs.clone(), outputs: fact.outputs.clone(), span });
                *merged = Merged::Structure;
            }
        }
        // A run that is still growing leaves its earlier, smaller self behind: that says nothing more.
        let known: Vec<Fan> = self.fans.values().filter(|fan| fan.holds_all(&fact.inputs, &fact.outputs)).cloned().collect();
        self.fans.retain(|_, fan| !known.iter().any(|wider| wider != fan && wider.covers(fan)));
        self.pairs.retain(|((input, output), at)| !known.iter().any(|fan| fan.has(*input, *output) && fan.span.holds(*at)));
    }
}

fn widen<K: Ord + Copy>(spans: &mut Spans<K>, key: K, span: Span, merged: &mut Merged) {
    match spans.binary_search_by(|(known, _)| known.cmp(&key)) {
        Err(place) => {
            spans.insert(place, (key, span));
            *merged = Merged::Structure;
        }
        Ok(place) => {
            if spans[place].1.widen(span) {
                *merged = (*merged).max(Merged::Times);
            }
        }
    }
}
