//! When column lineage holds: the facets that an owner's flows assert, each with its intervals. What the facets
//! say is not looked at here.

use super::columns::Interval;
use super::derive::{Lineages, declarations};
use super::flows::Flows;
use super::shadow::Shadow;
use super::stated::stated_hops;
use super::{Basis, When};
use crate::fold::Span;
use crate::fold::flow::Owner;
use schema::log::ContentHash;
use schema::openlineage::facets::Transformation;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// When a facet holds, and how it is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Assertion {
    pub(super) basis: Basis,
    pub(super) intervals: Vec<Interval>,
}

/// A column lineage facet in the catalog's numbers, as it is kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PackedLineage {
    /// Source dataset, source column, target column or the whole output, and how.
    pub sources: Vec<(u32, String, Option<String>, Vec<Transformation>)>,
    /// False when it is inferred and something had to be left out.
    pub complete: bool,
}

/// Output and facet: what column flows of an owner are told apart by.
pub type FlowKey = (u32, ContentHash);

/// When each column lineage and `lineage` facet of each output holds for an owner.
pub fn column_flows(owner: Owner, flows: &Flows, lineages: &impl Lineages) -> BTreeMap<FlowKey, Assertion> {
    let mut timeline = Timeline::default();
    let targets = |hash| stated_hops(owner, lineages.statements(hash)).into_keys();
    for (stamp, declaration, until) in declarations(flows) {
        for &hash in &declaration.explicit {
            targets(hash).for_each(|target| timeline.declared((target, hash), Basis::Explicit, stamp.time, until));
        }
        for &key in declaration.columns.iter().filter(|_| declaration.explicit.is_empty()) {
            timeline.declared(key, Basis::ColumnLineage, stamp.time, until);
        }
        let is_coarse = |output: u32| declaration.explicit.is_empty() && declaration.columns.iter().all(|column| column.0 != output);
        for &key in declaration.inferred.iter().filter(|key| is_coarse(key.0)) {
            timeline.declared(key, Basis::Inferred, stamp.time, until);
        }
    }
    let shadow = Shadow::new(flows);
    for &(hash, span) in &flows.explicit {
        targets(hash).for_each(|target| timeline.observed((target, hash), Basis::Explicit, span, shadow.plain(span)));
    }
    for &(key, span) in &flows.columns {
        timeline.observed(key, Basis::ColumnLineage, span, shadow.columns(key.0, span));
    }
    for &(key, span) in &flows.inferred {
        timeline.observed(key, Basis::Inferred, span, shadow.inferred(key.0, span));
    }
    timeline.flows
}

#[derive(Default)]
struct Timeline {
    flows: BTreeMap<FlowKey, Assertion>,
}

impl Timeline {
    fn flow(&mut self, key: FlowKey, basis: Basis) -> &mut Vec<Interval> {
        &mut self.flows.entry(key).or_insert_with(|| Assertion { basis, intervals: Vec::new() }).intervals
    }

    /// Declared again it goes on; it does not end and begin.
    fn declared(&mut self, key: FlowKey, basis: Basis, at: i64, until: i64) {
        let intervals = self.flow(key, basis);
        match intervals.last_mut().filter(|interval| interval.until == at) {
            Some(interval) => (interval.last, interval.until) = (at, until),
            None => intervals.push(Interval { first: at, last: at, until }),
        }
    }

    fn observed(&mut self, key: FlowKey, basis: Basis, span: Span, until: i64) {
        if until > span.first {
            self.flow(key, basis).push(Interval { first: span.first, last: span.last, until });
        }
    }
}
