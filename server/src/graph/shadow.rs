//! Precedence over time: which of an owner's flows count, and until when. What is said outright beats
//! column lineage, which beats inputs × outputs (design 5, openlineage 3.5 and 3.6).

use super::derive::OPEN;
use super::flows::Flows;
use crate::fold::Span;
use hashbrown::HashMap;

/// What one owner's outputs are described by.
#[derive(Default)]
pub struct Shadow {
    /// Outputs of runs that said outright what feeds what.
    described: HashMap<u32, Span>,
    /// Outputs with column lineage.
    proven: HashMap<u32, Span>,
    snapshot: Option<i64>,
}

impl Shadow {
    /// Reads an owner's flows.
    pub fn new(flows: &Flows) -> Self {
        let mut shadow = Self { snapshot: flows.snapshot, ..Self::default() };
        for &(output, span) in &flows.described {
            shadow.described.insert(output, span);
        }
        for &((output, _), span) in &flows.columns {
            shadow.proven.entry(output).or_insert(span).widen(span);
        }
        shadow
    }

    /// Until when a pair counts that is only known by inputs × outputs.
    pub fn pair(&self, output: u32, span: Span) -> i64 {
        let proven = ends(span, self.proven.get(&output));
        proven.min(self.columns(output, span))
    }

    /// Until when column lineage of an output counts.
    pub fn columns(&self, output: u32, span: Span) -> i64 {
        ends(span, self.described.get(&output)).min(self.plain(span))
    }

    /// Until when counts what SQL says of an output: once anybody says it better, it does not come back.
    pub fn inferred(&self, output: u32, span: Span) -> i64 {
        let better = [self.described.get(&output), self.proven.get(&output)].into_iter().flatten().map(|better| better.first).min();
        better.unwrap_or(OPEN).min(self.plain(span))
    }

    /// True when an output is described better than by inputs × outputs and SQL.
    pub fn is_described(&self, output: u32) -> bool {
        self.described.contains_key(&output) || self.proven.contains_key(&output)
    }

    /// Until when anything counts: of events that stand alone only the newest.
    pub fn plain(&self, span: Span) -> i64 {
        self.snapshot.filter(|&newest| span.last < newest).map_or(OPEN, |_| span.last + 1)
    }
}

/// When something stops to count: where the better description of its output begins. What first met
/// after the newest better description was never described by it, and counts.
fn ends(span: Span, better: Option<&Span>) -> i64 {
    better.filter(|better| span.first <= better.last).map_or(OPEN, |better| better.first)
}
